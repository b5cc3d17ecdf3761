"""--share: several processes that send one plan together, judged by what the server wrote down and by their samples."""
import json
import re
import statistics

import pytest

from test_exec import PROLOGUE, PYTHON

pytestmark = pytest.mark.once

N = 3


@pytest.fixture
def run_shares(start_fetchbench, tmp_path):
    """run_shares(*args): all shares of it at the same time; returns their outcomes and the samples of each."""

    def run(*args):
        running = [start_fetchbench("--share", f"{k}/{N}", "--samples", tmp_path / f"{k}.ndjson", *args) for k in range(1, N + 1)]
        outcomes = [one.finish() for one in running]
        assert all(outcome.status == 0 for outcome in outcomes), outcomes
        samples = [[json.loads(line) for line in (tmp_path / f"{k}.ndjson").read_text().splitlines()] for k in range(1, N + 1)]
        return outcomes, samples

    return run


def arrivals(witness, token, count):
    """Number in the URL -> moments of arrival, of all requests with the token."""
    found = {}
    for line in witness.lines_once_there(count, token):
        found.setdefault(int(re.search(r"key=(\d+)", line["target"])[1]), []).append(line["arrived_ns"])
    return found


def indexes(samples):
    return [sorted(line["index"] for line in share) for share in samples]


def test_shares_send_the_whole_plan_together_and_their_reports_add_up_to_it(run_shares, run_fetchbench, witness, token, tmp_path):
    outcomes, samples = run_shares("-M", "sequential,raw,threads", "-n", 10, "-c", 4, f"{witness.url}/get?key={{i}}&{token}")
    assert {key: len(seen) for key, seen in arrivals(witness, token, 30).items()} == {i: 3 for i in range(10)}
    for k, share in enumerate(samples):
        assert {line["index"] % N for line in share} == {k}
    whole = run_fetchbench("merge", "--shares", *(tmp_path / f"report-{k}.json" for k in range(N)))
    assert (whole.report["plan"]["requests"], whole.report["plan"]["concurrency"]) == (10, 4)
    assert {run["label"]: (run["requests"]["completed"], run["concurrency"]) for run in whole.runs} == {
        "sequential": (10, 3), "raw": (10, 4), "threads": (10, 4)}
    assert [outcome.report["plan"]["requests"] for outcome in outcomes] == [4, 3, 3]
    assert [f"share {k} of {N} of a load" in outcome.stdout for k, outcome in enumerate(outcomes, 1)] == [True] * N


def test_a_list_and_what_is_random_are_gone_through_by_all_together(run_shares, witness, token, tmp_path):
    targets = [f"/get?key={i}&u={{uuid}}&{token}" for i in range(7)]
    (tmp_path / "urls.txt").write_text("".join(f"{witness.url}{target}\n" for target in targets))
    run_shares("-M", "async", "--urls", tmp_path / "urls.txt", "--save", tmp_path / "bodies", "-c", 3)
    together = sorted(line["target"] for line in witness.lines_once_there(7, token))
    assert [int(re.search(r"key=(\d+)", target)[1]) for target in together] == list(range(7))
    assert len(list((tmp_path / "bodies").iterdir())) == 7


def test_at_a_rate_all_shares_are_evenly_spaced_together(run_shares, witness, token):
    _, samples = run_shares("-M", "async", "--rate", 150, "-n", 60, f"{witness.url}/get?key={{i}}&{token}")
    assert indexes(samples) == [list(range(k, 60, N)) for k in range(N)]
    for line in sum(samples, []):
        assert line["due_s"] == pytest.approx(line["index"] / 150, abs=2e-9)
    seen = arrivals(witness, token, 60)
    for k in range(N):
        moments = [seen[i][0] for i in range(k, 60, N)]
        gap_s = statistics.median(later - earlier for earlier, later in zip(moments, moments[1:])) / 1e9
        assert gap_s == pytest.approx(N / 150, rel=.2)


def test_a_run_by_time_keeps_each_share_to_its_own_numbers(run_shares, endpoint):
    _, samples = run_shares("-M", "sequential", "-d", "200ms", f"{endpoint.url}/delay/5ms?key={{i}}")
    for k, numbers in enumerate(indexes(samples)):
        assert numbers == list(range(k, k + N * len(numbers), N)) and len(numbers) > 1


def test_an_outside_program_is_handed_its_share(run_shares, witness, token, tmp_path):
    (tmp_path / "client.py").write_text(PROLOGUE + "ready()\n[fetch(i) for i in range(len(URLS))]\n")
    outcomes, samples = run_shares("-M", f"it=exec:{PYTHON} {tmp_path}/client.py", "-n", 10, "-c", 3,
                                   f"{witness.url}/get?key={{i}}&{token}")
    assert {key: len(seen) for key, seen in arrivals(witness, token, 10).items()} == {i: 1 for i in range(10)}
    assert indexes(samples) == [list(range(k, 10, N)) for k in range(N)]
    assert [outcome.runs[0]["requests"]["completed"] for outcome in outcomes] == [4, 3, 3]


@pytest.mark.parametrize("args, words", [
    (["--share", "2"], "--share takes K/N such as 2/4"),
    (["--share", "4/3"], "there is no such share"),
    (["--share", "0/3"], "there is no such share"),
    (["--share", "1/1000000"], "at most 100000 shares"),
    (["--share", "1/4", "-n", "3"], "-n 3 cannot be shared by 4"),
    (["--share", "4/4", "-c", "3"], "-c 3 cannot be shared by 4"),
    (["--share", "1/4", "-c", "100,3,8"], "-c 3 cannot be shared by 4"),
    (["--share", "1/4", "--rate", "3", "-d", "1s"], "--rate for 1.00s cannot be shared by 4: share 4 would have no request"),
])
def test_what_is_no_share_or_cannot_be_split_is_refused(refused, args, words):
    refused(words, *args, "http://127.0.0.1:9/")


def test_a_dry_run_shows_what_the_share_would_send(run_fetchbench):
    shown = run_fetchbench("--dry-run", "--share", "2/3", "-n", 10, "-c", 6, "--rate", 300, "http://127.0.0.1:9/{i}").stdout
    settings = dict(re.findall(r"^(\S+|request \d+)\s\s+(.*)$", shown, re.M))
    assert settings["share"].startswith("2 of 3") and settings["requests"] == "3" and settings["rate"] == "100"
    assert settings["request 4"].endswith("/4") and "2 in flight" in settings["strategy"]
