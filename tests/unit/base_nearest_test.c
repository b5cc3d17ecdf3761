/* Did you mean ...? */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *nearest_of(const char *word, const char *const *candidates) {
    struct nearest n;
    nearest_init(&n, word);
    for (; *candidates; candidates++)
        nearest_offer(&n, *candidates);
    return n.best;
}

static const char *const modes[] = {"sequential", "threads", "async", "raw", NULL};

static void a_typing_slip_finds_its_word(void **state) {
    (void)state;
    assert_string_equal(nearest_of("asynch", modes), "async");
    assert_string_equal(nearest_of("asnyc", modes), "async");
    assert_string_equal(nearest_of("thread", modes), "threads");
    assert_string_equal(nearest_of("sequental", modes), "sequential");
    assert_string_equal(nearest_of("rwa", modes), "raw");
}

static void a_beginning_finds_its_word(void **state) {
    (void)state;
    assert_string_equal(nearest_of("seq", modes), "sequential");
}

static void a_word_unlike_all_finds_none(void **state) {
    (void)state;
    assert_null(nearest_of("banana", modes));
    assert_null(nearest_of("", modes));
    assert_null(nearest_of("xyz", modes));
}

static void an_exact_word_beats_one_that_it_begins(void **state) {
    (void)state;
    static const char *const options[] = {"--timeout-all", "--timeout", NULL};
    assert_string_equal(nearest_of("--timeout", options), "--timeout");
}

static void a_near_word_beats_a_far_longer_one_that_it_begins(void **state) {
    (void)state;
    static const char *const options[] = {"--connect-timeout", "--cacert", NULL};
    assert_string_equal(nearest_of("--cacer", options), "--cacert");
}

static void the_first_of_equals_wins(void **state) {
    (void)state;
    static const char *const options[] = {"cat", "car", NULL};
    assert_string_equal(nearest_of("cap", options), "cat");
}

static void words_of_any_length_are_survived(void **state) {
    (void)state;
    char word[300];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    const char *const itself[] = {word, "async", NULL};
    assert_null(nearest_of(word, modes));
    assert_string_equal(nearest_of(word, itself), word);
    assert_null(nearest_of("abc", (const char *const[]){word, NULL}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_typing_slip_finds_its_word),
        cmocka_unit_test(a_beginning_finds_its_word),
        cmocka_unit_test(a_word_unlike_all_finds_none),
        cmocka_unit_test(an_exact_word_beats_one_that_it_begins),
        cmocka_unit_test(a_near_word_beats_a_far_longer_one_that_it_begins),
        cmocka_unit_test(the_first_of_equals_wins),
        cmocka_unit_test(words_of_any_length_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
