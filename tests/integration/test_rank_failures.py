"""What a launch of several ranks leaves behind when one of them is killed, or all are told to end."""
import json
import os
import re
import signal
import subprocess
import time

import pytest

from conftest import check_report, children
from launching import LAUNCHING, mpirun
from servers import wait_until

pytestmark = pytest.mark.once

RANKS = 3


class Launch:
    """mpirun and the ranks that it started."""

    def __init__(self, running, folder):
        self.running, self.folder = running, folder
        self.pids = wait_until(self.find, what="all ranks")

    def find(self):
        found = {}
        for pid in children(self.running.process.pid):
            try:
                words = open(f"/proc/{pid}/environ").read().split("\0")
            except OSError:
                continue
            found.update({int(word.split("=")[1]): pid for word in words if word.startswith("OMPI_COMM_WORLD_RANK=")})
        return found if len(found) == RANKS else None

    def report_of(self, rank):
        path = self.folder / f"report-0.rank{rank}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def worker(self, rank):
        """The process that is an ordinary fetchbench with that rank's share."""
        return children(self.pids[rank])[0]

    def workers_are_gone(self, workers):
        return not any(os.path.exists(f"/proc/{pid}") for pid in workers)


@pytest.fixture
def launch(start_fetchbench, fetchbench, witness, token, tmp_path):
    """launch(*options of mpirun): ranks with a load that would last far longer than the test, once it is on."""

    def start(*options, seconds=20):
        running = start_fetchbench("-M", "raw", "--rate", 600, "-d", f"{seconds}s", f"{witness.url}/get?key={{i}}&{token}",
                                   prefix=mpirun(fetchbench, RANKS, *options), env=LAUNCHING)
        started = Launch(running, tmp_path)
        witness.lines_once_there(300, token)
        return started

    return start


def merged(fetchbench, tmp_path, schema, *reports):
    done = subprocess.run([fetchbench, "merge", "--shares", *reports], cwd=tmp_path, capture_output=True, text=True, check=True)
    return check_report(done.stdout, schema)


def state(pid):
    return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0]


def recorded_by_all(launch):
    """Requests that the ranks' own reports, which are on their disks, tell of."""
    return sum(run["requests"]["completed"] for rank in range(RANKS) for run in launch.report_of(rank)["runs"])


def test_a_rank_that_is_killed_ends_the_launch_with_valid_reports_of_all(launch, fetchbench, tmp_path, schema):
    started = launch()
    workers = [started.worker(rank) for rank in range(RANKS)]
    os.kill(started.pids[1], signal.SIGKILL)
    outcome = started.running.finish(30)
    assert outcome.status != 0 and "rank 1" in outcome.stderr and "is lost" in outcome.stderr
    assert not outcome.report["complete"]
    assert outcome.report["hosts"][1]["lost"] and not outcome.report["hosts"][0]["lost"]
    wait_until(lambda: started.workers_are_gone(workers), what="the workers' end")
    whole = merged(fetchbench, tmp_path, schema, *(f"report-0.rank{rank}.json" for rank in range(RANKS)))
    assert whole["runs"][0]["requests"]["completed"] == recorded_by_all(started) > 300
    assert not whole["complete"]


def test_with_recovery_the_other_ranks_go_on_to_their_end(launch, fetchbench, tmp_path, schema):
    started = launch("--enable-recovery", seconds=4)
    os.kill(started.pids[1], signal.SIGKILL)
    outcome = started.running.finish(60)
    run = outcome.report["runs"][0]
    assert "rank 1" in outcome.stderr and "exit status is 7" in outcome.stderr
    assert re.search(r"fetchbench merge --shares -o all.json \S*report-0.rank\*.json", outcome.stderr)
    assert re.search(r"on its machine: \S*report-0.rank0.json, \S*report-0.rank2.json\n", outcome.stdout)
    assert "heard" in outcome.report["hosts"][1]["lost"] and not outcome.report["complete"]
    requests = run["requests"]
    assert requests["completed"] + requests["unfinished"] + requests["not_started"] == requests["total"] == 1600
    assert recorded_by_all(started) > run["requests"]["completed"]
    whole = merged(fetchbench, tmp_path, schema, *(f"report-0.rank{rank}.json" for rank in range(RANKS)))
    assert whole["runs"][0]["requests"]["completed"] == recorded_by_all(started)


def test_a_worker_that_is_killed_costs_its_share_and_the_status_is_7(launch):
    started = launch(seconds=4)
    os.kill(started.worker(2), signal.SIGKILL)
    outcome = started.running.finish(60)
    assert outcome.status == 7, outcome
    assert "rank 2" in outcome.stderr and "signal 9" in outcome.stderr
    assert outcome.report["runs"][0]["requests"]["total"] == 1600 and outcome.report["runs"][0]["requests"]["completed"] > 1200
    assert not outcome.report["complete"]
    assert "its share is not whole" in outcome.report["hosts"][2]["lost"] and "MISSING: 1 of 3 shares" in outcome.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_the_launcher_ends_all_ranks_with_valid_reports(launch, number):
    started = launch()
    workers = [started.worker(rank) for rank in range(RANKS)]
    begun = time.monotonic()
    started.running.process.send_signal(number)
    outcome = started.running.finish(30)
    assert time.monotonic() - begun < 10
    wait_until(lambda: started.workers_are_gone(workers), what="the workers' end")
    for rank in range(RANKS):
        report = check_report(json.dumps(started.report_of(rank)), None)
        assert not report["complete"] and report["runs"][0]["exit"]["reason"] == "interrupted"
    assert not outcome.report["complete"] and outcome.report["runs"][0]["exit"]["reason"] == "interrupted"
    assert outcome.report["runs"][0]["requests"]["completed"] == recorded_by_all(started)
    assert "interrupted" in outcome.stdout


def test_ranks_that_are_suspended_with_their_launcher_go_on(launch, witness, token):
    started = launch(seconds=6)
    started.running.process.send_signal(signal.SIGTSTP)
    wait_until(lambda: all(state(pid) == "T" for pid in started.pids.values()), what="suspended ranks")
    witness.lines_once_there(len(witness.lines(token)) + 700, token)  # which their workers send meanwhile, for a second
    started.running.process.send_signal(signal.SIGCONT)
    outcome = started.running.finish(60)
    assert outcome.status == 0, outcome
    assert outcome.report["complete"], outcome
    assert outcome.report["runs"][0]["requests"]["total"] == 3600


@pytest.mark.long
def test_a_rank_that_loses_rank_0_stops_its_load(launch, witness, token):
    started = launch("--enable-recovery", seconds=60)
    workers = [started.worker(rank) for rank in range(RANKS)]
    os.kill(started.pids[0], signal.SIGKILL)
    outcome = started.running.finish(60)
    assert "hears nothing of rank 0" in outcome.stderr
    wait_until(lambda: started.workers_are_gone(workers), what="the workers' end")
    for rank in range(RANKS):
        assert not started.report_of(rank)["complete"]
