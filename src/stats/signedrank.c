/* Signed ranks: exact distribution by the sums of random subsets of the ranks. */
#include "stats/signedrank.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/logs.h"
#include "stats/midrank.h"
#include "stats/normal.h"
#include "stats/pairwise.h"
#include "stats/quantile.h"
#include "stats/tail.h"

/* The probabilities of the sums 0 to top when each score is taken or left with chance 1/2. free() it. */
static double *sum_distribution(const uint64_t *scores, size_t count, uint64_t top) {
    double *chance = memory_zalloc(top + 1, sizeof *chance);
    uint64_t reach = 0;
    chance[0] = 1;
    for (size_t i = 0; i < count; i++) {
        reach = reach + scores[i] < top ? reach + scores[i] : top;
        for (uint64_t sum = reach; sum + 1 > scores[i]; sum--)
            chance[sum] = (chance[sum] + chance[sum - scores[i]]) / 2;
        for (uint64_t sum = 0; sum < scores[i] && sum <= reach; sum++)
            chance[sum] /= 2;
    }
    return chance;
}

static uint64_t all_sums(size_t rounds) {
    return (uint64_t)rounds * (rounds + 1) / 2;
}

static double deviation_of_sum(size_t rounds, double ties) {
    double n = (double)rounds;
    return sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
}

static bool critical_by_normal(size_t rounds, double tail, uint64_t *k) {
    double mean = (double)all_sums(rounds) / 2;
    double found = floor(mean + normal_quantile(tail) * deviation_of_sum(rounds, 0) - .5);
    if (!(found >= 0))
        return false;
    *k = (uint64_t)found;
    return true;
}

/* The distribution of W+ up to half of all sums. free() it. */
static double *rank_distribution(size_t rounds) {
    uint64_t ranks[SIGNEDRANK_EXACT];
    for (size_t i = 0; i < rounds; i++)
        ranks[i] = i + 1;
    return sum_distribution(ranks, rounds, all_sums(rounds) / 2);
}

static bool critical_exactly(size_t rounds, double tail, uint64_t *k) {
    double *chance = rank_distribution(rounds);
    bool exists = tail_largest(chance, all_sums(rounds) / 2 + 1, tail, k);
    free(chance);
    return exists;
}

bool signedrank_critical(size_t rounds, double tail, uint64_t *k) {
    if (rounds == 0 || !(tail > 0 && tail <= .5))
        return false;
    return rounds <= SIGNEDRANK_EXACT ? critical_exactly(rounds, tail, k)
                                      : critical_by_normal(rounds, tail, k);
}

static double tail_by_normal(size_t rounds, double ties, double sum) {
    return normal_cdf((sum - (double)all_sums(rounds) / 2 + .5) / deviation_of_sum(rounds, ties));
}

double signedrank_tail(size_t rounds, uint64_t k) {
    uint64_t all = all_sums(rounds);
    if (k >= all)
        return 1;
    if (rounds > SIGNEDRANK_EXACT)
        return tail_by_normal(rounds, 0, (double)k);
    if (k > all / 2)
        return 1 - signedrank_tail(rounds, all - k - 1);
    double *chance = rank_distribution(rounds);
    double tail = tail_sum(chance, k);
    free(chance);
    return tail;
}

/* Twice the chance of a sum of mid-ranks as small as the smaller one. */
static double p_of_sum(const uint64_t *doubled, size_t count, double ties, uint64_t smaller) {
    if (count > SIGNEDRANK_EXACT)
        return fmin(2 * tail_by_normal(count, ties, (double)smaller / 2), 1);
    double *chance = sum_distribution(doubled, count, smaller);
    double below = tail_sum(chance, smaller);
    free(chance);
    return fmin(2 * below, 1);
}

/* The differences are not 0. */
static double p_of_differences(const double *values, size_t count) {
    double *sizes = memory_zalloc(count, sizeof *sizes);
    uint64_t *doubled = memory_zalloc(count, sizeof *doubled);
    uint64_t above = 0, below = 0;
    for (size_t i = 0; i < count; i++)
        sizes[i] = fabs(values[i]);
    double ties = midrank_fill(sizes, count, doubled);
    for (size_t i = 0; i < count; i++)
        *(values[i] > 0 ? &above : &below) += doubled[i];
    double p = p_of_sum(doubled, count, ties, above < below ? above : below);
    free(sizes);
    free(doubled);
    return p;
}

/* Of rounds without a difference none counts. */
static double p_value(const double *values, size_t count) {
    double *others = memory_zalloc(count, sizeof *others);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (values[i] != 0)
            others[kept++] = values[i];
    double p = kept ? p_of_differences(others, kept) : 1;
    free(others);
    return p;
}

/* Ascending; NULL where a figure has no logarithm. */
static double *take_differences(const double *baseline, const double *strategy, size_t rounds) {
    double *before = memory_zalloc(rounds ? rounds : 1, sizeof *before);
    double *after = memory_zalloc(rounds ? rounds : 1, sizeof *after);
    bool usable = logs_fill(baseline, rounds, before) && logs_fill(strategy, rounds, after);
    for (size_t i = 0; usable && i < rounds; i++)
        after[i] -= before[i];
    free(before);
    if (!usable) {
        free(after);
        return NULL;
    }
    quantile_sort_reals(after, rounds);
    return after;
}

bool signedrank_interval(const double *baseline, const double *strategy, size_t rounds, double alpha,
                         struct ratio_estimate *out) {
    *out = (struct ratio_estimate){NAN, NAN, NAN, NAN};
    double *differences = take_differences(baseline, strategy, rounds);
    if (!differences)
        return false;
    struct pairwise walsh = {differences, differences, rounds, rounds, true};
    out->ratio = exp(pairwise_median(&walsh) / 2);
    out->p_value = p_value(differences, rounds);
    uint64_t k;
    bool exists = signedrank_critical(rounds, alpha / 2, &k);
    if (exists) {
        out->low = exp(pairwise_select(&walsh, k + 1) / 2);
        out->high = exp(pairwise_select(&walsh, pairwise_count(&walsh) - k) / 2);
    }
    free(differences);
    return exists;
}
