"""scripts/bench_ranks.py: a short run of its own, and that the page kept in results is of today's code."""
import json
import os
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT

pytestmark = pytest.mark.once

SCRIPTS = ROOT / "scripts"
sys.path.insert(0, str(SCRIPTS))

import bench_ranks  # noqa: E402
import rank_report  # noqa: E402


def test_the_page_is_made_of_the_figures_kept_and_of_the_code(tmp_path):
    """If this fails: scripts/bench_ranks.py --again --output results/ranks."""
    document = bench_ranks.measured_before(ROOT / "results" / "ranks")
    assert (ROOT / "results" / "ranks" / "README.md").read_text() == rank_report.page(document)


def test_constants_are_those_of_so_many_ranks():
    found = rank_report.Constants({"constants": bench_ranks.constants()}, 10000)
    assert found["AT_ONCE"] > 1 and found["COMPARING_EXCHANGES"] >= 1 and found.seconds("LEAD_NS") > 0.01


def test_the_book_keeping_of_many_ranks_can_be_measured(fetchbench):
    done = subprocess.run([f"{os.path.dirname(fetchbench)}/bench/rank_hub", "300"], capture_output=True, text=True, check=True, timeout=30)
    measured = json.loads(done.stdout)
    assert measured["ranks"] == 300 and measured["start_s"] > measured["look_s"] > 0


@pytest.mark.long
def test_a_short_run_measures_all_of_it(fetchbench, tmp_path):
    build = os.path.dirname(fetchbench)
    if not shutil.which("mpirun") or not os.path.exists(f"{build}/fetchbench-mpi.so"):
        pytest.skip("there is no MPI here")
    done = subprocess.run([sys.executable, SCRIPTS / "bench_ranks.py", "--build", build, "--quick", "--seconds", "1,3", "--reports", "2,8",
                           "--output", tmp_path], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "ranks.json").read_text())
    assert [row["reports"] for row in document["merges"]] == [2, 8] and len(document["conductors"]) == max(bench_ranks.RANKS)
    assert "| 10,000 machines |" in (tmp_path / "README.md").read_text()
