/* Orders come down a packet socket, events go up. The launcher waits on the socket and on a signalfd that
 * tells of children.
 */
#include "run/launcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/child.h"
#include "run/interrupt.h"

enum order_kind { ORDER_START, ORDER_KILL };

struct order {
    enum order_kind kind;
    size_t entry, lanes;
};

struct station {
    const struct plan *plan;
    struct recording *recording;
    int socket;
    int ended_fd; /* readable when a child has ended */
    pid_t child;  /* 0: none */
};

/* Packets are cleared whole before they are filled: what goes through the socket has no undefined padding. */
static int send_packet(int socket, const void *packet, size_t size) {
    ssize_t sent = send(socket, packet, size, MSG_NOSIGNAL);
    return sent == (ssize_t)size ? 0 : -1;
}

static void kill_child(const struct station *s) {
    if (!s->child)
        return;
    kill(-s->child, SIGKILL);
    kill(s->child, SIGKILL); /* it may not lead its group yet */
}

/* Writes the set that holds SIGCHLD alone to `set`, if that is not NULL. */
static void mask_child_signal(int how, sigset_t *set) {
    sigset_t child_ends;
    sigemptyset(&child_ends);
    sigaddset(&child_ends, SIGCHLD);
    sigprocmask(how, &child_ends, NULL);
    if (set)
        *set = child_ends;
}

static void start_child(struct station *s, const struct order *order) {
    const struct plan_entry *entry = &s->plan->entries[order->entry];
    pid_t launcher = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(s->socket);
        close(s->ended_fd);
        mask_child_signal(SIG_UNBLOCK, NULL);
        recording_shape(s->recording, s->plan->requests, (size_t)entry->concurrency, order->lanes);
        child_main(s->plan, entry, s->recording, launcher);
    }
    struct launcher_event event = {
        .kind = child < 0 ? LAUNCHER_FAILED : LAUNCHER_STARTED, .pid = child, .failed_errno = errno};
    if (child > 0)
        s->child = child;
    if (send_packet(s->socket, &event, sizeof event))
        kill_child(s);
}

static void collect_child(struct station *s) {
    struct signalfd_siginfo drained;
    if (read(s->ended_fd, &drained, sizeof drained) < 0 && errno != EAGAIN)
        _exit(1);
    struct launcher_event event;
    memset(&event, 0, sizeof event);
    event.kind = LAUNCHER_ENDED;
    event.pid = s->child;
    if (!s->child || wait4(s->child, &event.wait_status, WNOHANG, &event.rusage) != s->child)
        return;
    kill(-s->child, SIGKILL); /* whatever of its group outlived it */
    s->child = 0;
    if (send_packet(s->socket, &event, sizeof event))
        _exit(1);
}

/* False when the parent is gone. */
static bool take_order(struct station *s) {
    struct order order;
    ssize_t got = recv(s->socket, &order, sizeof order, 0);
    if (got < 0 && errno == EINTR)
        return true;
    if (got != (ssize_t)sizeof order)
        return false;
    if (order.kind == ORDER_KILL)
        kill_child(s);
    else if (!s->child)
        start_child(s, &order);
    return true;
}

static _Noreturn void serve(struct station *s) {
    for (;;) {
        struct pollfd fds[2] = {{.fd = s->socket, .events = POLLIN}, {.fd = s->ended_fd, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            _exit(1);
        if (fds[1].revents)
            collect_child(s);
        if (fds[0].revents && !take_order(s)) {
            kill_child(s);
            _exit(0);
        }
    }
}

/* That the parent is gone it hears from the socket, and then ends what it started, as no PDEATHSIG would. */
static _Noreturn void launcher_main(const struct plan *plan, struct recording *recording, int socket) {
    interrupt_release(SIG_IGN);
    sigset_t child_ends;
    mask_child_signal(SIG_BLOCK, &child_ends);
    struct station station = {.plan = plan, .recording = recording, .socket = socket};
    station.ended_fd = signalfd(-1, &child_ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (station.ended_fd < 0)
        _exit(1);
    serve(&station);
}

int launcher_open(struct launcher *l, const struct plan *plan, struct recording *recording, struct err *err) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return err_set_errno(err, "cannot make a socket pair");
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        launcher_main(plan, recording, ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        err_set_errno(err, "cannot start the launcher");
        close(ends[0]);
        return -1;
    }
    *l = (struct launcher){.pid = pid, .socket = ends[0]};
    return 0;
}

void launcher_close(struct launcher *l) {
    close(l->socket);
    while (waitpid(l->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    *l = (struct launcher){.socket = -1};
}

int launcher_start(const struct launcher *l, size_t entry, size_t lanes) {
    struct order order;
    memset(&order, 0, sizeof order);
    order.kind = ORDER_START;
    order.entry = entry;
    order.lanes = lanes;
    return send_packet(l->socket, &order, sizeof order);
}

int launcher_kill(const struct launcher *l) {
    struct order order;
    memset(&order, 0, sizeof order);
    order.kind = ORDER_KILL;
    return send_packet(l->socket, &order, sizeof order);
}

struct launcher_event launcher_next(const struct launcher *l) {
    struct launcher_event event;
    ssize_t got = -1;
    do
        got = recv(l->socket, &event, sizeof event, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof event)
        event = (struct launcher_event){.kind = LAUNCHER_GONE};
    return event;
}
