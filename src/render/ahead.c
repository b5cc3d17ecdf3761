/* The winner, if there is one. */
#include "render/ahead.h"

#include <stdbool.h>
#include <string.h>

static bool has(const struct report_comparison *c, const char *verdict) {
    return c->verdict && strcmp(c->verdict, verdict) == 0;
}

static bool is_of(const struct report_comparison *c, int64_t point) {
    return c->primary && c->point == point && c->between.count == 0;
}

const char *ahead_label(const struct report *report, int64_t point) {
    const struct report_comparison *all = report->comparisons.items, *best = NULL;
    for (size_t i = 0; i < report->comparisons.count; i++)
        if (is_of(&all[i], point) && (!best || all[i].ratio < best->ratio))
            best = &all[i];
    if (!best || !(has(best, "faster") || has(best, "slower")))
        return NULL;
    for (size_t i = 0; i < report->comparisons.count; i++) {
        const struct report_comparison *c = &all[i];
        if (!is_of(c, point) || c == best)
            continue;
        if (has(best, "slower") ? !has(c, "slower")
                                : has(c, "not_comparable") || !(c->ci95[0] > best->ci95[1]))
            return NULL;
    }
    return has(best, "slower") ? best->baseline : best->label;
}
