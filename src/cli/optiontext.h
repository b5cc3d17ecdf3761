/* An option's row in words, the same for --help and the manual. */
#ifndef FETCHBENCH_CLI_OPTIONTEXT_H
#define FETCHBENCH_CLI_OPTIONTEXT_H

#include "base/buf.h"
#include "plan/option.h"

/* Appends every spelling: "-m, -X, --method WORD". */
void optiontext_spell(struct buf *out, const struct option *row);

/* Appends a term of prose for an option of a strategy: "async:threads=K" and what it means. */
void optiontext_explain_of(struct buf *prose, const char *strategy, const struct option *row);

/* Appends what can be said beyond row->help, as prose (prose.h): details, words and bounds. Nothing where
 * there is nothing. */
void optiontext_explain(struct buf *prose, const struct option *row);

#endif
