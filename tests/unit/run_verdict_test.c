/* Reasons, counts and times, from made-up ends and recordings. */
#include "run/verdict.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define REQUESTS 20
#define SLOTS 4
#define MS INT64_C(1000000)
#define GO_NS (1000 * MS)

/* As wait4 reports them. */
#define EXITED(status) ((status) << 8)
#define SIGNALLED(number) (number)

struct scene {
    struct recording recording;
    struct plan plan;
    struct plan_entry entry;
    struct recording_totals *totals;
    struct run_end end;
    struct run_result result;
    int64_t tickets;
};

static int open_scene(void **state) {
    static struct scene scene;
    scene = (struct scene){.plan = {.requests = REQUESTS, .run_timeout_ns = 600 * 1000 * MS},
                           .entry = {.strategy = "sequential", .threads = 1}};
    scene.end = (struct run_end){.pid = 2,
                                 .waited = true,
                                 .ended_ns = GO_NS + 500 * MS,
                                 .peak = {.pss_bytes = -1, .shmem_pss_bytes = -1, .private_bytes = -1}};
    *state = &scene;
    return recording_open(&scene.recording, REQUESTS, SLOTS, 1, false, NULL);
}

static int close_scene(void **state) {
    struct scene *s = *state;
    recording_totals_close(s->totals);
    recording_close(&s->recording);
    return 0;
}

static void put(struct scene *s, int count, enum error_class class) {
    for (int i = 0; i < count; i++) {
        int64_t ticket = s->tickets++, start_ns = GO_NS + ticket * MS;
        struct sample sample = {.due_ns = start_ns,
                                .start_ns = start_ns,
                                .sent_ns = start_ns,
                                .first_byte_ns = start_ns,
                                .end_ns = start_ns + MS,
                                .queue_wait_ns = -1,
                                .status = class ? 0 : 200,
                                .error = (uint8_t) class};
        recording_begin(&s->recording, 0, ticket, start_ns);
        recording_put(&s->recording, 0, 0, ticket, &sample, "why");
    }
}

static void set_in_flight(struct scene *s, int count) {
    for (int i = 0; i < count; i++)
        recording_begin(&s->recording, (size_t)i, s->tickets++, GO_NS + 100 * MS);
}

static void finish(struct scene *s) {
    struct run_facts *f = s->recording.facts;
    f->setup_start_ns = GO_NS - 7 * MS;
    f->go_ns = GO_NS;
    f->end_ns = GO_NS + 400 * MS;
    f->finished = 1;
}

static void judge(struct scene *s) {
    s->totals = recording_totals_open(&s->recording);
    s->result.plan = &s->plan;
    s->result.entry = &s->entry;
    s->result.recording = &s->recording;
    s->result.totals = s->totals;
    verdict_of_run(&s->end, &s->result);
    const struct run_result *r = &s->result;
    assert_int_equal(r->total, r->completed + r->failed + r->cancelled + r->unfinished + r->not_started);
}

static void check_reason(const struct scene *s, enum run_reason reason, const char *words) {
    assert_string_equal(run_reason_name(s->result.reason), run_reason_name(reason));
    if (*words)
        assert_non_null(strstr(s->result.failure.text, words));
    else
        assert_string_equal(s->result.failure.text, "");
}

static void check_counts(const struct scene *s, int completed, int failed, int cancelled, int unfinished) {
    assert_int_equal(s->result.completed, completed);
    assert_int_equal(s->result.failed, failed);
    assert_int_equal(s->result.cancelled, cancelled);
    assert_int_equal(s->result.unfinished, unfinished);
}

static void a_run_whose_requests_all_ended_is_finished(void **state) {
    struct scene *s = *state;
    put(s, 15, ERROR_NONE);
    put(s, 5, ERROR_TIMEOUT);
    finish(s);
    judge(s);
    check_reason(s, RUN_FINISHED, "");
    check_counts(s, 15, 5, 0, 0);
    assert_int_equal(s->result.setup_ns, 7 * MS);
    assert_int_equal(s->result.wall_ns, 20 * MS);
    assert_int_equal(s->result.largest_gap_ns, 5 * MS);
    assert_int_equal(s->result.oldest_unfinished_ns, 0);
    assert_false(s->result.usage_is_whole);
}

static void waiting_for_the_word_is_no_part_of_the_set_up(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->recording.facts->ready_ns = GO_NS - 5 * MS;
    s->recording.facts->start_ns = GO_NS - MS;
    judge(s);
    assert_int_equal(s->result.setup_ns, 2 * MS);
    assert_int_equal(s->result.wall_ns, 20 * MS);
    assert_int_equal(s->result.start_agreed_ns, GO_NS - MS);
}

static void a_program_that_went_before_the_word_was_set_up_then(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->recording.facts->ready_ns = GO_NS + MS;
    s->recording.facts->start_ns = GO_NS + 3 * MS;
    judge(s);
    assert_int_equal(s->result.setup_ns, 7 * MS);
}

static void a_run_that_stalled_to_its_end_has_that_as_its_gap(void **state) {
    struct scene *s = *state;
    put(s, 15, ERROR_NONE);
    s->tickets += 80;
    put(s, 5, ERROR_TIMEOUT);
    finish(s);
    judge(s);
    assert_int_equal(s->result.largest_gap_ns, 85 * MS);
    assert_int_equal(s->result.largest_gap_from_ns, 15 * MS);
}

static void a_run_that_lost_a_request_is_no_finished_one(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS - 1, ERROR_NONE);
    finish(s);
    judge(s);
    check_reason(s, RUN_CRASHED, "do not add up: 1 of 20");
}

static void a_run_with_more_outcomes_than_requests_is_no_finished_one(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS + 1, ERROR_NONE);
    finish(s);
    judge(s);
    check_reason(s, RUN_CRASHED, "do not add up");
}

static void a_run_that_gave_up_says_so(void **state) {
    struct scene *s = *state;
    put(s, RECORDING_GIVE_UP, ERROR_CONNECTION_REFUSED);
    put(s, 2, ERROR_CANCELLED);
    finish(s);
    judge(s);
    check_reason(s, RUN_GAVE_UP, "");
    check_counts(s, 0, RECORDING_GIVE_UP, 2, 0);
    assert_int_equal(s->result.not_started, REQUESTS - RECORDING_GIVE_UP - 2);
}

static void an_interrupted_run_counts_what_it_cancelled(void **state) {
    struct scene *s = *state;
    put(s, 3, ERROR_NONE);
    put(s, SLOTS, ERROR_CANCELLED);
    finish(s);
    s->end.interrupted = true;
    judge(s);
    check_reason(s, RUN_INTERRUPTED, "");
    check_counts(s, 3, 0, SLOTS, 0);
}

static void an_interrupt_that_came_too_late_changes_nothing(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->end.interrupted = true;
    judge(s);
    check_reason(s, RUN_FINISHED, "");
}

static void a_stopped_run_that_had_to_be_killed_cancelled_what_was_in_flight(void **state) {
    struct scene *s = *state;
    put(s, 3, ERROR_NONE);
    set_in_flight(s, SLOTS);
    s->end.interrupted = true;
    s->end.wait_status = SIGNALLED(SIGKILL);
    judge(s);
    check_reason(s, RUN_INTERRUPTED, "");
    check_counts(s, 3, 0, SLOTS, 0);
    assert_int_equal(s->result.oldest_unfinished_ns, 400 * MS);
}

static void a_killed_run_leaves_what_was_in_flight_unfinished(void **state) {
    struct scene *s = *state;
    put(s, 3, ERROR_NONE);
    set_in_flight(s, 2);
    s->recording.facts->go_ns = GO_NS;
    s->end.wait_status = SIGNALLED(SIGKILL);
    judge(s);
    check_reason(s, RUN_KILLED, "signal 9");
    check_counts(s, 3, 0, 0, 2);
    assert_int_equal(s->result.signal, SIGKILL);
    assert_int_equal(s->result.not_started, REQUESTS - 5);
    assert_int_equal(s->result.oldest_unfinished_ns, 400 * MS);
    assert_int_equal(s->result.wall_ns, 3 * MS);
    assert_true(s->result.usage_is_whole);
    assert_false(s->result.usage_is_lost);
}

static void what_a_process_that_was_killed_had_started_cost_is_lost(void **state) {
    struct scene *s = *state;
    s->entry.strategy = "processes";
    put(s, 5, ERROR_NONE);
    s->recording.facts->go_ns = GO_NS;
    s->end.wait_status = SIGNALLED(SIGKILL);
    judge(s);
    assert_true(s->result.usage_is_lost);
}

static void what_a_process_that_nobody_waited_for_cost_is_lost(void **state) {
    struct scene *s = *state;
    put(s, 5, ERROR_NONE);
    s->recording.facts->go_ns = GO_NS;
    s->end.waited = false;
    judge(s);
    assert_true(s->result.usage_is_lost);
}

static void a_fault_of_its_own_is_a_crash(void **state) {
    struct scene *s = *state;
    s->end.wait_status = SIGNALLED(SIGSEGV);
    judge(s);
    check_reason(s, RUN_CRASHED, "signal 11");
    assert_int_equal(s->result.signal, SIGSEGV);
    assert_int_equal(s->result.setup_ns, -1);
    assert_int_equal(s->result.wall_ns, -1);
    assert_int_equal(s->result.largest_gap_ns, -1);
}

static void a_run_killed_for_its_time_says_so(void **state) {
    struct scene *s = *state;
    s->end.wait_status = SIGNALLED(SIGKILL);
    s->end.timed_out = true;
    judge(s);
    check_reason(s, RUN_KILLED, "--run-timeout (10m00s)");
}

static void a_failure_in_words_is_told_as_it_is(void **state) {
    struct scene *s = *state;
    err_set(&s->recording.facts->failure, ERR_INTERNAL, "no thread was to be had");
    finish(s);
    judge(s);
    check_reason(s, RUN_CRASHED, "no thread was to be had");
}

static void an_exit_before_the_end_or_with_a_status_is_a_crash(void **state) {
    struct scene *s = *state;
    s->end.wait_status = EXITED(0);
    judge(s);
    check_reason(s, RUN_CRASHED, "status 0");
    recording_totals_close(s->totals);
    finish(s);
    put(s, REQUESTS, ERROR_NONE);
    s->end.wait_status = EXITED(23);
    judge(s);
    check_reason(s, RUN_CRASHED, "status 23");
}

static void a_process_that_never_started_did_nothing(void **state) {
    struct scene *s = *state;
    s->end = (struct run_end){.fork_errno = 11, .peak = {.pss_bytes = -1}};
    judge(s);
    check_reason(s, RUN_KILLED, "could not be started: Resource temporarily unavailable");
    assert_int_equal(s->result.not_started, REQUESTS);
    assert_int_equal(s->result.max_rss_bytes, -1);
}

static void a_launcher_that_died_is_named(void **state) {
    struct scene *s = *state;
    s->end.waited = false;
    s->end.launcher_gone = true;
    set_in_flight(s, 1);
    judge(s);
    check_reason(s, RUN_KILLED, "launcher");
    check_counts(s, 0, 0, 0, 1);
}

static void costs_are_those_between_go_and_the_end(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->recording.facts->at_go = (struct usage){.user_us = 100, .system_us = 50, .voluntary_switches = 5};
    s->recording.facts->at_end = (struct usage){.user_us = 300, .system_us = 90, .voluntary_switches = 45};
    s->recording.facts->present_bytes = 12288;
    s->end.rusage.ru_maxrss = 2048;
    judge(s);
    assert_int_equal(s->result.usage.user_us, 200);
    assert_int_equal(s->result.usage.system_us, 40);
    assert_int_equal(s->result.usage.voluntary_switches, 40);
    assert_int_equal(s->result.max_rss_bytes, 2048 * 1024);
    assert_int_equal(s->result.recorder_bytes, 12288);
}

static void one_thread_tells_itself_how_it_was_scheduled(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->recording.facts->main_at_go = (struct scheduling){10 * MS, 0};
    s->recording.facts->main_at_end = (struct scheduling){110 * MS, 40 * MS};
    s->end.scheduling = (struct scheduling_shares){1, 1, 1, 1};
    judge(s);
    assert_true(s->result.scheduling.busiest_cpu == .25);
    assert_true(s->result.scheduling.busiest_wait == .1);
}

static void of_several_threads_the_parents_looks_tell(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->entry.threads = 2;
    s->recording.facts->main_at_end = (struct scheduling){110 * MS, 40 * MS};
    s->end.scheduling = (struct scheduling_shares){.5, .1, .5, .2};
    judge(s);
    assert_true(s->result.scheduling.busiest_cpu == .5);
    assert_true(s->result.scheduling.largest_wait == .2);
}

static void what_the_host_counted_is_the_difference_of_two_looks(void **state) {
    struct scene *s = *state;
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    s->end.host_before = (struct host_counters){.listen_drops = 7, .retransmits = -1, .time_wait = 2};
    s->end.host_after = (struct host_counters){.listen_drops = 9, .retransmits = 5, .time_wait = 30};
    judge(s);
    assert_int_equal(s->result.host.listen_drops, 2);
    assert_int_equal(s->result.host.retransmits, -1);
    assert_int_equal(s->result.host.time_wait, 30);
}

static void a_peak_is_the_highest_of_each_member(void **state) {
    (void)state;
    struct footprint peak = {.pss_bytes = -1, .shmem_pss_bytes = -1, .private_bytes = -1};
    const struct footprint unread = {
        .pss_bytes = -1, .shmem_pss_bytes = -1, .private_bytes = -1, .threads = 99};
    const struct footprint first = {100, 60, 40, 1, 8}, second = {90, 30, 60, 2, 3};
    footprint_raise(&peak, &unread);
    assert_int_equal(peak.pss_bytes, -1);
    assert_int_equal(peak.threads, 0);
    footprint_raise(&peak, &first);
    footprint_raise(&peak, &second);
    footprint_raise(&peak, &unread);
    assert_int_equal(peak.pss_bytes, 100);
    assert_int_equal(peak.shmem_pss_bytes, 60);
    assert_int_equal(peak.private_bytes, 60);
    assert_int_equal(peak.processes, 2);
    assert_int_equal(peak.threads, 8);
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

/* Of a closed loop for a second that begins at go. */
static void run_for_a_second(struct scene *s, int64_t handed_out) {
    s->plan.duration_ns = 1000 * MS;
    s->plan.requests = INT64_C(1000000000000);
    s->recording.facts->handed_out = handed_out;
    s->recording.facts->cut_ns = GO_NS + 1000 * MS;
}

static void requests_per_second_of_a_run_by_time_are_over_that_time(void **state) {
    struct scene *s = *state;
    run_for_a_second(s, 6);
    put(s, 6, ERROR_NONE);
    finish(s);
    s->recording.facts->end_ns = GO_NS + 1000 * MS;
    judge(s);
    assert_int_equal(s->result.wall_ns, 6 * MS);
    assert_int_equal(s->result.window_ns, 1000 * MS);
}

static void requests_per_second_at_a_rate_are_over_as_many_intervals_as_requests(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{100, 100, LOAD_NEVER_NS}}, .stage_count = 1};
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    judge(s);
    assert_int_equal(s->result.wall_ns, 20 * MS);
    assert_int_equal(s->result.window_ns, 200 * MS);
}

static void an_evenly_spaced_share_takes_as_long_as_any_other(void **state) {
    struct scene *s = *state;
    s->plan.share = (struct share){3, 4};
    s->plan.load =
        (struct load){.stages = {{100, 100, LOAD_NEVER_NS}}, .stage_count = 1, .share = s->plan.share};
    put(s, REQUESTS, ERROR_NONE);
    finish(s);
    judge(s);
    assert_int_equal(s->result.window_ns, 200 * MS);
}

static void the_total_of_a_closed_loop_for_a_time_is_what_was_handed_out(void **state) {
    struct scene *s = *state;
    run_for_a_second(s, 9);
    put(s, 6, ERROR_NONE);
    put(s, 3, ERROR_UNFINISHED);
    finish(s);
    s->recording.facts->end_ns = GO_NS + 1000 * MS;
    s->end.interrupted = true; /* too late to matter */
    judge(s);
    check_reason(s, RUN_FINISHED, "");
    check_counts(s, 6, 0, 0, 3);
    assert_int_equal(s->result.total, 9);
    assert_int_equal(s->result.oldest_unfinished_ns, MS);
}

static void an_interrupt_between_requests_of_a_run_for_a_time_is_one(void **state) {
    struct scene *s = *state;
    run_for_a_second(s, 6);
    put(s, 6, ERROR_NONE);
    finish(s);
    s->end.interrupted = true;
    judge(s);
    check_reason(s, RUN_INTERRUPTED, "");
    assert_int_equal(s->result.not_started, 0);
}

static void what_was_due_and_not_begun_is_aged_at_the_runs_end(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{100, 100, LOAD_NEVER_NS}}, .stage_count = 1};
    s->plan.deadline_ns = 1000 * MS;
    put(s, 5, ERROR_NONE);
    finish(s);
    judge(s);
    assert_int_equal(s->result.not_started, REQUESTS - 5);
    assert_int_equal(s->result.oldest_not_started_ns,
                     350 * MS); /* request 5 was due at 50, the end was at 400 */
    assert_int_equal(s->result.overdue, (REQUESTS < 40 ? REQUESTS : 40) - 5);
}

static void what_is_due_after_the_deadline_is_not_overdue(void **state) {
    struct scene *s = *state;
    s->plan.load = (struct load){.stages = {{100, 100, LOAD_NEVER_NS}}, .stage_count = 1};
    s->plan.deadline_ns = 50 * MS;
    s->plan.grace_ns = 1000 * MS;
    put(s, 5, ERROR_NONE);
    finish(s);
    judge(s);
    assert_int_equal(s->result.not_started, REQUESTS - 5);
    assert_int_equal(s->result.overdue, 0);
    assert_int_equal(s->result.oldest_not_started_ns, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE(a_run_whose_requests_all_ended_is_finished),
        SCENE(requests_per_second_of_a_run_by_time_are_over_that_time),
        SCENE(requests_per_second_at_a_rate_are_over_as_many_intervals_as_requests),
        SCENE(an_evenly_spaced_share_takes_as_long_as_any_other),
        SCENE(the_total_of_a_closed_loop_for_a_time_is_what_was_handed_out),
        SCENE(an_interrupt_between_requests_of_a_run_for_a_time_is_one),
        SCENE(what_was_due_and_not_begun_is_aged_at_the_runs_end),
        SCENE(what_is_due_after_the_deadline_is_not_overdue),
        SCENE(waiting_for_the_word_is_no_part_of_the_set_up),
        SCENE(a_program_that_went_before_the_word_was_set_up_then),
        SCENE(a_run_that_stalled_to_its_end_has_that_as_its_gap),
        SCENE(a_run_that_lost_a_request_is_no_finished_one),
        SCENE(a_run_with_more_outcomes_than_requests_is_no_finished_one),
        SCENE(a_run_that_gave_up_says_so),
        SCENE(an_interrupted_run_counts_what_it_cancelled),
        SCENE(an_interrupt_that_came_too_late_changes_nothing),
        SCENE(a_stopped_run_that_had_to_be_killed_cancelled_what_was_in_flight),
        SCENE(a_killed_run_leaves_what_was_in_flight_unfinished),
        SCENE(what_a_process_that_was_killed_had_started_cost_is_lost),
        SCENE(what_a_process_that_nobody_waited_for_cost_is_lost),
        SCENE(a_fault_of_its_own_is_a_crash),
        SCENE(a_run_killed_for_its_time_says_so),
        SCENE(a_failure_in_words_is_told_as_it_is),
        SCENE(an_exit_before_the_end_or_with_a_status_is_a_crash),
        SCENE(a_process_that_never_started_did_nothing),
        SCENE(a_launcher_that_died_is_named),
        SCENE(costs_are_those_between_go_and_the_end),
        SCENE(one_thread_tells_itself_how_it_was_scheduled),
        SCENE(of_several_threads_the_parents_looks_tell),
        SCENE(what_the_host_counted_is_the_difference_of_two_looks),
        cmocka_unit_test(a_peak_is_the_highest_of_each_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
