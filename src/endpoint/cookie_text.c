/* Cookies read and quoted. */
#include "endpoint/cookie_text.h"

#include "base/utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span {
    const char *text, *end;
};

static struct span trimmed(const char *text, const char *end) {
    while (text < end && is_space(*text))
        text++;
    while (text < end && is_space(end[-1]))
        end--;
    return (struct span){text, end};
}

/* Behind the quote that closes the string at text, or NULL when none does. */
static const char *skip_quoted(const char *text, const char *end) {
    for (const char *at = text + 1; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

/* The end of a value: behind its closing quote when only blanks and ; follow that, else the next ;. */
static const char *end_of_value(const char *text, const char *end) {
    const char *quoted = text < end && *text == '"' ? skip_quoted(text, end) : NULL;
    const char *rest = quoted;
    while (rest && rest < end && is_space(*rest))
        rest++;
    if (rest && (rest == end || *rest == ';'))
        return rest;
    const char *semicolon = memchr(text, ';', (size_t)(end - text));
    return semicolon ? semicolon : end;
}

static bool is_octal(const char *text, const char *end) {
    return end - text >= 3 && text[0] >= '0' && text[0] <= '3' && text[1] >= '0' && text[1] <= '7' &&
           text[2] >= '0' && text[2] <= '7';
}

static void append_unquoted(struct buf *out, struct span s) {
    if (s.end - s.text < 2 || *s.text != '"' || s.end[-1] != '"') {
        buf_append(out, s.text, (size_t)(s.end - s.text));
        return;
    }
    const char *end = s.end - 1;
    for (const char *at = s.text + 1; at < end; at++) {
        if (*at != '\\' || at + 1 == end) {
            buf_append_char(out, *at);
        } else if (is_octal(at + 1, end)) {
            buf_append_char(out, (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0')));
            at += 3;
        } else {
            buf_append_char(out, *++at);
        }
    }
}

void cookie_text_read(struct pairs *out, const char *at, const char *end) {
    struct buf raw, name, value;
    buf_init(&raw, PAIRS_LIMIT_BYTES);
    buf_init(&name, PAIRS_LIMIT_BYTES);
    buf_init(&value, PAIRS_LIMIT_BYTES);
    while (at < end) {
        const char *name_end = at;
        while (name_end < end && *name_end != '=' && *name_end != ';')
            name_end++;
        struct span name_span = trimmed(at, name_end), value_span = {name_end, name_end};
        if (name_end < end && *name_end == '=') {
            value_span.text = trimmed(name_end + 1, end).text;
            value_span.end = end_of_value(value_span.text, end);
        }
        at = value_span.end + 1;
        buf_clear(&raw);
        buf_clear(&name);
        buf_clear(&value);
        append_unquoted(&raw, trimmed(value_span.text, value_span.end));
        utf8_append_repaired(&name, name_span.text, (size_t)(name_span.end - name_span.text));
        utf8_append_repaired(&value, buf_text(&raw), raw.length);
        if (name.length > 0 && !pairs_has(out, buf_text(&name)))
            pairs_add(out, buf_text(&name), name.length, buf_text(&value), value.length);
    }
    buf_fini(&raw);
    buf_fini(&name);
    buf_fini(&value);
}

static bool is_legal(char c) {
    return isalnum((unsigned char)c) || (c && strchr("/=!#$%&'*+-.^_`|~:", c));
}

void cookie_text_append_quoted(struct buf *out, const char *text, size_t length) {
    bool is_plain = true;
    for (size_t i = 0; i < length; i++)
        is_plain = is_plain && is_legal(text[i]);
    if (!is_plain)
        buf_append_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c >= 0x7F || c == ',' || c == ';')
            buf_printf(out, "\\%03o", c);
        else if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else
            buf_append_char(out, text[i]);
    }
    if (!is_plain)
        buf_append_char(out, '"');
}
