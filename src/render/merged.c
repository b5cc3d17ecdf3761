/* The sentence on joined reports. */
#include "render/merged.h"

#include <string.h>

#include "render/sentence.h"

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
}
