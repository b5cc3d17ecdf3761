/* Texts into stages, stages into a number of requests and a time. */
#include "plan/schedule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)
#define LONGEST_NS (31 * 86400 * SECOND)
#define MOST_RATE 1e7
#define MOST_REQUESTS INT64_C(1000000000000)
#define RAMP_FORM "--ramp takes FROM:TO:TIME such as 10:500:30s"
#define STAGES_FORM "--stages takes RATE:TIME or FROM:TO:TIME, parted by commas, such as 100:10s,100:500:1m"
#define MOST_RANDOM INT64_C(100000000) /* whose gaps are added up one by one */
#define DEFAULT_TIMEOUT_NS (600 * SECOND)

const char *schedule_rate_option(const struct plan *plan) {
    return plan->rate_per_s > 0 ? "--rate" : plan->ramp ? "--ramp" : plan->stages ? "--stages" : NULL;
}

bool schedule_ends_by_time(const struct plan *plan) {
    return plan->duration_ns || plan->deadline_ns;
}

/* What each option wants beside it, or cannot have there. */
static int check_words(const struct plan *p, struct err *err) {
    bool open = schedule_rate_option(p), lasts = p->stages || (p->ramp && !p->requests);
    bool timed = p->duration_ns || lasts;
    const struct {
        bool wrong;
        const char *words;
    } rules[] = {
        {(p->rate_per_s > 0) + !!p->ramp + !!p->stages > 1,
         "--rate, --ramp and --stages exclude each other: each says at what rate requests are sent"},
        {p->stages && (p->requests || p->duration_ns),
         "--stages says how long a run takes and how many requests it has, so -n and -d are not for it"},
        {p->requests && p->duration_ns,
         "-n and -d exclude each other: a time limit for a number of requests is --deadline"},
        {p->deadline_ns && timed,
         "--deadline limits the time of a number of requests (-n), and here the run has a time of its own"},
        {p->grace_ns && !timed && !p->deadline_ns,
         "--grace follows the end of -d, --deadline, --ramp or --stages, and none of them ends the run"},
        {p->arrivals && !open,
         "--arrivals says how requests of a rate arrive, and there is no --rate, --ramp or --stages"},
        {p->think_ns && open,
         "--think-time is a pause between an answer and the next request, and at a rate none follows an answer"},
        {p->spin && !open,
         "--spin is for requests that wait for their moment, and there is no --rate, --ramp or --stages"},
        {p->ceiling && open,
         "--ceiling shows the most that a client can do, which a run at a rate does not: leave out one of them"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].wrong)
            return err_set(err, ERR_USAGE, "%s", rules[i].words);
    return 0;
}

/* RATE:TIME or FROM:TO:TIME into *stage; -1 where it is neither. */
static int parse_stage(const char *text, struct load_stage *stage) {
    char parts[3][32];
    size_t count = 0;
    for (const char *from = text, *end = text; end; from = end ? end + 1 : from) {
        end = strchr(from, ':');
        size_t length = end ? (size_t)(end - from) : strlen(from);
        if (count == 3 || length >= sizeof parts[0])
            return -1;
        memcpy(parts[count], from, length);
        parts[count++][length] = '\0';
    }
    if (count < 2 || units_read_rate(parts[0], &stage->from_per_s) ||
        units_read_rate(parts[count - 2], &stage->to_per_s) ||
        units_read_duration_ns(parts[count - 1], &stage->length_ns))
        return -1;
    return 0;
}

/* Likewise, with what is wrong of both kinds in a sentence; `form` is how the option is to be written. */
static int read_stage(const char *text, const char *form, struct load_stage *stage, struct err *err) {
    int option = (int)strcspn(form, " ");
    if (parse_stage(text, stage))
        return err_set(err, ERR_USAGE, "%s, not \"%.60s\"", form, text);
    if (stage->length_ns >= MILLISECOND && stage->length_ns <= LONGEST_NS)
        return 0;
    return err_set(err, ERR_USAGE, "%.*s: the time of \"%.60s\" must be from 1ms to 31 days", option, form,
                   text);
}

static int add_stage(struct load *load, struct load_stage stage, const char *option, struct err *err) {
    stage.from_per_s = share_rate(&load->share, stage.from_per_s);
    stage.to_per_s = share_rate(&load->share, stage.to_per_s);
    if (stage.from_per_s > MOST_RATE || stage.to_per_s > MOST_RATE)
        return err_set(err, ERR_USAGE, "%s: %g requests per second are more than the most of %g", option,
                       stage.from_per_s > stage.to_per_s ? stage.from_per_s : stage.to_per_s, MOST_RATE);
    if (load->stage_count == LOAD_STAGES)
        return err_set(err, ERR_USAGE, "%s has more than the most of %d stages", option, LOAD_STAGES);
    load->stages[load->stage_count++] = stage;
    return 0;
}

static int read_ramp(struct plan *plan, struct err *err) {
    struct load *load = &plan->load;
    struct load_stage stage;
    const char *colon = strchr(plan->ramp, ':');
    if (!colon || colon == strrchr(plan->ramp, ':'))
        return err_set(err, ERR_USAGE, "%s, not \"%.60s\"", RAMP_FORM, plan->ramp);
    if (read_stage(plan->ramp, RAMP_FORM, &stage, err) || add_stage(load, stage, "--ramp", err))
        return -1;
    bool ends_with_it = !plan->requests && !plan->duration_ns;
    struct load_stage steady = {stage.to_per_s, stage.to_per_s, LOAD_NEVER_NS};
    if (!ends_with_it)
        return add_stage(load, steady, "--ramp", err);
    plan->duration_ns = stage.length_ns;
    return 0;
}

static int read_stages(struct plan *plan, struct err *err) {
    for (const char *from = plan->stages, *end = from; end; from = end ? end + 1 : from) {
        char text[100];
        struct load_stage stage;
        end = strchr(from, ',');
        snprintf(text, sizeof text, "%.*s", end ? (int)(end - from) : (int)strlen(from), from);
        if (read_stage(text, STAGES_FORM, &stage, err) || add_stage(&plan->load, stage, "--stages", err))
            return -1;
    }
    plan->duration_ns = load_length_ns(&plan->load);
    return 0;
}

static int read_load(struct plan *plan, struct err *err) {
    struct load *load = &plan->load;
    *load = (struct load){.poisson = plan->arrivals && strcmp(plan->arrivals, "poisson") == 0,
                          .seed = plan->seed,
                          .share = plan->share};
    if (plan->ramp)
        return read_ramp(plan, err);
    if (plan->stages)
        return read_stages(plan, err);
    struct load_stage steady = {plan->rate_per_s, plan->rate_per_s, LOAD_NEVER_NS};
    plan->rate_per_s = share_rate(&plan->share, plan->rate_per_s);
    return plan->rate_per_s > 0 ? add_stage(load, steady, "--rate", err) : 0;
}

static const char *shown(char text[UNITS_TEXT], int64_t ns) {
    return units_write_duration(text, (double)ns / 1e9);
}

/* Looked at for every share, so that all refuse alike. */
static int check_shares_begin(const struct plan *plan, const char *time, struct err *err) {
    struct load load = plan->load;
    for (load.share.index = 0; load.share.index < load.share.count; load.share.index++) {
        struct load_cursor cursor = {0};
        if (load_due_ns(&load, &cursor, 0) >= plan->duration_ns)
            return err_set(err, ERR_USAGE,
                           "%s for %s cannot be shared by %" PRId64 ": share %" PRId64
                           " would have no request",
                           schedule_rate_option(plan), time, load.share.count, load.share.index + 1);
    }
    return 0;
}

/* Those that become due in the run's time. */
static int count_due(struct plan *plan, struct err *err) {
    char time[UNITS_TEXT];
    int64_t most = plan->load.poisson ? MOST_RANDOM : MOST_REQUESTS;
    double expected = load_expected(&plan->load, plan->duration_ns);
    shown(time, plan->duration_ns);
    if (plan->duration_ns > LONGEST_NS)
        return err_set(err, ERR_USAGE, "%s would take %s, and the most is 31 days",
                       schedule_rate_option(plan), time);
    if (expected > .9 * (double)most)
        return err_set(err, ERR_USAGE, "%s for %s are some %.3g requests%s, and a run may have %.3g",
                       schedule_rate_option(plan), time, expected,
                       plan->load.poisson ? " at random moments" : "", .9 * (double)most);
    plan->requests = load_count(&plan->load, plan->duration_ns, most);
    if (plan->share.count > 1 && check_shares_begin(plan, time, err))
        return -1;
    if (plan->requests)
        return 0;
    return err_set(err, ERR_USAGE, "%s makes no request due within %s", schedule_rate_option(plan), time);
}

int schedule_resolve(struct plan *plan, struct err *err) {
    if (check_words(plan, err) || read_load(plan, err))
        return -1;
    if (!plan->duration_ns)
        return 0;
    if (load_is_open(&plan->load))
        return count_due(plan, err);
    plan->requests = MOST_REQUESTS;
    return 0;
}

/* How long requests will be begun at least, from go. */
static int find_length(const struct plan *plan, int64_t *length_ns, struct err *err) {
    *length_ns = plan->duration_ns;
    if (plan->duration_ns || !load_is_open(&plan->load))
        return 0;
    if (plan->load.poisson && plan->requests > MOST_RANDOM)
        return err_set(err, ERR_USAGE, "--arrivals poisson is for at most %" PRId64 " requests, not %" PRId64,
                       MOST_RANDOM, plan->requests);
    struct load_cursor cursor = {0};
    *length_ns = load_due_ns(&plan->load, &cursor, plan->requests - 1);
    if (plan->deadline_ns && *length_ns > plan->deadline_ns)
        *length_ns = plan->deadline_ns;
    if (*length_ns <= LONGEST_NS)
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s would take longer than 31 days for %" PRId64
                   " requests: fewer of them, or a --deadline",
                   schedule_rate_option(plan), plan->requests);
}

/* How long a warm-up takes at least; of random arrivals, as long as their mean says. */
static int find_warmup(const struct plan *plan, int64_t *warmup_ns, struct err *err) {
    struct load held = load_first_rate(&plan->load);
    struct load_cursor cursor = {0};
    *warmup_ns = plan->warmup_ns;
    held.poisson = false;
    if (plan->warmup_requests && load_is_open(&held))
        *warmup_ns = load_due_ns(&held, &cursor, plan->warmup_requests - 1);
    if (*warmup_ns <= LONGEST_NS)
        return 0;
    return err_set(err, ERR_USAGE,
                   "--warmup would take longer than 31 days: fewer requests, or a shorter time");
}

int schedule_finish(struct plan *plan, struct err *err) {
    int64_t length_ns = 0, warmup_ns = 0;
    if (find_length(plan, &length_ns, err) || find_warmup(plan, &warmup_ns, err))
        return -1;
    plan->length_ns = length_ns;
    int64_t end_ns = plan->deadline_ns > length_ns ? plan->deadline_ns : length_ns;
    if (!plan->run_timeout_ns)
        plan->run_timeout_ns = warmup_ns + end_ns + plan->grace_ns + DEFAULT_TIMEOUT_NS;
    if (plan->run_timeout_ns > warmup_ns + length_ns)
        return 0;
    char limit[UNITS_TEXT], length[UNITS_TEXT];
    return err_set(err, ERR_USAGE, "--run-timeout %s would kill every run, since each takes %s%s",
                   shown(limit, plan->run_timeout_ns), shown(length, warmup_ns + length_ns),
                   warmup_ns ? " with its warm-up" : "");
}
