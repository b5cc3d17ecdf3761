"""What a report tells of a run second by second. That slices add up to it is checked of every report: see conftest.py."""
import time

import pytest

from servers import Endpoint

SPOILT = 0.4  # of a second, that a look of the parent may be late on a busy machine


@pytest.mark.once
def test_seconds_of_a_rate_hold_what_was_due_in_them(run_fetchbench, endpoint):
    before_s = time.clock_gettime(time.CLOCK_MONOTONIC)
    run = run_fetchbench("-R", 300, "-d", "2.5s", "-M", "async", "-c", 50, "--grace", "1s", f"{endpoint.url}/delay/1ms").run("async")
    after_s = time.clock_gettime(time.CLOCK_MONOTONIC)
    assert before_s < run["clock_go_s"] < after_s - run["wall_s"]
    slices = run["slices"]
    assert [s["length_s"] for s in slices] == [pytest.approx(length_s, abs=SPOILT) for length_s in (1, 1, 0.5)]
    assert sum(s["due"] for s in slices) == pytest.approx(750, rel=0.01)
    for s in slices:
        assert s["due"] == pytest.approx(300 * s["length_s"], rel=0.02)
        assert 0.001 <= s["p50_s"] <= s["p99_s"] and s["bytes"] > 0


@pytest.mark.once
def test_a_second_of_a_stall_is_empty_and_what_was_in_flight_stays_so(run_fetchbench, fetchbench):
    server = Endpoint(fetchbench, "--stall", "500ms:2100ms")
    try:
        run = run_fetchbench("-d", "3.4s", "-c", 4, "-M", "async", f"{server.url}/delay/1ms").run("async")
    finally:
        server.close()
    empty = [s for s in run["slices"] if s["completed"] == 0]
    assert run["slices"].index(empty[0]) == 1
    assert (empty[0]["p50_s"], empty[0]["p99_s"], empty[0]["in_flight"]) == (None, None, 4)
    begun_s, ended_s = run["largest_completion_gap_at_s"], run["largest_completion_gap_at_s"] + run["largest_completion_gap_s"]
    assert begun_s < empty[0]["t_s"] and empty[0]["t_s"] + empty[0]["length_s"] < ended_s + SPOILT
    assert 2.05 < run["largest_completion_gap_s"] < 2.9


@pytest.mark.once
def test_shares_have_their_seconds_together(run_fetchbench, endpoint, tmp_path):
    for name in ("a.json", "b.json"):
        run_fetchbench("-d", "1.5s", "-c", 2, "-o", tmp_path / name, f"{endpoint.url}/delay/1ms")
    whole = run_fetchbench("merge", "--shares", tmp_path / "a.json", tmp_path / "b.json").run("async")
    assert 1 <= len(whole["slices"]) <= 2  # one, where a look was late
    assert all(s["p50_s"] is None and s["in_flight"] <= 4 for s in whole["slices"])
