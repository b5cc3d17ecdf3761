/* The sentence on joined reports. */
#include "render/merged.h"

#include <string.h>

#include "render/sentence.h"

/* Moments are ISO 8601 in UTC, so their order is that of their texts. An unknown end is no obstacle. */
static bool was_at_once(const struct report_merged *m) {
    const struct report_part *parts = m->parts.items;
    for (size_t i = 0; i < m->parts.count; i++)
        for (size_t j = 0; j < m->parts.count; j++)
            if (parts[i].finished_at && parts[j].started_at &&
                strcmp(parts[i].finished_at, parts[j].started_at) < 0)
                return false;
    return true;
}

void merged_say(const struct notes *n) {
    const struct report_merged *m = n->report->merged;
    if (!m)
        return;
    const struct report_part *parts = m->parts.items;
    const char *names = "";
    for (size_t i = 0; i < m->parts.count; i++)
        names = arena_printf(n->arena, "%s%s %s", names, i ? "," : "", sentence_clean(n, parts[i].name));
    bool shares = strcmp(m->as, "shares") == 0;
    sentence_say(n, "(%s %zu reports:%s)", shares ? "parts of one load, the sum of" : "the rounds of",
                 m->parts.count, names);
    if (shares && !was_at_once(m))
        sentence_say(
            n, "Its parts did not all run at the same time, so their sums are of no load that there was.");
}
