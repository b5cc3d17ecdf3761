/* Every format of any report that can be read: none fails, all are UTF-8, texts for people have no control
 * characters, and in ASCII they are just that. */
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "render/renderer.h"

static bool is_shown_plainly(const struct buf *text, bool utf8) {
    for (size_t i = 0; i < text->length; i++) {
        unsigned char c = (unsigned char)text->text[i];
        if ((c < ' ' && c != '\n') || c == 0x7F || (!utf8 && c > 0x7F))
            return false;
    }
    return true;
}

static void check_form(const struct report *report, const struct renderer *renderer, bool utf8) {
    struct render_style style = {.width = 80, .utf8 = utf8};
    struct buf out;
    buf_init(&out, REPORT_TEXT_LIMIT);
    FUZZ_CHECK(renderer->render(report, &style, &out) == 0);
    FUZZ_CHECK(utf8_is_valid(buf_text(&out), out.length));
    if (strcmp(renderer->name, "text") == 0)
        FUZZ_CHECK(is_shown_plainly(&out, utf8));
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = {0};
    struct report *report = report_read_text((const char *)data, size, "it", &err);
    if (!report)
        return 0;
    for (const struct renderer *const *r = renderer_table; *r; r++) {
        check_form(report, *r, true);
        check_form(report, *r, false);
    }
    report_close(report);
    return 0;
}
