"""The embedded endpoint beside its model, real httpbin, and as a program of its own."""
import signal
import socket
import subprocess

import pytest

from servers import end_process


def exchange(port, raw):
    """Sends bytes, reads to the end; returns the status, the headers and the body."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        s.sendall(raw)
        parts = iter(lambda: s.recv(65536), b"")
        head, _, body = b"".join(parts).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers = {k.strip().lower().decode(): v.strip() for k, _, v in (line.partition(b":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body


def request(target, head=b"", body=b"", method=b"GET", host=b"test.example:8"):
    return (method + b" " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n" + head + b"\r\n"
            + body)


FORM = b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"

SAME = {
    "a key": request(b"/get?key=7"),
    "nothing": request(b"/get"),
    "an empty query": request(b"/get?"),
    "a repeated key": request(b"/get?b=2&a=1&b=1&a=3&b=2"),
    "empty names and values": request(b"/get?a&b=&=c&&=&"),
    "order of keys": request(b"/get?b=1&B=2&a=3&A=4&_=5&0=6&~=7&%F0%9F%98%80=8&%EF%BF%BD=9&%C3%A9=10"),
    "spaces": request(b"/get?a+b=c%20d&e=%2B+f"),
    "characters to escape in JSON": request(b"/get?a=%22%5c%0a%0d%09%08%0c%00%1f%7f/<>'"),
    "beyond ASCII, quoted": request(b"/get?a=%e4%bd%a0%F0%9f%98%80"),
    "beyond ASCII, as it is": request(b"/get?a=\xe4\xbd\xa0&\xc3\xa9=1"),
    "what is not UTF-8": request(b"/get?a=%ff&b=%e4%bd&c=%c0%80&d=%ed%a0%80&e=%f4%90%80%80&f=%f0%9f%98x&%fe=g&%ff=h"),
    "percents that quote nothing": request(b"/get?%%=%2&%zz=%1g&a=%"),
    "needless and lower-case quoting": request(b"/get?%41=%7e%2d%5a&b=%2f%3d%26%3f"),
    "reserved characters": request(b"/get?a=!$'()*,;:@/?[]{}|^`\\"),
    "a fragment": request(b"/get?a=1#b"),
    "a quoted path": request(b"/g%65t?a=1"),
    "a whole URL": request(b"http://elsewhere.example/get?a=1"),
    "a URL in a value": request(b"/get?u=http://a.example:1/b?c=d"),
    "the usual port": request(b"/get", host=b"test.example:80"),
    "an address as host": request(b"/get", host=b"[::1]:80"),
    "upper case in the host": request(b"/get", host=b"Test.Example"),
    "names of headers": request(b"/get", b"x-lower: 1\r\nX-UPPER-3dB: 2\r\nx_under_score: 3\r\nDNT: 1\r\n"),
    "a repeated header": request(b"/get", b"X-A: 1\r\nAccept: a\r\nx-a: 2\r\nx_a: 3\r\naccept: b\r\n"),
    "an empty header": request(b"/get", b"X-Empty:\r\nContent-Type:\r\n"),
    "blanks around a value": request(b"/get", b"X-A: \t b\tc\r\n"),
    "a value in Latin-1": request(b"/get", b"X-A: \xe9\"\\\r\n"),
    "headers with a meaning": request(b"/get", b"Cookie: a=b; c=\"d\"\r\nAuthorization: Basic Zm9v\r\n"
                                      b"Range: bytes=0-1\r\nIf-None-Match: *\r\nTE: trailers\r\n"),
    "a proxy's headers": request(b"/get", b"Via: a\r\nX-Request-Id: b\r\nX-Forwarded-For: 192.0.2.1, 192.0.2.2\r\n"
                                 b"X-Forwarded-Port: 1\r\nX-Real-Ip: c\r\nX-Other: d\r\n"),
    "a proxy's headers, asked for": request(b"/get?show_env=1", b"Via: a\r\nX-Forwarded-For: 192.0.2.1\r\n"),
    "TLS at a proxy": request(b"/get", b"X-Forwarded-Proto: https\r\n", host=b"test.example:443"),
    "TLS at a proxy, another header": request(b"/get", b"X-Forwarded-Ssl: on\r\n"),
    "TLS at a proxy, a third": request(b"/get?", b"X-Forwarded-Protocol: ssl\r\n"),
    "an origin": request(b"/get", b"Origin: http://a.example\r\n"),
    "HEAD": request(b"/get?a=1", method=b"HEAD"),
    "a delay": request(b"/delay/0.01?a=1&a=2"),
    "no delay": request(b"/delay/0"),
    "a delay in scientific notation": request(b"/delay/1e-3"),
    "a delay between blanks": request(b"/delay/%20.1e-1%0a"),
    "a delay with a text": request(b"/delay/0", b"Content-Length: 5\r\n", b"he\xc3\xa9l"),
    "a delay with bytes": request(b"/delay/0", b"Content-Length: 9\r\n", b"he\xff\x00llo=&"),
    "a delay with two bytes": request(b"/delay/0", b"Content-Length: 2\r\n", b"\xff\xfe"),
    "a delay with a form": request(b"/delay/0", FORM + b"Content-Length: 11\r\n", b"b=+&a=1&b=%"),
    "a delay with chunks": request(b"/delay/0", b"Transfer-Encoding: chunked\r\n", b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
    "a status": request(b"/status/201"),
    "a status of POST": request(b"/status/503", b"Content-Length: 2\r\n", b"hi", b"POST"),
    "a status of PATCH": request(b"/status/202", method=b"PATCH"),
    "a status of TRACE": request(b"/status/203", method=b"TRACE"),
    "a status of HEAD": request(b"/status/418", method=b"HEAD"),
    "no content": request(b"/status/204"),
    "a redirect": request(b"/status/302"),
    "a permanent redirect": request(b"/status/308"),
    "who are you": request(b"/status/401"),
    "pay": request(b"/status/402"),
    "not acceptable": request(b"/status/406"),
    "a teapot": request(b"/status/418"),
    "an unknown status": request(b"/status/599"),
    "the greatest status": request(b"/status/999"),
    "a status with blanks and a sign": request(b"/status/%20+200"),
    "one of several statuses": request(b"/status/404,404,404"),
    "a status by weight": request(b"/status/500:0,201:2.5,503:0"),
    "a status that is none": request(b"/status/abc"),
    "a weight that is none": request(b"/status/200:x,201:1"),
    "a weight without a choice": request(b"/status/200:5"),
    "a missing status": request(b"/status/200,"),
    "two weights": request(b"/status/200:1:2"),
    "seeded bytes": request(b"/bytes/1000?seed=7"),
    "bytes of seed 0": request(b"/bytes/10?seed=0"),
    "bytes of a negative seed": request(b"/bytes/10?seed=-7"),
    "bytes of a big seed": request(b"/bytes/10?seed=123456789012345678901234567890"),
    "bytes of an odd seed": request(b"/bytes/10?seed=%20+1_000%20"),
    "bytes of two seeds": request(b"/bytes/10?seed=4&seed=5"),
    "bytes of a SEED": request(b"/bytes/10?SEED=4"),
    "no bytes": request(b"/bytes/0"),
    "too many bytes": request(b"/bytes/99999999999999999999?seed=1"),
}

OF_THE_SERVER = ("date", "server", "connection")


@pytest.mark.parametrize("name", SAME)
def test_it_answers_as_httpbin_does(endpoint, httpbin, name):
    status, headers, body = exchange(endpoint.port, SAME[name])
    httpbin_status, httpbin_headers, httpbin_body = exchange(httpbin.port, SAME[name])
    for key in OF_THE_SERVER:
        headers.pop(key, None)
        httpbin_headers.pop(key, None)
    assert (status, body) == (httpbin_status, httpbin_body)
    assert headers == httpbin_headers


def test_without_a_host_it_names_itself(endpoint, httpbin):
    raw = b"GET /get?a=1 HTTP/1.0\r\n\r\n"
    _, _, body = exchange(endpoint.port, raw)
    _, _, httpbin_body = exchange(httpbin.port, raw)
    assert body == httpbin_body.replace(str(httpbin.port).encode(), str(endpoint.port).encode())


@pytest.mark.parametrize("target, status", [
    ("/", 404), ("/nope", 404), ("/get/", 404), ("/delay/", 404), ("/bytes/1/2", 404), ("/delay/-1", 400),
    ("/delay/nan", 400), ("/delay/soon", 400), ("/status/99", 400), ("/status/1000", 400),
    ("/status/200:0,201:0", 400), ("/status/200:-1,201:1", 400), ("/bytes/x", 400), ("/bytes/-1", 400),
    ("/bytes/1?seed=x", 400), ("/bytes/1?seed=", 400)])
def test_what_it_cannot_answer_it_says_in_a_sentence(endpoint, target, status):
    found, headers, body = exchange(endpoint.port, request(target.encode()))
    assert found == status
    assert headers["content-type"] == b"text/plain; charset=utf-8"
    assert len(body.split()) >= 4


def test_a_wrong_method_is_told_the_right_ones(endpoint):
    status, headers, _ = exchange(endpoint.port, request(b"/get", b"Content-Length: 0\r\n", method=b"POST"))
    assert (status, headers["allow"]) == (405, b"GET, HEAD, OPTIONS")


def test_a_preflight_request_is_answered(endpoint):
    head = b"Origin: http://a.example\r\nAccess-Control-Request-Headers: X-A\r\n"
    status, headers, body = exchange(endpoint.port, request(b"/get", head, method=b"OPTIONS"))
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
