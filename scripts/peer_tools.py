"""The load testers that fetchbench is held against: a row for each in TOOLS says how it is found and installed, what it is
told, and how its answer is read."""
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from pinned import ROOT, last_line, on_path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "fetchbench")
PYTHON = "/usr/bin/python3"  # Debian's, whatever comes first on the PATH
CLIENTS = ROOT / "scripts" / "clients"
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}


@dataclass(frozen=True)
class Load:
    """What a client is to send. It may write to the folder."""
    url: str
    connections: int
    amount: int  # seconds where the tool is timed, else requests
    folder: Path
    certificate: str | None = None


@dataclass(frozen=True)
class Told:
    """What a client says of its run: requests that were answered, those that were not, and p99 where it says one."""
    requests: int
    failed: int = 0
    p99_s: float | None = None


@dataclass(frozen=True)
class Tool:
    """arguments(load) and read(out, load) -> Told; settings(load) are variables of its environment."""
    name: str
    program: str
    package: str
    version_command: tuple
    arguments: Callable
    read: Callable
    timed: bool = False  # it can only be told a time, or ends at whole seconds whatever it is told
    module: str = ""  # of Python, that it needs
    settings: Callable = lambda load: {}
    most: int = 1000000
    beyond: str = ""  # why not more connections than that

    def path(self):
        """None: it is not there."""
        found = on_path(self.program, CACHE / self.name / "node_modules" / ".bin")
        if found and self.module and subprocess.run([found, "-c", f"import {self.module}"], capture_output=True).returncode:
            return None
        return found

    def version(self):
        command = list(self.version_command)
        return said_version([self.path() or command[0], *command[1:]] if command[0] == self.program else command)

    def how_to_install(self):
        if self.package.startswith("npm:"):
            return f"npm install --prefix {CACHE / self.name} {self.package.removeprefix('npm:')}"
        return f"apt-get install {self.package}"


def said_version(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError:
        return "unknown"
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def duration(text):
    """Seconds of what wrk and h2load print, such as 1.05ms."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * UNITS[unit]


def nearest_rank(values, percent):
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def number_in(out, pattern):
    """0 where it is not said."""
    return sum(int(n) for found in re.findall(pattern, out) for n in ([found] if isinstance(found, str) else found))


def wrk_arguments(load):
    return ["-t1", f"-c{load.connections}", f"-d{load.amount}s", "--latency", load.url]


def wrk_percentile(out, percent):
    return duration(re.search(rf"^\s+{percent}(?:\.0+)?%\s+(\S+)", out, re.M)[1])


def read_wrk(out, load):
    del load
    failed = number_in(out, r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
    return Told(int(re.search(r"(\d+) requests in", out)[1]),
                failed + number_in(out, r"Non-2xx or 3xx responses: (\d+)"), wrk_percentile(out, 99))


def ab_arguments(load):
    return ["-k", "-q", "-n", load.amount, "-c", load.connections, "-e", load.folder / "percentiles.csv", load.url]


def read_ab(out, load):
    p99 = re.search(r"^99,([\d.]+)", (load.folder / "percentiles.csv").read_text(), re.M)
    return Told(int(re.search(r"Complete requests:\s+(\d+)", out)[1]), number_in(out, r"Failed requests:\s+(\d+)"),
                float(p99[1]) / 1e3)


def h2load_arguments(load):
    return ["--h1", "-t1", "-n", load.amount, "-c", load.connections, load.url]


def read_h2load(out, load):
    """Its answer has no percentiles; to log each request for them would cost what no other tool pays."""
    del load
    done = re.search(r"(\d+) succeeded, (\d+) failed", out)
    return Told(int(done[1]), int(done[2]))


def hey_arguments(load):
    return ["-n", load.amount, "-c", load.connections, load.url]


def hey_percentile(out, percent):
    """None where there were too few requests for it."""
    found = re.search(rf"^\s+{percent}% in ([\d.]+) secs", out, re.M)
    return float(found[1]) if found else None


def read_hey(out, load):
    del load
    return Told(number_in(out, r"\[\d{3}\]\s+(\d+) responses"),
                number_in(out.partition("Error distribution")[2], r"(?m)^\s+\[(\d+)\]"), hey_percentile(out, 99))


def autocannon_arguments(load):
    return ["-c", load.connections, "-d", load.amount, "-j", load.url]


def read_autocannon(out, load):
    del load
    said = json.loads(out)
    return Told(said["2xx"], said["errors"] + said["non2xx"], said["latency"]["p99"] / 1e3)


def python_arguments(script):
    return lambda load: [CLIENTS / script]


def python_settings(load):
    """The job as fetchbench gives it to an outside program, which begins when its input ends."""
    urls, headers = load.folder / "urls", load.folder / "headers"
    urls.write_text(f"{load.url}\n" * load.amount)
    headers.write_text("Accept: */*\n")
    trust = {"FETCHBENCH_CACERT": load.certificate} if load.certificate else {}
    return {"FETCHBENCH_URLS": str(urls), "FETCHBENCH_HEADERS": str(headers), "FETCHBENCH_METHOD": "GET",
            "FETCHBENCH_CONCURRENCY": str(load.connections), "FETCHBENCH_KEEPALIVE": "1", "FETCHBENCH_TIMEOUT": "60",
            "FETCHBENCH_CONNECT_TIMEOUT": "60", "FETCHBENCH_INSECURE": "0", "PYTHONDONTWRITEBYTECODE": "1", **trust}


def read_python(out, load):
    del load
    told = [outcome for outcome in map(json.loads, out.splitlines()) if "index" in outcome]
    took = [outcome["end_s"] - outcome["start_s"] for outcome in told if outcome.get("status") == 200]
    return Told(len(took), len(told) - len(took), nearest_rank(took, 99) if took else None)


def python_tool(name, module, script, **rest):
    return Tool(name, PYTHON, f"python3-{module}", (PYTHON, "-c", f"import {module}; print({module}.__version__)"),
                python_arguments(script), read_python, module=module, settings=python_settings, **rest)


TOOLS = [
    Tool("wrk", "wrk", "wrk", ("wrk", "-v"), wrk_arguments, read_wrk, timed=True),
    Tool("ab", "ab", "apache2-utils", ("ab", "-V"), ab_arguments, read_ab, most=20000, beyond="ab allows 20,000"),
    Tool("h2load", "h2load", "nghttp2-client", ("h2load", "--version"), h2load_arguments, read_h2load),
    Tool("hey", "hey", "hey", ("dpkg-query", "-W", "-f", "${Version}", "hey"), hey_arguments, read_hey),
    Tool("autocannon", "autocannon", "npm:autocannon@9", ("autocannon", "--version"), autocannon_arguments,
         read_autocannon, timed=True),
    python_tool("aiohttp", "aiohttp", "aiohttp_gather.py"),
    python_tool("requests", "requests", "requests_loop.py", most=1, beyond="it sends one request after another"),
    python_tool("requests in threads", "requests", "threads_queue.py", most=1000,
                beyond="that would take a thread of Python for each"),
]


def fetchbench_strategies(build):
    """The names that this fetchbench knows."""
    done = subprocess.run([Path(build, "fetchbench"), "--list"], capture_output=True, text=True)
    return re.findall(r"^(\w+)", done.stdout, re.M)


def fetchbench_refuses(build, mode):
    """Why it does not take that strategy; None: it does."""
    if mode.split(":")[0] not in fetchbench_strategies(build):  # such as all, which is several
        return "not among its strategies (--list)"
    done = subprocess.run([Path(build, "fetchbench"), "--dry-run", "-M", mode, "-n", "1", "http://127.0.0.1/"],
                          capture_output=True, text=True)
    return last_line(done.stdout, done.stderr).removeprefix("fetchbench: ") if done.returncode else None


def fetchbench(build, mode):
    """A strategy, as a tool like the others."""
    program = str(Path(build, "fetchbench").resolve())

    def arguments(load):
        trust = ["--cacert", load.certificate] if load.certificate else []
        return ["-q", "-M", mode, "-n", load.amount, "-c", load.connections, "-o", load.folder / "report.json", *trust,
                load.url]

    def read(out, load):
        del out
        run = json.loads((load.folder / "report.json").read_text())["runs"][0]
        p99_s = run["latency"]["percentiles_s"]["99"]
        return Told(run["requests"]["completed"], run["requests"]["total"] - run["requests"]["completed"], p99_s)

    return Tool(f"fetchbench {mode}", program, "", (program, "--version"), arguments, read)


def install(tools):
    """What is missing: packages by apt, the rest into the user's cache."""
    missing = [tool for tool in tools if not tool.path()]
    packages = {tool.package for tool in missing if not tool.package.startswith("npm:")}
    programs = {"nginx": "nginx-light", "openssl": "openssl", **({"npm": "npm"} if len(packages) < len(missing) else {})}
    packages |= {package for program, package in programs.items() if not on_path(program)}
    if packages:
        subprocess.run(["bash", "-c", '. "$0"; install_packages "$@"', ROOT / "scripts" / "lib.sh", *sorted(packages)], check=True)
    for tool in missing:
        if tool.package.startswith("npm:"):
            folder = CACHE / tool.name
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", folder,
                            tool.package.removeprefix("npm:")], check=True)
