/* The functions of the routes: each reads x->request and fills x->reply. The contract is that of struct
 * route. */
#ifndef FETCHBENCH_ENDPOINT_ANSWERS_H
#define FETCHBENCH_ENDPOINT_ANSWERS_H

#include "endpoint/exchange.h"

#include <stddef.h>

#define ANSWER(name) void answer_##name(struct exchange *x, const char *parameter, size_t parameter_bytes)

ANSWER(absolute_redirect);
ANSWER(anything);
ANSWER(base64);
ANSWER(basic_auth);
ANSWER(bearer);
ANSWER(body);
ANSWER(bytes);
ANSWER(cache);
ANSWER(cache_for);
ANSWER(cookies);
ANSWER(cookies_delete);
ANSWER(cookies_set);
ANSWER(cookies_set_one);
ANSWER(deflate);
ANSWER(delay);
ANSWER(drip);
ANSWER(etag);
ANSWER(get);
ANSWER(gzip);
ANSWER(headers);
ANSWER(hidden_basic_auth);
ANSWER(index);
ANSWER(ip);
ANSWER(range);
ANSWER(redirect);
ANSWER(redirect_to);
ANSWER(relative_redirect);
ANSWER(response_headers);
ANSWER(robots);
ANSWER(sojourn);
ANSWER(status);
ANSWER(stream);
ANSWER(stream_bytes);
ANSWER(unstable);
ANSWER(user_agent);
ANSWER(uuid);

#endif
