#!/usr/bin/python3
"""What waiting, computing and memory cost each strategy, C's beside Python's: the runs behind "Which strategy when".

Starts httpbin under gunicorn, nginx and the embedded endpoint, each on ephemeral ports of the loopback, and runs
fetchbench against them. Keeps the reports in a folder, and writes the tables made of them with the commands that made
them, both to the folder's README.md. Reports that are there already are not made again: to measure one anew, delete it.
"""

import argparse
import contextlib
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from pinned import (ROOT, Failed, end_at_sigterm, free_port, markdown_table, nginx, on_path, raise_descriptor_limit,
                    wait_for_port)

OURS = ["sequential", "threads", "executor", "processes", "async", "coroutine"]
CLIENTS = {"requests_loop": "requests_loop.py", "threads_queue": "threads_queue.py", "thread_pool": "thread_pool.py",
           "process_pool": "process_pool.py", "run_in_executor": "run_in_executor.py",
           "aiohttp_gather": "aiohttp_gather.py", "node_fetch": "node_fetch.mjs", "curl": "curl.sh"}


def client(name):
    return f"{name}=exec:scripts/clients/{CLIENTS[name]}"


DRIVERS = ["async", "coroutine", "threads", "executor", "processes", "sequential"]
ALL = [*OURS, *(client(name) for name in CLIENTS)]
WORKERS = ["async", "two=async:threads=2", "sequential", "coroutine", "executor", "threads", "processes",
           *(client(name) for name in ["threads_queue", "thread_pool", "process_pool", "aiohttp_gather", "node_fetch"])]
WAITING_C = ["threads", "executor:threads=1000", "processes", "async", "coroutine"]
WAITING_OTHERS = [client(name) for name in ["threads_queue", "thread_pool", "aiohttp_gather", "node_fetch"]]


class Run:
    """One invocation of fetchbench: the report's name, the server, the modes and the rest of the command line."""

    def __init__(self, name, server, modes, options, path, pinned=False):
        self.name, self.server, self.modes, self.path = name, server, modes, path
        self.options = [*(["--pin", "1"] if pinned else []), *options]

    def arguments(self):
        return [*self.options, "-M", ",".join(self.modes), "-o", f"results/strategies/{self.name}.json"]

    def command(self):
        """As a person would type it, with the server's documented address."""
        words = " ".join(shlex.quote(word) for word in self.arguments())
        return f"fetchbench {words} '{SERVERS[self.server][0]}{self.path}'"


RUNS = [
    Run("waiting", "httpbin", ALL, ["--rounds", "5", "-n", "100", "-c", "100"], "/delay/0.1?key={i}"),
    Run("waiting-reconnecting", "httpbin", ALL, ["--rounds", "5", "-n", "100", "-c", "100", "--no-keepalive"],
        "/delay/0.1?key={i}"),
    Run("cost", "nginx", ALL, ["--rounds", "5", "-n", "2000", "-c", "100"], "/get?key={i}", pinned=True),
    Run("cost-reconnecting", "nginx", ALL, ["--rounds", "5", "-n", "500", "-c", "100", "--no-keepalive"], "/get?key={i}",
        pinned=True),
    Run("price", "nginx", DRIVERS, ["--rounds", "9", "--metric", "cpu", "-n", "100000", "-c", "100"], "/get?key={i}",
        pinned=True),
    Run("computing", "nginx", WORKERS, ["--rounds", "5", "-n", "1000", "-c", "20", "--work", "sha256/2000"],
        "/get?key={i}"),
    Run("memory-1", "serve", [*WAITING_C, *WAITING_OTHERS], ["-n", "1", "-c", "1"], "/delay/1"),
    Run("memory-1000", "serve", [*WAITING_C, *WAITING_OTHERS], ["-n", "1000", "-c", "1000"], "/delay/8"),
    Run("memory-100-processes", "serve", [client("process_pool")], ["-n", "100", "-c", "100"], "/delay/8"),
    Run("memory-1-processes", "serve", [client("process_pool")], ["-n", "1", "-c", "1"], "/delay/1"),
    Run("memory-10000", "serve", ["async", "coroutine"], ["-n", "10000", "-c", "10000"], "/delay/8"),
]

SERVERS = {
    "httpbin": ("http://127.0.0.1:18090",
                "/usr/bin/gunicorn -k gthread --threads 128 --keep-alive 30 --bind 127.0.0.1:18090 httpbin:app"),
    "nginx": ("http://127.0.0.1:18080", "nginx, one worker on processor 0, answering with 110 bytes of JSON at once"),
    "serve": ("http://127.0.0.1:18070", "fetchbench serve --listen 127.0.0.1:18070"),
}


@contextlib.contextmanager
def process(command, port, log):
    with open(log, "wb") as out:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_for_port(server, port, Path(log))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def serving(name, build, folder):
    """One of SERVERS on a port of its own; yields its URL without a path."""
    port = free_port()
    log = str(Path(folder, f"{name}.log"))
    if name == "nginx":
        with nginx(0, raise_descriptor_limit()) as server:
            yield server.origin
    elif name == "httpbin":
        with process(["/usr/bin/python3", "/usr/bin/gunicorn", "-k", "gthread", "--threads", "128", "--keep-alive", "30",
                      "--bind", f"127.0.0.1:{port}", "--backlog", "1024", "--log-level=warning", "httpbin:app"],
                     port, log) as url:
            yield url
    else:
        with process([str(build / "fetchbench"), "serve", "--listen", f"127.0.0.1:{port}"], port, log) as url:
            yield url


def hide(path, url, stands_for, program):
    """What is nobody's business: the port of the day, where the checkout is, and what a kernel's builder appended to its
    version."""
    text = path.read_text().replace(url, stands_for).replace(url.split("//")[1], stands_for.split("//")[1])
    text = text.replace(program, "fetchbench")
    text = re.sub(r'("kernel":\s*"Linux [0-9.]*)[^"]*', r"\1", text)
    path.write_text(re.sub(rf'("port":\s*){url.rsplit(":", 1)[1]}\b', rf'\g<1>{stands_for.rsplit(":", 1)[1]}', text))


def measure(run, build, folder):
    report = folder / f"{run.name}.json"
    with tempfile.TemporaryDirectory() as scratch, serving(run.server, build, scratch) as url:
        print(run.command(), file=sys.stderr, flush=True)
        status = subprocess.run([str(build / "fetchbench"), *run.arguments(), url + run.path], cwd=ROOT).returncode
        if status:
            report.unlink(missing_ok=True)
            raise Failed(f"{run.name}: fetchbench ended with status {status}")
        hide(report, url, SERVERS[run.server][0], str(build / "fetchbench"))


def medians(folder, name, *keys):
    """{label: [the median over rounds of each key]}, in the plan's order; a key is a path with dots."""
    report = json.loads((folder / f"{name}.json").read_text())
    runs = {entry["label"]: [] for entry in report["plan"]["strategies"]}
    for run in report["runs"]:
        wanted = run["requests"]["total"]
        if run["requests"]["completed"] != wanted:
            raise Failed(f"{name}: {run['label']} completed {run['requests']['completed']} of {wanted}")
        if not run["baseline_repeat"]:
            runs[run["label"]].append(run)

    def value(run, key):
        for part in key.split("."):
            run = run[part]
        return run

    return {label: [statistics.median(value(run, key) for run in several) for key in keys]
            for label, several in runs.items()}


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1e3:.0f} ms"


def microseconds(value):
    return f"{value:.0f} us" if value >= 100 else f"{value:.1f} us"


def waiting_table(folder):
    kept = medians(folder, "waiting", "wall_s", "client.cpu_us_per_request")
    anew = medians(folder, "waiting-reconnecting", "wall_s", "client.cpu_us_per_request")
    rows = [[label, seconds(kept[label][0]), microseconds(kept[label][1]), seconds(anew[label][0]),
             microseconds(anew[label][1])] for label in kept]
    return markdown_table(["100 GETs of 100 ms, 100 at once", "time", "CPU/request", "time, reconnecting",
                  "CPU/request, reconnecting"], rows)


def cost_table(folder):
    keys = ("client.cpu_us_per_request", "requests_per_s")
    kept, anew = medians(folder, "cost", *keys), medians(folder, "cost-reconnecting", *keys)
    rows = [[label, microseconds(kept[label][0]), f"{kept[label][1]:,.0f}", microseconds(anew[label][0]),
             f"{anew[label][1]:,.0f}"] for label in kept]
    return markdown_table(["answered at once, on one processor", "CPU/request", "requests/s", "CPU/request, reconnecting",
                  "requests/s, reconnecting"], rows)


def price_table(folder):
    figures = medians(folder, "price", "client.cpu_us_per_request", "requests_per_s", "client.memory_bytes")
    least = figures["async"][0]
    rows = [[label, microseconds(cpu), f"{cpu / least:.2f}", f"{rate:,.0f}", f"{memory / 2**20:.1f} MiB"]
            for label, (cpu, rate, memory) in figures.items()]
    return markdown_table(["100,000 requests, 100 at once", "CPU/request", "of async's", "requests/s", "memory"], rows)


def computing_table(folder):
    figures = medians(folder, "computing", "wall_s", "client.cpu_us_per_request")
    least = figures["async"][0]
    rows = [[label, seconds(wall), f"{least / wall:.2f}", microseconds(cpu)]
            for label, (wall, cpu) in figures.items()]
    return markdown_table(["each answer digested 2,000 times", "time", "times as fast as async", "CPU/request"], rows)


def memory_table(folder):
    rows = []
    for few, many, requests in [("memory-1", "memory-1000", 1000), ("memory-1-processes", "memory-100-processes", 100),
                                ("memory-1", "memory-10000", 10000)]:
        one, all_ = medians(folder, few, "client.memory_bytes"), medians(folder, many, "client.memory_bytes")
        rows += [[label, f"{requests:,}", f"{one[label][0] / 2**20:.1f} MiB", f"{all_[label][0] / 2**20:.1f} MiB",
                  f"{(all_[label][0] - one[label][0]) / (requests - 1) / 1024:.1f} KiB"] for label in all_]
    return markdown_table(["waiting", "at once", "memory with one", "with all", "each more"], rows)


def switching(build):
    figures = json.loads(subprocess.run([str(build / "bench" / "switching")], check=True, capture_output=True).stdout)
    return (f"`build/bench/switching`, the median of {figures['rounds']} rounds: a switch to another stack and back takes "
            f"{figures['switch_ns']:.0f} ns; with the C library's `swapcontext`, which sets the signal mask by a system "
            f"call each way, {figures['swapcontext_ns']:.0f} ns.")


def write_page(folder, build):
    environment = json.loads((folder / "price.json").read_text())["environment"]
    commands = "\n".join(f"    {run.command()}" for run in RUNS)
    servers = "\n".join(f"- `{url}`: {words if name == 'nginx' else f'`{words}`'}" for name, (url, words) in SERVERS.items())
    parts = [
        "# What waiting, computing and memory cost each strategy",
        f"Measured on {environment['cpus_online']} processors ({environment['cpu_model']}), {environment['kernel']}, "
        "client and server on the same machine. Medians over the rounds of each report; the memory of one run. Made by "
        "`scripts/measure_strategies.py`, which starts the servers on other ports and then runs these, in the "
        "checkout's folder:",
        commands, servers,
        "Rows with an underscore in their names, and `curl`, are programs of `scripts/clients`, whose times are their own word.",
        "## Waiting", waiting_table(folder),
        "## What a request costs", cost_table(folder),
        "## What driving costs: 100,000 requests", price_table(folder), switching(build),
        "## Computing", "On both processors, which nginx shares.", computing_table(folder),
        "## Memory of a waiting request", memory_table(folder),
    ]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="folder that has fetchbench (build)")
    parser.add_argument("--only", action="append", choices=[run.name for run in RUNS], help="measure this, write no page")
    options = parser.parse_args()
    folder = ROOT / "results" / "strategies"
    folder.mkdir(parents=True, exist_ok=True)
    end_at_sigterm()
    try:
        if len(os.sched_getaffinity(0)) < 2 or not on_path("nginx"):
            raise Failed("two processors and nginx are needed")
        raise_descriptor_limit()
        for run in RUNS:
            if run.name in (options.only or [run.name]) and not (folder / f"{run.name}.json").exists():
                measure(run, options.build.resolve(), folder)
        if not options.only:
            write_page(folder, options.build.resolve())
    except (Failed, OSError) as failure:
        print(f"measure_strategies: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
