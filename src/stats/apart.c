/* Parts against all others. */
#include "stats/apart.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "stats/batches.h"
#include "stats/binomial.h"
#include "stats/student.h"

#define MOST_FAILED 1e12    /* that tails are summed up of */
#define MAD_TO_SIGMA 1.4826 /* of normal values, from the median of their distances from their median */
#define MAD_EFFICIENCY .37
#define MAD_SMALL .8 /* n / (n - this) is what it is too small by in n values (Croux and Rousseeuw 1992) */
#define LEAST_SEEN 3 /* others, among which a scatter can be seen at all */
#define WIDTH (2 * 1.959963984540054) /* of a 95 % interval, in standard errors */

/* A part whose median can be judged. */
struct known {
    double p50_s, error_s;
    double freedom; /* degrees of it that the error is known with */
    size_t index;
};

static bool is_known(const struct apart_part *p) {
    double width_s = p->ci95_s[1] - p->ci95_s[0];
    return p->p50_s > 0 && p->ci95_s[0] <= p->p50_s && p->p50_s <= p->ci95_s[1] &&
           width_s <= APART_WIDEST * p->p50_s && p->outcomes > p->failed;
}

static int by_median(const void *a, const void *b) {
    double first = ((const struct known *)a)->p50_s, second = ((const struct known *)b)->p50_s;
    return (first > second) - (first < second);
}

/* The interval spans about 2 sqrt(n) of the sorted values, whose distances vary as exponentials do: so its
 * width has a variance of 1/(2 sqrt(n)), as that of an error with sqrt(n) degrees of freedom. */
static struct known known_of(const struct apart_part *p, size_t index) {
    return (struct known){.p50_s = p->p50_s,
                          .error_s = (p->ci95_s[1] - p->ci95_s[0]) / WIDTH,
                          .freedom = fmin(BATCHES - 1, sqrt((double)(p->outcomes - p->failed))),
                          .index = index};
}

static size_t gather(const struct apart_part *parts, size_t count, struct known *known) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (is_known(&parts[i]))
            known[found++] = known_of(&parts[i], i);
    if (found > 1)
        qsort(known, found, sizeof *known, by_median);
    return found;
}

/* The nth smallest of all but one. */
static double other_at(const struct known *known, size_t but, size_t nth) {
    return known[nth < but ? nth : nth + 1].p50_s;
}

/* known[count], ascending, count > 1. */
static double median_of_others(const struct known *known, size_t count, size_t but) {
    size_t others = count - 1;
    double upper_s = other_at(known, but, others / 2);
    return others % 2 ? upper_s : (other_at(known, but, others / 2 - 1) + upper_s) / 2;
}

/* Beside what the others are, by themselves. */
struct others {
    double p50_s, variance; /* of the median of their medians, by its parts' errors */
    double scatter_s; /* standard deviation of their medians, as they show it; NaN where they are too few */
    double cost;
    double count;
};

static int ascending(const void *a, const void *b) {
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

/* distances_s[count] is room. */
static double scatter_of_others(const struct known *known, size_t count, size_t but, double p50_s,
                                double *distances_s) {
    size_t others = count - 1;
    double n = (double)others;
    if (others < LEAST_SEEN)
        return NAN;
    for (size_t i = 0; i < others; i++)
        distances_s[i] = fabs(other_at(known, but, i) - p50_s);
    qsort(distances_s, others, sizeof *distances_s, ascending);
    double middle_s = (distances_s[(others - 1) / 2] + distances_s[others / 2]) / 2;
    return MAD_TO_SIGMA * middle_s * n / (n - MAD_SMALL);
}

/* Of a median's variance beside that of a mean; of one or two values it is the mean. */
static double cost_of(double values) {
    return values > 2 ? M_PI / 2 : 1;
}

/* The probability, were the difference chance, by Student's t. */
static double chance_of(double difference_s, double variance, double freedom) {
    double t2 = difference_s * difference_s / variance; /* INFINITY without an error */
    return student_two_sided(freedom / (freedom + t2), freedom);
}

static bool is_beyond_chance(const struct known *own, const struct others *others, double level) {
    double difference_s = own->p50_s - others->p50_s, inflated = 1 + others->cost / others->count;
    double variance = own->error_s * own->error_s + others->variance;
    if (!(difference_s > 0))
        return false;
    if (!isnan(others->scatter_s)) {
        double seen = fmax(variance, others->scatter_s * others->scatter_s * inflated);
        double freedom = fmin(own->freedom, fmax(1, MAD_EFFICIENCY * (others->count - 1)));
        if (chance_of(difference_s, seen, freedom) <= level)
            return true;
    }
    double assumed_s = APART_SCATTER * others->p50_s;
    return others->count < APART_SEEN &&
           chance_of(difference_s, variance + assumed_s * assumed_s * inflated, own->freedom) <= level;
}

static void find_slow(const struct known *known, size_t count, double level, struct apart *out) {
    double variances = 0;
    struct others others = {.count = (double)count - 1};
    double *room = memory_zalloc(count, sizeof *room);
    others.cost = cost_of(others.count);
    for (size_t i = 0; i < count; i++)
        variances += known[i].error_s * known[i].error_s;
    for (size_t i = 0; i < count && count > 1; i++) {
        const struct known *own = &known[i];
        double rest = fmax(0, variances - own->error_s * own->error_s);
        others.p50_s = median_of_others(known, count, i);
        others.variance = rest * others.cost / (others.count * others.count);
        out[own->index].others_p50_s = others.p50_s;
        if (own->p50_s < (1 + APART_LEAST) * others.p50_s)
            continue;
        others.scatter_s = scatter_of_others(known, count, i, others.p50_s, room);
        out[own->index].is_slower = is_beyond_chance(own, &others, level);
    }
    free(room);
}

static void find_failing(const struct apart_part *part, double failed, double outcomes, double level,
                         struct apart *out) {
    double own = (double)part->failed, of = (double)part->outcomes;
    if (!(of > 0 && outcomes > of))
        return;
    out->others_failed = (failed - own) / (outcomes - of);
    if (part->failed > 0 && failed <= MOST_FAILED && own / of >= (1 + APART_LEAST) * out->others_failed)
        out->fails_more =
            binomial_at_least((uint64_t)failed, of / outcomes, (uint64_t)part->failed) <= level / 2;
}

void apart_find(const struct apart_part *parts, size_t count, double level, struct apart *out) {
    struct known *known = memory_zalloc(count, sizeof *known);
    double failed = 0, outcomes = 0;
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct apart){.others_p50_s = NAN, .others_failed = NAN};
        failed += (double)parts[i].failed;
        outcomes += (double)parts[i].outcomes;
    }
    find_slow(known, gather(parts, count, known), level, out);
    for (size_t i = 0; i < count; i++)
        find_failing(&parts[i], failed, outcomes, level, &out[i]);
    free(known);
}

/* A part over all rounds: logarithms of its median over the others'. */
struct series {
    double n, sum, squares;
};

static void add_round(struct series *all, const double *p50_s, size_t count, struct known *known) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (p50_s[i] > 0)
            known[found++] = (struct known){.p50_s = p50_s[i], .index = i};
    if (found < 2)
        return;
    qsort(known, found, sizeof *known, by_median);
    for (size_t i = 0; i < found; i++) {
        struct series *own = &all[known[i].index];
        double ratio = log(known[i].p50_s / median_of_others(known, found, i));
        own->n++;
        own->sum += ratio;
        own->squares += ratio * ratio;
    }
}

/* Of squared distances from the mean the sum. */
static double rest_of(const struct series *s) {
    return s->n > 0 ? fmax(0, s->squares - s->sum * s->sum / s->n) : 0;
}

/* Within all parts. Ratios to each other's medians are not independent: of two parts each has the other's. */
struct within {
    double variance, freedom, assumed;
};

static struct within within_all(const struct series *all, size_t count) {
    double squares = 0, freedom = 0, parts = 0;
    for (size_t i = 0; i < count; i++) {
        squares += rest_of(&all[i]);
        freedom += fmax(0, all[i].n - 1);
        parts += all[i].n > 0;
    }
    double others = fmax(1, parts - 1);
    return (struct within){.variance = freedom > 0 ? squares / freedom : 0,
                           .freedom = freedom * others / (others + 1),
                           .assumed = APART_SCATTER * APART_SCATTER * (1 + cost_of(others) / others)};
}

/* known[count] are ratios over all rounds, ascending. */
static bool is_slow_series(const struct known *known, size_t count, size_t own, const struct series *s,
                           const struct within *w, double level, double *room) {
    double mean = s->sum / s->n, others = (double)count - 1, freedom = APART_PRIOR + w->freedom;
    if (!(s->n > 1 && mean >= log(1 + APART_LEAST)))
        return false;
    double seen = fmax(w->variance, rest_of(s) / (s->n - 1));
    double variance = (APART_PRIOR * w->assumed + w->freedom * seen) / freedom * (1 / s->n + APART_LASTING);
    double scatter = scatter_of_others(known, count, own, median_of_others(known, count, own), room);
    if (!isnan(scatter))
        variance = fmax(variance, scatter * scatter * (1 + cost_of(others) / others));
    if (others >= APART_SEEN)
        freedom = fmin(freedom, MAD_EFFICIENCY * (others - 1));
    return chance_of(mean, variance, freedom) <= level;
}

static size_t gather_ratios(const struct series *all, size_t count, struct known *known) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (all[i].n > 0)
            known[found++] = (struct known){.p50_s = exp(all[i].sum / all[i].n), .index = i};
    if (found > 1)
        qsort(known, found, sizeof *known, by_median);
    return found;
}

void apart_find_slower(const double *p50_s, size_t rounds, size_t count, double level, bool *is_slower) {
    struct known *known = memory_zalloc(count, sizeof *known);
    struct series *all = memory_zalloc(count, sizeof *all);
    double *room = memory_zalloc(count, sizeof *room);
    for (size_t r = 0; r < rounds; r++)
        add_round(all, p50_s + r * count, count, known);
    struct within within = within_all(all, count);
    size_t found = gather_ratios(all, count, known);
    for (size_t i = 0; i < count; i++)
        is_slower[i] = false;
    for (size_t i = 0; i < found; i++)
        is_slower[known[i].index] =
            is_slow_series(known, found, i, &all[known[i].index], &within, level, room);
    free(known);
    free(all);
    free(room);
}
