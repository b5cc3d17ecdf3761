/* The bytes go to a file, into memory that outlives the request, or both. */
#include "http/body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "http/digest.h"
#include "http/echo.h"
#include "http/json.h"
#include "http/save.h"

#define USUAL_BYTES ((size_t)16 << 10) /* memory that is there before the first body */

struct body {
    const struct client *client;
    struct buf kept; /* its memory stays for the next body */
    struct buf url;  /* for --verify */
    struct save save;
    struct digest digest;
};

static bool is_saved(const struct body *b) {
    return b->save.folder >= 0;
}

bool body_is_used(const struct body *b) {
    return b->client->work.kind != BODYWORK_NONE || b->client->plan->verify;
}

int body_open(struct body **out, const struct client *client, size_t slot, struct err *err) {
    *out = NULL;
    if (client->save_folder < 0 && client->work.kind == BODYWORK_NONE && !client->plan->verify)
        return 0;
    struct body *b = memory_zalloc(1, sizeof *b);
    b->client = client;
    save_init(&b->save, client->save_folder, slot);
    buf_init(&b->kept, BODY_LIMIT);
    buf_init(&b->url, TEMPLATE_URL_BYTES);
    if (client->plan->verify)
        buf_reserve(&b->url, TEMPLATE_URL_BYTES);
    if (body_is_used(b))
        buf_reserve(&b->kept, USUAL_BYTES);
    if (digest_init(&b->digest, err)) {
        body_close(b);
        return -1;
    }
    *out = b;
    return 0;
}

void body_close(struct body *b) {
    if (!b)
        return;
    save_drop(&b->save);
    digest_fini(&b->digest);
    buf_fini(&b->kept);
    buf_fini(&b->url);
    free(b);
}

void body_set_url(struct body *b, const char *url) {
    if (is_saved(b))
        save_set_url(&b->save, &b->digest, url);
    buf_clear(&b->url);
    if (b->client->plan->verify)
        buf_append_text(&b->url, url);
}

void body_forget(struct body *b) {
    buf_clear(&b->kept);
    save_drop(&b->save);
}

bool body_take(struct body *b, const char *data, size_t length) {
    if (body_is_used(b))
        buf_append(&b->kept, data, length);
    return !b->kept.failed && (!is_saved(b) || save_write(&b->save, data, length));
}

static enum error_class judge_file(const struct body *b, char *example, size_t size) {
    snprintf(example, size, "cannot write to %.60s/%s: %s", b->client->plan->save, b->save.name,
             strerror(b->save.why));
    return ERROR_WRITE;
}

enum error_class body_judge(const struct body *b, char *example, size_t size) {
    if (b->save.failed)
        return judge_file(b, example, size);
    if (!b->kept.failed)
        return ERROR_NONE;
    snprintf(example, size, "the body is too large to be kept for --work and --verify: %zu MiB at most",
             BODY_LIMIT >> 20);
    return b->client->work.kind != BODYWORK_NONE ? ERROR_WORK : ERROR_VERIFY;
}

enum error_class body_keep(struct body *b, char *example, size_t size) {
    return save_finish(&b->save) ? ERROR_NONE : judge_file(b, example, size);
}

static enum error_class make_digests(struct body *b, char *example, size_t size) {
    unsigned char digest[DIGEST_BYTES];
    const char *text = buf_text(&b->kept);
    for (int64_t i = 0; i < b->client->work.times; i++) {
        if (recording_stopping(b->client->recording))
            return ERROR_CANCELLED; /* a loop that digests for long hears of it nowhere else */
        if (!digest_make(&b->digest, text, b->kept.length, digest)) {
            snprintf(example, size, "OpenSSL made no digest of the body");
            return ERROR_WORK;
        }
    }
    return ERROR_NONE;
}

static enum error_class parse(struct body *b, char *example, size_t size) {
    char why[80];
    cJSON *document = json_parse(buf_text(&b->kept), b->kept.length, why, sizeof why);
    if (!document) {
        snprintf(example, size, "what came is %s", why);
        return ERROR_WORK;
    }
    cJSON_Delete(document);
    return ERROR_NONE;
}

static enum error_class work(struct body *b, char *example, size_t size) {
    switch (b->client->work.kind) {
    case BODYWORK_SHA256:
        return make_digests(b, example, size);
    case BODYWORK_JSON:
        return parse(b, example, size);
    case BODYWORK_NONE:
        break;
    }
    return ERROR_NONE;
}

enum error_class body_use(struct body *b, const char *redirected, char *example, size_t size) {
    enum error_class class = work(b, example, size);
    if (class != ERROR_NONE || !b->client->plan->verify)
        return class;
    const char *url = redirected ? redirected : buf_text(&b->url);
    bool right = echo_check(url, buf_text(&b->kept), b->kept.length, example, size);
    return right ? ERROR_NONE : ERROR_VERIFY;
}
