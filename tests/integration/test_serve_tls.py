"""serve --tls: who trusts its certificate, and that everything works over TLS as without."""
import os
import resource
import socket
import ssl
import subprocess
import time

import pytest

from conftest import Endpoint
from servers import end_process, self_signed
from wire import request

pytestmark = pytest.mark.one_thread


class TlsEndpoint(Endpoint):
    """With a certificate made at the start, in the file .certificate."""

    def __init__(self, binary, folder, *args):
        self.certificate = folder / "made.pem"
        super().__init__(binary, "--tls", "--cert-out", str(self.certificate), *args)
        self.trust = self.process.stdout.readline()


@pytest.fixture(scope="module")
def secure(fetchbench, tmp_path_factory):
    server = TlsEndpoint(fetchbench, tmp_path_factory.mktemp("serve-tls"))
    yield server
    server.close()


def curl(*args):
    return subprocess.run(["curl", "-sS", "--max-time", "20", *map(str, args)], capture_output=True, text=True)


def test_it_says_how_to_trust_it(secure):
    assert secure.line == f"fetchbench: serving on https://127.0.0.1:{secure.port}/ (Ctrl-C ends it)\n"
    assert f"--cacert {secure.certificate}" in secure.trust


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_curl_verifies_the_certificate_that_it_wrote(secure, host):
    outcome = curl("--cacert", secure.certificate, "--resolve", f"localhost:{secure.port}:127.0.0.1",
                   f"https://{host}:{secure.port}/get?a=1")
    assert f'"url":"https://{host}:{secure.port}/get?a=1"' in outcome.stdout, outcome.stderr


def test_the_certificate_is_also_for_ipv6(secure):
    outcome = subprocess.run(["openssl", "x509", "-in", secure.certificate, "-noout", "-checkip", "::1"],
                             capture_output=True, text=True)
    assert "does match" in outcome.stdout
    outcome = subprocess.run(["openssl", "verify", "-CAfile", secure.certificate, secure.certificate], capture_output=True)
    assert outcome.returncode == 0


@pytest.mark.parametrize("mode", ["sequential", "threads", "async", "raw"])
def test_fetchbench_verifies_it_or_does_without(secure, run_fetchbench, mode):
    for trusting in (("--cacert", secure.certificate), ("-k",)):
        run = run_fetchbench("--mode", mode, "-n", 20, "-c", 4, *trusting, secure.url + "/get").run(mode)
        assert run["status_codes"] == {"200": 20}
        assert run["client"]["connections_opened"] <= 4  # kept alive


def test_without_trust_it_is_refused(secure, run_fetchbench):
    run = run_fetchbench("-n", 3, secure.url + "/get", status=3).run("async")
    assert run["errors"]["tls_verify"]["count"] == 3


def test_each_start_makes_a_certificate_of_its_own(fetchbench, secure, tmp_path):
    other = TlsEndpoint(fetchbench, tmp_path)
    try:
        assert curl("--cacert", secure.certificate, other.url + "/get").returncode == 60
        assert other.certificate.read_text() != secure.certificate.read_text()
        assert "PRIVATE" not in other.certificate.read_text()
    finally:
        other.close()


def test_a_given_certificate_is_shown(fetchbench, tmp_path):
    _, certificate = self_signed(tmp_path)
    both = tmp_path / "both.pem"
    both.write_text((tmp_path / "key.pem").read_text() + certificate.read_text())
    for words in (("--cert", certificate, "--key", tmp_path / "key.pem"), ("--cert", both)):
        server = Endpoint(fetchbench, "--tls", *map(str, words))
        try:
            assert curl("--cacert", certificate, server.url + "/get").returncode == 0
        finally:
            server.close()


@pytest.fixture(scope="module")
def odd_files(tmp_path_factory):
    """Files that are no good for --cert or --key, by name."""
    folder = tmp_path_factory.mktemp("odd")
    self_signed(folder)
    (folder / "empty.pem").write_text("")
    (folder / "text.pem").write_text("no PEM\n")
    broken = (folder / "certificate.pem").read_text().splitlines()
    (folder / "broken.pem").write_text("\n".join(broken[:3] + broken[-1:]) + "\n")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out",
                    folder / "other.pem"], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", folder / "key.pem", "-aes128", "-passout", "pass:secret", "-out",
                    folder / "locked.pem"], check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("words, complaint", [
    (["--cert", "missing.pem"], "cannot read 'missing.pem'"),
    (["--cert", "."], "cannot read '.'"),
    (["--cert", "empty.pem"], "'empty.pem' holds no certificate"),
    (["--cert", "text.pem"], "'text.pem' holds no certificate"),
    (["--cert", "broken.pem", "--key", "key.pem"], "'broken.pem' holds no certificate"),
    (["--cert", "key.pem"], "'key.pem' holds no certificate"),
    (["--cert", "certificate.pem"], "'certificate.pem' holds no private key"),
    (["--cert", "certificate.pem", "--key", "missing.pem"], "cannot read 'missing.pem'"),
    (["--cert", "certificate.pem", "--key", "text.pem"], "'text.pem' holds no private key"),
    (["--cert", "certificate.pem", "--key", "other.pem"], "does not belong"),
    (["--cert", "certificate.pem", "--key", "locked.pem"], "password"),
    (["--key", "key.pem"], "--cert"),
    (["--cert", "certificate.pem", "--key", "key.pem", "--cert-out", "x.pem"], "--cert-out"),
    (["--cert-out", "missing/x.pem"], "cannot write 'missing/x.pem'"),
])
def test_what_is_no_certificate_is_said_in_a_sentence(fetchbench, odd_files, words, complaint):
    outcome = subprocess.run([fetchbench, "serve", "--listen", "127.0.0.1:0", "--tls", *words], cwd=odd_files,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert complaint in outcome.stderr and len(outcome.stderr.splitlines()) == 1


@pytest.mark.parametrize("option", ["--cert", "--key", "--cert-out"])
def test_the_options_of_tls_want_tls(fetchbench, option):
    outcome = subprocess.run([fetchbench, "serve", option, "x.pem"], capture_output=True, text=True, timeout=20)
    assert outcome.returncode == 2
    assert option in outcome.stderr and "--tls" in outcome.stderr


def connect(server):
    context = ssl.create_default_context(cafile=server.certificate)
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def read_all(s):
    return b"".join(iter(lambda: s.recv(65536), b""))


@pytest.mark.once
def test_a_thousand_are_held_at_the_same_time_over_tls(secure):
    count = min(1000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 100)
    sockets = [connect(secure) for _ in range(count)]
    try:
        start = time.monotonic()
        for n, s in enumerate(sockets):
            s.sendall(request(b"/delay/1?n=%d" % n if n % 2 else b"/drip?duration=1&numbytes=5"))
        for n, s in enumerate(sockets):
            answer = read_all(s)
            assert answer.startswith(b"HTTP/1.1 200 ")
            assert b'"n":"%d"' % n in answer if n % 2 else answer.endswith(b"\r\n\r\n*****")
        assert time.monotonic() - start < 100  # one after another: 900 s
    finally:
        for s in sockets:
            s.close()


def test_streams_pipelines_and_big_answers_work_over_tls(secure):
    with connect(secure) as s:
        s.sendall(b"GET /stream/50 HTTP/1.1\r\nHost: h\r\n\r\nGET /drip?duration=0.1&numbytes=3000000 HTTP/1.1\r\nHost: h\r\n\r\n"
                  + b"POST /post HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300000
                  + request(b"/bytes/100000?seed=1"))
        answer = read_all(s)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert b"*" * 3000000 in answer and b"x" * 300000 in answer


def test_clients_that_do_not_speak_tls_or_leave_are_let_go(secure):
    def descriptors():
        return len(os.listdir(f"/proc/{secure.process.pid}/fd"))

    with connect(secure) as s:
        s.sendall(request(b"/get"))
        read_all(s)
    before = descriptors()
    with socket.create_connection(("127.0.0.1", secure.port), timeout=20) as s:
        s.sendall(request(b"/get"))
        assert not read_all(s).startswith(b"HTTP")
    for _ in range(20):
        s = connect(secure)
        s.sendall(request(b"/drip?duration=2&numbytes=20"))
        s.recv(1)
        s.close()
    deadline = time.monotonic() + 20
    while descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert descriptors() <= before


def test_a_signal_ends_it_with_status_0_while_answers_are_held(fetchbench, tmp_path):
    server = TlsEndpoint(fetchbench, tmp_path)
    try:
        with connect(server) as s:
            s.sendall(request(b"/delay/10"))
            with connect(server) as other:
                other.sendall(request(b"/get"))
                read_all(other)
            server.process.terminate()
            assert server.process.wait(8) == 0
    finally:
        end_process(server.process)
        server.close()
