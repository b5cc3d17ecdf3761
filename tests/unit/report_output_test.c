/* Where a report goes, and that a failure leaves what was there. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "report/report.h"

struct place {
    char folder[64], file[128];
    struct report *report;
};

static int set_up(void **state) {
    struct place *p = memory_zalloc(1, sizeof *p);
    strcpy(p->folder, "/tmp/report_output_XXXXXX");
    if (!mkdtemp(p->folder))
        return -1;
    snprintf(p->file, sizeof p->file, "%s/report.json", p->folder);
    p->report = report_open();
    p->report->tool.name = "fetchbench";
    p->report->tool.version = "0.1.0";
    p->report->started_at = "2026-01-02T03:04:05Z";
    p->report->plan.url = p->report->plan.method = "x";
    *state = p;
    return 0;
}

static int files_in(const char *folder) {
    int count = 0;
    DIR *open_folder = opendir(folder);
    assert_non_null(open_folder);
    for (struct dirent *entry = readdir(open_folder); entry; entry = readdir(open_folder))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(open_folder);
    return count;
}

static int tear_down(void **state) {
    struct place *p = *state;
    char path[512];
    DIR *open_folder = opendir(p->folder);
    for (struct dirent *entry = open_folder ? readdir(open_folder) : NULL; entry;
         entry = readdir(open_folder)) {
        snprintf(path, sizeof path, "%s/%s", p->folder, entry->d_name);
        if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
            remove(path);
    }
    if (open_folder)
        closedir(open_folder);
    rmdir(p->folder);
    report_close(p->report);
    free(p);
    return 0;
}

static void assert_holds_report(const char *path) {
    struct err err = {0};
    struct report *back = report_read(path, &err);
    if (!back)
        fail_msg("%s", err.text);
    report_close(back);
}

static void a_file_is_made_and_replaced_whole(void **state) {
    struct place *p = *state;
    struct err err = {0};
    struct stat before, after;
    assert_int_equal(report_write_file(p->report, p->file, &err), 0);
    assert_holds_report(p->file);
    assert_int_equal(chmod(p->file, 0640), 0);
    assert_int_equal(stat(p->file, &before), 0);
    assert_int_equal(report_write_file(p->report, p->file, &err), 0);
    assert_int_equal(stat(p->file, &after), 0);
    assert_holds_report(p->file);
    assert_true(before.st_ino != after.st_ino);
    assert_int_equal(after.st_mode & 07777, 0640);
    assert_int_equal(files_in(p->folder), 1);
}

static void a_link_stays_a_link(void **state) {
    struct place *p = *state;
    struct err err = {0};
    struct stat file;
    char link[160];
    snprintf(link, sizeof link, "%s/latest.json", p->folder);
    assert_int_equal(symlink("report.json", link), 0);
    for (int i = 0; i < 2; i++) { /* dangling first */
        assert_int_equal(report_write_file(p->report, link, &err), 0);
        assert_int_equal(lstat(link, &file), 0);
        assert_true(S_ISLNK(file.st_mode));
        assert_holds_report(p->file);
    }
    assert_int_equal(files_in(p->folder), 2);
}

static void a_full_device_is_said_and_left_a_device(void **state) {
    struct place *p = *state;
    struct err err = {0};
    struct stat device;
    assert_int_equal(report_write_file(p->report, "/dev/full", &err), -1);
    assert_int_equal(err.kind, ERR_OUTPUT);
    assert_string_equal(err.text, "cannot write the report to /dev/full: No space left on device");
    assert_int_equal(stat("/dev/full", &device), 0);
    assert_true(S_ISCHR(device.st_mode));
}

static void a_folder_that_is_not_there_is_said(void **state) {
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(report_write_file(p->report, "/nonexistent/r.json", &err), -1);
    assert_int_equal(err.kind, ERR_OUTPUT);
    assert_string_equal(err.text,
                        "cannot write the report to /nonexistent/r.json: No such file or directory");
}

/* A file-size limit stands for a full disk: both fail in the middle of writing. */
static void a_disk_that_fills_up_leaves_the_old_report_and_no_temporary(void **state) {
    struct place *p = *state;
    struct err err = {0};
    assert_int_equal(report_write_file(p->report, p->file, &err), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit small = {100, 100};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        int failed = report_write_file(p->report, p->file, &err);
        _exit(failed && err.kind == ERR_OUTPUT && strstr(err.text, "File too large") ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_holds_report(p->file);
    assert_int_equal(files_in(p->folder), 1);
}

static void a_named_pipe_is_written_to_and_stays(void **state) {
    struct place *p = *state;
    struct err err = {0};
    struct stat file;
    assert_int_equal(mkfifo(p->file, 0600), 0);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0)
        _exit(report_read(p->file, NULL) ? 0 : 1);
    assert_int_equal(report_write_file(p->report, p->file, &err), 0);
    int status = 0;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_int_equal(stat(p->file, &file), 0);
    assert_true(S_ISFIFO(file.st_mode));
}

/* In a child, whose standard output is the file: as a shell does it. */
static void to_standard_output(void **state, const char *path) {
    struct place *p = *state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int fd = open(p->file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        int failed = fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || report_write_file(p->report, path, NULL);
        _exit(failed ? 1 : 0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_holds_report(p->file);
    assert_int_equal(files_in(p->folder), 1);
}

static void a_dash_is_standard_output(void **state) {
    to_standard_output(state, "-");
}

static void standard_output_by_its_device_name_is_not_renamed_over(void **state) {
    struct stat before, after;
    assert_int_equal(lstat("/dev/stdout", &before), 0);
    to_standard_output(state, "/dev/stdout");
    assert_int_equal(lstat("/dev/stdout", &after), 0);
    assert_true(before.st_ino == after.st_ino);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_is_made_and_replaced_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_stays_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_device_is_said_and_left_a_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_disk_that_fills_up_leaves_the_old_report_and_no_temporary, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_named_pipe_is_written_to_and_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_dash_is_standard_output, set_up, tear_down),
        cmocka_unit_test_setup_teardown(standard_output_by_its_device_name_is_not_renamed_over, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
