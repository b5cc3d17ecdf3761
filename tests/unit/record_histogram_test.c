/* The histogram against exact figures of the same values; its encoding is proven by
 * tests/integration/test_hdr.py, which runs this program with --sample. */
#include "record/histogram.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/rank.h"

#define VALUES 20000

/* A small generator of our own, so that a failure is the same everywhere. */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* From 1 ns to minutes, evenly over the magnitudes. */
static int64_t random_value(uint64_t *state) {
    int bits = 1 + (int)(next_random(state) % 38);
    return (int64_t)(next_random(state) >> (64 - bits));
}

static int compare(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int set_up(void **state) {
    *state = calloc(1, sizeof(struct histogram));
    return *state ? 0 : -1;
}

static int tear_down(void **state) {
    free(*state);
    return 0;
}

static int64_t *record_random(struct histogram *h, size_t count) {
    int64_t *values = calloc(count, sizeof *values);
    assert_non_null(values);
    uint64_t seed = 88172645463325252u;
    for (size_t i = 0; i < count; i++) {
        values[i] = random_value(&seed);
        histogram_record(h, values[i]);
    }
    qsort(values, count, sizeof *values, compare);
    return values;
}

static void quantile_of_an_empty_histogram_is_absent(void **state) {
    struct histogram *h = *state;
    assert_int_equal(histogram_count(h), 0);
    assert_int_equal(histogram_quantile_ns(h, 0.5), -1);
    assert_int_equal(histogram_min_ns(h), -1);
    assert_int_equal(histogram_max_ns(h), -1);
    assert_true(isnan(histogram_mean_ns(h)));
    assert_true(isnan(histogram_stddev_ns(h)));
}

static void quantile_of_one_value_is_that_value(void **state) {
    struct histogram *h = *state;
    histogram_record(h, 123456789);
    for (double q = 0; q <= 1; q += 0.125)
        assert_int_equal(histogram_quantile_ns(h, q), 123456789);
    assert_int_equal(histogram_min_ns(h), 123456789);
    assert_int_equal(histogram_max_ns(h), 123456789);
}

static void zero_is_a_value(void **state) {
    struct histogram *h = *state;
    histogram_record(h, 0);
    assert_int_equal(histogram_count(h), 1);
    assert_int_equal(histogram_quantile_ns(h, 0.5), 0);
    assert_int_equal(histogram_min_ns(h), 0);
    assert_int_equal(histogram_max_ns(h), 0);
}

static void values_below_2048_are_exact(void **state) {
    struct histogram *h = *state;
    for (int64_t v = 2047; v >= 0; v--)
        histogram_record(h, v);
    for (int64_t v = 0; v < 2048; v++)
        assert_int_equal(histogram_quantile_ns(h, (double)(v + 1) / 2048), v);
}

static void quantiles_agree_with_sorted_values_within_a_thousandth(void **state) {
    struct histogram *h = *state;
    int64_t *sorted = record_random(h, VALUES);
    for (double q = 0; q <= 1; q += 0.001) {
        int64_t exact = sorted[rank_nearest(q, VALUES) - 1];
        int64_t given = histogram_quantile_ns(h, q);
        assert_true(given >= exact);
        assert_true((double)(given - exact) <= (double)exact / 1024);
    }
    assert_int_equal(histogram_count(h), VALUES);
    assert_int_equal(histogram_min_ns(h), sorted[0]);
    assert_int_equal(histogram_max_ns(h), sorted[VALUES - 1]);
    assert_int_equal(histogram_quantile_ns(h, 1), sorted[VALUES - 1]);
    free(sorted);
}

static void mean_is_exact_and_deviation_nearly(void **state) {
    struct histogram *h = *state;
    int64_t *sorted = record_random(h, VALUES);
    double mean = 0, squares = 0;
    for (size_t i = 0; i < VALUES; i++)
        mean += (double)sorted[i] / VALUES;
    for (size_t i = 0; i < VALUES; i++)
        squares += ((double)sorted[i] - mean) * ((double)sorted[i] - mean) / VALUES;
    assert_true(fabs(histogram_mean_ns(h) - mean) < mean * 1e-12);
    assert_true(fabs(histogram_stddev_ns(h) - sqrt(squares)) <= (double)sorted[VALUES - 1] / 2048);
    free(sorted);
}

static void deviation_of_equal_values_is_zero(void **state) {
    struct histogram *h = *state;
    for (int i = 0; i < 1000; i++)
        histogram_record(h, 20000000);
    assert_true(histogram_stddev_ns(h) < 1e-9);
    assert_true(fabs(histogram_mean_ns(h) - 2e7) < 1e-9);
}

static void values_out_of_range_are_clamped(void **state) {
    struct histogram *h = *state;
    histogram_record(h, -5);
    histogram_record(h, INT64_MIN);
    histogram_record(h, HISTOGRAM_HIGHEST_NS + 1);
    histogram_record(h, INT64_MAX);
    assert_int_equal(histogram_count(h), 4);
    assert_int_equal(histogram_min_ns(h), 0);
    assert_int_equal(histogram_max_ns(h), HISTOGRAM_HIGHEST_NS);
    assert_int_equal(histogram_quantile_ns(h, 0.5), 0);
    assert_int_equal(histogram_quantile_ns(h, 1), HISTOGRAM_HIGHEST_NS);
}

static void adding_equals_recording_everything_in_one(void **state) {
    struct histogram *all = *state;
    struct histogram *parts = calloc(3, sizeof *parts);
    assert_non_null(parts);
    uint64_t seed = 99;
    for (int i = 0; i < VALUES; i++) {
        int64_t value = random_value(&seed);
        histogram_record(all, value);
        histogram_record(&parts[i % 2], value);
    }
    histogram_add(&parts[2], &parts[0]);
    histogram_add(&parts[2], &parts[1]);
    assert_memory_equal(&parts[2], all, sizeof *all);
    free(parts);
}

static void adding_an_empty_one_changes_nothing(void **state) {
    struct histogram *h = *state;
    struct histogram *empty = calloc(1, sizeof *empty);
    assert_non_null(empty);
    histogram_add(empty, h);
    assert_int_equal(histogram_min_ns(empty), -1);
    histogram_record(h, 5000);
    histogram_add(h, empty);
    assert_int_equal(histogram_count(h), 1);
    assert_int_equal(histogram_min_ns(h), 5000);
    free(empty);
}

static void what_is_taken_off_again_leaves_what_was_added_else(void **state) {
    struct histogram *h = *state;
    struct histogram *before = calloc(1, sizeof *before);
    assert_non_null(before);
    free(record_random(before, VALUES));
    histogram_add(h, before);
    histogram_record(h, 5000);
    histogram_record(h, 70000);
    histogram_subtract(h, before);
    assert_int_equal(histogram_count(h), 2);
    assert_true(histogram_mean_ns(h) == 37500);
    assert_in_range(histogram_quantile_ns(h, .5), 5000, 5003);
    assert_in_range(histogram_max_ns(h), 70000, 70063);
    assert_in_range(histogram_min_ns(h), 4997, 5000);
    free(before);
}

static void all_taken_off_leaves_zeroed_memory(void **state) {
    struct histogram *h = *state;
    struct histogram *all = calloc(1, sizeof *all);
    struct histogram *fresh = calloc(1, sizeof *fresh);
    assert_non_null(all);
    assert_non_null(fresh);
    free(record_random(all, VALUES));
    histogram_add(h, all);
    histogram_subtract(h, all);
    assert_memory_equal(h, fresh, sizeof *h);
    free(all);
    free(fresh);
}

static void reset_leaves_zeroed_memory(void **state) {
    struct histogram *h = *state;
    struct histogram *fresh = calloc(1, sizeof *fresh);
    assert_non_null(fresh);
    free(record_random(h, VALUES));
    histogram_reset(h);
    assert_memory_equal(h, fresh, sizeof *h);
    free(fresh);
}

static void readers_visit_only_the_touched_range(void **state) {
    (void)state;
    if (sysconf(_SC_PAGESIZE) != 4096)
        skip();
    size_t page = 4096, bytes = (sizeof(struct histogram) + page - 1) / page * page;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    struct histogram *h = (struct histogram *)memory;
    histogram_record(h, 1000000);
    histogram_record(h, 1010000);
    /* Everything but the page of those counters and the fields at the end may be unreadable. */
    size_t first = (size_t)h->lowest_plus_1 * sizeof h->counts[0] / page * page;
    assert_int_equal(mprotect(memory, first, PROT_NONE), 0);
    assert_int_equal(mprotect(memory + first + 2 * page, bytes - first - 4 * page, PROT_NONE), 0);
    assert_int_equal(histogram_count(h), 2);
    assert_true(histogram_quantile_ns(h, 1) >= 1010000);
    assert_true(histogram_stddev_ns(h) > 0);
    munmap(memory, bytes);
}

static void nonsense_in_the_range_is_survived(void **state) {
    struct histogram *h = *state;
    histogram_record(h, 77);
    h->lowest_plus_1 = UINT32_MAX;
    h->highest_plus_1 = UINT32_MAX;
    struct buf text;
    buf_init(&text, 1 << 20);
    assert_int_equal(histogram_count(h), 1);
    assert_int_equal(histogram_quantile_ns(h, 0.5), 77);
    assert_int_equal(histogram_encode_hdr(h, &text), 0);
    buf_fini(&text);
}

#define THREADS 4
#define PER_THREAD 50000

static void *record_many(void *argument) {
    uint64_t seed = 12345;
    for (int i = 0; i < PER_THREAD; i++)
        histogram_record(argument, random_value(&seed));
    return NULL;
}

static void nothing_is_lost_when_threads_share_one(void **state) {
    struct histogram *h = *state;
    struct histogram *alone = calloc(1, sizeof *alone);
    assert_non_null(alone);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, record_many, h), 0);
    for (int i = 0; i < 20; i++)
        assert_true(histogram_quantile_ns(h, 0.5) >= -1);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        record_many(alone);
    }
    assert_memory_equal(h, alone, sizeof *h);
    free(alone);
}

static void the_encoding_starts_as_every_hdr_log_does(void **state) {
    struct histogram *h = *state;
    struct buf text;
    buf_init(&text, 1 << 20);
    buf_append_text(&text, "before ");
    histogram_record(h, 20000000);
    assert_int_equal(histogram_encode_hdr(h, &text), 0);
    assert_memory_equal(buf_text(&text), "before HISTFAAAA", 16);
    assert_int_equal((text.length - 7) % 4, 0);
    buf_fini(&text);
}

static void an_encoding_that_does_not_fit_is_refused(void **state) {
    struct histogram *h = *state;
    struct buf text;
    buf_init(&text, 20);
    histogram_record(h, 1);
    assert_int_equal(histogram_encode_hdr(h, &text), -1);
    buf_fini(&text);
}

/* For test_hdr.py: an encoded histogram, then its count and quantiles by our own reckoning. */
static int print_sample(const char *size) {
    static const double quantiles[] = {50, 90, 99, 99.9, 99.99, 33.3};
    struct histogram *h = calloc(1, sizeof *h);
    struct buf text;
    uint64_t seed = 4711;
    if (!h)
        return 1;
    for (long left = strtol(size, NULL, 10); left > 0; left--)
        histogram_record(h, random_value(&seed));
    buf_init(&text, 1 << 20);
    if (histogram_encode_hdr(h, &text))
        return 1;
    printf("%s\ncount %llu\n", buf_text(&text), (unsigned long long)histogram_count(h));
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        printf("%.6g %lld\n", quantiles[i], (long long)histogram_quantile_ns(h, quantiles[i] / 100));
    buf_fini(&text);
    free(h);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--sample") == 0)
        return print_sample(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quantile_of_an_empty_histogram_is_absent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantile_of_one_value_is_that_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zero_is_a_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_below_2048_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(quantiles_agree_with_sorted_values_within_a_thousandth, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(mean_is_exact_and_deviation_nearly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deviation_of_equal_values_is_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_out_of_range_are_clamped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(adding_equals_recording_everything_in_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(adding_an_empty_one_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_taken_off_again_leaves_what_was_added_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(all_taken_off_leaves_zeroed_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reset_leaves_zeroed_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readers_visit_only_the_touched_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_in_the_range_is_survived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_lost_when_threads_share_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_encoding_starts_as_every_hdr_log_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_encoding_that_does_not_fit_is_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
