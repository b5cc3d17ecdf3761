"""The machines made of namespaces that tests of several hosts stand on."""
import os
import shutil
import socket
import subprocess
import sys
import time

import pytest

import hosts
from served import LoggedEndpoint
from servers import wait_until

pytestmark = pytest.mark.once
CLOCK = [sys.executable, "-c", "import time; print(time.monotonic())"]
SHIFTS_S = (0, 1000, -1)


@pytest.fixture
def three(tmp_path):
    with hosts.bed(tmp_path, *SHIFTS_S) as made:
        yield made


@pytest.fixture
def server(three, fetchbench, tmp_path):
    made = LoggedEndpoint(fetchbench, tmp_path, prefix=three.server.entering(), address=three.server.address)
    yield made
    made.close()


def reaches(host, server):
    url = f"http://server:{server.port}/ip"
    return host.run("curl", "-s", "-o", "/dev/null", "--noproxy", "*", "--max-time", "1", url).returncode == 0


def test_each_host_has_a_name_an_address_and_a_clock_of_its_own(three):
    for host, shift_s in zip(three.hosts, SHIFTS_S):
        before = time.monotonic()
        shifted = float(host.run(*CLOCK, capture_output=True, text=True).stdout)
        assert before <= shifted - shift_s <= time.monotonic()
        assert host.run("hostname", capture_output=True, text=True).stdout == f"{host.name}\n"
    assert socket.gethostname() != three.hosts[0].name


def test_hosts_reach_the_server_by_name_until_they_are_cut_off_and_again_once_mended(three, server):
    one, two, other = three.hosts
    assert all(reaches(host, server) for host in three.hosts)
    three.cut(two)
    assert [reaches(host, server) for host in (one, two, other)] == [True, False, True]
    three.mend(two)
    wait_until(lambda: reaches(two, server), what="the mended host's way to the server")
    assert {line["client"] for line in server.lines_once_there(6)} == {host.address for host in three.hosts}


@pytest.mark.skipif(not shutil.which("mpirun"), reason="Open MPI is not installed")
def test_mpirun_starts_a_rank_on_each_host(three):
    started = subprocess.run([*three.mpirun(), "hostname"], capture_output=True, text=True, timeout=60)
    assert (started.returncode, sorted(started.stdout.split())) == (0, ["host1", "host2", "host3"]), started.stderr


def test_nothing_is_left_of_hosts_that_are_gone(tmp_path):
    with hosts.bed(tmp_path, 0, 0) as made:
        left = made.hosts[1].popen("sh", "-c", "setsid sleep 1000 & sleep 1000", stdout=subprocess.DEVNULL)
        wait_until(lambda: len(made.hosts[1].processes()) == 3, what="its processes")
        gone = [*made.hosts[1].processes(), *(space.pid for space in (*made.hosts, made.server, made.switch))]
    assert left.wait(0) == -9
    wait_until(lambda: not [pid for pid in gone if os.path.exists(f"/proc/{pid}")], what="the end of all of them")
