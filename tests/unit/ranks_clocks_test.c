/* What one clock knows of another after a few exchanges. */
#include "ranks/clocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define US INT64_C(1000)
#define S INT64_C(1000000000)

static void exchange(struct clock_estimate *e, int64_t sent_ns, int64_t there_ns, int64_t back_ns,
                     int64_t offset_ns) {
    clock_estimate_add(e, sent_ns, sent_ns + there_ns + offset_ns, sent_ns + there_ns + back_ns);
}

static void an_offset_is_known_to_half_the_round_trip_however_unlike_its_ways(void **state) {
    (void)state;
    static const int64_t ways_ns[] = {0, 1, 40 * US, 900 * US, 2 * S};
    static const int64_t offsets_ns[] = {0, -3, 1000 * S, -5000 * S};
    for (size_t there = 0; there < 5; there++)
        for (size_t back = 0; back < 5; back++)
            for (size_t o = 0; o < 4; o++) {
                struct clock_estimate e = {0};
                exchange(&e, 7000 * S, ways_ns[there], ways_ns[back], offsets_ns[o]);
                assert_int_equal(e.round_trip_ns, ways_ns[there] + ways_ns[back]);
                assert_true(llabs(e.offset_ns - offsets_ns[o]) <= (e.round_trip_ns + 1) / 2);
                assert_int_equal(e.at_ns, 7000 * S + ways_ns[there] + offsets_ns[o]);
            }
}

static void like_ways_tell_the_offset_exactly(void **state) {
    (void)state;
    struct clock_estimate e = {0};
    exchange(&e, S, 30 * US, 30 * US, -12345);
    assert_int_equal(e.offset_ns, -12345);
}

static void the_exchange_with_the_least_round_trip_counts_wherever_it_comes(void **state) {
    (void)state;
    for (int quickest = 0; quickest < 5; quickest++) {
        struct clock_estimate e = {0};
        for (int i = 0; i < 5; i++)
            exchange(&e, i * S, i == quickest ? 10 * US : 10 * US + (i + 1) * 100 * US, 10 * US, 77);
        assert_int_equal(e.exchanges, 5);
        assert_int_equal(e.offset_ns, 77);
        assert_int_equal(e.round_trip_ns, 20 * US);
        assert_int_equal(e.at_ns, quickest * S + 10 * US + 77);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offset_is_known_to_half_the_round_trip_however_unlike_its_ways),
        cmocka_unit_test(like_ways_tell_the_offset_exactly),
        cmocka_unit_test(the_exchange_with_the_least_round_trip_counts_wherever_it_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
