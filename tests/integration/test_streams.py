"""Answers that go out piece by piece, beside real httpbin and in time."""
import os
import selectors
import socket
import ssl
import statistics
import struct
import time

import pytest

from conftest import Endpoint
from servers import wait_until
from test_twin import answer
from wire import exchange, request

pytestmark = pytest.mark.one_thread


def chunks_of(body):
    """The chunks of a chunked body, which must be whole."""
    found = []
    while True:
        size, _, rest = body.partition(b"\r\n")
        count = int(size, 16)
        assert rest[count:count + 2] == b"\r\n"
        found.append(rest[:count])
        body = rest[count + 2:]
        if count == 0:
            assert body == b""
            return found


SAME = {
    "lines": request(b"/stream/3"),
    "lines of a query": request(b"/stream/2?b=2&a=1&b=1&z=%C3%A9&a=%22"),
    "lines with headers in their order": request(b"/stream/2", b"X-B: 1\r\nAccept: */*\r\nX-A: 2\r\nx-b: 3\r\nVia: v\r\n"),
    "lines that show a proxy": request(b"/stream/1?show_env=1", b"Via: v\r\nX-Forwarded-For: 192.0.2.1\r\n"),
    "one line": request(b"/stream/1"),
    "no lines": request(b"/stream/0"),
    "too many lines": request(b"/stream/100000"),
    "lines of HEAD": request(b"/stream/3", method=b"HEAD"),
    "streamed bytes": request(b"/stream-bytes/1000?seed=7"),
    "streamed bytes in chunks": request(b"/stream-bytes/1000?seed=7&chunk_size=300"),
    "streamed bytes in chunks of one": request(b"/stream-bytes/5?seed=7&chunk_size=1"),
    "streamed bytes in chunks of none": request(b"/stream-bytes/5?seed=7&chunk_size=0"),
    "streamed bytes in chunks of less": request(b"/stream-bytes/5?seed=7&chunk_size=-3"),
    "streamed bytes in whole chunks": request(b"/stream-bytes/600?seed=7&chunk_size=300"),
    "streamed bytes in chunks beyond them": request(b"/stream-bytes/600?seed=7&chunk_size=99999999999999999999"),
    "streamed bytes, names in any case": request(b"/stream-bytes/600?SEED=%207&Chunk_Size=1_0_0"),
    "no streamed bytes": request(b"/stream-bytes/0?seed=1"),
    "streamed bytes in the usual chunks": request(b"/stream-bytes/25000?seed=3"),
    "too many streamed bytes": request(b"/stream-bytes/99999999?seed=3&chunk_size=5000"),
    "streamed bytes of HEAD": request(b"/stream-bytes/10?seed=3", method=b"HEAD"),
    "drips": request(b"/drip?duration=0.05&numbytes=5"),
    "drips at once": request(b"/drip?duration=0&numbytes=3000"),
    "drips by default but for the time": request(b"/drip?duration=0"),
    "one drip": request(b"/drip?duration=0.01&numbytes=1"),
    "a drip after a delay": request(b"/drip?duration=0&numbytes=2&delay=0.02"),
    "a drip after less than no delay": request(b"/drip?duration=0&numbytes=2&delay=-1"),
    "drips with a status": request(b"/drip?duration=0&numbytes=3&code=503"),
    "drips with an unknown status": request(b"/drip?duration=0&numbytes=3&code=599"),
    "drips without a body": request(b"/drip?duration=0&numbytes=3&code=204"),
    "drips of HEAD": request(b"/drip?duration=0&numbytes=3", method=b"HEAD"),
    "drips as Python reads numbers": request(b"/drip?duration=%201e-2&numbytes=%20%2B1_0%20&Code=2_01"),
    "a range in time": request(b"/range/1000?duration=0.05&chunk_size=300"),
    "a part of a range in time": request(b"/range/1000?duration=0.05&chunk_size=30", b"Range: bytes=100-199\r\n"),
    "a range in no time": request(b"/range/1000?duration=0&chunk_size=300"),
    "a range that cannot be": request(b"/range/1000?duration=1", b"Range: bytes=1000-\r\n"),
    "no drips": request(b"/drip?numbytes=0"),
    "less than no drips": request(b"/drip?numbytes=-3"),
}


@pytest.mark.parametrize("name", SAME)
def test_it_streams_as_httpbin_does(endpoint, httpbin, name):
    status, headers, body = answer(endpoint, SAME[name])
    httpbin_status, httpbin_headers, httpbin_body = answer(httpbin, SAME[name])
    assert (status, headers) == (httpbin_status, httpbin_headers)
    if "transfer-encoding" in dict(headers):
        body, httpbin_body = chunks_of(body), chunks_of(httpbin_body)
    assert body == httpbin_body


@pytest.mark.parametrize("target", [b"/stream/2", b"/stream-bytes/30?seed=1&chunk_size=10"])
def test_a_client_of_http_1_0_gets_no_chunks(endpoint, httpbin, target):
    raw = b"GET " + target + b" HTTP/1.0\r\nHost: h\r\n\r\n"
    _, headers, body = exchange(endpoint.port, raw)
    _, _, httpbin_body = exchange(httpbin.port, raw)
    assert "transfer-encoding" not in dict(headers)
    assert body == httpbin_body


@pytest.mark.parametrize("target", [
    "/stream/x", "/stream/-1", "/stream-bytes/x", "/stream-bytes/-1", "/stream-bytes/1?seed=x",
    "/stream-bytes/1?chunk_size=x", "/drip?duration=x", "/drip?duration=-1", "/drip?duration=nan", "/drip?duration=1e9",
    "/drip?numbytes=x", "/drip?numbytes=1.5", "/drip?code=x", "/drip?code=99", "/drip?code=1000", "/drip?delay=x",
    "/drip?delay=nan", "/drip?delay=1e9"])
def test_what_cannot_be_streamed_is_said_in_a_sentence(endpoint, target):
    status, headers, body = exchange(endpoint.port, request(target.encode()))
    assert status == 400
    assert dict(headers)["content-type"] == b"text/plain; charset=utf-8"
    assert len(body.split()) >= 4


def test_a_connection_is_kept_after_a_stream(endpoint):
    with socket.create_connection(("127.0.0.1", endpoint.port), timeout=20) as s:
        for target in (b"/stream/2", b"/drip?duration=0.01&numbytes=2", b"/stream-bytes/9?chunk_size=4"):
            s.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n")
        s.sendall(request(b"/get?last"))
        answer = b"".join(iter(lambda: s.recv(65536), b""))
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert answer.endswith(b"/get?last\"}\n")


def arrivals(port, target, head=b""):
    """When each byte of the body came, in seconds from the request on."""
    moments = []
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start = time.monotonic()
        s.sendall(request(target, head))
        answered = b""
        while not answered.endswith(b"\r\n\r\n"):
            answered += s.recv(1)
        for data in iter(lambda: s.recv(65536), b""):
            moments += [time.monotonic() - start] * len(data)
    return moments


def check_punctual(moments, due):
    """Never early; and mostly late by less than they would be, had all been kept back until the last was due."""
    late = [moment - due_s for moment, due_s in zip(moments, due)]
    assert min(late) >= 0 and statistics.median(late) < 0.3, late


def test_drips_fall_when_they_are_due(endpoint):
    moments = arrivals(endpoint.port, b"/drip?duration=1&numbytes=10&delay=0.3")
    assert len(moments) == 10
    check_punctual(moments, [0.3 + 0.1 * i for i in range(10)])


def test_a_range_comes_chunk_by_chunk(endpoint):
    """Half of it takes half of the duration; the rest of a chunk comes after its own share of the time."""
    moments = arrivals(endpoint.port, b"/range/1000?duration=2&chunk_size=200", b"Range: bytes=0-499\r\n")
    assert len(moments) == 500
    check_punctual(moments, [0.4 * (i // 200) if i < 400 else 1 for i in range(500)])


def test_a_thousand_drips_fall_at_the_same_time(fetchbench):
    """One after another they would take 800 s; and each is in time by the client's clock, or late with all."""
    server = Endpoint(fetchbench)
    count, sockets = 1000, []
    try:
        with selectors.DefaultSelector() as selector:
            for n in range(count):
                s = socket.create_connection(("127.0.0.1", server.port), timeout=20)
                sockets.append(s)
                selector.register(s, selectors.EVENT_READ, [time.monotonic(), b""])
                s.sendall(request(b"/drip?duration=0.8&numbytes=8&delay=0.2"))
                s.setblocking(False)
            while selector.get_map():
                for key, _ in selector.select(20):
                    data = key.fileobj.recv(65536)
                    key.data[1] += data
                    if not data:
                        selector.unregister(key.fileobj)
                        took = time.monotonic() - key.data[0]
                        assert key.data[1].startswith(b"HTTP/1.1 200 ") and key.data[1].endswith(b"\r\n\r\n********")
                        assert 0.9 <= took < 10
    finally:
        for s in sockets:
            s.close()
        server.close()


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.parametrize("how", ["closes", "resets"])
def test_clients_that_leave_leave_nothing_behind(fetchbench, how):
    """Also where the next drip is due long after."""
    server = Endpoint(fetchbench)
    try:
        exchange(server.port, request(b"/get"))
        before = descriptors(server.process.pid)
        for target in (b"/drip?duration=20&numbytes=200", b"/drip?duration=3000&numbytes=2", b"/drip?delay=3000"):
            for _ in range(50):
                s = socket.create_connection(("127.0.0.1", server.port), timeout=20)
                s.sendall(request(target))
                if b"delay" not in target:
                    s.recv(1)
                if how == "resets":
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.close()
        wait_until(lambda: descriptors(server.process.pid) <= before, 60, "the end of their connections")
    finally:
        assert server.close() == 0


UNFINISHED = {
    "a line": b"GET /ge",
    "a head": b"GET /get HTTP/1.1\r\nHost: h\r\n",
    "a body": b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
    "a chunk": b"POST /post HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
}


def dial(port, scheme):
    s = socket.create_connection(("127.0.0.1", port), timeout=20)
    return ssl._create_unverified_context().wrap_socket(s) if scheme == "https" else s


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_clients_that_leave_within_a_request_leave_nothing_behind(fetchbench, scheme):
    server = Endpoint(fetchbench, *(["--tls"] if scheme == "https" else []))
    try:
        with dial(server.port, scheme) as s:
            s.sendall(request(b"/get"))
            assert b"".join(iter(lambda: s.recv(65536), b"")).startswith(b"HTTP/1.1 200 ")
        before = descriptors(server.process.pid)
        for raw in list(UNFINISHED.values()) * 25:
            with dial(server.port, scheme) as s:
                s.sendall(raw)
        wait_until(lambda: descriptors(server.process.pid) <= before, 60, "the end of their connections")
    finally:
        assert server.close() == 0


def test_clients_that_only_close_their_side_are_cut_off(endpoint):
    """After the answer, if what they sent was a whole request."""
    whole = b"GET /get?last HTTP/1.1\r\nHost: h\r\n\r\n"
    sockets = {raw: dial(endpoint.port, "http") for raw in (whole, *UNFINISHED.values())}
    for raw, s in sockets.items():
        s.sendall(raw)
        s.shutdown(socket.SHUT_WR)
    for raw, s in sockets.items():
        with s:
            answer = b"".join(iter(lambda: s.recv(65536), b""))
        assert answer.endswith(b"/get?last\"}\n") if raw == whole else answer == b""


def test_a_client_that_reads_slowly_gets_everything(endpoint):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", endpoint.port))
        s.sendall(request(b"/drip?duration=0.1&numbytes=10000000"))
        time.sleep(0.3)  # let it run full
        answer = b"".join(iter(lambda: s.recv(1 << 20), b""))
    assert answer.endswith(b"\r\n\r\n" + b"*" * 10000000)
