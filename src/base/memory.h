/* Memory for set-up: before a run starts, running out ends the program with a message, so callers need no
 * check. Not for use between a request's start and its sample. */
#ifndef FETCHBENCH_BASE_MEMORY_H
#define FETCHBENCH_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed; free() it. Never NULL. */
void *memory_zalloc(size_t count, size_t size);
/* A copy; free() it. Never NULL. */
char *memory_strdup(const char *text);

/* Before _exit, which skips it: in a build with AddressSanitizer a status other than 0 if memory was leaked;
 * else 0. */
int memory_check_leaks(void);

/* Blocks that live and die together. Zero-initialise; not for several threads at once. */
struct arena {
    struct arena_block *blocks;
};

/* Zeroed, aligned for any type, valid until arena_fini. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);
char *arena_strdup(struct arena *a, const char *text); /* NULL gives NULL */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What was allocated from `from` now lives with `into`; `from` is empty afterwards. */
void arena_take(struct arena *into, struct arena *from);
void arena_fini(struct arena *a);

#endif
