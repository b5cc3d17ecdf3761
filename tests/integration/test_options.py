"""What options promise, seen from the server."""
import base64
import socket

import pytest


def sent(run_fetchbench, hostile, strategy, *args, n=3, path="ok"):
    outcome = run_fetchbench("-M", strategy, "-n", n, "-c", 2, *args, f"{hostile.url}/{path}")
    assert len(hostile.requests) == n
    return outcome, hostile.requests


def test_headers_reach_the_server(run_fetchbench, hostile, strategy):
    _, requests = sent(run_fetchbench, hostile, strategy, "-H", "X-One: 1", "-H", "X-Two: zwei", "-H", "Host: other.example")
    for r in requests:
        assert (r.headers["x-one"], r.headers["x-two"], r.headers["host"]) == ("1", "zwei", "other.example")


@pytest.mark.parametrize("spelling", ["-X", "-m", "--method"])
def test_the_method_reaches_the_server(run_fetchbench, hostile, spelling):
    _, requests = sent(run_fetchbench, hostile, "async", spelling, "DELETE")
    assert {r.method for r in requests} == {"DELETE"}


def test_head_has_no_body_to_wait_for(run_fetchbench, hostile, strategy):
    hostile.body = b""
    outcome, requests = sent(run_fetchbench, hostile, strategy, "-X", "HEAD")
    assert {r.method for r in requests} == {"HEAD"}
    assert outcome.run(strategy)["errors"] == {}


def test_data_is_posted(run_fetchbench, hostile, strategy):
    outcome, requests = sent(run_fetchbench, hostile, strategy, "--data", "a=1&b=2")
    assert {(r.method, r.body) for r in requests} == {("POST", b"a=1&b=2")}
    assert outcome.report["plan"]["method"] == "POST"


def test_data_goes_with_another_method_too(run_fetchbench, hostile, strategy):
    _, requests = sent(run_fetchbench, hostile, strategy, "-X", "PUT", "-H", "Content-Type: application/json", "--data", "{}")
    assert {(r.method, r.body, r.headers["content-type"]) for r in requests} == {("PUT", b"{}", "application/json")}


def test_large_data_is_sent_whole(run_fetchbench, hostile, strategy):
    data = "x" * 100000
    _, requests = sent(run_fetchbench, hostile, strategy, "--data", data)
    assert {len(r.body) for r in requests} == {100000}


def test_user_and_password_are_sent_as_basic(run_fetchbench, hostile, strategy):
    _, requests = sent(run_fetchbench, hostile, strategy, "-u", "alice:open sesame")
    expected = "Basic " + base64.b64encode(b"alice:open sesame").decode()
    assert {r.headers["authorization"] for r in requests} == {expected}


def test_user_and_password_in_the_url_are_sent_as_basic(run_fetchbench, hostile, strategy):
    run_fetchbench("-M", strategy, "-n", 2, f"http://bob:hush@127.0.0.1:{hostile.port}/ok")
    expected = "Basic " + base64.b64encode(b"bob:hush").decode()
    assert {r.headers["authorization"] for r in hostile.requests} == {expected}


def test_the_user_agent_is_ours_or_the_one_given(run_fetchbench, hostile):
    _, requests = sent(run_fetchbench, hostile, "async")
    assert all(r.headers["user-agent"].startswith("fetchbench/") for r in requests)
    hostile.requests.clear()
    _, requests = sent(run_fetchbench, hostile, "async", "-A", "Something/1.0")
    assert {r.headers["user-agent"] for r in requests} == {"Something/1.0"}


def test_all_strategies_send_the_same_request(run_fetchbench, hostile):
    run_fetchbench("-M", "sequential,threads,async", "-n", 5, "-H", "X-A: b", f"{hostile.url}/ok")
    heads = {(r.method, r.version, tuple(sorted(r.headers.items()))) for r in hostile.requests}
    assert len(heads) == 1


def test_without_keepalive_every_request_has_its_own_connection(run_fetchbench, hostile, strategy):
    outcome, _ = sent(run_fetchbench, hostile, strategy, "--no-keepalive", n=20)
    client = outcome.run(strategy)["client"]
    assert hostile.accepted == 20
    assert (client["connections_opened"], client["connections_reused"]) == (20, 0)
    assert outcome.run(strategy)["phases"]["connect"]["count"] == 20
    assert outcome.report["plan"]["keepalive"] is False


@pytest.mark.parametrize("mode, concurrency", [("sequential", 1), ("threads", 4), ("async", 4)])
def test_with_keepalive_connections_are_at_most_the_concurrency(run_fetchbench, hostile, mode, concurrency):
    run = run_fetchbench("-M", mode, "-n", 40, "-c", 4, f"{hostile.url}/ok").run(mode)
    assert 1 <= hostile.accepted <= concurrency
    assert run["client"]["connections_opened"] == hostile.accepted
    assert run["client"]["connections_reused"] == 40 - hostile.accepted
    assert run["phases"]["connect"]["count"] == hostile.accepted


def test_urls_count_from_zero(run_fetchbench, hostile, strategy):
    run_fetchbench("-M", strategy, "-n", 25, "-c", 5, f"{hostile.url}/ok?key={{i}}&again={{i}}")
    assert sorted(hostile.targets()) == sorted(f"/ok?key={i}&again={i}" for i in range(25))


def test_sequential_sends_in_order(run_fetchbench, hostile):
    run_fetchbench("-M", "sequential", "-n", 25, f"{hostile.url}/ok?key={{i}}")
    assert hostile.targets() == [f"/ok?key={i}" for i in range(25)]


def test_warmup_requests_come_before_and_are_not_counted(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-n", 10, "-c", 2, "-w", 6, f"{hostile.url}/ok")
    assert len(hostile.requests) == 16
    assert outcome.run(strategy)["requests"]["completed"] == 10
    assert outcome.run(strategy)["latency"]["count"] == 10
    assert outcome.report["plan"]["warmup_requests"] == 6


@pytest.mark.parametrize("spelling", [["-M", "async:threads=2"], ["-M", "async", "--threads", "2"]])
def test_async_can_run_several_loops(run_fetchbench, nginx, spelling):
    run = run_fetchbench(*spelling, "-n", 400, "-c", 20, f"{nginx.url}/quiet").run("async")
    assert run["requests"]["completed"] == 400
    assert run["threads"] == 2
    assert run["client"]["threads"] >= 2


def test_threads_makes_a_thread_for_each_in_flight(run_fetchbench, nginx):
    run = run_fetchbench("-M", "threads", "-n", 400, "-c", 37, f"{nginx.url}/quiet").run("threads")
    assert run["threads"] == 37
    assert run["client"]["threads"] >= 37


def test_pinning_is_accepted(run_fetchbench, nginx, strategy):
    assert run_fetchbench("-M", strategy, "--pin", "0", "-n", 20, f"{nginx.url}/quiet").run(strategy)


def test_only_ipv6_cannot_reach_an_ipv4_address(run_fetchbench, hostile):
    outcome = run_fetchbench("-6", "-n", 3, f"{hostile.url}/ok", status=None)
    assert outcome.status in (2, 3)
    assert hostile.accepted == 0


def test_only_ipv4_reaches_localhost(run_fetchbench, hostile):
    try:
        socket.getaddrinfo("localhost", None, socket.AF_INET)
    except OSError:
        pytest.skip("localhost is no known name here")
    run_fetchbench("-4", "-n", 3, f"http://localhost:{hostile.port}/ok")


def test_redirects_and_errors_are_answers_like_others(run_fetchbench, hostile):
    assert run_fetchbench("-n", 3, f"{hostile.url}/status/404").run("async")["status_codes"] == {"404": 3}
