/* How many rounds --rounds auto is to make. */
#include <math.h>

#include "compare/compare.h"
#include "compare/design.h"
#include "compare/side.h"

/* A pilot that happens to be quiet asks for too few rounds and then stays in the result, which makes
 * intervals too narrow. With a deviation so much larger, simulated comparisons of 6 rounds and then as many
 * as wanted find an effect of 5 % in 80 to 84 of 100 cases, and leave out a ratio of 1 in 5.3 to 5.5. */
#define CAUTION 1.08

/* What the pilot says of one metric. */
struct pilot {
    struct arena scratch;
    const struct report *r;
    const struct metric *metric;
    double deviation;       /* the largest of any comparison; NaN while there is none */
    double floor_deviation; /* the largest of a baseline against itself */
};

static double deviation_between(struct pilot *p, const struct side *baseline, const struct side *strategy) {
    struct pairs pairs = side_pair(&p->scratch, p->metric, baseline, strategy);
    return rounds_deviation(pairs.baseline, pairs.strategy, pairs.count);
}

/* The deviation of a label's own figures stands for a later comparison of it with another invocation: of the
 * difference of two such sets it is the root of two times as large. */
static double deviation_alone(struct pilot *p, const struct side *side) {
    size_t count;
    double *figures = side_figures(&p->scratch, p->metric, side, &count);
    return sqrt(2) * rounds_spread(figures, count);
}

/* Against both runs of the baseline, which say more of one spread than either. */
static double deviation_of(struct pilot *p, const struct side *baseline, const struct side *repeat,
                           const struct side *side) {
    double first = deviation_between(p, baseline, side), second = deviation_between(p, repeat, side);
    return isnan(second) ? first : sqrt((first * first + second * second) / 2);
}

/* fmax passes over NaN. */
static void look_at_point(struct pilot *p, const char *const *labels, size_t count, int64_t point) {
    struct side baseline = side_gather(&p->scratch, p->r, labels[0], point, false);
    struct side repeat = side_gather(&p->scratch, p->r, labels[0], point, true);
    p->floor_deviation = fmax(p->floor_deviation, deviation_between(p, &baseline, &repeat));
    if (count == 1)
        p->deviation = fmax(p->deviation, deviation_alone(p, &baseline));
    for (size_t i = 1; i < count; i++) {
        struct side side = side_gather(&p->scratch, p->r, labels[i], point, false);
        p->deviation = fmax(p->deviation, deviation_of(p, &baseline, &repeat, &side));
    }
}

int64_t compare_rounds_wanted(const struct report *r, bool *enough) {
    struct pilot p = {
        .r = r, .metric = metric_find(r->plan.metric), .deviation = NAN, .floor_deviation = NAN};
    size_t count;
    const char **labels = side_labels(&p.scratch, r, &count);
    for (size_t i = 0; count && i < side_points(r); i++)
        look_at_point(&p, labels, count, side_point(r, i));
    arena_fini(&p.scratch);
    int64_t rounds = design_for_effect((count > 1 ? count - 1 : 1) * side_points(r), CAUTION * p.deviation,
                                       p.floor_deviation);
    *enough = rounds >= 0;
    return *enough ? rounds : DESIGN_ROUNDS;
}
