/* Messages between ranks by MPI: point to point and without blocking, so that a rank that is lost costs the
 * others nothing. Collectives would hang with it. */
#include <dlfcn.h>
#include <link.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ranks/transport.h"

#define TAG 1
#define IN_HAND 256 /* messages that are received at the same time; later ones wait in MPI */

/* A message under way, either way. */
struct flight {
    struct flight *next;
    MPI_Request request;
    int64_t peer;
    size_t length;
    unsigned char bytes[];
};

struct flights {
    struct flight *first, **last;
    int count;
};

struct mpi {
    struct flights sending, receiving;
};

int fetchbench_transport_open(int version, struct transport *t, char words[TRANSPORT_WORDS]);

static int explain(int code, const char *what, char words[TRANSPORT_WORDS]) {
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS)
        length = 0;
    snprintf(words, TRANSPORT_WORDS, "%s: %.*s", what, length, text);
    return -1;
}

static void append(struct flights *all, struct flight *f) {
    f->next = NULL;
    *all->last = f;
    all->last = &f->next;
    all->count++;
}

/* Takes the first out of the list at *link. */
static struct flight *unlink_at(struct flights *all, struct flight **link) {
    struct flight *f = *link;
    *link = f->next;
    if (!*link)
        all->last = link;
    all->count--;
    return f;
}

static struct flight *new_flight(int64_t peer, size_t length) {
    struct flight *f = calloc(1, sizeof *f + length);
    if (f) {
        f->peer = peer;
        f->length = length;
    }
    return f;
}

/* Frees what has left. What never will, for a rank that is gone, stays until the end. */
static void sweep_sent(struct mpi *m) {
    for (struct flight **link = &m->sending.first; *link;) {
        int done = 0;
        if (MPI_Test(&(*link)->request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done)
            link = &(*link)->next;
        else
            free(unlink_at(&m->sending, link));
    }
}

static int mpi_send(void *state, int64_t to, const void *bytes, size_t length, char words[TRANSPORT_WORDS]) {
    struct mpi *m = state;
    struct flight *f = length <= INT32_MAX ? new_flight(to, length) : NULL;
    if (!f)
        return snprintf(words, TRANSPORT_WORDS, "there is no memory for a message"), -1;
    memcpy(f->bytes, bytes, length);
    int code = MPI_Isend(f->bytes, (int)length, MPI_BYTE, (int)to, TAG, MPI_COMM_WORLD, &f->request);
    if (code != MPI_SUCCESS) {
        free(f);
        return explain(code, "a message could not be sent", words);
    }
    append(&m->sending, f);
    return 0;
}

static bool mpi_is_sent(void *state, int64_t to) {
    struct mpi *m = state;
    sweep_sent(m);
    for (const struct flight *f = m->sending.first; f; f = f->next)
        if (f->peer == to)
            return false;
    return true;
}

/* Begins to receive whatever has been announced. */
static void begin_receiving(struct mpi *m) {
    while (m->receiving.count < IN_HAND) {
        MPI_Message message;
        MPI_Status status;
        int there = 0, length = 0;
        if (MPI_Improbe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &message, &status) != MPI_SUCCESS ||
            !there)
            return;
        if (MPI_Get_count(&status, MPI_BYTE, &length) != MPI_SUCCESS || length < 0)
            length = 0;
        struct flight *f = new_flight(status.MPI_SOURCE, (size_t)length);
        if (!f || MPI_Imrecv(f->bytes, length, MPI_BYTE, &message, &f->request) != MPI_SUCCESS) {
            free(f);
            return;
        }
        append(&m->receiving, f);
    }
}

/* A later message of the same rank waits for an earlier one. */
static bool has_earlier(const struct mpi *m, const struct flight *later) {
    for (const struct flight *f = m->receiving.first; f != later; f = f->next)
        if (f->peer == later->peer)
            return true;
    return false;
}

static void *mpi_receive(void *state, int64_t *from, size_t *length) {
    struct mpi *m = state;
    sweep_sent(m);
    begin_receiving(m);
    for (struct flight **link = &m->receiving.first; *link; link = &(*link)->next) {
        int done = 0;
        if (has_earlier(m, *link) || MPI_Test(&(*link)->request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS ||
            !done)
            continue;
        struct flight *f = unlink_at(&m->receiving, link);
        *from = f->peer;
        *length = f->length;
        unsigned char *bytes = memmove(f, f->bytes, f->length);
        bytes[*length] = '\0'; /* where there is room: the head is larger */
        return bytes;
    }
    return NULL;
}

static void drop(struct flights *all) {
    while (all->first)
        free(unlink_at(all, &all->first));
}

static void mpi_close(void *state, bool all) {
    struct mpi *m = state;
    if (!all) /* MPI_Finalize would wait for those that are gone, and may still read what was queued */
        return;
    while (m->sending.first)
        sweep_sent(m);
    drop(&m->receiving);
    free(m);
    MPI_Finalize();
}

#ifdef OPEN_MPI
static int say_nothing(const char *file, const char *topic, int framed, ...) {
    (void)file, (void)topic, (void)framed;
    return 0;
}
#endif

/* Open MPI hands its pages of text for people to mpirun, and waits for the answer within whatever was called.
 * When a connection to a lost rank breaks, mpirun may be busy ending the other ranks, and gives none until
 * they are killed. */
static void keep_from_explaining(void) {
#ifdef OPEN_MPI
    void *place = dlsym(RTLD_DEFAULT, "opal_show_help"), *symbol = NULL;
    Dl_info info;
    if (!place || !dladdr1(place, &info, &symbol, RTLD_DL_SYMENT) || !symbol)
        return;
    const ElfW(Sym) *s = symbol;
    int (*const nothing)(const char *, const char *, int, ...) = say_nothing;
    if (ELF64_ST_TYPE(s->st_info) == STT_OBJECT &&
        s->st_size == sizeof nothing) /* a pointer; else a function */
        memcpy(place, &nothing, sizeof nothing);
#endif
}

/* By srun without PMIx, which Open MPI answers with a page of text from each rank, ending the process. */
static bool cannot_start(void) {
#ifdef OPEN_MPI
    return getenv("SLURM_STEP_NUM_TASKS") && !getenv("PMIX_RANK") && !getenv("OMPI_COMM_WORLD_SIZE");
#else
    return false;
#endif
}

int fetchbench_transport_open(int version, struct transport *t, char words[TRANSPORT_WORDS]) {
    int rank = 0, size = 1;
    if (version != TRANSPORT_VERSION)
        return snprintf(words, TRANSPORT_WORDS, "the MPI module is of another version of fetchbench"), -1;
    if (cannot_start())
        return 1;
    int code = MPI_Init(NULL, NULL);
    if (code != MPI_SUCCESS)
        return explain(code, "MPI does not start", words);
    keep_from_explaining();
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    struct mpi *m = calloc(1, sizeof *m);
    if (!m)
        return snprintf(words, TRANSPORT_WORDS, "there is no memory for MPI's messages"), -1;
    m->sending.last = &m->sending.first;
    m->receiving.last = &m->receiving.first;
    *t = (struct transport){.rank = rank,
                            .size = size,
                            .state = m,
                            .send = mpi_send,
                            .receive = mpi_receive,
                            .is_sent = mpi_is_sent,
                            .close = mpi_close};
    return 0;
}
