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

static bool may_be_file(const char *path) {
    struct stat info;
    return strcmp(path, "-") != 0 && (stat(path, &info) != 0 || S_ISREG(info.st_mode));
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
    struct reportfile chosen = {.is_file = true};
    if (s->output) {
        snprintf(chosen.path, sizeof chosen.path, "%s", s->output);
        chosen.is_file = may_be_file(chosen.path);
        return chosen;
    }
    char moment[32], labels[LABEL_BYTES];
    clock_format_utc_compact(moment);
    plan_labels(&s->plan, labels, sizeof labels);
    const char *folder = is_directory("results") ? "results/" : "";
    snprintf(chosen.path, sizeof chosen.path, "%s%s-%s.json", folder, moment, labels);
    for (int n = 2; !claim(chosen.path) && n < 1000; n++)
        snprintf(chosen.path, sizeof chosen.path, "%s%s-%s-%d.json", folder, moment, labels, n);
    return chosen;
}
