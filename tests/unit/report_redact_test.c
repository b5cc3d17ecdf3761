/* Secrets in every spelling, and what must stay readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "report/redact.h"

#define WORDS 6

static const struct option options[] = {
    {.name = "requests", .letters = "n", .kind = OPTION_COUNT},
    {.name = "concurrency", .letters = "c", .kind = OPTION_COUNT},
    {.name = "mode", .letters = "M", .kind = OPTION_LIST},
    {.name = "user", .letters = "u", .kind = OPTION_TEXT, .secret = OPTION_SECRET},
    {.name = "header", .letters = "H", .kind = OPTION_LIST, .secret = OPTION_SECRET_HEADER},
    {.name = "cert", .letters = "", .kind = OPTION_TEXT, .secret = OPTION_SECRET_TAIL},
    {.name = "cacert", .letters = "", .kind = OPTION_TEXT},
    {.name = "key", .letters = "", .kind = OPTION_TEXT},
    {.name = "user-agent", .letters = "A", .kind = OPTION_TEXT},
    {.name = "proxy", .letters = "x", .kind = OPTION_TEXT},
    {.name = "output", .letters = "o", .kind = OPTION_TEXT},
    {.name = "insecure", .letters = "k", .kind = OPTION_FLAG},
    {.name = "ipv4", .letters = "4", .kind = OPTION_FLAG},
    {.name = "help", .letters = "h", .kind = OPTION_HELP},
    {0},
};

struct line {
    const char *typed[WORDS], *shown[WORDS];
};

static void check_line(const struct line *l) {
    struct arena a = {0};
    char *argv[WORDS + 1] = {(char[]){"fetchbench"}};
    int argc = 1;
    for (; argc <= WORDS && l->typed[argc - 1]; argc++)
        argv[argc] = arena_strdup(&a, l->typed[argc - 1]);
    const char **words = redact_command(&a, options, argc, argv);
    for (int i = 1; i < argc; i++)
        assert_string_equal(words[i], l->shown[i - 1]);
    arena_fini(&a);
}

static void a_user_is_hidden_in_every_spelling(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"-u", "me:pw"}, {"-u", "***"}},
        {{"-ume:pw"}, {"-u***"}},
        {{"-u=me:pw"}, {"-u***"}},
        {{"--user=me:pw"}, {"--user=***"}},
        {{"--user", "me:pw", "x"}, {"--user", "***", "x"}},
        {{"--user", "-n"}, {"--user", "***"}},
        {{"-ku", "me:pw"}, {"-ku", "***"}},
        {{"-kume:pw"}, {"-ku***"}},
        {{"-k4u", "me:pw"}, {"-k4u", "***"}},
        {{"--use", "me:pw"}, {"--use", "***"}},
        {{"--proxy-user", "me:pw"}, {"--proxy-user", "***"}},
        {{"-n", "5", "-u", "-u", "-u"}, {"-n", "5", "-u", "***", "-u"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void a_secret_header_is_hidden_in_every_spelling(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"-H", "Authorization: Bearer abc"}, {"-H", "Authorization: ***"}},
        {{"-Hauthorization:x"}, {"-Hauthorization:***"}},
        {{"-kHCOOKIE: a=b; c=d"}, {"-kHCOOKIE: ***"}},
        {{"--header=X-Api-Key: 1"}, {"--header=X-Api-Key: ***"}},
        {{"--header", "set-cookie: a"}, {"--header", "set-cookie: ***"}},
        {{"--head", "Proxy-Authorization: Basic eDp5"}, {"--head", "Proxy-Authorization: ***"}},
        {{"-H", "X-Auth-Token:t"}, {"-H", "X-Auth-Token:***"}},
        {{"-H", "My-SECRET: s"}, {"-H", "My-SECRET: ***"}},
        {{"-H", "db-password: s"}, {"-H", "db-password: ***"}},
        {{"-H", "Authorization Bearer abc"}, {"-H", "Authorization ***"}},
        {{"-H", "Authorization:"}, {"-H", "Authorization:"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void a_password_in_a_url_is_hidden(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"http://me:pw@host/p?q=1"}, {"http://me:***@host/p?q=1"}},
        {{"http://token@host/"}, {"http://***@host/"}},
        {{"http://me:p@w@host/"}, {"http://me:***@host/"}},
        {{"me:pw@host/path"}, {"me:***@host/path"}},
        {{"-xhttp://me:pw@proxy:8080"}, {"-xhttp://me:***@proxy:8080"}},
        {{"--proxy=me:pw@proxy"}, {"--proxy=me:***@proxy"}},
        {{"-M", "py=exec:curl http://a:b@h/ http://c:d@h/"},
         {"-M", "py=exec:curl http://a:***@h/ http://c:***@h/"}},
        {{"--", "http://me:pw@host"}, {"--", "http://me:***@host"}},
        {{"--referer", "http://me:pw@host"}, {"--referer", "http://me:***@host"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void a_mistyped_name_is_hidden_like_the_secret_option_it_resembles(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"--u", "me:pw"}, {"--u", "***"}},
        {{"--usr=me:pw"}, {"--usr=***"}},
        {{"--uesr", "me:pw", "x"}, {"--uesr", "***", "x"}},
        {{"-user", "me:pw"}, {"-u***", "***"}},
        {{"-header", "Cookie: a"}, {"-header", "Cookie: ***"}},
        {{"--haeder", "Cookie: a"}, {"--haeder", "Cookie: ***"}},
        {{"--cer", "file:pw"}, {"--cer", "file:***"}},
        {{"--oauth2-bearer", "abc"}, {"--oauth2-bearer", "***"}},
        {{"--password=abc"}, {"--password=***"}},
        {{"--datta", "abc"}, {"--datta", "abc"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void the_password_of_a_certificate_is_hidden_and_its_file_is_not(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"--cert", "me.pem:pw:x"}, {"--cert", "me.pem:***"}},
        {{"--cert=me.pem:pw"}, {"--cert=me.pem:***"}},
        {{"--cert", "me.pem", "--key", "me.key"}, {"--cert", "me.pem", "--key", "me.key"}},
        {{"--cert", "a\\:b.pem:pw"}, {"--cert", "a\\:b.pem:***"}},
        {{"--cert", "a\\\\:pw"}, {"--cert", "a\\\\:***"}},
        {{"--cacert", "C:x"}, {"--cacert", "C:x"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void a_value_is_no_option_whatever_it_looks_like(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"-A", "-u", "http://h/"}, {"-A", "-u", "http://h/"}},
        {{"-n", "--user", "-c", "5"}, {"-n", "--user", "-c", "5"}},
        {{"-A", "--", "-u", "me:pw"}, {"-A", "--", "-u", "***"}},
        {{"--", "-u", "me"}, {"--", "-u", "me"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void what_is_no_secret_stays(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"-n", "100", "-c", "10", "http://host:80/a:b@c"},
         {"-n", "100", "-c", "10", "http://host:80/a:b@c"}},
        {{"-Mthreads,full", "-H", "Accept: text/html"}, {"-Mthreads,full", "-H", "Accept: text/html"}},
        {{"--user-agent", "x", "-A", "y"}, {"--user-agent", "x", "-A", "y"}},
        {{"-M", "two=async:threads=2", "-ounits.json"}, {"-M", "two=async:threads=2", "-ounits.json"}},
        {{"-H", "Host: example.org", "--headless"}, {"-H", "Host: example.org", "--headless"}},
        {{"", "-", "--"}, {"", "-", "--"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

static void a_message_hides_what_the_plan_holds_secret(void **state) {
    (void)state;
    struct arena a = {0};
    const char *headers[] = {"Cookie: crumbs", "Accept: everything"};
    struct plan plan = {.user = "someone:hunter2", .cert_password = "opensesame", .headers = {headers, 2}};
    assert_string_equal(redact_message(&a, "sent hunter2 and crumbs to http://u:v@h, got everything", &plan),
                        "sent *** and *** to http://u:***@h, got everything");
    assert_string_equal(redact_message(&a, "me.pem: opensesame is wrong", &plan), "me.pem: *** is wrong");
    plan.user = "a:b";
    assert_string_equal(redact_message(&a, "a bad b", &plan), "a bad b");
    arena_fini(&a);
}

static void argv_is_overwritten_in_its_own_memory(void **state) {
    (void)state;
    char name[] = "fetchbench", user[] = "--user=someone:secret", letter[] = "-ux",
         header[] = "-HCookie: long value", url[] = "http://me:pw@host/path";
    char *argv[] = {name, user, letter, header, url, NULL};
    redact_argv_in_place(options, 5, argv);
    assert_string_equal(name, "fetchbench");
    assert_string_equal(user, "--user=***");
    assert_null(memmem(user, sizeof user, "secret", 6));
    assert_string_equal(letter, "-u*");
    assert_string_equal(header, "-HCookie: ***");
    assert_null(memmem(header, sizeof header, "value", 5));
    assert_string_equal(url, "http://me:************"); /* what would not fit is hidden with the rest */
}

static void what_looks_secret_in_a_programs_command_is_hidden(void **state) {
    (void)state;
    static const struct {
        const char *typed, *shown;
    } rows[] = {
        {"", ""},
        {"curl -s  x", "curl -s  x"},
        {"curl -u me:pw x", "curl -u *** x"},
        {"curl -ume:pw\tx", "curl -u***\tx"},
        {"curl --user 'me:p w' x", "curl --user '***' x"},
        {"curl -H \"Authorization: Bearer a\\\"b\" x", "curl -H \"Authorization: ***\" x"},
        {"curl -H 'X: y' --token=abc -k", "curl -H 'X: y' --token=*** -k"},
        {"env TOKEN=abc prog", "env TOKEN=*** prog"},
        {"prog http://me:pw@h/ me:pw@h", "prog http://me:***@h/ me:***@h"},
        {"/opt/key.py one\\,two 'it'\\''s'", "/opt/key.py one\\,two 'it'\\''s'"},
        {"x 'never ended", "x 'never ended"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(redact_program(&a, options, rows[i].typed), rows[i].shown);
    arena_fini(&a);
}

static void a_program_among_the_modes_has_its_secrets_hidden(void **state) {
    (void)state;
    static const struct line lines[] = {
        {{"-M", "async,it=exec:curl -u me:pw"}, {"-M", "async,it=exec:curl -u ***"}},
        {{"--mode=exec:curl --token abc x"}, {"--mode=exec:curl --token *** x"}},
        {{"-M", "exec:prog -n 5 -c 3"}, {"-M", "exec:prog -n 5 -c 3"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        check_line(&lines[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_hidden_in_every_spelling),
        cmocka_unit_test(a_secret_header_is_hidden_in_every_spelling),
        cmocka_unit_test(a_password_in_a_url_is_hidden),
        cmocka_unit_test(a_mistyped_name_is_hidden_like_the_secret_option_it_resembles),
        cmocka_unit_test(the_password_of_a_certificate_is_hidden_and_its_file_is_not),
        cmocka_unit_test(a_value_is_no_option_whatever_it_looks_like),
        cmocka_unit_test(what_is_no_secret_stays),
        cmocka_unit_test(a_message_hides_what_the_plan_holds_secret),
        cmocka_unit_test(argv_is_overwritten_in_its_own_memory),
        cmocka_unit_test(what_looks_secret_in_a_programs_command_is_hidden),
        cmocka_unit_test(a_program_among_the_modes_has_its_secrets_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
