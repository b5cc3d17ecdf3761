"""TLS, HTTP/2 and client certificates, as nginx saw them, and in the report."""
import signal

import pytest

from conftest import by_libcurl
from servers import wait_until


@by_libcurl
def test_http2_is_spoken_where_the_server_can(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-n", 40, "-c", 8, f"https://127.0.0.1:{secure.tls}/{token}?{{i}}")
    seen = secure.seen(token, 40)
    assert {s.protocol for s in seen} == {"HTTP/2.0"}
    assert len({s.target for s in seen}) == len(seen) == 40
    assert outcome.run(strategy)["status_codes"] == {"200": 40}
    assert outcome.report["plan"]["http_version"] == "2"
    assert outcome.report["target"]["negotiated"]["http_version"] == "2"
    assert outcome.report["target"]["negotiated"]["tls_version"].startswith("TLSv1")
    assert "HTTP/2" in outcome.stdout


@pytest.mark.parametrize("args", [[], ["--http1.1"]], ids=["default", "http1.1"])
def test_http1_is_spoken_unless_asked_otherwise(run_fetchbench, secure, strategy, token, args):
    outcome = run_fetchbench("-M", strategy, "-k", *args, "-n", 10, "-c", 4, f"https://127.0.0.1:{secure.tls}/{token}")
    assert {s.protocol for s in secure.seen(token, 10)} == {"HTTP/1.1"}
    assert outcome.report["plan"]["http_version"] == "1.1"
    assert outcome.report["target"]["negotiated"]["http_version"] == "1.1"


@by_libcurl
def test_a_server_without_http2_is_spoken_to_as_it_can(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-n", 80, "-c", 40, f"https://127.0.0.1:{secure.old}/{token}")
    assert {s.protocol for s in secure.seen(token, 80)} == {"HTTP/1.1"}
    assert outcome.run(strategy)["requests"]["completed"] == 80
    assert outcome.report["plan"]["http_version"] == "2"
    assert outcome.report["target"]["negotiated"]["http_version"] == "1.1"
    assert "HTTP/1.1 though HTTP/2 was asked for" in outcome.stdout


@by_libcurl
def test_over_plain_http_http2_is_offered_as_an_upgrade(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "--http2", "-n", 6, "-c", 2, f"{hostile.url}/ok")
    assert hostile.requests[0].headers["upgrade"] == "h2c"
    assert outcome.run(strategy)["requests"]["completed"] == 6
    assert outcome.report["target"]["negotiated"]["http_version"] == "1.1"


@pytest.mark.parametrize("mode, concurrency, connections", [
    ("sequential", 1, 1), ("threads", 6, 6), ("async", 32, 1), ("async", 64, 2), ("async:threads=2", 64, 2)])
def test_http2_requests_share_connections_where_one_loop_has_several(run_fetchbench, secure, token, mode, concurrency,
                                                                     connections):
    outcome = run_fetchbench("-M", mode, "-k", "--http2", "-n", 640, "-c", concurrency,
                             f"https://127.0.0.1:{secure.tls}/{token}")
    used = {s.connection for s in secure.seen(token, 640)}
    client = outcome.runs[0]["client"]
    assert len(used) == client["connections_opened"] <= connections
    assert client["connections_opened"] + client["connections_reused"] == 640
    if mode != "threads":
        assert len(used) == connections


@by_libcurl
def test_without_keepalive_http2_has_a_connection_per_request(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "--no-keepalive", "-n", 20, "-c", 5,
                             f"https://127.0.0.1:{secure.tls}/{token}")
    assert len({s.connection for s in secure.seen(token, 20)}) == 20
    assert outcome.run(strategy)["client"]["connections_opened"] == 20


@by_libcurl
@pytest.mark.parametrize("size", [10, 200000])
def test_http2_carries_bodies_whole(run_fetchbench, secure, strategy, tmp_path, size):
    (tmp_path / "body").write_bytes(b"x" * size)
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "--data-file", tmp_path / "body", "-n", 6, "-c", 6,
                             f"https://127.0.0.1:{secure.tls}/bin/post")
    run = outcome.run(strategy)
    assert run["status_codes"] == {"200": 6}
    assert run["bytes_received"] > 6 * size  # httpbin sends back what it was sent
    assert 0 < run["bytes_sent"] - 6 * size < 6 * 400


def test_http2_streams_wait_beside_one_another(run_fetchbench, secure, token):
    outcome = run_fetchbench("-M", "async", "-k", "--http2", "-n", 20, "-c", 20,
                             f"https://127.0.0.1:{secure.tls}/bin/delay/0.5?{token}")
    assert outcome.run("async")["wall_s"] < 20 * 0.5 / 2
    assert outcome.run("async")["client"]["connections_opened"] == 1


@by_libcurl
def test_http2_connections_that_the_server_ends_cost_no_request(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-n", 400, "-c", 20,
                             f"https://127.0.0.1:{secure.restless}/{token}?{{i}}")
    seen = secure.seen(token, 400)
    assert outcome.run(strategy)["requests"]["completed"] == 400, outcome
    assert len({s.target for s in seen}) == 400
    assert len({s.connection for s in seen}) >= 10


def test_http2_requests_time_out_one_by_one(run_fetchbench, secure, token):
    """Those that are late leave the connection to the others."""
    outcome = run_fetchbench("-M", "async", "-k", "--http2", "--timeout", "1s", "-n", 9, "-c", 9,
                             f"https://127.0.0.1:{secure.tls}/bin/delay/{{i}}?{token}")
    run = outcome.run("async")
    assert run["requests"]["completed"] in (1, 2)
    assert run["errors"]["timeout"]["count"] == 9 - run["requests"]["completed"]
    assert run["client"]["connections_opened"] == 1


@by_libcurl
def test_http2_requests_in_flight_are_cancelled_at_an_interrupt(start_fetchbench, secure, strategy, token):
    running = start_fetchbench("-M", strategy, "-k", "--http2", "-n", 30, "-c", 5,
                               f"https://127.0.0.1:{secure.tls}/bin/delay/9?{token}")
    own = 1  # the request for the figure
    in_flight = 1 if strategy == "sequential" else 5
    wait_until(lambda: secure.being_answered() - own >= in_flight, what="requests in flight")
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish(20)
    assert outcome.status == 130
    requests = outcome.run(strategy)["requests"]
    assert (requests["cancelled"], requests["not_started"]) == (in_flight, 30 - in_flight)


# Sessions

def test_connections_are_resumed_and_that_is_counted(run_fetchbench, tls_server, strategy):
    many = run_fetchbench("-M", strategy, "-k", "--no-keepalive", "-n", 30, "-c", 3, f"{tls_server.url}/ok").run(strategy)
    assert many["client"]["connections_opened"] == 30
    assert 20 <= many["client"]["tls_resumed"] < 30
    kept = run_fetchbench("-M", strategy, "-k", "-n", 30, "-c", 1, f"{tls_server.url}/ok").run(strategy)
    assert (kept["client"]["connections_opened"], kept["client"]["tls_resumed"]) == (1, 0)


@pytest.mark.parametrize("backend", ["auto", "epoll"])
@pytest.mark.parametrize("args, connections", [([], 3), (["--no-keepalive"], 12)])
def test_raw_takes_its_leave_of_tls_connections(run_fetchbench, tls_server, backend, args, connections):
    run_fetchbench("-M", f"raw:backend={backend}", "-k", *args, "-n", 12, "-c", 3, f"{tls_server.url}/ok")
    wait_until(lambda: tls_server.farewells == connections, what="close_notify on each connection")


def test_nobody_resumes_by_tickets_of_tls_1_2(run_fetchbench, secure, strategy):
    run = run_fetchbench("-M", strategy, "-k", "--no-keepalive", "-n", 30, "-c", 3, f"https://127.0.0.1:{secure.old}/").run(strategy)
    assert run["client"]["tls_resumed"] == 0


def test_without_tls_nothing_is_resumed(run_fetchbench, hostile):
    run = run_fetchbench("-n", 3, f"{hostile.url}/ok").runs[0]
    assert run["client"]["tls_resumed"] is None


def test_two_http_versions_are_refused(refused, hostile):
    refused("--http1.1 and --http2", "--http2", "--http1.1", hostile.url)


# Client certificates

@pytest.mark.parametrize("way", ["key apart", "locked key", "one file"])
def test_a_certificate_is_shown(run_fetchbench, secure, strategy, token, way, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(secure.client_certificate.read_bytes() + secure.client_key.read_bytes())
    args = {"key apart": ["--cert", secure.client_certificate, "--key", secure.client_key],
            "locked key": ["--cert", f"{secure.client_certificate}:open:sesame", "--key", secure.locked_key],
            "one file": ["--cert", both]}[way]
    outcome = run_fetchbench("-M", strategy, "-k", *args, "-n", 6, "-c", 2, f"https://127.0.0.1:{secure.strict}/{token}")
    assert {s.client for s in secure.seen(token, 6)} == {"CN=visitor"}
    assert outcome.run(strategy)["status_codes"] == {"200": 6}
    assert outcome.report["plan"]["cert"] == str(both if way == "one file" else secure.client_certificate)
    assert "open:sesame" not in outcome.said + outcome.report_text
    dry = run_fetchbench("--dry-run", *args, f"https://127.0.0.1:{secure.strict}/", report=False)
    assert "open:sesame" not in dry.stdout


def test_without_a_certificate_the_server_says_so(run_fetchbench, secure, token):
    outcome = run_fetchbench("-k", "-n", 2, f"https://127.0.0.1:{secure.strict}/{token}")
    assert outcome.run("async")["status_codes"] == {"400": 2}


def test_a_wrong_password_of_a_key_is_a_tls_failure(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--cert", f"{secure.client_certificate}:wrongword", "--key",
                             secure.locked_key, "-n", 3, f"https://127.0.0.1:{secure.strict}/{token}", status=3)
    assert set(outcome.run(strategy)["errors"]) == {"tls"}
    assert "wrongword" not in outcome.said + outcome.report_text


def test_certificates_that_cannot_be_used_are_refused(refused, secure, hostile, tmp_path):
    (tmp_path / "empty.pem").touch()
    refused("--cert", "--cert", tmp_path / "absent.pem", hostile.url)
    refused("no certificate", "--cert", tmp_path / "empty.pem", hostile.url)
    refused("--key", "--cert", secure.client_certificate, "--key", tmp_path / "absent.pem", hostile.url)
    refused("--cert", "--key", tmp_path / "empty.pem", hostile.url)
