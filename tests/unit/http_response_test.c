/* Every rule of the parser of responses but those of the header fields: http_responsefield_test.c. */
#include "response_made.h"

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
    outcome_fini(&o);
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
    outcome_fini(&o);
    o = whole_of(GET, cr_nul, sizeof cr_nul - 1);
    assert_string_equal(o.facts.why, "a NUL stands in a line");
    outcome_fini(&o);
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
    outcome_fini(&o);
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

static void chunks_are_taken_apart(void **state) {
    (void)state;
    assert_good(GET, CHUNKED "0\r\n\r\n", "", true);
    assert_good(GET, CHUNKED "5\r\nhello\r\n00b\r\n, and again\r\n000\r\n\r\n", "hello, and again", true);
    assert_good(GET, CHUNKED "A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n", "0123456789abcdefghij", true);
    assert_good(GET, CHUNKED "9\r\n123456789\r\nf\r\n123456789abcdef\r\n0\r\n\r\n",
                "123456789123456789abcdef", true);
    assert_good(GET, CHUNKED "2;a=b;c=\"d;\"\r\n\r\n\r\n0;;\r\n\r\n", "\r\n", true);
    assert_good(GET, CHUNKED "2 \t\r\nhi\r\n0\t;a\r\n\r\n", "hi", true);
    assert_good(GET, CHUNKED "0\r\nContent-Length: x\r\nConnection: close\r\nA:\r\n\r\n", "", true);
    static const char *sizes[] = {"", " 2", "x", "-2", "+2", "2x", "0x2", "2 2", ";a", "2\v", "g"};
    char text[200];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(text, sizeof text, CHUNKED "%s\r\nhi\r\n0\r\n\r\n", sizes[i]);
        assert_bad(text, "a chunk's size is not a hexadecimal number");
    }
    assert_bad(CHUNKED "2\r\nhi\r\n\r\n", "a chunk's size is not a hexadecimal number");
    assert_bad(CHUNKED "8000000000000000\r\n", "a chunk's size is too large");
    assert_bad(CHUNKED "fffffffffffffffffffff\r\n", "a chunk's size is too large");
    assert_bad(CHUNKED "07fffffffffffffff\r\nhi", "the connection was closed within its body");
    assert_bad(CHUNKED "2\r\nhi\n0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "2\r\nhi\r0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "2\r\nhi!\r\n0\r\n\r\n", "a chunk's data is not followed by CRLF");
    assert_bad(CHUNKED "0\r\nbad trailer\r\n\r\n", "white space stands before a header's colon");
}

static void trailers_count_as_head_and_the_framing_of_chunks_does_not(void **state) {
    (void)state;
    static const char *ends[] = {"0;x\r\nA: b\r\n\r\n", "0\nA: bc\n\n"};
    for (size_t i = 0; i < 2; i++) {
        char text[200];
        snprintf(text, sizeof text, CHUNKED "2\r\nhi\r\n%s", ends[i]);
        struct outcome o = whole_of(GET, text, strlen(text));
        assert_int_equal(o.event, RESPONSE_DONE);
        assert_int_equal(o.facts.head_bytes, strlen(CHUNKED) + 6);
        assert_int_equal(o.facts.body_bytes, 2);
        outcome_fini(&o);
    }
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
        outcome_fini(&o);
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
    outcome_fini(&o);
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
        cmocka_unit_test(chunks_are_taken_apart),
        cmocka_unit_test(trailers_count_as_head_and_the_framing_of_chunks_does_not),
        cmocka_unit_test(a_closed_connection_ends_what_is_not_complete),
        cmocka_unit_test(bytes_behind_the_end_stay_unread),
        cmocka_unit_test(heads_are_bounded_together),
        cmocka_unit_test(the_line_before_a_chunk_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
