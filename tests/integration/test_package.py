"""The packages that CPack makes, used as they would be."""
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, said
from test_manual import BASH

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def names(fetchbench):
    return set(re.findall(r"^  (?:-\S, )* *(--[\w.-]+)", said(fetchbench, "--help"), re.M))


@pytest.fixture(scope="module")
def packages(fetchbench, tmp_path_factory):
    """Name -> file."""
    build = Path(fetchbench).parent
    if not (build / "CPackConfig.cmake").exists() or not shutil.which("dpkg-shlibdeps"):
        pytest.skip("no build folder that CPack could package, or no dpkg-dev")
    if not (build / "manual").exists():
        pytest.skip("a sanitizer build has no manual page")
    folder = tmp_path_factory.mktemp("package")
    done = subprocess.run(["cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder], cwd=build,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    return {said("dpkg-deb", "-f", file, "Package").strip(): file for file in folder.glob("*.deb")}


@pytest.fixture(scope="module")
def package(packages):
    return packages["fetchbench"]


@pytest.fixture
def module_package(packages, fetchbench):
    if not Path(fetchbench).with_name("fetchbench-mpi.so").exists():
        assert list(packages) == ["fetchbench"]
        pytest.skip("the module for MPI is not built")
    return packages["fetchbench-mpi"]


FILES = ["bin/fetchbench", "share/man/man1/fetchbench.1.gz", "share/bash-completion/completions/fetchbench",
         "share/zsh/site-functions/_fetchbench", "share/zsh/vendor-completions/_fetchbench",
         "share/fish/vendor_completions.d/fetchbench.fish", "share/fetchbench/report.schema.json",
         "share/doc/fetchbench/copyright", "share/doc/fetchbench/changelog.gz"]


def check_installed(usr, names, tmp_path):
    """Uses what is installed under a folder."""
    program = usr / "bin/fetchbench"
    for file in FILES + [f"share/fetchbench/{p.name}" for p in (ROOT / "scripts").glob("plot_*.py")]:
        assert (usr / file).is_file(), file
    clients = {p.name: os.access(p, os.X_OK) for p in (ROOT / "scripts/clients").iterdir() if p.is_file()}
    assert {p.name: os.access(p, os.X_OK) for p in (usr / "share/fetchbench/clients").iterdir()} == clients
    assert said(program, "--version").startswith("fetchbench ")
    report = tmp_path / "installed.json"
    said(program, "-q", "-n", "5", "-o", report)
    assert '"completed"' in report.read_text()
    said(program, "-q", "-n", "5", "-M", f"exec:{usr}/share/fetchbench/clients/curl.sh", "-o", report)
    page = said("man", "-l", usr / "share/man/man1/fetchbench.1.gz", env={**os.environ, "MANPAGER": "cat", "LC_ALL": "C.UTF-8"})
    assert all(name in page for name in names)
    completion = usr / "share/bash-completion/completions/fetchbench"
    assert said("bash", "-c", BASH, "bash", completion, "--fo", cwd=tmp_path).splitlines() == ["--format"]


def test_the_package_says_what_it_is_and_needs(package):
    fields = said("dpkg-deb", "-f", package)
    for line in (r"Package: fetchbench", r"Maintainer: .*<.*@fetchbench\.invalid>", r"Section: web",
                 r"Depends: .*libcurl4", r"Recommends: .*python3-matplotlib", r"Description: \S"):
        assert re.search(rf"^{line}", fields, re.M), fields


def test_the_package_unpacked_anywhere_works(package, names, tmp_path):
    said("dpkg-deb", "-x", package, tmp_path / "root")
    check_installed(tmp_path / "root/usr", names, tmp_path)


def mpirun(program, *args):
    options = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "2"]
    return subprocess.run(["mpirun", *options, program, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_who_does_not_want_mpi_needs_nothing_of_it(package):
    assert not re.search("mpi", said("dpkg-deb", "-f", package, "Depends", "Recommends"), re.I)
    assert "mpi" not in said("dpkg-deb", "-c", package)


def test_the_module_for_mpi_is_a_package_of_its_own_of_the_same_version(package, module_package):
    version = said("dpkg-deb", "-f", package, "Version").strip()
    depends, recommends, description = (said("dpkg-deb", "-f", module_package, field) for field in ("Depends", "Recommends", "Description"))
    assert f"fetchbench (= {version})" in depends and "libopenmpi3" in depends
    assert (recommends.strip(), description.splitlines()[0]) == ("openmpi-bin", "comparison of HTTP client strategies from several hosts")


@pytest.mark.skipif(not shutil.which("mpirun"), reason="Open MPI is not installed")
def test_both_unpacked_anywhere_work_under_mpirun(package, module_package, tmp_path):
    program, report = tmp_path / "root/usr/bin/fetchbench", tmp_path / "report.json"
    said("dpkg-deb", "-x", package, tmp_path / "root")
    refused = mpirun(program, "-n", "10")
    assert refused.returncode == 2 and "install the package fetchbench-mpi" in refused.stderr
    said("dpkg-deb", "-x", module_package, tmp_path / "root")
    done = mpirun(program, "-n", "11", "-o", report)
    assert done.returncode == 0, done
    assert [host["runs"][0]["requests"]["completed"] for host in json.loads(report.read_text())["hosts"]] == [6, 5]


@pytest.mark.long
def test_the_package_is_installed_used_and_removed(package, names, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: installing a package takes root")
    if subprocess.run(["dpkg", "-s", "fetchbench"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0 or \
            Path("/usr/bin/fetchbench").exists():
        pytest.skip("NOT TESTED: a fetchbench is installed here, which stays untouched")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        done = subprocess.run(["dpkg", "-i", package], timeout=120, **quiet)
        assert done.returncode == 0, done.stdout
        check_installed(Path("/usr"), names, tmp_path)
        offered = said("fish", "-c", "complete -C 'fetchbench --fo'", env={**os.environ, "HOME": str(tmp_path)})
        assert offered.split("\t")[0] == "--format"
        assert said("zsh", "-fc", "autoload -Uz compinit && compinit -u -D && print $_comps[fetchbench]").strip() == "_fetchbench"
        assert said("man", "-w", "fetchbench").strip().endswith("fetchbench.1.gz")
    finally:
        done = subprocess.run(["dpkg", "-r", "fetchbench"], timeout=120, **quiet)
    assert done.returncode == 0, done.stdout
    assert not Path("/usr/bin/fetchbench").exists() and not Path("/usr/share/fetchbench").exists()
