/* Reading, judging, sorting and recording. */
#include "program/outcomes.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "program/handover.h"

#define LINE_BYTES 65536 /* a longer one is none */
#define CHUNK_BYTES 65536
#define SLACK_NS INT64_C(2000000) /* of a program's clock: many count in milliseconds */
#define PAUSE_NS 1000000
#define OVERTIME 1.1   /* times --timeout: clients' timers are no clockwork */
#define CALENDAR_S 1e9 /* since 1970: no machine has been up for so long */

struct outcome {
    int64_t start_ns, end_ns, work_ns, bytes, index;
    uint16_t status;
    uint8_t error;
};

/* The file has all its blocks before it is written to: on a full disk a page of a hole would be a SIGBUS. */
static int map_items(struct outcomes *o, struct err *err) {
    size_t count = (size_t)o->plan->requests, seen = (count + 63) / 64 * 8;
    o->mapping_bytes = count * (sizeof *o->items + sizeof *o->starts) + seen;
    int fd = handover_temporary(err);
    if (fd < 0)
        return -1;
    void *mapping = MAP_FAILED;
    errno = posix_fallocate(fd, 0, (off_t)o->mapping_bytes);
    if (errno == 0)
        mapping = mmap(NULL, o->mapping_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapping == MAP_FAILED)
        return err_set_errno(err, "there is no room to read what the program told");
    o->items = mapping;
    o->starts = (int64_t *)(void *)(o->items + count);
    o->seen = (unsigned char *)(o->starts + count);
    return 0;
}

static int64_t nanoseconds(double s) {
    return (int64_t)llround(s * 1e9);
}

/* Work that was told of took some time, however coarse the program's clock is. */
static void date_work(const struct outcomes *o, const struct line_sample *s, struct outcome *out) {
    int64_t work_ns = isnan(s->work_s) ? 0 : nanoseconds(s->work_s), left_ns = o->until_ns - out->end_ns;
    out->work_ns = work_ns > left_ns ? left_ns : work_ns;
    if (!isnan(s->work_s) && out->work_ns == 0)
        out->work_ns = 1;
}

static enum outcomes_doubt doubt_of(const struct outcomes *o, const struct line_sample *s, double start_s,
                                    double end_s) {
    double run_s = (double)(o->until_ns - o->from_ns) / 1e9;
    if (s->duration_s < 0 || s->work_s < 0)
        return OUTCOMES_NEGATIVE;
    if (end_s < start_s)
        return OUTCOMES_BACKWARDS;
    if (end_s > CALENDAR_S && (double)o->until_ns / 1e9 < CALENDAR_S)
        return OUTCOMES_OTHER_CLOCK;
    return isnan(s->start_s + s->end_s) && s->duration_s > run_s ? OUTCOMES_OVERLONG : OUTCOMES_OUTSIDE;
}

static void doubt(struct outcomes *o, const struct line_sample *s, double start_s, double end_s) {
    double from_s = (double)o->from_ns / 1e9, work_s = isnan(s->work_s) ? 0 : s->work_s;
    if (o->doubted++)
        return;
    o->doubt = doubt_of(o, s, start_s, end_s);
    o->doubted_index = (int64_t)s->index;
    o->doubted_from_s = start_s - from_s;
    o->doubted_to_s = end_s + work_s - from_s;
}

/* Fills the times. False where they cannot be. */
static bool date(struct outcomes *o, const struct line_sample *s, struct outcome *out) {
    double run_s = (double)(o->until_ns - o->from_ns) / 1e9, work_s = isnan(s->work_s) ? 0 : s->work_s;
    double from_s = (double)o->from_ns / 1e9, end_s = s->end_s, start_s = s->start_s;
    if (isnan(end_s))
        end_s = isnan(start_s) ? from_s + run_s - work_s : start_s + s->duration_s;
    if (isnan(start_s))
        start_s = isnan(s->duration_s) ? from_s : end_s - s->duration_s;
    double slack_s = (double)SLACK_NS / 1e9;
    o->undated += isnan(s->end_s) && isnan(s->start_s);
    bool within = start_s >= from_s - slack_s && end_s + work_s <= from_s + run_s + slack_s;
    if (within && start_s <= end_s && work_s >= 0) {
        int64_t start_ns = nanoseconds(start_s), end_ns = nanoseconds(end_s);
        out->start_ns = start_ns < o->from_ns ? o->from_ns : start_ns;
        out->end_ns = end_ns > o->until_ns ? o->until_ns : end_ns;
        out->start_ns = out->start_ns > out->end_ns ? out->end_ns : out->start_ns;
        date_work(o, s, out);
        return true;
    }
    doubt(o, s, start_s, end_s);
    return false;
}

static void take(struct outcomes *o, const struct line_sample *s) {
    if (!(s->index >= 0 && s->index < (double)o->plan->requests && s->index == floor(s->index))) {
        o->strange++;
        return;
    }
    int64_t index = (int64_t)s->index;
    unsigned char bit = (unsigned char)(1u << index % 8);
    if (o->seen[index / 8] & bit) {
        o->repeated++;
        return;
    }
    enum error_class error = s->error;
    if (!error && o->plan->fail_status && s->status >= 400)
        error = ERROR_HTTP_STATUS;
    o->claimed += error == ERROR_NONE;
    struct outcome *out = &o->items[o->believed];
    if (!date(o, s, out))
        return;
    out->index = index;
    out->bytes = s->bytes;
    out->status = (uint16_t)s->status;
    out->error = (uint8_t)error;
    o->seen[index / 8] |= bit;
    o->believed++;
    o->unworked += !error && isnan(s->work_s);
    o->overtime += (double)(out->end_ns - out->start_ns) > OVERTIME * (double)o->plan->timeout_ns;
    if (error && !s->error)
        snprintf(o->examples[error], RECORDING_EXAMPLE, "an answer with status %d", s->status);
    else if (error && !o->examples[error][0])
        memcpy(o->examples[error], s->example, RECORDING_EXAMPLE);
}

/* Bytes that would end the quotation are shown as dots. */
static void quote_garbage(struct outcomes *o, const char *line, size_t length) {
    for (size_t i = 0; i < length && i < OUTCOMES_QUOTE; i++)
        o->first_garbage[i] = line[i] ? line[i] : '.';
    if (length > OUTCOMES_QUOTE)
        memcpy(o->first_garbage + OUTCOMES_QUOTE, "...", sizeof "...");
    if (length < LINE_BYTES)
        line_say_fault(line, length, o->first_fault, sizeof o->first_fault);
    else
        snprintf(o->first_fault, sizeof o->first_fault, "is longer than %d KiB", LINE_BYTES >> 10);
}

static void count_garbage(struct outcomes *o, const char *line, size_t length) {
    if (!o->garbage++)
        quote_garbage(o, line, length);
}

static void take_line(struct outcomes *o, const char *line, size_t length, bool whole) {
    struct line_sample sample;
    bool fits = length < LINE_BYTES;
    if (fits && line_read(&sample, line, length) == 0)
        take(o, &sample);
    else if (fits && !o->ready && line_kind_of(line, length) == LINE_READY)
        o->ready = true;
    else if (whole && length > 0)
        count_garbage(o, line, length);
}

/* A line that may go on in what is read next; of a longer one the rest is left out. */
struct partial {
    char bytes[LINE_BYTES];
    size_t length;
};

static void take_bytes(struct outcomes *o, struct partial *line, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            take_line(o, line->bytes, line->length, true);
            line->length = 0;
        } else if (line->length < LINE_BYTES) {
            line->bytes[line->length++] = bytes[i];
        }
    }
}

/* Up to where the output ends now: what a program leaves behind may print for ever. By place, since the
 * descriptor's own is shared with whoever writes. What stands behind the last line feed is what a program was
 * cut off in: nothing is said of it. */
static int read_lines(struct outcomes *o, int output, struct err *err) {
    struct partial line = {.length = 0};
    char chunk[CHUNK_BYTES];
    struct stat status;
    off_t at = 0;
    ssize_t got = fstat(output, &status) == 0 ? 1 : -1;
    while (got > 0 && at < status.st_size) {
        off_t left = status.st_size - at;
        got = pread(output, chunk, left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES, at);
        take_bytes(o, &line, chunk, got > 0 ? (size_t)got : 0);
        at += got;
    }
    if (got < 0)
        return err_set_errno(err, "what the program told cannot be read");
    take_line(o, line.bytes, line.length, false);
    return 0;
}

int outcomes_read(struct outcomes *o, int output, const struct plan *plan, int64_t from_ns, int64_t until_ns,
                  struct err *err) {
    *o = (struct outcomes){.plan = plan, .from_ns = from_ns, .until_ns = until_ns};
    return map_items(o, err) ? -1 : read_lines(o, output, err);
}

void outcomes_fini(struct outcomes *o) {
    if (o->items)
        munmap(o->items, o->mapping_bytes);
    *o = (struct outcomes){0};
}

static int compare_ends(const void *a, const void *b) {
    const struct outcome *first = a, *second = b;
    if (first->end_ns != second->end_ns)
        return first->end_ns < second->end_ns ? -1 : 1;
    return first->index < second->index ? -1 : first->index > second->index;
}

static int compare_starts(const void *a, const void *b) {
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return first < second ? -1 : first > second;
}

/* Starts and ends, each in their order: at every start, those that have begun less those that have ended. */
static int64_t count_in_flight(struct outcomes *o) {
    int64_t most = 0, ended = 0;
    for (int64_t i = 0; i < o->believed; i++)
        o->starts[i] = o->items[i].start_ns;
    qsort(o->starts, (size_t)o->believed, sizeof *o->starts, compare_starts);
    for (int64_t i = 0; i < o->believed; i++) {
        while (ended < i && o->items[ended].end_ns <= o->starts[i])
            ended++;
        most = i + 1 - ended > most ? i + 1 - ended : most;
    }
    return most;
}

static void await_room(const struct recording *r) {
    struct timespec pause = {.tv_nsec = PAUSE_NS};
    while (!recording_has_room(r))
        nanosleep(&pause, NULL);
}

static void put(const struct outcomes *o, struct recording *r, const struct outcome *item) {
    struct sample s = sample_ended_early(item->start_ns, item->end_ns, (enum error_class)item->error);
    s.status = item->status;
    s.bytes_received = item->bytes;
    s.work_ns = item->work_ns;
    await_room(r);
    recording_put(r, 0, 0, share_number(&o->plan->share, item->index), &s, o->examples[item->error]);
}

/* Of those without an outcome as many as the concurrency may have been in flight when it ended. */
static void mark_missing(const struct outcomes *o, struct recording *r) {
    int64_t since_ns = r->facts->last_outcome_ns ? r->facts->last_outcome_ns : o->from_ns;
    size_t slot = 0;
    for (int64_t i = 0; i < o->plan->requests && slot < r->slot_count; i++)
        if (!(o->seen[i / 8] >> i % 8 & 1))
            recording_begin(r, slot++, share_number(&o->plan->share, i), since_ns);
}

static void clear_slots(struct recording *r) {
    for (size_t slot = 0; slot < r->slot_count; slot++)
        recording_begin(r, slot, -1, 0);
}

void outcomes_record(struct outcomes *o, struct recording *r) {
    qsort(o->items, (size_t)o->believed, sizeof *o->items, compare_ends);
    o->most_in_flight = o->undated ? 0 : count_in_flight(o);
    clear_slots(r);
    for (int64_t i = 0; i < o->believed; i++)
        put(o, r, &o->items[i]);
    mark_missing(o, r);
}
