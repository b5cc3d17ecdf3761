/* The page of a comparison between invocations. */
#include "compare_made.h"

#include "compare/between.h"
#include "compare/compare.h"
#include "render/between.h"

static const char *const one[] = {"async", NULL};

static struct report *swept(double ratio) {
    static const int64_t concurrencies[] = {5, 20};
    struct report *r = made_report(8, one);
    for (int64_t point = 0; point < 2; point++) {
        struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
        *p = (struct report_plan_point){.concurrency = concurrencies[point], .number = NAN};
        for (int64_t round = 1; round <= 8; round++)
            made_run(r, "async", round, ratio * exp(0.01 * made_noise(round)))->point = point;
    }
    compare_fill(r);
    return r;
}

static void rows_of_a_sweep_name_their_point(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80, .utf8 = true};
    struct report *old = swept(1), *fresh = swept(2), *shown = report_open();
    const struct between b = {.old = {old, "old.json"}, .fresh = {fresh, "new.json"}};
    struct buf out;
    buf_init(&out, 100000);
    between_fill(shown, &b);
    between_show(shown, &b, "text", &style, &out);
    const char *table = strstr(buf_text(&out), "\nasync (5 at once) "),
               *row = strstr(table, "\nasync (20 at once) ");
    assert_non_null(row);
    assert_non_null(strstr(row + 1, "\nasync (5 at once)   0.50x as fast as itself in old.json"));
    buf_fini(&out);
    report_close(old);
    report_close(fresh);
    report_close(shown);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_a_sweep_name_their_point)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
