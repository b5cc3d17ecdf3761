"""Words that are typed: what is refused, with one sentence and status 2, and what is answered at once."""
import contextlib
import os
import pty
import re
import resource
import subprocess

import pytest

pytestmark = pytest.mark.one_thread

URL = "http://127.0.0.1:9/"


def refusal(run_fetchbench, *args, **popen):
    """Runs it, and returns the one sentence with which it refuses."""
    outcome = run_fetchbench(*args, status=2, report=False, **popen)
    assert outcome.stdout == ""
    lines = outcome.stderr.splitlines()
    assert len(lines) == 1, outcome
    assert lines[0].startswith("fetchbench: ")
    return lines[0]


@pytest.mark.parametrize("args, words", [
    (["--concurency", "5", URL], ["--concurency", "--concurrency"]),
    (["--reqests", "5", URL], ["--reqests", "--requests"]),
    (["--request", "GET", URL], ["--request", "--method"]),
    (["--threads", "2", "-M", "threads", URL], ["--threads", "threads", "-c"]),
    (["--threads", "2", "-M", "sequential,threads", URL], ["--threads", "-c"]),
    (["-q", "-f", "csv", URL], ["-q", "-f csv"]),
    (["--cacert", __file__, "https://127.0.0.1:9/"], ["--cacert", "no certificate"]),
    (["--cert", __file__, "https://127.0.0.1:9/"], ["--cert", "no certificate"]),
    (["http://127.0.0.1:9/a b"], ["%20"]),
    (["-M", "asinc", URL], ["asinc", "async"]),
    (["-M", "sequental,async", URL], ["sequental", "sequential"]),
    (["-M", "async:thread=2", URL], ["thread", "threads"]),
    (["-M", "sequential:threads=2", URL], ["sequential", "threads"]),
    (["-M", "async:threads=many", URL], ["threads", "many"]),
    (["-M", "", URL], ["mode"]),
    (["-M", "x=all", URL], ["mode all stands for several strategies", "no label", "\"x\""]),
    (["-M", "all:nosuch=1", URL], ["no strategy has an option \"nosuch\""]),
    (["-M", "all:thread=2", URL], ["did you mean threads?"]),
    (["-M", "all:work=jsn", URL], ["jsn"]),
    (["-n", "0", URL], ["-n", "1"]),
    (["-n", "-5", URL], ["-n"]),
    (["-n", "many", URL], ["-n", "many"]),
    (["-n", "99999999999999999999999", URL], ["-n"]),
    (["-n"], ["-n"]),
    (["-c", "0", URL], ["-c"]),
    (["--timeout", "soon", URL], ["--timeout", "soon"]),
    (["--timeout", "0", URL], ["--timeout"]),
    (["--rounds", "0", URL], ["--rounds"]),
    (["-f", "jsn", URL], ["jsn", "json"]),
    (["-t", "5", URL], ["--timeout", "--threads"]),
    (["-q", "500", URL], ["-q", "--rate"]),
    (["-H", "no colon here", URL], ["no colon in header 1"]),
    (["-H", "A: b", "-H", "B: c\r\nD: e", URL], ["header 2"]),
    (["-X", "GE T", URL], ["GE T"]),
    (["-X", "", URL], ["-X"]),
    (["-A", "a\nb", URL], ["-A"]),
    (["--cacert", "/nonexistent/ca.pem", "https://127.0.0.1:9/"], ["/nonexistent/ca.pem"]),
    (["-4", "-6", URL], ["-4", "-6"]),
    (["not a url"], ["not a url"]),
    (["serv"], ["there is no command \"serv\": did you mean serve?"]),
    (["server", "--listen", "127.0.0.1:0"], ["did you mean serve?"]),
    (["hlep"], ["did you mean help?"]),
    (["verison"], ["did you mean --version?"]),
    (["localhost"], ["\"localhost\" is no URL"]),
    (["service.example"], ["\"service.example\" is no URL"]),
    (["--", "serv"], ["\"serv\" is no URL"]),
    (["127.0.0.1:8080/get"], ["127.0.0.1:8080/get", "http://"]),
    (["ftp://127.0.0.1/"], ["ftp"]),
    (["http://"], ["http://"]),
    (["http://127.0.0.1:99999/"], ["99999"]),
    (["http://127.0.0.1/{nosuch}"], ["{nosuch}"]),
    (["http://127.0.0.1/{i"], ["{"]),
    ([URL, "http://127.0.0.1:10/"], ["http://127.0.0.1:10/"]),
], ids=lambda value: " ".join(value) if isinstance(value, list) else str(value))
def test_bad_input_is_refused_in_one_sentence(run_fetchbench, args, words):
    sentence = refusal(run_fetchbench, *args)
    for word in words:
        assert word in sentence


@pytest.mark.parametrize("mode", ["threads", "async"])
def test_concurrency_beyond_the_descriptors_is_refused_with_the_number_that_fits(run_fetchbench, nginx, mode):
    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (600, 600))

    args = ["-M", mode, "-n", 600, f"{nginx.url}/quiet"]
    sentence = refusal(run_fetchbench, *args, "-c", 600, preexec_fn=limit)
    numbers = [int(n) for n in re.findall(r"\d+", sentence)]
    assert 600 in numbers
    fits = [n for n in numbers if 0 < n < 600]
    assert fits, sentence
    outcome = run_fetchbench(*args, "-c", max(fits), preexec_fn=limit)
    assert outcome.run(mode)["errors"] == {}


def test_the_soft_limit_on_descriptors_is_raised_by_itself(run_fetchbench, nginx):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < 4096:
        pytest.skip(f"the hard limit is {hard}")
    outcome = run_fetchbench("-M", "async", "-n", 500, "-c", 500, f"{nginx.url}/quiet",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)))
    assert outcome.run("async")["requests"]["completed"] == 500


def test_help_names_every_option(run_fetchbench):
    text = run_fetchbench("--help", report=False).stdout
    assert max(map(len, text.splitlines())) < 80
    for option in ("--requests", "--concurrency", "--mode", "--method", "--header", "--data", "--user", "--user-agent",
                   "--timeout", "--connect-timeout", "--insecure", "--cacert", "--ipv4", "--ipv6", "--no-keepalive",
                   "--keep-going", "--max-errors", "--rounds", "--seed", "--threads", "--pin", "--warmup", "--quiet",
                   "--list", "--dry-run", "--help", "--version", "-n", "-c", "-M", "-X", "-H", "-u", "-A", "-k", "-4", "-6",
                   "-w", "-o", "-f", "-q", "-m"):
        assert re.search(rf"(?<![\w-]){option}\b", text), option


def test_a_file_that_exists_is_no_mistyped_command(run_fetchbench, tmp_path):
    (tmp_path / "serv").touch()
    assert "is no URL" in refusal(run_fetchbench, "serv")


def test_version_is_one_line(run_fetchbench):
    out = run_fetchbench("--version", report=False).stdout
    assert re.match(r"fetchbench \d+\.\d+\.\d+", out)


def test_list_shows_every_strategy_with_its_options(run_fetchbench):
    out = run_fetchbench("--list", report=False).stdout
    for word in ("sequential", "threads", "async", "threads="):
        assert word in out


def test_dry_run_shows_the_resolved_plan_and_fires_nothing(run_fetchbench, hostile, tmp_path):
    out = run_fetchbench("--dry-run", "-M", "sequential,two=async:threads=2", "-n", "1k", f"{hostile.url}/ok?key={{i}}",
                         report=False).stdout
    for word in ("sequential", "two", "1000", "GET", f"{hostile.url}/ok"):
        assert word in out
    assert hostile.accepted == 0
    assert not list(tmp_path.glob("*.json"))


def test_counts_take_suffixes(run_fetchbench, nginx):
    assert run_fetchbench("-n", "1k", f"{nginx.url}/quiet").run("async")["requests"]["completed"] == 1000


def test_all_is_every_strategy_that_can_run_here(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "all", "-n", 5, f"{nginx.url}/quiet")
    assert {"sequential", "threads", "async"} <= {r["strategy"] for r in outcome.runs}


@pytest.mark.once
@pytest.mark.parametrize("option, left_out", [
    ("--location", "raw (cannot follow redirects: --location)"),
    ("--http2", "raw (cannot speak HTTP/2: --http2)"),
    ("-HTransfer-Encoding: chunked", "raw (cannot send a body in chunks: --header Transfer-Encoding)"),
    ("-Hexpect: 100-continue", "raw (cannot wait for leave to send a body: --header Expect)"),
    ("--spin", "sequential, threads, executor, processes (cannot wait without sleeping: --spin)"),
])
def test_all_leaves_out_what_cannot_do_what_is_asked_and_says_so(run_fetchbench, option, left_out):
    words = [option, *(["-R", 5] if option == "--spin" else []), "--dry-run"]
    every = set(re.findall(r"^strategy +(\S+):", run_fetchbench("-M", "all", "--dry-run", report=False).stdout, re.MULTILINE))
    outcome = run_fetchbench("-M", "all", *words, report=False)
    assert set(re.findall(r"^strategy +(\S+):", outcome.stdout, re.MULTILINE)) == every - set(re.split(" [(]|, ", left_out))
    assert outcome.stderr == f"fetchbench: mode all leaves out {left_out}\n"


def test_what_is_named_beside_all_is_refused_as_ever(refused):
    refused("mode raw cannot follow redirects", "-M", "all,again=raw", "--location", "--dry-run")
    refused('no strategy that can do what is asked has an option "backend"', "-M", "all:backend=epoll", "--location")


def test_dry_run_counts_what_sends_the_requests(run_fetchbench):
    shown = run_fetchbench("--mode", "threads,processes,exec:true", "-c", 7, "--dry-run", report=False).stdout
    assert "7 in flight, 7 threads" in shown and "7 in flight, 7 processes" in shown
    assert re.search("exec, 7 in flight, command=true", shown)


def test_an_executor_that_has_fewer_in_flight_than_the_others_says_so(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "executor,more=executor:threads=2000", "-n", 2000, "-c", 2000, f"{nginx.url}/quiet")
    note = "requests in flight, one per thread of its pool; executor:threads=2000 would have as many as -c allows"
    assert note in outcome.run("executor")["notes"][0] and outcome.run("more")["notes"] == []


def test_options_may_follow_the_url(run_fetchbench, nginx):
    assert run_fetchbench(f"{nginx.url}/quiet", "-n", 3, "--mode=sequential").run("sequential")["requests"]["completed"] == 3


@pytest.mark.parametrize("words", [["http://me:hidden99@127.0.0.1:99999/"], ["me:hidden99@127.0.0.1/x"],
                                   ["http://a/", "http://me:hidden99@b/"], ["-H", "X-Api-Key hidden99", "http://a/"]])
def test_a_refusal_does_not_show_a_secret(run_fetchbench, words):
    outcome = run_fetchbench(*words, report=False, status=2)
    assert "hidden99" not in outcome.said


def test_all_is_one_mode_among_others(run_fetchbench):
    shown = run_fetchbench("--mode", "all,again=async", "--dry-run", report=False).stdout
    labels = re.findall(r"^strategy +(\S+):", shown, re.MULTILINE)
    assert labels[-1] == "again" and {"sequential", "threads", "async"} <= set(labels)


def test_options_of_all_go_to_the_strategies_that_have_them(run_fetchbench):
    shown = run_fetchbench("--mode", "all:work=json:threads=2", "--dry-run", report=False).stdout
    entries = re.findall(r"^strategy +(\S+):.*", shown, re.MULTILINE)
    lines = dict(re.findall(r"^strategy +(\S+): (.*)", shown, re.MULTILINE))
    assert len(entries) == len(lines) and all("work=json" in line for line in lines.values())
    assert {name for name, line in lines.items() if "threads=2" in line} == {"async", "executor", "raw"}


@pytest.mark.parametrize("term, escapes", [("xterm", True), ("dumb", False), ("", False), (None, False)])
def test_a_terminal_that_obeys_no_escapes_is_sent_none(fetchbench, endpoint, tmp_path, term, escapes):
    shown, terminal = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in ("TERM", "NO_COLOR")}
    subprocess.run([fetchbench, "-n", "30", "-M", "sequential", "-o", tmp_path / "r.json", f"{endpoint.url}/delay/20ms"],
                   stdout=terminal, stderr=terminal, env=env | ({} if term is None else {"TERM": term}), check=True, timeout=60)
    os.close(terminal)
    said = b""
    with contextlib.suppress(OSError):  # what a terminal reads at its end
        while more := os.read(shown, 65536):
            said += more
    os.close(shown)
    assert (b"\x1b[" in said) == escapes


def test_a_long_sentence_is_wrapped_on_a_terminal_alone(fetchbench, tmp_path):
    words = [fetchbench, "--baseline", "old.json", "--fail-on-regression", "5%", "--rounds", "3", "http://127.0.0.1:9/"]
    shown, terminal = pty.openpty()
    subprocess.run(words, stdout=terminal, stderr=terminal, cwd=tmp_path, timeout=60)
    os.close(terminal)
    said = os.read(shown, 65536).decode().splitlines()
    os.close(shown)
    plain = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=60).stderr.splitlines()
    assert len(plain) == 1 and len(plain[0]) > 80
    assert len(said) > 1 and all(len(line) < 80 for line in said)
    assert " ".join(line.strip() for line in said) == plain[0]
