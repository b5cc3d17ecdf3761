/* Lines as readers of NDJSON and CSV meet them: every null, and values at their limits. */
#include "samples/line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define GO INT64_C(5000000000)

static struct ring_entry nothing(void) {
    return (struct ring_entry){
        .sample = {.start_ns = GO, .queue_wait_ns = -1, .dns_ns = -1, .connect_ns = -1, .tls_ns = -1}};
}

static void check(bool csv, const char *label, struct ring_entry entry, const char *expected) {
    struct line_run run;
    line_run_init(&run, csv, &(struct line_identity){label, 3, false, -1}, GO);
    char *out = malloc(LINE_BYTES + run.names_length);
    assert_non_null(out);
    size_t length = line_write(out, &run, &entry);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(out, expected, length);
    free(out);
    line_run_fini(&run);
}

static void what_is_not_known_is_null(void **state) {
    (void)state;
    check(
        false, "async", nothing(),
        "{\"index\":0,\"label\":\"async\",\"round\":3,\"baseline_repeat\":false,\"point\":null,\"due_s\":null,\"start_s\":0.000000000,\"dns_s\":null,"
        "\"connect_s\":null,\"tls_s\":null,\"first_byte_s\":null,\"end_s\":null,\"work_s\":null,\"status\":null,\"bytes\":0,"
        "\"error\":null,\"connection_reused\":null,\"worker\":0}\n");
}

static void what_is_not_known_is_empty_in_csv(void **state) {
    (void)state;
    check(true, "async", nothing(), "0,async,3,false,,,0.000000000,,,,,,,,0,,,0\r\n");
}

static void everything_that_is_known_is_there(void **state) {
    (void)state;
    struct ring_entry e = {.ticket = 42,
                           .sample = {.due_ns = GO + 1,
                                      .start_ns = GO + 20,
                                      .sent_ns = GO + 300,
                                      .first_byte_ns = GO + 1000000000,
                                      .end_ns = GO + 123456789012,
                                      .dns_ns = 0,
                                      .connect_ns = 4000,
                                      .tls_ns = 999999999,
                                      .work_ns = 250000,
                                      .bytes_received = 1234567,
                                      .status = 206,
                                      .connections = 1,
                                      .worker = 99}};
    check(
        false, "b", e,
        "{\"index\":42,\"label\":\"b\",\"round\":3,\"baseline_repeat\":false,\"point\":null,\"due_s\":0.000000001,\"start_s\":0.000000020,"
        "\"dns_s\":0.000000000,\"connect_s\":0.000004000,\"tls_s\":0.999999999,\"first_byte_s\":1.000000000,"
        "\"end_s\":123.456789012,\"work_s\":0.000250000,\"status\":206,\"bytes\":1234567,\"error\":null,\"connection_reused\":false,"
        "\"worker\":99}\n");
    check(
        true, "b", e,
        "42,b,3,false,,0.000000001,0.000000020,0.000000000,0.000004000,0.999999999,1.000000000,123.456789012,0.000250000,206,"
        "1234567,,false,99\r\n");
}

static void an_error_is_its_class(void **state) {
    (void)state;
    struct ring_entry e = nothing();
    e.sample.error = ERROR_CONNECTION_RESET;
    e.sample.sent_ns = GO + 1;
    check(true, "b", e, "0,b,3,false,,,0.000000000,,,,,,,,0,connection_reset,true,0\r\n");
    check(
        false, "b", e,
        "{\"index\":0,\"label\":\"b\",\"round\":3,\"baseline_repeat\":false,\"point\":null,\"due_s\":null,\"start_s\":0.000000000,\"dns_s\":null,"
        "\"connect_s\":null,\"tls_s\":null,\"first_byte_s\":null,\"end_s\":null,\"work_s\":null,\"status\":null,\"bytes\":0,"
        "\"error\":\"connection_reset\",\"connection_reused\":true,\"worker\":0}\n");
}

static void the_largest_values_fit_a_line(void **state) {
    (void)state;
    struct ring_entry e = {.ticket = INT64_MAX,
                           .sample = {.due_ns = INT64_MIN + GO,
                                      .start_ns = INT64_MIN + GO,
                                      .sent_ns = 1,
                                      .first_byte_ns = INT64_MIN + GO,
                                      .end_ns = INT64_MIN + GO,
                                      .dns_ns = INT64_MAX,
                                      .connect_ns = INT64_MAX,
                                      .tls_ns = INT64_MAX,
                                      .work_ns = INT64_MAX,
                                      .bytes_received = INT64_MAX,
                                      .status = UINT16_MAX,
                                      .error = ERROR_CONNECTION_REFUSED,
                                      .connections = 127,
                                      .worker = SAMPLE_WORKERS}};
    check(
        true, "b", e,
        "9223372036854775807,b,3,false,,-9223372036.854775808,-9223372036.854775808,9223372036.854775807,"
        "9223372036.854775807,9223372036.854775807,-9223372036.854775808,-9223372036.854775808,9223372036.854775807,65535,"
        "9223372036854775807,connection_refused,false,524287\r\n");
    struct line_run run;
    char out[2 * LINE_BYTES];
    line_run_init(&run, false, &(struct line_identity){"b", INT64_MAX, true, INT64_MAX}, GO);
    assert_true(line_write(out, &run, &e) <= LINE_BYTES);
    line_run_fini(&run);
}

static void labels_are_quoted_as_each_format_needs(void **state) {
    (void)state;
    struct line_run run;
    line_run_init(&run, true, &(struct line_identity){"a,\"b\"\nc", 1, false, -1}, GO);
    assert_string_equal(run.names, ",\"a,\"\"b\"\"\nc\",1,false,");
    line_run_fini(&run);
    line_run_init(&run, true, &(struct line_identity){"plain words", 1, true, 12}, GO);
    assert_string_equal(run.names, ",plain words,1,true,12");
    line_run_fini(&run);
    line_run_init(&run, false, &(struct line_identity){"a\"b\\\xff\n", 1, true, 12}, GO);
    assert_string_equal(
        run.names,
        ",\"label\":\"a\\\"b\\\\\xEF\xBF\xBD\\n\",\"round\":1,\"baseline_repeat\":true,\"point\":12");
    line_run_fini(&run);
}

static void only_csv_has_a_header(void **state) {
    (void)state;
    assert_string_equal(line_header(false), "");
    assert_string_equal(
        line_header(true),
        "index,label,round,baseline_repeat,point,due_s,start_s,dns_s,connect_s,tls_s,first_byte_s,end_s,work_s,status,bytes,"
        "error,connection_reused,worker\r\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(what_is_not_known_is_empty_in_csv),
        cmocka_unit_test(everything_that_is_known_is_there),
        cmocka_unit_test(an_error_is_its_class),
        cmocka_unit_test(the_largest_values_fit_a_line),
        cmocka_unit_test(labels_are_quoted_as_each_format_needs),
        cmocka_unit_test(only_csv_has_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
