/* K loops on K threads, the first of which is the process's own. */
#include "strategy/loops.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

int64_t loops_count(const struct plan_entry *entry, int64_t wanted) {
    if (!wanted)
        return 1;
    return wanted < entry->concurrency ? wanted : entry->concurrency;
}

struct loops_share loops_share(const struct plan_entry *entry, size_t i) {
    size_t total = (size_t)entry->concurrency, loops = (size_t)entry->threads;
    size_t first = total * i / loops;
    return (struct loops_share){.first = first, .count = total * (i + 1) / loops - first};
}

int loops_run(void *loops, size_t size, size_t count, void *(*drive)(void *), struct recording *recording,
              struct err *err) {
    pthread_t *threads = memory_zalloc(count, sizeof *threads);
    size_t started = 1;
    int code = 0;
    for (; started < count && !code; started += !code)
        code = pthread_create(&threads[started], NULL, drive, (char *)loops + started * size);
    if (code)
        recording_stop(recording);
    else
        drive(loops);
    for (size_t i = 1; i < started; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    if (!code)
        return 0;
    errno = code;
    return err_set_errno(err, "could not start event loop %zu of %zu", started + 1, count);
}
