/* Answers of every form that HTTP/1.1 has, and requests other than GET. */
#include "contract.h"

#include <stdlib.h>
#include <string.h>

#define REQUESTS 60

/* That are told. */
static int64_t head_bytes(const struct stage *stage, enum behaviour behaviour) {
    return stage_runs_program(stage) ? 0 : server_head_bytes(behaviour);
}

static void an_answer_of_this_form_is_counted_as_it_is(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    stage_run(stage, &s);
    check_success(stage);
    int64_t each = head_bytes(stage, s.behaviour) + server_body_bytes(s.behaviour);
    int64_t trailer = s.behaviour == SERVE_CHUNKED ? (int64_t)strlen("Trailer: here\r\n") : 0;
    int64_t received = (int64_t)stage->trial.totals->bytes_received;
    assert_true(received == each * REQUESTS || received == (each + trailer) * REQUESTS);
}

static void head_brings_the_head_alone(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_LARGE, REQUESTS);
    s.method = "HEAD";
    stage_run(stage, &s);
    check_success(stage);
    assert_int_equal(stage->trial.totals->bytes_received, REQUESTS * head_bytes(stage, SERVE_LARGE));
}

static void a_body_of_ours_arrives_whole_and_is_counted(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    size_t length = (size_t)stage->argument;
    char *data = malloc(length + 1);
    assert_non_null(data);
    memset(data, 'd', length);
    data[length] = '\0';
    s.data = data;
    stage_open(stage, &s);
    int failed = trial_run(&stage->trial, &stage->err);
    free(data);
    assert_false(failed);
    check_success(stage);
    assert_true(stage->trial.server.log->request_bytes > (int64_t)(REQUESTS * length));
}

static void a_trickled_answer_is_timed_to_its_last_byte(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it does not tell of first bytes */
    struct setting s = stage_setting(stage, SERVE_BYTE_BY_BYTE, 2 * stage_in_flight(stage));
    stage_run(stage, &s);
    check_success(stage);
    int64_t bytes = server_head_bytes(s.behaviour) + server_body_bytes(s.behaviour);
    for (int64_t i = 0; i < s.requests; i++) {
        const struct sample *sample = check_kept(stage, (size_t)i);
        assert_true(sample->end_ns - sample->start_ns >= (bytes - 1) * 1000000);
        assert_true(sample->end_ns > sample->first_byte_ns);
    }
}

static void what_the_first_answer_tells_is_kept(void **state) {
    struct stage *stage = *state;
    stage_skip_program(stage); /* it does not tell of headers */
    struct setting s = stage_setting(stage, SERVE_INTERIM, REQUESTS);
    stage_run(stage, &s);
    const struct run_facts *f = stage->trial.recording.facts;
    assert_int_equal(f->http_version, 11);
    assert_string_equal(f->tls_version, "");
    assert_string_equal(f->primary_address, "127.0.0.1");
    assert_string_equal(f->server_header, "contract");
}

const struct contract_case answer_cases[] = {
    {"a chunked answer is counted as it is", an_answer_of_this_form_is_counted_as_it_is, SPREAD_ALL,
     SERVE_CHUNKED},
    {"an answer that ends with the connection is counted as it is",
     an_answer_of_this_form_is_counted_as_it_is, SPREAD_ONCE, SERVE_TO_CLOSE},
    {"a 204 without a body is counted as it is", an_answer_of_this_form_is_counted_as_it_is, SPREAD_ALL,
     SERVE_NO_CONTENT},
    {"a 404 is completed with its status", an_answer_of_this_form_is_counted_as_it_is, SPREAD_ONCE,
     SERVE_NOT_FOUND},
    {"a 500 is completed with its status", an_answer_of_this_form_is_counted_as_it_is, SPREAD_ONCE,
     SERVE_BROKEN},
    {"an interim answer does not end the request", an_answer_of_this_form_is_counted_as_it_is, SPREAD_ONCE,
     SERVE_INTERIM},
    {"a body of a mebibyte arrives whole", an_answer_of_this_form_is_counted_as_it_is, SPREAD_CONCURRENCY,
     SERVE_LARGE},
    {"HEAD brings the head alone", head_brings_the_head_alone, SPREAD_ALL, 0},
    {"a small body of ours arrives whole and is counted", a_body_of_ours_arrives_whole_and_is_counted,
     SPREAD_ALL, 100},
    {"a large body of ours arrives whole and is counted", a_body_of_ours_arrives_whole_and_is_counted,
     SPREAD_ONCE, 300000},
    {"a trickled answer is timed to its last byte", a_trickled_answer_is_timed_to_its_last_byte,
     SPREAD_CONCURRENCY, 0},
    {"what the first answer tells is kept", what_the_first_answer_tells_is_kept, SPREAD_ONCE, 0},
    {0},
};
