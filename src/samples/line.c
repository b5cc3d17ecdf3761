/* One table of fields gives JSON's keys and CSV's header. */
#include "samples/line.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/csv.h"
#include "base/utf8.h"
#include "record/recording.h"

#define NS_PER_S UINT64_C(1000000000)
#define NAMES_LIMIT ((size_t)1 << 20) /* bytes of a label */

/* In their order, after index and the run's identity. */
#define FIELDS(FIELD)                                                                                        \
    FIELD(due_s)                                                                                             \
    FIELD(start_s)                                                                                           \
    FIELD(dns_s)                                                                                             \
    FIELD(connect_s)                                                                                         \
    FIELD(tls_s)                                                                                             \
    FIELD(first_byte_s)                                                                                      \
    FIELD(end_s)                                                                                             \
    FIELD(work_s)                                                                                            \
    FIELD(status)                                                                                            \
    FIELD(bytes)                                                                                             \
    FIELD(error)                                                                                             \
    FIELD(connection_reused)                                                                                 \
    FIELD(worker)

#define NUMBER_OF(name) FIELD_##name,
#define KEY_OF(name) {",\"" #name "\":", sizeof(",\"" #name "\":") - 1},
#define COLUMN_OF(name) "," #name

enum field { FIELDS(NUMBER_OF) };

static const struct key {
    const char *text;
    size_t length;
} keys[] = {FIELDS(KEY_OF)};

static const char columns[] = "index,label,round,baseline_repeat,point" FIELDS(COLUMN_OF) "\r\n";

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

/* Where the next byte goes. */
struct pen {
    char *at;
    bool csv;
};

static void put_text(struct pen *p, const char *text, size_t length) {
    memcpy(p->at, text, length);
    p->at += length;
}

static void put_number(struct pen *p, uint64_t value) {
    char digits[20];
    size_t first = sizeof digits;
    while (value >= 100) {
        first -= 2;
        memcpy(digits + first, pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        first -= 2;
        memcpy(digits + first, pairs + value * 2, 2);
    } else {
        digits[--first] = (char)('0' + value);
    }
    put_text(p, digits + first, sizeof digits - first);
}

static void put_seconds(struct pen *p, int64_t ns) {
    uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    if (ns < 0)
        *p->at++ = '-';
    put_number(p, magnitude / NS_PER_S);
    uint32_t rest = (uint32_t)(magnitude % NS_PER_S);
    *p->at++ = '.';
    p->at[8] = (char)('0' + rest % 10);
    rest /= 10;
    for (int i = 6; i >= 0; i -= 2, rest /= 100)
        memcpy(p->at + i, pairs + (size_t)(rest % 100) * 2, 2);
    p->at += 9;
}

static void begin_field(struct pen *p, enum field field) {
    if (p->csv)
        *p->at++ = ',';
    else
        put_text(p, keys[field].text, keys[field].length);
}

static void put_null(struct pen *p) {
    if (!p->csv)
        put_text(p, "null", 4);
}

/* A stamp of 0 was never taken. */
static void put_moment(struct pen *p, enum field field, int64_t at_ns, int64_t go_ns) {
    begin_field(p, field);
    if (at_ns)
        put_seconds(p, (int64_t)((uint64_t)at_ns - (uint64_t)go_ns));
    else
        put_null(p);
}

static void put_duration(struct pen *p, enum field field, int64_t ns) {
    begin_field(p, field);
    if (ns >= 0)
        put_seconds(p, ns);
    else
        put_null(p);
}

static void put_error(struct pen *p, enum error_class class) {
    begin_field(p, FIELD_error);
    if (class == ERROR_NONE) {
        put_null(p);
        return;
    }
    const char *name = error_class_name(class);
    if (!p->csv)
        *p->at++ = '"';
    put_text(p, name, strlen(name));
    if (!p->csv)
        *p->at++ = '"';
}

/* Not known of a request that never had a connection to be sent on. */
static void put_reused(struct pen *p, const struct sample *s) {
    begin_field(p, FIELD_connection_reused);
    if (s->connections)
        put_text(p, "false", 5);
    else if (s->sent_ns)
        put_text(p, "true", 4);
    else
        put_null(p);
}

static void put_outcome(struct pen *p, const struct sample *s) {
    begin_field(p, FIELD_status);
    if (s->status)
        put_number(p, s->status);
    else
        put_null(p);
    begin_field(p, FIELD_bytes);
    put_number(p, s->bytes_received > 0 ? (uint64_t)s->bytes_received : 0);
    put_error(p, (enum error_class)s->error);
    put_reused(p, s);
    begin_field(p, FIELD_worker);
    put_number(p, s->worker);
}

size_t line_write(char *out, const struct line_run *run, const struct ring_entry *entry) {
    const struct sample *s = &entry->sample;
    struct pen p = {.at = out, .csv = run->csv};
    if (!run->csv)
        put_text(&p, "{\"index\":", 9);
    put_number(&p, (uint64_t)entry->ticket);
    put_text(&p, run->names, run->names_length);
    put_moment(&p, FIELD_due_s, s->due_ns, run->go_ns);
    put_moment(&p, FIELD_start_s, s->start_ns, run->go_ns);
    put_duration(&p, FIELD_dns_s, s->dns_ns);
    put_duration(&p, FIELD_connect_s, s->connect_ns);
    put_duration(&p, FIELD_tls_s, s->tls_ns);
    put_moment(&p, FIELD_first_byte_s, s->first_byte_ns, run->go_ns);
    put_moment(&p, FIELD_end_s, s->end_ns, run->go_ns);
    put_duration(&p, FIELD_work_s, sample_measure_ns(s, MEASURE_WORK));
    put_outcome(&p, s);
    *p.at++ = run->csv ? '\r' : '}';
    *p.at++ = '\n';
    return (size_t)(p.at - out);
}

const char *line_header(bool csv) {
    return csv ? columns : "";
}

static void append_json(struct buf *out, const char *text) {
    struct buf repaired;
    buf_init(&repaired, NAMES_LIMIT);
    utf8_append_repaired(&repaired, text, strlen(text));
    cJSON *string = cJSON_CreateString(buf_text(&repaired));
    char *quoted = string ? cJSON_PrintUnformatted(string) : NULL;
    if (quoted)
        buf_append_text(out, quoted);
    else
        out->failed = true;
    buf_fini(&repaired);
    cJSON_free(quoted);
    cJSON_Delete(string);
}

static void append_point(struct buf *out, bool csv, int64_t point) {
    buf_append_text(out, csv ? "," : ",\"point\":");
    if (point >= 0)
        buf_printf(out, "%" PRId64, point);
    else
        buf_append_text(out, csv ? "" : "null");
}

void line_run_init(struct line_run *run, bool csv, const struct line_identity *identity, int64_t go_ns) {
    const char *repeat = identity->baseline_repeat ? "true" : "false";
    struct buf names;
    buf_init(&names, NAMES_LIMIT);
    buf_append_text(&names, csv ? "," : ",\"label\":");
    if (csv)
        csv_append_text(&names, identity->label);
    else
        append_json(&names, identity->label);
    buf_printf(&names, "%s%" PRId64, csv ? "," : ",\"round\":", identity->round);
    buf_printf(&names, "%s%s", csv ? "," : ",\"baseline_repeat\":", repeat);
    append_point(&names, csv, identity->point);
    *run = (struct line_run){.csv = csv, .go_ns = go_ns, .names_length = names.length};
    run->names = buf_take(&names);
}

void line_run_fini(struct line_run *run) {
    free(run->names);
    *run = (struct line_run){.csv = run->csv};
}
