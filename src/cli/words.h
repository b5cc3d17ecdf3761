/* From the words typed to a struct, by a table of option rows. The same for every subcommand. */
#ifndef FETCHBENCH_CLI_WORDS_H
#define FETCHBENCH_CLI_WORDS_H

#include "base/err.h"
#include "plan/option.h"

/* What to answer to an option that does not exist, when more can be said than the nearest one. */
struct words_hint {
    const char *option; /* as typed, "-t"; NULL ends the table */
    const char *answer; /* a sentence's second half */
};

struct words_grammar {
    const struct option *options;
    const struct words_hint *hints; /* NULL for none */
    size_t operand_offset; /* of the const char * that takes the one operand, or of the struct option_list */
    const char *operand;   /* what it is called; NULL when there is none to take */
    bool takes_several;    /* operands, into a struct option_list, whose array belongs to the caller */
};

/* Stores what argv[1..] says into `settings`. "--name value", "--name=value", "-n5", "-n 5", "-qk"; "--" ends
 * the options. 0, or -1 with err filled (ERR_USAGE). Texts are borrowed from argv. */
int words_read(const struct words_grammar *grammar, int argc, char **argv, void *settings, struct err *err);

#endif
