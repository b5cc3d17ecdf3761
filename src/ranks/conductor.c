/* One loop over the worker's socket, the transport and the clock. */
#include "ranks/conductor.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "ranks/comparing.h"
#include "run/interrupt.h"

#define LOOK_NS INT64_C(20000000)
#define QUICK_NS INT64_C(1000000000) /* after a ping there may be another */
#define SIGN_NS INT64_C(1000000000)  /* between two signs of life */
#define ENDING_NS                                                                                            \
    INT64_C(1300000000) /* for reports to come in after an interrupt: soon comes the launcher's SIGKILL */
#define LEAVING_NS INT64_C(5000000000) /* and for rank 0 to say all, for who waits only for that */
#define AWAY_NS                                                                                              \
    INT64_C(500000000) /* between two looks: this process was stopped, or kept busy, in between              \
                        */
#define AWAKE_NS INT64_C(2000000000)      /* after that: what wakes a process comes from its waking */
#define LAST_WORD_NS INT64_C(20000000000) /* for rank 0 to make a report of all */
#define FINALE_S 20                       /* for the transport to end in order */
#define REPORT_LIMIT ((size_t)256 << 20)

uint64_t conductor_digest(int argc, char **argv) {
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (int i = 1; i < argc; i++)
        for (const char *c = argv[i];; c++) {
            hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
            if (!*c)
                break;
        }
    return hash;
}

static void lose_first(struct conductor *c) {
    c->lost = true;
}

static int carry(struct conductor *c, int64_t to, const struct message *head, const void *text,
                 size_t length) {
    char words[TRANSPORT_WORDS];
    size_t size;
    struct packet *p = packet_make(head, text, length, &size);
    int failed = c->transport->send(c->transport->state, to, p, size, words);
    free(p);
    return failed;
}

/* To rank 0's hub. */
static void send_up(struct conductor *c, const struct message *head, const char *text, size_t length) {
    if (c->hub)
        hub_heard(c->hub, 0, head, text, length);
    else if (carry(c, 0, head, text, length))
        lose_first(c);
}

static void end_worker(struct conductor *c, int signal_number) {
    c->told_stop = true;
    if (!c->worker_ended)
        kill(c->worker, signal_number);
}

static void answer(struct conductor *c, const struct message *ping) {
    c->quick_until_ns = clock_now_ns() + QUICK_NS;
    if (!ping->ping.number)
        return;
    struct message pong = *ping;
    pong.kind = MESSAGE_PONG;
    pong.ping.answered_ns = clock_now_ns();
    send_up(c, &pong, NULL, 0);
    if (ping->ping.number == COMPARING_EXCHANGES)
        c->quick_until_ns = 0;
}

/* What rank 0 says. */
static void obey(struct conductor *c, const struct message *head, const char *text, size_t length) {
    c->heard = true;
    c->heard_ns = clock_now_ns();
    switch ((enum message_kind)head->kind) {
    case MESSAGE_START:
        c->quick_until_ns = 0;
        message_send(c->worker_fd, head, text, length);
        break;
    case MESSAGE_ORDERS:
        c->temporary = length == 0;
        message_send(c->worker_fd, head, text, length);
        break;
    case MESSAGE_BEGIN:
    case MESSAGE_CLOCK:
    case MESSAGE_ROUNDS:
        message_send(c->worker_fd, head, text, length);
        break;
    case MESSAGE_PING:
        answer(c, head);
        break;
    case MESSAGE_STOP:
        c->signal = head->end.status;
        if (!c->told_stop)
            end_worker(c, (int)head->end.status);
        break;
    case MESSAGE_BYE:
        c->status = head->end.status;
        c->all = head->end.all != 0;
        c->gathered = head->end.gathered != 0;
        break;
    default:
        break;
    }
}

static int give(void *state, int64_t to, const struct message *head, const void *text, size_t length) {
    struct conductor *c = state;
    if (to)
        return carry(c, to, head, text, length);
    obey(c, head, text, length);
    return 0;
}

static void tell_failure(struct conductor *c, int64_t status, const char *why) {
    c->worker_told = true;
    send_up(c, &(struct message){.kind = MESSAGE_FAILED, .end.status = status}, why, strlen(why));
}

/* Its report is on the disk before it is read here, so it is there whatever becomes of us. */
static void tell_report(struct conductor *c, int64_t status, const char *trouble) {
    struct buf text;
    struct err err = {0};
    buf_init(&text, REPORT_LIMIT);
    buf_append(&text, c->report, strlen(c->report) + 1);
    buf_append(&text, trouble, strlen(trouble) + 1);
    if (!*c->report || fd_read_file(c->report, &text, &err) || text.failed) {
        tell_failure(c, status, *trouble ? trouble : err.text);
    } else {
        c->worker_told = true;
        send_up(c, &(struct message){.kind = MESSAGE_REPORT, .end.status = status}, text.text, text.length);
    }
    buf_fini(&text);
}

/* Of one that ended without a word. */
static void tell_death(struct conductor *c) {
    char why[100] = "its worker ended by itself";
    int status = 0;
    c->worker_ended = true;
    if (waitpid(c->worker, &status, 0) == c->worker && WIFSIGNALED(status))
        snprintf(why, sizeof why, "its worker was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    if (!c->worker_told)
        tell_report(c, 0, why);
}

static void hear_worker(struct conductor *c) {
    size_t length = 0;
    struct packet *p = message_receive(c->worker_fd, &length);
    if (!p) {
        tell_death(c);
        return;
    }
    if (p->head.kind == MESSAGE_NAMED)
        snprintf(c->report, sizeof c->report, "%s", p->text);
    else if (p->head.kind == MESSAGE_ENDED && *c->report)
        tell_report(c, p->head.end.status, p->text);
    else if (p->head.kind == MESSAGE_ENDED)
        tell_failure(c, p->head.end.status, p->text);
    else
        send_up(c, &p->head, p->text, length);
    free(p);
}

static void give_signs(struct conductor *c, int64_t now_ns) {
    static const struct message alive = {.kind = MESSAGE_ALIVE};
    if (now_ns < c->next_sign_ns)
        return;
    c->next_sign_ns = now_ns + SIGN_NS;
    if (c->hub)
        hub_give_all(c->hub, &alive);
    else
        send_up(c, &alive, NULL, 0);
}

static void hear_ranks(struct conductor *c) {
    int64_t from;
    size_t size;
    struct packet *p;
    while ((p = c->transport->receive(c->transport->state, &from, &size))) {
        /* what the text of a report is made of ends with one of its own */
        size_t length = size >= sizeof *p ? size - sizeof *p : 0;
        if (!packet_is_sound(p, size))
            c->lost = c->lost || !c->hub;
        else if (c->hub)
            hub_heard(c->hub, from, &p->head, p->text, length);
        else
            obey(c, &p->head, p->text, length);
        free(p);
        give_signs(c, clock_now_ns()); /* many reports take long to add, and the others wait meanwhile */
    }
}

/* Open MPI's mpirun ends its ranks by SIGCONT, a second later SIGTERM, and after another SIGKILL. The first
 * tells of the others, unless it wakes a process that had been stopped. */
static volatile sig_atomic_t continued;

static void on_continue(int signal_number, siginfo_t *info, void *context) {
    (void)signal_number, (void)context;
    if (info->si_pid == getppid())
        continued = 1;
}

static void watch_continue(void) {
    struct sigaction action = {.sa_sigaction = on_continue, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    if (getenv("OMPI_COMM_WORLD_SIZE"))
        sigaction(SIGCONT, &action, NULL);
}

static void stop(struct conductor *c, int signal_number) {
    c->signal = signal_number;
    end_worker(c, signal_number);
    send_up(c, &(struct message){.kind = MESSAGE_STOPPED, .end.status = signal_number}, NULL, 0);
}

/* mpirun may wake a rank more than once. */
static bool is_announced(struct conductor *c, bool was_away, int64_t now_ns) {
    if (was_away)
        c->away_until_ns = now_ns + AWAKE_NS;
    return continued && now_ns >= c->away_until_ns;
}

static void heed_interrupts(struct conductor *c, int *seen, bool was_away, int64_t now_ns) {
    bool announced = is_announced(c, was_away, now_ns);
    continued = 0;
    if (announced && !c->signal) {
        stop(c, SIGTERM);
        c->announced = true;
    }
    if (interrupt_count() == *seen)
        return;
    *seen = interrupt_count();
    if (!c->announced) /* of which this is only what was announced */
        stop(c, interrupt_signal());
    c->announced = false;
}

/* Whoever did not listen cannot say that nothing was said. */
static void excuse_silence(struct conductor *c, int64_t now_ns) {
    c->heard_ns = now_ns;
    if (c->hub)
        hub_excuse_silence(c->hub);
}

/* A load that nobody can stop any more is stopped. Whoever has told all has none, and what rank 0 makes of it
 * may take long: to leave it then would have the launcher end it. */
static void heed_silence(struct conductor *c, int64_t now_ns) {
    int64_t patience_ns = !c->heard ? HUB_HELLO_NS : c->worker_told ? LAST_WORD_NS : HUB_PATIENCE_NS;
    if (!c->hub && now_ns - c->heard_ns > patience_ns)
        lose_first(c);
    if (c->lost && !c->told_stop)
        end_worker(c, SIGTERM);
}

static bool is_over(const struct conductor *c, int64_t now_ns) {
    bool is_late = c->signal && now_ns > c->stop_by_ns;
    if (c->hub)
        return is_late || hub_is_done(c->hub);
    if (is_late && !c->worker_told) /* else rank 0 has all of it, and a last word */
        return true;
    return c->status >= 0 || (c->lost && c->worker_ended);
}

static void pause_for_news(const struct conductor *c, int64_t now_ns) {
    struct pollfd fd = {.fd = c->worker_ended ? -1 : c->worker_fd, .events = POLLIN};
    bool quick = now_ns < c->quick_until_ns || (c->hub && hub_is_quick(c->hub));
    if (quick)
        sched_yield();
    interrupt_poll(&fd, 1, quick ? 0 : LOOK_NS);
}

static bool worker_spoke(const struct conductor *c) {
    struct pollfd fd = {.fd = c->worker_fd, .events = POLLIN};
    return !c->worker_ended && poll(&fd, 1, 0) > 0;
}

void conductor_open(struct conductor *c) {
    c->status = -1;
    c->all = true;
    gethostname(c->host, sizeof c->host - 1);
    if (c->transport->rank > 0)
        return;
    c->owner.give = give;
    c->owner.give_state = c;
    c->hub = hub_open(c->transport->size, &c->owner, &c->orders);
}

void conductor_run(struct conductor *c) {
    int interrupts = 0;
    int64_t looked_ns = clock_now_ns();
    c->heard_ns = looked_ns;
    watch_continue();
    send_up(c, &(struct message){.kind = MESSAGE_HELLO, .words.digest = c->digest}, c->host, strlen(c->host));
    for (int64_t now_ns = clock_now_ns(); !is_over(c, now_ns); now_ns = clock_now_ns()) {
        pause_for_news(c, now_ns);
        bool was_away = clock_now_ns() - looked_ns > AWAY_NS;
        looked_ns = clock_now_ns();
        heed_interrupts(c, &interrupts, was_away, looked_ns);
        if (was_away)
            excuse_silence(c, looked_ns);
        if (!c->signal) /* a rank that leaves first ends mpirun's patience: it kills the others at once */
            c->stop_by_ns = looked_ns + (c->hub ? ENDING_NS : LEAVING_NS);
        while (worker_spoke(c))
            hear_worker(c);
        hear_ranks(c);
        give_signs(c, now_ns);
        heed_silence(c, now_ns);
        if (c->hub)
            hub_step(c->hub);
    }
    if (c->hub)
        hub_give_up(c->hub, "its report did not come in time, and is on its disk");
    c->all = c->hub ? hub_has_all(c->hub) : c->all && !c->lost && c->status >= 0;
}

/* The last word is to leave even where the transport is not ended in order. */
static void let_leave(struct conductor *c) {
    int64_t until_ns = clock_now_ns() + SIGN_NS;
    for (int64_t to = 1; to < c->transport->size; to++)
        while (!c->transport->is_sent(c->transport->state, to) && clock_now_ns() < until_ns)
            sched_yield();
}

void conductor_close(struct conductor *c, int64_t status) {
    if (c->hub) {
        hub_give_all(c->hub, &(struct message){.kind = MESSAGE_BYE, .end = {status, c->all, c->gathered}});
        if (!c->all)
            let_leave(c);
        hub_close(c->hub);
    }
    close(c->worker_fd); /* which ends a worker that is still there */
    if (!c->worker_ended)
        waitpid(c->worker, NULL, 0);
    signal(SIGALRM, SIG_DFL);
    alarm(FINALE_S); /* for a rank that is lost just now */
    c->transport->close(c->transport->state, c->all);
    alarm(0);
}
