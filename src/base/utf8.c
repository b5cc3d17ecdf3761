/* UTF-8 by the table of well-formed byte sequences (Unicode 15, table 3-7): surrogates and overlong forms are
 * refused at the second byte. */
#include "base/utf8.h"

struct lead {
    uint32_t bits;           /* of the code, from the first byte */
    unsigned more;           /* bytes that follow */
    unsigned char low, high; /* what the second byte may be */
};

static struct lead lead_of(unsigned char first) {
    if (first >= 0xC2 && first <= 0xDF)
        return (struct lead){first & 0x1Fu, 1, 0x80, 0xBF};
    if (first >= 0xE0 && first <= 0xEF)
        return (struct lead){first & 0x0Fu, 2, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF};
    if (first >= 0xF0 && first <= 0xF4)
        return (struct lead){first & 0x07u, 3, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF};
    return (struct lead){0, 0, 0, 0};
}

struct utf8_step utf8_read(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    if (bytes[0] < 0x80)
        return (struct utf8_step){bytes[0], 1, true};
    struct lead lead = lead_of(bytes[0]);
    if (lead.more == 0)
        return (struct utf8_step){UTF8_REPLACEMENT, 1, false};
    uint32_t code = lead.bits;
    for (unsigned i = 1; i <= lead.more; i++) {
        unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xBF;
        if (i >= length || bytes[i] < low || bytes[i] > high)
            return (struct utf8_step){UTF8_REPLACEMENT, i, false};
        code = code << 6 | (bytes[i] & 0x3Fu);
    }
    return (struct utf8_step){code, lead.more + 1, true};
}

bool utf8_is_valid(const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        if ((unsigned char)text[i] < 0x80) { /* nearly all of a report is */
            i++;
            continue;
        }
        struct utf8_step step = utf8_read(text + i, length - i);
        if (!step.valid)
            return false;
        i += step.bytes;
    }
    return true;
}

unsigned utf8_write(char out[4], uint32_t code) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char marks[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[more] | code >> 6 * more);
    for (unsigned i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (code >> 6 * (more - i) & 0x3F));
    return more + 1;
}

void utf8_append_repaired(struct buf *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        struct utf8_step step = utf8_read(text + i, length - i);
        if (step.valid)
            buf_append(out, text + i, step.bytes);
        else
            buf_append_text(out, UTF8_REPLACEMENT_TEXT);
        i += step.bytes;
    }
}

void utf8_append_latin1(struct buf *out, const char *text, size_t length) {
    size_t i = 0;
    while (i < length) {
        size_t plain = i;
        while (plain < length && (unsigned char)text[plain] < 0x80)
            plain++;
        buf_append(out, text + i, plain - i);
        i = plain;
        if (i == length)
            break;
        char encoded[4];
        buf_append(out, encoded, utf8_write(encoded, (unsigned char)text[i++]));
    }
}
