/* The answers that show the request, or one thing about it. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/reply.h"
#include "endpoint/routes.h"

#include <stdio.h>
#include <string.h>

#define ECHO_GET (ECHO_ARGS | ECHO_HEADERS | ECHO_ORIGIN | ECHO_URL)

ANSWER(get) {
    (void)parameter, (void)parameter_bytes;
    echo_write(x, ECHO_GET);
}

ANSWER(body) {
    (void)parameter, (void)parameter_bytes;
    echo_write(x, ECHO_GET | ECHO_BODY | ECHO_JSON);
}

ANSWER(anything) {
    (void)parameter, (void)parameter_bytes;
    echo_write(x, ECHO_GET | ECHO_BODY | ECHO_JSON | ECHO_METHOD);
}

ANSWER(headers) {
    (void)parameter, (void)parameter_bytes;
    echo_write(x, ECHO_HEADERS);
}

ANSWER(ip) {
    (void)parameter, (void)parameter_bytes;
    echo_write(x, ECHO_ORIGIN);
}

/* The reply becomes an object of this one string, or null when text is NULL. */
static void write_single(struct exchange *x, const char *name, const char *text, size_t length) {
    struct json_text j;
    reply_object(x, &j);
    json_text_key(&j, name, strlen(name));
    if (text)
        json_text_string(&j, text, length);
    else
        json_text_raw(&j, "null", 4);
    reply_object_end(&j);
}

ANSWER(user_agent) {
    (void)parameter, (void)parameter_bytes;
    size_t length = 0;
    (void)echo_headers(x);
    const char *agent = echo_header(x, "User-Agent", &length);
    write_single(x, "user-agent", agent, length);
}

ANSWER(uuid) {
    (void)parameter, (void)parameter_bytes;
    struct python_random *random = &x->service->random;
    uint32_t w[4];
    for (size_t i = 0; i < 4; i++)
        w[i] = python_random_word(random);
    char text[40]; /* version 4, variant 1 (RFC 9562, section 5.4) */
    int length = snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%04x%08x", w[0], w[1] >> 16, w[1] & 0xFFF,
                          (w[2] >> 16 & 0x3FFF) | 0x8000, w[2] & 0xFFFF, w[3]);
    write_single(x, "uuid", text, (size_t)length);
}

ANSWER(index) {
    (void)parameter, (void)parameter_bytes;
    buf_append_text(&x->reply.body, "What can be asked here, answered as httpbin does:\n\n");
    for (const struct route *r = routes_table; r->pattern; r++)
        buf_printf(&x->reply.body, "  %-27s %s\n", r->pattern, r->help);
    x->reply.content_type = "text/plain; charset=utf-8";
}
