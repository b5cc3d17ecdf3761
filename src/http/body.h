/* What is done with the bytes of an answer besides counting them, in one transfer: --save, --work, --verify.
 * A run that asks for none of these has no struct body, and its requests pay a look at a pointer for it. Not
 * for several threads at once. */
#ifndef FETCHBENCH_HTTP_BODY_H
#define FETCHBENCH_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/client.h"

#define BODY_LIMIT ((size_t)64 << 20) /* bytes of a body that are kept for --work and --verify */

struct body;

/* *out is NULL where nothing is asked for. 0, or -1 with err filled. */
int body_open(struct body **out, const struct client *client, size_t slot, struct err *err);
void body_close(struct body *b); /* NULL does nothing */

/* Says where the requests to come go; copied. */
void body_set_url(struct body *b, const char *url);

/* The request is over: forgets its body, and removes what was written of one that is not kept. */
void body_forget(struct body *b);

/* The next bytes. False when they cannot be taken: the transfer is to be ended, and body_judge says why. */
bool body_take(struct body *b, const char *data, size_t length);

/* The class of what went wrong in taking, with example filled; ERROR_NONE when nothing did. */
enum error_class body_judge(const struct body *b, char *example, size_t size);

/* With --save, once the answer is whole: puts the file in its place. ERROR_NONE, or a class with example
 * filled. */
enum error_class body_keep(struct body *b, char *example, size_t size);

/* Whether body_use has anything to do. */
bool body_is_used(const struct body *b);

/* Does the work, or leaves it (ERROR_CANCELLED) when the run is stopping, and checks the echo of the URL's
 * arguments, or of those of `redirected`, where it was sent last; NULL without a redirect. As body_keep. */
enum error_class body_use(struct body *b, const char *redirected, char *example, size_t size);

#endif
