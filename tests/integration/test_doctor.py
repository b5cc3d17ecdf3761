"""fetchbench doctor on this machine, whatever it is like: what it says is held against the kernel's own files."""
import os
import resource
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.once


@pytest.fixture
def doctor(fetchbench):
    def run(*words, **how):
        return subprocess.run([fetchbench, "doctor", *words], capture_output=True, text=True, timeout=60, **how)
    return run


def rows_of(text):
    """Each check's word and what it found, with what was wrapped put together."""
    rows = {}
    for line in text.partition("\n\n")[0].splitlines():
        if line.startswith(" " * 18):
            rows[last][1] += " " + line.strip()
        else:
            word, last, found = line.split(maxsplit=2)
            rows[last] = [word, found]
    return rows


def test_each_check_says_what_it_found_and_what_to_change(doctor):
    done = doctor()
    rows = rows_of(done.stdout)
    assert done.returncode == 0 and not done.stderr
    assert list(rows) == ["processors", "others", "steal", "throttling", "frequency", "clock", "timer", "files", "threads",
                          "ports", "backlog"]
    assert all(word in ("ok", "?", "WARN", "FAIL") for word, _ in rows.values())
    assert all(": " in found for word, found in rows.values() if word in ("WARN", "FAIL"))
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert f"{len(os.sched_getaffinity(0))} of {os.cpu_count()} may be used" in rows["processors"][1]
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert rows["ports"][1].startswith(f"{high - low + 1} to connect from")
    assert Path("/proc/sys/net/core/somaxconn").read_text().strip() in rows["backlog"][1]


def test_with_strict_the_status_says_whether_all_is_well(doctor):
    done = doctor("--strict", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512)))
    assert done.returncode == 6
    assert rows_of(done.stdout)["files"][0] == "WARN"
    done = doctor("--strict")
    bad = any(word in ("WARN", "FAIL") for word, _ in rows_of(done.stdout).values())
    assert done.returncode == (6 if bad else 0)
    assert ("Nothing here stands in the way" in done.stdout) == (not bad)


def test_one_processor_is_too_few(doctor):
    one = min(os.sched_getaffinity(0))
    done = doctor(preexec_fn=lambda: os.sched_setaffinity(0, {one}))
    word, found = rows_of(done.stdout)["processors"]
    assert word == "WARN" and found.startswith("1 of ")


def test_what_it_does_not_take_is_refused(doctor):
    done = doctor("--strictly")
    assert done.returncode == 2 and "--strict" in done.stderr
    assert doctor("http://127.0.0.1/").returncode == 2
