"""fetchbench merge: several reports as one, as its words promise."""
import json
import subprocess

import pytest

from conftest import check_report

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def saved(fetchbench, endpoint, tmp_path_factory):
    """Files of two reports of one plan, and of one with another."""
    folder = tmp_path_factory.mktemp("merge")

    def save(name, *words):
        path = folder / f"{name}.json"
        subprocess.run([fetchbench, "-q", "-o", path, "-M", "sequential,async", "-n", "30", "-c", "3", "--rounds", "2", *words,
                        f"{endpoint.url}/get"], check=True, stdin=subprocess.DEVNULL, timeout=60)
        return path

    return save("one"), save("two"), save("other", "--no-keepalive")


def merge(fetchbench, *words, status=0):
    done = subprocess.run([fetchbench, "merge", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == status, done
    return done


def test_rounds_of_one_plan_are_joined_and_compared_anew(fetchbench, saved, schema, tmp_path):
    one, two, _ = saved
    whole = tmp_path / "whole.json"
    merge(fetchbench, one, two, "-o", whole)
    report = check_report(whole.read_text(), schema)
    parts = [json.loads(path.read_text()) for path in (one, two)]
    assert report["plan"]["rounds"] == 4
    assert [run["latency"] for run in report["runs"]] == [run["latency"] for part in parts for run in part["runs"]]
    assert sorted({run["round"] for run in report["runs"]}) == [1, 2, 3, 4]
    assert all(c["rounds"] == 4 for c in report["comparisons"] if c["metric"] == "wall_s")
    assert [part["name"] for part in report["merged"]["parts"]] == [str(one), str(two)]
    shown = subprocess.run([fetchbench, "report", whole], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "medians of 4 rounds" in shown and "the rounds of 2 reports" in shown


def test_shares_of_one_load_are_added(fetchbench, saved, schema):
    one, two, _ = saved
    report = check_report(merge(fetchbench, "--shares", one, two).stdout, schema)
    parts = [json.loads(path.read_text()) for path in (one, two)]
    assert len(report["runs"]) == 4 and report["plan"]["requests"] == 60

    def find(part, run):
        return next(r for r in part["runs"] if (r["label"], r["round"]) == (run["label"], run["round"]))

    for run in report["runs"]:
        first, second = (find(part, run) for part in parts)
        assert run["requests"]["completed"] == 60 == run["latency"]["count"]
        assert run["wall_s"] == max(first["wall_s"], second["wall_s"])
        assert run["requests_per_s"] == pytest.approx(60 / run["wall_s"])
        assert run["client"]["cpu_user_s"] == pytest.approx(first["client"]["cpu_user_s"] + second["client"]["cpu_user_s"])
        assert run["latency"]["max_s"] == max(first["latency"]["max_s"], second["latency"]["max_s"])
        spread = [part["latency"]["percentiles_s"]["50"] for part in (first, second)]
        assert min(spread) * .998 <= run["latency"]["percentiles_s"]["50"] <= max(spread) * 1.002


def test_shares_that_ran_one_after_the_other_are_said_to_be_no_load_that_there_was(fetchbench, saved, tmp_path):
    for later in ("2001-01-01T00:00:00Z", "2000-01-01T00:00:10Z"):
        paths = []
        for name, begun, ended in (("one", "2000-01-01T00:00:00Z", "2000-01-01T00:00:20Z"), ("two", later, later)):
            part = json.loads(saved[0].read_text())
            part["started_at"], part["finished_at"], part["seed"] = begun, ended, part["seed"] + len(paths)
            paths.append(tmp_path / f"{name}.json")
            paths[-1].write_text(json.dumps(part))
        merge(fetchbench, "--shares", *paths, "-o", tmp_path / "whole.json")
        shown = subprocess.run([fetchbench, "report", tmp_path / "whole.json"], capture_output=True, text=True, check=True,
                               timeout=60).stdout
        assert ("did not all run at the same time" in shown) == (later[:4] == "2001"), shown


def test_reports_of_other_plans_are_refused_with_the_keys_named(fetchbench, saved):
    one, _, other = saved
    for words in ([], ["--shares"]):
        done = merge(fetchbench, *words, one, other, status=2)
        assert done.stdout == ""
        assert done.stderr == f"fetchbench: {one} and {other} do not belong together: plan.keepalive differs\n"


@pytest.mark.parametrize("words, said", [
    ([], "two reports or more"),
    (["one"], "two reports or more"),
    (["one", "one"], "are the same report"),
    (["one", "/nonexistent"], "cannot read /nonexistent"),
])
def test_what_cannot_be_joined_is_refused(fetchbench, saved, words, said):
    done = merge(fetchbench, *(saved[0] if word == "one" else word for word in words), status=2)
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_target_may_be_one_of_the_parts(fetchbench, saved, tmp_path):
    copy = tmp_path / "copy.json"
    copy.write_bytes(saved[0].read_bytes())
    merge(fetchbench, copy, saved[1], "-o", copy)
    assert json.loads(copy.read_text())["plan"]["rounds"] == 4
