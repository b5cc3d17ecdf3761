"""The same command under an MPI launcher: one plan sent by several ranks, judged by what the server wrote down, by each
rank's own report and by the report of the whole."""
import csv
import io
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
from collections import Counter

import pytest

from conftest import children
from launching import LAUNCHING, mpirun, without_launcher
from test_exec import PROLOGUE, PYTHON

pytestmark = pytest.mark.once

N = 1003  # which neither 2 nor 4 nor 3 divides


def long(*rows):
    """Rows of parameters for the long tier."""
    return [pytest.param(*(row if isinstance(row, tuple) else [row]), marks=pytest.mark.long) for row in rows]


def keys(lines):
    return Counter(int(re.search(r"[?&]key=(\d+)", line["target"])[1]) for line in lines)


def rank_reports(folder, count, stem="report-0"):
    return [json.loads((folder / f"{stem}.rank{k}.json").read_text()) for k in range(count)]


def completed(report, label):
    return sum(run["requests"]["completed"] for run in report["runs"] if run["label"] == label)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_all_ranks_together_send_each_request_once_as_the_server_counts_them(run_ranks, witness, token, tmp_path, count):
    outcome = run_ranks(count, "-M", "raw,threads", "-n", N, "-c", 9, f"{witness.url}/get?key={{i}}&{token}")
    assert keys(witness.lines_once_there(2 * N, token)) == {i: 2 for i in range(N)}
    whole, parts = outcome.report, rank_reports(tmp_path, count)
    for label in ("raw", "threads"):
        run = outcome.run(label)
        assert run["requests"]["completed"] == run["requests"]["total"] == N == whole["plan"]["requests"]
        assert (run["concurrency"], run["status_codes"]) == (9, {"200": N})
        assert [completed(part, label) for part in parts] == [N // count + (k < N % count) for k in range(count)]
    assert [(part["share"]["index"], part["share"]["count"]) for part in parts] == [(k, count) for k in range(count)]
    assert {part["share"]["load"] for part in parts} == {whole["merged"]["load"]} != {None}
    assert whole["complete"] and len({part["seed"] for part in parts} | {whole["seed"]}) == 1
    assert " 1,003 GET requests" in f" {outcome.stdout}" and outcome.stderr == ""


def test_a_rate_is_kept_by_all_ranks_together(run_ranks, witness, token):
    run = run_ranks(3, "-M", "async", "--rate", 800, "-n", N, f"{witness.url}/get?key={{i}}&{token}").run("async")
    assert keys(witness.lines_once_there(N, token)) == {i: 1 for i in range(N)}
    assert (run["requests"]["completed"], run["requests"]["total"]) == (N, N)
    arrived = {int(re.search(r"[?&]key=(\d+)", line["target"])[1]): line["arrived_ns"] for line in witness.lines(token)}
    gaps_s = [statistics.median((arrived[i + 3] - arrived[i]) / 1e9 for i in range(k, N - 3, 3)) for k in range(3)]
    assert sum(1 / gap_s for gap_s in gaps_s) == pytest.approx(800, rel=.2)  # by medians: ranks of a busy machine begin late


def test_a_list_is_gone_through_once_by_all_ranks_together(run_ranks, witness, token, tmp_path):
    (tmp_path / "urls.txt").write_text("".join(f"{witness.url}/get?key={i}&{token}\n" for i in range(N)))
    run = run_ranks(4, "-M", "raw", "--urls", "urls.txt", "-n", N).run("raw")
    assert keys(witness.lines_once_there(N, token)) == {i: 1 for i in range(N)}
    assert run["requests"]["completed"] == N


def test_a_warm_up_is_shared_and_kept_apart(run_ranks, witness, token):
    run = run_ranks(3, "-M", "raw", "-n", 100, "-w", 10, f"{witness.url}/get?key={{i}}&{token}").run("raw")
    seen = keys(witness.lines_once_there(110, token))
    assert sum(seen.values()) == 110 and seen.keys() == set(range(100))
    assert run["requests"]["completed"] == 100 and run["warmup"]["completed"] == 10


def test_a_rank_that_takes_much_longer_than_rank_0_is_waited_for(run_ranks, endpoint, tmp_path):
    (tmp_path / "urls.txt").write_text(f"{endpoint.url}/get\n{endpoint.url}/delay/200ms\n")
    outcome = run_ranks(2, "-M", "raw,async", "--urls", "urls.txt", "-n", 4, "-c", 2, "--rounds", 2, timeout=30)
    assert [run["requests"]["completed"] for run in outcome.runs] == [4] * len(outcome.runs)
    quick, slow = rank_reports(tmp_path, 2)
    assert all(one["wall_s"] < other["wall_s"] for one, other in zip(quick["runs"], slow["runs"]))


def test_comparisons_go_in_step_and_a_merge_of_the_ranks_reports_says_the_same(run_ranks, run_fetchbench, endpoint, tmp_path):
    outcome = run_ranks(3, "-M", "raw,threads", "-n", 60, "-c", "3,6", "--rounds", 2, f"{endpoint.url}/delay/20ms?key={{i}}")
    merged = run_fetchbench("merge", "--shares", *(tmp_path / f"report-0.rank{k}.json" for k in (2, 0, 1))).report
    assert merged == outcome.report
    hosts = outcome.report["hosts"]
    assert [(host["rank"], host["lost"], host["complete"]) for host in hosts] == [(k, None, True) for k in range(3)]
    for run in outcome.runs:
        rows = [row for host in hosts for row in host["runs"]
                if [row[key] for key in ("label", "round", "point")] == [run[key] for key in ("label", "round", "point")]]
        assert sum(row["requests"]["completed"] for row in rows) == run["requests"]["completed"] == 60
        for row in rows:
            assert row["latency"]["count"] == 20 and abs(row["start_skew_s"]) < run["wall_s"]
    assert len(outcome.runs) == 8 and [len(host["runs"]) for host in hosts] == [8] * 3
    orders = [[(run["label"], run["point"], run["round"]) for run in sorted(part["runs"], key=lambda run: run["clock_go_s"])]
              for part in rank_reports(tmp_path, 3)]
    assert orders[0] == orders[1] == orders[2]


def test_clocks_of_one_machine_are_found_to_be_one(run_ranks, endpoint, tmp_path):
    hosts = run_ranks(2, "-n", 20, "-c", 4, f"{endpoint.url}/get").report["hosts"]
    assert hosts[0]["clock_offset_s"] == [0, 0]
    assert all(abs(offset) <= hosts[1]["clock_round_trip_s"] / 2 for offset in hosts[1]["clock_offset_s"])
    for part in rank_reports(tmp_path, 2):
        clocks, (run,) = part["share"]["clocks"], part["runs"]
        assert clocks[0]["at_s"] <= run["clock_go_s"] <= run["clock_go_s"] + run["wall_s"] <= clocks[-1]["at_s"]


def test_rounds_that_rank_0_decides_about_are_made_by_all(run_ranks, endpoint, tmp_path):
    outcome = run_ranks(2, "-M", "raw,threads", "-n", 30, "-c", 2, "--rounds", "auto", "--budget", "200ms", f"{endpoint.url}/delay/5ms")
    assert re.search("^fetchbench: at least 6 rounds of 3 runs", outcome.stderr) and "for the first 6 rounds" in outcome.stderr
    rounds = {max(run["round"] for run in part["runs"]) for part in rank_reports(tmp_path, 2)}
    assert rounds == {outcome.report["plan"]["rounds"]} and min(rounds) >= 6
    assert {part["plan"]["rounds"] for part in rank_reports(tmp_path, 2)} == rounds
    assert all(run["requests"]["completed"] == 30 for run in outcome.runs)


def test_every_strategy_that_can_run_here_runs_on_all_ranks(run_ranks, run_fetchbench, endpoint):
    words = ("-M", "all", "-n", 10, "-c", 4, f"{endpoint.url}/get?key={{i}}")
    outcome = run_ranks(4, *words)
    assert {run["label"] for run in outcome.runs} == {run["label"] for run in run_fetchbench(*words).runs}
    assert all(run["requests"]["completed"] == 10 for run in outcome.runs)
    assert outcome.run("sequential")["concurrency"] == 4


@pytest.mark.parametrize("words", [["--help"], ["--version"], *long(["--list"], ["--help", "load"])])
def test_what_asks_for_information_is_answered_once(run_ranks, run_fetchbench, words):
    assert run_ranks(3, *words, report=False).stdout == run_fetchbench(*words, report=False).stdout


def test_a_dry_run_is_shown_once_and_sends_nothing(run_ranks, hostile, tmp_path):
    shown = run_ranks(3, "--dry-run", "-n", 10, "-c", 6, hostile.url, report=False).stdout
    assert re.search("^ranks +3, each its share", shown, re.M) and re.search("^requests +10$", shown, re.M)
    assert "async, 6 in flight" in shown
    assert Counter(line.split()[0] for line in shown.splitlines())["url"] == 1
    assert hostile.requests == [] and not list(tmp_path.glob("*.json"))


@pytest.mark.parametrize("args, words", [
    (["--bogus"], "there is no option --bogus"),
    (["-c", "2"], "-c 2 cannot be shared by 4"),
    (["--share", "1/4"], "--share is for processes that are started one by one"),
    (["--urls", "-"], "--urls - reads standard input"),
    (["--baseline", "missing.json"], "missing.json"),
    *long((["-n", "3"], "-n 3 cannot be shared by 4"),
          (["--data-file", "-"], "--data-file - reads standard input"),
          (["--samples", "-"], "--samples - is of one process"),
          (["--urls", "missing.txt"], "missing.txt")),
])
def test_what_cannot_be_carried_out_is_said_once(run_ranks, tmp_path, args, words):
    outcome = run_ranks(4, *args, "http://127.0.0.1:9/", status=2)
    assert outcome.stdout == "" and words in outcome.stderr
    assert len(outcome.stderr.strip().splitlines()) == 1, outcome
    assert outcome.report is None and not list(tmp_path.glob("*rank*"))


def test_each_rank_writes_samples_of_its_own_and_all_save_into_one_folder(run_ranks, endpoint, tmp_path):
    run_ranks(3, "-M", "async", "-n", 11, "-c", 3, "--samples", "s.ndjson", "--save", "bodies", f"{endpoint.url}/get?key={{i}}")
    indexes = [[json.loads(line)["index"] for line in (tmp_path / f"s.rank{k}.ndjson").read_text().splitlines()] for k in range(3)]
    assert [sorted(part) for part in indexes] == [list(range(k, 11, 3)) for k in range(3)]
    bodies = [json.loads(path.read_text())["args"]["key"] for path in (tmp_path / "bodies").iterdir()]
    assert sorted(map(int, bodies)) == list(range(11))


def test_a_report_on_standard_output_is_nothing_but_that(run_ranks, endpoint, tmp_path):
    outcome = run_ranks(2, "-n", 10, "-c", 2, "-o", "-", f"{endpoint.url}/get")
    assert json.loads(outcome.stdout)["runs"][0]["requests"]["completed"] == 10
    assert outcome.stderr.count("GET requests to") == 1
    assert len(list(tmp_path.glob("*.rank*.json"))) == 2 and re.search(r"of each rank, on its machine: .*rank0.json to .*rank1.json", outcome.stderr)


def test_where_the_whole_is_thrown_away_nothing_is_left_of_ranks(run_ranks, hostile, tmp_path):
    (tmp_path / "tmp").mkdir()
    outcome = run_ranks(2, "-n", 10, "-c", 2, "-o", "/dev/null", f"{hostile.url}/ok", env={"TMPDIR": str(tmp_path / "tmp")}, report=False)
    assert len(hostile.requests) == 10 and "on its machine" not in outcome.said
    assert [path.name for path in tmp_path.rglob("*.json")] == [] and list((tmp_path / "tmp").glob("fetchbench*")) == []


@pytest.mark.parametrize("form", ["csv", "json", "markdown"])
def test_standard_output_is_one_whole_document_of_its_format(run_ranks, endpoint, form):
    outcome = run_ranks(2, "-n", 10, "-c", 2, "-f", form, f"{endpoint.url}/get")
    assert outcome.stderr == ""
    if form == "json":
        assert json.loads(outcome.stdout) == outcome.report
    elif form == "csv":
        row, = csv.DictReader(io.StringIO(outcome.stdout))
        assert row["completed"] == "10"
    else:
        assert outcome.stdout.count("`GET` requests to") == 1 and "report:" not in outcome.stdout


def test_quiet_ranks_print_nothing(run_ranks, endpoint):
    outcome = run_ranks(2, "-q", "-n", 10, "-c", 2, f"{endpoint.url}/get")
    assert outcome.said == "" and outcome.report["runs"][0]["requests"]["completed"] == 10


def test_a_threshold_is_judged_on_the_whole_and_once(run_ranks, endpoint, tmp_path):
    outcome = run_ranks(2, "-n", 20, "-c", 2, "--fail-on", "p50>1us,error_rate>1%", f"{endpoint.url}/get", status=4)
    assert [row["broken"] for row in outcome.report["thresholds"]] == [True, False]
    assert all(part["thresholds"] == [] for part in rank_reports(tmp_path, 2))
    assert run_ranks(2, "-n", 4, "-c", 2, "http://127.0.0.1:9/", status=3).report["runs"][0]["requests"]["failed"] == 4


def test_without_a_url_each_rank_serves_itself(run_ranks):
    outcome = run_ranks(2, "-n", 10, "-c", 4)
    assert outcome.run("async")["requests"]["completed"] == 10
    assert outcome.stderr.count("each rank serves") == 1


def test_an_outside_program_sees_nothing_of_the_launcher(run_ranks, endpoint, tmp_path):
    (tmp_path / "client.py").write_text(PROLOGUE + """
import os
open("seen.%d" % os.getpid(), "w").write("\\n".join(os.environ))
ready()
[fetch(i) for i in range(len(URLS))]
""")
    run_ranks(2, "-M", f"it=exec:{PYTHON} client.py", "-n", 4, "-c", 2, f"{endpoint.url}/get?key={{i}}")
    seen = [path.read_text().split("\n") for path in tmp_path.glob("seen.*")]
    assert len(seen) == 2 and all("PATH" in names for names in seen)
    assert [name for names in seen for name in names if re.match("OMPI_|PMIX_|PMI_|ORTE_|PRTE_", name)] == []


def words_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read()
    except OSError:
        return b""


def test_secrets_leave_the_process_list_before_ranks_wait_for_each_other(start_fetchbench, fetchbench, endpoint):
    running = start_fetchbench("-n", 2, "-c", 2, "-H", "Authorization: TOPSECRET", f"{endpoint.url}/get",
                               prefix=mpirun(fetchbench, 2), env=LAUNCHING)
    workers = set()
    while running.process.poll() is None:
        for rank in children(running.process.pid):
            for worker in children(rank):
                workers.add(worker)
                assert b"TOPSECRET" not in words_of(rank) + words_of(worker)
    running.finish(60)
    assert len(workers) == 2


def test_a_program_without_its_module_says_so_in_a_sentence(fetchbench, tmp_path):
    alone = shutil.copy(fetchbench, tmp_path)
    done = subprocess.run([*mpirun(fetchbench, 2), alone, "-n", "10"], env={**os.environ, **LAUNCHING}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)
    said = done.stderr.strip().splitlines()
    assert done.returncode == 2 and done.stdout == "" and len(set(said)) == 1, done
    assert "install the package fetchbench-mpi" in said[0]


def test_nothing_of_mpi_is_loaded_without_a_launcher(fetchbench, endpoint):
    needed = subprocess.run(["ldd", fetchbench], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in needed and not re.search("mpi|pmix|open-rte|open-pal", needed)
    traced = subprocess.run([fetchbench, "-q", "-o", "/dev/null", "-n", "4", "-c", "2", f"{endpoint.url}/get"],
                            env={**without_launcher(), "LD_DEBUG": "files"}, stdin=subprocess.DEVNULL, capture_output=True,
                            text=True, check=True, timeout=60).stderr
    assert "file=libc.so" in traced and "fetchbench-mpi" not in traced and "libmpi" not in traced


def processor_s(*words):
    """Processor time of a command that ends at once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=without_launcher(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.release
def test_a_start_without_a_launcher_takes_no_longer_where_the_module_is(fetchbench, tmp_path):
    alone = shutil.copy(fetchbench, tmp_path)
    pairs = [(processor_s(fetchbench, "--version"), processor_s(alone, "--version")) for _ in range(41)]
    beside, without = (statistics.median(times) for times in zip(*pairs))
    assert beside < 1.5 * without


@pytest.mark.release
def test_percentiles_of_many_ranks_are_those_of_one_process(run_ranks, run_fetchbench, endpoint):
    words = ("-M", "raw", "-n", 1200, "-c", 60, f"{endpoint.url}/sojourn/exponential/60ms?seed=7&key={{i}}")
    alone = run_fetchbench(*words).run("raw")["latency"]
    for count in (1, 2, 4):
        together = run_ranks(count, *words).run("raw")["latency"]
        for p in ("50", "99"):
            (low, high), (lowest, highest) = alone["ci95_s"][p], together["ci95_s"][p]
            assert low <= highest and lowest <= high, (count, p, alone, together)


def test_a_rank_that_cannot_do_its_share_refuses_the_whole(run_ranks, hostile, tmp_path):
    (tmp_path / "out.rank1.json").mkdir()
    outcome = run_ranks(2, "-n", 10, "-c", 2, "-w", 2, "-o", "out.json", f"{hostile.url}/ok", status=1)
    said, = outcome.stderr.strip().splitlines()
    assert "rank 1 (" in said and "cannot write the report to out.rank1.json" in said and "nothing was sent" in said
    assert hostile.requests == [] and [path.name for path in tmp_path.glob("*.json")] == ["out.rank1.json"]


def test_ranks_that_were_started_with_different_words_send_nothing(fetchbench, hostile, tmp_path):
    done = subprocess.run([*mpirun(fetchbench, 1), fetchbench, "-n", "100", hostile.url, ":", "-n", "1", fetchbench, "-n", "200", hostile.url],
                          env={**os.environ, **LAUNCHING}, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    said, = done.stderr.strip().splitlines()
    assert done.returncode == 2 and "rank 1 (" in said and "started with other words than rank 0" in said
    assert hostile.requests == [] and list(tmp_path.iterdir()) == []


def test_samples_that_a_rank_could_not_write_are_told(run_ranks, endpoint, tmp_path):
    (tmp_path / "s.rank1.ndjson").symlink_to("/dev/full")
    outcome = run_ranks(2, "-n", 10, "-c", 2, "--samples", "s.ndjson", f"{endpoint.url}/get", status=7)
    assert "rank 1" in outcome.stderr and "s.rank1.ndjson" in outcome.stderr
    assert outcome.report["runs"][0]["requests"]["completed"] == 10


def test_a_host_that_no_rank_can_resolve_is_told_as_by_one_process(run_ranks):
    outcome = run_ranks(2, "-n", 1000, "-c", 2, "http://no-such-host.invalid/", status=3, timeout=60)
    assert "Nothing was sent: cannot resolve no-such-host.invalid" in outcome.stdout and "gave up" not in outcome.said


def test_a_load_of_more_threads_than_the_launcher_lets_it_use_says_so(fetchbench, endpoint):
    prefix = [word for word in mpirun(fetchbench, 1) if word not in ("--oversubscribe", "--bind-to", "none")]
    said = [subprocess.run([*prefix, fetchbench, "-n", "4", "-o", "/dev/null", *words, f"{endpoint.url}/get"], env={**os.environ, **LAUNCHING},
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60).stderr
            for words in (["-M", "async", "-c", "2"], ["-M", "threads", "-c", str(2 * os.cpu_count())])]
    if os.cpu_count() > 1:
        assert said[0] == "" and len(said[1].splitlines()) == 1 and "--bind-to none" in said[1]


@pytest.mark.long
def test_each_five_seconds_a_line_says_how_far_the_whole_is(run_ranks, endpoint):
    outcome = run_ranks(2, "-M", "raw", "-d", "4s", "-c", 4, "--rounds", 2, f"{endpoint.url}/delay/20ms", timeout=60)
    line, = re.findall("round 2 of 2, raw: .*", outcome.stderr)
    assert re.fullmatch(r"round 2 of 2, raw: (\d+ requests done, 0 failed(, \d+ per second)?|setting up); 2 ranks, [56] s in all", line)


@pytest.mark.long
def test_a_rank_that_is_another_program_is_waited_for_in_words(fetchbench):
    done = subprocess.run([*mpirun(fetchbench, 1), fetchbench, "-n", "4", ":", "-n", "1", "sleep", "22"], env={**os.environ, **LAUNCHING},
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.stderr.count("waiting for the other ranks to start MPI") == 1


def test_what_is_random_is_the_same_as_from_one_process_of_that_seed(run_ranks, run_fetchbench, hostile):
    words = ("-n", 30, "-c", 3, "--seed", 9, f"{hostile.url}/ok?i={{i}}&u={{uuid}}&r={{random:1-1000000}}")
    run_fetchbench(*words)
    alone = sorted(hostile.targets())
    hostile.requests.clear()
    run_ranks(3, *words)
    assert sorted(hostile.targets()) == alone and len(set(alone)) == 30
