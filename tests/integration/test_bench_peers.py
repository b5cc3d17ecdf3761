"""scripts/bench_peers.py: what it reads of other load testers, what it makes of figures, and a short run of its own."""
import argparse
import copy
import json
import os
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

pytestmark = pytest.mark.once

SCRIPTS = ROOT / "scripts"
sys.path.insert(0, str(SCRIPTS))

import bench_peers  # noqa: E402
import peer_report  # noqa: E402
import pinned  # noqa: E402
from peer_tools import TOOLS, Load, Told, fetchbench  # noqa: E402

WRK = """Running 1s test @ http://127.0.0.1:35327/get
  1 threads and 10 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     3.26ms    5.95ms  43.64ms   87.30%
    Req/Sec    24.04k    12.23k   47.05k    70.00%
  Latency Distribution
     50%   64.00us
     75%    4.45ms
     90%   10.70ms
     99%   27.47ms
  24748 requests in 1.03s, 6.42MB read
"""
WRK_ERRORS = """  Socket errors: connect 1, read 20, write 300, timeout 4000
  Non-2xx or 3xx responses: 50000
"""
AB = "Concurrency Level:      10\nTime taken for tests:   0.082 seconds\nComplete requests:      5000\nFailed requests:        3\n"
AB_CSV = "Percentage served,Time in ms\n0,0.032\n98,2.752\n99,4.216\n100,36.117\n"
H2LOAD = """finished in 183.99ms, 27175.69 req/s, 7.05MB/s
requests: 5000 total, 5000 started, 5000 done, 4990 succeeded, 10 failed, 0 errored, 0 timeout
status codes: 4990 2xx, 0 3xx, 10 4xx, 0 5xx
"""
HEY = """Latency distribution:
  95% in 0.0006 secs
  99% in 0.0032 secs

Status code distribution:
  [200]\t4900 responses
  [404]\t90 responses

Error distribution:
  [10]\tGet "http://127.0.0.1:1/": EOF
"""
AUTOCANNON = {"2xx": 5000, "non2xx": 2, "errors": 1, "latency": {"p99": 4}}
PYTHON = '{"ready": 1, "work": null}\n' + "".join(
    json.dumps({"index": i, "start_s": 1.0, "end_s": 1.0 + i / 100, "status": 200}) + "\n" for i in range(100)
) + '{"index": 100, "start_s": 1, "end_s": 9, "error": "timeout", "message": ""}\n'


def read(name, out, folder):
    tool = next(tool for tool in TOOLS if tool.name == name)
    return tool.read(out, Load("http://127.0.0.1:1/get", 10, 5000, folder))


@pytest.mark.parametrize("name, out, told", [
    ("wrk", WRK, Told(24748, 0, 0.02747)),
    ("wrk", WRK + WRK_ERRORS, Told(24748, 54321, 0.02747)),
    ("ab", AB, Told(5000, 3, 0.004216)),
    ("h2load", H2LOAD, Told(4990, 10)),
    ("hey", HEY, Told(4990, 10, 0.0032)),
    ("hey", "Status code distribution:\n  [200]\t2 responses\n", Told(2)),
    ("autocannon", json.dumps(AUTOCANNON), Told(5000, 3, 0.004)),
    ("aiohttp", PYTHON, Told(100, 1, 0.98)),
], ids=["wrk", "wrk with errors", "ab", "h2load", "hey", "hey of few requests", "autocannon", "python"])
def test_what_each_tool_says_is_read(tmp_path, name, out, told):
    (tmp_path / "percentiles.csv").write_text(AB_CSV)
    found = read(name, out, tmp_path)
    assert (found.requests, found.failed) == (told.requests, told.failed)
    assert found.p99_s == pytest.approx(told.p99_s)


def test_what_fetchbench_says_is_read(tmp_path):
    report = {"runs": [{"requests": {"total": 10, "completed": 8}, "latency": {"percentiles_s": {"99": 0.25}}}]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    tool = fetchbench(tmp_path, "async")
    assert tool.read("", Load("", 1, 1, tmp_path)) == Told(8, 2, 0.25)


def one_round(number, cpu_us, **rest):
    return {"round": number, "requests": 1000, "failed": 0, "served": 1000, "opened": 100, "cpu_us": cpu_us,
            "requests_per_s": 1e6 / cpu_us, "rss_bytes": 5 << 20, "pss_bytes": 4 << 20, "processes": 1, "p99_s": 0.001,
            "wall_s": 3, "io_uring": True, **rest}


def client(name, cpu_us, **rest):
    return {"name": name, "unit": "requests", "amount": 1000, "why": None,
            "rounds": [one_round(number, value, **rest) for number, value in enumerate(cpu_us)]}


@pytest.fixture
def document():
    """Five rounds in which everything became slower by and by: only the rounds' own ratios are steady."""
    drift = [5, 6, 7, 8, 9]
    scenario = {"connections": 100, "secure": False, "seconds": 3, "requests": None, "clients": [
        client("wrk", drift, opened=101), client("fetchbench raw:backend=uring", [0.5 * value for value in drift]),
        {"name": "requests", "unit": "requests", "amount": None, "rounds": [], "why": "it sends one request after another"}]}
    return {"machine": {"kernel": "6.1", "processors": 2, "cpu_model": "a model"}, "rounds": 5, "scenarios": [scenario],
            "versions": {"wrk": "4.1.0"}, "absent": {"hey": "apt-get install hey"}}


def rows(document):
    return {line.split(" | ")[1].strip(): line for line in peer_report.table(document).splitlines()[2:]}


def test_the_table_has_ratios_by_round_and_says_what_cannot_be_measured(document):
    found = rows(document)
    assert list(found) == ["fetchbench raw:backend=uring", "wrk", "requests"]
    assert "| 3.50 | 0.50 (0.50-0.50) | 285,714 | 2.00 | 5.0 MiB | 1.00 | 4.0 MiB | 1.00 | 1 ms |  |" in found["fetchbench raw:backend=uring"]
    assert "| 7.00 | 1.00 |" in found["wrk"]
    assert "cannot: it sends one request after another" in found["requests"]
    assert "Not measured: hey (apt-get install hey)." in peer_report.page(document)


@pytest.mark.parametrize("what, words", [
    ({"served": 1101}, "**its count is off**: nginx served 101 more"),
    ({"served": 899}, "**its count is off**: nginx served 101 fewer"),
    ({"served": 1100}, ""),
    ({"opened": 218}, "opened 218 connections"),
    ({"failed": 7}, "up to 7 failed in a run"),
])
def test_figures_that_are_not_what_they_seem_are_marked(document, what, words):
    document["scenarios"][0]["clients"][0]["rounds"][3].update(what)
    assert rows(document)["wrk"].endswith(f"| {words} |")


def test_memory_that_was_not_seen_is_not_told_and_meets_no_goal(document):
    for r in document["scenarios"][0]["clients"][1]["rounds"]:
        r["pss_bytes"] = None
    assert "| 5.0 MiB | 1.00 | - | - |" in rows(document)["fetchbench raw:backend=uring"]
    unseen = with_share(document, "pss_bytes", 0.1)
    for scenario in unseen["scenarios"]:
        scenario["clients"][0]["rounds"] = [{**r, "pss_bytes": None} for r in scenario["clients"][0]["rounds"]]
    assert [met for goal, (_, met) in zip(peer_report.GOALS, peer_report.judged(unseen))] == [
        goal.metric != "pss_bytes" for goal in peer_report.GOALS]


def test_runs_much_shorter_than_they_should_be_are_marked(document):
    for r in document["scenarios"][0]["clients"][0]["rounds"]:
        r["wall_s"] = 0.9
    assert rows(document)["wrk"].endswith("| runs of only 900 ms |")


def test_a_run_is_sized_by_what_the_client_did_not_by_what_others_did():
    assert bench_peers.took_s({"wall_s": 3, "cpu_user_s": 0.5, "cpu_system_s": 1.5}) == 3
    assert bench_peers.took_s({"wall_s": 30, "cpu_user_s": 0.5, "cpu_system_s": 1.5}) == 6


def with_share(document, metric, share):
    """Every goal's scenario, with raw taking that share of what wrk takes."""
    taken = {each: 10 * share if each == metric else 1 for each in ("cpu_us", "rss_bytes", "pss_bytes")}
    document["scenarios"] = [
        {"connections": connections, "secure": secure, "seconds": 3, "requests": requests, "clients": [
            client("wrk", [10] * 5, rss_bytes=10, pss_bytes=10),
            *(client(f"fetchbench {mode}", [taken["cpu_us"]] * 5, rss_bytes=taken["rss_bytes"], pss_bytes=taken["pss_bytes"])
              for mode in (peer_report.URING, peer_report.EPOLL))]}
        for connections, secure, requests in {goal.scenario for goal in peer_report.GOALS}]
    return document


@pytest.mark.parametrize("goal", peer_report.GOALS, ids=lambda goal: goal.words)
def test_a_goal_is_met_up_to_its_share_and_missed_beyond(document, goal):
    place = peer_report.GOALS.index(goal)
    for share, met in ((goal.share - 0.001, True), (goal.share + 0.001, False)):
        line, found = peer_report.judged(with_share(copy.deepcopy(document), goal.metric, share))[place]
        assert found is met, line
        assert line.startswith(f"{goal.words}, of wrk's: {share:.3f} ({share:.3f}-{share:.3f}), goal {goal.share:.2f} ")


def test_a_goal_that_could_not_be_measured_is_not_met_and_says_why(document):
    document["absent"] = {"fetchbench raw:backend=epoll": "not among its strategies"}
    document["scenarios"][0]["clients"][1].update(rounds=[], why="io_uring is forbidden")
    first, second = peer_report.judged(document)[:2]
    assert first == (f"{peer_report.GOALS[0].words}: not measured (fetchbench raw:backend=uring: io_uring is forbidden)", False)
    for r in document["scenarios"][0]["clients"][0]["rounds"]:
        r["io_uring"] = False  # which is nothing to wrk
    assert second == (f"{peer_report.GOALS[1].words}: not measured (fetchbench raw:backend=epoll: not among its strategies)", False)


def spent(fetchbench, *command, **options):
    return pinned.run(os.path.dirname(fetchbench), command, min(os.sched_getaffinity(0)), **options)


def test_memory_is_the_programs_own_however_large_whoever_started_it(fetchbench):
    assert pinned.pss_bytes(os.getpid()) > 20 << 20
    assert spent(fetchbench, "true").rss_bytes < 8 << 20


HOLD = "import os, subprocess, sys; kept = b'x' * (40 << 20); "
WAIT = "print('held', flush=True); sys.stdin.read()"


@pytest.mark.parametrize("words, least_mib, most_mib", [
    (f"subprocess.run([sys.executable, '-c', {HOLD + WAIT!r}])", 80, 160),
    (f"exec({WAIT!r}) if os.fork() == 0 else os.wait()", 40, 80),
], ids=["each of its own", "shared"])
def test_the_memory_of_all_processes_is_added_up_and_what_they_share_counted_once(words, least_mib, most_mib):
    with subprocess.Popen(["sh", "-c", '"$@"; true', "sh", sys.executable, "-c", HOLD + words], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as starter:
        assert starter.stdout.readline() == b"held\n"
        seen = pinned.Seen()
        seen.look(starter.pid)
        starter.stdin.close()
    assert len(seen.processes) == 2
    assert least_mib << 20 < seen.pss_bytes < most_mib << 20


def test_both_peaks_of_a_client_are_told(fetchbench):
    took = spent(fetchbench, sys.executable, "-c", f"{HOLD}sum(range(10 ** 7))")  # which takes many looks
    assert took.processes == 1
    assert all(40 << 20 < peak < 80 << 20 for peak in (took.rss_bytes, took.pss_bytes))


def test_a_client_that_fails_or_hangs_is_told_and_ended(fetchbench):
    before = pinned.children(os.getpid())
    with pytest.raises(pinned.Failed, match="sh ended with status 3: no such luck"):
        spent(fetchbench, "sh", "-c", "echo 'sh: no such luck' >&2; exit 3")
    with pytest.raises(pinned.Failed, match="was ended by SIGTERM"):
        spent(fetchbench, "sh", "-c", "kill $$")
    with pytest.raises(pinned.Failed, match="had not ended after 0 s"):
        spent(fetchbench, "sh", "-c", "sleep 1000 & wait", timeout_s=0.2)
    assert pinned.children(os.getpid()) == before


def test_a_strategy_that_did_not_use_io_uring_as_it_should_meets_no_goal(document):
    document["scenarios"][0]["clients"][1]["rounds"][2]["io_uring"] = False
    assert rows(document)["fetchbench raw:backend=uring"].endswith("| **ran without io_uring** |")
    line, met = peer_report.judged(document)[0]
    assert (line, met) == (f"{peer_report.GOALS[0].words}: not measured (fetchbench raw:backend=uring ran without io_uring)", False)


def test_rings_of_io_uring_are_seen(fetchbench):
    bare = os.path.join(os.path.dirname(fetchbench), "bench", "bare_uring")
    with pinned.nginx(min(os.sched_getaffinity(0)), 1000) as server:
        try:
            assert spent(fetchbench, bare, server.url, 50000, 10).io_uring
        except pinned.Failed as failure:
            pytest.skip(str(failure))


def bench(*arguments, status=0, script="bench_peers.py"):
    done = subprocess.run([sys.executable, "-B", SCRIPTS / script, *map(str, arguments)], capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.mark.parametrize("arguments, words", [
    (["--tools", "wrk,curl"], "curl is none of wrk, ab,"),
    (["--connections", "0"], "0 is no number of at least 1"),
    (["--connections", "ten"], "ten is no number of at least 1"),
    (["--seconds", "0"], "0 is no time from 0.1 to 600 seconds"),
    (["--rounds", "-1"], "-1 is no number of at least 1"),
    (["--goals", "--tls"], "--goals come with their own connections, plain and TLS"),
    (["--tools", "none", "--strategies", "none"], "none of the clients is there"),
    (["--strategies", "guess"], "fetchbench guess: not among its strategies"),
    (["--strategies", "all"], "fetchbench all: not among its strategies"),
    (["--strategies", "async,raw:backend=foo"], 'fetchbench raw:backend=foo: raw:backend takes auto|uring|epoll, not "foo"'),
    (["--connections", "1000000"], "connections fit into"),
])
def test_wrong_arguments_are_refused_before_anything_runs(fetchbench, arguments, words):
    assert words in bench("--build", os.path.dirname(fetchbench), *arguments, status=2)


@pytest.mark.parametrize("script, missing", [
    ("bench_peers.py", "fetchbench and no bench/rusage"),
    ("bench_floor.py", "fetchbench and no bench/rusage and no bench/bare_multi"),
])
def test_a_folder_without_a_build_is_refused_in_one_line(tmp_path, script, missing):
    said = bench("--build", tmp_path, status=2, script=script)
    assert said == (f"{script[:-3]}: {tmp_path} has no {missing}: build fetchbench there with its tests, or say with --build "
                    "where it is built\n")


def test_figures_of_bench_floor_that_could_not_be_written_are_not_measured(fetchbench, tmp_path):
    said = bench("--build", os.path.dirname(fetchbench), "--json", tmp_path / "none" / "x", status=2, script="bench_floor.py")
    assert said == f"bench_floor: {tmp_path}/none/x cannot be written: there is no such folder\n"


def test_a_usual_strategy_that_cannot_run_here_is_left_out_and_one_asked_for_refused(tmp_path):
    program = tmp_path / "fetchbench"
    program.write_text("#!/bin/sh\necho 'raw  words'\n[ \"$1\" = --list ] || { echo 'fetchbench: no rings' >&2; exit 2; }\n")
    program.chmod(0o755)
    options = argparse.Namespace(build=tmp_path, strategies=["raw"], by_name=False)
    assert bench_peers.our_strategies(options) == ([], {"raw": "no rings"})
    options.by_name = True
    with pytest.raises(pinned.Failed, match="^fetchbench raw: no rings$"):
        bench_peers.our_strategies(options)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="server and client need a processor each")
def test_from_within_the_build_and_without_matplotlib_all_but_the_picture_is_made(fetchbench, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('none', name='matplotlib')\n")
    done = subprocess.run([sys.executable, "-B", SCRIPTS / "bench_peers.py", "--build", ".", "--quick", "--connections", "2",
                           "--plain", "--tools", "none", "--strategies", "async", "--output", tmp_path / "made"],
                          cwd=os.path.dirname(fetchbench), env={**os.environ, "PYTHONPATH": str(tmp_path)},
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    first = done.stderr.splitlines()[0]
    assert first.startswith("no picture will be made: ") and "has no matplotlib" in first
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path / "made")) == ["README.md", "peers.json"]
    assert json.loads((tmp_path / "made" / "peers.json").read_text())["scenarios"][0]["clients"][0]["rounds"]


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="server and client need a processor each")
def test_a_quick_run_writes_a_table_a_picture_and_figures_that_nginx_confirms(fetchbench, tmp_path):
    said = bench("--build", os.path.dirname(fetchbench), "--quick", "--connections", 5, "--tls", "--tools", "wrk",
                 "--strategies", "async", "--output", tmp_path)
    document = json.loads((tmp_path / "peers.json").read_text())
    assert [(s["connections"], s["secure"]) for s in document["scenarios"]] == [(5, True)]
    found = {c["name"]: c["rounds"] for c in document["scenarios"][0]["clients"]}
    assert {name: len(rounds) for name, rounds in found.items()} == {"wrk": 1, "fetchbench async": 1}
    for (r,) in found.values():
        assert 0 <= r["served"] - r["requests"] <= 5
        assert 5 <= r["opened"] <= 6
        assert r["cpu_us"] > 0 and min(r["rss_bytes"], r["pss_bytes"]) > 1 << 20
    assert said.strip() == (tmp_path / "README.md").read_text().strip()
    assert (tmp_path / "peers.png").stat().st_size > 1000 and "<svg" in (tmp_path / "peers.svg").read_text()
