/* The rows of every shape. Each macro checks that the member has the type its kind stores. */
#include "report/fields.h"

/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses */
#define AT(tag, member, type)                                                                                \
    (offsetof(struct tag, member) + 0 * sizeof(_Generic(((struct tag *)0)->member, type : 0)))

#define TEXT(tag, member)                                                                                    \
    { .key = #member, .kind = FIELD_TEXT, .offset = AT(tag, member, const char *) }
#define TEXT_OR_NULL(tag, member)                                                                            \
    { .key = #member, .kind = FIELD_TEXT, .nullable = true, .offset = AT(tag, member, const char *) }
#define WORD(tag, member, allowed)                                                                           \
    { .key = #member, .kind = FIELD_TEXT, .offset = AT(tag, member, const char *), .words = allowed }
#define WORD_OR_NULL(tag, member, allowed)                                                                   \
    {                                                                                                        \
        .key = #member, .kind = FIELD_TEXT, .nullable = true, .offset = AT(tag, member, const char *),       \
        .words = allowed                                                                                     \
    }
#define INTEGER(tag, member)                                                                                 \
    { .key = #member, .kind = FIELD_INTEGER, .offset = AT(tag, member, int64_t) }
#define INTEGER_OR_NULL(tag, member)                                                                         \
    { .key = #member, .kind = FIELD_INTEGER, .nullable = true, .offset = AT(tag, member, int64_t) }
#define REAL_AS(tag, name, member)                                                                           \
    { .key = name, .kind = FIELD_REAL, .offset = AT(tag, member, double) }
#define REAL(tag, member) REAL_AS(tag, #member, member)
#define REALS_AS(tag, name, member)                                                                          \
    {                                                                                                        \
        .key = name, .kind = FIELD_REALS, .offset = AT(tag, member, double *),                               \
        .count = sizeof(((struct tag *)0)->member) / sizeof(double)                                          \
    }
#define REALS(tag, member) REALS_AS(tag, #member, member)
#define FLAG(tag, member)                                                                                    \
    { .key = #member, .kind = FIELD_FLAG, .offset = AT(tag, member, bool) }
#define FLAG_OR_NULL(tag, member)                                                                            \
    { .key = #member, .kind = FIELD_MAYBE_FLAG, .offset = AT(tag, member, int) }
#define OBJECT(tag, member, type)                                                                            \
    { .key = #member, .kind = FIELD_OBJECT, .offset = AT(tag, member, struct type), .shape = &type##_shape }
#define OBJECT_OR_NULL(tag, member, type)                                                                    \
    {                                                                                                        \
        .key = #member, .kind = FIELD_MAYBE_OBJECT, .offset = AT(tag, member, struct type *),                \
        .shape = &type##_shape                                                                               \
    }
#define LIST(tag, member, list_kind)                                                                         \
    { .key = #member, .kind = list_kind, .offset = AT(tag, member, struct report_list) }
#define LIST_OF(tag, member, list_kind, type)                                                                \
    {                                                                                                        \
        .key = #member, .kind = list_kind, .offset = AT(tag, member, struct report_list),                    \
        .shape = &type##_shape                                                                               \
    }
#define END                                                                                                  \
    { .key = NULL }

#define SHAPE(type) static const struct shape type##_shape = {sizeof(struct type), type##_fields}
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct field report_libraries_fields[] = {
    TEXT_OR_NULL(report_libraries, libcurl),
    TEXT_OR_NULL(report_libraries, libev),
    TEXT_OR_NULL(report_libraries, openssl),
    TEXT_OR_NULL(report_libraries, cjson),
    END,
};
SHAPE(report_libraries);

static const struct field report_build_fields[] = {
    TEXT_OR_NULL(report_build, compiler),
    TEXT_OR_NULL(report_build, build_type),
    TEXT_OR_NULL(report_build, sanitizer),
    END,
};
SHAPE(report_build);

static const struct field report_tool_fields[] = {
    TEXT(report_tool, name),
    TEXT(report_tool, version),
    TEXT_OR_NULL(report_tool, revision),
    OBJECT(report_tool, libraries, report_libraries),
    OBJECT(report_tool, build, report_build),
    END,
};
SHAPE(report_tool);

static const struct field report_plan_strategy_fields[] = {
    TEXT(report_plan_strategy, label),
    TEXT(report_plan_strategy, strategy),
    INTEGER_OR_NULL(report_plan_strategy, concurrency),
    INTEGER_OR_NULL(report_plan_strategy, threads),
    LIST(report_plan_strategy, options, FIELD_TEXT_MAP),
    END,
};
SHAPE(report_plan_strategy);

static const struct field report_plan_urls_fields[] = {
    TEXT(report_plan_urls, file),
    INTEGER(report_plan_urls, count),
    END,
};
SHAPE(report_plan_urls);

static const struct field report_plan_fields[] = {
    TEXT_OR_NULL(report_plan, url),
    OBJECT_OR_NULL(report_plan, urls, report_plan_urls),
    TEXT(report_plan, method),
    LIST(report_plan, headers, FIELD_TEXTS),
    INTEGER_OR_NULL(report_plan, body_bytes),
    FLAG(report_plan, authenticated),
    TEXT_OR_NULL(report_plan, user_agent),
    INTEGER_OR_NULL(report_plan, requests),
    REAL(report_plan, duration_s),
    INTEGER_OR_NULL(report_plan, concurrency),
    INTEGER_OR_NULL(report_plan, threads),
    REAL(report_plan, rate_per_s),
    WORD_OR_NULL(report_plan, arrivals, "|constant|poisson|"),
    FLAG(report_plan, keepalive),
    TEXT_OR_NULL(report_plan, http_version),
    WORD_OR_NULL(report_plan, ip_version, "|4|6|"),
    REAL(report_plan, timeout_s),
    REAL(report_plan, connect_timeout_s),
    REAL(report_plan, run_timeout_s),
    INTEGER_OR_NULL(report_plan, warmup_requests),
    REAL(report_plan, warmup_s),
    INTEGER_OR_NULL(report_plan, rounds),
    TEXT_OR_NULL(report_plan, metric),
    FLAG(report_plan, embedded),
    FLAG(report_plan, insecure),
    TEXT_OR_NULL(report_plan, cacert),
    TEXT_OR_NULL(report_plan, cert),
    TEXT_OR_NULL(report_plan, key),
    LIST(report_plan, resolve, FIELD_TEXTS),
    LIST(report_plan, connect_to, FIELD_TEXTS),
    TEXT_OR_NULL(report_plan, unix_socket),
    TEXT_OR_NULL(report_plan, proxy),
    WORD_OR_NULL(report_plan, dns, "|once|each|"),
    FLAG(report_plan, location),
    FLAG(report_plan, compressed),
    FLAG(report_plan, fail_status),
    FLAG(report_plan, keep_going),
    REAL(report_plan, max_errors),
    TEXT_OR_NULL(report_plan, pin),
    TEXT_OR_NULL(report_plan, samples),
    WORD_OR_NULL(report_plan, samples_order, "|completed|issued|"),
    TEXT_OR_NULL(report_plan, save),
    TEXT_OR_NULL(report_plan, work),
    FLAG(report_plan, verify),
    LIST_OF(report_plan, strategies, FIELD_OBJECTS, report_plan_strategy),
    END,
};
SHAPE(report_plan);

static const struct field report_limits_fields[] = {
    INTEGER_OR_NULL(report_limits, nofile), INTEGER_OR_NULL(report_limits, nofile_hard),
    REAL(report_limits, cpu_quota),         INTEGER_OR_NULL(report_limits, memory_bytes),
    INTEGER_OR_NULL(report_limits, pids),   END,
};
SHAPE(report_limits);

static const struct field report_sysctls_fields[] = {
    INTEGER_OR_NULL(report_sysctls, somaxconn),
    REALS(report_sysctls, ip_local_port_range),
    INTEGER_OR_NULL(report_sysctls, tcp_tw_reuse),
    TEXT_OR_NULL(report_sysctls, congestion_control),
    END,
};
SHAPE(report_sysctls);

static const struct field report_environment_fields[] = {
    TEXT_OR_NULL(report_environment, kernel),
    TEXT_OR_NULL(report_environment, machine),
    TEXT_OR_NULL(report_environment, cpu_model),
    INTEGER_OR_NULL(report_environment, cpus_online),
    INTEGER_OR_NULL(report_environment, cpus_allowed),
    INTEGER_OR_NULL(report_environment, memory_bytes),
    TEXT_OR_NULL(report_environment, container),
    TEXT_OR_NULL(report_environment, governor),
    TEXT_OR_NULL(report_environment, clocksource),
    OBJECT(report_environment, limits, report_limits),
    OBJECT(report_environment, sysctls, report_sysctls),
    REALS(report_environment, load_average),
    END,
};
SHAPE(report_environment);

static const struct field report_negotiated_fields[] = {
    TEXT_OR_NULL(report_negotiated, http_version),
    TEXT_OR_NULL(report_negotiated, tls_version),
    TEXT_OR_NULL(report_negotiated, cipher),
    END,
};
SHAPE(report_negotiated);

static const struct field report_target_fields[] = {
    INTEGER_OR_NULL(report_target, hosts),
    LIST(report_target, addresses, FIELD_TEXTS),
    INTEGER_OR_NULL(report_target, port),
    TEXT_OR_NULL(report_target, scheme),
    OBJECT(report_target, negotiated, report_negotiated),
    TEXT_OR_NULL(report_target, server_header),
    FLAG_OR_NULL(report_target, co_located),
    END,
};
SHAPE(report_target);

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
    REAL(report_requests, oldest_unfinished_s),
    END,
};
SHAPE(report_requests);

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
    END,
};
SHAPE(report_client);

static const struct field report_slice_fields[] = {
    REAL(report_slice, t_s),
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
SHAPE(report_trust);

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
    INTEGER(report_run, round),
    INTEGER(report_run, order),
    INTEGER(report_run, concurrency),
    INTEGER(report_run, threads),
    FLAG(report_run, baseline_repeat),
    OBJECT_OR_NULL(report_run, warmup, report_warmup),
    OBJECT(report_run, requests, report_requests),
    LIST(report_run, status_codes, FIELD_COUNT_MAP),
    LIST_OF(report_run, errors, FIELD_OBJECT_MAP, report_error),
    REAL(report_run, setup_s),
    REAL(report_run, wall_s),
    REAL(report_run, requests_per_s),
    INTEGER_OR_NULL(report_run, bytes_received),
    INTEGER_OR_NULL(report_run, bytes_sent),
    REAL(report_run, largest_completion_gap_s),
    OBJECT(report_run, latency, report_distribution),
    OBJECT(report_run, service_time, report_distribution),
    OBJECT_OR_NULL(report_run, queue_wait, report_distribution),
    OBJECT(report_run, phases, report_phases),
    OBJECT(report_run, client, report_client),
    LIST_OF(report_run, slices, FIELD_OBJECTS, report_slice),
    LIST_OF(report_run, trust, FIELD_OBJECTS, report_trust),
    WORD_OR_NULL(report_run, limited_by, "|client|server|network|ports|noise|"),
    OBJECT(report_run, exit, report_exit),
    LIST(report_run, notes, FIELD_TEXTS),
    END,
};
const struct shape report_run_shape = {sizeof(struct report_run), report_run_fields};

static const struct field report_comparison_fields[] = {
    WORD(report_comparison, metric, "|wall_s|latency_p50_s|latency_p99_s|cpu_us_per_request|memory_bytes|"),
    FLAG(report_comparison, primary),
    TEXT(report_comparison, baseline),
    TEXT(report_comparison, label),
    INTEGER_OR_NULL(report_comparison, concurrency),
    INTEGER(report_comparison, rounds),
    FLAG(report_comparison, paired),
    REAL(report_comparison, ratio),
    REALS(report_comparison, ci95),
    REAL(report_comparison, p_value),
    WORD_OR_NULL(report_comparison, verdict,
                 "|faster|slower|equivalent|different|inconclusive|not_comparable|"),
    LIST(report_comparison, reasons, FIELD_TEXTS),
    INTEGER_OR_NULL(report_comparison, rounds_needed),
    END,
};
SHAPE(report_comparison);

static const struct field report_noise_floor_fields[] = {
    REAL(report_noise_floor, ratio),
    REALS(report_noise_floor, ci95),
    END,
};
SHAPE(report_noise_floor);

static const struct field report_fields[] = {
    INTEGER(report, schema_version),
    OBJECT(report, tool, report_tool),
    LIST(report, command, FIELD_TEXTS),
    TEXT(report, started_at),
    TEXT_OR_NULL(report, finished_at),
    INTEGER_OR_NULL(report, seed),
    FLAG(report, complete),
    OBJECT(report, plan, report_plan),
    OBJECT(report, environment, report_environment),
    OBJECT(report, target, report_target),
    LIST_OF(report, runs, FIELD_OBJECTS, report_run),
    LIST_OF(report, comparisons, FIELD_OBJECTS, report_comparison),
    OBJECT_OR_NULL(report, noise_floor, report_noise_floor),
    END,
};
const struct shape report_shape = {sizeof(struct report), report_fields};
