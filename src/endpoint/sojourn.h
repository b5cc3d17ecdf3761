/* How long answers are held on purpose: service times drawn by a seed, the queue of a single server, and a
 * stall of the whole endpoint. Plain data and functions of it; exchange.c does the holding. */
#ifndef FETCHBENCH_ENDPOINT_SOJOURN_H
#define FETCHBENCH_ENDPOINT_SOJOURN_H

#include <stdint.h>

enum sojourn_distribution { SOJOURN_FIXED, SOJOURN_EXPONENTIAL };

/* The service time of the request with that key. For the exponential distribution -mean * ln(u), where u is
 * in (0, 1]: the upper 53 of random_bits(seed, key, 0), plus one, over 2^53. */
int64_t sojourn_service_ns(enum sojourn_distribution distribution, int64_t mean_ns, uint64_t seed,
                           uint64_t key);

/* When a single server has done the request that arrived then: max(arrived, *free_ns) + service, which is the
 * next *free_ns. To be called in the order of arrival. */
int64_t sojourn_queue_ns(int64_t *free_ns, int64_t arrived_ns, int64_t service_ns);

/* From at_ns after the first request on, nothing leaves for length_ns. */
struct stall {
    int64_t at_ns, length_ns; /* length 0: never */
    int64_t first_ns;         /* when the first request arrived; 0: not yet */
};

/* When what is due at due_ns may leave, seen at now_ns: then, or when the stall has ended that this would
 * fall into. */
int64_t stall_release_ns(const struct stall *s, int64_t due_ns, int64_t now_ns);

#endif
