#!/usr/bin/python3
"""How far from the truth load testers' latencies are: fetchbench beside wrk, wrk2, hey and h2load on the same experiments.

Each experiment has a truth that no client has a say in: what the server itself recorded of its answers, or what
arithmetic says of a server that stands still for a second. Every tool that is installed sends the same load, round
after round in turn, on another processor than the server, and what it reports is held against that run's own truth.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from peer_tools import TOOLS, hey_percentile, nearest_rank, said_version, wrk_percentile
from pinned import (ROOT, Failed, a_count, a_folder, by_turns, end_at_sigterm, free_port, nginx, processor_pair, shown,
                    wait_for_port)

CONNECTIONS = 10
SECONDS = 3
STALL_CONNECTIONS = 50
STALL_RATE = 2000
STALL_RUN_S = 6
STALL_S = 1
QUANTILES = (50, 90, 99)
VERSIONS = {tool.name: tool.version_command for tool in TOOLS}


class Tool:
    """A load tester: its command for a closed loop and, where it has one, for a rate; and how to read what it says."""

    def __init__(self, name, program, version_command):
        self.name, self.program, self.version_command = name, program, version_command

    def is_there(self):
        return shutil.which(self.program) is not None

    def version(self):
        return said_version(self.version_command)


class Fetchbench(Tool):
    def __init__(self, build, mode, extra=()):
        program = str(Path(build, "fetchbench"))
        super().__init__(f"fetchbench {' '.join([mode, *extra])}", program, [program, "--version"])
        self.mode, self.extra = mode, list(extra)

    def closed(self, folder, connections, seconds):
        return [self.program, "-q", "-M", self.mode, "-c", str(connections), "-d", f"{seconds}s",
                "-o", str(folder / "report.json")]

    def paced(self, folder, connections, seconds, rate):
        return [*self.closed(folder, connections, seconds), "--rate", str(rate), *self.extra]

    def read(self, out, folder):
        del out
        run = json.loads((folder / "report.json").read_text())["runs"][0]
        return {q: run["latency"]["percentiles_s"][str(q)] for q in QUANTILES}


class Wrk(Tool):
    def closed(self, folder, connections, seconds):
        del folder
        return [self.program, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]

    def read(self, out, folder):
        del folder
        return {q: wrk_percentile(out, q) for q in QUANTILES}


class Wrk2(Wrk):
    closed = None  # it always has a rate

    def paced(self, folder, connections, seconds, rate):
        return [*Wrk.closed(self, folder, connections, seconds), f"-R{rate}"]


class Hey(Tool):
    def closed(self, folder, connections, seconds):
        del folder
        return [self.program, "-c", str(connections), "-z", f"{seconds}s"]

    def paced(self, folder, connections, seconds, rate):
        return [*self.closed(folder, connections, seconds), "-q", str(rate // connections)]

    def read(self, out, folder):
        del folder
        return {q: hey_percentile(out, q) for q in QUANTILES}


class H2load(Tool):
    """It prints no percentiles, but logs every request."""

    def closed(self, folder, connections, seconds):
        return [self.program, "--h1", "-t1", "-c", str(connections), "-D", str(seconds),
                f"--log-file={folder / 'requests.log'}"]

    def paced(self, folder, connections, seconds, rate):
        return [*self.closed(folder, connections, seconds), f"--rps={rate // connections}"]

    def read(self, out, folder):
        del out
        times = [int(line.split("\t")[2]) / 1e6 for line in (folder / "requests.log").read_text().splitlines()]
        return {q: nearest_rank(times, q) for q in QUANTILES}


def run(command, url, processor, folder):
    """A client to its end, on one processor; what it printed."""
    result = subprocess.run(["taskset", "-c", str(processor), *command, url], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, cwd=folder, timeout=120, check=False)
    if result.returncode:
        raise Failed(f"{' '.join(command)} ended with status {result.returncode}: {result.stderr.strip()}")
    return result.stdout


class Held:
    """Every answer held back by the embedded endpoint, whose own log of arrivals and departures is the truth."""

    def __init__(self, name, path, what):
        self.name, self.path, self.what = name, path, what

    @contextlib.contextmanager
    def server(self, build, processor):
        with tempfile.TemporaryDirectory(prefix="truth-table-") as folder:
            port, log = free_port(), Path(folder, "access.ndjson")
            process = subprocess.Popen(
                ["taskset", "-c", str(processor), str(Path(build, "fetchbench")), "serve", "--listen",
                 f"127.0.0.1:{port}", "--access-log", str(log)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                wait_for_port(process, port, log)
                self.log = log
                yield f"http://127.0.0.1:{port}{self.path}"
            finally:
                process.terminate()
                process.wait()

    def command(self, tool, folder):
        only_paced = not tool.closed or getattr(tool, "extra", None)
        return None if only_paced else tool.closed(folder, CONNECTIONS, SECONDS)

    def measure(self, command, url, processor, folder):
        before = self.log.stat().st_size
        out = run(command, url, processor, folder)
        with self.log.open() as lines:
            lines.seek(before)
            spent = [(answer["departed_ns"] - answer["arrived_ns"]) / 1e9
                     for answer in map(json.loads, lines) if answer["target"].startswith("/sojourn")]
        return out, {q: nearest_rank(spent, q) for q in QUANTILES}


class Stalled:
    """nginx, whose worker stands still for a second in the middle of a run at a steady rate."""

    name = "stall"
    what = (f"nginx stopped for {STALL_S} s in {STALL_RUN_S} s at {STALL_RATE:,} requests/s; the truth is what users "
            "who come at that rate would wait")

    @contextlib.contextmanager
    def server(self, build, processor):
        del build
        with nginx(processor, 4096) as server:
            self.workers = server.workers()
            yield server.url

    def command(self, tool, folder):
        if getattr(tool, "paced", None):
            return tool.paced(folder, STALL_CONNECTIONS, STALL_RUN_S, STALL_RATE)
        return tool.closed(folder, STALL_CONNECTIONS, STALL_RUN_S)

    def measure(self, command, url, processor, folder):
        stall = threading.Thread(target=stand_still, args=(self.workers,))
        stall.start()
        out = run(command, url, processor, folder)
        stall.join()
        return out, {q: STALL_S - (1 - q / 100) * STALL_RUN_S for q in QUANTILES if q > 50}


def stand_still(pids):
    time.sleep(STALL_RUN_S / 3)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(STALL_S)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


EXPERIMENTS = [
    Held("fixed", "/sojourn/fixed/1ms", "every answer held back for 1 ms"),
    Held("exponential", "/sojourn/exponential/5ms", "answers held back for exponential times of mean 5 ms"),
    Stalled(),
]


def tools(build):
    every = [Fetchbench(build, "async"), Fetchbench(build, "async", ["--spin"]), Fetchbench(build, "threads"),
             Wrk("wrk", "wrk", VERSIONS["wrk"]), Wrk2("wrk2", "wrk2", ["wrk2", "-v"]), Hey("hey", "hey", VERSIONS["hey"]),
             H2load("h2load", "h2load", VERSIONS["h2load"])]
    return [tool for tool in every if tool.is_there()]


def experiment_figures(options, experiment, present, processors):
    """Per tool a list of (reported, truth), one for each round."""
    figures = {}
    with experiment.server(options.build, processors[0]) as url:
        for number in range(options.rounds):
            for tool in by_turns(present, number):
                with tempfile.TemporaryDirectory(prefix="truth-table-") as folder:
                    command = experiment.command(tool, Path(folder))
                    if not command:
                        continue
                    out, truth = experiment.measure(command, url, processors[1], folder)
                    reported = tool.read(out, Path(folder))
                figures.setdefault(tool.name, []).append((reported, truth))
            print(f"{experiment.name}: round {number + 1}/{options.rounds}", file=sys.stderr, flush=True)
    return figures


def cell(rounds, q):
    """The median of what was reported, and of how far each was from its own run's truth."""
    reported = statistics.median(r[q] for r, _ in rounds)
    if any(q not in truth for _, truth in rounds):
        return shown(reported)
    off = statistics.median(r[q] - truth[q] for r, truth in rounds)
    return f"{shown(reported)} ({'+' if off >= 0 else '-'}{shown(abs(off))})"


def table(experiment, figures):
    lines = ["| client | " + " | ".join(f"p{q}" for q in QUANTILES) + " |", "|---|" + "---|" * len(QUANTILES)]
    truths = [truth for rounds in figures.values() for _, truth in rounds]
    truth = [shown(statistics.median(t[q] for t in truths)) if q in truths[0] else "" for q in QUANTILES]
    lines.append("| *truth* | " + " | ".join(truth) + " |")
    lines += [f"| {name} | " + " | ".join(cell(rounds, q) for q in QUANTILES) + " |"
              for name, rounds in figures.items()]
    return f"{experiment.what[0].upper()}{experiment.what[1:]}:\n\n" + "\n".join(lines) + "\n"


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=a_folder, default=ROOT / "build", help="folder that has fetchbench (build)")
    parser.add_argument("--rounds", type=a_count, default=5, help="(5)")
    parser.add_argument("--only", action="append", choices=[e.name for e in EXPERIMENTS], help="(all experiments)")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    return parser.parse_args()


def main():
    options = read_options()
    end_at_sigterm()
    present = tools(options.build)
    document = {"tools": {tool.name: tool.version() for tool in present}, "rounds": options.rounds, "experiments": {}}
    try:
        processors = processor_pair()
        for experiment in EXPERIMENTS:
            if options.only and experiment.name not in options.only:
                continue
            figures = experiment_figures(options, experiment, present, processors)
            document["experiments"][experiment.name] = figures
            print(table(experiment, figures))
    except (Failed, OSError) as failure:
        print(f"truth_table: {failure}", file=sys.stderr)
        return 2
    print("Versions: " + ", ".join(f"{name} {number}" for name, number in document["tools"].items()))
    if options.json:
        Path(options.json).write_text(json.dumps(document, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
