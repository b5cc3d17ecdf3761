/* Numbers of rounds at a margin that depends on them. */
#include "compare/design.h"

#include <math.h>
#include <stdbool.h>

#include "stats/judgement.h"
#include "stats/normal.h"

#define SETTLE_MOST 10000
#define EFFICIENCY .955 /* of signed ranks, as in stats/rounds.h */

static double margin_of(double half_width) {
    return fmax(JUDGEMENT_MARGIN, expm1(half_width));
}

int64_t design_to_settle(size_t comparisons, double ratio, double deviation, double half_width,
                         size_t rounds) {
    double made = (double)rounds, distance = fabs(log(ratio));
    int64_t wanted = (int64_t)rounds + 1;
    while (wanted <= SETTLE_MOST) {
        double margin = margin_of(half_width * sqrt(made / (double)wanted));
        double alike = fmin(margin, JUDGEMENT_ALIKE_MOST);
        bool is_within = distance < log1p(margin), is_between = is_within && distance > log1p(alike);
        struct rounds_design design = {
            .alpha = DESIGN_ALPHA, .comparisons = comparisons, .margin = is_within ? alike : margin};
        int64_t needed = is_between ? -1 : rounds_to_settle(&design, ratio, deviation, rounds);
        if (needed >= 0 && needed <= wanted)
            return wanted;
        /* The ratio may stand just on the margin of so many rounds, and beyond that of some more. */
        wanted = needed < 0 || needed > 2 * wanted ? 2 * wanted : needed;
    }
    return -1;
}

/* Half the interval of A against A' that so many rounds are expected to give, of logarithms. */
static double expected_half_width(double deviation, int64_t rounds) {
    double z = -normal_quantile(DESIGN_ALPHA / 2);
    double freedom = EFFICIENCY * ((double)rounds - z * z / 2);
    return isnan(deviation) || freedom <= 0 ? 0 : z * deviation / sqrt(freedom);
}

int64_t design_for_effect(size_t comparisons, double deviation, double floor_deviation) {
    int64_t rounds = (int64_t)rounds_least(DESIGN_ALPHA, comparisons);
    if (isnan(deviation))
        return rounds;
    for (; rounds <= DESIGN_ROUNDS; rounds++) {
        struct rounds_design design = {.alpha = DESIGN_ALPHA,
                                       .comparisons = comparisons,
                                       .margin = margin_of(expected_half_width(floor_deviation, rounds))};
        int64_t needed = rounds_for_effect(&design, DESIGN_EFFECT, DESIGN_POWER, deviation);
        if (needed >= 0 && needed <= rounds)
            return rounds;
    }
    return -1;
}
