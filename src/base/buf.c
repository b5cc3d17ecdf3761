/* Growing text with a cap, so that nothing read from outside can grow without bound. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t limit) {
    *b = (struct buf){.limit = limit};
}

void buf_fini(struct buf *b) {
    free(b->text);
    *b = (struct buf){.limit = b->limit};
}

void buf_clear(struct buf *b) {
    buf_truncate(b, 0);
}

void buf_truncate(struct buf *b, size_t length) {
    b->failed = false;
    if (length > b->length)
        return;
    b->length = length;
    if (b->text)
        b->text[length] = '\0';
}

static int reserve(struct buf *b, size_t more) {
    if (b->failed)
        return -1;
    if (more > b->limit - b->length) {
        b->failed = true;
        return -1;
    }
    size_t wanted = b->length + more + 1;
    if (wanted <= b->capacity)
        return 0;
    size_t capacity = b->capacity ? b->capacity * 2 : 256;
    if (capacity < wanted)
        capacity = wanted;
    char *text = realloc(b->text, capacity);
    if (!text) {
        b->failed = true;
        return -1;
    }
    b->text = text;
    b->capacity = capacity;
    return 0;
}

void buf_reserve(struct buf *b, size_t bytes) {
    if (bytes > b->length)
        reserve(b, bytes - b->length);
}

void buf_append(struct buf *b, const void *data, size_t length) {
    if (reserve(b, length))
        return;
    if (length)
        memcpy(b->text + b->length, data, length);
    b->length += length;
    b->text[b->length] = '\0';
}

void buf_append_text(struct buf *b, const char *text) {
    buf_append(b, text, strlen(text));
}

void buf_append_char(struct buf *b, char c) {
    buf_append(b, &c, 1);
}

void buf_append_repeat(struct buf *b, char c, int count) {
    for (int i = 0; i < count; i++)
        buf_append_char(b, c);
}

void buf_vprintf(struct buf *b, const char *format, va_list arguments) {
    va_list copy;
    va_copy(copy, arguments);
    int length = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    if (length < 0) {
        b->failed = true;
        return;
    }
    if (reserve(b, (size_t)length))
        return;
    vsnprintf(b->text + b->length, (size_t)length + 1, format, arguments);
    b->length += (size_t)length;
}

void buf_printf(struct buf *b, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    buf_vprintf(b, format, arguments);
    va_end(arguments);
}

const char *buf_text(const struct buf *b) {
    return b->text ? b->text : "";
}

char *buf_take(struct buf *b) {
    char *text = b->failed ? NULL : b->text;
    if (!text)
        free(b->text);
    *b = (struct buf){.limit = b->limit};
    return text;
}
