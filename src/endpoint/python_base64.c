/* Base64, read as leniently as Python does. */
#include "endpoint/python_base64.h"

/* The six bits that c stands for, or -1. */
static int bits_of(char c, bool is_urlsafe) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || (is_urlsafe && c == '-'))
        return 62;
    return c == '/' || (is_urlsafe && c == '_') ? 63 : -1;
}

int python_base64_decode(struct buf *out, const char *text, size_t length, bool is_urlsafe) {
    unsigned held = 0, position = 0, pads = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '=' && position >= 2 && position + ++pads >= 4)
            return 0; /* what follows the padding is not read */
        int bits = bits_of(text[i], is_urlsafe);
        if (bits < 0)
            continue;
        pads = 0;
        held = held << 6 | (unsigned)bits;
        if (position > 0)
            buf_append_char(out, (char)(held >> (6 - 2 * position)));
        position = (position + 1) % 4;
    }
    return position == 0 ? 0 : -1;
}
