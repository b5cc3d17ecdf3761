/* What a newcomer needs to know beyond single options: the topics of --help that are no option, and the
 * manual's sections. */
#ifndef FETCHBENCH_CLI_CONCEPTS_H
#define FETCHBENCH_CLI_CONCEPTS_H

#include <stdbool.h>

#include "base/buf.h"

struct concept {
    const char *name;  /* the topic; NULL ends the table */
    const char *also;  /* other words for it, parted by '|'; "" for none */
    const char *title; /* a heading */
    const char *text;  /* prose (prose.h) */
    /* Appends the prose that follows from another table; NULL where none does. */
    void (*more)(struct buf * prose);
};

/* In the order of the manual. */
extern const struct concept concepts_table[];

/* What the program is, in a few sentences, and commands to begin with: prose. */
extern const char concepts_about[], concepts_examples[];

/* Whether a word of "a|b|c" is `word`, in any case. */
bool concepts_names(const char *words, const char *word);

#endif
