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

/* Reads all counts into `counts`, which has HISTOGRAM_LENGTH zeros. */
static bool take_counts(struct input *in, uint64_t *counts) {
    uint64_t all = 0;
    size_t index = 0;
    while (in->at < in->end) {
        int64_t number = take_zigzag(in);
        if (in->bad)
            return false;
        uint64_t step = number < 0 ? -(uint64_t)number : 1;
        if (step > HISTOGRAM_LENGTH - index)
            return false;
        if (number > 0) {
            counts[index] = (uint64_t)number;
            all += counts[index];
            if (counts[index] > COUNT_LIMIT || all > COUNT_LIMIT)
                return false;
        }
        index += step;
    }
    return true;
}

static bool take_plain(const unsigned char *bytes, size_t length, uint64_t *counts) {
    struct input in = {.at = bytes, .end = bytes + length};
    bool is_ours = take_number(&in, 4) == COOKIE;
    size_t payload = (size_t)take_number(&in, 4);
    is_ours = take_number(&in, 4) == 0 && is_ours;      /* no offset */
    is_ours = take_number(&in, 4) == DIGITS && is_ours; /* with the lowest value: where each counter lies */
    is_ours = take_number(&in, 8) == 1 && is_ours;
    take_number(&in, 8); /* the highest value only bounds how many counters there are */
    is_ours = take_number(&in, 8) == RATIO_ONE && is_ours;
    return is_ours && !in.bad && payload == (size_t)(in.end - in.at) && take_counts(&in, counts);
}

static bool inflate_whole(const struct input *in, unsigned char *plain, uLongf *length) {
    uLong used = (uLong)(in->end - in->at);
    uLong given = used;
    return uncompress2(plain, length, in->at, &used) == Z_OK && used == given;
}

static bool take_compressed(const struct buf *packed, uint64_t *counts) {
    const unsigned char *bytes = (const unsigned char *)buf_text(packed);
    struct input in = {.at = bytes, .end = bytes + packed->length};
    uint64_t cookie = take_number(&in, 4), length = take_number(&in, 4);
    if (in.bad || cookie != COMPRESSED_COOKIE || length != (uint64_t)(in.end - in.at))
        return false;
    uLongf plain_length = PLAIN_LIMIT;
    unsigned char *plain = malloc(PLAIN_LIMIT);
    bool taken = plain && inflate_whole(&in, plain, &plain_length) && take_plain(plain, plain_length, counts);
    free(plain);
    return taken;
}

int histogram_decode_hdr(struct histogram *h, const char *text, size_t length) {
    struct buf packed;
    buf_init(&packed, 2 * PLAIN_LIMIT);
    uint64_t *counts = calloc(HISTOGRAM_LENGTH, sizeof *counts);
    bool taken =
        counts && base64_append_decoded(&packed, text, length) == 0 && take_compressed(&packed, counts);
    for (uint32_t i = 0; taken && i < HISTOGRAM_LENGTH; i++)
        if (counts[i])
            histogram_add_counter(h, i, counts[i]);
    free(counts);
    buf_fini(&packed);
    return taken ? 0 : -1;
}
