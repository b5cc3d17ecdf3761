/* Where the report goes. */
#ifndef FETCHBENCH_CLI_REPORTFILE_H
#define FETCHBENCH_CLI_REPORTFILE_H

#include <limits.h>
#include <stdbool.h>

#include "cli/settings.h"

struct reportfile {
    char path[PATH_MAX + 1]; /* "-": standard output, whatever it was called */
    bool is_file;            /* a regular file, or one to be made: it may be written again after every run */
};

/* What -o says, or <UTC time>-<labels>.json in ./results if that is there, else in the current directory,
 * with a number added when the name is taken. */
struct reportfile reportfile_choose(const struct settings *s);

/* What a file named on the command line is. */
struct reportfile reportfile_named(const char *path);

/* Whether both are the same file, or both standard output. */
bool reportfile_is_same(const struct reportfile *a, const struct reportfile *b);

/* The folder of reports that are not given a name: "results/" if that is there, else "". */
const char *reportfile_folder(void);

#endif
