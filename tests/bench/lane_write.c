/* Not a client: what it costs to record a request, into a lane of its own, into one that is shared but not
 * wanted by anyone else just then, and into one that a second thread writes to as well. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "record/recording.h"

#define ROUNDS 11
#define SLOTS 2

struct writer {
    struct recording *recording;
    size_t slot;
    long puts;
    atomic_bool *goes_on; /* of the second; NULL: until the puts are done */
};

/* As a small answer over a kept connection; times differ from request to request, as they do. */
static struct sample sample_of(long number) {
    int64_t start_ns = 1000000000 + number * 5000, took_ns = 80000 + (number * 7919) % 60000;
    return (struct sample){.due_ns = start_ns,
                           .start_ns = start_ns,
                           .sent_ns = start_ns + 2000,
                           .first_byte_ns = start_ns + took_ns - 3000,
                           .end_ns = start_ns + took_ns,
                           .queue_wait_ns = -1,
                           .dns_ns = -1,
                           .connect_ns = -1,
                           .tls_ns = -1,
                           .bytes_received = 118,
                           .header_bytes = 150,
                           .bytes_sent = 90,
                           .status = 200};
}

static void *write_samples(void *argument) {
    const struct writer *w = argument;
    for (long i = 0; w->goes_on ? atomic_load(w->goes_on) : i < w->puts; i++) {
        struct sample s = sample_of(i);
        recording_begin(w->recording, w->slot, i, s.start_ns);
        recording_put(w->recording, 0, w->slot, i, &s, NULL);
    }
    return NULL;
}

static double time_alone(struct recording *r, long puts, bool own) {
    struct writer w = {.recording = r, .puts = puts};
    recording_forget(r);
    r->own_lanes = own;
    int64_t start_ns = clock_now_ns();
    write_samples(&w);
    return (double)(clock_now_ns() - start_ns) / (double)puts;
}

static double time_contended(struct recording *r, long puts) {
    atomic_bool goes_on = true;
    struct writer other = {.recording = r, .slot = 1, .goes_on = &goes_on};
    pthread_t thread;
    if (pthread_create(&thread, NULL, write_samples, &other)) {
        fputs("lane_write: no thread\n", stderr);
        exit(1);
    }
    double ns = time_alone(r, puts, false);
    atomic_store(&goes_on, false);
    pthread_join(thread, NULL);
    return ns;
}

static double least(const double *values) {
    double lowest = values[0];
    for (int i = 1; i < ROUNDS; i++)
        lowest = values[i] < lowest ? values[i] : lowest;
    return lowest;
}

int main(int argc, char **argv) {
    struct recording r;
    struct err err = {0};
    double own_ns[ROUNDS], shared_ns[ROUNDS], contended_ns[ROUNDS];
    long puts = argc > 1 ? strtol(argv[1], NULL, 10) : 300000;
    if (puts < 1) {
        fputs("lane_write: puts must be a number from 1 on\n", stderr);
        return 2;
    }
    if (recording_open(&r, puts, SLOTS, 1, false, &err)) {
        fprintf(stderr, "lane_write: %s\n", err.text);
        return 1;
    }
    recording_prefault(&r, (1U << MEASURES) - 1);
    for (int round = 0; round < ROUNDS; round++) {
        own_ns[round] = time_alone(&r, puts, true);
        shared_ns[round] = time_alone(&r, puts, false);
        contended_ns[round] = time_contended(&r, puts);
    }
    recording_close(&r);
    printf("{\"puts\":%ld,\"rounds\":%d,\"own_lane_ns\":%.1f,\"shared_lane_ns\":%.1f,"
           "\"contended_lane_ns\":%.1f}\n",
           puts, ROUNDS, least(own_ns), least(shared_ns), least(contended_ns));
    return 0;
}
