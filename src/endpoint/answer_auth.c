/* Answers that want to know who asks. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/echo.h"
#include "endpoint/python_base64.h"
#include "endpoint/reply.h"

#include <string.h>
#include <strings.h>

static void write_true(struct json_text *j, const char *name) {
    json_text_key(j, name, strlen(name));
    json_text_raw(j, "true", 4);
}

static void reply_authenticated(struct exchange *x, const char *name, const char *text, size_t length) {
    struct json_text j;
    reply_object(x, &j);
    write_true(&j, "authenticated");
    json_text_key(&j, name, strlen(name));
    json_text_string(&j, text, length);
    reply_object_end(&j);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Where the credentials begin after the word Basic, or NULL. */
static const char *skip_basic(const char *value, const char *end) {
    const char *rest = value + strlen("Basic");
    if (end - value < (ptrdiff_t)strlen("Basic ") || strncasecmp(value, "Basic", 5) != 0 || !is_blank(*rest))
        return NULL;
    while (rest < end && is_blank(*rest))
        rest++;
    return rest < end ? rest : NULL;
}

static bool is_ascii(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] >= 0x80)
            return false;
    }
    return true;
}

/* Gathers user:password of the request in out; -1 when there is none, or none in UTF-8. */
static int read_credentials(struct exchange *x, struct buf *out) {
    size_t length = 0;
    (void)echo_headers(x);
    const char *value = echo_header(x, "Authorization", &length);
    const char *encoded = value ? skip_basic(value, value + length) : NULL;
    buf_clear(out);
    if (!encoded || !is_ascii(encoded, (size_t)(value + length - encoded)) ||
        python_base64_decode(out, encoded, (size_t)(value + length - encoded), false))
        return -1;
    return utf8_is_valid(buf_text(out), out->length) ? 0 : -1;
}

/* Whether the request brings what is wanted, which reads user/password. */
static bool is_welcome(struct exchange *x, const char *wanted, size_t wanted_bytes) {
    struct buf *given = &x->service->scratch;
    if (read_credentials(x, given) || given->length != wanted_bytes)
        return false;
    char *colon = memchr(given->text, ':', given->length);
    if (!colon)
        return false;
    *colon = '/'; /* neither user nor password of the path can hold another */
    return memcmp(given->text, wanted, wanted_bytes) == 0;
}

static void answer_basic(struct exchange *x, const char *parameter, size_t parameter_bytes,
                         unsigned refusal) {
    struct buf *path = &x->service->args.scratch;
    buf_clear(path);
    utf8_append_repaired(path, parameter, parameter_bytes);
    const char *slash = memchr(buf_text(path), '/', path->length);
    if (slash && is_welcome(x, path->text, path->length))
        reply_authenticated(x, "user", path->text, (size_t)(slash - path->text));
    else
        reply_status(x, refusal);
}

ANSWER(basic_auth) {
    answer_basic(x, parameter, parameter_bytes, MHD_HTTP_UNAUTHORIZED);
}

ANSWER(hidden_basic_auth) {
    answer_basic(x, parameter, parameter_bytes, MHD_HTTP_NOT_FOUND);
}

/* As in httpbin, the token is what is left without any of the letters of "Bearer " in front. */
ANSWER(bearer) {
    (void)parameter, (void)parameter_bytes;
    size_t length = 0, at = 0;
    (void)echo_headers(x);
    const char *value = echo_header(x, "Authorization", &length);
    if (!value) {
        x->reply.status = MHD_HTTP_UNAUTHORIZED;
        x->reply.content_type = "text/html; charset=utf-8";
        exchange_add_header(x, "WWW-Authenticate", "Bearer");
        return;
    }
    while (at < length && strchr("Bear ", value[at]))
        at++;
    reply_authenticated(x, "token", value + at, length - at);
}
