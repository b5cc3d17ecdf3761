"""What the scripts that measure share: nginx on one processor, clients on another one after the other, and what each took."""
import argparse
import contextlib
import json
import os
import platform
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NGINX_CONF = """
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} reuseport backlog=4096;
        {secure}
        default_type application/json;
        location = /served {{ stub_status; }}
        location / {{
            return 200 '{{"args": {{}}, "headers": {{"Accept": "*/*", "Host": "127.0.0.1"}}, "origin": "127.0.0.1", "url": "http://127.0.0.1/get"}}';
        }}
    }}
}}
"""

NGINX_SECURE = """listen 127.0.0.1:{port} ssl reuseport backlog=4096;
        ssl_protocols TLSv1.3;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;"""

NGINX_DESCRIPTORS = 19000
NGINX_CONNECTIONS = 16000
SPARE_DESCRIPTORS = 100  # what a client or nginx has open besides its connections
LOOK_S = (0.005, 0.1)  # how often a client's processes are looked at, at first and at last,
LOOK_REST = 20  # and at least so many times the processor time that a look takes is between two
SETTLE_S = 10


class Failed(Exception):
    """A measurement that could not be made; the text says why."""


def on_path(program, *folders):
    """Where a program is; None: nowhere."""
    return shutil.which(program, path=":".join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, folders)]))


def processor_pair():
    """One for the server and one for the clients."""
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        raise Failed("server and client need a processor each, and there is only one")
    return processors[:2]


def raise_descriptor_limit():
    """Raises the soft limit as far as it goes; returns it."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return NGINX_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for_port(process, port, log):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise Failed(f"the server did not start: {log.read_text() if log.exists() else 'it left no log'}")


def make_certificate(folder):
    """Self-signed, for 127.0.0.1."""
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"],
                       check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"openssl made no certificate: {error}") from error


class Server:
    """nginx as it runs: url, and with TLS secure_url and certificate."""

    def __init__(self, process, folder, port, secure_port):
        self.process, self.origin = process, f"http://127.0.0.1:{port}"
        self.url = f"{self.origin}/get"
        self.secure_url = f"https://127.0.0.1:{secure_port}/get" if secure_port else None
        self.certificate = f"{folder}/certificate.pem" if secure_port else None
        self.looks = 0

    def workers(self):
        return children(self.process.pid)

    def status(self):
        """(connections open, accepted, requests) by its own count, without those that asked for it."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.origin}/served", timeout=60) as answer:
            words = re.findall(r"\d+", answer.read().decode())
        self.looks += 1
        return int(words[0]) - 1, int(words[1]) - self.looks, int(words[3]) - self.looks

    def settled(self):
        """(accepted, requests) once the connections of the client before are gone."""
        deadline = time.monotonic() + SETTLE_S
        while True:
            active, accepted, requests = self.status()
            if active == 0 or time.monotonic() > deadline:
                return accepted, requests
            time.sleep(0.02)


@contextlib.contextmanager
def nginx(processor, descriptors, secure=False):
    """A Server on ephemeral ports and one processor."""
    program = on_path("nginx")
    if not program:
        raise Failed("nginx is not installed")
    with tempfile.TemporaryDirectory(prefix="pinned-") as folder:
        port, secure_port = free_port(), free_port() if secure else None
        if secure:
            make_certificate(folder)
        conf = Path(folder, "nginx.conf")
        conf.write_text(NGINX_CONF.format(
            folder=folder, port=port, user="user root;" if os.geteuid() == 0 else "",
            secure=NGINX_SECURE.format(port=secure_port, folder=folder) if secure else "",
            descriptors=min(descriptors, NGINX_DESCRIPTORS),
            connections=min(descriptors - SPARE_DESCRIPTORS, NGINX_CONNECTIONS)))
        process = subprocess.Popen(["taskset", "-c", str(processor), program, "-p", folder, "-c", str(conf)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_port(process, port, Path(folder, "error.log"))
            yield Server(process, folder, port, secure_port)
        finally:
            process.terminate()
            process.wait()


def children(pid):
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid):
    return [each for child in children(pid) for each in (child, *descendants(child))]


def pss_bytes(pid):
    """A process's memory, of each page the share that is its own among all who have it; 0 once it has ended."""
    with contextlib.suppress(OSError):
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
        return int(found[1]) * 1024 if found else 0
    return 0


def has_rings(pid):
    """Whether a process has rings of io_uring."""
    with contextlib.suppress(OSError):
        return "anon_inode:[io_uring]" in Path(f"/proc/{pid}/maps").read_text()
    return False


@dataclass
class Seen:
    """What was seen of the processes that a client started: the most that all had together, and whether one has rings."""
    processes: set = field(default_factory=set)
    pss_bytes: int = 0
    io_uring: bool = False

    def look(self, starter):
        pids = descendants(starter)
        self.processes.update(pids)
        self.pss_bytes = max(self.pss_bytes, sum(map(pss_bytes, pids)))
        self.io_uring = self.io_uring or any(map(has_rings, pids))


class Spent:
    """What a client printed and took. rss_bytes is the peak of its largest process, as /usr/bin/time has it; pss_bytes the
    most that was seen of all its processes together, 0 where it ended before the first look."""

    def __init__(self, out, errors, figures, seen):
        self.out, self.errors = out, errors
        self.cpu_user_s, self.cpu_system_s = figures["cpu_user_s"], figures["cpu_system_s"]
        self.wall_s, self.rss_bytes = figures["wall_s"], figures["max_rss_bytes"]
        self.processes, self.pss_bytes, self.io_uring = max(len(seen.processes), 1), seen.pss_bytes, seen.io_uring

    @property
    def cpu_s(self):
        return self.cpu_user_s + self.cpu_system_s


def run(build, command, processor, timeout_s=600, **popen):
    """A client to its end on one processor: what it Spent, by wait4."""
    small = Path(build, "bench", "rusage")
    if not small.exists():
        raise Failed(f"{small} is not there: build fetchbench with its tests")
    with tempfile.TemporaryDirectory(prefix="pinned-") as folder:
        figures, out, errors = (Path(folder, name) for name in ("figures", "out", "errors"))
        with out.open("wb") as to, errors.open("wb") as errors_to:
            process = subprocess.Popen(["taskset", "-c", str(processor), str(small), str(figures), *map(str, command)],
                                       stdin=subprocess.DEVNULL, stdout=to, stderr=errors_to, **popen)
        seen = watch(process, timeout_s)
        said = out.read_text(errors="replace"), errors.read_text(errors="replace")
        if process.returncode:
            name = Path(command[0]).name
            why = last_line(*said).removeprefix(f"{name}: ")
            raise Failed(f"{name} {how_it_ended(process.returncode)}: {why}")
        return Spent(*said, json.loads(figures.read_text()), seen)


def watch(process, timeout_s):
    """Until it ends: what was Seen of the processes it started, none of which outlives an exception."""
    seen, deadline, gap_s = Seen(), time.monotonic() + timeout_s, LOOK_S[0]
    ended = os.pidfd_open(process.pid)
    try:
        while not select.select([ended], [], [], gap_s)[0]:
            begun = time.thread_time()
            seen.look(process.pid)
            gap_s = max(min(2 * gap_s, LOOK_S[1]), LOOK_REST * (time.thread_time() - begun))
            if time.monotonic() > deadline:
                raise Failed(f"it had not ended after {timeout_s:.0f} s")
    except BaseException:
        for pid in [*descendants(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(ended)
        process.wait()
    return seen


def end_at_sigterm():
    """By an exception, so that servers and clients are ended too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def a_folder(text):
    """For argparse. What is in it can be run, wherever that is from."""
    return Path(text).resolve()


def require_built(build, *programs):
    missing = [program for program in ("fetchbench", "bench/rusage", *programs) if not os.access(Path(build, program), os.X_OK)]
    if missing:
        raise Failed(f"{build} has no {' and no '.join(missing)}: build fetchbench there with its tests, or say with --build "
                     "where it is built")


def a_count(text):
    """For argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of at least 1")
    return int(text)


def how_it_ended(status):
    return f"ended with status {status}" if status < 128 else f"was ended by {signal.Signals(status - 128).name}"


def last_line(out, errors):
    lines = (errors.strip() or out.strip()).splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def by_turns(clients, number):
    """Every other round in reverse order, so that what drifts favours none."""
    return list(clients) if number % 2 == 0 else list(reversed(clients))


def ratios(ours, theirs):
    """Median, least and most of the ratios of two series, round by round."""
    each = [one / other for one, other in zip(ours, theirs)]
    return {"ratio": statistics.median(each), "least": min(each), "most": max(each)}


def against_goal(found, goal):
    """What ratios() found, in words."""
    return (f"{found['ratio']:.3f} ({found['least']:.3f}-{found['most']:.3f}), goal {goal:.2f} "
            f"{'met' if found['ratio'] <= goal else 'MISSED'}")


def shown(seconds):
    """Three digits, with its unit."""
    for unit, factor in (("s", 1), ("ms", 1e3)):
        if abs(seconds) * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.3g} us"


def markdown_table(head, rows, left=(0,)):
    """Columns are right-aligned but those of left."""
    lines = ["| " + " | ".join(head) + " |",
             "|" + "|".join("---" if column in left else "---:" for column in range(len(head))) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def machine():
    model = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return {"kernel": re.match(r"[0-9.]*", platform.release())[0].rstrip("."), "processors": os.cpu_count(),
            "cpu_model": model[1] if model else platform.machine()}
