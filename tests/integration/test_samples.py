"""--samples and --order: every request on a line, whatever becomes of the run, the file or its reader."""
import csv
import json
import math
import os
import re
import resource
import signal
import statistics
import subprocess
import time
from collections import Counter
from decimal import Decimal

import pytest

from conftest import check_report
from servers import refusing_port, wait_until

FIELDS = ["index", "label", "round", "baseline_repeat", "point", "due_s", "start_s", "dns_s", "connect_s", "tls_s", "first_byte_s", "end_s",
          "work_s", "status", "bytes", "error", "connection_reused", "worker"]
ALL = "sequential,threads,async"
TRUTH = {"true": True, "false": False}


def parse(text):
    samples = [json.loads(line, parse_float=Decimal) for line in text.splitlines()]
    assert all(list(s) == FIELDS for s in samples)
    return samples


def read_ndjson(path):
    text = path.read_text()
    assert not text or text.endswith("\n")
    return parse(text)


def read_csv(path):
    kinds = {"index": int, "round": int, "point": int, "status": int, "bytes": int, "worker": int, "label": str, "error": str,
             "connection_reused": TRUTH.get, "baseline_repeat": TRUTH.get}
    with open(path, newline="") as f:
        assert f.readline() == ",".join(FIELDS) + "\r\n"
        rows = list(csv.reader(f, strict=True))
    return [{k: kinds.get(k, Decimal)(v) if v else None for k, v in zip(FIELDS, row, strict=True)} for row in rows]


READERS = {"ndjson": read_ndjson, "csv": read_csv}


def of_run(samples, run):
    return [s for s in samples if all(s[key] == run[key] for key in ("label", "round", "baseline_repeat", "point"))]


def check_against_report(samples, outcome):
    """As many lines of each kind as the report counts, each number once, and nothing else."""
    for run in outcome.runs:
        mine, requests = of_run(samples, run), run["requests"]
        kinds = Counter("completed" if not s["error"] else "cancelled" if s["error"] == "cancelled" else "failed"
                        for s in mine)
        assert {k: kinds[k] for k in ("completed", "failed", "cancelled")} == {
            k: requests[k] for k in ("completed", "failed", "cancelled")}
        assert len({s["index"] for s in mine}) == len(mine)
        assert all(0 <= s["index"] < requests["total"] for s in mine)
        assert Counter(str(s["status"]) for s in mine if not s["error"]) == run["status_codes"]
    assert len(samples) == sum(len(of_run(samples, run)) for run in outcome.runs)


@pytest.mark.parametrize("ending", READERS)
def test_every_request_is_there_once_as_report_and_server_count(run_fetchbench, nginx, tmp_path, ending):
    token, file = f"samples-{ending}", tmp_path / f"all.{ending}"
    outcome = run_fetchbench("-M", ALL, "--rounds", 2, "-n", 300, "-c", 7, "--samples", file,
                             f"{nginx.url}/get?key={{i}}-{token}")
    samples = READERS[ending](file)
    check_against_report(samples, outcome)
    assert len(samples) == 6 * 300
    assert len(nginx.log.targets_once_there(token, 1800)) == 1800
    assert {s["index"] for s in samples} == set(range(300))
    assert [(k[0], k[1]) for k in dict.fromkeys((s["label"], s["round"]) for s in samples)] == [
        (r["label"], r["round"]) for r in outcome.runs]
    for s in samples:
        assert s["status"] == 200 and s["error"] is None and s["tls_s"] is None
        assert 0 <= s["due_s"] == s["start_s"] < s["first_byte_s"] <= s["end_s"]
        assert (s["connect_s"] is None) == s["connection_reused"]
        assert 0 <= s["worker"] < 7
    assert outcome.report["plan"]["samples"] == str(file)


def test_the_reports_percentiles_follow_from_the_samples(run_fetchbench, nginx, tmp_path):
    file = tmp_path / "all.ndjson"
    outcome = run_fetchbench("-M", ALL, "-n", 3000, "-c", 10, "--samples", file, f"{nginx.url}/quiet")
    samples = read_ndjson(file)
    for run in outcome.runs:
        mine = of_run(samples, run)
        times = sorted(int((s["end_s"] - s["start_s"]) * 10**9) for s in mine)
        assert run["latency"]["source"] == "samples"
        for percent, value in run["latency"]["percentiles_s"].items():
            rank = math.ceil(Decimal(percent) / 100 * len(times))
            assert round(value * 1e9) == times[rank - 1], (run["label"], percent)
        assert round(run["latency"]["max_s"] * 1e9) == times[-1]
        assert round(run["wall_s"] * 1e9) == int(max(s["end_s"] for s in mine) * 10**9)
        assert sum(not s["connection_reused"] for s in mine) == run["client"]["connections_opened"]


@pytest.mark.parametrize("ending", READERS)
def test_work_has_a_column_and_ends_within_the_wall_time(run_fetchbench, nginx, tmp_path, ending):
    file = tmp_path / f"all.{ending}"
    outcome = run_fetchbench("-M", f"{ALL},idle=async:work=none", "--work", "sha256/50", "-n", 20, "-c", 4, "--samples", file,
                             f"{nginx.url}/quiet")
    samples = READERS[ending](file)
    for run in outcome.runs:
        mine = of_run(samples, run)
        if run["label"] == "idle":
            assert all(s["work_s"] is None for s in mine)
            continue
        assert all(s["work_s"] > 0 for s in mine)
        assert round(run["wall_s"] * 1e9) == int(max(s["end_s"] + s["work_s"] for s in mine) * 10**9)
        assert round(run["phases"]["work"]["max_s"] * 1e9) == int(max(s["work_s"] for s in mine) * 10**9)


@pytest.mark.parametrize("count", [500, pytest.param(110_000, marks=pytest.mark.release)])
def test_both_orders_are_what_they_say(run_fetchbench, nginx, tmp_path, count):
    """The larger one is more than is sorted in memory at once, and more than the report's figures are exact for."""
    for order, key in (("completed", "end_s"), ("issued", "index")):
        file = tmp_path / f"{order}.csv"
        outcome = run_fetchbench("-M", "threads", "-n", count, "-c", 20, "--samples", file, "--order", order,
                                 f"{nginx.url}/quiet")
        samples = read_csv(file)
        keys = [s[key] for s in samples]
        assert keys == sorted(keys)
        check_against_report(samples, outcome)
        assert outcome.report["plan"]["samples_order"] == order
        assert outcome.runs[0]["latency"]["source"] == ("samples" if count <= 100_000 else "histogram")


def test_samples_tell_the_two_runs_of_the_baseline_apart(run_fetchbench, nginx, tmp_path):
    file = tmp_path / "all.csv"
    outcome = run_fetchbench("-M", "async,threads", "--rounds", 6, "-n", 5, "--samples", file, f"{nginx.url}/quiet")
    samples = read_csv(file)
    assert Counter((s["label"], s["baseline_repeat"]) for s in samples) == {
        ("async", False): 30, ("async", True): 30, ("threads", False): 30}
    check_against_report(samples, outcome)


def test_a_stream_arrives_while_the_run_is_on(start_fetchbench, endpoint):
    running = start_fetchbench("-n", 8, "-c", 2, "--samples", "-", f"{endpoint.url}/delay/0.5")
    wait_until(lambda: b"\n" in running.out.read_bytes(), what="the first line")
    assert running.process.poll() is None
    early = running.out.read_text().count("\n")
    outcome = running.finish()
    samples = parse(outcome.stdout)
    assert early < len(samples) == 8
    check_against_report(samples, outcome)
    assert [s["end_s"] for s in samples] == sorted(s["end_s"] for s in samples)
    assert "req/s" in outcome.stderr and "report:" in outcome.stderr


@pytest.mark.parametrize("order", ["completed", "issued"])
def test_a_stream_has_every_request_of_every_run(run_fetchbench, nginx, order):
    outcome = run_fetchbench("-M", ALL, "--rounds", 2, "-n", 2_000, "-c", 10, "--samples", "-", "--order", order,
                             f"{nginx.url}/quiet")
    samples = parse(outcome.stdout)
    check_against_report(samples, outcome)
    for run in outcome.runs:
        mine = of_run(samples, run)
        if order == "issued" or run["label"] == "async":  # others may be held up between an end and its record
            key = "index" if order == "issued" else "end_s"
            assert [s[key] for s in mine] == sorted(s[key] for s in mine)


def test_a_named_pipe_is_a_stream(start_fetchbench, endpoint, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    running = start_fetchbench("-n", 4, "-c", 1, "--samples", "pipe.csv", f"{endpoint.url}/delay/0.3")
    with open(tmp_path / "pipe.csv") as pipe:
        lines = [pipe.readline(), pipe.readline()]
        assert running.process.poll() is None
        lines += pipe.readlines()
    assert running.finish().status == 0
    assert len(lines) == 5


def test_standard_output_that_is_a_file_by_another_name_gets_the_samples_alone(start_fetchbench, nginx):
    outcome = start_fetchbench("-n", 50, "--samples", "/dev/stdout", f"{nginx.url}/quiet").finish()
    check_against_report(parse(outcome.stdout), outcome)


def test_labels_come_back_as_typed(run_fetchbench, nginx, tmp_path):
    label = 'say "hi"; ü'
    for ending, read in READERS.items():
        run_fetchbench("-M", f"{label}=async", "-n", 2, "--samples", f"x.{ending}", f"{nginx.url}/quiet")
        assert {s["label"] for s in read(tmp_path / f"x.{ending}")} == {label}


def test_warm_up_is_not_in_it(run_fetchbench, nginx, tmp_path, strategy):
    outcome = run_fetchbench("-M", strategy, "-w", 70, "-n", 30, "-c", 5, "--samples", "x", f"{nginx.url}/quiet")
    samples = read_ndjson(tmp_path / "x")
    assert len(samples) == 30
    assert all(s["start_s"] >= 0 for s in samples)
    assert any(s["connection_reused"] for s in samples[:5])
    check_against_report(samples, outcome)


def test_failures_name_their_class(run_fetchbench, hostile, tmp_path):
    with refusing_port() as port:
        outcome = run_fetchbench("-n", 3, "-c", 1, "--keep-going", "--samples", "x", f"http://127.0.0.1:{port}/", status=3)
    samples = read_ndjson(tmp_path / "x")
    check_against_report(samples, outcome)
    for s in samples:
        assert s["error"] == "connection_refused"
        assert s["status"] is s["first_byte_s"] is s["tls_s"] is s["connection_reused"] is None
    outcome = run_fetchbench("-n", 3, "-c", 1, "--keep-going", "--samples", "x", f"{hostile.url}/truncate", status=3)
    samples = read_ndjson(tmp_path / "x")
    check_against_report(samples, outcome)
    assert all(s["error"] == "truncated" and s["status"] == 200 and s["bytes"] == 500 for s in samples)


def start_half_answered(start_fetchbench, hostile, strategy, samples):
    """A run of which 15 requests are answered and the others wait; returns it once that is so."""
    hostile._some = lambda connection, words, answered, place: (
        hostile._answer(connection) if place <= 15 else hostile._silence(connection, words, answered, place))
    running = start_fetchbench("-M", strategy, "-n", 40, "-c", 4, "--samples", samples, f"{hostile.url}/some")
    hostile.wait_for_requests(16 if strategy == "sequential" else 19)
    return running


@pytest.mark.parametrize("target", ["x", "-"])
def test_a_killed_child_leaves_what_had_been_recorded(start_fetchbench, hostile, tmp_path, strategy, target):
    running = start_half_answered(start_fetchbench, hostile, strategy, target)
    os.kill(running.measured_child(), signal.SIGKILL)
    outcome = running.finish(20)
    assert outcome.status == 1
    samples = parse(outcome.stdout) if target == "-" else read_ndjson(tmp_path / "x")
    assert len(samples) == 15
    check_against_report(samples, outcome)


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("target", ["x", "-"])
def test_an_interrupted_run_leaves_its_lines(start_fetchbench, hostile, tmp_path, strategy, target, number, status):
    running = start_half_answered(start_fetchbench, hostile, strategy, target)
    running.process.send_signal(number)
    outcome = running.finish(20)
    assert outcome.status == status, outcome
    samples = parse(outcome.stdout) if target == "-" else read_ndjson(tmp_path / "x")
    check_against_report(samples, outcome)
    assert sum(s["error"] is None for s in samples) == 15
    assert sum(s["error"] == "cancelled" for s in samples) == (1 if strategy == "sequential" else 4)


def test_what_a_frozen_child_had_in_flight_is_cancelled_too(start_fetchbench, hostile, tmp_path):
    running = start_half_answered(start_fetchbench, hostile, "async", "x")
    os.kill(running.measured_child(), signal.SIGSTOP)
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish(20)
    assert outcome.status == 130
    samples = read_ndjson(tmp_path / "x")
    check_against_report(samples, outcome)
    assert sum(s["error"] == "cancelled" for s in samples) == 4


def test_a_full_disk_is_one_sentence_after_a_whole_report(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async,threads", "-n", 500, "--samples", "/dev/full", f"{nginx.url}/quiet", status=1)
    assert outcome.stderr == "fetchbench: cannot write the samples to /dev/full: No space left on device\n"
    assert [r["requests"]["completed"] for r in outcome.runs] == [500, 500]
    assert "req/s" in outcome.stdout


def test_a_disk_that_fills_up_leaves_whole_lines(run_fetchbench, nginx, tmp_path):
    """A file that may not grow beyond a limit stands for the disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    outcome = run_fetchbench("-q", "-n", 2_000, "--samples", "x", f"{nginx.url}/quiet", status=1, preexec_fn=limit)
    assert outcome.stderr == "fetchbench: cannot write the samples to x: File too large\n"
    samples = read_ndjson(tmp_path / "x")
    assert 1_000 < len(samples) < 1_300
    assert outcome.runs[0]["requests"]["completed"] == 2_000
    outcome = run_fetchbench("-q", "-n", 4_000, "--samples", "x", f"{nginx.url}/quiet", status=1, preexec_fn=limit)
    assert outcome.stderr == "fetchbench: the temporary file that samples wait in cannot be written: File too large\n"
    assert outcome.runs[0]["requests"]["completed"] == 4_000


@pytest.mark.parametrize("path", ["no/such/folder/x", ".", "/proc/x", ""])
def test_a_path_that_cannot_be_written_is_found_before_anything_runs(start_fetchbench, hostile, path):
    running = start_fetchbench("-n", 5, "--samples", path, f"{hostile.url}/ok")
    outcome = running.finish()
    assert outcome.status == 1
    assert re.fullmatch(rf"fetchbench: cannot write the samples to {re.escape(path)}: [^\n]+\n", outcome.stderr)
    assert outcome.report is None and not hostile.requests


def test_a_reader_that_goes_away_costs_the_samples_and_nothing_else(fetchbench, nginx, tmp_path, schema):
    process = subprocess.Popen([fetchbench, "-n", "20000", "--samples", "-", "-o", "report.json", f"{nginx.url}/quiet"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    json.loads(process.stdout.readline())
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 1
    assert "fetchbench: cannot write the samples to standard output: Broken pipe\n" in stderr
    assert "req/s" in stderr
    assert check_report((tmp_path / "report.json").read_text(), schema)["runs"][0]["requests"]["completed"] == 20000


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_reader_that_does_not_read_holds_up_nobody_who_interrupts(fetchbench, nginx, tmp_path, schema, number, status):
    process = subprocess.Popen([fetchbench, "-q", "-n", "20000", "--samples", "-", "-o", "report.json", f"{nginx.url}/quiet"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    before = nginx.requests()
    wait_until(lambda: nginx.requests() - before > 20000, what="the end of the run")
    time.sleep(0.3)  # it waits for its reader by now, or does not mind the signal yet: both are to end well
    process.send_signal(number)
    assert process.wait(30) == status
    lines, stderr = process.stdout.read(), process.stderr.read()
    process.stdout.close()
    process.stderr.close()
    assert lines.endswith(b"\n")
    assert 0 < len(parse(lines.decode())) < 20000
    assert b"interrupted before all samples were written to standard output" in stderr
    check_report((tmp_path / "report.json").read_text(), schema)


@pytest.mark.parametrize("words, said", [
    (["--samples", "-", "-o", "-"], "both go to standard output"),
    (["--samples", "/dev/stdout", "-o", "-"], "both go to standard output"),
    (["--samples", "x", "-o", "x"], "both go to x"),
    (["--samples", "x", "-o", "./link"], "both go to ./link"),
    (["--order", "issued"], "there is no --samples"),
    (["--samples", "x", "--order", "backwards"], "completed"),
])
def test_what_cannot_be_is_refused(start_fetchbench, hostile, tmp_path, words, said):
    (tmp_path / "x").write_text("precious")
    (tmp_path / "link").symlink_to("x")
    outcome = start_fetchbench(*words, f"{hostile.url}/ok").finish()
    assert outcome.status == 2
    assert said in outcome.stderr and outcome.stderr.count("\n") == 1
    assert (tmp_path / "x").read_text() == "precious" and not hostile.requests


def test_the_report_may_have_standard_output_while_samples_have_a_file(run_fetchbench, nginx, tmp_path, schema):
    outcome = run_fetchbench("-n", 10, "--samples", "x", "-o", "-", f"{nginx.url}/quiet")
    check_report(outcome.stdout, schema)
    assert len(read_ndjson(tmp_path / "x")) == 10


def test_a_dry_run_shows_it_and_writes_nothing(run_fetchbench, tmp_path):
    outcome = run_fetchbench("--dry-run", "--samples", "x.csv", "--order", "issued", "http://127.0.0.1:9/", report=False)
    assert re.search(r"^samples +x.csv, in the order issued$", outcome.stdout, re.M)
    assert not (tmp_path / "x.csv").exists()
    assert "samples" not in run_fetchbench("--dry-run", "http://127.0.0.1:9/", report=False).stdout


def test_nothing_is_left_beside_the_file(run_fetchbench, nginx, tmp_path):
    (tmp_path / "folder").mkdir()
    run_fetchbench("-n", 10, "--samples", "folder/x", f"{nginx.url}/quiet")
    assert os.listdir(tmp_path / "folder") == ["x"]


@pytest.mark.long
@pytest.mark.release
@pytest.mark.parametrize("target", ["x", "/dev/null"])
def test_two_million_requests_all_come_out_of_bounded_memory(start_fetchbench, nginx, tmp_path, target):
    count, most = 2_000_000, 0
    running = start_fetchbench("-q", "-n", count, "-c", 50, "--samples", target, "--order", "issued", f"{nginx.url}/quiet")
    while running.process.poll() is None:
        with open(f"/proc/{running.process.pid}/status") as f:
            most = max([most, *(int(line.split()[1]) for line in f if line.startswith("RssAnon:"))])
        time.sleep(0.02)
    outcome = running.finish()
    assert outcome.status == 0, outcome
    assert outcome.runs[0]["requests"]["completed"] == count
    assert most < 20 * 1024  # KiB: the samples are 200 MiB
    if target == "x":
        with open(tmp_path / "x") as f:
            for number, line in enumerate(f):
                assert line.startswith(f'{{"index":{number},')
        assert number == count - 1


@pytest.mark.long
@pytest.mark.release
def test_samples_that_could_not_be_taken_over_are_told(start_fetchbench, nginx, tmp_path):
    """The parent is frozen for longer than its ring lasts; the child goes on all the same."""
    count = 700_000
    before = nginx.requests()
    running = start_fetchbench("-q", "-n", count, "-c", 50, "--samples", "x", f"{nginx.url}/quiet")
    wait_until(lambda: nginx.requests() - before > 10_000, what="some requests")
    running.process.send_signal(signal.SIGSTOP)
    try:
        wait_until(lambda: nginx.requests() - before > 500_000, seconds=100, what="more than the ring holds")
    finally:
        running.process.send_signal(signal.SIGCONT)
    outcome = running.finish()
    assert outcome.status == 1
    lost = int(re.search(r"^fetchbench: (\d+) of the samples of async are lost", outcome.stderr, re.M)[1])
    assert outcome.runs[0]["requests"]["completed"] == count
    assert lost > 0 and len(read_ndjson(tmp_path / "x")) == count - lost


@pytest.mark.release
@pytest.mark.parametrize("target", ["x", "-"])
def test_it_does_not_slow_what_is_measured(run_fetchbench, nginx, target):
    costs = {True: [], False: []}
    for attempt in range(14):
        sampled = attempt % 2 == (attempt // 2) % 2
        words = ["--samples", target] if sampled else []
        outcome = run_fetchbench("-q", "-n", 8_000, "-c", 20, *words, f"{nginx.url}/quiet")
        costs[sampled].append(outcome.runs[0]["client"]["cpu_us_per_request"])
    ratio = statistics.median(costs[True]) / statistics.median(costs[False])
    assert ratio < 1.25, costs
