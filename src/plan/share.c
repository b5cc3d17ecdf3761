/* Shares interleave: number by number, in turn. */
#include "plan/share.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define DIGITS 32 /* of a count, with their NUL */

int share_read(const char *text, struct share *out, struct err *err) {
    char which[DIGITS];
    size_t length = strcspn(text, "/");
    int64_t place = 0, count = 0;
    snprintf(which, sizeof which, "%.*s", (int)(length < sizeof which ? length : 0), text);
    if (!text[length] || units_read_count(which, &place) || units_read_count(text + length + 1, &count))
        return err_set(err, ERR_USAGE, "--share takes K/N such as 2/4, the second of four, not \"%.60s\"",
                       text);
    if (count > SHARE_MOST)
        return err_set(err, ERR_USAGE, "--share %.60s: a plan has at most %d shares", text, SHARE_MOST);
    if (place < 1 || place > count)
        return err_set(err, ERR_USAGE, "--share %.60s: there is no such share, they are 1/N to N/N", text);
    *out = (struct share){.index = place - 1, .count = count};
    return 0;
}

static int64_t count_of(const struct share *share) {
    return share->count > 1 ? share->count : 1;
}

int64_t share_part(const struct share *share, int64_t total) {
    int64_t before = count_of(share) - 1 - share->index;
    return (total + before) / count_of(share);
}

double share_rate(const struct share *share, double total) {
    return total / (double)count_of(share);
}

int64_t share_number(const struct share *share, int64_t nth) {
    return nth * count_of(share) + share->index;
}

double share_phase(const struct share *share) {
    return (double)share->index / (double)count_of(share);
}
