"""Reads report JSON and per-request samples (NDJSON or CSV). Whatever cannot be used ends in one sentence."""
import concurrent.futures
import csv
import itertools
import json
import mmap
import os
import pathlib

import numpy as np

KNOWN_VERSION = 1
BLOCK_ROWS = 20_000
SHARE_BYTES = 1 << 25  # a larger file of samples is read by several processes
NEEDED = ("index", "label", "round", "due_s", "start_s", "dns_s", "connect_s", "tls_s", "first_byte_s", "end_s", "error")
OPTIONAL = ("point", "baseline_repeat")  # older files have no such columns
RUN_KEYS = {
    "label": {}, "round": {}, "concurrency": {}, "wall_s": {}, "requests_per_s": {}, "phases": {}, "exit": {"reason": {}},
    "requests": {"completed": {}, "failed": {}}, "latency": {"count": {}, "max_s": {}, "percentiles_s": {}, "hdr": {}},
    "client": {"cpu_us_per_request": {}, "memory_bytes": {}, "voluntary_switches": {}, "involuntary_switches": {}},
}
PLAN_KEYS = {"url": {}, "method": {}, "requests": {}}
FIELDS = [("index", "i8"), ("start", "f8"), ("end", "f8"), ("ready", "f8"), ("first_byte", "f8"), ("due", "f8"), ("failed", "?")]


class Unusable(Exception):
    """What is wrong with the input, as a sentence for the user."""


class Report:
    """A report as it was read."""

    def __init__(self, path, data):
        self.path, self.data = path, data
        self.runs = [run for run in data["runs"] if not run.get("baseline_repeat") and not run.get("ceiling")]

    @property
    def target(self):
        """The URL, or what stands for it where a list gave them."""
        plan = self.data["plan"]
        urls = plan.get("urls") or {}
        return plan["url"] or f"{urls.get('count', 'the')} URLs of {urls.get('file', 'a list')}"

    @property
    def load(self):
        """Of what kind it was: "counted", "timed" or, at a rate, "open"."""
        plan = self.data["plan"]
        return "open" if plan.get("arrivals") else "timed" if plan.get("duration_s") else "counted"

    def place_of(self, run):
        """Where the label stands among those typed, the baseline at 0, and its point of a sweep."""
        labels = [strategy["label"] for strategy in self.data["plan"].get("strategies") or []]
        place = labels.index(run["label"]) if run["label"] in labels else len(labels)
        return run["point"] if run.get("point") is not None else -1, place

    def name_of(self, run):
        """The label, with the point where a sweep has several of one label."""
        alike = [other for other in self.runs if other["label"] == run["label"]]
        places = [str(run["concurrency"])] if len({other["concurrency"] for other in alike}) > 1 else []
        if run.get("point") is not None:
            point = self.data["plan"]["sweep"][run["point"]]
            places += [f"{point['name']} {point['value']}"] if point["name"] else []
        return f"{run['label']} at {', '.join(places)}" if places else run["label"]


class Samples:
    """A file of samples: for each (label, round), in the order of their first request, a structured array of FIELDS.
    `ready` is when the connection stood, NaN where one was reused; moments are seconds from the run's start."""

    def __init__(self, path, runs):
        self.path, self.runs = path, runs


def read(paths):
    """(reports, samples) of the files, each in their order."""
    reports, samples = [], []
    for path in paths:
        kind = read_one(pathlib.Path(path))
        (reports if isinstance(kind, Report) else samples).append(kind)
    return reports, samples


def read_one(path):
    try:
        with open(path, "rb") as file:
            first = file.readline(1 << 20)
        if not first.strip():
            raise Unusable(f"{path} is empty")
        if not first.lstrip().startswith((b"{", b"[")):
            return read_csv(path)
        return read_ndjson(path) if is_sample(first) else read_report(path)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Unusable(f"{path} is neither a report nor samples of fetchbench") from error


def is_sample(line):
    try:
        row = json.loads(line)
    except ValueError:
        return False
    return isinstance(row, dict) and "start_s" in row and "runs" not in row


def read_report(path):
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise Unusable(f"{path} is no report: it is not JSON ({error})") from error
    if not isinstance(data, dict) or "schema_version" not in data or not isinstance(data.get("runs"), list):
        raise Unusable(f"{path} is no report of fetchbench: it has no schema_version and runs")
    if data["schema_version"] != KNOWN_VERSION:
        raise Unusable(f"{path} has schema_version {data['schema_version']}, and this program knows {KNOWN_VERSION} only")
    if not data["runs"]:
        raise Unusable(f"{path} is a report without any run")
    check_keys(path, "its plan", data.get("plan"), PLAN_KEYS)
    for place, run in enumerate(data["runs"], 1):
        check_keys(path, f"run {place}", run, RUN_KEYS)
    return Report(path, data)


def check_keys(path, place, value, keys):
    if keys and not isinstance(value, dict):
        raise Unusable(f"{path} is no report of fetchbench: {place} is no object")
    for key, below in keys.items():
        if key not in value:
            raise Unusable(f"{path} is no report of fetchbench: {place} has no {key}")
        check_keys(path, f"{key} of {place}", value[key], below)


def seconds(values):
    """Floats, NaN for what is unknown: None, or an empty text."""
    return np.array([float(v) if v is not None and v != "" else np.nan for v in values])


def label_at(label, point):
    """A label that stands for one point of a sweep."""
    return label if point in (None, "") else f"{label} at point {point}"


ROW = np.dtype([("code", "i4"), *FIELDS])


class Gatherer:
    """Rows as one array, with a code for each (label, round)."""

    def __init__(self):
        self.codes, self.blocks = {}, []

    def add(self, columns):
        """columns: for each of NEEDED and of OPTIONAL its values. Rows that repeat the baseline are left out."""
        c = dict(zip(NEEDED + OPTIONAL, columns))
        c["label"] = [label_at(*pair) for pair in zip(c["label"], c["point"])]
        own = np.array([value not in (True, "true") for value in c["baseline_repeat"]])
        block = np.empty(len(c["index"]), dtype=ROW)
        block["code"] = [self.codes.setdefault(key, len(self.codes)) for key in zip(c["label"], map(int, c["round"]))]
        block["index"] = [int(value) for value in c["index"]]
        block["failed"] = [bool(value) for value in c["error"]]
        for field, key in (("start", "start_s"), ("end", "end_s"), ("first_byte", "first_byte_s"), ("due", "due_s")):
            block[field] = seconds(c[key])
        phases = np.array([seconds(c[key]) for key in ("dns_s", "connect_s", "tls_s")])  # how long each took
        block["ready"] = block["start"] + np.where(np.isnan(phases).all(axis=0), np.nan, np.nansum(phases, axis=0))
        self.blocks.append(block[own & ~np.isnan(block["start"])])  # what was never sent has no place in time

    def finish(self):
        return list(self.codes), np.concatenate(self.blocks) if self.blocks else np.empty(0, dtype=ROW)


def lines_until(file, end):
    left = end - file.tell()
    while left > 0 and (line := file.readline()):
        left -= len(line)
        yield line


def json_columns(lines, _):
    while block := list(itertools.islice(lines, BLOCK_ROWS)):
        rows = json.loads(b"[" + b",".join(line for line in block if line != b"\n") + b"]")
        yield [*([row[key] for row in rows] for key in NEEDED), *([row.get(key) for row in rows] for key in OPTIONAL)]


def csv_columns(lines, places):
    rows = csv.reader((line.decode() for line in lines), strict=True)
    while block := [row for row in itertools.islice(rows, BLOCK_ROWS) if row]:
        columns = list(zip(*block, strict=True))
        yield [columns[place] if place is not None else [None] * len(block) for place in places]


def read_share(path, begin, end, columns_of, places):
    gatherer = Gatherer()
    with open(path, "rb") as file:
        file.seek(begin)
        lines = lines_until(file, end)
        try:
            for columns in columns_of(lines, places):
                gatherer.add(columns)
        except KeyError as error:
            raise Unusable(f"{path} is neither a report nor samples of fetchbench: {error.args[0]} is missing") from error
        except (csv.Error, IndexError, TypeError, ValueError) as error:
            raise Unusable(f"{path} has a line that is no sample, shortly before byte {file.tell():,} ({error})") from error
    return gatherer.finish()


def shares_of(path, begin, whole):
    """[(begin, end)] of parts that end with a line; one part where the file is small, or `whole`."""
    size = path.stat().st_size
    many = 1 if whole else min(size // SHARE_BYTES + 1, len(os.sched_getaffinity(0)))
    edges = [begin]
    with open(path, "rb") as file:
        for part in range(1, many):
            file.seek(max(size * part // many, edges[-1]))
            file.readline()
            edges.append(file.tell())
    return list(zip(edges, [*edges[1:], size]))


def read_shares(path, shares, columns_of, places):
    jobs = [(path, begin, end, columns_of, places) for begin, end in shares]
    if len(jobs) == 1:
        return [read_share(*jobs[0])]
    try:
        with concurrent.futures.ProcessPoolExecutor(len(jobs)) as pool:
            return list(pool.map(read_share, *zip(*jobs)))
    except concurrent.futures.process.BrokenProcessPool as error:
        raise MemoryError from error


def read_samples(path, shares, columns_of, places=None):
    runs = {}
    for keys, rows in read_shares(path, shares, columns_of, places):
        for code, key in enumerate(keys):
            runs.setdefault(key, []).append(rows[rows["code"] == code])
    joined = {key: np.concatenate(parts) for key, parts in runs.items()}
    joined = {key: rows for key, rows in joined.items() if len(rows)}
    if not joined:
        raise Unusable(f"{path} holds no sample")
    return Samples(path, joined)


def read_ndjson(path):
    return read_samples(path, shares_of(path, 0, False), json_columns)


def read_csv(path):
    with open(path, "rb") as file:
        head = next(csv.reader([file.readline().decode("utf-8-sig")]))
        begin = file.tell()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            quoted = content.find(b'"') >= 0  # then a line may go on in the next
    missing = [key for key in NEEDED if key not in head]
    if missing:
        raise Unusable(f"{path} is neither a report nor samples of fetchbench: {missing[0]} is missing")
    places = [*(head.index(key) for key in NEEDED), *(head.index(key) if key in head else None for key in OPTIONAL)]
    return read_samples(path, shares_of(path, begin, quoted), csv_columns, places)


def name_apart(things):
    """Each has `name` and `path`: where a name is in several files, it gets its file's beside it."""
    files = {}
    for thing in things:
        files.setdefault(thing.name, set()).add(thing.path)
    for thing in things:
        if len(files[thing.name]) > 1:
            thing.name = f"{thing.name} ({thing.path.name.split('.')[0]})"
