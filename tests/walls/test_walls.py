"""The promises of the house, tried on a copy of it: a strategy is one file and one line, and a wall that is climbed,
walked around or dug under stops the build."""
import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DUMMY = Path(__file__).with_name("dummy.c")


class Copy:
    """The tree, copied to where it may be spoilt, with a build folder of its own."""

    def __init__(self, folder):
        self.source, self.build = folder / "tree", folder / "build"
        self.source.mkdir()
        for name in ("src", "results"):
            shutil.copytree(ROOT / name, self.source / name, ignore=shutil.ignore_patterns("*Z-*.json"))
        (self.source / "tests").mkdir()
        for name in ("CMakeLists.txt", "tests/CMakeLists.txt"):
            shutil.copy(ROOT / name, self.source / name)
        # Walls do not depend on how well the compiler optimises or warns.
        self.command("cmake", "-S", self.source, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                     "-DCMAKE_C_FLAGS=-w -g0")

    @staticmethod
    def command(*command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def refusal(self, target):
        """Builds a target that must not build; returns what the build said."""
        done = subprocess.run(["cmake", "--build", self.build, "--target", target], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode != 0, f"{target} was built"
        return done.stdout

    def builds(self, target):
        self.command("cmake", "--build", self.build, "--target", target)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("walls"))


@pytest.fixture
def spoil(copy):
    """spoil(path, text) appends text to a file of the copy; what was there comes back after the test."""
    originals = {}

    def append(path, text):
        file = copy.source / path
        originals.setdefault(file, file.read_text())
        file.write_text(originals[file] + text)

    yield append
    for file, text in originals.items():
        file.write_text(text)


def test_a_room_as_it_is_builds(copy):
    copy.builds("wall_record")


@pytest.mark.parametrize("header", ["plan/plan.h", "run/result.h", "report/report.h"])
def test_a_header_of_a_later_room_is_not_found(copy, spoil, header):
    spoil("src/record/sample.c", f'\n#include "{header}"\n')
    assert f"{header}: No such file" in copy.refusal("room_record")


@pytest.mark.parametrize("path", ["../plan/plan.h", "record/../../plan/plan.h"])
def test_an_include_that_climbs_is_refused(copy, spoil, path):
    spoil("src/record/sample.c", f'\n#include "{path}"\n')
    assert "climbs out of its room" in copy.refusal("room_record")


def test_a_header_that_climbs_is_refused_too(copy, spoil):
    spoil("src/record/sample.h", '\n#include "../plan/plan.h"\n')
    assert "climbs out of its room" in copy.refusal("room_record")


def test_an_absolute_include_is_refused(copy, spoil):
    spoil("src/record/sample.c", f'\n#include "{copy.source}/src/plan/plan.h"\n')
    assert "climbs out of its room" in copy.refusal("room_record")


def test_a_symbol_of_an_undeclared_room_does_not_link(copy, spoil):
    """No include betrays it: the declaration is written out by hand."""
    spoil("src/record/sample.c", "\nextern int plan_finish(void *, void *);\nint dug_under(void);\n"
                                 "int dug_under(void) {\n    return plan_finish(0, 0);\n}\n")
    copy.builds("room_record")
    assert "undefined reference to `plan_finish'" in copy.refusal("wall_record")


def test_a_room_may_not_name_one_that_comes_after_it(copy, tmp_path):
    lists = (copy.source / "src/CMakeLists.txt").read_text()
    assert "fetchbench_room(record ROOMS base " in lists
    spoilt = tmp_path / "tree"
    shutil.copytree(copy.source, spoilt)
    (spoilt / "src/CMakeLists.txt").write_text(lists.replace("fetchbench_room(record ROOMS base ",
                                                             "fetchbench_room(record ROOMS base plan "))
    done = subprocess.run(["cmake", "-S", spoilt, "-B", tmp_path / "build", "-G", "Ninja"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "room record names plan, which does not stand before it" in done.stderr


def test_a_strategy_is_one_file_and_one_line(copy, spoil, tmp_path):
    shutil.copy(DUMMY, copy.source / "src/strategy/dummy.c")
    spoil("src/strategy/strategies.def", "STRATEGY(dummy)\n")
    try:
        copy.builds("fetchbench")
    finally:
        (copy.source / "src/strategy/dummy.c").unlink()
    binary = copy.build / "fetchbench"
    assert "dummy" in copy.command(binary, "--list")
    report = tmp_path / "report.json"
    copy.command(binary, "--mode", "dummy", "-n", "7", "-o", report)
    run, = json.loads(report.read_text())["runs"]
    assert (run["strategy"], run["requests"]["completed"]) == ("dummy", 7)
