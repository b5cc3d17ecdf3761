/* Small files in which a kernel or a container engine tells about itself, below a root that is "" but in
 * tests. What cannot be read is unknown. Texts live in the arena, which may be NULL where no text is read. */
#ifndef FETCHBENCH_BASE_FACTS_H
#define FETCHBENCH_BASE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/memory.h"

struct facts {
    struct arena *arena;
    const char *root;
};

bool facts_exist(const struct facts *f, const char *path);

/* Open for reading, the caller's to close; NULL when it cannot be. */
FILE *facts_open(const struct facts *f, const char *path);

/* The first line, without what ends it; false when it cannot be read or is empty. */
bool facts_read_line(const struct facts *f, const char *path, char *line, size_t size);

/* What the file holds, at most size - 1 bytes, as text. Returns their number, 0 when it cannot be read. */
size_t facts_read_all(const struct facts *f, const char *path, char *text, size_t size);

/* The first line's first 255 bytes, NULL when there are none. */
char *facts_read_text(const struct facts *f, const char *path);

/* The number that the file begins with, -1 when it is none or too large for a report. */
int64_t facts_read_integer(const struct facts *f, const char *path);

/* Two numbers parted by blanks; false when there are not. */
bool facts_read_two(const struct facts *f, const char *path, double out[2]);

#endif
