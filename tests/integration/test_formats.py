"""The formats that other programs and pages read: CSV and Markdown."""
import csv
import io
import re

import pytest

pytestmark = pytest.mark.once

MODES = ["-M", 'sequential,a|b"c=threads,async', "-n", 30, "-c", 5, "--rounds", 2]
UNKNOWN = None
# column: its keys in a run, for those whose name is not the key
PLACES = {
    "requests_total": ("requests", "total"), "latency_censored": ("latency", "censored"),
    "exit_reason": ("exit", "reason"), "exit_signal": ("exit", "signal"),
    "client_threads": ("client", "threads"), "client_processes": ("client", "processes"),
} | {f"latency_{k}_s": ("latency", f"{k}_s") for k in ("min", "mean", "stddev", "max")}


def place_of(column, run):
    if column in PLACES:
        return PLACES[column]
    if percentile := re.fullmatch(r"(\w+?)_p([0-9_]+)_s", column):
        name, digits = percentile.groups()
        owner = (name,) if name in run else ("phases", name)
        return *owner, "percentiles_s", digits.replace("_", ".")
    if column in run:
        return (column,)
    return ("client", column) if column in run["client"] else ("requests", column)


def value_at(run, keys):
    for key in keys:
        if run is None:
            return UNKNOWN
        run = run[key]
    return run


def as_cell(value):
    if isinstance(value, list):  # of checks, the worst
        return max((row["status"] for row in value), key=["pass", "unknown", "warn", "fail"].index, default="")
    if isinstance(value, dict):
        return ";".join(f"{k}={v['count'] if isinstance(v, dict) else v}" for k, v in value.items())
    return {None: "", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else value


def same(cell, value):
    return cell == value if isinstance(value, str) else float(cell) == value


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("path", ["ok", "fail-after/10"])
def test_csv_says_what_the_report_says(run_fetchbench, hostile, path):
    outcome = run_fetchbench(*MODES, "--keep-going", "-f", "csv", f"{hostile.url}/{path}", status=None)
    rows = rows_of(outcome.stdout)
    assert len(rows) == len(outcome.runs) == 6
    for row, run in zip(rows, outcome.runs):
        for column, cell in row.items():
            planned = column in ("url", "rate_per_s", "duration_s")
            value = as_cell(outcome.report["plan"][column] if planned else value_at(run, place_of(column, run)))
            assert same(cell, value), f"{column} of {run['label']}: {cell} is not {value}"


def test_csv_has_the_figures_that_matter(run_fetchbench, endpoint):
    row, = rows_of(run_fetchbench("-n", 20, "-f", "csv", f"{endpoint.url}/get").stdout)
    assert list(row)[:6] == ["strategy", "label", "round", "order", "concurrency", "threads"]
    for column in ("wall_s", "requests_per_s", "latency_p50_s", "latency_p99_s", "cpu_us_per_request", "memory_bytes"):
        assert float(row[column]) > 0
    assert (row["completed"], row["failed"], row["status_codes"], row["errors"]) == ("20", "0", "200=20", "")


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def test_markdown_is_one_table_that_fits_its_head(run_fetchbench, endpoint):
    outcome = run_fetchbench(*MODES, "-f", "markdown", f"{endpoint.url}/get")
    table = [line for line in outcome.stdout.splitlines() if line.startswith("|")]
    head, rule, *rows = map(cells, table)
    assert {"strategy", "at once", "time", "req/s", "p50", "p99", "failed", "CPU us/req", "memory MiB", "times as fast"} <= set(head)
    assert all(re.fullmatch(":?-+:?", cell) for cell in rule)
    assert [row[0] for row in rows] == ["`sequential`", '`a\\|b"c`', "`async`"]
    assert {len(line) for line in (head, rule, *rows)} == {len(head)}
    assert "| 5 |" in table[-1] and "medians of 2 rounds" in outcome.stdout


def test_markdown_lists_failures_below_the_table(run_fetchbench, hostile):
    out = run_fetchbench("-M", "async", "-n", 20, "-c", 2, "-f", "markdown", f"{hostile.url}/fail-after/15").stdout
    after_table = out[out.rindex("|\n"):]
    assert re.search(r"^- `async`: 5 x `connection_reset`", after_table, re.M), out


@pytest.mark.parametrize("name", ["markdown", "csv", "json"])
def test_a_format_is_alone_on_standard_output(run_fetchbench, endpoint, name):
    outcome = run_fetchbench("-n", 3, "-f", name, f"{endpoint.url}/get")
    assert outcome.stderr == ""
    assert "report:" not in outcome.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["markdown", "csv"])
def test_a_report_on_standard_output_sends_the_format_to_standard_error(run_fetchbench, endpoint, name):
    outcome = run_fetchbench("-n", 3, "-f", name, "-o", "-", f"{endpoint.url}/get")
    assert outcome.stdout.startswith("{") and outcome.stdout.endswith("}\n")
    assert outcome.stderr.startswith({"markdown": "### fetchbench: `async`\n\n3 `GET`", "csv": "strategy,"}[name])


def test_rounds_enough_end_in_a_verdict_and_a_paragraph_to_quote(run_fetchbench, endpoint):
    outcome = run_fetchbench("-M", "sequential,async", "-n", 10, "--rounds", 9, f"{endpoint.url}/delay/10ms")
    text = " ".join(outcome.stdout.split())
    assert re.search(r"async [0-9.]+x as fast as sequential \(95 % CI [0-9.]+ to [0-9.]+\): faster", text), text
    assert re.search(r"Fetching 10 URLs of about \S+ each with up to 10 at once, async was [0-9.]+ times as fast as sequential "
                     r"\(95 % CI [0-9.]+ to [0-9.]+, 9 rounds\)", text), text
    assert " against itself: " in text
