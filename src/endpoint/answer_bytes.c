/* /bytes/{n}: random bytes, the same as httpbin's for the same seed. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"

#define MOST_BYTES ((int64_t)100 * 1024)

static void append_random(struct buf *out, struct python_random *random, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        buf_append_char(out, (char)python_random_byte(random));
}

ANSWER(bytes) {
    int64_t count = 0;
    if (python_route_int(&count, parameter, parameter_bytes)) {
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
    if (count > MOST_BYTES)
        count = MOST_BYTES;
    append_random(&x->reply.body, seed ? &seeded : &x->service->random, count);
    x->reply.content_type = "application/octet-stream";
}
