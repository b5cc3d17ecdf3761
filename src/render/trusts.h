/* Whether the figures may be believed: one line where all is well, and one for each check that is not. */
#ifndef FETCHBENCH_RENDER_TRUSTS_H
#define FETCHBENCH_RENDER_TRUSTS_H

#include "render/notes.h"

/* Over all lines of the table that have any answer; nothing in a report without checks. */
void trusts_say(const struct notes *n);

/* The checks that invalidate nothing but fail in most rounds, "" for none: "send_slip of async and threads".
 */
const char *trusts_mostly_failing(const struct notes *n);

/* The worst status of a list of struct report_trust, "" of an empty one. */
const char *trusts_worst(const struct report_list *trust);

#endif
