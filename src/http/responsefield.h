/* The header fields that tell how a response is framed, and its Server: the part of the response parser
 * (response.h) that reads names and values, piece by piece as they come. For response.c alone.
 *
 * In turn for each header line: begin_name, name for each piece of it, begin_value at the colon, value for
 * each piece (those of folded lines too, with the white space they begin with), end_value. */
#ifndef FETCHBENCH_HTTP_RESPONSEFIELD_H
#define FETCHBENCH_HTTP_RESPONSEFIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "http/response.h"

/* Of struct response's phase and coding. */
enum phase { BEFORE, WITHIN, BEHIND };
enum coding { CODING_UNSAID, CODING_EMPTY, CODING_OTHER, CODING_CHUNKED };

/* Of its field: the four that count, others, and none yet in this head. */
enum field { CONNECTION, CONTENT_LENGTH, SERVER, TRANSFER_ENCODING, FIELD_OTHER, FIELD_NONE };

static inline bool response_is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* matters: the fields of this head count, as those of an interim answer and of trailers do not. */
void response_begin_name(struct response *r, char first, bool matters);
/* last: the name ends with this piece. */
void response_name(struct response *r, const char *piece, size_t length, bool last);
void response_begin_value(struct response *r);

/* What is wrong, or NULL. *at moves to end, or to the byte that is wrong. */
const char *response_value(struct response *r, const char **at, const char *end);
const char *response_end_value(struct response *r);

#endif
