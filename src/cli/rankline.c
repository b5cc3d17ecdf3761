/* A line each few seconds. */
#include "cli/rankline.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/terminal.h"

#define LINE_NS INT64_C(5000000000) /* between two lines */
#define LINE_LIMIT 4096

/* Of a launcher's processes each has its standard error on a pipe, so lines are what it can show. */
static bool is_due(struct rankline *l, int64_t now_ns) {
    if (!l->begun_ns)
        l->begun_ns = l->told_ns = now_ns;
    if (now_ns < l->told_ns + LINE_NS)
        return false;
    l->told_ns = now_ns;
    return true;
}

static void write_counts(struct buf *out, const struct ranks_progress *p) {
    if (p->elapsed_ns == 0) {
        buf_append_text(out, "setting up");
        return;
    }
    buf_printf(out, "%" PRId64, p->done);
    if (p->total > 0)
        buf_printf(out, " of %" PRId64, p->total);
    buf_printf(out, " requests done, %" PRId64 " failed", p->failed);
    if (p->rate_per_s > 0)
        buf_printf(out, ", %.0f per second", p->rate_per_s);
}

void rankline_say(struct rankline *l, const struct ranks_progress *p, const char *label, int64_t ranks) {
    int64_t now_ns = clock_now_ns();
    if (!is_due(l, now_ns))
        return;
    struct buf line;
    buf_init(&line, LINE_LIMIT);
    if (p->rounds > 1)
        buf_printf(&line, "round %" PRId64 " of %" PRId64 ", ", p->round, p->rounds);
    if (p->places > 1)
        buf_printf(&line, "run %" PRId64 " of %" PRId64 ", ", p->place, p->places);
    buf_printf(&line, "%.100s: ", label);
    write_counts(&line, p);
    terminal_say("%s; %" PRId64 " ranks, %.0f s in all", buf_text(&line), ranks,
                 (double)(now_ns - l->begun_ns) / 1e9);
    buf_fini(&line);
}
