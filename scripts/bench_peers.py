#!/usr/bin/python3
"""What a request costs fetchbench's strategies and other load testers: CPU time, requests per second, memory and p99.

Starts nginx with one worker on one processor, and runs every client by turns on another, round after round, at several
numbers of connections, plain and with TLS 1.3. CPU time is user and system time of the whole program by wait4, its start
included; memory the peak of its largest process, and the most that all of them have at once with what they share counted
once; requests per second count from the program's start to its end.
Whether as many requests were served as a client says is checked against nginx's own count.
"""

import argparse
import contextlib
import datetime
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import peer_report
from peer_tools import TOOLS, Load, fetchbench, fetchbench_refuses, install
from pinned import (NGINX_CONNECTIONS, ROOT, SPARE_DESCRIPTORS, Failed, a_count, a_folder, by_turns, end_at_sigterm,
                    last_line, machine, nginx, processor_pair, raise_descriptor_limit, require_built, run)

STRATEGIES = ["raw:backend=uring", "raw:backend=epoll", "async", "threads", "coroutine"]
MANY = 1000  # connections from which on a run takes longer, so that connecting does not outweigh the requests
LONGER = 3
PILOT = 100  # requests in the first trial, and at least two of each connection
TRIALS = 6
TIMEOUT_S = 120


@dataclass(frozen=True)
class Scenario:
    """So many connections, plain or with TLS, for some seconds or for a number of requests."""
    connections: int
    secure: bool
    seconds: float
    requests: int | None = None

    @property
    def name(self):
        return f"{self.connections:,} {'with TLS' if self.secure else 'plain'}"


class Trial:
    """Runs one client once; what came of it, as it goes into the document."""

    def __init__(self, build, server, scenario, processor):
        self.build, self.server, self.scenario, self.processor = build, server, scenario, processor
        self.timeout_s = TIMEOUT_S + 10 * scenario.seconds

    def __call__(self, tool, amount):
        with tempfile.TemporaryDirectory(prefix="bench-peers-") as folder:
            load = Load(self.server.secure_url if self.scenario.secure else self.server.url, self.scenario.connections,
                        amount, Path(folder), self.server.certificate if self.scenario.secure else None)
            environment = {**os.environ, **tool.settings(load)}
            accepted, requests = self.server.settled()
            spent = run(self.build, [tool.path(), *tool.arguments(load)], self.processor, self.timeout_s,
                        cwd=folder, env=environment)
            accepted_then, requests_then = self.server.settled()
            try:
                told = tool.read(spent.out, load)
            except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
                raise Failed(f"its answer could not be read: {error}") from error
        if not told.requests:
            raise Failed("none of its requests was answered")
        return {"requests": told.requests, "failed": told.failed, "served": requests_then - requests,
                "opened": accepted_then - accepted, "cpu_us": spent.cpu_s * 1e6 / told.requests,
                "requests_per_s": told.requests / spent.wall_s, "rss_bytes": spent.rss_bytes,
                "pss_bytes": spent.pss_bytes or None, "processes": spent.processes, "p99_s": told.p99_s,
                "io_uring": spent.io_uring, "wall_s": spent.wall_s,
                "cpu_user_s": spent.cpu_user_s, "cpu_system_s": spent.cpu_system_s}


def whole(requests, connections):
    """As many for each connection: some tools drop a remainder."""
    return max(2, math.ceil(requests / connections)) * connections


def seconds_of(trial, tool, scenario):
    """How long a tool that is told a time should run."""
    seconds = math.ceil(scenario.seconds)
    rate = trial(tool, seconds)["requests"] / seconds
    return max(1, round(scenario.requests / rate)) if scenario.requests else seconds


def took_s(run_of_tool):
    """Its time, as it would be were nobody else on the machine: no client waits for more than twice what it computes."""
    return min(run_of_tool["wall_s"], 3 * (run_of_tool["cpu_user_s"] + run_of_tool["cpu_system_s"]))


def requests_of(trial, tool, scenario):
    """How many requests a tool that is told a number should send, to take about as long as it should."""
    requests = whole(scenario.requests or PILOT, scenario.connections)
    for _ in range(TRIALS):
        factor = scenario.seconds / took_s(trial(tool, requests))
        if scenario.requests or 0.7 < factor < 1.4:
            break
        requests = whole(requests * min(factor, 20), scenario.connections)
    return requests


def prepare(trial, tool, scenario):
    """A client's part of the document before its first round that counts; the trials are the round that does not."""
    client = {"name": tool.name, "unit": "s" if tool.timed else "requests", "amount": None, "rounds": [], "why": None}
    try:
        if scenario.connections > tool.most:
            raise Failed(tool.beyond)
        client["amount"] = (seconds_of if tool.timed else requests_of)(trial, tool, scenario)
    except Failed as failure:
        client["why"] = str(failure)
    return client


def one_round(trial, tool, client, number):
    try:
        client["rounds"].append({"round": number, **trial(tool, client["amount"])})
    except Failed as failure:
        client["why"] = str(failure)


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def measure(options, tools, scenario, processors, descriptors):
    """The scenario's part of the document."""
    with nginx(processors[0], descriptors, scenario.secure) as server:
        trial = Trial(options.build, server, scenario, processors[1])
        clients = []
        for tool in tools:
            clients.append(prepare(trial, tool, scenario))
            say(f"{scenario.name}: {tool.name}", clients[-1]["why"] or f"{clients[-1]['amount']} {clients[-1]['unit']}")
        for number in range(options.rounds):
            for tool, client in by_turns(list(zip(tools, clients)), number):
                if not client["why"]:
                    one_round(trial, tool, client, number)
            now = (f"{c['name']} {c['rounds'][-1]['cpu_us']:.2f}" for c in clients if c["rounds"])
            say(f"{scenario.name}: round {number + 1}/{options.rounds}, CPU us/request:", ", ".join(now))
    return {"connections": scenario.connections, "secure": scenario.secure, "seconds": scenario.seconds,
            "requests": scenario.requests, "clients": clients}


def scenarios(options):
    wanted = [(connections, secure, None) for connections in options.connections for secure in options.kinds]
    if options.goals:
        wanted = list({goal.scenario: None for goal in peer_report.GOALS})
    return [Scenario(connections, secure, options.seconds * (LONGER if connections > MANY else 1), requests)
            for connections, secure, requests in wanted]


def our_strategies(options):
    """Those to be run, and {mode: why not} of the usual ones that cannot be here; one that was asked for has to be."""
    refused = {mode: why for mode in options.strategies if (why := fetchbench_refuses(options.build, mode))}
    if refused and options.by_name:
        raise Failed("; ".join(f"fetchbench {mode}: {why}" for mode, why in refused.items()))
    return [mode for mode in options.strategies if mode not in refused], refused


def chosen(options):
    """The tools to be run, and {name: how to get it} of those that are not there."""
    modes, refused = our_strategies(options)
    peers = [tool for tool in TOOLS if tool.name in options.tools]
    if options.install:
        install(peers)
    absent = {tool.name: tool.how_to_install() for tool in peers if not tool.path()}
    ours = [fetchbench(options.build, mode) for mode in modes]
    return (ours + [tool for tool in peers if tool.name not in absent],
            absent | {f"fetchbench {mode}": why for mode, why in refused.items()})


def refuse_what_cannot_fit(options, descriptors):
    fits = min(descriptors, NGINX_CONNECTIONS) - SPARE_DESCRIPTORS
    if max(scenario.connections for scenario in scenarios(options)) > fits:
        raise Failed(f"at most {fits:,} connections fit into the {descriptors:,} descriptors of a process here (ulimit -n)")


def bench(options):
    """All of it: the document."""
    require_built(options.build)
    processors, descriptors = processor_pair(), raise_descriptor_limit()
    refuse_what_cannot_fit(options, descriptors)
    tools, absent = chosen(options)
    if not tools:
        raise Failed("none of the clients is there: " + "; ".join(f"{name}: {how}" for name, how in absent.items()))
    for name, how in absent.items():
        say(f"left out: {name}: {how}")
    document = {"started_at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "machine": {**machine(), "load_before": os.getloadavg()}, "rounds": options.rounds,
                "versions": {tool.name: tool.version() for tool in tools}, "absent": absent, "scenarios": []}
    os.sched_setaffinity(0, {processors[0]})  # whoever looks on is not in the clients' way
    for scenario in scenarios(options):
        document["scenarios"].append(measure(options, tools, scenario, processors, descriptors))
        if options.output:  # what was measured is kept, whatever comes
            write_json(document, options.output)
    return document


def write_json(document, folder):
    Path(folder, "peers.json").write_text(json.dumps(document, indent=1) + "\n")


def can_draw():
    """Says it before anything is measured if not."""
    done = subprocess.run([sys.executable, "-B", "-c", "import plot_peers"], cwd=ROOT / "scripts", capture_output=True, text=True)
    if done.returncode:
        say(f"no picture will be made: {last_line(done.stdout, done.stderr)}")
    return done.returncode == 0


def draw(document, folder):
    import plot_peers  # matplotlib takes long to load, and is not needed to measure
    try:
        plot_peers.save(document, folder)
    except plot_peers.inputs.Unusable as problem:
        say(f"no picture was made: {problem}")


def write_files(document, folder):
    document["machine"]["load_after"] = os.getloadavg()
    write_json(document, folder)
    Path(folder, "README.md").write_text(peer_report.page(document))


def told(options):
    """What was measured, once it is printed and written."""
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    draws = bool(options.output) and can_draw()
    document = bench(options)
    print(peer_report.page(document))
    if options.output:
        write_files(document, options.output)
    if draws:
        draw(document, options.output)
    return document


def listed(kind):
    """Of items separated by commas; none stands for no item."""
    def read(text):
        return [kind(word.strip()) for word in text.split(",") if word.strip() not in ("", "none")]
    read.__name__ = "list"
    return read


def a_tool(text):
    names = [tool.name for tool in TOOLS]
    if text not in names:
        raise argparse.ArgumentTypeError(f"{text} is none of {', '.join(names)}")
    return text


def some_seconds(text):
    with contextlib.suppress(ValueError):
        if 0.1 <= float(text) <= 600:
            return float(text)
    raise argparse.ArgumentTypeError(f"{text} is no time from 0.1 to 600 seconds")


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", type=a_folder, default=ROOT / "build", help="folder that has fetchbench and bench/rusage (build)")
    p.add_argument("--install", action="store_true", help="install what is missing: by apt, and with npm into the user's cache")
    p.add_argument("--rounds", type=a_count, help="that count, after one that does not (5)")
    p.add_argument("--seconds", type=some_seconds, help=f"of each run, about (3); over {MANY:,} connections {LONGER} times that")
    p.add_argument("--connections", type=listed(a_count), metavar="LIST", help="(1,100,10000)")
    p.add_argument("--plain", action="store_true", help="without TLS only")
    p.add_argument("--tls", action="store_true", help="with TLS 1.3 only")
    p.add_argument("--tools", type=listed(a_tool), metavar="LIST", default=[tool.name for tool in TOOLS],
                   help="or none (" + ",".join(tool.name for tool in TOOLS) + ")")
    p.add_argument("--strategies", type=listed(str), metavar="LIST",
                   help=f"of fetchbench, or none ({','.join(STRATEGIES)})")
    p.add_argument("--output", type=Path, metavar="DIR", help="folder for peers.json, README.md, peers.png and peers.svg")
    p.add_argument("--quick", action="store_true", help="to see that it works: 1 round of 0.5 s at 1 and 100 connections")
    p.add_argument("--goals", action="store_true", help="measure the goals of raw beside wrk and say which are met; ends "
                   "with status 1 unless all are")
    return p


def read_options():
    p = parser()
    options = p.parse_args()
    if options.goals and (options.connections or options.plain or options.tls):
        p.error("--goals come with their own connections, plain and TLS")
    options.rounds = options.rounds or (1 if options.quick else 5)
    options.seconds = options.seconds or (0.5 if options.quick else 3)
    options.connections = options.connections or ([1, 100] if options.quick else [1, 100, 10000])
    options.by_name = options.strategies is not None
    options.strategies = options.strategies if options.by_name else STRATEGIES
    options.kinds = [secure for secure, only in ((False, options.plain), (True, options.tls))
                     if only or options.plain == options.tls]
    if options.goals:
        options.by_name = False
        options.tools, options.strategies = [peer_report.YARDSTICK], list({goal.mode: None for goal in peer_report.GOALS})
    return options


def main():
    options = read_options()
    end_at_sigterm()
    try:
        document = told(options)
    except (Failed, OSError, subprocess.CalledProcessError) as failure:
        print(f"bench_peers: {failure}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    if not options.goals:
        return 0
    lines = peer_report.judged(document)
    print("\n".join(line for line, _ in lines))
    return 0 if all(met for _, met in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
