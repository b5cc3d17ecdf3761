/* Whose share of a run there is not. */
#include "compare/missing.h"

#include "compare/hosts.h"

#define MOST_NAMED 6

static void note(struct report *whole, struct report_run *run, const char *ranks, size_t count) {
    const char *text = "";
    if (count > MOST_NAMED)
        text = arena_printf(&whole->arena, "the shares of %zu of %zu ranks are missing in it", count,
                            whole->hosts.count);
    else
        text = arena_printf(&whole->arena, "the share%s of rank%s %s %s missing in it", count > 1 ? "s" : "",
                            count > 1 ? "s" : "", ranks, count > 1 ? "are" : "is");
    *(const char **)report_list_add(whole, &run->notes, sizeof(const char *)) = text;
}

static int note_run(struct report *whole, size_t at, struct err *err) {
    struct report_run *run = (struct report_run *)whole->runs.items + at;
    const struct report_host *hosts = whole->hosts.items;
    const char *ranks = "";
    size_t count = 0;
    for (size_t i = 0; i < whole->hosts.count; i++) {
        if (hosts_find_run(&hosts[i], run, at))
            continue;
        if (hosts[i].complete)
            return err_set(err, ERR_USAGE, "%s: %s, round %lld: there is no such run in it", hosts[i].report,
                           run->label, (long long)run->round);
        if (count++ < MOST_NAMED)
            ranks =
                arena_printf(&whole->arena, "%s%s%lld", ranks, *ranks ? ", " : "", (long long)hosts[i].rank);
    }
    if (count > 0)
        note(whole, run, ranks, count);
    return 0;
}

int missing_note(struct report *whole, struct err *err) {
    for (size_t i = 0; i < whole->runs.count; i++)
        if (note_run(whole, i, err))
            return -1;
    return 0;
}
