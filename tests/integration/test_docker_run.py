"""scripts/docker_run.sh with an engine that only records what it is asked: no container is made."""
import os
import re
import shutil
import subprocess

import pytest

from conftest import ROOT

pytestmark = pytest.mark.once

# Keeps its arguments, NUL-separated, and the label of the image it "built"; ends `run` with the status it is told.
FAKE = r"""#!/bin/bash
printf '%s\0' "$@" >"$FAKE/$(basename "$0").$1"
case $1 in
    version) [ ! -e "$FAKE/dead" ] || { echo "no engine here" >&2; exit 1; } ;;
    --version) echo "$(basename "$0") version 1" ;;
    info) cat "$FAKE/security" 2>/dev/null ;;
    image) cat "$FAKE/label" 2>/dev/null || exit 1 ;;
    build)
        echo built >>"$FAKE/builds"
        while [ $# -gt 0 ]; do case $1 in fetchbench.sources=*) echo "${1#*=}" >"$FAKE/label" ;; esac; shift; done
        [ ! -e "$FAKE/broken" ] || { echo "a step failed" >&2; exit 1; }
        ;;
    run) exit "${FAKE_STATUS:-0}" ;;
esac
"""
TOOLS = ("bash", "dirname", "basename", "sed", "find", "sort", "xargs", "sha256sum", "cut", "date", "id", "grep", "mktemp",
         "cat", "rm")


class Machine:
    """A tree of sources, and a PATH on which only some tools and the given engines are."""

    def __init__(self, folder, engines):
        self.folder, self.bin, self.tree = folder, folder / "bin", folder / "tree"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for engine in engines:
            (self.bin / engine).write_text(FAKE)
            (self.bin / engine).chmod(0o755)
        self.tree.mkdir()
        for name in ("scripts", "src", "results"):
            (self.tree / name).mkdir()
        for name in ("scripts/lib.sh", "scripts/docker_run.sh", "CMakeLists.txt", "LICENSE", "Dockerfile", ".dockerignore",
                     "results/report.schema.json", "src/main.c"):
            shutil.copy(ROOT / name, self.tree / name)
        for listed in (ROOT / ".dockerignore").read_text().splitlines():
            if listed.startswith("!") and not (self.tree / listed[1:]).exists():
                (self.tree / listed[1:]).parent.mkdir(parents=True, exist_ok=True)
                (self.tree / listed[1:]).touch()

    def pretend_user(self, number):
        (self.bin / "id").unlink()
        (self.bin / "id").write_text(f"#!/bin/bash\necho {number}\n")
        (self.bin / "id").chmod(0o755)

    def run(self, *args, **env):
        return subprocess.run([self.tree / "scripts/docker_run.sh", *args], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, check=False,
                              env={"PATH": str(self.bin), "FAKE": str(self.folder), "HOME": "/", **env})

    def asked(self, what, engine="docker"):
        return (self.folder / f"{engine}.{what}").read_bytes().decode().split("\0")[:-1]

    def builds(self):
        path = self.folder / "builds"
        return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture
def machine(tmp_path):
    """machine(*engines): at most one per test."""
    return lambda *engines: Machine(tmp_path, engines)


def test_odd_arguments_reach_the_program_unchanged(machine):
    m = machine("docker")
    odd = ["-n", "5", "", "a b", "it's", 'say "no"', "$HOME", "`id`", "*", "\\", "new\nline", "-H", "X: é;&|", "--", "{i}"]
    assert m.run(*odd).returncode == 0
    asked = m.asked("run")
    assert asked[asked.index("fetchbench") + 1:] == odd


def test_without_arguments_it_compares_the_strategies(machine):
    m = machine("docker")
    m.run()
    assert m.asked("run")[-3:] == ["fetchbench", "--mode", "sequential,threads,async"]


@pytest.mark.parametrize("status", [1, 2, 3, 130, 143])
def test_the_exit_status_is_passed_on(machine, status):
    assert machine("docker").run("-n", "5", FAKE_STATUS=str(status)).returncode == status


def test_results_the_caller_and_the_host_s_network_are_given_to_the_container(machine):
    m = machine("docker")
    m.run()
    asked = m.asked("run")
    assert asked[asked.index("--user") + 1] == f"{os.getuid()}:{os.getgid()}"
    assert asked[asked.index("--network") + 1] == "host"
    assert asked[asked.index("--mount") + 1] == f"type=bind,source={m.tree}/results,target=/results"
    assert "--tty" not in asked


def test_the_image_is_built_once(machine):
    m = machine("docker")
    assert "Building" in m.run().stderr
    assert "Building" not in m.run().stderr
    assert m.builds() == 1
    assert m.asked("build")[-1] == str(m.tree)


@pytest.mark.parametrize("changed", ["src/main.c", "Dockerfile", ".dockerignore", "scripts/lib.sh", "src/new.c"])
def test_the_image_is_built_anew_when_what_it_is_made_from_changes(machine, changed):
    m = machine("docker")
    m.run()
    with open(m.tree / changed, "a") as f:
        f.write("# changed\n")
    m.run()
    assert m.builds() == 2


def test_the_image_is_not_built_anew_for_what_is_not_in_it(machine):
    m = machine("docker")
    m.run()
    (m.tree / "results" / "report.json").write_text("{}")
    (m.tree / "README.md").write_text("read me")
    m.run()
    assert m.builds() == 1


def test_the_image_is_built_anew_on_another_base(machine):
    m = machine("docker")
    m.run()
    m.run(FETCHBENCH_BASE="debian:trixie-slim")
    assert m.builds() == 2
    assert "BASE=debian:trixie-slim" in m.asked("build")


def test_the_image_is_the_one_without_mpi_unless_that_is_asked_for(machine):
    m = machine("docker")
    for env, target in (({}, "runtime"), ({"FETCHBENCH_TARGET": "mpi"}, "mpi")):
        m.run(**env)
        asked = m.asked("build")
        assert asked[asked.index("--target") + 1] == target
    assert m.builds() == 2
    stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", (ROOT / "Dockerfile").read_text(), re.M)
    assert stages[-1] == ("runtime", "")
    assert {"runtime", "mpi"} <= {name for _, name in stages}


def test_the_version_is_the_project_s(machine):
    m = machine("docker")
    m.run()
    version = next(word for word in m.asked("build") if word.startswith("VERSION="))
    assert f"project(fetchbench {version.replace('=', ' ')} " in (ROOT / "CMakeLists.txt").read_text()
    assert f"ARG {version}\n" in (ROOT / "Dockerfile").read_text()


def test_a_build_that_fails_is_shown_and_nothing_runs(machine):
    m = machine("docker")
    (m.folder / "broken").touch()
    done = m.run()
    assert done.returncode == 1
    assert "a step failed" in done.stderr
    assert "could not be built" in done.stderr
    assert not (m.folder / "docker.run").exists()


def test_podman_is_taken_where_only_that_is_there(machine):
    m = machine("podman")
    assert m.run("-n", "5").returncode == 0
    asked = m.asked("run", "podman")
    assert asked[-2:] == ["-n", "5"]


def test_podman_is_taken_where_docker_s_engine_is_dead(machine):
    m = machine("docker", "podman")
    (m.folder / "dead").touch()
    assert m.run("-n", "5").returncode == 0
    assert not (m.folder / "docker.run").exists()


def test_docker_is_taken_where_both_are_there(machine):
    m = machine("docker", "podman")
    m.run("-n", "5")
    assert not (m.folder / "podman.run").exists()


def test_no_engine_at_all_is_one_sentence(machine):
    done = machine().run("-n", "5")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Neither docker nor podman is here" in done.stderr


def test_a_dead_engine_is_one_sentence_with_its_own_words(machine):
    m = machine("docker")
    (m.folder / "dead").touch()
    done = m.run("-n", "5")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "its engine does not answer: no engine here" in done.stderr


def test_podman_without_root_keeps_the_caller_s_number(machine):
    m = machine("podman")
    m.pretend_user(1234)
    m.run()
    asked = m.asked("run", "podman")
    assert asked[asked.index("--user") + 1] == "1234:1234"
    assert asked[asked.index("--userns") + 1] == "keep-id"


def test_a_docker_without_root_maps_root_to_the_caller(machine):
    m = machine("docker")
    m.pretend_user(1234)
    (m.folder / "security").write_text("[name=seccomp name=rootless]")
    m.run()
    asked = m.asked("run")
    assert asked[asked.index("--user") + 1] == "0:0"
    assert "--userns" not in asked


def test_root_may_write_to_another_s_results(machine):
    m = machine("docker")
    m.pretend_user(0)
    m.run()
    assert "DAC_OVERRIDE" in m.asked("run")
    m.pretend_user(1234)
    m.run()
    assert "DAC_OVERRIDE" not in m.asked("run")
