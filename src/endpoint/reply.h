/* Replies that several routes make. */
#ifndef FETCHBENCH_ENDPOINT_REPLY_H
#define FETCHBENCH_ENDPOINT_REPLY_H

#include "endpoint/exchange.h"
#include "endpoint/json_text.h"

#include <stddef.h>

/* Makes the reply what httpbin's status_code(status) is: mostly empty, with what some statuses need. */
void reply_status(struct exchange *x, unsigned status);

/* Makes the reply a redirect as Flask's redirect() does, with a page that says so. location is borrowed until
 * the reply is queued. */
void reply_redirect(struct exchange *x, unsigned status, const char *location);

/* Begins and ends a reply that is a JSON object. */
void reply_object(struct exchange *x, struct json_text *j);
void reply_object_end(struct json_text *j);

/* Appends UTF-8 as it goes into a header's value, in Latin-1. -1 when it has what no header may hold. */
int reply_header_text(struct buf *out, const char *text, size_t length);

#endif
