"""What carries the bytes of the strategy raw, where the kernel permits io_uring and where it does not."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import all_told

FORBIDDEN = [sys.executable, str(Path(__file__).with_name("without_uring.py"))]
SYSCTL = "/proc/sys/kernel/io_uring_disabled"


def is_permitted(run_fetchbench):
    return run_fetchbench("--mode", "raw:backend=uring", "--dry-run", "http://127.0.0.1:1/", status=None).status == 0


def used(outcome):
    run = outcome.runs[0]
    all_told(run)
    return run["backend"], run["notes"]


@pytest.mark.parametrize("word, backend", [("uring", "io_uring"), ("epoll", "epoll"), ("auto", "io_uring")])
def test_the_report_names_the_backend_that_was_asked_for(run_fetchbench, endpoint, word, backend):
    if backend == "io_uring" and not is_permitted(run_fetchbench):
        pytest.skip("io_uring is not permitted here")
    outcome = run_fetchbench("--mode", f"raw:backend={word}", "-n", "50", "-c", "5", endpoint.url + "/get")
    assert used(outcome) == (backend, [])


def test_other_strategies_have_no_backend(run_fetchbench, endpoint):
    assert used(run_fetchbench("--mode", "async", "-n", "5", endpoint.url + "/get")) == (None, [])


def test_where_seccomp_forbids_io_uring_epoll_is_taken_and_named(run_fetchbench, endpoint):
    outcome = run_fetchbench("--mode", "raw", "-n", "50", "-c", "5", endpoint.url + "/get", prefix=FORBIDDEN)
    words = "raw used epoll, since io_uring is not permitted here (by seccomp)"
    assert used(outcome) == ("epoll", [words])
    assert words in outcome.stdout


def test_io_uring_that_seccomp_forbids_is_refused_in_one_sentence(run_fetchbench):
    outcome = run_fetchbench("--mode", "raw:backend=uring", "http://127.0.0.1:1/", status=2, prefix=FORBIDDEN)
    assert outcome.stderr == ("fetchbench: mode raw cannot take backend=uring, since io_uring is not permitted here "
                              "(by seccomp)\n")
    assert outcome.report is None


def mounts_for_itself():
    return shutil.which("unshare") and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0


@pytest.mark.once
@pytest.mark.skipif(not os.path.exists(SYSCTL) or not mounts_for_itself(), reason="no process may have mounts of its own here")
def test_where_the_kernel_has_it_disabled_the_report_says_that(run_fetchbench, endpoint, tmp_path):
    """The setting is the whole machine's, where other tests run: what it reads as is changed for one process, and seccomp
    refuses as it would."""
    (tmp_path / "two").write_text("2\n")
    mounted = f'mount --bind "{tmp_path}/two" {SYSCTL} && exec "$@"'
    outcome = run_fetchbench("--mode", "raw", "-n", "50", "-c", "5", endpoint.url + "/get",
                             prefix=["unshare", "-m", "sh", "-c", mounted, "sh", *FORBIDDEN])
    assert used(outcome) == ("epoll", ["raw used epoll, since io_uring is not permitted here (by kernel.io_uring_disabled)"])
