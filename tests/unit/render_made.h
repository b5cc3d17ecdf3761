/* Reports of comparisons, made by hand, and the page that is made of them. */
#ifndef FETCHBENCH_TESTS_UNIT_RENDER_MADE_H
#define FETCHBENCH_TESTS_UNIT_RENDER_MADE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/renderer.h"
#include "report/fields.h"

static inline void made_run(struct report *r, const char *label, int64_t concurrency) {
    struct report_run *run = report_list_add(r, &r->runs, sizeof *run);
    shape_clear(&report_run_shape, run);
    run->strategy = run->label = label;
    run->round = 1;
    run->concurrency = concurrency;
    run->requests.total = run->requests.completed = 100;
    run->wall_s = 1;
    run->latency.percentiles_s.p50 = 0.1;
    run->latency.source = run->service_time.source = "samples";
    run->exit.reason = "finished";
}

static inline struct report *made_report(const char *metric) {
    struct report *r = report_open();
    r->plan.url = "http://host/";
    r->plan.method = "GET";
    r->plan.requests = 100;
    r->plan.rounds = 7;
    r->plan.metric = metric;
    made_run(r, "base", 1);
    return r;
}

/* By the plan's metric, of the label against "base". */
static inline struct report_comparison *made_comparison(struct report *r, const char *label,
                                                        const char *verdict, double ratio, double low,
                                                        double high) {
    made_run(r, label, 10);
    struct report_comparison *c = report_list_add(r, &r->comparisons, sizeof *c);
    *c = (struct report_comparison){.metric = r->plan.metric,
                                    .primary = true,
                                    .baseline = "base",
                                    .label = label,
                                    .point = -1,
                                    .concurrency = -1,
                                    .rounds = 7,
                                    .paired = true,
                                    .ratio = ratio,
                                    .ci95 = {low, high},
                                    .p_value = NAN,
                                    .margin = 0.02,
                                    .verdict = verdict,
                                    .rounds_needed = -1};
    return c;
}

static inline void made_text(struct report *r, struct report_list *list, const char *text) {
    const char **item = report_list_add(r, list, sizeof *item);
    *item = text;
}

/* The page with every run of blanks and line feeds as one blank, so that wrapping is no matter. */
static inline char *made_page(const char *format, struct report *r) {
    static const struct render_style style = {.width = 80, .utf8 = true};
    struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(renderer_find(format)->render(r, &style, &out), 0);
    char *text = buf_take(&out), *to = text;
    for (const char *from = text; *from; from++)
        if ((*from != ' ' && *from != '\n') || (to > text && to[-1] != ' '))
            *to++ = *from == '\n' ? ' ' : *from;
    *to = '\0';
    report_close(r);
    return text;
}

static inline void assert_says(const char *page, const char *words) {
    if (!strstr(page, words))
        fail_msg("\"%s\" is not in: %s", words, page);
}

static inline void assert_says_not(const char *page, const char *words) {
    if (strstr(page, words))
        fail_msg("\"%s\" is in: %s", words, page);
}

#endif
