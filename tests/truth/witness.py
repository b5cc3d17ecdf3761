"""What a client measured beside what the server saw, request by request."""
import itertools
import json
import math
import sys
from collections import Counter
from decimal import Decimal

import pytest

from conftest import ROOT
from served import exponential_ns

sys.path.append(str(ROOT / "scripts"))
from plotting.hdr import decode  # noqa: E402 its folder is known only now

STRATEGIES = ["sequential", "threads", "executor", "processes", "async", "coroutine", "raw"]
tokens = itertools.count()


class Pair:
    """One request as the client measured it and as the server saw it; moments are in ns after the run's go."""

    def __init__(self, sample, line, go_ns):
        self.key = sample["index"]
        self.due_ns, self.start_ns, self.end_ns = (int(sample[name] * 10 ** 9) for name in ("due_s", "start_s", "end_s"))
        self.arrived_ns, self.departed_ns = line["arrived_ns"] - go_ns, line["departed_ns"] - go_ns
        self.latency_ns = self.end_ns - self.due_ns
        self.service_ns = self.end_ns - self.start_ns
        self.sojourn_ns = self.departed_ns - self.arrived_ns


def read_samples(path):
    return [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]


def observe(run_fetchbench, endpoint, folder, *args):
    """Runs one strategy against a LoggedEndpoint; the last argument is the target, in which {key} is the request's number.
    Returns its run in the report, and a Pair for each request that was completed."""
    *options, target = args
    token, file = f"t{next(tokens)}", folder / "samples.ndjson"
    url = endpoint.url + target.replace("{key}", "key={i}") + f"&token={token}"
    [run] = run_fetchbench(*options, "--samples", file, url).runs
    samples = [sample for sample in read_samples(file) if not sample["error"]]
    lines = endpoint.by_key([sample["index"] for sample in samples], token)
    go_ns = round(run["clock_go_s"] * 10 ** 9)
    return run, [Pair(sample, lines[sample["index"]], go_ns) for sample in samples]


def check_order(pairs):
    """What happened to each request happened in this order, on the one clock of the machine. clock_go_s is rounded."""
    rounding_ns = 100
    for pair in pairs:
        assert pair.due_ns <= pair.start_ns <= pair.arrived_ns + rounding_ns
        assert pair.arrived_ns <= pair.departed_ns <= pair.end_ns + rounding_ns
        assert pair.service_ns >= pair.sojourn_ns


def check_queue(pairs, mean_ns, seed):
    """The server itself did what a queue with these service times does, or a little later."""
    free_ns = min(pair.arrived_ns for pair in pairs)
    for pair in sorted(pairs, key=lambda pair: pair.arrived_ns):
        free_ns = max(pair.arrived_ns, free_ns) + exponential_ns(mean_ns, seed, pair.key)
        assert pair.departed_ns >= free_ns


def nearest_rank(values, percent):
    """The smallest value with at least so many percent at or below it, as METHOD has percentiles."""
    return sorted(values)[max(0, math.ceil(len(values) * Decimal(percent) / 100) - 1)]


def check_distribution(distribution, values_ns):
    """A distribution of the report is that of these values, none left out; its percentiles are exact."""
    assert distribution["count"] == len(values_ns)
    assert distribution["source"] == "samples"
    seconds = [ns / 1e9 for ns in values_ns]
    assert distribution["min_s"] == pytest.approx(min(seconds), abs=1e-9)
    assert distribution["max_s"] == pytest.approx(max(seconds), abs=1e-9)
    assert distribution["mean_s"] == pytest.approx(sum(seconds) / len(seconds), rel=1e-6)
    for percent, value in distribution["percentiles_s"].items():
        assert value == pytest.approx(nearest_rank(seconds, percent), abs=1e-9), percent
    found = {int(value_ns): int(count) for value_ns, count in zip(*decode(distribution["hdr"]))}
    assert found == Counter(highest_alike(ns) for ns in values_ns)


def highest_alike(value_ns):
    """The highest value that its counter of the histogram stands for, with eleven binary digits."""
    shift = max(0, value_ns.bit_length() - 11)
    return ((value_ns >> shift) + 1 << shift) - 1


def check_slices(run, pairs):
    """The seconds of a run are its requests by their ends, but for the few that ended while a slice was being cut."""
    assert sum(part["completed"] for part in run["slices"]) == len(pairs)
    for part in run["slices"]:
        from_ns, until_ns = part["t_s"] * 1e9, (part["t_s"] + part["length_s"]) * 1e9
        latencies_s = [pair.latency_ns / 1e9 for pair in pairs if from_ns <= pair.end_ns < until_ns]
        assert abs(part["completed"] - len(latencies_s)) <= 0.02 * len(latencies_s) + 5
        for percent in (50, 99):
            least, most = (nearest_rank(latencies_s, percent + aside) for aside in (-1.5, min(1.5, 100 - percent)))
            assert 0.999 * least <= part[f"p{percent}_s"] <= 1.001 * most, (part, least, most)
