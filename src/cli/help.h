/* --help, --list and --version: all made from the tables, none written twice. */
#ifndef FETCHBENCH_CLI_HELP_H
#define FETCHBENCH_CLI_HELP_H

#include "base/buf.h"
#include "cli/cli.h"
#include "plan/option.h"

/* Each appends text that fits 80 columns. */
void help_write(struct buf *out);
void help_write_command(struct buf *out, const struct cli_command *command);
void help_write_list(struct buf *out);
void help_write_version(struct buf *out);

/* The options of one group, or with NULL all, a line each under their groups' headings. */
void help_write_options(struct buf *out, const struct option *table, const char *group);

#endif
