/* Percent-decoding, byte by byte. */
#include "base/percent.h"

#include <string.h>

#include "base/utf8.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_byte(const char *text, size_t length) {
    if (length < 3 || text[0] != '%' || hex_digit(text[1]) < 0 || hex_digit(text[2]) < 0)
        return -1;
    return hex_digit(text[1]) << 4 | hex_digit(text[2]);
}

void percent_decode(struct buf *out, const char *text, size_t length, bool plus_is_space) {
    size_t i = 0;
    while (i < length) {
        size_t plain = i;
        while (plain < length && text[plain] != '%' && !(plus_is_space && text[plain] == '+'))
            plain++;
        buf_append(out, text + i, plain - i);
        i = plain;
        if (i == length)
            return;
        int byte = percent_byte(text + i, length - i);
        buf_append_char(out, byte >= 0 ? (char)byte : text[i] == '+' ? ' ' : '%');
        i += byte < 0 ? 1 : 3;
    }
}

void percent_decode_value(struct buf *out, struct buf *scratch, const char *text, size_t length) {
    buf_clear(scratch);
    percent_decode(scratch, text, length, true);
    utf8_append_repaired(out, buf_text(scratch), scratch->length);
}

bool percent_next_pair(const char **at, const char *end, struct percent_pair *out) {
    while (*at < end && **at == '&')
        ++*at;
    if (*at >= end)
        return false;
    const char *stop = memchr(*at, '&', (size_t)(end - *at));
    size_t length = (size_t)((stop ? stop : end) - *at);
    const char *equals = memchr(*at, '=', length);
    out->name = *at;
    out->name_bytes = equals ? (size_t)(equals - *at) : length;
    out->value = equals ? equals + 1 : *at + length;
    out->value_bytes = equals ? length - out->name_bytes - 1 : 0;
    *at += length;
    return true;
}
