/* The words of --work. */
#include "plan/bodywork.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define MOST_TIMES INT64_C(1000000000)

int bodywork_read(const char *text, const char *shown, struct bodywork *out, struct err *err) {
    *out = (struct bodywork){.kind = BODYWORK_NONE, .times = 1};
    if (strcmp(text, "none") == 0)
        return 0;
    if (strcmp(text, "json") == 0) {
        out->kind = BODYWORK_JSON;
        return 0;
    }
    if (strncmp(text, "sha256", 6) != 0 || (text[6] && text[6] != '/'))
        return err_set(err, ERR_USAGE, "%s takes sha256/K, json or none, not \"%.60s\"", shown, text);
    out->kind = BODYWORK_SHA256;
    if (!text[6])
        return 0;
    if (units_read_count(text + 7, &out->times) || out->times < 1 || out->times > MOST_TIMES)
        return err_set(err, ERR_USAGE, "%s takes sha256/K with a count from 1 to 1000000000, not \"%.60s\"",
                       shown, text);
    return 0;
}

const char *bodywork_write(const struct bodywork *work, char out[BODYWORK_TEXT]) {
    if (work->kind == BODYWORK_SHA256)
        snprintf(out, BODYWORK_TEXT, "sha256/%" PRId64, work->times);
    else
        snprintf(out, BODYWORK_TEXT, "%s", work->kind == BODYWORK_JSON ? "json" : "none");
    return out;
}
