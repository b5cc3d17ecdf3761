/* /base64/{value}: the text that it stands for. */
#include "base/utf8.h"
#include "endpoint/answers.h"
#include "endpoint/python_base64.h"

ANSWER(base64) {
    struct buf *body = &x->reply.body;
    x->reply.content_type = "text/html; charset=utf-8";
    if (python_base64_decode(body, parameter, parameter_bytes, true) ||
        !utf8_is_valid(buf_text(body), body->length))
        exchange_reply_sentence(x, MHD_HTTP_BAD_REQUEST,
                                "This is no base64 of a text in UTF-8, such as SGVsbG8= is.");
}
