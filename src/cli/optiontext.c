/* An option's spellings, and what its row says of its value. */
#include "cli/optiontext.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"

void optiontext_spell(struct buf *out, const struct option *row) {
    for (const char *letter = row->letters; *letter; letter++)
        buf_printf(out, "-%c, ", *letter);
    buf_printf(out, "--%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
}

void optiontext_explain_of(struct buf *prose, const char *strategy, const struct option *row) {
    bool named = !row->unnamed;
    buf_printf(prose, "%s:%s%s%s\t%s. %s\n", strategy, named ? row->name : "", named ? "=" : "",
               row->argument, row->help, row->details ? row->details : "");
}

static void explain_choices(struct buf *prose, const char *choices) {
    buf_append_text(prose, "It is one of ");
    for (const char *at = choices; *at; at += strspn(at, "|")) {
        size_t length = strcspn(at, "|");
        if (at != choices)
            buf_append_text(prose, at[length] ? ", " : " and ");
        buf_append(prose, at, length);
        at += length;
    }
    buf_append_text(prose, ".\n");
}

static void append_bound(struct buf *prose, const struct option *row, int64_t bound) {
    char text[UNITS_TEXT];
    if (row->kind == OPTION_DURATION)
        buf_append_text(prose, units_write_duration(text, (double)bound / 1e9));
    else
        buf_printf(prose, "%" PRId64, bound);
}

static void explain_bounds(struct buf *prose, const struct option *row) {
    bool has_least = row->least > 0 || row->kind != OPTION_DURATION; /* no time is below 0 */
    if (has_least) {
        buf_append_text(prose, "At least ");
        append_bound(prose, row, row->least);
    }
    if (row->most) {
        buf_append_text(prose, has_least ? ", at most " : "At most ");
        append_bound(prose, row, row->most);
    }
    buf_append_text(prose, ".\n");
}

void optiontext_explain(struct buf *prose, const struct option *row) {
    if (row->details)
        buf_printf(prose, "%s\n", row->details);
    if (row->choices)
        explain_choices(prose, row->choices);
    bool is_bounded = row->kind == OPTION_COUNT || row->kind == OPTION_COUNTS || row->kind == OPTION_DURATION;
    if (is_bounded && (row->least || row->most))
        explain_bounds(prose, row);
}
