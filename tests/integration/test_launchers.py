"""Processes that were started together by a launcher that their MPI does not know: told by what launchers put into the
environment, and judged by what the server wrote down."""
import os
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

STEP = {"SLURM_STEP_NUM_TASKS": "3", "SLURM_STEP_ID": "0", "SLURM_NODELIST": "here"}


def by_pmi(rank, size=3):
    return {"PMI_SIZE": str(size), "PMI_RANK": str(rank)}


def by_srun(rank):
    return {**STEP, "SLURM_PROCID": str(rank)}


@pytest.fixture
def module(fetchbench):
    if not (Path(fetchbench).parent / "fetchbench-mpi.so").exists():
        pytest.skip("the module for MPI was not built")


def refused(run_fetchbench, witness, token, environment):
    """All three processes are refused, and send nothing; what the first and what the others said."""
    said = [run_fetchbench("-M", "raw", "-n", 9, "-c", 3, f"{witness.url}/get?{token}", env=environment(rank), status=2,
                           report=False).said for rank in range(3)]
    assert witness.lines(token) == [] and said[1:] == ["", ""]
    assert said[0].count("\n") == 1
    return said[0]


@pytest.mark.parametrize("environment, launcher", [
    (by_pmi, "mpiexec.hydra"),
    (lambda rank: by_pmi(rank) | by_srun(rank), "srun --mpi=pmi2"),
    (lambda rank: {"OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": str(rank)}, "mpirun"),
], ids=["hydra", "srun with PMI 2", "another mpirun"])
def test_ranks_of_which_mpi_says_that_each_is_alone_are_refused(run_fetchbench, witness, token, module, environment, launcher):
    said = refused(run_fetchbench, witness, token, environment)
    assert launcher in said and "started 3 of this that do not find each other" in said


def test_what_srun_starts_without_pmix_is_refused(run_fetchbench, witness, token):
    said = refused(run_fetchbench, witness, token, by_srun)
    assert "srun started 3 of this that do not find each other" in said and "use srun --mpi=pmix" in said


def test_what_srun_starts_without_pmix_may_have_a_part_each(run_fetchbench, witness, token):
    for rank in range(3):
        run_fetchbench("-M", "raw", "--share", f"{rank + 1}/3", "-n", 9, "-c", 3, f"{witness.url}/get?{token}", env=by_srun(rank))
    assert len(witness.lines_once_there(9, token)) == 9


def test_one_process_alone_is_as_without_a_launcher(run_fetchbench, endpoint, tmp_path):
    for environment in (by_pmi(0, size=1), {**by_srun(0), "SLURM_STEP_NUM_TASKS": "1"}):
        outcome = run_fetchbench("-M", "raw", "-n", 3, endpoint.url, env=environment)
        assert outcome.run("raw")["requests"]["completed"] == 3
    assert not [name for name in os.listdir(tmp_path) if "rank" in name]
