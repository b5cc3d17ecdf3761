/* Naming the report. */
#include "cli/reportfile.h"

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
    for (int n = 2; access(chosen.path, F_OK) == 0 && n < 1000; n++)
        snprintf(chosen.path, sizeof chosen.path, "%s%s-%s-%d.json", folder, moment, labels, n);
    return chosen;
}
