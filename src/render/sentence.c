/* Sentences, and what of them others wrote. */
#include "render/sentence.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "render/page.h"

void sentence_say(const struct notes *n, const char *format, ...) {
    struct buf text;
    va_list arguments;
    buf_init(&text, 1 << 16);
    va_start(arguments, format);
    buf_vprintf(&text, format, arguments);
    va_end(arguments);
    n->form->put(n->out, buf_text(&text), n->width);
    buf_fini(&text);
}

/* Text that others wrote, a user or a server, in at most `columns` columns. */
const char *sentence_shorten(const struct notes *n, const char *text, size_t columns) {
    const char *clean = page_clean(n->arena, text, n->style->utf8);
    return n->form->quote(n->arena, page_shorten(n->arena, clean, columns, n->style->utf8));
}

const char *sentence_clean(const struct notes *n, const char *text) {
    return sentence_shorten(n, text, SIZE_MAX);
}

/* A full stop that begins a word might be part of a link. */
static bool is_prose(const char *text) {
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && !strchr(" ,'%.-_", *text))
            return false;
        if (*text == '.' && text[1] && !isdigit((unsigned char)text[1]))
            return false;
    }
    return true;
}

const char *sentence_plain(const struct notes *n, const char *text) {
    return is_prose(text) ? text : sentence_clean(n, text);
}

const char *sentence_begin(struct arena *a, const char *text) {
    char *copy = arena_strdup(a, text);
    *copy = (char)toupper((unsigned char)*copy);
    return copy;
}

const char *sentence_label(const struct notes *n, const struct summary *s) {
    return n->form->quote(n->arena, s->label);
}
