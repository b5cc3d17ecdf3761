/* From a finished run to its entry in the report. */
#include <math.h>
#include <string.h>

#include "http/target.h"
#include "report/distribution.h"
#include "report/environment.h"
#include "report/fields.h"
#include "report/judging.h"
#include "report/redact.h"
#include "report/slices.h"
#include "strategy/strategy.h"

static double seconds(int64_t ns) {
    return ns < 0 ? NAN : (double)ns / 1e9;
}

static int64_t positive(int64_t value) {
    return value > 0 ? value : -1;
}

/* Of an outside program's connections nothing is known. */
static bool runs_program(const struct run_result *result) {
    return strategy_find(result->entry->strategy)->capabilities & RUNS_PROGRAM;
}

static void fill_warmup(struct report *r, struct report_run *run, const struct run_result *result) {
    const struct run_facts *facts = result->recording->facts;
    if (result->plan->warmup_requests == 0 && result->plan->warmup_ns == 0)
        return;
    run->warmup = arena_alloc(&r->arena, sizeof *run->warmup);
    *run->warmup =
        (struct report_warmup){.completed = facts->warmup_completed, .failed = facts->warmup_failed};
}

static void fill_requests(struct report_requests *out, const struct run_result *result) {
    out->total = result->total;
    out->completed = result->completed;
    out->failed = result->failed;
    out->cancelled = result->cancelled;
    out->unfinished = result->unfinished;
    out->not_started = result->not_started;
    out->retries = (int64_t)result->totals->retries;
    out->redirects = (int64_t)result->totals->redirects;
    out->waited = load_is_open(&result->plan->load) ? (int64_t)result->totals->waited : -1;
    out->overdue = load_is_open(&result->plan->load) ? result->overdue : -1;
    out->oldest_unfinished_s = runs_program(result) ? NAN : seconds(positive(result->oldest_unfinished_ns));
    out->oldest_not_started_s = seconds(positive(result->oldest_not_started_ns));
}

static void add_statuses(struct report *r, struct report_run *run, const struct recording_totals *t) {
    for (int status = 0; status < RECORDING_STATUSES; status++) {
        if (t->statuses[status] == 0)
            continue;
        struct report_count *item = report_list_add(r, &run->status_codes, sizeof *item);
        item->key = arena_printf(&r->arena, "%d", status);
        item->count = (int64_t)t->statuses[status];
    }
}

/* The child wrote it, and may have been killed in the middle. */
static const char *example_of(struct report *r, const struct run_result *result, int error_class) {
    char text[RECORDING_EXAMPLE + 1] = "";
    memcpy(text, result->recording->facts->examples[error_class], RECORDING_EXAMPLE);
    return *text ? redact_message(&r->arena, text, result->plan) : NULL;
}

static void add_errors(struct report *r, struct report_run *run, const struct run_result *result) {
    for (int c = ERROR_NONE + 1; c < ERROR_CLASSES; c++) {
        if (result->totals->errors[c] == 0)
            continue;
        struct report_error *item = report_list_add(r, &run->errors, sizeof *item);
        item->error_class = error_class_name((enum error_class)c);
        item->count = (int64_t)result->totals->errors[c];
        item->example = example_of(r, result, c);
    }
}

static int fill_distributions(struct report *r, struct report_run *run, const struct run_result *result,
                              struct err *err) {
    const struct {
        enum measure measure;
        struct report_distribution **out;
    } nullable[] = {
        {MEASURE_QUEUE_WAIT, &run->queue_wait},  {MEASURE_SLIP, &run->send_slip},
        {MEASURE_DNS, &run->phases.dns},         {MEASURE_CONNECT, &run->phases.connect},
        {MEASURE_TLS, &run->phases.tls},         {MEASURE_WAIT, &run->phases.wait},
        {MEASURE_RECEIVE, &run->phases.receive}, {MEASURE_WORK, &run->phases.work},
    };
    bool open = load_is_open(&result->plan->load);
    if (distribution_fill(&run->service_time, &r->arena, result, MEASURE_SERVICE, err))
        return -1;
    run->latency = run->service_time; /* a closed loop has no moment at which a request was due */
    if (open && distribution_fill(&run->latency, &r->arena, result, MEASURE_LATENCY, err))
        return -1;
    for (size_t i = 0; i < sizeof nullable / sizeof nullable[0]; i++) {
        if (distribution_make(nullable[i].out, &r->arena, result, nullable[i].measure, err))
            return -1;
    }
    return 0;
}

static void fill_cpu(struct report_client *out, const struct run_result *result) {
    const struct usage *u = &result->usage;
    if (result->usage_is_lost || (result->wall_ns < 0 && !result->usage_is_whole))
        return;
    int64_t outcomes = result->completed + result->failed;
    out->cpu_user_s = (double)u->user_us / 1e6;
    out->cpu_system_s = (double)u->system_us / 1e6;
    out->cpu_us_per_request = outcomes > 0 ? (double)(u->user_us + u->system_us) / (double)outcomes : NAN;
    out->cpu_includes_setup = result->usage_is_whole;
    out->voluntary_switches = u->voluntary_switches;
    out->involuntary_switches = u->involuntary_switches;
}

static void fill_client(struct report_client *out, const struct run_result *result) {
    fill_cpu(out, result);
    out->max_rss_bytes = positive(result->max_rss_bytes);
    out->max_pss_bytes = positive(result->peak.pss_bytes);
    out->threads = positive(result->peak.threads);
    out->processes = positive(result->peak.processes);
    if (runs_program(result)) { /* what it shares among its processes is its own */
        out->memory_bytes = positive(result->peak.pss_bytes);
        return;
    }
    out->recorder_bytes = result->recorder_bytes;
    out->memory_bytes = positive(result->peak.private_bytes);
    out->connections_opened = (int64_t)result->totals->connections_opened;
    out->connections_reused = (int64_t)result->totals->connections_reused;
    if (plan_uses_tls(result->plan))
        out->tls_resumed = (int64_t)result->totals->tls_resumed;
}

static void fill_exit(struct report *r, struct report_exit *out, const struct run_result *result) {
    out->reason = run_reason_name(result->reason);
    out->signal = positive(result->signal);
    if (result->failure.kind != ERR_NONE)
        out->message = redact_message(&r->arena, result->failure.text, result->plan);
}

static void add_notes(struct report *r, struct report_run *run, const struct run_result *result) {
    for (int i = 0; i < RECORDING_NOTES; i++) {
        char text[RECORDING_NOTE + 1] = "";
        memcpy(text, result->recording->facts->notes[i], RECORDING_NOTE);
        if (!*text)
            continue;
        const char **item = report_list_add(r, &run->notes, sizeof *item);
        *item = redact_message(&r->arena, text, result->plan);
    }
}

/* Shared memory of another process: never trusted to end in a NUL. */
static const char *bounded_text(struct report *r, const char *text, size_t size) {
    size_t length = strnlen(text, size);
    return length > 0 ? arena_printf(&r->arena, "%.*s", (int)length, text) : NULL;
}

static void fill_identity(struct report *r, struct report_run *run, const struct run_result *result) {
    const struct run_facts *facts = result->recording->facts;
    run->strategy = arena_strdup(&r->arena, result->entry->strategy);
    run->label = arena_strdup(&r->arena, result->entry->label);
    run->point = result->entry->point;
    run->ceiling = result->entry->ceiling;
    run->concurrency = result->entry->concurrency;
    run->threads = result->entry->threads;
    run->backend = bounded_text(r, facts->backend, sizeof facts->backend);
    run->round = result->round;
    run->order = result->order;
    run->baseline_repeat = result->baseline_repeat;
}

static void fill_times(struct report_run *run, const struct run_result *result) {
    run->clock_go_s = seconds(positive(result->recording->facts->go_ns));
    run->setup_s = seconds(result->setup_ns);
    run->wall_s = seconds(result->wall_ns);
    run->requests_per_s =
        result->window_ns > 0 ? (double)result->completed / seconds(result->window_ns) : NAN;
    run->largest_completion_gap_s = seconds(result->largest_gap_ns);
    if (result->largest_gap_ns >= 0)
        run->largest_completion_gap_at_s = seconds(result->largest_gap_from_ns);
    run->bytes_received = (int64_t)result->totals->bytes_received;
    if (!runs_program(result))
        run->bytes_sent = (int64_t)result->totals->bytes_sent;
}

static const char *http_version_name(int version) {
    switch (version) {
    case 10:
        return "1.0";
    case 11:
        return "1.1";
    case 20:
        return "2";
    case 30:
        return "3";
    default:
        return NULL;
    }
}

static void add_addresses(struct report *r, const struct run_facts *facts) {
    const char *all = bounded_text(r, facts->addresses, sizeof facts->addresses);
    char *rest = NULL, *copy = arena_strdup(&r->arena, all);
    for (char *one = copy ? strtok_r(copy, " ", &rest) : NULL; one; one = strtok_r(NULL, " ", &rest)) {
        const char **item = report_list_add(r, &r->target.addresses, sizeof *item);
        *item = one;
    }
}

static int is_co_located(struct report *r, const struct run_facts *facts) {
    if (r->plan.unix_socket)
        return 1;
    const char *primary = bounded_text(r, facts->primary_address, sizeof facts->primary_address);
    if (primary)
        return environment_is_own_address(primary);
    const char *const *addresses = r->target.addresses.items;
    int own = -1;
    for (size_t i = 0; i < r->target.addresses.count && own != 1; i++)
        own = environment_is_own_address(addresses[i]);
    return own;
}

/* Each fact from the first run that saw it. */
static void fill_target(struct report *r, const struct run_facts *facts) {
    struct report_target *t = &r->target;
    if (t->addresses.count == 0)
        add_addresses(r, facts);
    if (t->co_located < 0)
        t->co_located = is_co_located(r, facts);
    if (t->negotiated.http_version)
        return;
    t->negotiated.http_version = http_version_name(facts->http_version);
    t->negotiated.tls_version = bounded_text(r, facts->tls_version, sizeof facts->tls_version);
    t->negotiated.cipher = bounded_text(r, facts->tls_cipher, sizeof facts->tls_cipher);
    t->server_header = bounded_text(r, facts->server_header, sizeof facts->server_header);
}

int report_add_run(struct report *r, const struct run_result *result, struct err *err) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    fill_identity(r, run, result);
    fill_warmup(r, run, result);
    fill_requests(&run->requests, result);
    add_statuses(r, run, result->totals);
    add_errors(r, run, result);
    fill_times(run, result);
    slices_fill(r, run, result);
    fill_client(&run->client, result);
    fill_exit(r, &run->exit, result);
    add_notes(r, run, result);
    if (!result->entry->ceiling)
        fill_target(r, result->recording->facts);
    if (fill_distributions(r, run, result, err))
        return -1;
    judge_run(r, run, result);
    return 0;
}
