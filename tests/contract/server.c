/* One epoll loop per server. What a server does is a row of behaviour.c. */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "behaviour.h"

#define CONNECTIONS 4096
#define HEAD_BYTES 2048
#define BACKLOG_FILLERS 4
#define ECHO_ANSWER 256 /* bytes of an answer of SERVE_ECHO */

struct connection {
    bool open, answering, blocked;
    char head[HEAD_BYTES];
    size_t head_length, body_left, out_at, out_end;
    int64_t key, due_ns;
    int given;
    bool head_only;
    char echo[ECHO_ANSWER];
};

struct service {
    const struct row *row;
    struct server_log *log;
    int listener, epoll;
    char *answer;
    size_t head_bytes, answer_bytes;
    struct connection *connections; /* by descriptor */
    int highest;
};

static void write_answer(struct service *s) {
    const struct row *row = s->row;
    if (!row->head)
        return;
    size_t piece = strlen(row->body);
    s->head_bytes = strlen(row->head);
    s->answer_bytes = s->head_bytes + piece * behaviour_repeats(row);
    s->answer = memory_zalloc(1, s->answer_bytes + 1);
    memcpy(s->answer, row->head, s->head_bytes);
    for (size_t i = 0; i < behaviour_repeats(row); i++)
        memcpy(s->answer + s->head_bytes + i * piece, row->body, piece);
}

static void end(struct service *s, int fd, enum ending how) {
    struct linger abort = {.l_onoff = 1, .l_linger = 0};
    if (how == RESET)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
    close(fd);
    s->connections[fd] = (struct connection){0};
}

static void accept_all(struct service *s) {
    int one = 1;
    for (int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); fd >= 0;
         fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        if (fd >= CONNECTIONS || epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &event))
            _exit(1);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        s->connections[fd] = (struct connection){.open = true};
        s->highest = fd > s->highest ? fd : s->highest;
        s->log->connections++;
    }
}

/* Watches for room to write while there is none. */
static void set_blocked(struct service *s, int fd, bool blocked) {
    struct connection *c = &s->connections[fd];
    struct epoll_event event = {.events = EPOLLIN | (blocked ? EPOLLOUT : 0U), .data.fd = fd};
    if (c->blocked != blocked)
        epoll_ctl(s->epoll, EPOLL_CTL_MOD, fd, &event);
    c->blocked = blocked;
}

static void finish_answer(struct service *s, int fd) {
    struct connection *c = &s->connections[fd];
    const struct row *row = s->row;
    c->answering = false;
    c->given++;
    set_blocked(s, fd, false);
    if (row->ending == HOLD)
        return;
    if (row->ending != KEEP)
        end(s, fd, row->ending);
    else if (row->quota && c->given == row->quota && !row->at_request)
        end(s, fd, row->late);
}

static void write_some(struct service *s, int fd) {
    struct connection *c = &s->connections[fd];
    size_t left = c->out_end - c->out_at;
    size_t most = s->row->by_byte && left > 1 ? 1 : left;
    const char *answer = s->row->echo ? c->echo : s->answer;
    ssize_t sent = most ? send(fd, answer + c->out_at, most, MSG_NOSIGNAL) : 0;
    if (sent < 0) {
        if (errno == EAGAIN)
            set_blocked(s, fd, true);
        else
            end(s, fd, CLOSE);
        return;
    }
    c->out_at += (size_t)sent;
    if (s->row->by_byte)
        c->due_ns = clock_now_ns() + 1000000;
    if (c->out_at == c->out_end)
        finish_answer(s, fd);
    else if (!s->row->by_byte)
        set_blocked(s, fd, true);
}

static void write_echo(const struct service *s, struct connection *c) {
    memcpy(c->echo, s->answer, s->head_bytes);
    server_echo(c->key, c->echo + s->head_bytes);
}

static void begin_answer(struct service *s, int fd) {
    struct connection *c = &s->connections[fd];
    const struct row *row = s->row;
    s->log->requests++;
    if (c->key < 0)
        s->log->strangers++;
    if (row->only_first && c->key != 0) {
        end(s, fd, RESET);
        return;
    }
    if (row->quota && c->given == row->quota) {
        s->log->killed++;
        end(s, fd, row->late);
        return;
    }
    /* Counted before the client can have it, and so before anyone can look at the log. */
    s->log->answers++;
    if (c->key >= 0)
        s->log->answered[c->key]++;
    if (row->echo)
        write_echo(s, c);
    c->answering = true;
    c->out_at = 0;
    c->out_end = c->head_only ? s->head_bytes : s->answer_bytes;
    c->due_ns = row->delay_ms ? clock_now_ns() + row->delay_ms * INT64_C(1000000) : 0;
    if (!c->due_ns)
        write_some(s, fd);
}

/* Takes what belongs to the request's head from the bytes that came; the rest is its body. */
static void read_head(struct connection *c) {
    char *blank = strstr(c->head, "\r\n\r\n");
    if (!blank)
        return;
    const char *key = strstr(c->head, "key="), *sized = strstr(c->head, "Content-Length: ");
    c->key = key && key < strchr(c->head, '\n') ? strtol(key + 4, NULL, 10) : -1;
    if (c->key >= SERVER_KEYS)
        c->key = -1;
    size_t body = sized && sized < blank ? strtoul(sized + 16, NULL, 10) : 0;
    size_t came = c->head_length - (size_t)(blank + 4 - c->head);
    c->head_only = strncmp(c->head, "HEAD ", 5) == 0;
    c->body_left = body > came ? body - came : 0;
    c->head_length = 0;
    c->head[0] = '\0';
    c->answering = c->body_left == 0;
}

static void read_some(struct service *s, int fd) {
    struct connection *c = &s->connections[fd];
    char bytes[HEAD_BYTES];
    size_t room = c->body_left ? sizeof bytes : HEAD_BYTES - 1 - c->head_length;
    ssize_t got = recv(fd, bytes, room < sizeof bytes ? room : sizeof bytes, 0);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        end(s, fd, CLOSE);
        return;
    }
    s->log->request_bytes += got;
    if (c->body_left) {
        c->body_left -= (size_t)got < c->body_left ? (size_t)got : c->body_left;
        if (!c->body_left)
            begin_answer(s, fd);
        return;
    }
    memcpy(c->head + c->head_length, bytes, (size_t)got);
    c->head_length += (size_t)got;
    c->head[c->head_length] = '\0';
    read_head(c);
    if (c->answering)
        begin_answer(s, fd);
}

/* Milliseconds until the next answer or byte is due, having written what is. */
static int write_due(struct service *s) {
    if (!s->row->delay_ms && !s->row->by_byte)
        return -1;
    int64_t now_ns = clock_now_ns(), next_ns = INT64_MAX;
    for (int fd = 0; fd <= s->highest; fd++) {
        struct connection *c = &s->connections[fd];
        if (c->answering && c->due_ns <= now_ns)
            write_some(s, fd);
        if (c->answering && c->due_ns < next_ns)
            next_ns = c->due_ns;
    }
    if (next_ns == INT64_MAX)
        return -1;
    return next_ns > now_ns ? (int)((next_ns - now_ns + 999999) / 1000000) : 0;
}

static void heed(struct service *s, const struct epoll_event *event) {
    int fd = event->data.fd;
    if (fd == s->listener) {
        accept_all(s);
        return;
    }
    struct connection *c = &s->connections[fd];
    if (c->open && (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        read_some(s, fd);
    if (c->open && c->answering && (event->events & EPOLLOUT))
        write_some(s, fd);
}

static _Noreturn void serve(int listener, enum behaviour behaviour, struct server_log *log) {
    struct service s = {
        .row = behaviour_row(behaviour), .log = log, .listener = listener, .epoll = epoll_create1(0)};
    struct epoll_event events[64] = {{.events = EPOLLIN, .data.fd = listener}};
    s.connections = memory_zalloc(CONNECTIONS, sizeof *s.connections);
    write_answer(&s);
    if (s.epoll < 0 || epoll_ctl(s.epoll, EPOLL_CTL_ADD, listener, events))
        _exit(1);
    for (;;) {
        int count = epoll_wait(s.epoll, events, 64, write_due(&s));
        for (int i = 0; i < count; i++)
            heed(&s, &events[i]);
    }
}

/* Once the places of a backlog of nothing are taken, the kernel leaves further connects unanswered. */
static void fill_backlog(const struct sockaddr_in *address, int fds[BACKLOG_FILLERS]) {
    for (int i = 0; i < BACKLOG_FILLERS; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fds[i] >= 0 && connect(fds[i], (const struct sockaddr *)address, sizeof *address))
            continue; /* under way */
    }
}

/* A bound socket keeps its port from others; one that does not listen refuses. */
static int open_listener(enum behaviour behaviour, struct sockaddr_in *address) {
    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int failed = bind(fd, (const struct sockaddr *)address, size) ||
                 getsockname(fd, (struct sockaddr *)address, &size);
    if (!failed && behaviour != SERVE_REFUSAL)
        failed = listen(fd, behaviour == SERVE_NO_ACCEPT ? 0 : CONNECTIONS);
    if (!failed)
        return fd;
    close(fd);
    return -1;
}

static _Noreturn void be_server(int listener, enum behaviour behaviour, struct server_log *log,
                                pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    if (behaviour != SERVE_REFUSAL && behaviour != SERVE_NO_ACCEPT)
        serve(listener, behaviour, log);
    for (;;)
        pause();
}

static int start(struct server *s, int listener) {
    s->log = mmap(NULL, sizeof *s->log, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s->log == MAP_FAILED) {
        s->log = NULL;
        return -1;
    }
    pid_t parent = getpid();
    s->pid = fork();
    if (s->pid == 0)
        be_server(listener, s->behaviour, s->log, parent);
    return s->pid < 0 ? -1 : 0;
}

int server_open(struct server *s, enum behaviour behaviour) {
    *s = (struct server){.behaviour = behaviour};
    struct sockaddr_in address;
    int fillers[BACKLOG_FILLERS] = {-1, -1, -1, -1};
    int listener = open_listener(behaviour, &address);
    if (listener < 0)
        return -1;
    s->port = ntohs(address.sin_port);
    if (behaviour == SERVE_NO_ACCEPT)
        fill_backlog(&address, fillers);
    int failed = start(s, listener);
    for (int i = 0; i < BACKLOG_FILLERS; i++)
        if (fillers[i] >= 0)
            close(fillers[i]);
    close(listener);
    return failed;
}

void server_close(struct server *s) {
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        waitpid(s->pid, NULL, 0);
    }
    if (s->log)
        munmap(s->log, sizeof *s->log);
    *s = (struct server){0};
}
