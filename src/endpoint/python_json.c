/* One pass, from text to text. An object's members are written as they come; when it ends, they are put in
 * order unless they came so. */
#include "endpoint/python_json.h"

#include "base/utf8.h"
#include "endpoint/python_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct member {
    size_t key, key_bytes; /* in keys */
    size_t text, text_end; /* "key":value in the output, without the comma before it */
};

struct rewriter {
    struct json_text *j;
    const char *at, *end;
    int depth;
    struct buf keys; /* of the members, as UTF-8 in which surrogates may stand alone */
    struct buf sorted;
    struct member *members; /* of the objects that are open */
    size_t count, capacity;
};

static int rewrite_value(struct rewriter *r);

static void skip_space(struct rewriter *r) {
    while (r->at < r->end && strchr(" \t\n\r", *r->at) && *r->at)
        r->at++;
}

/* Skips c and the space after it. */
static bool take(struct rewriter *r, char c) {
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    skip_space(r);
    return true;
}

static bool take_word(struct rewriter *r, const char *word) {
    size_t length = strlen(word);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, word, length) != 0)
        return false;
    r->at += length;
    json_text_raw(r->j, word, length);
    return true;
}

/* The code unit of four hexadecimal digits, or -1. */
static int read_unit(const char *text, const char *end) {
    int unit = 0;
    if (end - text < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *found = text[i] ? strchr(digits, text[i]) : NULL;
        if (!found)
            return -1;
        int digit = (int)(found - digits);
        unit = unit << 4 | (digit < 16 ? digit : digit - 6);
    }
    return unit;
}

static bool is_surrogate(int unit, int first) {
    return unit >= first && unit < first + 0x400;
}

/* Reads \uXXXX, and the second half of a pair after it. Returns the code point, or -1. */
static int32_t read_escaped_code(struct rewriter *r) {
    int high = read_unit(r->at, r->end);
    if (high < 0)
        return -1;
    r->at += 4;
    bool pairs = is_surrogate(high, 0xD800) && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u';
    int low = pairs ? read_unit(r->at + 2, r->end) : -1;
    if (!is_surrogate(low, 0xDC00))
        return high;
    r->at += 6;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

static int32_t read_escape(struct rewriter *r) {
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    if (r->at == r->end)
        return -1;
    char letter = *r->at++;
    if (letter == 'u')
        return read_escaped_code(r);
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? meant[found - letters] : -1;
}

/* One character of a string that is not plain, or -1. */
static int32_t read_code(struct rewriter *r) {
    if (*r->at == '\\') {
        r->at++;
        return read_escape(r);
    }
    if ((unsigned char)*r->at < ' ')
        return -1;
    struct utf8_step step = utf8_read(r->at, (size_t)(r->end - r->at));
    r->at += step.bytes;
    return step.valid ? (int32_t)step.code : -1;
}

static void append_code(struct rewriter *r, int32_t code, struct buf *copy) {
    char c = (char)code;
    if (code < 0x80 && json_text_plain_run(&c, 1) == 1)
        buf_append_char(r->j->out, c);
    else
        json_text_append_escaped(r->j->out, (uint32_t)code);
    char utf8[4];
    if (copy)
        buf_append(copy, utf8, utf8_write(utf8, (uint32_t)code));
}

/* From the opening quote to the closing one. What it says also goes to copy unless that is NULL. */
static int rewrite_string(struct rewriter *r, struct buf *copy) {
    if (r->at == r->end || *r->at++ != '"')
        return -1;
    buf_append_char(r->j->out, '"');
    for (;;) {
        size_t plain = json_text_plain_run(r->at, (size_t)(r->end - r->at));
        buf_append(r->j->out, r->at, plain);
        if (copy)
            buf_append(copy, r->at, plain);
        r->at += plain;
        if (r->at == r->end)
            return -1;
        if (*r->at == '"')
            break;
        int32_t code = read_code(r);
        if (code < 0)
            return -1;
        append_code(r, code, copy);
    }
    r->at++;
    buf_append_char(r->j->out, '"');
    return 0;
}

static void skip_digits(struct rewriter *r) {
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
}

static bool is_digit_at(const struct rewriter *r, const char *at) {
    return at < r->end && *at >= '0' && *at <= '9';
}

/* Skips a fraction and an exponent; false when there is neither. */
static bool skip_fraction(struct rewriter *r) {
    const char *start = r->at;
    if (r->at < r->end && *r->at == '.' && is_digit_at(r, r->at + 1)) {
        r->at++;
        skip_digits(r);
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        const char *digits = r->at + 1;
        digits += digits < r->end && (*digits == '+' || *digits == '-');
        if (is_digit_at(r, digits)) {
            r->at = digits;
            skip_digits(r);
        }
    }
    return r->at > start;
}

static int rewrite_float(struct rewriter *r, const char *text) {
    struct buf copy; /* strtod needs an end */
    buf_init(&copy, SIZE_MAX / 2);
    buf_append(&copy, text, (size_t)(r->at - text));
    double value = strtod(buf_text(&copy), NULL);
    bool failed = copy.failed;
    buf_fini(&copy);
    if (failed)
        return -1;
    if (isinf(value))
        buf_append_text(r->j->out, value < 0 ? "-Infinity" : "Infinity");
    else
        python_float_write(r->j->out, value);
    return 0;
}

static int rewrite_number(struct rewriter *r) {
    const char *text = r->at;
    r->at += r->at < r->end && *r->at == '-';
    const char *digits = r->at;
    if (!is_digit_at(r, r->at))
        return -1;
    if (*r->at == '0')
        r->at++;
    else
        skip_digits(r);
    size_t count = (size_t)(r->at - digits);
    if (skip_fraction(r))
        return rewrite_float(r, text);
    if (count > PYTHON_INT_DIGITS)
        return -1;
    if (*digits == '0')
        text = digits; /* -0 is 0 */
    json_text_raw(r->j, text, (size_t)(r->at - text));
    return 0;
}

static int rewrite_array(struct rewriter *r) {
    json_text_open(r->j, '[');
    bool more = !take(r, ']');
    while (more) {
        json_text_item(r->j);
        if (rewrite_value(r))
            return -1;
        skip_space(r);
        more = take(r, ',');
        if (!more && !take(r, ']'))
            return -1;
    }
    json_text_close(r->j, ']');
    return 0;
}

/* Room for one more member, or -1. */
static int grow(struct rewriter *r) {
    if (r->count < r->capacity)
        return 0;
    size_t capacity = r->capacity ? r->capacity * 2 : 16;
    struct member *members = realloc(r->members, capacity * sizeof *members);
    if (!members)
        return -1;
    r->members = members;
    r->capacity = capacity;
    return 0;
}

static int rewrite_member(struct rewriter *r) {
    struct member m = {.key = r->keys.length, .text = r->j->out->length + !r->j->empty};
    json_text_item(r->j);
    if (rewrite_string(r, &r->keys) || r->keys.failed)
        return -1;
    m.key_bytes = r->keys.length - m.key;
    skip_space(r);
    if (!take(r, ':'))
        return -1;
    buf_append(r->j->out, ": ", r->j->pretty ? 2 : 1);
    if (grow(r))
        return -1;
    size_t index = r->count++; /* before the value, whose members come and go after it */
    if (rewrite_value(r))
        return -1;
    m.text_end = r->j->out->length;
    r->members[index] = m;
    return 0;
}

static int compare_keys(const struct member *a, const struct member *b, const char *keys) {
    size_t shorter = a->key_bytes < b->key_bytes ? a->key_bytes : b->key_bytes;
    int order = memcmp(keys + a->key, keys + b->key, shorter);
    return order != 0 ? order : (a->key_bytes > b->key_bytes) - (a->key_bytes < b->key_bytes);
}

static int compare(const void *left, const void *right, void *keys) {
    const struct member *a = left, *b = right;
    int order = compare_keys(a, b, keys);
    return order != 0 ? order : (a->text > b->text) - (a->text < b->text);
}

static bool is_in_order(const struct member *members, size_t count, const char *keys) {
    for (size_t i = 1; i < count; i++) {
        if (compare_keys(&members[i - 1], &members[i], keys) >= 0)
            return false;
    }
    return true;
}

/* Puts an object's members, the last that were written, into order, without those that a later one replaces.
 */
static int put_in_order(struct rewriter *r, struct member *members, size_t count) {
    const char *keys = buf_text(&r->keys);
    struct buf *out = r->j->out;
    if (out->failed)
        return -1;
    if (is_in_order(members, count, keys))
        return 0;
    size_t start = members[0].text;
    qsort_r(members, count, sizeof *members, compare, r->keys.text);
    buf_clear(&r->sorted);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && compare_keys(&members[i], &members[i + 1], keys) == 0)
            continue;
        if (r->sorted.length > 0)
            buf_append_char(&r->sorted, ',');
        buf_append(&r->sorted, out->text + members[i].text, members[i].text_end - members[i].text);
    }
    buf_truncate(out, start);
    buf_append(out, buf_text(&r->sorted), r->sorted.length);
    return r->sorted.failed ? -1 : 0;
}

static int rewrite_object(struct rewriter *r) {
    size_t first = r->count, keys = r->keys.length;
    json_text_open(r->j, '{');
    bool more = !take(r, '}');
    while (more) {
        if (rewrite_member(r))
            return -1;
        skip_space(r);
        more = take(r, ',');
        if (!more && !take(r, '}'))
            return -1;
    }
    if (r->count > first && put_in_order(r, r->members + first, r->count - first))
        return -1;
    r->count = first;
    buf_truncate(&r->keys, keys);
    json_text_close(r->j, '}');
    return 0;
}

static int rewrite_nested(struct rewriter *r) {
    if (r->depth == PYTHON_JSON_DEPTH)
        return -1;
    r->depth++;
    int result = take(r, '{') ? rewrite_object(r) : take(r, '[') ? rewrite_array(r) : -1;
    r->depth--;
    return result;
}

static int rewrite_value(struct rewriter *r) {
    static const char *const words[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};
    if (r->at == r->end)
        return -1;
    if (*r->at == '{' || *r->at == '[')
        return rewrite_nested(r);
    if (*r->at == '"')
        return rewrite_string(r, NULL);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (take_word(r, words[i]))
            return 0;
    }
    return rewrite_number(r);
}

int python_json_rewrite(struct json_text *j, const char *text, size_t length) {
    struct json_text before = *j;
    size_t start = j->out->length;
    struct rewriter r = {.j = j, .at = text, .end = text + length};
    buf_init(&r.keys, SIZE_MAX / 2);
    buf_init(&r.sorted, SIZE_MAX / 2);
    skip_space(&r);
    int result = rewrite_value(&r);
    skip_space(&r);
    if (r.at < r.end || j->out->failed)
        result = -1;
    buf_fini(&r.keys);
    buf_fini(&r.sorted);
    free(r.members);
    if (result) {
        *j = before;
        buf_truncate(j->out, start);
    }
    return result;
}
