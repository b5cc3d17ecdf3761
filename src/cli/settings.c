/* What follows from several options together. */
#include "cli/settings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/processors.h"
#include "base/units.h"
#include "base/version.h"
#include "cli/datafile.h"
#include "cli/metricword.h"
#include "cli/modes.h"
#include "cli/words.h"
#include "compare/threshold.h"
#include "http/authorities.h"
#include "http/route.h"
#include "http/save.h"
#include "http/targets.h"
#include "plan/order.h"
#include "plan/schedule.h"
#include "plan/sweep.h"
#include "strategy/strategy.h"

#define SECOND INT64_C(1000000000)
#define LOOKUP_DESCRIPTORS 4 /* of a resolver thread: a pair to be heard by, and the sockets of a lookup */
#define DEFAULT_BUDGET (120 * SECOND)
#define OWN_DESCRIPTORS 32 /* what the measured process has open besides its requests' */

static const struct words_grammar grammar = {
    .options = settings_options,
    .hints = settings_hints,
    .operand_offset = offsetof(struct settings, plan.url),
    .operand = "URL",
};

static void set_defaults(struct settings *s) {
    *s = (struct settings){.seed = 1, .format = "text", .regression = -1};
    s->plan.timeout_ns = 30 * SECOND;
    s->plan.connect_timeout_ns = 10 * SECOND;
    s->plan.max_errors = 1;
    s->plan.dns = "once";
}

static int read_warmup(struct settings *s, struct err *err) {
    if (!s->warmup)
        return 0;
    if (units_read_count(s->warmup, &s->plan.warmup_requests) == 0)
        return 0;
    s->plan.warmup_requests = 0;
    if (units_read_duration_ns(s->warmup, &s->plan.warmup_ns) == 0)
        return 0;
    return err_set(err, ERR_USAGE, "-w takes a count or a duration, such as 100 or 2s, not \"%.60s\"",
                   s->warmup);
}

static int read_share(struct settings *s, struct err *err) {
    return s->share ? share_read(s->share, &s->plan.share, err) : 0;
}

static int read_rounds(struct settings *s, struct err *err) {
    struct plan *plan = &s->plan;
    if (!s->rounds)
        s->rounds = s->baseline || s->regression >= 0 || s->strict ? "auto" : "1";
    plan->rounds_auto = strcmp(s->rounds, "auto") == 0;
    if (!plan->rounds_auto && units_read_count(s->rounds, &plan->rounds))
        return err_set(err, ERR_USAGE, "--rounds takes a count such as 10, or auto, not \"%.60s\"",
                       s->rounds);
    if (!plan->rounds_auto && (plan->rounds < 1 || plan->rounds > PLAN_ROUNDS))
        return err_set(err, ERR_USAGE, "--rounds must be from 1 to %d, or auto, not %.60s", PLAN_ROUNDS,
                       s->rounds);
    if (!plan->rounds_auto && plan->budget_ns)
        return err_set(err, ERR_USAGE, "--budget limits the rounds of --rounds auto, which was not given");
    if (plan->rounds_auto && !plan->budget_ns)
        plan->budget_ns = DEFAULT_BUDGET;
    return 0;
}

/* Of two the last would pass for both. */
static int read_sweep(struct settings *s, struct err *err) {
    if (s->sweeps.count > 1)
        return err_set(
            err, ERR_USAGE,
            "--sweep is given twice, and one can be swept beside -c: delays or sizes, in one list");
    s->plan.sweep = s->sweeps.count ? s->sweeps.items[0] : NULL;
    return 0;
}

/* "-q 500" is a rate to users of some tools. */
static int refuse_number_after_quiet(int argc, char **argv, struct err *err) {
    int64_t number = 0;
    for (int i = 1; i + 1 < argc; i++) {
        bool quiet = strcmp(argv[i], "-q") == 0 || strcmp(argv[i], "--quiet") == 0;
        if (quiet && units_read_count(argv[i + 1], &number) == 0)
            return err_set(err, ERR_USAGE,
                           "%s means quiet and takes no number such as %.20s (a rate is --rate %s)", argv[i],
                           argv[i + 1], argv[i + 1]);
    }
    return 0;
}

static int check_standard_input(const struct settings *s, struct err *err) {
    const char *urls = s->plan.urls_file;
    if (urls && s->data_file && strcmp(urls, "-") == 0 && strcmp(s->data_file, "-") == 0)
        return err_set(err, ERR_USAGE, "--data-file and --urls cannot both read standard input");
    return 0;
}

int settings_read(struct settings *s, int argc, char **argv, struct err *err) {
    set_defaults(s);
    if (refuse_number_after_quiet(argc, argv, err) || words_read(&grammar, argc, argv, s, err) ||
        read_warmup(s, err) || read_share(s, err) || read_rounds(s, err) || read_sweep(s, err) ||
        check_standard_input(s, err))
        return -1;
    s->plan.seed = (uint64_t)s->seed;
    if (!s->plan.user_agent)
        s->plan.user_agent = arena_printf(&s->plan.arena, "fetchbench/%s", version_number);
    return 0;
}

void settings_fini(struct settings *s) {
    free(s->modes.items);
    free(s->sweeps.items);
    free(s->fail_on.items);
    plan_fini(&s->plan);
}

/* That a family of addresses alone leaves no way to an address of the other needs no run to be found out. */
static int check_family(const struct plan *plan, const struct target *target, struct err *err) {
    struct route route;
    route_find(plan, target, &route);
    for (size_t i = 0; i < route.count; i++) {
        const struct target *place = &route.places[i];
        bool is_ipv6 = strchr(place->host, ':') != NULL;
        if (place->literal && (is_ipv6 ? plan->ipv4_only : plan->ipv6_only))
            return err_set(err, ERR_USAGE, "%s leaves no way to %s, which is an IPv%d address",
                           is_ipv6 ? "-4" : "-6", place->host, is_ipv6 ? 6 : 4);
    }
    return 0;
}

static int check_routes(const struct plan *plan, struct err *err) {
    if (route_check(plan, err))
        return -1;
    for (size_t i = 0; i < plan->target_count + plan->ceiling; i++)
        if (check_family(plan, &plan->targets[i], err))
            return -1;
    return 0;
}

static int check_file(const char *option, const char *path, struct err *err) {
    if (path && access(path, R_OK))
        return err_set(err, ERR_USAGE, "%s %.200s cannot be read: %s", option, path, strerror(errno));
    return 0;
}

static int check_certificate(const char *option, const char *path, struct err *err) {
    if (check_file(option, path, err))
        return -1;
    return path ? authorities_check(option, path, err) : 0;
}

static int check_files(const struct plan *plan, struct err *err) {
    if (check_certificate("--cacert", plan->cacert, err) || check_certificate("--cert", plan->cert, err))
        return -1;
    return check_file("--key", plan->key, err);
}

/* It would be taken for the number of threads of a strategy that has as many as requests in flight. */
static int check_threads(const struct plan *plan, struct err *err) {
    for (size_t i = 0; i < plan->entry_count; i++)
        if (!plan->threads || option_find(strategy_find(plan->entries[i].strategy)->options, "threads"))
            return 0;
    return err_set(
        err, ERR_USAGE,
        "--threads is of no use to %s, which has no option of that name: -c sets the requests in flight",
        plan->entry_count == 1 ? plan->entries[0].label : "any of the modes given");
}

static int check_output(const struct settings *s, struct err *err) {
    if (s->quiet && strcmp(s->format, "text") != 0)
        return err_set(err, ERR_USAGE, "-q prints nothing, so -f %s would not be seen: leave out one of them",
                       s->format);
    return 0;
}

static int64_t descriptors_with(const struct plan *plan, const struct plan_entry *entry,
                                int64_t concurrency) {
    struct plan_entry other = *entry;
    other.concurrency = concurrency;
    const struct strategy *s = strategy_find(entry->strategy);
    int64_t looking_up = plan_resolves_each(plan) ? LOOKUP_DESCRIPTORS : 0, saving = plan->save ? 1 : 0;
    int64_t in_one_process = s->capabilities & RUNS_PROCESSES ? 1 : concurrency;
    return OWN_DESCRIPTORS + (looking_up + saving) * in_one_process + s->descriptors(&other);
}

/* The largest concurrency that `allowed` descriptors carry, 0 for none. */
static int64_t most_that_fits(const struct plan *plan, const struct plan_entry *entry, int64_t allowed) {
    int64_t fits = 0, too_many = entry->concurrency;
    while (too_many - fits > 1) {
        int64_t middle = fits + (too_many - fits) / 2;
        if (descriptors_with(plan, entry, middle) <= allowed)
            fits = middle;
        else
            too_many = middle;
    }
    return fits;
}

static int check_descriptors(const struct plan *plan, const struct plan_entry *entry, struct err *err) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return err_set_errno(err, "cannot read the limit of open files");
    int64_t needed = descriptors_with(plan, entry, entry->concurrency);
    int64_t allowed = limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
    if (needed <= allowed)
        return 0;
    return err_set(err, ERR_USAGE,
                   "%s with %" PRId64 " requests in flight needs %" PRId64
                   " file descriptors and the limit is %" PRId64 ": -c %" PRId64
                   " is the most that fits (or raise it with ulimit -n)",
                   entry->label, entry->concurrency, needed, allowed, most_that_fits(plan, entry, allowed));
}

static int finish_samples(struct plan *plan, struct err *err) {
    if (plan->samples_order && !plan->samples)
        return err_set(err, ERR_USAGE, "--order is that of --samples, and there is no --samples");
    if (plan->samples && !plan->samples_order)
        plan->samples_order = "completed";
    return 0;
}

static int check_thresholds(const struct settings *s, struct err *err) {
    for (size_t i = 0; i < s->fail_on.count; i++)
        if (threshold_check(s->fail_on.items[i], err))
            return -1;
    return 0;
}

/* What no run will know. */
static int check_waited(const struct settings *s, struct err *err) {
    for (size_t i = 0; i < s->fail_on.count && !schedule_rate_option(&s->plan); i++)
        if (strstr(s->fail_on.items[i], "waited"))
            return err_set(
                err, ERR_USAGE,
                "--fail-on waited is of requests that are due at a rate, and there is no --rate, --ramp or --stages");
    return 0;
}

static int check_strict(const struct settings *s, struct err *err) {
    if (!s->strict || s->baseline || plan_label_count(&s->plan) > 1)
        return 0;
    return err_set(
        err, ERR_USAGE,
        "--strict asks for a conclusion, and %s alone is compared with nothing: name two or more (-M)",
        s->plan.entries[0].label);
}

/* A verdict that the exit status is to tell needs something to compare with, and rounds. */
static int check_regression(const struct settings *s, struct err *err) {
    const struct plan *plan = &s->plan;
    if (s->baseline && strcmp(s->baseline, "-") == 0)
        return err_set(err, ERR_USAGE, "--baseline takes a file, which standard input is not");
    if (s->regression >= 0 && !s->baseline && plan_label_count(plan) < 2)
        return err_set(
            err, ERR_USAGE,
            "--fail-on-regression compares with --baseline FILE or with the first of several entries "
            "of --mode, and there is neither");
    bool asked = s->baseline || s->regression >= 0 || s->strict;
    if (!asked || plan->rounds_auto || plan->rounds >= plan_least_rounds(plan))
        return 0;
    return err_set(err, ERR_USAGE,
                   "%" PRId64
                   " round%s cannot support the verdict that --%s asks for: --rounds auto, or at least "
                   "%" PRId64,
                   plan->rounds, plan->rounds == 1 ? "" : "s",
                   s->baseline          ? "baseline"
                   : s->regression >= 0 ? "fail-on-regression"
                                        : "strict",
                   plan_least_rounds(plan));
}

/* The endpoint speaks plain HTTP/1.1 over TCP, so beside anything else its figure would bound nothing. */
static int check_ceiling(const struct plan *plan, struct err *err) {
    const struct {
        bool there;
        const char *words;
    } others[] = {
        {plan_uses_tls(plan), "an https URL"},
        {plan->http2, "--http2"},
        {plan->proxy, "--proxy"},
        {plan->unix_socket, "--unix-socket"},
        {plan->resolve.count, "--resolve"},
        {plan->connect_to.count, "--connect-to"},
        {plan->save, "--save, which would keep its answers too"},
    };
    for (size_t i = 0; plan->ceiling && i < sizeof others / sizeof others[0]; i++)
        if (others[i].there)
            return err_set(err, ERR_USAGE,
                           "--ceiling is the plain HTTP/1.1 of the embedded endpoint, so it is not for %s",
                           others[i].words);
    return 0;
}

static bool is_concurrent(const char *strategy) {
    const struct strategy *s = strategy_find(strategy);
    return !s || s->capabilities & CAN_RUN_CONCURRENTLY;
}

int settings_finish(struct settings *s, struct err *err) {
    struct plan *plan = &s->plan;
    if (check_output(s, err) || check_thresholds(s, err) || check_waited(s, err) || finish_samples(plan, err))
        return -1;
    if (plan->save && save_check(plan->save, err))
        return -1;
    if (s->data_file && datafile_read(plan, s->data_file, err))
        return -1;
    if (modes_add(s, err) || plan_finish(plan, err) ||
        metricword_choose(s->metric, loadkind_of(plan), &plan->metric, err) || targets_find(plan, err) ||
        check_ceiling(plan, err) || check_routes(plan, err) || check_files(plan, err) ||
        sweep_expand(plan, is_concurrent, err))
        return -1;
    for (size_t i = 0; i < plan->entry_count; i++)
        if (strategy_configure(plan, &plan->entries[i], err) ||
            check_descriptors(plan, &plan->entries[i], err))
            return -1;
    if (check_threads(plan, err) || check_strict(s, err) || check_regression(s, err))
        return -1;
    if (plan->rounds_auto)
        plan->rounds = plan_least_rounds(plan);
    cpu_set_t pinned;
    return plan->pin ? processors_parse(plan->pin, &pinned, err) : 0;
}
