/* What of a sample counts for which distribution. In a header, since where the measure is known the compiler
 * leaves of it only that measure's line; asking for every one of them was a fifth of recording a request. */
#ifndef FETCHBENCH_RECORD_MEASURE_H
#define FETCHBENCH_RECORD_MEASURE_H

#include "record/sample.h"

/* The distributions that are kept. In a closed loop service time stands for latency too. */
enum measure {
    MEASURE_SERVICE,
    MEASURE_QUEUE_WAIT,
    MEASURE_DNS,
    MEASURE_CONNECT,
    MEASURE_TLS,
    MEASURE_WAIT,
    MEASURE_RECEIVE,
    MEASURE_WORK,
    MEASURE_LATENCY, /* from the moment it was due; of an open loop */
    MEASURE_SLIP,    /* between that and the sending, where nothing of the server's was waited for */
    MEASURE_AGE,     /* no completed sample's: how long since what was broken off or timed out had been due */
    MEASURE_TURN,    /* no sample's: how long one turn of an event loop kept it from the next */
    MEASURES
};

/* How late the client was, where a free slot waited for the moment: up to sending the request, or to turning
 * to it where a connection had to be made before that. */
static inline int64_t sample_slip_ns(const struct sample *s) {
    int64_t turned_ns = s->connections || !s->sent_ns ? s->start_ns : s->sent_ns;
    return s->paced && !s->waited && turned_ns > s->due_ns ? turned_ns - s->due_ns : -1;
}

/* A stamp of 0 was never taken; stamps in the wrong order (an answer that came before the request was sent
 * whole, as some refusals do) give no duration. */
static inline int64_t sample_between_ns(int64_t from_ns, int64_t to_ns) {
    return from_ns > 0 && to_ns >= from_ns ? to_ns - from_ns : -1;
}

static inline int64_t sample_known_ns(int64_t duration_ns) {
    return duration_ns < 0 ? -1 : duration_ns;
}

/* The value of a completed sample for one measure, in ns; -1 where it has none. Pure. */
static inline int64_t sample_measure_ns(const struct sample *s, enum measure m) {
    switch (m) {
    case MEASURE_SERVICE:
        return sample_between_ns(s->start_ns, s->end_ns);
    case MEASURE_QUEUE_WAIT:
        return sample_known_ns(s->queue_wait_ns);
    case MEASURE_DNS:
        return sample_known_ns(s->dns_ns);
    case MEASURE_CONNECT:
        return sample_known_ns(s->connect_ns);
    case MEASURE_TLS:
        return sample_known_ns(s->tls_ns);
    case MEASURE_WAIT:
        return sample_between_ns(s->sent_ns, s->first_byte_ns);
    case MEASURE_RECEIVE:
        return sample_between_ns(s->first_byte_ns, s->end_ns);
    case MEASURE_WORK:
        return s->work_ns > 0 ? s->work_ns : -1;
    case MEASURE_LATENCY:
        return s->paced ? sample_between_ns(s->due_ns, s->end_ns) : -1;
    case MEASURE_SLIP:
        return sample_slip_ns(s);
    case MEASURE_AGE:
    case MEASURE_TURN:
    case MEASURES:
        break;
    }
    return -1;
}

#endif
