/* libcurl's verdicts and the classes that they become. */
#include "http/failure.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int open_handle(void **state) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    *state = curl_easy_init();
    return *state ? 0 : -1;
}

static int close_handle(void **state) {
    curl_easy_cleanup(*state);
    curl_global_cleanup();
    return 0;
}

static void codes_that_leave_nothing_open_have_their_class(void **state) {
    static const struct {
        CURLcode code;
        enum error_class class;
    } rows[] = {
        {CURLE_COULDNT_RESOLVE_HOST, ERROR_DNS},
        {CURLE_COULDNT_CONNECT, ERROR_CONNECTION_REFUSED},
        {CURLE_GOT_NOTHING, ERROR_CONNECTION_RESET},
        {CURLE_SEND_ERROR, ERROR_CONNECTION_RESET},
        {CURLE_RECV_ERROR, ERROR_PROTOCOL},
        {CURLE_PARTIAL_FILE, ERROR_TRUNCATED},
        {CURLE_UNSUPPORTED_PROTOCOL, ERROR_PROTOCOL},
        {CURLE_WEIRD_SERVER_REPLY, ERROR_PROTOCOL},
        {CURLE_PEER_FAILED_VERIFICATION, ERROR_TLS_VERIFY},
        {CURLE_SSL_CACERT_BADFILE, ERROR_TLS_VERIFY},
        {CURLE_SSL_CONNECT_ERROR, ERROR_TLS},
        {CURLE_WRITE_ERROR, ERROR_WRITE},
        {CURLE_ABORTED_BY_CALLBACK, ERROR_CANCELLED},
        {CURLE_OUT_OF_MEMORY, ERROR_OTHER},
        {CURLE_FAILED_INIT, ERROR_OTHER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(failure_class(*state, rows[i].code, true, ""), rows[i].class);
}

static void a_timeout_before_the_request_was_sent_is_one_of_connecting(void **state) {
    assert_int_equal(failure_class(*state, CURLE_OPERATION_TIMEDOUT, false, ""), ERROR_CONNECT_TIMEOUT);
    assert_int_equal(failure_class(*state, CURLE_OPERATION_TIMEDOUT, true, ""), ERROR_TIMEOUT);
}

static void a_reset_is_told_from_bad_coding_by_libcurl_s_words(void **state) {
    assert_int_equal(failure_class(*state, CURLE_RECV_ERROR, true, "Recv failure: Connection reset by peer"),
                     ERROR_CONNECTION_RESET);
    assert_int_equal(failure_class(*state, CURLE_RECV_ERROR, true, "Illegal or missing hexadecimal sequence"),
                     ERROR_PROTOCOL);
}

/* A bound port that nobody listens on, kept from others. */
static int hold_port(int *port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void a_refused_connect_is_known_by_its_errno(void **state) {
    CURL *easy = *state;
    char url[64], text[CURL_ERROR_SIZE] = "";
    int port = 0, fd = hold_port(&port);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text);
    CURLcode code = curl_easy_perform(easy);
    close(fd);
    assert_int_equal(code, CURLE_COULDNT_CONNECT);
    assert_int_equal(failure_class(easy, code, false, text), ERROR_CONNECTION_REFUSED);
    assert_int_equal(failure_class(easy, CURLE_RECV_ERROR, true, "Recv failure: Connection refused"),
                     ERROR_CONNECTION_REFUSED);
    assert_int_equal(
        failure_class(easy, CURLE_RECV_ERROR, true, "Malformed encoding found in chunked-encoding"),
        ERROR_PROTOCOL);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
}

static void an_example_is_what_libcurl_said_or_what_the_code_means(void **state) {
    (void)state;
    char out[64];
    failure_example(CURLE_PARTIAL_FILE, "transfer closed with 12 bytes remaining", out, sizeof out);
    assert_string_equal(out, "transfer closed with 12 bytes remaining");
    failure_example(CURLE_PARTIAL_FILE, "", out, sizeof out);
    assert_string_equal(out, curl_easy_strerror(CURLE_PARTIAL_FILE));
    failure_example(CURLE_PARTIAL_FILE, "too long for its room", out, 9);
    assert_string_equal(out, "too long");
}

static void only_a_distrusted_issuer_is_helped_by_another_list_of_issuers(void **state) {
    (void)state;
    static const char *of_name[] = {
        "SSL: no alternative certificate subject name matches target host name 'localhost'",
        "SSL: no alternative certificate subject name matches target ipv4 address '127.0.0.2'",
        "SSL: certificate subject name 'a' does not match target host name 'b'",
        "SSL: unable to obtain common name from peer certificate"};
    char out[200];
    for (size_t i = 0; i < sizeof of_name / sizeof of_name[0]; i++) {
        failure_example(CURLE_PEER_FAILED_VERIFICATION, of_name[i], out, sizeof out);
        assert_memory_equal(out, of_name[i], strlen(of_name[i]));
        assert_string_equal(out + strlen(of_name[i]), " (-k trusts anyone)");
    }
    failure_example(CURLE_PEER_FAILED_VERIFICATION, "SSL certificate problem: self-signed certificate", out,
                    sizeof out);
    assert_string_equal(out, "SSL certificate problem: self-signed certificate (--cacert FILE trusts its "
                             "issuer, -k anyone)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(codes_that_leave_nothing_open_have_their_class, open_handle,
                                        close_handle),
        cmocka_unit_test_setup_teardown(a_timeout_before_the_request_was_sent_is_one_of_connecting,
                                        open_handle, close_handle),
        cmocka_unit_test_setup_teardown(a_reset_is_told_from_bad_coding_by_libcurl_s_words, open_handle,
                                        close_handle),
        cmocka_unit_test_setup_teardown(a_refused_connect_is_known_by_its_errno, open_handle, close_handle),
        cmocka_unit_test(an_example_is_what_libcurl_said_or_what_the_code_means),
        cmocka_unit_test(only_a_distrusted_issuer_is_helped_by_another_list_of_issuers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
