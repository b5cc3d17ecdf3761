/* Columns, lines and figures. */
#include "render/page.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"

#define LARGEST_TEXT ((size_t)1 << 24)
#define LONGEST_S 3.6e7 /* 10,000 h */

const char *const page_tints[] = {[TINT_NONE] = "", [TINT_GOOD] = "\x1b[1;32m", [TINT_BAD] = "\x1b[31m"};

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t code) {
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    }
    return false;
}

/* Characters that would move the cursor, or turn the direction of what follows. */
static bool is_control(uint32_t code) {
    static const struct range controls[] = {{0, 0x1F},        {0x7F, 0x9F},     {0x200B, 0x200F},
                                            {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}};
    return is_in(controls, sizeof controls / sizeof controls[0], code);
}

static size_t columns_of(uint32_t code) {
    static const struct range combining[] = {
        {0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};
    static const struct range wide[] = {
        {0x1100, 0x115F}, {0x2E80, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F9FF}, {0x20000, 0x3FFFD}};
    if (is_in(combining, sizeof combining / sizeof combining[0], code))
        return 0;
    return is_in(wide, sizeof wide / sizeof wide[0], code) ? 2 : 1;
}

static char *finish(struct arena *a, struct buf *out) {
    char *text = arena_strdup(a, buf_text(out));
    buf_fini(out);
    return text;
}

char *page_clean(struct arena *a, const char *text, bool utf8) {
    struct buf out;
    buf_init(&out, LARGEST_TEXT);
    while (text && *text) {
        struct utf8_step step = utf8_read(text, UTF8_TO_NUL);
        if (is_control(step.code) || step.code == UTF8_REPLACEMENT || (step.code > 0x7F && !utf8))
            buf_append_char(&out, '?');
        else
            buf_append(&out, text, step.bytes);
        text += step.bytes;
    }
    return finish(a, &out);
}

size_t page_columns(const char *text) {
    size_t columns = 0;
    while (*text) {
        struct utf8_step step = utf8_read(text, UTF8_TO_NUL);
        columns += columns_of(step.code);
        text += step.bytes;
    }
    return columns;
}

/* The bytes at the beginning of text that take at most `columns` columns. */
static size_t bytes_within(const char *text, size_t columns) {
    size_t bytes = 0, used = 0;
    while (text[bytes]) {
        struct utf8_step step = utf8_read(text + bytes, UTF8_TO_NUL);
        used += columns_of(step.code);
        if (used > columns)
            break;
        bytes += step.bytes;
    }
    return bytes;
}

char *page_shorten(struct arena *a, const char *text, size_t columns, bool utf8) {
    size_t all = page_columns(text);
    if (all <= columns)
        return arena_strdup(a, text);
    const char *ellipsis = utf8 ? "\xE2\x80\xA6" : "..";
    size_t kept = columns - (utf8 ? 1 : 2), tail = kept / 2;
    const char *end = text + bytes_within(text, all - tail);
    while (page_columns(end) > tail)
        end += utf8_read(end, UTF8_TO_NUL).bytes;
    return arena_printf(a, "%.*s%s%s", (int)bytes_within(text, kept - tail), text, ellipsis, end);
}

/* A line's worth of text: up to the last blank that fits, or cut within a word that fills it. */
static size_t line_bytes(const char *text, size_t columns) {
    size_t fits = bytes_within(text, columns), cut = fits;
    if (text[fits] == '\0')
        return fits;
    while (cut > 0 && text[cut] != ' ')
        cut--;
    if (cut > 0)
        return cut;
    return fits > 0 ? fits : utf8_read(text, UTF8_TO_NUL).bytes;
}

void page_paragraph(struct buf *out, const char *text, size_t width, size_t indent) {
    size_t columns = width;
    while (*text) {
        size_t bytes = line_bytes(text, columns);
        buf_append(out, text, bytes);
        buf_append_char(out, '\n');
        text += bytes;
        text += strspn(text, " ");
        if (*text)
            buf_append_repeat(out, ' ', (int)indent);
        columns = width - indent;
    }
}

static const char *nothing(char out[PAGE_FIGURE]) {
    return strcpy(out, "-");
}

const char *page_duration(char out[PAGE_FIGURE], double seconds) {
    if (!(seconds >= 0 && seconds < LONGEST_S))
        return nothing(out);
    if (seconds < 5999.5)
        return units_write_duration(out, seconds);
    snprintf(out, PAGE_FIGURE, "%.1fh", seconds / 3600);
    return out;
}

/* Three significant digits and a suffix; value is at least 0. */
static const char *scaled(char out[PAGE_FIGURE], double value, const char *suffix) {
    static const char *const thousands[] = {"", "k", "M", "G", "T"};
    size_t step = 0;
    for (; value >= 999.5 && step < 4; step++)
        value /= 1000;
    if (!(value >= 0 && value < 999.5))
        return nothing(out);
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(out, PAGE_FIGURE, "%.*f%s%s", decimals, value, thousands[step], suffix);
    return out;
}

const char *page_number(char out[PAGE_FIGURE], double value) {
    return scaled(out, value, "");
}

const char *page_count(char out[PAGE_FIGURE], double count) {
    if (!(count >= 0 && count < 99999.5))
        return scaled(out, count, "");
    snprintf(out, PAGE_FIGURE, "%.0f", count);
    return out;
}

const char *page_factor(char out[PAGE_FIGURE], double factor) {
    if (factor >= 0 && factor < 0.005)
        return strcpy(out, "<0.01x");
    return scaled(out, factor, "x");
}

const char *page_grouped(char out[PAGE_FIGURE], long long count) {
    char digits[24];
    size_t written = 0;
    if (count < 0)
        return strcpy(out, "?");
    size_t length = (size_t)snprintf(digits, sizeof digits, "%lld", count);
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[written++] = ',';
        out[written++] = digits[i];
    }
    out[written] = '\0';
    return out;
}
