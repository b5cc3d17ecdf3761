/* What must hold of any run's record. */
#include "contract.h"

#include <inttypes.h>
#include <stdlib.h>

static void check_order(int64_t earlier_ns, int64_t later_ns) {
    if (earlier_ns && later_ns)
        assert_true(earlier_ns <= later_ns);
}

/* A stamp that was not reached is 0, and so is every later one but the end. */
static void check_stamps(const struct sample *s, int64_t go_ns, int64_t end_ns) {
    assert_true(s->start_ns >= go_ns);
    assert_true(s->end_ns >= s->start_ns);
    assert_true(s->end_ns <= end_ns);
    assert_true(s->paced ? s->due_ns <= s->start_ns : s->due_ns == s->start_ns);
    check_order(s->start_ns, s->sent_ns);
    check_order(s->sent_ns, s->first_byte_ns);
    check_order(s->sent_ns, s->end_ns);
    check_order(s->first_byte_ns, s->end_ns);
    if (s->first_byte_ns)
        assert_true(s->sent_ns > 0);
}

static void check_phases(const struct sample *s) {
    if (s->dns_ns < -1 || s->connect_ns < -1)
        fail_msg("dns took %" PRId64 " ns and connect %" PRId64 " ns", s->dns_ns, s->connect_ns);
    assert_int_equal(s->tls_ns, -1);
    if (!s->connections)
        assert_int_equal(s->connect_ns, -1);
    if (!s->error && !s->retries)
        assert_true((s->connections > 0) == (s->connect_ns >= 0));
}

static void check_sample(const struct stage *stage, const struct sample *s) {
    const struct run_facts *f = stage->trial.recording.facts;
    bool queued = stage->strategy->capabilities & HAS_QUEUE;
    check_stamps(s, f->go_ns, f->end_ns);
    check_phases(s);
    assert_true(queued ? s->queue_wait_ns >= 0 : s->queue_wait_ns == -1);
    assert_true(s->error < ERROR_CLASSES);
    assert_true(s->worker < (uint32_t)stage->trial.plan.entries[0].concurrency);
    if (!s->error)
        assert_true((s->first_byte_ns > 0 || stage_runs_program(stage)) && s->status > 0);
}

const struct sample *check_kept(const struct stage *stage, size_t place) {
    int64_t ticket = -1;
    const struct sample *s = ring_kept(&stage->trial.recording.ring, place, &ticket);
    assert_non_null(s);
    return s;
}

static void check_samples(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    int64_t counts[ERROR_CLASSES] = {0}, failed = 0;
    char *seen = calloc(SERVER_KEYS, 1);
    assert_non_null(seen);
    for (size_t i = 0; i < ring_kept_count(&t->recording.ring); i++) {
        int64_t ticket = -1;
        const struct sample *s = ring_kept(&t->recording.ring, i, &ticket);
        if (!s)
            continue;
        check_sample(stage, s);
        assert_in_range(ticket, 0, t->plan.requests - 1);
        assert_false(seen[ticket]++);
        counts[s->error]++;
        failed += s->error != ERROR_NONE && s->error != ERROR_CANCELLED && s->error != ERROR_UNFINISHED;
    }
    free(seen);
    assert_int_equal(counts[ERROR_NONE], t->totals->completed);
    assert_int_equal(failed, t->totals->failed);
    assert_int_equal(counts[ERROR_CANCELLED], t->totals->cancelled);
    assert_int_equal(counts[ERROR_UNFINISHED], t->totals->unfinished);
}

static void check_histograms(const struct stage *stage) {
    const struct recording_totals *totals = stage->trial.totals;
    bool queued = stage->strategy->capabilities & HAS_QUEUE;
    assert_int_equal(histogram_count(&totals->histograms[MEASURE_SERVICE]), totals->completed);
    uint64_t phased = stage_runs_program(stage) ? 0 : totals->completed;
    assert_int_equal(histogram_count(&totals->histograms[MEASURE_WAIT]), phased);
    assert_int_equal(histogram_count(&totals->histograms[MEASURE_RECEIVE]), phased);
    assert_int_equal(histogram_count(&totals->histograms[MEASURE_QUEUE_WAIT]),
                     queued ? totals->completed : 0);
}

static void check_errors(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    uint64_t sum = 0;
    for (int c = 1; c < ERROR_CLASSES; c++) {
        if (c == ERROR_CANCELLED)
            continue;
        sum += t->totals->errors[c];
        assert_true((t->recording.facts->examples[c][0] != '\0') == (t->totals->errors[c] > 0));
    }
    assert_int_equal(sum, t->totals->failed);
}

void check_accounts(const struct stage *stage) {
    const struct run_result *r = &stage->trial.result;
    assert_true(stage->trial.over);
    if (stage->trial.setting.requests)
        assert_int_equal(r->total, stage->trial.setting.requests);
    assert_int_equal(r->total, r->completed + r->failed + r->cancelled + r->unfinished + r->not_started);
    assert_true(r->completed >= 0 && r->failed >= 0 && r->cancelled >= 0);
    assert_true(r->unfinished >= 0 && r->not_started >= 0);
    check_samples(stage);
    check_histograms(stage);
    check_errors(stage);
    assert_true(r->setup_ns >= 0);
    if (r->completed + r->failed)
        assert_true(r->wall_ns > 0);
}

static void check_server(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    const struct server_log *log = t->server.log;
    for (int64_t key = 0; key < SERVER_KEYS; key++)
        assert_int_equal(log->answered[key], key < t->setting.requests);
    assert_int_equal(log->strangers, 0);
    if (stage_runs_program(stage))
        return; /* it tells neither of connections nor of what it sent */
    /* A request that met a close on its way is never read. */
    if (t->totals->retries)
        assert_true(log->request_bytes <= (int64_t)t->totals->bytes_sent);
    else
        assert_int_equal(log->request_bytes, t->totals->bytes_sent);
    assert_int_equal(log->connections, t->totals->connections_opened);
}

static void check_connections(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    if (stage_runs_program(stage))
        return;
    int64_t opened = (int64_t)t->totals->connections_opened, requests = t->setting.requests;
    assert_int_equal(opened + (int64_t)t->totals->connections_reused, requests);
    if (t->setting.no_keepalive)
        assert_int_equal(opened, requests);
}

static void check_no_failure(const struct trial *t) {
    for (int c = 0; c < ERROR_CLASSES; c++)
        if (t->totals->errors[c])
            fail_msg("%d failures of class %s: %s", (int)t->totals->errors[c],
                     error_class_name((enum error_class)c), t->recording.facts->examples[c]);
}

void check_success(const struct stage *stage) {
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    assert_string_equal(t->result.failure.text, "");
    assert_string_equal(run_reason_name(t->result.reason), "finished");
    check_no_failure(t);
    assert_int_equal(t->result.completed, t->setting.requests);
    assert_int_equal(t->totals->statuses[server_status(t->setting.behaviour)], t->setting.requests);
    assert_int_equal(ring_kept_count(&t->recording.ring), t->setting.requests);
    for (size_t i = 0; i < (size_t)t->setting.requests; i++) {
        const struct sample *s = check_kept(stage, i);
        assert_int_equal(s->status, server_status(t->setting.behaviour));
        assert_int_equal(s->bytes_received, t->setting.method ? 0 : server_body_bytes(t->setting.behaviour));
    }
    check_server(stage);
    check_connections(stage);
}
