/* The subcommands, and what each gives back: an outcome, which main turns into the exit status of REPORT's
 * contract. */
#ifndef FETCHBENCH_CLI_CLI_H
#define FETCHBENCH_CLI_CLI_H

#include "base/buf.h"
#include "base/err.h"
#include "plan/option.h"

enum cli_outcome {
    CLI_OK,
    CLI_FAILED, /* err tells: words that cannot be carried out, or a failure of the system or of fetchbench */
    CLI_RUN_BROKEN,    /* a run crashed or was killed; it was said already */
    CLI_RANK_LOST,     /* a rank's share is missing, or not whole; it was said already */
    CLI_NO_SUCCESS,    /* no request succeeded, or more failed than --max-errors allows */
    CLI_THRESHOLD,     /* a --fail-on was broken, or could not be judged; it was said already */
    CLI_REGRESSION,    /* slower than the baseline beyond the margin; it was said already */
    CLI_NO_CONCLUSION, /* what was compared supports no verdict, and one was asked for; likewise */
    CLI_INTERRUPTED,   /* by SIGINT, after a valid report */
    CLI_TERMINATED,    /* by SIGTERM or SIGHUP, likewise */
};

struct cli_command {
    const char *name; /* NULL ends the table */
    const char *also; /* other words for it as a topic, parted by '|'; "" for none */
    const char *help; /* one line */
    enum cli_outcome (*run)(int argc, char **argv, struct err *err);
    const struct option *options;
    const char *operand; /* what --help calls its operands; NULL where it takes none */
    bool takes_files;    /* they are names of files: for completion */
    const char
        *choices; /* words the operand may be, parted by '|'; NULL where it may be a topic or anything */
    const char *details;             /* prose (prose.h) */
    void (*more)(struct buf *prose); /* appends what follows from another table; NULL where nothing does */
};

/* The subcommands that are named; without a name it is cli_bench. argv[0] is the program or the command's
 * name. */
extern const struct cli_command cli_commands[];

/* The row with that name, or NULL. */
const struct cli_command *cli_find_command(const char *name);

/* -1 with err filled (ERR_USAGE) when a first word that is no command looks like one mistyped: near to a
 * command's name or to an option that is a command elsewhere, and neither like a URL nor a file that exists.
 * Else 0. */
int cli_check_word(const char *word, struct err *err);

enum cli_outcome cli_bench(int argc, char **argv, struct err *err);
/* The same for a process that an MPI launcher started. */
enum cli_outcome cli_ranked(int argc, char **argv, struct err *err);
enum cli_outcome cli_serve(int argc, char **argv, struct err *err);
enum cli_outcome cli_compare(int argc, char **argv, struct err *err);
enum cli_outcome cli_help(int argc, char **argv, struct err *err);
enum cli_outcome cli_generate(int argc, char **argv, struct err *err);
enum cli_outcome cli_report(int argc, char **argv, struct err *err);
enum cli_outcome cli_merge(int argc, char **argv, struct err *err);
enum cli_outcome cli_doctor(int argc, char **argv, struct err *err);

extern const struct option compare_options[], serve_options[], help_options[], generate_options[],
    report_options[], merge_options[], doctor_options[];

/* Writes what a command is to say to standard output, and ends the buffer. */
enum cli_outcome cli_print(struct buf *out, struct err *err);

#endif
