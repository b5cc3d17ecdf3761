/* The histogram in the form other programs read: HdrHistogram's V2 encoding, deflated, in base64.
 *
 *   base64( cookie, length, zlib( cookie, payload length, offset 0, digits, lowest, highest, ratio 1.0,
 * counts ) )
 *
 * All integers are big-endian. The counts, from the first counter to the last touched, are zigzag LEB128
 * numbers of at most nine bytes; a run of k > 1 zero counters is the one number -k. */
#include "record/histogram.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/base64.h"

#define COOKIE UINT32_C(0x1c849313)
#define COMPRESSED_COOKIE UINT32_C(0x1c849314)
#define DIGITS 3
#define RATIO_ONE UINT64_C(0x3ff0000000000000) /* 1.0 as IEEE 754 */
#define HEADER_BYTES 40
#define COUNT_BYTES 9

static void put_number(struct buf *b, uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        buf_append_char(b, (char)(value >> shift & 0xff));
}

static void put_zigzag(struct buf *b, int64_t value) {
    uint64_t doubled = (uint64_t)value << 1;
    uint64_t rest = value < 0 ? ~doubled : doubled;
    for (int i = 1; i < COUNT_BYTES && rest >= 0x80; i++) {
        buf_append_char(b, (char)(0x80 | (rest & 0x7f)));
        rest >>= 7;
    }
    buf_append_char(b, (char)rest);
}

static void put_zeros(struct buf *b, uint32_t zeros) {
    if (zeros > 0)
        put_zigzag(b, zeros == 1 ? 0 : -(int64_t)zeros);
}

static void put_counts(struct buf *b, const struct histogram *h) {
    uint32_t end = atomic_load_explicit(&h->highest_plus_1, memory_order_relaxed);
    if (end == 0)
        end = 1; /* an empty payload is refused by readers */
    if (end > HISTOGRAM_LENGTH)
        end = HISTOGRAM_LENGTH;
    uint32_t zeros = 0;
    for (uint32_t i = 0; i < end; i++) {
        uint64_t count = atomic_load_explicit(&h->counts[i], memory_order_relaxed);
        if (count == 0) {
            zeros++;
            continue;
        }
        put_zeros(b, zeros);
        zeros = 0;
        put_zigzag(b, (int64_t)count);
    }
    put_zeros(b, zeros);
}

static void put_plain(struct buf *out, const struct histogram *h) {
    struct buf counts;
    buf_init(&counts, HISTOGRAM_LENGTH * COUNT_BYTES);
    put_counts(&counts, h);
    put_number(out, COOKIE, 4);
    put_number(out, counts.length, 4);
    put_number(out, 0, 4);
    put_number(out, DIGITS, 4);
    put_number(out, 1, 8);
    put_number(out, HISTOGRAM_HIGHEST_NS, 8);
    put_number(out, RATIO_ONE, 8);
    buf_append(out, counts.text, counts.length);
    out->failed = out->failed || counts.failed;
    buf_fini(&counts);
}

static void put_compressed(struct buf *out, const struct buf *plain) {
    uLongf length = compressBound(plain->length);
    Bytef *deflated = malloc(length);
    if (!deflated || compress(deflated, &length, (const Bytef *)plain->text, plain->length) != Z_OK) {
        out->failed = true;
    } else {
        put_number(out, COMPRESSED_COOKIE, 4);
        put_number(out, length, 4);
        buf_append(out, deflated, length);
    }
    free(deflated);
}

int histogram_encode_hdr(const struct histogram *h, struct buf *out) {
    struct buf plain, packed;
    buf_init(&plain, HEADER_BYTES + HISTOGRAM_LENGTH * COUNT_BYTES);
    buf_init(&packed, SIZE_MAX / 2);
    put_plain(&plain, h);
    if (!plain.failed)
        put_compressed(&packed, &plain);
    if (plain.failed || packed.failed)
        out->failed = true;
    else
        base64_append(out, packed.text, packed.length);
    buf_fini(&packed);
    buf_fini(&plain);
    return out->failed ? -1 : 0;
}
