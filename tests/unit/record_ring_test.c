/* The ring of samples: what is put in comes out once and in order, by whichever thread and after any number
 * of turns. */
#include "record/ring.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOM 8

struct small {
    struct ring_slot slots[ROOM];
    _Atomic int64_t placed, taken;
    struct ring ring;
};

static struct small *start(struct small *s) {
    memset(s, 0, sizeof *s);
    ring_init(&s->ring, s->slots, ROOM, &s->placed, &s->taken);
    return s;
}

static bool put(struct small *s, int64_t ticket, bool alone) {
    struct sample sample = {.start_ns = ticket * 10, .worker = 7};
    return ring_put(&s->ring, ticket, &sample, alone);
}

static void a_sample_comes_out_whole_and_once(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    struct sample sample = {.due_ns = INT64_MIN,
                            .bytes_received = INT64_MAX,
                            .status = 599,
                            .retries = SAMPLE_RETRIES,
                            .worker = SAMPLE_WORKERS,
                            .error = ERROR_OTHER,
                            .tls_ns = -1};
    start(&s);
    assert_int_equal(ring_waiting(&s.ring), 0);
    assert_true(ring_put(&s.ring, (INT64_C(1) << 40) - 1, &sample, false));
    assert_int_equal(ring_waiting(&s.ring), 1);
    assert_int_equal(ring_take(&s.ring, out, ROOM, false), 1);
    assert_int_equal(out[0].ticket, (INT64_C(1) << 40) - 1);
    assert_memory_equal(&out[0].sample, &sample, sizeof sample);
    assert_int_equal(ring_take(&s.ring, out, ROOM, true), 0);
}

static void it_goes_round_while_it_is_emptied(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    start(&s);
    int64_t expected = 0;
    for (int64_t ticket = 0; ticket < 40 * ROOM;) {
        for (int i = 0; i < 5; i++, ticket++)
            assert_true(put(&s, ticket, ticket % 2));
        for (size_t i = 0, count = ring_take(&s.ring, out, ROOM, false); i < count; i++) {
            assert_int_equal(out[i].ticket, expected);
            assert_int_equal(out[i].sample.start_ns, 10 * expected++);
        }
    }
    assert_int_equal(expected, 40 * ROOM);
}

static void it_goes_round_beyond_what_a_tag_counts(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out;
    start(&s);
    for (int64_t turn = -20; turn < 20; turn++) {
        s.placed = s.taken = (INT64_C(1) << 24) + turn;
        assert_true(put(&s, 0, false));
        assert_int_equal(ring_take(&s.ring, &out, 1, false), 1);
    }
}

static void a_full_one_refuses_and_keeps_what_it_has(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    start(&s);
    for (int64_t i = 0; i < ROOM; i++)
        assert_true(ring_has_room(&s.ring) && put(&s, i, false));
    assert_false(ring_has_room(&s.ring));
    assert_false(put(&s, ROOM, false));
    assert_false(put(&s, ROOM, true));
    assert_int_equal(ring_take(&s.ring, out, 2, false), 2);
    assert_true(ring_has_room(&s.ring));
    assert_true(put(&s, 100, false));
    assert_int_equal(ring_take(&s.ring, out, ROOM, false), ROOM - 1);
    for (int64_t i = 0; i < ROOM - 2; i++)
        assert_int_equal(out[i].ticket, i + 2);
    assert_int_equal(out[ROOM - 2].ticket, 100);
}

/* As a thread that was killed, or is not done, between taking its place and filling it. */
static void an_unfinished_sample_holds_up_the_reader_until_the_run_is_over(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    start(&s);
    put(&s, 0, false);
    s.placed = 2;
    put(&s, 2, false);
    assert_int_equal(ring_take(&s.ring, out, ROOM, false), 1);
    assert_int_equal(ring_take(&s.ring, out, ROOM, false), 0);
    assert_int_equal(ring_take(&s.ring, out, ROOM, true), 1);
    assert_int_equal(out[0].ticket, 2);
    assert_int_equal(ring_take(&s.ring, out, ROOM, true), 0);
    int64_t ticket = -1;
    assert_null(ring_kept(&s.ring, 1, &ticket));
    assert_non_null(ring_kept(&s.ring, 2, &ticket));
}

static void what_was_taken_is_still_kept(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    int64_t ticket = -1;
    start(&s);
    put(&s, 3, false);
    ring_take(&s.ring, out, ROOM, false);
    assert_int_equal(ring_kept_count(&s.ring), 1);
    assert_int_equal(ring_kept(&s.ring, 0, &ticket)->start_ns, 30);
    assert_int_equal(ticket, 3);
    s.placed = RING_KEPT + 1;
    assert_int_equal(ring_kept_count(&s.ring), 0);
}

static void a_forgotten_one_is_as_new(void **state) {
    (void)state;
    struct small s;
    struct ring_entry out[ROOM];
    start(&s);
    for (int64_t i = 0; i < ROOM; i++)
        put(&s, i, false);
    ring_forget(&s.ring);
    assert_int_equal(ring_kept_count(&s.ring), 0);
    assert_int_equal(ring_take(&s.ring, out, ROOM, true), 0);
    s.placed = 1;
    assert_int_equal(ring_take(&s.ring, out, ROOM, false), 0);
}

static void its_room_follows_from_the_requests(void **state) {
    (void)state;
    assert_int_equal(ring_room(1, false), 1);
    assert_int_equal(ring_room(INT64_MAX, false), RING_KEPT);
    assert_int_equal(ring_room(1, true), 1);
    assert_int_equal(ring_room(100, true), 128);
    assert_int_equal(ring_room(INT64_MAX, true), RING_ROOM);
    assert_true(ring_room(RING_KEPT, true) >= RING_KEPT);
}

#define THREADS 4
#define EACH 50000
#define TURNING 1024

struct share {
    struct ring *ring;
    int64_t first;
};

static void *put_share(void *argument) {
    const struct share *share = argument;
    for (int64_t i = 0; i < EACH;) {
        struct sample s = {.start_ns = share->first + i, .end_ns = -(share->first + i)};
        i += ring_put(share->ring, share->first + i, &s, false);
    }
    return NULL;
}

static void nothing_is_lost_or_torn_between_threads(void **state) {
    (void)state;
    struct ring_slot *slots = calloc(TURNING, sizeof *slots);
    char *seen = calloc(THREADS, EACH);
    struct ring_entry out[100];
    _Atomic int64_t placed = 0, taken = 0;
    struct ring ring;
    struct share shares[THREADS];
    pthread_t threads[THREADS];
    assert_non_null(slots);
    assert_non_null(seen);
    ring_init(&ring, slots, TURNING, &placed, &taken);
    for (int i = 0; i < THREADS; i++) {
        shares[i] = (struct share){&ring, (int64_t)i * EACH};
        assert_int_equal(pthread_create(&threads[i], NULL, put_share, &shares[i]), 0);
    }
    for (int64_t total = 0; total < (int64_t)THREADS * EACH;) {
        size_t count = ring_take(&ring, out, 100, false);
        total += (int64_t)count;
        for (size_t i = 0; i < count; i++) {
            assert_false(seen[out[i].ticket]++);
            assert_int_equal(out[i].sample.start_ns, out[i].ticket);
            assert_int_equal(out[i].sample.end_ns, -out[i].ticket);
        }
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    free(seen);
    free(slots);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_comes_out_whole_and_once),
        cmocka_unit_test(it_goes_round_while_it_is_emptied),
        cmocka_unit_test(it_goes_round_beyond_what_a_tag_counts),
        cmocka_unit_test(a_full_one_refuses_and_keeps_what_it_has),
        cmocka_unit_test(an_unfinished_sample_holds_up_the_reader_until_the_run_is_over),
        cmocka_unit_test(what_was_taken_is_still_kept),
        cmocka_unit_test(a_forgotten_one_is_as_new),
        cmocka_unit_test(its_room_follows_from_the_requests),
        cmocka_unit_test(nothing_is_lost_or_torn_between_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
