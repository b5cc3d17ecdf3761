/* Reasons, counts, times and costs of a run that is over. */
#include "run/verdict.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/units.h"
#include "plan/loadkind.h"
#include "plan/schedule.h"
#include "strategy/strategy.h"

static const char *const reason_names[] = {
    [RUN_FINISHED] = "finished",       [RUN_CRASHED] = "crashed", [RUN_KILLED] = "killed",
    [RUN_INTERRUPTED] = "interrupted", [RUN_GAVE_UP] = "gave_up",
};

const char *run_reason_name(enum run_reason reason) {
    return reason_names[reason];
}

static bool is_fault(int signal_number) {
    return signal_number == SIGSEGV || signal_number == SIGBUS || signal_number == SIGILL ||
           signal_number == SIGFPE || signal_number == SIGABRT || signal_number == SIGSYS ||
           signal_number == SIGTRAP;
}

static void judge_signal(const struct run_end *end, struct run_result *r) {
    r->signal = WTERMSIG(end->wait_status);
    if (end->interrupted) {
        r->reason = RUN_INTERRUPTED;
        return;
    }
    r->reason = is_fault(r->signal) ? RUN_CRASHED : RUN_KILLED;
    char limit[UNITS_TEXT];
    units_write_duration(limit, (double)r->plan->run_timeout_ns / 1e9);
    if (end->timed_out)
        err_set(&r->failure, ERR_INTERNAL, "it was still %s after --run-timeout (%s) and was killed",
                r->recording->facts->go_ns ? "running" : "setting up or warming up", limit);
    else
        err_set(&r->failure, ERR_INTERNAL, "its process was ended by signal %d (%s)", r->signal,
                strsignal(r->signal));
}

/* Under a duration a closed loop has no other total than what it came to. */
static int64_t total_of(const struct run_result *r) {
    return loadkind_of(r->plan) == LOAD_TIMED ? r->recording->facts->handed_out : r->plan->requests;
}

/* Whether more would have come of it. */
static bool is_cut_short(const struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    bool time_was_up = f->cut_ns && f->end_ns >= f->cut_ns - r->plan->grace_ns;
    if (time_was_up || loadkind_of(r->plan) == LOAD_TIMED)
        return !time_was_up || r->totals->cancelled > 0;
    return r->totals->completed + r->totals->failed < (uint64_t)total_of(r);
}

static void judge_exit(const struct run_end *end, struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    int status = WEXITSTATUS(end->wait_status);
    if (f->failure.kind != ERR_NONE) {
        r->reason = f->ended_by && !is_fault(f->ended_by) ? RUN_KILLED : RUN_CRASHED;
        r->signal = f->ended_by;
        r->failure = f->failure;
    } else if (status || !f->finished) {
        r->reason = RUN_CRASHED;
        err_set(&r->failure, ERR_INTERNAL, "its process exited with status %d", status);
    } else if (end->interrupted && is_cut_short(r)) {
        r->reason = RUN_INTERRUPTED;
    } else {
        r->reason = f->gave_up ? RUN_GAVE_UP : RUN_FINISHED;
    }
}

static void judge(const struct run_end *end, struct run_result *r) {
    r->failure = (struct err){0};
    if (!end->waited) {
        r->reason = RUN_KILLED;
        if (end->launcher_gone)
            err_set(&r->failure, ERR_INTERNAL, "the launcher died with it");
        else
            err_set(&r->failure, ERR_INTERNAL, "its process could not be started: %s",
                    strerror(end->fork_errno));
    } else if (WIFSIGNALED(end->wait_status)) {
        judge_signal(end, r);
    } else {
        judge_exit(end, r);
    }
}

static void count(const struct run_end *end, struct run_result *r) {
    int64_t oldest_cut_ns = r->recording->facts->oldest_unfinished_ns;
    struct recording_flight flight = recording_flight(r->recording, end->ended_ns);
    r->oldest_unfinished_ns = flight.oldest_ns > oldest_cut_ns ? flight.oldest_ns : oldest_cut_ns;
    r->total = total_of(r);
    r->completed = (int64_t)r->totals->completed;
    r->failed = (int64_t)r->totals->failed;
    r->cancelled = (int64_t)r->totals->cancelled;
    if (r->reason == RUN_INTERRUPTED)
        r->cancelled += flight.count;
    else
        r->unfinished = flight.count;
    r->unfinished += (int64_t)r->totals->unfinished;
    r->not_started = r->total - r->completed - r->failed - r->cancelled - r->unfinished;
    bool may_stay = r->reason != RUN_FINISHED || schedule_ends_by_time(r->plan);
    if (r->not_started >= 0 && (r->not_started == 0 || may_stay))
        return;
    r->reason = RUN_CRASHED;
    err_set(&r->failure, ERR_INTERNAL,
            "its counts do not add up: %" PRId64 " of %" PRId64 " requests are unaccounted", r->not_started,
            r->total);
}

/* What stalled to the end of the run has no completion behind it. */
static void take_gap(struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    int64_t last_ns = f->last_outcome_ns - f->last_completion_ns;
    bool is_last = last_ns > f->largest_gap_ns, known = r->completed > 0;
    r->largest_gap_ns = !known ? -1 : is_last ? last_ns : f->largest_gap_ns;
    r->largest_gap_from_ns = (is_last ? f->last_completion_ns : f->largest_gap_from_ns) - f->go_ns;
}

/* When one more would be due, 0 where there is none. Evenly spaced shares have an equal time: their rates are
 * to add up to that of the whole. */
static int64_t next_due_ns(const struct run_result *r) {
    struct load load = r->plan->load;
    struct load_cursor cursor = {0};
    if (!load.poisson)
        load.share.index = 0;
    int64_t next_ns = load_is_open(&load) ? load_due_ns(&load, &cursor, r->total) : 0;
    return next_ns == LOAD_NEVER_NS ? 0 : next_ns;
}

/* What lies between the last outcome and the end of its time belongs to a run as well, and what lies between
 * the last request and the moment at which one more would be due. */
static int64_t planned_ns(const struct run_result *r) {
    const struct plan *plan = r->plan;
    if (r->reason != RUN_FINISHED)
        return 0;
    if (plan->duration_ns)
        return plan->duration_ns;
    if (r->not_started + r->unfinished > 0)
        return plan->deadline_ns;
    return next_due_ns(r);
}

/* Waiting for the word to go is no part of it. A program that did not wait for its own went before. */
static int64_t setup_of(const struct run_facts *f) {
    int64_t ready_ns = f->ready_ns, go_ns = f->go_ns;
    int64_t until_ns = ready_ns && (!go_ns || ready_ns < go_ns) ? ready_ns : go_ns;
    return until_ns ? until_ns - f->setup_start_ns : -1;
}

static void take_times(struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    r->setup_ns = setup_of(f);
    r->start_agreed_ns = f->start_ns;
    r->wall_ns = f->go_ns && f->last_outcome_ns ? f->last_outcome_ns - f->go_ns : -1;
    int64_t planned = planned_ns(r);
    r->window_ns = r->wall_ns < 0 || r->wall_ns > planned ? r->wall_ns : planned;
    take_gap(r);
}

/* Numbers are begun in their order, but for a few that are begun at once. What is due after the deadline is
 * not to be begun. */
static void find_overdue(const struct run_end *end, struct run_result *r) {
    const struct plan *plan = r->plan;
    const struct run_facts *f = r->recording->facts;
    struct load_cursor cursor = {0};
    r->overdue = r->oldest_not_started_ns = 0;
    if (!load_is_open(&plan->load) || r->not_started <= 0 || !f->go_ns)
        return;
    int64_t length_ns = (f->end_ns ? f->end_ns : end->ended_ns) - f->go_ns;
    bool is_late = plan->deadline_ns && plan->deadline_ns < length_ns;
    int64_t begun = r->total - r->not_started;
    int64_t due = load_count(&plan->load, is_late ? plan->deadline_ns : length_ns, r->total);
    if (due <= begun)
        return;
    r->overdue = due - begun;
    r->oldest_not_started_ns = length_ns - load_due_ns(&plan->load, &cursor, begun);
}

static bool has_processes(const struct plan_entry *entry) {
    return strategy_find(entry->strategy)->capabilities & (RUNS_PROCESSES | RUNS_PROGRAM);
}

bool verdict_is_of_one_thread(const struct plan_entry *entry) {
    return entry->threads == 1 && !has_processes(entry);
}

/* The child's own two looks are from go to its end exactly. */
static struct scheduling_shares scheduling_of(const struct run_end *end, const struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    if (!verdict_is_of_one_thread(r->entry) || !f->end_ns)
        return end->scheduling;
    return scheduling_shares_between(f->main_at_go, f->main_at_end, f->end_ns - f->go_ns);
}

/* What its own processes cost is the child's to ask for, unless it was killed before. */
static bool is_usage_lost(const struct run_end *end, const struct run_result *r) {
    bool was_killed = end->waited && WIFSIGNALED(end->wait_status);
    return r->usage_is_whole && (!end->waited || (was_killed && has_processes(r->entry)));
}

static void take_costs(const struct run_end *end, struct run_result *r) {
    const struct run_facts *f = r->recording->facts;
    r->usage_is_whole = !f->end_ns;
    r->usage_is_lost = is_usage_lost(end, r);
    r->usage = r->usage_is_whole ? usage_from_rusage(&end->rusage) : usage_difference(f->at_end, f->at_go);
    r->max_rss_bytes = end->waited ? (int64_t)end->rusage.ru_maxrss * 1024 : -1;
    if (f->program_rss_bytes)
        r->max_rss_bytes = f->program_rss_bytes;
    r->peak = end->peak;
    if (f->footprint_seen.processes > 0)
        footprint_raise(&r->peak, &f->footprint_seen);
    /* A short run is over before it was looked at; that it ended well says that its threads were there. */
    if (r->reason == RUN_FINISHED && r->peak.threads < r->entry->threads)
        r->peak.threads = (int32_t)r->entry->threads;
    r->scheduling = scheduling_of(end, r);
    r->host = host_counters_difference(&end->host_after, &end->host_before);
    r->recorder_bytes = f->present_bytes;
}

void verdict_of_run(const struct run_end *end, struct run_result *r) {
    judge(end, r);
    count(end, r);
    take_times(r);
    find_overdue(end, r);
    take_costs(end, r);
}
