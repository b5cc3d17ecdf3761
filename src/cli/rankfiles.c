/* Names and sentences. */
#include "cli/rankfiles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/terminal.h"

#define MOST_NAMED 8 /* files, where some are missing */

static void write_with(char *out, size_t size, const char *name, const char *rank) {
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash ? slash : name, '.');
    int stem = dot && dot != name && dot[-1] != '/' ? (int)(dot - name) : (int)strlen(name);
    snprintf(out, size, "%.*s.rank%s%s", stem, name, rank, name + stem);
}

void rankfiles_write(char *out, size_t size, const char *name, int64_t rank) {
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, rank);
    write_with(out, size, name, number);
}

void rankfiles_name(char out[PATH_MAX + 1], const struct settings *s, const struct reportfile *whole) {
    struct settings unnamed = *s;
    *out = '\0';
    if (whole->is_file)
        snprintf(out, PATH_MAX + 1, "%s", whole->path);
    if (strcmp(whole->path, "-") != 0)
        return;
    unnamed.output = NULL;
    struct reportfile other = reportfile_choose(&unnamed);
    snprintf(out, PATH_MAX + 1, "%s", other.path);
    unlink(other.path); /* which was claimed empty */
}

int rankfiles_make_folder(char out[PATH_MAX + 1], struct err *err) {
    const char *folder = getenv("TMPDIR");
    char path[PATH_MAX - 32];
    snprintf(path, sizeof path, "%s/fetchbench-XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(path))
        return err_set_errno(err, "cannot make a folder for the rank's report in %.200s",
                             folder && *folder ? folder : "/tmp");
    snprintf(out, PATH_MAX + 1, "%s/report.json", path);
    return 0;
}

void rankfiles_remove_folder(const char *name) {
    char folder[PATH_MAX + 1];
    const char *slash = strrchr(name, '/');
    if (!slash)
        return;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    unlink(name);
    rmdir(folder);
}

static void write_all(FILE *out, const struct report_host *hosts, size_t count) {
    fprintf(out, "of each rank, on its machine: %s", hosts[0].report);
    if (count > 1)
        fprintf(out, " to %s", hosts[count - 1].report);
    fputc('\n', out);
}

static void write_some(FILE *out, const struct report_host *hosts, size_t count, size_t there) {
    size_t named = 0;
    fputs("of the ranks that reported, each on its machine: ", out);
    for (size_t i = 0; i < count && named < MOST_NAMED; i++)
        if (hosts[i].report)
            fprintf(out, "%s%s", named++ ? ", " : "", hosts[i].report);
    if (there > named)
        fprintf(out, " and %zu more", there - named);
    fputc('\n', out);
}

void rankfiles_tell(const struct report *whole, const struct settings *s, const struct reportfile *file) {
    const struct report_host *hosts = whole->hosts.items;
    size_t there = 0;
    if (s->quiet || strcmp(s->format, "text") != 0)
        return;
    for (size_t i = 0; i < whole->hosts.count; i++)
        there += hosts[i].report != NULL;
    FILE *people = strcmp(file->path, "-") == 0 ? stderr : stdout;
    if (there > 0 && there == whole->hosts.count)
        write_all(people, hosts, there);
    else if (there > 0)
        write_some(people, hosts, whole->hosts.count, there);
}

void rankfiles_tell_merge(const char *name) {
    char files[PATH_MAX + 32];
    write_with(files, sizeof files, name, "*");
    terminal_say("what a lost rank has on its disk can be added: fetchbench merge --shares -o all.json %s",
                 files);
}
