/* Whether anything got slower beyond a margin. */
#include <math.h>
#include <string.h>

#include "compare/between.h"

enum regression regression_of_one(const struct report_comparison *c, double margin) {
    if (!c->verdict || strcmp(c->verdict, "not_comparable") == 0 || strcmp(c->verdict, "inconclusive") == 0)
        return REGRESSION_OPEN;
    if (strcmp(c->verdict, "slower") == 0 && c->ci95[0] > 1 + margin)
        return REGRESSION_FOUND;
    return c->ci95[1] <= 1 + margin ? REGRESSION_NONE : REGRESSION_OPEN;
}

enum regression regression_of(const struct report *r, bool between, double margin) {
    const struct report_comparison *c = r->comparisons.items;
    enum regression worst = REGRESSION_NONE;
    size_t judged = 0;
    for (size_t i = 0; i < r->comparisons.count; i++) {
        if (!c[i].primary || (c[i].between.count > 0) != between)
            continue;
        enum regression one = regression_of_one(&c[i], margin);
        judged++;
        if (one == REGRESSION_FOUND)
            return one;
        worst = one == REGRESSION_OPEN ? one : worst;
    }
    return judged ? worst : REGRESSION_OPEN;
}
