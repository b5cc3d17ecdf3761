/* The subcommands, and what each gives back: an outcome, which main turns into the exit status of REPORT's
 * contract. */
#ifndef FETCHBENCH_CLI_CLI_H
#define FETCHBENCH_CLI_CLI_H

#include "base/err.h"

enum cli_outcome {
    CLI_OK,
    CLI_FAILED, /* err tells: words that cannot be carried out, or a failure of the system or of fetchbench */
    CLI_RUN_BROKEN,  /* a run crashed or was killed; it was said already */
    CLI_NO_SUCCESS,  /* no request succeeded, or more failed than --max-errors allows */
    CLI_INTERRUPTED, /* by SIGINT, after a valid report */
    CLI_TERMINATED,  /* by SIGTERM or SIGHUP, likewise */
};

struct cli_command {
    const char *name; /* NULL ends the table */
    const char *help; /* one line */
    enum cli_outcome (*run)(int argc, char **argv, struct err *err);
};

/* The subcommands that are named; without a name it is cli_bench. argv[0] is the program or the command's
 * name. */
extern const struct cli_command cli_commands[];

enum cli_outcome cli_bench(int argc, char **argv, struct err *err);
enum cli_outcome cli_serve(int argc, char **argv, struct err *err);

#endif
