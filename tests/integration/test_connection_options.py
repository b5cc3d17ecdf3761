"""How to get to the server: each option seen from the other end, and in the report."""
import pytest

from conftest import by_libcurl

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
def test_a_malformed_resolve_is_refused(refused, hostile, entry):
    refused("--resolve takes HOST:PORT:ADDRESS", "--resolve", entry, hostile.url)


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
def test_a_malformed_connect_to_is_refused(refused, hostile, entry):
    refused("--connect-to takes HOST1:PORT1:HOST2:PORT2", "--connect-to", entry, hostile.url)


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


def test_a_unix_socket_that_is_none_is_refused(refused, hostile, tmp_path):
    refused("--unix-socket", "--unix-socket", tmp_path / "absent", hostile.url)
    (tmp_path / "file").touch()
    refused("is no socket", "--unix-socket", tmp_path / "file", hostile.url)


# Proxies

@by_libcurl
def test_a_proxy_is_asked_for_the_whole_url(run_fetchbench, proxy, hostile, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-x", proxy.url, "-n", 6, "-c", 2, f"{hostile.url}/ok?{token}")
    assert f"through {proxy.url}" in outcome.stdout
    assert proxy.asked(token, 6) == [f"GET {hostile.url}/ok?{token} HTTP/1.1"] * 6
    assert len(hostile.requests) == 6
    assert outcome.report["plan"]["proxy"] == proxy.url
    assert outcome.report["target"]["port"] == hostile.port


@by_libcurl
def test_https_goes_through_a_proxy_s_tunnel(run_fetchbench, proxy, secure, strategy, token):
    outcome = run_fetchbench("-M", strategy, "-k", "--http2", "-x", proxy.url, "-n", 6, "-c", 2,
                             f"https://127.0.0.1:{secure.tls}/{token}")
    assert {s.protocol for s in secure.seen(token, 6)} == {"HTTP/2.0"}
    assert f"CONNECT 127.0.0.1:{secure.tls} HTTP/1.1" in proxy.asked("CONNECT", 1)
    run = outcome.run(strategy)
    assert run["status_codes"] == {"200": 6}
    assert run["requests"]["retries"] == 0
    assert run["phases"]["wait"]["count"] == 6


@by_libcurl
def test_the_proxy_s_name_is_looked_up_and_not_the_target_s(run_fetchbench, proxy, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "-x", f"http://gate.here:{proxy.port}", "-n", 4, "-c", 2,
                             f"http://beyond.invalid:{hostile.port}/ok", env=names.environment)
    assert names.asked("gate.here") == 1
    assert names.asked("beyond.invalid") == 0
    assert proxy.asked("beyond.invalid", 4)
    assert outcome.report["target"]["addresses"] == ["127.0.0.1"]


@by_libcurl
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


@by_libcurl
def test_a_proxy_that_is_not_told_who_asks_answers_407(run_fetchbench, guarded_proxy, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-x", guarded_proxy.url, "-n", 3, f"{hostile.url}/ok")
    assert outcome.run(strategy)["status_codes"] == {"407": 3}
    assert hostile.requests == []


@by_libcurl
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
def test_a_proxy_that_is_none_is_refused(refused, hostile, url):
    refused("--proxy takes", "-x", url, hostile.url)


def test_a_proxy_and_a_unix_socket_are_refused(refused, secure):
    refused("--unix-socket and --proxy", "-x", "http://127.0.0.1:1", "--unix-socket", secure.socket, "http://host/")


# Names

def test_names_are_looked_up_once_before_the_clock(run_fetchbench, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "--no-keepalive", "-n", 12, "-c", 4, f"http://bench.here:{hostile.port}/ok",
                             env=names.environment)
    assert names.asked("bench.here") == 1
    assert len(hostile.requests) == hostile.accepted == 12
    assert outcome.report["plan"]["dns"] == "once"
    assert outcome.run(strategy)["phases"]["dns"] is None


@by_libcurl
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


@by_libcurl
def test_kept_connections_are_looked_up_once_each(run_fetchbench, hostile, strategy, names):
    names.forget()
    outcome = run_fetchbench("-M", strategy, "--dns", "each", "-n", 40, "-c", 4, f"http://bench.here:{hostile.port}/ok",
                             env=names.environment)
    assert names.asked("bench.here") == hostile.accepted == outcome.run(strategy)["phases"]["dns"]["count"] <= 4


@by_libcurl
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
def test_an_address_of_the_other_family_is_refused(refused, option, host, family):
    refused(f"{option} leaves no way to {host.strip('[]')}, which is an {family} address", option, f"http://{host}:1/")


def test_each_of_several_hosts_is_looked_up_once(run_fetchbench, hostile, strategy, names, tmp_path):
    names.forget()
    hosts = ["a.here", "b.here", "c.here"]
    (tmp_path / "urls").write_text("".join(f"http://{host}:{hostile.port}/ok\n" for host in hosts))
    run_fetchbench("-M", strategy, "--urls", tmp_path / "urls", "-n", 30, "-c", 5, env=names.environment)
    assert [names.asked(host) for host in hosts] == [1, 1, 1]
    assert {r.headers["host"] for r in hostile.requests} == {f"{host}:{hostile.port}" for host in hosts}


@by_libcurl
def test_several_hosts_behind_a_proxy_need_its_name_once(run_fetchbench, proxy, hostile, strategy, names, tmp_path):
    names.forget()
    hosts = ["one.invalid", "two.invalid"]
    (tmp_path / "urls").write_text("".join(f"http://{host}:{hostile.port}/ok\n" for host in hosts))
    outcome = run_fetchbench("-M", strategy, "--urls", tmp_path / "urls", "-x", f"http://gate.here:{proxy.port}", "-n", 8,
                             "-c", 4, env=names.environment)
    assert names.asked("gate.here") == 1
    assert [names.asked(host) for host in hosts] == [0, 0]
    assert outcome.run(strategy)["requests"]["completed"] == 8
