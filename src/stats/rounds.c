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

/* The formula's right-hand side; `scaled` is D / s. */
static double need_at(double tail, double z_power, double scaled) {
    double z = -normal_quantile(tail), sum = (z + z_power) / scaled;
    return sum * sum / EFFICIENCY + z * z / 2;
}

/* The tail that an interval of so many rounds really leaves out on one side; `tail` beyond the exact ones. */
static double tail_at(size_t rounds, double tail) {
    uint64_t k;
    if (rounds > SIGNEDRANK_EXACT || !signedrank_critical(rounds, tail, &k))
        return tail;
    return signedrank_tail(rounds, k);
}

/* The need with the nominal tail is less than with any real one, so the search begins there. */
static int64_t solve(const struct rounds_design *design, double scaled, double z_power, size_t least) {
    double tail = design->alpha / 2 / (double)design->comparisons;
    double nominal = ceil(need_at(tail, z_power, scaled));
    if (!(scaled > 0) || !(nominal < UNREACHABLE))
        return -1;
    size_t rounds = nominal > (double)least ? (size_t)nominal : least;
    while (rounds <= SIGNEDRANK_EXACT && (double)rounds < need_at(tail_at(rounds, tail), z_power, scaled))
        rounds++;
    return (int64_t)rounds;
}

int64_t rounds_for_effect(const struct rounds_design *design, double effect, double power, double deviation) {
    double distance = log1p(effect) - log1p(design->margin);
    return solve(design, distance / deviation, normal_quantile(power),
                 rounds_least(design->alpha, design->comparisons));
}

int64_t rounds_to_settle(const struct rounds_design *design, double ratio, double deviation, size_t rounds) {
    double distance = fabs(fabs(log(ratio)) - log1p(design->margin));
    size_t least = rounds_least(design->alpha, design->comparisons);
    return solve(design, distance / deviation, 0, rounds < least ? least : rounds + 1);
}
