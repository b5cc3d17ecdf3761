/* The functions of the routes: each reads x->request and fills x->reply. The contract is that of struct
 * route. */
#ifndef FETCHBENCH_ENDPOINT_ANSWERS_H
#define FETCHBENCH_ENDPOINT_ANSWERS_H

#include "endpoint/exchange.h"

#include <stddef.h>

#define ANSWER(name) void answer_##name(struct exchange *x, const char *parameter, size_t parameter_bytes)

ANSWER(anything);
ANSWER(body);
ANSWER(bytes);
ANSWER(delay);
ANSWER(get);
ANSWER(headers);
ANSWER(index);
ANSWER(ip);
ANSWER(status);
ANSWER(user_agent);
ANSWER(uuid);

#endif
