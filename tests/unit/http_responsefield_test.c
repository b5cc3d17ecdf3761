/* What the header fields say of a response's body and its connection, and what its server is called. */
#include "response_made.h"

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
    assert_good(GET, OK "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "hi",
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
    outcome_fini(&o);
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
        outcome_fini(&o);
    }
    snprintf(text, sizeof text, OK "Server: %0150d\r\n" EMPTY, 7);
    struct outcome o = whole_of(GET, text, strlen(text));
    assert_int_equal(strlen(o.server), RESPONSE_SERVER_BYTES - 1);
    outcome_fini(&o);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_is_digits_and_always_the_same),
        cmocka_unit_test(headers_with_longer_or_shorter_names_are_others),
        cmocka_unit_test(the_last_coding_decides),
        cmocka_unit_test(a_coding_wins_over_a_length_and_the_connection_is_not_kept),
        cmocka_unit_test(a_coding_in_http_1_0_is_not_trusted),
        cmocka_unit_test(without_length_or_coding_the_body_ends_with_the_connection),
        cmocka_unit_test(what_keeps_a_connection_is_in_a_list_of_words),
        cmocka_unit_test(the_servers_name_is_trimmed_and_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
