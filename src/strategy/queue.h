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
    size_t takers, waiting_takers;
    size_t busy;          /* of the takers, those that carry what they took */
    int64_t none_free_ns; /* the last moment known at which there was no more than one item for each other */
    bool putter_waits, closed;
};

/* For so many takers, of whom any may begin to take later. */
void queue_init(struct queue *q, size_t capacity, size_t takers);
void queue_fini(struct queue *q);

/* Waits for room. Sees whether a taker is free for the item when it is due. False when the queue was closed.
 */
bool queue_put(struct queue *q, struct ticket item);
/* Waits for an item. *item is what the taker took before and is done with, at first zeroed. False when the
 * queue is closed and empty. */
bool queue_take(struct queue *q, struct ticket *item);
/* No more will be put; takers get what is left. */
void queue_close(struct queue *q);
/* Drops what is left and closes it. Returns how many were dropped. */
size_t queue_drop(struct queue *q);
/* Makes a closed, empty queue usable again. */
void queue_reopen(struct queue *q);

#endif
