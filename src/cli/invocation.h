/* The words of `fetchbench [options] URL` until they are settings that hold together. */
#ifndef FETCHBENCH_CLI_INVOCATION_H
#define FETCHBENCH_CLI_INVOCATION_H

#include <stdbool.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/embedded.h"
#include "cli/reportfile.h"
#include "cli/settings.h"

struct invocation {
    struct arena words;
    int argc;
    char **argv; /* a copy: the process's own are redacted */
    struct settings settings;
    struct reportfile samples_file; /* of --samples */
    struct embedded embedded;
};

/* A copy of the words, in the arena; the process's own are redacted. */
char **invocation_keep_words(struct arena *a, int argc, char **argv);

/* Copies the words, redacts the process's own, and reads them. 0, or -1 with err filled. End with
 * invocation_close in either case. */
int invocation_read(struct invocation *v, int argc, char **argv, struct err *err);

/* Whether they asked for information alone, which was then given, with *outcome. */
bool invocation_informs(struct invocation *v, enum cli_outcome *outcome, struct err *err);

/* Makes the plan final. Without a URL the embedded endpoint is started, or with `only_plans` stood for. 0, or
 * -1 with err filled. */
int invocation_settle(struct invocation *v, bool only_plans, struct err *err);

/* Instead of a run, what it would do: what would be refused before anything runs is refused without it as
 * well. */
enum cli_outcome invocation_show_plan(struct invocation *v, struct err *err);

/* Redacts what err says, too, and gives outcome back. */
enum cli_outcome invocation_close(struct invocation *v, enum cli_outcome outcome, struct err *err);

#endif
