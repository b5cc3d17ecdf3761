/* The request as JSON, compressed whatever the client accepts. */
#include "endpoint/answers.h"
#include "endpoint/echo.h"

#include <zlib.h>

#define GZIP_LEVEL 4   /* httpbin's */
#define ZLIB_WINDOW 15 /* the greatest */
#define GZIP_WINDOW (ZLIB_WINDOW + 16)

static int compress_text(struct buf *out, const struct buf *text, int level, int window) {
    unsigned char chunk[4096];
    z_stream stream = {.next_in = (Bytef *)text->text, .avail_in = (uInt)text->length};
    if (deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        result = deflate(&stream, Z_FINISH);
        buf_append(out, chunk, sizeof chunk - stream.avail_out);
    }
    (void)deflateEnd(&stream);
    return result == Z_STREAM_END ? 0 : -1;
}

static void answer_compressed(struct exchange *x, unsigned field, const char *encoding, int level,
                              int window) {
    echo_write(x, field | ECHO_HEADERS | ECHO_METHOD | ECHO_ORIGIN);
    struct buf *compressed = &x->service->scratch, *body = &x->reply.body;
    buf_clear(compressed);
    if (compress_text(compressed, body, level, window)) {
        exchange_reply_sentence(x, MHD_HTTP_INTERNAL_SERVER_ERROR, "The answer could not be compressed.");
        return;
    }
    buf_clear(body);
    buf_append(body, buf_text(compressed), compressed->length);
    exchange_add_header(x, "Content-Encoding", encoding);
}

ANSWER(gzip) {
    (void)parameter, (void)parameter_bytes;
    answer_compressed(x, ECHO_GZIPPED, "gzip", GZIP_LEVEL, GZIP_WINDOW);
}

ANSWER(deflate) {
    (void)parameter, (void)parameter_bytes;
    answer_compressed(x, ECHO_DEFLATED, "deflate", Z_DEFAULT_COMPRESSION, ZLIB_WINDOW);
}
