/* Rank sums: exact distribution by the sums of random subsets of a given size. */
#include "stats/ranksum.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stats/logs.h"
#include "stats/midrank.h"
#include "stats/normal.h"
#include "stats/pairwise.h"
#include "stats/quantile.h"
#include "stats/tail.h"

/* In how many ways `taken` of `count` scores have each of the sums 0 to top. */
struct subsets {
    const uint64_t *scores;
    size_t count, taken;
    uint64_t top;
};

/* ways[t * (top + 1) + sum], for t up to `taken`; free() it. At RANKSUM_EXACT_PAIRS they stay below 10^36. */
static double *count_ways(const struct subsets *s) {
    size_t row = (size_t)s->top + 1;
    double *ways = memory_zalloc((s->taken + 1) * row, sizeof *ways);
    ways[0] = 1;
    for (size_t i = 0; i < s->count; i++)
        for (size_t taken = i < s->taken ? i + 1 : s->taken; taken > 0 && s->scores[i] <= s->top; taken--) {
            double *into = ways + taken * row + s->scores[i], *from = into - row - s->scores[i];
            for (size_t sum = 0; sum < row - s->scores[i]; sum++)
                into[sum] += from[sum];
        }
    return ways;
}

static double all_ways(const struct subsets *s) {
    double ways = 1;
    for (size_t i = 0; i < s->taken; i++)
        ways = ways * (double)(s->count - i) / (double)(i + 1);
    return ways;
}

/* P(sum <= top). */
static double chance_up_to_top(const struct subsets *s) {
    double *ways = count_ways(s);
    double sum = tail_sum(ways + s->taken * (s->top + 1), s->top);
    free(ways);
    return sum / all_ways(s);
}

static bool is_exact(size_t a, size_t b) {
    return a <= RANKSUM_EXACT_PAIRS / b;
}

/* Of U, with the same correction for ties as of Wilcoxon's rank sum. */
static double deviation_of_u(size_t a, size_t b, double ties) {
    double n = (double)a + (double)b;
    return sqrt((double)a * (double)b / 12 * (n + 1 - ties / (n * (n - 1))));
}

static bool critical_by_normal(size_t a, size_t b, double tail, uint64_t *k) {
    double mean = (double)a * (double)b / 2;
    double found = floor(mean + normal_quantile(tail) * deviation_of_u(a, b, 0) - .5);
    if (!(found >= 0))
        return false;
    *k = (uint64_t)found;
    return true;
}

/* U is the sum of the ranks of the smaller side less its least, so with ranks from 0 its distribution is that
 * of the sums from taken * (taken - 1) / 2 on. */
static bool critical_exactly(size_t a, size_t b, double tail, uint64_t *k) {
    size_t taken = a < b ? a : b, count = a + b, least = taken * (taken - 1) / 2, half = a * b / 2;
    uint64_t *ranks = memory_zalloc(count, sizeof *ranks);
    for (size_t i = 0; i < count; i++)
        ranks[i] = i;
    struct subsets s = {ranks, count, taken, least + half};
    double *ways = count_ways(&s);
    bool exists = tail_largest(ways + taken * (s.top + 1) + least, half + 1, tail * all_ways(&s), k);
    free(ways);
    free(ranks);
    return exists;
}

bool ranksum_critical(size_t baseline_count, size_t strategy_count, double tail, uint64_t *k) {
    if (baseline_count == 0 || strategy_count == 0 || !(tail > 0 && tail <= .5))
        return false;
    return is_exact(baseline_count, strategy_count)
               ? critical_exactly(baseline_count, strategy_count, tail, k)
               : critical_by_normal(baseline_count, strategy_count, tail, k);
}

/* Of the first `taken` of doubled mid-ranks: P(rank sum <= theirs). */
static double tail_of_sum(const uint64_t *doubled, size_t count, size_t taken) {
    struct subsets s = {doubled, count, taken, 0};
    for (size_t i = 0; i < taken; i++)
        s.top += doubled[i];
    return chance_up_to_top(&s);
}

static double p_exactly(const uint64_t *doubled, size_t count, size_t taken) {
    uint64_t *mirrored = memory_zalloc(count, sizeof *mirrored);
    for (size_t i = 0; i < count; i++)
        mirrored[i] = 2 * (count + 1) - doubled[i];
    double p = 2 * fmin(tail_of_sum(doubled, count, taken), tail_of_sum(mirrored, count, taken));
    free(mirrored);
    return fmin(p, 1);
}

static double p_by_normal(const uint64_t *doubled, size_t a, size_t b, double ties) {
    double u = -(double)a * (double)(a + 1) / 2, deviation = deviation_of_u(a, b, ties);
    for (size_t i = 0; i < a; i++)
        u += (double)doubled[i] / 2;
    double away = fabs(u - (double)a * (double)b / 2);
    return deviation > 0 ? fmin(2 * normal_cdf((.5 - away) / deviation), 1) : 1;
}

/* Of both sides' figures, those of the smaller side first. */
static double p_of_figures(const double *figures, size_t count, size_t smaller) {
    uint64_t *doubled = memory_zalloc(count, sizeof *doubled);
    double ties = midrank_fill(figures, count, doubled);
    double p = is_exact(smaller, count - smaller) ? p_exactly(doubled, count, smaller)
                                                  : p_by_normal(doubled, smaller, count - smaller, ties);
    free(doubled);
    return p;
}

static double p_of_sides(const double *a, size_t a_count, const double *b, size_t b_count) {
    bool a_first = a_count <= b_count;
    const double *first = a_first ? a : b, *second = a_first ? b : a;
    size_t smaller = a_first ? a_count : b_count, larger = a_first ? b_count : a_count;
    double *figures = memory_zalloc(smaller + larger, sizeof *figures);
    memcpy(figures, first, smaller * sizeof *figures);
    memcpy(figures + smaller, second, larger * sizeof *figures);
    double p = p_of_figures(figures, smaller + larger, smaller);
    free(figures);
    return p;
}

static void estimate(const struct pairwise *differences, double alpha, struct ratio_estimate *out) {
    uint64_t k;
    out->ratio = exp(pairwise_median(differences));
    if (!ranksum_critical(differences->a_count, differences->b_count, alpha / 2, &k))
        return;
    out->low = exp(pairwise_select(differences, k + 1));
    out->high = exp(pairwise_select(differences, pairwise_count(differences) - k));
}

/* Two sides' logarithms, which it reorders; they stand one behind the other in `logs`. */
static void compare_sides(double *logs, size_t before, size_t after, double alpha,
                          struct ratio_estimate *out) {
    double *negated = logs, *later = logs + before;
    for (size_t i = 0; i < before; i++)
        negated[i] = -negated[i];
    quantile_sort_reals(negated, before);
    quantile_sort_reals(later, after);
    estimate(&(struct pairwise){later, negated, after, before, false}, alpha, out);
}

bool ranksum_interval(const double *baseline, size_t baseline_count, const double *strategy,
                      size_t strategy_count, double alpha, struct ratio_estimate *out) {
    *out = (struct ratio_estimate){NAN, NAN, NAN, NAN};
    size_t count = baseline_count + strategy_count;
    double *logs = memory_zalloc(count ? count : 1, sizeof *logs);
    if (logs_fill(baseline, baseline_count, logs) &&
        logs_fill(strategy, strategy_count, logs + baseline_count)) {
        out->p_value = p_of_sides(baseline, baseline_count, strategy, strategy_count);
        compare_sides(logs, baseline_count, strategy_count, alpha, out);
    }
    free(logs);
    return !isnan(out->low);
}
