/* Whether the figures may be believed: one line where all is well, and in full what is not. */
#ifndef FETCHBENCH_RENDER_TRUSTS_H
#define FETCHBENCH_RENDER_TRUSTS_H

#include "render/notes.h"

/* Over all lines of the table that have any answer; nothing in a report without checks. */
void trusts_say(const struct notes *n);

/* The worst status of a list of struct report_trust, "" of an empty one. */
const char *trusts_worst(const struct report_list *trust);

#endif
