"""Fixtures of the integration tests: the binary, and servers for it to meet. See servers.py for the servers themselves."""
import json
import os
import re
import resource
import subprocess
from pathlib import Path

import jsonschema
import pytest

from gateways import Names, SecureNginx, Tinyproxy
from launching import LAUNCHING, mpirun
from served import LoggedEndpoint
from servers import Endpoint, Hostile, Httpbin, Nginx, end_process, self_signed

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "results" / "report.schema.json"
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes; part of test.sh --full")
    config.addinivalue_line("markers", "container: run by scripts/container_test.sh, which builds an image for it")
    config.addinivalue_line("markers", "once: of what a sanitizer has nothing to say to")
    config.addinivalue_line("markers", "one_thread: of what has no second thread, so nothing for ThreadSanitizer")
    config.addinivalue_line("markers", "release: compares times or memory, which a sanitizer or other tests change")


@pytest.fixture(scope="session")
def fetchbench():
    """The path of the program under test."""
    path = Path(os.environ.get("FETCHBENCH", ROOT / "build" / "fetchbench")).resolve()
    assert path.exists(), f"{path} is not built"
    return str(path)


@pytest.fixture(scope="session")
def schema():
    if not SCHEMA.exists():
        return None
    document = json.loads(SCHEMA.read_text())
    validator = jsonschema.validators.validator_for(document)
    validator.check_schema(document)
    return validator(document)


class Outcome:
    """What one invocation of fetchbench came to."""

    def __init__(self, status, stdout, stderr, report_text, report):
        self.status, self.stdout, self.stderr = status, stdout, stderr
        self.report_text, self.report = report_text, report

    @property
    def runs(self):
        return self.report["runs"]

    def run(self, label):
        """The only run with that label."""
        found = [r for r in self.runs if r["label"] == label]
        assert len(found) == 1, f"{len(found)} runs are labelled {label}"
        return found[0]

    @property
    def said(self):
        return self.stdout + self.stderr

    def __repr__(self):
        return f"status {self.status}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"


def check_report(text, schema):
    """Parses a report and checks what holds of every one."""
    report = json.loads(text)
    if schema is not None:
        schema.validate(report)
    for run in report["runs"]:
        r = run["requests"]
        assert r["total"] == sum(r[k] for k in ("completed", "failed", "unfinished", "cancelled", "not_started")), r
        assert r["completed"] == sum(run["status_codes"].values())
        assert r["completed"] == run["latency"]["count"]
        assert r["failed"] == sum(e["count"] for name, e in run["errors"].items() if name != "cancelled")
        check_slices(run, bool(report["merged"]))
    return report


def check_slices(run, merged):
    """They are the whole run, and follow one upon the other."""
    slices = run["slices"]
    for key in ("completed", "failed"):
        assert not slices or sum(s[key] for s in slices) == run["requests"][key], (key, slices)
    assert all(s["length_s"] > 0 and (s["completed"] > 0) == (s["p50_s"] is not None) or merged for s in slices), slices
    assert not slices or slices[0]["t_s"] == 0
    for one, other in zip(slices, [] if merged else slices[1:]):
        assert one["t_s"] + one["length_s"] == pytest.approx(other["t_s"])


def all_told(run):
    """Every request of the run was answered, and it ended well."""
    assert run["exit"] == {"reason": "finished", "signal": None, "message": None}
    assert run["requests"]["completed"] == run["requests"]["total"]
    assert run["errors"] == {}


class Running:
    """fetchbench while it runs. Its report goes to a file of its own unless the arguments name one."""

    def __init__(self, command, folder, report_file, schema, **popen):
        self.report_file, self.schema = report_file, schema
        self.out, self.err = folder / f"{report_file.stem}.out", folder / f"{report_file.stem}.err"
        popen.setdefault("stdin", subprocess.DEVNULL)
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, **popen)

    def finish(self, timeout=120):
        try:
            status = self.process.wait(timeout)
        finally:
            end_process(self.process)
        stdout, stderr = self.out.read_text(), self.err.read_text()
        for word in SANITIZER_WORDS:
            assert word not in stderr, stderr
        report_text = report = None
        if self.report_file.exists():
            report_text = self.report_file.read_text()
            report = check_report(report_text, self.schema)
        return Outcome(status, stdout, stderr, report_text, report)

    def measured_child(self):
        """The PID of the process that fires the requests: child of the launcher, which is fetchbench's child."""
        for launcher in children(self.process.pid):
            for child in children(launcher):
                return child
        return None


def children(pid):
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as f:
                found += [int(word) for word in f.read().split()]
    except OSError:
        pass
    return found


@pytest.fixture
def start_fetchbench(fetchbench, schema, tmp_path):
    """start_fetchbench(*args, **popen): runs it in tmp_path without waiting; `prefix` is a command that runs it in turn."""
    started = []

    def start(*args, report=True, env=None, prefix=(), **popen):
        report_file = tmp_path / f"report-{len(started)}.json"
        command = [*prefix, fetchbench, *map(str, args)]
        if report and not any(a == "-o" or a.startswith("--output") for a in command):
            command += ["-o", str(report_file)]
        popen.setdefault("cwd", tmp_path)
        started.append(Running(command, tmp_path, report_file, schema, env={**os.environ, **(env or {})}, **popen))
        return started[-1]

    yield start
    for running in started:
        end_process(running.process)


@pytest.fixture
def run_fetchbench(start_fetchbench):
    """run_fetchbench(*args, status=0, **popen): runs it to its end, checks its exit status and returns an Outcome.
    status=None accepts any."""

    def run(*args, status=0, timeout=120, **popen):
        outcome = start_fetchbench(*args, **popen).finish(timeout)
        assert status is None or outcome.status == status, outcome
        return outcome

    return run


@pytest.fixture
def run_ranks(run_fetchbench, fetchbench):
    """run_ranks(count, *args): as run_fetchbench, by an MPI launcher with so many ranks."""

    def run(count, *args, env=None, **more):
        return run_fetchbench(*args, prefix=mpirun(fetchbench, count), env={**LAUNCHING, **(env or {})}, **more)

    return run


@pytest.fixture(scope="session")
def endpoint(fetchbench):
    """fetchbench's own server, running."""
    server = Endpoint(fetchbench)
    yield server
    server.close()


@pytest.fixture(scope="session")
def witness(fetchbench, tmp_path_factory):
    """Another, which writes down what it saw."""
    server = LoggedEndpoint(fetchbench, tmp_path_factory.mktemp("witness"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def httpbin(tmp_path_factory):
    server = Httpbin(tmp_path_factory.mktemp("httpbin"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def nginx(tmp_path_factory):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    server = Nginx(tmp_path_factory.mktemp("nginx"), hard if hard != resource.RLIM_INFINITY else 19000)
    yield server
    server.close()


@pytest.fixture
def hostile():
    server = Hostile()
    yield server
    server.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """(TLS context of a server, file of its self-signed certificate)"""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_server(certificate):
    server = Hostile(certificate[0])
    server.certificate = str(certificate[1])
    yield server
    server.close()


def strategies(*names):
    """As parameters; those that drive all requests from one thread have nothing for ThreadSanitizer."""
    return [pytest.param(name, marks=() if name == "threads" else pytest.mark.one_thread) for name in names]


by_libcurl = pytest.mark.parametrize("strategy", strategies("sequential", "threads", "async"))  # what *raw* leaves to libcurl


@pytest.fixture(params=strategies("sequential", "threads", "async", "raw"))
def strategy(request):
    return request.param


@pytest.fixture(scope="session")
def secure(tmp_path_factory, httpbin):
    folder = tmp_path_factory.mktemp("secure")
    _, certificate = self_signed(folder)
    server = SecureNginx(folder, certificate, folder / "key.pem", httpbin.url)
    yield server
    server.close()


@pytest.fixture(scope="session")
def proxy(tmp_path_factory):
    server = Tinyproxy(tmp_path_factory.mktemp("tinyproxy"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def guarded_proxy(tmp_path_factory):
    server = Tinyproxy(tmp_path_factory.mktemp("guarded"), "alice", "sesame7")
    yield server
    server.close()


@pytest.fixture(scope="session")
def names(tmp_path_factory):
    return Names(tmp_path_factory.mktemp("names"))


@pytest.fixture
def token(request):
    return re.sub(r"\W", "-", request.node.name)


@pytest.fixture
def refused(run_fetchbench):
    """refused(words, *args): the arguments are refused in one sentence that has the words in it, and nothing is run."""

    def check(words, *args):
        outcome = run_fetchbench(*args, status=2)
        assert outcome.stdout == ""
        assert len(outcome.stderr.strip().splitlines()) == 1, outcome
        assert words in outcome.stderr, outcome
        assert outcome.report is None

    return check


def said(*command, **popen):
    """What a command that succeeds, and complains of nothing, prints."""
    done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=120, **popen)
    assert done.returncode == 0 and done.stderr == "", (command, done.returncode, done.stdout[-2000:], done.stderr)
    return done.stdout
