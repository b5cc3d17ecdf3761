"""The endpoint as a witness: answers that take a known time and say when they left, its log, and a stall."""
import re
import socket
import struct
import subprocess
import time

import pytest

from served import LoggedEndpoint, exponential_ns
from servers import Endpoint, end_process
from wire import exchange, request

pytestmark = pytest.mark.one_thread

MS = 1_000_000


@pytest.fixture
def logged(fetchbench, tmp_path):
    """logged(*args): an endpoint with an access log."""
    started = []

    def start(*args):
        started.append(LoggedEndpoint(fetchbench, tmp_path, *args))
        return started[-1]

    yield start
    for server in started:
        server.close()


def moments(headers):
    headers = dict(headers)
    return int(headers["fetchbench-arrived-ns"]), int(headers["fetchbench-departed-ns"])


def ask(port, target):
    status, headers, body = exchange(port, request(target.encode()))
    assert status == 200, body
    return moments(headers), int(re.fullmatch(rb'\{"service_ns":(\d+)\}\n', body)[1])


def test_a_sojourn_lasts_its_service_time_and_tells_its_moments(endpoint):
    for target, service_ns in [("/sojourn/fixed/3ms", 3 * MS), ("/sojourn/fixed/0", 0), ("/sojourn/fixed/0.002", 2 * MS)]:
        before_ns = time.monotonic_ns()
        (arrived_ns, departed_ns), said_ns = ask(endpoint.port, target)
        assert said_ns == service_ns <= departed_ns - arrived_ns
        assert before_ns < arrived_ns and departed_ns < time.monotonic_ns()


def test_a_random_service_time_is_that_of_its_seed_and_key(endpoint):
    for key in range(20):
        (arrived_ns, departed_ns), said_ns = ask(endpoint.port, f"/sojourn/exponential/1ms?seed=7&key={key}")
        assert said_ns == exponential_ns(MS, 7, key) <= departed_ns - arrived_ns
    assert ask(endpoint.port, "/sojourn/exponential/1ms?key=5")[1] == exponential_ns(MS, 0, 5)


def test_without_a_key_service_times_are_those_of_the_order_of_arrival(logged):
    endpoint = logged()
    assert [ask(endpoint.port, "/sojourn/exponential/1ms?seed=7")[1] for _ in range(5)] == [
        exponential_ns(MS, 7, key) for key in range(5)]


def test_a_queue_serves_in_the_order_of_arrival_one_at_a_time(endpoint):
    count, service_ns = 8, 10 * MS
    sockets = [socket.create_connection(("127.0.0.1", endpoint.port), timeout=20) for _ in range(count)]
    for s in sockets:
        s.sendall(request(b"/sojourn/fixed/10ms?queue=1"))
    found = []
    for s in sockets:
        head = b"".join(iter(lambda: s.recv(65536), b""))
        found.append(tuple(int(n) for n in re.findall(rb"-Ns: (\d+)", head)))
        s.close()
    free_ns = 0
    for arrived_ns, departed_ns in sorted(found):
        free_ns = max(arrived_ns, free_ns) + service_ns
        assert departed_ns >= free_ns


def test_the_log_has_a_line_for_each_answer_while_it_serves(logged, run_fetchbench):
    server = logged()
    run_fetchbench("-n", 300, "-c", 20, server.url + "/sojourn/exponential/1ms?key={i}")
    lines = server.by_key(range(300))
    assert len(lines) == 300
    for key, line in lines.items():
        assert list(line) == ["target", "client", "status", "arrived_ns", "departed_ns", "whole"]
        assert (line["target"], line["status"], line["whole"]) == (f"/sojourn/exponential/1ms?key={key}", 200, True)
        assert line["client"] == "127.0.0.1"
        assert line["departed_ns"] - line["arrived_ns"] >= exponential_ns(MS, 0, key)


def test_the_log_shows_what_was_asked_and_answered(logged):
    server = logged()
    exchange(server.port, request(b'/nope?"\xc3\xa9\xff'))
    exchange(server.port, request(b"/status/503", method=b"POST"))
    lines = server.lines_once_there(2)
    assert [(line["target"], line["status"]) for line in lines] == [('/nope?"\u00e9\ufffd', 404), ("/status/503", 503)]


def test_the_log_tells_which_answer_did_not_go_out_whole(logged):
    server = logged()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
        s.sendall(request(b"/drip?duration=0&numbytes=10485760"))
        assert s.recv(10)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    [line] = server.lines_once_there(1)
    assert (line["status"], line["whole"]) == (200, False)


def test_a_log_that_cannot_be_written_to_the_end_is_said(fetchbench):
    process = subprocess.Popen([fetchbench, "serve", "--listen", "127.0.0.1:0", "--access-log", "/dev/full"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        port = int(process.stdout.readline().split("/")[2].rsplit(":", 1)[1])
        for _ in range(2):
            assert exchange(port, request(b"/get"))[0] == 200
    finally:
        status = end_process(process)
    assert status == 1 and process.stderr.read().startswith("fetchbench: cannot write '/dev/full': No space")


def test_during_a_stall_nothing_leaves(logged, run_fetchbench):
    server = logged("--stall", "100ms:300ms")
    run_fetchbench("-M", "sequential", "-n", 100, server.url + "/delay/5ms?key={i}")
    lines = server.by_key(range(100)).values()
    begin_ns = min(line["arrived_ns"] for line in lines) + 100 * MS
    end_ns = begin_ns + 300 * MS
    assert not [line for line in lines if begin_ns + 100 * MS < line["departed_ns"] < end_ns]  # 100 for a tired machine
    assert len([line for line in lines if line["arrived_ns"] < end_ns <= line["departed_ns"]]) == 1


def test_a_stall_holds_the_pieces_of_an_answer_too(fetchbench):
    server = Endpoint(fetchbench, "--stall", "100ms:600ms")
    try:
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as s:
            s.sendall(request(b"/drip?duration=0.3&numbytes=30"))
            came = [time.monotonic() for _ in iter(lambda: s.recv(65536), b"")]
        assert max(b - a for a, b in zip(came, came[1:])) > 0.2  # else 0.01
    finally:
        server.close()


def test_a_stall_is_announced_with_what_it_counts_from(fetchbench):
    process = subprocess.Popen([fetchbench, "serve", "--listen", "127.0.0.1:0", "--stall", "2s:500ms"], stdout=subprocess.PIPE, text=True)
    try:
        process.stdout.readline()
        assert process.stdout.readline() == "fetchbench: no answer leaves for 500ms, from 2.00s after the first request on\n"
    finally:
        end_process(process)
        process.stdout.close()


@pytest.mark.parametrize("args, words", [
    (["--stall", "1s:0"], "its length must be above 0"), (["--stall", "1s"], "--stall takes two durations"), (["--stall", "1s:soon"], "not '1s:soon'"),
    (["--stall", ":1s"], "--stall takes two durations"), (["--stall", "9" * 70 + ":1s"], "--stall takes two durations"),
    (["--access-log", "missing/x"], "cannot write 'missing/x'")])
def test_what_it_cannot_do_is_refused(run_fetchbench, args, words):
    outcome = run_fetchbench("serve", "--listen", "127.0.0.1:0", *args, report=False, status=2)
    assert words in outcome.stderr and len(outcome.stderr.splitlines()) == 1
