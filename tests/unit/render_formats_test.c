/* What others wrote stays text in Markdown and in CSV. Whole pages are the business of tests/golden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/renderer.h"
#include "report/fields.h"

/* What a format makes of a report with one run of that label. */
static void render(const char *format, const char *label, struct buf *out) {
    static const struct render_style style = {.width = 80};
    struct report *r = report_open();
    r->plan.url = "http://host/";
    r->plan.method = "GET";
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = "async";
    run->label = label;
    run->concurrency = 1;
    run->latency.source = run->service_time.source = "samples";
    run->exit.reason = "finished";
    buf_init(out, 1 << 20);
    assert_int_equal(renderer_find(format)->render(r, &style, out), 0);
    report_close(r);
}

static void expect(const char *format, const char *label, const char *wanted) {
    struct buf out;
    render(format, label, &out);
    if (!strstr(buf_text(&out), wanted))
        fail_msg("%s of the label %s should hold %s:\n%s", format, label, wanted, buf_text(&out));
    buf_fini(&out);
}

static void a_bar_in_a_label_does_not_end_its_cell(void **state) {
    (void)state;
    expect("markdown", "a|b", "\n| `a\\|b` | 1 |");
}

static void markup_in_a_label_is_text(void **state) {
    (void)state;
    expect("markdown", "<b>*@someone* #1", "\n| `<b>*@someone* #1` | 1 |");
}

static void backticks_in_a_label_do_not_end_its_span(void **state) {
    (void)state;
    expect("markdown", "a`b", "\n| ``a`b`` | 1 |");
    expect("markdown", "``", "\n| ``` `` ``` | 1 |");
    expect("markdown", " a ", "\n| `  a  ` | 1 |");
}

static void a_line_break_in_a_label_does_not_break_the_table(void **state) {
    (void)state;
    expect("markdown", "a\nb", "\n| `a?b` | 1 |");
}

static void csv_quotes_what_would_end_a_field(void **state) {
    (void)state;
    expect("csv", "a,b", "\r\nasync,\"a,b\",0,");
    expect("csv", "a\"b\"", "\r\nasync,\"a\"\"b\"\"\",0,");
    expect("csv", "a\nb", "\r\nasync,\"a\nb\",0,");
    expect("csv", "a b'", "\r\nasync,a b',0,");
}

static void csv_is_utf8_whatever_a_label_is(void **state) {
    (void)state;
    expect("csv", "a\xff", "\r\nasync,a\xEF\xBF\xBD,0,");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bar_in_a_label_does_not_end_its_cell),
        cmocka_unit_test(markup_in_a_label_is_text),
        cmocka_unit_test(backticks_in_a_label_do_not_end_its_span),
        cmocka_unit_test(a_line_break_in_a_label_does_not_break_the_table),
        cmocka_unit_test(csv_quotes_what_would_end_a_field),
        cmocka_unit_test(csv_is_utf8_whatever_a_label_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
