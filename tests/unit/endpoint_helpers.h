/* What the endpoint's tests share: a server in a child process, and plain sockets to talk to it. */
#ifndef FETCHBENCH_TESTS_ENDPOINT_HELPERS_H
#define FETCHBENCH_TESTS_ENDPOINT_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "endpoint/endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct served {
    pid_t pid;
    int stop_fd;
    char address[64];
    struct sockaddr_in to;
};

/* Starts a server in a child; descriptors: the hard limit it gets, 0: unchanged. */
__attribute__((unused)) static struct served serve(rlim_t descriptors) {
    struct endpoint *e = NULL;
    struct err err = {0};
    struct endpoint_options options = {.listen = "127.0.0.1:0"};
    assert_int_equal(endpoint_open(&e, &options, &err), 0);
    struct served s = {.stop_fd = eventfd(0, EFD_CLOEXEC)};
    assert_true(s.stop_fd >= 0);
    endpoint_address(e, s.address);
    fflush(NULL);
    s.pid = fork();
    assert_true(s.pid >= 0);
    if (s.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct rlimit limit = {descriptors, descriptors};
        if (descriptors)
            setrlimit(RLIMIT_NOFILE, &limit);
        int failed = endpoint_run(e, s.stop_fd, &err);
        endpoint_close(e);
        exit(failed ? 1 : 0); /* not _exit: leaks are to be noticed */
    }
    endpoint_close(e);
    s.to = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    s.to.sin_port = htons((uint16_t)atoi(strrchr(s.address, ':') + 1));
    return s;
}

/* Asks it to end and expects that it does so without an error (a leak is one). */
__attribute__((unused)) static void stop(struct served *s) {
    uint64_t one = 1;
    assert_int_equal(write(s->stop_fd, &one, sizeof one), sizeof one);
    int status = 0;
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    close(s->stop_fd);
    assert_int_equal(status, 0);
}

__attribute__((unused)) static int dial(const struct served *s) {
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&s->to, sizeof s->to), 0);
    assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes), 0);
    return fd;
}

__attribute__((unused)) static void say(int fd, const char *text) {
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Reads one answer (its Content-Length, unless bodiless) into out, NUL-terminated; returns where the body
 * begins. */
__attribute__((unused)) static char *hear(int fd, char *out, size_t capacity, int is_bodiless) {
    size_t length = 0, wanted = capacity - 1;
    char *body = NULL;
    while (length < wanted) {
        /* Byte by byte up to the body, so that nothing of the next answer is taken. */
        ssize_t got = recv(fd, out + length, body ? wanted - length : 1, 0);
        assert_true(got > 0);
        length += (size_t)got;
        out[length] = '\0';
        if (body || length < 4 || memcmp(out + length - 4, "\r\n\r\n", 4) != 0)
            continue;
        body = out + length;
        const char *announced = strcasestr(out, "\r\nContent-Length: ");
        size_t body_bytes = announced && !is_bodiless ? (size_t)atol(announced + 18) : 0;
        assert_true(length + body_bytes < capacity);
        wanted = length + body_bytes;
    }
    assert_non_null(body);
    return body;
}

/* One GET on a fresh connection. Returns the status. */
__attribute__((unused)) static int get(const struct served *s, const char *target, char *out,
                                       size_t capacity) {
    char request[512];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", target);
    int fd = dial(s);
    say(fd, request);
    hear(fd, out, capacity, 0);
    close(fd);
    return atoi(out + strlen("HTTP/1.1 "));
}

/* What the server has used so far. */
__attribute__((unused)) static int64_t cpu_time_ns(pid_t pid) {
    clockid_t clock;
    struct timespec t;
    assert_int_equal(clock_getcpuclockid(pid, &clock), 0);
    assert_int_equal(clock_gettime(clock, &t), 0);
    return (int64_t)t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

#endif
