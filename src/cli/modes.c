/* What `all` becomes; the grammar is plan/mode.c's business, and what an option may be its strategy's. */
#include "cli/modes.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/nearest.h"
#include "strategy/strategy.h"

#define LEFT_OUT_BYTES ((size_t)4096)

static bool is_offered(const struct strategy *s) {
    return strategy_is_available(s) && !(s->capabilities & RUNS_PROGRAM);
}

static bool is_meant(const struct strategy *s, const struct plan *plan) {
    return is_offered(s) && !strategy_lacks(s, plan).words;
}

static bool has_option(const struct strategy *s, const char *name) {
    const struct option *row = strategy_option(s, 0);
    for (size_t i = 1; row && strcmp(row->name, name) != 0; i++)
        row = strategy_option(s, i);
    return row != NULL;
}

static int refuse_option(const struct settings *s, const char *name, struct err *err) {
    struct nearest near;
    nearest_init(&near, name);
    for (const struct strategy *const *row = strategy_table; *row; row++)
        for (size_t i = 0; is_meant(*row, &s->plan) && strategy_option(*row, i); i++)
            nearest_offer(&near, strategy_option(*row, i)->name);
    if (near.best)
        return err_set(err, ERR_USAGE, "mode all: no strategy has an option \"%.60s\": did you mean %s?",
                       name, near.best);
    return err_set(err, ERR_USAGE, "mode all: no strategy%s has an option \"%.60s\" (--list shows them)",
                   s->left_out ? " that can do what is asked" : "", name);
}

/* "threads, processes (cannot wait without sleeping: --spin), raw (cannot follow redirects: --location)" */
static void note_left_out(struct settings *s) {
    struct strategy_lack before = {0};
    struct buf text;
    buf_init(&text, LEFT_OUT_BYTES);
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        struct strategy_lack lack = strategy_lacks(*row, &s->plan);
        if (!is_offered(*row) || !lack.words)
            continue;
        if (before.words && before.words != lack.words)
            buf_printf(&text, " (cannot %s: %s)", before.words, before.option);
        buf_printf(&text, "%s%s", before.words ? ", " : "", (*row)->name);
        before = lack;
    }
    s->left_out = before.words ? arena_printf(&s->plan.arena, "%s (cannot %s: %s)", buf_text(&text),
                                              before.words, before.option)
                               : NULL;
    buf_fini(&text);
}

static int check_all(const struct settings *s, const struct plan_entry *typed, struct err *err) {
    if (typed->label != typed->strategy)
        return err_set(err, ERR_USAGE,
                       "mode all stands for several strategies, so it takes no label such as \"%.60s\"",
                       typed->label);
    for (size_t i = 0; i < typed->setting_count; i++) {
        const char *name = typed->settings[i].name;
        const struct strategy *const *row = strategy_table;
        while (*row && !(is_meant(*row, &s->plan) && has_option(*row, name)))
            row++;
        if (!*row)
            return refuse_option(s, name, err);
    }
    return 0;
}

static int add_all(struct settings *s, const struct plan_entry *typed, struct err *err) {
    struct plan *plan = &s->plan;
    note_left_out(s);
    if (check_all(s, typed, err))
        return -1;
    size_t before = plan->entry_count;
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        if (!is_meant(*row, plan))
            continue;
        if (plan_add_modes(plan, (*row)->name, err))
            return -1;
        struct plan_entry *entry = &plan->entries[plan->entry_count - 1];
        for (size_t i = 0; i < typed->setting_count; i++)
            if (has_option(*row, typed->settings[i].name))
                entry->settings[entry->setting_count++] = typed->settings[i];
    }
    if (plan->entry_count == before)
        return err_set(err, ERR_USAGE, "mode all: none is left of %s", s->left_out);
    return 0;
}

static int expand_all(struct settings *s, struct err *err) {
    struct plan *plan = &s->plan;
    size_t count = plan->entry_count;
    struct plan_entry *typed = memory_zalloc(count, sizeof *typed);
    memcpy(typed, plan->entries, count * sizeof *typed);
    plan->entry_count = 0;
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) {
        if (strcmp(typed[i].strategy, "all") == 0)
            failed = add_all(s, &typed[i], err);
        else if (plan->entry_count < PLAN_ENTRIES)
            plan->entries[plan->entry_count++] = typed[i];
        else
            failed = err_set(err, ERR_USAGE, "more than %d modes", PLAN_ENTRIES);
    }
    free(typed);
    return failed;
}

int modes_add(struct settings *s, struct err *err) {
    for (size_t i = 0; i < s->modes.count; i++)
        if (plan_add_modes(&s->plan, s->modes.items[i], err))
            return -1;
    if (!s->modes.count && plan_add_modes(&s->plan, "async", err))
        return -1;
    return expand_all(s, err);
}
