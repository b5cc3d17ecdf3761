/* Which fetchbench this is. */
#ifndef FETCHBENCH_BASE_VERSION_H
#define FETCHBENCH_BASE_VERSION_H

extern const char version_number[];   /* "0.1.0" */
extern const char version_revision[]; /* git's description of the source, "" outside a checkout */
extern const char version_date[];     /* of its last commit, "2026-01-31"; "" outside a checkout */

#endif
