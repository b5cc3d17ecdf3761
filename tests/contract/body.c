/* What is done with answers besides counting them: --save, --work and --verify. */
#include "contract.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/digest.h"

#define REQUESTS 60

static void skip_unless(const struct stage *stage, enum strategy_capability capability) {
    if (!(stage->strategy->capabilities & capability))
        skip();
}

static void work_on_each_body_is_done_and_timed(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_WORK);
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.work = "sha256/3";
    stage_run(stage, &s);
    check_success(stage);
    const struct trial *t = &stage->trial;
    assert_int_equal(histogram_count(&t->totals->histograms[MEASURE_WORK]), REQUESTS);
    for (size_t i = 0; i < REQUESTS; i++) {
        const struct sample *sample = check_kept(stage, i);
        assert_true(sample->work_ns > 0);
        assert_true(sample->end_ns + sample->work_ns <= t->recording.facts->go_ns + t->result.wall_ns);
    }
}

static void without_work_there_is_no_time_of_it(void **state) {
    struct stage *stage = *state;
    struct setting s = stage_setting(stage, SERVE_OK, 5);
    stage_run(stage, &s);
    check_success(stage);
    assert_int_equal(histogram_count(&stage->trial.totals->histograms[MEASURE_WORK]), 0);
}

static void check_all_failed(const struct stage *stage, enum error_class class) {
    const struct trial *t = &stage->trial;
    check_accounts(stage);
    assert_string_equal(t->result.failure.text, "");
    assert_int_equal(t->totals->errors[class], REQUESTS);
}

static void what_is_no_json_fails_as_work(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_WORK);
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.work = "json";
    s.keep_going = true;
    stage_run(stage, &s);
    check_all_failed(stage, ERROR_WORK);
}

static void an_echo_is_verified(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_USE_BODY);
    struct setting s = stage_setting(stage, SERVE_ECHO, REQUESTS);
    s.verify = true;
    stage_run(stage, &s);
    check_success(stage);
}

static void what_is_no_echo_fails_as_verify(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_USE_BODY);
    struct setting s = stage_setting(stage, SERVE_OK, REQUESTS);
    s.verify = true;
    s.keep_going = true;
    stage_run(stage, &s);
    check_all_failed(stage, ERROR_VERIFY);
}

static int count_files(const struct stage *stage) {
    int count = 0;
    DIR *folder = opendir(stage->trial.folder);
    assert_non_null(folder);
    for (const struct dirent *e = readdir(folder); e; e = readdir(folder))
        count += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(folder);
    return count;
}

/* The file named after a key's URL has what the server said to that key. */
static void check_file(const struct stage *stage, struct digest *digest, int64_t key) {
    char url[128], name[DIGEST_TEXT], path[256], expected[SERVER_ECHO_BYTES + 1];
    char found[2 * SERVER_ECHO_BYTES] = "";
    snprintf(url, sizeof url, "http://127.0.0.1:%d/?key=%" PRId64, stage->trial.server.port, key);
    assert_true(digest_text(digest, url, strlen(url), name));
    snprintf(path, sizeof path, "%s/%s", stage->trial.folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("there is no file %s of %s", path, url);
    size_t length = file ? fread(found, 1, sizeof found - 1, file) : 0;
    if (file)
        fclose(file);
    server_echo(key, expected);
    assert_int_equal(length, SERVER_ECHO_BYTES);
    assert_string_equal(found, expected);
}

static void check_files(const struct stage *stage) {
    struct digest digest;
    assert_int_equal(digest_init(&digest, NULL), 0);
    assert_int_equal(count_files(stage), REQUESTS);
    for (int64_t key = 0; key < REQUESTS; key++)
        check_file(stage, &digest, key);
    digest_fini(&digest);
}

static void each_body_is_saved_whole_under_its_own_name(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_USE_BODY);
    struct setting s = stage_setting(stage, SERVE_ECHO, REQUESTS);
    s.save = true;
    stage_run(stage, &s);
    check_success(stage);
    check_files(stage);
}

static void what_is_cut_leaves_no_file(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_USE_BODY);
    struct setting s = stage_setting(stage, (enum behaviour)stage->argument, REQUESTS);
    s.save = true;
    s.keep_going = true;
    stage_run(stage, &s);
    check_accounts(stage);
    assert_int_equal(stage->trial.result.failed, REQUESTS);
    assert_int_equal(count_files(stage), 0);
}

static void two_runs_that_do_it_all_leave_nothing_but_files(void **state) {
    struct stage *stage = *state;
    skip_unless(stage, CAN_USE_BODY);
    struct setting s = stage_setting(stage, SERVE_ECHO, REQUESTS);
    struct drive d = {.runs = 2};
    s.save = s.verify = true;
    s.work = "json";
    stage_open(stage, &s);
    if (trial_drive(&stage->trial, &d, &stage->err))
        fail_msg("%s", stage->err.text);
    assert_false(d.failed);
    assert_int_equal(d.before, d.after);
    assert_false(d.children);
    assert_int_equal(stage->trial.totals->completed, 2 * REQUESTS);
    check_files(stage);
}

const struct contract_case body_cases[] = {
    {"work on each body is done and timed", work_on_each_body_is_done_and_timed, SPREAD_ONCE, 0},
    {"without work there is no time of it", without_work_there_is_no_time_of_it, SPREAD_ONCE, 0},
    {"what is no JSON fails as work", what_is_no_json_fails_as_work, SPREAD_ONCE, 0},
    {"an echo is verified", an_echo_is_verified, SPREAD_ONCE, 0},
    {"what is no echo fails as verify", what_is_no_echo_fails_as_verify, SPREAD_ONCE, 0},
    {"each body is saved whole under its own name", each_body_is_saved_whole_under_its_own_name, SPREAD_ONCE,
     0},
    {"an answer cut within its body leaves no file", what_is_cut_leaves_no_file, SPREAD_ONCE,
     SERVE_CLOSE_HALFWAY},
    {"an answer reset within its body leaves no file", what_is_cut_leaves_no_file, SPREAD_ONCE,
     SERVE_RESET_HALFWAY},
    {"two runs that do it all leave nothing but files", two_runs_that_do_it_all_leave_nothing_but_files,
     SPREAD_ONCE, 0},
    {0},
};
