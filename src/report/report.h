/* The report as plain data, key for key what results/report.schema.json describes: the same whether just
 * measured or read back from a file. Everything lives in the report's arena, borrowed until report_close.
 *
 * Unknown is NaN for reals, -1 for integers and nullable flags, NULL for texts and nullable objects, an empty
 * list for lists and maps. report_open gives a report in which all is unknown. One thread at a time. */
#ifndef FETCHBENCH_REPORT_REPORT_H
#define FETCHBENCH_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"
#include "plan/loadkind.h"
#include "run/result.h"
#include "trust/trust.h"

#define REPORT_SCHEMA_VERSION 1
#define REPORT_INTEGER_LIMIT INT64_C(9007199254740992) /* 2^53: integers of a report are below it */
#define REPORT_TEXT_LIMIT ((size_t)256 << 20)          /* bytes of JSON that are written or read at most */

/* `items` is an array of `count` of what the comment beside the member says. */
struct report_list {
    void *items;
    size_t count, capacity;
};

/* An entry of a map from names to counts, and of one from names to texts. */
struct report_count {
    const char *key;
    int64_t count;
};
struct report_pair {
    const char *key;
    const char *text;
};

struct report_libraries {
    const char *libcurl, *libev, *openssl, *cjson;
};
struct report_build {
    const char *compiler, *build_type, *sanitizer;
};
struct report_tool {
    const char *name, *version, *revision;
    struct report_libraries libraries;
    struct report_build build;
};

struct report_plan_strategy {
    const char *label, *strategy;
    int64_t concurrency, threads;
    struct report_list options; /* struct report_pair */
};
struct report_plan_point {
    int64_t concurrency;
    const char *name, *value; /* "delay" or "bytes", and as typed; NULL where -c alone is swept */
    double number;            /* the value in seconds or bytes */
};
struct report_plan_urls {
    const char *file;
    int64_t count;
};
struct report_plan_stage { /* in which the rate goes in a straight line */
    double from_per_s, to_per_s;
    double length_s; /* NaN without end */
};
struct report_plan {
    const char *url; /* NULL where only a list was given */
    struct report_plan_urls *urls;
    const char *method;
    struct report_list headers; /* const char * */
    int64_t body_bytes;
    bool authenticated; /* a user and password were given */
    const char *user_agent;
    int64_t requests;
    double duration_s;
    int64_t concurrency, threads;
    double rate_per_s;
    const char *arrivals;      /* NULL in a closed loop */
    struct report_list stages; /* struct report_plan_stage; empty with one rate alone */
    double deadline_s, grace_s, think_time_s;
    bool spin;
    bool keepalive;
    const char *http_version, *ip_version;
    double timeout_s, connect_timeout_s, run_timeout_s;
    int64_t warmup_requests;
    double warmup_s;
    int64_t rounds; /* with rounds_auto those decided on */
    bool rounds_auto;
    double budget_s;
    const char *metric;
    bool embedded, insecure;
    const char *cacert, *cert, *key;
    struct report_list resolve, connect_to; /* const char * */
    const char *unix_socket, *proxy, *dns;
    bool location, compressed, fail_status;
    bool keep_going;
    double max_errors;
    const char *pin;
    const char *samples, *samples_order;
    const char *save, *work;
    bool verify;
    bool ceiling;              /* every label was run against the embedded endpoint as well */
    const char *baseline;      /* file of the report it was compared with */
    double fail_on_regression; /* NaN when not asked for */
    struct report_list sweep;  /* struct report_plan_point; empty without a sweep */
    struct report_list
        strategies; /* struct report_plan_strategy: a label once, in a sweep as at its largest */
};

struct report_limits {
    int64_t nofile, nofile_hard;
    double cpu_quota;           /* processors' worth of time that the control group allows */
    int64_t memory_bytes, pids; /* that the control group allows; pids counts threads as well */
};
struct report_sysctls {
    int64_t somaxconn;
    double ip_local_port_range[2];
    int64_t tcp_tw_reuse;
    const char *congestion_control;
};
struct report_environment {
    const char *kernel, *machine, *cpu_model;
    int64_t cpus_online, cpus_allowed, memory_bytes;
    const char *container, *governor, *clocksource;
    double clock_resolution_s, clock_call_s; /* of CLOCK_MONOTONIC */
    struct report_limits limits;
    struct report_sysctls sysctls;
    double load_average[3];
};

struct report_negotiated {
    const char *http_version, *tls_version, *cipher;
};
struct report_target {            /* the first of the hosts; what was negotiated is the first answer's */
    int64_t hosts;                /* different ones with their ports */
    struct report_list addresses; /* const char * */
    int64_t port;
    const char *scheme;
    struct report_negotiated negotiated;
    const char *server_header;
    int co_located; /* 1: the address is one of this machine's, 0: it is not */
};

struct report_percentiles {
    double p50, p75, p90, p95, p99, p99_9, p99_99;
};
struct report_intervals {
    double p50[2], p99[2];
};
struct report_distribution {
    int64_t count;
    double min_s, mean_s, stddev_s, max_s;
    struct report_percentiles percentiles_s;
    struct report_percentiles *least_s; /* of latency: with what was cut off as slow as it is known to be */
    struct report_intervals ci95_s;
    const char *ci95_source; /* "iid" or "batches": see stats/batches.h */
    const char *source;
    bool censored;
    const char *hdr;
};

struct report_warmup {
    int64_t completed, failed;
};
struct report_requests {
    int64_t total, completed, failed, cancelled, unfinished, not_started, retries, redirects;
    int64_t waited;  /* of an open loop's: no connection was free when they were due */
    int64_t overdue; /* of an open loop's not_started: those that were due */
    double oldest_unfinished_s;
    double oldest_not_started_s; /* since it was due; NaN where none was due */
};
struct report_error {
    const char *error_class;
    int64_t count;
    const char *example;
};
struct report_phases {
    struct report_distribution *dns, *connect, *tls, *wait, *receive, *work;
};
struct report_client {
    double cpu_user_s, cpu_system_s, cpu_us_per_request;
    bool cpu_includes_setup; /* the run did not end by itself, so its cost is that of its whole process */
    int64_t voluntary_switches, involuntary_switches;
    int64_t max_rss_bytes, max_pss_bytes, recorder_bytes, memory_bytes;
    int64_t threads, processes, connections_opened, connections_reused, tls_resumed;
};
struct report_slice {
    double t_s, length_s;
    double due; /* requests, by the rates of an open loop; NaN in a closed one */
    int64_t completed, failed, in_flight;
    double p50_s, p99_s;
    int64_t bytes;
};
struct report_trust {
    const char *check, *status;
    bool invalidates;
    double value, threshold;
    const char *advice;
};
struct report_exit {
    const char *reason;
    int64_t signal;
    const char *message; /* in words, when it ended badly */
};

struct report_clock { /* this machine's CLOCK_MONOTONIC beside that of rank 0's */
    double at_s;      /* on this machine's */
    double offset_s;  /* this machine's less rank 0's; half of round_trip_s is how far it may be off */
    double round_trip_s;
};
struct report_share { /* of one load, that several processes or machines made together */
    int64_t index;    /* from 0; of ranks, the rank */
    int64_t count;
    const char *host;
    const char *launcher;      /* "mpi"; NULL where each was started by itself */
    const char *load;          /* by which parts of one launch know each other; NULL without a launcher */
    struct report_list clocks; /* struct report_clock, as time went by */
};

struct report_run {
    const char *strategy, *label;
    int64_t point; /* index into plan.sweep; -1 without one, or where the run holds at every point */
    int64_t round, order, concurrency, threads;
    const char *backend; /* "io_uring" or "epoll", which carried the bytes; NULL: libcurl or a program did */
    bool baseline_repeat;
    bool ceiling; /* against the embedded endpoint, to bound what the label can do; of no comparison */
    struct report_warmup *warmup; /* NULL without one */
    struct report_requests requests;
    struct report_list status_codes; /* struct report_count */
    struct report_list errors;       /* struct report_error */
    double clock_go_s;               /* CLOCK_MONOTONIC at go, as other programs of the machine see it */
    double start_agreed_s; /* when all ranks were to go, on rank 0's; NaN where none was agreed on */
    double setup_s, wall_s, requests_per_s;
    int64_t bytes_received, bytes_sent;
    double largest_completion_gap_s, largest_completion_gap_at_s;
    struct report_distribution latency, service_time, *queue_wait;
    struct report_distribution *send_slip; /* of an open loop: by how much the client itself was late */
    struct report_phases phases;
    struct report_client client;
    struct report_list slices; /* struct report_slice */
    struct report_list trust;  /* struct report_trust */
    const char *limited_by, *limited_by_reason;
    struct trust_facts *facts; /* that trust was judged by; NULL in a report that was read */
    struct report_exit exit;
    struct report_list notes; /* const char *: how the run is to be read */
};

struct report_noise_floor { /* the baseline's second run over its first */
    double ratio, ci95[2];
};
struct report_comparison { /* a label against the baseline by one metric, filled by the room compare */
    const char *metric;
    bool primary;
    const char *baseline, *label;
    int64_t point; /* index into plan.sweep, -1 without a sweep */
    int64_t concurrency, rounds;
    bool paired;
    struct report_list between; /* const char *: the two files, where the runs are of two invocations */
    double ratio, ci95[2], p_value;
    struct report_noise_floor *noise_floor; /* of the same metric at the same point */
    double margin;                          /* what counted as no difference; NaN without a verdict */
    const char *verdict;
    struct report_list reasons; /* const char *: sentences without a full stop */
    int64_t rounds_needed;
};
struct report_threshold { /* a --fail-on for one label, filled by the room compare */
    const char *expression, *label;
    int64_t point;       /* index into plan.sweep, -1 without a sweep */
    int64_t rounds;      /* whose median the value is; of a share of failures the sum */
    double value, bound; /* of the metric, in s, 1, per s or us; value is the least it may be */
    bool broken;
    const char *reason; /* why it could not be judged, and so counts as broken; NULL where it could */
};
struct report_part {  /* a report that was joined with others */
    const char *name; /* of its file */
    const char *started_at, *finished_at;
};
struct report_merged {
    const char *as;           /* "rounds" of one plan, or "shares" of one load */
    int64_t shares;           /* that the load was split into; -1 where its parts tell of none */
    const char *load;         /* of its shares; NULL where they have none */
    struct report_list parts; /* struct report_part */
};
struct report_host_latency {
    int64_t count;
    double mean_s, p50_s, p99_s, max_s;
    double p50_ci95_s[2];
};
struct report_host_run { /* what one part did of a run */
    const char *label;
    int64_t point, round;
    bool baseline_repeat, ceiling;
    struct report_requests requests;
    double wall_s, requests_per_s;
    struct report_host_latency latency;
    double cpu_us_per_request;
    double cpu_share; /* processor time over wall time: 1 is a whole processor's */
    const char *limited_by;
    struct report_list trust;   /* struct report_trust: those that warned or failed */
    double start_skew_s;        /* go less the agreed moment, on one clock; NaN where that cannot be told */
    double start_skew_error_s;  /* that it may be off by at most */
    struct report_list remarks; /* const char *: what is the matter; sentences without a full stop */
};
struct report_host {           /* a part of a load, by shares */
    int64_t rank;              /* its share's index; without one its place among the files */
    const char *host;          /* NULL where it did not say */
    const char *report;        /* name of its file; NULL where there is none */
    const char *lost;          /* why its share is missing, or not whole where there is a report; NULL */
    double clock_offset_s[2];  /* the first and the last of its clocks' */
    double clock_round_trip_s; /* the longest of them */
    const char *started_at, *finished_at;
    bool complete;
    struct report_list runs; /* struct report_host_run */
};
struct report_crossover { /* the winner changes between two points of a sweep */
    const char *metric;
    int64_t from_point, to_point;
    const char *winner_before, *winner_after; /* labels */
    bool supported; /* by both points' rounds; else there were too few of them to support anything */
};

struct report {
    struct arena arena;
    int64_t schema_version;
    struct report_tool tool;
    struct report_list command; /* const char * */
    const char *started_at, *finished_at;
    int64_t seed;
    bool complete;
    struct report_plan plan;
    struct report_environment environment;
    struct report_target target;
    struct report_list runs;                /* struct report_run */
    struct report_list comparisons;         /* struct report_comparison */
    struct report_noise_floor *noise_floor; /* by the primary metric; of several points the widest */
    struct report_list crossovers;          /* struct report_crossover */
    struct report_list thresholds;          /* struct report_threshold */
    struct report_merged *merged;           /* NULL for a report of one invocation */
    struct report_share *share;             /* NULL for a load of its own */
    struct report_list hosts;               /* struct report_host, by rank; empty but for a sum of shares */
};

struct report *report_open(void);
void report_close(struct report *r); /* r may be NULL */

/* What its runs can be compared by. */
enum load_kind report_load_kind(const struct report_plan *p);

/* Appends one zeroed item of `size` bytes, which stays where it is until the next append to the same list. */
void *report_list_add(struct report *r, struct report_list *list, size_t size);

/* Fills everything that is known before the first run: tool, command (secrets redacted by the rows of
 * `options`), plan, environment. */
void report_begin(struct report *r, const struct plan *plan, const struct option *options, int argc,
                  char **argv);

/* That what it reports is a share of a load that a launcher ("mpi") spread, and by what its parts know each
 * other; both may be NULL. */
void report_set_share(struct report *r, const char *launcher, const char *load);

/* Adds where this machine's clock was beside that of rank 0's. report_set_share comes first. */
void report_add_clock(struct report *r, double at_s, double offset_s, double round_trip_s);

/* The moment at which all were to go in the last run that was added, on rank 0's clock. */
void report_set_start(struct report *r, double start_agreed_s);

/* Adds what a finished run measured, and from the first run that got an answer what the target is. 0, or -1
 * with err filled when a histogram could not be encoded. */
int report_add_run(struct report *r, const struct run_result *result, struct err *err);

/* Stamps the end; `complete` is false when the user interrupted. */
void report_finish(struct report *r, bool complete);

/* Appends the report as JSON, with a final newline. 0, or -1 when memory or the buffer's limit ran out. */
int report_write_text(const struct report *r, struct buf *out);

/* Likewise {"comparisons": [...]} alone. */
int report_write_comparisons(const struct report *r, struct buf *out);

/* Writes the JSON to path, or to standard output for "-". A regular file is replaced whole or not at all;
 * anything else (a pipe, a device) is written straight. 0, or -1 with err filled (ERR_OUTPUT). */
int report_write_file(const struct report *r, const char *path, struct err *err);

/* Puts any text where report_write_file would put a report, and in the same way. 0, or -1 with err filled
 * (ERR_OUTPUT). */
int report_put_text(const struct buf *text, const char *path, struct err *err);

/* Reads a report from a file, or from standard input for "-". Unknown keys are ignored. NULL with err filled
 * (ERR_USAGE) when it cannot be read or is no report. Safe on any input. Close it with report_close. */
struct report *report_read(const char *path, struct err *err);

/* As report_read, from `length` bytes of text; `name` is what messages call it. */
struct report *report_read_text(const char *text, size_t length, const char *name, struct err *err);

#endif
