/* What no client should send: after any of it the server still serves. Most telling under AddressSanitizer.
 */
#include "endpoint_helpers.h"

enum { CONNECTIONS = 64 };

/* Sends bytes on a new connection in place of an old one, whose answer nobody reads. */
static void throw_at(const struct served *s, int *fd, const char *bytes, size_t length) {
    if (*fd >= 0)
        close(*fd);
    *fd = dial(s);
    (void)!send(*fd, bytes, length, MSG_NOSIGNAL); /* the server may have hung up already */
    (void)shutdown(*fd, SHUT_WR);
}

static uint32_t random_below(uint32_t *seed, uint32_t bound) {
    *seed = *seed * UINT32_C(1664525) + UINT32_C(1013904223);
    return (uint32_t)((uint64_t)*seed * bound >> 32);
}

static const char *const originals[] = {
    "GET /get?a=1&b=%e4%bd%a0&c=%ff&d HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nX-Forwarded-For: a\r\n\r\n",
    "POST /post HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 64\r\n\r\n"
    "{\"b\":[1,-2.5e3,true,null,\"\\u00e9\\ud83d\\ude00\\n\"],\"a\":{\"d\":1,\"c\":2}}",
    "POST /anything/a//b?x=y HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: 17\r\n\r\na=1&b=%41&c=%&d=+",
    "PUT /put HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
    "GET /etag/a%22b HTTP/1.1\r\nHost: h\r\nIf-None-Match: W/\"a\", \"b\" ,*\r\nIf-Match: \"x\"\r\n\r\n",
    "GET /range/1000?duration=0&chunk_size=7 HTTP/1.1\r\nHost: h\r\nRange: bytes=10-20\r\n\r\n",
    "GET /response-headers?a=1&b=%C3%A9&Content-Type=x&A=2 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /cookies HTTP/1.1\r\nHost: h\r\nCookie: a=\"b\\073\\\"c\"; d=e; f; =g; h=\"\\3\r\n\r\n",
    "GET /cookies/set?a=%22b%5c;&c=%00 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /basic-auth/a/b HTTP/1.1\r\nHost: h\r\nAuthorization: Basic YTpi\r\n\r\n",
    "GET /bearer HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer Bear\r\n\r\n",
    "GET /base64/SGVsbG8= HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /redirect-to?url=%C3%A9%20b&status_code=307 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /redirect/3?absolute=true HTTP/1.1\r\nHost: <h>&'\"\r\nX-Forwarded-Proto: https\r\n\r\n",
    "GET /status/200:1,500:0.5 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /unstable?failure_rate=0.5&seed=12 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /bytes/10?seed=-1_0 HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /cache/060 HTTP/1.1\r\nHost: h\r\nIf-Modified-Since:\r\n\r\n",
    "GET /gzip HTTP/1.1\r\nHost: h\r\n\r\nGET /deflate HTTP/1.1\r\nHost: h\r\n\r\n",
};

/* Replaces, removes, doubles or cuts at a random place; bytes with a meaning are the likeliest. */
static size_t mutate(char *text, size_t length, size_t capacity, uint32_t *seed) {
    static const char likely[] = "%\"\\;,=&:/-_+ \t\r\n\0{}[]0e.\x80\xC3\xE4\xFF~";
    size_t at = random_below(seed, (uint32_t)length);
    switch (random_below(seed, 5)) {
    case 0:
        text[at] = (char)random_below(seed, 256);
        return length;
    case 1:
        text[at] = likely[random_below(seed, sizeof likely - 1)];
        return length;
    case 2:
        memmove(text + at, text + at + 1, length - at - 1);
        return length - 1;
    case 3: {
        size_t piece = random_below(seed, (uint32_t)(length - at)) + 1;
        if (length + piece > capacity)
            return length;
        memmove(text + at + piece, text + at, length - at);
        return length + piece;
    }
    default:
        return random_below(seed, 8) == 0 ? at + 1 : length;
    }
}

static void nothing_that_a_client_sends_ends_the_server(void **state) {
    (void)state;
    struct served s = serve(0);
    char text[2048], answer[4096];
    uint32_t seed = 1;
    int fds[CONNECTIONS];
    size_t thrown = 0;
    for (size_t i = 0; i < CONNECTIONS; i++)
        fds[i] = -1;
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof originals / sizeof *originals; i++) {
            size_t length = strlen(originals[i]);
            memcpy(text, originals[i], length);
            for (uint32_t k = random_below(&seed, 6); k > 0 && length > 1; k--)
                length = mutate(text, length, sizeof text, &seed);
            throw_at(&s, &fds[thrown++ % CONNECTIONS], text, length);
        }
    }
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(fds[i]);
    assert_int_equal(get(&s, "/get", answer, sizeof answer), 200);
    stop(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_that_a_client_sends_ends_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
