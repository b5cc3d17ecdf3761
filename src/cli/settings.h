/* What the words of `fetchbench [options] URL` set, before and after it has become a plan. */
#ifndef FETCHBENCH_CLI_SETTINGS_H
#define FETCHBENCH_CLI_SETTINGS_H

#include "cli/words.h"
#include "plan/plan.h"

struct settings {
    struct plan plan;
    struct option_list modes;  /* texts of --mode, in order */
    const char *left_out;      /* of what `all` stands for, and why; NULL for nothing */
    struct option_list sweeps; /* of --sweep, of which there may be one */
    int64_t seed;
    const char *share; /* "K/N", NULL for the whole plan */
    int64_t ranks;     /* that carry it out together, as far as --dry-run tells; 0 or 1: one process alone */
    const char *warmup;
    const char *rounds; /* NULL when not given: a count or "auto" */
    const char *metric; /* one of the words of --metric; NULL for what is usual under the load */
    const char *output; /* file, "-", or NULL for a name of our own */
    const char *format;
    const char *data_file;      /* "-" for standard input */
    struct option_list fail_on; /* texts of --fail-on, each one or more thresholds */
    bool strict;
    const char *baseline; /* file of an earlier report, NULL for none */
    double regression;    /* share by which something may be slower; -1 when not asked */
    bool quiet, list, dry_run, version;
    const char *help; /* a topic, "" for all, NULL when not asked for */
};

/* The table from which parsing, --help and everything else about options follows. */
extern const struct option settings_options[];

/* Answers to options that other tools have and this one has not. */
extern const struct words_hint settings_hints[];

/* Reads the command line over the defaults. 0, or -1 with err filled. End with settings_fini in either case.
 */
int settings_read(struct settings *s, int argc, char **argv, struct err *err);
void settings_fini(struct settings *s);

/* Makes the plan final: modes, strategies, descriptors, URL. The plan's url must be set. 0, or -1 with err
 * filled. */
int settings_finish(struct settings *s, struct err *err);

#endif
