/* The rows of what is known of shares: the report's own, and those of the hosts that a sum was made of. */
#include "report/rows.h"

static const struct field report_clock_fields[] = {
    REAL(report_clock, at_s),
    REAL(report_clock, offset_s),
    REAL(report_clock, round_trip_s),
    END,
};
SHAPE(report_clock);

static const struct field report_share_fields[] = {
    INTEGER(report_share, index),
    INTEGER(report_share, count),
    TEXT_OR_NULL(report_share, host),
    WORD_OR_NULL(report_share, launcher, "|mpi|"),
    TEXT_OR_NULL(report_share, load),
    LIST_OF(report_share, clocks, FIELD_OBJECTS, report_clock),
    END,
};
const struct shape report_share_shape = {sizeof(struct report_share), report_share_fields};

static const struct field report_host_latency_fields[] = {
    INTEGER(report_host_latency, count),
    REAL(report_host_latency, mean_s),
    REAL(report_host_latency, p50_s),
    REAL(report_host_latency, p99_s),
    REAL(report_host_latency, max_s),
    REALS(report_host_latency, p50_ci95_s),
    END,
};
SHAPE(report_host_latency);

static const struct field report_host_run_fields[] = {
    TEXT(report_host_run, label),
    INTEGER_OR_NULL(report_host_run, point),
    INTEGER(report_host_run, round),
    FLAG(report_host_run, baseline_repeat),
    FLAG(report_host_run, ceiling),
    OBJECT(report_host_run, requests, report_requests),
    REAL(report_host_run, wall_s),
    REAL(report_host_run, requests_per_s),
    OBJECT(report_host_run, latency, report_host_latency),
    REAL(report_host_run, cpu_us_per_request),
    REAL(report_host_run, cpu_share),
    WORD_OR_NULL(report_host_run, limited_by, LIMITS),
    LIST_OF(report_host_run, trust, FIELD_OBJECTS, report_trust),
    REAL(report_host_run, start_skew_s),
    REAL(report_host_run, start_skew_error_s),
    LIST(report_host_run, remarks, FIELD_TEXTS),
    END,
};
SHAPE(report_host_run);

static const struct field report_host_fields[] = {
    INTEGER(report_host, rank),
    TEXT_OR_NULL(report_host, host),
    TEXT_OR_NULL(report_host, report),
    TEXT_OR_NULL(report_host, lost),
    REALS(report_host, clock_offset_s),
    REAL(report_host, clock_round_trip_s),
    TEXT_OR_NULL(report_host, started_at),
    TEXT_OR_NULL(report_host, finished_at),
    FLAG(report_host, complete),
    LIST_OF(report_host, runs, FIELD_OBJECTS, report_host_run),
    END,
};
const struct shape report_host_shape = {sizeof(struct report_host), report_host_fields};
