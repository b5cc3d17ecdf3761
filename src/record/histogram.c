/* Recording, merging and reading of the histogram; its encoding for other programs is hdr.c
 * and hdr_decode.c. */
#include "record/histogram.h"

#include <math.h>
#include <stdbool.h>

#include "base/rank.h"

#define SUB_BUCKETS 2048
#define HALF_BUCKETS 1024

struct range {
    uint32_t begin, end;
};

static uint32_t index_of(int64_t value) {
    int bucket = 53 - __builtin_clzll((uint64_t)value | (SUB_BUCKETS - 1));
    return (uint32_t)(bucket * HALF_BUCKETS) + (uint32_t)(value >> bucket);
}

static int bucket_of(uint32_t index) {
    return index < SUB_BUCKETS ? 0 : (int)(index / HALF_BUCKETS) - 1;
}

static int64_t lowest_value(uint32_t index) {
    int bucket = bucket_of(index);
    return (int64_t)(index - (uint32_t)bucket * HALF_BUCKETS) << bucket;
}

static int64_t highest_value(uint32_t index) {
    return lowest_value(index) + (INT64_C(1) << bucket_of(index)) - 1;
}

static double middle_value(uint32_t index) {
    return ((double)lowest_value(index) + (double)highest_value(index)) / 2;
}

static uint64_t count_at(const struct histogram *h, uint32_t index) {
    return atomic_load_explicit(&h->counts[index], memory_order_relaxed);
}

/* The memory may have been written by a child that went wild, so the bounds are not taken on trust. */
static struct range touched(const struct histogram *h) {
    uint32_t lowest = atomic_load_explicit(&h->lowest_plus_1, memory_order_relaxed);
    uint32_t highest = atomic_load_explicit(&h->highest_plus_1, memory_order_relaxed);
    if (lowest == 0 || highest > HISTOGRAM_LENGTH)
        return (struct range){0, lowest == 0 ? 0 : HISTOGRAM_LENGTH};
    return (struct range){lowest - 1, highest};
}

/* In the four below a plain load decides nearly always, which spares the locked operation. Where 0 stands for
 * "none", taking 1 off makes it the largest unsigned number. */
static void raise_max(_Atomic int64_t *max, int64_t value) {
    int64_t seen = atomic_load_explicit(max, memory_order_relaxed);
    while (seen < value && !atomic_compare_exchange_weak_explicit(max, &seen, value, memory_order_relaxed,
                                                                  memory_order_relaxed))
        continue;
}

static void lower_min(_Atomic int64_t *min_plus_1, int64_t value) {
    int64_t seen = atomic_load_explicit(min_plus_1, memory_order_relaxed);
    while ((uint64_t)seen - 1 > (uint64_t)value &&
           !atomic_compare_exchange_weak_explicit(min_plus_1, &seen, value + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

static void raise_highest(_Atomic uint32_t *highest_plus_1, uint32_t index) {
    uint32_t seen = atomic_load_explicit(highest_plus_1, memory_order_relaxed);
    while (seen < index + 1 &&
           !atomic_compare_exchange_weak_explicit(highest_plus_1, &seen, index + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

static void lower_lowest(_Atomic uint32_t *lowest_plus_1, uint32_t index) {
    uint32_t seen = atomic_load_explicit(lowest_plus_1, memory_order_relaxed);
    while (seen - 1 > index &&
           !atomic_compare_exchange_weak_explicit(lowest_plus_1, &seen, index + 1, memory_order_relaxed,
                                                  memory_order_relaxed))
        continue;
}

/* The range grows before the counter does: a process killed in between leaves a range too wide, never a value
 * that no reader visits. Returns the counter's index. */
static uint32_t widen(struct histogram *h, int64_t value) {
    uint32_t index = index_of(value);
    lower_lowest(&h->lowest_plus_1, index);
    raise_highest(&h->highest_plus_1, index);
    raise_max(&h->max_ns, value);
    lower_min(&h->min_ns_plus_1, value);
    return index;
}

static int64_t clamped(int64_t value_ns) {
    return value_ns < 0 ? 0 : value_ns > HISTOGRAM_HIGHEST_NS ? HISTOGRAM_HIGHEST_NS : value_ns;
}

void histogram_record(struct histogram *h, int64_t value_ns) {
    int64_t value = clamped(value_ns);
    uint32_t index = widen(h, value);
    atomic_fetch_add_explicit(&h->sum_ns, value, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->counts[index], 1, memory_order_relaxed);
}

void histogram_record_alone(struct histogram *h, int64_t value_ns) {
    int64_t value = clamped(value_ns);
    uint32_t index = widen(h, value);
    int64_t sum = atomic_load_explicit(&h->sum_ns, memory_order_relaxed);
    uint64_t count = atomic_load_explicit(&h->counts[index], memory_order_relaxed);
    atomic_store_explicit(&h->sum_ns, sum + value, memory_order_relaxed);
    atomic_store_explicit(&h->counts[index], count + 1, memory_order_relaxed);
}

void histogram_add(struct histogram *into, const struct histogram *from) {
    struct range range = touched(from);
    if (range.begin >= range.end)
        return;
    lower_lowest(&into->lowest_plus_1, range.begin);
    raise_highest(&into->highest_plus_1, range.end - 1);
    raise_max(&into->max_ns, atomic_load_explicit(&from->max_ns, memory_order_relaxed));
    int64_t min_plus_1 = atomic_load_explicit(&from->min_ns_plus_1, memory_order_relaxed);
    if (min_plus_1)
        lower_min(&into->min_ns_plus_1, min_plus_1 - 1);
    atomic_fetch_add_explicit(&into->sum_ns, atomic_load_explicit(&from->sum_ns, memory_order_relaxed),
                              memory_order_relaxed);
    for (uint32_t i = range.begin; i < range.end; i++) {
        uint64_t count = count_at(from, i);
        if (count)
            atomic_fetch_add_explicit(&into->counts[i], count, memory_order_relaxed);
    }
}

static int64_t sum_with(int64_t sum, uint64_t count, int64_t value) {
    int64_t added = 0;
    if (__builtin_mul_overflow(count, value, &added) || __builtin_add_overflow(sum, added, &sum))
        return INT64_MAX;
    return sum;
}

void histogram_add_counter(struct histogram *h, uint32_t index, uint64_t count) {
    if (count == 0)
        return;
    lower_lowest(&h->lowest_plus_1, index);
    raise_highest(&h->highest_plus_1, index);
    raise_max(&h->max_ns, highest_value(index));
    lower_min(&h->min_ns_plus_1, lowest_value(index));
    int64_t sum = atomic_load_explicit(&h->sum_ns, memory_order_relaxed);
    sum = sum_with(sum, count, (int64_t)middle_value(index));
    atomic_store_explicit(&h->sum_ns, sum, memory_order_relaxed);
    atomic_fetch_add_explicit(&h->counts[index], count, memory_order_relaxed);
}

static uint64_t take_off(struct histogram *h, uint32_t index, uint64_t less) {
    uint64_t count = count_at(h, index);
    uint64_t left = count > less ? count - less : 0;
    atomic_store_explicit(&h->counts[index], left, memory_order_relaxed);
    return left;
}

static void set_bounds(struct histogram *h, struct range range) {
    bool empty = range.begin >= range.end;
    atomic_store_explicit(&h->lowest_plus_1, empty ? 0 : range.begin + 1, memory_order_relaxed);
    atomic_store_explicit(&h->highest_plus_1, empty ? 0 : range.end, memory_order_relaxed);
    atomic_store_explicit(&h->min_ns_plus_1, empty ? 0 : lowest_value(range.begin) + 1, memory_order_relaxed);
    atomic_store_explicit(&h->max_ns, empty ? 0 : highest_value(range.end - 1), memory_order_relaxed);
}

void histogram_subtract(struct histogram *h, const struct histogram *less) {
    struct range range = touched(h), left = {HISTOGRAM_LENGTH, 0};
    for (uint32_t i = range.begin; i < range.end; i++) {
        if (take_off(h, i, count_at(less, i)) == 0)
            continue;
        left.begin = i < left.begin ? i : left.begin;
        left.end = i + 1;
    }
    int64_t sum_ns = atomic_load_explicit(&less->sum_ns, memory_order_relaxed);
    atomic_fetch_sub_explicit(&h->sum_ns, sum_ns, memory_order_relaxed);
    set_bounds(h, left);
}

void histogram_reset(struct histogram *h) {
    struct range range = touched(h);
    for (uint32_t i = range.begin; i < range.end; i++)
        atomic_store_explicit(&h->counts[i], 0, memory_order_relaxed);
    atomic_store_explicit(&h->sum_ns, 0, memory_order_relaxed);
    atomic_store_explicit(&h->max_ns, 0, memory_order_relaxed);
    atomic_store_explicit(&h->min_ns_plus_1, 0, memory_order_relaxed);
    atomic_store_explicit(&h->lowest_plus_1, 0, memory_order_relaxed);
    atomic_store_explicit(&h->highest_plus_1, 0, memory_order_relaxed);
}

uint64_t histogram_count(const struct histogram *h) {
    struct range range = touched(h);
    uint64_t count = 0;
    for (uint32_t i = range.begin; i < range.end; i++)
        count += count_at(h, i);
    return count;
}

uint64_t histogram_count_between(const struct histogram *h, int64_t from_ns, int64_t until_ns) {
    struct range range = touched(h);
    uint64_t count = 0;
    for (uint32_t i = range.begin; i < range.end; i++)
        if (lowest_value(i) >= from_ns && lowest_value(i) < until_ns)
            count += count_at(h, i);
    return count;
}

int64_t histogram_quantile_ns(const struct histogram *h, double q) {
    uint64_t rank = rank_nearest(q, histogram_count(h));
    if (rank == 0)
        return -1;
    struct range range = touched(h);
    int64_t max = atomic_load_explicit(&h->max_ns, memory_order_relaxed);
    uint64_t below = 0;
    for (uint32_t i = range.begin; i < range.end; i++) {
        below += count_at(h, i);
        if (below >= rank)
            return highest_value(i) < max ? highest_value(i) : max;
    }
    return max;
}

double histogram_mean_ns(const struct histogram *h) {
    uint64_t count = histogram_count(h);
    if (count == 0)
        return NAN;
    return (double)atomic_load_explicit(&h->sum_ns, memory_order_relaxed) / (double)count;
}

double histogram_stddev_ns(const struct histogram *h) {
    struct range range = touched(h);
    double count = 0, mean = 0, squares = 0;
    for (uint32_t i = range.begin; i < range.end; i++) {
        double added = (double)count_at(h, i);
        if (added <= 0)
            continue;
        double away = middle_value(i) - mean;
        count += added;
        mean += away * added / count;
        squares += away * added * (middle_value(i) - mean);
    }
    return count > 0 ? sqrt(squares / count) : NAN;
}

int64_t histogram_min_ns(const struct histogram *h) {
    return atomic_load_explicit(&h->min_ns_plus_1, memory_order_relaxed) - 1;
}

int64_t histogram_max_ns(const struct histogram *h) {
    return histogram_min_ns(h) < 0 ? -1 : atomic_load_explicit(&h->max_ns, memory_order_relaxed);
}
