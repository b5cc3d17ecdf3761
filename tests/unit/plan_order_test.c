/* The order of rounds: permutations, all as likely, that only seed and round decide. */
#include "plan/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *const labels[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};

static struct plan *plan_of(size_t entries, int64_t rounds) {
    static struct plan plan;
    plan = (struct plan){.entry_count = entries, .rounds = rounds, .seed = 1};
    for (size_t i = 0; i < entries; i++)
        plan.entries[i] = (struct plan_entry){.label = labels[i], .point = -1};
    return &plan;
}

static void every_round_is_a_permutation_of_the_slots(void **state) {
    (void)state;
    const struct plan *plan = plan_of(8, 20);
    for (int64_t round = 1; round <= 1000; round++) {
        size_t slots[ORDER_SLOTS];
        unsigned seen = 0;
        plan_order(plan, round, slots);
        for (size_t i = 0; i < plan_slots(plan); i++)
            seen |= 1U << slots[i];
        assert_int_equal(seen, 0x1FF); /* eight entries and the repeat */
    }
}

static void one_round_runs_as_typed(void **state) {
    (void)state;
    size_t slots[ORDER_SLOTS];
    const struct plan *plan = plan_of(5, 1);
    plan_order(plan, 1, slots);
    assert_int_equal(plan_slots(plan), 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(slots[i], i);
}

static void seed_and_round_alone_decide_the_order(void **state) {
    (void)state;
    size_t one[10], same[10], other_seed[10], other_round[10];
    order_shuffle(7, 3, 10, one);
    order_shuffle(7, 3, 10, same);
    order_shuffle(8, 3, 10, other_seed);
    order_shuffle(7, 4, 10, other_round);
    assert_memory_equal(one, same, sizeof one);
    assert_memory_not_equal(one, other_seed, sizeof one);
    assert_memory_not_equal(one, other_round, sizeof one);
}

/* Reports name a seed so that others can run the same: the order it gives must not change. */
static void orders_stay_what_they_are(void **state) {
    (void)state;
    size_t slots[6];
    static const size_t was[6] = {1, 4, 0, 5, 2, 3};
    order_shuffle(1, 1, 6, slots);
    assert_memory_equal(slots, was, sizeof was);
}

static void every_slot_stands_everywhere_equally_often(void **state) {
    (void)state;
    static int times[5][5];
    for (int64_t round = 1; round <= 10000; round++) {
        size_t slots[5];
        order_shuffle(1, round, 5, slots);
        for (size_t place = 0; place < 5; place++)
            times[place][slots[place]]++;
    }
    for (size_t place = 0; place < 5; place++)
        for (size_t slot = 0; slot < 5; slot++)
            assert_in_range(times[place][slot], 1840, 2160); /* four standard deviations */
}

static void all_orders_of_three_come_equally_often(void **state) {
    (void)state;
    int times[3][3] = {{0}};
    for (int64_t round = 1; round <= 6000; round++) {
        size_t slots[3];
        order_shuffle(9, round, 3, slots);
        times[slots[0]][slots[1]]++;
    }
    for (size_t first = 0; first < 3; first++)
        for (size_t second = 0; second < 3; second++)
            if (first != second)
                assert_in_range(times[first][second], 880, 1120);
}

static void the_least_number_of_rounds_grows_with_the_labels(void **state) {
    (void)state;
    static const struct {
        size_t entries;
        int64_t least;
    } cases[] = {{1, 6}, {2, 6}, {3, 7}, {4, 7}, {5, 8}, {7, 8}, {8, 9}, {9, 9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(plan_least_rounds(plan_of(cases[i].entries, 1)), cases[i].least);
}

static void the_baseline_runs_twice_from_the_least_number_on(void **state) {
    (void)state;
    assert_false(plan_repeats_baseline(plan_of(3, 6)));
    assert_true(plan_repeats_baseline(plan_of(3, 7)));
    assert_false(plan_repeats_baseline(plan_of(1, 60)));
    const struct plan *plan = plan_of(3, 7);
    assert_int_equal(plan_slots(plan), 4);
    assert_true(plan_slot_is_repeat(plan, 3));
    assert_false(plan_slot_is_repeat(plan, 2));
    assert_int_equal(plan_slot_entry(plan, 3), 0);
    assert_int_equal(plan_slot_entry(plan, 2), 2);
}

static void in_a_sweep_every_point_counts(void **state) {
    (void)state;
    struct plan plan = {.entry_count = 5, .point_count = 2, .rounds = 7, .seed = 1};
    static const struct plan_entry entries[] = {{.label = "a", .point = 0},
                                                {.label = "b", .point = 0},
                                                {.label = "a", .point = 1},
                                                {.label = "b", .point = 1},
                                                {.label = "a", .point = 0, .ceiling = true}};
    memcpy(plan.entries, entries, sizeof entries);
    assert_int_equal(plan_least_rounds(&plan), 7); /* two comparisons */
    assert_int_equal(plan_slots(&plan), 7);
    assert_int_equal(plan_slot_entry(&plan, 5), 0);
    assert_int_equal(plan_slot_entry(&plan, 6), 2);
    assert_true(plan_slot_is_repeat(&plan, 5) && plan_slot_is_repeat(&plan, 6));
}

/* Three labels at three points: verdicts against the baseline are six comparisons, which takes 8 rounds, and
 * winners are found among nine, which takes 9. */
static void no_verdict_of_a_sweep_is_without_its_noise_floor(void **state) {
    (void)state;
    static struct plan plan;
    plan = (struct plan){.entry_count = 9, .point_count = 3, .rounds = 8, .seed = 1};
    for (size_t i = 0; i < plan.entry_count; i++)
        plan.entries[i] = (struct plan_entry){.label = labels[i % 3], .point = (int64_t)i / 3};
    assert_int_equal(plan_least_rounds(&plan), 9);
    assert_true(plan_repeats_baseline(&plan));
    assert_int_equal(plan_slots(&plan), 12);
    plan.rounds = 7;
    assert_false(plan_repeats_baseline(&plan));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_round_is_a_permutation_of_the_slots),
        cmocka_unit_test(one_round_runs_as_typed),
        cmocka_unit_test(seed_and_round_alone_decide_the_order),
        cmocka_unit_test(orders_stay_what_they_are),
        cmocka_unit_test(every_slot_stands_everywhere_equally_often),
        cmocka_unit_test(all_orders_of_three_come_equally_often),
        cmocka_unit_test(the_least_number_of_rounds_grows_with_the_labels),
        cmocka_unit_test(the_baseline_runs_twice_from_the_least_number_on),
        cmocka_unit_test(in_a_sweep_every_point_counts),
        cmocka_unit_test(no_verdict_of_a_sweep_is_without_its_noise_floor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
