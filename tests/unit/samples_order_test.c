/* Entries of a spool in order, in one part and in many. */
#include "samples/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const folders[] = {"", "/no/such/folder", "/tmp", NULL};

struct walk {
    int64_t visited, stop_at;
    enum order order;
    struct ring_entry last;
    char *seen;
};

static int visit(void *state, const struct ring_entry *e) {
    struct walk *w = state;
    if (w->visited > 0 && w->order == ORDER_ISSUED)
        assert_true(w->last.ticket < e->ticket);
    if (w->visited > 0 && w->order == ORDER_COMPLETED)
        assert_true(w->last.sample.end_ns < e->sample.end_ns ||
                    (w->last.sample.end_ns == e->sample.end_ns && w->last.ticket < e->ticket));
    assert_int_equal(e->sample.bytes_received, 7 * e->ticket);
    assert_false(w->seen[e->ticket]++);
    w->last = *e;
    return ++w->visited == w->stop_at;
}

/* Every ticket once, in an order that is neither of the two; ends that repeat. */
static void fill(struct spool *s, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        int64_t ticket = i * 7919 % count;
        struct ring_entry e = {
            .ticket = ticket,
            .sample = {.end_ns = ticket * 104729 % (count / 2 + 1), .bytes_received = 7 * ticket}};
        assert_int_equal(spool_write(s, i, &e, 1, NULL), 0);
    }
}

static int walk(struct walk *w, int64_t count) {
    struct spool s;
    struct ring_entry *room = calloc(ORDER_PART, sizeof *room);
    assert_non_null(room);
    w->seen = calloc((size_t)count + 1, 1);
    assert_non_null(w->seen);
    assert_int_equal(spool_open(&s, folders, NULL), 0);
    fill(&s, count);
    struct order_visitor visitor = {.visit = visit, .state = w};
    int failed = order_walk(&s, count, w->order, room, visitor, NULL);
    spool_close(&s);
    free(w->seen);
    free(room);
    return failed;
}

static void any_number_of_entries_comes_out_in_order(void **state) {
    (void)state;
    const int64_t counts[] = {0, 1, 2, 1000, ORDER_PART, ORDER_PART + 1, 3 * ORDER_PART - 5};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (int order = ORDER_COMPLETED; order <= ORDER_ISSUED; order++) {
            struct walk w = {.order = (enum order)order};
            assert_int_equal(walk(&w, counts[i]), 0);
            assert_int_equal(w.visited, counts[i]);
        }
    }
}

static void a_visitor_that_fails_ends_the_walk(void **state) {
    (void)state;
    const int64_t counts[] = {1000, ORDER_PART + 1000};
    for (size_t i = 0; i < 2; i++) {
        struct walk w = {.order = ORDER_ISSUED, .stop_at = 10};
        assert_int_equal(walk(&w, counts[i]), -1);
        assert_int_equal(w.visited, 10);
    }
}

static void a_spool_that_cannot_be_made_is_one_sentence(void **state) {
    (void)state;
    struct spool s;
    struct err err = {0};
    const char *const nowhere[] = {"/no/such/folder", NULL};
    assert_int_equal(spool_open(&s, nowhere, &err), -1);
    assert_string_equal(err.text,
                        "no folder takes the temporary file that samples wait in (TMPDIR names one): "
                        "No such file or directory");
    spool_close(&s);
}

static void reading_beyond_its_end_fails(void **state) {
    (void)state;
    struct spool s;
    struct ring_entry e = {.ticket = 1};
    struct err err = {0};
    assert_int_equal(spool_open(&s, folders, NULL), 0);
    assert_int_equal(spool_write(&s, 0, &e, 1, NULL), 0);
    assert_int_equal(spool_read(&s, 0, &e, 1, NULL), 0);
    assert_int_equal(spool_read(&s, 1, &e, 1, &err), -1);
    assert_int_equal(spool_clear(&s, NULL), 0);
    assert_int_equal(spool_read(&s, 0, &e, 1, &err), -1);
    spool_close(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_entries_comes_out_in_order),
        cmocka_unit_test(a_visitor_that_fails_ends_the_walk),
        cmocka_unit_test(a_spool_that_cannot_be_made_is_one_sentence),
        cmocka_unit_test(reading_beyond_its_end_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
