/* fetchbench serve: the embedded endpoint in the foreground. */
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "endpoint/endpoint.h"

struct serve_settings {
    const char *listen;
    bool open_to_all, pretty;
    const char *help;
};

const struct option serve_options[] = {
    {.letters = "l",
     .name = "listen",
     .argument = "ADDRESS",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, listen),
     .help = "address and port; port 0 takes a free one (127.0.0.1:8080)"},
    {.letters = "",
     .name = "public",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct serve_settings, open_to_all),
     .help = "allow an address beyond loopback"},
    {.letters = "",
     .name = "pretty",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct serve_settings, pretty),
     .help = "indent JSON by two (compact, as httpbin under gunicorn)"},
    {.letters = "h",
     .name = "help",
     .argument = "[TOPIC]",
     .kind = OPTION_HELP,
     .offset = offsetof(struct serve_settings, help),
     .help = "show this"},
    {0},
};

static const struct words_grammar grammar = {.options = serve_options};

static enum cli_outcome show_help(const char *topic, struct err *err) {
    struct buf out;
    buf_init(&out, 1 << 20);
    if (topics_write(&out, *topic ? topic : "serve", err)) {
        buf_fini(&out);
        return CLI_FAILED;
    }
    return cli_print(&out, err);
}

static enum cli_outcome serve(struct endpoint *endpoint, struct err *err) {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    signal(SIGPIPE, SIG_IGN);
    int stop_fd = signalfd(-1, &ends, SFD_CLOEXEC);
    if (stop_fd < 0) {
        err_set_errno(err, "cannot wait for signals");
        return CLI_FAILED;
    }
    char address[64];
    endpoint_address(endpoint, address);
    printf("fetchbench: serving on http://%s/ (Ctrl-C ends it)\n", address);
    fflush(stdout);
    int failed = endpoint_run(endpoint, stop_fd, err);
    close(stop_fd);
    return failed ? CLI_FAILED : CLI_OK;
}

enum cli_outcome cli_serve(int argc, char **argv, struct err *err) {
    struct serve_settings settings = {.listen = "127.0.0.1:8080"};
    if (words_read(&grammar, argc, argv, &settings, err))
        return CLI_FAILED;
    if (settings.help)
        return show_help(settings.help, err);
    struct endpoint_options options = {
        .listen = settings.listen, .open_to_all = settings.open_to_all, .pretty = settings.pretty};
    struct endpoint *endpoint = NULL;
    if (endpoint_open(&endpoint, &options, err))
        return CLI_FAILED;
    enum cli_outcome outcome = serve(endpoint, err);
    endpoint_close(endpoint);
    return outcome;
}
