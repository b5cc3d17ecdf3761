/* Quotation marks and backslashes; what else a shell would do is left as it is. */
#include "program/command.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n';
}

/* A backslash before a line's end joins it with the next. */
static const char *skip_blanks(const char *in) {
    while (is_blank(*in) || (in[0] == '\\' && in[1] == '\n'))
        in += *in == '\\' ? 2 : 1;
    return in;
}

/* Copies what follows an opening quotation mark; returns what is behind the closing one, NULL without one. */
static const char *copy_quoted(const char *in, char mark, char **out) {
    while (*in != mark) {
        bool escapes = mark == '"' && *in == '\\' && in[1] && strchr("$`\"\\\n", in[1]);
        in += escapes;
        if (!*in)
            return NULL;
        if (!escapes || *in != '\n')
            *(*out)++ = *in;
        in++;
    }
    return in + 1;
}

/* Copies a word and ends it; returns what is behind it, NULL when a quotation does not end. */
static const char *copy_word(const char *in, char **out) {
    while (in && *in && !is_blank(*in)) {
        char c = *in++;
        if (c == '\'' || c == '"') {
            in = copy_quoted(in, c, out);
        } else if (c != '\\') {
            *(*out)++ = c;
        } else if (!*in) {
            return NULL;
        } else {
            if (*in != '\n')
                *(*out)++ = *in;
            in++;
        }
    }
    *(*out)++ = '\0';
    return in;
}

int command_split(struct command *c, const char *text, struct err *err) {
    size_t length = strlen(text), count = 0;
    *c = (struct command){.words = memory_zalloc(length / 2 + 2, sizeof *c->words),
                          .text = memory_zalloc(length + 1, 1)};
    char *out = c->text;
    for (const char *in = skip_blanks(text); *in; in = skip_blanks(in)) {
        c->words[count++] = out;
        in = copy_word(in, &out);
        if (!in)
            return err_set(err, ERR_USAGE, "a quotation does not end in %.200s", text);
    }
    if (!count || !*c->words[0])
        return err_set(err, ERR_USAGE, "it names no program");
    return 0;
}

void command_fini(struct command *c) {
    free(c->words);
    free(c->text);
    *c = (struct command){0};
}

/* 0, or an errno. */
static int why_not(const char *path) {
    struct stat status;
    if (stat(path, &status))
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return access(path, X_OK) ? errno : 0;
}

static bool is_on_path(struct command *c) {
    const char *folder = getenv("PATH");
    for (folder = folder ? folder : USUAL_PATH; folder; folder = strchr(folder, ':')) {
        folder += *folder == ':';
        int length = (int)strcspn(folder, ":");
        int whole = snprintf(c->path, sizeof c->path, "%.*s/%s", length, length ? folder : ".", c->words[0]);
        if (whole > 0 && (size_t)whole < sizeof c->path && !why_not(c->path))
            return true;
    }
    return false;
}

static bool ends_in(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

int command_find(struct command *c, struct err *err) {
    const char *name = c->words[0];
    bool is_path = strchr(name, '/') != NULL;
    if (!is_path && is_on_path(c))
        return 0;
    int why = !is_path ? ENOENT : strlen(name) < sizeof c->path ? why_not(name) : ENAMETOOLONG;
    if (why == ENOENT && strpbrk(name, ":="))
        return err_set(err, ERR_USAGE,
                       "there is no program %.200s (exec takes no options: all behind exec: is its command)",
                       name);
    if (!is_path)
        return err_set(err, ERR_USAGE, "there is no program %.200s on the PATH", name);
    if (why == EACCES && ends_in(name, ".py"))
        return err_set(err, ERR_USAGE, "%.200s cannot be run: %s (try exec:python3 %.200s)", name,
                       strerror(why), name);
    if (why)
        return err_set(err, ERR_USAGE, "%.200s cannot be run: %s", name, strerror(why));
    memcpy(c->path, name, strlen(name) + 1);
    return 0;
}
