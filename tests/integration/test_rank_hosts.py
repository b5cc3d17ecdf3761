"""Ranks on machines of their own: namespaces on a bridge, each with its own address, name and clock (hosts.py), and nginx
on another, which says who asked how often."""
import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

import hosts
from conftest import check_report, children
from launching import without_launcher
from servers import wait_until

pytestmark = [pytest.mark.once, pytest.mark.skipif(bool(hosts.missing()), reason=str(hosts.missing()))]

SHIFTS_S = (0, 1000, 5000)
CONF = """
user root;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4000; }}
http {{
    log_format client '$remote_addr';
    access_log {folder}/access.log client;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen {address}:8080; location / {{ return 200 '{{}}'; }} }}
}}
"""


class Site:
    """Three hosts, and nginx on a fourth."""

    def __init__(self, bed, folder, fetchbench):
        self.bed, self.folder, self.fetchbench = bed, folder, fetchbench
        self.url = f"http://{bed.server.address}:8080/get"
        self.log = folder / "access.log"
        (folder / "nginx.conf").write_text(CONF.format(folder=folder, address=bed.server.address))
        self.nginx = bed.server.popen("/usr/sbin/nginx", "-p", str(folder), "-e", "error.log", "-c", str(folder / "nginx.conf"))
        wait_until(lambda: (folder / "nginx.pid").exists(), what="nginx")

    def start(self, *arguments, options=()):
        """mpirun on the first host, one rank on each."""
        command = [*self.bed.mpirun(*options), self.fetchbench, *map(str, arguments), "-o", str(self.folder / "whole.json"), self.url]
        with open(self.folder / "out", "wb") as out, open(self.folder / "err", "wb") as err:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=without_launcher())

    def clients(self):
        """Address -> requests, as nginx counted them."""
        return Counter(self.log.read_text().split())

    def report(self, schema):
        return check_report((self.folder / "whole.json").read_text(), schema)

    def said(self):
        return (self.folder / "out").read_text() + (self.folder / "err").read_text()


@pytest.fixture
def site(fetchbench, tmp_path):
    with hosts.bed(tmp_path, *SHIFTS_S) as bed:
        yield Site(bed, tmp_path, fetchbench)


def test_three_hosts_keep_one_rate_together_and_know_their_clocks(site, schema):
    running = site.start("-M", "async", "--rate", 1500, "-d", "2s", "--grace", "1s")
    assert running.wait(60) == 0, site.said()
    report = site.report(schema)
    run = report["runs"][0]
    assert run["requests"]["total"] == 3000
    assert run["requests_per_s"] == pytest.approx(1500, rel=.1)  # on a busy machine the last are due, and not begun
    done = [row["runs"][0]["requests"]["completed"] for row in report["hosts"]]
    assert all(900 <= completed <= 1000 for completed in done), done
    assert site.clients() == {host.address: completed for host, completed in zip(site.bed.hosts, done)}
    assert [host["host"] for host in report["hosts"]] == [host.name for host in site.bed.hosts]
    for row, shift_s in zip(report["hosts"], SHIFTS_S):
        assert all(offset == pytest.approx(shift_s, abs=.005 + row["clock_round_trip_s"]) for offset in row["clock_offset_s"])
        assert abs(row["runs"][0]["start_skew_s"]) < run["wall_s"] / 2  # and not by a shift of its clock


@pytest.mark.long
def test_hosts_begin_within_a_millisecond(site, schema):
    """Of ten runs by the median: a machine that does other things as well may be late once."""
    running = site.start("-M", "async", "-n", 30, "-c", 3, "--rounds", 10)
    assert running.wait(60) == 0, site.said()
    skews = [sorted(abs(run["start_skew_s"]) for run in row["runs"]) for row in site.report(schema)["hosts"]]
    assert all(len(of_host) == 10 and of_host[5] < .001 for of_host in skews), skews


def test_a_rank_killed_on_another_host_leaves_a_report_of_the_others(site, schema):
    """Though mpirun ends all of them in two seconds, and answers nobody meanwhile."""
    running = site.start("-M", "async", "--rate", 1500, "-d", "30s")
    wait_until(lambda: site.log.exists() and site.clients().total() > 300, what="the load")
    orted = next(pid for pid in site.bed.hosts[2].processes() if Path(f"/proc/{pid}/comm").read_text() == "orted\n")
    os.kill(children(orted)[0], signal.SIGKILL)
    assert running.wait(30) == 128 + signal.SIGKILL, site.said()
    lost = [row["lost"] is not None for row in site.report(schema)["hosts"]]
    assert lost == [False, False, True], site.said()
    assert "MISSING" in site.said() and "rank 2 (host3) is lost" in site.said()


@pytest.mark.long
def test_a_host_that_is_cut_off_costs_its_share(site, schema):
    running = site.start("-M", "async", "--rate", 1500, "-d", "6s", options=("--enable-recovery", "--timeout", "40"))
    wait_until(lambda: site.log.exists() and site.clients().total() > 1500, what="half of the load")
    cut = site.bed.hosts[2]
    site.bed.cut(cut)
    wait_until(lambda: "exit status is 7" in site.said(), 60, "rank 0's end")
    report = site.report(schema)
    assert not report["complete"] and "heard" in report["hosts"][2]["lost"]
    assert report["runs"][0]["requests"]["completed"] == pytest.approx(6000, abs=20)
    assert f"rank 2 ({cut.name}) is lost" in site.said()
    wait_until(lambda: not json.loads((site.folder / "whole.rank2.json").read_text())["complete"]
               and json.loads((site.folder / "whole.rank2.json").read_text())["runs"], 60, "its own report")
    running.wait(60)  # mpirun waits for its lost daemon until its own time is over
