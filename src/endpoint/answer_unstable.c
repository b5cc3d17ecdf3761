/* /unstable: failures by chance, which a seed makes repeat. httpbin has no such path in Debian's version. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"
#include "endpoint/reply.h"

#include <string.h>

#define USUAL_FAILURE_RATE 0.5

/* The generator of a seed goes on while requests name the same one, and begins anew with another. */
static struct python_random *seeded(struct service *s, const char *seed, size_t length) {
    struct buf *last = &s->unstable_seed;
    bool is_same = last->length == length && memcmp(buf_text(last), seed, length) == 0;
    if (is_same && length > 0)
        return &s->unstable;
    buf_clear(last);
    if (python_random_seed_text(&s->unstable, seed, length))
        return NULL;
    buf_append(last, seed, length);
    return &s->unstable;
}

ANSWER(unstable) {
    (void)parameter, (void)parameter_bytes;
    const struct pairs *args = echo_args(x);
    size_t rate_bytes = 0, seed_bytes = 0;
    const char *rate_text = pairs_find(args, "failure_rate", &rate_bytes);
    const char *seed = pairs_find(args, "seed", &seed_bytes);
    double rate = USUAL_FAILURE_RATE;
    if ((rate_text && python_float_read(&rate, rate_text, rate_bytes)) || !(rate >= 0 && rate <= 1)) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "A failure_rate is a number from 0 to 1, such as 0.1.");
        return;
    }
    struct python_random *random = seed ? seeded(x->service, seed, seed_bytes) : &x->service->random;
    if (!random)
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "A seed is a whole number of at most 300 digits.");
    else
        reply_status(x, python_random_unit(random) < rate ? MHD_HTTP_INTERNAL_SERVER_ERROR : MHD_HTTP_OK);
}
