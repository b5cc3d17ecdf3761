#!/usr/bin/python3
"""What fetchbench adds to a bare client: CPU time per request of its strategies beside the yardsticks of tests/bench.

Starts nginx with one worker on one processor, runs the clients by turns on another, and compares them round by round.
The figure is the user and system time of the whole program, by wait4 (of fetchbench: the parent, its launcher and the
measured child, start and report included), over its number of requests. Next to it stands what the report says of the
measured child alone, from go to the last outcome (client.cpu_us_per_request); the ratios are of the first figure.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import sys
from pathlib import Path

from pinned import (NGINX_CONNECTIONS, ROOT, SPARE_DESCRIPTORS, Failed, against_goal, by_turns, machine, nginx,
                    processor_pair, raise_descriptor_limit, ratios, run)

DESCRIPTORS_PER_CONNECTION = 1.07  # of the async strategy: a wake-up pair per 32 connections


class Bare:
    """A yardstick: a program of tests/bench."""

    def __init__(self, build, name, connections, multis=1):
        self.name = name if multis == 1 else f"{name} x{multis}"
        self.build, self.connections = build, connections
        self.program = [Path(build, "bench", name)]
        self.extra = ["--multis", str(multis)] if multis > 1 else []

    def measure(self, url, requests, processor):
        spent = run(self.build, [*self.program, url, requests, self.connections, *self.extra], processor)
        if json.loads(spent.out)["requests"] != requests:
            raise Failed(f"{self.name} did not send {requests} requests: {spent.out}")
        return {"cpu_us": spent.cpu_s * 1e6 / requests, "wall_s": spent.wall_s}


class Fetchbench:
    """A strategy of fetchbench."""

    def __init__(self, build, mode, connections):
        self.name = f"fetchbench {mode}"
        self.mode = mode
        self.build, self.connections = build, connections

    def measure(self, url, requests, processor):
        spent = run(self.build, [Path(self.build, "fetchbench"), "--mode", self.mode, "-n", requests,
                                 "-c", self.connections, "--quiet", "-o", "-", url], processor)
        measured = json.loads(spent.out)["runs"][0]
        if measured["requests"]["completed"] != requests:
            raise Failed(f"{self.name}: {measured['requests']}, {measured['errors']}")
        return {"cpu_us": spent.cpu_s * 1e6 / requests, "wall_s": spent.wall_s,
                "report_cpu_us": measured["client"]["cpu_us_per_request"]}


class Wrk:
    """For orientation; it runs for a time, not for a number of requests."""

    def __init__(self, build, connections):
        self.name = "wrk"
        self.build, self.connections = build, connections

    def measure(self, url, requests, processor):
        del requests
        spent = run(self.build, ["wrk", "-t1", f"-c{self.connections}", "-d2s", url], processor)
        sent = int(re.search(r"(\d+) requests in", spent.out)[1])
        return {"cpu_us": spent.cpu_s * 1e6 / sent, "wall_s": spent.wall_s}


class Comparison:
    """One client over another, round by round, and the most that the ratio should be."""

    def __init__(self, client, base, goal):
        self.client, self.base, self.goal = client, base, goal

    def summary(self, figures):
        found = ratios(*([r["cpu_us"] for r in figures[client]] for client in (self.client, self.base)))
        return {"client": label(self.client), "base": label(self.base), **found, "goal": self.goal,
                "met": found["ratio"] <= self.goal}


def label(client):
    return f"{client.name}, {client.connections}"


def compare_many(options):
    """-c 10000 and the like: the async strategy against itself at 100, and bare CURLMs for orientation."""
    few = Fetchbench(options.build, "async", 100)
    many = Fetchbench(options.build, "async", options.connections)
    bare = Bare(options.build, "bare_multi", options.connections, multis=max(1, options.connections // 100))
    return [few, many, bare], [Comparison(many, few, 2.5)]


def compare_floors(options):
    connections = options.connections
    pairs = [(Fetchbench(options.build, "async", connections), Bare(options.build, "bare_multi", connections)),
             (Fetchbench(options.build, "threads", connections), Bare(options.build, "bare_easy", connections))]
    if options.sequential:
        pairs.append((Fetchbench(options.build, "sequential", 1), Bare(options.build, "bare_easy", 1)))
    clients = [client for ours, bare in pairs for client in (bare, ours)]
    if options.wrk and shutil.which("wrk"):
        clients.append(Wrk(options.build, connections))
    return clients, [Comparison(ours, bare, 1.05) for ours, bare in pairs]


def measure(options, clients, processors, descriptors):
    """Every client once per round."""
    figures = {client: [] for client in clients}
    with nginx(processors[0], descriptors) as server:
        for number in range(options.rounds):
            for client in by_turns(clients, number):
                figures[client].append(client.measure(server.url, options.requests, processors[1]))
            now = ", ".join(f"{label(client)}: {figures[client][-1]['cpu_us']:.2f}" for client in clients)
            print(f"round {number + 1}/{options.rounds}, CPU us/request: {now}", file=sys.stderr, flush=True)
    return figures


def spread(values):
    return f"{statistics.median(values):8.2f}  {min(values):.2f}-{max(values):.2f}" if values else "       -"


def show(figures, comparisons):
    width = max(len(label(client)) for client in figures)
    print(f"{'client, connections':{width}}  CPU us/request, whole program    in the report")
    for client, rounds in figures.items():
        reported = [r["report_cpu_us"] for r in rounds if "report_cpu_us" in r]
        print(f"{label(client):{width}}  {spread([r['cpu_us'] for r in rounds]):31}  {spread(reported)}".rstrip())
    print()
    for c in comparisons:
        print(f"{c['client']} / {c['base']}: {against_goal(c, c['goal'])}")


def write_json(path, options, figures, comparisons, load_before):
    document = {
        "requests": options.requests, "rounds": options.rounds, "connections": options.connections,
        "machine": {**machine(), "load_before": load_before, "load_after": os.getloadavg()},
        "clients": [{"name": client.name, "connections": client.connections, "rounds": rounds}
                    for client, rounds in figures.items()],
        "comparisons": comparisons,
    }
    Path(path).write_text(json.dumps(document, indent=2) + "\n")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default=str(ROOT / "build"),
                        help="folder that has fetchbench and bench/bare_multi (build)")
    parser.add_argument("--connections", type=int, default=100,
                        help="at once (100); over 1000: async against itself at 100")
    parser.add_argument("--requests", type=int, help="of each client and round (100000; over 1000 connections 1000000)")
    parser.add_argument("--rounds", type=int, help="(7; over 1000 connections 3)")
    parser.add_argument("--sequential", action="store_true", help="also one request at a time")
    parser.add_argument("--no-wrk", dest="wrk", action="store_false", help="leave wrk out where it is installed")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a goal is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    many = options.connections > 1000
    options.requests = options.requests or (1000000 if many else 100000)
    options.rounds = options.rounds or (3 if many else 7)
    if min(options.requests, options.rounds, options.connections) < 1:
        parser.error("counts must be at least 1")
    return options


def refuse_what_cannot_fit(options, descriptors):
    fits = int(min((descriptors - SPARE_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION, NGINX_CONNECTIONS))
    if options.connections > fits:
        raise Failed(f"{options.connections} connections need more than the {descriptors} descriptors that this "
                     f"process may have, or than nginx is set up for: at most {fits} fit")


def main():
    options = read_options()
    try:
        processors = processor_pair()
        descriptors = raise_descriptor_limit()
        refuse_what_cannot_fit(options, descriptors)
        clients, comparisons = (compare_many if options.connections > 1000 else compare_floors)(options)
        load_before = os.getloadavg()
        figures = measure(options, clients, processors, descriptors)
    except (Failed, OSError) as failure:
        print(f"bench_floor: {failure}", file=sys.stderr)
        return 2
    summaries = [c.summary(figures) for c in comparisons]
    show(figures, summaries)
    if options.json:
        write_json(options.json, options, figures, summaries, load_before)
    return 1 if options.check and not all(c["met"] for c in summaries) else 0


if __name__ == "__main__":
    sys.exit(main())
