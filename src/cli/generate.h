/* What is made from the tables for a system's other programs: man, and the shells. */
#ifndef FETCHBENCH_CLI_GENERATE_H
#define FETCHBENCH_CLI_GENERATE_H

#include "base/buf.h"

/* Appends fetchbench(1), in man's macros. */
void generate_man(struct buf *out);

/* Appends a shell's completion: of options, the words they take, files, strategies with their options,
 * subcommands and topics. */
void generate_bash(struct buf *out);
void generate_zsh(struct buf *out);
void generate_fish(struct buf *out);

#endif
