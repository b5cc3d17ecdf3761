"""fetchbench under an MPI launcher, on this machine."""
import os
import shutil
from pathlib import Path

import pytest

# Open MPI asks whoever is root whether that is meant, and counts processors as places for processes.
LAUNCHER = ("mpirun", "-q", "--oversubscribe", "--bind-to", "none")
# And it looks up its own machine's name, which may be nowhere known: then each start would wait for a name server's 10 s.
LAUNCHING = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "RES_OPTIONS": "timeout:1 attempts:1"}


def mpirun(binary, count, *options):
    """What stands before a command to have it started so many times; skips the test where that cannot be."""
    if not shutil.which("mpirun"):
        pytest.skip("there is no mpirun")
    if not (Path(binary).parent / "fetchbench-mpi.so").exists():
        pytest.skip("the module for MPI was not built")
    return [*LAUNCHER, *options, "-n", str(count)]


def without_launcher():
    """This environment as it is where no launcher started anything."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("OMPI_", "PMIX_", "PMI_", "SLURM_STEP"))}
