"""Sweeps and ceilings: what runs at which point, as the server saw it."""
import contextlib
import csv
import json
import os
import pty
import subprocess
from collections import Counter

import pytest

pytestmark = pytest.mark.one_thread


def by_point(outcome):
    return [(r["label"], r["point"], r["concurrency"]) for r in outcome.runs]


def connections(outcome, label, point):
    run, = [r for r in outcome.runs if r["label"] == label and r["point"] == point]
    return run["client"]["connections_opened"]


def test_every_label_runs_at_every_point_and_sequential_once(run_fetchbench, hostile):
    outcome = run_fetchbench("-M", "async,sequential,threads", "-c", "4,1", "-n", 12, f"{hostile.url}/ok?i={{i}}")
    assert by_point(outcome) == [("async", 0, 1), ("sequential", None, 1), ("threads", 0, 1),
                                 ("async", 1, 4), ("threads", 1, 4)]
    assert len(hostile.requests) == 5 * 12
    targets = sorted(hostile.targets())
    assert targets == sorted(f"/ok?i={i}" for i in range(12) for _ in range(5))
    assert [p["concurrency"] for p in outcome.report["plan"]["sweep"]] == [1, 4]
    assert outcome.report["plan"]["concurrency"] == 4
    assert [(s["label"], s["concurrency"]) for s in outcome.report["plan"]["strategies"]] == [
        ("async", 4), ("sequential", 1), ("threads", 4)]
    assert connections(outcome, "async", 0) == 1
    assert connections(outcome, "async", 1) == 4


def test_a_sweep_of_what_has_one_in_flight_is_refused(refused):
    refused("-c 1,5 sweeps nothing, since this mode sends one request at a time", "-M", "sequential", "-c", "1,5")


def test_one_value_is_no_sweep(run_fetchbench, nginx):
    outcome = run_fetchbench("-c", "3", "-n", 6, f"{nginx.url}/quiet")
    assert outcome.report["plan"]["sweep"] == []
    assert by_point(outcome) == [("async", None, 3)]


def test_delays_of_the_embedded_endpoint_are_swept(run_fetchbench):
    outcome = run_fetchbench("-M", "async,sequential", "--sweep", "delay=20ms,0", "-c", 5, "-n", 10)
    points = outcome.report["plan"]["sweep"]
    assert [(p["name"], p["value"], p["number"], p["concurrency"]) for p in points] == [
        ("delay", "0", 0, 5), ("delay", "20ms", .02, 5)]
    assert by_point(outcome) == [("async", 0, 5), ("sequential", 0, 1), ("async", 1, 5), ("sequential", 1, 1)]
    for run in outcome.runs:
        assert run["requests"]["completed"] == 10
        assert (run["latency"]["min_s"] >= .02) == (run["point"] == 1)
    assert "/delay/{delay}?key={i} itself" in outcome.stderr


def test_sizes_of_the_embedded_endpoint_are_swept(run_fetchbench):
    outcome = run_fetchbench("--sweep", "bytes=1MiB,100", "-c", "1,2", "-n", 3)
    assert [(p["number"], p["concurrency"]) for p in outcome.report["plan"]["sweep"]] == [
        (100, 1), (100, 2), (1048576, 1), (1048576, 2)]
    heads = outcome.runs[0]["bytes_received"] - 3 * 100
    assert [r["bytes_received"] for r in outcome.runs[:2]] == [heads + 300] * 2
    assert all(0 <= r["bytes_received"] - 3 * 1048576 - heads < 100 for r in outcome.runs[2:])


@pytest.mark.parametrize("rounds", [1, 2])
def test_the_ceiling_is_run_against_the_embedded_endpoint(run_fetchbench, hostile, rounds):
    outcome = run_fetchbench("-M", "async,sequential", "--ceiling", "--rounds", rounds, "-n", 7, f"{hostile.url}/ok")
    ceilings = [r for r in outcome.runs if r["ceiling"]]
    assert sorted((r["label"], r["round"]) for r in ceilings) == sorted(
        (label, n) for label in ("async", "sequential") for n in range(1, rounds + 1))
    assert len(outcome.runs) == 4 * rounds
    assert all(r["requests"]["completed"] == 7 and r["status_codes"] == {"200": 7} for r in ceilings)
    assert len(hostile.requests) == 2 * 7 * rounds
    assert outcome.report["plan"]["ceiling"] is True
    assert str(outcome.report["target"]["port"]) in hostile.url
    assert len(outcome.report["target"]["addresses"]) == 1


def test_samples_are_of_the_target_s_requests(run_fetchbench, hostile, tmp_path):
    run_fetchbench("--ceiling", "--samples", tmp_path / "s.csv", "-n", 4, f"{hostile.url}/ok")
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 1 + 4


@pytest.mark.once
@pytest.mark.parametrize("args, words", [
    (["-c", "1,x"], "-c takes a count such as 100 or 10k, not \"x\""),
    (["-c", "1,0"], "-c must be at least 1, not 0"),
    (["-c", "2,1,2"], "-c has 2 twice"),
    (["-c", "1,200"], "-c 200 cannot be reached with 100 requests"),
    (["--sweep", "delay=0,1s", "http://127.0.0.1:1/"], "so it takes no URL"),
    (["--sweep", "delay=0,1s", "--urls", "/dev/null"], "so it takes no URL"),
    (["--sweep", "speed=1"], "--sweep takes delay=TIME,TIME... or bytes=SIZE,SIZE..., not \"speed=1\""),
    (["--sweep", "bytes=11MiB"], "--sweep bytes goes from 1 to 10MiB, not to 11MiB"),
    (["--sweep", "delay=0,1s", "--sweep", "bytes=1,2"], "--sweep is given twice"),
    (["--ceiling", "https://127.0.0.1:1/"], "so it is not for an https URL"),
    (["--ceiling", "-x", "http://127.0.0.1:1", "http://127.0.0.1:1/"], "so it is not for --proxy"),
    (["--ceiling", "--unix-socket", "/tmp/x", "http://127.0.0.1:1/"], "so it is not for --unix-socket"),
    (["--ceiling", "-6", "http://[::1]:1/"], "-6 leaves no way to 127.0.0.1"),
])
def test_what_cannot_be_swept_is_refused_in_a_sentence(run_fetchbench, args, words):
    outcome = run_fetchbench(*args, status=2, report=False)
    assert words in outcome.stderr and outcome.stderr.count("\n") == 1


@pytest.mark.parametrize("ending", ["csv", "ndjson"])
def test_samples_tell_the_points_apart(run_fetchbench, hostile, tmp_path, ending):
    path = tmp_path / f"s.{ending}"
    run_fetchbench("-M", "async,sequential", "-c", "1,2", "--samples", path, "-n", 4, f"{hostile.url}/ok")
    with open(path, newline="") as file:
        rows = [json.loads(line) for line in file] if ending == "ndjson" else list(csv.DictReader(file))
    points = Counter((row["label"], str(row["point"] if row["point"] is not None else "")) for row in rows)
    assert points == {("async", "0"): 4, ("async", "1"): 4, ("sequential", ""): 4}


CROSSOVER = {"metric": "wall_s", "from_point": 0, "to_point": 1, "winner_before": "plain", "winner_after": "work", "supported": True}


@pytest.mark.release
def test_a_winner_that_changes_is_a_crossover_where_the_verdicts_say_so(run_fetchbench, endpoint):
    """With one in flight the work is what differs; with five the loop waits for all answers at once. A machine that is
    busy with something else may leave it undecided, though hardly three times."""
    for _ in range(3):
        outcome = run_fetchbench("-M", "plain=sequential,work=async:work=sha256/30000", "-c", "1,5", "--rounds", 12, "-n", 5,
                                 f"{endpoint.url}/delay/20ms")
        verdicts = {c["point"]: c["verdict"] for c in outcome.report["comparisons"] if c["primary"]}
        decided = verdicts == {0: "slower", 1: "faster"}
        assert [c for c in outcome.report["crossovers"] if c["supported"]] == [CROSSOVER] * decided
        assert ("the lead passes from plain to work" in " ".join(outcome.stdout.split())) == decided
        if decided:
            return
    pytest.fail("the winner was never decided")


@pytest.mark.once
def test_the_progress_line_says_which_point_and_which_ceiling(fetchbench, endpoint, tmp_path):
    shown, terminal = pty.openpty()
    process = subprocess.Popen([fetchbench, "-n", "12", "-M", "async", "-c", "2,3", "--ceiling", "-o", tmp_path / "r.json",
                                f"{endpoint.url}/delay/60ms"], stdout=terminal, stderr=terminal, env=os.environ | {"TERM": "xterm"})
    os.close(terminal)
    said = b""
    with contextlib.suppress(OSError):  # what a terminal reads at its end
        while more := os.read(shown, 65536):
            said += more
    os.close(shown)
    assert process.wait(60) == 0
    for words in (b"async at 2\x1b", b"async at 3\x1b", b"async at 2, its ceiling"):
        assert words in said
