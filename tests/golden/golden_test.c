/* Reads NAME.json, renders it in every form, and compares with NAME.FORM: the JSON gives the very bytes that
 * were read. With GOLDEN_UPDATE set in the environment it writes those files instead. */
#include "golden.h"

#include "render/renderer.h"

static const struct {
    const char *ending, *format;
    struct render_style style;
} forms[] = {
    {"json", "json", {.width = 80}},
    {"plain.txt", "text", {.width = 80, .colour = false, .utf8 = true}},
    {"colour.txt", "text", {.width = 80, .colour = true, .utf8 = true}},
    {"ascii.txt", "text", {.width = 80, .colour = false, .utf8 = false}},
    {"md", "markdown", {.width = 80}},
    {"csv", "csv", {.width = 80}},
};

static int check_form(const struct report *report, const char *base, size_t form) {
    char path[4096];
    struct buf got;
    snprintf(path, sizeof path, "%s.%s", base, forms[form].ending);
    buf_init(&got, LIMIT);
    int failed = renderer_find(forms[form].format)->render(report, &forms[form].style, &got);
    if (!failed)
        failed = golden_check(path, &got);
    buf_fini(&got);
    return failed;
}

int main(int argc, char **argv) {
    char path[4096];
    struct err err = {0};
    if (argc != 2)
        return 2;
    snprintf(path, sizeof path, "%s.json", argv[1]);
    struct report *report = report_read(path, &err);
    if (!report) {
        puts(err.text);
        return 1;
    }
    int failed = 0;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        failed |= check_form(report, argv[1], i);
    report_close(report);
    return failed ? 1 : 0;
}
