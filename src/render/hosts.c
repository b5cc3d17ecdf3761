/* Tables and sentences on hosts. */
#include "render/hosts.h"

#include <math.h>
#include <string.h>

#include "render/forms.h"
#include "render/hostlines.h"
#include "render/points.h"
#include "render/sentence.h"

#define MOST_LINES 16 /* of a table of all hosts */
#define MOST_ODD 10   /* and of one of those with remarks */
#define MOST_BLOCKS 6 /* tables, one for each line of the page's own */
#define FEW_HOSTS 4   /* so few have a table for each */
#define MOST_LOST 4   /* shares whose loss is told one by one */
#define LEAST_NAME 6
#define GAP 1

enum host_column { RANK, NAME, REQUESTS, RATE, P50, P99, CPU, SKEW, REMARKS, HOST_COLUMNS };

static const char *const heads[HOST_COLUMNS] = {"rank", "host",   "requests", "req/s",  "p50",
                                                "p99",  "CPU us", "skew",     "remarks"};

struct host_cells {
    const char *texts[HOST_COLUMNS];
};

typedef void table_drawer(const struct notes *n, const struct host_lines *all, const struct host_cells *rows,
                          size_t count);

static const char *name_of(const struct report_host *host) {
    return host->host ? host->host : host->report ? host->report : "-";
}

/* Signed, unless it is unknown. */
static const char *skew_text(const struct notes *n, double skew_s) {
    char figure[PAGE_FIGURE];
    const char *sign = isnan(skew_s) ? "" : skew_s < 0 ? "-" : "+";
    return arena_printf(n->arena, "%s%s", sign, page_duration(figure, fabs(skew_s)));
}

static struct host_cells cells_of(const struct notes *n, const struct host_line *line) {
    struct arena *a = n->arena;
    char figure[PAGE_FIGURE];
    return (struct host_cells){
        .texts = {[RANK] = arena_printf(a, "%lld", (long long)line->host->rank),
                  [NAME] = page_clean(a, name_of(line->host), n->style->utf8),
                  [REQUESTS] = arena_strdup(a, page_count(figure, line->requests)),
                  [RATE] = arena_strdup(a, page_number(figure, line->requests_per_s)),
                  [P50] = arena_strdup(a, page_duration(figure, line->p50_s)),
                  [P99] = arena_strdup(a, page_duration(figure, line->p99_s)),
                  [CPU] = arena_strdup(a, page_number(figure, line->cpu_us_per_request)),
                  [SKEW] = skew_text(n, line->skew_s),
                  [REMARKS] = line->words}};
}

/* The lines that are shown: all, or where they are many those with remarks. */
static size_t choose(const struct host_lines *all, const struct host_line **out) {
    bool is_many = all->count > MOST_LINES;
    size_t most = is_many ? MOST_ODD : MOST_LINES, count = 0;
    for (size_t i = 0; i < all->count && count < most; i++)
        if (!is_many || *all->items[i].words)
            out[count++] = &all->items[i];
    return count;
}

/* Columns that say nothing are left out. */
static bool is_shown(const struct host_lines *all, size_t column) {
    return (column != SKEW || all->has_skews) && (column != REMARKS || all->with_remarks > 0);
}

static void measure(size_t widths[HOST_COLUMNS], const struct host_cells *rows, size_t count,
                    const struct host_lines *all) {
    for (size_t c = 0; c < HOST_COLUMNS; c++) {
        widths[c] = is_shown(all, c) ? strlen(heads[c]) : 0;
        for (size_t i = 0; i < count && widths[c] > 0; i++) {
            size_t width = page_columns(rows[i].texts[c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

/* Names take what the rest leaves, and remarks what they leave. */
static void fit(size_t widths[HOST_COLUMNS], size_t page) {
    size_t all = 0;
    for (size_t c = 0; c < HOST_COLUMNS; c++)
        all += widths[c] > 0 ? widths[c] + GAP : 0;
    all -= GAP;
    size_t over = all > page ? all - page : 0;
    size_t spare = widths[NAME] > LEAST_NAME ? widths[NAME] - LEAST_NAME : 0;
    size_t less = over < spare ? over : spare;
    widths[NAME] -= less;
    over -= less;
    widths[REMARKS] = widths[REMARKS] > over ? widths[REMARKS] - over : widths[REMARKS];
}

/* "client, late +2": as many whole words as there is room for and how many more there are, or their number.
 */
static const char *fit_words(struct arena *a, const char *words, size_t columns) {
    const char *text = words, *comma = strrchr(text, ',');
    size_t more = 1;
    if (page_columns(words) <= columns)
        return words;
    for (; comma; comma = strrchr(text, ','), more++) {
        text = arena_printf(a, "%.*s", (int)(comma - text), text);
        const char *shortened = arena_printf(a, "%s +%zu", text, more);
        if (page_columns(shortened) <= columns)
            return shortened;
    }
    return arena_printf(a, "%zu", more);
}

/* Names and words begin, figures end at the same column. */
static void draw_line(const struct notes *n, const size_t widths[HOST_COLUMNS], const char *const *texts) {
    size_t blanks = 0;
    for (size_t c = 0; c < HOST_COLUMNS; c++) {
        if (widths[c] == 0)
            continue;
        const char *text = page_shorten(n->arena, texts[c], widths[c], n->style->utf8);
        size_t rest = widths[c] - page_columns(text);
        bool is_left = c == NAME || c == REMARKS;
        if (!*text)
            continue;
        buf_append_repeat(n->out, ' ', (int)(blanks + (is_left ? 0 : rest)));
        buf_append_text(n->out, text);
        blanks = GAP + (is_left ? rest : 0);
    }
    buf_append_char(n->out, '\n');
}

/* Of which runs the figures are. */
static const char *heading(const struct notes *n, const struct summary *s) {
    const char *text = "By host";
    if (n->summaries->count > 1)
        text = arena_printf(n->arena, "%s, %s", text, points_label(n, s));
    if (s->rounds > 1)
        text = arena_printf(n->arena, "%s, medians of %zu rounds", text, s->rounds);
    return text;
}

static void say_rest(const struct notes *n, const struct host_lines *all) {
    char least[PAGE_FIGURE], most[PAGE_FIGURE];
    const struct host_line *first = NULL, *last = NULL, *far = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const struct host_line *line = &all->items[i];
        first = !isnan(line->p50_s) && (!first || line->p50_s < first->p50_s) ? line : first;
        last = !isnan(line->p50_s) && (!last || line->p50_s > last->p50_s) ? line : last;
        far = !isnan(line->skew_s) && (!far || fabs(line->skew_s) > fabs(far->skew_s)) ? line : far;
    }
    const char *speeds = "";
    if (first)
        speeds = arena_printf(n->arena, ", p50 from %s (rank %lld) to %s (rank %lld)",
                              page_duration(least, first->p50_s), (long long)first->host->rank,
                              page_duration(most, last->p50_s), (long long)last->host->rank);
    const char *skews = "";
    if (far)
        skews = arena_printf(n->arena, ", largest %sskew of a start %s (rank %lld)",
                             all->summary->rounds > 1 ? "median " : "", skew_text(n, far->skew_s),
                             (long long)far->host->rank);
    sentence_say(n, "%zu hosts, %s with remarks%s%s.", all->count,
                 all->with_remarks ? arena_printf(n->arena, "%zu", all->with_remarks) : "none", speeds,
                 skews);
}

/* What the words of the table mean, for those that it shows. */
static void say_remarks(const struct notes *n, const struct summary *s, const struct host_line *const *shown,
                        size_t count) {
    size_t widest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t width = *shown[i]->words ? page_columns(hostlines_name(n, shown[i]->host)) : 0;
        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < count; i++) {
        struct notes_row row = {.label = hostlines_name(n, shown[i]->host),
                                .columns = widest < n->width / 3 ? widest : n->width / 3,
                                .text = hostlines_remarks(n, shown[i]->host, s),
                                .word = "",
                                .rest = ""};
        if (*shown[i]->words)
            n->form->put_row(n, &row);
    }
}

static void draw_text(const struct notes *n, const struct host_lines *all, const struct host_cells *rows,
                      size_t count) {
    size_t widths[HOST_COLUMNS];
    measure(widths, rows, count, all);
    fit(widths, n->width);
    buf_append_text(n->out, n->style->colour ? "\x1b[1m" : "");
    draw_line(n, widths, heads);
    buf_append_text(n->out, n->style->colour ? "\x1b[0m" : "");
    for (size_t i = 0; i < count; i++) {
        struct host_cells row = rows[i];
        row.texts[REMARKS] = fit_words(n->arena, row.texts[REMARKS], widths[REMARKS]);
        draw_line(n, widths, row.texts);
    }
}

/* A cell ends with the bar that the next begins with. */
static void append_cells(const struct notes *n, const struct host_lines *all, const char *const *texts,
                         bool is_head) {
    for (size_t c = 0; c < HOST_COLUMNS; c++) {
        if (!is_shown(all, c))
            continue;
        buf_truncate(n->out, n->out->length - (c > 0));
        form_append_cell(n->out, "", c == NAME && !is_head ? form_code(n->arena, texts[c]) : texts[c]);
    }
    buf_append_char(n->out, '\n');
}

static void draw_markdown(const struct notes *n, const struct host_lines *all, const struct host_cells *rows,
                          size_t count) {
    append_cells(n, all, heads, true);
    for (size_t c = 0; c < HOST_COLUMNS; c++)
        if (is_shown(all, c))
            buf_append_text(n->out, c == NAME || c == REMARKS ? "|:---" : "|---:");
    buf_append_text(n->out, "|\n");
    for (size_t i = 0; i < count; i++)
        append_cells(n, all, rows[i].texts, false);
}

static void draw_block(const struct notes *n, const struct host_lines *all, table_drawer *draw_table) {
    const struct host_line *shown[MOST_LINES];
    struct host_cells rows[MOST_LINES];
    size_t count = choose(all, shown);
    n->form->put_heading(n, heading(n, all->summary));
    for (size_t i = 0; i < count; i++)
        rows[i] = cells_of(n, shown[i]);
    if (count > 0)
        draw_table(n, all, rows, count);
    if (count > 0 && all->count > MOST_LINES)
        buf_append_char(n->out, '\n');
    if (all->count > MOST_LINES)
        say_rest(n, all);
    if (all->with_remarks > 0)
        buf_append_char(n->out, '\n');
    say_remarks(n, all->summary, shown, count);
}

static void say_left_out(const struct notes *n, const bool *is_left_out) {
    const char *text = "";
    size_t count = 0;
    for (size_t i = 0; i < n->summaries->count; i++)
        if (is_left_out[i] && count++ < MOST_BLOCKS)
            text = arena_printf(n->arena, "%s%s %s", text, *text ? "," : "",
                                points_label(n, &n->summaries->items[i]));
    if (count > MOST_BLOCKS)
        text = arena_printf(n->arena, "%s and %zu more", text, count - MOST_BLOCKS);
    if (count == 0)
        return;
    buf_append_char(n->out, '\n');
    sentence_say(n, "Not shown by host:%s. The report has them in its hosts.", text);
}

/* Few small tables are all shown; else those with remarks, or the first where none has any. */
static void draw(const struct notes *n, table_drawer *draw_table) {
    size_t count = n->summaries->count, drawn = 0;
    struct host_lines *blocks = arena_alloc(n->arena, count * sizeof *blocks + 1);
    bool *is_left_out = arena_alloc(n->arena, count + 1);
    bool is_few = count <= MOST_BLOCKS, is_odd = false;
    if (n->report->hosts.count < 2)
        return;
    for (size_t i = 0; i < count; i++) {
        blocks[i] = hostlines_make(n, &n->summaries->items[i]);
        is_few = is_few && blocks[i].count <= FEW_HOSTS;
        is_odd = is_odd || blocks[i].with_remarks > 0;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_wanted = is_few || blocks[i].with_remarks > 0 || (!is_odd && i == 0);
        is_left_out[i] = !is_wanted || drawn == MOST_BLOCKS;
        if (is_left_out[i])
            continue;
        if (drawn++ > 0)
            buf_append_char(n->out, '\n');
        draw_block(n, &blocks[i], draw_table);
    }
    say_left_out(n, is_left_out);
}

void hosts_draw_text(const struct notes *n) {
    draw(n, draw_text);
}

void hosts_draw_markdown(const struct notes *n) {
    draw(n, draw_markdown);
}

/* Shares that are missing, of which the first are told one by one. */
struct lost_hosts {
    const struct report_host *first[MOST_LOST];
    size_t count;
    bool is_same;         /* for the same reason */
    bool is_partly_there; /* there are runs of one */
    bool is_elsewhere;    /* of one there is nothing, which may yet be on its disk */
};

static const char *lost_name(const struct notes *n, const struct report_host *host) {
    const char *name = "";
    if (host->host)
        name = arena_printf(n->arena, " (%s)", sentence_clean(n, host->host));
    return arena_printf(n->arena, "%lld%s", (long long)host->rank, name);
}

/* "rank 3 (node3), it was killed; rank 5, its report is missing". */
static const char *told_apart(const struct notes *n, const struct lost_hosts *lost) {
    const char *text = "";
    for (size_t i = 0; i < lost->count && i < MOST_LOST; i++)
        text = arena_printf(n->arena, "%s%srank %s, %s", text, i ? "; " : "", lost_name(n, lost->first[i]),
                            sentence_plain(n, lost->first[i]->lost));
    return lost->count > MOST_LOST ? arena_printf(n->arena, "%s; and %zu more", text, lost->count - MOST_LOST)
                                   : text;
}

/* "ranks 3 (node3), 4 and 5 (of each: its report is missing)". */
static const char *told_at_once(const struct notes *n, const struct lost_hosts *lost) {
    const char *text = "ranks ";
    size_t named = lost->count > MOST_LOST ? MOST_LOST : lost->count;
    for (size_t i = 0; i < named; i++)
        text = arena_printf(n->arena, "%s%s%s", text,
                            i == 0                 ? ""
                            : i + 1 == lost->count ? " and "
                                                   : ", ",
                            lost_name(n, lost->first[i]));
    if (named < lost->count)
        text = arena_printf(n->arena, "%s and %zu more", text, lost->count - named);
    return arena_printf(n->arena, "%s (of each: %s)", text, sentence_plain(n, lost->first[0]->lost));
}

static struct lost_hosts find_lost(const struct report_list *hosts) {
    const struct report_host *rows = hosts->items;
    struct lost_hosts lost = {.is_same = true};
    for (size_t i = 0; i < hosts->count; i++) {
        if (!rows[i].lost)
            continue;
        if (lost.count < MOST_LOST)
            lost.first[lost.count] = &rows[i];
        lost.count++;
        bool has_runs = rows[i].runs.count > 0;
        lost.is_partly_there = lost.is_partly_there || has_runs;
        lost.is_elsewhere = lost.is_elsewhere || !has_runs;
        lost.is_same = lost.is_same && strcmp(rows[i].lost, lost.first[0]->lost) == 0;
    }
    return lost;
}

void hosts_say_lost(const struct notes *n) {
    struct lost_hosts lost = find_lost(&n->report->hosts);
    size_t all = n->report->hosts.count;
    if (lost.count == 0)
        return;
    sentence_say(n, "MISSING: %zu of %zu shares, and with %s %s%.3g %% of the requests: %s.", lost.count, all,
                 lost.count > 1 ? "them" : "it", lost.is_partly_there ? "up to " : "",
                 100 * (double)lost.count / (double)all,
                 lost.is_same && lost.count > 1 ? told_at_once(n, &lost) : told_apart(n, &lost));
    if (lost.is_elsewhere)
        sentence_say(n, "fetchbench merge --shares FILES joins what is on the ranks' disks.");
}
