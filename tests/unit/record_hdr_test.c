/* An encoded histogram read back: counters exactly, and nothing of what is broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "base/base64.h"
#include "record/histogram.h"

struct two {
    struct histogram *wrote, *read;
    struct buf text;
};

static int set_up(void **state) {
    struct two *t = calloc(1, sizeof *t);
    t->wrote = calloc(1, sizeof *t->wrote);
    t->read = calloc(1, sizeof *t->read);
    buf_init(&t->text, 1 << 20);
    *state = t;
    return 0;
}

static int tear_down(void **state) {
    struct two *t = *state;
    buf_fini(&t->text);
    free(t->wrote);
    free(t->read);
    free(t);
    return 0;
}

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* From 1 ns to minutes, evenly over the magnitudes. */
static void record_random(struct histogram *h, uint64_t seed, int count) {
    for (int i = 0; i < count; i++) {
        int bits = 1 + (int)(next_random(&seed) % 38);
        histogram_record(h, (int64_t)(next_random(&seed) >> (64 - bits)));
    }
}

static void append(struct two *t, const struct histogram *h) {
    buf_clear(&t->text);
    assert_int_equal(histogram_encode_hdr(h, &t->text), 0);
    assert_int_equal(histogram_decode_hdr(t->read, buf_text(&t->text), t->text.length), 0);
}

static void assert_same_counts(const struct histogram *a, const struct histogram *b) {
    assert_memory_equal(a->counts, b->counts, sizeof a->counts);
    assert_int_equal(a->lowest_plus_1, b->lowest_plus_1);
    assert_int_equal(a->highest_plus_1, b->highest_plus_1);
}

static void what_was_encoded_comes_back_counter_by_counter(void **state) {
    struct two *t = *state;
    record_random(t->wrote, 88172645463325252u, 20000);
    append(t, t->wrote);
    assert_same_counts(t->wrote, t->read);
}

static void an_empty_one_comes_back_empty(void **state) {
    struct two *t = *state;
    append(t, t->wrote);
    assert_int_equal(histogram_count(t->read), 0);
    assert_int_equal(histogram_min_ns(t->read), -1);
}

static void the_sum_of_two_halves_is_the_histogram_of_all(void **state) {
    struct two *t = *state;
    struct histogram *half = calloc(1, sizeof *half);
    record_random(half, 1, 5000);
    append(t, half);
    memset(half, 0, sizeof *half);
    record_random(half, 2, 7000);
    append(t, half);
    record_random(t->wrote, 1, 5000);
    record_random(t->wrote, 2, 7000);
    assert_same_counts(t->wrote, t->read);
    free(half);
}

static void the_largest_value_comes_back(void **state) {
    struct two *t = *state;
    histogram_record(t->wrote, INT64_MAX);
    histogram_record(t->wrote, 0);
    append(t, t->wrote);
    assert_same_counts(t->wrote, t->read);
}

static void min_max_and_mean_are_within_their_counters(void **state) {
    struct two *t = *state;
    record_random(t->wrote, 5, 20000);
    append(t, t->wrote);
    assert_true(histogram_min_ns(t->read) <= histogram_min_ns(t->wrote));
    assert_true(histogram_max_ns(t->read) >= histogram_max_ns(t->wrote));
    assert_true((double)histogram_max_ns(t->read) <= 1.001 * (double)histogram_max_ns(t->wrote));
    double ratio = histogram_mean_ns(t->read) / histogram_mean_ns(t->wrote);
    assert_true(ratio > .999 && ratio < 1.001);
}

static void assert_refused(struct two *t, const char *text, size_t length) {
    assert_int_equal(histogram_decode_hdr(t->read, text, length), -1);
    assert_int_equal(histogram_count(t->read), 0);
    assert_int_equal(t->read->highest_plus_1, 0);
}

static void a_text_cut_anywhere_is_refused(void **state) {
    struct two *t = *state;
    record_random(t->wrote, 7, 50);
    assert_int_equal(histogram_encode_hdr(t->wrote, &t->text), 0);
    for (size_t length = 0; length < t->text.length; length++)
        assert_refused(t, buf_text(&t->text), length);
}

static void a_text_changed_anywhere_never_gives_other_counts(void **state) {
    struct two *t = *state;
    record_random(t->wrote, 9, 50);
    assert_int_equal(histogram_encode_hdr(t->wrote, &t->text), 0);
    for (size_t i = 0; i < t->text.length; i++) { /* zlib's checksum is over all but its own head */
        char was = t->text.text[i];
        t->text.text[i] = was == 'A' ? 'B' : 'A';
        memset(t->read, 0, sizeof *t->read);
        if (histogram_decode_hdr(t->read, buf_text(&t->text), t->text.length) == 0)
            assert_same_counts(t->wrote, t->read);
        t->text.text[i] = was;
    }
}

static void put(unsigned char **at, uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--)
        *(*at)++ = (unsigned char)(value >> 8 * i);
}

struct head {
    uint64_t cookie, payload_more, offset, digits, lowest, ratio;
};

/* Encodes counts that this program would not write, behind a head that may be another's. */
static void encode_by_hand(struct two *t, const struct head *head, const void *counts, size_t length) {
    unsigned char plain[200], packed[400], *at = plain;
    put(&at, head->cookie, 4);
    put(&at, length + head->payload_more, 4);
    put(&at, head->offset, 4);
    put(&at, head->digits, 4);
    put(&at, head->lowest, 8);
    put(&at, 3600000000000, 8);
    put(&at, head->ratio, 8);
    memcpy(at, counts, length);
    uLongf packed_length = sizeof packed - 8;
    assert_int_equal(compress(packed + 8, &packed_length, plain, 40 + length), Z_OK);
    at = packed;
    put(&at, 0x1c849314, 4);
    put(&at, packed_length, 4);
    buf_clear(&t->text);
    base64_append(&t->text, packed, packed_length + 8);
}

static const struct head usual = {0x1c849313, 0, 0, 3, 1, 0x3ff0000000000000};

static void expect_by_hand(struct two *t, const struct head *head, const char *counts, size_t length,
                           int failed) {
    encode_by_hand(t, head, counts, length);
    assert_int_equal(histogram_decode_hdr(t->read, buf_text(&t->text), t->text.length), failed);
}

static void heads_of_another_kind_are_refused(void **state) {
    struct two *t = *state;
    const struct head others[] = {
        {0x1c849303, 0, 0, 3, 1, 0x3ff0000000000000}, {0x1c849313, 1, 0, 3, 1, 0x3ff0000000000000},
        {0x1c849313, 0, 1, 3, 1, 0x3ff0000000000000}, {0x1c849313, 0, 0, 2, 1, 0x3ff0000000000000},
        {0x1c849313, 0, 0, 3, 8, 0x3ff0000000000000}, {0x1c849313, 0, 0, 3, 1, 0x4000000000000000},
    };
    expect_by_hand(t, &usual, "\x02", 1, 0);
    assert_int_equal(histogram_count(t->read), 1);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        expect_by_hand(t, &others[i], "\x02", 1, -1);
    assert_int_equal(histogram_count(t->read), 1);
}

static void counts_beyond_the_last_counter_or_any_number_are_refused(void **state) {
    struct two *t = *state;
    expect_by_hand(t, &usual, "\xff\x8f\x04", 3, 0);      /* 33,792 zeros: all there are */
    expect_by_hand(t, &usual, "\xff\x8f\x04\x02", 4, -1); /* and one more counter */
    expect_by_hand(t, &usual, "\x81\x90\x04", 3, -1);     /* 33,793 zeros */
    expect_by_hand(t, &usual, "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9, -1);
    expect_by_hand(t, &usual, "\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 9, -1);
    expect_by_hand(t, &usual, "\x80", 1, -1); /* a number without its end */
    assert_int_equal(histogram_count(t->read), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_encoded_comes_back_counter_by_counter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_one_comes_back_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_sum_of_two_halves_is_the_histogram_of_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_largest_value_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(min_max_and_mean_are_within_their_counters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_cut_anywhere_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_changed_anywhere_never_gives_other_counts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(heads_of_another_kind_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_beyond_the_last_counter_or_any_number_are_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("record/hdr", tests, NULL, NULL);
}
