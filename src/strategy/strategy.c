/* The table of strategies, and the checking of an entry of the plan against its row. */
#include "strategy/strategy.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "plan/schedule.h"

#define STRATEGY(name) extern const struct strategy strategy_##name;
#include "strategy/strategies.def"
#undef STRATEGY

const struct strategy *const strategy_table[] = {
#define STRATEGY(name) &strategy_##name,
#include "strategy/strategies.def"
#undef STRATEGY
    NULL};

const struct strategy *strategy_find(const char *name) {
    for (const struct strategy *const *row = strategy_table; *row; row++)
        if (strcmp((*row)->name, name) == 0)
            return *row;
    return NULL;
}

/* What every strategy has that can do it, but for those whose entry is a command to its end. Its values stand
 * at the end of an entry's, so that a strategy's own count from 0 whatever is shared. */
enum { OPTION_WORK = PLAN_OPTIONS - 1 };

static const struct {
    unsigned needs;
    struct option row;
} shared_options[] = {
    {CAN_WORK,
     {.name = "work",
      .argument = "WORK",
      .kind = OPTION_TEXT,
      .offset = OPTION_WORK * sizeof(union plan_value),
      .help = "what is done with each body: sha256/K, json or none (--work)",
      .details = "For this entry alone, in the place of --work."}},
};
#define SHARED_OPTIONS (sizeof shared_options / sizeof shared_options[0])

const struct option *strategy_option(const struct strategy *s, size_t index) {
    for (const struct option *row = s->options; row && row->name; row++)
        if (index-- == 0)
            return row;
    bool shares = !(s->capabilities & RUNS_PROGRAM);
    for (size_t i = 0; i < SHARED_OPTIONS && shares; i++)
        if (s->capabilities & shared_options[i].needs && index-- == 0)
            return &shared_options[i].row;
    return NULL;
}

static const struct option *find_option(const struct strategy *s, const char *name) {
    const struct option *row = strategy_option(s, 0);
    for (size_t i = 1; row && strcmp(row->name, name) != 0; i++)
        row = strategy_option(s, i);
    return row;
}

static bool follows_command(const struct plan *plan, const struct plan_entry *entry) {
    for (size_t i = 1; i < plan->entry_count; i++)
        if (&plan->entries[i] == entry)
            return strcmp(plan->entries[i - 1].strategy, PLAN_EXEC) == 0;
    return false;
}

/* A command that lacks its "exec:", or what stands behind a comma of one. */
static int refuse_command(const struct plan *plan, const struct plan_entry *entry, struct err *err) {
    const char *name = entry->strategy;
    if (strpbrk(name, "/ "))
        return err_set(err, ERR_USAGE, "there is no mode \"%.60s\": a program is run by exec:%.60s", name,
                       name);
    if (follows_command(plan, entry))
        return err_set(err, ERR_USAGE,
                       "there is no mode \"%.60s\" (a comma in the command of exec is written \\,)", name);
    return err_set(err, ERR_USAGE, "there is no mode \"%.60s\" (--list shows them)", name);
}

static int refuse_name(const struct plan *plan, const struct plan_entry *entry, struct err *err) {
    const char *name = entry->strategy;
    struct nearest near;
    nearest_init(&near, name);
    for (const struct strategy *const *row = strategy_table; *row; row++)
        nearest_offer(&near, (*row)->name);
    nearest_offer(&near, "all");
    if (near.best)
        return err_set(err, ERR_USAGE, "there is no mode \"%.60s\": did you mean %s?", name, near.best);
    return refuse_command(plan, entry, err);
}

static int refuse_option(const struct strategy *s, const char *option, struct err *err) {
    if (!strategy_option(s, 0))
        return err_set(err, ERR_USAGE, "mode %s has no options, so no \"%.60s\"", s->name, option);
    struct nearest near;
    nearest_init(&near, option);
    for (size_t i = 0; strategy_option(s, i); i++)
        nearest_offer(&near, strategy_option(s, i)->name);
    if (near.best)
        return err_set(err, ERR_USAGE, "mode %s has no option \"%.60s\": did you mean %s?", s->name, option,
                       near.best);
    return err_set(err, ERR_USAGE, "mode %s has no option \"%.60s\" (--list shows them)", s->name, option);
}

static bool was_given(const struct plan_entry *entry, size_t before, const char *name) {
    for (size_t i = 0; i < before; i++)
        if (strcmp(entry->settings[i].name, name) == 0)
            return true;
    return false;
}

static int read_settings(const struct strategy *s, struct plan_entry *entry, struct err *err) {
    for (size_t i = 0; i < entry->setting_count; i++) {
        const struct plan_setting *setting = &entry->settings[i];
        const struct option *row = find_option(s, setting->name);
        if (!row)
            return refuse_option(s, setting->name, err);
        if (was_given(entry, i, row->name))
            return err_set(err, ERR_USAGE, "option %s of mode %s was given twice", row->name, s->name);
        char shown[100];
        snprintf(shown, sizeof shown, "%s:%s", s->name, row->name);
        if (option_store(row, shown, setting->text, entry->values, err))
            return -1;
    }
    return 0;
}

/* --threads is the `threads` option of every strategy that has one and was not given its own. */
static void apply_threads(const struct plan *plan, const struct strategy *s, struct plan_entry *entry) {
    const struct option *row = find_option(s, "threads");
    if (!plan->threads || !row)
        return;
    union plan_value *value = &entry->values[row->offset / sizeof entry->values[0]];
    if (!value->number)
        value->number = plan->threads;
}

/* --work is the option `work` of every entry that was not given its own. */
static int apply_work(const struct plan *plan, struct plan_entry *entry, struct err *err) {
    const char **text = &entry->values[OPTION_WORK].text;
    char shown[100] = "--work";
    if (*text)
        snprintf(shown, sizeof shown, "%s:work", entry->strategy);
    else
        *text = plan->work;
    return *text ? bodywork_read(*text, shown, &entry->work, err) : 0;
}

struct strategy_lack strategy_lacks(const struct strategy *s, const struct plan *plan) {
    const char *rate = schedule_rate_option(plan);
    const struct {
        bool wanted;
        unsigned bit;
        const char *words, *option;
    } needs[] = {
        {plan_uses_tls(plan), CAN_TLS, "speak TLS", "an https URL"},
        {plan->http2, CAN_HTTP2, "speak HTTP/2", "--http2"},
        {plan->proxy, CAN_PROXY, "go through a proxy", "--proxy"},
        {plan->resolve.count, CAN_REROUTE, "take other addresses", "--resolve"},
        {plan->connect_to.count, CAN_REROUTE, "connect to another host", "--connect-to"},
        {plan->unix_socket, CAN_REROUTE, "connect to a unix socket", "--unix-socket"},
        {plan_resolves_each(plan), CAN_RESOLVE_EACH, "resolve a name for each connection", "--dns each"},
        {plan->cert, CAN_CERTIFICATE, "show a certificate", "--cert"},
        {plan->location, CAN_REDIRECT, "follow redirects", "--location"},
        {plan->compressed, CAN_DECOMPRESS, "decompress answers", "--compressed"},
        {plan->warmup_requests || plan->warmup_ns, CAN_WARM_UP, "warm up", "--warmup"},
        {plan->fail_status, CAN_FAIL_STATUS, "take a status for a failure", "--fail-status"},
        {plan->save, CAN_USE_BODY, "save answers", "--save"},
        {plan->work, CAN_WORK, "work on answers", "--work"},
        {plan->verify, CAN_USE_BODY, "check answers", "--verify"},
        {rate, CAN_PACE, "send requests at a rate", rate},
        {plan->deadline_ns, CAN_END_BY_TIME, "end by time", "--deadline"},
        {schedule_ends_by_time(plan), CAN_END_BY_TIME, "end by time", "--duration"},
        {plan->think_ns, CAN_THINK, "pause between requests", "--think-time"},
        {plan->spin, CAN_SPIN, "wait without sleeping", "--spin"},
        {plan_gives_header(plan, "Transfer-Encoding"), CAN_SEND_IN_PARTS, "send a body in chunks",
         "--header Transfer-Encoding"},
        {plan_gives_header(plan, "Expect"), CAN_SEND_IN_PARTS, "wait for leave to send a body",
         "--header Expect"},
    };
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        if (needs[i].wanted && !(s->capabilities & needs[i].bit))
            return (struct strategy_lack){needs[i].words, needs[i].option};
    return (struct strategy_lack){0};
}

int strategy_check_needs(const struct strategy *s, const struct plan *plan, struct err *err) {
    struct strategy_lack lack = strategy_lacks(s, plan);
    if (!lack.words)
        return 0;
    return err_set(err, ERR_USAGE, "mode %s cannot %s, so %s is not for it", s->name, lack.words,
                   lack.option);
}

int strategy_configure(const struct plan *plan, struct plan_entry *entry, struct err *err) {
    const struct strategy *s = strategy_find(entry->strategy);
    if (!s)
        return refuse_name(plan, entry, err);
    const char *why = s->probe ? s->probe() : NULL;
    if (why)
        return err_set(err, ERR_USAGE, "mode %s cannot run here: %s", s->name, why);
    if (strategy_check_needs(s, plan, err) || read_settings(s, entry, err))
        return -1;
    if (apply_work(plan, entry, err))
        return -1;
    apply_threads(plan, s, entry);
    entry->concurrency = s->capabilities & CAN_RUN_CONCURRENTLY ? plan_concurrency_of(plan, entry) : 1;
    entry->threads = s->threads ? s->threads(entry) : 1;
    if (s->capabilities & ONE_REQUEST_PER_THREAD)
        entry->concurrency = entry->threads;
    entry->connections = plan_connections(plan);
    if (plan->target_count > PLAN_CONNECTIONS)
        entry->connections++; /* one more is in use before the oldest is closed */
    return s->check ? s->check(entry, err) : 0;
}

size_t strategy_lanes(const struct strategy *s, const struct plan_entry *entry, size_t processors) {
    size_t threads = (size_t)entry->threads;
    return s->capabilities & HAS_OWN_LANES || threads < processors ? threads : processors;
}

bool strategy_is_available(const struct strategy *s) {
    return !s->probe || !s->probe();
}
