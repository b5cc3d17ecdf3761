/* What a report says of the share of a load that it is of. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "plan/plan.h"
#include "report/fields.h"
#include "report/ownshare.h"

static int set_up(void **state) {
    *state = report_open();
    return 0;
}

static int tear_down(void **state) {
    report_close(*state);
    return 0;
}

static void a_load_of_its_own_is_no_share(void **state) {
    struct report *r = *state;
    assert_null(r->share);
    assert_int_equal(r->hosts.count, 0);
}

static void a_share_names_its_machine_and_what_started_it(void **state) {
    struct report *r = *state;
    char name[256] = "";
    assert_int_equal(gethostname(name, sizeof name - 1), 0);
    report_set_share(r, "mpi", "5ead");
    assert_int_equal(r->share->index, 0);
    assert_int_equal(r->share->count, 1);
    assert_string_equal(r->share->launcher, "mpi");
    assert_string_equal(r->share->load, "5ead");
    assert_string_equal(r->share->host, name);
}

static void a_part_of_a_plan_says_which(void **state) {
    static struct plan plan;
    struct report *r = *state;
    ownshare_fill(r, &plan);
    assert_null(r->share);
    plan.share = (struct share){.index = 2, .count = 4};
    ownshare_fill(r, &plan);
    assert_int_equal(r->share->index, 2);
    assert_int_equal(r->share->count, 4);
    assert_null(r->share->launcher);
    assert_null(r->share->load);
    report_set_share(r, "mpi", "5ead");
    assert_int_equal(r->share->index, 2);
}

static void clocks_are_kept_in_the_order_they_were_looked_at(void **state) {
    struct report *r = *state;
    report_set_share(r, "mpi", "5ead");
    report_add_clock(r, 10, -.5, 2e-5);
    report_add_clock(r, 70, -.25, 3e-5);
    const struct report_clock *clocks = r->share->clocks.items;
    assert_int_equal(r->share->clocks.count, 2);
    assert_true(clocks[0].at_s == 10 && clocks[0].offset_s == -.5 && clocks[0].round_trip_s == 2e-5);
    assert_true(clocks[1].at_s == 70);
    assert_string_equal(r->share->launcher, "mpi");
}

static void the_agreed_start_is_the_last_runs(void **state) {
    struct report *r = *state;
    report_set_start(r, 3); /* nothing was run */
    for (int i = 0; i < 2; i++)
        shape_clear(&report_run_shape, report_list_add(r, &r->runs, sizeof(struct report_run)));
    report_set_start(r, 12.5);
    const struct report_run *runs = r->runs.items;
    assert_true(isnan(runs[0].start_agreed_s));
    assert_true(runs[1].start_agreed_s == 12.5);
}

#define WITH_REPORT(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_REPORT(a_load_of_its_own_is_no_share),
        WITH_REPORT(a_share_names_its_machine_and_what_started_it),
        WITH_REPORT(a_part_of_a_plan_says_which),
        WITH_REPORT(clocks_are_kept_in_the_order_they_were_looked_at),
        WITH_REPORT(the_agreed_start_is_the_last_runs),
    };
    return cmocka_run_group_tests_name("report/ownshare", tests, NULL, NULL);
}
