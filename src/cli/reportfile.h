/* Where the report goes. */
#ifndef FETCHBENCH_CLI_REPORTFILE_H
#define FETCHBENCH_CLI_REPORTFILE_H

#include <stdbool.h>

#include "cli/settings.h"

struct reportfile {
    char path[512];
    bool is_file; /* a regular file, or one to be made: it may be written again after every run */
};

/* What -o says, or <UTC time>-<labels>.json in ./results if that is there, else in the current directory,
 * with a number added when the name is taken. */
struct reportfile reportfile_choose(const struct settings *s);

#endif
