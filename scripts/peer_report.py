"""What bench_peers measured, in words: the table, and which goals are met."""
import statistics
from dataclasses import dataclass

from pinned import against_goal, markdown_table, ratios, shown

YARDSTICK = "wrk"
ENOUGH_ROUNDS = 5
URING, EPOLL = "raw:backend=uring", "raw:backend=epoll"
SHORT = 3  # times less than it should be: starting weighs too much
HEAD = ["connections", "client", "CPU us/request", "of wrk's", "requests/s", "of wrk's", "peak RSS", "of wrk's", "peak Pss",
        "of wrk's", "p99", "remarks"]


def median(client, metric):
    values = [r[metric] for r in client["rounds"] if r[metric] is not None]
    return statistics.median(values) if values else None


def client_of(scenario, name):
    return next((client for client in scenario["clients"] if client["name"] == name), None)


def to_yardstick(scenario, client, metric):
    """What ratios() says of the rounds that both have; None: there are none."""
    yardstick = client_of(scenario, YARDSTICK)
    theirs = {r["round"]: r[metric] for r in yardstick["rounds"] if r[metric] is not None} if yardstick else {}
    pairs = [(r[metric], theirs[r["round"]]) for r in client["rounds"] if r[metric] is not None and r["round"] in theirs]
    return ratios(*zip(*pairs)) if pairs else None


def scenario_name(scenario):
    return f"{scenario['connections']:,}, {'TLS 1.3' if scenario['secure'] else 'plain'}"


def lacks_io_uring(client):
    """Whether a strategy that should use io_uring did not: it is to be seen in its processes, whatever it says itself."""
    return client["name"] == f"fetchbench {URING}" and not all(r["io_uring"] for r in client["rounds"])


def remarks(scenario, client, rounds):
    """What keeps a row's figures from being taken as they are."""
    said, connections = [], scenario["connections"]
    wall_s = median(client, "wall_s")
    if not scenario["requests"] and wall_s < scenario["seconds"] / SHORT:
        said.append(f"runs of only {shown(wall_s)}")
    if lacks_io_uring(client):
        said.append("**ran without io_uring**")
    off = max((r["served"] - r["requests"] for r in client["rounds"]), key=abs)
    if abs(off) > connections:
        said.append(f"**its count is off**: nginx served {abs(off):,} {'more' if off > 0 else 'fewer'}")
    opened = max(r["opened"] for r in client["rounds"])
    if opened > connections * 1.02 + 2:
        said.append(f"opened {opened:,} connections")
    failed = max(r["failed"] for r in client["rounds"])
    if failed:
        said.append(f"up to {failed:,} failed in a run")
    if len(client["rounds"]) < rounds:
        said.append(f"{len(client['rounds'])} of {rounds} rounds: {client['why']}")
    return "; ".join(said)


def microseconds(value):
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def mebibytes(value):
    return "-" if value is None else f"{value / 2**20:.1f} MiB"


def row(scenario, client, rounds):
    if not client["rounds"]:
        return ["", client["name"], *["-"] * (len(HEAD) - 3), f"cannot: {client['why']}"]
    found = {metric: to_yardstick(scenario, client, metric) for metric in ("cpu_us", "requests_per_s", "rss_bytes",
                                                                                 "pss_bytes")}
    cpu, rate, rss, pss = (f"{r['ratio']:.2f}" if r else "-" for r in found.values())
    if found["cpu_us"] and client["name"] != YARDSTICK and rounds > 1:
        cpu += f" ({found['cpu_us']['least']:.2f}-{found['cpu_us']['most']:.2f})"
    p99_s = median(client, "p99_s")
    return ["", client["name"], microseconds(median(client, "cpu_us")), cpu, f"{median(client, 'requests_per_s'):,.0f}",
            rate, mebibytes(median(client, "rss_bytes")), rss, mebibytes(median(client, "pss_bytes")), pss,
            "-" if p99_s is None else shown(p99_s), remarks(scenario, client, rounds)]


def table(document):
    """A row for each client and scenario, the cheapest first."""
    rows = []
    for scenario in document["scenarios"]:
        clients = sorted(scenario["clients"], key=lambda c: median(c, "cpu_us") if c["rounds"] else float("inf"))
        of_scenario = [row(scenario, client, document["rounds"]) for client in clients]
        of_scenario[0][0] = f"**{scenario_name(scenario)}**"
        rows += of_scenario
    return markdown_table(HEAD, rows, left=(0, 1, len(HEAD) - 1))


def summing(document):
    """Which clients have several processes."""
    several = {}
    for scenario in document["scenarios"]:
        for client in scenario["clients"]:
            for r in client["rounds"]:
                several[client["name"]] = max(several.get(client["name"], 1), r["processes"])
    return ", ".join(f"{name} {count}" for name, count in several.items() if count > 1)


def notes(document):
    machine, rounds, several = document["machine"], document["rounds"], summing(document)
    said = [f"Medians of {rounds} rounds by turns, after one that does not count; in brackets the least and the most of the "
            "rounds' ratios. " + ("" if rounds >= ENOUGH_ROUNDS else f"**Fewer than {ENOUGH_ROUNDS} rounds support no "
                                  "claim.** ") +
            f"{machine['processors']} processors ({machine['cpu_model']}), Linux {machine['kernel']}; nginx with one worker "
            "on one, the client on another, 127.0.0.1.",
            "CPU is user and system time of the whole program by wait4, starting included, over the requests that it says "
            "were answered; requests/s are those over its time from start to end. Its count of requests was held against "
            "nginx's own; a difference of more than its connections is marked. p99 is its own word; - where it says none.",
            "Peak RSS is that of a client's largest process, as /usr/bin/time has it. Peak Pss is the most that was seen of all "
            "its processes together, up to ten times a second: a page that several have, whoever they are, is shared out "
            "among them. " + (f"Of more than one process are {several}." if several else "Each is one process."),
            "Versions: " + ", ".join(f"{name} {version}" for name, version in document["versions"].items()) + "."]
    if document["absent"]:
        said.append("Not measured: " + "; ".join(f"{name} ({how})" for name, how in document["absent"].items()) + ".")
    return said


def page(document):
    title = "# What a request costs: fetchbench beside other load testers"
    made = "Made by `scripts/bench_peers.py`, each run of " + " or ".join(
        shown(seconds) for seconds in sorted({s["seconds"] for s in document["scenarios"]})) + "."
    return "\n\n".join([title, made, table(document), *notes(document)]) + "\n"


@dataclass(frozen=True)
class Goal:
    """At most that share of what wrk takes."""
    words: str
    mode: str
    connections: int
    secure: bool
    requests: int | None
    metric: str
    share: float

    @property
    def scenario(self):
        return self.connections, self.secure, self.requests


GOALS = [
    Goal("raw, io_uring, 100 connections: CPU", URING, 100, False, None, "cpu_us", 0.80),
    Goal("raw, epoll, 100 connections: CPU", EPOLL, 100, False, None, "cpu_us", 0.88),
    Goal("raw, io_uring, 10,000 connections, 10^6 requests: CPU", URING, 10000, False, 1000000, "cpu_us", 0.65),
    Goal("raw, io_uring, 10,000 connections, 10^6 requests: peak RSS of the largest process", URING, 10000, False, 1000000,
         "rss_bytes", 0.50),
    Goal("raw, io_uring, 10,000 connections, 10^6 requests: peak Pss of all processes", URING, 10000, False, 1000000,
         "pss_bytes", 0.50),
    Goal("raw, io_uring, TLS, 100 connections: CPU", URING, 100, True, None, "cpu_us", 0.95),
]


def scenario_of(document, goal):
    return next((s for s in document["scenarios"]
                 if (s["connections"], s["secure"], s["requests"]) == goal.scenario), {"clients": []})


def why_unknown(document, scenario, goal):
    names = (f"fetchbench {goal.mode}", YARDSTICK)
    clients = [client for name in names if (client := client_of(scenario, name))]
    reasons = [f"{client['name']}: {client['why']}" for client in clients if client["why"]]
    reasons += [f"{client['name']} ran without io_uring" for client in clients if lacks_io_uring(client)]
    reasons += [f"{name}: {document['absent'][name]}" for name in names if name in document["absent"]]
    return "; ".join(reasons) or "no rounds"


def doubts(document, scenario, client):
    said = [(c["name"], remarks(scenario, c, document["rounds"]))
            for c in (client, client_of(scenario, YARDSTICK))]
    return "".join(f"; {name}: {words}" for name, words in said if words)


def judged(document):
    """[(a line about each goal, whether it is met)]"""
    lines = []
    for goal in GOALS:
        scenario = scenario_of(document, goal)
        client = client_of(scenario, f"fetchbench {goal.mode}")
        found = to_yardstick(scenario, client, goal.metric) if client and not lacks_io_uring(client) else None
        if found:
            lines.append((f"{goal.words}, of wrk's: {against_goal(found, goal.share)}" + doubts(document, scenario, client),
                          found["ratio"] <= goal.share))
        else:
            lines.append((f"{goal.words}: not measured ({why_unknown(document, scenario, goal)})", False))
    return lines
