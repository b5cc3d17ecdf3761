/* The files of ranks' own reports: how they are called, and what is said of them. */
#ifndef FETCHBENCH_CLI_RANKFILES_H
#define FETCHBENCH_CLI_RANKFILES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/reportfile.h"
#include "cli/settings.h"
#include "report/report.h"

/* name with ".rank3" before its ending. */
void rankfiles_write(char *out, size_t size, const char *name, int64_t rank);

/* What they are named after: the whole's file; where that goes to standard output, what it would be called;
 * "" where it goes to nowhere that a file could be beside, so that each rank has one in a folder of its own
 * for as long as it is needed. */
void rankfiles_name(char out[PATH_MAX + 1], const struct settings *s, const struct reportfile *whole);

/* Makes such a folder, and a name in it. 0, or -1 with err filled. */
int rankfiles_make_folder(char out[PATH_MAX + 1], struct err *err);
/* Removes it, by that name, with the report where there is one. */
void rankfiles_remove_folder(const char *name);

/* Says which there are, by the sum's hosts. */
void rankfiles_tell(const struct report *whole, const struct settings *s, const struct reportfile *file);

/* Says how shares that are lost may be added later. */
void rankfiles_tell_merge(const char *name);

#endif
