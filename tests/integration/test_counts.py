"""What the report counts is what reached the server, in number and in the set of requests."""
import uuid

import pytest


def keys(targets):
    return sorted(int(t.split("key=")[1].split("&")[0]) for t in targets)


def test_counts_and_keys_equal_nginx_own_log(run_fetchbench, nginx, strategy):
    token = f"t={uuid.uuid4().hex}"
    before = nginx.requests()
    run = run_fetchbench("-M", strategy, "-n", 2000, "-c", 50, f"{nginx.url}/get?key={{i}}&{token}").run(strategy)
    assert run["requests"]["completed"] == 2000
    assert run["status_codes"] == {"200": 2000}
    assert run["errors"] == {}
    assert nginx.requests() - before == 2001  # and one of requests() itself
    assert keys(nginx.log.targets_once_there(token, 2000)) == list(range(2000))


@pytest.mark.once
def test_a_hundred_thousand_by_raw_are_as_many_as_nginx_counts(run_fetchbench, nginx):
    before = nginx.requests()
    run = run_fetchbench("-M", "raw", "-n", 100_000, "-c", 100, f"{nginx.url}/quiet").run("raw")
    assert run["status_codes"] == {"200": 100_000}
    assert run["errors"] == {} and run["requests"]["retries"] == 0
    assert nginx.requests() - before == 100_001


def test_counts_and_keys_equal_httpbin_own_log(run_fetchbench, httpbin, strategy):
    token = f"t={uuid.uuid4().hex}"
    run = run_fetchbench("-M", strategy, "-n", 40, "-c", 40, f"{httpbin.url}/get?key={{i}}&{token}").run(strategy)
    assert run["requests"]["completed"] == 40
    assert keys(httpbin.log.targets_once_there(token, 40)) == list(range(40))


@pytest.mark.release
def test_waiting_in_parallel_beats_waiting_in_turn_by_far(run_fetchbench, httpbin):
    def delays(modes, count):
        token = f"t={uuid.uuid4().hex}"
        outcome = run_fetchbench("-M", modes, "-n", count, "-c", 100, f"{httpbin.url}/delay/0.1?key={{i}}&{token}")
        assert all(run["requests"]["completed"] == count for run in outcome.runs)
        runs = len(outcome.runs)
        assert keys(httpbin.log.targets_once_there(token, count * runs)) == sorted(list(range(count)) * runs)
        return outcome

    sequential = delays("sequential", 30).run("sequential")
    assert sequential["concurrency"] == 1
    assert sequential["wall_s"] >= 30 * 0.1
    in_turn_s = sequential["wall_s"] / 30 * 100
    fastest = {}
    for _ in range(5):  # httpbin needs the machine for itself to answer a hundred in time
        outcome = delays("threads,async", 100)
        for label in ("threads", "async"):
            run = outcome.run(label)
            assert run["concurrency"] == 100
            assert run["wall_s"] >= 0.1
            fastest[label] = min(run["wall_s"], fastest.get(label, run["wall_s"]))
        if in_turn_s > 25 * max(fastest.values()):
            return
    pytest.fail(f"in turn {in_turn_s} s, in parallel {fastest}")


def test_a_number_of_requests_that_concurrency_does_not_divide_is_sent_whole(run_fetchbench, nginx, strategy):
    run = run_fetchbench("-M", strategy, "-n", 103, "-c", 10, f"{nginx.url}/quiet").run(strategy)
    assert run["requests"]["completed"] == 103


def test_one_request_is_enough(run_fetchbench, nginx, strategy):
    run = run_fetchbench("-M", strategy, "-n", 1, f"{nginx.url}/quiet").run(strategy)
    assert run["requests"] | {"total": 1, "completed": 1} == run["requests"]
    assert run["latency"]["min_s"] == run["latency"]["max_s"]
    assert run["latency"]["ci95_s"]["50"] is None or run["latency"]["ci95_s"]["50"][1] is None


def test_more_concurrency_than_requests_does_no_harm(run_fetchbench, nginx, strategy):
    run = run_fetchbench("-M", strategy, "-n", 5, "-c", 64, f"{nginx.url}/quiet").run(strategy)
    assert run["requests"]["completed"] == 5


def test_figures_of_a_run_agree_with_each_other(run_fetchbench, httpbin, strategy):
    run = run_fetchbench("-M", strategy, "-n", 20, "-c", 20, f"{httpbin.url}/delay/0.05").run(strategy)
    latency = run["latency"]
    percentiles = [latency["percentiles_s"][p] for p in ("50", "75", "90", "95", "99", "99.9", "99.99")]
    assert percentiles == sorted(percentiles)
    assert 0.05 <= latency["min_s"] <= latency["mean_s"] <= latency["max_s"] <= run["wall_s"]
    assert latency["min_s"] <= percentiles[0] and percentiles[-1] <= latency["max_s"]
    assert latency["source"] == "samples"
    assert run["requests_per_s"] == pytest.approx(20 / run["wall_s"], rel=1e-6)
    assert run["service_time"]["count"] == 20
    assert run["phases"]["wait"]["min_s"] >= 0.05
    assert run["bytes_received"] > 20 * 100


def test_queue_wait_is_what_a_request_spends_in_the_queue(run_fetchbench, httpbin):
    """One worker and five requests of 50 ms: the last ones wait for those before them."""
    outcome = run_fetchbench("-M", "threads,async", "-n", 5, "-c", 1, f"{httpbin.url}/delay/0.05")
    waits = outcome.run("threads")["queue_wait"]
    assert waits["count"] == 5
    assert waits["max_s"] >= 0.05
    assert outcome.run("async")["queue_wait"] is None


def test_answers_outside_2xx_and_3xx_are_counted_and_shown(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-n", 7, "-c", 2, f"{hostile.url}/status/503")
    assert outcome.run(strategy)["status_codes"] == {"503": 7}
    assert outcome.run(strategy)["requests"]["completed"] == 7
    assert "503" in outcome.stdout or " 7 " in outcome.stdout
