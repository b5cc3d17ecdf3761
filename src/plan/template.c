/* Templates are read anew each time: finding the next brace and knowing the place behind it costs less than
 * looking up pieces cut beforehand. */
#include "plan/template.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/random.h"

#define NUMBER_BYTES 20 /* of an int64_t */
#define UUID_BYTES 36
#define MOST_DIGITS 18
#define SHOWN_BYTES 40 /* of a bad place in a message */

enum kind { PLACE_BAD, PLACE_NUMBER, PLACE_UUID, PLACE_RANDOM, PLACE_LINE };

struct place {
    enum kind kind;
    size_t bytes; /* of its text, braces included */
    int64_t least, most;
};

static bool begins_with(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* A whole number at *at, which is moved behind it. */
static bool read_number(const char **at, int64_t *out) {
    bool negative = **at == '-';
    const char *digits = *at + negative, *c = digits;
    int64_t value = 0;
    for (; *c >= '0' && *c <= '9' && c - digits < MOST_DIGITS; c++)
        value = value * 10 + (*c - '0');
    *out = negative ? -value : value;
    *at = c;
    return c > digits;
}

static struct place read_random(const char *open) {
    struct place place = {.kind = PLACE_RANDOM};
    const char *at = open + strlen("{random:");
    if (!read_number(&at, &place.least) || *at++ != '-' || !read_number(&at, &place.most) || *at++ != '}')
        return (struct place){.kind = PLACE_BAD};
    place.bytes = (size_t)(at - open);
    return place;
}

/* The place that begins at a brace. */
static struct place read_place(const char *open) {
    if (begins_with(open, "{i}"))
        return (struct place){.kind = PLACE_NUMBER, .bytes = 3};
    if (begins_with(open, "{uuid}"))
        return (struct place){.kind = PLACE_UUID, .bytes = 6};
    if (begins_with(open, "{line}"))
        return (struct place){.kind = PLACE_LINE, .bytes = 6};
    if (begins_with(open, "{random:"))
        return read_random(open);
    return (struct place){.kind = PLACE_BAD};
}

static int refuse(const char *open, struct err *err) {
    const char *close = strchr(open, '}');
    if (!close)
        return err_set(err, ERR_USAGE, "there is a { that is never closed (write %%7B for a brace itself)");
    int shown = (int)(close - open + 1 > SHOWN_BYTES ? SHOWN_BYTES : close - open + 1);
    if (begins_with(open, "{random"))
        return err_set(err, ERR_USAGE,
                       "%.*s should be two whole numbers of at most %d digits, such as {random:1-1000}",
                       shown, open, MOST_DIGITS);
    return err_set(err, ERR_USAGE,
                   "there is no place %.*s, but {i}, {uuid}, {random:A-B} and {line} (write %%7B for a brace "
                   "itself)",
                   shown, open);
}

static size_t most_bytes(const struct place *place) {
    switch (place->kind) {
    case PLACE_UUID:
        return UUID_BYTES;
    case PLACE_NUMBER:
    case PLACE_RANDOM:
        return NUMBER_BYTES;
    default:
        return 0;
    }
}

int template_read(const char *text, struct template_facts *facts, struct err *err) {
    *facts = (struct template_facts){0};
    for (;;) {
        size_t literal = strcspn(text, "{");
        facts->most_bytes += literal;
        text += literal;
        if (!*text)
            return 0;
        struct place place = read_place(text);
        if (place.kind == PLACE_BAD)
            return refuse(text, err);
        if (place.least > place.most)
            return err_set(err, ERR_USAGE, "%.*s: the first number is greater than the second",
                           (int)place.bytes, text);
        facts->places++;
        facts->lines += place.kind == PLACE_LINE;
        facts->most_bytes += most_bytes(&place);
        text += place.bytes;
    }
}

static size_t write_number(char *out, int64_t value) {
    char digits[NUMBER_BYTES];
    size_t first = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--first] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0)
        digits[--first] = '-';
    memcpy(out, digits + first, sizeof digits - first);
    return sizeof digits - first;
}

/* Version 4 in the bits that tell it, and the variant of RFC 9562. */
static size_t write_uuid(char *out, uint64_t high, uint64_t low) {
    static const char shape[UUID_BYTES + 1] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    high = (high & ~UINT64_C(0xF000)) | UINT64_C(0x4000);
    low = (low & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
    unsigned digit = 0;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (shape[i] == '-') {
            out[i] = '-';
            continue;
        }
        uint64_t bits = digit < 16 ? high : low;
        out[i] = "0123456789abcdef"[bits >> (60 - digit % 16 * 4) & 15];
        digit++;
    }
    return UUID_BYTES;
}

static size_t write_drawn(char *out, const struct place *place, const struct template_values *v,
                          uint64_t stream) {
    uint64_t index = (uint64_t)v->number;
    if (place->kind == PLACE_UUID)
        return write_uuid(out, random_bits(v->seed, index, 2 * stream),
                          random_bits(v->seed, index, 2 * stream + 1));
    return write_number(out, random_between(v->seed, index, stream, place->least, place->most));
}

static size_t write_edge(char *out, const struct place *place, bool other) {
    if (place->kind == PLACE_UUID)
        return write_uuid(out, other ? UINT64_MAX : 0, 0);
    if (place->kind == PLACE_NUMBER)
        return write_number(out, other);
    return write_number(out, other ? place->most : place->least);
}

static size_t write_place(char *out, const struct place *place, const struct template_values *v,
                          uint64_t stream) {
    if (place->kind == PLACE_LINE) {
        memcpy(out, v->line, v->line_bytes);
        return v->line_bytes;
    }
    if (v->choice != TEMPLATE_OWN)
        return write_edge(out, place, v->choice == TEMPLATE_OTHER);
    if (place->kind == PLACE_NUMBER)
        return write_number(out, v->number);
    return write_drawn(out, place, v, stream);
}

size_t template_expand(const char *text, const struct template_values *values, char *out) {
    char *to = out;
    for (uint64_t stream = 0;; stream++) {
        size_t literal = strcspn(text, "{");
        memcpy(to, text, literal);
        to += literal;
        text += literal;
        if (!*text)
            break;
        struct place place = read_place(text);
        assert(place.kind != PLACE_BAD);
        to += write_place(to, &place, values, stream);
        text += place.bytes;
    }
    *to = '\0';
    return (size_t)(to - out);
}
