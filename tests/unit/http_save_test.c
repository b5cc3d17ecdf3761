/* Digests, and files that appear whole or not at all. */
#include "http/save.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/sha.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct stage {
    char path[64]; /* of the folder */
    int folder;
    struct digest digest;
    struct save save;
};

static int set_up(void **state) {
    struct stage *s = calloc(1, sizeof *s);
    struct err err = {0};
    if (!s)
        return -1;
    snprintf(s->path, sizeof s->path, "/tmp/fetchbench_save_XXXXXX");
    if (!mkdtemp(s->path) || digest_init(&s->digest, &err))
        return -1;
    s->folder = save_open_folder(s->path, &err);
    save_init(&s->save, s->folder, 3);
    *state = s;
    return s->folder < 0 ? -1 : 0;
}

static struct dirent *next_file(DIR *folder) {
    struct dirent *found = readdir(folder);
    while (found && (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0))
        found = readdir(folder);
    return found;
}

static size_t count_files(const struct stage *s) {
    size_t count = 0;
    DIR *folder = opendir(s->path);
    assert_non_null(folder);
    while (next_file(folder))
        count++;
    closedir(folder);
    return count;
}

static int tear_down(void **state) {
    struct stage *s = *state;
    DIR *folder = opendir(s->path);
    for (struct dirent *found = folder ? next_file(folder) : NULL; found; found = next_file(folder))
        unlinkat(s->folder, found->d_name, 0);
    if (folder)
        closedir(folder);
    save_drop(&s->save);
    digest_fini(&s->digest);
    close(s->folder);
    int failed = rmdir(s->path);
    free(s);
    return failed;
}

static void file_holds(const struct stage *s, const char *name, const char *expected) {
    char path[200], text[100] = "";
    snprintf(path, sizeof path, "%s/%s", s->path, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(length, strlen(expected));
    assert_string_equal(text, expected);
}

static void save_text(struct stage *s, const char *url, const char *text) {
    save_set_url(&s->save, &s->digest, url);
    assert_true(save_write(&s->save, text, strlen(text)));
    assert_true(save_finish(&s->save));
}

static void a_digest_is_openssls_however_often_it_is_made(void **state) {
    struct stage *s = *state;
    unsigned char expected[SHA256_DIGEST_LENGTH], got[DIGEST_BYTES];
    char body[1000];
    memset(body, 'x', sizeof body);
    SHA256((const unsigned char *)body, sizeof body, expected);
    for (int i = 0; i < 50; i++) {
        memset(got, 0, sizeof got);
        assert_true(digest_make(&s->digest, body, sizeof body, got));
        assert_memory_equal(got, expected, sizeof got);
    }
}

static void a_name_is_the_digest_of_the_url_in_hex(void **state) {
    struct stage *s = *state;
    save_set_url(&s->save, &s->digest, "abc");
    assert_string_equal(s->save.name, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void no_url_leads_out_of_the_folder(void **state) {
    struct stage *s = *state;
    save_text(s, "http://127.0.0.1/../../etc/passwd?a=b", "x");
    file_holds(s, "cd2e33691f212ac30ecb4ac7837404b71e71bbe5b05b7c0f2978c30c762d8a0c", "x");
    assert_int_equal(count_files(s), 1);
}

static void a_body_has_its_name_only_once_it_is_whole(void **state) {
    struct stage *s = *state;
    struct stat found;
    save_set_url(&s->save, &s->digest, "abc");
    assert_true(save_write(&s->save, "hel", 3));
    assert_int_equal(fstatat(s->folder, s->save.name, &found, 0), -1);
    assert_true(save_write(&s->save, "lo", 2));
    assert_true(save_finish(&s->save));
    file_holds(s, s->save.name, "hello");
    assert_int_equal(count_files(s), 1);
}

static void an_empty_body_is_an_empty_file(void **state) {
    struct stage *s = *state;
    save_set_url(&s->save, &s->digest, "abc");
    assert_true(save_finish(&s->save));
    file_holds(s, s->save.name, "");
}

static void what_is_dropped_leaves_nothing(void **state) {
    struct stage *s = *state;
    save_text(s, "abc", "before");
    assert_true(save_write(&s->save, "half", 4));
    assert_int_equal(count_files(s), 2);
    save_drop(&s->save);
    assert_int_equal(count_files(s), 1);
    file_holds(s, s->save.name, "before");
}

static void two_of_the_same_url_do_each_other_no_harm(void **state) {
    struct stage *s = *state;
    struct save other;
    save_init(&other, s->folder, 4);
    save_set_url(&other, &s->digest, "abc");
    assert_true(save_write(&other, "from ", 5));
    save_text(s, "abc", "from one");
    assert_true(save_write(&other, "other", 5));
    file_holds(s, s->save.name, "from one");
    assert_true(save_finish(&other));
    file_holds(s, s->save.name, "from other");
    assert_int_equal(count_files(s), 1);
}

static void a_write_that_fails_says_why_and_leaves_nothing(void **state) {
    struct stage *s = *state;
    struct rlimit before, tight;
    char block[5000] = "";
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    tight = before;
    tight.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    save_set_url(&s->save, &s->digest, "abc");
    bool written = save_write(&s->save, block, sizeof block);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(written);
    assert_int_equal(s->save.why, EFBIG);
    assert_false(save_finish(&s->save));
    save_drop(&s->save);
    assert_int_equal(count_files(s), 0);
    save_text(s, "abc", "again");
}

static void refused(const char *folder, const char *words) {
    struct err err = {0};
    assert_int_equal(save_check(folder, &err), -1);
    assert_int_equal(err.kind, ERR_USAGE);
    if (!strstr(err.text, words) || !strstr(err.text, "--save"))
        fail_msg("%s", err.text);
}

static void a_folder_that_cannot_be_used_is_refused(void **state) {
    struct stage *s = *state;
    char path[200];
    struct err err = {0};
    refused("", "not nothing");
    refused("/dev/null", "no folder");
    snprintf(path, sizeof path, "%s/none/below", s->path);
    refused(path, "No such file");
    snprintf(path, sizeof path, "%s/new/", s->path);
    assert_int_equal(save_check(path, &err), 0);
    assert_int_equal(save_check(s->path, &err), 0);
    assert_int_equal(save_check(".", &err), 0);
    assert_int_equal(count_files(s), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_digest_is_openssls_however_often_it_is_made),
        CASE(a_name_is_the_digest_of_the_url_in_hex),
        CASE(no_url_leads_out_of_the_folder),
        CASE(a_body_has_its_name_only_once_it_is_whole),
        CASE(an_empty_body_is_an_empty_file),
        CASE(what_is_dropped_leaves_nothing),
        CASE(two_of_the_same_url_do_each_other_no_harm),
        CASE(a_write_that_fails_says_why_and_leaves_nothing),
        CASE(a_folder_that_cannot_be_used_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
