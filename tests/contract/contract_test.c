/* Puts every case on for every row of the table of strategies: `contract_test [strategy]`. A strategy with an
 * option "threads" is also run with threads=3, where only the first table, of how requests are shared out, is
 * put on at every concurrency, and one with "backend" with epoll beside what it takes by itself. For slow
 * builds FETCHBENCH_CONTRACT in the environment leaves some out: see enum extent. */
#include "contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/memory.h"

#define USUAL_CONCURRENCY 7
#define MANY_PROCESSES 20

enum extent {
    EXTENT_ALL,
    EXTENT_BRIEF,   /* each case at one concurrency, and with several threads alone where there may be some */
    EXTENT_THREADS, /* and of a strategy that has one thread only whether it counts right */
};

static const struct contract_case *const tables[] = {
    counting_cases, answer_cases, failure_cases, reuse_cases,    stopping_cases,
    lifetime_cases, body_cases,   timing_cases,  starting_cases,
};

struct programme {
    struct CMUnitTest *tests;
    size_t count;
    enum extent extent;
    struct arena arena;
};

struct setting stage_setting(const struct stage *stage, enum behaviour behaviour, int64_t requests) {
    return (struct setting){.mode = stage->mode,
                            .behaviour = behaviour,
                            .requests = requests,
                            .concurrency = stage->concurrency,
                            .no_keepalive = stage->no_keepalive};
}

void stage_open(struct stage *stage, const struct setting *setting) {
    if (trial_open(&stage->trial, setting, &stage->err))
        fail_msg("%s", stage->err.text);
}

void stage_run(struct stage *stage, const struct setting *setting) {
    stage_open(stage, setting);
    if (trial_run(&stage->trial, &stage->err))
        fail_msg("%s", stage->err.text);
}

int64_t stage_in_flight(const struct stage *stage) {
    struct plan plan = {.requests = stage->concurrency, .concurrency = stage->concurrency};
    struct err err = {0};
    int failed =
        plan_add_modes(&plan, stage->mode, &err) || strategy_configure(&plan, &plan.entries[0], &err);
    int64_t in_flight = failed ? stage->concurrency : plan.entries[0].concurrency;
    plan_fini(&plan);
    return in_flight;
}

int64_t stage_great_many(const struct stage *stage) {
    bool forks = stage->strategy->capabilities & RUNS_PROCESSES && !stage_runs_program(stage);
    return forks ? 100 : 1000;
}

bool stage_runs_program(const struct stage *stage) {
    return stage->strategy->capabilities & RUNS_PROGRAM;
}

void stage_skip_program(const struct stage *stage) {
    if (stage_runs_program(stage))
        skip();
}

static int clear_stage(void **state) {
    struct stage *stage = *state;
    trial_close(&stage->trial);
    return 0;
}

static void add(struct programme *p, const struct stage *model, const struct contract_case *c) {
    struct stage *stage = arena_alloc(&p->arena, sizeof *stage);
    *stage = *model;
    stage->argument = c->argument;
    stage->trial.recording.stop_fd = -1;
    const char *name =
        arena_printf(&p->arena, "%.*s -c %d%s: %s", (int)strcspn(stage->mode, "\""), stage->mode,
                     (int)stage->concurrency, stage->no_keepalive ? " --no-keepalive" : "", c->name);
    p->tests = realloc(p->tests, (p->count + 1) * sizeof *p->tests);
    if (!p->tests)
        abort();
    p->tests[p->count++] = (struct CMUnitTest){
        .name = name, .test_func = c->run, .teardown_func = clear_stage, .initial_state = stage};
}

/* widely: as the case wants to be spread, and not at one concurrency alone. */
static void spread(struct programme *p, struct stage model, const struct contract_case *c, bool widely) {
    bool forks = model.strategy->capabilities & RUNS_PROCESSES;
    const int64_t concurrencies[] = {1, USUAL_CONCURRENCY, forks ? MANY_PROCESSES : 64};
    bool many = model.strategy->capabilities & CAN_RUN_CONCURRENTLY;
    if (c->spread == SPREAD_IF_CONCURRENT && !many)
        return;
    bool each = widely && (c->spread == SPREAD_CONCURRENCY || c->spread == SPREAD_ALL);
    for (size_t i = 0; i < sizeof concurrencies / sizeof concurrencies[0]; i++) {
        model.concurrency = concurrencies[i];
        if (many ? !each && model.concurrency != USUAL_CONCURRENCY : i > 0)
            continue;
        model.no_keepalive = false;
        add(p, &model, c);
        model.no_keepalive = true;
        if (c->spread == SPREAD_ALL)
            add(p, &model, c);
    }
}

static enum extent chosen_extent(void) {
    static const char *const names[] = {[EXTENT_BRIEF] = "brief", [EXTENT_THREADS] = "threads"};
    const char *chosen = getenv("FETCHBENCH_CONTRACT");
    for (int i = EXTENT_BRIEF; chosen && i <= EXTENT_THREADS; i++)
        if (strcmp(chosen, names[i]) == 0)
            return (enum extent)i;
    return EXTENT_ALL;
}

static void add_mode(struct programme *p, const struct strategy *strategy, const char *settings,
                     size_t table_count, size_t spread_count) {
    struct stage model = {.strategy = strategy};
    bool program = strategy->capabilities & RUNS_PROGRAM;
    snprintf(model.mode, sizeof model.mode, "%s%s%s", strategy->name,
             program ? ":\"" CONTRACT_CLIENT "\"" : "", settings);
    for (size_t i = 0; i < table_count; i++)
        for (const struct contract_case *c = tables[i]; c->name; c++)
            spread(p, model, c, i < spread_count);
}

static void add_strategy(struct programme *p, const struct strategy *strategy) {
    bool threads = option_find(strategy->options, "threads"), all = p->extent == EXTENT_ALL;
    bool one_thread = !threads && !(strategy->capabilities & HAS_QUEUE);
    size_t count = sizeof tables / sizeof tables[0];
    if (all || !threads)
        add_mode(p, strategy, "", p->extent == EXTENT_THREADS && one_thread ? 1 : count, all ? count : 0);
    if (threads)
        add_mode(p, strategy, ":threads=3", count, all ? 1 : 0);
    if (option_find(strategy->options, "backend"))
        add_mode(p, strategy, ":backend=epoll", p->extent == EXTENT_THREADS ? 1 : count, 0);
}

static void lift_limit_of_open_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
    struct programme p = {.extent = chosen_extent()};
    lift_limit_of_open_files();
    for (const struct strategy *const *row = strategy_table; *row; row++)
        if (strategy_is_available(*row) && (argc < 2 || strcmp(argv[1], (*row)->name) == 0))
            add_strategy(&p, *row);
    if (argc > 2)
        cmocka_set_test_filter(argv[2]);
    int failed = p.count ? _cmocka_run_group_tests("contract", p.tests, p.count, NULL, NULL) : 0;
    free(p.tests);
    arena_fini(&p.arena);
    return failed;
}
