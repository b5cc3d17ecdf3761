/* The schedule of an open loop. */
#include "plan/load.h"

#include <math.h>

#include "base/random.h"

#define GAPS 1             /* stream of the seed that the gaps come from */
#define FARTHEST_NS 4.6e18 /* so that a moment of the clock can be added */

bool load_is_open(const struct load *load) {
    return load->stage_count > 0;
}

static double rise(const struct load_stage *s) {
    return s->length_ns == LOAD_NEVER_NS ? 0 : (s->to_per_s - s->from_per_s) / ((double)s->length_ns / 1e9);
}

/* Requests that become due within the first t_s of a stage. */
static double due_within(const struct load_stage *s, double t_s) {
    return t_s * (s->from_per_s + rise(s) * t_s / 2);
}

/* The inverse of that, in the form of the quadratic's root that stays exact where the rate hardly changes. */
static double moment_of(const struct load_stage *s, double count) {
    double reached = sqrt(fmax(0, s->from_per_s * s->from_per_s + 2 * rise(s) * count));
    return count > 0 ? 2 * count / (s->from_per_s + reached) : 0;
}

/* When so many are due, counted in units that need not be whole. */
static int64_t moment_ns(const struct load *load, double count) {
    int64_t begun_ns = 0;
    for (size_t i = 0; i < load->stage_count; i++) {
        const struct load_stage *s = &load->stages[i];
        double holds = s->length_ns == LOAD_NEVER_NS ? INFINITY : due_within(s, (double)s->length_ns / 1e9);
        if (count < holds) {
            double ns = (double)begun_ns + moment_of(s, count) * 1e9;
            return ns < FARTHEST_NS ? begun_ns + llround(moment_of(s, count) * 1e9) : LOAD_NEVER_NS;
        }
        count -= holds;
        begun_ns += s->length_ns;
    }
    return LOAD_NEVER_NS;
}

static double gap(const struct load *load, int64_t number) {
    return -log1p(-(double)(random_bits(load->seed, (uint64_t)number, GAPS) >> 11) * 0x1p-53);
}

/* The gap before a request belongs to it, so the first is not due at once. */
static double sum_of_gaps(const struct load *load, struct load_cursor *cursor, int64_t nth) {
    if (nth < cursor->next)
        *cursor = (struct load_cursor){0};
    for (; cursor->next <= nth; cursor->next++)
        cursor->sum += gap(load, share_number(&load->share, cursor->next));
    return cursor->sum;
}

int64_t load_due_ns(const struct load *load, struct load_cursor *cursor, int64_t nth) {
    return moment_ns(load, load->poisson ? sum_of_gaps(load, cursor, nth)
                                         : (double)nth + share_phase(&load->share));
}

struct load load_first_rate(const struct load *load) {
    const struct load_stage *first = &load->stages[0];
    double rate = first->from_per_s > 0 ? first->from_per_s : first->to_per_s;
    struct load held = {.poisson = load->poisson, .seed = load->seed, .share = load->share};
    if (load_is_open(load) && rate > 0)
        held.stages[held.stage_count++] = (struct load_stage){rate, rate, LOAD_NEVER_NS};
    return held;
}

double load_expected(const struct load *load, int64_t until_ns) {
    double count = 0;
    for (size_t i = 0; i < load->stage_count && until_ns > 0; i++) {
        const struct load_stage *s = &load->stages[i];
        int64_t within_ns = until_ns < s->length_ns ? until_ns : s->length_ns;
        count += due_within(s, (double)within_ns / 1e9);
        until_ns -= within_ns;
    }
    return count;
}

int64_t load_count(const struct load *load, int64_t until_ns, int64_t most) {
    struct load_cursor cursor = {0};
    double expected = load->poisson ? 0 : floor(load_expected(load, until_ns)) - 1;
    int64_t count = expected < 0 ? 0 : expected > (double)most ? most : (int64_t)expected;
    while (count < most && load_due_ns(load, &cursor, count) < until_ns)
        count++;
    return count;
}

int64_t load_length_ns(const struct load *load) {
    int64_t length_ns = 0;
    for (size_t i = 0; i < load->stage_count; i++) {
        if (load->stages[i].length_ns == LOAD_NEVER_NS)
            return LOAD_NEVER_NS;
        length_ns += load->stages[i].length_ns;
    }
    return length_ns;
}
