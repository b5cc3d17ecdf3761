/* Reading the value of one option by its row. */
#include "plan/option.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/units.h"

static int store_number(const struct option *row, const char *shown, const char *text, char *at,
                        struct err *err) {
    bool duration = row->kind == OPTION_DURATION;
    int64_t value = 0;
    int bad = duration ? units_read_duration_ns(text, &value) : units_read_count(text, &value);
    if (bad)
        return err_set(err, ERR_USAGE, "%s takes a %s such as %s, not \"%.100s\"%s%s%s", shown,
                       duration ? "duration" : "count", duration ? "30s or 250ms" : "100 or 10k", text,
                       row->mistaken ? " (" : "", row->mistaken ? row->mistaken : "",
                       row->mistaken ? ")" : "");
    char least[UNITS_TEXT], most[UNITS_TEXT];
    snprintf(least, sizeof least, "%" PRId64, row->least);
    snprintf(most, sizeof most, "%" PRId64, row->most);
    if (duration) {
        units_write_duration(least, (double)row->least / 1e9);
        units_write_duration(most, (double)row->most / 1e9);
    }
    if (value < row->least)
        return err_set(err, ERR_USAGE, "%s must be at least %s, not %.100s", shown, least, text);
    if (row->most && value > row->most)
        return err_set(err, ERR_USAGE, "%s must be at most %s, not %.100s", shown, most, text);
    memcpy(at, &value, sizeof value);
    return 0;
}

static int store_counts(const struct option *row, const char *shown, const char *text, char *at,
                        struct err *err) {
    for (const char *from = text, *end = text; end; from = end ? end + 1 : from) {
        char one[104], value[sizeof(int64_t)];
        end = strchr(from, ',');
        size_t length = end ? (size_t)(end - from) : strlen(from);
        snprintf(one, sizeof one, "%.*s", (int)(length < sizeof one ? length : sizeof one - 1), from);
        if (store_number(row, shown, one, value, err))
            return -1;
    }
    memcpy(at, &text, sizeof text);
    return 0;
}

static int store_rate(const char *shown, const char *text, char *at, struct err *err) {
    double rate = 0;
    bool is_rate = !units_read_rate(text, &rate);
    if (is_rate && rate <= 0)
        return err_set(err, ERR_USAGE, "%s must be above 0 requests per second, not \"%.100s\"", shown, text);
    if (!is_rate)
        return err_set(err, ERR_USAGE,
                       "%s takes a number of requests per second such as 0.5, 200 or 10k, not \"%.100s\"",
                       shown, text);
    memcpy(at, &rate, sizeof rate);
    return 0;
}

static int store_share(const char *shown, const char *text, char *at, struct err *err) {
    double share = 0;
    if (units_read_share(text, &share))
        return err_set(err, ERR_USAGE, "%s takes a share such as 5%% or 0.05, not \"%.100s\"", shown, text);
    memcpy(at, &share, sizeof share);
    return 0;
}

/* Copies the choice that a word is likened to; false where it is to none. */
static bool find_likened(const struct option *row, const char *text, char out[256]) {
    char words[256];
    char *rest = NULL;
    snprintf(words, sizeof words, "%s", row->likened ? row->likened : "");
    for (char *word = strtok_r(words, "|", &rest); word; word = strtok_r(NULL, "|", &rest)) {
        size_t length = strcspn(word, "=");
        if (strlen(text) != length || strncmp(word, text, length) != 0)
            continue;
        snprintf(out, 256, "%s", word + length + 1);
        return true;
    }
    return false;
}

static int store_choice(const struct option *row, const char *shown, const char *text, char *at,
                        struct err *err) {
    char words[256], likened[256];
    snprintf(words, sizeof words, "%s", row->choices);
    struct nearest near;
    nearest_init(&near, text);
    char *rest = NULL;
    for (char *word = strtok_r(words, "|", &rest); word; word = strtok_r(NULL, "|", &rest)) {
        if (strcmp(word, text) == 0) {
            memcpy(at, &text, sizeof text);
            return 0;
        }
        nearest_offer(&near, word);
    }
    if (find_likened(row, text, likened))
        near.best = likened;
    if (near.best)
        return err_set(err, ERR_USAGE, "%s takes %s, not \"%.100s\": did you mean %s?", shown, row->choices,
                       text, near.best);
    return err_set(err, ERR_USAGE, "%s takes %s, not \"%.100s\"", shown, row->choices, text);
}

static int store_item(const char *text, char *at, struct err *err) {
    struct option_list list;
    memcpy(&list, at, sizeof list);
    const char **items = realloc(list.items, (list.count + 1) * sizeof *items);
    if (!items)
        return err_set(err, ERR_INTERNAL, "out of memory");
    items[list.count] = text;
    list = (struct option_list){.items = items, .count = list.count + 1};
    memcpy(at, &list, sizeof list);
    return 0;
}

int option_store(const struct option *row, const char *shown, const char *text, void *base, struct err *err) {
    char *at = (char *)base + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)at = true;
        return 0;
    case OPTION_COUNT:
    case OPTION_DURATION:
        return store_number(row, shown, text, at, err);
    case OPTION_COUNTS:
        return store_counts(row, shown, text, at, err);
    case OPTION_RATE:
        return store_rate(shown, text, at, err);
    case OPTION_SHARE:
        return store_share(shown, text, at, err);
    case OPTION_TEXT:
    case OPTION_HELP:
        memcpy(at, &text, sizeof text);
        return 0;
    case OPTION_CHOICE:
        return store_choice(row, shown, text, at, err);
    case OPTION_LIST:
        return store_item(text, at, err);
    }
    return err_set(err, ERR_INTERNAL, "option %s has no kind", row->name);
}

const struct option *option_find(const struct option *table, const char *name) {
    for (const struct option *row = table; row && row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

const struct option *option_find_letter(const struct option *table, char letter) {
    for (const struct option *row = table; row && row->name; row++)
        if (letter && strchr(row->letters, letter))
            return row;
    return NULL;
}
