/* The lines of a text file, read whole before anything runs. They lie in one mapping that processes made by
 * fork share, so the measured process's memory, which leaves shared memory out, is not the list's. It takes
 * the lines' bytes and 16 more for each: 80 MB for a million of 64 bytes, and twice that while it is read. */
#ifndef FETCHBENCH_PLAN_LINES_H
#define FETCHBENCH_PLAN_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define LINES_FILE_BYTES ((size_t)1 << 30) /* the largest file */
#define LINES_LINE_BYTES 8191              /* the longest line */

struct lines_item {
    uint64_t start;  /* of its text, which ends in a NUL, in the struct's */
    uint32_t number; /* in the file, from 1 */
    uint16_t bytes;
    uint16_t tag; /* the caller's */
};

struct lines {
    const char *name; /* the file as messages call it, borrowed */
    char *text;
    struct lines_item *items;
    size_t count;   /* at least 1 */
    size_t longest; /* bytes */
    /* private */
    void *mapping;
    size_t mapping_bytes;
};

/* Reads a file, or standard input for "-". A byte order mark and carriage returns before line feeds are taken
 * off; lines that are empty or begin with # are left out, and the last needs no line feed. 0, or -1 with err
 * filled (ERR_USAGE): it cannot be read, holds no line or a NUL, or is too large. */
int lines_open(struct lines *out, const char *file, struct err *err);
void lines_close(struct lines *lines); /* zeroed, it may be closed too */

/* Makes all of it present in this process, so that no request pays for a first touch. */
void lines_prefault(const struct lines *lines);

#endif
