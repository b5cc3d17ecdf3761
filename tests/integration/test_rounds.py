"""Rounds, labels, and the process that each run has to itself."""
import pytest


def test_three_rounds_are_three_runs_of_each_label(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "sequential,threads,async", "--rounds", 3, "-n", 20, f"{nginx.url}/quiet")
    assert outcome.report["plan"]["rounds"] == 3
    for label in ("sequential", "threads", "async"):
        rounds = sorted(r["round"] for r in outcome.runs if r["label"] == label and not r["baseline_repeat"])
        assert rounds == [1, 2, 3]
    places = sorted((r["round"], r["order"]) for r in outcome.runs)
    assert places == [(round, order) for round in (1, 2, 3) for order in (1, 2, 3)]


def test_every_run_makes_its_own_connection(run_fetchbench, hostile):
    run_fetchbench("-M", "sequential", "--rounds", 3, "-n", 5, f"{hostile.url}/ok")
    assert hostile.accepted == 3
    assert len(hostile.requests) == 15


def test_the_order_of_rounds_follows_from_the_seed(run_fetchbench, nginx):
    def order(seed):
        outcome = run_fetchbench("-M", "a=async,b=async,c=async", "--rounds", 6, "--seed", seed, "-n", 2, f"{nginx.url}/quiet")
        assert outcome.report["seed"] == seed
        return [r["label"] for r in sorted(outcome.runs, key=lambda r: (r["round"], r["order"]))]

    assert order(7) == order(7)


def test_repeated_labels_get_numbers(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async,async,async", "-n", 3, f"{nginx.url}/quiet")
    assert sorted(r["label"] for r in outcome.runs) == ["async", "async-2", "async-3"]


def test_a_label_names_a_configured_strategy(run_fetchbench, nginx):
    run = run_fetchbench("-M", "async,two=async:threads=2", "-n", 20, f"{nginx.url}/quiet").run("two")
    assert (run["strategy"], run["label"], run["threads"]) == ("async", "two", 2)


def test_modes_may_be_given_one_by_one(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "sequential", "--mode", "async", "-n", 3, f"{nginx.url}/quiet")
    assert sorted(r["label"] for r in outcome.runs) == ["async", "sequential"]


@pytest.mark.release
def test_memory_of_the_sixtieth_run_is_that_of_the_first(run_fetchbench, nginx):
    outcome = run_fetchbench("-M", "async", "--rounds", 60, "-n", 200, f"{nginx.url}/quiet")
    memory = [r["client"]["memory_bytes"] for r in sorted(outcome.runs, key=lambda r: r["round"])]
    assert len(memory) == 60
    assert abs(memory[59] - memory[0]) <= 1 << 20, memory


@pytest.mark.release
def test_a_child_does_not_inherit_the_size_of_its_parent(run_fetchbench, nginx):
    """async with 500 handles before sequential with one: sequential stays small whichever comes first."""
    both = run_fetchbench("-M", "async,sequential", "-n", 1000, "-c", 500, "--rounds", 2, f"{nginx.url}/quiet")
    alone = run_fetchbench("-M", "sequential", "-n", 1000, f"{nginx.url}/quiet")
    small = alone.run("sequential")["client"]["memory_bytes"]
    for run in both.runs:
        if run["label"] == "sequential":
            assert abs(run["client"]["memory_bytes"] - small) <= 2 << 20
        else:
            assert run["client"]["memory_bytes"] > small


def test_the_environment_and_the_plan_are_in_the_report(run_fetchbench, nginx):
    report = run_fetchbench("-n", 3, "--seed", 42, f"{nginx.url}/quiet?key={{i}}").report
    assert report["schema_version"] == 1
    assert report["seed"] == 42
    assert report["tool"]["name"] == "fetchbench"
    assert {"libcurl", "libev", "openssl", "cjson"} <= set(report["tool"]["libraries"])
    assert report["command"][0].endswith("fetchbench")
    assert report["plan"]["url"] == f"{nginx.url}/quiet?key={{i}}"
    assert (report["plan"]["requests"], report["plan"]["concurrency"], report["plan"]["keepalive"]) == (3, 3, True)
    assert report["target"]["addresses"] == ["127.0.0.1"]
    assert report["target"]["port"] == nginx.port
    assert report["target"]["server_header"].startswith("nginx")
    assert report["environment"]["cpus_online"] >= 1
    assert report["comparisons"] == [] and report["noise_floor"] is None
