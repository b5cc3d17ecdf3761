"""Minutes-long runs against nginx: counts in the hundred thousands, ten thousand connections, ten million requests."""
import os
import time

import pytest

from servers import wait_until

pytestmark = [pytest.mark.long, pytest.mark.release]


def test_100000_requests_by_each_strategy_agree_with_nginx(run_fetchbench, nginx, strategy):
    logged = nginx.log.lines_once_there(0)
    run = run_fetchbench("-M", strategy, "-n", 100_000, f"{nginx.url}/get?key={{i}}", timeout=600).run(strategy)
    assert run["requests"]["completed"] == 100_000
    assert run["errors"] == {}
    assert nginx.log.lines_once_there(logged + 100_000) == logged + 100_000


def test_ten_thousand_connections_cost_at_most_two_and_a_half_times_a_hundred(run_fetchbench, nginx):
    if nginx.connections < 10_100:
        pytest.skip(f"the limit on descriptors leaves nginx {nginx.connections} connections")

    def cost(concurrency):
        before = nginx.requests()
        run = run_fetchbench("-M", "async", "-c", concurrency, "-n", 1_000_000, f"{nginx.url}/quiet", timeout=900).run("async")
        assert run["requests"]["completed"] == 1_000_000
        assert run["errors"] == {}
        assert nginx.requests() - before == 1_000_001
        return run["client"]["cpu_us_per_request"]

    few, many = cost(100), cost(10_000)
    assert many <= 2.5 * few, (few, many)


def test_the_memory_of_five_thousand_processes_is_that_of_all(run_fetchbench):
    client = run_fetchbench("-M", "processes", "-c", 5000, "-n", 5000, timeout=600).run("processes")["client"]
    assert client["processes"] == 5001


def test_five_thousand_threads_work(run_fetchbench, nginx):
    if nginx.connections < 5_100:
        pytest.skip(f"the limit on descriptors leaves nginx {nginx.connections} connections")
    run = run_fetchbench("-M", "threads", "-c", 5000, "-n", 50_000, f"{nginx.url}/quiet", timeout=600).run("threads")
    assert run["requests"]["completed"] == 50_000


@pytest.mark.parametrize("loop", ["async", "raw"])
def test_ten_million_requests_are_counted_as_nginx_counts_them_and_take_no_more_memory(run_fetchbench, nginx, loop):
    def memory(n):
        before = nginx.requests()
        run = run_fetchbench("-M", loop, "-n", n, "-c", 100, f"{nginx.url}/quiet", timeout=1800).run(loop)
        assert run["requests"]["completed"] == n
        assert run["errors"] == {}
        assert nginx.requests() - before == n + 1
        assert run["latency"]["source"] == "histogram"
        return run["client"]["memory_bytes"]

    few, many = memory(400_000), memory(10_000_000)
    assert abs(many - few) <= 4 << 20, (few, many)


def own_bytes(pid):
    """Of a process's memory what is of no file: neither the shared recording, nor libraries, of which more counts for it
    whenever another process that has them ends."""
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return next(int(line.split()[1]) << 10 for line in f if line.startswith("Anonymous:"))


def test_memory_stays_flat_for_ten_minutes_at_a_rate(start_fetchbench, nginx):
    running = start_fetchbench("-M", "async", "-R", 5000, "-d", "10m", "-c", 200, f"{nginx.url}/quiet")
    child = wait_until(running.measured_child, what="the measured process")
    begun, seen = time.monotonic(), {"parent": [], "child": []}
    while (passed := time.monotonic() - begun) < 590:
        if passed >= 60:
            seen["parent"].append(own_bytes(running.process.pid))
            seen["child"].append(own_bytes(child))
        time.sleep(5)
    run = running.finish(timeout=120).run("async")
    assert run["requests"]["total"] == 3_000_000 and len(run["slices"]) <= 601
    for who, sizes in seen.items():
        assert max(sizes) - sizes[0] <= 1 << 20, (who, sizes)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_parent_costs_under_one_percent_of_a_core(start_fetchbench, nginx):
    running = start_fetchbench("-M", "async", "-n", 1_000_000, f"{nginx.url}/quiet")
    while running.measured_child() is None:
        time.sleep(0.01)
    begun, first = time.monotonic(), cpu_seconds(running.process.pid)
    last, ended = first, begun
    while running.measured_child() is not None:
        last, ended = cpu_seconds(running.process.pid), time.monotonic()
        time.sleep(0.05)
    assert running.finish().status == 0
    assert ended - begun > 3
    assert (last - first) / (ended - begun) < 0.01
