#!/usr/bin/python3
"""What fetchbench adds to a bare client: CPU time per request of its strategies beside the yardsticks of tests/bench.

Starts nginx with one worker on one processor, runs the clients by turns on another, and compares them round by round.
The figure is the user and system time of the whole program, by wait4 (of fetchbench: the parent, its launcher and the
measured child, start and report included), over its number of requests. Next to it stands what the report says of the
measured child alone, from go to the last outcome (client.cpu_us_per_request); the ratios are of the first figure.

--goals measures all that async, threads and the program around them are held to. --parts shows what the parts cost: the
loops without libcurl, a run that sends nothing, recording, parsing, the coroutines' switch.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import sys
from pathlib import Path

import floor_goals
from pinned import (NGINX_CONNECTIONS, ROOT, SPARE_DESCRIPTORS, Failed, a_count, a_folder, against_goal, by_turns,
                    end_at_sigterm, machine, nginx, processor_pair, raise_descriptor_limit, ratios, require_built, run)

MANY = 10000
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
        self.program = Path(build, "fetchbench")

    def measure(self, url, requests, processor):
        spent = run(self.build, [self.program, "--mode", self.mode, "-n", requests, "-c", self.connections, "--quiet",
                                 "-o", "-", url], processor)
        measured = json.loads(spent.out)["runs"][0]
        if measured["requests"]["completed"] != requests:
            raise Failed(f"{self.name}: {measured['requests']}, {measured['errors']}")
        return {"cpu_us": spent.cpu_s * 1e6 / requests, "wall_s": spent.wall_s,
                "report_cpu_us": measured["client"]["cpu_us_per_request"]}


class Null(Fetchbench):
    """fetchbench with a strategy that sends nothing."""

    def __init__(self, build, connections):
        super().__init__(build, "null", connections)
        self.program = Path(build, "bench", "fetchbench_null")


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


def loops(options):
    """The floors without libcurl, and what a run costs that sends nothing."""
    names = [name for name in ("bare_epoll", "bare_uring") if Path(options.build, "bench", name).exists()]
    clients = [Bare(options.build, name, options.connections) for name in names]
    clients += [Fetchbench(options.build, "raw", options.connections), Null(options.build, options.connections)]
    return clients + ([Wrk(options.build, options.connections)] if options.wrk and shutil.which("wrk") else [])


def measure(options, url, processor, clients):
    """Every client once per round."""
    figures = {client: [] for client in clients}
    for number in range(options.rounds):
        for client in by_turns(clients, number):
            figures[client].append(client.measure(url, options.requests, processor))
        now = ", ".join(f"{label(client)}: {figures[client][-1]['cpu_us']:.2f}" for client in clients)
        say(f"round {number + 1}/{options.rounds}, CPU us/request: {now}")
    return figures


def say(text):
    print(text, file=sys.stderr, flush=True)


def spread(values):
    return f"{statistics.median(values):8.2f}  {min(values):.2f}-{max(values):.2f}" if values else "       -"


def show(figures, comparisons):
    width = max(len(label(client)) for client in figures)
    print(f"{'client, connections':{width}}  CPU us/request, whole program    in the report")
    for client, rounds in figures.items():
        reported = [r["report_cpu_us"] for r in rounds if "report_cpu_us" in r]
        print(f"{label(client):{width}}  {spread([r['cpu_us'] for r in rounds]):31}  {spread(reported)}".rstrip())
    for c in comparisons:
        print(f"{c['client']} / {c['base']}: {against_goal(c, c['goal'])}")
    print()


def show_goals(rows):
    for row in rows:
        print(f"{row['goal']}: {row['value']:.2f} {row['unit']} ({row['least']:.2f}-{row['most']:.2f}), at most "
              f"{row['limit']:g}: {'met' if row['met'] else 'MISSED'}")


def show_parts(build, processor):
    """What the programs of tests/bench that are no clients print."""
    for name in ("lane_write", "response_ns", "switching"):
        print(f"{name}:\n{run(build, [Path(build, 'bench', name)], processor).out.strip()}")


def write_json(path, options, figures, comparisons, rows, load_before):
    document = {
        "requests": options.requests, "rounds": options.rounds, "connections": options.connections,
        "machine": {**machine(), "load_before": load_before, "load_after": os.getloadavg()},
        "clients": [{"name": client.name, "connections": client.connections, "rounds": rounds}
                    for client, rounds in figures.items()],
        "comparisons": comparisons, "goals": rows,
    }
    Path(path).write_text(json.dumps(document, indent=2) + "\n")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=a_folder, default=ROOT / "build",
                        help="folder that has fetchbench and bench/bare_multi (build)")
    parser.add_argument("--connections", type=a_count, default=100,
                        help="at once (100); over 1000: async against itself at 100")
    parser.add_argument("--requests", type=a_count, help="of each client and round (100000; over 1000 connections 1000000)")
    parser.add_argument("--rounds", type=a_count, help="(7; over 1000 connections 3)")
    parser.add_argument("--sequential", action="store_true", help="also one request at a time")
    parser.add_argument("--no-wrk", dest="wrk", action="store_false", help="leave wrk out where it is installed")
    parser.add_argument("--goals", action="store_true",
                        help="all goals: 100 and 10000 connections (with ten times the requests), 100 slow requests at "
                             "once, the parent, and memory (4 and 100 times the requests)")
    parser.add_argument("--parts", action="store_true", help="what the parts cost, without libcurl")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a goal is missed")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    options = parser.parse_args()
    many = options.connections > 1000
    options.requests = options.requests or (1000000 if many else 100000)
    options.rounds = options.rounds or (3 if many else 7)
    return options


def refuse_what_cannot_fit(connections, descriptors):
    fits = int(min((descriptors - SPARE_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION, NGINX_CONNECTIONS))
    if connections > fits:
        raise Failed(f"{connections} connections need more than the {descriptors} descriptors that this "
                     f"process may have, or than nginx is set up for: at most {fits} fit")


def kinds(options):
    """What is to be measured: options and clients with their comparisons."""
    if options.parts:
        return [(options, (loops(options), []))]
    if options.goals:
        many = argparse.Namespace(**{**vars(options), "connections": MANY, "requests": 10 * options.requests,
                                     "rounds": min(options.rounds, 3)})
        return [(options, compare_floors(options)), (many, compare_many(many))]
    return [(options, (compare_many if options.connections > 1000 else compare_floors)(options))]


def measure_all(options, processors, descriptors):
    """Shows each kind as soon as it is there: figures, comparisons and other goals of all."""
    figures, summaries, rows = {}, [], []
    require_built(options.build, "bench/bare_multi")
    if options.json and not Path(options.json).resolve().parent.is_dir():
        raise Failed(f"{options.json} cannot be written: there is no such folder")
    wanted = kinds(options)
    refuse_what_cannot_fit(max(each.connections for each, _ in wanted), descriptors)
    with nginx(processors[0], descriptors) as server:
        for each, (clients, comparisons) in wanted:
            found = measure(each, server.url, processors[1], clients)
            these = [c.summary(found) for c in comparisons]
            show(found, these)
            figures.update(found)
            summaries += these
        if options.goals:
            rows = floor_goals.goals(options, server.url, processors[1], say)
            show_goals(rows)
    if options.parts:
        show_parts(options.build, processors[1])
    return figures, summaries, rows


def main():
    options = read_options()
    end_at_sigterm()
    try:
        load_before = os.getloadavg()
        figures, summaries, rows = measure_all(options, processor_pair(), raise_descriptor_limit())
        if options.json:
            write_json(options.json, options, figures, summaries, rows, load_before)
    except (Failed, OSError) as failure:
        say(f"bench_floor: {failure}")
        return 2
    return 1 if options.check and not all(each["met"] for each in summaries + rows) else 0


if __name__ == "__main__":
    sys.exit(main())
