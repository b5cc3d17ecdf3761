/* How much of a stream may leave when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "endpoint/stream.h"

#include <string.h>

static struct buf text_of(const char *text) {
    struct buf b;
    buf_init(&b, 1000);
    buf_append_text(&b, text);
    return b;
}

static void each_line_is_a_chunk(void **state) {
    (void)state;
    struct buf text = text_of("one\n\nthree\nno end");
    struct stream s = {.kind = STREAM_LINES, .bytes = text.length};
    assert_int_equal(stream_ready(&s, &text, 0, 0), 4);
    assert_int_equal(stream_ready(&s, &text, 2, 0), 2);
    assert_int_equal(stream_ready(&s, &text, 4, 0), 1);
    assert_int_equal(stream_ready(&s, &text, 5, 0), 6);
    assert_int_equal(stream_ready(&s, &text, 11, 0), 6);
    assert_int_equal(stream_ready(&s, &text, 17, 0), 0);
    buf_fini(&text);
}

static void a_piece_that_left_in_part_is_finished_first(void **state) {
    (void)state;
    struct buf text = text_of("0123456789");
    struct stream s = {.kind = STREAM_PIECES, .bytes = 10, .piece_bytes = 4};
    assert_int_equal(stream_ready(&s, &text, 0, 0), 4);
    assert_int_equal(stream_ready(&s, &text, 3, 0), 1);
    assert_int_equal(stream_ready(&s, &text, 4, 0), 4);
    assert_int_equal(stream_ready(&s, &text, 8, 0), 2);
    assert_int_equal(stream_ready(&s, &text, 10, 0), 0);
    buf_fini(&text);
}

static void drips_are_due_one_by_one(void **state) {
    (void)state;
    struct stream s = {.kind = STREAM_PACED, .bytes = 5, .piece_bytes = 1, .byte_ns = 100, .start_ns = 1000};
    assert_int_equal(stream_ready(&s, NULL, 0, 999), 0);
    assert_int_equal(stream_due_ns(&s, 0), 1000);
    assert_int_equal(stream_ready(&s, NULL, 0, 1000), 1);
    assert_int_equal(stream_ready(&s, NULL, 1, 1099), 0);
    assert_int_equal(stream_due_ns(&s, 1), 1100);
    assert_int_equal(stream_ready(&s, NULL, 1, 1100), 1);
    assert_int_equal(stream_ready(&s, NULL, 1, 1310), 3);
    assert_int_equal(stream_due_ns(&s, 4), 1400);
    assert_int_equal(stream_ready(&s, NULL, 0, 99999), 5);
}

/* httpbin sends a whole chunk and pauses, but pauses before it sends what is left. */
static void the_short_piece_at_the_end_comes_later(void **state) {
    (void)state;
    struct stream s = {.kind = STREAM_PACED, .bytes = 10, .piece_bytes = 4, .byte_ns = 100, .start_ns = 0};
    assert_int_equal(stream_ready(&s, NULL, 0, 0), 4);
    assert_int_equal(stream_due_ns(&s, 4), 400);
    assert_int_equal(stream_ready(&s, NULL, 0, 400), 8);
    assert_int_equal(stream_ready(&s, NULL, 2, 400), 6);
    assert_int_equal(stream_due_ns(&s, 8), 1000);
    assert_int_equal(stream_ready(&s, NULL, 8, 999), 0);
    assert_int_equal(stream_ready(&s, NULL, 8, 1000), 2);
    assert_int_equal(stream_due_ns(&s, 9), 1000);
}

static void without_pauses_everything_is_due_at_once(void **state) {
    (void)state;
    struct stream s = {.kind = STREAM_PACED, .bytes = 1 << 20, .piece_bytes = 1, .start_ns = 5};
    assert_int_equal(stream_ready(&s, NULL, 0, 4), 0);
    assert_int_equal(stream_ready(&s, NULL, 0, 5), 1 << 20);
    s.piece_bytes = UINT64_C(1) << 40;
    assert_int_equal(stream_ready(&s, NULL, 10, 5), (1 << 20) - 10);
}

static void what_is_due_agrees_with_when_it_is_due(void **state) {
    (void)state;
    struct stream s = {
        .kind = STREAM_PACED, .bytes = 1000, .piece_bytes = 7, .byte_ns = 1e9 / 3, .start_ns = 11};
    for (uint64_t sent = 0; sent < s.bytes; sent++) {
        int64_t due_ns = stream_due_ns(&s, sent);
        assert_int_equal(stream_ready(&s, NULL, sent - sent % 7, due_ns - 2), 0);
        assert_true(stream_ready(&s, NULL, sent, due_ns + 2) > 0);
    }
}

static void a_text_is_repeated_as_often_as_it_takes(void **state) {
    (void)state;
    struct buf text = text_of("abc");
    char out[9] = "";
    stream_copy(&text, 4, out, 8);
    assert_string_equal(out, "bcabcabc");
    buf_fini(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_chunk),
        cmocka_unit_test(a_piece_that_left_in_part_is_finished_first),
        cmocka_unit_test(drips_are_due_one_by_one),
        cmocka_unit_test(the_short_piece_at_the_end_comes_later),
        cmocka_unit_test(without_pauses_everything_is_due_at_once),
        cmocka_unit_test(what_is_due_agrees_with_when_it_is_due),
        cmocka_unit_test(a_text_is_repeated_as_often_as_it_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
