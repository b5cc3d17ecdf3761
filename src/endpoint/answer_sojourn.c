/* /sojourn/{distribution}/{time}: an answer that takes a known time, and says when its request arrived and
 * when it left. For proving that a client measures what happened. */
#include "base/clock.h"
#include "base/units.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_number.h"
#include "endpoint/reply.h"
#include "endpoint/sojourn.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_NS (10 * CLOCK_NS_PER_S)

struct wish {
    enum sojourn_distribution distribution;
    int64_t mean_ns;
    int64_t seed, key, queue; /* of the query */
};

/* A whole number of the query from 0 on; *out stays when it is not there. */
static int read_whole(const struct pairs *args, const char *name, int64_t *out) {
    size_t length = 0;
    const char *text = pairs_find_exactly(args, name, &length);
    if (!text)
        return 0;
    return python_int_read(out, text, length) || *out < 0 ? -1 : 0;
}

/* What is wrong with the request, or NULL. */
static const char *read_wish(const struct pairs *args, const char *parameter, size_t bytes, struct wish *w) {
    size_t word = strcspn(parameter, "/");
    bool is_fixed = strncmp(parameter, "fixed/", word + 1) == 0;
    if (!is_fixed && strncmp(parameter, "exponential/", word + 1) != 0)
        return "A distribution is fixed or exponential, as in /sojourn/fixed/1ms.";
    w->distribution = is_fixed ? SOJOURN_FIXED : SOJOURN_EXPONENTIAL;
    const char *time = parameter + word + 1;
    if (strlen(parameter) != bytes || units_read_duration_ns(time, &w->mean_ns) || w->mean_ns > LONGEST_NS)
        return "A service time is a duration of at most 10s, such as 200us.";
    if (read_whole(args, "seed", &w->seed))
        return "A seed is a whole number from 0 on.";
    if (read_whole(args, "key", &w->key))
        return "A key is a whole number from 0 on that tells a request from others.";
    if (read_whole(args, "queue", &w->queue) || w->queue > 1)
        return "queue is 1 where requests are served one after another, else 0.";
    return NULL;
}

ANSWER(sojourn) {
    struct wish w = {.key = x->service->sojourns++}; /* for clients that cannot vary their URL */
    const char *wrong = read_wish(echo_args(x), parameter, parameter_bytes, &w);
    if (wrong) {
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST, "%s", wrong);
        return;
    }
    int64_t arrived_ns = x->request.arrived_ns;
    int64_t service_ns = sojourn_service_ns(w.distribution, w.mean_ns, (uint64_t)w.seed, (uint64_t)w.key);
    x->reply.hold_ns = w.queue
                           ? sojourn_queue_ns(&x->service->queue_free_ns, arrived_ns, service_ns) - arrived_ns
                           : service_ns;
    x->reply.tells_moments = true;
    struct json_text j;
    char number[24];
    int length = snprintf(number, sizeof number, "%" PRId64, service_ns);
    reply_object(x, &j);
    json_text_key(&j, "service_ns", strlen("service_ns"));
    json_text_raw(&j, number, (size_t)length);
    reply_object_end(&j);
}
