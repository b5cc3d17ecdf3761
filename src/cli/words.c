/* The grammar of a command line. What an option means is its row's business. */
#include "cli/words.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"

struct reader {
    const struct words_grammar *grammar;
    int argc, at;
    char **argv;
    void *settings;
    struct err *err;
};

static const char *hint_for(const struct words_grammar *g, const char *shown) {
    for (const struct words_hint *h = g->hints; h && h->option; h++)
        if (strcmp(h->option, shown) == 0)
            return h->answer;
    return NULL;
}

static int refuse(struct reader *r, const char *shown) {
    const char *hint = hint_for(r->grammar, shown);
    if (hint)
        return err_set(r->err, ERR_USAGE, "%s: %s", shown, hint);
    struct nearest near;
    nearest_init(&near, shown + strspn(shown, "-"));
    for (const struct option *row = r->grammar->options; row->name; row++)
        nearest_offer(&near, row->name);
    if (near.best)
        return err_set(r->err, ERR_USAGE, "there is no option %.60s: did you mean --%s?", shown, near.best);
    return err_set(r->err, ERR_USAGE, "there is no option %.60s (--help lists them)", shown);
}

/* `attached` is the value that came in the same word, or NULL. */
static int take(struct reader *r, const struct option *row, const char *shown, const char *attached) {
    if (row->kind == OPTION_FLAG) {
        if (attached)
            return err_set(r->err, ERR_USAGE, "%s takes no value", shown);
        return option_store(row, shown, NULL, r->settings, r->err);
    }
    if (row->kind == OPTION_HELP) {
        const char *topic = attached ? attached : r->at + 1 < r->argc ? r->argv[r->at + 1] : "";
        r->at = r->argc;
        return option_store(row, shown, topic, r->settings, r->err);
    }
    if (!attached && r->at + 1 >= r->argc)
        return err_set(r->err, ERR_USAGE, "%s needs a value: %s", shown, row->argument);
    const char *value = attached ? attached : r->argv[++r->at];
    return option_store(row, shown, value, r->settings, r->err);
}

static int take_long(struct reader *r, const char *word) {
    char name[64], shown[72];
    const char *equals = strchr(word + 2, '=');
    size_t length = equals ? (size_t)(equals - word - 2) : strlen(word + 2);
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), word + 2);
    snprintf(shown, sizeof shown, "--%s", name);
    const struct option *row = option_find(r->grammar->options, name);
    if (!row)
        return refuse(r, shown);
    return take(r, row, shown, equals ? equals + 1 : NULL);
}

static int take_letters(struct reader *r, const char *word) {
    for (const char *letter = word + 1; *letter; letter++) {
        char shown[3] = {'-', *letter, '\0'};
        const struct option *row = option_find_letter(r->grammar->options, *letter);
        if (!row)
            return refuse(r, letter == word + 1 && !hint_for(r->grammar, shown) ? word : shown);
        if (row->kind != OPTION_FLAG)
            return take(r, row, shown, letter[1] ? letter + 1 : NULL);
        if (take(r, row, shown, NULL))
            return -1;
    }
    return 0;
}

static int take_operand(struct reader *r, const char *word) {
    const struct words_grammar *g = r->grammar;
    if (!g->operand)
        return err_set(r->err, ERR_USAGE, "\"%.100s\" is not understood: no such word is expected", word);
    char *at = (char *)r->settings + g->operand_offset;
    static const struct option row = {.kind = OPTION_LIST};
    if (g->takes_several)
        return option_store(&row, g->operand, word, at, r->err);
    const char *before = NULL;
    memcpy(&before, at, sizeof before);
    if (before && strchr(word, '@')) /* it may carry a password */
        return err_set(r->err, ERR_USAGE, "one %s is expected, and there is a second", g->operand);
    if (before)
        return err_set(r->err, ERR_USAGE, "one %s is expected, and \"%.100s\" is a second", g->operand, word);
    memcpy(at, &word, sizeof word);
    return 0;
}

int words_read(const struct words_grammar *grammar, int argc, char **argv, void *settings, struct err *err) {
    struct reader r = {.grammar = grammar, .argc = argc, .argv = argv, .settings = settings, .err = err};
    bool options_ended = false;
    for (r.at = 1; r.at < argc; r.at++) {
        const char *word = argv[r.at];
        int failed = 0;
        if (options_ended || word[0] != '-' || word[1] == '\0')
            failed = take_operand(&r, word);
        else if (strcmp(word, "--") == 0)
            options_ended = true;
        else if (word[1] == '-')
            failed = take_long(&r, word);
        else
            failed = take_letters(&r, word);
        if (failed)
            return -1;
    }
    return 0;
}
