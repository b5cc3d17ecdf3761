/* What a plan asks for that a strategy cannot do is refused in words that name both. */
#include "strategy/strategy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *one_word[] = {"a:1:2.2.2.2"};
static struct target secret_place = {.tls = true};

static const struct {
    struct plan plan;
    const char *option;
} needs[] = {
    {{.targets = &secret_place, .target_count = 1}, "https"},
    {{.http2 = true}, "--http2"},
    {{.proxy = "http://proxy"}, "--proxy"},
    {{.resolve = {one_word, 1}}, "--resolve"},
    {{.connect_to = {one_word, 1}}, "--connect-to"},
    {{.unix_socket = "/socket"}, "--unix-socket"},
    {{.dns = "each"}, "--dns each"},
    {{.cert = "file"}, "--cert"},
    {{.location = true}, "--location"},
    {{.compressed = true}, "--compressed"},
    {{.fail_status = true}, "--fail-status"},
};
#define NEEDS (sizeof needs / sizeof needs[0])

static void a_strategy_that_can_nothing_is_refused_each_option_by_name(void **state) {
    (void)state;
    static const struct strategy dummy = {.name = "dummy", .capabilities = CAN_RUN_CONCURRENTLY};
    for (size_t i = 0; i < NEEDS; i++) {
        struct err err = {0};
        assert_int_equal(strategy_check_needs(&dummy, &needs[i].plan, &err), -1);
        assert_int_equal(err.kind, ERR_USAGE);
        if (!strstr(err.text, "mode dummy") || !strstr(err.text, needs[i].option))
            fail_msg("\"%s\" does not name both dummy and %s", err.text, needs[i].option);
        assert_null(strchr(err.text, '\n'));
    }
}

static void what_needs_nothing_is_for_every_strategy(void **state) {
    (void)state;
    static const struct strategy dummy = {.name = "dummy"};
    struct plan plan = {.dns = "once", .http1_1 = true};
    assert_int_equal(strategy_check_needs(&dummy, &plan, NULL), 0);
}

static void the_libcurl_strategies_can_it_all(void **state) {
    (void)state;
    static const char *names[] = {"sequential", "threads", "async"};
    for (size_t s = 0; s < 3; s++)
        for (size_t i = 0; i < NEEDS; i++) {
            assert_int_equal(strategy_check_needs(strategy_find(names[s]), &needs[i].plan, NULL), 0);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_strategy_that_can_nothing_is_refused_each_option_by_name),
        cmocka_unit_test(what_needs_nothing_is_for_every_strategy),
        cmocka_unit_test(the_libcurl_strategies_can_it_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
