/* The reader of reports: any bytes are either refused with a sentence, or a report which, written and read
 * again, is the same. */
#include <string.h>

#include "fuzz.h"
#include "report/fields.h"

static char *text_of(const struct report *r) {
    struct buf text;
    buf_init(&text, REPORT_TEXT_LIMIT);
    FUZZ_CHECK(report_write_text(r, &text) == 0);
    return buf_take(&text);
}

static void check_same(const struct report *a, const struct report *b) {
    for (const struct field *f = report_shape.fields; f->key; f++)
        if (!field_is_equal(f, a, b)) {
            fprintf(stderr, "%s differs\n", f->key);
            abort();
        }
}

static void check_read(const struct report *report) {
    struct err err = {0};
    char *once = text_of(report);
    struct report *again = report_read_text(once, strlen(once), "what was written", &err);
    if (!again) {
        fprintf(stderr, "%s\n%s", err.text, once);
        abort();
    }
    check_same(report, again);
    char *twice = text_of(again);
    FUZZ_CHECK(strcmp(once, twice) == 0);
    free(twice);
    free(once);
    report_close(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct err err = {0};
    struct report *report = report_read_text((const char *)data, size, "it", &err);
    if (report)
        check_read(report);
    else
        FUZZ_CHECK(err.kind == ERR_USAGE && *err.text);
    report_close(report);
    return 0;
}
