/* Verdict words. */
#include "stats/judgement.h"

#include <math.h>

const char *judgement_name(enum judgement j) {
    static const char *const names[JUDGEMENTS] = {"faster",    "slower",       "equivalent",
                                                  "different", "inconclusive", "not_comparable"};
    return names[j];
}

enum judgement judgement_within(double low, double high, double margin, double alike) {
    double upper = 1 + margin, lower = 1 / upper;
    if (isnan(low) || isnan(high))
        return JUDGEMENT_INCONCLUSIVE;
    if (high < lower)
        return JUDGEMENT_FASTER;
    if (low > upper)
        return JUDGEMENT_SLOWER;
    if (low >= 1 / (1 + alike) && high <= 1 + alike)
        return JUDGEMENT_EQUIVALENT;
    return low > 1 || high < 1 ? JUDGEMENT_DIFFERENT : JUDGEMENT_INCONCLUSIVE;
}

enum judgement judgement_of_interval(double low, double high, double margin) {
    return judgement_within(low, high, margin, fmin(margin, JUDGEMENT_ALIKE_MOST));
}

double judgement_margin(double low, double high) {
    return fmax(JUDGEMENT_MARGIN, sqrt(high / low) - 1); /* fmax passes over NaN */
}
