"""The encoded histogram means the same to a standard HdrHistogram library as to fetchbench."""

import os
import pathlib
import subprocess

import pytest

import hdr_oracle

PERCENTILES = [50, 90, 99, 99.9]
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.once, pytest.mark.skipif(not hdr_oracle.available(), reason="libhdrhistogram-java is not installed")]


def build_folder():
    binary = os.environ.get("FETCHBENCH")
    return pathlib.Path(binary).resolve().parent if binary else REPOSITORY / "build"


def close_to(ours):
    return pytest.approx(ours, rel=1e-3)


def encoded_sample(size):
    """An encoded histogram of `size` values, and what our own reader says of it."""
    program = build_folder() / "tests" / "unit_record_histogram_test"
    assert program.exists(), f"{program} is not built"
    shown = subprocess.run([program, "--sample", str(size)], check=True, capture_output=True, text=True, timeout=60)
    base64_text, *rows = shown.stdout.splitlines()
    return base64_text, dict(row.split() for row in rows)


@pytest.mark.parametrize("size", [1, 7, 1000, 1000000])
def test_percentiles_of_a_synthetic_histogram_agree(size):
    base64_text, ours = encoded_sample(size)
    assert hdr_oracle.count(base64_text) == int(ours["count"]) == size
    read = hdr_oracle.percentiles(base64_text, [*PERCENTILES, 99.99, 33.3])
    for q, value in read.items():
        assert value == close_to(int(ours[f"{q:g}"])), f"p{q:g}"


def test_an_empty_histogram_can_be_read():
    base64_text, ours = encoded_sample(0)
    assert hdr_oracle.count(base64_text) == int(ours["count"]) == 0
    assert int(ours["50"]) == -1


def test_percentiles_of_a_real_report_agree(run_fetchbench):
    latency = run_fetchbench("--mode", "async", "-n", 300).run("async")["latency"]
    assert hdr_oracle.count(latency["hdr"]) == latency["count"] == 300
    read = hdr_oracle.percentiles(latency["hdr"], PERCENTILES)
    for q, value in read.items():
        assert value == close_to(latency["percentiles_s"][f"{q:g}"] * 1e9), f"p{q:g}"
