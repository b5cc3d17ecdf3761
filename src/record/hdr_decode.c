/* The encoding of hdr.c read back. It comes from a file that anybody may have written, so all is checked and
 * read whole before a counter changes. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/base64.h"
#include "record/histogram.h"

#define COOKIE UINT32_C(0x1c849313)
#define COMPRESSED_COOKIE UINT32_C(0x1c849314)
#define DIGITS 3
#define RATIO_ONE UINT64_C(0x3ff0000000000000) /* 1.0 as IEEE 754 */
#define HEADER_BYTES 40
#define COUNT_BYTES 9
#define PLAIN_LIMIT (HEADER_BYTES + (size_t)HISTOGRAM_LENGTH * COUNT_BYTES)
#define COUNT_LIMIT (UINT64_C(1) << 53) /* of all values: what a report can say */

struct input {
    const unsigned char *at, *end;
    bool bad;
};

static uint64_t take_number(struct input *in, int bytes) {
    uint64_t value = 0;
    if (in->end - in->at < bytes) {
        in->bad = true;
        return 0;
    }
    for (int i = 0; i < bytes; i++)
        value = value << 8 | *in->at++;
    return value;
}

/* The ninth byte has all its eight bits. */
static int64_t take_zigzag(struct input *in) {
    uint64_t value = 0;
    for (int i = 0; i < COUNT_BYTES; i++) {
        if (in->at == in->end)
            break;
        unsigned char byte = *in->at++;
        bool last = i == COUNT_BYTES - 1;
        value |= (uint64_t)(last ? byte : byte & 0x7f) << (7 * i);
        if (last || !(byte & 0x80))
            return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
    }
    in->bad = true;
    return 0;
}

/* Goes through all counts, and adds them to `into` where that is not NULL. */
static bool take_counts(struct input in, struct histogram *into) {
    uint64_t all = 0;
    uint32_t index = 0;
    while (in.at < in.end) {
        int64_t number = take_zigzag(&in);
        uint64_t step = number < 0 ? -(uint64_t)number : 1;
        if (in.bad || step > HISTOGRAM_LENGTH - index)
            return false;
        if (number > 0) {
            all += (uint64_t)number;
            if ((uint64_t)number > COUNT_LIMIT || all > COUNT_LIMIT)
                return false;
            if (into)
                histogram_add_counter(into, index, (uint64_t)number);
        }
        index += (uint32_t)step;
    }
    return true;
}

static bool take_plain(const unsigned char *bytes, size_t length, struct histogram *h) {
    struct input in = {.at = bytes, .end = bytes + length};
    bool is_ours = take_number(&in, 4) == COOKIE;
    size_t payload = (size_t)take_number(&in, 4);
    is_ours = take_number(&in, 4) == 0 && is_ours;      /* no offset */
    is_ours = take_number(&in, 4) == DIGITS && is_ours; /* with the lowest value: where each counter lies */
    is_ours = take_number(&in, 8) == 1 && is_ours;
    take_number(&in, 8); /* the highest value only bounds how many counters there are */
    is_ours = take_number(&in, 8) == RATIO_ONE && is_ours;
    if (!is_ours || in.bad || payload != (size_t)(in.end - in.at) || !take_counts(in, NULL))
        return false;
    return take_counts(in, h);
}

static bool inflate_whole(const struct input *in, unsigned char *plain, uLongf *length) {
    uLong used = (uLong)(in->end - in->at);
    uLong given = used;
    return uncompress2(plain, length, in->at, &used) == Z_OK && used == given;
}

static bool take_compressed(const struct buf *packed, struct histogram *h) {
    const unsigned char *bytes = (const unsigned char *)buf_text(packed);
    struct input in = {.at = bytes, .end = bytes + packed->length};
    uint64_t cookie = take_number(&in, 4), length = take_number(&in, 4);
    if (in.bad || cookie != COMPRESSED_COOKIE || length != (uint64_t)(in.end - in.at))
        return false;
    uLongf plain_length = PLAIN_LIMIT;
    unsigned char *plain = malloc(PLAIN_LIMIT);
    bool taken = plain && inflate_whole(&in, plain, &plain_length) && take_plain(plain, plain_length, h);
    free(plain);
    return taken;
}

int histogram_decode_hdr(struct histogram *h, const char *text, size_t length) {
    struct buf packed;
    buf_init(&packed, 2 * PLAIN_LIMIT);
    bool taken = base64_append_decoded(&packed, text, length) == 0 && take_compressed(&packed, h);
    buf_fini(&packed);
    return taken ? 0 : -1;
}
