/* Reports of different invocations against each other. */
#include "compare_made.h"

#include "compare/between.h"
#include "compare/compare.h"

static const char *const one[] = {"async", NULL};

static struct report *made(double ratio, double noise, int64_t rounds) {
    struct report *r = made_report(rounds, one);
    for (int64_t i = 1; i <= rounds; i++)
        made_run(r, "async", i, ratio * exp(noise * made_noise(i)));
    compare_fill(r);
    return r;
}

static struct between named(const struct report *old, const struct report *fresh) {
    return (struct between){.old = {old, "old.json"}, .fresh = {fresh, "new.json"}};
}

static void assert_word(double ratio, double noise, const char *word) {
    struct report *old = made(1, noise, 10), *fresh = made(ratio, noise, 10);
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, word);
    assert_float_equal(c->ratio, ratio, 1e-9);
    assert_false(c->paired);
    assert_int_equal(c->between.count, 2);
    assert_int_equal(c->rounds, 10);
    report_close(old);
    report_close(fresh);
}

static void words_follow_from_the_unpaired_interval(void **state) {
    (void)state;
    assert_word(1.3, 0.02, "slower");
    assert_word(0.7, 0.02, "faster");
    assert_word(1, 0.01, "equivalent");
    assert_word(1, 0.3, "inconclusive");
    assert_word(1.04, 0.005, "equivalent"); /* drift from one invocation to the next */
}

static void they_stay_when_the_report_is_filled_again(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 10), *fresh = made(1.3, 0.01, 10);
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    report_close(old);
    compare_fill(fresh);
    assert_int_equal(fresh->comparisons.count, 5);
    assert_string_equal(made_primary(fresh, "async")->verdict, "slower");
    report_close(fresh);
}

static void
an_interrupted_report_without_a_round_is_said_to_be_one_and_nothing_of_its_connections(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 10), *fresh = made(2, 0.01, 10);
    struct report_run *runs = old->runs.items;
    for (size_t i = 0; i < old->runs.count; i++)
        runs[i].exit.reason = "interrupted";
    old->complete = false;
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_int_equal(c->reasons.count, 1);
    assert_string_equal(made_reason(c, 0),
                        "wall time of 0 finished rounds in old.json (interrupted) and 10 in new.json is "
                        "known, and a verdict takes at least 6 of each: see --rounds auto");
    report_close(old);
    report_close(fresh);
}

static void few_rounds_on_either_side_are_refused(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 3), *fresh = made(2, 0.01, 10);
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    assert_string_equal(made_primary(fresh, "async")->verdict, "not_comparable");
    assert_string_equal(
        made_reason(made_primary(fresh, "async"), 0),
        "wall time of 3 finished rounds in old.json and 10 in new.json is known, and a verdict takes at "
        "least 6 of each: see --rounds auto");
    assert_string_equal(
        between_obstacle(fresh, &b),
        "old.json has 3 rounds of async, and a verdict takes at least 6: make it with --rounds auto");
    report_close(old);
    report_close(fresh);
}

/* The newer report is given to `change`; the reason that it makes, NULL for none. */
static void assert_reason(void (*change)(struct report *r), const char *reason) {
    struct report *old = made(1, 0.01, 10), *fresh = made(2, 0.01, 10);
    change(fresh);
    struct between b = named(old, fresh);
    const char *obstacle = between_obstacle(fresh, &b);
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, reason ? "not_comparable" : "slower");
    assert_int_equal(c->reasons.count, reason ? 1 : 0);
    assert_int_equal(obstacle != NULL, reason != NULL);
    if (reason) {
        assert_string_equal(made_reason(c, 0), reason);
        assert_string_equal(obstacle, reason);
    }
    fresh->comparisons.count = 0;
    b.force = true;
    assert_null(between_obstacle(fresh, &b));
    between_fill(fresh, &b);
    c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, "slower");
    assert_int_equal(c->reasons.count, reason ? 1 : 0); /* stays as a warning */
    report_close(old);
    report_close(fresh);
}

static void close_connections(struct report *r) {
    r->plan.keepalive = false;
}
static void send_a_body(struct report *r) {
    r->plan.body_bytes = 1000;
}
static void ask_for_another(struct report *r) {
    r->plan.url = "http://127.0.0.1:8080/other";
}
static void change_processor(struct report *r) {
    r->environment.cpu_model = "Other CPU";
}
static void limit_it(struct report *r) {
    r->environment.limits.cpu_quota = 1.5;
}
static void use_more_at_once(struct report *r) {
    ((struct report_plan_strategy *)r->plan.strategies.items)[0].concurrency = 20;
}
static void connect_elsewhere(struct report *r) {
    *(const char **)report_list_add(r, &r->plan.connect_to, sizeof(const char *)) = "::127.0.0.2:8080";
}
static void count_bad_statuses(struct report *r) {
    r->plan.fail_status = true;
}
static void take_a_share(struct report *r) {
    report_set_share(r, "mpi", NULL);
    r->share->index = 1;
    r->share->count = 3;
}
static void use_another_address(struct report *r) {
    r->target.negotiated.http_version = NULL;
    r->environment.load_average[0] = 99;
    r->seed = 17;
    r->plan.rounds_auto = true;
    r->plan.samples = "samples.csv";
    r->started_at = "2026-01-02T03:04:05.678Z";
}

static void keys_that_differ_refuse_and_are_named_with_both_values(void **state) {
    (void)state;
    assert_reason(close_connections, "keepalive is true in old.json and false in new.json");
    assert_reason(send_a_body, "body bytes is none in old.json and 1000 in new.json");
    assert_reason(ask_for_another, "the URL is http://127.0.0.1:8080/get in old.json and "
                                   "http://127.0.0.1:8080/other in new.json");
    assert_reason(change_processor, "cpu model is Example CPU in old.json and Other CPU in new.json");
    assert_reason(limit_it, "limits cpu quota is none in old.json and 1.5 in new.json");
    assert_reason(connect_elsewhere, "connect to is none in old.json and \"::127.0.0.2:8080\" in new.json");
    assert_reason(take_a_share, "the share of a load is none in old.json and 2 of 3 in new.json");
    assert_reason(count_bad_statuses, "fail status is false in old.json and true in new.json");
    assert_reason(use_more_at_once, "async is async with 10 in flight and 1 thread in old.json "
                                    "and async with 20 in flight and 1 thread in new.json");
}

static void a_value_of_any_length_is_named(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 10), *fresh = made(2, 0.01, 10);
    char *header = arena_alloc(&fresh->arena, 100001);
    memset(header, 'h', 100000);
    *(const char **)report_list_add(fresh, &fresh->plan.headers, sizeof(const char *)) = header;
    struct between b = named(old, fresh);
    const char *obstacle = between_obstacle(fresh, &b);
    assert_non_null(strstr(obstacle, "headers is none in old.json and \"hhh"));
    assert_true(strlen(obstacle) < 2000);
    report_close(old);
    report_close(fresh);
}

static void what_always_differs_does_not_matter(void **state) {
    (void)state;
    assert_reason(use_another_address, NULL);
}

static void the_port_of_an_embedded_endpoint_does_not_matter(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 10), *fresh = made(2, 0.01, 10);
    struct between b = named(old, fresh);
    fresh->plan.url = "http://127.0.0.1:9090/get";
    assert_non_null(between_obstacle(fresh, &b));
    old->plan.embedded = fresh->plan.embedded = true;
    assert_null(between_obstacle(fresh, &b));
    fresh->plan.url = "http://127.0.0.1:9090/ip";
    assert_non_null(between_obstacle(fresh, &b));
    report_close(old);
    report_close(fresh);
}

/* It is not in the plan where a strategy chose it, so only what was run tells. */
static void runs_on_another_backend_are_not_comparable(void **state) {
    (void)state;
    const char *const backends[] = {"io_uring", "epoll"};
    for (int i = 0; i < 2; i++) {
        struct report *old = made(1, 0.01, 10), *fresh = made(1, 0.01, 10);
        struct between b = named(old, fresh);
        ((struct report_run *)old->runs.items)[0].backend = "io_uring";
        ((struct report_run *)fresh->runs.items)[0].backend = backends[i];
        between_fill(fresh, &b);
        const struct report_comparison *c = made_primary(fresh, "async");
        assert_string_equal(c->verdict, i ? "not_comparable" : "equivalent");
        if (i)
            assert_string_equal(made_reason(c, 0),
                                "the backend of async is io_uring in old.json and epoll in new.json");
        report_close(old);
        report_close(fresh);
    }
}

static void labels_that_one_alone_has_are_left_out(void **state) {
    (void)state;
    const char *const others[] = {"threads", "async", NULL}, *const strangers[] = {"py", NULL};
    struct report *old = made(1, 0.01, 10), *fresh = made_report(10, others);
    for (int64_t i = 1; i <= 10; i++) {
        made_run(fresh, "threads", i, 9);
        made_run(fresh, "async", i, 2);
    }
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    assert_int_equal(fresh->comparisons.count, 5);
    assert_string_equal(made_primary(fresh, "async")->verdict, "slower");
    struct report *strange = made_report(10, strangers);
    b.fresh = (struct named_report){strange, "strange.json"};
    assert_string_equal(between_obstacle(strange, &b), "old.json and strange.json have no label in common");
    report_close(old);
    report_close(fresh);
    report_close(strange);
}

static void the_wider_noise_floor_of_both_makes_nothing_slower_or_equivalent(void **state) {
    (void)state;
    const char *const two[] = {"async", "other", NULL};
    struct report *old = made_report(10, two), *fresh = made(1.1, 0, 10);
    for (int64_t i = 1; i <= 10; i++) {
        made_run(old, "async", i, 1);
        made_run(old, "async", i, i % 2 ? 1.2 : 1 / 1.2)->baseline_repeat = true;
        made_run(old, "other", i, 1);
    }
    compare_fill(old);
    struct between b = named(old, fresh);
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, "different");
    assert_string_equal(made_reason(c, 0), "the baseline differs from itself by up to 20 %");
    assert_true(c->noise_floor->ci95[1] > 1.1);
    report_close(old);
    report_close(fresh);
}

static void a_regression_lies_beyond_the_margin_with_its_whole_interval(void **state) {
    (void)state;
    const struct {
        double ratio, noise;
        enum regression found;
    } cases[] = {{1.3, 0.01, REGRESSION_FOUND},
                 {1.1, 0.06, REGRESSION_OPEN},
                 {1.05, 0.2, REGRESSION_OPEN},
                 {1, 0.02, REGRESSION_NONE},
                 {0.5, 0.01, REGRESSION_NONE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report *old = made(1, cases[i].noise, 10), *fresh = made(cases[i].ratio, cases[i].noise, 10);
        struct between b = named(old, fresh);
        b.margin = 0.1;
        between_fill(fresh, &b);
        assert_int_equal(regression_of(fresh, true, 0.1), cases[i].found);
        assert_int_equal(regression_of(fresh, false, 0.1), REGRESSION_OPEN); /* nothing was compared */
        report_close(old);
        report_close(fresh);
    }
}

static struct report_comparison interval(const char *verdict, double low, double high) {
    return (struct report_comparison){.metric = "wall_s",
                                      .primary = true,
                                      .baseline = "async",
                                      .label = "threads",
                                      .ratio = sqrt(low * high),
                                      .ci95 = {low, high},
                                      .verdict = verdict};
}

static void a_regression_is_a_question_with_one_side(void **state) {
    (void)state;
    const struct {
        const char *verdict;
        double low, high;
        enum regression found;
    } cases[] = {{"inconclusive", 0.72, 1.032, REGRESSION_NONE},
                 {"inconclusive", 0.72, 1.06, REGRESSION_OPEN},
                 {"different", 1.01, 1.04, REGRESSION_NONE},
                 {"different", 1.06, 1.2, REGRESSION_FOUND},
                 {"equivalent", 0.99, 1.01, REGRESSION_NONE},
                 {"not_comparable", 0.9, 0.95, REGRESSION_OPEN},
                 {NULL, 0.9, 0.95, REGRESSION_OPEN},
                 {"inconclusive", NAN, NAN, REGRESSION_OPEN}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct report_comparison c = interval(cases[i].verdict, cases[i].low, cases[i].high);
        assert_int_equal(regression_of_one(&c, 0.05), cases[i].found);
    }
}

static void what_is_open_says_its_interval_and_the_share(void **state) {
    (void)state;
    struct arena a = {0};
    struct report_comparison c = interval("inconclusive", 1.004, 1.1);
    assert_string_equal(
        regression_explain(&a, &c, 0.05),
        "no conclusion on a regression of threads against async: wall time is 1.004 to 1.1 times "
        "that (95 % CI), and 1.05, which is allowed, lies inside");
    c = interval("inconclusive", 0.9, 1.01);
    assert_null(regression_explain(&a, &c, 0.05));
    arena_fini(&a);
}

/* Of the newer report, whose keys are those of the older, while --force is given. */
static const struct report_comparison *forced(struct report *fresh, void (*spoil)(struct report_run *run)) {
    struct report *old = made(1, 0.01, 10);
    struct between b = named(old, fresh);
    for (size_t i = 0; i < fresh->runs.count; i++)
        spoil(&((struct report_run *)fresh->runs.items)[i]);
    b.force = true;
    between_fill(fresh, &b);
    report_close(old);
    return made_primary(fresh, "async");
}

static void fail_three(struct report_run *run) {
    run->requests.failed = 3;
    run->requests.completed -= 3;
}

static void answer_more(struct report_run *run) {
    run->bytes_received *= 2;
}

static void force_does_not_lift_unequal_failures(void **state) {
    (void)state;
    struct report *fresh = made(2, 0.01, 10);
    const struct report_comparison *c = forced(fresh, fail_three);
    assert_string_equal(c->verdict, "not_comparable");
    assert_string_equal(made_reason(c, 0), "failures are unequal: 0 of 100000 requests of async in old.json, "
                                           "30 of 100000 of async in new.json");
    report_close(fresh);
}

static void force_makes_unequal_answers_a_warning(void **state) {
    (void)state;
    struct report *fresh = made(2, 0.01, 10);
    const struct report_comparison *c = forced(fresh, answer_more);
    assert_string_equal(c->verdict, "slower");
    assert_string_equal(made_reason(c, 0),
                        "answers are unequal: 300.0 bytes each to async in old.json, 600.0 "
                        "to async in new.json");
    report_close(fresh);
}

static void answer_with(struct report *r, const char *code) {
    for (size_t i = 0; i < r->runs.count; i++) {
        struct report_run *run = &((struct report_run *)r->runs.items)[i];
        struct report_count *row = report_list_add(r, &run->status_codes, sizeof *row);
        *row = (struct report_count){.key = code, .count = run->requests.completed};
    }
}

static void a_server_that_answers_with_errors_alone_is_refused(void **state) {
    (void)state;
    struct report *old = made(1, 0.01, 10), *fresh = made(0.5, 0.01, 10);
    struct between b = named(old, fresh);
    answer_with(old, "204");
    answer_with(fresh, "500");
    between_fill(fresh, &b);
    const struct report_comparison *c = made_primary(fresh, "async");
    assert_string_equal(c->verdict, "not_comparable");
    assert_string_equal(made_reason(c, 0),
                        "0 % of the answers to async in old.json were not 2xx/3xx, and 100 % "
                        "of those to async in new.json");
    assert_int_equal(regression_of(fresh, true, 0.05), REGRESSION_OPEN);
    report_close(old);
    report_close(fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_follow_from_the_unpaired_interval),
        cmocka_unit_test(they_stay_when_the_report_is_filled_again),
        cmocka_unit_test(
            an_interrupted_report_without_a_round_is_said_to_be_one_and_nothing_of_its_connections),
        cmocka_unit_test(few_rounds_on_either_side_are_refused),
        cmocka_unit_test(keys_that_differ_refuse_and_are_named_with_both_values),
        cmocka_unit_test(a_value_of_any_length_is_named),
        cmocka_unit_test(what_always_differs_does_not_matter),
        cmocka_unit_test(the_port_of_an_embedded_endpoint_does_not_matter),
        cmocka_unit_test(runs_on_another_backend_are_not_comparable),
        cmocka_unit_test(labels_that_one_alone_has_are_left_out),
        cmocka_unit_test(the_wider_noise_floor_of_both_makes_nothing_slower_or_equivalent),
        cmocka_unit_test(a_regression_lies_beyond_the_margin_with_its_whole_interval),
        cmocka_unit_test(a_regression_is_a_question_with_one_side),
        cmocka_unit_test(what_is_open_says_its_interval_and_the_share),
        cmocka_unit_test(a_server_that_answers_with_errors_alone_is_refused),
        cmocka_unit_test(force_does_not_lift_unequal_failures),
        cmocka_unit_test(force_makes_unequal_answers_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
