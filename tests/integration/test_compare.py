"""Two invocations against each other: fetchbench compare, --baseline and --fail-on-regression. Most of it on one report
that was made once and is changed by hand."""
import copy
import json
import re
import subprocess

import pytest


@pytest.fixture(scope="module")
def measured(fetchbench, tmp_path_factory):
    """A report of eight rounds of one label, whose times are then set to be what a test needs."""
    path = tmp_path_factory.mktemp("measured") / "report.json"
    subprocess.run([fetchbench, "-q", "-M", "async", "-n", "20", "-c", "20", "--rounds", "8", "-o", path], check=True, timeout=60,
                   stderr=subprocess.DEVNULL)
    report = json.loads(path.read_text())
    for run in report["runs"]:
        run["wall_s"] = 0.02 * (1 + 0.001 * run["round"])
        run["limited_by"] = run["limited_by_reason"] = None  # a busy machine is not to void what is concluded
    return report


@pytest.fixture
def compare(fetchbench, tmp_path):
    """compare(*reports, options=()): runs the subcommand on them as 0.json, 1.json ..."""

    def run(*reports, options=()):
        names = []
        for i, report in enumerate(reports):
            names.append(f"{i}.json")
            (tmp_path / names[-1]).write_text(report if isinstance(report, str) else json.dumps(report))
        return subprocess.run([fetchbench, "compare", *options, *names], cwd=tmp_path, timeout=60, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    return run


def changed(report, change):
    other = copy.deepcopy(report)
    change(other)
    return other


def slower(report, factor):
    def slow_down(other):
        for run in other["runs"]:
            run["wall_s"] *= factor
    return changed(report, slow_down)


def flat(text):
    return re.sub(r"\s+", " ", text)


@pytest.mark.once
def test_a_report_against_itself_is_equivalent(compare, measured):
    done = compare(measured, measured)
    assert done.returncode == 0, done
    assert re.search(r"1\.0+x as fast as itself in 0.json", done.stdout), done
    assert "between invocations): equivalent" in flat(done.stdout)


@pytest.mark.once
def test_slower_and_faster_are_conclusions_and_end_with_0(compare, measured):
    assert "slower" in compare(measured, slower(measured, 1.5)).stdout
    done = compare(slower(measured, 1.5), measured)
    assert done.returncode == 0 and  "faster" in done.stdout


@pytest.mark.once
@pytest.mark.parametrize("factor, status", [(1.5, 5), (1.06, 5), (1.02, 0), (1, 0), (0.5, 0)])
def test_fail_on_regression_turns_a_slower_one_into_5(compare, measured, factor, status):
    done = compare(measured, slower(measured, factor), options=["--fail-on-regression", "5%"])
    assert done.returncode == status, done


@pytest.mark.once
@pytest.mark.parametrize("where, key, value", [
    (("plan",), "keepalive", False), (("plan",), "body_bytes", 4096), (("plan",), "method", "POST"),
    (("plan",), "requests", 21), (("environment",), "cpu_model", "Another processor"), (("environment",), "kernel", "1.2.3"),
    (("environment",), "cpus_allowed", 77), (("tool", "libraries"), "libcurl", "1.2.3"),
    (("environment", "limits"), "cpu_quota", 0.25)])
def test_what_was_measured_otherwise_is_refused_and_named(compare, measured, where, key, value):
    def change(report):
        for step in where:
            report = report[step]
        report[key] = value
    other = changed(measured, change)
    refused = compare(measured, other)
    name = f"{key} is ".replace("_", " ")
    assert refused.returncode == 6 and "not comparable" in refused.stdout and name in flat(refused.stdout), refused
    forced = compare(measured, other, options=["--force"])
    assert forced.returncode == 0 and "equivalent" in forced.stdout and name in flat(forced.stdout), forced


@pytest.mark.once
def test_the_size_of_answers_is_part_of_what_was_measured(compare, measured):
    def enlarge(report):
        for run in report["runs"]:
            run["bytes_received"] *= 2
    done = compare(measured, changed(measured, enlarge))
    assert done.returncode == 6 and "answers are unequal" in flat(done.stdout), done


@pytest.mark.once
def test_load_average_and_seed_do_not_matter(compare, measured):
    def change(report):
        report["environment"]["load_average"] = [50, 50, 50]
        report["seed"] = 77
        report["plan"]["url"] = report["plan"]["url"].replace("127.0.0.1:", "127.0.0.1:1")  # the embedded endpoint's port
    assert compare(measured, changed(measured, change)).returncode == 0


@pytest.mark.once
def test_single_rounds_support_no_claim(compare, measured):
    def cut(report):
        report["runs"] = report["runs"][:1]
        report["plan"]["rounds"] = 1
    single = changed(measured, cut)
    done = compare(single, single)
    assert done.returncode == 6 and "--rounds auto" in " ".join(done.stdout.split()), done


@pytest.mark.once
def test_several_new_reports_are_each_compared_with_the_old(compare, measured):
    done = compare(measured, measured, slower(measured, 1.5), options=["-f", "json"])
    rows = [c for c in json.loads(done.stdout)["comparisons"] if c["primary"]]
    assert [(c["between"], c["paired"], c["verdict"]) for c in rows] == [
        (["0.json", "1.json"], False, "equivalent"), (["0.json", "2.json"], False, "slower")]


@pytest.mark.once
def test_the_metric_may_be_chosen(compare, measured):
    done = compare(measured, slower(measured, 1.5), options=["--metric", "memory", "-f", "json"])
    rows = [c["metric"] for c in json.loads(done.stdout)["comparisons"] if c["primary"]]
    assert rows == ["memory_bytes"]


@pytest.mark.once
def test_what_is_said_of_a_regression_names_the_point_of_a_sweep(compare, measured):
    def sweep(report):
        report["plan"]["sweep"] = [{"concurrency": 5, "name": None, "value": None, "number": None}]
        for run in report["runs"]:
            run["point"] = 0
    old = changed(measured, sweep)
    done = compare(old, slower(old, 1.5), options=["--fail-on-regression", "5%"])
    assert done.returncode == 5 and "5 at once: regression of async against 0.json: wall time is 1.5 times" in flat(done.stderr), done


@pytest.mark.once
def test_markdown_shows_others_text_as_code(compare, measured):
    done = compare(measured, slower(measured, 1.5), options=["-f", "markdown"])
    assert done.stdout.startswith("### `1.json` against `0.json`") and "**slower**" in done.stdout


@pytest.mark.once
def test_labels_in_common_are_needed(compare, measured):
    def rename(report):
        report["plan"]["strategies"][0]["label"] = "other"
        for run in report["runs"]:
            run["label"] = "other"
    done = compare(measured, changed(measured, rename))
    assert done.returncode == 6 and "no label in common" in done.stderr, done


@pytest.mark.once
def test_what_is_no_report_is_refused_with_2(compare, measured):
    for reports in ((measured, "{}"), ("nothing", measured), (measured,)):
        done = compare(*reports)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done


@pytest.fixture
def guarded(run_fetchbench, measured, tmp_path):
    """guarded(baseline, *words): a short run against a baseline file that holds that report."""

    def run(baseline, *words):
        path = tmp_path / "baseline.json"
        path.write_text(json.dumps(baseline))
        return run_fetchbench("-M", "async", "-n", 20, "-c", 20, "--baseline", path, *words, status=None)

    return run


def between(report):
    return [c for c in report["comparisons"] if c["primary"] and c["between"]]


@pytest.mark.release
def test_a_run_slower_than_its_baseline_ends_with_5(guarded, measured):
    outcome = guarded(slower(measured, 0.1), "--rounds", 6, "--fail-on-regression", "50%")
    assert outcome.status == 5, outcome
    assert "regression of async" in outcome.stderr
    [row] = between(outcome.report)
    assert outcome.report["plan"]["fail_on_regression"] == row["margin"] == 0.5
    assert row["verdict"] == "slower" and not row["paired"] and row["between"][1] == "this run"


@pytest.mark.release
def test_a_run_faster_than_its_baseline_ends_with_0(guarded, measured):
    outcome = guarded(slower(measured, 100), "--rounds", 6, "--fail-on-regression", "5%")
    assert outcome.status == 0, outcome
    assert between(outcome.report)[0]["verdict"] == "faster"


@pytest.mark.once
def test_a_baseline_implies_rounds_auto(guarded, measured):
    outcome = guarded(slower(measured, 10), "--budget", "100ms")
    assert outcome.report["plan"]["rounds_auto"] and outcome.report["plan"]["rounds"] >= 6


@pytest.mark.once
def test_a_run_that_concludes_nothing_ends_with_6(guarded, measured):
    def scatter(report):
        for run in report["runs"]:
            run["wall_s"] *= 8 ** (run["round"] % 3 - 1)
    outcome = guarded(changed(measured, scatter), "--rounds", 6, "--fail-on-regression", "5%")
    assert outcome.status == 6 and "no conclusion" in outcome.stderr, outcome


@pytest.mark.once
def test_a_baseline_that_cannot_be_compared_with_is_refused_before_anything_runs(guarded, measured):
    def close_connections(report):
        report["plan"]["keepalive"] = False
    outcome = guarded(changed(measured, close_connections), "--fail-on-regression", "5%")
    assert outcome.status == 6 and "keepalive is false in" in outcome.stderr and outcome.report is None, outcome


@pytest.mark.once
def test_a_label_that_the_baseline_lacks_does_not_pass_the_guard(guarded, compare, measured):
    outcome = guarded(measured, "-M", "new=async", "--fail-on-regression", "5%")
    assert outcome.status == 6 and "has no new, so --fail-on-regression" in outcome.stderr and outcome.report is None, outcome

    def add(report):
        report["plan"]["strategies"].append(dict(report["plan"]["strategies"][0], label="new"))
    done = compare(measured, changed(measured, add), options=["--fail-on-regression", "50%"])
    assert done.returncode == 6 and "no conclusion on a regression of new: " in done.stderr, done


@pytest.mark.once
@pytest.mark.parametrize("requests, status, said", [(20, 0, "baseline  "), (30, 6, "requests is 20 in")])
def test_a_dry_run_refuses_what_a_run_would(guarded, measured, requests, status, said):
    outcome = guarded(measured, "-n", requests, "--dry-run")
    assert outcome.status == status and said in outcome.stdout + outcome.stderr, outcome


@pytest.mark.once
def test_a_baseline_of_one_round_is_refused_before_anything_runs(guarded, measured):
    def cut(report):
        report["runs"] = report["runs"][:1]
    outcome = guarded(changed(measured, cut))
    assert outcome.status == 6 and "--rounds auto" in outcome.stderr and outcome.report is None, outcome


@pytest.mark.once
@pytest.mark.parametrize("words, said", [
    (["--baseline", "absent.json"], "absent.json"), (["--baseline", "/dev/null"], "no report"),
    (["--fail-on-regression", "5%"], "--baseline FILE"), (["-M", "async,async", "--fail-on-regression", "5%", "--rounds", "3"], "at least 6"),
    (["--baseline", "-"], "standard input")])
def test_a_guard_that_cannot_guard_is_refused(run_fetchbench, words, said):
    outcome = run_fetchbench("-n", 5, *words, status=None)
    assert outcome.status == 2 and said in outcome.stderr and len(outcome.stderr.splitlines()) == 1, outcome


@pytest.mark.once
@pytest.mark.parametrize("option", ["-o", "--samples"])
def test_nothing_replaces_the_baseline(run_fetchbench, measured, tmp_path, option):
    path = tmp_path / "old.json"
    path.write_text(json.dumps(measured))
    outcome = run_fetchbench("--dry-run", "--baseline", path, option, tmp_path / "." / "old.json", status=2)
    assert f"would replace the baseline {path}: give {option} another file" in outcome.stderr


@pytest.mark.once
def test_a_regression_in_a_sweep_says_at_which_point(run_fetchbench):
    outcome = run_fetchbench("-M", "async,sequential", "-n", 8, "-c", "4,8", "--rounds", 7, "--fail-on-regression", "5%", "-q", status=5)
    assert re.search("[48] at once: regression of sequential against async", outcome.stderr), outcome  # one may fail by chance


@pytest.mark.one_thread
def test_without_a_baseline_the_first_label_is_held_against_the_others(run_fetchbench, nginx):
    worse = run_fetchbench("-M", "async,sequential", "-n", 10, "-c", 10, "--rounds", 6, "--fail-on-regression", "5%", status=None)
    assert worse.status == 5 and "regression of sequential against async" in worse.stderr, worse
    better = run_fetchbench("-M", "sequential,async", "-n", 10, "-c", 10, "--rounds", 6, "--fail-on-regression", "5%", status=None)
    assert better.status == 0, better


@pytest.mark.one_thread
def test_a_file_compared_with_itself_is_noticed(fetchbench, measured, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(measured))
    for words, noticed in ((["one.json", "./one.json"], True), (["one.json", "/dev/stdin"], False)):
        done = subprocess.run([fetchbench, "compare", *words], capture_output=True, text=True, cwd=tmp_path, timeout=60,
                              input=json.dumps(measured))
        assert ("one report with itself" in done.stderr) == noticed, done
