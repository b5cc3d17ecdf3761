/* Lists of words, as shells take them. */
#include "cli/complete.h"

void complete_append_replaced(struct buf *out, const char *text, char what, const char *with) {
    for (; *text; text++) {
        if (*text == what)
            buf_append_text(out, with);
        else
            buf_append_char(out, *text);
    }
}

void complete_append_words(struct buf *out, const char *words) {
    complete_append_replaced(out, words, '|', " ");
}

void complete_append_names(struct buf *out, const struct option *table) {
    for (const struct option *row = table; row->name; row++)
        buf_printf(out, "%s--%s", row == table ? "" : " ", row->name);
}
