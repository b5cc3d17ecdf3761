/* What the completions of all shells share. */
#ifndef FETCHBENCH_CLI_COMPLETE_H
#define FETCHBENCH_CLI_COMPLETE_H

#include "base/buf.h"
#include "plan/option.h"

/* Appends "a|b|c" as "a b c". */
void complete_append_words(struct buf *out, const char *words);

/* Appends the names of a table's options, "--name" each, parted by blanks. */
void complete_append_names(struct buf *out, const struct option *table);

/* Appends text with `with` in place of every character `what`. */
void complete_append_replaced(struct buf *out, const char *text, char what, const char *with);

#endif
