/* Parsing what a server calls JSON. Any thread; nothing is shared. */
#ifndef FETCHBENCH_HTTP_JSON_H
#define FETCHBENCH_HTTP_JSON_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* cJSON takes about 100 bytes of stack for each level, and a coroutine has 64 KiB. All
 * strategies have this limit, so that all take the same answers. */
#define JSON_DEPTH 256

/* The document (cJSON_Delete it), or NULL with a few words in why: what is wrong, and where. The byte behind
 * the text is a NUL. */
cJSON *json_parse(const char *text, size_t length, char *why, size_t size);

#endif
