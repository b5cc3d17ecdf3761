/* JSON written by hand: a run of plain characters is one append. */
#include "endpoint/json_text.h"

#include "base/utf8.h"

#include <string.h>

void json_text_init(struct json_text *j, struct buf *out, bool pretty) {
    *j = (struct json_text){.out = out, .pretty = pretty, .empty = true};
}

static void break_line(struct json_text *j) {
    if (!j->pretty)
        return;
    buf_append_char(j->out, '\n');
    buf_append_repeat(j->out, ' ', 2 * j->depth);
}

static void separate(struct json_text *j) {
    if (!j->empty)
        buf_append(j->out, ", ", j->spaced ? 2 : 1);
    break_line(j);
    j->empty = false;
}

void json_text_open(struct json_text *j, char bracket) {
    buf_append_char(j->out, bracket);
    j->depth++;
    j->empty = true;
}

void json_text_close(struct json_text *j, char bracket) {
    j->depth--;
    if (!j->empty)
        break_line(j);
    buf_append_char(j->out, bracket);
    j->empty = false;
}

static bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

static void append_unit(struct buf *out, uint32_t unit) {
    static const char digits[] = "0123456789abcdef";
    char text[6] = {'\\',
                    'u',
                    digits[unit >> 12 & 15],
                    digits[unit >> 8 & 15],
                    digits[unit >> 4 & 15],
                    digits[unit & 15]};
    buf_append(out, text, sizeof text);
}

void json_text_append_escaped(struct buf *out, uint32_t code) {
    static const char special[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
    const char *found = code && code < 0x80 ? strchr(special, (int)code) : NULL;
    if (found) {
        char text[2] = {'\\', letters[found - special]};
        buf_append(out, text, 2);
    } else if (code > 0xFFFF) {
        append_unit(out, 0xD800 + ((code - 0x10000) >> 10));
        append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
        append_unit(out, code);
    }
}

size_t json_text_plain_run(const char *text, size_t length) {
    size_t plain = 0;
    while (plain < length && is_plain(text[plain]))
        plain++;
    return plain;
}

void json_text_raw(struct json_text *j, const char *text, size_t length) {
    buf_append(j->out, text, length);
}

void json_text_string(struct json_text *j, const char *text, size_t length) {
    buf_append_char(j->out, '"');
    size_t i = 0;
    while (i < length) {
        size_t plain = json_text_plain_run(text + i, length - i);
        buf_append(j->out, text + i, plain);
        i += plain;
        if (i == length)
            break;
        struct utf8_step step = utf8_read(text + i, length - i);
        json_text_append_escaped(j->out, step.code);
        i += step.bytes;
    }
    buf_append_char(j->out, '"');
}

void json_text_key(struct json_text *j, const char *key, size_t length) {
    separate(j);
    json_text_string(j, key, length);
    buf_append(j->out, ": ", j->pretty || j->spaced ? 2 : 1);
}

void json_text_item(struct json_text *j) {
    separate(j);
}
