/* The functions of the routes: each reads x->request and fills x->reply. The contract is that of struct
 * route. */
#ifndef FETCHBENCH_ENDPOINT_ANSWERS_H
#define FETCHBENCH_ENDPOINT_ANSWERS_H

#include "endpoint/exchange.h"

#include <stddef.h>

void answer_get(struct exchange *x, const char *parameter, size_t parameter_bytes);
void answer_delay(struct exchange *x, const char *parameter, size_t parameter_bytes);
void answer_status(struct exchange *x, const char *parameter, size_t parameter_bytes);
void answer_bytes(struct exchange *x, const char *parameter, size_t parameter_bytes);

#endif
