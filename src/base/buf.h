/* A growing text buffer with a mandatory cap. Always NUL-terminated once anything was appended. What does not
 * fit, or memory that runs out, sets `failed`, after which appends do nothing: check once at the end. */
#ifndef FETCHBENCH_BASE_BUF_H
#define FETCHBENCH_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *text; /* NULL until something is appended */
    size_t length;
    size_t capacity;
    size_t limit; /* bytes that length may reach */
    bool failed;
};

void buf_init(struct buf *b, size_t limit);
void buf_fini(struct buf *b);
/* Empties it and keeps its memory. */
void buf_clear(struct buf *b);
/* Cuts it back to the length it had when it had not failed, and forgives what failed since; a length beyond
 * the present one cuts nothing. */
void buf_truncate(struct buf *b, size_t length);

/* Room for so many bytes, within the limit, before they come. */
void buf_reserve(struct buf *b, size_t bytes);

void buf_append(struct buf *b, const void *data, size_t length);
void buf_append_text(struct buf *b, const char *text);
void buf_append_char(struct buf *b, char c);
void buf_append_repeat(struct buf *b, char c, int count);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

/* What was written, "" when nothing was. Borrowed: valid until the next call on b. */
const char *buf_text(const struct buf *b);

/* Hands the memory to the caller (free it) and empties b; NULL when it failed or holds nothing. */
char *buf_take(struct buf *b);

#endif
