/* fetchbench help [TOPIC]: the same as --help. */
#include <stddef.h>

#include "base/memory.h"
#include "cli/cli.h"
#include "cli/topics.h"
#include "cli/words.h"

struct help_settings {
    const char *topic, *help;
};

const struct option help_options[] = {
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct help_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {
    .options = help_options,
    .operand = "topic",
    .operand_offset = offsetof(struct help_settings, topic),
};

/* The words of a title, which need no quotes; NULL where an option is among them. An option may be the topic
 * alone, and is not read as one. */
static const char *join_words(struct arena *a, int argc, char **argv) {
    const char *topic = argc > 1 ? argv[1] : NULL;
    for (int i = 1; i < argc && argc > 2; i++)
        if (argv[i][0] == '-')
            return NULL;
    for (int i = 2; i < argc; i++)
        topic = arena_printf(a, "%s %s", topic, argv[i]);
    return topic;
}

static enum cli_outcome show(const char *topic, struct err *err) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, topic, err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}

enum cli_outcome cli_help(int argc, char **argv, struct err *err) {
    struct help_settings settings = {0};
    struct arena words = {0};
    enum cli_outcome outcome = CLI_FAILED;
    settings.topic = join_words(&words, argc, argv);
    if (settings.topic || words_read(&grammar, argc, argv, &settings, err) == 0)
        outcome = show(settings.topic ? settings.topic : settings.help ? settings.help : "", err);
    arena_fini(&words);
    return outcome;
}
