/* A log-linear histogram of nanoseconds with three significant digits, laid out as HdrHistogram lays out 1 ns
 * to one hour: bucket 0 has 2,048 counters for the values 0 to 2,047, each of buckets 1 to 31 has 1,024. A
 * counter of bucket b stands for 2^b neighbouring values, of which the least is at least 1024 * 2^b when b >
 * 0. So two values of one counter differ by less than 1/1024 of either, 0.1 %.
 *
 * Constant memory (264 KiB); zeroed memory is an empty histogram, so a fresh anonymous mapping needs no
 * set-up. Recording is by relaxed atomic adds: any number of threads and processes may record into one
 * histogram, faster when each has its own; a reader may read at any time and sees some recent state. Readers
 * visit only the touched range of counters. */
#ifndef FETCHBENCH_RECORD_HISTOGRAM_H
#define FETCHBENCH_RECORD_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"

#define HISTOGRAM_LENGTH 33792
#define HISTOGRAM_HIGHEST_NS INT64_C(3600000000000)

struct histogram {
    _Atomic uint64_t counts[HISTOGRAM_LENGTH];
    _Atomic int64_t sum_ns;
    _Atomic int64_t max_ns;
    _Atomic int64_t min_ns_plus_1;  /* 0: nothing recorded */
    _Atomic uint32_t lowest_plus_1; /* touched range of counters, 0: none */
    _Atomic uint32_t highest_plus_1;
};

/* Counts one value. Below 0 counts as 0; above HISTOGRAM_HIGHEST_NS as HISTOGRAM_HIGHEST_NS. */
void histogram_record(struct histogram *h, int64_t value_ns);

/* The same where no other thread records into h: without locked adds, about half the price. Readers may read.
 */
void histogram_record_alone(struct histogram *h, int64_t value_ns);

/* Adds the counts of `from` to `into`; min, max and sum as well. */
void histogram_add(struct histogram *into, const struct histogram *from);

/* Adds `count` values of which no more is known than their counter: min, max and sum take its bounds and its
 * middle; a sum beyond an int64_t stays at the largest. index is below HISTOGRAM_LENGTH. */
void histogram_add_counter(struct histogram *h, uint32_t index, uint64_t count);

/* Takes the counts and the sum of `less` off again, which were added to h before. Min and max become bounds,
 * those of the outermost counters that are left. No one may record into h meanwhile. */
void histogram_subtract(struct histogram *h, const struct histogram *less);

/* Makes it empty. No one may record meanwhile. */
void histogram_reset(struct histogram *h);

/* The sum of its counters (never a counter of its own, so it always agrees with the quantiles). */
uint64_t histogram_count(const struct histogram *h);

/* How many are at least `from_ns` and below `until_ns`, to the width of a counter. */
uint64_t histogram_count_between(const struct histogram *h, int64_t from_ns, int64_t until_ns);

/* Nearest rank (base/rank.h): the smallest recorded value with at least share q (0 to 1) of all at or below
 * it, given as the highest value its counter may stand for, clamped to the largest recorded; -1 when empty.
 */
int64_t histogram_quantile_ns(const struct histogram *h, double q);

/* NaN when empty. The mean is exact, from the sum. The deviation is that of the population, from the
 * counters' midpoints: it is off by less than 1/2048 of the largest value, which of a narrow distribution is
 * no small part. */
double histogram_mean_ns(const struct histogram *h);
double histogram_stddev_ns(const struct histogram *h);
int64_t histogram_min_ns(const struct histogram *h); /* exact; -1 when empty */
int64_t histogram_max_ns(const struct histogram *h); /* exact; -1 when empty */

/* Appends the V2 compressed encoding of HdrHistogram (zlib, base64), values in nanoseconds, as any
 * HdrHistogram library reads it. Returns 0, or -1 when memory ran out or `out` is full. */
int histogram_encode_hdr(const struct histogram *h, struct buf *out);

/* Adds the counts of such an encoding to h, each by histogram_add_counter, since min, max and sum are not
 * encoded. 0, or -1 and h as it was, when the text is no V2 compressed encoding of a histogram laid out as
 * these are (three digits, from 1 ns), counts what is out of range, or memory ran out. Safe on any input. */
int histogram_decode_hdr(struct histogram *h, const char *text, size_t length);

#endif
