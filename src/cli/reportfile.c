/* Naming the report. */
#include "cli/reportfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define LABEL_BYTES 120 /* of all labels in a file name */

static bool is_directory(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

const char *reportfile_folder(void) {
    return is_directory("results") ? "results/" : "";
}

static bool is_standard_output(const char *path) {
    struct stat file, output;
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0 || strcmp(path, "/dev/fd/1") == 0)
        return true;
    return stat(path, &file) == 0 && S_ISREG(file.st_mode) && fstat(STDOUT_FILENO, &output) == 0 &&
           file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

struct reportfile reportfile_named(const char *path) {
    struct reportfile chosen = {.is_file = false};
    struct stat info;
    snprintf(chosen.path, sizeof chosen.path, "%s", is_standard_output(path) ? "-" : path);
    bool descriptor = strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
    chosen.is_file =
        strcmp(chosen.path, "-") != 0 && !descriptor && (stat(path, &info) != 0 || S_ISREG(info.st_mode));
    return chosen;
}

bool reportfile_is_same(const struct reportfile *a, const struct reportfile *b) {
    struct stat first, second;
    if (strcmp(a->path, b->path) == 0)
        return true;
    return stat(a->path, &first) == 0 && stat(b->path, &second) == 0 && S_ISREG(first.st_mode) &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* False when the name is taken; another fetchbench may be choosing at the same moment. A file that cannot be
 * made at all is found out when the report is written. */
static bool claim(const char *path) {
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno != EEXIST;
    close(fd);
    return true;
}

struct reportfile reportfile_choose(const struct settings *s) {
    if (s->output)
        return reportfile_named(s->output);
    struct reportfile chosen = {.is_file = true};
    char moment[32], labels[LABEL_BYTES];
    clock_format_utc_compact(moment);
    plan_labels(&s->plan, labels, sizeof labels);
    const char *folder = reportfile_folder();
    snprintf(chosen.path, sizeof chosen.path, "%s%s-%s.json", folder, moment, labels);
    for (int n = 2; !claim(chosen.path) && n < 1000; n++)
        snprintf(chosen.path, sizeof chosen.path, "%s%s-%s-%d.json", folder, moment, labels, n);
    return chosen;
}
