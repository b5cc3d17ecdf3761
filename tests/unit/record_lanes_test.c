/* record/recording: who shares a lane is nothing to what is counted, whichever way of counting that takes. */
#include "record/recording.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define REQUESTS 1000
#define SLOTS 8
#define LANES 4
#define MS INT64_C(1000000)

static int open_recording(void **state) {
    static struct recording recording;
    *state = &recording;
    return recording_open(&recording, REQUESTS, SLOTS, LANES, false, NULL);
}

static int close_recording(void **state) {
    recording_close(*state);
    return 0;
}

/* Requests of which every fourth times out; the later ones take less long, so some overtake others. */
static struct sample sample_of(int64_t i) {
    int64_t start_ns = (i + 1) * MS;
    return (struct sample){.due_ns = start_ns,
                           .start_ns = start_ns,
                           .sent_ns = start_ns + 1,
                           .first_byte_ns = start_ns + MS / 2,
                           .end_ns = start_ns + MS + (i * 7919 % 13) * MS,
                           .queue_wait_ns = i,
                           .dns_ns = -1,
                           .connect_ns = i % 3 ? -1 : i,
                           .tls_ns = -1,
                           .bytes_received = i,
                           .header_bytes = 5,
                           .bytes_sent = 7,
                           .connections = i % 3 ? 0 : 1,
                           .resumed = i % 6 == 0,
                           .retries = i % 5 == 0,
                           .redirects = i % 7 == 0,
                           .waited = i % 2 == 1,
                           .status = i % 4 ? 200 : 0,
                           .error = i % 4 ? ERROR_NONE : ERROR_TIMEOUT};
}

static struct recording_totals *totals_of(struct recording *r, bool own, size_t lanes) {
    assert_int_equal(recording_reset(r, REQUESTS, SLOTS, lanes, NULL), 0);
    r->own_lanes = own;
    r->keep_going = true;
    for (int64_t i = 0; i < REQUESTS; i++) {
        struct sample s = sample_of(i);
        recording_put(r, (size_t)i % lanes, 0, i, &s, "late");
    }
    return recording_totals_open(r);
}

static void assert_same_totals(const struct recording_totals *a, const struct recording_totals *b) {
    struct recording_totals counts = *b;
    counts.histograms = a->histograms;
    assert_memory_equal(a, &counts, sizeof counts);
    assert_memory_equal(a->histograms, b->histograms, MEASURES * sizeof *a->histograms);
}

static void outcomes_count_the_same_in_lanes_shared_owned_and_alone(void **state) {
    struct recording *r = *state;
    struct recording_totals *shared = totals_of(r, false, LANES);
    int64_t last_ns = r->facts->last_outcome_ns, gap_ns = r->facts->largest_gap_ns;
    assert_int_equal(shared->completed, REQUESTS / 4 * 3);
    assert_true(last_ns > REQUESTS * MS && gap_ns > 0);
    for (size_t lanes = 1; lanes <= LANES; lanes += LANES - 1) {
        struct recording_totals *owned = totals_of(r, true, lanes);
        assert_same_totals(shared, owned);
        assert_int_equal(r->facts->last_outcome_ns, last_ns);
        assert_int_equal(r->facts->largest_gap_ns, gap_ns);
        recording_totals_close(owned);
    }
    recording_totals_close(shared);
}

#define SHARE 100000 /* of each thread, which takes long enough for them to meet, mostly */

struct share {
    struct recording *recording;
    pthread_barrier_t *start;
    size_t number;
    bool own;
};

/* With lanes that are shared every other request goes to one that all have. */
static size_t lane_of(const struct share *share, int64_t i) {
    if (share->own)
        return share->number;
    return i % 2 ? 0 : recording_lane_here(share->recording);
}

static void *put_share(void *argument) {
    const struct share *share = argument;
    pthread_barrier_wait(share->start);
    for (int64_t i = 0; i < SHARE; i++) {
        struct sample s = sample_of(i);
        recording_put(share->recording, lane_of(share, i), 0, i, &s, "late");
    }
    return NULL;
}

static void check_all_are_there(const struct recording *r) {
    struct recording_totals *t = recording_totals_open(r);
    assert_int_equal(t->completed, LANES * SHARE / 4 * 3);
    assert_int_equal(t->failed, LANES * SHARE / 4);
    assert_int_equal(t->bytes_sent, LANES * SHARE * 7);
    assert_int_equal(histogram_count(&t->histograms[MEASURE_SERVICE]), t->completed);
    recording_totals_close(t);
    assert_int_equal(ring_kept_count(&r->ring), RING_KEPT);
}

static void check_threads(bool own) {
    struct recording r;
    pthread_t threads[LANES];
    struct share shares[LANES];
    pthread_barrier_t start;
    assert_int_equal(recording_open(&r, LANES * SHARE, SLOTS, LANES, false, NULL), 0);
    assert_int_equal(pthread_barrier_init(&start, NULL, LANES), 0);
    r.keep_going = true;
    r.own_lanes = own;
    for (size_t i = 0; i < LANES; i++) {
        shares[i] = (struct share){&r, &start, i, own};
        assert_int_equal(pthread_create(&threads[i], NULL, put_share, &shares[i]), 0);
    }
    for (size_t i = 0; i < LANES; i++)
        pthread_join(threads[i], NULL);
    check_all_are_there(&r);
    pthread_barrier_destroy(&start);
    recording_close(&r);
}

static void no_outcome_is_lost_when_threads_share_lanes(void **state) {
    (void)state;
    check_threads(false);
}

static void no_outcome_is_lost_when_each_thread_has_its_lane(void **state) {
    (void)state;
    check_threads(true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outcomes_count_the_same_in_lanes_shared_owned_and_alone,
                                        open_recording, close_recording),
        cmocka_unit_test(no_outcome_is_lost_when_threads_share_lanes),
        cmocka_unit_test(no_outcome_is_lost_when_each_thread_has_its_lane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
