/* One line per run, for spreadsheets and data frames: RFC 4180, numbers as exact as in the report, nothing
 * where it is unknown. A column is a name and the place of its value among the report's keys. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/csv.h"
#include "base/units.h"
#include "render/renderer.h"
#include "render/trusts.h"
#include "report/fields.h"

struct csv_column {
    const char *name;
    const char *path; /* keys from the run on, parted by '/', or from the report on to its plan; NULL: the
                         name is the key */
};

static const struct csv_column csv_columns[] = {
    {"strategy", NULL},
    {"label", NULL},
    {"round", NULL},
    {"order", NULL},
    {"concurrency", NULL},
    {"threads", NULL},
    {"baseline_repeat", NULL},
    {"point", NULL},
    {"ceiling", NULL},
    {"requests_total", "requests/total"},
    {"completed", "requests/completed"},
    {"failed", "requests/failed"},
    {"cancelled", "requests/cancelled"},
    {"unfinished", "requests/unfinished"},
    {"not_started", "requests/not_started"},
    {"retries", "requests/retries"},
    {"waited", "requests/waited"},
    {"status_codes", NULL},
    {"errors", NULL},
    {"setup_s", NULL},
    {"wall_s", NULL},
    {"requests_per_s", NULL},
    {"bytes_received", NULL},
    {"bytes_sent", NULL},
    {"largest_completion_gap_s", NULL},
    {"latency_min_s", "latency/min_s"},
    {"latency_mean_s", "latency/mean_s"},
    {"latency_stddev_s", "latency/stddev_s"},
    {"latency_p50_s", "latency/percentiles_s/50"},
    {"latency_p75_s", "latency/percentiles_s/75"},
    {"latency_p90_s", "latency/percentiles_s/90"},
    {"latency_p95_s", "latency/percentiles_s/95"},
    {"latency_p99_s", "latency/percentiles_s/99"},
    {"latency_p99_9_s", "latency/percentiles_s/99.9"},
    {"latency_p99_99_s", "latency/percentiles_s/99.99"},
    {"latency_max_s", "latency/max_s"},
    {"latency_censored", "latency/censored"},
    {"service_time_p50_s", "service_time/percentiles_s/50"},
    {"service_time_p99_s", "service_time/percentiles_s/99"},
    {"send_slip_p50_s", "send_slip/percentiles_s/50"},
    {"send_slip_p99_s", "send_slip/percentiles_s/99"},
    {"queue_wait_p50_s", "queue_wait/percentiles_s/50"},
    {"queue_wait_p99_s", "queue_wait/percentiles_s/99"},
    {"dns_p50_s", "phases/dns/percentiles_s/50"},
    {"connect_p50_s", "phases/connect/percentiles_s/50"},
    {"tls_p50_s", "phases/tls/percentiles_s/50"},
    {"wait_p50_s", "phases/wait/percentiles_s/50"},
    {"receive_p50_s", "phases/receive/percentiles_s/50"},
    {"work_p50_s", "phases/work/percentiles_s/50"},
    {"cpu_user_s", "client/cpu_user_s"},
    {"cpu_system_s", "client/cpu_system_s"},
    {"cpu_us_per_request", "client/cpu_us_per_request"},
    {"cpu_includes_setup", "client/cpu_includes_setup"},
    {"voluntary_switches", "client/voluntary_switches"},
    {"involuntary_switches", "client/involuntary_switches"},
    {"memory_bytes", "client/memory_bytes"},
    {"max_rss_bytes", "client/max_rss_bytes"},
    {"max_pss_bytes", "client/max_pss_bytes"},
    {"recorder_bytes", "client/recorder_bytes"},
    {"client_threads", "client/threads"},
    {"client_processes", "client/processes"},
    {"connections_opened", "client/connections_opened"},
    {"connections_reused", "client/connections_reused"},
    {"tls_resumed", "client/tls_resumed"},
    {"trust", NULL}, /* the worst of its checks */
    {"limited_by", NULL},
    {"exit_reason", "exit/reason"},
    {"exit_signal", "exit/signal"},
    {"url", "plan/url"},
    {"rate_per_s", "plan/rate_per_s"},
    {"duration_s", "plan/duration_s"},
};
#define COLUMNS (sizeof csv_columns / sizeof csv_columns[0])

/* A value of a run; at is NULL where an object on the way is unknown. */
struct place {
    const struct field *field;
    const char *at;
};

static const struct field *find_key(const struct shape *shape, const char *key, size_t length) {
    const struct field *f = shape->fields;
    while (f->key && (strlen(f->key) != length || memcmp(f->key, key, length) != 0))
        f++;
    assert(f->key); /* the columns name keys that there are */
    return f;
}

static struct place find(const struct report *report, const struct report_run *run,
                         const struct csv_column *column) {
    const char *path = column->path ? column->path : column->name;
    bool is_planned = strncmp(path, "plan/", strlen("plan/")) == 0;
    const struct shape *shape = is_planned ? &report_shape : &report_run_shape;
    struct place p = {.at = is_planned ? (const char *)report : (const char *)run};
    for (;;) {
        size_t length = strcspn(path, "/");
        p.field = find_key(shape, path, length);
        p.at = p.at ? p.at + p.field->offset : NULL;
        if (p.at && p.field->kind == FIELD_MAYBE_OBJECT)
            p.at = *(const char *const *)(const void *)p.at;
        if (path[length] == '\0')
            return p;
        shape = p.field->shape;
        path += length + 1;
    }
}

static void append_count(struct buf *text, const char *key, int64_t count) {
    buf_printf(text, "%s%s=%lld", text->length ? ";" : "", key, (long long)count);
}

/* "200=97;503=3", in one cell. */
static void append_counts(struct buf *out, const struct place *p) {
    const struct report_list *list = (const void *)p->at;
    const struct report_count *counts = list->items;
    const struct report_error *errors = list->items;
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    for (size_t i = 0; i < list->count; i++) {
        if (p->field->kind == FIELD_COUNT_MAP)
            append_count(&text, counts[i].key, counts[i].count);
        else
            append_count(&text, errors[i].error_class, errors[i].count);
    }
    csv_append_text(out, buf_text(&text));
    out->failed = out->failed || text.failed;
    buf_fini(&text);
}

static void append_integer(struct buf *out, int64_t value) {
    if (value >= 0)
        buf_printf(out, "%lld", (long long)value);
}

static void append_real(struct buf *out, double value) {
    char number[UNITS_TEXT];
    if (isfinite(value))
        buf_append_text(out, units_write_exact(number, value));
}

static void append_value(struct buf *out, const struct place *p) {
    const char *text = NULL;
    switch (p->field->kind) {
    case FIELD_TEXT:
        memcpy(&text, p->at, sizeof text);
        csv_append_text(out, text ? text : "");
        break;
    case FIELD_INTEGER:
        append_integer(out, *(const int64_t *)(const void *)p->at);
        break;
    case FIELD_REAL:
        append_real(out, *(const double *)(const void *)p->at);
        break;
    case FIELD_FLAG:
        buf_append_text(out, *(const bool *)p->at ? "true" : "false");
        break;
    case FIELD_OBJECTS:
        csv_append_text(out, trusts_worst((const void *)p->at));
        break;
    default:
        append_counts(out, p);
    }
}

static void append_run(const struct report *report, const struct report_run *run, struct buf *out) {
    for (size_t c = 0; c < COLUMNS; c++) {
        struct place p = find(report, run, &csv_columns[c]);
        if (c > 0)
            buf_append_char(out, ',');
        if (p.at)
            append_value(out, &p);
    }
}

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    const struct report_run *runs = report->runs.items;
    for (size_t c = 0; c < COLUMNS; c++)
        buf_printf(out, "%s%s", c > 0 ? "," : "", csv_columns[c].name);
    buf_append_text(out, style->file ? ",file\r\n" : "\r\n");
    for (size_t i = 0; i < report->runs.count; i++) {
        append_run(report, &runs[i], out);
        if (style->file) {
            buf_append_char(out, ',');
            csv_append_text(out, style->file);
        }
        buf_append_text(out, "\r\n");
    }
    return out->failed ? -1 : 0;
}

const struct renderer renderer_csv = {
    .name = "csv",
    .summary = "a line per run, for spreadsheets",
    .render = render,
    .has_head = true,
};
