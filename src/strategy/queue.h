/* A bounded queue of tickets between one producer and many workers. Blocking, by mutex and condition. The
 * producer is woken only when the queue has run half empty, so a busy run does not switch to it for every
 * request. */
#ifndef FETCHBENCH_STRATEGY_QUEUE_H
#define FETCHBENCH_STRATEGY_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/load.h"

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, half_empty;
    struct ticket *items; /* a ring */
    size_t capacity, first, count;
    size_t waiting_takers;
    bool putter_waits, closed;
};

void queue_init(struct queue *q, size_t capacity);
void queue_fini(struct queue *q);

/* Waits for room. False when the queue was closed. */
bool queue_put(struct queue *q, struct ticket item);
/* Waits for an item. False when the queue is closed and empty. */
bool queue_take(struct queue *q, struct ticket *item);
/* No more will be put; takers get what is left. */
void queue_close(struct queue *q);
/* Drops what is left and closes it. Returns how many were dropped. */
size_t queue_drop(struct queue *q);
/* Makes a closed, empty queue usable again. */
void queue_reopen(struct queue *q);

#endif
