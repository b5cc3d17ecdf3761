/* The yardstick of latency: a client that never sleeps. GETs leave at a constant rate over C kept
 * connections, and it looks at its sockets without end. A latency counts from the moment its request is due;
 * its excess is what it is longer than the server's own time, where the answer tells that (/sojourn). Plain
 * sockets, numeric IPv4.
 *
 * bare_spin http://A.B.C.D:PORT/PATH N C RATE */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct connection {
    int fd;
    int64_t due_ns; /* of the request in flight; 0: none */
    size_t got;
    char answer[4096];
};

struct spin {
    struct sockaddr_in to;
    char request[1024];
    long requests, connections;
    double gap_ns;
    struct connection *all;
    double *latency_us, *excess_us;
    long sent, done, told; /* told: answers with the server's own time */
};

static _Noreturn void give_up(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void read_task(struct spin *s, int argc, char **argv) {
    char host[32], path[512];
    unsigned short port = 0;
    if (argc == 5 && sscanf(argv[1], "http://%31[0-9.]:%hu%511s", host, &port, path) == 3) {
        s->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        s->requests = inet_pton(AF_INET, host, &s->to.sin_addr) == 1 ? atol(argv[2]) : 0;
        s->connections = atol(argv[3]);
        s->gap_ns = 1e9 / atof(argv[4]);
        snprintf(s->request, sizeof s->request, "GET %s HTTP/1.1\r\nHost: %s:%hu\r\nAccept: */*\r\n\r\n",
                 path, host, port);
    }
    if (s->requests < 1 || s->connections < 1 || !(s->gap_ns > 0 && s->gap_ns < 1e12)) {
        fprintf(stderr, "usage: %s http://A.B.C.D:PORT/PATH N C RATE\n", argv[0]);
        exit(2);
    }
}

static void open_all(struct spin *s) {
    s->all = calloc((size_t)s->connections, sizeof *s->all);
    s->latency_us = calloc((size_t)s->requests, sizeof *s->latency_us);
    s->excess_us = calloc((size_t)s->requests, sizeof *s->excess_us);
    if (!s->all || !s->latency_us || !s->excess_us)
        give_up("memory");
    int yes = 1;
    for (struct connection *c = s->all; c < s->all + s->connections; c++) {
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (c->fd < 0 || connect(c->fd, (const struct sockaddr *)&s->to, sizeof s->to) ||
            setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes))
            give_up("connect");
    }
}

static void send_next(struct spin *s, struct connection *c, int64_t due_ns) {
    size_t length = strlen(s->request);
    c->due_ns = due_ns;
    c->got = 0;
    s->sent++;
    if (send(c->fd, s->request, length, MSG_NOSIGNAL) != (ssize_t)length)
        give_up("send");
}

static int is_whole(const struct connection *c) {
    const char *body = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "\r\nContent-Length: ");
    return body && length && (size_t)(body + 4 - c->answer) + strtoul(length + 18, NULL, 10) <= c->got;
}

static void record(struct spin *s, struct connection *c, int64_t end_ns) {
    int64_t arrived_ns = 0, departed_ns = 0;
    const char *moments = strstr(c->answer, "Fetchbench-Arrived-Ns: ");
    double latency_us = (double)(end_ns - c->due_ns) / 1e3;
    if (moments && sscanf(moments, "%*s %" SCNd64 " %*s %" SCNd64, &arrived_ns, &departed_ns) == 2)
        s->excess_us[s->told++] = latency_us - (double)(departed_ns - arrived_ns) / 1e3;
    s->latency_us[s->done++] = latency_us;
    c->due_ns = 0;
}

static void look(struct spin *s, struct connection *c) {
    ssize_t got = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got, MSG_DONTWAIT);
    if (got <= 0 && (got == 0 || errno != EAGAIN))
        give_up("recv");
    if (got <= 0)
        return;
    int64_t end_ns = now_ns();
    c->got += (size_t)got;
    c->answer[c->got] = '\0';
    if (is_whole(c))
        record(s, c, end_ns);
}

static void spin(struct spin *s) {
    int64_t start_ns = now_ns() + 1000000;
    while (s->done < s->requests)
        for (struct connection *c = s->all; c < s->all + s->connections; c++) {
            int64_t due_ns = start_ns + (int64_t)((double)s->sent * s->gap_ns);
            if (c->due_ns)
                look(s, c);
            else if (s->sent < s->requests && now_ns() >= due_ns)
                send_next(s, c, due_ns);
        }
}

static int compare(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void print(const char *name, double *values, long count) {
    qsort(values, (size_t)count, sizeof *values, compare);
    printf(", \"%s\": {\"50\": %.2f, \"90\": %.2f, \"99\": %.2f}", name, values[(count - 1) / 2],
           values[(count * 90 - 1) / 100], values[(count * 99 - 1) / 100]);
}

int main(int argc, char **argv) {
    struct spin s = {0};
    read_task(&s, argc, argv);
    open_all(&s);
    spin(&s);
    printf("{\"requests\": %ld", s.requests);
    print("latency_us", s.latency_us, s.done);
    if (s.told > 0)
        print("excess_us", s.excess_us, s.told);
    puts("}");
    return fflush(stdout) ? 1 : 0;
}
