/* Finding secrets and hiding them. One walk over the words of a command line serves both the copy in the
 * report and the process's own memory. Which options carry secrets, their rows say. */
#include "report/redact.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/nearest.h"

#define HIDDEN "***"
#define LEAST_SECRET 4 /* bytes; shorter ones would blot out ordinary words of a message */
#define LONGEST_NAME 64
#define BLANKS " \t\n"
#define TEXT_LIMIT ((size_t)1 << 24)

static const char *const secret_names[] = {"auth",     "cookie",     "token",   "secret", "key",
                                           "password", "credential", "session", "passwd", "signature"};

/* A part of a word that is not to be seen. */
struct span {
    size_t from, to;
};

static bool contains(const char *text, size_t length, const char *part) {
    size_t part_length = strlen(part);
    for (size_t i = 0; i + part_length <= length; i++) {
        if (strncasecmp(text + i, part, part_length) == 0)
            return true;
    }
    return false;
}

bool redact_is_secret_header(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof secret_names / sizeof secret_names[0]; i++) {
        if (contains(name, length, secret_names[i]))
            return true;
    }
    return false;
}

/* The value of a header, from its first byte that is no blank. Empty where nothing is secret. */
static struct span secret_of_header(const char *header) {
    size_t length = strlen(header);
    size_t start = strspn(header, " \t");
    size_t name = strcspn(header + start, ":;= \t");
    size_t value = start + name;
    value += strspn(header + value, ":;= \t");
    bool secret = redact_is_secret_header(header + start, name);
    return secret ? (struct span){value, length} : (struct span){0, 0};
}

/* What of a URL's authority, which begins at `from`, names a user: after the colon, or all of it. */
static struct span secret_of_authority(const char *text, size_t from) {
    size_t end = from + strcspn(text + from, "/?# \t\r\n\"'<>");
    size_t at = end;
    while (at > from && text[at - 1] != '@')
        at--;
    if (at == from)
        return (struct span){0, 0};
    const char *colon = memchr(text + from, ':', at - 1 - from);
    return (struct span){colon ? (size_t)(colon - text) + 1 : from, at - 1};
}

/* The next secret of a URL at or after `from` in text; empty when there is none. */
static struct span next_in_urls(const char *text, size_t from) {
    for (const char *found = strstr(text + from, "://"); found; found = strstr(found + 3, "://")) {
        struct span s = secret_of_authority(text, (size_t)(found - text) + 3);
        if (s.to > s.from)
            return s;
    }
    return (struct span){0, 0};
}

/* A URL may be typed without its scheme: user:password@host/path. */
static struct span secret_without_scheme(const char *word) {
    struct span s = secret_of_authority(word, 0);
    bool has_password = s.from > 0;
    return *word != '-' && has_password && !strstr(word, "://") ? s : (struct span){0, 0};
}

/* What follows the first colon that no backslash stands before. */
static struct span secret_tail(const char *text) {
    size_t length = strlen(text), colon = 0;
    while (colon < length && text[colon] != ':')
        colon += text[colon] == '\\' && text[colon + 1] ? 2 : 1;
    return (struct span){colon + (colon < length), length};
}

static struct span secret_of_value(enum option_secret secret, const char *value) {
    switch (secret) {
    case OPTION_SECRET:
        return (struct span){0, strlen(value)};
    case OPTION_SECRET_HEADER:
        return secret_of_header(value);
    case OPTION_SECRET_TAIL:
        return secret_tail(value);
    case OPTION_PUBLIC:
        break;
    }
    return secret_without_scheme(value);
}

/* Where the walk over the words of a command line is. */
struct walk {
    const struct option *options;
    bool value_next; /* the next word is a value, whatever it looks like */
    enum option_secret next;
    bool only_words; /* after "--" */
};

static struct span shifted(struct span s, size_t by) {
    return s.to > s.from ? (struct span){s.from + by, s.to + by} : s;
}

static bool takes_value(const struct option *row) {
    return row->kind != OPTION_FLAG && row->kind != OPTION_HELP;
}

/* What a word that is no option's name is taken for, lest a spelling that is refused show what it carries: a
 * secret option that it begins or nearly is, else a secret where it speaks of one. */
static enum option_secret secret_of_unknown_name(const struct option *options, const char *name) {
    size_t length = strlen(name);
    bool speaks = redact_is_secret_header(name, length);
    struct nearest near;
    nearest_init(&near, name);
    for (const struct option *row = options; row->name; row++) {
        if (row->secret == OPTION_PUBLIC)
            continue;
        if (length && strncmp(row->name, name, length) == 0)
            return row->secret;
        nearest_offer(&near, row->name);
        speaks = speaks || (row->secret == OPTION_SECRET && contains(name, length, row->name));
    }
    if (near.best)
        return option_find(options, near.best)->secret;
    return speaks ? OPTION_SECRET : OPTION_PUBLIC;
}

/* Of "--name" or "--name=value". */
static struct span secret_of_long_option(const char *word, struct walk *w) {
    size_t equals = strcspn(word, "=");
    bool has_value = word[equals] == '=';
    char name[LONGEST_NAME];
    snprintf(name, sizeof name, "%.*s", (int)(equals < sizeof name ? equals - 2 : sizeof name - 1), word + 2);
    const struct option *row = option_find(w->options, name);
    enum option_secret secret = row ? row->secret : secret_of_unknown_name(w->options, name);
    w->value_next = !has_value && (row ? takes_value(row) : secret != OPTION_PUBLIC);
    w->next = secret;
    return has_value ? shifted(secret_of_value(secret, word + equals + 1), equals + 1) : (struct span){0, 0};
}

/* Of "-n5", "-ku" and the like. A letter that is none is taken for a flag, behind which -u and -H are still
 * found. */
static struct span secret_of_letters(const char *word, struct walk *w) {
    for (size_t i = 1; word[i]; i++) {
        const struct option *row = option_find_letter(w->options, word[i]);
        if (!row || !takes_value(row))
            continue;
        w->value_next = word[i + 1] == '\0';
        w->next = row->secret;
        return shifted(secret_of_value(row->secret, word + i + 1), i + 1);
    }
    return (struct span){0, 0};
}

/* A long name behind one dash, such as -user, is read as letters; the word after it may be its value all the
 * same. */
static void expect_after_one_dash(const char *word, struct walk *w) {
    const struct option *row = option_find(w->options, word + 1);
    if (row && row->secret != OPTION_PUBLIC && !w->value_next) {
        w->value_next = true;
        w->next = row->secret;
    }
}

/* What the meaning of a word hides of it, apart from URLs. */
static struct span secret_of_word(const char *word, struct walk *w) {
    if (w->value_next) {
        w->value_next = false;
        return secret_of_value(w->next, word);
    }
    if (w->only_words || word[0] != '-')
        return secret_without_scheme(word);
    if (strcmp(word, "--") == 0) {
        w->only_words = true;
        return (struct span){0, 0};
    }
    if (word[1] == '-')
        return secret_of_long_option(word, w);
    struct span s = secret_of_letters(word, w);
    expect_after_one_dash(word, w);
    return s;
}

/* Appends text with the span and every URL's secret hidden. */
static void append_hidden(struct buf *out, const char *text, struct span given) {
    size_t at = 0, length = strlen(text);
    while (at < length) {
        struct span url = next_in_urls(text, at);
        struct span next = given.to > at && given.to > given.from ? given : (struct span){length, length};
        if (url.to > url.from && url.from < next.from)
            next = url;
        if (next.from < at)
            next.from = at;
        buf_append(out, text + at, next.from - at);
        if (next.to > next.from)
            buf_append_text(out, HIDDEN);
        at = next.to;
    }
}

static char *finish(struct arena *a, struct buf *out) {
    char *text = arena_strdup(a, out->failed ? HIDDEN : buf_text(out));
    buf_fini(out);
    return text;
}

static char *hide(struct arena *a, const char *text, struct span given) {
    struct buf out;
    buf_init(&out, TEXT_LIMIT);
    append_hidden(&out, text, given);
    return finish(a, &out);
}

char *redact_header(struct arena *a, const char *header) {
    return hide(a, header, secret_of_header(header));
}

char *redact_text(struct arena *a, const char *text) {
    return hide(a, text, secret_without_scheme(text));
}

static char *hide_all(struct arena *a, const char *text, const char *secret) {
    size_t length = strlen(secret);
    if (length < LEAST_SECRET || !strstr(text, secret))
        return arena_strdup(a, text);
    struct buf out;
    buf_init(&out, TEXT_LIMIT);
    for (const char *found = strstr(text, secret); found; found = strstr(text, secret)) {
        buf_append(&out, text, (size_t)(found - text));
        buf_append_text(&out, HIDDEN);
        text = found + length;
    }
    buf_append_text(&out, text);
    return finish(a, &out);
}

char *redact_message(struct arena *a, const char *text, const struct plan *plan) {
    char *out = redact_text(a, text);
    if (plan->user)
        out = hide_all(a, hide_all(a, out, plan->user), plan->user + secret_tail(plan->user).from);
    if (plan->cert_password)
        out = hide_all(a, out, plan->cert_password);
    for (size_t i = 0; i < plan->headers.count; i++) {
        struct span s = secret_of_header(plan->headers.items[i]);
        if (s.to > s.from)
            out = hide_all(a, out, plan->headers.items[i] + s.from);
    }
    return out;
}

/* A word of a program's command as it was typed, and without its quotation marks and backslashes. */
struct typed {
    const char *begin, *end;
    char *word;
    size_t *places; /* of the word's bytes behind `begin` */
};

/* `word` and `places` have room for the rest of the text. */
static void read_typed(struct typed *t, const char *in) {
    char mark = '\0';
    size_t length = 0;
    t->begin = in;
    for (; *in && (mark || !strchr(BLANKS, *in)); in++) {
        if (*in == mark || (!mark && (*in == '\'' || *in == '"'))) {
            mark = mark ? '\0' : *in;
            continue;
        }
        in += *in == '\\' && in[1] && mark != '\'';
        t->places[length] = (size_t)(in - t->begin);
        t->word[length++] = *in;
    }
    t->word[length] = '\0';
    t->end = in;
}

/* Of a program not even the options are known: it is read as if they were ours, which are curl's, and a word
 * such as TOKEN=abc as a header. */
static struct span secret_of_typed(const struct typed *t, struct walk *w) {
    struct span s = secret_of_word(t->word, w);
    if (s.to == s.from && t->word[0] != '-')
        s = secret_of_header(t->word);
    return s.to > s.from ? (struct span){t->places[s.from], t->places[s.to - 1] + 1} : s;
}

char *redact_program(struct arena *a, const struct option *options, const char *command) {
    struct walk w = {.options = options};
    size_t length = strlen(command);
    struct typed t = {.word = arena_alloc(a, length + 1),
                      .places = arena_alloc(a, (length + 1) * sizeof *t.places)};
    struct buf out;
    buf_init(&out, TEXT_LIMIT);
    for (const char *in = command; *in; in = t.end) {
        size_t blanks = strspn(in, BLANKS);
        buf_append(&out, in, blanks);
        read_typed(&t, in + blanks);
        struct span s = in == command ? (struct span){0, 0} : secret_of_typed(&t, &w);
        append_hidden(&out, arena_printf(a, "%.*s", (int)(t.end - t.begin), t.begin), s);
    }
    return finish(a, &out);
}

/* Hides what a mode's command, in a word of ours, has behind "exec:". */
static const char *hide_program(struct arena *a, const struct option *options, const char *word) {
    const char *command = strstr(word, PLAN_EXEC ":");
    if (!command)
        return word;
    command += sizeof PLAN_EXEC;
    return arena_printf(a, "%.*s%s", (int)(command - word), word, redact_program(a, options, command));
}

const char **redact_command(struct arena *a, const struct option *options, int argc, char **argv) {
    struct walk w = {.options = options};
    const char **words = arena_alloc(a, (size_t)argc * sizeof *words);
    for (int i = 0; i < argc; i++) {
        words[i] = hide(a, argv[i], i == 0 ? (struct span){0, 0} : secret_of_word(argv[i], &w));
        words[i] = i == 0 ? words[i] : hide_program(a, options, words[i]);
    }
    return words;
}

/* The word's own bytes, which it never outgrows: what is hidden may be shorter than what hides it. */
static void overwrite(char *word, const char *hidden) {
    size_t length = strlen(word), same = 0;
    if (strlen(hidden) <= length) {
        strncpy(word, hidden, length); /* which fills the rest with zeros */
        return;
    }
    while (same < length && word[same] == hidden[same])
        same++;
    memset(word + same, '*', length - same);
}

void redact_argv_in_place(const struct option *options, int argc, char **argv) {
    struct arena a = {0};
    const char **words = redact_command(&a, options, argc, argv);
    for (int i = 0; i < argc; i++)
        overwrite(argv[i], words[i]);
    arena_fini(&a);
}
