/* Points of a sweep, and the entries that run at each. */
#include "plan/sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool is_concurrent(const char *strategy) {
    return strcmp(strategy, "sequential") != 0;
}

static struct plan *make(const char *modes, const char *counts, const char *sweep, bool ceiling,
                         struct err *err) {
    static struct plan plan;
    plan = (struct plan){.requests = 100,
                         .url = "http://host/",
                         .counts = counts,
                         .sweep = sweep,
                         .ceiling = ceiling,
                         .embedded = true,
                         .endpoint = "127.0.0.1:80"};
    if (plan_add_modes(&plan, modes, err) || plan_finish(&plan, err) ||
        sweep_expand(&plan, is_concurrent, err)) {
        plan_fini(&plan);
        return NULL;
    }
    return &plan;
}

static void check_refused(const char *counts, const char *sweep, const char *words) {
    struct err err = {0};
    assert_null(make("async", counts, sweep, false, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not have \"%s\"", err.text, words);
}

static void check_entry(const struct plan *plan, size_t index, const char *label, int64_t point,
                        int64_t concurrency) {
    assert_true(index < plan->entry_count);
    const struct plan_entry *entry = &plan->entries[index];
    assert_string_equal(entry->label, label);
    assert_int_equal(entry->point, point);
    assert_int_equal(plan_concurrency_of(plan, entry), concurrency);
}

static void one_count_is_no_sweep(void **state) {
    (void)state;
    struct plan *plan = make("async,sequential", "1k", NULL, false, NULL);
    assert_int_equal(plan->point_count, 0);
    assert_int_equal(plan->concurrency, 100);
    assert_int_equal(plan->entry_count, 2);
    check_entry(plan, 0, "async", -1, 100);
    assert_ptr_equal(plan->entries[0].urls, &plan->urls);
    plan_fini(plan);
}

static void counts_are_points_in_ascending_order(void **state) {
    (void)state;
    struct plan *plan = make("async", "100,2,10", NULL, false, NULL);
    assert_int_equal(plan->point_count, 3);
    assert_int_equal(plan->concurrency, 100);
    check_entry(plan, 0, "async", 0, 2);
    check_entry(plan, 1, "async", 1, 10);
    check_entry(plan, 2, "async", 2, 100);
    assert_int_equal(plan->entry_count, 3);
    assert_ptr_equal(plan->entries[2].urls, &plan->urls);
    plan_fini(plan);
}

static void what_sends_one_request_at_a_time_runs_once(void **state) {
    (void)state;
    struct plan *plan = make("async,sequential,async", "1,2", NULL, false, NULL);
    assert_int_equal(plan->entry_count, 5);
    check_entry(plan, 0, "async", 0, 1);
    check_entry(plan, 1, "sequential", -1, 2);
    check_entry(plan, 2, "async-2", 0, 1);
    check_entry(plan, 3, "async", 1, 2);
    check_entry(plan, 4, "async-2", 1, 2);
    plan_fini(plan);
}

static void what_is_swept_of_the_endpoint_is_in_the_urls(void **state) {
    (void)state;
    char url[TEMPLATE_URL_BYTES];
    struct plan *plan = make("async,sequential", "3", "delay=10ms,0", false, NULL);
    assert_int_equal(plan->point_count, 2);
    assert_int_equal(plan->entry_count, 4);
    check_entry(plan, 1, "sequential", 0, 3);
    check_entry(plan, 3, "sequential", 1, 3);
    assert_string_equal(plan->points[1].name, "delay");
    assert_string_equal(plan->points[1].value, "10ms");
    assert_true(plan->points[1].number == 0.01);
    urls_expand(plan->entries[0].urls, 7, url);
    assert_string_equal(url, "http://127.0.0.1:80/delay/0?key=7");
    urls_expand(plan->entries[3].urls, 7, url);
    assert_string_equal(url, "http://127.0.0.1:80/delay/10ms?key=7");
    assert_string_equal(plan_embedded_path(plan), "/delay/{delay}?key={i}");
    plan_fini(plan);
}

static void both_sweeps_together_are_all_pairs(void **state) {
    (void)state;
    char url[TEMPLATE_URL_BYTES];
    struct plan *plan = make("async", "1,2", "bytes=1KiB,1k,10MiB", false, NULL);
    static const struct {
        int64_t concurrency;
        double number;
    } expected[] = {{1, 1000}, {2, 1000}, {1, 1024}, {2, 1024}, {1, 10485760}, {2, 10485760}};
    assert_int_equal(plan->point_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(plan->points[i].concurrency, expected[i].concurrency);
        assert_true(plan->points[i].number == expected[i].number);
    }
    urls_expand(plan->entries[5].urls, 0, url);
    assert_string_equal(url, "http://127.0.0.1:80/drip?numbytes=10485760&duration=0&key=0");
    plan_fini(plan);
}

static void a_ceiling_doubles_the_entries_at_their_points(void **state) {
    (void)state;
    char url[TEMPLATE_URL_BYTES];
    struct plan *plan = make("async,sequential", "1,2", NULL, true, NULL);
    assert_int_equal(plan->entry_count, 6);
    for (size_t i = 0; i < 3; i++) {
        assert_false(plan->entries[i].ceiling);
        assert_true(plan->entries[i + 3].ceiling);
        assert_string_equal(plan->entries[i].label, plan->entries[i + 3].label);
        assert_int_equal(plan->entries[i].point, plan->entries[i + 3].point);
    }
    urls_expand(plan->entries[3].urls, 5, url);
    assert_string_equal(url, "http://127.0.0.1:80/get?key=5");
    plan_fini(plan);
}

static void a_file_is_named_by_each_label_once(void **state) {
    (void)state;
    char out[64];
    struct plan *plan = make("async,threads", "1,2,3", NULL, true, NULL);
    plan_labels(plan, out, sizeof out);
    assert_string_equal(out, "async-threads");
    plan_fini(plan);
}

static void bad_lists_are_refused(void **state) {
    (void)state;
    check_refused("1,10,1", NULL, "-c has 1 twice");
    check_refused("10,1000", NULL, "-c 1000 cannot be reached with 100 requests");
    check_refused("1,", NULL, "-c takes counts");
    check_refused(NULL, "delay=1s,1000ms", "--sweep delay has 1");
    check_refused(NULL, "delay=0,11s", "from 0 to 10s, not to 11s");
    check_refused(NULL, "delay=0,x", "durations such as 10ms, not \"x\"");
    check_refused(NULL, "bytes=0", "from 1 to 10MiB, not to 0");
    check_refused(NULL, "bytes=1.5", "sizes such as");
    check_refused(NULL, "bytes", "not \"bytes\"");
    check_refused(NULL, "size=1,2", "delay=TIME,TIME... or bytes=");
}

static void more_than_a_round_can_hold_is_refused(void **state) {
    (void)state;
    char counts[400] = "1", modes[100] = "a";
    struct err err = {0};
    for (int i = 2; i <= 64; i++)
        snprintf(counts + strlen(counts), sizeof counts - strlen(counts), ",%d", i);
    for (int i = 1; i < 9; i++)
        strcat(modes, ",a");
    assert_null(make(modes, counts, NULL, false, &err));
    assert_non_null(strstr(err.text, "the modes at 64 points are more than the 512 runs"));
}

static void a_url_of_one_s_own_has_nothing_to_sweep(void **state) {
    (void)state;
    struct err err = {0};
    struct plan plan = {.requests = 1, .url = "http://host/", .sweep = "delay=0,1s"};
    assert_int_equal(plan_finish(&plan, &err), -1);
    assert_non_null(strstr(err.text, "so it takes no URL"));
    plan_fini(&plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_count_is_no_sweep),
        cmocka_unit_test(counts_are_points_in_ascending_order),
        cmocka_unit_test(what_sends_one_request_at_a_time_runs_once),
        cmocka_unit_test(what_is_swept_of_the_endpoint_is_in_the_urls),
        cmocka_unit_test(both_sweeps_together_are_all_pairs),
        cmocka_unit_test(a_ceiling_doubles_the_entries_at_their_points),
        cmocka_unit_test(a_file_is_named_by_each_label_once),
        cmocka_unit_test(bad_lists_are_refused),
        cmocka_unit_test(more_than_a_round_can_hold_is_refused),
        cmocka_unit_test(a_url_of_one_s_own_has_nothing_to_sweep),
    };
    return cmocka_run_group_tests_name("plan/sweep", tests, NULL, NULL);
}
