/* What the comparisons of a report say, a line for each, and below them what bounds all of them. Nothing
 * after one round, which supports no claim, unless it is of another invocation's runs. */
#ifndef FETCHBENCH_RENDER_VERDICTS_H
#define FETCHBENCH_RENDER_VERDICTS_H

#include "render/notes.h"

/* Whether there is anything to say. */
bool verdicts_are_there(const struct notes *n);

/* By the primary metric: a row per label with its verdict, and the baseline against itself. */
void verdicts_say(const struct notes *n);

/* By the other metrics, which are not judged: one sentence, then a row per label. Nothing where no interval
 * is known. */
void verdicts_say_unjudged(const struct notes *n);

#endif
