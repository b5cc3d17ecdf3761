#!/usr/bin/python3
"""What several machines cost: reports and their sum, starting together, and what rank 0 does while a run is on.

Measures on this machine what it takes to merge the reports of 10, 100 and 1,000 ranks that never were, how large reports and
histograms are, how long mpirun's ranks take to start beside an ordinary run, what their conductors use while they wait, what
a message costs, and what rank 0's book-keeping does with 10,000 ranks that answer at once. rank_report.py makes of it a page,
with what follows for 100 and 10,000 machines. Loads go to an endpoint of its own on 127.0.0.1.
"""

import argparse
import contextlib
import datetime
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rank_report
from pinned import (ROOT, Failed, a_count, a_folder, by_turns, children, end_at_sigterm, free_port, last_line, machine, on_path,
                    pss_bytes, require_built, run, wait_for_port)

sys.path.append(str(ROOT / "tests" / "integration"))
import synthetic  # noqa: E402

CONSTANTS = {"COMPARING_EXCHANGES": "ranks/comparing.h", "AT_ONCE": "ranks/comparing.c", "ANSWER_NS": "ranks/comparing.c",
             "ENOUGH_NS": "ranks/comparing.c", "LEAD_NS": "ranks/hub.c",
             "HUB_HELLO_NS": "ranks/hub.h", "HUB_PATIENCE_NS": "ranks/hub.h", "LOOK_NS": "ranks/conductor.c", "SIGN_NS": "ranks/conductor.c",
             "TICK_NS": "cli/rank.c", "TICK_PER_RANK_NS": "cli/rank.c"}
RANKS = [1, 2, 4]
HUB_RANKS = [4, 100, 1000, 10000]
HISTOGRAM_REQUESTS = [100, 1000, 10000, 100000]
TIMEOUT_S = 300


def constants():
    """Of the code, as Python expressions; some are functions of the number of ranks, which is `size` there."""
    found = {}
    for name, file in CONSTANTS.items():
        text = (ROOT / "src" / file).read_text().replace("\\\n", " ")
        value = re.search(rf"^#define {name}(?:\(size\))? +(.*?)(?: */[*].*)?$", text, re.M)
        if not value:
            raise Failed(f"src/{file} has no {name} any more")
        found[name] = re.sub(r"INT64_C\((\d+)\)", r"\1", value[1]).replace("/", "//")
    return found


def environment():
    """As root mpirun asks whether that is meant."""
    return {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def mpirun(ranks, *command):
    return ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(ranks), *map(str, command)]


def said(command, **popen):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=TIMEOUT_S, env=environment(), **popen)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: {last_line(done.stdout, done.stderr)}")
    return done.stdout


@contextlib.contextmanager
def endpoint(build):
    """The URL of one that answers at once."""
    port = free_port()
    server = subprocess.Popen([build / "fetchbench", "serve", "--listen", f"127.0.0.1:{port}"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(server, port, Path("/nonexistent"))
        yield f"http://127.0.0.1:{port}/get"
    finally:
        server.terminate()
        server.wait()


def histograms(value):
    """Lengths of all that a report holds."""
    if isinstance(value, list):
        return [length for item in value for length in histograms(item)]
    if not isinstance(value, dict):
        return []
    own = [len(value["hdr"])] if value.get("hdr") else []
    return own + [length for key, item in value.items() if key != "hdr" for length in histograms(item)]


def report_sizes(options, url, folder):
    """Of two real ranks, by how long they ran; and the longest one's first report."""
    rows = []
    for seconds in options.seconds:
        path = folder / f"of{seconds}.json"
        said(mpirun(2, options.build / "fetchbench", "-q", "-M", "async", "--rate", options.rate, "-d", f"{seconds}s", "-o", path, url))
        own = folder / f"of{seconds}.rank1.json"
        report = json.loads(own.read_text())
        lengths = histograms(report["runs"][0])
        rows.append({"seconds": seconds, "bytes": own.stat().st_size, "histograms": len(lengths), "histogram_bytes": sum(lengths),
                     "requests": report["runs"][0]["requests"]["total"],
                     "round_trip_s": [clock["round_trip_s"] for clock in report["share"]["clocks"]]})
    return rows, report


def histogram_sizes():
    return [{"requests": count, "bytes": len(synthetic.encode(synthetic.counts_of(synthetic.samples_ns(1, count))))}
            for count in HISTOGRAM_REQUESTS]


def merged(options, paths, folder, processor):
    """One merge, and whether it is the sum."""
    out = folder / "all.json"
    spent = run(options.build, [options.build / "fetchbench", "merge", "--shares", "-o", out, *paths], processor)
    whole = json.loads(out.read_text())
    if whole["runs"][0]["requests"]["completed"] != len(paths) * options.requests or len(whole["hosts"]) != len(paths):
        raise Failed(f"the sum of {len(paths)} reports is not what they add up to")
    return {"wall_s": spent.wall_s, "cpu_s": spent.cpu_s, "rss_bytes": spent.rss_bytes, "bytes": out.stat().st_size}


def write_reports(folder, template, count, requests):
    """With as many histograms as a real one has: those that synthetic leaves out are the template's."""
    paths = []
    for rank in range(count):
        report = synthetic.share(template, rank, count, synthetic.samples_ns(rank, requests))
        for run_, real in zip(report["runs"], template["runs"]):
            run_["phases"], run_["send_slip"] = real["phases"], real["send_slip"]
        paths.append(Path(folder, f"out.rank{rank}.json"))
        paths[-1].write_text(json.dumps(report, indent="\t"))
    return paths


def merges(options, template, folder, processor):
    rows = []
    for count in options.reports:
        with tempfile.TemporaryDirectory(dir=folder) as one:
            paths = write_reports(one, template, count, options.requests)
            runs = [merged(options, paths, folder, processor) for _ in range(options.rounds)]
            rows.append({"reports": count, "report_bytes": sum(path.stat().st_size for path in paths) / count, "runs": runs})
        say(f"merged {count:,} reports: {rows[-1]['runs'][-1]['wall_s']:.2f} s")
    return rows


def wall_s(command):
    begun = time.monotonic()
    said(command)
    return time.monotonic() - begun


def start_ups(options, url):
    """Whole invocations of four requests, by turns: an ordinary one, and of so many ranks with what mpirun itself takes."""
    program = [options.build / "fetchbench", "-q", "-M", "async", "-n", 4, "-c", 4, "-o", "/dev/null", url]
    commands = {"ordinary": program}
    for ranks in RANKS:
        commands[f"mpirun -n {ranks} true"] = mpirun(ranks, "true")
        commands[f"mpirun -n {ranks}"] = mpirun(ranks, *program)
    found = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # where ranks leave their reports
        for number in range(options.rounds):
            for name in by_turns(list(commands), number):
                found[name].append(wall_s(commands[name]))
    return found


def cpu_s(pid):
    """Of a process's threads so far, its children not included."""
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def look(process):
    return {pid: (time.monotonic(), cpu_s(pid)) for pid in children(process.pid)}


def conductors(options, url, folder):
    """Shares of a core, and memory, of the processes that mpirun itself started, rank 0's first, while a run is on."""
    seconds = max(options.seconds)
    command = mpirun(max(RANKS), options.build / "fetchbench", "-q", "-M", "async", "--rate", options.rate, "-d", f"{seconds}s",
                     "-o", folder / "conducted.json", url)
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env=environment())
    try:
        time.sleep(2)  # all have begun
        first = look(process)
        time.sleep(max(seconds - 2.5, 0.5))
        second, memory = look(process), {pid: pss_bytes(pid) for pid in first}
    finally:
        process.wait(TIMEOUT_S)
    shares = [{"cpu_share": (second[pid][1] - first[pid][1]) / (second[pid][0] - first[pid][0]), "pss_bytes": memory[pid]}
              for pid in sorted(first) if pid in second]
    if len(shares) != max(RANKS):
        raise Failed(f"{len(shares)} processes of {max(RANKS)} ranks were seen")
    return shares


def messages(options, size, count):
    """By TCP, as between machines."""
    program = ["--mca", "btl", "tcp,self", options.build / "bench" / "rank_messages", options.build / "fetchbench-mpi.so", count, size]
    return [json.loads(said(mpirun(2, *program))) for _ in range(options.rounds)]


def hubs(options):
    return [[json.loads(said([options.build / "bench" / "rank_hub", ranks])) for _ in range(options.rounds)] for ranks in HUB_RANKS]


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def bench(options):
    """All of it: the document."""
    require_built(options.build, "bench/rank_hub", "bench/rank_messages", "fetchbench-mpi.so")
    if not on_path("mpirun"):
        raise Failed("mpirun is not installed (openmpi-bin)")
    document = {"started_at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "machine": {**machine(), "load_before": os.getloadavg()}, "rounds": options.rounds, "rate": options.rate,
                "merge_requests": options.requests, "constants": constants(), "histograms": histogram_sizes(),
                "mpirun": said(["mpirun", "--version"]).splitlines()[0]}
    with tempfile.TemporaryDirectory(prefix="bench-ranks-") as name, endpoint(options.build) as url:
        folder = Path(name)
        document["reports"], template = report_sizes(options, url, folder)
        say("reports of ranks: ", *(f"{row['bytes']:,} bytes in {row['seconds']} s," for row in document["reports"]))
        document["start_ups"] = start_ups(options, url)
        document["conductors"] = conductors(options, url, folder)
        say("started, and looked on")
        document["merges"] = merges(options, template, folder, min(os.sched_getaffinity(0)))
    document["messages"] = messages(options, 120, 20000)
    document["gather"] = messages(options, document["reports"][-1]["bytes"], 2000)
    document["hubs"] = hubs(options)
    document["machine"]["load_after"] = os.getloadavg()
    return document


def measured_before(folder):
    """With the constants of today."""
    return {**json.loads(Path(folder, "ranks.json").read_text()), "constants": constants()}


def told(options):
    document = measured_before(options.output) if options.again else bench(options)
    page = rank_report.page(document)
    print(page)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        Path(options.output, "ranks.json").write_text(json.dumps(document, indent=1) + "\n")
        Path(options.output, "README.md").write_text(page)


def a_list(text):
    return [a_count(word) for word in text.split(",")]


def read_options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", type=a_folder, default=ROOT / "build", help="folder that has fetchbench, its module and bench/ (build)")
    p.add_argument("--rounds", type=a_count, help="of each measurement (5)")
    p.add_argument("--seconds", type=a_list, metavar="LIST", help="of real ranks' runs (5,20)")
    p.add_argument("--rate", type=a_count, default=2000, help="of them, in all (2000)")
    p.add_argument("--reports", type=a_list, metavar="LIST", help="to be merged (10,100,1000)")
    p.add_argument("--requests", type=a_count, default=1000, help="in each of those (1000)")
    p.add_argument("--output", type=Path, metavar="DIR", help="folder for ranks.json and README.md")
    p.add_argument("--quick", action="store_true", help="to see that it works: 1 round, short runs, few reports")
    p.add_argument("--again", action="store_true", help="measure nothing: the page anew from DIR/ranks.json and today's code")
    options = p.parse_args()
    if options.again and not options.output:
        p.error("--again takes the --output of another time")
    options.rounds = options.rounds or (1 if options.quick else 5)
    options.seconds = options.seconds or ([3, 4] if options.quick else [5, 20])
    options.reports = options.reports or ([5, 20] if options.quick else [10, 100, 1000])
    if len(options.seconds) < 2 or len(options.reports) < 2:
        p.error("--seconds and --reports take two numbers at least: what each adds is the difference")
    return options


def main():
    end_at_sigterm()
    try:
        told(read_options())
    except (Failed, OSError, subprocess.SubprocessError) as failure:
        print(f"bench_ranks: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main())
