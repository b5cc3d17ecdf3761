/* The texts that no single option's row can hold. What another table knows is taken from there. */
#include "cli/concepts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "cli/optiontext.h"
#include "plan/option.h"
#include "program/handover.h"
#include "record/sample.h"
#include "render/renderer.h"
#include "strategy/strategy.h"
#include "trust/trust.h"

const char concepts_about[] =
    "Fires N requests at a URL with one client strategy or several, measures each in a process of its own, "
    "and shows how their times compare. In the URL, {i} is the request's number, from 0. With no URL it "
    "serves itself for the run. Counts may be written 10k, times 250ms, 30s, 5m. Defaults are in brackets.";

const char concepts_examples[] =
    "  fetchbench --mode async -n 100 http://127.0.0.1:8080/get\n"
    "  fetchbench -M sequential,threads,async 'http://127.0.0.1:8080/get?key={i}'\n"
    "  fetchbench -M async,two=async:threads=2 -n 10k -c 200 http://127.0.0.1:8080/";

static void add_strategies(struct buf *prose) {
    for (const struct strategy *const *row = strategy_table; *row; row++) {
        const struct strategy *s = *row;
        buf_printf(prose, "%s\t%s. %s\n", s->name, s->summary, s->details ? s->details : "");
        for (size_t i = 0; strategy_option(s, i); i++)
            optiontext_explain_of(prose, s->name, strategy_option(s, i));
    }
}

static void add_formats(struct buf *prose) {
    for (const struct renderer *const *row = renderer_table; *row; row++)
        buf_printf(prose, "%s\t%s\n", (*row)->name, (*row)->summary);
}

static void add_errors(struct buf *prose) {
    for (enum error_class c = ERROR_NONE + 1; c < ERROR_CLASSES; c++)
        buf_printf(prose, "%s\t%s\n", error_class_name(c), error_class_meaning(c));
}

static void append_limit(struct buf *prose, const struct trust_check *c, double limit, bool grave,
                         const char *word) {
    enum trust_unit unit = grave && c->grave_name ? c->grave_unit : c->unit;
    if (isnan(limit))
        return;
    if (limit == 0)
        buf_printf(prose, ", %s at any", word);
    else
        buf_printf(prose, ", %s %s %.4g%s", word, c->low_is_bad ? "below" : "above",
                   unit == TRUST_SHARE ? 100 * limit : limit, unit == TRUST_SHARE ? " %" : "");
    if (grave && c->grave_name)
        buf_printf(prose, " of %s", c->grave_name);
}

static void add_checks(struct buf *prose) {
    for (const struct trust_check *c = trust_checks; c->id; c++) {
        buf_printf(prose, "%s\t%s", c->id, c->name);
        append_limit(prose, c, c->warn, false, "warns");
        append_limit(prose, c, c->fail, true, "fails");
        buf_printf(prose, "%s. %s\n", c->invalidates ? " and invalidates" : "", c->advice);
    }
}

const struct concept concepts_table[] = {
    {"strategies", "strategy", "Strategies",
     "A strategy is a way of driving the requests. All have the same settings, so what differs is how they "
     "are driven. --list shows which can run here; a strategy's name is a topic of its own. What a program of exec "
     "does is told by --help protocol.",
     add_strategies},
    {"modes", "grammar|label|labels|all", "Modes",
     "--mode takes entries parted by commas, or is repeated. An entry is\n"
     "  [label=]name[:option=value[:option=value]...]\n"
     "label\tnames the entry in the table and the report; it is one only where = comes before the first "
     "colon. Entries that would have the same label get -2, -3 and so on behind it\n"
     "name\ta strategy, or all for every one that can run here; all takes no label, and its options go to those strategies that have them\n"
     "option=value\tan option of that strategy; a comma or a colon within a value is written \\, or \\:\n"
     "An entry of the form\n"
     "  [label=]exec:COMMAND\n"
     "has an outside program send the requests: see --help protocol.\n"
     "Every entry is measured with the same requests, one entry after another, each in a process of its "
     "own; in several rounds (--rounds), in an order that is random in each. The first is what the others "
     "are compared with.\n"
     "  fetchbench -M async URL\n"
     "  fetchbench -M sequential,threads,async URL\n"
     "  fetchbench -M 'one=async,two=async:threads=2' -n 100k -c 200 URL",
     NULL},
    {"protocol", "exec|program|programs|client|clients|python|outside", "Outside programs",
     "With --mode exec:COMMAND any program can send the requests and be compared with the strategies. The "
     "command is split into words as a shell does it, quotation marks included, but no shell runs it and "
     "nothing is expanded; a comma in it is written \\,.\n"
     "  fetchbench -M 'async,py=exec:python3 client.py --fast' URL\n"
     "The program does this:\n"
     "1.\treads from its environment what to send (below), and makes all ready\n"
     "2.\tprints the line {\"ready\":1}, flushes it (what a program prints into a file is otherwise held back "
     "until it ends), and waits for a line on standard input, with which the clock starts. Without that its start-up is inside the clock, and the report says so\n"
     "3.\tsends request i to the URL on line i of the file, i from 0 to N - 1, each once\n"
     "4.\tprints a line of JSON for each, in any order and at any time, and exits with status 0\n"
     "  {\"index\":3,\"start_s\":81.204,\"end_s\":81.311,\"status\":200,\"bytes\":512}\n"
     "  {\"index\":4,\"start_s\":81.204,\"end_s\":81.214,\"error\":\"timeout\"}\n"
     "index\tthe request's number\n"
     "start_s, end_s\twhen it turned to the request, and when the last byte had come, in seconds of "
     "CLOCK_MONOTONIC: Python's time.monotonic(), Node's process.hrtime(). duration_s may stand for one of "
     "them, or alone; then the run's time is up to the program's end\n"
     "status\tof the answer; needed unless there is an error\n"
     "bytes\tof the body, as received\n"
     "work_s\tseconds that the work of --work took, after end_s; where it is lacking the run's time is up to the program's end\n"
     "error\ta class of --help errors, or any other word for a failure that has none; message may say more\n"
     "For the comparison to be fair, the program does as the strategies do. Method, headers, body and user are sent as told and "
     "nothing that changes the answer beside them: an Accept-Encoding that a library adds is to be identity, unless the "
     "headers have one. Redirects are not followed, proxies that the environment names are not used, --timeout and "
     "--connect-timeout are kept, and connections are used again or not, as told.\n"
     "With --work, FETCHBENCH_WORK says what is to be done with each body, and the ready line has to repeat "
     "it. To a program whose line does not, the word to go is never given (exit status 1), since one that "
     "leaves the work out would look fast.\n"
     "  {\"ready\":1,\"work\":\"sha256/2000\"}\n"
     "sha256/K\tmake the SHA-256 of the whole body K times: K digests of the same bytes, each begun anew. K is written out: 10000 where 10k was typed\n"
     "json\tparse the body as one JSON document; what is none fails the request, with the error work\n"
     "It is done by whoever received the body, before it turns to its next request.\n"
     "Lines are read once the program has ended, and flushed or not, they slow nobody down. Samples outside "
     "the time of the run are not believed; those, missing samples, answers claimed before the embedded endpoint "
     "gave them, a death, another exit status, outlasting "
     "--run-timeout and printing more than 64 MiB and 1 KiB a request make the run a broken one (exit status 1), and the last line of the program's standard "
     "error is shown. --save and --verify are not for programs, nor are rates, --duration, --deadline and --think-time: "
     "they have a number of requests.\n"
     "Programs that do all this, in Python, JavaScript and shell, lie in scripts/clients of the sources and in "
     "share/fetchbench/clients where fetchbench is installed. They need, under Debian's names: aiohttp_gather.py "
     "python3-aiohttp, the other Python ones python3-requests, node_fetch.mjs nodejs (18 or later), curl.sh curl (7.75 "
     "or later). A program's variables:\n",
     handover_describe},
    {"urls", "url|places|line|{line}|i|{i}|uuid|{uuid}|random|{random}|template", "URLs and places in them",
     "A URL may hold places in braces, which become something else for each request. What they become is a "
     "function of the request's number and of --seed alone, so every strategy sends the same set.\n"
     "{i}\tthe request's number, from 0\n"
     "{line}\tthe line of --urls FILE as it is: request i takes line i, beginning again after the "
     "last\n"
     "{uuid}\ta random UUID\n"
     "{random:A-B}\ta random whole number from A to B, both included\n"
     "Places stand in the path or the query, not in the host or port. A brace always begins one: a "
     "literal brace is written %7B, and a mistyped place is refused. Quote such a URL, since ?, & and "
     "braces mean something to a shell.\n"
     "With --urls FILE and no URL, the file's lines are the URLs, which may have places of their own "
     "and lead to several hosts; empty lines and lines that begin with # are skipped. Without either, "
     "fetchbench serves itself for the run and asks for /delay/20ms?key={i}.\n"
     "  fetchbench 'http://127.0.0.1:8080/get?key={i}&page={random:1-50}'\n"
     "  fetchbench --urls names.txt 'http://127.0.0.1:8080/get?name={line}'",
     NULL},
    {"load", "loads|loop|closed|open|closed-loop|open-loop|rates|omission|coordinated",
     "Load: closed and open loops",
     "Without a rate, each of the --concurrency slots sends its next request when it has its answer: a closed "
     "loop. It asks how fast a number of clients can go. When the server stalls the clients wait with it, so "
     "what others would have had to wait in that time shows in no figure.\n"
     "With --rate, --ramp or --stages requests are due at moments that are fixed beforehand, whatever becomes of "
     "earlier ones: an open loop. It asks what users see who know nothing of each other. The rate is the total, "
     "and the same moments hold for every strategy.\n"
     "latency\tfrom the moment a request was due, so a stall shows in all that came due in it. In a closed loop "
     "it is the service time\n"
     "service time\tfrom the moment a connection turned to the request. It alone would hide those waits, which is "
     "called coordinated omission; both are always kept, and no figure is corrected afterwards\n"
     "waited\trequests of a rate for which no connection was free when they were due. -c is to be well above what "
     "the rate needs: rate times the usual latency\n"
     "unfinished\tin flight when --duration or --deadline and --grace were over\n"
     "not started\tnever sent: nothing was free for them in time, or they were not due yet at a deadline or an "
     "interrupt\n"
     "overdue\tof these, the ones that were due. Where there are many, the rate was missed\n"
     "None of the last three is in a percentile, so where they could move one it is said to be \"at least\". "
     "total = completed + failed + cancelled + unfinished + not started.\n"
     "What is compared follows from it, unless --metric says another: of a count of requests the time, for a "
     "duration the requests completed in it, at a rate the median latency. Examples:\n"
     "  fetchbench -c 100 -d 30s URL\n"
     "  fetchbench --rate 500 -d 30s --grace 2s -M async,threads URL\n"
     "  fetchbench --stages 100:10s,100:1000:30s,1000:10s --arrivals poisson URL",
     NULL},
    {"sweeps", "crossover|crossovers|point|points|matrix", "Sweeps",
     "Several numbers of --concurrency, or --sweep with several delays or sizes of the embedded endpoint's "
     "answers, make a sweep: everything is compared at each point, or at each pair of the two. Points are put "
     "in ascending order, none may be there twice, and none above --requests. A strategy that sends one "
     "request at a time is run once where the number in flight is all that is swept: it holds at every point.\n"
     "In each round every point runs, in one random order with all else, and from the least number of rounds "
     "on the baseline runs twice at each. A round may have 512 runs.\n"
     "The report has plan.sweep, the points, and runs[].point and comparisons[].point, which count from 0 in "
     "them. crossovers[] are pairs of points, as near as can be shown, between which the winner by --metric "
     "changes: at either point the winner there is faster than the other's winner by the interval that "
     "verdicts have, corrected for every pair of entries at every point. So they take more rounds than a "
     "single verdict; --rounds auto knows. Other changes that the medians show are listed as not supported.\n"
     "scripts/plot_sweep.py draws such a report. Examples:\n"
     "  fetchbench -M sequential,threads,async -c 1,2,5,10,100 --rounds auto URL\n"
     "  fetchbench -M sequential,async --sweep delay=0,1ms,20ms --rounds auto",
     NULL},
    {"units", "unit|counts|durations|times|time|duration|count", "Units",
     "What is typed:\n"
     "count\t100, 10k, 2.5M, 1G (powers of 1000), 1_000\n"
     "time\t30s, 250ms, 100us, 5m, 1h; without a unit it is seconds, but for --warmup, where a plain number "
     "is a count of requests\n"
     "size\t100, 10k (powers of 1000), 64KiB, 1MiB (of 1024)\n"
     "share\t5% or 0.05\n"
     "processors\t1, 0-1, 0-1,3\n"
     "What is shown has three significant digits: 853us, 20.1ms, 1.24s, 59.5k; memory is in MiB (1048576 "
     "bytes). The report has seconds and bytes, unrounded.",
     NULL},
    {"report", "json-report|schema|results", "The report",
     "One JSON document per invocation, which holds all that was measured; report.schema.json describes "
     "every key. Times are seconds, unknown is null. It is written again as runs end and complete is false "
     "until all have.\n"
     "command\tthe words typed, secrets hidden\n"
     "plan\tevery setting, resolved\n"
     "environment\tthe machine: kernel, processors, limits, whether in a container\n"
     "target\twhat answered: addresses, HTTP and TLS version, server header\n"
     "runs[]\tone for each entry of --mode and round, and from the least number of rounds for a verdict a "
     "second one of the first entry (baseline_repeat): requests (total, completed, failed, cancelled, "
     "unfinished, not_started, waited, overdue), status_codes, errors, wall_s, requests_per_s, latency, service_time and "
     "its phases with percentiles_s, slices by the second, trust, limited_by, and client: what it cost in CPU time, context switches, memory and connections\n"
     "comparisons[]\tevery label against the first, by every metric that differs under such a load: ratio, ci95, and by the judged metric a verdict "
     "with its margin and reasons (see --help verdicts)\n"
     "noise_floor\tthe first label against itself\n"
     "Latency comes with its histogram in HdrHistogram's compressed form (hdr), for tools that read it.\n"
     "  fetchbench -q -o - URL | jq '.runs[0].latency.percentiles_s'",
     NULL},
    {"samples", "sample|ndjson|fields", "Samples",
     "--samples FILE writes a line for each request: JSON objects (NDJSON), or CSV with a line of "
     "names where FILE ends in .csv. With - they are streamed as NDJSON as requests finish. Moments "
     "are seconds since the start signal of the request's run, durations seconds; what did not happen "
     "is null, or empty in CSV.\n"
     "index\tthe request's number, from 0: {i}\n"
     "label, round\twhich run it belongs to\n"
     "baseline_repeat\twhether to the second run of the first entry in that round\n"
     "point\tof a sweep, from 0: which of the report's plan.sweep; null where the run holds at all\n"
     "due_s\twhen it was to be sent by its rate; without one, when it started. Latency is end_s less due_s, service "
     "time end_s less start_s\n"
     "start_s\twhen a worker turned to it, before any connecting\n"
     "dns_s, connect_s, tls_s\thow long resolving the name, connecting and the TLS handshake took; "
     "null on a connection that was used before\n"
     "first_byte_s\twhen the first byte of the answer came\n"
     "end_s\twhen the last byte came, it failed, or the end of the run's time cut it off\n"
     "work_s\thow long --work and --verify took, after end_s\n"
     "status\tof the answer\n"
     "bytes\tof the body\n"
     "error\tits class, if it failed (see --help errors); unfinished where the end of -d or --deadline cut it "
     "off. What was never begun has no line\n"
     "connection_reused\twhether the connection was used before\n"
     "worker\tthe slot that sent it, from 0\n"
     "  fetchbench -M threads,async --samples all.ndjson URL",
     NULL},
    {"formats", "formatting", "Formats",
     "What --format takes: how results are shown on standard output when all is done.", add_formats},
    {"errors", "error|classes|class|failures|failed", "Error classes",
     "A request that fails is counted under one of these, with the words of its first failure as an example. "
     "A whole answer is a success whatever its status, unless --fail-status is given.",
     add_errors},
    {"table", "tables|columns|column|figures|once|p50|p99|cpu|memory|switches", "The table",
     "A line for each entry of --mode; of several rounds it has the medians.\n"
     "at once\trequests in flight at most\n"
     "time\tof a count of requests (-n), from the start signal to the last outcome: making threads and connections is inside it, setting up "
     "the library, reading certificate authorities and resolving names once are not\n"
     "done\trequests completed in a given time (-d)\n"
     "req/s\tcompleted requests per second of the run\n"
     "p50, p99\tlatency that half, and 99 in a hundred, of the completed requests did not exceed: to the last "
     "byte, from the moment a worker turns to a request, connecting included, or at a rate from the moment it "
     "was due (see --help load)\n"
     "service p50, p99\tat a rate, the same from the moment a worker turns to a request\n"
     "failed\trequests without a whole answer, explained below the table by class (see --help errors)\n"
     "not 2xx/3xx\twhole answers with another status, which are no failures without --fail-status\n"
     "CPU us/req\tprocessor time of the measured process, its threads and child processes included, in "
     "microseconds per request\n"
     "ctx switch/req\thow often the kernel put it to sleep or another in its place, per request\n"
     "memory\tits peak, without the pages that outcomes are recorded in\n"
     "times as fast\tby wall time, or in a given time by requests per second, against the first entry; not at a "
     "rate. From one round it is a bare ratio and supports no claim (see --help rounds)\n"
     "A dash is what is not known. Of outside programs (exec) the times are their own word.\n"
     "Of a load that several machines or ranks made (see --help mpi) the table has the sum: requests, memory, threads, "
     "connections and requests at once are added, percentiles are those of all requests together. Below it stands a table by host: "
     "medians of its rounds, skew (how much later than agreed it began) and, in a word each, remarks that sentences tell:\n"
     "client\tlimited by its own client, as --help trust says\n"
     "late, early\tbegan more than 1 ms beside the agreed moment, and more than its clock may be off by\n"
     "slower\tits p50 is 10 % above the others' at least: in one run, or by more than chance in all rounds together\n"
     "failing\tmore of its requests failed than of the others', by more than chance\n"
     "unfinished\tit did not come to its end",
     NULL},
    {"verdicts", "verdict|noise|floor|interval|intervals|ci|statistics", "Verdicts",
     "From the least number of rounds on (6 for two entries of --mode, 7 for three or four; --rounds auto makes "
     "enough), every entry gets a verdict against the first, by the metric of --metric alone. Figures are paired by "
     "round; the ratio is that of Hodges and Lehmann with the exact interval of Wilcoxon's signed ranks, wide "
     "enough for all comparisons of the report together. The margin is 2 %, or more where the first entry against "
     "itself (its second run in each round) varies by more.\n"
     "faster, slower\tthe whole interval lies beyond the margin\n"
     "equivalent\tthe whole interval lies within it, and within 5 %\n"
     "different\tit leaves out 1 but crosses the margin: the size is unresolved\n"
     "inconclusive\tnone of these; the report estimates the rounds that would settle it\n"
     "not comparable\trefused, with the reason: too few rounds; a first entry that differs from itself; runs "
     "that did not finish, or failed a check that invalidates them; more than 0.1 % failures, or unequal shares of failures or of answers that are not 2xx/3xx; "
     "answers of another size (by more than 1 %); connections kept on one side alone; "
     "requests that a deadline cut off, or at a rate shares of them without an answer that differ by more than 1 %. Where the "
     "client was the limit is said beside the verdict\n"
     "One round supports no claim, so it has ratios and no verdict. Between two invocations (--baseline, and "
     "fetchbench compare) rounds are not paired: the interval is that of Mann and Whitney. It does not hold the drift of "
     "machine and server from one to the other, so the margin there is 5 %, or what --fail-on-regression says. "
     "Surer is one invocation with both as entries, or several of each in turn, joined by fetchbench merge.",
     NULL},
    {"trust", "check|checks|limit|limited|believe", "Trust",
     "May a run's figures be believed? Every run is held against the checks below, each of which passes, warns, fails, "
     "or is unknown where it cannot be read or the run was too short to tell; what does not apply has no row. The page "
     "ends with them, the report has them in runs[].trust, with what to do. A run that fails one that invalidates it is "
     "compared with no other.\n"
     "From them and the run's own figures follows what limited it, in runs[].limited_by with its reason: the client (its "
     "busiest thread was on a processor or waited for one for 85 % of the time, or waited for one longer than it was idle, or it came to "
     "80 % of its ceiling), the "
     "server (requests waited for it while the client had time), the network, ports, noise, or none of these.\n"
     "fetchbench doctor looks at the machine alone.",
     add_checks},
    {"mpi",
     "rank|ranks|mpirun|mpiexec|srun|slurm|cluster|hosts|machines|several machines|several|distributed|scale-out",
     "Several machines",
     "Started by an MPI launcher, the same command with all its options is one load of all the processes that were "
     "started, the ranks: one report, one table, one exit status, all on rank 0. Each rank's process starts an ordinary fetchbench "
     "with its share of the plan, and only passes on what it tells; no MPI runs in what measures. Every machine needs "
     "the package fetchbench-mpi, or a build that found MPI.\n"
     "  mpirun -n 4 --bind-to none fetchbench --rate 40000 -d 30s URL\n"
     "  srun -X --mpi=pmix -N 4 fetchbench --rate 40000 -d 30s URL\n"
     "split\t--requests, --concurrency, rates, and a --warmup that is a count: they are totals, shared with nothing left "
     "over, as --help share says. Numbers in URLs, lines of a list and seeds go on over all ranks, so nothing is sent twice. What "
     "leaves a rank without a request or a place in flight is refused\n"
     "not split\t--threads and options of strategies, times, rounds, checks: each rank has them whole, and one that sends one "
     "request at a time does so in each rank. Without a URL each rank serves itself\n"
     "in step\tall ranks begin each run at the same moment, which rank 0 names once all are set up and warmed up; --rounds auto is decided once for all. "
     "Machines' clocks are compared before each run and after the last, by messages back and forth: the report has "
     "each rank's clock in share.clocks, and how late it began in hosts[].runs[].start_skew_s\n"
     "reports\tof the whole to -o FILE, or as ever. Each rank first writes its own on its own machine, for -o out.json "
     "out.rank3.json, and its --samples likewise\n"
     "thresholds\t--fail-on, --max-errors, --strict and --baseline are judged on the whole, by rank 0\n"
     "Words or files that are wrong on one of them refuse the whole, before anything is sent. "
     "A rank that cannot start, dies, or is not heard of for 10 s costs its share: the others go on, the report has it in hosts[].lost, "
     "and the exit status is 7. What it wrote on its disk can be joined later, in any order:\n"
     "  fetchbench merge --shares -o all.json out.rank*.json\n"
     "A rank that hears nothing of rank 0 stops its load, with a valid report.\n"
     "Ctrl-C ends all ranks with valid reports, and one of the whole.\n"
     "What becomes of the exit status is the launcher's. mpirun passes on 0 to 7, and has 1 after Ctrl-C. By "
     "itself it ends all ranks when one dies, which stop with what they have (its status is 128 and the signal's number). With "
     "--enable-recovery the others go on, and its status is always 0: standard error says what it should be. Where another "
     "machine was cut off, or a rank on it died, it does not end by itself: give it --timeout with the run's time and a minute.\n"
     "srun needs --mpi=pmix, and passes on the status. With -X one Ctrl-C ends the ranks in good order, as scancel does; without it "
     "two kill them. When a rank's process dies srun kills all, and there is no report of the whole: where that matters, use mpirun "
     "within salloc or sbatch. Processes that a launcher started and that do not find each other are refused.\n"
     "Refused are --share, and what would go through one rank's standard input or output: --data-file -, --urls - and --samples -. A launch has "
     "100,000 ranks at most. Without a launcher --share and merge --shares do the same, but for the step.",
     NULL},
    {"exit", "status|statuses|codes|exit-status", "Exit status",
     "The first that applies:\n"
     "130, 143\tinterrupted by Ctrl-C (SIGINT), or by SIGTERM or SIGHUP, after a valid report\n"
     "2\tthe command line cannot be carried out; one sentence says why, and nothing was fired\n"
     "1\ta run crashed or was killed, or output could not be written\n"
     "7\tthe share of a rank is missing (see --help mpi): it did not start, died, or was cut off\n"
     "3\ta run had no success, or a larger share of failures than --max-errors allows\n"
     "4\ta threshold of --fail-on is broken, or could not be judged\n"
     "5\tslower than the baseline beyond the margin of --fail-on-regression\n"
     "6\tno conclusion, where --strict, --fail-on-regression or `compare` asks for one; of --fail-on-regression "
     "it is one that the whole interval is below the margin. Of fetchbench doctor --strict, something is not well\n"
     "0\tdone",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

bool concepts_names(const char *words, const char *word) {
    size_t length = strlen(word);
    for (const char *at = words; at && *at && length; at += strspn(at, "|")) {
        size_t own = strcspn(at, "|");
        if (own == length && strncasecmp(at, word, length) == 0)
            return true;
        at += own;
    }
    return false;
}
