/* fetchbench doctor: what of this machine stands in the way of measuring well, and what to change. Nothing is
 * sent. */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wait.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "record/host.h"
#include "render/page.h"
#include "report/environment.h"
#include "report/report.h"
#include "trust/host.h"

#define LOOK_NS INT64_C(1500000000) /* long enough for shares in ticks, on one processor too */
#define WIDTH 80
#define FOUND_AT 18 /* column */

struct doctor_settings {
    bool strict;
    const char *help;
};

const struct option doctor_options[] = {
    {.letters = "",
     .name = "strict",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct doctor_settings, strict),
     .help = "status 6 where something is not well",
     .details =
         "For scripts: status 6 where any check warns or fails, else 0. What this machine does not tell is "
         "no fault. Without it the status is always 0.\n"
         "Example: fetchbench doctor --strict && fetchbench --rounds auto URL"},
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct doctor_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {.options = doctor_options};

/* This process sleeps meanwhile, so whatever is done is done by others. */
static void look_at_kernel(struct trust_host *h) {
    struct host_counters before = host_counters_read("");
    wait_asleep_until(-1, clock_now_ns() + LOOK_NS);
    struct host_counters after = host_counters_read("");
    struct host_counters d = host_counters_difference(&after, &before);
    h->time_wait = after.time_wait;
    h->run.throttled = d.throttled_periods;
    h->run.jiffies = d.all_ticks;
    if (d.all_ticks <= 0)
        return;
    h->run.steal_share = d.steal_ticks < 0 ? NAN : (double)d.steal_ticks / (double)d.all_ticks;
    if (d.idle_ticks >= 0)
        h->load = (1 - (double)d.idle_ticks / (double)d.all_ticks) * (double)h->processors_online;
}

static struct trust_host examine(const struct report_environment *e) {
    const double *range = e->sysctls.ip_local_port_range;
    struct trust_host h = {
        .processors_online = e->cpus_online,
        .processors_allowed = e->cpus_allowed,
        .quota = e->limits.cpu_quota,
        .load = NAN,
        .files = e->limits.nofile_hard,
        .threads = e->limits.pids,
        .ports = isnan(range[0]) ? -1 : (int64_t)(range[1] - range[0]) + 1,
        .backlog = e->sysctls.somaxconn,
        .clock_step_s = e->clock_resolution_s,
        .clock_call_s = e->clock_call_s,
        .late_s = (double)wait_lateness_ns() / 1e9,
        .clocksource = e->clocksource,
        .governor = e->governor,
        .run = trust_facts_unknown(),
    };
    h.run.is_performance = e->governor ? strcmp(e->governor, "performance") == 0 : -1;
    look_at_kernel(&h);
    return h;
}

/* "WARN  ports         16384 to connect from. What to do." */
static void append_row(struct buf *out, struct arena *a, const struct trust_host_check *check,
                       enum trust_status status, const char *found, bool colour) {
    static const char *const words[] = {
        [TRUST_PASS] = "ok", [TRUST_UNKNOWN] = "?", [TRUST_WARN] = "WARN", [TRUST_FAIL] = "FAIL"};
    bool bad = status >= TRUST_WARN;
    const char *text = bad ? arena_printf(a, "%s: %s", found, check->advice) : found;
    buf_printf(out, "%s%-4s%s  %-10s  ", colour && bad ? page_tints[TINT_BAD] : "", words[status],
               colour && bad ? "\x1b[0m" : "", check->id);
    struct buf body;
    buf_init(&body, 4096);
    page_paragraph(&body, page_clean(a, text, terminal_is_utf8()), WIDTH - FOUND_AT, 0);
    for (const char *line = buf_text(&body); *line;) {
        size_t length = strcspn(line, "\n") + 1;
        buf_append(out, line, length);
        line += length;
        buf_append_repeat(out, ' ', *line ? FOUND_AT : 0);
    }
    buf_fini(&body);
}

/* Returns how many are not well. */
static size_t append_all(struct buf *out, struct arena *a, const struct trust_host *h, bool colour) {
    size_t bad = 0;
    for (const struct trust_host_check *c = trust_host_checks; c->id; c++) {
        char found[TRUST_HOST_FOUND] = "";
        enum trust_status status = c->judge(h, found);
        append_row(out, a, c, status, found, colour);
        bad += status >= TRUST_WARN;
    }
    buf_printf(out,
               bad ? "\n%zu of these would better be changed before measuring.\n"
                   : "\nNothing here stands in the way of measuring well.\n",
               bad);
    return bad;
}

static enum cli_outcome report_health(bool strict, struct err *err) {
    struct report *r = report_open();
    struct buf out;
    environment_capture(r, "");
    struct trust_host h = examine(&r->environment);
    buf_init(&out, 1 << 16);
    size_t bad = append_all(&out, &r->arena, &h, terminal_may_colour(STDOUT_FILENO));
    enum cli_outcome printed = cli_print(&out, err);
    report_close(r);
    return printed == CLI_OK && strict && bad > 0 ? CLI_NO_CONCLUSION : printed;
}

enum cli_outcome cli_doctor(int argc, char **argv, struct err *err) {
    struct doctor_settings settings = {0};
    if (words_read(&grammar, argc, argv, &settings, err))
        return CLI_FAILED;
    if (!settings.help)
        return report_health(settings.strict, err);
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, *settings.help ? settings.help : "doctor", err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}
