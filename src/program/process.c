/* fork and exec, SIGCHLD as a descriptor, and signals to its group. */
#include "program/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "program/line.h"

#define MS INT64_C(1000000)
#define GRACE_NS (1000 * MS) /* between asking it to end and killing it */
#define FIRST_LOOK_NS (10 * MS)
#define LEAST_POLL_NS MS /* of its output, before it is ready */
#define MOST_POLL_NS (50 * MS)
#define FLOOD_PAUSE_NS (200 * MS) /* between looks at how much it has printed */
#define LOOKING_SHARE 50 /* memory is looked at for at most 1/50 of the time: the run may be a short one */
#define HEARD_BYTES 4096 /* of its output, in which it may say that it is ready */
#define LAST_BYTES 4096  /* of its complaints, in which the last line is looked for */

/* Two pipes to the child, beside the files. */
struct ends {
    int input[2];   /* its standard input */
    int failure[2]; /* the errno of an exec that failed */
};

static void close_both(const int ends[2]) {
    close(ends[0]);
    close(ends[1]);
}

static int open_ends(struct ends *e, struct err *err) {
    if (pipe2(e->input, O_CLOEXEC))
        return err_set_errno(err, "cannot make a pipe");
    if (pipe2(e->failure, O_CLOEXEC) == 0)
        return 0;
    err_set_errno(err, "cannot make a pipe");
    close_both(e->input);
    return -1;
}

static void block_child_signal(sigset_t *set) {
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    sigprocmask(SIG_BLOCK, set, NULL);
}

static int open_files(struct process *p, struct err *err) {
    sigset_t child_ends;
    p->output = handover_temporary(err);
    p->complaints = p->output < 0 ? -1 : handover_temporary(err);
    if (p->complaints < 0)
        return -1;
    fcntl(p->output, F_SETFL, O_APPEND); /* several of its processes may write */
    fcntl(p->complaints, F_SETFL, O_APPEND);
    block_child_signal(&child_ends);
    p->ended_fd = signalfd(-1, &child_ends, SFD_CLOEXEC | SFD_NONBLOCK);
    return p->ended_fd < 0 ? err_set_errno(err, "cannot make a signalfd") : 0;
}

/* As if a shell had started it: our dispositions of signals, limits and descriptors are not its, nor is what
 * we were started with. */
static void become_ordinary(const struct handover *h) {
    sigset_t none;
    for (int s = 1; s <= SIGRTMAX; s++)
        signal(s, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    limits_restore_descriptors(h->plan->descriptors_before);
}

static _Noreturn void become(const struct process *p, const struct command *c, const struct handover *h,
                             const struct ends *e, pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    become_ordinary(h);
    bool failed = dup2(e->input[0], STDIN_FILENO) < 0 || dup2(p->output, STDOUT_FILENO) < 0 ||
                  dup2(p->complaints, STDERR_FILENO) < 0 || handover_export(h);
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (!failed)
        execv(c->path, c->words);
    int why = errno;
    ssize_t told = write(e->failure[1], &why, sizeof why);
    _exit(told < 0 ? 1 : 127);
}

/* 0 when the program is there, else the errno of what failed. */
static int hear_failure(int fd) {
    int why = 0;
    ssize_t got = -1;
    do
        got = read(fd, &why, sizeof why);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof why ? why : 0;
}

static int fork_program(struct process *p, const struct command *c, const struct handover *h, struct ends *e,
                        struct err *err) {
    pid_t parent = getpid();
    fflush(NULL);
    p->started_ns = clock_now_ns();
    p->pid = fork();
    if (p->pid == 0)
        become(p, c, h, e, parent);
    int why = p->pid < 0 ? errno : 0;
    close(e->input[0]);
    close(e->failure[1]);
    if (!why)
        why = hear_failure(e->failure[0]);
    close(e->failure[0]);
    p->input = e->input[1];
    if (p->pid < 0)
        p->pid = 0;
    return why ? err_set(err, ERR_INTERNAL, "%.200s cannot be started: %s", c->words[0], strerror(why)) : 0;
}

int process_start(struct process *p, const struct command *command, const struct handover *handover,
                  struct err *err) {
    struct ends ends;
    *p = (struct process){.input = -1,
                          .output = -1,
                          .complaints = -1,
                          .ended_fd = -1,
                          .most_bytes = PROCESS_BYTES + PROCESS_BYTES_EACH * handover->plan->requests};
    int failed =
        open_files(p, err) || open_ends(&ends, err) || fork_program(p, command, handover, &ends, err);
    if (!failed)
        return 0;
    process_end(p);
    return -1;
}

static void close_if_open(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void process_end(struct process *p) {
    if (!p->started_ns && !p->output)
        return; /* zeroed */
    if (p->pid) {
        kill(p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    close_if_open(&p->input);
    close_if_open(&p->output);
    close_if_open(&p->complaints);
    close_if_open(&p->ended_fd);
    *p = (struct process){0};
}

/* Whether it has ended, and has just been waited for. */
static bool collect(struct process *p) {
    struct signalfd_siginfo drained;
    while (read(p->ended_fd, &drained, sizeof drained) > 0) {
    }
    if (wait4(p->pid, &p->wait_status, WNOHANG, &p->rusage) != p->pid)
        return false;
    p->ended_ns = clock_now_ns();
    p->pid = 0;
    return true;
}

/* Sleeps until something may have happened, at most until a moment; stop_fd -1: not to be heard. */
static void sleep_until(const struct process *p, int stop_fd, int64_t until_ns) {
    struct pollfd fds[2] = {{.fd = p->ended_fd, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
    int64_t left_ns = until_ns - clock_now_ns();
    struct timespec t = {.tv_sec = left_ns / CLOCK_NS_PER_S, .tv_nsec = left_ns % CLOCK_NS_PER_S};
    if (left_ns > 0)
        ppoll(fds, 2, &t, NULL);
}

static int64_t lesser(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static const char *line_feed(const char *from, const char *stop) {
    return memchr(from, '\n', (size_t)(stop - from));
}

/* What it has said so far: PROCESS_ENDED stands for nothing that decides. */
static enum process_event hear(struct process *p) {
    char text[HEARD_BYTES];
    ssize_t got = pread(p->output, text, sizeof text, 0);
    const char *stop = text + (got > 0 ? got : 0), *line = text;
    for (const char *end = line_feed(line, stop); end; line = end + 1, end = line_feed(line, stop)) {
        size_t length = (size_t)(end - line);
        enum line_kind kind = line_kind_of(line, length);
        if (kind == LINE_READY)
            line_read_work(line, length, p->work, sizeof p->work);
        if (kind != LINE_OTHER)
            return kind == LINE_READY ? PROCESS_READY : PROCESS_ANSWERS;
    }
    return got == HEARD_BYTES ? PROCESS_ANSWERS : PROCESS_ENDED;
}

static void look_soon(struct process *p) {
    p->look_pause_ns = FIRST_LOOK_NS;
    p->next_look_ns = clock_now_ns() + FIRST_LOOK_NS;
}

static void look(struct process *p, struct recording *r, int64_t now_ns) {
    if (now_ns < p->next_look_ns)
        return;
    recording_look(r);
    int64_t cost_ns = clock_now_ns() - now_ns;
    p->look_pause_ns *= 2;
    if (p->look_pause_ns < cost_ns * LOOKING_SHARE)
        p->look_pause_ns = cost_ns * LOOKING_SHARE;
    p->next_look_ns = now_ns + p->look_pause_ns;
}

static bool is_longer(int fd, int64_t bytes) {
    struct stat status;
    return fstat(fd, &status) == 0 && status.st_size > bytes;
}

/* Why it is not to go on; PROCESS_ENDED for no reason. A program in an endless loop would fill the disk. */
static enum process_event why_to_end(const struct process *p, const struct recording *r, int64_t now_ns,
                                     int64_t late_ns) {
    if (recording_stopping(r))
        return PROCESS_STOP;
    if (now_ns >= late_ns)
        return PROCESS_LATE;
    bool floods = is_longer(p->output, p->most_bytes) || is_longer(p->complaints, p->most_bytes);
    return floods ? PROCESS_FLOODS : PROCESS_ENDED;
}

/* Whether it has ended. It is not waited for yet: its cost is to be counted within the run. */
static bool has_ended(const struct process *p) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == p->pid;
}

enum process_event process_await_ready(struct process *p, struct recording *r, int64_t late_ns) {
    look_soon(p);
    for (;;) {
        bool ended = has_ended(p);
        enum process_event heard = hear(p);
        if (ended || heard != PROCESS_ENDED)
            return ended ? PROCESS_ENDED : heard;
        int64_t now_ns = clock_now_ns();
        enum process_event why = why_to_end(p, r, now_ns, late_ns);
        if (why != PROCESS_ENDED)
            return why;
        look(p, r, now_ns);
        int64_t pause_ns = lesser((now_ns - p->started_ns) / 8, MOST_POLL_NS);
        pause_ns = pause_ns < LEAST_POLL_NS ? LEAST_POLL_NS : pause_ns;
        sleep_until(p, r->stop_fd, lesser(now_ns + pause_ns, late_ns));
    }
}

void process_go(struct process *p) {
    static const char word[] = "go\n";
    if (p->input >= 0)
        (void)fd_write_all(p->input, word, sizeof word - 1); /* one that is gone will be seen to be */
    close_if_open(&p->input);
}

/* Whatever of its group would go on working; ourselves left out, who ignore it. */
static void signal_group(int signal_number) {
    if (getpgrp() != getpid())
        return; /* others are in it too */
    void (*before)(int) = signal(signal_number, SIG_IGN);
    kill(0, signal_number);
    signal(signal_number, before);
}

/* Kills it, once it has been asked to end where it was to stop. */
static void force_end(struct process *p, enum process_event why) {
    int64_t until_ns = clock_now_ns() + GRACE_NS;
    if (why != PROCESS_STOP)
        kill(p->pid, SIGKILL);
    signal_group(SIGTERM);
    while (why == PROCESS_STOP && clock_now_ns() < until_ns && !collect(p))
        sleep_until(p, -1, until_ns);
    if (!p->pid)
        return;
    kill(p->pid, SIGKILL);
    while (!collect(p))
        sleep_until(p, -1, clock_now_ns() + GRACE_NS);
}

enum process_event process_await_end(struct process *p, struct recording *r, int64_t late_ns) {
    look_soon(p);
    while (p->pid && !collect(p)) {
        int64_t now_ns = clock_now_ns();
        enum process_event why = why_to_end(p, r, now_ns, late_ns);
        if (why != PROCESS_ENDED) {
            force_end(p, why);
            return why;
        }
        look(p, r, now_ns);
        sleep_until(p, r->stop_fd, lesser(now_ns + FLOOD_PAUSE_NS, lesser(p->next_look_ns, late_ns)));
    }
    return PROCESS_ENDED;
}

void process_last_words(const struct process *p, char *out, size_t size) {
    char text[LAST_BYTES + 1];
    off_t end = lseek(p->complaints, 0, SEEK_END);
    ssize_t got = pread(p->complaints, text, LAST_BYTES, end > LAST_BYTES ? end - LAST_BYTES : 0);
    size_t length = got > 0 ? (size_t)got : 0;
    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    text[length] = '\0';
    const char *line = strrchr(text, '\n');
    snprintf(out, size, "%s", line ? line + 1 : text);
}
