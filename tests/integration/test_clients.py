"""The clients of scripts/clients send what the plan says, and tell what became of it, as every strategy does."""
import base64
import os

import pytest

from conftest import ROOT, all_told
from servers import get, refusing_port

pytestmark = pytest.mark.once  # what a sanitizer could see of programs, test_exec shows

PYTHON = "/usr/bin/python3"
FOLDER = ROOT / "scripts" / "clients"
CLIENTS = {name: f"{PYTHON} {FOLDER}/{name}.py" for name in
           ("requests_loop", "threads_queue", "thread_pool", "process_pool", "run_in_executor", "aiohttp_gather")}
CLIENTS["node_fetch"] = f"node {FOLDER}/node_fetch.mjs"
CLIENTS["curl"] = f"{FOLDER}/curl.sh"


@pytest.fixture(params=CLIENTS)
def client(request):
    return request.param


@pytest.fixture(autouse=True)
def no_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def keys(targets):
    return sorted(int(t.split("key=")[1].split("&")[0]) for t in targets)


def accepted(nginx):
    """Connections that nginx has accepted so far, this one not counted."""
    return int(get(nginx.port, "/status").splitlines()[2].split()[0]) - 1


@pytest.mark.parametrize("keepalive", [True, False], ids=["keepalive", "reconnecting"])
def test_counts_and_connections_of_each_client_equal_nginx_own(run_fetchbench, nginx, token, client, keepalive):
    before = accepted(nginx)
    outcome = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 100, "-c", 10, *([] if keepalive else ["--no-keepalive"]),
                             f"{nginx.url}/get?key={{i}}&{token}")
    all_told(outcome.run("it"))
    assert keys(nginx.log.targets_once_there(token, 100)) == list(range(100))
    connections = accepted(nginx) - before - 1
    assert connections <= 20 if keepalive else connections == 100
    assert outcome.run("it")["bytes_received"] == 100 * len(get(nginx.port, "/quiet"))


def test_counts_of_each_client_equal_httpbin_own_log(run_fetchbench, httpbin, token, client):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 100, "-c", 100,
                         f"{httpbin.url}/delay/0.1?key={{i}}&{token}").run("it")
    all_told(run)
    assert keys(httpbin.log.targets_once_there(token, 100)) == list(range(100))
    assert run["latency"]["min_s"] >= 0.1
    assert (run["wall_s"] > 10) == (client == "requests_loop")


def test_each_client_sends_a_user_without_a_password_and_headers_that_repeat(run_fetchbench, hostile, client):
    latin = [] if client == "aiohttp_gather" else ["-H", os.fsdecode(b"X-Latin: caf\xe9")]  # it sends UTF-8 alone
    run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 2, "-c", 2, "-u", "me", "-H", "X-Twice: a", "-H", "X-Twice: b",
                   "-H", "accept-encoding: gzip", *latin, f"{hostile.url}/ok/{{i}}")
    assert sorted(hostile.targets()) == ["/ok/0", "/ok/1"]
    for request in hostile.requests:
        assert request.headers["authorization"] == "Basic " + base64.b64encode(b"me:").decode()
        assert request.joined["x-twice"] == "a, b"
        assert request.joined["accept-encoding"] == "gzip"
        assert not latin or request.headers["x-latin"] == "caf\xe9"


def test_each_client_sends_what_the_plan_says(run_fetchbench, hostile, client):
    run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 3, "-c", 2, "-X", "PUT", "--data", 'a="b&c', "-H", "X-Odd:x: y",
                   "-A", "nobody", "-u", "me:se:cret", f"{hostile.url}/ok/{{i}}")
    assert sorted(hostile.targets()) == ["/ok/0", "/ok/1", "/ok/2"]
    for request in hostile.requests:
        assert request.method == "PUT"
        assert request.body == b'a="b&c'
        assert request.headers["x-odd"] == "x: y"
        assert request.headers["user-agent"] == "nobody"
        assert request.headers["authorization"] == "Basic bWU6c2U6Y3JldA=="
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert request.headers.get("accept-encoding", "identity") == "identity"


def test_each_client_follows_no_redirect(run_fetchbench, endpoint, client):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 2, f"{endpoint.url}/redirect/1").run("it")
    assert run["status_codes"] == {"302": 2}


def test_each_client_names_refused_connections(run_fetchbench, client):
    with refusing_port() as port:
        run = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 3, "-c", 2, f"http://127.0.0.1:{port}/", status=3).run("it")
    assert {name: error["count"] for name, error in run["errors"].items()} == {"connection_refused": 3}
    assert run["exit"]["reason"] == "finished"


def test_each_client_keeps_to_the_timeout(run_fetchbench, hostile, client):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 2, "-c", 2, "--timeout", "300ms", f"{hostile.url}/silence",
                         status=3).run("it")
    assert {name: error["count"] for name, error in run["errors"].items()} == {"timeout": 2}


def test_each_client_speaks_tls_to_a_server_that_need_not_be_trusted(run_fetchbench, tls_server, client):
    all_told(run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 3, "-k", f"{tls_server.url}/ok").run("it"))


def test_each_client_does_not_trust_just_anyone(run_fetchbench, tls_server, client):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 3, f"{tls_server.url}/ok", status=3).run("it")
    assert {name: error["count"] for name, error in run["errors"].items()} == {"tls_verify": 3}


def test_each_client_trusts_whom_it_is_told_to(run_fetchbench, tls_server, client):
    env = {"NODE_EXTRA_CA_CERTS": tls_server.certificate}  # Node has no other way
    all_told(run_fetchbench("-M", f"it=exec:{CLIENTS[client]}", "-n", 3, "--cacert", tls_server.certificate,
                            f"{tls_server.url}/ok", env=env).run("it"))


WORKERS = [name for name in CLIENTS if name != "curl"]


@pytest.mark.parametrize("name", WORKERS)
def test_each_client_but_curl_does_the_work(run_fetchbench, endpoint, name):
    for work in ("sha256/50", "json"):
        run = run_fetchbench("-M", f"it=exec:{CLIENTS[name]}", "-n", 30, "-c", 4, "--work", work, f"{endpoint.url}/get").run("it")
        all_told(run)
        assert run["phases"]["work"]["count"] == 30
        assert run["phases"]["work"]["min_s"] > 0


@pytest.mark.parametrize("name", WORKERS)
def test_each_client_tells_of_what_is_no_json(run_fetchbench, endpoint, name):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS[name]}", "-n", 3, "--work", "json", f"{endpoint.url}/html", status=3).run("it")
    assert {error: told["count"] for error, told in run["errors"].items()} == {"work": 3}


def test_the_client_of_curl_which_does_no_work_is_refused_it(run_fetchbench, endpoint):
    run = run_fetchbench("-M", f"it=exec:{CLIENTS['curl']}", "-n", 3, "--work", "json", f"{endpoint.url}/get", status=1).run("it")
    assert "does not say that it does the work of --work" in run["exit"]["message"]
    assert run["requests"]["not_started"] == 3


@pytest.mark.release
def test_the_work_of_a_client_grows_as_it_is_told(run_fetchbench, endpoint):
    client = CLIENTS["requests_loop"]
    means = [run_fetchbench("-M", f"it=exec:{client}", "-n", 50, "--work", f"sha256/{k}", f"{endpoint.url}/bytes/100000?seed=1")
             .run("it")["phases"]["work"]["mean_s"] for k in (1, 20)]
    assert 10 < means[1] / means[0] < 40
