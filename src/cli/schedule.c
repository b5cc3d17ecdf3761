/* Rounds and their time. The estimates are no more than the pace so far. */
#include "cli/schedule.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/units.h"
#include "compare/compare.h"
#include "plan/order.h"

#define NOTABLE_PAUSE .2 /* between runs, as a share of their time: ours */

static const char *duration(char text[UNITS_TEXT], double ns) {
    return units_write_duration(text, ns / 1e9);
}

static void say_runs(const struct plan *plan, struct buf *out) {
    size_t slots = plan_slots(plan);
    buf_printf(out, " of %zu run%s", slots, slots == 1 ? "" : "s");
    if (plan_repeats_baseline(plan))
        buf_printf(out, " (%.100s twice)", plan->entries[0].label);
}

/* Of a run that is over when its time is, what a round will take; 0 where only the first tells. */
static double round_ns(const struct plan *plan) {
    double run_ns = (double)(plan->duration_ns + plan->warmup_ns);
    return plan->duration_ns ? run_ns * (double)plan_slots(plan) : 0;
}

static void say_time(const struct plan *plan, struct buf *out) {
    char whole[UNITS_TEXT], budget[UNITS_TEXT];
    double whole_ns = round_ns(plan) * (double)plan->rounds;
    if (whole_ns > 0)
        buf_printf(out, ", about %s", duration(whole, whole_ns));
    if (!plan->rounds_auto)
        return;
    duration(budget, (double)plan->budget_ns);
    if (whole_ns >= (double)plan->budget_ns)
        buf_printf(out, ", which is more than the %s of --budget", budget);
    else
        buf_printf(out, ", more as needed within %s", budget);
}

void schedule_begin(struct schedule *s, const struct plan *plan, struct buf *out) {
    *s = (struct schedule){.plan = plan, .rounds = plan->rounds, .begun_ns = clock_now_ns()};
    if (plan->rounds == 1)
        return;
    buf_printf(out, "%s%" PRId64 " rounds", plan->rounds_auto ? "at least " : "", plan->rounds);
    say_runs(plan, out);
    say_time(plan, out);
    buf_append_char(out, '\n');
}

int64_t schedule_fit(int64_t wanted, int64_t least, int64_t made, int64_t took_ns, int64_t budget_ns) {
    double fit = took_ns > 0 ? (double)budget_ns / ((double)took_ns / (double)made) : (double)wanted;
    int64_t rounds = fit < (double)wanted ? (int64_t)fit : wanted;
    return rounds > least ? rounds : least;
}

/* Those that are made whatever they take. */
static void say_first(const struct schedule *s, double whole_ns, struct buf *out) {
    char budget[UNITS_TEXT];
    buf_printf(out, " for the first %" PRId64 " rounds", s->rounds);
    if (whole_ns > (double)s->plan->budget_ns)
        buf_printf(out, ", which is more than the %s of --budget",
                   duration(budget, (double)s->plan->budget_ns));
    if (s->pauses)
        buf_append_text(out, " (before each run, the target ends what the one before had begun)");
    buf_append_char(out, '\n');
}

static void say_estimate(const struct schedule *s, int64_t made, int64_t took_ns, struct buf *out) {
    char text[UNITS_TEXT];
    double whole_ns = (double)took_ns / (double)made * (double)s->rounds;
    buf_printf(out, "about %s", duration(text, whole_ns));
    if (s->plan->rounds_auto && made < s->plan->rounds)
        say_first(s, whole_ns, out);
    else
        buf_append_text(out, " in all\n");
}

/* What passed between the runs of so many rounds, where it is known how long each of them takes, and passes
 * once more before the next: until the target is done with what was cut off. */
static int64_t pause_ns(const struct plan *plan, int64_t made, int64_t took_ns) {
    double beyond_ns = (double)took_ns - round_ns(plan) * (double)made;
    double pauses = (double)plan_slots(plan) * (double)made - 1;
    bool known = round_ns(plan) > 0 && !plan->grace_ns && pauses > 0;
    return known && beyond_ns > 0 ? (int64_t)(beyond_ns / pauses) : 0;
}

/* Rounds sharpen a figure; where nothing is there, they would only take time. */
static bool has_any_success(const struct report *report) {
    const struct report_run *runs = report->runs.items;
    for (size_t i = 0; i < report->runs.count; i++)
        if (!runs[i].ceiling && runs[i].requests.completed > 0)
            return true;
    return false;
}

static void decide(struct schedule *s, int64_t made, int64_t took_ns, const struct report *report,
                   struct buf *out) {
    char budget[UNITS_TEXT];
    if (!has_any_success(report)) {
        s->rounds = made;
        buf_append_text(out, "no request succeeded, so no more rounds are made\n");
        return;
    }
    bool enough;
    int64_t wanted = compare_rounds_wanted(report, &enough);
    s->rounds = schedule_fit(wanted, made, made, took_ns, s->plan->budget_ns);
    if (enough && wanted <= made) {
        buf_printf(out, "%" PRId64 " rounds are enough\n", made);
        return;
    }
    duration(budget, (double)s->plan->budget_ns);
    buf_printf(out,
               enough ? "%" PRId64 " rounds would be wanted, "
                      : "more rounds would be wanted than the %" PRId64 " that are made at most, ",
               wanted);
    if (s->rounds == made) {
        buf_printf(out, "but the %" PRId64 " made have used up the %s of --budget\n", made, budget);
        return;
    }
    if (s->rounds < wanted)
        buf_printf(out, "but the %s of --budget allow %" PRId64 ": ", budget, s->rounds);
    say_estimate(s, made, took_ns, out);
}

int64_t schedule_go_on(struct schedule *s, int64_t round, struct report *report, struct buf *out) {
    int64_t took_ns = clock_now_ns() - s->begun_ns, next_ns = pause_ns(s->plan, round, took_ns);
    took_ns += next_ns;
    s->pauses = (double)next_ns * (double)plan_slots(s->plan) > NOTABLE_PAUSE * round_ns(s->plan);
    if (s->plan->rounds_auto && round == s->plan->rounds) {
        decide(s, round, took_ns, report, out);
        report->plan.rounds = s->rounds;
    } else if (round == 1 && s->rounds > 1) {
        say_estimate(s, round, took_ns, out);
    }
    return s->rounds;
}
