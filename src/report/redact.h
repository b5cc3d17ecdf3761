/* Keeps secrets out of reports, messages and the process list: values of headers that carry credentials, what
 * rows of the option table call secret, and user information in URLs become "***". Where a spelling is
 * doubtful it hides too much rather than too little. Results live in the arena. Pure, but for
 * redact_argv_in_place. */
#ifndef FETCHBENCH_REPORT_REDACT_H
#define FETCHBENCH_REPORT_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"
#include "plan/option.h"
#include "plan/plan.h"

/* Whether a header of that name carries a secret: Authorization, Cookie and their like, and any name with
 * auth, token, secret, key, password, credential or session in it, in any case. */
bool redact_is_secret_header(const char *name, size_t length);

/* "Name: value" with its value hidden if the name asks for it, and with URLs in it redacted. */
char *redact_header(struct arena *a, const char *header);

/* Text that may hold URLs: user:password@ becomes user:***@, and a lone user@ ***@, since it may be a token.
 */
char *redact_text(struct arena *a, const char *text);

/* As redact_text, and hides every occurrence of the plan's own secrets (its user, passwords, header values)
 * of at least four bytes. For messages that may quote them. */
char *redact_message(struct arena *a, const char *text, const struct plan *plan);

/* A copy of argv, which has argc words, each with its secrets hidden. A name that `options` has not is hidden
 * like the secret option it begins or is nearest to, and what stands behind "exec:" as by redact_program. */
const char **redact_command(struct arena *a, const struct option *options, int argc, char **argv);

/* The command of an outside program, quoted as in a shell, with what look like secrets hidden: values of
 * options that are named as secret ones of `options`, words that name one, such as TOKEN=abc, and URLs. */
char *redact_program(struct arena *a, const struct option *options, const char *command);

/* Overwrites the secrets in argv's own memory, so that the process list shows them no more. What is still
 * needed of argv must have been copied before. */
void redact_argv_in_place(const struct option *options, int argc, char **argv);

#endif
