/* Picks the subcommand. The only place that prints an error and turns an outcome into an exit status. */
#include <stdio.h>

#include "base/fd.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "ranks/launch.h"

static int status_of(enum cli_outcome outcome, const struct err *err) {
    switch (outcome) {
    case CLI_OK:
        return 0;
    case CLI_FAILED:
        return err->kind == ERR_USAGE ? 2 : 1;
    case CLI_RUN_BROKEN:
        return 1;
    case CLI_RANK_LOST:
        return 7;
    case CLI_NO_SUCCESS:
        return 3;
    case CLI_THRESHOLD:
        return 4;
    case CLI_REGRESSION:
        return 5;
    case CLI_NO_CONCLUSION:
        return 6;
    case CLI_INTERRUPTED:
        return 130;
    case CLI_TERMINATED:
        return 143;
    }
    return 1;
}

static enum cli_outcome run(int argc, char **argv, struct err *err) {
    const struct cli_command *command = argc > 1 ? cli_find_command(argv[1]) : NULL;
    if (command)
        return command->run(argc - 1, argv + 1, err);
    if (argc > 1 && cli_check_word(argv[1], err))
        return CLI_FAILED;
    return launch_is_by_mpi() ? cli_ranked(argc, argv, err) : cli_bench(argc, argv, err);
}

int main(int argc, char **argv) {
    struct err err = {0};
    if (fd_hold_standard())
        return 1; /* there is nowhere to say it */
    enum cli_outcome outcome = run(argc, argv, &err);
    if (*err.text)
        terminal_say("%s", err.text);
    int status = status_of(outcome, &err);
    if (fclose(stdout) && status == 0) {
        fputs("fetchbench: standard output could not be written\n", stderr);
        return 1;
    }
    return status;
}
