/* The rows of every shape but a run's (runfields.c), and those of shares and hosts (hostfields.c). */
#include "report/rows.h"

#define METRICS "|wall_s|time_per_request_s|latency_p50_s|latency_p99_s|cpu_us_per_request|memory_bytes|"

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

static const struct field report_plan_point_fields[] = {
    INTEGER(report_plan_point, concurrency),
    WORD_OR_NULL(report_plan_point, name, "|delay|bytes|"),
    TEXT_OR_NULL(report_plan_point, value),
    REAL(report_plan_point, number),
    END,
};
SHAPE(report_plan_point);

static const struct field report_plan_urls_fields[] = {
    TEXT(report_plan_urls, file),
    INTEGER(report_plan_urls, count),
    END,
};
SHAPE(report_plan_urls);

static const struct field report_plan_stage_fields[] = {
    REAL(report_plan_stage, from_per_s),
    REAL(report_plan_stage, to_per_s),
    REAL(report_plan_stage, length_s),
    END,
};
SHAPE(report_plan_stage);

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
    LIST_OF(report_plan, stages, FIELD_OBJECTS, report_plan_stage),
    REAL(report_plan, deadline_s),
    REAL(report_plan, grace_s),
    REAL(report_plan, think_time_s),
    FLAG(report_plan, spin),
    FLAG(report_plan, keepalive),
    TEXT_OR_NULL(report_plan, http_version),
    WORD_OR_NULL(report_plan, ip_version, "|4|6|"),
    REAL(report_plan, timeout_s),
    REAL(report_plan, connect_timeout_s),
    REAL(report_plan, run_timeout_s),
    INTEGER_OR_NULL(report_plan, warmup_requests),
    REAL(report_plan, warmup_s),
    INTEGER_OR_NULL(report_plan, rounds),
    FLAG(report_plan, rounds_auto),
    REAL(report_plan, budget_s),
    WORD_OR_NULL(report_plan, metric, METRICS),
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
    FLAG(report_plan, ceiling),
    TEXT_OR_NULL(report_plan, baseline),
    REAL(report_plan, fail_on_regression),
    LIST_OF(report_plan, sweep, FIELD_OBJECTS, report_plan_point),
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
    REAL(report_environment, clock_resolution_s),
    REAL(report_environment, clock_call_s),
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

static const struct field report_noise_floor_fields[] = {
    REAL(report_noise_floor, ratio),
    REALS(report_noise_floor, ci95),
    END,
};
SHAPE(report_noise_floor);

static const struct field report_comparison_fields[] = {
    WORD(report_comparison, metric, METRICS),
    FLAG(report_comparison, primary),
    TEXT(report_comparison, baseline),
    TEXT(report_comparison, label),
    INTEGER_OR_NULL(report_comparison, point),
    INTEGER_OR_NULL(report_comparison, concurrency),
    INTEGER(report_comparison, rounds),
    FLAG(report_comparison, paired),
    LIST(report_comparison, between, FIELD_TEXTS),
    REAL(report_comparison, ratio),
    REALS(report_comparison, ci95),
    REAL(report_comparison, p_value),
    OBJECT_OR_NULL(report_comparison, noise_floor, report_noise_floor),
    REAL(report_comparison, margin),
    WORD_OR_NULL(report_comparison, verdict,
                 "|faster|slower|equivalent|different|inconclusive|not_comparable|"),
    LIST(report_comparison, reasons, FIELD_TEXTS),
    INTEGER_OR_NULL(report_comparison, rounds_needed),
    END,
};
SHAPE(report_comparison);

static const struct field report_crossover_fields[] = {
    WORD(report_crossover, metric, METRICS),
    INTEGER(report_crossover, from_point),
    INTEGER(report_crossover, to_point),
    TEXT(report_crossover, winner_before),
    TEXT(report_crossover, winner_after),
    FLAG(report_crossover, supported),
    END,
};
SHAPE(report_crossover);

static const struct field report_threshold_fields[] = {
    TEXT(report_threshold, expression),
    TEXT(report_threshold, label),
    INTEGER_OR_NULL(report_threshold, point),
    INTEGER(report_threshold, rounds),
    REAL(report_threshold, value),
    REAL(report_threshold, bound),
    FLAG(report_threshold, broken),
    TEXT_OR_NULL(report_threshold, reason),
    END,
};
SHAPE(report_threshold);

static const struct field report_part_fields[] = {
    TEXT(report_part, name),
    TEXT(report_part, started_at),
    TEXT_OR_NULL(report_part, finished_at),
    END,
};
SHAPE(report_part);

static const struct field report_merged_fields[] = {
    WORD(report_merged, as, "|rounds|shares|"),
    INTEGER_OR_NULL(report_merged, shares),
    TEXT_OR_NULL(report_merged, load),
    LIST_OF(report_merged, parts, FIELD_OBJECTS, report_part),
    END,
};
SHAPE(report_merged);

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
    LIST_OF(report, crossovers, FIELD_OBJECTS, report_crossover),
    LIST_OF(report, thresholds, FIELD_OBJECTS, report_threshold),
    OBJECT_OR_NULL(report, merged, report_merged),
    OBJECT_OR_NULL(report, share, report_share),
    LIST_OF(report, hosts, FIELD_OBJECTS, report_host),
    END,
};
const struct shape report_shape = {sizeof(struct report), report_fields};
