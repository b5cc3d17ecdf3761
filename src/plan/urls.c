/* Templates and lists put together. */
#include "plan/urls.h"

#include <string.h>

static const struct lines_item *line_of(const struct urls *u, int64_t number) {
    return &u->lines.items[(uint64_t)number % u->lines.count];
}

size_t urls_count(const struct urls *u) {
    return u->lines.count ? u->lines.count : 1;
}

int urls_prefix(const struct urls *u, size_t turn, struct err *err) {
    if (!u->lines.count)
        return -1;
    return err_prefix(err, "%.200s, line %u", u->lines.name, u->lines.items[turn].number);
}

static int check_length(const struct template_facts *facts, size_t line_bytes, struct err *err) {
    if (facts->most_bytes + facts->lines * line_bytes < TEMPLATE_URL_BYTES)
        return 0;
    return err_set(err, ERR_USAGE, "the URL can become longer than %d bytes", TEMPLATE_URL_BYTES - 1);
}

static int read_typed(struct urls *u, struct err *err) {
    struct template_facts facts;
    if (template_read(u->text, &facts, err))
        return err_prefix(err, "the URL");
    if (facts.lines && !u->lines.count)
        return err_set(err, ERR_USAGE, "{line} is a line of --urls FILE, which is not given");
    if (!facts.lines && u->lines.count)
        return err_set(err, ERR_USAGE,
                       "beside a URL, --urls needs {line} in the URL, which stands for a line's text");
    u->constant = facts.places == 0;
    return check_length(&facts, u->lines.longest, err);
}

static int read_line(const char *text, struct err *err) {
    struct template_facts facts;
    if (template_read(text, &facts, err))
        return -1;
    if (facts.lines)
        return err_set(err, ERR_USAGE, "{line} stands for a line only in a URL given beside --urls");
    return check_length(&facts, 0, err);
}

static int read_lines(const struct urls *u, struct err *err) {
    for (size_t turn = 0; turn < u->lines.count; turn++)
        if (read_line(u->lines.text + u->lines.items[turn].start, err))
            return urls_prefix(u, turn, err);
    return 0;
}

int urls_init(struct urls *u, const char *text, const char *file, uint64_t seed, struct err *err) {
    *u = (struct urls){.text = text, .seed = seed};
    if (file && lines_open(&u->lines, file, err))
        return err_prefix(err, "--urls");
    return text ? read_typed(u, err) : read_lines(u, err);
}

void urls_fini(struct urls *u) {
    lines_close(&u->lines);
    *u = (struct urls){0};
}

size_t urls_choose(const struct urls *u, int64_t number, enum template_choice choice, char *out) {
    struct template_values values = {.seed = u->seed, .number = number, .choice = choice};
    if (!u->lines.count)
        return template_expand(u->text, &values, out);
    const struct lines_item *line = line_of(u, number);
    values.line = u->lines.text + line->start;
    values.line_bytes = line->bytes;
    return template_expand(u->text ? u->text : values.line, &values, out);
}

size_t urls_expand(const struct urls *u, int64_t number, char *out) {
    return urls_choose(u, number, TEMPLATE_OWN, out);
}

size_t urls_target(const struct urls *u, int64_t number) {
    return u->lines.count ? line_of(u, number)->tag : u->target;
}

void urls_set_target(struct urls *u, size_t turn, size_t target) {
    if (u->lines.count)
        u->lines.items[turn].tag = (uint16_t)target;
    else
        u->target = target;
}
