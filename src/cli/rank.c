/* The worker's end of the socket. */
#include "cli/rank.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/bench.h"
#include "cli/rankfiles.h"
#include "ranks/launch.h"
#include "ranks/message.h"
#include "run/interrupt.h"

#define TICK_NS INT64_C(200000000)
#define TICK_PER_RANK_NS                                                                                     \
    INT64_C(200000) /* so that all ranks together tell rank 0 no more than 5,000 times a second */

static void tell(struct rank *r, const struct message *head, const char *text) {
    if (r->fd >= 0)
        message_send(r->fd, head, text, text ? strlen(text) : 0);
}

static double seconds(int64_t ns) {
    return (double)ns / 1e9;
}

/* Nobody is left who could stop this load, so it ends by itself, in good order. */
static void lose_conductor(struct rank *r) {
    close(r->fd);
    r->fd = -1;
    kill(getpid(), SIGTERM);
}

static void take(struct rank *r, const struct message *m) {
    switch ((enum message_kind)m->kind) {
    case MESSAGE_BEGIN:
        r->begun = true;
        break;
    case MESSAGE_CLOCK:
        if (m->clock.at_ns)
            report_add_clock(r->report, seconds(m->clock.at_ns), seconds(m->clock.offset_ns),
                             seconds(m->clock.round_trip_ns));
        r->compared = r->ran;
        break;
    case MESSAGE_START:
        if (m->start.run != r->run)
            break;
        r->agreed_ns = m->start.agreed_ns;
        recording_start_at(r->recording, m->start.local_ns);
        break;
    case MESSAGE_ROUNDS:
        r->told_round = m->round.number;
        r->rounds = m->round.rounds;
        break;
    default:
        break;
    }
}

int rank_hear(struct rank *r) {
    size_t length;
    struct packet *p = message_receive(r->fd, &length);
    if (!p) {
        lose_conductor(r);
        return -1;
    }
    take(r, &p->head);
    free(p);
    return 0;
}

static bool knows_rounds(const struct rank *r) {
    return r->told_round >= r->round;
}

static bool has_begun(const struct rank *r) {
    return r->begun;
}

static bool has_compared(const struct rank *r) {
    return r->compared;
}

/* Hears what comes until that holds; false when it will not. */
static bool await(struct rank *r, bool (*holds)(const struct rank *r)) {
    while (r->fd >= 0 && !interrupt_count() && !holds(r)) {
        struct pollfd fd = {.fd = r->fd, .events = POLLIN};
        if (interrupt_poll(&fd, 1, -1) > 0)
            rank_hear(r);
    }
    return holds(r);
}

void rank_begin(struct rank *r, const struct plan *plan, struct report *report, struct recording *recording) {
    r->plan = plan;
    r->report = report;
    r->recording = recording;
    r->run = 1;
    char load[17];
    snprintf(load, sizeof load, "%016" PRIx64, r->load);
    report_set_share(report, "mpi", load);
}

void rank_modes(char out[RANK_MODES], const struct plan *plan) {
    plan_labels(plan, out, RANK_MODES);
}

bool rank_settle(struct rank *r) {
    char modes[RANK_MODES];
    rank_modes(modes, r->plan);
    tell(r, &(struct message){.kind = MESSAGE_SETTLED}, modes);
    return await(r, has_begun);
}

void rank_name(struct rank *r, const char *path) {
    tell(r, &(struct message){.kind = MESSAGE_NAMED}, path);
}

void rank_ready(struct rank *r) {
    tell(r, &(struct message){.kind = MESSAGE_READY, .run.number = r->run}, NULL);
}

void rank_say(struct rank *r, const char *sentence) {
    if (r->rank == 0)
        tell(r, &(struct message){.kind = MESSAGE_SAID}, sentence);
}

void rank_tick(struct rank *r, const struct run_feed *feed) {
    int64_t now_ns = clock_now_ns();
    if (now_ns < r->next_tick_ns)
        return;
    r->next_tick_ns = now_ns + (r->size * TICK_PER_RANK_NS > TICK_NS ? r->size * TICK_PER_RANK_NS : TICK_NS);
    int64_t entry = feed->entry - r->plan->entries;
    tell(r,
         &(struct message){.kind = MESSAGE_PROGRESS,
                           .progress = {.run = r->run,
                                        .entry = entry,
                                        .baseline_repeat = feed->baseline_repeat,
                                        .round = feed->round,
                                        .rounds = feed->rounds,
                                        .place = feed->place,
                                        .places = feed->places,
                                        .done = feed->done,
                                        .failed = feed->failed,
                                        .total = feed->total,
                                        .length_ns = feed->length_ns,
                                        .elapsed_ns = feed->elapsed_ns,
                                        .stopping = feed->stopping,
                                        .rate_per_s = feed->rate_per_s}},
         NULL);
}

void rank_finished(struct rank *r, const struct run_result *result) {
    if (result->start_agreed_ns && r->agreed_ns)
        report_set_start(r->report, seconds(r->agreed_ns));
    tell(r, &(struct message){.kind = MESSAGE_PASSED, .run.number = r->run}, NULL);
    r->run++;
    r->agreed_ns = 0;
}

int64_t rank_round(struct rank *r, int64_t round, int64_t wanted) {
    r->round = round;
    tell(r, &(struct message){.kind = MESSAGE_ROUND, .round = {round, wanted}}, NULL);
    if (!await(r, knows_rounds))
        return wanted;
    r->report->plan.rounds = r->rounds;
    return r->rounds;
}

void rank_ran(struct rank *r) {
    r->ran = true;
    tell(r, &(struct message){.kind = MESSAGE_RAN}, NULL);
    await(r, has_compared);
}

/* What a rank alone decides nothing about: rank 0 judges and shows the whole. */
static void take_share(struct invocation *v, struct rank *r) {
    struct settings *s = &v->settings;
    char path[sizeof r->name + 32];
    rankfiles_write(path, sizeof path, r->name, r->rank);
    s->output = arena_strdup(&v->words, path);
    s->plan.share = (struct share){.index = r->rank, .count = r->size};
    s->seed = r->seed;
    s->quiet = true;
    s->format = "text";
    s->fail_on.count = 0;
    s->strict = false;
    s->baseline = NULL;
    s->regression = -1;
    if (s->plan.samples) {
        rankfiles_write(path, sizeof path, s->plan.samples, r->rank);
        s->plan.samples = arena_strdup(&v->words, path);
    }
}

static enum cli_outcome work(struct rank *r, int argc, char **argv, struct err *err) {
    struct invocation v = {0};
    enum cli_outcome outcome = CLI_FAILED;
    bool temporary = !*r->name;
    if (temporary && rankfiles_make_folder(r->name, err))
        return CLI_FAILED;
    if (invocation_read(&v, argc, argv, err) == 0) {
        take_share(&v, r);
        if (invocation_settle(&v, false, err) == 0)
            outcome = bench_run(&v, r, err);
    }
    if (temporary && !r->begun)
        rankfiles_remove_folder(r->name);
    return invocation_close(&v, outcome, err);
}

/* False when the conductor ended before there was anything to do. */
static bool take_orders(struct rank *r) {
    size_t length;
    struct packet *p = message_receive(r->fd, &length);
    bool is_order = p && p->head.kind == MESSAGE_ORDERS;
    if (is_order) {
        r->rank = p->head.orders.rank;
        r->size = p->head.orders.size;
        r->seed = p->head.orders.seed;
        r->load = p->head.orders.load;
        snprintf(r->name, sizeof r->name, "%s", p->text);
    }
    free(p);
    return is_order;
}

/* In a session of its own the launcher's signals do not reach it: the conductor tells it when to stop, and
 * its report is written whatever happens to that. */
static _Noreturn void live(int fd, int argc, char **argv) {
    struct rank r = {.fd = fd};
    struct err err = {0};
    setsid();
    launch_forget();
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO); /* the launcher waits until nobody has the rank's any more */
    close(nowhere);
    int status = 0;
    if (take_orders(&r)) {
        enum cli_outcome outcome = work(&r, argc, argv, &err);
        status = outcome == CLI_OK ? 0 : err.kind == ERR_USAGE ? 2 : 1;
        tell(&r, &(struct message){.kind = MESSAGE_ENDED, .end.status = status}, err.text);
    }
    int leaked = memory_check_leaks();
    _exit(status ? status : leaked);
}

pid_t rank_fork(int argc, char **argv, int *fd, struct err *err) {
    int sides[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sides))
        return err_set_errno(err, "cannot make a socket");
    pid_t worker = fork();
    if (worker == 0) {
        close(sides[0]);
        live(sides[1], argc, argv);
    }
    close(sides[1]);
    *fd = sides[0];
    if (worker < 0)
        err_set_errno(err, "cannot start a process");
    return worker;
}
