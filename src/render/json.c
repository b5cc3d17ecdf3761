/* The report itself: the same bytes as its file. */
#include "render/renderer.h"

static int render(const struct report *report, const struct render_style *style, struct buf *out) {
    (void)style;
    return report_write_text(report, out);
}

const struct renderer renderer_json = {
    .name = "json",
    .summary = "the whole report, as it is written to its file",
    .render = render,
};
