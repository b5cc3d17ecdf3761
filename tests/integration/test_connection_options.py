"""How to get to the server: each option seen from the other end, and in the report."""
import re
import signal

import pytest

from gateways import Names, SecureNginx, Tinyproxy
from servers import self_signed, wait_until


@pytest.fixture(scope="module")
def secure(tmp_path_factory, httpbin):
    folder = tmp_path_factory.mktemp("secure")
    _, certificate = self_signed(folder)
    server = SecureNginx(folder, certificate, folder / "key.pem", httpbin.url)
    yield server
    server.close()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    server = Tinyproxy(tmp_path_factory.mktemp("tinyproxy"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def guarded_proxy(tmp_path_factory):
    server = Tinyproxy(tmp_path_factory.mktemp("guarded"), "alice", "sesame7")
    yield server
    server.close()


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    return Names(tmp_path_factory.mktemp("names"))


@pytest.fixture
def token(request):
    return re.sub(r"\W", "-", request.node.name)


def refused(run_fetchbench, words, *args):
    """One sentence, status 2, nothing run."""
    outcome = run_fetchbench(*args, status=2)
    assert outcome.stdout == ""
    assert len(outcome.stderr.strip().splitlines()) == 1, outcome
    assert words in outcome.stderr, outcome
    assert outcome.report is None


# TLS and HTTP/2

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


def test_a_server_without_http2_is_spoken_to_as_it_can(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-n", 80, "-c", 40, f"https://127.0.0.1:{secure.old}/{token}")
    assert {s.protocol for s in secure.seen(token, 80)} == {"HTTP/1.1"}
    assert outcome.run(strategy)["requests"]["completed"] == 80
    assert outcome.report["plan"]["http_version"] == "2"
    assert outcome.report["target"]["negotiated"]["http_version"] == "1.1"
    assert "HTTP/1.1 though HTTP/2 was asked for" in outcome.stdout


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


def test_without_keepalive_http2_has_a_connection_per_request(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "--no-keepalive", "-n", 20, "-c", 5,
                             f"https://127.0.0.1:{secure.tls}/{token}")
    assert len({s.connection for s in secure.seen(token, 20)}) == 20
    assert outcome.run(strategy)["client"]["connections_opened"] == 20


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


def test_two_http_versions_are_refused(run_fetchbench, hostile):
    refused(run_fetchbench, "--http1.1 and --http2", "--http2", "--http1.1", hostile.url)


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


def test_certificates_that_cannot_be_used_are_refused(run_fetchbench, hostile, tmp_path):
    refused(run_fetchbench, "--cert", "--cert", tmp_path / "absent.pem", hostile.url)
    (tmp_path / "there.pem").touch()
    refused(run_fetchbench, "--key", "--cert", tmp_path / "there.pem", "--key", tmp_path / "absent.pem", hostile.url)
    refused(run_fetchbench, "--cert", "--key", tmp_path / "there.pem", hostile.url)


# Elsewhere than the URL says

@pytest.mark.parametrize("entry", ["bench.invalid:{port}:127.0.0.1", "*:{port}:127.0.0.1", "+BENCH.invalid:{port}:127.0.0.1",
                                   "bench.invalid:{port}:127.0.0.3,127.0.0.1,[::1]"])
def test_resolve_gives_the_address(run_fetchbench, hostile, strategy, entry):
    outcome = run_fetchbench("-M", strategy, "--resolve", entry.format(port=hostile.port), "-n", 4, "-c", 2,
                             f"http://bench.invalid:{hostile.port}/ok")
    assert {r.headers["host"] for r in hostile.requests} == {f"bench.invalid:{hostile.port}"}
    assert len(hostile.requests) == 4
    assert outcome.report["plan"]["resolve"] == [entry.format(port=hostile.port)]
    assert "127.0.0.1" in outcome.report["target"]["addresses"]


def test_resolve_for_another_port_changes_nothing(run_fetchbench, hostile):
    outcome = run_fetchbench("--resolve", "bench.invalid:1:127.0.0.1", "-n", 2, f"http://bench.invalid:{hostile.port}/ok", status=3)
    assert set(outcome.run("async")["errors"]) == {"dns"}


@pytest.mark.parametrize("entry", ["bench.invalid", "bench.invalid:80:elsewhere", ":80:127.0.0.1", "a:b:127.0.0.1"])
def test_a_malformed_resolve_is_refused(run_fetchbench, hostile, entry):
    refused(run_fetchbench, "--resolve takes HOST:PORT:ADDRESS", "--resolve", entry, hostile.url)


@pytest.mark.parametrize("entry", ["far.invalid:81:127.0.0.1:{port}", "::127.0.0.1:{port}", ":81:near.invalid:{port}"])
def test_connect_to_leads_elsewhere(run_fetchbench, hostile, strategy, entry):
    entry = entry.format(port=hostile.port)
    outcome = run_fetchbench("-M", strategy, "--connect-to", entry, "--resolve", f"near.invalid:{hostile.port}:127.0.0.1",
                             "-n", 4, "-c", 2, "http://far.invalid:81/ok")
    assert {r.headers["host"] for r in hostile.requests} == {"far.invalid:81"}
    assert outcome.report["plan"]["connect_to"] == [entry]
    assert outcome.report["target"]["addresses"] == ["127.0.0.1"]


def test_connect_to_looks_up_the_second_host_before_the_clock(run_fetchbench, hostile, strategy, names):
    names.forget()
    run_fetchbench("-M", strategy, "--connect-to", f"far.invalid:81:near.here:{hostile.port}", "-n", 8, "-c", 4,
                   "http://far.invalid:81/ok", env=names.environment)
    assert names.asked("near.here") == 1
    assert names.asked("far.invalid") == 0
    assert len(hostile.requests) == 8


@pytest.mark.parametrize("entry", ["far.invalid", "a:1:b", "a:1:b:port"])
def test_a_malformed_connect_to_is_refused(run_fetchbench, hostile, entry):
    refused(run_fetchbench, "--connect-to takes HOST1:PORT1:HOST2:PORT2", "--connect-to", entry, hostile.url)


def test_a_unix_socket_is_connected_to(run_fetchbench, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "--unix-socket", secure.socket, "-n", 10, "-c", 3,
                             f"http://anything.invalid/{token}")
    seen = secure.seen(token, 10)
    assert {s.host for s in seen} == {"anything.invalid"}
    assert len({s.connection for s in seen}) == outcome.run(strategy)["client"]["connections_opened"] <= 3
    assert outcome.report["plan"]["unix_socket"] == str(secure.socket)
    assert outcome.report["target"]["addresses"] == []
    assert outcome.report["target"]["co_located"] is True
    assert outcome.run(strategy)["phases"]["dns"] is None


def test_a_unix_socket_that_is_none_is_refused(run_fetchbench, hostile, tmp_path):
    refused(run_fetchbench, "--unix-socket", "--unix-socket", tmp_path / "absent", hostile.url)
    (tmp_path / "file").touch()
    refused(run_fetchbench, "is no socket", "--unix-socket", tmp_path / "file", hostile.url)


# Proxies

def test_a_proxy_is_asked_for_the_whole_url(run_fetchbench, proxy, hostile, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-x", proxy.url, "-n", 6, "-c", 2, f"{hostile.url}/ok?{token}")
    assert f"through {proxy.url}" in outcome.stdout
    assert proxy.asked(token, 6) == [f"GET {hostile.url}/ok?{token} HTTP/1.1"] * 6
    assert len(hostile.requests) == 6
    assert outcome.report["plan"]["proxy"] == proxy.url
    assert outcome.report["target"]["port"] == hostile.port


def test_https_goes_through_a_proxy_s_tunnel(run_fetchbench, proxy, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-x", proxy.url, "-n", 6, "-c", 2,
                             f"https://127.0.0.1:{secure.tls}/{token}")
    assert {s.protocol for s in secure.seen(token, 6)} == {"HTTP/2.0"}
    assert f"CONNECT 127.0.0.1:{secure.tls} HTTP/1.1" in proxy.asked("CONNECT", 1)
    run = outcome.run(strategy)
    assert run["status_codes"] == {"200": 6}
    assert run["requests"]["retries"] == 0
    assert run["phases"]["wait"]["count"] == 6


def test_the_proxy_s_name_is_looked_up_and_not_the_target_s(run_fetchbench, proxy, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "-x", f"http://gate.here:{proxy.port}", "-n", 4, "-c", 2,
                             f"http://beyond.invalid:{hostile.port}/ok", env=names.environment)
    assert names.asked("gate.here") == 1
    assert names.asked("beyond.invalid") == 0
    assert proxy.asked("beyond.invalid", 4)
    assert outcome.report["target"]["addresses"] == ["127.0.0.1"]


def test_a_proxy_s_password_is_used_and_shown_nowhere(run_fetchbench, guarded_proxy, hostile, strategy, token):
    url = f"http://alice:sesame7@127.0.0.1:{guarded_proxy.port}"
    outcome = run_fetchbench("-M", strategy, "--proxy", url, "-n", 3, f"{hostile.url}/ok?{token}")
    assert outcome.run(strategy)["status_codes"] == {"200": 3}
    assert len(hostile.requests) == 3
    assert outcome.report["plan"]["proxy"] == f"http://alice:***@127.0.0.1:{guarded_proxy.port}"
    assert "sesame7" not in outcome.said + outcome.report_text
    dry = run_fetchbench("--dry-run", "--proxy", url, hostile.url, report=False)
    assert f"alice:***@127.0.0.1:{guarded_proxy.port}" in dry.stdout
    assert "sesame7" not in dry.stdout


def test_a_proxy_that_is_not_told_who_asks_answers_407(run_fetchbench, guarded_proxy, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-x", guarded_proxy.url, "-n", 3, f"{hostile.url}/ok")
    assert outcome.run(strategy)["status_codes"] == {"407": 3}
    assert hostile.requests == []


def test_a_tunnel_that_the_proxy_refuses_is_a_refused_connection(run_fetchbench, guarded_proxy, secure, strategy):
    outcome = run_fetchbench("-M", strategy, "-k", "-x", guarded_proxy.url, "-n", 3, f"https://127.0.0.1:{secure.tls}/", status=3)
    errors = outcome.run(strategy)["errors"]
    assert set(errors) == {"connection_refused"}
    assert "407" in errors["connection_refused"]["example"]


def test_the_environment_s_proxy_is_ignored(run_fetchbench, proxy, hostile, token):
    run_fetchbench("-n", 2, f"{hostile.url}/ok?{token}", env={"http_proxy": proxy.url, "all_proxy": proxy.url})
    assert len(hostile.requests) == 2
    assert proxy.asked(token) == []


def test_the_environment_s_exceptions_from_the_proxy_are_ignored_too(run_fetchbench, proxy, hostile, token):
    run_fetchbench("-x", proxy.url, "-n", 2, f"{hostile.url}/ok?{token}", env={"no_proxy": "*"})
    assert len(proxy.asked(token, 2)) == 2


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://", "http://127.0.0.1:port"])
def test_a_proxy_that_is_none_is_refused(run_fetchbench, hostile, url):
    refused(run_fetchbench, "--proxy takes", "-x", url, hostile.url)


def test_a_proxy_and_a_unix_socket_are_refused(run_fetchbench, secure):
    refused(run_fetchbench, "--unix-socket and --proxy", "-x", "http://127.0.0.1:1", "--unix-socket", secure.socket, "http://host/")


# Names

def test_names_are_looked_up_once_before_the_clock(run_fetchbench, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "--no-keepalive", "-n", 12, "-c", 4, f"http://bench.here:{hostile.port}/ok",
                             env=names.environment)
    assert names.asked("bench.here") == 1
    assert len(hostile.requests) == hostile.accepted == 12
    assert outcome.report["plan"]["dns"] == "once"
    assert outcome.run(strategy)["phases"]["dns"] is None


def test_names_can_be_looked_up_for_each_connection(run_fetchbench, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "--dns", "each", "--no-keepalive", "-n", 12, "-c", 4,
                             f"http://bench.here:{hostile.port}/ok", env=names.environment)
    assert names.asked("bench.here") == 12
    assert len(hostile.requests) == hostile.accepted == 12
    assert outcome.report["plan"]["dns"] == "each"
    dns = outcome.run(strategy)["phases"]["dns"]
    assert dns["count"] == 12
    assert dns["min_s"] > 0


def test_kept_connections_are_looked_up_once_each(run_fetchbench, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "--dns", "each", "-n", 40, "-c", 4, f"http://bench.here:{hostile.port}/ok",
                             env=names.environment)
    assert names.asked("bench.here") == hostile.accepted == outcome.run(strategy)["phases"]["dns"]["count"] <= 4


def test_an_address_has_no_name_to_look_up_each_time(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "--dns", "each", "--no-keepalive", "-n", 4, f"{hostile.url}/ok")
    assert outcome.run(strategy)["phases"]["dns"] is None


def test_looking_up_each_time_needs_more_descriptors(run_fetchbench, hostile):
    args = ["-c", "2000", "-n", "2000", "--dry-run", f"{hostile.url}/ok"]
    prefix = ["sh", "-c", 'ulimit -n 4096; exec "$@"', "sh"]
    run_fetchbench(*args, prefix=prefix, report=False)
    outcome = run_fetchbench("--dns", "each", *args, prefix=prefix, report=False, status=2)
    assert "file descriptors" in outcome.stderr


@pytest.mark.parametrize("option, host, family", [("-6", "127.0.0.1", "IPv4"), ("-4", "[::1]", "IPv6")])
def test_an_address_of_the_other_family_is_refused(run_fetchbench, option, host, family):
    refused(run_fetchbench, f"{option} leaves no way to {host.strip('[]')}, which is an {family} address", option, f"http://{host}:1/")


def test_each_of_several_hosts_is_looked_up_once(run_fetchbench, hostile, strategy, names, tmp_path):
    names.forget()
    hosts = ["a.here", "b.here", "c.here"]
    (tmp_path / "urls").write_text("".join(f"http://{host}:{hostile.port}/ok\n" for host in hosts))
    run_fetchbench("-M", strategy, "--urls", tmp_path / "urls", "-n", 30, "-c", 5, env=names.environment)
    assert [names.asked(host) for host in hosts] == [1, 1, 1]
    assert {r.headers["host"] for r in hostile.requests} == {f"{host}:{hostile.port}" for host in hosts}


def test_several_hosts_behind_a_proxy_need_its_name_once(run_fetchbench, proxy, hostile, strategy, names, tmp_path):
    names.forget()
    hosts = ["one.invalid", "two.invalid"]
    (tmp_path / "urls").write_text("".join(f"http://{host}:{hostile.port}/ok\n" for host in hosts))
    outcome = run_fetchbench("-M", strategy, "--urls", tmp_path / "urls", "-x", f"http://gate.here:{proxy.port}", "-n", 8,
                             "-c", 4, env=names.environment)
    assert names.asked("gate.here") == 1
    assert [names.asked(host) for host in hosts] == [0, 0]
    assert outcome.run(strategy)["requests"]["completed"] == 8
