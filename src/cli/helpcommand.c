/* fetchbench help [TOPIC]: the same as --help. */
#include <stddef.h>

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

enum cli_outcome cli_help(int argc, char **argv, struct err *err) {
    struct help_settings settings = {0};
    /* An option may be the topic, and is not read as one. */
    if (argc == 2)
        settings.topic = argv[1];
    else if (words_read(&grammar, argc, argv, &settings, err))
        return CLI_FAILED;
    const char *topic = settings.topic ? settings.topic : settings.help ? settings.help : "";
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, topic, err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}
