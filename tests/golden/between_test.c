/* The page of two reports: verdicts.json against itself with some of its figures changed, held against
 * between.* */
#include "golden.h"

#include "compare/between.h"
#include "compare/compare.h"
#include "render/between.h"

static const struct render_style style = {.width = 80, .utf8 = true};

/* async takes a third longer, threads as long, sequential is left with failures. */
static void change(struct report *r) {
    struct report_run *runs = r->runs.items;
    for (size_t i = 0; i < r->runs.count; i++) {
        if (strcmp(runs[i].label, "async") == 0)
            runs[i].wall_s *= 1.33;
        if (strcmp(runs[i].label, "sequential") == 0)
            runs[i].requests.failed += runs[i].requests.completed / 100;
    }
}

static int show(const char *base, const char *ending, struct report *old, struct report *fresh, bool force) {
    char path[4096];
    struct buf got;
    struct report *shown = report_open();
    const struct between b = {
        .old = {old, "old.json"}, .fresh = {fresh, "results/new `1`.json"}, .force = force};
    bool markdown = strcmp(ending, "md") == 0;
    buf_init(&got, LIMIT);
    between_fill(shown, &b);
    if (strcmp(ending, "comparisons") == 0)
        report_write_comparisons(shown, &got);
    else
        between_show(shown, &b, markdown ? "markdown" : "text", &style, &got);
    snprintf(path, sizeof path, "%s/between.%s", base, ending);
    int failed = golden_check(path, &got);
    buf_fini(&got);
    report_close(shown);
    return failed;
}

int main(int argc, char **argv) {
    char path[4096];
    struct err err = {0};
    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s/verdicts.json", argv[1]);
    struct report *old = report_read(path, &err), *fresh = report_read(path, &err);
    if (!old || !fresh) {
        puts(err.text);
        return 1;
    }
    change(fresh);
    compare_fill(old);
    compare_fill(fresh);
    int failed = show(argv[1], "txt", old, fresh, false) | show(argv[1], "md", old, fresh, false) |
                 show(argv[1], "comparisons", old, fresh, false);
    fresh->plan.keepalive = !fresh->plan.keepalive;
    failed |= show(argv[1], "refused.txt", old, fresh, false) | show(argv[1], "forced.txt", old, fresh, true);
    report_close(old);
    report_close(fresh);
    return failed ? 1 : 0;
}
