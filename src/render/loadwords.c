/* Counts, times and rates of a plan. */
#include "render/loadwords.h"

#include <math.h>
#include <string.h>

#include "render/page.h"

#define MOST_STAGES 4 /* that are told one by one */

/* As it was typed, where a figure of three digits would look measured: "10s", "1m". */
static void append_time(struct buf *out, double seconds) {
    char figure[PAGE_FIGURE];
    if (seconds >= 3600 && fmod(seconds, 3600) == 0)
        buf_printf(out, "%.0fh", seconds / 3600);
    else if (seconds >= 60 && fmod(seconds, 60) == 0)
        buf_printf(out, "%.0fm", seconds / 60);
    else if (seconds >= 1 && seconds < 100)
        buf_printf(out, "%.4gs", seconds);
    else
        buf_append_text(out, page_duration(figure, seconds));
}

static void append_rate(struct buf *out, double per_s) {
    char figure[PAGE_FIGURE];
    if (isnan(per_s))
        buf_append_text(out, "an unknown rate");
    else if (fmod(per_s, 1) == 0 && per_s < 1e15)
        buf_printf(out, "%s/s", page_grouped(figure, (long long)per_s));
    else
        buf_printf(out, "%.4g/s", per_s);
}

/* "at 100/s for 10s", "from 100/s to 2,000/s in 1m" */
static void append_stage(struct buf *out, const struct report_plan_stage *s) {
    bool held = s->from_per_s == s->to_per_s;
    buf_append_text(out, held ? "at " : "from ");
    append_rate(out, s->from_per_s);
    if (!held) {
        buf_append_text(out, " to ");
        append_rate(out, s->to_per_s);
    }
    if (isnan(s->length_s))
        return;
    buf_append_text(out, held ? " for " : " in ");
    append_time(out, s->length_s);
}

static void append_stages(struct buf *out, const struct report_list *list) {
    const struct report_plan_stage *stages = list->items;
    for (size_t i = 0; i < list->count && i < MOST_STAGES; i++) {
        buf_append_text(out, i == 0 ? " " : ", then ");
        append_stage(out, &stages[i]);
    }
    if (list->count > MOST_STAGES)
        buf_printf(out, " and %zu more stages", list->count - MOST_STAGES);
}

/* Whether the stages say themselves how long it takes. */
static bool is_filled_by_stages(const struct report_plan *p) {
    const struct report_plan_stage *stages = p->stages.items;
    double length_s = 0;
    for (size_t i = 0; i < p->stages.count; i++)
        length_s += stages[i].length_s; /* NaN without end */
    return p->stages.count > 0 && p->stages.count <= MOST_STAGES && fabs(length_s - p->duration_s) < 1e-6;
}

static void append_pace(struct buf *out, const struct report_plan *p) {
    append_stages(out, &p->stages);
    if (p->rate_per_s > 0) {
        buf_append_text(out, " at ");
        append_rate(out, p->rate_per_s);
    }
}

/* How many random moments came to be is no product of rate and time. */
static void append_arrivals(struct buf *out, const struct report_plan *p) {
    char count[PAGE_FIGURE];
    buf_printf(out, " (%s", p->arrivals);
    if (p->duration_s > 0 && p->requests > 0 && strcmp(p->arrivals, "poisson") == 0)
        buf_printf(out, ", %s due", page_grouped(count, p->requests));
    buf_append_char(out, ')');
}

void loadwords_append(struct buf *out, const struct report_plan *p, const char *method) {
    char count[PAGE_FIGURE];
    bool timed = p->duration_s > 0;
    if (!timed && p->requests >= 0)
        buf_printf(out, "%s ", page_grouped(count, p->requests));
    buf_printf(out, "%s request%s", method, !timed && p->requests == 1 ? "" : "s");
    append_pace(out, p);
    if (timed && !is_filled_by_stages(p)) {
        buf_append_text(out, p->stages.count ? ", in all " : " for ");
        append_time(out, p->duration_s);
    }
    if (p->arrivals)
        append_arrivals(out, p);
}

static void append_limit(struct buf *out, const char *before, double seconds, const char *after) {
    if (!(seconds > 0)) /* NaN is not */
        return;
    buf_append_text(out, before);
    append_time(out, seconds);
    buf_append_text(out, after);
}

void loadwords_append_limits(struct buf *out, const struct report_plan *p) {
    append_limit(out, ", none begun after ", p->deadline_s, "");
    append_limit(out, ", ", p->grace_s, " of grace");
    append_limit(out, ", pauses of ", p->think_time_s, "");
    if (p->spin)
        buf_append_text(out, ", spinning");
}
