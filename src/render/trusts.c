/* Checks are told by what they found, for all labels together: the advice is the same. */
#include "render/trusts.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "render/points.h"
#include "render/sentence.h"
#include "trust/trust.h"

#define MOST_NAMED 6  /* labels of one finding */
#define MOST_DIGITS 4 /* beyond the usual ones */

/* What a check found in the rounds of one line of the table. */
struct finding {
    enum trust_status status;
    const struct report_trust *row; /* the worst of them; NULL: none has that check */
    size_t bad, rounds;
};

static enum trust_status status_of(const char *word) {
    enum trust_status status = TRUST_FAIL;
    while (status > TRUST_PASS && strcmp(trust_status_name(status), word) != 0)
        status--;
    return status;
}

const char *trusts_worst(const struct report_list *trust) {
    const struct report_trust *rows = trust->items;
    enum trust_status worst = TRUST_PASS;
    for (size_t i = 0; i < trust->count; i++)
        worst = status_of(rows[i].status) > worst ? status_of(rows[i].status) : worst;
    return trust->count > 0 ? trust_status_name(worst) : "";
}

static const struct report_trust *row_of(const struct report_run *run, const char *check) {
    const struct report_trust *rows = run->trust.items;
    for (size_t i = 0; i < run->trust.count; i++)
        if (strcmp(rows[i].check, check) == 0)
            return &rows[i];
    return NULL;
}

static bool is_worse(const struct trust_check *check, const struct report_trust *row,
                     const struct finding *than) {
    enum trust_status status = status_of(row->status);
    if (!than->row || status != than->status)
        return !than->row || status > than->status;
    return check->low_is_bad ? row->value < than->row->value : row->value > than->row->value;
}

static struct finding find(const struct summary *s, const struct trust_check *check) {
    struct finding found = {.status = TRUST_PASS};
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_trust *row = row_of(s->runs[i], check->id);
        if (!row)
            continue;
        found.rounds++;
        found.bad += status_of(row->status) >= TRUST_WARN;
        if (!is_worse(check, row, &found))
            continue;
        found.row = row;
        found.status = status_of(row->status);
    }
    return found;
}

static bool has_answers(const struct summary *s) {
    return s->completed > 0;
}

static bool is_grave(const struct trust_check *check, enum trust_status status) {
    return status == TRUST_FAIL && check->grave_name;
}

/* With so many digits more than usual. */
static const char *figure(struct arena *a, enum trust_unit unit, double value, int more) {
    char text[UNITS_TEXT];
    switch (unit) {
    case TRUST_SHARE:
        return arena_strdup(a, units_write_percent(text, value, 2 + more));
    case TRUST_COUNT:
        return arena_printf(a, "%.0f", value);
    case TRUST_PROBABILITY:
        return value < .001 ? "below 0.001" : arena_printf(a, "%.*g", 2 + more, value);
    case TRUST_FLAG:
        break;
    }
    return "";
}

/* In as many digits as it takes to look other than its limit. */
static const char *figure_beside(struct arena *a, enum trust_unit unit, const struct report_trust *row) {
    const char *limit = figure(a, unit, row->threshold, 0), *text = figure(a, unit, row->value, 0);
    for (int more = 1; more <= MOST_DIGITS && strcmp(text, limit) == 0; more++)
        text = figure(a, unit, row->value, more);
    return text;
}

/* "88 % with async in 3 of 7 rounds" */
static const char *told(const struct notes *n, const struct summary *s, const struct finding *f,
                        enum trust_unit unit) {
    struct arena *a = n->arena;
    const char *value = figure_beside(a, unit, f->row);
    const char *who =
        n->summaries->count > 1 ? arena_printf(a, "%swith %s", *value ? " " : "", points_label(n, s)) : "";
    const char *rounds = f->rounds < 2 ? "" : arena_printf(a, " in %zu of %zu rounds", f->bad, f->rounds);
    return arena_printf(a, "%s%s%s", value, who, rounds);
}

/* All lines of the table of which the check found that; "" for none. */
static const char *all_told(const struct notes *n, const struct trust_check *check, enum trust_status status,
                            enum trust_unit unit, const struct report_trust **row) {
    const char *text = "";
    size_t count = 0;
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *s = &n->summaries->items[i];
        struct finding f = find(s, check);
        if (!has_answers(s) || !f.row || f.status != status)
            continue;
        *row = f.row;
        if (count++ < MOST_NAMED)
            text = arena_printf(n->arena, "%s%s%s", text, *text ? ", " : "", told(n, s, &f, unit));
    }
    return count <= MOST_NAMED ? text : arena_printf(n->arena, "%s and %zu more", text, count - MOST_NAMED);
}

/* The worst status over the whole table; -1 where no line has the check. */
static int worst(const struct notes *n, const struct trust_check *check) {
    int status = -1;
    for (size_t i = 0; i < n->summaries->count; i++) {
        const struct summary *s = &n->summaries->items[i];
        struct finding f = find(s, check);
        if (has_answers(s) && f.row && (int)f.status > status)
            status = (int)f.status;
    }
    return status;
}

/* What was found needs a word beside it: it has no unit that tells, or the check judges two things. */
static const char *judged(const struct trust_check *check, bool grave) {
    bool is_plain = !check->grave_name && check->unit != TRUST_COUNT && check->unit != TRUST_FLAG;
    return is_plain ? "" : grave ? check->grave_name : check->name;
}

/* "requests sent late, limit 5 %" in parentheses; "" for neither. */
static const char *explained(struct arena *a, const char *name, const char *limit) {
    if (!*name && !*limit)
        return "";
    return arena_printf(a, " (%s%s%s)", name, *name && *limit ? ", " : "", limit);
}

/* The advice without what stands behind it, which --help trust tells. */
static const char *what_to_do(const struct trust_check *check, const struct report_trust *row) {
    const char *advice = trust_advice(check, row->advice), *colon = strstr(advice, ": ");
    return colon ? colon + 2 : advice;
}

static void say_bad(const struct notes *n, const struct trust_check *check, enum trust_status status) {
    struct arena *a = n->arena;
    bool grave = is_grave(check, status);
    enum trust_unit unit = grave ? check->grave_unit : check->unit;
    const struct report_trust *row = NULL;
    const char *found = all_told(n, check, status, unit, &row);
    if (!row)
        return;
    const char *limit = row->threshold > 0 && unit != TRUST_FLAG
                            ? arena_printf(a, "limit %s", figure(a, unit, row->threshold, 0))
                            : "";
    bool was_told = worst(n, check) > (int)status; /* what to do about it */
    const char *advice = was_told ? "" : arena_printf(a, " %s.", sentence_begin(a, what_to_do(check, row)));
    sentence_say(n, "%s %s%s%s%s.%s", status == TRUST_FAIL ? "FAIL" : "WARN", check->id, *found ? ": " : "",
                 found, explained(a, judged(check, grave), limit), advice);
}

static void say_all(const struct notes *n) {
    size_t passed = 0, all = 0;
    const char *open = "";
    for (const struct trust_check *c = trust_checks; c->id; c++) {
        int status = worst(n, c);
        all += status >= 0;
        passed += status == TRUST_PASS;
        if (status == TRUST_UNKNOWN)
            open = arena_printf(n->arena, "%s%s %s", open, *open ? "," : "", c->id);
    }
    if (all > 0 && passed == all)
        sentence_say(n, "Trust: all %zu checks pass.", all);
    else if (all > 0)
        sentence_say(n, "Trust: %zu of %zu checks pass.%s%s%s", passed, all, *open ? " Not known:" : "", open,
                     *open ? "." : "");
}

static bool mostly_fails(const struct summary *s, const struct trust_check *check) {
    size_t failed = 0;
    for (size_t i = 0; i < s->rounds; i++) {
        const struct report_trust *row = row_of(s->runs[i], check->id);
        failed += row && status_of(row->status) == TRUST_FAIL;
    }
    return 2 * failed > s->rounds;
}

static const char *labels_failing(const struct notes *n, const struct trust_check *check) {
    const char *text = "";
    for (size_t i = 0; i < n->summaries->count; i++)
        if (mostly_fails(&n->summaries->items[i], check))
            text = arena_printf(n->arena, "%s%s%s", text, *text ? " and " : "",
                                points_label(n, &n->summaries->items[i]));
    return text;
}

const char *trusts_mostly_failing(const struct notes *n) {
    const char *text = "";
    for (const struct trust_check *c = trust_checks; c->id; c++) {
        const char *labels = c->invalidates ? "" : labels_failing(n, c);
        if (*labels)
            text = arena_printf(n->arena, "%s%s%s of %s", text, *text ? ", " : "", c->id, labels);
    }
    return text;
}

void trusts_say(const struct notes *n) {
    say_all(n);
    for (const struct trust_check *c = trust_checks; c->id; c++)
        say_bad(n, c, TRUST_FAIL);
    for (const struct trust_check *c = trust_checks; c->id; c++)
        say_bad(n, c, TRUST_WARN);
}
