"""fetchbench report: what was saved is shown as it was live."""
import os
import subprocess

import pytest

pytestmark = pytest.mark.once

FORMATS = ["text", "json", "markdown", "csv"]


def command(fetchbench, *args, status=0, **more):
    more.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([fetchbench, *map(str, args)], capture_output=True, timeout=60, **more)
    assert done.returncode == status, done
    return done


@pytest.fixture(scope="module")
def saved(fetchbench, endpoint, tmp_path_factory):
    """A saved report of two rounds with failures and a broken threshold, and what was shown of it."""
    folder = tmp_path_factory.mktemp("saved")
    words = ["-M", "sequential,b=async", "-n", 20, "-c", 4, "--rounds", 2, "--fail-on", "error_rate>1%", "--fail-status",
             endpoint.url + "/unstable?failure_rate=0.3&seed=3"]
    shown = {}
    for form in FORMATS:
        path = folder / f"{form}.json"
        shown[form] = path, command(fetchbench, *words, "-f", form, "-o", path, status=4).stdout
    return shown


@pytest.mark.parametrize("form", FORMATS)
def test_a_saved_report_renders_byte_for_byte_like_the_live_one(fetchbench, saved, form, tmp_path):
    path, live = saved[form]
    if form == "text":
        live, told = live[:live.rindex(b"report: ")], live[live.rindex(b"report: "):]
        assert told == f"report: {path}\n".encode()
    if form == "json":
        assert live == path.read_bytes()
    assert command(fetchbench, "report", "-f", form, path).stdout == live
    with open(path, "rb") as file:
        assert command(fetchbench, "report", "-", "-f", form, stdin=file).stdout == live
    out = tmp_path / "out"
    assert command(fetchbench, "report", path, "-f", form, "-o", out).stdout == b""
    assert out.read_bytes() == live


def test_several_reports_stand_one_after_another(fetchbench, saved):
    paths = [saved[form][0] for form in ("text", "json")]
    alone = {form: [command(fetchbench, "report", "-f", form, path).stdout for path in paths] for form in FORMATS}
    together = {form: command(fetchbench, "report", "-f", form, *paths).stdout for form in FORMATS}
    first, second = (os.fsencode(path) for path in paths)
    assert together["text"] == first + b":\n" + alone["text"][0] + b"\n" + second + b":\n" + alone["text"][1]
    assert together["json"] == b"".join(alone["json"])
    assert together["markdown"].startswith(b"### `" + first + b"`\n\n" + alone["markdown"][0] + b"\n### `" + second)
    head, *rows = alone["csv"][0].splitlines()
    expected = [head + b",file"] + [row + b"," + first for row in rows]
    expected += [row + b"," + second for row in alone["csv"][1].splitlines()[1:]]
    assert together["csv"].splitlines() == expected


@pytest.mark.parametrize("words, said", [
    ([], "report takes the files of reports"),
    (["/nonexistent"], "cannot read /nonexistent"),
    (["/dev/null"], "/dev/null is no report"),
    (["-f", "yaml", "x"], "text|json|markdown|csv"),
])
def test_what_cannot_be_shown_is_refused_in_a_sentence(fetchbench, words, said):
    done = command(fetchbench, "report", *words, status=2)
    assert done.stdout == b"" and said in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_what_is_shown_does_not_replace_the_report(fetchbench, saved):
    path, _ = saved["text"]
    before = path.read_bytes()
    done = command(fetchbench, "report", path, "-o", path.parent / "." / path.name, status=2)
    assert b"would replace the report" in done.stderr and path.read_bytes() == before


def test_output_that_cannot_be_written_is_a_failure(fetchbench, saved):
    path = saved["csv"][0]
    done = command(fetchbench, "report", path, "-o", "/nonexistent/x", status=1)
    assert b"/nonexistent/x" in done.stderr
    with open("/dev/full", "wb") as full:
        failed = subprocess.run([fetchbench, "report", path], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert failed.returncode == 1 and failed.stderr
