/* httpbin's reading and showing of URLs. */
#include "endpoint/url_text.h"

#include "base/percent.h"
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

/* Unreserved characters and the sub-delimiters of RFC 3986 but & and =. */
static bool is_always_safe(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~$!'()*+,;", c));
}

static void append_quoted(struct buf *out, unsigned char byte) {
    static const char digits[] = "0123456789ABCDEF";
    char text[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    buf_append(out, text, 3);
}

void url_text_decode_path(struct buf *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        size_t ascii = i;
        while (ascii < length && (unsigned char)text[ascii] < 0x80)
            ascii++;
        percent_decode(out, text + i, ascii - i, false);
        i = ascii;
        while (ascii < length && (unsigned char)text[ascii] >= 0x80)
            ascii++;
        utf8_append_latin1(out, text + i, ascii - i);
        i = ascii;
    }
}

void url_text_show_path(struct buf *out, const char *path, size_t length) {
    for (size_t i = 0; i < length;) {
        unsigned char c = (unsigned char)path[i];
        struct utf8_step step = utf8_read(path + i, length - i);
        if (is_always_safe(c) || c == '/' || c == ':')
            buf_append_char(out, path[i]);
        else if (c < 0x80)
            append_quoted(out, c);
        else
            utf8_append_repaired(out, path + i, step.bytes);
        i += step.bytes;
    }
}

/* Query bytes with %XX decoded only where it hides a character that need not be quoted. */
static void unquote_needless(struct buf *out, const char *query, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)query[i];
        int byte = percent_byte(query + i, length - i);
        if (byte >= 0x80 || (byte >= 0 && is_always_safe((unsigned char)byte)))
            buf_append_char(out, (char)byte);
        else if (byte >= 0)
            buf_append(out, query + i, 3);
        else if (c >= 0x80 || is_always_safe(c) || (c && strchr(":&%=", c)))
            buf_append_char(out, query[i]);
        else
            append_quoted(out, c);
        i += byte >= 0 ? 2 : 0;
    }
}

void url_text_show_query(struct buf *out, struct buf *scratch, const char *query, size_t length) {
    buf_clear(scratch);
    unquote_needless(scratch, query, length);
    const char *text = buf_text(scratch);
    for (size_t i = 0; i < scratch->length;) {
        struct utf8_step step = utf8_read(text + i, scratch->length - i);
        for (unsigned k = 0; k < step.bytes; k++) {
            if (step.valid)
                buf_append_char(out, text[i + k]);
            else
                append_quoted(out, (unsigned char)text[i + k]);
        }
        i += step.bytes;
    }
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether url is ASCII without white space but at its ends. */
static bool is_plain_uri(const char *url, size_t length) {
    size_t words = 0;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)url[i] >= 0x80)
            return false;
        words += !is_space(url[i]) && (i == 0 || is_space(url[i - 1]));
    }
    return words == 1;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static void append_trimmed(struct buf *out, const char *text, size_t length) {
    while (length > 0 && is_blank(text[0])) {
        text++;
        length--;
    }
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    buf_append(out, text, length);
}

void url_text_to_uri(struct buf *out, const char *url, size_t length) {
    if (is_plain_uri(url, length)) {
        append_trimmed(out, url, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)url[i];
        if (is_always_safe(c) || (c && strchr(":/?#[]@&=%", c)))
            buf_append_char(out, url[i]);
        else
            append_quoted(out, c);
    }
}
