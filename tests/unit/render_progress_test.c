/* One line that never wraps. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/page.h"
#include "render/progress.h"

static const struct progress typical = {
    .label = "threads",
    .place = 2,
    .places = 3,
    .round = 1,
    .rounds = 5,
    .done = 5712,
    .total = 10000,
    .share = 0.5712,
    .failed = 3,
    .elapsed_s = 2.5,
    .requests_per_s = 2284.8,
    .p50_s = .0201,
    .p99_s = .0312,
    .left_s = 1.88,
};

/* What is seen of a drawing: without the return, the colours and the erasing at the end. */
static void visible(const struct buf *drawn, char *out, size_t size) {
    const char *text = buf_text(drawn);
    size_t length = 0;
    assert_int_equal(*text, '\r');
    for (text++; *text; text++) {
        if (*text == '\x1b') {
            text += strcspn(text, "mK");
            continue;
        }
        assert_true(length + 1 < size);
        out[length++] = *text;
    }
    out[length] = '\0';
}

static void check_width(const struct progress *p, const struct render_style *style) {
    char seen[2048];
    struct buf out;
    buf_init(&out, 1 << 14);
    progress_draw(&out, p, style, (unsigned)style->width);
    visible(&out, seen, sizeof seen);
    assert_int_equal(page_columns(seen), style->width - 1);
    assert_null(strchr(seen, '\n'));
    buf_fini(&out);
}

static void the_line_is_as_wide_as_asked_at_every_width(void **state) {
    (void)state;
    struct progress full = typical, unknown = {.label = "x",
                                               .total = 0,
                                               .share = NAN,
                                               .elapsed_s = NAN,
                                               .requests_per_s = NAN,
                                               .p50_s = NAN,
                                               .p99_s = NAN,
                                               .left_s = NAN};
    full.label = "\xE6\xBC\xA2\xE5\xAD\x97 a label of thirty columns \x1b[31m";
    full.done = full.total = INT64_C(1) << 52;
    full.failed = INT64_C(1) << 51;
    full.elapsed_s = full.left_s = 1e7;
    for (int width = 2; width <= 300; width++) {
        for (int style = 0; style < 4; style++) {
            struct render_style s = {.width = width, .colour = style & 1, .utf8 = style & 2};
            check_width(&typical, &s);
            check_width(&full, &s);
            check_width(&unknown, &s);
        }
    }
}

static void draws(const struct progress *p, int width, const char *wanted) {
    char seen[512];
    struct buf out;
    struct render_style style = {.width = width};
    buf_init(&out, 4096);
    progress_draw(&out, p, &style, 0);
    visible(&out, seen, sizeof seen);
    assert_string_equal(seen, wanted);
    buf_fini(&out);
}

static void what_matters_most_stays_when_it_is_narrow(void **state) {
    (void)state;
    draws(
        &typical, 120,
        "| threads 2/3  round 1/5  [===========.........]  5712/10000  2.28k req/s  p50 20.1ms  p99 31.2ms  3 failed  1.88s left");
    draws(&typical, 40, "| threads  5712/10000  3 failed        ");
    draws(&typical, 12, "| threads  ");
}

static void the_comparison_stands_where_it_fits(void **state) {
    (void)state;
    struct progress p = typical;
    p.standing = "provisional: async 3.10x sequential";
    p.failed = 0;
    draws(&p, 80, "| threads  round 1/5  [===...]  5712/10000  provisional: async 3.10x sequential");
    draws(&p, 60, "| threads  round 1/5  [=============..........]  5712/10000");
}

static void a_run_for_a_given_time_has_no_total_and_a_bar_all_the_same(void **state) {
    (void)state;
    struct progress p = typical;
    p.total = 0;
    p.share = 0.25;
    p.failed = 0;
    draws(
        &p, 100,
        "| threads 2/3  round 1/5  [====............]  5712  2.28k req/s  p50 20.1ms  p99 31.2ms  1.88s left");
    p.elapsed_s = 0;
    draws(&p, 80, "| threads 2/3  round 1/5  [==......]  5712  2.28k req/s  p50 20.1ms  p99 31.2ms");
    p.elapsed_s = 2.5;
    p.length_s = 10;
    draws(
        &p, 110,
        "| threads 2/3  round 1/5  [=====.................]  5712  2.28k req/s  p50 20.1ms  p99 31.2ms  2.50s of 10.0s");
}

static void a_terminal_without_room_gets_nothing(void **state) {
    (void)state;
    struct buf out;
    struct render_style style = {.width = 1};
    buf_init(&out, 4096);
    progress_draw(&out, &typical, &style, 0);
    assert_int_equal(out.length, 0);
    buf_fini(&out);
}

static void counts_beyond_the_total_do_no_harm(void **state) {
    (void)state;
    struct progress p = typical;
    struct render_style style = {.width = 100};
    p.done = 20000;
    p.share = 2;
    check_width(&p, &style);
    p.done = -5;
    p.share = -1;
    check_width(&p, &style);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_as_wide_as_asked_at_every_width),
        cmocka_unit_test(what_matters_most_stays_when_it_is_narrow),
        cmocka_unit_test(the_comparison_stands_where_it_fits),
        cmocka_unit_test(a_run_for_a_given_time_has_no_total_and_a_bar_all_the_same),
        cmocka_unit_test(a_terminal_without_room_gets_nothing),
        cmocka_unit_test(counts_beyond_the_total_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
