/* --dry-run: what would be done. */
#ifndef FETCHBENCH_CLI_DRYRUN_H
#define FETCHBENCH_CLI_DRYRUN_H

#include "base/buf.h"
#include "cli/settings.h"

/* Appends every setting resolved, a line each; secrets redacted. */
void dryrun_write(struct buf *out, const struct settings *s);

#endif
