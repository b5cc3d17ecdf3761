/* fetchbench generate WHAT: the manual page and completions, for the build and for people. */
#include "cli/generate.h"

#include <stddef.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/topics.h"
#include "cli/words.h"

#define LIMIT ((size_t)1 << 20)

struct generate_settings {
    const char *what, *help;
};

const struct option generate_options[] = {
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct generate_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {
    .options = generate_options,
    .operand = "word",
    .operand_offset = offsetof(struct generate_settings, what),
};

static const struct {
    const char *name;
    void (*write)(struct buf *out);
} kinds[] = {
    {"man", generate_man},
    {"bash", generate_bash},
    {"zsh", generate_zsh},
    {"fish", generate_fish},
};

static int write_kind(struct buf *out, const char *what, struct err *err) {
    for (size_t i = 0; what && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, what) != 0)
            continue;
        kinds[i].write(out);
        return 0;
    }
    if (!what)
        return err_set(err, ERR_USAGE, "generate takes one of man, bash, zsh and fish");
    return err_set(err, ERR_USAGE, "generate takes one of man, bash, zsh and fish, not \"%.40s\"", what);
}

enum cli_outcome cli_generate(int argc, char **argv, struct err *err) {
    struct generate_settings settings = {0};
    if (words_read(&grammar, argc, argv, &settings, err))
        return CLI_FAILED;
    struct buf out;
    buf_init(&out, LIMIT);
    int failed = 0;
    if (settings.help)
        failed = topics_write(&out, *settings.help ? settings.help : "generate", err);
    else
        failed = write_kind(&out, settings.what, err);
    if (!failed)
        return cli_print(&out, err);
    buf_fini(&out);
    return CLI_FAILED;
}
