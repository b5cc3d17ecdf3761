/* A plan in shares: together they are the whole, each has its part, and what cannot be split is refused. */
#include "plan/share.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan/plan.h"

#define S INT64_C(1000000000)

static const int64_t counts[] = {1, 2, 3, 7, 64};
#define COUNTS (sizeof counts / sizeof counts[0])

static void parts_add_up_and_differ_by_one_at_most(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNTS; c++)
        for (int64_t total = 0; total < 300; total++) {
            int64_t sum = 0;
            for (int64_t i = 0; i < counts[c]; i++) {
                int64_t part = share_part(&(struct share){i, counts[c]}, total);
                assert_in_range(part, total / counts[c], (total + counts[c] - 1) / counts[c]);
                sum += part;
            }
            assert_int_equal(sum, total);
        }
}

static void every_number_is_one_share_s_and_only_its(void **state) {
    (void)state;
    enum { TOTAL = 200 };
    for (size_t c = 0; c < COUNTS; c++) {
        int sent[TOTAL] = {0};
        for (int64_t i = 0; i < counts[c]; i++) {
            struct share share = {i, counts[c]};
            for (int64_t nth = 0; nth < share_part(&share, TOTAL); nth++) {
                assert_in_range(share_number(&share, nth), 0, TOTAL - 1);
                sent[share_number(&share, nth)]++;
            }
        }
        for (int n = 0; n < TOTAL; n++)
            assert_int_equal(sent[n], 1);
    }
}

static void no_share_is_the_whole(void **state) {
    (void)state;
    struct share none = {0};
    assert_int_equal(share_part(&none, 17), 17);
    assert_int_equal(share_number(&none, 5), 5);
    assert_true(share_phase(&none) == 0);
    assert_true(share_rate(&none, 2.5) == 2.5);
}

static void words_count_from_one(void **state) {
    (void)state;
    struct share share;
    assert_int_equal(share_read("2/4", &share, NULL), 0);
    assert_int_equal(share.index, 1);
    assert_int_equal(share.count, 4);
    assert_int_equal(share_read("1/1", &share, NULL), 0);
    assert_int_equal(share_read("100k/100k", &share, NULL), 0);
    static const char *const bad[] = {"",     "2",        "/",    "2/",
                                      "/4",   "0/4",      "5/4",  "-1/4",
                                      "1/-4", "1/2/3",    "a/b",  "1.5/2",
                                      "1/0",  "1/100001", " 1/2", "00000000000000000000000000000000000001/2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct err err = {0};
        if (share_read(bad[i], &share, &err) == 0)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_int_equal(err.kind, ERR_USAGE);
        assert_non_null(strstr(err.text, "--share"));
    }
}

/* The plan as share `index` of `count` finishes it; `index` from 0. */
static struct plan finished(struct plan plan, int64_t index, int64_t count) {
    struct err err = {0};
    plan.url = "http://host/{i}";
    plan.share = (struct share){index, count};
    if (plan_finish(&plan, &err))
        fail_msg("%s", err.text);
    return plan;
}

static void check_refused(struct plan plan, int64_t count, const char *words) {
    for (int64_t index = 0; index < count; index++) {
        struct err err = {0};
        struct plan own = plan;
        own.url = "http://host/";
        own.share = (struct share){index, count};
        assert_int_equal(plan_finish(&own, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        if (!strstr(err.text, words))
            fail_msg("\"%s\" does not say \"%s\"", err.text, words);
        plan_fini(&own);
    }
}

static void what_is_counted_is_split_without_rest(void **state) {
    (void)state;
    int64_t requests = 0, concurrency = 0, warmup = 0;
    for (int64_t i = 0; i < 3; i++) {
        struct plan plan =
            finished((struct plan){.requests = 100, .counts = "10", .warmup_requests = 8}, i, 3);
        requests += plan.requests;
        concurrency += plan.concurrency;
        warmup += plan.warmup_requests;
        plan_fini(&plan);
    }
    assert_int_equal(requests, 100);
    assert_int_equal(concurrency, 10);
    assert_int_equal(warmup, 8);
}

static void every_point_of_a_sweep_is_split(void **state) {
    (void)state;
    for (int64_t i = 0; i < 2; i++) {
        struct plan plan = finished((struct plan){.requests = 100, .counts = "2,9"}, i, 2);
        assert_int_equal(plan.point_count, 2);
        assert_int_equal(plan.points[0].concurrency, 1);
        assert_int_equal(plan.points[1].concurrency, i == 0 ? 5 : 4);
        assert_int_equal(plan.concurrency, plan.points[1].concurrency);
        plan_fini(&plan);
    }
}

static void each_share_has_one_in_flight_and_a_warm_up_where_nothing_says_how_many(void **state) {
    (void)state;
    struct plan plan = finished((struct plan){.requests = 1000, .warmup_requests = 1}, 199, 200);
    assert_int_equal(plan.requests, 5);
    assert_int_equal(plan.concurrency, 1);
    assert_int_equal(plan.warmup_requests, 1);
    plan_fini(&plan);
}

static void a_closed_loop_by_time_has_no_number_to_split(void **state) {
    (void)state;
    struct plan whole = finished((struct plan){.duration_ns = S}, 0, 0);
    struct plan part = finished((struct plan){.duration_ns = S}, 3, 4);
    assert_int_equal(part.requests, whole.requests);
    assert_int_equal(part.concurrency, 25);
    plan_fini(&whole);
    plan_fini(&part);
}

static void a_share_of_one_changes_nothing(void **state) {
    (void)state;
    static const struct plan typed = {
        .requests = 1000, .rate_per_s = 333.3, .counts = "7", .warmup_requests = 3};
    struct plan whole = finished(typed, 0, 0), one = finished(typed, 0, 1);
    struct load_cursor cursor = {0};
    assert_int_equal(one.requests, whole.requests);
    assert_int_equal(one.concurrency, whole.concurrency);
    assert_int_equal(one.warmup_requests, whole.warmup_requests);
    for (int64_t i = 0; i < 1000; i++)
        assert_int_equal(load_due_ns(&one.load, &cursor, i), load_due_ns(&whole.load, &cursor, i));
    plan_fini(&whole);
    plan_fini(&one);
}

/* All requests of the shares, by their numbers, are due when those of the whole are. */
static void check_interleaved(struct plan typed, int64_t count) {
    struct plan whole = finished(typed, 0, 0);
    struct load_cursor none = {0};
    int64_t sum = 0;
    for (int64_t index = 0; index < count; index++) {
        struct plan part = finished(typed, index, count);
        for (int64_t nth = 0; nth < part.requests; nth++) {
            int64_t number = share_number(&part.share, nth);
            int64_t apart = load_due_ns(&part.load, &none, nth) - load_due_ns(&whole.load, &none, number);
            assert_true(apart >= -1 && apart <= 1);
        }
        sum += part.requests;
        plan_fini(&part);
    }
    assert_int_equal(sum, whole.requests);
    plan_fini(&whole);
}

static void evenly_spaced_shares_are_the_whole_s_schedule(void **state) {
    (void)state;
    check_interleaved((struct plan){.rate_per_s = 1234.5, .requests = 5000}, 3);
    check_interleaved((struct plan){.rate_per_s = 1000, .duration_ns = 2 * S + S / 1000}, 7);
    check_interleaved((struct plan){.ramp = "0:500:4s"}, 4);
    check_interleaved((struct plan){.ramp = "10:500:4s", .requests = 3000}, 4);
    check_interleaved((struct plan){.stages = "100:2s,0:1s,100:1000:3s,400:500ms"}, 5);
}

static void random_shares_are_streams_of_their_own_with_the_share_s_rate(void **state) {
    (void)state;
    enum { COUNT = 20000 };
    struct plan typed = {.rate_per_s = 3000, .requests = 3 * COUNT, .arrivals = "poisson", .seed = 5};
    int64_t first_ns[3];
    for (int64_t i = 0; i < 3; i++) {
        struct plan plan = finished(typed, i, 3);
        struct load_cursor cursor = {0};
        assert_int_equal(plan.requests, COUNT);
        first_ns[i] = load_due_ns(&plan.load, &cursor, 0);
        double mean_s = (double)load_due_ns(&plan.load, &cursor, COUNT - 1) / 1e9 / COUNT;
        assert_true(fabs(mean_s - .001) < .00003); /* four standard errors */
        plan_fini(&plan);
    }
    assert_int_not_equal(first_ns[0], first_ns[1]);
    assert_int_not_equal(first_ns[1], first_ns[2]);
    assert_int_not_equal(first_ns[0], first_ns[2]);
}

static void what_cannot_be_split_is_refused_by_every_share(void **state) {
    (void)state;
    check_refused((struct plan){.requests = 3}, 4, "-n 3 cannot be shared by 4");
    check_refused((struct plan){.requests = 100, .counts = "3"}, 4, "-c 3 cannot be shared by 4");
    check_refused((struct plan){.requests = 100, .counts = "20,3"}, 4, "-c 3 cannot be shared by 4");
    check_refused((struct plan){.rate_per_s = 2, .duration_ns = S}, 4, "share 3 would have no request");
    check_refused((struct plan){.rate_per_s = 4, .duration_ns = S, .arrivals = "poisson", .seed = 1}, 4,
                  "would have no request");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_and_differ_by_one_at_most),
        cmocka_unit_test(every_number_is_one_share_s_and_only_its),
        cmocka_unit_test(no_share_is_the_whole),
        cmocka_unit_test(words_count_from_one),
        cmocka_unit_test(what_is_counted_is_split_without_rest),
        cmocka_unit_test(every_point_of_a_sweep_is_split),
        cmocka_unit_test(each_share_has_one_in_flight_and_a_warm_up_where_nothing_says_how_many),
        cmocka_unit_test(a_closed_loop_by_time_has_no_number_to_split),
        cmocka_unit_test(a_share_of_one_changes_nothing),
        cmocka_unit_test(evenly_spaced_shares_are_the_whole_s_schedule),
        cmocka_unit_test(random_shares_are_streams_of_their_own_with_the_share_s_rate),
        cmocka_unit_test(what_cannot_be_split_is_refused_by_every_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
