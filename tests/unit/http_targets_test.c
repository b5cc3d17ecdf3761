/* Where a plan's URLs lead: typed ones, lists, and both together. */
#include "http/targets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/fetchbench-targets-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

/* A plan with what was typed (NULL for nothing) and a list of that text (NULL for none). */
static int read_plan(struct plan *plan, const char *typed, const char *list, struct err *err) {
    *plan = (struct plan){.url = typed, .urls_file = list ? path : NULL, .requests = 10, .seed = 1};
    if (list) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        fputs(list, file);
        assert_int_equal(fclose(file), 0);
    }
    return plan_finish(plan, err) || targets_find(plan, err) ? -1 : 0;
}

static void read_good(struct plan *plan, const char *typed, const char *list) {
    struct err err = {0};
    if (read_plan(plan, typed, list, &err))
        fail_msg("%s", err.text);
}

static void check_url(const struct plan *plan, int64_t number, const char *expected) {
    char url[TEMPLATE_URL_BYTES];
    urls_expand(&plan->urls, number, url);
    assert_string_equal(url, expected);
}

static void check_refused(const char *typed, const char *list, const char *words) {
    struct plan plan;
    struct err err = {0};
    assert_int_equal(read_plan(&plan, typed, list, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" lacks \"%s\"", err.text, words);
    plan_fini(&plan);
}

static void one_url_has_one_target(void **state) {
    (void)state;
    struct plan plan;
    read_good(&plan, "https://Example.org/{i}/{uuid}", NULL);
    assert_int_equal(plan.target_count, 1);
    assert_string_equal(plan.targets[0].host, "example.org");
    assert_string_equal(plan.targets[0].port, "443");
    assert_true(plan_uses_tls(&plan));
    assert_int_equal(plan_connections(&plan), 1);
    assert_false(plan.urls.constant);
    plan_fini(&plan);
    read_good(&plan, "http://h/", NULL);
    assert_true(plan.urls.constant);
    assert_false(plan_uses_tls(&plan));
    plan_fini(&plan);
}

static void a_list_is_taken_in_turn(void **state) {
    (void)state;
    struct plan plan;
    read_good(&plan, NULL, "http://a/?{i}\nhttp://b:81/x\n");
    check_url(&plan, 0, "http://a/?0");
    check_url(&plan, 1, "http://b:81/x");
    check_url(&plan, 2, "http://a/?2");
    check_url(&plan, 1000001, "http://b:81/x");
    plan_fini(&plan);
}

static void hosts_are_told_apart_by_name_and_port(void **state) {
    (void)state;
    struct plan plan;
    read_good(&plan, NULL,
              "http://a/1\nhttps://a/2\nhttp://A:80/3\nhttp://b/4\nhttp://a:443/5\nhttp://[::1]/6\n");
    static const size_t expected[] = {0, 1, 0, 2, 1, 3};
    assert_int_equal(plan.target_count, 4);
    for (int64_t i = 0; i < 12; i++)
        assert_int_equal(urls_target(&plan.urls, i), expected[i % 6]);
    assert_true(plan.targets[1].tls);
    assert_false(plan.targets[0].tls);
    assert_true(plan_uses_tls(&plan));
    assert_int_equal(plan_connections(&plan), 4);
    plan_fini(&plan);
}

static void lines_may_be_hosts_paths_or_keys(void **state) {
    (void)state;
    struct plan plan;
    read_good(&plan, "http://{line}:8080/get?{i}", "a\nb\n");
    check_url(&plan, 3, "http://b:8080/get?3");
    assert_int_equal(plan.target_count, 2);
    assert_int_equal(urls_target(&plan.urls, 3), 1);
    plan_fini(&plan);
    read_good(&plan, "http://h/{line}?again={line}", "x/y\n%7B{i}\n");
    check_url(&plan, 0, "http://h/x/y?again=x/y");
    check_url(&plan, 1, "http://h/%7B{i}?again=%7B{i}");
    assert_int_equal(plan.target_count, 1);
    plan_fini(&plan);
    read_good(&plan, "{line}/get", "http://a\nhttps://b:1\n");
    check_url(&plan, 1, "https://b:1/get");
    assert_int_equal(plan.target_count, 2);
    plan_fini(&plan);
}

static void the_seed_decides_what_is_random(void **state) {
    (void)state;
    struct plan plan;
    char one[TEMPLATE_URL_BYTES], other[TEMPLATE_URL_BYTES];
    read_good(&plan, "http://h/{random:1-1000000000}", NULL);
    urls_expand(&plan.urls, 5, one);
    plan.urls.seed = 2;
    urls_expand(&plan.urls, 5, other);
    assert_string_not_equal(one, other);
    plan_fini(&plan);
}

static void a_host_that_a_place_would_change_is_refused(void **state) {
    (void)state;
    static const char *const urls[] = {"http://{i}.example/", "http://h:{i}/", "http://{uuid}.example/",
                                       "http://h:8{random:1-2}/", "http://x{random:1-2}/"};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
        check_refused(urls[i], NULL, "must be the same for every request");
    check_refused("http://{line}.{i}.example/", "a\nb\n", "must be the same for every request");
    check_refused(NULL, "http://a/\nhttp://b{i}/\n", "line 2: the host and port must be the same");
    struct plan plan;
    read_good(&plan, "http://user{i}:{uuid}@h/", NULL);
    plan_fini(&plan);
}

static void a_list_and_a_url_need_each_other_s_line(void **state) {
    (void)state;
    check_refused("http://h/{line}", NULL, "{line} is a line of --urls FILE, which is not given");
    check_refused("http://h/{i}", "a\n", "--urls needs {line} in the URL");
    check_refused(NULL, "http://h/{line}\n", "line 1: {line} stands for a line only in a URL");
}

static void errors_in_a_list_name_file_and_line(void **state) {
    (void)state;
    static const struct {
        const char *list, *words;
    } rows[] = {
        {"http://a/\n\nexample.org/x\n", ", line 3: \"example.org/x\" is no URL"},
        {"# c\nftp://a/\n", ", line 2: \"ftp://a/\" is neither"},
        {"http://a b/\n", ", line 1: "},
        {"http://a/x y\n", ", line 1: "},
        {"http://a/\nhttp://a:99999/\n", ", line 2: "},
        {"http://a/{j}\n", ", line 1: there is no place {j}"},
        {"http://a/\nhttp://a/{i\n", ", line 2: there is a { that is never closed"},
        {"http://a/{random:5-1}\n", ", line 1: {random:5-1}: the first number"},
        {"http://me:hidden99@a:99999/\n", ", line 1: "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char words[200];
        snprintf(words, sizeof words, "%s%s", path, rows[i].words);
        check_refused(NULL, rows[i].list, words);
    }
    check_refused("http://h/{line}", "ok\nnot ok\n", ", line 2: ");
}

static void a_url_that_could_outgrow_its_room_is_refused(void **state) {
    (void)state;
    char url[TEMPLATE_URL_BYTES + 1] = "http://h/";
    memset(url + 9, 'u', sizeof url - 10);
    url[TEMPLATE_URL_BYTES] = '\0';
    check_refused(url, NULL, "longer than 8191");
    url[TEMPLATE_URL_BYTES - 1] = '\0';
    struct plan plan;
    read_good(&plan, url, NULL);
    plan_fini(&plan);
    memcpy(url + 9, "{uuid}", 6);
    check_refused(url, NULL, "longer than 8191");
    memcpy(url + 9, "{line}", 6);
    check_refused(url, "short\nand a longer one\n", "longer than 8191");
}

static void make_list(char *list, int hosts) {
    list[0] = '\0';
    for (int i = 0; i < hosts; i++)
        list += sprintf(list, "http://h%d/\n", i);
}

static void there_may_be_a_thousand_hosts_and_no_more(void **state) {
    (void)state;
    struct plan plan;
    char *list = malloc(32 * (PLAN_TARGETS + 1));
    assert_non_null(list);
    make_list(list, PLAN_TARGETS);
    read_good(&plan, NULL, list);
    assert_int_equal(plan.target_count, PLAN_TARGETS);
    assert_int_equal(urls_target(&plan.urls, 999), 999);
    assert_int_equal(plan_connections(&plan), PLAN_CONNECTIONS);
    plan_fini(&plan);
    make_list(list, PLAN_TARGETS + 1);
    check_refused(NULL, list, "line 1001: h1000:80 is one more than the 1000 different hosts");
    free(list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_url_has_one_target),
        cmocka_unit_test(a_list_is_taken_in_turn),
        cmocka_unit_test(hosts_are_told_apart_by_name_and_port),
        cmocka_unit_test(lines_may_be_hosts_paths_or_keys),
        cmocka_unit_test(the_seed_decides_what_is_random),
        cmocka_unit_test(a_host_that_a_place_would_change_is_refused),
        cmocka_unit_test(a_list_and_a_url_need_each_other_s_line),
        cmocka_unit_test(errors_in_a_list_name_file_and_line),
        cmocka_unit_test(a_url_that_could_outgrow_its_room_is_refused),
        cmocka_unit_test(there_may_be_a_thousand_hosts_and_no_more),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
