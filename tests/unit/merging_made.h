/* Parts of a load, and their sum. */
#ifndef FETCHBENCH_TESTS_MERGING_MADE_H
#define FETCHBENCH_TESTS_MERGING_MADE_H

#include "compare/merging.h"

#include "merge_made.h"

/* Parts, and what their requests come to when one histogram takes them all. */
struct parts {
    struct merge_part parts[3];
    size_t count;
    struct histogram *all;
    struct merging *merging;
    struct report *whole;
    struct err err;
};

__attribute__((unused)) static int set_up(void **state) {
    struct parts *p = calloc(1, sizeof *p);
    p->all = calloc(1, sizeof *p->all);
    p->parts[0] = (struct merge_part){"one.json", new_report(1, p->all)};
    p->parts[1] = (struct merge_part){"two.json", new_report(17, p->all)};
    p->count = 2;
    p->merging = merging_open();
    *state = p;
    return 0;
}

__attribute__((unused)) static int tear_down(void **state) {
    struct parts *p = *state;
    for (size_t i = 0; i < p->count; i++)
        report_close(p->parts[i].report);
    merging_close(p->merging);
    report_close(p->whole);
    free(p->all);
    free(p);
    return 0;
}

__attribute__((unused)) static int add(struct parts *p, size_t i) {
    struct report *part = p->parts[i].report;
    p->parts[i].report = NULL;
    return merging_add(p->merging, p->parts[i].name, part, &p->err);
}

/* Adds all, and takes the whole. */
__attribute__((unused)) static int add_all(struct parts *p) {
    for (size_t i = 0; i < p->count; i++)
        if (p->parts[i].report && add(p, i))
            return -1;
    p->whole = merging_finish(p->merging, &p->err);
    return p->whole ? 0 : -1;
}

/* As if nothing had been added. */
__attribute__((unused)) static void begin_anew(struct parts *p) {
    report_close(p->whole);
    merging_close(p->merging);
    p->whole = NULL;
    p->merging = merging_open();
    p->err = (struct err){0};
    for (size_t i = 0; i < 2; i++) {
        report_close(p->parts[i].report);
        p->parts[i].report = new_report(i ? 17 : 1, NULL);
    }
}

__attribute__((unused)) static const struct report_run *runs(const struct parts *p) {
    return p->whole->runs.items;
}

__attribute__((unused)) static void expect_refused(struct parts *p, const char *words) {
    assert_int_equal(add_all(p), -1);
    assert_int_equal(p->err.kind, ERR_USAGE);
    assert_non_null(strstr(p->err.text, words));
}

__attribute__((unused)) static void set_share(struct parts *p, size_t i, int64_t index, int64_t count) {
    struct report *r = p->parts[i].report;
    report_set_share(r, "mpi", "one launch");
    r->share->index = index;
    r->share->count = count;
    r->share->host = i ? "other" : "node";
}

__attribute__((unused)) static struct report_slice *add_slice(struct parts *p, int part, double t_s,
                                                              double length_s, int64_t completed) {
    struct report_run *run = p->parts[part].report->runs.items;
    struct report_slice *slice = report_list_add(p->parts[part].report, &run->slices, sizeof *slice);
    *slice = (struct report_slice){
        .t_s = t_s, .length_s = length_s, .due = NAN, .completed = completed, .p50_s = 1, .p99_s = 2};
    return slice;
}

/* A host that begins so much later than agreed, by a clock known to within `error_s`. */
__attribute__((unused)) static void set_skew(struct parts *p, size_t i, double skew_s, double error_s) {
    struct report_run *run = p->parts[i].report->runs.items;
    set_share(p, i, (int64_t)i, 2);
    report_add_clock(p->parts[i].report, 50, 7, 2 * error_s);
    run->start_agreed_s = 100;
    run->clock_go_s = 107 + skew_s;
}

#define WITH_PARTS(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
