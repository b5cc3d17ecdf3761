/* Base64, three bytes at a time. */
#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_append(struct buf *out, const void *data, size_t length) {
    const unsigned char *bytes = data;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (left > 1)
            group |= (uint32_t)bytes[i + 1] << 8;
        if (left > 2)
            group |= bytes[i + 2];
        char text[4] = {digits[group >> 18], digits[group >> 12 & 63],
                        left > 1 ? digits[group >> 6 & 63] : '=', left > 2 ? digits[group & 63] : '='};
        buf_append(out, text, sizeof text);
    }
}

/* The bytes of one group of four characters, of which the last `padding` say nothing; -1 when it is none. */
static int append_group(struct buf *out, const char *text, size_t padding) {
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = i < 4 - padding ? memchr(digits, text[i], sizeof digits - 1) : digits;
        if (!digit)
            return -1;
        group = group << 6 | (uint32_t)(digit - digits);
    }
    if (padding && group & ((UINT32_C(1) << 8 * padding) - 1))
        return -1;
    char bytes[3] = {(char)(group >> 16), (char)(group >> 8 & 0xff), (char)(group & 0xff)};
    buf_append(out, bytes, 3 - padding);
    return 0;
}

int base64_append_decoded(struct buf *out, const char *text, size_t length) {
    if (length % 4 != 0)
        return -1;
    for (size_t i = 0; i < length; i += 4) {
        bool last = i + 4 == length;
        size_t padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        if (append_group(out, text + i, padding))
            return -1;
    }
    return out->failed ? -1 : 0;
}
