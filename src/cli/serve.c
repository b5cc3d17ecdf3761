/* fetchbench serve: the embedded endpoint in the foreground. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/units.h"
#include "cli/cli.h"
#include "cli/topics.h"
#include "cli/words.h"
#include "endpoint/endpoint.h"

struct serve_settings {
    const char *listen;
    bool open_to_all, pretty, tls;
    const char *cert, *key, *cert_out;
    const char *access_log, *stall;
    const char *help;
};

const struct option serve_options[] = {
    {.letters = "l",
     .name = "listen",
     .argument = "ADDRESS",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, listen),
     .help = "where to listen; port 0 is a free one (127.0.0.1:8080)",
     .details =
         "A numeric address and a port: 127.0.0.1:8080, [::1]:8080 or :8080, which is loopback too. With port 0 "
         "the system gives a free one, and the line that is printed at the start says which.\n"
         "Example: fetchbench serve --listen 127.0.0.1:0"},
    {.letters = "",
     .name = "public",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct serve_settings, open_to_all),
     .help = "allow an address beyond loopback",
     .details =
         "Without it an address that other machines could reach is refused: the endpoint does what it is asked, "
         "such as waiting and sending bytes, for anyone.\n"
         "Example: fetchbench serve --public --listen 0.0.0.0:8080"},
    {.letters = "",
     .name = "pretty",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct serve_settings, pretty),
     .help = "indent JSON by two (compact)",
     .details =
         "Indents the JSON of answers by two, as httpbin does in debug mode. Default: compact, as httpbin under "
         "gunicorn answers."},
    {.letters = "",
     .name = "tls",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct serve_settings, tls),
     .help = "HTTPS, by a certificate of its own or --cert",
     .details =
         "Serves HTTPS. Without --cert, a key and a certificate for localhost, 127.0.0.1 and ::1 are made "
         "at each start and kept in memory. Clients do not know it: let them skip the check (-k), or "
         "write it to a file by --cert-out and give them that file (--cacert). Example:\n"
         "  fetchbench serve --tls --listen :8443 --cert-out cert.pem\n"
         "  fetchbench --cacert cert.pem https://127.0.0.1:8443/get"},
    {.letters = "",
     .name = "cert",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, cert),
     .takes_file = true,
     .help = "certificate for --tls, PEM, its chain behind it",
     .details =
         "The certificate to serve HTTPS with, as a PEM file, and behind it those that lead to one that clients "
         "trust. It needs --tls. Default: one is made at the start.\n"
         "Example: fetchbench serve --tls --cert me.pem --key me.key"},
    {.letters = "",
     .name = "key",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, key),
     .takes_file = true,
     .help = "key of --cert, PEM (the file of --cert)",
     .details =
         "The private key that belongs to --cert, without which it is refused. Default: the file of --cert."},
    {.letters = "",
     .name = "cert-out",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, cert_out),
     .takes_file = true,
     .help = "write the certificate that --tls makes",
     .details =
         "Writes the certificate that --tls has made to a PEM file before anything is served, for clients to trust "
         "by --cacert. The key is not written.\n"
         "Example: fetchbench serve --tls --cert-out cert.pem"},
    {.letters = "",
     .name = "access-log",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, access_log),
     .takes_file = true,
     .help = "write a line of JSON for each answer",
     .details =
         "Each line has target, status, arrived_ns (when the request's first line had been read), departed_ns (when "
         "the answer was let go) and whole (all of it was sent). The moments are of CLOCK_MONOTONIC, which is one "
         "for all processes of a machine. With {i} in the URL the lines can be joined with those of fetchbench's "
         "--samples. The file is begun anew. Example:\n"
         "  fetchbench serve --listen :8080 --access-log served.ndjson\n"
         "  fetchbench --samples seen.ndjson 'http://127.0.0.1:8080/get?key={i}'"},
    {.letters = "",
     .name = "stall",
     .argument = "AT:LENGTH",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct serve_settings, stall),
     .help = "let nothing leave for LENGTH, from AT on",
     .details =
         "From AT after the first request on, no answer leaves for LENGTH; what arrives meanwhile is read and "
         "answered then. So a client is shown a stall whose length is known.\n"
         "Example: fetchbench serve --stall 500ms:250ms"},
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

/* What is wrong with the options taken together. */
static int check(const struct serve_settings *s, struct err *err) {
    if (!s->tls && (s->cert || s->key || s->cert_out))
        return err_set(err, ERR_USAGE, "%s is for --tls, which is not given",
                       s->cert  ? "--cert"
                       : s->key ? "--key"
                                : "--cert-out");
    if (s->key && !s->cert)
        return err_set(err, ERR_USAGE, "--key needs the certificate that it belongs to (--cert)");
    if (s->cert && s->cert_out)
        return err_set(err, ERR_USAGE, "--cert-out writes the certificate that is made without --cert");
    return 0;
}

/* Two durations parted by a colon. */
static int read_stall(const char *text, struct endpoint_options *out, struct err *err) {
    char at[64];
    size_t length = strcspn(text, ":");
    bool is_short = length < sizeof at;
    memcpy(at, text, is_short ? length : 0);
    at[is_short ? length : 0] = '\0';
    if (text[length] == ':' && !units_read_duration_ns(at, &out->stall_at_ns) &&
        !units_read_duration_ns(text + length + 1, &out->stall_length_ns))
        return out->stall_length_ns > 0 ? 0 : err_set(err, ERR_USAGE, "--stall: its length must be above 0");
    return err_set(err, ERR_USAGE, "--stall takes two durations such as 500ms:250ms, not '%s'", text);
}

static int write_certificate(const struct endpoint *endpoint, const char *path, struct err *err) {
    FILE *file = fopen(path, "we");
    if (!file)
        return err_set(err, ERR_USAGE, "cannot write '%s': %s", path, strerror(errno));
    int failed = fputs(endpoint_certificate(endpoint), file) < 0;
    failed |= fclose(file) != 0;
    return failed ? err_set_errno(err, "cannot write '%s'", path) : 0;
}

static void announce_stall(const struct endpoint_options *options) {
    char at[UNITS_TEXT], length[UNITS_TEXT];
    units_write_duration(at, (double)options->stall_at_ns / 1e9);
    units_write_duration(length, (double)options->stall_length_ns / 1e9);
    printf("fetchbench: no answer leaves for %s, from %s after the first request on\n", length, at);
}

/* What scripts wait for comes first. */
static int announce(const struct endpoint *endpoint, const struct serve_settings *settings,
                    const struct endpoint_options *options, struct err *err) {
    char address[64];
    endpoint_address(endpoint, address);
    printf("fetchbench: serving on %s://%s/ (Ctrl-C ends it)\n", settings->tls ? "https" : "http", address);
    if (settings->cert_out)
        printf("fetchbench: clients that trust its certificate: --cacert %s\n", settings->cert_out);
    else if (settings->tls && !settings->cert)
        puts("fetchbench: its certificate is new, so clients need -k, or the file of --cert-out as --cacert");
    if (settings->stall)
        announce_stall(options);
    if (fflush(stdout) || ferror(stdout))
        return err_set(err, ERR_OUTPUT, "standard output could not be written");
    return 0;
}

static enum cli_outcome serve(struct endpoint *endpoint, const struct serve_settings *settings,
                              const struct endpoint_options *options, struct err *err) {
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
    int failed = announce(endpoint, settings, options, err) || endpoint_run(endpoint, stop_fd, err);
    close(stop_fd);
    return failed ? CLI_FAILED : CLI_OK;
}

enum cli_outcome cli_serve(int argc, char **argv, struct err *err) {
    struct serve_settings settings = {.listen = "127.0.0.1:8080"};
    if (words_read(&grammar, argc, argv, &settings, err))
        return CLI_FAILED;
    if (settings.help)
        return show_help(settings.help, err);
    if (check(&settings, err))
        return CLI_FAILED;
    struct endpoint_options options = {.listen = settings.listen,
                                       .open_to_all = settings.open_to_all,
                                       .tls = settings.tls,
                                       .certificate_file = settings.cert,
                                       .key_file = settings.key,
                                       .access_log = settings.access_log,
                                       .pretty = settings.pretty};
    if (settings.stall && read_stall(settings.stall, &options, err))
        return CLI_FAILED;
    struct endpoint *endpoint = NULL;
    if (endpoint_open(&endpoint, &options, err))
        return CLI_FAILED;
    enum cli_outcome outcome = CLI_FAILED;
    if (!settings.cert_out || !write_certificate(endpoint, settings.cert_out, err))
        outcome = serve(endpoint, &settings, &options, err);
    endpoint_close(endpoint);
    return outcome;
}
