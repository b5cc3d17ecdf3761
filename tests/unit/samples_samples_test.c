/* From batches to lines, through spool and thread, into files and pipes. */
#include "samples/samples.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "samples/line.h"

#define MS INT64_C(1000000)
#define GO (1000 * MS)

static const struct plan_entry entry = {.label = "it"};

static struct ring_entry ended(int64_t ticket, int64_t end_ms) {
    return (struct ring_entry){.ticket = ticket,
                               .sample = {.start_ns = GO, .end_ns = GO + end_ms * MS, .status = 200}};
}

static void give(struct samples *s, int64_t round, const struct ring_entry *entries, size_t count,
                 int64_t until_ms) {
    struct run_samples batch = {.entry = &entry,
                                .round = round,
                                .go_ns = GO,
                                .entries = entries,
                                .count = count,
                                .until_ns = until_ms ? GO + until_ms * MS : 0};
    samples_put(s, &batch);
}

static void end_run(struct samples *s, uint64_t lost) {
    struct recording_totals totals = {.samples_lost = lost};
    struct run_result result = {.entry = &entry, .totals = &totals};
    samples_end_run(s, &result);
}

/* The numbers in the first column, in a row: "0 1 2 ". */
static const char *indices(const char *text, char out[200]) {
    *out = '\0';
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        const char *number = strncmp(line, "{\"index\":", 9) == 0 ? line + 9 : line;
        snprintf(out + strlen(out), 200 - strlen(out), "%d ", atoi(number));
        assert_non_null(strchr(line, '\n'));
    }
    return out;
}

static void read_file(const char *path, char *out, size_t size) {
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    ssize_t got = read(fd, out, size - 1);
    assert_true(got >= 0);
    out[got] = '\0';
    close(fd);
}

static struct samples *start(const char *path, bool is_file, bool issued) {
    struct samples_target target = {.path = path, .is_file = is_file, .issued = issued};
    struct err err = {0};
    struct samples *s = samples_open(&target, &err);
    assert_string_equal(err.text, "");
    assert_int_equal(samples_start(s, &err), 0);
    return s;
}

static const char *temporary(char path[64], const char *ending) {
    snprintf(path, 64, "/tmp/fetchbench-samples-%ld%s", (long)getpid(), ending);
    return path;
}

static void write_two_runs(const char *path, bool issued, char *out, size_t size) {
    struct samples *s = start(path, true, issued);
    const struct ring_entry first[] = {ended(1, 10), ended(2, 30), ended(0, 20)};
    const struct ring_entry second[] = {ended(1, 7), ended(0, 7)};
    give(s, 1, first, 3, 40);
    end_run(s, 0);
    give(s, 2, second, 2, 0);
    give(s, 2, second, 0, 9);
    end_run(s, 0);
    assert_int_equal(samples_close(s, NULL), 0);
    read_file(path, out, size);
    unlink(path);
}

static void a_file_has_run_after_run_each_in_order(void **state) {
    (void)state;
    char out[4096], row[200], path[64];
    write_two_runs(temporary(path, ".ndjson"), false, out, sizeof out);
    assert_string_equal(indices(out, row), "1 0 2 0 1 ");
    assert_non_null(strstr(out, "\"round\":2,"));
    write_two_runs(path, true, out, sizeof out);
    assert_string_equal(indices(out, row), "0 1 2 0 1 ");
}

static void a_csv_file_has_one_header_even_without_a_sample(void **state) {
    (void)state;
    char out[4096], row[200], path[64];
    write_two_runs(temporary(path, ".csv"), true, out, sizeof out);
    assert_int_equal(strncmp(out, line_header(true), strlen(line_header(true))), 0);
    assert_string_equal(indices(out + strlen(line_header(true)), row), "0 1 2 0 1 ");
    struct samples *s = start(path, true, false);
    end_run(s, 0);
    assert_int_equal(samples_close(s, NULL), 0);
    read_file(path, out, sizeof out);
    assert_string_equal(out, line_header(true));
    unlink(path);
}

struct pipe_ends {
    int out, in;
    char path[64];
};

static struct pipe_ends make_pipe(void) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pipe_ends p = {.out = ends[0], .in = ends[1]};
    snprintf(p.path, sizeof p.path, "/proc/self/fd/%d", ends[1]);
    return p;
}

static void expect(const struct pipe_ends *p, const char *expected) {
    char out[4096] = "", row[200];
    size_t length = 0;
    struct pollfd fd = {.fd = p->out, .events = POLLIN};
    while (strcmp(indices(out, row), expected) != 0) {
        assert_int_equal(poll(&fd, 1, 10000), 1);
        ssize_t got = read(p->out, out + length, sizeof out - 1 - length);
        assert_true(got > 0);
        length += (size_t)got;
        out[length] = '\0';
    }
}

static void a_pipe_gets_lines_while_the_run_is_on_in_the_order_of_their_ends(void **state) {
    (void)state;
    struct pipe_ends p = make_pipe();
    struct samples *s = start(p.path, false, false);
    const struct ring_entry first[] = {ended(1, 20), ended(0, 10), ended(4, 98)};
    const struct ring_entry second[] = {ended(3, 97), ended(5, 120)};
    give(s, 1, first, 3, 100);
    expect(&p, "0 1 "); /* what ended just before the look may not be all that had */
    give(s, 1, second, 2, 150);
    expect(&p, "3 4 5 ");
    const struct ring_entry third[] = {ended(6, 149)};
    give(s, 1, third, 1, 150);
    end_run(s, 0);
    expect(&p, "6 ");
    give(s, 2, third, 1, 160);
    expect(&p, "6 ");
    end_run(s, 0);
    assert_int_equal(samples_close(s, NULL), 0);
    close(p.in);
    close(p.out);
}

static void a_pipe_gets_lines_in_the_order_of_issue_after_the_run(void **state) {
    (void)state;
    struct pipe_ends p = make_pipe();
    struct samples *s = start(p.path, false, true);
    const struct ring_entry entries[] = {ended(1, 20), ended(2, 30), ended(0, 40)};
    give(s, 1, entries, 3, 100);
    end_run(s, 0);
    expect(&p, "0 1 2 ");
    assert_int_equal(samples_close(s, NULL), 0);
    close(p.in);
    close(p.out);
}

static void a_pipe_that_is_closed_is_one_failure_and_no_end(void **state) {
    (void)state;
    struct pipe_ends p = make_pipe();
    struct samples *s = start(p.path, false, false);
    struct err err = {0};
    const struct ring_entry entries[] = {ended(1, 20)};
    close(p.in);
    close(p.out);
    for (int64_t round = 1; round <= 3; round++) {
        give(s, round, entries, 1, 100);
        end_run(s, 0);
    }
    assert_int_equal(samples_close(s, &err), -1);
    assert_non_null(strstr(err.text, "cannot write the samples to /proc/self/fd/"));
    assert_non_null(strstr(err.text, ": Broken pipe"));
}

static void a_full_disk_is_one_failure(void **state) {
    (void)state;
    struct samples *s = start("/dev/full", false, false);
    struct err err = {0};
    const struct ring_entry entries[] = {ended(1, 20)};
    give(s, 1, entries, 1, 100);
    end_run(s, 0);
    assert_int_equal(samples_close(s, &err), -1);
    assert_string_equal(err.text, "cannot write the samples to /dev/full: No space left on device");
    assert_int_equal(err.kind, ERR_OUTPUT);
}

static void samples_that_were_lost_are_told(void **state) {
    (void)state;
    struct samples *s = start("/dev/null", false, false);
    struct err err = {0};
    end_run(s, 17);
    assert_int_equal(samples_close(s, &err), -1);
    assert_non_null(strstr(err.text, "17 of the samples of it are lost"));
}

static void a_target_that_cannot_be_opened_is_found_at_once(void **state) {
    (void)state;
    struct samples_target target = {.path = "/no/such/folder/x", .is_file = true};
    struct err err = {0};
    assert_null(samples_open(&target, &err));
    assert_string_equal(err.text, "cannot write the samples to /no/such/folder/x: No such file or directory");
    assert_int_equal(samples_close(NULL, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_run_after_run_each_in_order),
        cmocka_unit_test(a_csv_file_has_one_header_even_without_a_sample),
        cmocka_unit_test(a_pipe_gets_lines_while_the_run_is_on_in_the_order_of_their_ends),
        cmocka_unit_test(a_pipe_gets_lines_in_the_order_of_issue_after_the_run),
        cmocka_unit_test(a_pipe_that_is_closed_is_one_failure_and_no_end),
        cmocka_unit_test(a_full_disk_is_one_failure),
        cmocka_unit_test(samples_that_were_lost_are_told),
        cmocka_unit_test(a_target_that_cannot_be_opened_is_found_at_once),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
