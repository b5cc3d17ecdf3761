/* What the parser of responses makes of a text cut into slices, for tests that compare one cutting with
 * another. */
#ifndef FETCHBENCH_UNIT_RESPONSE_OUTCOME_H
#define FETCHBENCH_UNIT_RESPONSE_OUTCOME_H

#include <stdlib.h>
#include <string.h>

#include "http/response.h"

struct outcome {
    enum response_event event;
    struct response facts;
    size_t unread; /* bytes behind the end */
    size_t body_length;
    char *body; /* with a NUL */
    char server[RESPONSE_SERVER_BYTES];
    const char *broken; /* a promise of the parser that it did not keep, or NULL */
};

struct outcome_text {
    const char *data;
    size_t length;
    bool to_head;
    bool stays_open; /* no end of the connection behind it: MORE is an outcome */
    bool exact;      /* each slice lies in memory of just its size, so that ASan sees a read beyond it */
};

static inline void outcome_begin(struct outcome *o, const struct outcome_text *text) {
    *o = (struct outcome){.event = RESPONSE_MORE, .body = malloc(text->length + 1)};
    response_begin(&o->facts, text->to_head, o->server);
}

static inline void outcome_fini(struct outcome *o) {
    free(o->body);
}

static inline void outcome_take(struct outcome *o, const char *slice, size_t length) {
    const char *at = slice, *end = slice + length;
    struct response_span span;
    while ((o->event = response_next(&o->facts, &at, end, &span)) == RESPONSE_BODY) {
        if (span.length == 0 || span.data < slice || span.data + span.length != at || at > end) {
            o->broken = "a piece of the body is no part of the slice";
            return;
        }
        memcpy(o->body + o->body_length, span.data, span.length);
        o->body_length += span.length;
    }
    if (at < slice || at > end || (o->event == RESPONSE_MORE && at != end))
        o->broken = "it stopped elsewhere than it should have";
    o->unread = (size_t)(end - at);
}

/* The next slice, `length` bytes from `from` on. */
static inline void outcome_feed(struct outcome *o, const struct outcome_text *text, size_t from,
                                size_t length) {
    char *copy = text->exact ? malloc(length ? length : 1) : NULL;
    if (copy)
        memcpy(copy, text->data + from, length);
    outcome_take(o, copy ? copy : text->data + from, length);
    free(copy);
    if (o->event != RESPONSE_MORE)
        o->unread += text->length - from - length;
}

static inline void outcome_end(struct outcome *o, const struct outcome_text *text) {
    o->body[o->body_length] = '\0';
    if (o->event == RESPONSE_MORE && !text->stays_open)
        o->event = response_end(&o->facts);
}

/* In slices of those lengths, of which the last, no 0, is that of all further ones. outcome_fini it. */
static inline void outcome_run(struct outcome *o, const struct outcome_text *text, const size_t *lengths,
                               size_t count) {
    outcome_begin(o, text);
    for (size_t at = 0, slice = 0; at < text->length && o->event == RESPONSE_MORE && !o->broken; slice++) {
        size_t length = lengths[slice < count ? slice : count - 1];
        if (length > text->length - at)
            length = text->length - at;
        outcome_feed(o, text, at, length);
        at += length;
    }
    outcome_end(o, text);
}

static inline bool outcome_same(const struct outcome *a, const struct outcome *b) {
    const struct response *p = &a->facts, *q = &b->facts;
    return !a->broken && !b->broken && a->event == b->event && a->unread == b->unread && p->why == q->why &&
           p->body_bytes == q->body_bytes && p->head_bytes == q->head_bytes && p->status == q->status &&
           p->minor == q->minor && p->begun == q->begun && p->head_ended == q->head_ended &&
           p->keeps == q->keeps && p->until_close == q->until_close && a->body_length == b->body_length &&
           memcmp(a->body, b->body, a->body_length) == 0 && strcmp(a->server, b->server) == 0;
}

#endif
