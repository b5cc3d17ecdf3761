"""Outside programs as strategies: what is measured of them, programs that are bad in every way, and their commands."""
import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess

import pytest

from conftest import ROOT, all_told, children
from servers import refusing_port, wait_until

pytestmark = pytest.mark.one_thread

PYTHON = "/usr/bin/python3"

PROLOGUE = """
import json, os, signal, subprocess, sys, time, urllib.request
URLS = open(os.environ["FETCHBENCH_URLS"]).read().splitlines()
now = time.monotonic
def ready():
    print('{"ready":1}', flush=True)
    assert sys.stdin.readline() == "go\\n"
def tell(index, start, end, **more):
    print(json.dumps({"index": index, "start_s": start, "end_s": end, "status": 200, **more}), flush=True)
def fetch(index):
    start = now()
    body = urllib.request.urlopen(URLS[index]).read()
    tell(index, start, now(), bytes=len(body))
"""


@pytest.fixture
def program(tmp_path):
    """program(text): the entry of --mode for a Python program of that text, after the prologue."""

    def make(text, label="bad", arguments=""):
        path = tmp_path / f"{label}.py"
        path.write_text(PROLOGUE + text)
        return f"{label}=exec:{PYTHON} {path}{arguments}"

    return make


# What is measured


def test_start_up_is_outside_the_clock_with_the_handshake_and_inside_without(run_fetchbench, endpoint, program):
    slow = "begun = time.process_time()\nwhile time.process_time() < begun + 0.4: pass\n"
    work = "[fetch(i) for i in range(len(URLS))]\n"
    outcome = run_fetchbench("-M", program(slow + "ready()\n" + work, "waits"), "-M", program(slow + work, "goes"), "-n", 20,
                             f"{endpoint.url}/get")
    waits, goes = outcome.run("waits"), outcome.run("goes")
    all_told(waits)
    all_told(goes)
    assert waits["setup_s"] > 0.4 and goes["wall_s"] > 0.4
    cpu = {run["label"]: run["client"]["cpu_user_s"] + run["client"]["cpu_system_s"] for run in (waits, goes)}
    assert cpu["goes"] > 0.4 and cpu["waits"] < cpu["goes"] - 0.35
    assert not any("ready" in note for note in waits["notes"])
    assert 'its start-up is inside the clock: it did not print {"ready":1}' in goes["notes"]
    assert "goes: its start-up is inside the clock" in outcome.stdout


@pytest.mark.release
def test_memory_and_processor_time_are_those_of_all_its_processes(run_fetchbench, program):
    text = """
ready()
child = ["import time", "b = bytearray(b'x') * (30 << 20)", "while time.process_time() < 0.4: pass", "time.sleep(1)"]
held = [subprocess.Popen([sys.executable, "-c", chr(10).join(child)]) for _ in range(2)]
[child.wait() for child in held]
fetch(0)
"""
    client = run_fetchbench("-M", program(text, "it"), "-n", 1).run("it")["client"]
    assert client["processes"] == 3
    assert 60 << 20 < client["memory_bytes"] < 200 << 20
    assert 0.6 < client["cpu_user_s"] + client["cpu_system_s"] < 2
    assert client["connections_opened"] is None and client["recorder_bytes"] is None


def test_samples_are_what_the_program_told(run_fetchbench, tmp_path, program):
    text = "ready()\nt = now()\nfor i in (2, 0, 1):\n  fetch(i)\n"
    run = run_fetchbench("-M", program(text, "it"), "-n", 3, "-c", 1, "--samples", tmp_path / "s.ndjson").run("it")
    samples = [json.loads(line) for line in (tmp_path / "s.ndjson").read_text().splitlines()]
    assert [s["index"] for s in samples] == [2, 0, 1]
    assert max(s["end_s"] for s in samples) == pytest.approx(run["wall_s"], abs=1e-6)
    assert all(s["end_s"] - s["start_s"] >= 0.02 and s["status"] == 200 and s["bytes"] > 0 for s in samples)
    ends = [0, *(s["end_s"] for s in samples)]
    assert run["largest_completion_gap_s"] == pytest.approx(max(b - a for a, b in zip(ends, ends[1:])), abs=1e-6)


def test_lines_may_come_in_any_order_and_are_recorded_by_their_ends(run_fetchbench, tmp_path, program):
    text = "ready()\nt = now()\ntime.sleep(0.1)\n[tell(i, t + i / 1000, t + 0.05 - i / 1000) for i in range(10)]\n"
    with refusing_port() as port:
        run = run_fetchbench("-M", program(text, "it"), "-n", 10, "-c", 10, "--samples", tmp_path / "s.csv",
                             f"http://127.0.0.1:{port}/").run("it")
    samples = list(csv.DictReader((tmp_path / "s.csv").read_text().splitlines()))
    assert [s["index"] for s in samples] == [str(i) for i in range(9, -1, -1)]
    assert run["largest_completion_gap_s"] == pytest.approx(float(samples[0]["end_s"]), abs=1e-6)
    assert (run["largest_completion_gap_at_s"], run["slices"]) == (0, [])
    assert run["notes"] == []


def test_durations_alone_are_enough(run_fetchbench, program):
    text = "ready()\nfor i in range(4):\n  urllib.request.urlopen(URLS[i]).read()\n" \
           "  print(json.dumps({'index': i, 'duration_s': 0.02, 'status': 200}))\ntime.sleep(0.2)"
    run = run_fetchbench("-M", program(text, "it"), "-n", 4).run("it")
    all_told(run)
    assert run["wall_s"] > 0.28
    assert run["latency"]["max_s"] == pytest.approx(0.02, rel=0.01)
    assert any("durations without moments" in note for note in run["notes"])


def test_what_outlasts_the_timeout_is_noted(run_fetchbench, program):
    text = "ready()\nt = now()\ntime.sleep(0.3)\n[tell(i, t, now()) for i in range(2)]\ntell(2, t, t + 0.21)"
    with refusing_port() as port:
        outcome = run_fetchbench("-M", program(text, "it"), "-n", 3, "--timeout", "200ms", f"http://127.0.0.1:{port}/")
    assert outcome.run("it")["notes"] == ["2 of its requests took longer than --timeout (200ms)"]
    assert "Times of it are the program's own word." in outcome.stdout


def test_fail_status_holds_for_programs_too(run_fetchbench, program):
    text = "ready()\nt = now()\n[tell(i, t, now(), status=500 + i) for i in range(3)]"
    with refusing_port() as port:
        run = run_fetchbench("-M", program(text, "it"), "-n", 3, "--fail-status", f"http://127.0.0.1:{port}/", status=3).run("it")
    assert run["errors"]["http_status"]["count"] == 3


def test_more_in_flight_than_allowed_is_told(run_fetchbench, program):
    text = "ready()\nt = now()\ntime.sleep(0.05)\n[tell(i, t, now()) for i in range(8)]"
    with refusing_port() as port:
        run = run_fetchbench("-M", program(text, "it"), "-n", 8, "-c", 2, f"http://127.0.0.1:{port}/").run("it")
    assert run["notes"] == ["it had 8 requests in flight at once, where 2 were allowed"]


# Work

WORK = """
import hashlib
work = os.environ.get("FETCHBENCH_WORK")
def ready_to_work(text=work):
    print(json.dumps({"ready": 1, "work": text}), flush=True)
    assert sys.stdin.readline() == "go\\n"
    open("went", "w").close()
def fetch_and_work(index):
    start = now()
    body = urllib.request.urlopen(URLS[index]).read()
    end = now()
    [hashlib.sha256(body).digest() for _ in range(int(work[7:]))]
    tell(index, start, end, bytes=len(body), work_s=now() - end)
"""


def test_work_is_told_and_what_it_took_has_a_phase_inside_the_wall_time(run_fetchbench, tmp_path, program):
    text = WORK + "assert work == 'sha256/2000', work\nready_to_work()\n[fetch_and_work(i) for i in range(5)]\ntime.sleep(0.3)"
    run = run_fetchbench("-M", program(text, "it"), "-n", 5, "-c", 1, "--work", "sha256/2k", "--samples", "s.ndjson").run("it")
    all_told(run)
    samples = [json.loads(line) for line in (tmp_path / "s.ndjson").read_text().splitlines()]
    assert run["phases"]["work"]["count"] == 5
    assert run["phases"]["work"]["max_s"] == pytest.approx(max(s["work_s"] for s in samples), rel=1e-3)
    assert run["wall_s"] == pytest.approx(max(s["end_s"] + s["work_s"] for s in samples), abs=1e-6)
    assert run["wall_s"] >= sum(s["end_s"] - s["start_s"] + s["work_s"] for s in samples)
    assert run["notes"] == []


@pytest.mark.parametrize("text", ["ready()", "ready_to_work(None)", "ready_to_work('json')", "ready_to_work('sha256/51')",
                                  "ready_to_work('sha256/50' + 99 * '0')", "tell(0, now(), now())\ntime.sleep(100)"])
def test_a_program_that_does_not_acknowledge_its_work_gets_no_word_to_go(run_fetchbench, tmp_path, program, text):
    outcome = run_fetchbench("-M", "sequential", "-M", program(WORK + text), "-n", 5, "--work", "sha256/50", status=1)
    run = outcome.run("bad")
    assert run["exit"]["message"].endswith('its program does not say that it does the work of --work: its ready line is to be '
                                           '{"ready":1,"work":"sha256/50"}')
    assert run["requests"]["not_started"] == 5
    assert not (tmp_path / "went").exists()
    all_told(outcome.run("sequential"))


def test_a_program_that_ends_before_it_is_ready_is_told_by_its_own_words(run_fetchbench, program):
    run = run_fetchbench("-M", program("sys.exit('no work here')"), "-n", 5, "--work", "json", status=1).run("bad")
    assert run["exit"]["message"].endswith("exited with status 1: no work here")


@pytest.mark.parametrize("arguments", [[], ["--work", "none"]])
def test_without_work_none_is_told(run_fetchbench, program, arguments):
    text = WORK + "assert work is None, work\nready()\nfetch(0)"
    run = run_fetchbench("-M", program(text, "it"), "-n", 1, *arguments, env={"FETCHBENCH_WORK": "json"}).run("it")
    all_told(run)
    assert run["phases"]["work"] is None


def test_work_without_its_time_lasts_until_the_programs_end(run_fetchbench, program):
    text = WORK + "ready_to_work()\n[fetch(i) for i in range(3)]\ntime.sleep(0.3)"
    run = run_fetchbench("-M", program(text, "it"), "-n", 3, "-c", 1, "--work", "json").run("it")
    all_told(run)
    assert run["wall_s"] > 0.3
    assert run["notes"] == ["it told of 3 requests without work_s, so its time is up to its program's end"]


# Programs that are bad in every way: one sentence each, and the others' results stand


def test_a_broken_program_leaves_the_others_results(run_fetchbench, program):
    outcome = run_fetchbench("-M", "sequential", "-M", program("sys.exit(3)"), "-M", "async", "-n", 5, status=1)
    assert outcome.report["complete"]
    for label in ("sequential", "async"):
        all_told(outcome.run(label))
    assert outcome.run("bad")["exit"]["reason"] == "crashed"


HALF = "ready()\n[fetch(i) for i in range(10)]\n"
GET = "[(urllib.request.urlopen(URLS[i]).read(), "
ALL = "ready()\n[fetch(i) for i in range(20)]\n"
BROKEN = {
    "killed half-way": (HALF + "os.kill(os.getpid(), signal.SIGKILL)", "killed", 9, 10, "signal 9 (Killed)"),
    "crashed half-way": (HALF + "print('bad day', file=sys.stderr)\nos.kill(os.getpid(), signal.SIGSEGV)", "crashed", 11, 10,
                         "signal 11 (Segmentation fault): bad day"),
    "printing nothing": ("ready()", "crashed", None, 0, "ended without telling of any request"),
    "silent from the start": ("pass", "crashed", None, 0, "ended without telling of any request"),
    "never ending": (HALF + "time.sleep(100)", "killed", 9, 10, "still running after --run-timeout (2.00s) and was killed"),
    "never ready": ("time.sleep(100)", "killed", 9, 0,
                    "had never said that it was ready (was that line flushed?) and was killed"),
    "printing without end": ("ready()\nwhile True: print('x' * (8 << 20), flush=True); time.sleep(0.01)", "killed", 9, 0,
                             "its program printed more than 64 MiB and was killed"),
    "complaining without end": ("while True: print('x' * (8 << 20), file=sys.stderr, flush=True); time.sleep(0.01)", "killed", 9,
                                0, "its program printed more than 64 MiB and was killed: xxxx"),
    "exiting with a status": (ALL + "print('x', file=sys.stderr)\nsys.exit('I am\\n\\nundone\\n')", "crashed", None, 20,
                              "exited with status 1: undone"),
    "telling too few": ("ready()\n[fetch(i) for i in range(20) if i != 7]", "crashed", None, 19, "told of 19 of 20 requests"),
    "lying about the past": ("ready()\n[tell(i, now() - 9, now() - 8) for i in range(20)]", "crashed", None, 0,
                             "20 of its samples lie outside the run (the first, of request 0, from -"),
    "lying about the future": (HALF + "[tell(i, now(), now() + 8) for i in range(10, 20)]", "crashed", None, 10,
                               "10 of its samples lie outside the run (the first, of request 10"),
    "working beyond the end": (HALF + GET + "tell(i, now(), now(), work_s=8)) for i in range(10, 20)]", "crashed", None, 10,
                               "10 of its samples lie outside the run (the first, of request 10"),
    "working backwards": (HALF + GET + "tell(i, now(), now(), work_s=-0.001)) for i in range(10, 20)]", "crashed", None, 10,
                          "10 of its samples have a negative duration (the first, of request 10"),
    "ending before it begins": (HALF + "[tell(i, now(), now() - 0.01) for i in range(10, 20)]", "crashed", None, 10,
                                "10 of its samples end before they begin"),
    "counting from 1970": (HALF + GET + "tell(i, time.time(), time.time())) for i in range(10, 20)]", "crashed", None, 10,
                           "10 of its samples lie outside the run, by a clock that is not CLOCK_MONOTONIC"),
    "lying once": (HALF + "[fetch(i) for i in range(10, 19)]\ntell(19, now(), now() + 8)", "crashed", None, 19,
                   "1 of its samples lies outside the run (of request 19, from"),
    "done before any answer came": ("ready()\n[tell(i, now(), now()) for i in range(20)]", "crashed", None, 20,
                                    "it claims 20 answered requests, and the endpoint gave 0 answers"),
    "done while the answers were still to come": (
        "import threading\nready()\nbegun = now()\n"
        "for url in URLS: threading.Thread(target=lambda url=url: urllib.request.urlopen(url).read()).start()\n"
        "[tell(i, begun, begun + 0.001) for i in range(20)]", "crashed", None, 20,
        "it claims that its last answer had come after "),
    "claiming one too many": ("ready()\n[fetch(i) for i in range(19)]\ntell(19, now(), now())", "crashed", None, 20,
                              "it claims 20 answered requests, and the endpoint gave 19 answers"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_program_is_told_in_one_sentence(run_fetchbench, program, name):
    text, reason, signal_number, completed, words = BROKEN[name]
    limit = "2s" if name.startswith("never") else "60s"
    outcome = run_fetchbench("-M", program(text), "-n", 20, "-c", 5, "--run-timeout", limit, status=1)
    run = outcome.run("bad")
    assert (run["exit"]["reason"], run["exit"]["signal"]) == (reason, signal_number)
    assert words in run["exit"]["message"]
    assert run["requests"]["completed"] == completed
    missing = 20 - completed
    assert run["requests"]["unfinished"] == min(5, missing)
    assert run["requests"]["not_started"] == missing - min(5, missing)
    assert "cut off" not in outcome.stdout and "at least" not in outcome.stdout
    assert run["requests"]["oldest_unfinished_s"] is None
    assert completed or not any("start-up" in note for note in run["notes"])
    assert "undone" in outcome.said or " ".join(words.split()[:3]) in " ".join(outcome.stdout.split())


def test_who_takes_longer_to_end_than_for_all_requests_is_noted(run_fetchbench, endpoint, program):
    begin = ("import threading\nready()\nbegun = now()\n"
             "for url in URLS: threading.Thread(target=lambda url=url: urllib.request.urlopen(url).read()).start()\n"
             "[tell(i, begun, begun + 0.001) for i in range(5)]")
    outcome = run_fetchbench("-M", program(begin), "-n", 5, "-c", 5, f"{endpoint.url}/delay/1")
    [note] = [note for note in outcome.run("bad")["notes"] if "went on" in note]
    assert re.fullmatch(r"its program went on for [\d.]+(ms|s) after the last request that it told of", note)


ODD = {
    "garbage": (ALL + "print('hello')\nprint('{\"index\":')\nprint()", "2 lines of its output are no samples, the first: hello"),
    "two samples on a line": (ALL + "print('{\"index\":3,\"end_s\":2,\"status\":200}' * 2)",
                              '1 line of its output is no sample, the first: {"index":3'),
    "a zero byte before it is ready": ("print('\\0')\n" + ALL, "1 line of its output is no sample, the first: ."),
    "a banner before it is ready": ("print('welcome')\n" + ALL, "1 line of its output is no sample, the first: welcome"),
    "an answer without a status": (ALL + "print('{\"index\":3,\"start_s\":1,\"end_s\":2}')",
                                '1 line of its output is no sample, it has no status: {"index":3,'),
    "a line without an end": (ALL + "print('x' * 200000)", "1 line of its output is no sample, it is longer than 64 KiB: xxx"),
    "duplicates": (ALL + "tell(3, now(), now())\ntell(4, now(), now())", "2 samples of requests that had one already were left out"),
    "too many lines": (ALL + "[tell(i, now(), now()) for i in (20, -1, 0.5)]",
                       "3 samples with an index that is no request's were left out"),
    "more requests than were told of": (ALL + "urllib.request.urlopen(URLS[0]).read()",
                                        "the endpoint gave 21 answers, and it told of 20 requests"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_but_harmless_is_noted(run_fetchbench, program, name):
    text, words = ODD[name]
    outcome = run_fetchbench("-M", program(text), "-n", 20, "-c", 1)
    all_told(outcome.run("bad"))
    assert len(outcome.run("bad")["notes"]) == 1
    assert words in outcome.run("bad")["notes"][0]
    assert f"bad: {words.split(',')[0]}" in " ".join(outcome.stdout.split())


def test_what_a_program_left_behind_may_print_on_while_its_samples_are_read(run_fetchbench, program):
    text = """
ready()
for i in range(10):
    fetch(i)
    if i == 4 and os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            os.write(1, b"x" * 8191 + b"\\n")
            time.sleep(0.0005)
    while i == 4 and os.fstat(1).st_size < 1 << 20:
        time.sleep(0.001)
"""
    all_told(run_fetchbench("-M", program(text, "it"), "-n", 10, "-c", 1).run("it"))


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="mounting takes root")
@pytest.mark.once  # TSan keeps a file of its own in TMPDIR
def test_a_disk_without_room_for_what_a_program_told_is_said(run_fetchbench, tmp_path, program):
    (tmp_path / "small").mkdir()
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("mounts cannot be made here")
    prefix = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs -o size=256k none small && exec "$@"', "sh"]
    outcome = run_fetchbench("-M", program("ready()\ntell(0, now(), now())"), "-n", 5000, "http://127.0.0.1:1/", prefix=prefix,
                             env={"TMPDIR": str(tmp_path / "small")}, status=1)
    run = outcome.run("bad")
    assert (run["exit"]["reason"], run["exit"]["signal"]) == ("crashed", None)
    assert "there is no room to read what the program told: No space left on device" in run["exit"]["message"]


def test_what_was_told_before_an_interruption_is_kept(start_fetchbench, tmp_path, program):
    there = tmp_path / "there"
    running = start_fetchbench("-M", program(HALF + f"open({str(there)!r}, 'w')\ntime.sleep(100)"), "-n", 20, "-c", 5)
    wait_until(there.exists)
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish()
    assert outcome.status == 130
    run = outcome.run("bad")
    assert run["exit"]["reason"] == "interrupted"
    assert (run["requests"]["completed"], run["requests"]["cancelled"], run["requests"]["not_started"]) == (10, 5, 5)


@pytest.mark.parametrize("ending", ["pass", "time.sleep(100)"])
def test_no_process_of_a_program_outlives_its_run(run_fetchbench, tmp_path, program, ending):
    text = f"""
ready()
child = subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL)
open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
fetch(0)
{ending}
"""
    run_fetchbench("-M", program(text), "-n", 1, "--run-timeout", "1s", status=None)
    pid = int((tmp_path / "pid").read_text())
    wait_until(lambda: not os.path.exists(f"/proc/{pid}") or " Z " in open(f"/proc/{pid}/stat").read(), what="the end of sleep")


@pytest.mark.parametrize("killed", ["fetchbench", "launcher"])
def test_no_process_of_a_program_outlives_whoever_started_it(start_fetchbench, tmp_path, program, killed):
    """The launcher is held still meanwhile, so that it is not the first to hear of it by chance."""
    there = tmp_path / "pid"
    text = f"""
child = subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL)
open({str(there)!r} + ".new", "w").write(str(child.pid))
os.rename({str(there)!r} + ".new", {str(there)!r})
time.sleep(1000)
"""
    running = start_fetchbench("-M", program(text), "-n", 1, "http://127.0.0.1:1/", report=False)
    wait_until(there.exists)
    pid, launcher = int(there.read_text()), children(running.process.pid)[0]
    os.kill(launcher, signal.SIGSTOP)
    os.kill(running.process.pid if killed == "fetchbench" else launcher, signal.SIGKILL)
    running.process.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.kill(launcher, signal.SIGCONT)
    wait_until(lambda: not os.path.exists(f"/proc/{pid}") or " Z " in open(f"/proc/{pid}/stat").read(), what="the end of sleep")


# The command


def words_of(run_fetchbench, tmp_path, program, arguments):
    text = f"json.dump(sys.argv[1:], open({str(tmp_path / 'words')!r}, 'w'))\nready()\nfetch(0)"
    run_fetchbench("-M", program(text, "it", arguments), "-n", 1)
    return json.loads((tmp_path / "words").read_text())


@pytest.mark.parametrize("typed, words", [
    (" a  b\tc", ["a", "b", "c"]),
    (" 'a b' \"c d\" e\\ f", ["a b", "c d", "e f"]),
    (r""" 'it'\''s' "say \"hi\"" "a\b" 'c\d'""", ["it's", 'say "hi"', "a\\b", "c\\d"]),
    (r" one\,two 'three\,four'", ["one,two", "three,four"]),
    (" x:y=z http://host:80/", ["x:y=z", "http://host:80/"]),
    (" '' \"\" a''b", ["", "", "ab"]),
    (" $HOME `id` $(id) *.py ~ > out | cat ; false & #x", "$HOME `id` $(id) *.py ~ > out | cat ; false & #x".split()),
    (" a\\\n b \"c\\\nd\"", ["a", "b", "cd"]),
])
def test_a_command_is_quoted_as_in_a_shell_and_nothing_is_expanded(run_fetchbench, tmp_path, program, typed, words):
    assert words_of(run_fetchbench, tmp_path, program, typed) == words


@pytest.mark.parametrize("mode, words", [
    ("exec:no-such-program", "mode exec: there is no program no-such-program on the PATH"),
    ("py=exec:./nowhere x", "mode py: ./nowhere cannot be run: No such file or directory"),
    ("exec:/etc/passwd", "mode exec: /etc/passwd cannot be run: Permission denied"),
    ("exec:/tmp", "mode exec: /tmp cannot be run: Is a directory"),
    ("exec:echo 'a", "mode exec: a quotation does not end"),
    ("exec: ", "mode exec: it names no program"),
    ("exec:prog:threads=2", "there is no program prog:threads=2 (exec takes no options"),
    (f"exec:{ROOT}/scripts/clients/protocol.py", "Permission denied (try exec:python3 "),
    ("mine=c/mine.sh", 'there is no mode "c/mine.sh": a program is run by exec:c/mine.sh'),
    ("exec=python3 c/mine.py", "a program is run by exec:python3 c/mine.py"),
    ("exec:echo a,b", "a comma in the command of exec is written \\,"),
    ("exec", "mode exec takes the command that it is to run: exec:COMMAND"),
])
def test_a_command_that_cannot_be_run_is_refused_before_anything_runs(refused, mode, words):
    refused(words, "-M", "async", "-M", mode, "-n", 3)


@pytest.mark.parametrize("options, words", [
    (["-w", "5"], "mode exec cannot warm up, so --warmup is not for it"),
    (["--http2"], "mode exec cannot speak HTTP/2"),
    (["--location"], "mode exec cannot follow redirects"),
    (["--save", "out"], "mode exec cannot save answers"),
    (["--verify"], "mode exec cannot check answers"),
])
def test_what_a_program_cannot_be_asked_is_refused(refused, options, words):
    refused(words, "-M", "exec:true", *options, "http://127.0.0.1:1/")


def test_all_does_not_mean_exec(run_fetchbench):
    outcome = run_fetchbench("--dry-run", "-M", "all")
    assert "async" in outcome.stdout
    assert "exec:" not in outcome.stdout and "command=" not in outcome.stdout


def test_a_file_that_is_no_program_is_told_and_is_not_given_to_a_shell(run_fetchbench, tmp_path):
    script = tmp_path / "noformat"
    script.write_text("touch was-run\n")
    script.chmod(0o755)
    run = run_fetchbench("-M", f"exec:{script}", "-n", 3, status=1).run("exec")
    assert "cannot be started: Exec format error" in run["exit"]["message"]
    assert run["requests"]["not_started"] == 3
    assert not (tmp_path / "was-run").exists()


def test_a_program_starts_as_if_a_shell_had_started_it(run_fetchbench, tmp_path, program):
    text = f"""
import resource
ignored = [line for line in open("/proc/self/status") if line.startswith(("SigIgn", "SigBlk"))]
json.dump([resource.getrlimit(resource.RLIMIT_NOFILE)[0], len(os.listdir("/proc/self/fd")), ignored],
          open({str(tmp_path / "seen")!r}, "w"))
ready()
fetch(0)
"""
    run_fetchbench("-M", program(text), "-n", 1, prefix=["bash", "-c", 'ulimit -Sn 512; exec "$@"', "x"])
    limit, descriptors, ignored = json.loads((tmp_path / "seen").read_text())
    assert limit == 512
    assert descriptors == 4  # the three, and the one that looks
    assert [int(line.split()[1], 16) & ~(1 << 12 | 1 << 24) for line in ignored] == [0, 0]  # Python's own: PIPE, XFSZ


@pytest.mark.parametrize("mask", ["SigIgn", "SigBlk"])
def test_a_program_ignores_and_blocks_no_signal_whatever_fetchbench_does(run_fetchbench, mask):
    """grep looks at its own: Python ignores two by itself, and a shell clears the mask."""
    outcome = run_fetchbench("-M", f"exec:grep {mask} /proc/self/status", "-n", 1, status=1,
                             prefix=["env", "--ignore-signal=PIPE", "--ignore-signal=USR2", "--block-signal=USR1"])
    assert outcome.run("exec")["notes"][-1].endswith(f"the first: {mask}:\t{0:016x}"), outcome


def test_the_report_and_the_dry_run_show_the_command(run_fetchbench):
    outcome = run_fetchbench("-M", "py=exec:sh -c 'exit 4' x:y", "-n", 1, status=1)
    assert outcome.report["plan"]["strategies"][0]["options"] == {"command": "sh -c 'exit 4' x:y"}
    assert "command=sh -c 'exit 4' x:y" in run_fetchbench("--dry-run", "-M", "py=exec:sh -c 'exit 4' x:y", "-n", 1).stdout


def test_headers_are_told_in_one_form(run_fetchbench, tmp_path, program):
    text = f"open({str(tmp_path / 'told')!r}, 'w').write(open(os.environ['FETCHBENCH_HEADERS']).read())\nready()\nfetch(0)"
    run_fetchbench("-M", program(text, "it"), "-n", 1, "-A", "me", "-H", "X-A:1", "-H", "X-B: \t2:3", "-H", "X-C;", "-H", "Accept:")
    assert (tmp_path / "told").read_text() == "User-Agent: me\nX-A: 1\nX-B: 2:3\nX-C:\n"


def test_secrets_in_a_command_reach_the_program_and_nothing_else(run_fetchbench, tmp_path, program):
    text = f"json.dump(sys.argv[1:], open({str(tmp_path / 'words')!r}, 'w'))\nready()\nfetch(0)"
    mode = program(text, "it", " -u me:TOPSECRET -H 'Authorization: Bearer TOPSECRET' --token=TOPSECRET KEY=TOPSECRET")
    outcome = run_fetchbench("-M", mode, "-n", 1)
    all_told(outcome.run("it"))
    assert (tmp_path / "words").read_text().count("TOPSECRET") == 4
    assert "TOPSECRET" not in outcome.said + outcome.report_text
    assert "TOPSECRET" not in run_fetchbench("--dry-run", "-M", mode, "-n", 1, report=False).said


def test_help_on_exec_tells_the_protocol(run_fetchbench):
    said = run_fetchbench("--help", "exec").stdout
    for word in ('{"ready":1}', "FETCHBENCH_URLS", "start_s", "exec:COMMAND", '{"ready":1,"work":"sha256/2000"}'):
        assert word in said


@pytest.mark.long
@pytest.mark.release
def test_a_million_lines_slow_the_program_no_more_than_a_file_does(run_fetchbench, tmp_path):
    """It says itself how long it printed: into a file, and under fetchbench, in turn."""
    text = """
import os, sys, time
print('{"ready":1}', flush=True)
sys.stdin.readline()
begun = time.monotonic()
for i in range(1000000):
    t = time.monotonic()
    sys.stdout.write('{"index":%d,"start_s":%.9f,"end_s":%.9f,"status":200,"bytes":12,"error":null}\\n' % (i, t, t))
sys.stdout.flush()
open(sys.argv[1], "w").write(str(time.monotonic() - begun))
"""
    path, took = tmp_path / "printer.py", tmp_path / "took"
    path.write_text(text)
    plain, measured = [], []
    for _ in range(5):
        assert os.system(f"echo go | {PYTHON} {path} {took} > {tmp_path}/out") == 0
        plain.append(float(took.read_text()))
        run = run_fetchbench("-M", f"it=exec:{PYTHON} {path} {took}", "-n", "1M", "http://127.0.0.1:1/").run("it")
        assert run["requests"]["completed"] == 1_000_000
        measured.append(float(took.read_text()))
    assert min(measured) < 1.15 * min(plain), (plain, measured)
