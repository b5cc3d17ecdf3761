"""Requests at a rate, runs that end by time, and what is refused of both."""
import json
import os
import signal

import pytest

from servers import wait_until


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def check_sum(requests):
    parts = ("completed", "failed", "cancelled", "unfinished", "not_started")
    assert requests["total"] == sum(requests[part] for part in parts), requests


@pytest.mark.once
@pytest.mark.parametrize("words, said", [
    (["-n", 5, "-d", "1s"], "--deadline"),
    (["-d", '{"a":1}'], "--data"),
    (["-z", "many"], "a request body is --data"),
    (["-q", "500"], "--rate 500"),
    (["-R", "0"], "must be above 0 requests per second"),
    (["--ramp", "10:100:0"], "the time of \"10:100:0\" must be from 1ms"),
    (["--stages", "5:1s,10:0s"], "the time of \"10:0s\" must be from 1ms"),
    (["-n", "5", "--fail-on", "waited>1%"], "--fail-on waited is of requests that are due at a rate"),
    (["--ramp", "1:2"], "FROM:TO:TIME"),
    (["--stages", "5"], "RATE:TIME"),
    (["--arrivals", "random"], "did you mean poisson?"),
    (["--deadlin", "5s"], "did you mean --deadline?"),
    (["-R", "5", "--spin", "-M", "async,threads"], "mode threads cannot wait without sleeping, so --spin is not for it"),
    (["-d", "1s", "-M", "exec:true"], "mode exec cannot end by time, so --duration is not for it"),
    (["-R", "5", "-M", "exec:true"], "mode exec cannot send requests at a rate, so --rate is not for it"),
    (["-d", "20s", "--run-timeout", "5s"], "--run-timeout 5.00s would kill every run"),
])
def test_a_load_that_cannot_be_is_refused_in_one_sentence(run_fetchbench, words, said):
    outcome = run_fetchbench(*words, "http://127.0.0.1:9/", status=2)
    assert said in outcome.stderr.replace("\n  ", " ") and outcome.report is None


@pytest.mark.once
def test_a_dry_run_shows_the_load(run_fetchbench):
    shown = run_fetchbench("--dry-run", "--stages", "0:100:5s,100:10s", "--grace", "2s", "--arrivals", "poisson",
                           "http://127.0.0.1:9/", report=False).stdout
    settings = dict(line.split(None, 1) for line in shown.splitlines())
    assert settings["rate"] == "0 to 100 in 5.00s, 100 in 10.0s" and settings["arrivals"] == "poisson"
    assert settings["duration"] == "15.0s" and settings["grace"] == "2.00s" and settings["run-timeout"] == "10m17s"
    assert 1100 < int(settings["requests"]) < 1400
    shown = run_fetchbench("--dry-run", "-R", "1234567", "-n", 5, "http://127.0.0.1:9/", report=False).stdout
    assert "rate              1234567\n" in shown
    shown = run_fetchbench("--dry-run", "-d", "5s", "--think-time", "10ms", "http://127.0.0.1:9/", report=False).stdout
    settings = dict(line.split(None, 1) for line in shown.splitlines())
    assert "requests" not in settings and settings["think-time"] == "10.0ms"


@pytest.mark.parametrize("mode", ["threads", "executor:threads=5", "processes", "async"])
def test_what_a_run_cuts_off_is_a_sample_and_what_it_never_sent_is_none(run_fetchbench, hostile, tmp_path, mode):
    outcome = run_fetchbench("-M", f"it={mode}", "-R", 100, "-d", "500ms", "--grace", "50ms", "-c", 5, "--samples",
                             "all.ndjson", f"{hostile.url}/silence", status=3)
    run, plan = outcome.runs[0], outcome.report["plan"]
    assert (plan["rate_per_s"], plan["duration_s"], plan["grace_s"], plan["requests"]) == (100, 0.5, 0.05, 50)
    assert run["requests"]["unfinished"] == 5 and run["requests"]["not_started"] == 45
    check_sum(run["requests"])
    assert run["wall_s"] == pytest.approx(0.55, abs=1e-6) and run["exit"]["reason"] == "finished"
    assert 0.4 < run["requests"]["oldest_unfinished_s"] <= 0.55 and run["latency"]["censored"]
    lines = lines_of(tmp_path / "all.ndjson")
    assert sorted(line["index"] for line in lines) == list(range(5))
    for line in lines:
        assert line["error"] == "unfinished" and line["end_s"] == pytest.approx(0.55, abs=1e-6)
        assert line["due_s"] == pytest.approx(line["index"] / 100, abs=1e-6) and line["start_s"] >= line["due_s"]


@pytest.mark.once
def test_a_pause_between_requests_is_no_wait_in_the_pools_queue(run_fetchbench, endpoint):
    run = run_fetchbench("-M", "executor:threads=2", "-c", 2, "-n", 10, "--think-time", "100ms", f"{endpoint.url}/get").runs[0]
    assert run["wall_s"] > 0.4 and run["queue_wait"]["percentiles_s"]["50"] < 0.05


@pytest.mark.once
def test_every_strategy_and_round_has_the_same_random_moments(run_fetchbench, endpoint, tmp_path):
    run_fetchbench("-M", "sequential,threads,async:threads=2", "-R", 400, "--arrivals", "poisson", "-n", 40, "--rounds", 2,
                   "--samples", "all.ndjson", f"{endpoint.url}/get")
    due = {}
    for line in lines_of(tmp_path / "all.ndjson"):
        due.setdefault(line["index"], set()).add(round(line["due_s"], 6))
    assert len(due) == 40 and all(len(moments) == 1 for moments in due.values())
    moments = [due[i].pop() for i in range(40)]
    gaps = [later - earlier for earlier, later in zip(moments, moments[1:])]
    assert all(gap >= 0 for gap in gaps) and max(gaps) > 3 * min(gaps)


@pytest.mark.parametrize("load", [["-d", "60s"], ["-n", 100000, "--deadline", "60s"], ["-R", 50, "-d", "60s"],
                                  ["-c", 3, "-d", "60s", "--think-time", "40s"]])
def test_an_interrupt_ends_a_timed_run_and_its_counts_add_up(start_fetchbench, endpoint, load):
    running = start_fetchbench("-M", "threads", *load, f"{endpoint.url}/delay/50ms")
    wait_until(lambda: running.measured_child(), what="the run")
    child = running.measured_child()
    wait_until(lambda: threads_of(child) > 1, what="its threads")
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish()
    assert outcome.status == 130 and not outcome.report["complete"]
    for run in outcome.runs:
        assert run["exit"]["reason"] == "interrupted"
        check_sum(run["requests"])


def threads_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Threads:"))


@pytest.mark.once
def test_a_killed_timed_run_has_what_it_had_handed_out(start_fetchbench, hostile):
    running = start_fetchbench("-M", "async", "-c", 4, "-d", "60s", f"{hostile.url}/silence")
    hostile.wait_for_requests(4)
    os.kill(running.measured_child(), signal.SIGKILL)
    run = running.finish().runs[0]
    assert run["exit"]["reason"] == "killed"
    assert run["requests"]["total"] == run["requests"]["unfinished"] == 4
    check_sum(run["requests"])


@pytest.mark.release
def test_few_requests_cut_off_leave_percentiles_as_they_are(run_fetchbench, endpoint):
    censored = []
    while len(censored) < 3 and all(censored):  # where the slowest are few and far apart one more may move a percentile
        run = run_fetchbench("-M", "async", "-c", 1, "-d", "1s", f"{endpoint.url}/get").runs[0]
        assert run["requests"]["completed"] > 100 and run["requests"]["unfinished"] <= 1
        censored.append(run["latency"]["censored"])
    assert not all(censored)


@pytest.mark.once
@pytest.mark.parametrize("mode", ["sequential", "threads", "executor", "processes", "async", "coroutine"])
def test_who_pauses_until_the_end_of_the_time_had_all_of_it(run_fetchbench, endpoint, mode):
    run = run_fetchbench("-M", mode, "-c", 5, "-d", "300ms", "--think-time", "5s", f"{endpoint.url}/get").runs[0]
    assert run["requests_per_s"] == pytest.approx(run["requests"]["completed"] / 0.3, rel=1e-3)


@pytest.mark.once
@pytest.mark.parametrize("load", [["-R", 10, "-n", 4], ["-R", 10, "-d", "400ms", "--grace", "5s"]])
def test_who_keeps_a_rate_has_it(run_fetchbench, endpoint, load):
    run = run_fetchbench("-M", "async", *load, f"{endpoint.url}/get").runs[0]
    assert run["requests"]["completed"] == 4
    assert run["requests_per_s"] == pytest.approx(4 / max(0.4, run["wall_s"]), rel=1e-3) and run["wall_s"] >= 0.3


@pytest.mark.once
@pytest.mark.parametrize("mode", ["threads", "executor:threads=40"])
def test_who_has_more_workers_than_requests_lets_none_wait_for_one(run_fetchbench, endpoint, mode):
    load = ["-M", mode, "-R", 200, "-n", 30, f"{endpoint.url}/delay/10ms"]
    assert run_fetchbench("-c", 40, *load).runs[0]["requests"]["waited"] == 0
    assert run_fetchbench("-c", 1, *load).runs[0]["requests"]["waited"] > 20
