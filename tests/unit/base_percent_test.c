/* Percent-decoding, and the pairs of a query. */
#include "base/percent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void decoded_as(const char *text, const char *expected) {
    struct buf out, scratch;
    buf_init(&out, 1000);
    buf_init(&scratch, 1000);
    percent_decode_value(&out, &scratch, text, strlen(text));
    assert_string_equal(buf_text(&out), expected);
    buf_fini(&out);
    buf_fini(&scratch);
}

static void a_value_is_decoded_as_forms_are(void **state) {
    (void)state;
    decoded_as("a+b%20c", "a b c");
    decoded_as("100%", "100%");
    decoded_as("%zz%4", "%zz%4");
    decoded_as("%C3%A9", "\xC3\xA9");
    decoded_as("%ff!", "\xEF\xBF\xBD!");
}

static void pairs_are_parted_at_ampersand_and_first_equals(void **state) {
    (void)state;
    static const char query[] = "&a=1&&b=x=y&c&=d&";
    static const char *const expected[] = {"a", "1", "b", "x=y", "c", "", "", "d"};
    const char *at = query, *end = query + strlen(query);
    struct percent_pair pair;
    for (size_t i = 0; i < 4; i++) {
        assert_true(percent_next_pair(&at, end, &pair));
        assert_int_equal(pair.name_bytes, strlen(expected[2 * i]));
        assert_memory_equal(pair.name, expected[2 * i], pair.name_bytes);
        assert_int_equal(pair.value_bytes, strlen(expected[2 * i + 1]));
        assert_memory_equal(pair.value, expected[2 * i + 1], pair.value_bytes);
    }
    assert_false(percent_next_pair(&at, end, &pair));
}

static void nothing_has_no_pair(void **state) {
    (void)state;
    const char *at = "";
    struct percent_pair pair;
    assert_false(percent_next_pair(&at, at, &pair));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_decoded_as_forms_are),
        cmocka_unit_test(pairs_are_parted_at_ampersand_and_first_equals),
        cmocka_unit_test(nothing_has_no_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
