"""URLs that vary: places in braces, lists, several hosts; judged by what the servers recorded."""
import collections
import contextlib
import re
import resource
import subprocess
import uuid

import pytest

from servers import Hostile
from test_command_line import refusal

ALL = "sequential,threads,async"


@pytest.fixture
def other_hostile():
    server = Hostile()
    yield server
    server.close()


@pytest.fixture
def write_list(tmp_path):
    """write_list(line, ...): a file of those lines; returns its path."""

    def write(*lines, text=None):
        path = tmp_path / "urls.txt"
        path.write_bytes(text if text is not None else "".join(f"{line}\n" for line in lines).encode())
        return path

    return write


def test_every_strategy_and_round_sends_the_same_set(run_fetchbench, nginx):
    token = f"t={uuid.uuid4().hex}"
    url = f"{nginx.url}/get?i={{i}}&u={{uuid}}&r={{random:1-1000000}}&s={{random:-5-5}}&{token}"
    run_fetchbench("-M", ALL, "--rounds", 2, "-n", 60, "-c", 8, url)
    sent = collections.Counter(nginx.log.targets_once_there(token, 360))
    assert sorted(int(t.split("i=")[1].split("&")[0]) for t in sent) == list(range(60))
    assert set(sent.values()) == {6}
    for target in sent:
        assert str(uuid.UUID(target.split("u=")[1].split("&")[0])) in target
        assert uuid.UUID(target.split("u=")[1].split("&")[0]).version == 4
        assert 1 <= int(target.split("r=")[1].split("&")[0]) <= 1000000
        assert -5 <= int(target.split("s=")[1].split("&")[0]) <= 5


def test_the_set_is_the_same_when_loops_share_it(run_fetchbench, nginx):
    token = f"t={uuid.uuid4().hex}"
    run_fetchbench("-M", "async:threads=2,threads", "-n", 100, "-c", 10, f"{nginx.url}/get?u={{uuid}}&{token}")
    assert set(collections.Counter(nginx.log.targets_once_there(token, 200)).values()) == {2}


def test_a_seed_repeats_its_requests_and_another_sends_others(run_fetchbench, hostile):
    def sent(*args):
        hostile.requests.clear()
        outcome = run_fetchbench("-M", "sequential", "-n", 20, *args, f"{hostile.url}/ok?{{uuid}}&{{random:1-1000000}}")
        return outcome.report["seed"], hostile.targets()

    assert sent() == sent("--seed", 1)
    assert sent("--seed", 7) == sent("--seed", 7)
    assert not set(sent()[1]) & set(sent("--seed", 7)[1])


def test_a_warm_up_sends_the_first_of_the_same_requests(run_fetchbench, hostile):
    run_fetchbench("-M", "sequential", "-n", 10, "-w", 4, f"{hostile.url}/ok?{{uuid}}")
    assert hostile.targets()[:4] == hostile.targets()[4:8]


def test_a_list_is_sent_in_turn(run_fetchbench, hostile, write_list):
    path = write_list(f"{hostile.url}/ok?a", f"{hostile.url}/ok?b={{i}}", f"{hostile.url}/ok?c")
    outcome = run_fetchbench("-M", "sequential", "-n", 7, "--urls", path)
    assert hostile.targets() == ["/ok?a", "/ok?b=1", "/ok?c", "/ok?a", "/ok?b=4", "/ok?c", "/ok?a"]
    assert outcome.report["plan"]["url"] is None
    assert outcome.report["plan"]["urls"] == {"file": str(path), "count": 3}
    assert outcome.report["target"]["hosts"] == 1
    assert outcome.report["target"]["port"] == hostile.port


def test_a_list_of_one_line_serves_every_request(run_fetchbench, hostile, write_list, strategy):
    run_fetchbench("-M", strategy, "-n", 5, "--urls", write_list(f"{hostile.url}/ok?only"))
    assert hostile.targets() == ["/ok?only"] * 5


def test_a_list_may_come_from_windows(run_fetchbench, hostile, write_list):
    text = f"\ufeff# list\r\n\r\n{hostile.url}/ok?1\r\n#{hostile.url}/ok?no\r\n{hostile.url}/ok?2".encode()
    run_fetchbench("-M", "sequential", "-n", 4, "--urls", write_list(text=text))
    assert hostile.targets() == ["/ok?1", "/ok?2"] * 2


def test_a_list_may_come_from_standard_input(fetchbench, hostile, tmp_path):
    done = subprocess.run([fetchbench, "-M", "sequential", "-n", "3", "--urls", "-", "-o", tmp_path / "r.json"], timeout=60,
                          input=f"{hostile.url}/ok?x\n{hostile.url}/ok?y\n", text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert hostile.targets() == ["/ok?x", "/ok?y", "/ok?x"]
    assert "2 URLs of standard input" in done.stdout


def test_every_strategy_sends_the_same_set_to_several_servers(run_fetchbench, nginx, httpbin, write_list):
    token = f"t={uuid.uuid4().hex}"
    path = write_list(f"{nginx.url}/get?i={{i}}&{token}", f"{httpbin.url}/get?i={{i}}&{token}",
                      f"{nginx.url}/get?u={{uuid}}&{token}")
    outcome = run_fetchbench("-M", ALL, "--rounds", 2, "-n", 30, "-c", 6, "--urls", path)
    at_nginx = collections.Counter(nginx.log.targets_once_there(token, 120))
    at_httpbin = collections.Counter(httpbin.log.targets_once_there(token, 60))
    assert (len(at_nginx), set(at_nginx.values())) == (20, {6})
    assert (len(at_httpbin), set(at_httpbin.values())) == (10, {6})
    assert {f"/get?i={i}&{token}" for i in range(1, 30, 3)} == set(at_httpbin)
    assert outcome.report["target"]["hosts"] == 2
    assert all(run["status_codes"] == {"200": 30} for run in outcome.runs)
    assert "30 GET requests per strategy to 3 URLs of" in " ".join(outcome.stdout.split())
    assert ", 2 hosts" in outcome.stdout


def test_connections_to_several_hosts_are_kept(run_fetchbench, hostile, other_hostile, write_list):
    path = write_list(f"{hostile.url}/ok?{{i}}", f"{other_hostile.url}/ok?{{i}}")
    run = run_fetchbench("-M", "sequential", "-n", 40, "--urls", path).run("sequential")
    assert (hostile.accepted, other_hostile.accepted) == (1, 1)
    assert run["client"]["connections_opened"] == 2


@pytest.mark.once
@pytest.mark.parametrize("backend", ["auto", "epoll"])
def test_raw_keeps_connections_to_more_hosts_than_a_slot_may(run_fetchbench, nginx, write_list, backend):
    port = nginx.url.rsplit(":", 1)[1]
    hosts = [f"host{i}.test:{port}" for i in range(12)]
    places = [word for host in hosts for word in ("--resolve", f"{host}:127.0.0.1")]
    urls = write_list(*(f"http://{host}/quiet" for host in hosts))
    run = run_fetchbench("-M", f"raw:backend={backend}", "--urls", urls, *places, "-n", 1200, "-c", 10).runs[0]
    assert run["requests"]["completed"] == 1200
    assert run["client"]["connections_opened"] <= 12 * 10


@pytest.mark.parametrize("mode", ["threads", "async"])
def test_descriptors_are_counted_for_every_host(run_fetchbench, write_list, mode):
    """What is said to fit the limit of descriptors does fit it, with more hosts than connections are kept."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(contextlib.closing(Hostile())) for _ in range(7)]
        path = write_list(*(f"{servers[i * 5 % 7].url}/ok?{i}" for i in range(50)))
        args = ["-M", mode, "-n", 4000, "--urls", path]
        limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (450, 450))}
        fits = re.search(r"-c (\d+) is the most", refusal(run_fetchbench, *args, "-c", 500, **limit)).group(1)
        run = run_fetchbench(*args, "-c", fits, **limit).run(mode)
        assert run["errors"] == {}
        assert run["requests"]["completed"] == 4000


def test_schemes_may_differ(run_fetchbench, hostile, tls_server, write_list, strategy):
    path = write_list(f"{hostile.url}/ok?{{i}}", f"{tls_server.url}/ok?{{i}}")
    outcome = run_fetchbench("-M", strategy, "-n", 10, "--urls", path, "--cacert", tls_server.certificate)
    assert outcome.run(strategy)["status_codes"] == {"200": 10}
    assert (len(hostile.requests), len(tls_server.requests)) == (5, 5)


@pytest.mark.parametrize("template, lines, targets", [
    ("{base}/ok?key={{line}}", ["a", "b&c", "%20"], ["/ok?key=a", "/ok?key=b&c", "/ok?key=%20"]),
    ("{base}/{{line}}?{{i}}", ["ok/x", "ok/{i}"], ["/ok/x?0", "/ok/%7Bi%7D?1"]),
    ("{{line}}?{{line}}", ["{base}/ok"], ["/ok?{base}/ok"]),
    ("http://{{line}}/ok?{{i}}", ["{host}"], ["/ok?0"]),
])
def test_a_line_stands_where_the_url_says(run_fetchbench, hostile, write_list, template, lines, targets):
    def fill(text):
        return text.replace("{base}", hostile.url).replace("{host}", f"127.0.0.1:{hostile.port}")

    path = write_list(*map(fill, lines))
    url = fill(template.replace("{{", "\0").replace("}}", "\1")).replace("\0", "{").replace("\1", "}")
    outcome = run_fetchbench("-M", "sequential", "-n", len(lines), "--urls", path, url)
    got = [t.replace("{", "%7B").replace("}", "%7D") for t in hostile.targets()]
    assert got == [fill(t) for t in targets]
    assert outcome.report["plan"]["url"] == url
    assert f"{len(lines)} line" in outcome.stdout


def test_a_host_that_does_not_resolve_fails_its_own_requests_only(run_fetchbench, hostile, write_list, strategy):
    missing = ["http://nosuch.invalid/x"] * 15  # more than would make a run give up
    path = write_list(*missing, f"{hostile.url}/ok?{{i}}", "http://nosuch.invalid/y", f"{hostile.url}/ok?{{i}}")
    run = run_fetchbench("-M", strategy, "-n", 36, "-c", 4, "--urls", path).run(strategy)
    assert run["exit"]["reason"] == "finished"
    assert (run["requests"]["completed"], run["requests"]["failed"]) == (4, 32)
    assert run["errors"]["dns"]["count"] == 32
    assert "nosuch.invalid" in run["errors"]["dns"]["example"]
    assert sorted(hostile.targets()) == sorted(f"/ok?{i}" for i in (15, 17, 33, 35))
    client = run["client"]
    assert client["connections_opened"] + client["connections_reused"] == 4


def test_when_no_host_resolves_the_run_ends_with_one_failure(run_fetchbench, write_list, strategy):
    path = write_list("http://nosuch.invalid/", "http://nosuch2.invalid/")
    run = run_fetchbench("-M", strategy, "-n", 20, "--urls", path, status=3).run(strategy)
    assert run["errors"]["dns"]["count"] == 1
    assert run["requests"]["not_started"] == 19


@pytest.mark.parametrize("lines, url, words", [
    (["http://127.0.0.1:9/", "", "127.0.0.1:9/x"], None, ["urls.txt, line 3: ", "127.0.0.1:9/x"]),
    (["http://127.0.0.1:9/{j}"], None, ["urls.txt, line 1: ", "{j}"]),
    (["# c", "http://127.0.0.1:{i}/"], None, ["urls.txt, line 2: ", "host and port"]),
    (["http://127.0.0.1:9/{line}"], None, ["urls.txt, line 1: ", "{line}"]),
    (["http://127.0.0.1:9/a b"], None, ["urls.txt, line 1: "]),
    (["a", "b c"], "http://127.0.0.1:9/{line}", ["urls.txt, line 2: "]),
    (["a"], "http://127.0.0.1:9/", ["--urls", "{line}"]),
    (["# nothing", ""], None, ["--urls", "urls.txt holds no line"]),
    ([], None, ["--urls", "urls.txt holds no line"]),
    ([f"http://127.0.0.1:9/{'x' * 9000}"], None, ["urls.txt, line 1: ", "longer"]),
    ([f"http://127.0.{i // 250}.{i % 250}:9/" for i in range(1001)], None, ["urls.txt, line 1001: ", "1000"]),
], ids=range(11))
def test_bad_lists_are_refused_in_one_sentence(run_fetchbench, write_list, lines, url, words):
    sentence = refusal(run_fetchbench, "--urls", write_list(*lines), *([url] if url else []))
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("args, words", [
    (["http://127.0.0.1:9/{line}"], ["{line}", "--urls"]),
    (["--urls", "/nonexistent/urls.txt"], ["--urls", "/nonexistent/urls.txt cannot be read: No such file"]),
    (["--urls", "/tmp"], ["/tmp cannot be read: Is a directory"]),
    (["--urls", "-"], ["standard input holds no line"]),
    (["--urls", "-", "--data-file", "-"], ["--urls", "--data-file", "standard input"]),
    (["http://127.0.0.1:9/{random:9-1}"], ["{random:9-1}", "greater"]),
    (["http://127.0.0.1:9/{random:1}"], ["{random:1}"]),
    (["http://127.0.0.1:9/{uid}"], ["{uid}", "{uuid}"]),
    (["http://{uuid}.example/"], ["host and port"]),
    (["http://127.0.0.1:{random:80-81}/"], ["host and port"]),
], ids=lambda value: " ".join(value))
def test_bad_places_and_files_are_refused_in_one_sentence(run_fetchbench, args, words):
    sentence = refusal(run_fetchbench, *args)
    for word in words:
        assert word in sentence


def test_dry_run_shows_the_list_and_the_first_urls(run_fetchbench, write_list):
    path = write_list("http://me:hidden99@127.0.0.1:9/a?{random:5-5}", "http://127.0.0.2:9/b?{i}", "http://127.0.0.3:9/")
    shown = run_fetchbench("--dry-run", "--urls", path, report=False).stdout
    assert re.search(rf"^urls +{re.escape(str(path))}, 3 URLs, 3 hosts$", shown, re.MULTILINE)
    assert re.search(r"^request 0 +http://me:\*\*\*@127.0.0.1:9/a\?5$", shown, re.MULTILINE)
    assert re.search(r"^request 1 +http://127.0.0.2:9/b\?1$", shown, re.MULTILINE)
    assert "hidden99" not in shown


def test_dry_run_shows_no_list_of_a_url_that_does_not_vary(run_fetchbench):
    assert "request 0" not in run_fetchbench("--dry-run", "http://127.0.0.1:9/", report=False).stdout


def test_a_password_in_a_list_is_sent_and_not_shown(run_fetchbench, hostile, write_list):
    path = write_list(f"http://me:hidden99@127.0.0.1:{hostile.port}/ok", f"http://me:hidden98@127.0.0.1:{hostile.port}/close")
    outcome = run_fetchbench("-M", ALL, "-n", 4, "--keep-going", "--urls", path)
    assert "hidden9" not in outcome.said + str(outcome.report)
    assert all(r.headers["authorization"].startswith("Basic ") for r in hostile.requests)
    refused = refusal(run_fetchbench, "--urls", write_list("http://me:hidden99@127.0.0.1:99999/"))
    assert "hidden99" not in refused


@pytest.mark.release
def test_a_long_list_is_in_no_strategy_s_memory(run_fetchbench, nginx, write_list):
    def memory(*args):
        return run_fetchbench("-M", "async", "-n", 200, "-c", 2, *args).run("async")["client"]["memory_bytes"]

    path = write_list(*(f"{nginx.url}/quiet?key={i}&padding={'x' * 40}" for i in range(200000)))
    assert memory("--urls", path) < memory(f"{nginx.url}/quiet?key={{i}}") + 2**20  # the list takes 20 MB


def test_credentials_of_one_line_do_not_go_with_another(run_fetchbench, hostile, other_hostile, write_list, strategy):
    path = write_list(f"http://me:hidden99@127.0.0.1:{hostile.port}/ok?with", f"{hostile.url}/ok?without", f"{other_hostile.url}/ok")
    run_fetchbench("-M", strategy, "-n", 12, "-c", 2, "--urls", path)
    for request in hostile.requests + other_hostile.requests:
        assert ("authorization" in request.headers) == request.target.endswith("?with")
