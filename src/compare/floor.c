/* What follows from a baseline against itself. */
#include "compare/floor.h"

#include <math.h>

#include "stats/judgement.h"

double floor_half_width(const struct report_noise_floor *floor) {
    return floor && !isnan(floor->ci95[0]) ? log(floor->ci95[1] / floor->ci95[0]) / 2 : 0;
}

double floor_margin(const struct report_noise_floor *floor) {
    return floor ? judgement_margin(floor->ci95[0], floor->ci95[1]) : JUDGEMENT_MARGIN;
}

bool floor_is_unsteady(const struct report_noise_floor *floor) {
    if (!floor)
        return false;
    enum judgement j = judgement_of_interval(floor->ci95[0], floor->ci95[1], JUDGEMENT_MARGIN);
    return j == JUDGEMENT_FASTER || j == JUDGEMENT_SLOWER;
}
