/* Writes JSON as text, straight into a buffer: the hot path of every answer. Strings come out as ASCII,
 * everything else as \uXXXX in lower case, the way Python's json does by default. Keys are written in the
 * order given. */
#ifndef FETCHBENCH_ENDPOINT_JSON_TEXT_H
#define FETCHBENCH_ENDPOINT_JSON_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_text {
    struct buf *out; /* borrowed */
    bool pretty;     /* indented by two, or without any white space */
    bool spaced;     /* on one line, with a space after , and : */
    int depth;
    bool empty; /* nothing was written yet at this depth */
};

void json_text_init(struct json_text *j, struct buf *out, bool pretty);

/* bracket is '{' or '['; close takes its partner. */
void json_text_open(struct json_text *j, char bracket);
void json_text_close(struct json_text *j, char bracket);

/* A key of an object, whose value must follow. The text is UTF-8; what is not becomes U+FFFD. */
void json_text_key(struct json_text *j, const char *key, size_t length);
/* Announces the next item of an array. */
void json_text_item(struct json_text *j);
/* A string, after a key or an announced item. UTF-8, likewise. */
void json_text_string(struct json_text *j, const char *text, size_t length);
/* A value that is JSON already: true, null, a number. */
void json_text_raw(struct json_text *j, const char *text, size_t length);

/* For strings written piece by piece, between quotes of the caller's: a run of characters that need no
 * escaping, and one code point or UTF-16 code unit that does. */
size_t json_text_plain_run(const char *text, size_t length);
void json_text_append_escaped(struct buf *out, uint32_t code);

#endif
