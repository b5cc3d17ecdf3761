"""Runs that do not come to their end: what was measured is kept in a valid report, and nothing stays behind."""
import contextlib
import os
import pty
import signal
import subprocess
import time

import pytest

from conftest import children
from servers import wait_until


def start_in_flight(start_fetchbench, hostile, strategy, *args, n=20, c=4, **popen):
    """A run whose requests are held by the server; returns it once those that can be in flight are."""
    running = start_fetchbench("-M", strategy, "-n", n, "-c", c, *args, f"{hostile.url}/silence", **popen)
    in_flight = 1 if strategy == "sequential" else c
    hostile.wait_for_requests(in_flight)
    return running, in_flight


def gone(pid):
    """Whether a process has ended (a zombie has)."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_a_valid_report(start_fetchbench, hostile, strategy, number, status):
    running, in_flight = start_in_flight(start_fetchbench, hostile, strategy)
    child = running.measured_child()
    running.process.send_signal(number)
    outcome = running.finish(20)
    assert outcome.status == status, outcome
    assert outcome.report["complete"] is False
    run = outcome.run(strategy)
    assert run["exit"]["reason"] == "interrupted"
    assert run["requests"]["cancelled"] == in_flight
    assert run["requests"]["not_started"] == 20 - in_flight
    wait_until(lambda: gone(child), what="the measured process's end")


def test_what_was_completed_before_the_interruption_is_kept(start_fetchbench, hostile, strategy):
    hostile._some = lambda connection, words, answered, place: (
        hostile._answer(connection) if place <= 15 else hostile._silence(connection, words, answered, place))
    running = start_fetchbench("-M", strategy, "-n", 40, "-c", 4, f"{hostile.url}/some")
    hostile.wait_for_requests(16 if strategy == "sequential" else 19)
    running.process.send_signal(signal.SIGINT)
    run = running.finish(20).run(strategy)
    assert run["requests"]["completed"] == 15
    assert run["latency"]["count"] == 15
    assert run["status_codes"] == {"200": 15}


def test_runs_before_the_interrupted_one_are_kept_and_later_ones_not_begun(start_fetchbench, hostile):
    hostile._second = lambda connection, words, answered, place: (
        hostile._answer(connection) if place <= 10 else hostile._silence(connection, words, answered, place))
    running = start_fetchbench("-M", "sequential,async,threads", "-n", 10, "-c", 2, f"{hostile.url}/second")
    hostile.wait_for_requests(12)
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish(20)
    assert outcome.status == 130
    runs = sorted(outcome.runs, key=lambda r: r["order"])
    assert runs[0]["exit"]["reason"] == "finished"
    assert runs[1]["exit"]["reason"] == "interrupted"
    assert len(hostile.requests) == 12
    assert all(r["requests"]["not_started"] == 10 for r in runs[2:])


def test_a_run_under_nohup_outlives_its_terminal(start_fetchbench, endpoint):
    running = start_fetchbench("-M", "sequential", "-n", 20, f"{endpoint.url}/delay/30ms", prefix=["nohup"])
    wait_until(running.measured_child, what="the measured process")
    running.process.send_signal(signal.SIGHUP)
    outcome = running.finish(20)
    assert outcome.status == 0, outcome
    assert outcome.run("sequential")["requests"]["completed"] == 20


def test_ctrl_c_on_a_terminal_interrupts(start_fetchbench, hostile):
    """The terminal sends SIGINT to the whole foreground group, the launcher and the child included."""
    master, slave = pty.openpty()

    def own_terminal():
        os.setsid()
        import fcntl
        import termios
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    running, in_flight = start_in_flight(start_fetchbench, hostile, "async", preexec_fn=own_terminal)
    os.write(master, b"\x03")
    outcome = running.finish(20)
    os.close(master)
    os.close(slave)
    assert outcome.status == 130
    assert outcome.run("async")["requests"]["cancelled"] == in_flight


def test_a_second_ctrl_c_ends_at_once(start_fetchbench, hostile, strategy):
    """The measured process is frozen, so that the first one cannot be obeyed."""
    running, _ = start_in_flight(start_fetchbench, hostile, strategy)
    child = running.measured_child()
    os.kill(child, signal.SIGSTOP)
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.1)  # signals of one kind that are pending together are one
    begun = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish(20)
    assert outcome.status in (130, -signal.SIGINT)
    assert time.monotonic() - begun < 5
    wait_until(lambda: gone(child), what="the measured process's end")


def test_a_killed_child_is_reported_with_its_requests_in_flight(start_fetchbench, hostile, strategy):
    running, in_flight = start_in_flight(start_fetchbench, hostile, strategy)
    os.kill(running.measured_child(), signal.SIGKILL)
    outcome = running.finish(20)
    assert outcome.status == 1, outcome
    run = outcome.run(strategy)
    assert run["exit"]["reason"] == "killed"
    assert run["exit"]["signal"] in (9, "SIGKILL")
    assert run["requests"]["unfinished"] == in_flight
    assert run["requests"]["not_started"] == 20 - in_flight
    assert "kill" in outcome.said.lower()


def test_the_next_strategy_runs_after_a_killed_one(start_fetchbench, hostile):
    hostile._once = lambda connection, words, answered, place: (
        hostile._silence(connection, words, answered, place) if place <= 1 else hostile._answer(connection))
    running = start_fetchbench("-M", "sequential,async", "-n", 10, "-c", 2, f"{hostile.url}/once")
    hostile.wait_for_requests(1)
    os.kill(running.measured_child(), signal.SIGKILL)
    outcome = running.finish(20)
    assert outcome.status == 1
    reasons = {r["label"]: r["exit"]["reason"] for r in outcome.runs}
    killed = [label for label, reason in reasons.items() if reason == "killed"]
    assert len(killed) == 1 and sorted(reasons.values()) == ["finished", "killed"]


def test_a_dead_launcher_ends_the_program_with_a_valid_report(start_fetchbench, hostile):
    from conftest import children
    running, _ = start_in_flight(start_fetchbench, hostile, "async")
    child = running.measured_child()
    os.kill(children(running.process.pid)[0], signal.SIGKILL)
    outcome = running.finish(20)
    assert outcome.status == 1
    assert outcome.report is not None
    wait_until(lambda: gone(child), what="the measured process's end")


def test_nothing_outlives_a_killed_fetchbench(start_fetchbench, hostile, strategy):
    running, _ = start_in_flight(start_fetchbench, hostile, strategy)
    child = running.measured_child()
    running.process.kill()
    running.process.wait()
    wait_until(lambda: gone(child), what="the measured process's end")


@pytest.fixture
def start_as_first_process(start_fetchbench):
    """Starts fetchbench as PID 1 of a namespace, as in a container; returns it and its PID out here."""
    unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    unshare += [] if os.geteuid() == 0 else ["--map-root-user"]
    if subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("pid namespaces cannot be made here")

    def start(*args):
        running = start_fetchbench(*args, prefix=unshare)
        return running, wait_until(lambda: children(running.process.pid), what="the first process")[0]

    return start


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_process_of_a_container_ends_with_a_report(start_as_first_process, hostile, number, status):
    running, first = start_as_first_process("-n", 20, "-c", 4, f"{hostile.url}/silence")
    hostile.wait_for_requests(4)
    os.kill(first, number)
    outcome = running.finish(20)
    assert outcome.status == status, outcome
    assert outcome.report["complete"] is False
    assert outcome.report["environment"]["container"]


def test_the_first_process_of_a_container_ends_while_its_output_blocks(start_as_first_process, hostile, tmp_path):
    """The kernel ignores signals for which such a process has no handler."""
    fifo = tmp_path / "nobody-reads-it"
    os.mkfifo(fifo)
    running, first = start_as_first_process("-n", 5, "-o", fifo, f"{hostile.url}/ok")
    hostile.wait_for_requests(5)
    wait_until(lambda: not children(first), what="the end of the run")

    def ended():
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGTERM)  # the first may still come as the run's interruption
        return running.process.poll() is not None

    wait_until(ended, what="the end of the first process")
    assert running.process.returncode == 143
