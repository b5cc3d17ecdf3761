/* The option table: a row per option, from which parsing, bounds, --help, the man page, completion and
 * redaction follow. What several options mean together is settings.c's business. */
#include "cli/metricword.h"
#include "cli/settings.h"
#include "render/renderer.h"

#define SECOND INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

#define FORMATS (renderer_words + 1)

#define AT(member) .offset = offsetof(struct settings, member)
#define RUNS .group = "What to run"
#define SENDS .group = "What to send"
#define USES .group = "What to do with answers"
#define CONNECTS .group = "How to connect"
#define MEASURES_BY .group = "How to measure"
#define JUDGES_BY .group = "How to judge"
#define SHOWS .group = "What to show"

/* One row per option. Within a group, in the order of --help. */
const struct option settings_options[] = {
    {RUNS, .letters = "M", .name = "mode", .argument = "LIST", .kind = OPTION_LIST, AT(modes),
     .takes_modes = true, .help = "strategies to compare, comma-separated, or all (async)",
     .details =
         "The client strategies to run, each measured in a process of its own. An entry is a strategy's "
         "name, with a label of your own before it (label=name) and options of the strategy behind it "
         "(name:option=value). May be repeated; `all` is every strategy that can run here "
         "and do what is asked. Default: async.\n"
         "See --help modes for the grammar and --help strategies for what there is. Example:\n"
         "  fetchbench -M 'sequential,one=async,two=async:threads=2' URL"},
    {RUNS, .letters = "n", .name = "requests", .argument = "N", .kind = OPTION_COUNT, AT(plan.requests),
     .least = 1, .most = 1000000000000, .help = "number of requests (100)",
     .details =
         "How many requests each run fires, however many are in flight: none is dropped by rounding. A "
         "warm-up (--warmup) comes on top and is not counted. Default: 100; with --urls and --save as many "
         "as the list has lines.\n"
         "Example: -n 10k"},
#include "cli/loading.def"

    {RUNS, .letters = "c", .name = "concurrency", .argument = "N[,N]", .kind = OPTION_COUNTS, AT(plan.counts),
     .least = 1, .most = 1000000, .help = "requests in flight, or several to sweep (100)",
     .details =
         "How many requests are in flight at most: connections of async and raw, worker threads of threads. "
         "sequential always has one. Each slot sends its next request when it has its last answer (a closed "
         "loop); with a rate (--rate), when one is due. Default: the lesser of --requests and 100.\n"
         "Connections and threads take file descriptors; what does not fit the limit (ulimit -n) is refused "
         "with the number that would.\n"
         "Several numbers parted by commas are a sweep: everything is compared at each of them, and the report "
         "names where the winner changes (see --help sweeps). Example: -n 100k -c 200, or -c 1,10,100"},
    {RUNS, .letters = "", .name = "sweep", .argument = "NAME=LIST", .kind = OPTION_LIST, AT(sweeps),
     .help = "delay=0,10ms or bytes=100,1MiB, without a URL",
     .details =
         "Compares everything at several delays, or at several sizes, of the embedded endpoint's answers, so "
         "it takes no URL. The report names where the winner changes. Delays go to 10s, sizes from 1 byte to "
         "10MiB; they are put in order. With several numbers of --concurrency each is combined with each. See "
         "--help sweeps for what runs. Examples:\n"
         "  fetchbench -M sequential,async --sweep delay=0,1ms,10ms\n"
         "  fetchbench -M threads,async --sweep bytes=100,10k,1MiB -c 1,10"},
    {RUNS, .letters = "", .name = "threads", .argument = "K", .kind = OPTION_COUNT, AT(plan.threads),
     .least = 1, .most = 1024, .help = "threads of strategies with that option",
     .details =
         "Sets the option `threads` of every strategy that has one, unless the entry gives its own: for "
         "async and raw the number of event loops. It does not change --concurrency, which the loops share. Default: "
         "what each strategy says (see --help strategies). For executor it is how many of its requests are really in "
         "flight, one per thread. Refused where no strategy given has it: threads and processes have as many as "
         "--concurrency says.\n"
         "Example: --threads 2, or for one entry alone -M async:threads=2"},
    {RUNS, .letters = "", .name = "share", .argument = "K/N", .kind = OPTION_TEXT, AT(share),
     .help = "send the K-th of N parts of the plan (all of it)",
     .details =
         "For a load that takes several machines or processes: each is started with the same words and a K of "
         "its own, from 1 to N, all at the same time, and `fetchbench merge --shares` joins their reports. "
         "Under MPI it is done by itself, a share for each rank.\n"
         "--requests, --concurrency, rates and a --warmup that is a count are those of all shares together and "
         "are split with nothing left over. A request has the same number in whatever share it is sent, so all "
         "together send what one process would: share K the requests K-1, K-1+N and so on. At a rate the "
         "requests of all shares are evenly spaced together, and with --arrivals poisson each share has random "
         "moments of its own. Times, --rounds, --threads and options of strategies are each share's own, and a "
         "strategy that sends one request at a time does so in each. What cannot be split is refused. Give "
         "--rounds a number: with auto each share would make as many as it finds best.\n"
         "Example: fetchbench --share 2/3 -n 30k -c 300 -o two.json URL"},
#include "cli/comparing.def"

    {SENDS, .letters = "mX", .name = "method", .argument = "WORD", .kind = OPTION_TEXT, AT(plan.method),
     .help = "request method (GET, or POST with a body)",
     .details =
         "The method of every request, as curl's -X: any word that HTTP allows. HEAD sends and reads no body. "
         "Default: GET, or POST where there is a body (--data, --data-file).\n"
         "Example: -X PUT --data '{\"a\":1}'"},
    {SENDS, .letters = "H", .name = "header", .argument = "LINE", .kind = OPTION_LIST, AT(plan.headers),
     .secret = OPTION_SECRET_HEADER, .help = "add a header, \"Name: value\"; may be repeated",
     .details =
         "As curl's -H: adds a header to every request, or replaces one that would be sent by itself. "
         "\"Name:\" takes the header away, \"Name;\" sends it empty.\n"
         "Values of headers that carry credentials (Authorization, Cookie and any name with auth, token, "
         "secret, key, password, credential or session in it) are hidden in the report, on the screen and in "
         "the process list. Example: -H 'Accept: text/html'"},
    {SENDS, .letters = "", .name = "data", .argument = "TEXT", .kind = OPTION_TEXT, AT(plan.data),
     .help = "request body",
     .details =
         "The body of every request, as it is typed: unlike curl's, @ has no meaning here (see --data-file) "
         "and nothing is encoded. It makes the method POST, and the type application/x-www-form-urlencoded "
         "unless -H says otherwise.\n"
         "Example: --data '{\"a\":1}' -H 'Content-Type: application/json'"},
    {SENDS, .letters = "", .name = "data-file", .argument = "FILE", .kind = OPTION_TEXT, AT(data_file),
     .takes_file = true, .help = "request body from FILE, or - for standard input",
     .details =
         "As --data, with the bytes of a file, NUL and line ends included, or with - of standard input. "
         "It is read once, before anything is measured, and may have 1 GiB. It and --data exclude each "
         "other.\n"
         "Example: --data-file photo.jpg -H 'Content-Type: image/jpeg'"},
    {SENDS, .letters = "u", .name = "user", .argument = "USER:PASS", .kind = OPTION_TEXT, AT(plan.user),
     .secret = OPTION_SECRET, .help = "basic authentication",
     .details =
         "As curl's -u: sends user name and password by HTTP basic authentication. What is given here is "
         "shown nowhere: not in the report, not on the screen and, after the first instant, not in the "
         "process list.\n"
         "Example: -u me:secret"},
    {SENDS, .letters = "A", .name = "user-agent", .argument = "TEXT", .kind = OPTION_TEXT,
     AT(plan.user_agent), .help = "User-Agent header (fetchbench/VERSION)",
     .details =
         "As curl's -A: the User-Agent header of every request. Default: fetchbench and its version, so "
         "that a server's log tells.\n"
         "Example: -A 'Mozilla/5.0'"},
    {SENDS, .letters = "", .name = "compressed", .kind = OPTION_FLAG, AT(plan.compressed),
     .help = "ask for a compressed answer, and decompress it",
     .details = "As curl's: sends Accept-Encoding with what libcurl can decompress, and decompresses the "
                "answer, which is part of what is measured. Bytes are counted as they came, compressed."},
    {SENDS, .letters = "L", .name = "location", .kind = OPTION_FLAG, AT(plan.location),
     .help = "follow redirects",
     .details =
         "As curl's -L: an answer that names another place, by http or https, is followed, at most 50 "
         "times. The whole chain is one request of the measurement, timed from its start to its last "
         "byte; its status and its wait are those of the last answer. The report counts the redirects. "
         "Credentials are not sent to another host. Without it a redirect is an answer like any other."},
    {SENDS, .letters = "", .name = "urls", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.urls_file),
     .takes_file = true, .help = "URLs from FILE, a line each, in turn",
     .details =
         "Reads URLs from a file, or with - from standard input, one on a line; empty lines and lines "
         "that begin with # are skipped. Request i takes line i, beginning again after the last, so that "
         "every strategy sends the same set. The lines may have places such as {i} and lead to several "
         "hosts.\n"
         "With a URL on the command line too, the lines are no URLs but what {line} in it stands for. "
         "See --help urls. Example:\n"
         "  fetchbench --urls names.txt 'http://127.0.0.1:8080/get?name={line}'"},

    {USES, .letters = "", .name = "save", .argument = "DIR", .kind = OPTION_TEXT, AT(plan.save),
     .takes_file = true, .help = "keep each body in a file of DIR",
     .details =
         "Downloads: writes the body of each whole answer, whatever its status, to a file of that folder, "
         "which is made if it is not there. The file's name is the SHA-256 of the URL, in hex (printf %s URL "
         "| sha256sum); what is fetched again replaces what was there. Bodies are written as they come and "
         "renamed when they are whole, decompressed with --compressed. With --fail-status answers of 400 and "
         "above are not kept.\n"
         "Writing is part of the request, inside its time. What cannot be written fails the request (class "
         "write). With --urls and without -n, as many requests are sent as the list has lines. Example: "
         "--urls list.txt --save pages"},
    {USES, .letters = "", .name = "work", .argument = "WORK", .kind = OPTION_TEXT, AT(plan.work),
     .help = "work on each body: sha256/K, json or none (none)",
     .details =
         "What clients do with answers: sha256/K digests the whole body K times (sha256 alone: once), json parses it. It is done by "
         "the worker that fetched it, before it turns to its next request: with one event loop all wait for "
         "it, while threads and processes go on. It is the option `work` of every entry of --mode that does "
         "not give its own; programs of exec are told of it (see --help protocol).\n"
         "A request's time ends with its last byte. The work has a phase of its own in the report "
         "(phases.work) and is inside the run's wall time. What is no JSON, or is nested more than 256 deep, "
         "fails the request (class work). Bodies are kept in memory for it, at most 64 MiB each. Example:\n"
         "  fetchbench --work sha256/2000 -M async,async:threads=2,threads,processes\n"
         "  fetchbench -M plain=async,work=async:work=json URL"},
    {USES, .letters = "", .name = "verify", .kind = OPTION_FLAG, AT(plan.verify),
     .help = "check that answers echo the arguments sent",
     .details =
         "For servers like httpbin, whose /get answers with what was sent: the member \"args\" of the answer's "
         "JSON must be the arguments of the URL's query, repeated ones and escapes included, and no others. An "
         "answer that is not so fails the request (class verify), with what was expected and what came as its "
         "example. It takes its time as --work does, and is counted with it.\n"
         "Example: --verify 'http://127.0.0.1:8080/get?key={i}'"},

    {CONNECTS, .letters = "", .name = "no-keepalive", .kind = OPTION_FLAG, AT(plan.no_keepalive),
     .help = "a new connection for every request",
     .details =
         "Closes the connection after every answer, so that each request pays for connecting, and for TLS. "
         "Without it a connection is used again as long as the server keeps it.\n"
         "To another machine's address some hundred requests a second are the ceiling then: each closed "
         "connection keeps its port for a minute. The report counts connections opened and reused. Example: --no-keepalive -n "
         "1000 -c 20"},
    {CONNECTS, .letters = "", .name = "timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.timeout_ns), .least = MILLISECOND, .most = 86400 * SECOND, .help = "for a whole request (30s)",
     .details =
         "How long a request may take, connecting included, until it counts as failed (class timeout) and "
         "its connection is closed. Default: 30s.\n"
         "Example: --timeout 500ms"},
    {CONNECTS, .letters = "", .name = "connect-timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.connect_timeout_ns), .least = MILLISECOND, .most = 86400 * SECOND,
     .help = "for making a connection (10s)",
     .details =
         "How long connecting may take, the TLS handshake included, until the request counts as failed "
         "(class connect_timeout). Default: 10s; --timeout ends it too.\n"
         "Example: --connect-timeout 1s"},
    {CONNECTS, .letters = "k", .name = "insecure", .kind = OPTION_FLAG, AT(plan.insecure),
     .help = "do not verify certificates",
     .details =
         "As curl's -k: takes whatever certificate the server, or an https proxy, has. Without it a "
         "certificate that is not trusted, or is for another name, fails the request (class tls_verify). "
         "Prefer --cacert where you have the certificate.\n"
         "Example: -k https://127.0.0.1:8443/"},
    {CONNECTS, .letters = "", .name = "cacert", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.cacert),
     .takes_file = true, .help = "trust the certificates in FILE (the system's)",
     .details =
         "As curl's: the PEM file of the certificates to trust, instead of the system's bundle, for the "
         "server and for an https proxy. It is read once, before the clock.\n"
         "Example: --cacert ca.pem"},
    {CONNECTS, .letters = "", .name = "cert", .argument = "FILE[:PASS]", .kind = OPTION_TEXT, AT(plan.cert),
     .secret = OPTION_SECRET_TAIL, .takes_file = true, .help = "client certificate, PEM",
     .details =
         "As curl's -E: the certificate to show to a server that asks for one, as a PEM file, with the "
         "private key in the same file or in --key. The password of the key may follow a colon, and is "
         "hidden wherever the option is shown; a colon in the file's name is written \\:.\n"
         "Example: --cert me.pem --key me.key"},
    {CONNECTS, .letters = "", .name = "key", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.key),
     .takes_file = true, .help = "private key of --cert (in the same file)",
     .details = "As curl's: the PEM file of the private key that belongs to --cert, without which it is "
                "refused. Default: the file of --cert."},
    {CONNECTS, .letters = "", .name = "http1.1", .kind = OPTION_FLAG, AT(plan.http1_1),
     .help = "HTTP/1.1 (the default)",
     .details =
         "As curl's. HTTP/1.1 is the default here, also over TLS, so that what is compared does not depend "
         "on what a server negotiates. It and --http2 exclude each other."},
    {CONNECTS, .letters = "", .name = "http2", .kind = OPTION_FLAG, AT(plan.http2),
     .help = "HTTP/2 where the server can",
     .details =
         "As curl's: asks for HTTP/2. Over https the server agrees to it in the TLS handshake (ALPN), "
         "over http by an upgrade, or it answers by HTTP/1.1; the report says which was spoken. async "
         "then sends up to 32 requests at once over one connection (multiplexing), while sequential and "
         "each thread of threads have a connection of their own.\n"
         "Example: --http2 -M threads,async https://127.0.0.1:8443/"},
    {CONNECTS, .letters = "", .name = "resolve", .argument = "HOST:PORT:ADDRESS", .kind = OPTION_LIST,
     AT(plan.resolve), .help = "take ADDRESS for HOST:PORT; may be repeated",
     .details =
         "As curl's: that host and port are looked up nowhere, and ADDRESS is connected to; the Host "
         "header and the name in the certificate stay. Several addresses are parted by commas, an IPv6 "
         "address stands in brackets, and * is any host.\n"
         "Example: --resolve example.org:443:127.0.0.1 https://example.org/"},
    {CONNECTS, .letters = "", .name = "connect-to", .argument = "HOST:PORT:HOST:PORT", .kind = OPTION_LIST,
     AT(plan.connect_to), .help = "connect to the second; may be repeated",
     .details =
         "As curl's: connects to the second host and port where the first is meant; the Host header and the "
         "name in the certificate stay. An empty first host or port stands for any, an empty second for the "
         "same.\n"
         "Example: --connect-to ::127.0.0.1:8080 http://example.org/"},
    {CONNECTS, .letters = "", .name = "unix-socket", .argument = "PATH", .kind = OPTION_TEXT,
     AT(plan.unix_socket), .takes_file = true, .help = "connect to a unix socket",
     .details =
         "As curl's: connects to that socket instead of the URL's host, which still goes into the Host "
         "header. It and --proxy exclude each other.\n"
         "Example: --unix-socket /run/app.sock http://localhost/get"},
    {CONNECTS, .letters = "x", .name = "proxy", .argument = "URL", .kind = OPTION_TEXT, AT(plan.proxy),
     .help = "through this proxy (none)",
     .details =
         "As curl's -x: sends requests through a proxy: http (also where no scheme is given), https, "
         "socks4, socks4a, socks5 or socks5h. An https target is reached through it by CONNECT; --cacert "
         "and -k hold for an https proxy as well. A user and password may stand in the URL and are hidden "
         "wherever it is shown. The proxy's name is resolved before the clock, the target's only for "
         "socks4 and socks5.\n"
         "The proxies of the environment (http_proxy and its like) are ignored: they would make two "
         "machines measure different things under the same report. Example: -x http://127.0.0.1:3128"},
    {CONNECTS, .letters = "", .name = "dns", .argument = "WHEN", .kind = OPTION_CHOICE, AT(plan.dns),
     .choices = "once|each", .help = "when to resolve the host (once)",
     .details =
         "once resolves the host's name before the clock starts, and every request uses what was found. "
         "each resolves it for each connection, inside the clock, as most clients do: it then shows in the "
         "phase dns and in what a request takes.\n"
         "Example: --dns each --no-keepalive"},
    {CONNECTS, .letters = "4", .name = "ipv4", .kind = OPTION_FLAG, AT(plan.ipv4_only), .help = "IPv4 only",
     .details = "As curl's -4: uses IPv4 addresses of the host only. It and -6 exclude each other."},
    {CONNECTS, .letters = "6", .name = "ipv6", .kind = OPTION_FLAG, AT(plan.ipv6_only), .help = "IPv6 only",
     .details = "As curl's -6: uses IPv6 addresses of the host only. It and -4 exclude each other."},

    {MEASURES_BY, .letters = "w", .name = "warmup", .argument = "N|TIME", .kind = OPTION_TEXT, AT(warmup),
     .help = "requests or a time, before the clock starts (none)",
     .details =
         "Sends that many requests, or requests for that time, before the measurement, in the same process "
         "and over the same connections: the first request then finds them open. They are counted apart and "
         "in no figure. A plain number is a count; a time has a unit. Default: none.\n"
         "Example: -w 2s, or -w 1000"},
    {MEASURES_BY, .letters = "", .name = "keep-going", .kind = OPTION_FLAG, AT(plan.keep_going),
     .help = "go on when the first ten requests have all failed",
     .details =
         "Ten failures in a row without one success stop a run, since the rest would fail like them. This "
         "option lifts that, for servers that are known to come up late."},
    {MEASURES_BY, .letters = "", .name = "fail-status", .kind = OPTION_FLAG, AT(plan.fail_status),
     .help = "count answers of 400 and above as failed",
     .details =
         "A whole answer is a success by default, whatever its status, and answers outside 2xx and 3xx are "
         "counted in a column of their own. With this option those of 400 and above are failures of class "
         "http_status: they are out of the times, count for --max-errors, and ten of them before the first "
         "success end a run."},
    {MEASURES_BY, .letters = "", .name = "max-errors", .argument = "SHARE", .kind = OPTION_SHARE,
     AT(plan.max_errors), .help = "failed share that makes the status 3 (100%)",
     .details =
         "When more than this share of a run's requests failed, the exit status is 3. Default: 100%, so "
         "that only a run without one success has it. Example: --max-errors 1%"},
    {MEASURES_BY, .letters = "", .name = "run-timeout", .argument = "TIME", .kind = OPTION_DURATION,
     AT(plan.run_timeout_ns), .least = MILLISECOND, .most = 31 * 86400 * SECOND,
     .help = "kill a run that takes longer (10m more than -d)",
     .details =
         "A run that takes longer, its warm-up included, is killed and counts as broken (exit status 1); "
         "what it had recorded is in the report. Default: 10m more than -d, --deadline or a rate say that a "
         "run takes. One that is shorter than that is refused. Example: -n 100M --run-timeout 2h"},
    {MEASURES_BY, .letters = "", .name = "pin", .argument = "CPUS", .kind = OPTION_TEXT, AT(plan.pin),
     .help = "processors for the measured process (any)",
     .details =
         "Keeps the measured process, its threads included, to these processors, as taskset does: numbers "
         "and ranges, such as 1 or 0-1,3. With the server on other ones, the two do not take time from each "
         "other. Default: any. Example: --pin 1"},
    {MEASURES_BY, .letters = "", .name = "seed", .argument = "N", .kind = OPTION_COUNT, AT(seed),
     .most = INT64_C(9007199254740991), .help = "of everything random (1)",
     .details = "What is random - {uuid} and {random:a-b} in a URL - is a function of this number and of the "
                "request's number, so that every strategy, every round and every machine sends the same set. "
                "The order of each of several rounds follows from it too. Default: 1.\n"
                "Example: --seed 42"},

#include "cli/judging.def"

    {SHOWS, .letters = "o", .name = "output", .argument = "FILE", .kind = OPTION_TEXT, AT(output),
     .takes_file = true, .help = "the report's file, or - for standard output",
     .details =
         "Where the report goes, as JSON (see --help report). It is written again as runs end, so an "
         "interrupted series leaves what it had. With - the report is on standard output, and what is for "
         "people on standard error.\n"
         "Default: TIME-LABELS.json, in the folder results if there is one, else here. Example:\n"
         "  fetchbench -q -o - URL | jq '.runs[0].latency.percentiles_s'"},
    {SHOWS, .letters = "f", .name = "format", .argument = "WORD", .kind = OPTION_CHOICE, AT(format),
     .choices = FORMATS, .help = "what is printed (text)",
     .details =
         "How the results are shown when all is done; the report (-o) is written as well, and always JSON. "
         "See --help formats. Default: text. Example: -f markdown"},
    {SHOWS, .letters = "", .name = "samples", .argument = "FILE", .kind = OPTION_TEXT, AT(plan.samples),
     .takes_file = true, .help = "every request on a line; - for standard output",
     .details =
         "Writes one line for each request: when it started, got its first byte and ended, what "
         "connecting took, its status, bytes and error (see --help samples). A file whose name ends in "
         ".csv is CSV; every other is NDJSON, a JSON object on a line. With - they are streamed to "
         "standard output as requests finish, and what is for people goes to standard error.\n"
         "What is measured waits for neither: lines of a file are written between runs. Example: "
         "--samples all.csv"},
    {SHOWS, .letters = "", .name = "order", .argument = "WORD", .kind = OPTION_CHOICE, AT(plan.samples_order),
     .choices = "completed|issued", .help = "order of --samples (completed)",
     .details =
         "The order of lines in --samples, without which it is refused: completed is as requests finish, "
         "issued by the request's number, in which lines come after each run, with --samples - too. "
         "Default: completed.\n"
         "Example: --samples all.csv --order issued"},
    {SHOWS, .letters = "q", .name = "quiet", .kind = OPTION_FLAG, AT(quiet),
     .help = "print nothing but errors",
     .details =
         "No progress, no table and no word on where the report is; the report is written all the same. The "
         "exit status tells how it went (see --help exit); where a run broke or too many requests failed, "
         "standard error says what went wrong."},
    {SHOWS, .letters = "", .name = "list", .kind = OPTION_FLAG, AT(list),
     .help = "show the strategies and their options",
     .details =
         "Lists the strategies with their options, and says of one that cannot run here why. Fires nothing."},
    {SHOWS, .letters = "", .name = "dry-run", .kind = OPTION_FLAG, AT(dry_run),
     .help = "show what would be done, and do nothing",
     .details =
         "Resolves and checks everything, shows the plan a setting on a line, and fires nothing. Example: "
         "fetchbench --dry-run --mode all URL"},
    {SHOWS, .letters = "h", .name = "help", .argument = "[TOPIC]", .kind = OPTION_HELP, AT(help),
     .help = "show this, or explain TOPIC",
     .details =
         "Without a topic, shows all options. A topic is an option (mode, --mode or -M), a group (send), a "
         "strategy, a format, a command or a concept such as urls or exit. What stands behind the topic is "
         "not read. `fetchbench help TOPIC` is the same.\n"
         "Example: fetchbench --help modes"},
    {SHOWS, .letters = "V", .name = "version", .kind = OPTION_FLAG, AT(version), .help = "show the version",
     .details = "Shows the version, and the revision of the source where it is known."},
    {0},
};

const struct words_hint settings_hints[] = {
    {"-t", "some tools mean a time limit by it and some threads: use --timeout or --threads"},
    {"-I", "use -X HEAD"},
    {"-E", "use --cert"},
    {"--request", "use --method, or -X"},
    {"--max-time", "use --timeout, for a whole request"},
    {"--data-raw", "use --data, which takes its text as it is"},
    {"--data-binary", "use --data, which takes its text as it is, or --data-file"},
    {"--fail", "use --fail-status"},
    {"-s", "use -q to print nothing but errors"},
    {"--silent", "use --quiet"},
    {0},
};
