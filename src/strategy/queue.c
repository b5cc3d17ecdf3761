/* The ring behind one mutex. */
#include "strategy/queue.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

void queue_init(struct queue *q, size_t capacity, size_t takers) {
    *q = (struct queue){.capacity = capacity, .takers = takers};
    q->items = memory_zalloc(capacity, sizeof *q->items);
    pthread_mutex_init(&q->mutex, NULL);
    pthread_cond_init(&q->not_empty, NULL);
    pthread_cond_init(&q->half_empty, NULL);
}

void queue_fini(struct queue *q) {
    pthread_cond_destroy(&q->half_empty);
    pthread_cond_destroy(&q->not_empty);
    pthread_mutex_destroy(&q->mutex);
    free(q->items);
}

static bool has_free_taker(const struct queue *q) {
    return q->takers > q->busy + q->count;
}

/* Takers that are free but were not woken yet are free. What is put late may have been due while none was. */
static bool finds_free(const struct queue *q, const struct ticket *item) {
    return has_free_taker(q) && q->none_free_ns <= item->due_ns;
}

static void come_back(struct queue *q, const struct ticket *carried) {
    if (!carried->queued_ns)
        return;
    if (carried->due_ns && !has_free_taker(q))
        q->none_free_ns = clock_now_ns();
    q->busy--;
}

bool queue_put(struct queue *q, struct ticket item) {
    pthread_mutex_lock(&q->mutex);
    item.found_free = finds_free(q, &item);
    while (q->count == q->capacity && !q->closed) {
        q->putter_waits = true;
        pthread_cond_wait(&q->half_empty, &q->mutex);
    }
    q->putter_waits = false;
    bool open = !q->closed;
    if (open) {
        q->items[(q->first + q->count++) % q->capacity] = item;
        if (q->waiting_takers)
            pthread_cond_signal(&q->not_empty);
    }
    pthread_mutex_unlock(&q->mutex);
    return open;
}

bool queue_take(struct queue *q, struct ticket *item) {
    pthread_mutex_lock(&q->mutex);
    come_back(q, item);
    q->waiting_takers++;
    while (!q->count && !q->closed)
        pthread_cond_wait(&q->not_empty, &q->mutex);
    q->waiting_takers--;
    bool some = q->count > 0;
    if (some) {
        *item = q->items[q->first];
        q->first = (q->first + 1) % q->capacity;
        q->count--;
        q->busy++;
        if (q->putter_waits && q->count <= q->capacity / 2) {
            q->putter_waits = false;
            pthread_cond_signal(&q->half_empty);
        }
    }
    pthread_mutex_unlock(&q->mutex);
    return some;
}

static void close_locked(struct queue *q) {
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->half_empty);
}

void queue_close(struct queue *q) {
    pthread_mutex_lock(&q->mutex);
    close_locked(q);
    pthread_mutex_unlock(&q->mutex);
}

size_t queue_drop(struct queue *q) {
    pthread_mutex_lock(&q->mutex);
    size_t dropped = q->count;
    q->count = 0;
    close_locked(q);
    pthread_mutex_unlock(&q->mutex);
    return dropped;
}

void queue_reopen(struct queue *q) {
    q->closed = false;
    q->first = q->busy = 0;
    q->none_free_ns = 0;
}
