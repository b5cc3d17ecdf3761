/* /robots.txt. */
#include "endpoint/answers.h"

ANSWER(robots) {
    (void)parameter, (void)parameter_bytes;
    x->reply.content_type = "text/plain";
    buf_append_text(&x->reply.body, "User-agent: *\nDisallow: /deny\n");
}
