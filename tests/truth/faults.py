"""What faults are made with: a server with a fault, a process that burns a processor, a network and a control group of one's own."""
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from servers import end_process

SERVER = Path(__file__).with_name("faulty_server.py")
BURN = "import os\nwhile os.getppid() != 1: pass"  # not beyond the end of the tests


@contextlib.contextmanager
def serving(fault):
    """A server with that fault; gives its URL and its process."""
    process = subprocess.Popen([sys.executable, SERVER, fault], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip(), process
    finally:
        process.send_signal(signal.SIGCONT)
        end_process(process)
        process.stdout.close()


@contextlib.contextmanager
def burning(processor):
    """Someone who wants that processor all the time."""
    process = subprocess.Popen([sys.executable, "-c", BURN], preexec_fn=lambda: os.sched_setaffinity(0, {processor}))
    try:
        yield
    finally:
        end_process(process)


class Network:
    """A network namespace of its own, with loopback alone."""

    def __init__(self, *setup):
        """`setup` are commands to run in it. What cannot be made here is a reason to skip."""
        script = " && ".join(["ip link set lo up", *setup, "echo made", "exec sleep 100"])
        try:
            self.holder = subprocess.Popen(["unshare", "-rn", "sh", "-c", script], stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, text=True)
        except OSError as e:
            pytest.skip(f"no network namespace: {e}")
        said = self.holder.stdout.readline()
        while said and said != "made\n":
            said = self.holder.stdout.readline()
        if not said:
            said = self.holder.stderr.read().strip()
            self.close()
            pytest.skip(f"no network namespace: {said}")
        self.prefix = ("nsenter", "-t", str(self.holder.pid), "-U", "-n", "--preserve-credentials")

    def close(self):
        end_process(self.holder)
        self.holder.stdout.close()
        self.holder.stderr.close()


class Group:
    """A control group with a quota of processor time, of version 1 or 2."""

    def __init__(self, quota_us, period_us):
        for root, files in (("/sys/fs/cgroup/cpu", {"cpu.cfs_period_us": period_us, "cpu.cfs_quota_us": quota_us}),
                            ("/sys/fs/cgroup", {"cpu.max": f"{quota_us} {period_us}"})):
            self.folder = Path(root) / f"fetchbench-test-{os.getpid()}"
            try:
                self.folder.mkdir()
                for name, value in files.items():
                    (self.folder / name).write_text(str(value))
                return
            except OSError:
                self.close()
        pytest.skip("no control group can be made here")

    def enter(self):
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def close(self):
        with contextlib.suppress(OSError):
            self.folder.rmdir()
