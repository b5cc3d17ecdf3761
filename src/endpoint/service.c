/* What the exchanges share. */
#include "endpoint/service.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/version.h"

#include <stdio.h>
#include <sys/random.h>

static void seed_from_system(struct python_random *r) {
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (uint64_t)clock_now_ns();
    char text[32];
    int length = snprintf(text, sizeof text, "%ju", (uintmax_t)seed);
    (void)python_random_seed_text(r, text, (size_t)length); /* digits are always a seed */
}

int service_init(struct service *s, const char *address, bool pretty, struct err *err) {
    *s = (struct service){.address = address, .pretty = pretty};
    if (delays_init(&s->delays, err))
        return -1;
    snprintf(s->server, sizeof s->server, "fetchbench/%s", version_number);
    seed_from_system(&s->random);
    pairs_init(&s->args);
    pairs_init(&s->headers);
    buf_init(&s->scratch, PAIRS_LIMIT_BYTES);
    buf_init(&s->unstable_seed, PAIRS_LIMIT_BYTES);
    return 0;
}

void service_fini(struct service *s) {
    delays_fini(&s->delays);
    pairs_fini(&s->args);
    pairs_fini(&s->headers);
    buf_fini(&s->scratch);
    buf_fini(&s->unstable_seed);
}
