/* The hosts of a load that several parts made, on a page. */
#ifndef FETCHBENCH_RENDER_HOSTS_H
#define FETCHBENCH_RENDER_HOSTS_H

#include "render/notes.h"

/* Which shares are missing and why, where any is. */
void hosts_say_lost(const struct notes *n);

/* A table for each line of the page's own - of many those with remarks -, in it a line per host; of many
 * hosts only those with remarks, and one line of the extremes. Says nothing of a load that one host made. */
void hosts_draw_text(const struct notes *n);
void hosts_draw_markdown(const struct notes *n);

#endif
