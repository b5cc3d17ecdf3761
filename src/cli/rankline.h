/* How far all ranks are together, in lines, where there is no terminal to draw on (cli/terminal.h). */
#ifndef FETCHBENCH_CLI_RANKLINE_H
#define FETCHBENCH_CLI_RANKLINE_H

#include <stdint.h>

#include "ranks/message.h"

/* Zeroed: nothing was told yet. */
struct rankline {
    int64_t begun_ns, told_ns; /* the first progress, and its last line; 0: none yet */
};

/* Says, if it is time again, on standard error:
 * "round 2 of 40, run 3 of 4, async: 400 of 900 requests done, 0 failed, 81 per second; 3 ranks, 65 s in all"
 * with as many ranks as are left. */
void rankline_say(struct rankline *l, const struct ranks_progress *p, const char *label, int64_t ranks);

#endif
