/* Fits what matters most into the line: parts are dropped by rank until the rest fits, and the bar fills what
 * is left. */
#include "render/progress.h"

#include <math.h>
#include <string.h>

#include "render/page.h"

const char progress_erase[] = "\r\x1b[K";

#define LEAST_BAR 8
#define MOST_BAR 40
#define LONGEST_LABEL 30

/* The parts, in their order; ranks say which is dropped first, the highest. Those of rank 0 stay. */
enum {
    PART_SPINNER,
    PART_LABEL,
    PART_PLACE,
    PART_ROUND,
    PART_BAR,
    PART_COUNT,
    PART_RATE,
    PART_P50,
    PART_P99,
    PART_FAILED,
    PART_LEFT,
    PART_STANDING,
    PARTS
};

static const int ranks[PARTS] = {
    [PART_SPINNER] = 0, [PART_LABEL] = 0,    [PART_COUNT] = 1, [PART_FAILED] = 2,
    [PART_ROUND] = 3,   [PART_STANDING] = 4, [PART_RATE] = 5,  [PART_LEFT] = 6,
    [PART_PLACE] = 7,   [PART_P99] = 8,      [PART_P50] = 9,
};

static const char *spinner(unsigned frame, bool utf8) {
    static const char *const dots[] = {"\xE2\xA0\x8B", "\xE2\xA0\x99", "\xE2\xA0\xB9", "\xE2\xA0\xB8",
                                       "\xE2\xA0\xBC", "\xE2\xA0\xB4", "\xE2\xA0\xA6", "\xE2\xA0\xA7",
                                       "\xE2\xA0\x87", "\xE2\xA0\x8F"};
    static const char *const strokes[] = {"|", "/", "-", "\\"};
    return utf8 ? dots[frame % 10] : strokes[frame % 4];
}

static const char *of_many(struct arena *a, const char *what, int64_t one, int64_t all) {
    return all > 1 ? arena_printf(a, "%s%lld/%lld", what, (long long)one, (long long)all) : NULL;
}

static const char *count_text(struct arena *a, const struct progress *p) {
    char done[PAGE_FIGURE], total[PAGE_FIGURE];
    page_count(done, (double)p->done);
    return p->total > 0 ? arena_printf(a, "%s/%s", done, page_count(total, (double)p->total))
                        : arena_strdup(a, done);
}

static const char *duration_text(struct arena *a, const char *before, double seconds, const char *after) {
    char figure[PAGE_FIGURE];
    return isnan(seconds) ? NULL : arena_printf(a, "%s%s%s", before, page_duration(figure, seconds), after);
}

static const char *rate_text(struct arena *a, double per_s) {
    char figure[PAGE_FIGURE];
    return isnan(per_s) ? NULL : arena_printf(a, "%s req/s", page_number(figure, per_s));
}

static const char *failed_text(struct arena *a, int64_t failed) {
    char figure[PAGE_FIGURE];
    return failed > 0 ? arena_printf(a, "%s failed", page_count(figure, (double)failed)) : NULL;
}

static const char *time_text(struct arena *a, const struct progress *p) {
    char elapsed[PAGE_FIGURE], length[PAGE_FIGURE];
    if (!(p->elapsed_s > 0)) /* it sets up */
        return NULL;
    if (p->length_s > 0)
        return arena_printf(a, "%s of %s", page_duration(elapsed, p->elapsed_s),
                            page_duration(length, p->length_s));
    const char *left = duration_text(a, "", p->left_s, " left");
    return left ? left : duration_text(a, "", p->elapsed_s, "");
}

static void fill_parts(const char *parts[PARTS], struct arena *a, const struct progress *p, bool utf8,
                       unsigned frame) {
    const char *label = page_clean(a, p->label, utf8);
    parts[PART_SPINNER] = spinner(frame, utf8);
    parts[PART_LABEL] = page_shorten(a, label, LONGEST_LABEL, utf8);
    parts[PART_PLACE] = of_many(a, "", p->place, p->places);
    parts[PART_ROUND] = of_many(a, "round ", p->round, p->rounds);
    parts[PART_BAR] = NULL;
    parts[PART_COUNT] = count_text(a, p);
    parts[PART_RATE] = rate_text(a, p->requests_per_s);
    parts[PART_P50] = duration_text(a, "p50 ", p->p50_s, "");
    parts[PART_P99] = duration_text(a, "p99 ", p->p99_s, "");
    parts[PART_FAILED] = failed_text(a, p->failed);
    parts[PART_LEFT] = time_text(a, p);
    parts[PART_STANDING] = p->standing ? page_clean(a, p->standing, utf8) : NULL;
}

/* Two blanks between figures; one after the spinner. */
static size_t gap_before(size_t part) {
    return part == PART_SPINNER ? 0 : part == PART_LABEL || part == PART_PLACE ? 1 : 2;
}

static size_t columns_of(const char *const parts[PARTS]) {
    size_t columns = 0;
    for (size_t i = 0; i < PARTS; i++)
        columns += parts[i] ? gap_before(i) + page_columns(parts[i]) : 0;
    return columns;
}

/* Drops what has the highest rank; false when only what stays is left. */
static bool drop_one(const char *parts[PARTS]) {
    size_t worst = 0;
    for (size_t i = 0; i < PARTS; i++) {
        if (parts[i] && ranks[i] > ranks[worst])
            worst = i;
    }
    if (ranks[worst] == 0)
        return false;
    parts[worst] = NULL;
    return true;
}

static void fit(const char *parts[PARTS], struct arena *a, size_t columns, bool utf8) {
    size_t least = gap_before(PART_LABEL) + 5; /* the spinner and a label of four */
    while (columns_of(parts) > columns && page_columns(parts[PART_LABEL]) > 12)
        parts[PART_LABEL] = page_shorten(a, parts[PART_LABEL], 12, utf8);
    while (columns_of(parts) > columns && drop_one(parts))
        ;
    if (columns_of(parts) <= columns)
        return;
    parts[PART_LABEL] = columns >= least ? page_shorten(a, parts[PART_LABEL], columns - 2, utf8) : NULL;
}

static const char *bar_text(struct arena *a, const struct progress *p, size_t columns, bool utf8) {
    struct buf bar;
    size_t inner = columns - 2;
    size_t filled = (size_t)(fmin(fmax(p->share, 0), 1) * (double)inner);
    buf_init(&bar, 1024);
    buf_append_char(&bar, '[');
    for (size_t i = 0; i < inner; i++)
        buf_append_text(&bar, i >= filled ? (utf8 ? "\xC2\xB7" : ".") : utf8 ? "\xE2\x94\x81" : "=");
    buf_append_char(&bar, ']');
    const char *text = arena_strdup(a, buf_text(&bar));
    buf_fini(&bar);
    return text;
}

static void add_bar(const char *parts[PARTS], struct arena *a, const struct progress *p, size_t columns,
                    bool utf8) {
    size_t used = columns_of(parts) + gap_before(PART_BAR);
    if (isnan(p->share) || columns < used + LEAST_BAR)
        return;
    size_t left = columns - used;
    parts[PART_BAR] = bar_text(a, p, left < MOST_BAR ? left : MOST_BAR, utf8);
}

static const char *tint_of(size_t part, const struct render_style *style) {
    if (!style->colour)
        return "";
    return part == PART_LABEL ? "\x1b[1m" : part == PART_FAILED ? "\x1b[31m" : "";
}

void progress_draw(struct buf *out, const struct progress *p, const struct render_style *style,
                   unsigned frame) {
    struct arena a = {0};
    const char *parts[PARTS];
    if (style->width < 2)
        return;
    size_t columns = (size_t)style->width - 1;
    fill_parts(parts, &a, p, style->utf8, frame);
    fit(parts, &a, columns, style->utf8);
    add_bar(parts, &a, p, columns, style->utf8);
    buf_append_char(out, '\r');
    for (size_t i = 0; i < PARTS; i++) {
        if (!parts[i])
            continue;
        const char *tint = tint_of(i, style);
        buf_append_repeat(out, ' ', (int)gap_before(i));
        buf_printf(out, "%s%s%s", tint, parts[i], *tint ? "\x1b[0m" : "");
    }
    buf_append_repeat(out, ' ', (int)(columns - columns_of(parts)));
    buf_append_text(out, "\x1b[K");
    arena_fini(&a);
}
