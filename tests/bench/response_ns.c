/* What the parser of responses costs: nanoseconds a response, at the least and at the median over batches,
 * for responses that come in one slice as servers send them.
 *
 *     build/bench/response_ns [BATCHES]
 *
 * The least is what it takes with a processor to itself; the median tells how quiet the machine was. */
#include "http/response.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 20000
#define BATCHES_MAX 10000

static const struct {
    const char *name, *text;
} responses[] = {
    {"nginx, 118 bytes",
     "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Fri, 01 Mar 2024 10:00:00 GMT\r\n"
     "Content-Type: text/html\r\nContent-Length: 118\r\n"
     "Last-Modified: Thu, 29 Feb 2024 09:00:00 GMT\r\nConnection: keep-alive\r\n"
     "ETag: \"65e04ad0-76\"\r\nAccept-Ranges: bytes\r\n\r\n"
     "<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>Welcome to nginx</h1>"
     "<p>It works, as ever</p></body>"},
    {"gunicorn, json", "HTTP/1.1 200 OK\r\nServer: gunicorn\r\nDate: Fri, 01 Mar 2024 10:00:00 GMT\r\n"
                       "Connection: keep-alive\r\nContent-Type: application/json\r\nContent-Length: 63\r\n"
                       "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\n\r\n"
                       "{\"args\":{},\"headers\":{\"Host\":\"127.0.0.1\"},\"origin\":\"127.0.0.1\"}"},
    {"node, chunked", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Fri, 01 Mar 2024 10:00:00 GMT\r\n"
                      "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "c\r\nhello, world\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"},
    {"no content", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"a large head",
     "HTTP/1.1 200 OK\r\nContent-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline'"
     " https://cdn.example.com https://analytics.example.com; img-src 'self' data: blob:;"
     " connect-src 'self' wss://live.example.com; frame-ancestors 'none'; base-uri 'self'\r\n"
     "Set-Cookie: session=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef;"
     " Path=/; HttpOnly; Secure; SameSite=Lax\r\n"
     "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n"
     "Cache-Control: private, no-store, max-age=0\r\nVary: Accept-Encoding, Cookie, Origin\r\n"
     "X-Request-Id: 4c1b7e5a-6f3e-4b8e-9d47-2f1f0f1c9a55\r\nContent-Length: 2\r\n\r\nok"},
};

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* One response, and how many bytes it says it had. */
static int64_t read_one(const char *text, size_t length) {
    struct response r;
    struct response_span span;
    enum response_event event;
    const char *at = text;
    response_begin(&r, false, NULL);
    while ((event = response_next(&r, &at, text + length, &span)) == RESPONSE_BODY)
        ;
    if (event != RESPONSE_DONE || at != text + length)
        abort();
    return r.body_bytes + r.head_bytes;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *name, const char *text, int batches) {
    static double ns[BATCHES_MAX];
    size_t length = strlen(text);
    for (int batch = 0; batch < batches; batch++) {
        uint64_t begun = now_ns();
        int64_t bytes = 0;
        for (int i = 0; i < BATCH; i++)
            bytes += read_one(text, length);
        ns[batch] = (double)(now_ns() - begun) / BATCH;
        if (bytes != BATCH * read_one(text, length))
            abort();
    }
    qsort(ns, (size_t)batches, sizeof *ns, by_size);
    printf("%-18s %5zu bytes   least %6.1f ns   median %6.1f ns\n", name, length, ns[0], ns[batches / 2]);
}

int main(int argc, char **argv) {
    int batches = argc > 1 ? atoi(argv[1]) : 300;
    if (batches < 1 || batches > BATCHES_MAX) {
        fprintf(stderr, "usage: %s [BATCHES, 1 to %d]\n", argv[0], BATCHES_MAX);
        return 2;
    }
    for (size_t i = 0; i < sizeof responses / sizeof responses[0]; i++)
        measure(responses[i].name, responses[i].text, batches);
    return 0;
}
