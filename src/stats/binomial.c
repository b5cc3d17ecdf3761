/* Ranks from binomial tails. The probabilities are never computed one by one: starting with weight 1 at the
 * mode, each is its neighbour's times a ratio, and what is needed are shares of their sum. That keeps the
 * relative error near 10^-11 at n = 10^9, where differences of lgamma would leave 10^-6. */
#include "stats/binomial.h"

#include <math.h>

#define NEGLIGIBLE 1e-25 /* a tail beyond a weight this far below the mode's is left out */

struct binomial {
    uint64_t n;
    double odds; /* q / (1 - q) */
};

/* A number of successes and its probability relative to the mode's. */
struct point {
    uint64_t k;
    double weight;
};

static void step_up(const struct binomial *b, struct point *p) {
    p->weight *= (double)(b->n - p->k) / (double)(p->k + 1) * b->odds;
    p->k++;
}

static void step_down(const struct binomial *b, struct point *p) {
    p->weight *= (double)p->k / (double)(b->n - p->k + 1) / b->odds;
    p->k--;
}

/* Moves p out to the last weight that counts, and returns the sum of the weights it came upon. */
static double climb_to_top(const struct binomial *b, struct point *p) {
    double sum = 0;
    while (p->k < b->n && p->weight > NEGLIGIBLE) {
        step_up(b, p);
        sum += p->weight;
    }
    return sum;
}

static double climb_to_bottom(const struct binomial *b, struct point *p) {
    double sum = 0;
    while (p->k > 0 && p->weight > NEGLIGIBLE) {
        step_down(b, p);
        sum += p->weight;
    }
    return sum;
}

/* How many of the values 0, 1, ... have a cumulated weight of at most `tail`: the largest r with
 * P(Bin <= r-1) <= tail, 0 if there is none. */
static uint64_t lowest_rank(const struct binomial *b, struct point p, double tail) {
    double below = p.weight;
    while (below <= tail && p.k < b->n) {
        step_up(b, &p);
        below += p.weight;
    }
    return p.k;
}

/* The smallest r with P(Bin >= r) <= tail, n + 1 if there is none up to n. */
static uint64_t highest_rank(const struct binomial *b, struct point p, double tail) {
    double above = p.weight;
    while (above <= tail && p.k > 0) {
        step_down(b, &p);
        above += p.weight;
    }
    return p.k + 1;
}

static struct point mode_of(uint64_t n, double q) {
    return (struct point){.k = (uint64_t)fmin(floor((double)(n + 1) * q), (double)n), .weight = 1};
}

/* The sum of the weights of all that is not below k, which p, the mode, is not above. */
static double weight_above(const struct binomial *b, struct point p, uint64_t k) {
    double sum = p.k >= k ? p.weight : 0;
    while (p.k < b->n && p.weight > NEGLIGIBLE) {
        step_up(b, &p);
        sum += p.k >= k ? p.weight : 0;
    }
    return sum;
}

/* And of all below k, which p is not below. */
static double weight_below(const struct binomial *b, struct point p, uint64_t k) {
    double sum = 0;
    while (p.k > 0 && p.weight > NEGLIGIBLE) {
        step_down(b, &p);
        sum += p.k < k ? p.weight : 0;
    }
    return sum;
}

double binomial_at_least(uint64_t n, double q, uint64_t k) {
    struct binomial b = {.n = n, .odds = q / (1 - q)};
    struct point mode = mode_of(n, q);
    double all = weight_above(&b, mode, 0) + weight_below(&b, mode, UINT64_MAX);
    if (k > n)
        return 0;
    return mode.k >= k ? 1 - weight_below(&b, mode, k) / all : weight_above(&b, mode, k) / all;
}

bool binomial_quantile_interval(uint64_t n, double q, double alpha, struct rank_interval *out) {
    if (n == 0 || !(q > 0 && q < 1) || !(alpha > 0 && alpha < 1))
        return false;
    struct binomial b = {.n = n, .odds = q / (1 - q)};
    struct point mode = mode_of(n, q);
    struct point top = mode, bottom = mode;
    double tail = (1 + climb_to_top(&b, &top) + climb_to_bottom(&b, &bottom)) * alpha / 2;
    uint64_t low = lowest_rank(&b, bottom, tail);
    uint64_t high = highest_rank(&b, top, tail);
    if (low < 1 || high > n)
        return false;
    *out = (struct rank_interval){low, high};
    return true;
}
