/* "Did you mean ...?": the closest of some known words to one that was mistyped. */
#ifndef FETCHBENCH_BASE_NEAREST_H
#define FETCHBENCH_BASE_NEAREST_H

#include <stddef.h>

/* Feed candidates one by one; `best` is then the nearest by edit distance (adjacent swaps count one), or NULL
 * when none is near enough (a third of the word's length, at least 1, or a word that it begins). Candidates
 * are borrowed. */
struct nearest {
    const char *word;
    const char *best;
    size_t best_distance;
};

void nearest_init(struct nearest *n, const char *word);
void nearest_offer(struct nearest *n, const char *candidate);

#endif
