/* Not a client: what a launch of N ranks asks of rank 0's process, but for the network: the ranks are this
 * process, and answer at once. How long comparing all clocks and telling the moment takes, what a look about
 * costs while a run is on, what a message of progress costs, and the memory of it. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ranks/hub.h"

#define LOOKS 200

struct ranks {
    struct hub *hub;
    int64_t size, started;
    int64_t *asked; /* ranks whose pings are to be answered, */
    struct message *pings;
    int64_t count; /* so many */
};

static int give(void *state, int64_t to, const struct message *head, const void *text, size_t length) {
    struct ranks *r = state;
    (void)text, (void)length;
    if (head->kind == MESSAGE_PING && head->ping.number) {
        r->asked[r->count] = to;
        r->pings[r->count++] = *head;
    }
    r->started += head->kind == MESSAGE_START;
    return 0;
}

static void show(void *state, const struct ranks_progress *sum) {
    (void)state, (void)sum;
}

static void hear_from_all(struct ranks *r, struct message head, const char *text) {
    for (int64_t i = 0; i < r->size; i++)
        hub_heard(r->hub, i, &head, text, 0);
}

static void answer_all(struct ranks *r) {
    while (r->count > 0) {
        struct message *pong = &r->pings[--r->count];
        pong->kind = MESSAGE_PONG;
        pong->ping.answered_ns = clock_now_ns();
        hub_heard(r->hub, r->asked[r->count], pong, "", 0);
    }
}

static double begin_together(struct ranks *r) {
    hear_from_all(r, (struct message){.kind = MESSAGE_HELLO}, "node");
    hub_step(r->hub);
    hear_from_all(r, (struct message){.kind = MESSAGE_SETTLED}, "async");
    hub_step(r->hub);
    hear_from_all(r, (struct message){.kind = MESSAGE_READY, .run.number = 1}, "");
    int64_t begun_ns = clock_now_ns();
    while (r->started < r->size) {
        hub_step(r->hub);
        answer_all(r);
    }
    return (double)(clock_now_ns() - begun_ns) / 1e9;
}

static double look_s(struct ranks *r) {
    int64_t begun_ns = clock_now_ns();
    for (int i = 0; i < LOOKS; i++)
        hub_step(r->hub);
    return (double)(clock_now_ns() - begun_ns) / 1e9 / LOOKS;
}

static double progress_s(struct ranks *r) {
    struct message head = {.kind = MESSAGE_PROGRESS, .progress = {.run = 1, .rounds = 1}};
    int64_t begun_ns = clock_now_ns();
    hear_from_all(r, head, "");
    return (double)(clock_now_ns() - begun_ns) / 1e9 / (double)r->size;
}

int main(int argc, char **argv) {
    struct ranks r = {.size = argc > 1 ? atoll(argv[1]) : 100};
    struct hub_owner owner = {.give = give, .give_state = &r, .progress = show};
    r.asked = calloc((size_t)r.size, sizeof *r.asked);
    r.pings = calloc((size_t)r.size, sizeof *r.pings);
    if (r.size < 1 || !r.asked || !r.pings)
        return 1;
    struct mallinfo2 before = mallinfo2();
    r.hub = hub_open(r.size, &owner, &(struct hub_orders){.name = "", .modes = "async"});
    struct mallinfo2 after = mallinfo2();
    size_t bytes = after.uordblks + after.hblkhd - before.uordblks - before.hblkhd;
    double start = begin_together(&r), progress = progress_s(&r);
    printf(
        "{\"ranks\":%lld,\"start_s\":%.9f,\"look_s\":%.9f,\"progress_s\":%.9f,\"bytes\":%zu,\"message_bytes\":%zu}\n",
        (long long)r.size, start, look_s(&r), progress, bytes, sizeof(struct message));
    hub_close(r.hub);
    free(r.asked);
    free(r.pings);
    return 0;
}
