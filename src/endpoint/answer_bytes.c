/* /bytes/{n}: random bytes, the same as httpbin's for the same seed. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"

#define MOST_BYTES ((size_t)100 * 1024)

static int read_size(const char *text, size_t length, size_t *out) {
    size_t size = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        size = size * 10 + (size_t)(text[i] - '0');
        if (size > MOST_BYTES)
            size = MOST_BYTES;
    }
    *out = size;
    return 0;
}

static void append_random(struct buf *out, struct python_random *random, size_t count) {
    for (size_t i = 0; i < count; i++)
        buf_append_char(out, (char)python_random_byte(random));
}

ANSWER(bytes) {
    size_t count = 0;
    if (read_size(parameter, parameter_bytes, &count)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "How many bytes is a whole number from 0 on, such as 1024.");
        return;
    }
    struct pairs *args = echo_args(x);
    size_t seed_bytes = 0;
    const char *seed = pairs_find(args, "seed", &seed_bytes);
    struct python_random seeded;
    if (seed && python_random_seed_text(&seeded, seed, seed_bytes)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "A seed is a whole number of at most 300 digits.");
        return;
    }
    append_random(&x->reply.body, seed ? &seeded : &x->service->random, count);
    x->reply.content_type = "application/octet-stream";
}
