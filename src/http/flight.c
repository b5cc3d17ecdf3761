/* From a ticket to its sample. */
#include "http/flight.h"

#include <stdio.h>

#include "base/clock.h"

#define FIRST_BAD_STATUS 400

int flight_open(struct flight *f, const struct client *client, size_t slot, struct err *err) {
    *f = (struct flight){.client = client, .slot = slot, .ticket = -1};
    if (body_open(&f->body, client, slot, err))
        return -1;
    if (f->body)
        body_set_url(f->body, client->first_url);
    return 0;
}

void flight_close(struct flight *f) {
    body_close(f->body);
    f->body = NULL;
}

void flight_begin(struct flight *f, const struct ticket *ticket) {
    int64_t now_ns = clock_now_ns();
    f->ticket = ticket->number;
    f->sample =
        (struct sample){.due_ns = ticket->due_ns ? ticket->due_ns : now_ns,
                        .start_ns = now_ns,
                        .queue_wait_ns = ticket->queued_ns ? now_ns - ticket->queued_ns : -1,
                        .dns_ns = -1,
                        .connect_ns = -1,
                        .tls_ns = -1,
                        .paced = ticket->due_ns != 0,
                        .waited = ticket->due_ns && f->free_ns > ticket->due_ns && !ticket->found_free,
                        .worker = f->slot & SAMPLE_WORKERS};
    recording_begin(f->client->recording, f->slot, ticket->number, now_ns);
}

bool flight_is_late(const struct flight *f) {
    const struct recording *recording = f->client->recording;
    return recording_stopping(recording) || recording_cuts(recording, clock_now_ns());
}

static void record(struct flight *f, size_t lane, enum error_class class, const char *example) {
    int64_t ticket = f->ticket;
    f->ticket = -1;
    f->sample.error = (uint8_t) class;
    f->free_ns = f->sample.end_ns + f->sample.work_ns;
    if (f->body)
        body_forget(f->body);
    recording_put(f->client->recording, lane, f->slot, ticket, &f->sample, example);
}

bool flight_stamp_end(struct flight *f, size_t lane) {
    f->sample.end_ns = clock_now_ns();
    if (!f->host->failure)
        return false;
    f->sample.foreseen = true;
    record(f, lane, f->host->failure, f->host->why);
    return true;
}

enum error_class flight_judge(const struct flight *f, char *example, size_t size) {
    if (!f->client->plan->fail_status || f->sample.status < FIRST_BAD_STATUS)
        return ERROR_NONE;
    snprintf(example, size, "HTTP %d", f->sample.status);
    return ERROR_HTTP_STATUS;
}

/* Saving is part of the request: it ends with the file in its place. Work comes after it and has a time of
 * its own. */
static enum error_class use_body(struct flight *f, const char *redirected, char *example) {
    enum error_class class = ERROR_NONE;
    if (f->client->plan->save) {
        class = body_keep(f->body, example, RECORDING_EXAMPLE);
        f->sample.end_ns = clock_now_ns();
    }
    if (class != ERROR_NONE || !body_is_used(f->body))
        return class;
    class = body_use(f->body, redirected, example, RECORDING_EXAMPLE);
    f->sample.work_ns = clock_now_ns() - f->sample.end_ns;
    return class;
}

/* When the run was over before the request was, it is recorded as in flight at that moment. */
static void clip(struct flight *f) {
    struct sample *s = &f->sample;
    int64_t cut_ns = f->client->recording->facts->cut_ns;
    s->end_ns = cut_ns > s->start_ns ? cut_ns : s->start_ns;
    if (s->sent_ns > s->end_ns)
        s->sent_ns = 0;
    if (s->first_byte_ns > s->end_ns)
        s->first_byte_ns = 0;
}

void flight_end(struct flight *f, size_t lane, enum error_class class, const char *redirected,
                char *example) {
    if (recording_cuts(f->client->recording, f->sample.end_ns)) {
        clip(f);
        record(f, lane, ERROR_UNFINISHED, NULL);
        return;
    }
    if (f->body && class == ERROR_NONE)
        class = use_body(f, redirected, example);
    record(f, lane, class, class == ERROR_NONE ? NULL : example);
}
