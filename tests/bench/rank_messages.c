/* Not a client: MODULE COUNT BYTES, two ranks or more under a launcher. What it takes to start MPI, and rank
 * 0 to receive COUNT messages of so many bytes from each of the others. */
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ranks/transport.h"

#define AT_ONCE 16 /* messages under way from one rank */

static transport_open *open_of(const char *path) {
    void *module = dlopen(path, RTLD_NOW | RTLD_GLOBAL),
         *entry = module ? dlsym(module, TRANSPORT_ENTRY) : NULL;
    transport_open *open_it;
    memcpy(&open_it, &entry, sizeof open_it);
    return open_it;
}

/* The first rank's word to begin. */
static void await_word(struct transport *t) {
    int64_t from;
    size_t length;
    void *word = NULL;
    while (!word)
        word = t->receive(t->state, &from, &length);
    free(word);
}

static int send_all(struct transport *t, long count, size_t length, char words[TRANSPORT_WORDS]) {
    char *bytes = calloc(1, length);
    int failed = bytes ? 0 : -1;
    await_word(t);
    for (long i = 0; i < count && !failed; i++) {
        failed = t->send(t->state, 0, bytes, length, words);
        while (i % AT_ONCE == 0 && !t->is_sent(t->state, 0))
            sched_yield();
    }
    free(bytes);
    return failed;
}

/* How long all of them took, from the word on. */
static double receive_all(struct transport *t, long count, char words[TRANSPORT_WORDS]) {
    int64_t begun_ns = clock_now_ns(), from;
    for (int64_t rank = 1; rank < t->size; rank++)
        t->send(t->state, rank, "", 1, words);
    for (long heard = 0; heard < count;) {
        size_t length;
        void *bytes = t->receive(t->state, &from, &length);
        heard += bytes != NULL;
        if (!bytes)
            sched_yield();
        free(bytes);
    }
    return (double)(clock_now_ns() - begun_ns) / 1e9;
}

int main(int argc, char **argv) {
    struct transport t;
    char words[TRANSPORT_WORDS] = "it is no module";
    transport_open *open_it = argc == 4 ? open_of(argv[1]) : NULL;
    int64_t begun_ns = clock_now_ns();
    if (!open_it || open_it(TRANSPORT_VERSION, &t, words)) {
        fprintf(stderr, "%s\n", words);
        return 1;
    }
    double init_s = (double)(clock_now_ns() - begun_ns) / 1e9;
    long count = atol(argv[2]), length = atol(argv[3]);
    if (t.rank > 0 && send_all(&t, count, (size_t)length, words))
        fprintf(stderr, "%s\n", words);
    long all = count * (long)(t.size - 1);
    if (t.rank == 0)
        printf("{\"init_s\":%.6f,\"message_s\":%.9f,\"bytes\":%ld}\n", init_s,
               receive_all(&t, all, words) / (double)(all ? all : 1), length);
    t.close(t.state, true);
    return 0;
}
