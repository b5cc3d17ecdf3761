/* Service times, a queue and a stall, as arithmetic on moments. */
#include "endpoint/sojourn.h"

#include "base/random.h"

#include <math.h>

int64_t sojourn_service_ns(enum sojourn_distribution distribution, int64_t mean_ns, uint64_t seed,
                           uint64_t key) {
    if (distribution == SOJOURN_FIXED)
        return mean_ns;
    double u = (double)((random_bits(seed, key, 0) >> 11) + 1) * 0x1p-53;
    return llround((double)mean_ns * -log(u));
}

int64_t sojourn_queue_ns(int64_t *free_ns, int64_t arrived_ns, int64_t service_ns) {
    int64_t begun_ns = arrived_ns > *free_ns ? arrived_ns : *free_ns;
    *free_ns = begun_ns + service_ns;
    return *free_ns;
}

int64_t stall_release_ns(const struct stall *s, int64_t due_ns, int64_t now_ns) {
    int64_t moment_ns = due_ns > now_ns ? due_ns : now_ns;
    int64_t from_ns = s->first_ns + s->at_ns, to_ns = from_ns + s->length_ns;
    return moment_ns >= from_ns && moment_ns < to_ns ? to_ns : due_ns;
}
