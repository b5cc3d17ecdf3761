"""The embedded endpoint as a program of its own, and what it answers in its own way. What it shares with httpbin is in
test_twin.py."""
import os
import signal
import socket
import subprocess

import pytest

from conftest import children
from servers import end_process
from wire import exchange, request

pytestmark = pytest.mark.one_thread


@pytest.mark.parametrize("target, status", [
    ("/nope", 404), ("/get/", 404), ("/delay/", 404), ("/bytes/1/2", 404), ("/delay/-1", 400),
    ("/delay/nan", 400), ("/delay/soon", 400), ("/status/99", 400), ("/status/1000", 400),
    ("/status/200:0,201:0", 400), ("/status/200:-1,201:1", 400), ("/bytes/x", 400), ("/bytes/-1", 400),
    ("/bytes/1?seed=x", 400), ("/bytes/1?seed=", 400), ("/anything/", 404), ("/anything///a", 404), ("/anything/a%0a", 404), ("/redirect/0", 400),
    ("/redirect/-1", 400), ("/redirect/x", 400), ("/absolute-redirect/0", 400), ("/relative-redirect/99999999999999999999", 400),
    ("/redirect-to", 400), ("/redirect-to?url=/&status_code=x", 400), ("/redirect-to?url=%0d%0aX:y", 400),
    ("/redirect-to?url=%01", 400), ("/cache/x", 400), ("/cache/-1", 400), ("/etag/%0a", 400), ("/etag/%e4%bd%a0", 400),
    ("/range/x", 400), ("/range/10?duration=x", 400), ("/range/10?duration=-1", 400), ("/range/10?duration=nan", 400),
    ("/range/10?chunk_size=1.5", 400), ("/response-headers?a%20b=1", 400), ("/response-headers?=1", 400),
    ("/response-headers?a=%0a", 400), ("/response-headers?a=%e4%bd%a0", 400), ("/response-headers?content-length=1", 400),
    ("/response-headers?" + "&".join(f"x{i}=1" for i in range(33)), 400), ("/cookies/set?%0a=1", 400),
    ("/cookies/set?" + "&".join(f"x{i}=1" for i in range(33)), 400), ("/base64/SGVsbG8", 400), ("/base64/_-_-", 400),
    ("/unstable?failure_rate=2", 400), ("/unstable?failure_rate=x", 400), ("/unstable?seed=x", 400),
    ("/sojourn/fixed", 404), ("/sojourn/fixe/1ms", 400), ("/sojourn/fixed%00/1ms", 400), ("/sojourn/fixed/1ms%00", 400),
    ("/sojourn/fixed/-1", 400), ("/sojourn/fixed/11s", 400), ("/sojourn/exponential/1ms?key=x", 400),
    ("/sojourn/exponential/1ms?key=-1", 400), ("/sojourn/exponential/1ms?key=1&seed=x", 400), ("/sojourn/fixed/1ms?queue=2", 400)])
def test_what_it_cannot_answer_it_says_in_a_sentence(endpoint, target, status):
    found, headers, body = exchange(endpoint.port, request(target.encode()))
    assert found == status
    assert ("content-type", b"text/plain; charset=utf-8") in headers
    assert len(body.split()) >= 4


def test_the_root_lists_the_paths(endpoint):
    status, headers, body = exchange(endpoint.port, request(b"/"))
    assert (status, dict(headers)["content-type"]) == (200, b"text/plain; charset=utf-8")
    paths = [line.split()[0] for line in body.decode().splitlines() if line.startswith("  ")]
    assert paths[0] == "/get" and {"/anything/{anything...}", "/delay/{seconds}", "/"} <= set(paths)
    for path in paths:
        target = path.replace("...", "").translate({ord("{"): "1", ord("}"): "1"})
        assert exchange(endpoint.port, request(target.encode()))[0] != 404 or "hidden" in path, path


def test_a_wrong_method_is_told_the_right_ones(endpoint):
    status, headers, _ = exchange(endpoint.port, request(b"/get", b"Content-Length: 0\r\n", method=b"POST"))
    assert status == 405 and ("allow", b"GET, HEAD, OPTIONS") in headers


def test_a_preflight_request_is_answered(endpoint):
    head = b"Origin: http://a.example\r\nAccess-Control-Request-Headers: X-A\r\n"
    status, headers, body = exchange(endpoint.port, request(b"/get", head, method=b"OPTIONS"))
    headers = dict(headers)
    assert (status, body) == (200, b"")
    assert headers["access-control-allow-origin"] == b"http://a.example"
    assert headers["access-control-allow-headers"] == b"X-A"
    assert b"PATCH" in headers["access-control-allow-methods"]


def test_a_weighted_status_follows_its_weights(endpoint):
    found = [exchange(endpoint.port, request(b"/status/200:3,500:1"))[0] for _ in range(400)]
    assert set(found) == {200, 500}
    assert 40 < found.count(500) < 160  # 100 are expected; these bounds are seven standard deviations away


def test_a_thousand_delays_run_at_the_same_time(endpoint):
    count = 1000
    sockets = [socket.create_connection(("127.0.0.1", endpoint.port), timeout=20) for _ in range(count)]
    try:
        for n, s in enumerate(sockets):
            s.sendall(request(b"/delay/500ms?n=%d" % n))
        for n, s in enumerate(sockets):  # one after another this would take 500 s
            answer = b"".join(iter(lambda: s.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 200 ") and b'"n":"%d"' % n in answer
    finally:
        for s in sockets:
            s.close()


def serve(fetchbench, *args):
    return subprocess.Popen([fetchbench, "serve", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_status_0_even_while_it_holds_an_answer(fetchbench, sent):
    process = serve(fetchbench, "--listen", "127.0.0.1:0")
    try:
        line = process.stdout.readline()
        assert line.startswith("fetchbench: serving on http://127.0.0.1:") and line.endswith("/ (Ctrl-C ends it)\n")
        with socket.create_connection(("127.0.0.1", int(line.split("/")[2].rsplit(":", 1)[1])), timeout=20) as held:
            held.sendall(request(b"/delay/10") + request(b"/get"))
            process.send_signal(sent)
            assert process.wait(8) == 0
    finally:
        end_process(process)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_as_the_first_process_of_a_container(fetchbench, sent):
    unshare = ["unshare", "--pid", "--fork", "--kill-child"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("pid namespaces cannot be made here")
    process = subprocess.Popen([*unshare, fetchbench, "serve", "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline().startswith("fetchbench: serving on ")
        os.kill(children(process.pid)[0], sent)
        assert process.wait(8) == 0
    finally:
        end_process(process)
        process.stdout.close()


def test_it_listens_on_ipv6(fetchbench):
    process = serve(fetchbench, "--listen", "[::1]:0")
    try:
        line = process.stdout.readline()
        if not line and "such address" in process.stderr.read():
            pytest.skip("this machine has no IPv6 loopback")
        port = int(line.split("]:")[1].split("/")[0])
        with socket.create_connection(("::1", port), timeout=20) as s:
            s.sendall(request(b"/get"))
            answer = b"".join(iter(lambda: s.recv(65536), b""))
        assert b'"origin":"::1"' in answer
    finally:
        end_process(process)


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_beyond_loopback_it_listens_only_with_public(fetchbench, address):
    process = serve(fetchbench, "--listen", address)
    stdout, stderr = process.communicate(timeout=20)
    assert (process.returncode, stdout) == (2, "")
    assert "--public" in stderr and len(stderr.splitlines()) == 1


def test_with_public_it_listens_beyond_loopback(fetchbench):
    process = serve(fetchbench, "--listen", "0.0.0.0:0", "--public")
    try:
        assert "http://0.0.0.0:" in process.stdout.readline()
    finally:
        assert end_process(process) == 0


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999", "::1:80"])
def test_an_address_that_is_none_is_refused(fetchbench, address):
    process = serve(fetchbench, "--listen", address)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 2
    assert address in stderr and len(stderr.splitlines()) == 1


def test_a_port_in_use_is_named(fetchbench, endpoint):
    process = serve(fetchbench, "--listen", f"127.0.0.1:{endpoint.port}")
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"127.0.0.1:{endpoint.port}" in stderr and "another program" in stderr
