/* Numbers of rounds. */
#include "stats/rounds.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/logs.h"
#include "stats/normal.h"
#include "stats/signedrank.h"

#define EFFICIENCY .955  /* of signed ranks where the t test is at its best */
#define UNREACHABLE 1e15 /* rounds that nobody will run; still exact in a double */

size_t rounds_least(double alpha, size_t comparisons) {
    double chance = 2 * (double)comparisons;
    size_t rounds = 0;
    while (rounds < SIGNEDRANK_EXACT && !(chance <= alpha)) {
        chance /= 2;
        rounds++;
    }
    return rounds;
}

static double deviation_of(const double *values, size_t count) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double away = values[i] - mean;
        mean += away / (double)(i + 1);
        squares += away * (values[i] - mean);
    }
    return sqrt(squares / (double)(count - 1));
}

double rounds_deviation(const double *baseline, const double *strategy, size_t rounds) {
    if (rounds < 2)
        return NAN;
    double *before = memory_zalloc(rounds, sizeof *before);
    double *after = memory_zalloc(rounds, sizeof *after);
    bool usable = logs_fill(baseline, rounds, before) && logs_fill(strategy, rounds, after);
    for (size_t i = 0; usable && i < rounds; i++)
        after[i] -= before[i];
    double deviation = usable ? deviation_of(after, rounds) : NAN;
    free(before);
    free(after);
    return deviation;
}

double rounds_spread(const double *figures, size_t rounds) {
    if (rounds < 2)
        return NAN;
    double *logs = memory_zalloc(rounds, sizeof *logs);
    double deviation = logs_fill(figures, rounds, logs) ? deviation_of(logs, rounds) : NAN;
    free(logs);
    return deviation;
}

/* The formula's right-hand side; `scaled` is D / s. */
static double need_at(double tail, double z_power, double scaled) {
    double z = -normal_quantile(tail), sum = (z + z_power) / scaled;
    return sum * sum / EFFICIENCY + z * z / 2;
}

struct question {
    double tail;    /* that an interval may leave out on one side */
    double scaled;  /* D / s */
    double z_power; /* the normal quantile of the power */
};

/* Where the interval goes from the smallest difference to the largest, the chance that all lie beyond the
 * margin is known; elsewhere the formula has the tail that the interval really leaves out. */
static bool is_enough(const struct question *q, size_t rounds) {
    uint64_t k;
    if (rounds > SIGNEDRANK_EXACT || !signedrank_critical(rounds, q->tail, &k))
        return true;
    if (k == 0)
        return pow(normal_cdf(q->scaled), (double)rounds) >= normal_cdf(q->z_power);
    return (double)rounds >= need_at(signedrank_tail(rounds, k), q->z_power, q->scaled);
}

/* The need with the nominal tail is less than with any real one, so the search begins there. */
static int64_t search(const struct question *q, size_t least) {
    double nominal = ceil(need_at(q->tail, q->z_power, q->scaled));
    if (!(q->scaled > 0) || !(nominal < UNREACHABLE))
        return -1;
    size_t rounds = nominal > (double)least ? (size_t)nominal : least;
    while (!is_enough(q, rounds))
        rounds++;
    return (int64_t)rounds;
}

static double tail_of(const struct rounds_design *design) {
    return design->alpha / 2 / (double)design->comparisons;
}

int64_t rounds_for_effect(const struct rounds_design *design, double effect, double power, double deviation) {
    double distance = log1p(effect) - log1p(design->margin);
    struct question q = {tail_of(design), distance / deviation, normal_quantile(power)};
    return search(&q, rounds_least(design->alpha, design->comparisons));
}

int64_t rounds_to_settle(const struct rounds_design *design, double ratio, double deviation, size_t rounds) {
    double distance = fabs(fabs(log(ratio)) - log1p(design->margin));
    struct question q = {tail_of(design), distance / deviation, 0};
    size_t least = rounds_least(design->alpha, design->comparisons);
    return search(&q, rounds < least ? least : rounds + 1);
}
