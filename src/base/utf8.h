/* UTF-8, one character at a time. Pure functions. */
#ifndef FETCHBENCH_BASE_UTF8_H
#define FETCHBENCH_BASE_UTF8_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT UINT32_C(0xFFFD)
#define UTF8_REPLACEMENT_TEXT "\xEF\xBF\xBD"
#define UTF8_TO_NUL SIZE_MAX /* as the length of text that ends in a NUL, beyond which nothing is read */

struct utf8_step {
    uint32_t code;  /* UTF8_REPLACEMENT when not valid */
    unsigned bytes; /* taken from the text, at least 1; when not valid, the longest beginning of a character
                     * (Unicode 15, section 3.9, "maximal subpart"), which stands for one replacement */
    bool valid;
};

/* Reads the character at text; length is at least 1. */
struct utf8_step utf8_read(const char *text, size_t length);

bool utf8_is_valid(const char *text, size_t length);

/* Writes code, a Unicode scalar value, and returns how many bytes it took. */
unsigned utf8_write(char out[4], uint32_t code);

/* Appends text with what is no UTF-8 replaced by U+FFFD. length may be 0 and is never UTF8_TO_NUL. */
void utf8_append_repaired(struct buf *out, const char *text, size_t length);

/* Appends Latin-1 text, in which HTTP carries header values, as UTF-8. */
void utf8_append_latin1(struct buf *out, const char *text, size_t length);

#endif
