/* What a joined report was made of. */
#ifndef FETCHBENCH_RENDER_MERGED_H
#define FETCHBENCH_RENDER_MERGED_H

#include "render/notes.h"

/* One sentence; nothing for the report of one invocation. */
void merged_say(const struct notes *n);

#endif
