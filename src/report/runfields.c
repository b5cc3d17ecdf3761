/* The rows of a run's shapes. */
#include "report/rows.h"

static const struct field report_percentiles_fields[] = {
    REAL_AS(report_percentiles, "50", p50),       REAL_AS(report_percentiles, "75", p75),
    REAL_AS(report_percentiles, "90", p90),       REAL_AS(report_percentiles, "95", p95),
    REAL_AS(report_percentiles, "99", p99),       REAL_AS(report_percentiles, "99.9", p99_9),
    REAL_AS(report_percentiles, "99.99", p99_99), END,
};
SHAPE(report_percentiles);

static const struct field report_intervals_fields[] = {
    REALS_AS(report_intervals, "50", p50),
    REALS_AS(report_intervals, "99", p99),
    END,
};
SHAPE(report_intervals);

static const struct field report_distribution_fields[] = {
    INTEGER(report_distribution, count),
    REAL(report_distribution, min_s),
    REAL(report_distribution, mean_s),
    REAL(report_distribution, stddev_s),
    REAL(report_distribution, max_s),
    OBJECT(report_distribution, percentiles_s, report_percentiles),
    OBJECT_OR_NULL(report_distribution, least_s, report_percentiles),
    OBJECT(report_distribution, ci95_s, report_intervals),
    WORD_OR_NULL(report_distribution, ci95_source, "|iid|batches|"),
    WORD(report_distribution, source, "|samples|histogram|"),
    FLAG(report_distribution, censored),
    TEXT_OR_NULL(report_distribution, hdr),
    END,
};
const struct shape report_distribution_shape = {sizeof(struct report_distribution),
                                                report_distribution_fields};

static const struct field report_requests_fields[] = {
    INTEGER(report_requests, total),
    INTEGER(report_requests, completed),
    INTEGER(report_requests, failed),
    INTEGER(report_requests, cancelled),
    INTEGER(report_requests, unfinished),
    INTEGER(report_requests, not_started),
    INTEGER(report_requests, retries),
    INTEGER(report_requests, redirects),
    INTEGER_OR_NULL(report_requests, waited),
    INTEGER_OR_NULL(report_requests, overdue),
    REAL(report_requests, oldest_unfinished_s),
    REAL(report_requests, oldest_not_started_s),
    END,
};
const struct shape report_requests_shape = {sizeof(struct report_requests), report_requests_fields};

static const struct field report_error_fields[] = {
    INTEGER(report_error, count),
    TEXT_OR_NULL(report_error, example),
    END,
};
SHAPE(report_error);

static const struct field report_phases_fields[] = {
    OBJECT_OR_NULL(report_phases, dns, report_distribution),
    OBJECT_OR_NULL(report_phases, connect, report_distribution),
    OBJECT_OR_NULL(report_phases, tls, report_distribution),
    OBJECT_OR_NULL(report_phases, wait, report_distribution),
    OBJECT_OR_NULL(report_phases, receive, report_distribution),
    OBJECT_OR_NULL(report_phases, work, report_distribution),
    END,
};
SHAPE(report_phases);

static const struct field report_client_fields[] = {
    REAL(report_client, cpu_user_s),
    REAL(report_client, cpu_system_s),
    REAL(report_client, cpu_us_per_request),
    FLAG(report_client, cpu_includes_setup),
    INTEGER_OR_NULL(report_client, voluntary_switches),
    INTEGER_OR_NULL(report_client, involuntary_switches),
    INTEGER_OR_NULL(report_client, max_rss_bytes),
    INTEGER_OR_NULL(report_client, max_pss_bytes),
    INTEGER_OR_NULL(report_client, recorder_bytes),
    INTEGER_OR_NULL(report_client, memory_bytes),
    INTEGER_OR_NULL(report_client, threads),
    INTEGER_OR_NULL(report_client, processes),
    INTEGER_OR_NULL(report_client, connections_opened),
    INTEGER_OR_NULL(report_client, connections_reused),
    INTEGER_OR_NULL(report_client, tls_resumed),
    END,
};
SHAPE(report_client);

static const struct field report_slice_fields[] = {
    REAL(report_slice, t_s),
    REAL(report_slice, length_s),
    REAL(report_slice, due),
    INTEGER(report_slice, completed),
    INTEGER(report_slice, failed),
    INTEGER_OR_NULL(report_slice, in_flight),
    REAL(report_slice, p50_s),
    REAL(report_slice, p99_s),
    INTEGER_OR_NULL(report_slice, bytes),
    END,
};
SHAPE(report_slice);

static const struct field report_trust_fields[] = {
    TEXT(report_trust, check),
    WORD(report_trust, status, "|pass|warn|fail|unknown|"),
    FLAG(report_trust, invalidates),
    REAL(report_trust, value),
    REAL(report_trust, threshold),
    TEXT_OR_NULL(report_trust, advice),
    END,
};
const struct shape report_trust_shape = {sizeof(struct report_trust), report_trust_fields};

static const struct field report_exit_fields[] = {
    WORD(report_exit, reason, "|finished|crashed|killed|interrupted|gave_up|"),
    INTEGER_OR_NULL(report_exit, signal),
    TEXT_OR_NULL(report_exit, message),
    END,
};
SHAPE(report_exit);

static const struct field report_warmup_fields[] = {
    INTEGER(report_warmup, completed),
    INTEGER(report_warmup, failed),
    END,
};
SHAPE(report_warmup);

static const struct field report_run_fields[] = {
    TEXT(report_run, strategy),
    TEXT(report_run, label),
    INTEGER_OR_NULL(report_run, point),
    INTEGER(report_run, round),
    INTEGER(report_run, order),
    INTEGER(report_run, concurrency),
    INTEGER(report_run, threads),
    WORD_OR_NULL(report_run, backend, "|io_uring|epoll|"),
    FLAG(report_run, baseline_repeat),
    FLAG(report_run, ceiling),
    OBJECT_OR_NULL(report_run, warmup, report_warmup),
    OBJECT(report_run, requests, report_requests),
    LIST(report_run, status_codes, FIELD_COUNT_MAP),
    LIST_OF(report_run, errors, FIELD_OBJECT_MAP, report_error),
    REAL(report_run, clock_go_s),
    REAL(report_run, start_agreed_s),
    REAL(report_run, setup_s),
    REAL(report_run, wall_s),
    REAL(report_run, requests_per_s),
    INTEGER_OR_NULL(report_run, bytes_received),
    INTEGER_OR_NULL(report_run, bytes_sent),
    REAL(report_run, largest_completion_gap_s),
    REAL(report_run, largest_completion_gap_at_s),
    OBJECT(report_run, latency, report_distribution),
    OBJECT(report_run, service_time, report_distribution),
    OBJECT_OR_NULL(report_run, queue_wait, report_distribution),
    OBJECT_OR_NULL(report_run, send_slip, report_distribution),
    OBJECT(report_run, phases, report_phases),
    OBJECT(report_run, client, report_client),
    LIST_OF(report_run, slices, FIELD_OBJECTS, report_slice),
    LIST_OF(report_run, trust, FIELD_OBJECTS, report_trust),
    WORD_OR_NULL(report_run, limited_by, LIMITS),
    TEXT_OR_NULL(report_run, limited_by_reason),
    OBJECT(report_run, exit, report_exit),
    LIST(report_run, notes, FIELD_TEXTS),
    END,
};
const struct shape report_run_shape = {sizeof(struct report_run), report_run_fields};
