"""The goals of scripts/bench_floor.py that are no ratio of two clients' CPU time: memory, 100 slow requests at once, the parent.

Each function returns the values of one goal, one per round; goals() holds them against their limits.
"""
import json
import statistics
import subprocess
import time
from pathlib import Path

from pinned import Failed, run

DELAY_MS = 100
AT_ONCE = 100
PARENT_S = 8  # how long the run is whose parent is watched; the middle half counts
MIB = 1 << 20


def memory_growth(options, url, processor):
    """By how many MiB a hundred times the requests raise the peak, of the largest process or of all together."""
    few, many = (run(options.build, [Path(options.build, "fetchbench"), "--mode", "async", "-n", requests, "-c", AT_ONCE,
                                     "--quiet", "-o", "/dev/null", url], processor)
                 for requests in (4 * options.requests, 100 * options.requests))
    return [max(many.rss_bytes - few.rss_bytes, many.pss_bytes - few.pss_bytes) / MIB]


def at_once(options, mode):
    """(wall ms, ms from the program's start to its first request) of as many slow requests as there are connections."""
    command = [Path(options.build, "fetchbench"), "--mode", mode, "-n", AT_ONCE, "-c", AT_ONCE, "--quiet", "-o", "-",
               "--sweep", f"delay={DELAY_MS}ms"]
    started_s = time.monotonic()
    done = subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"fetchbench {mode} ended with status {done.returncode}: {done.stderr.strip()}")
    measured = json.loads(done.stdout)["runs"][0]
    if measured["requests"]["completed"] != AT_ONCE:
        raise Failed(f"fetchbench {mode}: {measured['requests']}, {measured['errors']}")
    return measured["wall_s"] * 1e3, (measured["clock_go_s"] - started_s) * 1e3


def worked_s(pid):
    """Processor time of all its threads so far."""
    return sum(int(file.read_text().split()[0]) for file in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def parent_share(options, url, connections):
    """Percent of a processor that the parent takes while its run is on."""
    command = [Path(options.build, "fetchbench"), "--mode", "async", "-d", f"{PARENT_S}s", "-c", connections, "--quiet",
               "-o", "/dev/null", url]
    with subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        looks = []
        for _ in range(2):
            time.sleep(PARENT_S / (4 if not looks else 2))
            looks.append((time.monotonic(), worked_s(process.pid)))
        if process.wait():
            raise Failed(f"fetchbench ended with status {process.returncode}")
    (from_s, before_s), (until_s, after_s) = looks
    return 100 * (after_s - before_s) / (until_s - from_s)


def goal(name, values, limit, unit):
    middle = statistics.median(values)
    return {"goal": name, "value": middle, "least": min(values), "most": max(values), "limit": limit, "unit": unit,
            "met": middle <= limit}


def goals(options, url, processor, say):
    """The rows, in the order of what they cost."""
    rows = []
    for mode in ("async", "threads"):
        say(f"{AT_ONCE} GETs of {DELAY_MS} ms by {mode}")
        walls, starts = zip(*(at_once(options, mode) for _ in range(3 * options.rounds)))
        rows.append(goal(f"{AT_ONCE} GETs of {DELAY_MS} ms, {mode}: wall", walls, 1.06 * DELAY_MS, "ms"))
        rows.append(goal(f"{AT_ONCE} GETs of {DELAY_MS} ms, {mode}: start to first request", starts, 15, "ms"))
    for connections in (AT_ONCE, 10000):
        say(f"the parent, {connections} connections")
        rows.append(goal(f"the parent while a run is on, {connections} connections",
                         [parent_share(options, url, connections) for _ in range(min(options.rounds, 3))], 1, "% of a core"))
    say("memory")
    rows.append(goal(f"memory, {100 * options.requests:,} requests less {4 * options.requests:,}",
                     memory_growth(options, url, processor), 4, "MiB"))
    return rows
