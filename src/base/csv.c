/* What holds a comma, a quote or a line's end is quoted, and a quote within doubled. */
#include "base/csv.h"

#include <string.h>

#include "base/utf8.h"

void csv_append_text(struct buf *out, const char *text) {
    if (strpbrk(text, ",\"\r\n") == NULL) {
        utf8_append_repaired(out, text, strlen(text));
        return;
    }
    buf_append_char(out, '"');
    for (const char *quote = strchr(text, '"'); quote; quote = strchr(text, '"')) {
        utf8_append_repaired(out, text, (size_t)(quote - text));
        buf_append_text(out, "\"\"");
        text = quote + 1;
    }
    utf8_append_repaired(out, text, strlen(text));
    buf_append_char(out, '"');
}
