/* One sentence about what failed. No allocation, no output. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_kind kind, const char *format, ...) {
    if (!e)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    char text[sizeof e->text];
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    e->kind = kind;
    memcpy(e->text, text, sizeof text);
    return -1;
}

int err_set_errno(struct err *e, const char *format, ...) {
    int saved = errno;
    if (!e)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    char text[sizeof e->text];
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    e->kind = ERR_INTERNAL;
    snprintf(e->text, sizeof e->text, "%.300s: %s", text, strerror(saved));
    return -1;
}

int err_prefix(struct err *e, const char *format, ...) {
    if (!e)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    char context[sizeof e->text / 2];
    vsnprintf(context, sizeof context, format, arguments);
    va_end(arguments);
    size_t start = strlen(context) + 2;
    memmove(e->text + start, e->text, sizeof e->text - start);
    e->text[sizeof e->text - 1] = '\0';
    memcpy(e->text, context, start - 2);
    memcpy(e->text + start - 2, ": ", 2);
    return -1;
}
