/* From the words typed to settings that hold together. */
#include "cli/invocation.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cli/baseline.h"
#include "cli/dryrun.h"
#include "cli/help.h"
#include "cli/terminal.h"
#include "cli/topics.h"
#include "report/redact.h"
#include "report/report.h"

#define INFORMATION_LIMIT ((size_t)1 << 20)

char **invocation_keep_words(struct arena *a, int argc, char **argv) {
    char **kept = arena_alloc(a, ((size_t)argc + 1) * sizeof *kept);
    for (int i = 0; i < argc; i++)
        kept[i] = arena_strdup(a, argv[i]);
    redact_argv_in_place(settings_options, argc, argv);
    return kept;
}

int invocation_read(struct invocation *v, int argc, char **argv, struct err *err) {
    v->argc = argc;
    v->argv = invocation_keep_words(&v->words, argc, argv);
    return settings_read(&v->settings, argc, v->argv, err);
}

/* Whether the words asked for information only, which is then in out; -1 with err filled where there is none.
 */
static int give_information(const struct settings *s, struct buf *out, struct err *err) {
    if (s->help && topics_write(out, s->help, err))
        return -1;
    if (!s->help && s->version)
        help_write_version(out);
    else if (!s->help && s->list)
        help_write_list(out);
    return s->help || s->version || s->list;
}

bool invocation_informs(struct invocation *v, enum cli_outcome *outcome, struct err *err) {
    struct buf out;
    buf_init(&out, INFORMATION_LIMIT);
    int informed = give_information(&v->settings, &out, err);
    *outcome = CLI_FAILED;
    if (informed > 0)
        *outcome = cli_print(&out, err);
    else
        buf_fini(&out);
    return informed != 0;
}

/* What was measured once is not to be lost to a slip. */
static int check_baseline_stays(const struct invocation *v, const char *option,
                                const struct reportfile *fresh, struct err *err) {
    struct reportfile old = reportfile_named(v->settings.baseline);
    if (!reportfile_is_same(&old, fresh))
        return 0;
    return err_set(err, ERR_USAGE, "%s would replace the baseline %s: give %s another file",
                   strcmp(option, "-o") == 0 ? "the report" : "the samples", v->settings.baseline, option);
}

/* One file cannot hold both. */
static int check_outputs(struct invocation *v, struct err *err) {
    const struct settings *s = &v->settings;
    struct reportfile report = reportfile_named(s->output ? s->output : "");
    if (s->plan.samples)
        v->samples_file = reportfile_named(s->plan.samples);
    if (s->baseline && s->output && check_baseline_stays(v, "-o", &report, err))
        return -1;
    if (s->baseline && s->plan.samples && check_baseline_stays(v, "--samples", &v->samples_file, err))
        return -1;
    if (!s->plan.samples || !s->output || !reportfile_is_same(&report, &v->samples_file))
        return 0;
    bool standard = strcmp(report.path, "-") == 0;
    return err_set(err, ERR_USAGE, "the report and the samples cannot both go to %s: give -o another file",
                   standard ? "standard output" : report.path);
}

static int choose_target(struct invocation *v, bool only_plans, struct err *err) {
    struct plan *plan = &v->settings.plan;
    plan->embedded = !plan->url && !plan->urls_file;
    if (!plan->embedded && !plan->ceiling)
        return 0;
    if (only_plans)
        snprintf(v->embedded.address, sizeof v->embedded.address, "127.0.0.1:80");
    else if (embedded_start(&v->embedded, err))
        return -1;
    plan->endpoint = v->embedded.address;
    if (!plan->embedded)
        return 0;
    plan->served = v->embedded.served;
    plan->url = arena_printf(&plan->arena, "http://%s/delay/20ms?key={i}", v->embedded.address);
    return 0;
}

int invocation_settle(struct invocation *v, bool only_plans, struct err *err) {
    struct settings *s = &v->settings;
    s->plan.descriptors_before = limits_raise_descriptors();
    if (check_outputs(v, err) || choose_target(v, only_plans, err))
        return -1;
    return settings_finish(s, err);
}

enum cli_outcome invocation_show_plan(struct invocation *v, struct err *err) {
    const struct settings *s = &v->settings;
    struct report *planned = report_open();
    report_begin(planned, &s->plan, settings_options, v->argc, v->argv);
    enum cli_outcome refused = baseline_check(s, planned, err);
    report_close(planned);
    if (refused != CLI_OK)
        return refused;
    struct buf out;
    buf_init(&out, INFORMATION_LIMIT);
    dryrun_write(&out, s);
    return cli_print(&out, err);
}

enum cli_outcome invocation_close(struct invocation *v, enum cli_outcome outcome, struct err *err) {
    if (err->kind != ERR_NONE)
        err_set(err, err->kind, "%s", redact_text(&v->words, err->text));
    embedded_stop(&v->embedded);
    settings_fini(&v->settings);
    arena_fini(&v->words);
    return outcome;
}
