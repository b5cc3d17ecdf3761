"""The same command under an MPI launcher: one plan sent by several ranks, judged by what the server wrote down, by each
rank's own report and by the report of the whole."""
import csv
import io
import json
import re
from collections import Counter

import pytest

pytestmark = pytest.mark.once

N = 1003  # which neither 2 nor 4 nor 3 divides


def keys(lines):
    return Counter(int(re.search(r"[?&]key=(\d+)", line["target"])[1]) for line in lines)


def rank_reports(folder, count, stem="report-0"):
    return [json.loads((folder / f"{stem}.rank{k}.json").read_text()) for k in range(count)]


def completed(report, label):
    return sum(run["requests"]["completed"] for run in report["runs"] if run["label"] == label)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_all_ranks_together_send_each_request_once_as_the_server_counts_them(run_ranks, witness, token, tmp_path, count):
    outcome = run_ranks(count, "-M", "raw,threads", "-n", N, "-c", 9, f"{witness.url}/get?key={{i}}&{token}")
    assert keys(witness.lines_once_there(2 * N, token)) == {i: 2 for i in range(N)}
    whole, parts = outcome.report, rank_reports(tmp_path, count)
    for label in ("raw", "threads"):
        run = outcome.run(label)
        assert run["requests"]["completed"] == run["requests"]["total"] == N == whole["plan"]["requests"]
        assert (run["concurrency"], run["status_codes"]) == (9, {"200": N})
        assert [completed(part, label) for part in parts] == [N // count + (k < N % count) for k in range(count)]
    assert [(part["share"]["index"], part["share"]["count"]) for part in parts] == [(k, count) for k in range(count)]
    assert whole["complete"] and len({part["seed"] for part in parts} | {whole["seed"]}) == 1
    assert " 1,003 GET requests" in f" {outcome.stdout}" and outcome.stderr == ""


def test_a_rate_is_kept_by_all_ranks_together(run_ranks, witness, token):
    run = run_ranks(3, "-M", "async", "--rate", 1500, "-n", N, f"{witness.url}/get?key={{i}}&{token}").run("async")
    assert keys(witness.lines_once_there(N, token)) == {i: 1 for i in range(N)}
    assert (run["requests"]["completed"], run["requests"]["total"]) == (N, N)
    arrived = sorted(line["arrived_ns"] for line in witness.lines(token))
    assert (N - 1) / ((arrived[-1] - arrived[0]) / 1e9) == pytest.approx(1500, rel=.05)


def test_a_list_is_gone_through_once_by_all_ranks_together(run_ranks, witness, token, tmp_path):
    (tmp_path / "urls.txt").write_text("".join(f"{witness.url}/get?key={i}&{token}\n" for i in range(N)))
    run = run_ranks(4, "-M", "raw", "--urls", "urls.txt", "-n", N).run("raw")
    assert keys(witness.lines_once_there(N, token)) == {i: 1 for i in range(N)}
    assert run["requests"]["completed"] == N


def test_a_warm_up_is_shared_and_kept_apart(run_ranks, witness, token):
    run = run_ranks(3, "-M", "raw", "-n", 100, "-w", 10, f"{witness.url}/get?key={{i}}&{token}").run("raw")
    seen = keys(witness.lines_once_there(110, token))
    assert sum(seen.values()) == 110 and seen.keys() == set(range(100))
    assert run["requests"]["completed"] == 100 and run["warmup"]["completed"] == 10


def test_a_rank_that_takes_much_longer_than_rank_0_is_waited_for(run_ranks, endpoint, tmp_path):
    (tmp_path / "urls.txt").write_text(f"{endpoint.url}/get\n{endpoint.url}/delay/80ms\n")
    outcome = run_ranks(2, "-M", "raw,async", "--urls", "urls.txt", "-n", 8, "-c", 2, "--rounds", 2, timeout=20)
    assert [run["requests"]["completed"] for run in outcome.runs] == [8] * len(outcome.runs)
    quick, slow = rank_reports(tmp_path, 2)
    assert all(one["wall_s"] * 2 < other["wall_s"] for one, other in zip(quick["runs"], slow["runs"]))
