/* Whatever is in a report, the page holds. The exact text is the business of tests/golden. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "render/page.h"
#include "render/renderer.h"
#include "report/fields.h"

static struct report *report_of(size_t labels, size_t rounds) {
    struct report *r = report_open();
    r->plan.url = "http://host/";
    r->plan.method = "GET";
    r->plan.rounds = (int64_t)rounds;
    for (size_t i = 0; i < labels * rounds; i++) {
        struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
        shape_clear(&report_run_shape, run);
        run->strategy = "async";
        run->label = arena_printf(&r->arena, "a label of some thirty letters %zu", i % labels);
        run->round = (int64_t)(i / labels) + 1;
        run->concurrency = 1;
        run->latency.source = run->service_time.source = "samples";
        run->exit.reason = "finished";
    }
    return r;
}

static void render(const struct report *r, struct buf *out) {
    static const struct render_style style = {.width = 80, .utf8 = true};
    buf_init(out, 1 << 22);
    assert_int_equal(renderer_find("text")->render(r, &style, out), 0);
}

static void assert_fits(const char *text) {
    while (*text) {
        char line[1024];
        size_t length = strcspn(text, "\n");
        assert_true(length < sizeof line);
        memcpy(line, text, length);
        line[length] = '\0';
        if (page_columns(line) > 80)
            fail_msg("more than 80 columns: %s", line);
        text += length + (text[length] == '\n');
    }
}

static void set_extremes(struct report_run *run, double figure, int64_t count) {
    run->wall_s = run->requests_per_s = figure;
    run->latency.percentiles_s.p50 = run->latency.percentiles_s.p99 = figure;
    run->client.cpu_us_per_request = figure;
    run->client.voluntary_switches = run->client.involuntary_switches = count;
    run->client.memory_bytes = count;
    run->concurrency = count;
    run->requests = (struct report_requests){.total = count,
                                             .completed = count,
                                             .cancelled = count,
                                             .unfinished = count,
                                             .not_started = count,
                                             .oldest_unfinished_s = figure};
}

static void no_figure_is_too_large_for_eighty_columns(void **state) {
    (void)state;
    static const double figures[] = {0, 1e-300, 1e-9, 1234.5, 1e9, 1e300};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        struct report *r = report_of(64, 1);
        struct report_run *runs = r->runs.items;
        struct buf out;
        for (size_t k = 0; k < r->runs.count; k++)
            set_extremes(&runs[k], figures[i], (int64_t)(k % 3 ? 0 : REPORT_INTEGER_LIMIT / 4));
        render(r, &out);
        assert_fits(buf_text(&out));
        buf_fini(&out);
        report_close(r);
    }
}

static void a_report_without_runs_is_rendered(void **state) {
    (void)state;
    struct report *r = report_of(0, 1);
    struct buf out;
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "No run was made."));
    buf_fini(&out);
    report_close(r);
}

static void several_rounds_give_one_line_with_their_median(void **state) {
    (void)state;
    struct report *r = report_of(1, 3);
    struct report_run *runs = r->runs.items;
    struct buf out;
    runs[0].wall_s = 3;
    runs[1].wall_s = NAN;
    runs[2].wall_s = 1;
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "2.00s"));
    assert_null(strstr(buf_text(&out), "3.00s"));
    assert_non_null(strstr(buf_text(&out), "medians of 3 rounds"));
    buf_fini(&out);
    report_close(r);
}

static void the_repeat_of_the_baseline_is_left_out(void **state) {
    (void)state;
    struct report *r = report_of(1, 2);
    struct report_run *runs = r->runs.items;
    struct buf out;
    runs[0].wall_s = 3;
    runs[1].wall_s = 1;
    runs[1].baseline_repeat = true;
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "3.00s"));
    assert_null(strstr(buf_text(&out), "medians"));
    buf_fini(&out);
    report_close(r);
}

static void a_run_that_gave_up_says_so_with_nothing_left_to_send(void **state) {
    (void)state;
    struct report *r = report_of(1, 1);
    struct report_run *runs = r->runs.items;
    struct buf out;
    runs[0].label = "a";
    runs[0].exit.reason = "gave_up";
    runs[0].requests =
        (struct report_requests){.total = 12, .failed = 10, .cancelled = 2, .oldest_unfinished_s = NAN};
    render(r, &out);
    assert_non_null(
        strstr(buf_text(&out), "a gave up after 10 failures without one success. --keep-going lifts that."));
    assert_non_null(strstr(buf_text(&out), "a: 2 requests were cut off unanswered."));
    buf_fini(&out);
    report_close(r);
}

static void runs_of_a_label_that_end_alike_are_one_sentence(void **state) {
    (void)state;
    struct report *r = report_of(1, 3);
    struct report_run *runs = r->runs.items;
    struct buf out;
    for (size_t i = 0; i < 2; i++) {
        runs[i].label = runs[2].label = "a";
        runs[i].exit.reason = "gave_up";
        runs[i].requests = (struct report_requests){.total = 100, .failed = 10, .not_started = 90};
    }
    render(r, &out);
    assert_non_null(
        strstr(buf_text(&out), "a gave up in 2 of 3 rounds, first after 10 failures without one"));
    assert_null(strstr(buf_text(&out), "round 1"));
    buf_clear(&out);
    runs[1].exit.reason = "finished";
    assert_int_equal(renderer_find("text")->render(r, &(struct render_style){.width = 80}, &out), 0);
    assert_non_null(strstr(buf_text(&out), "a, round 1 gave up after 10 failures"));
    buf_fini(&out);
    report_close(r);
}

static void an_interrupted_series_counts_every_run_but_no_round_without_an_outcome(void **state) {
    (void)state;
    struct report *r = report_of(2, 3);
    struct report_run *runs = r->runs.items;
    struct buf out;
    r->plan.rounds = 7;
    for (size_t i = 0; i < 2; i++)
        ((struct report_plan_strategy *)report_list_add(r, &r->plan.strategies,
                                                        sizeof(struct report_plan_strategy)))
            ->label = runs[i].label;
    for (size_t i = 0; i < 6; i++)
        runs[i].requests = (struct report_requests){.total = 5, .completed = 5};
    for (size_t i = 4; i < 6; i++) {
        runs[i].exit.reason = "interrupted";
        runs[i].requests = (struct report_requests){.total = 5, .not_started = 5};
    }
    for (int64_t round = 1; round <= 2; round++) {
        struct report_run *repeat = report_list_add(r, &r->runs, sizeof *repeat);
        *repeat = ((struct report_run *)r->runs.items)[0];
        repeat->round = round;
        repeat->baseline_repeat = true;
    }
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "medians of 2 rounds"));
    assert_non_null(strstr(buf_text(&out), "Only 8 of 21 runs were made."));
    buf_fini(&out);
    report_close(r);
}

/* Processor time of showing as many rounds of two labels, the least of three times. */
static double cost_of(size_t rounds) {
    double least = INFINITY;
    struct report *r = report_of(2, rounds);
    for (int i = 0; i < 3; i++) {
        struct buf out;
        clock_t begun = clock();
        render(r, &out);
        least = fmin(least, (double)(clock() - begun));
        buf_fini(&out);
    }
    report_close(r);
    return least;
}

/* Eight times, if it were linear; 64 times, if every run were set against every other. */
static void eight_times_the_rounds_cost_far_less_than_their_square(void **state) {
    (void)state;
    assert_true(cost_of(8 * 1250) < 30 * cost_of(1250));
}

static void a_buffer_that_is_too_small_is_said(void **state) {
    (void)state;
    static const struct render_style style = {.width = 80};
    struct report *r = report_of(2, 1);
    for (const struct renderer *const *row = renderer_table; *row; row++) {
        struct buf out;
        buf_init(&out, 50);
        assert_int_equal((*row)->render(r, &style, &out), -1);
        buf_fini(&out);
    }
    report_close(r);
}

static void a_format_is_found_by_its_name(void **state) {
    (void)state;
    assert_string_equal(renderer_find("json")->name, "json");
    assert_null(renderer_find("jso"));
}

static void one_run_that_was_made_was_made(void **state) {
    (void)state;
    struct report *r = report_of(2, 1);
    struct buf out;
    for (size_t i = 0; i < 2; i++)
        *(struct report_plan_strategy *)report_list_add(r, &r->plan.strategies,
                                                        sizeof(struct report_plan_strategy)) =
            (struct report_plan_strategy){.label = i ? "b" : "a", .strategy = "async"};
    r->runs.count = 1;
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "Only 1 of 2 runs was made."));
    buf_fini(&out);
    report_close(r);
}

static void sentences_on_a_sweep_say_where_and_say_it_once(void **state) {
    (void)state;
    struct report *r = report_of(1, 3);
    struct buf out;
    for (int64_t i = 0; i < 2; i++) {
        struct report_plan_point *point = report_list_add(r, &r->plan.sweep, sizeof *point);
        *point = (struct report_plan_point){.concurrency = i + 1, .number = NAN};
    }
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < 3; i++) {
        runs[i].round = 1;
        runs[i].point = i == 0 ? 0 : 1;
        runs[i].requests = (struct report_requests){.total = 5, .failed = 1, .not_started = 4};
        runs[i].exit.reason = "interrupted";
        struct report_error *error = report_list_add(r, &runs[i].errors, sizeof *error);
        *error = (struct report_error){.error_class = "timeout", .count = 1, .example = "late"};
    }
    runs[2].ceiling = true;
    runs[0].strategy = runs[1].strategy = "exec";
    runs[0].requests.completed = runs[1].requests.completed = 2;
    render(r, &out);
    assert_non_null(strstr(buf_text(&out), "Times of a label of some thirty letters 0 are the program's"));
    assert_non_null(strstr(buf_text(&out), "letters 0 (1 at once): 1 x timeout"));
    assert_non_null(strstr(buf_text(&out), "letters 0 (2 at once): 1 x timeout"));
    assert_non_null(strstr(buf_text(&out), "letters 0 (1 at once) was interrupted"));
    assert_non_null(strstr(buf_text(&out), "letters 0 (2 at once) was interrupted"));
    assert_non_null(strstr(buf_text(&out), "letters 0 (2 at once, its ceiling) was"));
    buf_fini(&out);
    report_close(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_figure_is_too_large_for_eighty_columns),
        cmocka_unit_test(a_report_without_runs_is_rendered),
        cmocka_unit_test(several_rounds_give_one_line_with_their_median),
        cmocka_unit_test(the_repeat_of_the_baseline_is_left_out),
        cmocka_unit_test(one_run_that_was_made_was_made),
        cmocka_unit_test(sentences_on_a_sweep_say_where_and_say_it_once),
        cmocka_unit_test(a_run_that_gave_up_says_so_with_nothing_left_to_send),
        cmocka_unit_test(runs_of_a_label_that_end_alike_are_one_sentence),
        cmocka_unit_test(an_interrupted_series_counts_every_run_but_no_round_without_an_outcome),
        cmocka_unit_test(eight_times_the_rounds_cost_far_less_than_their_square),
        cmocka_unit_test(a_buffer_that_is_too_small_is_said),
        cmocka_unit_test(a_format_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
