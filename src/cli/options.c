/* The option table: a row per option, from which parsing, bounds, --help, the man page, completion and
 * redaction follow. What several options mean together is settings.c's business. */
#include "cli/settings.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

/* "text|json": the words of the renderers' table, joined. */
#define RENDERER(name) "|" #name
static const char formats[] =
#include "render/renderers.def"
    ;
#undef RENDERER
#define FORMATS (formats + 1)

#define AT(member) .offset = offsetof(struct settings, member)
#define RUNS .group = "What to run"
#define SENDS .group = "What to send"
#define CONNECTS .group = "How to connect"
#define MEASURES_BY .group = "How to measure"
#define SHOWS .group = "What to show"

/* One row per option. Within a group, in the order of --help. */
const struct option settings_options[] = {
    {RUNS, .letters = "M", .name = "mode", .argument = "LIST", .kind = OPTION_LIST, AT(modes),
     .help = "strategies, comma-separated: [label=]name[:option=value], or all of them (async)"},
    {RUNS, .letters = "n", .name = "requests", .argument = "N", .kind = OPTION_COUNT, AT(plan.requests),
     .least = 1, .most = 1000000000000, .help = "number of requests (100)"},
    {RUNS, .letters = "c", .name = "concurrency", .argument = "N", .kind = OPTION_COUNT, AT(plan.concurrency),
     .least = 1, .most = 1000000, .help = "requests in flight; sequential has 1 (the lesser of -n and 100)"},
    {RUNS, .letters = "", .name = "threads", .argument = "K", .kind = OPTION_COUNT, AT(plan.threads),
     .least = 1, .most = 1024, .help = "threads of every strategy that has that option (each its own)"},
    {RUNS, .letters = "", .name = "rounds", .argument = "N", .kind = OPTION_COUNT, AT(plan.rounds),
     .least = 1, .most = PLAN_ROUNDS, .help = "run everything N times, each in fresh processes (1)"},

    {SENDS, .letters = "mX", .name = "method", .argument = "WORD", .kind = OPTION_TEXT, AT(plan.method),
     .help = "request method (GET, or POST with --data)"},
    {SENDS, .letters = "H", .name = "header", .argument = "LINE", .kind = OPTION_LIST, AT(plan.headers),
     .secret = OPTION_SECRET_HEADER, .help = "add a header, \"Name: value\"; may be repeated"},
    {SENDS, .letters = "", .name = "data", .argument = "TEXT", .kind = OPTION_TEXT, AT(plan.data),
     .help = "request body"},
    {SENDS, .letters = "", .name = "data-file", .argument = "FILE", .kind = OPTION_TEXT, AT(data_file),
     .help = "request body from FILE, byte for byte; - for standard input"},
    {SENDS, .letters = "u", .name = "user", .argument = "USER:PASSWORD", .kind = OPTION_TEXT, AT(plan.user),
     .secret = OPTION_SECRET, .help = "basic authentication"},
    {SENDS, .letters = "A", .name = "user-agent", .argument = "TEXT", .kind = OPTION_TEXT,
     AT(plan.user_agent), .help = "User-Agent header (fetchbench/VERSION)"},
    {SENDS, .letters = "", .name = "compressed", .kind = OPTION_FLAG, AT(plan.compressed),
     .help = "ask for a compressed answer, and decompress it"},
    {SENDS, .letters = "L", .name = "location", .kind = OPTION_FLAG, AT(plan.location),
     .help = "follow redirects"},
    {SENDS, .letters = "", .name = "urls", .argument = "FILE", .kind = OPTION_TEXT, AT(urls),
     .help = "a URL per line, in turn; with a URL given, the lines are what {line} stands for"},

    {CONNECTS, .letters = "", .name = "no-keepalive", .kind = OPTION_FLAG, AT(plan.no_keepalive),
     .help = "a new connection for every request (keep-alive)"},
    {CONNECTS, .letters = "", .name = "timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.timeout_ns), .least = MILLISECOND, .most = 86400 * SECOND, .help = "for a whole request (30s)"},
    {CONNECTS, .letters = "", .name = "connect-timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.connect_timeout_ns), .least = MILLISECOND, .most = 86400 * SECOND,
     .help = "for making a connection (10s)"},
    {CONNECTS, .letters = "k", .name = "insecure", .kind = OPTION_FLAG, AT(plan.insecure),
     .help = "do not verify certificates"},
    {CONNECTS, .letters = "", .name = "cacert", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.cacert),
     .help = "trust the certificates in FILE (the system's)"},
    {CONNECTS, .letters = "", .name = "cert", .argument = "FILE[:PASSWORD]", .kind = OPTION_TEXT,
     AT(plan.cert), .secret = OPTION_SECRET_TAIL, .help = "client certificate, PEM"},
    {CONNECTS, .letters = "", .name = "key", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.key),
     .help = "private key of --cert (in the same file)"},
    {CONNECTS, .letters = "", .name = "http1.1", .kind = OPTION_FLAG, AT(plan.http1_1),
     .help = "HTTP/1.1 (the default)"},
    {CONNECTS, .letters = "", .name = "http2", .kind = OPTION_FLAG, AT(plan.http2),
     .help = "HTTP/2 where the server can"},
    {CONNECTS, .letters = "", .name = "resolve", .argument = "HOST:PORT:ADDRESS", .kind = OPTION_LIST,
     AT(plan.resolve), .help = "take ADDRESS for HOST:PORT; may be repeated"},
    {CONNECTS, .letters = "", .name = "connect-to", .argument = "HOST:PORT:HOST:PORT", .kind = OPTION_LIST,
     AT(plan.connect_to), .help = "connect to the second instead of the first; may be repeated"},
    {CONNECTS, .letters = "", .name = "unix-socket", .argument = "PATH", .kind = OPTION_TEXT,
     AT(plan.unix_socket), .help = "connect to a unix socket"},
    {CONNECTS, .letters = "x", .name = "proxy", .argument = "URL", .kind = OPTION_TEXT, AT(plan.proxy),
     .help = "through this proxy (none, whatever the environment says)"},
    {CONNECTS, .letters = "", .name = "dns", .argument = "WHEN", .kind = OPTION_CHOICE, AT(plan.dns),
     .choices = "once|each", .help = "resolve the host before the clock, or for each connection (once)"},
    {CONNECTS, .letters = "4", .name = "ipv4", .kind = OPTION_FLAG, AT(plan.ipv4_only), .help = "IPv4 only"},
    {CONNECTS, .letters = "6", .name = "ipv6", .kind = OPTION_FLAG, AT(plan.ipv6_only), .help = "IPv6 only"},

    {MEASURES_BY, .letters = "w", .name = "warmup", .argument = "N|TIME", .kind = OPTION_TEXT, AT(warmup),
     .help = "requests, or a time such as 2s, before the clock starts (none)"},
    {MEASURES_BY, .letters = "", .name = "keep-going", .kind = OPTION_FLAG, AT(plan.keep_going),
     .help = "go on when the first ten requests have all failed"},
    {MEASURES_BY, .letters = "", .name = "fail-status", .kind = OPTION_FLAG, AT(plan.fail_status),
     .help = "count answers of 400 and above as failed"},
    {MEASURES_BY, .letters = "", .name = "max-errors", .argument = "SHARE", .kind = OPTION_SHARE,
     AT(plan.max_errors), .help = "failed share beyond which the status is 3 (100%: none succeeded)"},
    {MEASURES_BY, .letters = "", .name = "run-timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.run_timeout_ns), .least = MILLISECOND, .most = 31 * 86400 * SECOND,
     .help = "kill a run that takes longer (10m)"},
    {MEASURES_BY, .letters = "", .name = "pin", .argument = "CPUS", .kind = OPTION_TEXT, AT(plan.pin),
     .help = "processors for the measured process, such as 1 or 0-1 (any)"},
    {MEASURES_BY, .letters = "", .name = "seed", .argument = "N", .kind = OPTION_COUNT, AT(seed),
     .most = INT64_C(9007199254740991), .help = "of everything random, which is nothing yet (1)"},

    {SHOWS, .letters = "o", .name = "output", .argument = "FILE", .kind = OPTION_TEXT, AT(output),
     .help = "the report's file; - for standard output (TIME-LABELS.json, in results/ if that is there)"},
    {SHOWS, .letters = "f", .name = "format", .argument = "WORD", .kind = OPTION_CHOICE, AT(format),
     .choices = FORMATS, .help = "what is printed (text)"},
    {SHOWS, .letters = "", .name = "samples", .argument = "FILE", .kind = OPTION_TEXT, AT(samples),
     .help = "every request on a line: NDJSON, or CSV for FILE.csv; - for standard output"},
    {SHOWS, .letters = "", .name = "order", .argument = "WORD", .kind = OPTION_CHOICE, AT(order),
     .choices = "completed|issued", .help = "the order of --samples (completed)"},
    {SHOWS, .letters = "q", .name = "quiet", .kind = OPTION_FLAG, AT(quiet),
     .help = "print nothing but errors"},
    {SHOWS, .letters = "", .name = "list", .kind = OPTION_FLAG, AT(list),
     .help = "show the strategies and their options"},
    {SHOWS, .letters = "", .name = "dry-run", .kind = OPTION_FLAG, AT(dry_run),
     .help = "show what would be done, and do nothing"},
    {SHOWS, .letters = "h", .name = "help", .argument = "[TOPIC]", .kind = OPTION_HELP, AT(help),
     .help = "show this"},
    {SHOWS, .letters = "V", .name = "version", .kind = OPTION_FLAG, AT(version), .help = "show the version"},
    {0},
};

const struct words_hint settings_hints[] = {
    {"-t", "some tools mean a time limit by it and some threads: use --timeout or --threads"},
    {"-d", "a request body is --data; there is no run time yet, use -n"},
    {"-z", "there is no run time yet, use -n"},
    {"--duration", "there is no run time yet, use -n"},
    {"-R", "there is no fixed rate yet, only a closed loop (-c)"},
    {"--rate", "there is no fixed rate yet, only a closed loop (-c)"},
    {"-s", "use -q to print nothing but errors"},
    {"--silent", "use --quiet"},
    {0},
};
