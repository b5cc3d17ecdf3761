/* compare_fill over reports made by hand. */
#include "compare_made.h"

#include <sys/resource.h>

#include "compare/compare.h"
#include "compare/design.h"

static const char *const two[] = {"first", "second", NULL};

static struct report *compared(double ratio, double noise, int64_t rounds) {
    struct report *r = made_report(rounds, two);
    made_rounds(r, "first", "second", ratio, noise);
    compare_fill(r);
    return r;
}

static void assert_verdict(double ratio, double noise, int64_t rounds, const char *word) {
    struct report *r = compared(ratio, noise, rounds);
    assert_string_equal(made_primary(r, "second")->verdict, word);
    report_close(r);
}

static void words_follow_from_the_interval_and_the_noise_floor(void **state) {
    (void)state;
    assert_verdict(1.3, 0.01, 8, "slower");
    assert_verdict(0.7, 0.01, 8, "faster");
    assert_verdict(1, 0.002, 8, "equivalent");
    assert_verdict(1.02, 0.01, 20, "different");
    assert_verdict(1.02, 0.1, 8, "inconclusive");
}

static void a_wide_noise_floor_makes_nothing_faster_slower_or_equivalent(void **state) {
    (void)state;
    struct report *r = made_report(8, two);
    for (int64_t i = 1; i <= 8; i++) {
        made_run(r, "first", i, 1);
        made_run(r, "first", i, i % 2 ? 1.2 : 1 / 1.2)->baseline_repeat = true;
        made_run(r, "second", i, 1.1);
    }
    compare_fill(r);
    const struct report_comparison *c = made_primary(r, "second");
    assert_true(c->ci95[0] > 1.02); /* beyond the 2 % that would do without */
    assert_true(c->noise_floor->ci95[1] > 1.1);
    assert_float_equal(c->margin, 0.2, 1e-9);
    assert_string_equal(c->verdict, "different");
    assert_string_equal(made_reason(c, 0), "first differs from itself by up to 20 %");
    assert_ptr_equal(r->noise_floor, c->noise_floor);
    report_close(r);
}

static void figures_are_paired_by_round_and_not_with_the_repeat(void **state) {
    (void)state;
    struct report *r = made_report(8, two);
    for (int64_t i = 1; i <= 8; i++) { /* ten times between rounds, always half within one */
        made_run(r, "second", i, 0.5 * (double)i);
        made_run(r, "first", i, (double)i);
        made_run(r, "first", i, 100)->baseline_repeat = true;
    }
    compare_fill(r);
    const struct report_comparison *c = made_primary(r, "second");
    assert_float_equal(c->ratio, 0.5, 1e-12);
    assert_float_equal(c->ci95[1], 0.5, 1e-12);
    assert_int_equal(c->rounds, 8);
    assert_true(c->paired);
    report_close(r);
}

static void only_the_primary_metric_is_judged(void **state) {
    (void)state;
    struct report *r = compared(1.3, 0.01, 8);
    const struct report_comparison *c = r->comparisons.items;
    assert_int_equal(r->comparisons.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(c[i].primary, strcmp(c[i].metric, "wall_s") == 0);
        assert_int_equal(c[i].verdict != NULL, c[i].primary);
        assert_true(c[i].ratio > 0);
        assert_true(c[i].ci95[0] > 0);
    }
    r->plan.metric = "latency_p99_s";
    compare_fill(r);
    assert_string_equal(made_primary(r, "second")->metric, "latency_p99_s");
    assert_int_equal(r->comparisons.count, 5);
    report_close(r);
}

static void one_round_has_a_bare_ratio_and_no_verdict(void **state) {
    (void)state;
    struct report *r = made_report(1, two);
    made_run(r, "first", 1, 1);
    made_run(r, "second", 1, 3);
    compare_fill(r);
    const struct report_comparison *c = made_primary(r, "second");
    assert_float_equal(c->ratio, 3, 1e-12);
    assert_true(isnan(c->ci95[0]) && isnan(c->p_value));
    assert_null(c->verdict);
    assert_int_equal(c->reasons.count, 0);
    assert_null(r->noise_floor);
    assert_true(compare_is_inconclusive(r)); /* no verdict is no conclusion */
    report_close(r);
}

static void too_few_rounds_are_refused_with_the_number_it_takes(void **state) {
    (void)state;
    struct report *r = compared(3, 0.01, 5);
    const struct report_comparison *c = made_primary(r, "second");
    assert_string_equal(c->verdict, "not_comparable");
    assert_string_equal(made_reason(c, 0), "only 5 rounds: a verdict takes 6");
    assert_true(compare_is_inconclusive(r));
    report_close(r);
}

static void more_labels_take_more_rounds(void **state) {
    (void)state;
    const char *const nine[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", NULL};
    for (int64_t rounds = 8; rounds <= 9; rounds++) {
        struct report *r = made_report(rounds, nine);
        for (int64_t i = 1; i <= rounds; i++)
            for (size_t j = 0; nine[j]; j++)
                made_run(r, nine[j], i, 1 + (double)j);
        compare_fill(r);
        assert_string_equal(made_primary(r, "i")->verdict, rounds < 9 ? "not_comparable" : "slower");
        assert_int_equal(compare_is_inconclusive(r), rounds < 9);
        report_close(r);
    }
}

static void a_baseline_that_differs_from_itself_refuses_all(void **state) {
    (void)state;
    struct report *r = made_report(8, two);
    for (int64_t i = 1; i <= 8; i++) {
        made_run(r, "first", i, 1);
        made_run(r, "first", i, 1.1)->baseline_repeat = true;
        made_run(r, "second", i, 3);
    }
    compare_fill(r);
    const struct report_comparison *c = made_primary(r, "second");
    assert_string_equal(c->verdict, "not_comparable");
    assert_string_equal(
        made_reason(c, 0),
        "first against itself is slower: its second runs took 1.1 times its first (95 % CI 1.1 to 1.1)");
    report_close(r);
}

static void a_verdict_without_a_noise_floor_says_so(void **state) {
    (void)state;
    for (int64_t repeats = 0; repeats <= 8; repeats += 4) {
        struct report *r = compared(3, 0.01, 8);
        struct report_run *runs = r->runs.items;
        for (size_t i = 0; i < r->runs.count; i++)
            if (runs[i].baseline_repeat && runs[i].round > repeats)
                runs[i].ceiling = true; /* so that it is of no comparison */
        compare_fill(r);
        const struct report_comparison *c = made_primary(r, "second");
        assert_string_equal(c->verdict, "slower");
        assert_int_equal(c->reasons.count, repeats < 8);
        if (repeats < 8)
            assert_string_equal(made_reason(c, 0), "how far first differs from itself is not known, since it "
                                                   "was not run twice in enough rounds");
        report_close(r);
    }
}

static void an_interrupted_run_is_left_out_and_a_crashed_one_refuses(void **state) {
    (void)state;
    struct report *r = compared(3, 0.01, 8);
    struct report_run *last = &((struct report_run *)r->runs.items)[r->runs.count - 1];
    last->exit.reason = "interrupted";
    compare_fill(r);
    assert_int_equal(made_primary(r, "second")->rounds, 7);
    assert_string_equal(made_primary(r, "second")->verdict, "slower");
    last->exit.reason = "crashed";
    compare_fill(r);
    assert_string_equal(made_primary(r, "second")->verdict, "not_comparable");
    assert_string_equal(made_reason(made_primary(r, "second"), 0),
                        "1 of 8 runs of second did not finish (crashed)");
    last->exit.reason = "gave_up";
    compare_fill(r);
    assert_string_equal(made_reason(made_primary(r, "second"), 0),
                        "1 of 8 runs of second did not finish (gave up)");
    report_close(r);
}

static void what_is_open_says_how_many_rounds_would_settle_it(void **state) {
    (void)state;
    struct report *r = compared(1.06, 0.05, 8);
    const struct report_comparison *c = made_primary(r, "second");
    assert_true(strcmp(c->verdict, "inconclusive") == 0 || strcmp(c->verdict, "different") == 0);
    assert_true(c->rounds_needed > 8 && c->rounds_needed < 1000);
    report_close(r);
    r = compared(3, 0.01, 8);
    assert_int_equal(made_primary(r, "second")->rounds_needed, -1);
    report_close(r);
}

/* These ratios lie within the margin of now and beyond that of more rounds, and in between stand on it. */
static void rounds_needed_look_past_a_margin_that_narrows(void **state) {
    (void)state;
    const struct { double ratio, deviation; } cases[] = {{1.03, 0.2}, {1.03, 0.4}, {1.06, 0.4}, {1.07, 0.3}};
    for (size_t i = 0; i < 4; i++) {
        double half_width = 0.437 * cases[i].deviation; /* as 22 rounds give it */
        assert_true(expm1(half_width) > cases[i].ratio - 1);
        assert_true(design_to_settle(1, cases[i].ratio, cases[i].deviation, half_width, 22) > 22);
    }
}

static void a_label_alone_is_compared_with_nothing(void **state) {
    (void)state;
    const char *const one[] = {"first", NULL};
    struct report *r = made_report(1, one);
    made_run(r, "first", 1, 1);
    compare_fill(r);
    assert_int_equal(r->comparisons.count, 0);
    assert_false(compare_is_inconclusive(r));
    report_close(r);
}

static void each_point_of_a_sweep_is_compared_by_itself(void **state) {
    (void)state;
    struct report *r = made_report(9, two);
    for (int64_t point = 0; point < 2; point++) {
        struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
        *p = (struct report_plan_point){.concurrency = point ? 100 : 1, .number = NAN};
        for (int64_t i = 1; i <= 9; i++) {
            made_run(r, "second", i, point ? 1 : 4)->point = point;
            made_run(r, "second", i, 50)->ceiling = true;
        }
    }
    for (int64_t i = 1; i <= 9; i++)
        made_run(r, "first", i, 2); /* holds at both */
    compare_fill(r);
    const struct report_comparison *c = r->comparisons.items;
    assert_int_equal(r->comparisons.count, 10);
    assert_int_equal(c[0].point, 0);
    assert_int_equal(c[0].concurrency, 1);
    assert_float_equal(c[0].ratio, 2, 1e-12);
    assert_int_equal(c[5].point, 1);
    assert_int_equal(c[5].concurrency, 100);
    assert_float_equal(c[5].ratio, 0.5, 1e-12);
    assert_string_equal(c[5].verdict, "faster");
    report_close(r);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#endif

#if !defined(SANITIZED) /* sanitizers reserve far more */
static void limit_memory(rlim_t bytes) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
}
#else
static void limit_memory(uint64_t bytes) {
    (void)bytes;
}
#endif

/* A file can say that forty labels have but their last round, at fifty points. */
static void memory_is_that_of_one_label_at_a_time(void **state) {
    (void)state;
    static const char *const none[] = {NULL};
    struct report *r = made_report(10000, none);
    for (int i = 0; i < 40; i++) {
        const char *label = arena_printf(&r->arena, "label-%d", i);
        struct report_plan_strategy *s = report_list_add(r, &r->plan.strategies, sizeof *s);
        *s = (struct report_plan_strategy){.label = label, .strategy = "async"};
        made_run(r, label, 10000, 1 + i);
    }
    for (int64_t i = 0; i < 50; i++) {
        struct report_plan_point *p = report_list_add(r, &r->plan.sweep, sizeof *p);
        *p = (struct report_plan_point){.concurrency = i + 1, .number = NAN};
    }
    limit_memory(1 << 29);
    compare_fill(r);
    limit_memory(UINT64_MAX);
    assert_int_equal(r->comparisons.count, 39 * 50 * 5);
    report_close(r);
}

static void filling_again_changes_nothing(void **state) {
    (void)state;
    struct report *r = compared(1.3, 0.01, 8);
    struct buf first, again;
    buf_init(&first, REPORT_TEXT_LIMIT);
    buf_init(&again, REPORT_TEXT_LIMIT);
    report_write_text(r, &first);
    compare_fill(r);
    report_write_text(r, &again);
    assert_string_equal(buf_text(&first), buf_text(&again));
    buf_fini(&first);
    buf_fini(&again);
    report_close(r);
}

static void rounds_wanted_grow_with_the_noise(void **state) {
    (void)state;
    const double noises[] = {0.001, 0.04, 0.08, 0.5};
    int64_t before = 0;
    bool enough = false;
    for (size_t i = 0; i < 4; i++) {
        struct report *r = compared(1, noises[i], 7);
        int64_t wanted = compare_rounds_wanted(r, &enough);
        assert_int_equal(enough, i < 2);
        assert_true(wanted >= 6 && wanted <= 60 && wanted >= before);
        before = wanted;
        report_close(r);
    }
    assert_int_equal(before, 60);
    struct report *quiet = compared(1, 0.001, 7);
    assert_int_equal(compare_rounds_wanted(quiet, &enough), 6);
    report_close(quiet);
}

static void a_label_alone_wants_rounds_by_its_own_noise(void **state) {
    (void)state;
    const char *const one[] = {"first", NULL};
    for (int loud = 0; loud < 2; loud++) {
        struct report *r = made_report(7, one);
        for (int64_t i = 1; i <= 7; i++)
            made_run(r, "first", i, exp((loud ? 0.2 : 0.001) * made_noise(i)));
        bool enough;
        assert_int_equal(compare_rounds_wanted(r, &enough), loud ? 60 : 6);
        assert_int_equal(enough, !loud);
        report_close(r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_follow_from_the_interval_and_the_noise_floor),
        cmocka_unit_test(a_wide_noise_floor_makes_nothing_faster_slower_or_equivalent),
        cmocka_unit_test(figures_are_paired_by_round_and_not_with_the_repeat),
        cmocka_unit_test(only_the_primary_metric_is_judged),
        cmocka_unit_test(one_round_has_a_bare_ratio_and_no_verdict),
        cmocka_unit_test(too_few_rounds_are_refused_with_the_number_it_takes),
        cmocka_unit_test(more_labels_take_more_rounds),
        cmocka_unit_test(a_baseline_that_differs_from_itself_refuses_all),
        cmocka_unit_test(a_verdict_without_a_noise_floor_says_so),
        cmocka_unit_test(an_interrupted_run_is_left_out_and_a_crashed_one_refuses),
        cmocka_unit_test(what_is_open_says_how_many_rounds_would_settle_it),
        cmocka_unit_test(rounds_needed_look_past_a_margin_that_narrows),
        cmocka_unit_test(a_label_alone_is_compared_with_nothing),
        cmocka_unit_test(each_point_of_a_sweep_is_compared_by_itself),
        cmocka_unit_test(memory_is_that_of_one_label_at_a_time),
        cmocka_unit_test(filling_again_changes_nothing),
        cmocka_unit_test(rounds_wanted_grow_with_the_noise),
        cmocka_unit_test(a_label_alone_wants_rounds_by_its_own_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
