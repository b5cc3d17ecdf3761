/* Edit distance with adjacent transpositions (optimal string alignment), over short words. */
#include "base/nearest.h"

#include <stdint.h>
#include <string.h>

#define LONGEST 64

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t edit_distance(const char *a, const char *b) {
    size_t rows[3][LONGEST + 1];
    size_t la = strlen(a), lb = strlen(b);
    if (la > LONGEST || lb > LONGEST)
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], above2[j - 2] + 1);
        }
    }
    return rows[la % 3][lb];
}

void nearest_init(struct nearest *n, const char *word) {
    *n = (struct nearest){.word = word, .best_distance = SIZE_MAX};
}

void nearest_offer(struct nearest *n, const char *candidate) {
    size_t length = strlen(n->word);
    size_t distance = edit_distance(n->word, candidate);
    size_t allowed = length / 3 > 1 ? length / 3 : 1;
    if (length >= 3 && strncmp(candidate, n->word, length) == 0)
        distance = smaller(distance, allowed);
    if (distance > allowed || distance >= n->best_distance)
        return;
    n->best = candidate;
    n->best_distance = distance;
}
