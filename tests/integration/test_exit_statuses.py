"""Every exit status, and that the first that applies wins: each row has all that stands behind it wrong as well."""
import json
import re
import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once

BROKEN = ["--fail-on", "wall>0,error_rate>=0"]
OPEN = ["--strict", "--rounds", "6", "-M", f"sequential,failing=exec:{sys.executable} client.py"]  # whose failures refuse it
FAILING = ["--fail-status", "/status/500"]
SLOW = ["--fail-on-regression", "5%", "-M", "async,sequential", "--rounds", "7", "-n", "8", "-c", "8"]
KILLED = ["--run-timeout", "100ms", "/delay/500ms"]  # no longer, since the next run waits for the connections to be gone

# A request that fails in every run cannot be compared, so it is open for --strict, even beside a regression.
ONE_FAILED = """import json, os, time
print('{"ready":1}', flush=True)
input()
for i in range(int(os.environ["FETCHBENCH_REQUESTS"])):
    now = time.monotonic()
    print(json.dumps({"index": i, "start_s": now, "end_s": now, **({"status": 200} if i else {"error": "other"})}))
"""

STATUSES = {
    "0: done": (0, ["-M", "sequential,async", "--fail-on", "wall<0,error_rate>0", "/get"]),
    "6: no conclusion": (6, [*OPEN, "/get"]),
    "5: a regression": (5, [*SLOW, "/delay/30ms"]),
    "4 before 5": (4, [*BROKEN, *SLOW, "/delay/30ms"]),
    "4: a threshold broken": (4, [*BROKEN, "/get"]),
    "4 before 6": (4, [*BROKEN, *OPEN, "/get"]),
    "3: no success": (3, FAILING),
    "3: too many failures": (3, ["--fail-status", "--keep-going", "--max-errors", "1%", "-n", "40",
                                 "/unstable?failure_rate=0.5&seed={i}"]),
    "3 before 4 and 6": (3, [*BROKEN, *OPEN, *FAILING]),
    "1: a run killed": (1, KILLED),
    "1 before 3, 4 and 6": (1, [*BROKEN, *OPEN, *KILLED]),
    "1: output lost": (1, ["-o", "/nonexistent/report.json", "/get"]),
    "1, output lost, before 3, 4 and 6": (1, ["-o", "/nonexistent/report.json", *BROKEN, *OPEN, *FAILING]),
    "2: words": (2, ["--fail-on", "p99>200", "/get"]),
    "2 before all others": (2, ["--strict", "-o", "/nonexistent/report.json", *BROKEN, *FAILING]),
}


@pytest.fixture
def failing(tmp_path):
    (tmp_path / "client.py").write_text(ONE_FAILED)


@pytest.mark.parametrize("row", STATUSES, ids=lambda row: row.replace(" ", "-"))
def test_the_first_status_that_applies(run_fetchbench, endpoint, failing, row):
    status, words = STATUSES[row]
    run_fetchbench("-n", 4, "-c", 2, *words[:-1], endpoint.url + words[-1], status=status)


def test_a_regression_comes_before_no_conclusion(run_fetchbench, endpoint, failing):
    outcome = run_fetchbench(*SLOW, "-M", f"failing=exec:{sys.executable} client.py", "--strict",
                             f"{endpoint.url}/delay/30ms", status=5)
    assert outcome.stderr.count("no conclusion on a regression of failing against async") == 1
    assert "no conclusion on failing" not in outcome.stderr


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_comes_before_all_others(start_fetchbench, hostile, failing, number, status):
    running = start_fetchbench(*BROKEN, *OPEN, "-o", "/nonexistent/report.json", f"{hostile.url}/silence", "-n", 4)
    hostile.wait_for_requests(1)
    os.kill(running.process.pid, number)
    assert running.finish().status == status


def test_a_broken_threshold_is_said_above_the_table_and_on_standard_error(run_fetchbench, endpoint):
    for form in ("text", "markdown"):
        outcome = run_fetchbench("-M", "sequential,async", "--fail-on", "error_rate>=0", "-f", form, "-n", 4,
                                 f"{endpoint.url}/get", status=4)
        quote = "`" if form == "markdown" else ""
        for label in ("sequential", "async"):
            sentence = "error_rate of {1}{0}{1} is 0%, which breaks {1}error_rate>=0{1}"
            assert "FAILED: " + sentence.format(label, quote) + "." in outcome.stdout
            assert "fetchbench: " + sentence.format(label, "") + "\n" in outcome.stderr
        assert [(t["label"], t["broken"]) for t in outcome.report["thresholds"]] == [("sequential", True), ("async", True)]


def test_a_threshold_that_holds_is_named_too(run_fetchbench, endpoint):
    outcome = run_fetchbench("--fail-on", "wall>10m", "-n", 4, f"{endpoint.url}/get")
    assert "No threshold is broken: wall>10m." in outcome.stdout
    assert outcome.stderr == ""


def test_the_page_on_standard_error_says_it_once(run_fetchbench, endpoint):
    outcome = run_fetchbench("--fail-on", "error_rate>=0", "-o", "-", "-n", 4, f"{endpoint.url}/get", status=4)
    assert outcome.stderr.count("which breaks error_rate>=0") == 1


def test_a_page_in_the_place_of_errors_says_it_once(fetchbench, endpoint, tmp_path):
    with open(tmp_path / "both.txt", "w") as both:
        done = subprocess.run([fetchbench, "--fail-on", "error_rate>=0", "-n", "4", f"{endpoint.url}/get"], stdout=both,
                              stderr=both, cwd=tmp_path, timeout=60)
    assert done.returncode == 4
    assert (tmp_path / "both.txt").read_text().count("which breaks error_rate>=0") == 1


def test_a_percentile_of_nothing_is_no_pass(run_fetchbench, endpoint):
    outcome = run_fetchbench("--fail-on", "p99>1h", "--fail-status", "-n", 4, f"{endpoint.url}/status/500", status=3)
    assert "p99 of async cannot be judged by p99>1h: it is not known" in outcome.stderr


def test_strict_says_what_has_no_conclusion(run_fetchbench, endpoint, failing):
    outcome = run_fetchbench(*OPEN, "-q", "-n", 4, f"{endpoint.url}/delay/5ms", status=6)
    reasons = ("25 % of the requests of failing failed", "sequential against itself is")  # the second by chance
    assert re.search(f"no conclusion on failing against sequential: ({'|'.join(reasons)})", outcome.stderr)


def test_strict_with_too_few_rounds_is_refused(refused, endpoint):
    refused("1 round cannot support the verdict that --strict asks for", "--strict", "--rounds", 1, "-M", "sequential,async",
            f"{endpoint.url}/get")


def test_strict_implies_rounds_auto(run_fetchbench, endpoint):
    shown = run_fetchbench("--strict", "-M", "sequential,async", "--dry-run", f"{endpoint.url}/get", report=False)
    assert "auto: at least 6" in shown.stdout


def test_strict_names_the_baseline_that_nothing_was_concluded_about(run_fetchbench, endpoint, tmp_path):
    words = ["-M", "async", "--rounds", 7, "-n", 4, "-c", 4]
    run_fetchbench(*words, "-o", "old.json", f"{endpoint.url}/delay/30ms")
    old = tmp_path / "old.json"
    report = json.loads(old.read_text())
    for run, factor in zip(report["runs"], [.5, 2, .7, 1.5, 1, .4, 3]):
        run["wall_s"] *= factor
    old.write_text(json.dumps(report))
    outcome = run_fetchbench(*words, "--strict", "--baseline", "old.json", f"{endpoint.url}/delay/30ms", status=6)
    assert outcome.stderr.count("no conclusion on async against old.json: ") == 1


def test_strict_with_nothing_to_compare_is_refused(refused, endpoint):
    refused("async alone is compared with nothing", "--strict", f"{endpoint.url}/get")
