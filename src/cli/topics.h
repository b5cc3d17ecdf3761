/* The topics of --help: options, groups, strategies, formats, commands and concepts. */
#ifndef FETCHBENCH_CLI_TOPICS_H
#define FETCHBENCH_CLI_TOPICS_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/option.h"

/* Appends help on what `word` names: an option by its long name (dashes may be left out) or letter, anything
 * else by its name; all that it names where it names several. "" and a URL give the whole help. 0, or -1 with
 * err filled (ERR_USAGE): there is no such topic, and the nearest that there is. */
int topics_write(struct buf *out, const char *word, struct err *err);

/* Calls visit for every topic's name, with what it is in a few words. A name may come more than once. */
void topics_each(void (*visit)(void *state, const char *name, const char *what), void *state);

/* The short name of a group of options: "send" of "What to send". */
const char *topics_group(const struct option *row);

#endif
