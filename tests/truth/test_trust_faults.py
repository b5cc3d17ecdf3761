"""Every check of a run's trust turns bad under the fault made for it, and is quiet without it. Prints a table (pytest -s).

A fault is a function that makes two runs: one with it, one of the same kind without. OTHERS may turn with it, and so may what
any other work on this machine turns, since the kernel counts for all of it. Where a fault takes another machine, the unit test
named in the table makes it of made-up counters."""
import contextlib
import os
import re
import signal
import subprocess
import time

import pytest

from faults import Group, Network, burning, serving
from servers import wait_until

pytestmark = pytest.mark.release

BAD = ("warn", "fail")
ANY_LOAD_TURNS = {"client_cpu", "run_queue_wait", "loop_lag", "send_slip", "wake_up", "stationarity", "steal", "retransmits", "ceiling",
                  "delayed_ack_40ms", "listen_backlog"}
ATTEMPTS = 3  # where other work on the machine decides as well
LOSS = ("tc qdisc add dev lo root netem loss 5%",
        "iptables -A INPUT -p tcp -m statistic --mode random --probability 0.05 -j DROP")
DIGESTS = "sha256/30000"  # some milliseconds of work, on any processor


class Tools:
    def __init__(self, run_fetchbench, start_fetchbench, endpoint):
        self.run_fetchbench, self.start, self.endpoint = run_fetchbench, start_fetchbench, endpoint

    def run(self, *words, label=None, **how):
        """The run of one label, or the first."""
        outcome = self.run_fetchbench("-q", *words, **{"status": None, **how})
        return outcome.run(label) if label else outcome.runs[0]

    def url(self, path):
        return self.endpoint.url + path

    def within(self, setup, *words):
        """In a network of its own, where the kernel counts for nobody else, against an endpoint of its own."""
        with contextlib.closing(Network(setup)) as network:
            return self.run(*words, prefix=network.prefix)

    def idle(self, *words, **how):
        return self.run("-n", 30, "-c", 1, *words, self.url("/delay/20ms"), **how)


def saturated(tools):
    return tools.run("-n", 150, "-c", 4, "--work", DIGESTS, tools.url("/get")), tools.idle()


def burner(tools):
    """The client's one processor shared with somebody who wants all of it."""
    processor = min(os.sched_getaffinity(0))
    with burning(processor):
        faulty = tools.run("-n", 150, "-c", 4, "--pin", processor, "--work", DIGESTS, tools.url("/get"))
    return faulty, tools.idle()


def stalled_client(tools):
    """The measured process stands still for half of the time in which it was to send."""
    words = ("-R", 200, "-n", 200, "-c", 20, tools.url("/delay/20ms"))
    running = tools.start("-q", *words)
    wait_until(running.measured_child)
    time.sleep(0.2)  # somewhere in the second for which it sends
    child = running.measured_child()
    os.kill(child, signal.SIGSTOP)
    time.sleep(0.5)
    os.kill(child, signal.SIGCONT)
    return running.finish().runs[0], tools.run(*words)


def asleep(tools):
    """Answers come at once, but the client has to be woken for each."""
    return (tools.run("-R", 200, "-n", 60, "-c", 5, tools.url("/get")),
            tools.run("-R", 200, "-n", 60, "-c", 20, tools.url("/delay/20ms")))


def slow_server(tools):
    """Half of what was asked for is all that one connection to it can carry."""
    return (tools.run("-M", "sequential", "-R", 200, "-n", 60, tools.url("/delay/10ms")),
            tools.run("-M", "sequential", "-R", 20, "-n", 20, tools.url("/delay/10ms")))


def slowing_server(tools):
    with serving("slowing") as (url, _):
        faulty = tools.run("-M", "sequential", "-n", 400, url)
    return faulty, tools.run("-M", "sequential", "-n", 80, tools.url("/delay/20ms"))


def failures(tools):
    return (tools.run("-n", 200, "--keep-going", "--fail-status", tools.url("/unstable?failure_rate=0.2&seed={i}")),
            tools.run("-n", 200, "--fail-status", tools.url("/unstable?failure_rate=0&seed={i}")))


def refusals(tools):
    return tools.run("-n", 50, tools.url("/status/429")), tools.run("-n", 50, tools.url("/status/200"))


def late_to_accept(tools):
    with serving("late") as (url, _):
        faulty = tools.run("-M", "threads", "-n", 40, "-c", 10, url)
    return faulty, tools.run("-M", "threads", "-n", 40, "-c", 10, tools.url("/delay/1ms"))


def few_ports(tools):
    setup = "echo 40000 40009 > /proc/sys/net/ipv4/ip_local_port_range"
    return (tools.within(setup, "-n", 60, "-c", 2, "--no-keepalive", "--keep-going"),
            tools.within(setup, "-n", 60, "-c", 2))


def lossy(tools):
    words = ("-M", "threads", "-n", 150, "-c", 10)
    return tools.within(f"({LOSS[0]} || {LOSS[1]}) 2>&1", *words), tools.within("true", *words)


def nagle(tools):
    with serving("nagle") as (url, _):
        faulty = tools.run("-M", "sequential", "-n", 60, url)
    return faulty, tools.run("-M", "sequential", "-n", 60, tools.url("/get"))


def quota(tools):
    group = Group(20000, 100000)
    try:
        faulty = tools.run("-n", 60, "-c", 4, "--work", DIGESTS, tools.url("/get"), preexec_fn=group.enter)
    finally:
        group.close()
    return faulty, tools.idle()


def ceiling(tools):
    return (tools.run("-M", "sequential", "-n", 2000, "--ceiling", tools.url("/get")),
            tools.run("-M", "sequential", "-n", 40, "--ceiling", tools.url("/delay/10ms")))


UNIT = "unit: trust_checks_test"
FAULTS = {
    "client_cpu": (saturated, set()),
    "run_queue_wait": (burner, set()),
    "loop_lag": (saturated, set()),
    "send_slip": (stalled_client, {"littles_law"}),
    "wake_up": (asleep, {"clock"}),
    "rate": (slow_server, set()),
    "littles_law": (UNIT, None),  # only a mutant of fetchbench breaks it: see test_mutants.py
    "stationarity": (slowing_server, set()),
    "clock": (UNIT, None),  # the kernel's
    "dropped_samples": (UNIT, None),
    "errors": (failures, set()),
    "status": (refusals, set()),
    "listen_backlog": (late_to_accept, set()),
    "ports": (few_ports, {"errors"}),
    "retransmits": (lossy, {"listen_backlog"}),
    "delayed_ack_40ms": (nagle, set()),
    "steal": (UNIT, None),  # the hypervisor's
    "throttling": (quota, set()),
    "frequency": (UNIT, None),
    "same_machine": (UNIT, None),  # a label
    "ceiling": (ceiling, set()),
}
MADE = [check for check, (make, _) in FAULTS.items() if callable(make)]


@pytest.fixture
def tools(run_fetchbench, start_fetchbench, endpoint):
    return Tools(run_fetchbench, start_fetchbench, endpoint)


@pytest.fixture(scope="module")
def table(request):
    """Lines of what was seen, printed when all is over."""
    lines = {check: [make, "", ""] for check, (make, _) in FAULTS.items() if not callable(make)}
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n\n{'check':17} {'fault':16} {'with it':25} {'without':14} turned as well")
        for check in FAULTS:
            if check in lines:
                fault, seen, other = lines[check]
                print(f"{check:17} {fault:16} {seen:40} {other}".rstrip())


def rows_of(run):
    return {row["check"]: row for row in run["trust"]}


def turned(run):
    return {check for check, row in rows_of(run).items() if row["status"] in BAD}


def seen(row):
    value = "" if row["value"] is None else f" {row['value']:.4g}"
    return f"{row['status']}{value}"


@pytest.mark.parametrize("check", MADE)
def test_a_check_turns_under_its_fault_and_is_quiet_without_it(tools, table, check):
    make, others = FAULTS[check]
    for _ in range(ATTEMPTS if check in ANY_LOAD_TURNS else 1):
        faulty, quiet = make(tools)
        if check in turned(faulty) - turned(quiet):
            break
    bad, well = rows_of(faulty)[check], rows_of(quiet)[check]
    also = turned(faulty) - turned(quiet) - {check}
    table[check] = [make.__name__, f"{seen(bad):25} {seen(well):14}", ", ".join(sorted(also))]
    busy = check != "run_queue_wait" and "run_queue_wait" in turned(faulty) | turned(quiet)
    if check in ANY_LOAD_TURNS and busy and (bad["status"] not in BAD or well["status"] in BAD):
        pytest.skip("this machine is busy with others")
    assert bad["status"] in BAD and bad["advice"]
    assert well["status"] not in BAD
    assert also <= others | ANY_LOAD_TURNS


def test_every_check_has_a_fault(fetchbench):
    told = subprocess.run([fetchbench, "--help", "trust"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert re.findall(r"^    ([a-z_0-9]+)  ", told, re.MULTILINE) == list(FAULTS)


def test_a_client_that_shares_its_processor_is_called_the_limit(tools):
    """It is on its processor for half of the time only, so that neither its CPU nor its wait alone would say so."""
    run, _ = burner(tools)
    assert run["limited_by"] == "client", run["limited_by_reason"]
    assert "waited for a processor" in run["limited_by_reason"]


def test_so_is_one_at_full_speed_whose_server_has_a_processor_of_its_own(tools):
    processors = os.sched_getaffinity(0)
    processor = min(processors)
    if len(processors) < 2:
        pytest.skip("there is one processor alone")
    os.sched_setaffinity(tools.endpoint.process.pid, processors - {processor})
    try:
        with burning(processor):
            run = tools.run("-n", 20000, "-c", 10, "--pin", processor, tools.url("/get"))
    finally:
        os.sched_setaffinity(tools.endpoint.process.pid, processors)
    assert run["limited_by"] == "client", run["limited_by_reason"]


def test_a_slow_server_is_called_the_limit(tools):
    run = tools.idle()
    assert run["limited_by"] == "server", run["limited_by_reason"]
    assert "first byte" in run["limited_by_reason"]
    run, kept = slow_server(tools)
    assert run["limited_by"] == "server", run["limited_by_reason"]
    assert kept["limited_by"] != "server"  # but none, or on a busy machine the client


def test_what_else_is_the_limit_is_called_by_its_name(tools):
    assert few_ports(tools)[0]["limited_by"] == "ports"
    assert lossy(tools)[0]["limited_by"] == "network"


def test_a_server_that_stands_still_is_called_the_limit(tools):
    with serving("slowing") as (url, server):
        server.send_signal(signal.SIGSTOP)
        run = tools.run("-M", "async", "-R", 100, "-d", "400ms", "-c", 5, url)
    assert run["requests"]["completed"] == 0
    assert run["limited_by"] == "server", run["limited_by_reason"]
    assert {"rate"} <= turned(run) <= {"rate"} | ANY_LOAD_TURNS
