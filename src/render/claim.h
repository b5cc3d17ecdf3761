/* One plain paragraph that a person could quote: what was fetched, which label was ahead by how much over how
 * many rounds, and what limited the runs where that is known. It says no more than the verdicts do. */
#ifndef FETCHBENCH_RENDER_CLAIM_H
#define FETCHBENCH_RENDER_CLAIM_H

#include "render/notes.h"

void claim_say(const struct notes *n);

#endif
