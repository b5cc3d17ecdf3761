/* What httpbin puts into the answer of some statuses, and Werkzeug into that of a redirect. */
#include "endpoint/reply.h"

#include "base/utf8.h"

#include <string.h>

static const char teapot[] = "\n"
                             "    -=[ teapot ]=-\n"
                             "\n"
                             "       _...._\n"
                             "     .'  _ _ `.\n"
                             "    | .\"` ^ `\". _,\n"
                             "    \\_;`\"---\"`|//\n"
                             "      |       ;/\n"
                             "      \\_     _/\n"
                             "        `\"\"\"`\n";

static const char media_types[] =
    "{\"message\": \"Client did not request a supported media type.\", \"accept\": "
    "[\"image/webp\", \"image/svg+xml\", \"image/jpeg\", \"image/png\", \"image/*\"]}";

/* Statuses whose answer has more than the default: no body, and httpbin's default type. */
static const struct special {
    unsigned status;
    const char *content_type;
    const char *header;
    const char *value;
    const char *body;
} specials[] = {
    {301, NULL, "Location", "/redirect/1", ""},
    {302, NULL, "Location", "/redirect/1", ""},
    {303, NULL, "Location", "/redirect/1", ""},
    {304, NULL, NULL, NULL, ""},
    {305, NULL, "Location", "/redirect/1", ""},
    {307, NULL, "Location", "/redirect/1", ""},
    {401, NULL, "WWW-Authenticate", "Basic realm=\"Fake Realm\"", ""},
    {402, NULL, "x-more-info", "http://vimeo.com/22053820", "Fuck you, pay me!"},
    {406, "application/json", NULL, NULL, media_types},
    {407, NULL, NULL, NULL, ""}, /* gunicorn keeps Proxy-Authenticate to itself */
    {418, NULL, "x-more-info", "http://tools.ietf.org/html/rfc2324", teapot},
};

void reply_status(struct exchange *x, unsigned status) {
    x->reply.status = status;
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        const struct special *s = &specials[i];
        if (s->status != status)
            continue;
        x->reply.content_type = s->content_type;
        if (s->header)
            exchange_add_header(x, s->header, s->value);
        buf_append_text(&x->reply.body, s->body);
        return;
    }
    x->reply.content_type = "text/html; charset=utf-8";
}

void reply_object(struct exchange *x, struct json_text *j) {
    json_text_init(j, &x->reply.body, x->service->pretty);
    json_text_open(j, '{');
    x->reply.content_type = "application/json";
}

void reply_object_end(struct json_text *j) {
    json_text_close(j, '}');
    buf_append_char(j->out, '\n');
}

static void append_html(struct buf *out, const char *text) {
    static const char special[] = "&<>'\"";
    static const char *const escaped[] = {"&amp;", "&lt;", "&gt;", "&#39;", "&#34;"};
    for (; *text; text++) {
        const char *found = strchr(special, *text);
        if (found)
            buf_append_text(out, escaped[found - special]);
        else
            buf_append_char(out, *text);
    }
}

void reply_redirect(struct exchange *x, unsigned status, const char *location) {
    struct buf *body = &x->reply.body;
    x->reply.status = status;
    x->reply.content_type = "text/html; charset=utf-8";
    exchange_add_header(x, "Location", location);
    buf_append_text(body, "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n"
                          "<h1>Redirecting...</h1>\n<p>You should be redirected automatically to the "
                          "target URL: <a href=\"");
    append_html(body, location);
    buf_append_text(body, "\">");
    append_html(body, location);
    buf_append_text(body, "</a>. If not, click the link.\n");
}

int reply_header_text(struct buf *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        struct utf8_step step = utf8_read(text + i, length - i);
        bool is_control = (step.code < ' ' && step.code != '\t') || step.code == 0x7F;
        if (step.code > 0xFF || is_control)
            return -1;
        buf_append_char(out, (char)step.code);
        i += step.bytes;
    }
    return 0;
}
