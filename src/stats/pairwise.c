/* Order statistics of pairwise sums by bisection. */
#include "stats/pairwise.h"

#include <string.h>

uint64_t pairwise_count(const struct pairwise *p) {
    uint64_t n = p->a_count;
    return p->triangle ? n * (n + 1) / 2 : n * p->b_count;
}

/* Rounding keeps the order of sums, so the partners of a larger a[i] are never more. */
static uint64_t count_up_to(const struct pairwise *p, double limit) {
    uint64_t sum = 0;
    size_t partners = p->b_count;
    for (size_t i = 0; i < p->a_count; i++) {
        while (partners > 0 && p->a[i] + p->b[partners - 1] > limit)
            partners--;
        size_t skipped = p->triangle ? i : 0;
        if (partners <= skipped)
            break;
        sum += partners - skipped;
    }
    return sum;
}

/* The doubles as integers in the same order. */
static int64_t place_of(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static double value_at(int64_t place) {
    int64_t bits = place < 0 ? INT64_MIN - place : place;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double pairwise_select(const struct pairwise *p, uint64_t rank) {
    int64_t low = place_of(p->a[0] + p->b[0]);
    int64_t high = place_of(p->a[p->a_count - 1] + p->b[p->b_count - 1]);
    while (low < high) {
        int64_t middle = low + (int64_t)(((uint64_t)high - (uint64_t)low) / 2);
        if (count_up_to(p, value_at(middle)) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return value_at(low);
}

double pairwise_median(const struct pairwise *p) {
    uint64_t count = pairwise_count(p);
    double upper = pairwise_select(p, count / 2 + 1);
    return count % 2 ? upper : (pairwise_select(p, count / 2) + upper) / 2;
}
