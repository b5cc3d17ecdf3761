/* The thresholds, held against the values. */
#include "trust/trust.h"

#include <math.h>
#include <string.h>

const char *trust_status_name(enum trust_status status) {
    static const char *const names[] = {
        [TRUST_PASS] = "pass", [TRUST_UNKNOWN] = "unknown", [TRUST_WARN] = "warn", [TRUST_FAIL] = "fail"};
    return names[status];
}

static const struct trust_facts unknown = {
    .over_tcp = true,
    .connections = -1,
    .total = -1,
    .completed = -1,
    .failed = -1,
    .unfinished = -1,
    .not_started = -1,
    .other_status = -1,
    .samples_lost = -1,
    .oldest_unfinished_s = NAN,
    .wall_s = NAN,
    .p50_s = NAN,
    .tail_s = NAN,
    .service_mean_s = NAN,
    .first_byte_mean_s = NAN,
    .connect_p50_s = NAN,
    .connect_longest_s = NAN,
    .connect_timeouts = -1,
    .share_40ms = NAN,
    .count_40ms = -1,
    .count_beside = -1,
    .threads = -1,
    .processors = -1,
    .cpu_s = NAN,
    .busiest_cpu_share = NAN,
    .busiest_wait_share = NAN,
    .largest_cpu_share = NAN,
    .largest_wait_share = NAN,
    .loop_busy_share = NAN,
    .turn_p99_s = NAN,
    .late_share = NAN,
    .late = -1,
    .slip_tail_s = NAN,
    .wake_s = NAN,
    .longest_s = NAN,
    .span_s = NAN,
    .waited = -1,
    .in_flight_mean = NAN,
    .in_flight_expected = NAN,
    .in_flight_error = NAN,
    .in_flight_bias = NAN,
    .drift_p = NAN,
    .drift_share = NAN,
    .clock_s = NAN,
    .listen_drops = -1,
    .syn_retransmits = -1,
    .retransmits = -1,
    .timeouts = -1,
    .segments_sent = -1,
    .no_ports = -1,
    .time_wait = -1,
    .port_range = -1,
    .steal_share = NAN,
    .jiffies = -1,
    .throttled = -1,
    .throttled_share = NAN,
    .is_performance = -1,
    .same_machine = -1,
    .ceiling_share = NAN,
};

struct trust_facts trust_facts_unknown(void) {
    return unknown;
}

const struct trust_check *trust_find(const char *id) {
    for (const struct trust_check *c = trust_checks; c->id; c++)
        if (strcmp(c->id, id) == 0)
            return c;
    return NULL;
}

/* Never of what is unknown, nor of a threshold that there is not. */
static bool is_beyond(const struct trust_check *c, double value, double threshold) {
    return c->low_is_bad ? value < threshold : value > threshold;
}

static struct trust_row labelled(const struct trust_check *c, double value) {
    return (struct trust_row){c, TRUST_PASS, value, NAN, value > 0 ? c->advice : NULL};
}

static const char *advice_of(const struct trust_check *c, const struct trust_facts *f) {
    if (f->spins && c->when_spinning)
        return c->when_spinning;
    return !f->can_spin && c->when_unable ? c->when_unable : c->advice;
}

const char *trust_advice(const struct trust_check *c, const char *text) {
    const char *others[] = {c->when_spinning, c->when_unable};
    for (size_t i = 0; text && i < sizeof others / sizeof others[0]; i++)
        if (others[i] && strcmp(text, others[i]) == 0)
            return others[i];
    return c->advice;
}

struct trust_row trust_judge_one(const struct trust_check *c, const struct trust_facts *f) {
    struct trust_value v = c->value(f);
    bool is_known = isfinite(v.value) && (isfinite(v.grave) || isnan(c->fail));
    double threshold = isnan(c->warn) ? c->fail : c->warn;
    if (is_beyond(c, v.grave, c->fail))
        return (struct trust_row){c, TRUST_FAIL, v.grave, c->fail, advice_of(c, f)};
    if (is_beyond(c, v.value, c->warn))
        return (struct trust_row){c, TRUST_WARN, v.value, c->warn, advice_of(c, f)};
    if (!is_known)
        return (struct trust_row){c, TRUST_UNKNOWN, NAN, threshold, v.reason ? v.reason : c->unknown};
    return isnan(threshold) ? labelled(c, v.value)
                            : (struct trust_row){c, TRUST_PASS, v.value, threshold, NULL};
}

size_t trust_judge(const struct trust_facts *f, struct trust_row out[TRUST_CHECKS_MOST]) {
    size_t count = 0;
    for (const struct trust_check *c = trust_checks; c->id; c++)
        if (!c->applies || c->applies(f))
            out[count++] = trust_judge_one(c, f);
    return count;
}
