/* The yardstick of the threads strategy: C threads, each with one easy handle that fetches as long as a
 * shared counter has requests left. Nothing is recorded. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "bare_handle.h"

struct bench {
    struct bare_task task;
    atomic_long issued, failed;
};

static void *fetch(void *user) {
    struct bench *b = user;
    CURL *easy = bare_handle(&b->task);
    while (atomic_fetch_add(&b->issued, 1) < b->task.requests)
        if (curl_easy_perform(easy) != CURLE_OK)
            atomic_fetch_add(&b->failed, 1);
    curl_easy_cleanup(easy);
    return NULL;
}

int main(int argc, char **argv) {
    struct bench b = {0};
    bare_open(&b.task, argc, argv);
    bare_libcurl();
    size_t count = (size_t)b.task.connections;
    pthread_t *threads = calloc(count, sizeof *threads);
    if (!threads) {
        fputs("out of memory\n", stderr);
        return 1;
    }
    for (size_t i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, fetch, &b)) {
            fprintf(stderr, "could not start thread %zu of %zu\n", i + 1, count);
            return 1;
        }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    int status = bare_report(&b.task, atomic_load(&b.failed));
    curl_global_cleanup();
    return status;
}
