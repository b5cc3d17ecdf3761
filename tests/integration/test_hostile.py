"""raw reads answers itself, so it meets every kind of server by itself. What each answer is to come to is known beforehand, and
each is followed by one whose length says whose it is.

libcurl 7.88, to which the other strategies leave it, takes for good what raw calls `protocol`: http-2-line,
length-beyond-63-bits (it reads until the end), length-with-a-letter, lengths-differ (the last counts),
lengths-differ-in-a-list (the first), carriage-return-alone and space-before-the-colon. It sets no bound to
chunk-extension-for-ever and trailers-for-ever, calls a header line of 100 KiB a lack of memory (`other`), and retries what ended
within its status line. An answer that begins with folded-first crashes it, when the handle had another before."""
import json
import os
import resource
import signal
import socket
import threading

import pytest

from scripted import ANSWERS, EMPTY, HELLO, PROTOCOL, SLOW, TRUNCATED, WHOLE, Scripted, random_answer
from servers import deaf, refusing_port, unanswering_port, wait_until

pytestmark = pytest.mark.one_thread


@pytest.fixture(params=["epoll", "uring"])
def mode(run_fetchbench, request):
    mode = f"raw:backend={request.param}"
    outcome = run_fetchbench("-M", mode, "--dry-run", "http://127.0.0.1:1/", status=None)
    if outcome.status:
        pytest.skip(outcome.stderr)
    return mode


@pytest.fixture
def server():
    server = Scripted()
    yield server
    server.close()


@pytest.fixture
def send(run_fetchbench, server, tmp_path, mode):
    """send(paths, *args): one request to each, in which # is its number; its run, and what each came to: (status, bytes) or
    the name of an error."""

    def run(paths, *args):
        urls = [f"{server.url}/{path.replace('#', str(i))}" for i, path in enumerate(paths)]
        (tmp_path / "urls").write_text("\n".join(urls) + "\n")
        outcome = run_fetchbench("-M", mode, "-n", len(urls), "--urls", tmp_path / "urls", "--keep-going", "--samples",
                                 tmp_path / "samples", *args, status=None)
        [found] = outcome.runs
        assert found["exit"]["reason"] == "finished", outcome
        samples = sorted(map(json.loads, (tmp_path / "samples").read_text().splitlines()), key=lambda s: s["index"])
        assert [sample["index"] for sample in samples] == list(range(len(urls)))
        return found, [sample["error"] or (sample["status"], sample["bytes"]) for sample in samples]

    return run


def expected(name):
    if name in WHOLE or name.startswith("dies"):
        return (200, 5)
    if name in EMPTY:
        return (int(ANSWERS[name][0].split()[1]), 0)
    return "protocol" if name in PROTOCOL else "truncated" if name in TRUNCATED else "connection_reset"


@pytest.mark.parametrize("before", ["ok", "last"])
def test_each_answer_comes_to_what_is_known_and_harms_no_other(send, before):
    """On a kept connection, and on a new one."""
    names = [*ANSWERS, "half/rst", "half/fin", "dies/rst", "dies/fin"]
    paths = [path for name in names for path in (f"{before}/#", f"{name}/#")] + ["ok/#"]
    run, found = send(paths, "-c", 1)
    numbered = [(200, 1000 + i) for i in range(len(paths))]
    assert found[::2] == numbered[::2]
    assert dict(zip(names, found[1::2])) == {name: expected(name) for name in names}
    unanswered = 6 if before == "ok" else 0  # closed, before-it-reset, and those that are no answer
    whole_that_end = 2
    assert unanswered <= run["requests"]["retries"] <= unanswered + whole_that_end


@pytest.mark.once
def test_an_answer_to_a_head_has_no_body_whatever_comes(send):
    names = [*WHOLE, *EMPTY]
    run, found = send([path for name in names for path in ("ok/#", f"{name}/#")], "-c", 1, "-X", "HEAD")
    assert found[::2] == [(200, 0)] * len(names)
    assert found[1::2] == [(expected(name)[0], 0) for name in names]


@pytest.mark.once
@pytest.mark.parametrize("name", ["length", "trailers", "continue-first", "until-close"])
def test_an_answer_may_be_cut_anywhere(send, name):
    paths = [f"cut/{name}/{at}/{pause}" for at in range(len(ANSWERS[name][0]) + 1) for pause in (0, 1)]
    _, found = send(paths, "-c", 4)
    assert found == [(200, 5)] * len(paths)


@pytest.mark.once
def test_what_is_slow_is_ended_by_the_time_limit(send):
    run, found = send([f"slow/{how}" for how in SLOW], "-c", len(SLOW), "--timeout", "500ms")
    assert found == ["timeout"] * len(SLOW)
    assert run["wall_s"] >= 0.5


@pytest.mark.once
@pytest.mark.parametrize("way", ["rst", "fin"])
def test_a_connection_that_ends_when_it_is_made_is_a_reset(send, server, way):
    server.at_accept = way
    run, found = send(["ok/#"] * 20, "-c", 4)
    assert found == ["connection_reset"] * 20
    assert run["requests"]["retries"] == 0


@pytest.mark.once
def test_what_comes_while_a_connection_is_idle_is_no_answer_to_the_next_request(send, server):
    """The next request finds the connection gone, and is not sent on it."""
    paths = [path for what in ("rst", "fin", "bytes", "answer") for path in (f"later/{what}", "ok/#")]
    run, found = send(paths, "-c", 1, "--think-time", "100ms")
    assert found == [path for i in range(4) for path in ((200, 5), (200, 1000 + 2 * i + 1))]
    assert run["requests"]["retries"] == 0
    assert server.accepted == 5


@pytest.mark.once
def test_what_is_not_sent_since_the_end_came_with_the_answer_is_sent_once(run_fetchbench, server):
    """epoll tells of both at once, so that the next request is not written there."""
    [run] = run_fetchbench("-M", "raw:backend=epoll", "-c", 1, "-n", 50, f"{server.url}/ends").runs
    assert (run["requests"]["completed"], run["requests"]["retries"], server.accepted) == (50, 0, 50)


@pytest.mark.once
def test_connecting_anew_has_the_limit_on_connecting(run_fetchbench, mode):
    def serve(listener, over):
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(HELLO)
        connection.recv(4096)
        with deaf(listener):
            connection.close()
            over.wait()

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        thread = threading.Thread(target=serve, args=(listener, over), daemon=True)
        thread.start()
        [run] = run_fetchbench("-M", mode, "-c", 1, "-n", 2, "--connect-timeout", "300ms", "--timeout", "5s", "--keep-going",
                               f"http://127.0.0.1:{listener.getsockname()[1]}/", status=None).runs
        over.set()
        thread.join()
    assert {name: error["count"] for name, error in run["errors"].items()} == {"connect_timeout": 1}


@pytest.mark.once
def test_leave_taken_within_the_tls_handshake_is_a_failure(run_fetchbench, server, mode):
    server.at_accept = b"\x15\x03\x03\0\2\1\0"  # close_notify
    [run] = run_fetchbench("-M", mode, "-k", "-n", 3, "--keep-going", f"https://127.0.0.1:{server.port}/", status=3).runs
    assert {name: error["count"] for name, error in run["errors"].items()} == {"tls": 3}


@pytest.mark.once
def test_an_answer_before_a_large_request_is_sent_is_an_answer(send, tmp_path):
    (tmp_path / "body").write_bytes(bytes(4 << 20))
    paths = ["early/rst", "ok/#", "early/fin", "ok/#", "half/rst", "half/fin", "early/never"]
    _, found = send(paths, "-c", 1, "-X", "POST", "--data", f"@{tmp_path / 'body'}", "--timeout", "1s")
    assert found == [(200, 5), (200, 1001), (200, 5), (200, 1003), "connection_reset", "connection_reset", "timeout"]


@pytest.mark.once
def test_thousands_that_are_connecting_can_be_stopped(start_fetchbench, mode):
    with unanswering_port() as port:
        running = start_fetchbench("-M", mode, "-c", 5000, "-n", 5000, f"http://127.0.0.1:{port}/")
        child = wait_until(running.measured_child, what="the measured process")
        wait_until(lambda: len(os.listdir(f"/proc/{child}/fd")) > 4000, what="thousands of sockets")
        running.process.send_signal(signal.SIGINT)
        [run] = running.finish().runs
    assert run["exit"]["reason"] == "interrupted"
    assert run["requests"]["completed"] == run["requests"]["failed"] == 0


@pytest.mark.once
def test_a_thousand_refused_at_once_are_counted_one_by_one(run_fetchbench, mode):
    with refusing_port() as port:
        [run] = run_fetchbench("-M", mode, "-c", 1000, "-n", 3000, "--keep-going", f"http://127.0.0.1:{port}/", status=3).runs
    assert {name: error["count"] for name, error in run["errors"].items()} == {"connection_refused": 3000}


@pytest.mark.once
def test_who_runs_out_of_descriptors_says_so(start_fetchbench, server, mode):
    running = start_fetchbench("-M", mode, "-c", 2, "-R", 400, "-n", 200, "--no-keepalive", "--keep-going", f"{server.url}/ok/1")
    wait_until(lambda: len(server.requests) > 20, what="the first requests")
    resource.prlimit(running.measured_child(), resource.RLIMIT_NOFILE, (3, 3))
    [run] = running.finish().runs
    assert set(run["errors"]) == {"too_many_files"}
    assert run["requests"]["completed"] >= 20


@pytest.mark.once
def test_the_first_address_that_takes_the_connection_is_taken(run_fetchbench, server, mode):
    addresses = f"several.test:{server.port}:127.0.0.2,[::1],127.0.0.1"
    [run] = run_fetchbench("-M", mode, "-c", 3, "-n", 30, "--resolve", addresses, f"http://several.test:{server.port}/ok/1").runs
    assert (run["requests"]["completed"], server.accepted) == (30, 3)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_thousands_of_random_answers_come_to_no_wrong_success(send, server, seed):
    """Good ones in any dress and cut anywhere, good ones that end early, and noise; what each is follows from its number."""
    count = 2000
    server.seed = seed
    run, found = send(["random/#"] * count, "-c", 16)
    kinds = [random_answer(seed, i)[2] for i in range(count)]
    for i, (kind, came) in enumerate(zip(kinds, found)):
        assert (came == (200, 1000 + i)) == (kind == "good"), (i, kind, came)
    assert run["requests"]["completed"] == kinds.count("good")
    assert set(run["errors"]) <= {"protocol", "truncated", "connection_reset"}
