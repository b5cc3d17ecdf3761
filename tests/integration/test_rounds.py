"""Rounds, labels, and the process that each run has to itself."""
import signal
import socket
import threading
import time

import pytest

from servers import wait_until

pytestmark = pytest.mark.one_thread


def test_three_rounds_are_three_runs_of_each_label(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "sequential,threads,async", "--rounds", 3, "-n", 20, f"{nginx.url}/quiet")
    assert outcome.report["plan"]["rounds"] == 3
    for label in ("sequential", "threads", "async"):
        rounds = sorted(r["round"] for r in outcome.runs if r["label"] == label and not r["baseline_repeat"])
        assert rounds == [1, 2, 3]
    places = sorted((r["round"], r["order"]) for r in outcome.runs)
    assert places == [(round, order) for round in (1, 2, 3) for order in (1, 2, 3)]


def test_every_run_makes_its_own_connection(run_fetchbench, hostile):
    run_fetchbench("-M", "sequential", "--rounds", 3, "-n", 5, f"{hostile.url}/ok")
    assert hostile.accepted == 3
    assert len(hostile.requests) == 15


@pytest.mark.once
def test_the_order_of_rounds_follows_from_the_seed(run_fetchbench, nginx):
    def order(seed):
        outcome = run_fetchbench("-M", "a=async,b=async,c=async", "--rounds", 4, "--seed", seed, "-n", 2, f"{nginx.url}/quiet")
        assert outcome.report["seed"] == seed
        return [r["label"] for r in sorted(outcome.runs, key=lambda r: (r["round"], r["order"]))]

    assert order(7) == order(7)
    assert order(7) != order(8)


def test_one_round_runs_in_the_order_typed(run_fetchbench, nginx):
    labels = ["c", "a", "d", "b"]
    outcome = run_fetchbench("-M", ",".join(f"{label}=async" for label in labels), "-n", 2, f"{nginx.url}/quiet")
    assert [r["label"] for r in outcome.runs] == labels


def rows(outcome, labels):
    """Where the labels stand in the printed table, from top to bottom."""
    words = [line.split()[0] for line in outcome.stdout.splitlines() if line.split()]
    return [word for word in words if word in labels]


@pytest.mark.once
def test_the_table_has_the_order_typed_whatever_ran_first(run_fetchbench, nginx):
    labels = ["dd", "aa", "cc", "bb"]
    for seed in (1, 2):
        outcome = run_fetchbench("-M", ",".join(f"{label}=async" for label in labels), "--rounds", 2, "--seed", seed,
                                 "-n", 2, f"{nginx.url}/quiet")
        assert rows(outcome, labels)[:4] == labels, outcome


@pytest.mark.once
@pytest.mark.parametrize("modes, count, least", [("async,async", 2, 6), ("a=async,b=async,c=async", 3, 7)])
def test_from_the_least_number_of_rounds_the_baseline_runs_twice(run_fetchbench, nginx, modes, count, least):
    fewer = run_fetchbench("-M", modes, "--rounds", least - 1, "-n", 2, f"{nginx.url}/quiet")
    assert len(fewer.runs) == count * (least - 1)
    assert not any(r["baseline_repeat"] for r in fewer.runs)
    enough = run_fetchbench("-M", modes, "--rounds", least, "-n", 2, f"{nginx.url}/quiet")
    repeats = [r for r in enough.runs if r["baseline_repeat"]]
    assert [r["round"] for r in repeats] == list(range(1, least + 1))
    assert {r["label"] for r in repeats} == {enough.report["plan"]["strategies"][0]["label"]}
    places = sorted((r["round"], r["order"]) for r in enough.runs)
    assert places == [(round, order) for round in range(1, least + 1) for order in range(1, count + 2)]
    assert len({r["order"] for r in repeats}) > 1, "it is as likely to come first as last"


def test_one_label_is_not_run_twice(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async", "--rounds", 8, "-n", 2, f"{nginx.url}/quiet")
    assert len(outcome.runs) == 8 and not any(r["baseline_repeat"] for r in outcome.runs)


@pytest.mark.parametrize("words, args", [
    ("--rounds takes a count such as 10, or auto", ["--rounds", "many"]),
    ("--rounds must be from 1 to 10000", ["--rounds", "10001"]),
    ("--budget limits the rounds of --rounds auto", ["--budget", "10s"]),
    ("--metric takes wall|throughput|p50|p99|cpu|memory", ["--metric", "speed"]),
])
def test_what_cannot_be_is_refused(refused, words, args):
    refused(words, *args, "http://127.0.0.1:1/")


@pytest.mark.once
def test_auto_makes_at_least_the_least_number_and_at_most_sixty(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async,threads", "--rounds", "auto", "--budget", "2s", "-n", 20,
                             f"{nginx.url}/quiet")
    plan = outcome.report["plan"]
    assert plan["rounds_auto"] and plan["budget_s"] == 2
    assert 6 <= plan["rounds"] <= 60
    assert len(outcome.runs) == 3 * plan["rounds"], "as many were made as were decided on"
    assert "at least 6 rounds of 3 runs (async twice), more as needed within 2.00s" in outcome.stderr
    assert "rounds would be wanted" in outcome.stderr or "rounds are enough" in outcome.stderr


@pytest.mark.once
def test_a_budget_never_cuts_below_the_least_number(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async,threads", "--rounds", "auto", "--budget", "1ms", "-n", 5, f"{nginx.url}/quiet")
    assert outcome.report["plan"]["rounds"] == 6 and len(outcome.runs) == 18
    assert outcome.report["plan"]["budget_s"] == 0.001


def test_the_time_is_estimated_unless_quiet(run_fetchbench, nginx):
    args = ["-M", "async,threads", "--rounds", 3, "-n", 5, f"{nginx.url}/quiet"]
    said = run_fetchbench(*args).stderr.splitlines()
    assert said[0].startswith("fetchbench: 3 rounds of 2 runs")
    assert said[1].startswith("fetchbench: about ") and said[1].endswith(" in all")
    assert run_fetchbench("-q", *args).stderr == ""


def test_ctrl_c_between_rounds_leaves_a_valid_report_of_those_made(start_fetchbench, endpoint):
    running = start_fetchbench("-M", "async,threads", "--rounds", "auto", "-n", 10, "-c", 10, f"{endpoint.url}/delay/20ms")
    wait_until(lambda: "for the first 6 rounds" in running.err.read_text(), what="the end of the first round")
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish()
    assert outcome.status == 130
    assert not outcome.report["complete"]
    assert 3 <= len(outcome.runs) < 3 * outcome.report["plan"]["rounds"]


class Lingering:
    """Answers any request, and closes its side of a connection `hold_s` after the client has closed the other."""

    def __init__(self, hold_s):
        self.hold_s, self.accepted, self.closing = hold_s, [], []
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted.append(time.monotonic())
            self.threads.append(threading.Thread(target=self.serve, args=(connection,)))
            self.threads[-1].start()

    def serve(self, connection):
        with connection:
            while connection.recv(65536):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            self.over.wait(self.hold_s)
            self.closing.append(time.monotonic())

    def close(self):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join()


@pytest.fixture
def lingering(request):
    server = Lingering(request.param)
    yield server
    server.close()


@pytest.mark.parametrize("lingering", [0.4], indirect=True)
def test_a_run_waits_until_the_connections_of_the_one_before_are_gone(run_fetchbench, lingering):
    run_fetchbench("-M", "sequential", "--rounds", 3, "-n", 2, lingering.url)
    assert len(lingering.accepted) == 3
    assert lingering.accepted[1] > lingering.closing[0]
    assert lingering.accepted[2] > lingering.closing[1]


@pytest.mark.once
@pytest.mark.parametrize("lingering", [3600], indirect=True)
def test_a_server_that_never_closes_does_not_hold_up_the_next_run_for_ever(run_fetchbench, lingering):
    outcome = run_fetchbench("-M", "sequential", "--rounds", 2, "-n", 2, lingering.url)
    assert len(lingering.accepted) == 2 and not lingering.closing
    assert outcome.report["complete"]


@pytest.mark.once
@pytest.mark.parametrize("lingering", [3600], indirect=True)
def test_ctrl_c_ends_the_wait_between_runs(start_fetchbench, lingering):
    running = start_fetchbench("-M", "sequential", "--rounds", 2, "-n", 2, lingering.url)
    wait_until(lambda: "in all" in running.err.read_text(), what="the end of the first run")
    running.process.send_signal(signal.SIGINT)
    outcome = running.finish()
    assert outcome.status == 130
    assert len(outcome.runs) == 1 and not outcome.report["complete"]


def test_the_metric_is_declared_in_the_plan(run_fetchbench, nginx):
    plan = run_fetchbench("--metric", "cpu", "-n", 2, f"{nginx.url}/quiet").report["plan"]
    assert (plan["metric"], plan["rounds"], plan["rounds_auto"], plan["budget_s"]) == ("cpu_us_per_request", 1, False, None)


def test_repeated_labels_get_numbers(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async,async,async", "-n", 3, f"{nginx.url}/quiet")
    assert sorted(r["label"] for r in outcome.runs) == ["async", "async-2", "async-3"]


def test_a_label_names_a_configured_strategy(run_fetchbench, nginx):
    run = run_fetchbench("-M", "async,two=async:threads=2", "-n", 20, f"{nginx.url}/quiet").run("two")
    assert (run["strategy"], run["label"], run["threads"]) == ("async", "two", 2)


def test_modes_may_be_given_one_by_one(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "sequential", "--mode", "async", "-n", 3, f"{nginx.url}/quiet")
    assert sorted(r["label"] for r in outcome.runs) == ["async", "sequential"]


@pytest.mark.release
def test_memory_of_the_sixtieth_run_is_that_of_the_first(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async", "--rounds", 60, "-n", 200, f"{nginx.url}/quiet")
    memory = [r["client"]["memory_bytes"] for r in sorted(outcome.runs, key=lambda r: r["round"])]
    assert len(memory) == 60
    assert abs(memory[59] - memory[0]) <= 1 << 20, memory


@pytest.mark.release
def test_a_child_does_not_inherit_the_size_of_its_parent(run_fetchbench, nginx):
    """async with 500 handles before sequential with one: sequential stays small whichever comes first."""
    both = run_fetchbench("-M", "async,sequential", "-n", 1000, "-c", 500, "--rounds", 2, f"{nginx.url}/quiet")
    alone = run_fetchbench("-M", "sequential", "-n", 1000, f"{nginx.url}/quiet")
    small = alone.run("sequential")["client"]["memory_bytes"]
    for run in both.runs:
        if run["label"] == "sequential":
            assert abs(run["client"]["memory_bytes"] - small) <= 2 << 20
        else:
            assert run["client"]["memory_bytes"] > small


def test_the_environment_and_the_plan_are_in_the_report(run_fetchbench, nginx):
    report = run_fetchbench("-n", 3, "--seed", 42, f"{nginx.url}/quiet?key={{i}}").report
    assert report["schema_version"] == 1
    assert report["seed"] == 42
    assert report["tool"]["name"] == "fetchbench"
    assert {"libcurl", "libev", "openssl", "cjson"} <= set(report["tool"]["libraries"])
    assert report["command"][0].endswith("fetchbench")
    assert report["plan"]["url"] == f"{nginx.url}/quiet?key={{i}}"
    assert (report["plan"]["requests"], report["plan"]["concurrency"], report["plan"]["keepalive"]) == (3, 3, True)
    assert report["target"]["addresses"] == ["127.0.0.1"]
    assert report["target"]["port"] == nginx.port
    assert report["target"]["server_header"].startswith("nginx")
    assert report["environment"]["cpus_online"] >= 1
    assert report["comparisons"] == [] and report["noise_floor"] is None
