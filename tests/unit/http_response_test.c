/* Every rule of the parser of responses. Each response is also cut in two at every byte, and fed byte by
 * byte, out of memory of just its size: all of that must end alike. */
#include "http/response.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

enum request { GET, HEAD };

struct outcome {
    enum response_event event;
    struct response facts;
    size_t unread; /* bytes behind the end */
    size_t body_length;
    char *body;
    char server[RESPONSE_SERVER_BYTES];
};

/* One slice, in memory of its own: a read beyond it is a fault under ASan. */
static enum response_event feed(struct outcome *o, const char *data, size_t length) {
    char *slice = malloc(length ? length : 1);
    memcpy(slice, data, length);
    const char *at = slice;
    struct response_span span;
    enum response_event event;
    while ((event = response_next(&o->facts, &at, slice + length, &span)) == RESPONSE_BODY) {
        assert_true(span.length > 0 && span.data >= slice && span.data + span.length == at);
        memcpy(o->body + o->body_length, span.data, span.length);
        o->body_length += span.length;
    }
    if (event == RESPONSE_MORE)
        assert_ptr_equal(at, slice + length);
    o->unread = slice + length - at;
    free(slice);
    return event;
}

/* In slices of `first` and then of `step` bytes, then closed. */
static void run(struct outcome *o, enum request request, const char *text, size_t length, size_t first,
                size_t step) {
    memset(o, 0, sizeof *o);
    o->body = calloc(1, length + 1);
    response_begin(&o->facts, request == HEAD, o->server);
    o->event = RESPONSE_MORE;
    for (size_t at = 0, next = first; at < length && o->event == RESPONSE_MORE; at = next, next += step) {
        if (next > length)
            next = length;
        o->event = feed(o, text + at, next - at);
        if (o->event != RESPONSE_MORE)
            o->unread += length - next;
    }
    if (o->event == RESPONSE_MORE)
        o->event = response_end(&o->facts);
}

static void assert_same(const struct outcome *a, const struct outcome *b, const char *text) {
    const struct response *p = &a->facts, *q = &b->facts;
    if (a->event != b->event || a->unread != b->unread || p->why != q->why ||
        p->body_bytes != q->body_bytes || p->head_bytes != q->head_bytes || p->status != q->status ||
        p->minor != q->minor || p->begun != q->begun || p->head_ended != q->head_ended ||
        p->keeps != q->keeps || p->until_close != q->until_close || a->body_length != b->body_length ||
        memcmp(a->body, b->body, a->body_length) != 0 || strcmp(a->server, b->server) != 0)
        fail_msg("cut otherwise it is another response: %s", text);
}

/* The outcome of a response (free its body), the same however it is cut. */
static struct outcome whole_of(enum request request, const char *text, size_t length) {
    struct outcome whole, cut;
    run(&whole, request, text, length, length, 1);
    for (size_t first = 1; first < length; first += length < 5000 ? 1 : length / 7) {
        run(&cut, request, text, length, first, length);
        assert_same(&whole, &cut, text);
        free(cut.body);
    }
    run(&cut, request, text, length, 1, 1);
    assert_same(&whole, &cut, text);
    free(cut.body);
    return whole;
}

static void assert_bad(const char *text, const char *why) {
    struct outcome o = whole_of(GET, text, strlen(text));
    if (o.event != RESPONSE_BAD || strcmp(o.facts.why, why) != 0)
        fail_msg("%s: %s instead of %s", text, o.event == RESPONSE_BAD ? o.facts.why : "good", why);
    assert_false(o.facts.keeps);
    free(o.body);
}

/* Good, with this body, and its connection kept or not. */
static void assert_good(enum request request, const char *text, const char *body, bool keeps) {
    struct outcome o = whole_of(request, text, strlen(text));
    if (o.event != RESPONSE_DONE || strcmp(o.body, body) != 0 || o.facts.keeps != keeps)
        fail_msg("%s: %s, body %s, %s", text, o.facts.why ? o.facts.why : "good", o.body,
                 o.facts.keeps ? "kept" : "not kept");
    assert_int_equal(o.facts.body_bytes, strlen(body));
    assert_null(o.facts.why);
    free(o.body);
}

static void a_usual_response_has_its_facts(void **state) {
    (void)state;
    static const char text[] = OK "Server: nginx/1.22.1\r\nDate: Fri, 01 Mar 2024 10:00:00 GMT\r\n"
                                  "Content-Type: text/html\r\nContent-Length: 5\r\nConnection: keep-alive\r\n"
                                  "ETag: \"65e1\"\r\nAccept-Ranges: bytes\r\n\r\nhello";
    struct outcome o = whole_of(GET, text, sizeof text - 1);
    assert_int_equal(o.event, RESPONSE_DONE);
    assert_string_equal(o.body, "hello");
    assert_string_equal(o.server, "nginx/1.22.1");
    assert_int_equal(o.facts.status, 200);
    assert_int_equal(o.facts.minor, 1);
    assert_int_equal(o.facts.head_bytes, sizeof text - 1 - 5);
    assert_int_equal(o.facts.body_bytes, 5);
    assert_true(o.facts.begun && o.facts.head_ended && o.facts.keeps && !o.facts.until_close);
    free(o.body);
}

static void nothing_is_known_before_the_first_byte(void **state) {
    (void)state;
    struct response r;
    char server[RESPONSE_SERVER_BYTES] = "of the last";
    const char *at = server;
    struct response_span span;
    response_begin(&r, false, server);
    assert_string_equal(server, "");
    assert_int_equal(response_next(&r, &at, at, &span), RESPONSE_MORE);
    assert_false(r.begun || r.head_ended || r.keeps || r.until_close);
    assert_int_equal(r.status, 0);
    assert_int_equal(response_end(&r), RESPONSE_BAD);
    assert_string_equal(r.why, "the connection was closed before it began");
}

static void what_is_over_stays_so(void **state) {
    (void)state;
    struct response r;
    struct response_span span;
    static const char good[] = OK EMPTY "more", wrong[] = "x";
    const char *at = good;
    response_begin(&r, false, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(response_next(&r, &at, good + sizeof good - 1, &span), RESPONSE_DONE);
    assert_string_equal(at, "more");
    assert_int_equal(response_end(&r), RESPONSE_DONE);
    at = wrong;
    response_begin(&r, false, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(response_next(&r, &at, wrong + 1, &span), RESPONSE_BAD);
    assert_ptr_equal(at, wrong);
    assert_int_equal(response_end(&r), RESPONSE_BAD);
    assert_string_equal(r.why, "it does not begin with HTTP/1.");
}

static void a_status_line_is_version_status_and_any_reason(void **state) {
    (void)state;
    assert_good(GET, "HTTP/1.1 200 OK\r\n" EMPTY, "", true);
    assert_good(GET, "HTTP/1.1 200 \r\n" EMPTY, "", true);
    assert_good(GET, "HTTP/1.1 200\r\n" EMPTY, "", true);
    assert_good(GET, "HTTP/1.1 999 \t\xff: 7\r\n" EMPTY, "", true);
    assert_good(GET, "HTTP/1.7 200 OK\r\n" EMPTY, "", true);
    assert_bad("\r\n" OK EMPTY, "it does not begin with HTTP/1.");
    assert_bad("http/1.1 200 OK\r\n" EMPTY, "it does not begin with HTTP/1.");
    assert_bad("HTTP/2 200 OK\r\n" EMPTY, "it does not begin with HTTP/1.");
    assert_bad("HTTP/1.x 200 OK\r\n" EMPTY, "the version is not HTTP/1 and a digit");
    assert_bad("HTTP/1.10 200 OK\r\n" EMPTY, "no space follows the version");
    assert_bad("HTTP/1.1  200 OK\r\n" EMPTY, "the status is not three digits");
    assert_bad("HTTP/1.1 20 OK\r\n" EMPTY, "the status is not three digits");
    assert_bad("HTTP/1.1 2000 OK\r\n" EMPTY, "the status is not three digits");
    assert_bad("HTTP/1.1 200OK\r\n" EMPTY, "the status is not three digits");
    assert_bad("HTTP/1.1 099 OK\r\n" EMPTY, "the status is below 100");
    assert_bad("HTTP/1.1\r\n" EMPTY, "no space follows the version");
}

static void a_lone_lf_ends_a_line(void **state) {
    (void)state;
    assert_good(GET, "HTTP/1.1 200 OK\nContent-Length: 2\nConnection: close\n\nhi", "hi", false);
    assert_good(GET, "HTTP/1.1 200\nTransfer-Encoding: chunked\n\n2\nhi\r\n0;x\nA: b\n\n", "hi", true);
}

static void a_cr_elsewhere_or_a_nul_is_bad(void **state) {
    (void)state;
    static const char nul[] = OK "A: \0\r\n" EMPTY, cr_nul[] = OK "A: b\r\0\n" EMPTY;
    assert_bad("HTTP/1.1 200 O\rK\r\n" EMPTY, "a CR stands alone");
    assert_bad(OK "A: b\rc\r\n" EMPTY, "a CR stands alone");
    assert_bad(OK "A: b\r\r\n" EMPTY, "a CR stands alone");
    assert_bad(OK "Content-Length: 0\r\n\rx", "a CR stands alone");
    assert_bad(CHUNKED "2;\r;\r\nhi\r\n0\r\n\r\n", "a CR stands alone");
    struct outcome o = whole_of(GET, nul, sizeof nul - 1);
    assert_string_equal(o.facts.why, "a NUL stands in a line");
    free(o.body);
    o = whole_of(GET, cr_nul, sizeof cr_nul - 1);
    assert_string_equal(o.facts.why, "a NUL stands in a line");
    free(o.body);
}

static void a_field_is_a_token_and_a_colon_at_once(void **state) {
    (void)state;
    assert_good(GET, OK "!#$%&'*+-.^_`|~09azAZ:\r\n" EMPTY, "", true);
    assert_good(GET, OK "A:\x80\xff\t\x01 \v:\r\n" EMPTY, "", true);
    assert_bad(OK "Content-Length : 0\r\n\r\n", "white space stands before a header's colon");
    assert_bad(OK "A\t: 0\r\n\r\n", "white space stands before a header's colon");
    assert_bad(OK ": 0\r\n\r\n", "a header has no name");
    assert_bad(OK "abc\r\n\r\n", "a header line has no colon");
    assert_bad(OK "abc\n\r\n", "a header line has no colon");
    static const char others[] = "\"(),/;<=>?@[\\]{}\x01\x1f\x7f\x80\xff";
    for (const char *c = others; *c; c++) {
        char text[] = OK "a?b: 0\r\n\r\n";
        *strchr(text, '?') = *c;
        assert_bad(text, "a header's name is not a token");
    }
}

static void a_folded_line_goes_on_with_the_value_before(void **state) {
    (void)state;
    assert_good(GET, OK "A: b\r\n Content-Length: 7\r\n\t\r\nContent-Length:\r\n 2\r\n\r\nhi", "hi", true);
    assert_good(GET, OK "Connection: x,\r\n close\r\n" EMPTY, "", false);
    assert_good(GET, OK "Connection: clo\r\n se\r\n" EMPTY, "", true);
    assert_good(GET, OK "Transfer-Encoding: gzip,\n chunked\r\n\r\n0\r\n\r\n", "", true);
    assert_good(GET, CHUNKED "0\r\nA: b\r\n c\r\n\r\n", "", true);
    assert_bad(OK "Content-Length: 1\r\n 2\r\n\r\n", "Content-Length is not a number");
    assert_bad(OK " A: b\r\n" EMPTY, "its first header line begins with white space");
    assert_bad(CHUNKED "0\r\n A: b\r\n\r\n", "its first header line begins with white space");
}

static void interim_answers_are_skipped(void **state) {
    (void)state;
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n"
                               "HTTP/1.0 103 Early Hints\nLink: </a>\nContent-Length: x\n"
                               "Transfer-Encoding:\nConnection: close\nServer: early\n\n"
                               "HTTP/1.1 404 Not Found\r\nServer: late\r\nContent-Length: 2\r\n\r\nno";
    struct outcome o = whole_of(GET, text, sizeof text - 1);
    assert_int_equal(o.event, RESPONSE_DONE);
    assert_int_equal(o.facts.status, 404);
    assert_int_equal(o.facts.minor, 1);
    assert_int_equal(o.facts.head_bytes, sizeof text - 1 - 2);
    assert_string_equal(o.server, "late");
    assert_true(o.facts.keeps);
    free(o.body);
    assert_bad("HTTP/1.1 101 Switching Protocols\r\n\r\n",
               "it changes the protocol (101), which nobody asked for");
    assert_bad("HTTP/1.1 100 Continue\r\n\r\n", "the connection was closed within its head");
}

static void an_interim_answer_has_no_status_yet(void **state) {
    (void)state;
    struct response r;
    struct response_span span;
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK";
    const char *at = text;
    response_begin(&r, false, NULL);
    assert_int_equal(response_next(&r, &at, text + sizeof text - 1, &span), RESPONSE_MORE);
    assert_int_equal(r.status, 0);
    assert_false(r.head_ended);
    at = "\r\n";
    assert_int_equal(response_next(&r, &at, at + 2, &span), RESPONSE_MORE);
    assert_int_equal(r.status, 200);
}

static void some_answers_have_no_body(void **state) {
    (void)state;
    assert_good(GET, "HTTP/1.1 204 No Content\r\n\r\n", "", true);
    assert_good(GET, "HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "", true);
    assert_good(GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", "", true);
    assert_good(GET, "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", "", true);
    assert_good(HEAD, OK "\r\n", "", true);
    assert_good(HEAD, OK "Content-Length: 7\r\n\r\n", "", true);
    assert_good(HEAD, CHUNKED, "", true);
    assert_good(HEAD, "HTTP/1.0 200 OK\r\n\r\n", "", false);
}

static void a_length_is_digits_and_always_the_same(void **state) {
    (void)state;
    assert_good(GET, OK "content-LENGTH:2\r\n\r\nhi", "hi", true);
    assert_good(GET, OK "Content-Length: \t 0002 \t\r\n\r\nhi", "hi", true);
    assert_good(GET, OK "Content-Length: 2 , 2,\t02\r\n\r\nhi", "hi", true);
    assert_good(GET, OK "Content-Length: 2\r\nA: b\r\nContent-Length: 2\r\n\r\nhi", "hi", true);
    static const char *none[] = {"", " ", "2,", ",2", "2,,2"};
    static const char *not_numbers[] = {"x", "+2", "-2", "2x", "0x2", "2.0", "2 2", "2;2", "\"2\"", "2\v"};
    static const char *different[] = {"2,3", "2\r\nContent-Length: 3", "2, 2 ,0"};
    static const char *large[] = {"9223372036854775808", "99999999999999999999999999999"};
    char text[200];
#define EACH(list, words)                                                                                    \
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {                                                \
        snprintf(text, sizeof text, OK "Content-Length: %s\r\n\r\n", list[i]);                               \
        assert_bad(text, words);                                                                             \
    }
    EACH(none, "a Content-Length has no number")
    EACH(not_numbers, "Content-Length is not a number")
    EACH(different, "Content-Length is given twice and differs")
    EACH(large, "Content-Length is too large")
    assert_bad(OK "Content-Length: 9223372036854775807\r\n\r\nhi",
               "the connection was closed within its body");
}

static void headers_with_longer_or_shorter_names_are_others(void **state) {
    (void)state;
    assert_good(
        GET,
        OK "Content-Lengt: x\r\nContent-Lengths: x\r\nContent-Length-: x\r\nX-Content-Length: x\r\n" EMPTY,
        "", true);
    assert_good(GET, OK "Connectio: close\r\nConnections: close\r\nChunked: close\r\nClose: close\r\n" EMPTY,
                "", true);
    assert_good(GET, OK "Transfer-Encoding-: chunked\r\nTransfer: chunked\r\n" EMPTY, "", true);
}

static void chunks_are_taken_apart(void **state) {
    (void)state;
    assert_good(GET, CHUNKED "0\r\n\r\n", "", true);
    assert_good(GET, CHUNKED "5\r\nhello\r\n00b\r\n, and again\r\n000\r\n\r\n", "hello, and again", true);
    assert_good(GET, CHUNKED "A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij", true);
    assert_good(GET, CHUNKED "2;a=b;c=\"d;\"\r\n\r\n\r\n0;;\r\n\r\n", "\r\n", true);
    assert_good(GET, CHUNKED "2 \t\r\nhi\r\n0\t;a\r\n\r\n", "hi", true);
    assert_good(GET, CHUNKED "0\r\nContent-Length: x\r\nConnection: close\r\nA:\r\n\r\n", "", true);
    static const char *sizes[] = {"", " 2", "x", "-2", "+2", "2x", "0x2", "2 2", ";a", "2\v", "g"};
    char text[200];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(text, sizeof text, CHUNKED "%s\r\nhi\r\n0\r\n\r\n", sizes[i]);
        assert_bad(text, "a chunk's size is not a hexadecimal number");
    }
    assert_bad(CHUNKED "8000000000000000\r\n", "a chunk's size is too large");
    assert_bad(CHUNKED "fffffffffffffffffffff\r\n", "a chunk's size is too large");
    assert_bad(CHUNKED "07fffffffffffffff\r\nhi", "the connection was closed within its body");
    assert_bad(CHUNKED "2\r\nhi\n0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "2\r\nhi\r0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "2\r\nhi!\r\n0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "0\r\nbad trailer\r\n\r\n", "white space stands before a header's colon");
}

static void the_last_coding_decides(void **state) {
    (void)state;
    static const char chunks[] = "2\r\nhi\r\n0\r\n\r\n";
    static const struct {
        const char *codings;
        bool chunked;
    } rows[] = {
        {"Transfer-Encoding: CHUNKED", true},
        {"transfer-encoding:chunked \t", true},
        {"Transfer-Encoding: gzip, chunked", true},
        {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", true},
        {"Transfer-Encoding: ,chunked ,, ", true},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: ", true},
        {"Transfer-Encoding: chunked, gzip", false},
        {"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", false},
        {"Transfer-Encoding: identity", false},
        {"Transfer-Encoding: chunke", false},
        {"Transfer-Encoding: chunkeds", false},
        {"Transfer-Encoding: chunked x", false},
        {"Transfer-Encoding: x chunked", false},
        {"Transfer-Encoding: chunked;a", false},
        {"Transfer-Encoding: close", false},
    };
    char text[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text, OK "%s\r\n\r\n%s", rows[i].codings, chunks);
        assert_good(GET, text, rows[i].chunked ? "hi" : chunks, rows[i].chunked);
    }
    assert_bad(OK "Transfer-Encoding:\r\n\r\n", "a Transfer-Encoding names no coding");
    assert_bad(OK "Transfer-Encoding: , ,\r\nA: b\r\n\r\n", "a Transfer-Encoding names no coding");
}

static void a_coding_wins_over_a_length_and_the_connection_is_not_kept(void **state) {
    (void)state;
    assert_good(GET, OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "hi",
                false);
    assert_good(GET, OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "hi",
                false);
    assert_good(GET, OK "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nhi", "hi", false);
    assert_bad(OK "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n0\r\n\r\n",
               "Content-Length is not a number");
}

static void a_coding_in_http_1_0_is_not_trusted(void **state) {
    (void)state;
    assert_good(GET,
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "0\r\n\r\n", false);
    assert_good(HEAD, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", "",
                false);
}

static void without_length_or_coding_the_body_ends_with_the_connection(void **state) {
    (void)state;
    static const char text[] = OK "Connection: keep-alive\r\n\r\nall\r\n\r\nof it";
    assert_good(GET, text, "all\r\n\r\nof it", false);
    assert_good(GET, OK "\r\n", "", false);
    struct outcome o = whole_of(GET, text, sizeof text - 1);
    assert_true(o.facts.until_close);
    free(o.body);
}

static void what_keeps_a_connection_is_in_a_list_of_words(void **state) {
    (void)state;
    static const struct {
        const char *version, *connection;
        bool keeps;
    } rows[] = {
        {"1", "", true},
        {"1", "Connection: close", false},
        {"1", "CONNECTION:CLOSE", false},
        {"1", "Connection: keep-alive", true},
        {"1", "Connection: upgrade ,\tClose,", false},
        {"1", "Connection: keep-alive, close", false},
        {"1", "Connection: close\r\nConnection: keep-alive", false},
        {"1", "Connection: clos, closed, close-, x-close, close x, x close, clo se", true},
        {"1", "Connection: \"close\"", true},
        {"1", "Keep-Alive: close", true},
        {"1", "Proxy-Connection: close", true},
        {"0", "", false},
        {"0", "Connection: Keep-Alive", true},
        {"0", "Connection: te, keep-alive", true},
        {"0", "Connection: keep-alive, close", false},
        {"0", "Connection: keep-aliv, keep-alives", false},
        {"0", "Connection: chunked", false},
        {"2", "", true},
    };
    char text[200];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *line_end = *rows[i].connection ? "\r\n" : "";
        snprintf(text, sizeof text, "HTTP/1.%s 200 OK\r\n%s%sContent-Length: 2\r\n\r\nhi", rows[i].version,
                 rows[i].connection, line_end);
        assert_good(GET, text, "hi", rows[i].keeps);
    }
}

static void the_servers_name_is_trimmed_and_cut(void **state) {
    (void)state;
    static const struct {
        const char *lines, *name;
    } rows[] = {
        {"Server:\t nginx (x)\t ", "nginx (x)"},
        {"SERVER: a\r\n b \r\nServers: c", "a b"},
        {"Server: a\r\nServer: b", "b"},
        {"Server: a\r\nServer:  ", ""},
        {"A: b", ""},
    };
    char text[400];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(text, sizeof text, OK "%s\r\n" EMPTY, rows[i].lines);
        struct outcome o = whole_of(GET, text, strlen(text));
        assert_string_equal(o.server, rows[i].name);
        free(o.body);
    }
    snprintf(text, sizeof text, OK "Server: %0150d\r\n" EMPTY, 7);
    struct outcome o = whole_of(GET, text, strlen(text));
    assert_int_equal(strlen(o.server), RESPONSE_SERVER_BYTES - 1);
    free(o.body);
}

static void a_closed_connection_ends_what_is_not_complete(void **state) {
    (void)state;
    assert_bad("H", "the connection was closed within its head");
    assert_bad(OK, "the connection was closed within its head");
    assert_bad(OK "Content-Length: 0\r\n", "the connection was closed within its head");
    assert_bad(OK "Content-Length: 0\r\n\r", "the connection was closed within its head");
    assert_bad(OK "Content-Length: 3\r\n\r\n", "the connection was closed within its body");
    assert_bad(OK "Content-Length: 3\r\n\r\nhi", "the connection was closed within its body");
    assert_bad(CHUNKED "2", "the connection was closed within its body");
    assert_bad(CHUNKED "2\r\nhi\r\n", "the connection was closed within its body");
    assert_bad(CHUNKED "0\r\n", "the connection was closed within its body");
    assert_bad(CHUNKED "0\r\nA: b\r\n\r", "the connection was closed within its body");
}

static void bytes_behind_the_end_stay_unread(void **state) {
    (void)state;
    static const char *texts[] = {OK "Content-Length: 2\r\n\r\nhi!", OK EMPTY "!", "HTTP/1.1 204\n\n!",
                                  CHUNKED "2\r\nhi\r\n0\r\n\r\n!"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct outcome o = whole_of(GET, texts[i], strlen(texts[i]));
        assert_int_equal(o.event, RESPONSE_DONE);
        assert_int_equal(o.unread, 1);
        free(o.body);
    }
}

/* before, `length` times a byte, behind. */
static struct outcome stretched(const char *before, char byte, size_t length, const char *behind) {
    size_t total = strlen(before) + length + strlen(behind);
    char *text = malloc(total + 1);
    strcpy(text, before);
    memset(text + strlen(before), byte, length);
    strcpy(text + strlen(before) + length, behind);
    struct outcome o = whole_of(GET, text, total);
    free(text);
    free(o.body);
    return o;
}

static void heads_are_bounded_together(void **state) {
    (void)state;
    static const char before[] = "HTTP/1.1 100 Continue\r\n\r\n" OK "A: ", behind[] = "\r\n" EMPTY "!";
    size_t room = RESPONSE_HEAD_LIMIT - (sizeof before - 1) - (sizeof behind - 2);
    struct outcome o = stretched(before, 'x', room, behind);
    assert_int_equal(o.event, RESPONSE_DONE);
    assert_int_equal(o.facts.head_bytes, RESPONSE_HEAD_LIMIT);
    o = stretched(before, 'x', room + 1, behind);
    assert_string_equal(o.facts.why, "its heads are too long");
    o = stretched("HTTP/1.1 200 ", 'x', 2 * RESPONSE_HEAD_LIMIT, "");
    assert_string_equal(o.facts.why, "its heads are too long");
    assert_int_equal(o.facts.head_bytes, RESPONSE_HEAD_LIMIT);
    o = stretched(CHUNKED "0\r\nA: ", '\t', RESPONSE_HEAD_LIMIT, "\r\n\r\n");
    assert_string_equal(o.facts.why, "its heads are too long");
}

static void the_line_before_a_chunk_is_bounded(void **state) {
    (void)state;
    struct outcome o = stretched(CHUNKED "1;", 'x', RESPONSE_CHUNK_LINE_LIMIT - 4, "\r\n!\r\n0\r\n\r\n");
    assert_int_equal(o.event, RESPONSE_DONE);
    o = stretched(CHUNKED "1;", 'x', RESPONSE_CHUNK_LINE_LIMIT - 3, "\r\n!\r\n0\r\n\r\n");
    assert_string_equal(o.facts.why, "the line before a chunk is too long");
    o = stretched(CHUNKED, '0', RESPONSE_CHUNK_LINE_LIMIT, "\r\n\r\n");
    assert_string_equal(o.facts.why, "the line before a chunk is too long");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usual_response_has_its_facts),
        cmocka_unit_test(nothing_is_known_before_the_first_byte),
        cmocka_unit_test(what_is_over_stays_so),
        cmocka_unit_test(a_status_line_is_version_status_and_any_reason),
        cmocka_unit_test(a_lone_lf_ends_a_line),
        cmocka_unit_test(a_cr_elsewhere_or_a_nul_is_bad),
        cmocka_unit_test(a_field_is_a_token_and_a_colon_at_once),
        cmocka_unit_test(a_folded_line_goes_on_with_the_value_before),
        cmocka_unit_test(interim_answers_are_skipped),
        cmocka_unit_test(an_interim_answer_has_no_status_yet),
        cmocka_unit_test(some_answers_have_no_body),
        cmocka_unit_test(a_length_is_digits_and_always_the_same),
        cmocka_unit_test(headers_with_longer_or_shorter_names_are_others),
        cmocka_unit_test(chunks_are_taken_apart),
        cmocka_unit_test(the_last_coding_decides),
        cmocka_unit_test(a_coding_wins_over_a_length_and_the_connection_is_not_kept),
        cmocka_unit_test(a_coding_in_http_1_0_is_not_trusted),
        cmocka_unit_test(without_length_or_coding_the_body_ends_with_the_connection),
        cmocka_unit_test(what_keeps_a_connection_is_in_a_list_of_words),
        cmocka_unit_test(the_servers_name_is_trimmed_and_cut),
        cmocka_unit_test(a_closed_connection_ends_what_is_not_complete),
        cmocka_unit_test(bytes_behind_the_end_stay_unread),
        cmocka_unit_test(heads_are_bounded_together),
        cmocka_unit_test(the_line_before_a_chunk_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
