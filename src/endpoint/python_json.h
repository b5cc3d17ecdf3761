/* JSON as it comes out of Python's json.loads and, with sorted keys, json.dumps again. */
#ifndef FETCHBENCH_ENDPOINT_PYTHON_JSON_H
#define FETCHBENCH_ENDPOINT_PYTHON_JSON_H

#include "endpoint/json_text.h"

#include <stddef.h>

/* Deeper nesting is refused; Python's own limit lies a little above. */
#define PYTHON_JSON_DEPTH 960

/* Writes the document of text as a value: keys sorted by code point, the last of equal keys kept, numbers as
 * Python prints them, NaN and Infinity allowed, everything beyond ASCII escaped. Returns -1, having written
 * nothing, when json.loads would refuse it, it is nested too deeply, or memory runs out. */
int python_json_rewrite(struct json_text *j, const char *text, size_t length);

#endif
