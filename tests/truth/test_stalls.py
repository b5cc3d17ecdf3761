"""A server that stands still for a while. In an open loop every request that was due meanwhile waited for its end, and the
percentiles say so: with a stall of S in a run of T at a constant rate, a latency of S - t has t / T of the requests above it,
so p_q = S - (1 - q) T. In a closed loop only those in flight notice."""
import os
import re
import resource
import signal
import time

import pytest

from conftest import children
from served import LoggedEndpoint
from servers import Nginx, wait_until
from witness import check_distribution, check_order, check_slices, nearest_rank, observe, read_samples

pytestmark = pytest.mark.release

LOOPS = ["async", "raw"]
ATTEMPTS = 3  # other work on the machine may spoil one
STALL_S, RUN_S = 0.5, 2.5


@pytest.fixture
def stalling(fetchbench, tmp_path):
    """stalling(): an endpoint of which nothing leaves for STALL_S, from 0.25 s after the first request on."""
    started = []

    def start():
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(LoggedEndpoint(fetchbench, folder, "--stall", f"0.25:{STALL_S}"))
        return started[-1]

    yield start
    for server in started:
        server.close()


def near(value, expected):
    return value == pytest.approx(expected, rel=0.03)


def wrong_percentiles(run, gone_s, length_s, stall_s, drain_s):
    """What is not as it should be of a run that was so long. gone_s: how long after it was due each answer left the server;
    drain_s: how long after its stall the server took for what had come up."""
    found = run["latency"]["percentiles_s"]
    wrong = [] if found["50"] < stall_s / 50 else [("50", found["50"])]
    for percent in ("90", "99"):
        expected, truth = stall_s - (1 - int(percent) / 100) * length_s, nearest_rank(gone_s, percent)
        if not (0.97 * expected <= found[percent] <= 1.03 * (expected + drain_s) and near(found[percent], truth)):
            wrong.append((percent, found[percent], expected, drain_s, truth))
    return wrong


@pytest.mark.parametrize("loop", LOOPS)
def test_in_an_open_loop_a_stall_is_in_the_percentiles(run_fetchbench, stalling, tmp_path, loop):
    found = []
    while len(found) < ATTEMPTS and all(found):
        run, pairs = observe(run_fetchbench, stalling(), tmp_path, "-M", loop, "-R", 2000, "-d", RUN_S, "--grace", "1s",
                             "/sojourn/fixed/0?{key}")
        assert len(pairs) > 0.99 * 2000 * RUN_S  # the last are not begun where the loop comes to them too late
        check_order(pairs)
        check_distribution(run["latency"], [pair.latency_ns for pair in pairs])
        check_slices(run, pairs)
        end_ns = min(pair.arrived_ns for pair in pairs) + (0.25 + STALL_S) * 1e9
        drain_s = (max(pair.departed_ns for pair in pairs if pair.due_ns < end_ns) - end_ns) / 1e9
        gone_s = [(pair.departed_ns - pair.due_ns) / 1e9 for pair in pairs]
        found.append(wrong_percentiles(run, gone_s, RUN_S, STALL_S, drain_s))
    assert not all(found), found


@pytest.mark.parametrize("loop", LOOPS)
def test_in_a_closed_loop_a_stall_is_seen_by_those_in_flight_and_in_the_gap(run_fetchbench, stalling, tmp_path, loop):
    found = []
    while len(found) < ATTEMPTS and not any(found):
        run, pairs = observe(run_fetchbench, stalling(), tmp_path, "-M", loop, "-c", 4, "-d", "1.2s",
                             "/sojourn/fixed/0?{key}")
        check_order(pairs)
        slow = sum(pair.latency_ns > STALL_S / 2 * 1e9 for pair in pairs)
        assert slow >= 4 and max(run["latency"]["max_s"], run["largest_completion_gap_s"]) > 0.97 * STALL_S
        found.append(slow == 4 and run["latency"]["percentiles_s"]["99"] < STALL_S / 10
                     and near(run["latency"]["max_s"], STALL_S) and near(run["largest_completion_gap_s"], STALL_S))
    assert any(found)


class TimedNginx(Nginx):
    """Its log says when each answer was done, in s of CLOCK_REALTIME with three digits; its worker can be stopped."""

    def configuration(self, more=""):
        text = super().configuration(more)
        assert "log_format target '$request_uri';" in text
        return text.replace("log_format target '$request_uri';", "log_format target '$msec $request_uri';")

    def stand_still(self, seconds):
        """Returns when it did, in s of CLOCK_MONOTONIC."""
        [worker] = children(self.process.pid)
        begun = time.monotonic()
        os.kill(worker, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(worker, signal.SIGCONT)
        return begun, time.monotonic()

    def done_s(self, token, count):
        """Key -> when it was answered, by CLOCK_MONOTONIC."""
        ahead = time.time() - time.monotonic()
        lines = self.log.targets_once_there(token, count)
        assert len(lines) == count
        return {int(re.search(r"key=(\d+)", line)[1]): float(line.split()[0]) - ahead for line in lines}


@pytest.fixture
def timed_nginx(tmp_path):
    server = TimedNginx(tmp_path, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    yield server
    server.close()


def stop_a_real_server(start_fetchbench, server, loop, token, rate, length_s):
    """What is not as it should be of a run in which nginx was stopped for a second."""
    running = start_fetchbench("-M", loop, "-R", rate, "-d", length_s, "--grace", "2s",
                               f"{server.url}/get?key={{i}}&token={token}")
    wait_until(lambda: len(server.log.targets(token)) > rate, what="the first second of the run")
    begun_s, ended_s = server.stand_still(1)
    [run] = running.finish().runs
    stall_s, completed = ended_s - begun_s, run["requests"]["completed"]
    assert completed > 0.99 * rate * length_s and run["requests"]["waited"] > rate * stall_s / 2
    done = server.done_s(token, completed)
    due = {key: run["clock_go_s"] + key / rate for key in done}
    drain_s = max(done[key] for key in done if due[key] < ended_s) - ended_s
    print("percentiles:", run["latency"]["percentiles_s"], "stall:", stall_s, "drain:", drain_s)
    return wrong_percentiles(run, [done[key] - due[key] for key in done], length_s, stall_s, drain_s)


@pytest.mark.long
@pytest.mark.parametrize("loop", LOOPS)
def test_a_real_server_that_was_stopped_for_a_second_is_in_the_percentiles(start_fetchbench, timed_nginx, loop):
    found = []
    while len(found) < ATTEMPTS and all(found):
        found.append(stop_a_real_server(start_fetchbench, timed_nginx, loop, f"t{len(found)}e", 2000, 6))
    assert not all(found), found


@pytest.mark.long
def test_a_closed_loop_does_not_see_it_but_for_those_in_flight(start_fetchbench, timed_nginx, tmp_path):
    running = start_fetchbench("-M", "async", "-c", 4, "-d", "6s", "--samples", tmp_path / "all.ndjson",
                               f"{timed_nginx.url}/quiet")
    wait_until(lambda: timed_nginx.requests() > 1000, what="a run that is under way")
    begun_s, ended_s = timed_nginx.stand_still(1)
    [run] = running.finish().runs
    stall_s = ended_s - begun_s
    slow = [float(sample["end_s"] - sample["start_s"]) for sample in read_samples(tmp_path / "all.ndjson")
            if sample["end_s"] - sample["start_s"] > stall_s / 2]
    assert len(slow) == 4 and all(near(service_s, stall_s) for service_s in slow)
    assert near(run["largest_completion_gap_s"], stall_s)
    assert run["latency"]["percentiles_s"]["99"] < stall_s / 10
