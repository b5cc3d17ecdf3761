/* From a recording made by hand to figures that can be worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/report.h"

#define MS INT64_C(1000000)

struct fixture {
    struct plan plan;
    struct recording recording;
    struct run_result result;
    const struct run_trace *trace;
    struct report *report;
    int64_t oldest_not_started_ns;
};

static void start(struct fixture *f, int64_t requests) {
    *f = (struct fixture){.plan = {.requests = requests, .user = "me:hunter2"}};
    f->plan.entries[0] =
        (struct plan_entry){.label = "it", .strategy = "async", .concurrency = 10, .threads = 2};
    assert_int_equal(recording_open(&f->recording, requests, 10, 1, false, NULL), 0);
    f->report = report_open();
}

static void put(struct fixture *f, int64_t ticket, int64_t service_ns, enum error_class error,
                const char *example) {
    struct sample s = {.due_ns = 1000,
                       .start_ns = 1000,
                       .sent_ns = 1500,
                       .first_byte_ns = 1000 + service_ns / 2,
                       .end_ns = 1000 + service_ns,
                       .queue_wait_ns = -1,
                       .dns_ns = -1,
                       .connect_ns = -1,
                       .tls_ns = -1,
                       .status = error ? 0 : 200,
                       .error = (uint8_t)error,
                       .paced = load_is_open(&f->plan.load)};
    recording_put(&f->recording, 0, 0, ticket, &s, example);
}

static const struct report_run *collect(struct fixture *f) {
    struct recording_totals *totals = recording_totals_open(&f->recording);
    f->result = (struct run_result){
        .plan = &f->plan,
        .entry = &f->plan.entries[0],
        .round = 1,
        .order = 1,
        .recording = &f->recording,
        .totals = totals,
        .trace = f->trace,
        .reason = f->result.reason,
        .usage_is_lost = f->result.usage_is_lost,
        .signal = f->result.signal,
        .failure = f->result.failure,
        .total = f->plan.requests,
        .completed = (int64_t)totals->completed,
        .failed = (int64_t)totals->failed,
        .unfinished = f->result.unfinished,
        .not_started = f->result.not_started,
        .overdue = f->result.overdue,
        .oldest_not_started_ns = f->oldest_not_started_ns,
        .setup_ns = 5 * MS,
        .wall_ns = 500 * MS,
        .window_ns = 500 * MS,
        .largest_gap_ns = -1,
        .usage = {.user_us = 300, .system_us = 700, .voluntary_switches = 5, .involuntary_switches = 6},
        .peak =
            {.pss_bytes = 900, .shmem_pss_bytes = 400, .private_bytes = 500, .processes = 1, .threads = 2},
    };
    assert_int_equal(report_add_run(f->report, &f->result, NULL), 0);
    recording_totals_close(totals);
    return f->report->runs.items;
}

static void stop(struct fixture *f) {
    report_close(f->report);
    recording_close(&f->recording);
}

static void percentiles_of_samples_are_exact(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 100);
    for (int i = 0; i < 100; i++)
        put(&f, i, (100 - i) * MS + 1, ERROR_NONE, NULL);
    const struct report_run *run = collect(&f);
    assert_string_equal(run->latency.source, "samples");
    assert_true(run->latency.percentiles_s.p50 == (50 * MS + 1) / 1e9);
    assert_true(run->latency.percentiles_s.p99 == (99 * MS + 1) / 1e9);
    assert_true(run->latency.percentiles_s.p99_99 == (100 * MS + 1) / 1e9);
    assert_true(run->latency.min_s == (1 * MS + 1) / 1e9);
    assert_int_equal(run->latency.count, 100);
    assert_string_equal(run->latency.ci95_source, "iid");
    assert_false(isnan(run->latency.ci95_s.p50[0]));
    assert_true(isnan(run->latency.ci95_s.p99[0])); /* fewer than 368 */
    assert_false(run->latency.censored);
    assert_true(run->service_time.percentiles_s.p99 == run->latency.percentiles_s.p99);
    assert_non_null(run->latency.hdr);
    assert_null(run->queue_wait);
    assert_null(run->phases.dns);
    assert_non_null(run->phases.wait);
    assert_true(run->requests_per_s == 200);
    assert_true(run->client.cpu_us_per_request == 10);
    assert_int_equal(run->client.memory_bytes, 500);
    stop(&f);
}

static void slices_are_those_of_the_trace(void **state) {
    (void)state;
    struct fixture f;
    const struct trace_slice slices[] = {
        {.until_ns = 1000 * MS,
         .completed = 5,
         .failed = 1,
         .bytes = 7,
         .in_flight = 2,
         .p50_ns = MS,
         .p99_ns = 2 * MS},
        {.from_ns = 1000 * MS, .until_ns = 1300 * MS, .p50_ns = -1, .p99_ns = -1},
    };
    const struct run_trace trace = {.slices = slices, .slice_count = 2};
    start(&f, 100);
    f.plan.load = (struct load){.stages = {{90, 90, LOAD_NEVER_NS}}, .stage_count = 1};
    f.trace = &trace;
    f.recording.facts->go_ns = 7000 * MS;
    const struct report_run *run = collect(&f);
    const struct report_slice *s = run->slices.items;
    assert_true(run->clock_go_s == 7);
    assert_int_equal(run->slices.count, 2);
    assert_true(s[0].t_s == 0 && s[0].length_s == 1 && s[0].p50_s == .001 && s[0].p99_s == .002);
    assert_int_equal(s[0].completed, 5);
    assert_int_equal(s[0].failed, 1);
    assert_int_equal(s[0].bytes, 7);
    assert_int_equal(s[0].in_flight, 2);
    assert_true(fabs(s[0].due - 90) < 1e-9);
    assert_true(s[1].t_s == 1 && s[1].length_s == .3);
    assert_true(isnan(s[1].p50_s) && isnan(s[1].p99_s));
    assert_true(fabs(s[1].due - 10) < 1e-9); /* there are no more than 100 */
    stop(&f);
}

static void a_slice_of_random_moments_has_those_that_lie_in_it(void **state) {
    (void)state;
    struct fixture f;
    const struct trace_slice slices[] = {{.until_ns = 500 * MS},
                                         {.from_ns = 500 * MS, .until_ns = 600 * MS},
                                         {.from_ns = 600 * MS, .until_ns = 9000 * MS}};
    const struct run_trace trace = {.slices = slices, .slice_count = 3};
    start(&f, 100);
    f.plan.load =
        (struct load){.stages = {{90, 90, LOAD_NEVER_NS}}, .stage_count = 1, .poisson = true, .seed = 7};
    f.trace = &trace;
    const struct report_slice *s = collect(&f)->slices.items;
    int64_t first = load_count(&f.plan.load, 500 * MS, 100), both = load_count(&f.plan.load, 600 * MS, 100);
    assert_true(s[0].due == (double)first && s[1].due == (double)(both - first) &&
                s[2].due == 100. - (double)both);
    stop(&f);
}

/* The median's interval over 3,000 requests, of which `together` in a row take the same time. */
static struct report_distribution latency_of_runs(int together, int64_t concurrency) {
    struct fixture f;
    start(&f, 3000);
    f.plan.entries[0].concurrency = concurrency;
    for (int i = 0; i < 3000; i++)
        put(&f, i, (int64_t)(1 + i / together * 7919 % 1009) * MS, ERROR_NONE, NULL);
    struct report_distribution latency = collect(&f)->latency;
    stop(&f);
    return latency;
}

static double width(const double interval[2]) {
    return interval[1] - interval[0];
}

static void intervals_widen_where_requests_go_together(void **state) {
    (void)state;
    struct report_distribution apart = latency_of_runs(1, 10), together = latency_of_runs(25, 10);
    assert_string_equal(apart.ci95_source, "batches");
    assert_string_equal(together.ci95_source, "batches");
    assert_true(width(together.ci95_s.p50) > 2 * width(apart.ci95_s.p50));
}

static void intervals_take_requests_as_independent_where_batches_are_too_small(void **state) {
    (void)state;
    assert_string_equal(latency_of_runs(25, 101).ci95_source, "iid");
}

static void percentiles_beyond_the_cap_come_from_the_histogram(void **state) {
    (void)state;
    struct fixture f;
    start(&f, RING_KEPT + 10);
    for (int64_t i = 0; i < RING_KEPT + 10; i++)
        put(&f, i, i < 90000 ? MS : 7 * MS, ERROR_NONE, NULL);
    const struct report_run *run = collect(&f);
    assert_string_equal(run->latency.source, "histogram");
    assert_true(fabs(run->latency.percentiles_s.p50 / .001 - 1) < .001);
    assert_true(fabs(run->latency.percentiles_s.p99 / .007 - 1) < .001);
    assert_true(fabs(run->latency.ci95_s.p99[1] / .007 - 1) < .001);
    assert_string_equal(run->latency.ci95_source, "iid"); /* a histogram knows no order */
    stop(&f);
}

static void percentiles_are_of_completed_requests_only(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 10);
    for (int i = 0; i < 8; i++)
        put(&f, i, 5 * MS, ERROR_NONE, NULL);
    put(&f, 8, 900 * MS, ERROR_TIMEOUT, "no answer from http://me:hunter2@host/ in time");
    put(&f, 9, 1 * MS, ERROR_CONNECTION_REFUSED, "hunter2 was refused");
    const struct report_run *run = collect(&f);
    const struct report_error *errors = run->errors.items;
    assert_int_equal(run->latency.count, 8);
    assert_true(run->latency.max_s == .005);
    assert_true(run->latency.censored);
    assert_int_equal(run->errors.count, 2);
    assert_string_equal(errors[0].error_class, "connection_refused");
    assert_string_equal(errors[0].example, "*** was refused");
    assert_string_equal(errors[1].example, "no answer from http://me:***@host/ in time");
    assert_int_equal(run->status_codes.count, 1);
    assert_int_equal(((const struct report_count *)run->status_codes.items)->count, 8);
    assert_true(run->client.cpu_us_per_request == 100); /* of all that had an outcome */
    stop(&f);
}

/* 1000 answers of 1, 2, 3 ... 1000 times 10 us, of which p99 is the 990th, and `cut` requests cut off. */
static bool is_censored_beside(int64_t cut, int64_t late, bool latency) {
    struct fixture f;
    start(&f, 2000);
    f.plan.load = (struct load){.stages = {{1, 1, LOAD_NEVER_NS}}, .stage_count = 1};
    for (int i = 0; i < 1000; i++)
        put(&f, i, (i + 1) * MS / 100, ERROR_NONE, NULL);
    f.result.unfinished = cut;
    f.result.not_started = late;
    f.result.overdue = late;
    const struct report_run *run = collect(&f);
    bool censored = latency ? run->latency.censored : run->service_time.censored;
    stop(&f);
    return censored;
}

static void what_a_runs_end_cut_off_censors_only_what_it_could_move(void **state) {
    (void)state;
    assert_false(is_censored_beside(0, 0, false));
    assert_false(is_censored_beside(9, 0, false)); /* the 999th at most: 0.9 % more */
    assert_true(is_censored_beside(11, 0, false)); /* the 1001st: there is none */
    assert_false(is_censored_beside(0, 1000, false));
    assert_true(is_censored_beside(5, 6, true));
}

static bool is_near(double value_s, int64_t ms) {
    return value_s <= (double)ms / 1e3 && value_s > (double)ms / 1e3 * .997;
}

/* 50 answers of 1 ms, 30 requests cut off after 200 ms, and 20 due every 100 ms that were never begun. */
static void what_was_cut_off_is_no_younger_than_it_was(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 100);
    f.plan.load = (struct load){.stages = {{10, 10, LOAD_NEVER_NS}}, .stage_count = 1};
    for (int i = 0; i < 80; i++)
        put(&f, i, i < 50 ? MS : 200 * MS, i < 50 ? ERROR_NONE : ERROR_UNFINISHED, NULL);
    f.result.unfinished = 30;
    f.result.not_started = f.result.overdue = 20;
    f.oldest_not_started_ns = 2200 * MS; /* the youngest is 300 ms old */
    const struct report_run *run = collect(&f);
    const struct report_percentiles *least = run->latency.least_s;
    assert_true(least->p50 == .001); /* as shown */
    assert_true(is_near(least->p75, 200) && is_near(least->p90, 1200) && is_near(least->p99, 2100));
    assert_null(run->service_time.least_s);
    stop(&f);
}

static void a_warm_up_is_counted_apart_where_there_was_one(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 10);
    put(&f, 0, 5 * MS, ERROR_NONE, NULL);
    f.recording.facts->warmup_completed = 7;
    f.recording.facts->warmup_failed = 2;
    assert_null(collect(&f)->warmup);
    f.plan.warmup_requests = 9;
    collect(&f);
    f.plan.warmup_requests = 0;
    f.plan.warmup_ns = MS;
    const struct report_run *runs = collect(&f);
    for (int i = 1; i <= 2; i++) {
        assert_int_equal(runs[i].warmup->completed, 7);
        assert_int_equal(runs[i].warmup->failed, 2);
        assert_int_equal(runs[i].requests.completed, 1);
    }
    stop(&f);
}

static void a_run_without_an_answer_has_no_figures(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 10);
    f.result.unfinished = 10;
    f.result.reason = RUN_KILLED;
    f.result.signal = 9;
    err_set(&f.result.failure, ERR_INTERNAL, "hunter2 did it");
    const struct report_run *run = collect(&f);
    assert_int_equal(run->latency.count, 0);
    assert_true(isnan(run->latency.percentiles_s.p50));
    assert_true(isnan(run->latency.mean_s));
    assert_null(run->latency.hdr);
    assert_true(run->latency.censored);
    assert_true(isnan(run->client.cpu_us_per_request));
    assert_string_equal(run->exit.reason, "killed");
    assert_int_equal(run->exit.signal, 9);
    assert_string_equal(run->exit.message, "*** did it");
    stop(&f);
}

static void a_cost_that_was_lost_is_unknown(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 1);
    put(&f, 0, 2000000, ERROR_NONE, NULL);
    f.result.usage_is_lost = true;
    const struct report_run *run = collect(&f);
    assert_true(isnan(run->client.cpu_user_s) && isnan(run->client.cpu_us_per_request));
    stop(&f);
}

static void a_run_names_the_backend_that_its_strategy_chose(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 10);
    assert_null(collect(&f)->backend);
    strcpy(f.recording.facts->backend, "epoll");
    assert_string_equal(collect(&f)[1].backend, "epoll");
    stop(&f);
}

static void the_target_is_what_the_first_answer_showed(void **state) {
    (void)state;
    struct fixture f;
    start(&f, 10);
    strcpy(f.recording.facts->addresses, "127.0.0.1 ::1");
    strcpy(f.recording.facts->primary_address, "127.0.0.1");
    f.recording.facts->http_version = 11;
    memset(f.recording.facts->server_header, 'x', sizeof f.recording.facts->server_header); /* no NUL */
    collect(&f);
    const struct report_target *t = &f.report->target;
    assert_int_equal(t->addresses.count, 2);
    assert_string_equal(((const char *const *)t->addresses.items)[1], "::1");
    assert_string_equal(t->negotiated.http_version, "1.1");
    assert_null(t->negotiated.tls_version);
    assert_int_equal(t->co_located, 1);
    assert_int_equal(strlen(t->server_header), sizeof f.recording.facts->server_header);
    f.recording.facts->http_version = 20;
    collect(&f);
    assert_string_equal(t->negotiated.http_version, "1.1");
    stop(&f);
}

static void what_is_known_before_the_first_run_is_there(void **state) {
    (void)state;
    struct report *r = report_open();
    static const struct option options[] = {
        {.name = "user", .letters = "u", .kind = OPTION_TEXT, .secret = OPTION_SECRET}, {0}};
    const char *headers[] = {"Cookie: crumbs"};
    char *argv[] = {(char[]){"fetchbench"}, (char[]){"-u"}, (char[]){"me:pw"}, NULL};
    struct plan plan = {.url = "http://me:pw@host/",
                        .method = "POST",
                        .data = "12345",
                        .data_bytes = 5,
                        .proxy = "http://me:pw@proxy:3128",
                        .http2 = true,
                        .headers = {headers, 1},
                        .requests = 100,
                        .concurrency = 10,
                        .rounds = 1,
                        .seed = UINT64_MAX,
                        .timeout_ns = 30000 * MS};
    report_begin(r, &plan, options, 3, argv);
    assert_string_equal(r->plan.url, "http://me:***@host/");
    assert_string_equal(((const char *const *)r->plan.headers.items)[0], "Cookie: ***");
    assert_string_equal(((const char *const *)r->command.items)[2], "***");
    assert_int_equal(r->plan.body_bytes, 5);
    assert_string_equal(r->plan.proxy, "http://me:***@proxy:3128");
    assert_string_equal(r->plan.http_version, "2");
    assert_true(r->plan.timeout_s == 30);
    assert_int_equal(r->seed, -1); /* does not fit a double */
    assert_non_null(r->tool.libraries.libcurl);
    assert_non_null(r->environment.kernel);
    assert_false(r->complete);
    assert_null(r->finished_at);
    report_finish(r, true);
    assert_true(r->complete);
    assert_non_null(r->finished_at);
    report_close(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentiles_of_samples_are_exact),
        cmocka_unit_test(slices_are_those_of_the_trace),
        cmocka_unit_test(a_slice_of_random_moments_has_those_that_lie_in_it),
        cmocka_unit_test(intervals_widen_where_requests_go_together),
        cmocka_unit_test(intervals_take_requests_as_independent_where_batches_are_too_small),
        cmocka_unit_test(percentiles_beyond_the_cap_come_from_the_histogram),
        cmocka_unit_test(percentiles_are_of_completed_requests_only),
        cmocka_unit_test(what_a_runs_end_cut_off_censors_only_what_it_could_move),
        cmocka_unit_test(what_was_cut_off_is_no_younger_than_it_was),
        cmocka_unit_test(a_warm_up_is_counted_apart_where_there_was_one),
        cmocka_unit_test(a_run_without_an_answer_has_no_figures),
        cmocka_unit_test(a_cost_that_was_lost_is_unknown),
        cmocka_unit_test(a_run_names_the_backend_that_its_strategy_chose),
        cmocka_unit_test(the_target_is_what_the_first_answer_showed),
        cmocka_unit_test(what_is_known_before_the_first_run_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
