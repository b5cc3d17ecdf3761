/* The grammar of --mode: [label=]name[:option=value[:option=value]] or [label=]exec:COMMAND, comma-separated;
 * "\," is a comma. */
#include <ctype.h>
#include <string.h>

#include "plan/plan.h"

/* Ends the text at the first plain `mark`, taking the backslash out of "\mark" before it. Returns what
 * follows, or NULL when there is no such mark. */
static char *cut_at(char *text, char mark) {
    char *to = text;
    for (char *from = text; *from; from++) {
        if (*from == '\\' && from[1] == mark) {
            *to++ = mark;
            from++;
        } else if (*from == mark) {
            *to = '\0';
            return from + 1;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
    return NULL;
}

static char *trimmed(char *text) {
    while (isspace((unsigned char)*text))
        text++;
    size_t length = strlen(text);
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return text;
}

static int add_setting(struct plan_entry *entry, char *text, struct err *err) {
    char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return err_set(err, ERR_USAGE, "mode %s: \"%.60s\" is no option=value", entry->strategy, text);
    if (entry->setting_count == PLAN_OPTIONS)
        return err_set(err, ERR_USAGE, "mode %s has more than %d options", entry->strategy, PLAN_OPTIONS);
    *equals = '\0';
    entry->settings[entry->setting_count++] = (struct plan_setting){text, equals + 1};
    return 0;
}

static int add_settings(struct plan_entry *entry, char *options, struct err *err) {
    while (options) {
        char *next = cut_at(options, ':');
        if (add_setting(entry, options, err))
            return -1;
        options = next;
    }
    return 0;
}

/* What stands behind the name's colon, which ends the name; NULL without one. */
static char *cut_name(struct plan_entry *entry, char *text) {
    char *options = strchr(text, ':');
    if (options)
        *options++ = '\0';
    entry->strategy = trimmed(text);
    return options;
}

static int add_mode(struct plan *plan, char *text, struct err *err) {
    if (plan->entry_count == PLAN_ENTRIES)
        return err_set(err, ERR_USAGE, "more than %d modes", PLAN_ENTRIES);
    struct plan_entry *entry = &plan->entries[plan->entry_count];
    *entry = (struct plan_entry){.point = -1, .urls = &plan->urls};
    char *equals = strchr(text, '='), *colon = strchr(text, ':');
    if (equals && (!colon || equals < colon)) {
        *equals = '\0';
        entry->label = trimmed(text);
        text = equals + 1;
    }
    char *options = cut_name(entry, text);
    if (!entry->label)
        entry->label = entry->strategy;
    if (!*entry->strategy || !*entry->label)
        return err_set(err, ERR_USAGE, "--mode has an empty %s (try --list)",
                       *entry->strategy ? "label" : "name");
    if (options && strcmp(entry->strategy, PLAN_EXEC) == 0)
        entry->settings[entry->setting_count++] = (struct plan_setting){PLAN_COMMAND, options};
    else if (add_settings(entry, options, err))
        return -1;
    plan->entry_count++;
    return 0;
}

int plan_add_modes(struct plan *plan, const char *text, struct err *err) {
    char *at = arena_strdup(&plan->arena, text);
    while (at) {
        char *next = cut_at(at, ',');
        if (add_mode(plan, at, err))
            return -1;
        at = next;
    }
    return 0;
}
