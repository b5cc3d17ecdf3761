"""What the README shows or leads to can be done as it stands there."""
import contextlib
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.once


def workflow():
    return yaml.safe_load((ROOT / "scripts" / "guard.yaml").read_text())


def free_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        return holder.getsockname()[1]


def run_step(step, **popen):
    """A step as a runner does it; what it leaves running ends with it."""
    with subprocess.Popen(["bash", "-e", "-c", step], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, start_new_session=True, **popen) as shell:
        try:
            status = shell.wait(60)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)
        return status, shell.stdout.read()


def test_the_commands_of_the_workflow_run(fetchbench, tmp_path):
    """With our endpoint as either server, and fewer requests. The two are the same, so whatever the figures of a noisy
    machine lead to, it is no failure of the commands."""
    file = workflow()
    port = free_port()
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        server = tmp_path / folder / "server"
        server.write_text(f"#!/bin/sh\nexec '{fetchbench}' serve --listen 127.0.0.1:{port}\n")
        server.chmod(0o755)
    summary = tmp_path / "summary.md"
    environment = {**os.environ, **file["env"], "URL": f"http://127.0.0.1:{port}/get", "GITHUB_STEP_SUMMARY": str(summary),
                   "PATH": f"{Path(fetchbench).parent}:{os.environ['PATH']}"}
    steps = [step["run"].replace("-n 2000", "-n 50 --budget 2s") for job in file["jobs"].values() for step in job["steps"] if "run" in step]
    assert len(steps) == 2
    for step, expected in zip(steps, [(0,), (0, 4, 5, 6)]):
        status, said = run_step(step, cwd=tmp_path, env=environment)
        assert status in expected, said
    assert "| strategy |" in summary.read_text() and "old.json" in summary.read_text()
