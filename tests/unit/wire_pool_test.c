/* Which link a request is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/pool.h"

#define LINKS 4
#define TARGETS 3

static int set_up(void **state) {
    static struct pool p;
    pool_init(&p, LINKS, TARGETS);
    *state = &p;
    return 0;
}

static int tear_down(void **state) {
    pool_fini(*state);
    return 0;
}

static void the_first_links_are_taken_first(void **state) {
    for (size_t i = 0; i < LINKS; i++)
        assert_int_equal(pool_take(*state, 0), i);
}

static void the_one_that_came_free_last_is_taken_again(void **state) {
    struct pool *p = *state;
    size_t a = pool_take(p, 1), b = pool_take(p, 1);
    pool_put(p, a, 1);
    pool_put(p, b, 1);
    assert_int_equal(pool_take(p, 1), b);
    assert_int_equal(pool_take(p, 1), a);
}

static void one_that_leads_nowhere_goes_before_one_that_leads_elsewhere(void **state) {
    struct pool *p = *state;
    size_t a = pool_take(p, 0);
    pool_put(p, a, 0);
    assert_int_not_equal(pool_take(p, 1), a);
    assert_int_equal(pool_take(p, 0), a);
}

static void the_one_idle_longest_is_given_up(void **state) {
    struct pool *p = *state;
    size_t taken[LINKS];
    for (size_t i = 0; i < LINKS; i++)
        taken[i] = pool_take(p, i % 2);
    pool_put(p, taken[2], 0);
    pool_put(p, taken[1], 1);
    pool_put(p, taken[0], 0);
    pool_put(p, taken[3], 1);
    assert_int_equal(pool_take(p, 2), taken[2]);
    assert_int_equal(pool_take(p, 2), taken[1]);
    assert_int_equal(pool_take(p, 1), taken[3]);
    assert_int_equal(pool_take(p, 1), taken[0]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_first_links_are_taken_first),
        CASE(the_one_that_came_free_last_is_taken_again),
        CASE(one_that_leads_nowhere_goes_before_one_that_leads_elsewhere),
        CASE(the_one_idle_longest_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
