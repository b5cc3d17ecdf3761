/* Responses that are well-known, and what is to be said of one however it is cut: in one, in two at every
 * byte, byte by byte, out of memory of just its size. */
#ifndef FETCHBENCH_UNIT_RESPONSE_MADE_H
#define FETCHBENCH_UNIT_RESPONSE_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "response_outcome.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

enum request { GET, HEAD };

static inline void assert_cut_alike(const struct outcome *whole, const struct outcome_text *text,
                                    size_t first, size_t rest) {
    struct outcome cut;
    outcome_run(&cut, text, (size_t[]){first, rest}, 2);
    if (!outcome_same(whole, &cut))
        fail_msg("cut at %zu, then each %zu, it is another response: %s", first, rest, text->data);
    outcome_fini(&cut);
}

/* The outcome of a response (outcome_fini it), the same however it is cut. */
static inline struct outcome whole_of(enum request request, const char *data, size_t length) {
    struct outcome_text text = {data, length, .to_head = request == HEAD, .exact = true};
    struct outcome whole;
    outcome_run(&whole, &text, (size_t[]){length}, 1);
    for (size_t first = 1; first < length; first += length < 5000 ? 1 : length / 7)
        assert_cut_alike(&whole, &text, first, length);
    assert_cut_alike(&whole, &text, 0, 1);
    return whole;
}

static inline void assert_bad(const char *text, const char *why) {
    struct outcome o = whole_of(GET, text, strlen(text));
    if (o.event != RESPONSE_BAD || strcmp(o.facts.why, why) != 0)
        fail_msg("%s: %s instead of %s", text, o.event == RESPONSE_BAD ? o.facts.why : "good", why);
    assert_false(o.facts.keeps);
    outcome_fini(&o);
}

/* Good, with this body, and its connection kept or not. */
static inline void assert_good(enum request request, const char *text, const char *body, bool keeps) {
    struct outcome o = whole_of(request, text, strlen(text));
    if (o.event != RESPONSE_DONE || strcmp(o.body, body) != 0 || o.facts.keeps != keeps)
        fail_msg("%s: %s, body %s, %s", text, o.facts.why ? o.facts.why : "good", o.body,
                 o.facts.keeps ? "kept" : "not kept");
    assert_int_equal(o.facts.body_bytes, strlen(body));
    assert_null(o.facts.why);
    outcome_fini(&o);
}

#endif
