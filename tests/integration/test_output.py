"""What is printed and written, and where it goes."""
import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

import pytest

from conftest import all_told, check_report

pytestmark = pytest.mark.one_thread

THREE = ["-M", "sequential,threads,async", "-n", 20]


def test_the_report_goes_to_the_results_directory_if_there_is_one(run_fetchbench, nginx, schema, tmp_path):
    (tmp_path / "results").mkdir()
    outcome = run_fetchbench("-M", "sequential,two=async:threads=2", "-n", 3, f"{nginx.url}/quiet", report=False)
    written = list((tmp_path / "results").iterdir())
    assert len(written) == 1
    assert re.fullmatch(r"\d{4}-?\d\d-?\d\dT\d\d[-:]?\d\d[-:]?\d\d.*Z-sequential.two\.json", written[0].name)
    assert written[0].name in outcome.stdout
    assert check_report(written[0].read_text(), schema)["complete"] is True


def test_the_report_goes_here_if_there_is_no_results_directory(run_fetchbench, nginx, schema, tmp_path):
    run_fetchbench("-M", "odd/label=async", "-n", 3, f"{nginx.url}/quiet", report=False)
    written = list(tmp_path.glob("*.json"))
    assert len(written) == 1
    assert written[0].name.endswith("-odd_label.json")
    check_report(written[0].read_text(), schema)


def test_two_runs_in_one_second_do_not_overwrite_each_other(start_fetchbench, nginx, tmp_path):
    running = [start_fetchbench("-n", 3, f"{nginx.url}/quiet", report=False) for _ in range(3)]
    assert [r.finish().status for r in running] == [0, 0, 0]
    assert len(list(tmp_path.glob("20*.json"))) == 3


def test_a_report_replaces_an_older_one_and_leaves_nothing_else(run_fetchbench, nginx, schema, tmp_path):
    target = tmp_path / "sub" / "r.json"
    target.parent.mkdir()
    target.write_text("old")
    run_fetchbench("-n", 3, "-o", target, f"{nginx.url}/quiet")
    check_report(target.read_text(), schema)
    assert [p.name for p in target.parent.iterdir()] == ["r.json"]


def test_the_report_on_standard_output_is_alone_there(run_fetchbench, nginx, schema):
    outcome = run_fetchbench(*THREE, "-o", "-", f"{nginx.url}/quiet")
    report = check_report(outcome.stdout, schema)
    assert [r["label"] for r in report["runs"]].sort() == ["sequential", "threads", "async"].sort()
    assert "sequential" in outcome.stderr


def test_format_json_prints_json_and_nothing_else(run_fetchbench, nginx, schema):
    check_report(run_fetchbench(*THREE, "-f", "json", f"{nginx.url}/quiet").stdout, schema)


def test_a_pipe_is_written_straight(run_fetchbench, nginx, schema, tmp_path):
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
        run_fetchbench("-n", 3, "-o", fifo, f"{nginx.url}/quiet")
        text, _ = reader.communicate(timeout=20)
    check_report(text.decode(), schema)
    assert fifo.is_fifo()


def test_quiet_prints_nothing_when_all_is_well(run_fetchbench, nginx):
    outcome = run_fetchbench("-q", "-n", 3, f"{nginx.url}/quiet")
    assert outcome.said == ""
    assert outcome.report["complete"] is True


def test_quiet_says_what_went_wrong(run_fetchbench, hostile):
    outcome = run_fetchbench("-q", "-n", 3, f"{hostile.url}/reset", status=3)
    assert outcome.stdout == "" and outcome.stderr.startswith("fetchbench: async: 3 x connection_reset"), outcome
    outcome = run_fetchbench("-q", "-n", 3, "-M", "it=exec:false", f"{hostile.url}/ok", status=1)
    assert outcome.stdout == ""
    assert outcome.stderr == "fetchbench: it went wrong after 0 of 3 requests: its program exited with status 1.\n"


def test_the_table_fits_80_columns_and_shows_every_figure(run_fetchbench, nginx):
    out = run_fetchbench(*THREE, f"{nginx.url}/quiet?a-rather-long-address-that-goes-on-and-on=" + "x" * 60, "-o", "r.json").stdout
    table = [line for line in out.splitlines() if re.match(r"\s*(sequential|threads|async)\b", line)]
    assert len(table) == 3
    for line in out.splitlines():
        assert len(line) <= 80 or "a-rather-long-address" in line, line
    for word in ("p50", "p99", "CPU", "r.json"):
        assert word in out
    assert "\x1b" not in out


def test_a_long_label_does_not_burst_the_table(run_fetchbench, nginx):
    label = "a-label-of-a-length-that-nobody-would-type-twice-in-one-day-or-would-they"
    out = run_fetchbench("-M", f"sequential,{label}=async", "-n", 3, "-o", "r.json", f"{nginx.url}/quiet").stdout
    assert max(len(line) for line in out.splitlines() if not line.startswith("report")) <= 80, out


def test_nothing_of_the_progress_line_reaches_a_pipe(run_fetchbench, httpbin):
    outcome = run_fetchbench("-M", "async", "-n", 10, "-c", 1, f"{httpbin.url}/delay/0.1")
    for text in (outcome.stdout, outcome.stderr):
        assert "\r" not in text and "\x1b" not in text
    assert outcome.stderr == ""


def columns(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Terminal:
    """fetchbench on a terminal of its own; gathers all that it draws."""

    def __init__(self, command, cwd, width=80, env=None):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm-256color"} | (env or {})
        process = subprocess.Popen(["timeout", "--foreground", "60", *command], cwd=cwd, stdin=slave, stdout=slave, stderr=slave, env=environment)
        os.close(slave)
        raw = b""
        with contextlib.suppress(OSError):
            while True:
                more = os.read(master, 65536)
                if not more:
                    break
                raw += more
        os.close(master)
        self.status = process.wait(60)
        self.text = raw.decode()

    def drawn_lines(self):
        """Everything ever drawn on one line of the screen, control sequences apart."""
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text)
        return [line for line in re.split(r"[\r\n]", plain) if line]


@pytest.mark.parametrize("width", [80, 40, 120])
def test_progress_on_a_terminal_never_wraps(fetchbench, httpbin, tmp_path, width):
    terminal = Terminal([fetchbench, "-M", "async,sequential", "-n", "8", "-c", "2", "-o", "r.json", f"{httpbin.url}/delay/0.1"],
                        tmp_path, width)
    assert terminal.status == 0
    assert "\r" in terminal.text.replace("\r\n", "\n")
    drawn = [line for line in terminal.drawn_lines() if re.search(r"\d ?/ ?8", line)]
    assert len(drawn) >= 3, terminal.text
    assert max(map(columns, drawn)) <= width


def test_progress_moves_and_says_what_it_counts(fetchbench, httpbin, tmp_path):
    terminal = Terminal([fetchbench, "-M", "sequential", "-n", "20", "-o", "r.json", f"{httpbin.url}/delay/0.1"], tmp_path)
    drawn = [line for line in terminal.drawn_lines() if "sequential" in line]
    assert len(set(drawn)) >= 4
    assert any("p50" in line and "p99" in line and "/s" in line for line in drawn), terminal.text


def test_progress_of_a_program_says_what_is_waited_for(fetchbench, tmp_path):
    command = "sh=exec:sh -c 'sleep 0.6; echo \\{\\\"ready\\\":1\\}; read word; sleep 0.6'"
    terminal = Terminal([fetchbench, "-M", command, "-n", "3", "-o", "r.json", "http://127.0.0.1:1/"], tmp_path)
    assert "sh, not ready yet" in terminal.text and "sh, told at its end" in terminal.text, terminal.text


@pytest.mark.parametrize("env, coloured", [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_colour_only_on_a_terminal_that_allows_it(fetchbench, hostile, tmp_path, env, coloured):
    with_failures = [fetchbench, "-M", "async", "-n", "20", "--keep-going", "-o", "r.json", f"{hostile.url}/fail-after/10"]
    terminal = Terminal(with_failures, tmp_path, env=env)
    assert bool(re.search(r"\x1b\[[0-9;]*m", terminal.text)) is coloured


def test_quiet_on_a_terminal_draws_nothing(fetchbench, nginx, tmp_path):
    assert Terminal([fetchbench, "-q", "-n", "50", "-o", "r.json", f"{nginx.url}/quiet"], tmp_path).text == ""


SECRETS = {
    "header": (["-H", "Authorization: Bearer TOPSECRET"], None),
    "cookie": (["-H", "Cookie: session=TOPSECRET"], None),
    "api key": (["-H", "X-Api-Key: TOPSECRET"], None),
    "lower case": (["-H", "x-api-key:TOPSECRET"], None),
    "proxy": (["-H", "Proxy-Authorization: Basic TOPSECRET"], None),
    "joined": (["-HAuthorization: TOPSECRET"], None),
    "equals": (["--header=Authorization: TOPSECRET"], None),
    "user": (["-u", "alice:TOPSECRET"], None),
    "user equals": (["--user=alice:TOPSECRET"], None),
    "url": ([], "http://alice:TOPSECRET@127.0.0.1:{port}/{path}"),
    "url encoded": ([], "http://alice:TOPSECRET%40x@127.0.0.1:{port}/{path}"),
}


@pytest.mark.parametrize("path", ["ok", "reset"])
@pytest.mark.parametrize("way", SECRETS)
def test_secrets_are_shown_nowhere(run_fetchbench, hostile, tmp_path, way, path):
    args, url = SECRETS[way]
    url = (url or "http://127.0.0.1:{port}/{path}").format(port=hostile.port, path=path)
    outcome = run_fetchbench(*args, "-n", 3, url, status=0 if path == "ok" else 3)
    assert len(hostile.requests) >= 3
    assert "TOPSECRET" not in outcome.said
    assert "TOPSECRET" not in json.dumps(outcome.report)
    for file in tmp_path.iterdir():
        assert b"TOPSECRET" not in file.read_bytes()


@pytest.mark.parametrize("way", ["header", "user", "url", "joined", "equals"])
def test_a_dry_run_shows_no_secret_either(run_fetchbench, hostile, way):
    args, url = SECRETS[way]
    url = (url or "http://127.0.0.1:{port}/{path}").format(port=hostile.port, path="ok")
    assert "TOPSECRET" not in run_fetchbench("--dry-run", *args, url, report=False).said


@pytest.mark.parametrize("way", ["header", "user", "url", "joined", "equals"])
def test_secrets_leave_the_process_list(start_fetchbench, hostile, way):
    args, url = SECRETS[way]
    url = (url or "http://127.0.0.1:{port}/{path}").format(port=hostile.port, path="silence")
    running = start_fetchbench(*args, "-n", 2, "-c", 1, url)
    hostile.wait_for_requests(1)
    for pid in (running.process.pid, running.measured_child()):
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            assert b"TOPSECRET" not in f.read()
    running.process.terminate()
    running.finish(20)


def test_the_report_goes_to_a_full_device_with_status_1_and_the_summary_is_shown(run_fetchbench, nginx):
    outcome = run_fetchbench(*THREE, "-o", "/dev/full", f"{nginx.url}/quiet", status=1)
    assert "/dev/full" in outcome.stderr and "No space left" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert "sequential" in outcome.stdout and "async" in outcome.stdout


def test_a_full_standard_output_is_status_1(fetchbench, nginx, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([fetchbench, *map(str, THREE), "-o", "r.json", f"{nginx.url}/quiet"], stdout=full,
                              stderr=subprocess.PIPE, cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    assert b"standard output" in done.stderr


def test_without_standard_descriptors_nothing_else_takes_their_places(fetchbench, schema, tmp_path):
    """A socket in the place of standard error would get what is written there."""
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", fetchbench, "-M", "processes", "-n", "5", "-o", "r.json"]
    assert subprocess.run(command, cwd=tmp_path, timeout=60).returncode == 1  # what it prints cannot be written
    all_told(check_report((tmp_path / "r.json").read_text(), schema)["runs"][0])


def test_an_endpoint_that_cannot_say_where_it_serves_does_not_serve(fetchbench):
    with open("/dev/full", "w") as full:
        done = subprocess.run([fetchbench, "serve", "--listen", "127.0.0.1:0"], stdout=full, stderr=subprocess.PIPE,
                              timeout=20)
    assert done.returncode == 1
    assert b"standard output" in done.stderr


@pytest.fixture
def full_disk(tmp_path):
    """A file system with room for a file's name but not for a report."""
    place = tmp_path / "full"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", place], capture_output=True).returncode != 0:
        pytest.skip("a file system cannot be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_status_1_and_the_older_report_survives(run_fetchbench, nginx, full_disk):
    older = full_disk / "r.json"
    older.write_text("older")
    outcome = run_fetchbench(*THREE, "-o", older, f"{nginx.url}/quiet", status=1, report=False)
    assert "No space left" in outcome.stderr
    assert "sequential" in outcome.stdout
    assert older.read_text() == "older"
    assert [p.name for p in full_disk.iterdir()] == ["r.json"], "the temporary file is left"


def test_an_unwritable_results_directory_is_status_1_and_the_summary_is_shown(run_fetchbench, nginx, tmp_path):
    (tmp_path / "results").symlink_to("/proc")  # where not even root may make a file
    outcome = run_fetchbench(*THREE, f"{nginx.url}/quiet", report=False, status=1)
    assert "results" in outcome.stderr
    assert len(outcome.stderr.splitlines()) == 1
    assert "sequential" in outcome.stdout


def test_a_directory_that_is_not_there_is_named(run_fetchbench, nginx):
    outcome = run_fetchbench("-n", 3, "-o", "nowhere/r.json", f"{nginx.url}/quiet", status=None, report=False)
    assert outcome.status in (1, 2)
    assert "nowhere" in outcome.stderr


def test_without_a_url_the_embedded_endpoint_is_the_target_and_that_is_said(run_fetchbench):
    outcome = run_fetchbench("-M", "threads,async", "-n", 50, "-c", 50)
    assert "/delay/20ms" in outcome.stdout
    for label in ("threads", "async"):
        assert outcome.run(label)["status_codes"] == {"200": 50}
        assert outcome.run(label)["latency"]["min_s"] >= 0.02


def test_errors_are_shown_with_their_causes(run_fetchbench, hostile):
    outcome = run_fetchbench("-M", "async", "-n", 20, "-c", 2, f"{hostile.url}/fail-after/15")
    assert re.search(r"\b5\b.*(reset|connection_reset)|(reset|connection_reset).*\b5\b", outcome.stdout), outcome


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_standard_output_holds_one_report_and_nothing_else(start_fetchbench, nginx, name):
    outcome = start_fetchbench("-n", 3, "--rounds", 2, "-o", name, f"{nginx.url}/quiet", report=False).finish()
    assert len(json.loads(outcome.stdout)["runs"]) == 2
    assert "strategy" in outcome.stderr


def test_json_that_could_not_be_printed_is_a_failure(fetchbench, nginx, tmp_path):
    command = [fetchbench, "-n", "3", "-f", "json", "-o", "kept.json", f"{nginx.url}/quiet"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, timeout=60)
    assert done.returncode == 1 and done.stderr
    assert json.loads((tmp_path / "kept.json").read_text())["complete"]
