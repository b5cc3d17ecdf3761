/* The peer of the yardsticks without libcurl. */
#include "bare_peer.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what) {
    perror(what);
    exit(1);
}

static void read_url(struct bare_peer *peer, const char *url) {
    char host[32], path[512];
    unsigned short port = 0;
    if (sscanf(url, "http://%31[0-9.]:%hu%511s", host, &port, path) == 3) {
        peer->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
        int length = snprintf(peer->request, sizeof peer->request,
                              "GET %s HTTP/1.1\r\nHost: %s:%hu\r\nAccept: */*\r\n\r\n", path, host, port);
        peer->request_bytes = (size_t)length;
        if (inet_pton(AF_INET, host, &peer->to.sin_addr) == 1)
            return;
    }
    fprintf(stderr, "not of the form http://A.B.C.D:PORT/PATH: %s\n", url);
    exit(2);
}

static int connect_blocking(const struct bare_peer *peer) {
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ||
        connect(fd, (const struct sockaddr *)&peer->to, sizeof peer->to))
        give_up("connect");
    return fd;
}

/* Of the answer whose beginning this is; 0 while its head is not whole. */
static size_t answer_bytes(const char *answer) {
    const char *head_end = strstr(answer, "\r\n\r\n"), *length = strcasestr(answer, "\r\nContent-Length:");
    if (!head_end)
        return 0;
    if (!length || length > head_end) {
        fputs("the answer does not say how long it is\n", stderr);
        exit(1);
    }
    return (size_t)(head_end + 4 - answer) + strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
}

void bare_peer_find(struct bare_peer *peer, const struct bare_task *task) {
    char answer[16384] = "";
    size_t got = 0;
    read_url(peer, task->url);
    int fd = connect_blocking(peer);
    if (send(fd, peer->request, peer->request_bytes, 0) != (ssize_t)peer->request_bytes)
        give_up("send");
    while (!(peer->answer_bytes = answer_bytes(answer))) {
        ssize_t more = recv(fd, answer + got, sizeof answer - 1 - got, 0);
        if (more <= 0)
            give_up("recv");
        got += (size_t)more;
        answer[got] = '\0';
    }
    close(fd);
}

int bare_peer_connect(const struct bare_peer *peer) {
    int fd = connect_blocking(peer);
    if (fcntl(fd, F_SETFL, O_NONBLOCK))
        give_up("fcntl");
    return fd;
}
