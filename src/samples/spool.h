/* Where samples wait until they are written: a file without a name, of plain entries. One thread appends
 * while another reads what was appended before. */
#ifndef FETCHBENCH_SAMPLES_SPOOL_H
#define FETCHBENCH_SAMPLES_SPOOL_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "record/ring.h"

struct spool {
    int fd;
    _Atomic uint64_t reads; /* so far: who waits sees that something goes on */
};

/* Makes it in the first of the folders (ended by NULL, in which entries may be "") that takes it. 0, or -1
 * with err filled. */
int spool_open(struct spool *s, const char *const *folders, struct err *err);
void spool_close(struct spool *s);

/* Entries from place `at` on. 0, or -1 with err filled. */
int spool_write(struct spool *s, int64_t at, const struct ring_entry *entries, size_t count, struct err *err);
int spool_read(struct spool *s, int64_t at, struct ring_entry *entries, size_t count, struct err *err);

/* Gives its space back. 0, or -1 with err filled. */
int spool_clear(struct spool *s, struct err *err);

#endif
