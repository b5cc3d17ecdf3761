"""Machines with a network of their own, made of namespaces: each has a card on a common bridge, a host name, an /etc/hosts
that knows the others, and a CLOCK_MONOTONIC of its own; the files are everybody's. The namespaces have no names, so that all
is gone with their last process, and nothing is changed outside."""
import contextlib
import os
import shutil
import signal
import subprocess
import sys

import pytest

from conftest import children

NETWORK = "10.83.0"
SPACES = ["--net", "--uts", "--mount", "--time"]
# Lives as long as the test that started it, and buries whom nobody waits for.
KEEPER = "import signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); print(flush=True); sys.stdin.read()"


def missing():
    """Why no such machines can be made here, or None."""
    if os.geteuid() != 0:
        return "a network of namespaces takes root"
    for tool in ("ip", "unshare", "nsenter"):
        if not shutil.which(tool):
            return f"{tool} is not installed"
    trial = ["unshare", *SPACES, "--monotonic", "1", "--fork", "ip", "link", "add", "trial", "type", "bridge"]
    if subprocess.run(trial, capture_output=True).returncode != 0:
        return "no namespace can have a bridge and a clock of its own here"
    return None


class Space:
    """Namespaces, and the process that keeps them."""

    def __init__(self, *unshare):
        self.keeper = subprocess.Popen(["unshare", *unshare, "--fork", "--kill-child", sys.executable, "-c", KEEPER],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.keeper.stdout.readline()
        found = children(self.keeper.pid)
        assert found, "no namespaces were made"
        self.pid = found[0]

    def close(self):
        self.keeper.stdin.close()
        self.keeper.stdout.close()
        self.keeper.wait()


class Host(Space):
    def __init__(self, name, address, shift_s, known_hosts):
        super().__init__(*SPACES, "--monotonic", str(shift_s), "--boottime", str(shift_s))
        self.name, self.address, self.shift_s = name, address, shift_s
        self.run("hostname", name, check=True)
        self.run("mount", "--bind", str(known_hosts), "/etc/hosts", check=True)
        self.run("ip", "link", "set", "lo", "up", check=True)

    def entering(self, folder=None):
        """What to put before a command, which then runs on this host under the same PID."""
        return ["nsenter", "--target", str(self.pid), *SPACES, f"--wdns={folder or os.getcwd()}"]

    def run(self, *command, **options):
        return subprocess.run([*self.entering(), *command], **{"stdin": subprocess.DEVNULL, **options})

    def popen(self, *command, **options):
        return subprocess.Popen([*self.entering(), *command], **{"stdin": subprocess.DEVNULL, **options})

    def processes(self):
        """The PIDs of all that runs on it."""
        network, found = os.stat(f"/proc/{self.pid}/ns/net").st_ino, []
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{pid}/ns/net").st_ino == network:
                    found.append(pid)
        return [pid for pid in found if pid not in (self.pid, self.keeper.pid)]

    def close(self):
        while left := self.processes():
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        super().close()


class Bed:
    """hosts, and the server: a machine more on the same bridge, whose clock is not shifted."""

    def __init__(self, folder, shifts_s):
        self.folder, self.hosts, self.server, self.switch = folder, [], None, None
        self.hostfile, self.agent, known_hosts = folder / "hostfile", folder / "agent", folder / "known-hosts"
        names = [f"host{i}" for i in range(1, len(shifts_s) + 1)] + ["server"]
        addresses = [f"{NETWORK}.{i}" for i in range(1, len(names) + 1)]
        known_hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{a} {n}\n" for n, a in zip(names, addresses)))
        try:
            self.switch = Space("--net")
            self.in_switch("link", "add", "bridge", "type", "bridge")
            self.in_switch("link", "set", "bridge", "up")
            for name, address, shift_s in zip(names, addresses, [*shifts_s, 0]):
                self.plug_in(Host(name, address, shift_s, known_hosts))
            self.server = self.hosts.pop()
        except BaseException:
            self.close()
            raise
        self.write_launch_files()

    def in_switch(self, *ip):
        subprocess.run(["nsenter", "--target", str(self.switch.pid), "--net", "ip", *ip], check=True)

    def plug_in(self, host):
        self.hosts.append(host)
        self.in_switch("link", "add", host.name, "master", "bridge", "type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
        self.in_switch("link", "set", host.name, "up")
        host.run("ip", "address", "add", f"{host.address}/24", "dev", "eth0", check=True)
        host.run("ip", "link", "set", "eth0", "up", check=True)

    def write_launch_files(self):
        self.hostfile.write_text("".join(f"{host.name} slots=1\n" for host in self.hosts))
        cases = "".join(f"    {host.name}) set -- {' '.join(host.entering('/'))} sh -c \"$*\" ;;\n" for host in self.hosts)
        self.agent.write_text(f'#!/bin/sh\n# in place of ssh: HOST COMMAND...\nhost=$1\nshift\ncase $host in\n{cases}'
                              '    *) exit 255 ;;\nesac\nexec "$@"\n')
        self.agent.chmod(0o755)

    def mpirun(self, *options):
        """What to put before a command, which then runs once on each host; mpirun itself is on the first, under this PID."""
        return [*self.hosts[0].entering(self.folder), "mpirun", "--allow-run-as-root", "--mca", "plm_rsh_agent", str(self.agent),
                "--hostfile", str(self.hostfile), "-n", str(len(self.hosts)), "--bind-to", "none", *options]

    def cut(self, host):
        """Its cable is out: all that it sends and that is sent to it is lost, without a word."""
        self.in_switch("link", "set", host.name, "down")

    def mend(self, host):
        self.in_switch("link", "set", host.name, "up")

    def close(self):
        for space in filter(None, [*self.hosts, self.server, self.switch]):
            space.close()


@contextlib.contextmanager
def bed(folder, *shifts_s):
    """As many hosts as there are shifts of CLOCK_MONOTONIC, which are whole seconds; gone afterwards with all that runs on
    them."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    made = Bed(folder, shifts_s)
    try:
        yield made
    finally:
        made.close()
