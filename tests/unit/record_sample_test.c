/* Names of error classes and the measures of a sample. */
#include "record/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "record/recording.h"

static const struct sample whole = {
    .due_ns = 900,
    .start_ns = 1000,
    .sent_ns = 1600,
    .first_byte_ns = 5000,
    .end_ns = 5700,
    .queue_wait_ns = 100,
    .dns_ns = 11,
    .connect_ns = 22,
    .tls_ns = 33,
};

static void a_completed_sample_has_every_measure(void **state) {
    (void)state;
    assert_int_equal(sample_measure_ns(&whole, MEASURE_SERVICE), 4700);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_QUEUE_WAIT), 100);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_DNS), 11);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_CONNECT), 22);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_TLS), 33);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_WAIT), 3400);
    assert_int_equal(sample_measure_ns(&whole, MEASURE_RECEIVE), 700);
}

static void what_did_not_happen_has_no_duration(void **state) {
    (void)state;
    struct sample reused = {
        .start_ns = 1000, .end_ns = 2000, .queue_wait_ns = -1, .dns_ns = -1, .connect_ns = -1, .tls_ns = -1};
    assert_int_equal(sample_measure_ns(&reused, MEASURE_SERVICE), 1000);
    for (int m = MEASURE_QUEUE_WAIT; m < MEASURES; m++)
        assert_int_equal(sample_measure_ns(&reused, (enum measure)m), -1);
}

static void work_is_measured_where_some_was_done(void **state) {
    (void)state;
    struct sample worked = whole;
    assert_int_equal(sample_measure_ns(&worked, MEASURE_WORK), -1);
    worked.work_ns = 55;
    assert_int_equal(sample_measure_ns(&worked, MEASURE_WORK), 55);
    assert_int_equal(sample_measure_ns(&worked, MEASURE_SERVICE), 4700);
}

static void an_answer_that_overtook_its_request_has_no_wait(void **state) {
    (void)state;
    struct sample early = whole;
    early.first_byte_ns = early.sent_ns - 1;
    assert_int_equal(sample_measure_ns(&early, MEASURE_WAIT), -1);
    assert_int_equal(sample_measure_ns(&early, MEASURE_SERVICE), 4700);
}

static void a_body_within_one_tick_takes_zero_and_is_kept(void **state) {
    (void)state;
    struct sample quick = whole;
    quick.first_byte_ns = quick.end_ns;
    assert_int_equal(sample_measure_ns(&quick, MEASURE_RECEIVE), 0);
}

static void every_error_class_has_its_own_name(void **state) {
    (void)state;
    assert_string_equal(error_class_name(ERROR_NONE), "");
    for (int a = ERROR_NONE + 1; a < ERROR_CLASSES; a++) {
        assert_true(strlen(error_class_name((enum error_class)a)) > 0);
        for (int b = ERROR_NONE; b < a; b++)
            assert_string_not_equal(error_class_name((enum error_class)a),
                                    error_class_name((enum error_class)b));
    }
}

static void names_are_those_of_the_report(void **state) {
    (void)state;
    assert_string_equal(error_class_name(ERROR_CONNECTION_REFUSED), "connection_refused");
    assert_string_equal(error_class_name(ERROR_TOO_MANY_FILES), "too_many_files");
    assert_string_equal(error_class_name(ERROR_NO_PORTS), "no_ports");
    assert_string_equal(error_class_name(ERROR_HTTP_STATUS), "http_status");
    assert_string_equal(error_class_name(ERROR_TLS_VERIFY), "tls_verify");
}

static void a_class_that_is_none_reads_as_other(void **state) {
    (void)state;
    assert_string_equal(error_class_name((enum error_class)200), "other");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_completed_sample_has_every_measure),
        cmocka_unit_test(what_did_not_happen_has_no_duration),
        cmocka_unit_test(work_is_measured_where_some_was_done),
        cmocka_unit_test(an_answer_that_overtook_its_request_has_no_wait),
        cmocka_unit_test(a_body_within_one_tick_takes_zero_and_is_kept),
        cmocka_unit_test(every_error_class_has_its_own_name),
        cmocka_unit_test(names_are_those_of_the_report),
        cmocka_unit_test(a_class_that_is_none_reads_as_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
