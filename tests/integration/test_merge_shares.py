"""fetchbench merge --shares: many hosts' reports as the one load that they made, against what is known of every request."""
import json
import os
import random
import subprocess

import pytest

import hdr_oracle
import synthetic

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def template(fetchbench, endpoint, tmp_path_factory):
    """A real report of one run, whose times shares are given others than."""
    path = tmp_path_factory.mktemp("template") / "one.json"
    subprocess.run([fetchbench, "-q", "-o", path, "-M", "sequential", "-n", "10", f"{endpoint.url}/get"], check=True,
                   stdin=subprocess.DEVNULL, timeout=60)
    return json.loads(path.read_text())


def merge(fetchbench, paths, target):
    """Merges, and returns what it took."""
    process = subprocess.Popen([fetchbench, "merge", "--shares", "-o", target, *paths], stdin=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage


def assert_sum_of(latency, every):
    """To the last counter, and percentiles of the requests themselves to the width of one."""
    ordered = sorted(every)
    assert synthetic.plain(latency["hdr"]) == synthetic.plain(synthetic.encode(synthetic.counts_of(every)))
    assert latency["count"] == len(every)
    assert latency["min_s"] == ordered[0] / 1e9 and latency["max_s"] == ordered[-1] / 1e9
    assert latency["mean_s"] == pytest.approx(sum(every) / len(every) / 1e9, rel=1e-9)
    for q, value in latency["percentiles_s"].items():
        assert value == pytest.approx(synthetic.nearest(ordered, float(q) / 100) / 1e9, rel=1 / 1024), q


def validated(text, schema):
    report = json.loads(text)
    schema.validate(report)
    return report


def test_the_histogram_of_the_sum_is_that_of_all_requests(fetchbench, template, schema, tmp_path):
    paths, every = synthetic.write_shares(tmp_path, template, 20, 200)
    merge(fetchbench, paths, tmp_path / "all.json")
    report = validated((tmp_path / "all.json").read_text(), schema)
    assert_sum_of(report["runs"][0]["latency"], every)
    assert [host["rank"] for host in report["hosts"]] == list(range(20))
    assert all(host["runs"][0]["start_skew_s"] == pytest.approx(0, abs=1e-9) for host in report["hosts"])
    assert report["complete"]


@pytest.mark.skipif(not hdr_oracle.available(), reason="libhdrhistogram-java is not installed")
def test_another_library_reads_the_sum_as_all_requests(fetchbench, template, tmp_path):
    paths, every = synthetic.write_shares(tmp_path, template, 8, 500)
    merge(fetchbench, paths, tmp_path / "all.json")
    text = json.loads((tmp_path / "all.json").read_text())["runs"][0]["latency"]["hdr"]
    assert hdr_oracle.count(text) == len(every)
    for q, value in hdr_oracle.percentiles(text, [50, 99]).items():
        assert value == pytest.approx(synthetic.nearest(sorted(every), q / 100), rel=1 / 1024)


def test_the_order_of_files_makes_no_difference(fetchbench, template, tmp_path):
    paths, _ = synthetic.write_shares(tmp_path, template, 20, 50)
    texts = []
    for seed in range(3):
        random.Random(seed).shuffle(paths)
        merge(fetchbench, paths, tmp_path / "all.json")
        texts.append((tmp_path / "all.json").read_text())
    assert texts[0] == texts[1] == texts[2]


def test_what_is_missing_is_told_and_can_be_added_later(fetchbench, template, tmp_path):
    paths, every = synthetic.write_shares(tmp_path, template, 5, 50)
    merge(fetchbench, [paths[3], paths[0], paths[4]], tmp_path / "some.json")
    some = json.loads((tmp_path / "some.json").read_text())
    assert [host["rank"] for host in some["hosts"] if host["lost"]] == [1, 2]
    assert not some["complete"] and some["merged"]["shares"] == 5
    merge(fetchbench, [tmp_path / "some.json", paths[2], paths[1]], tmp_path / "all.json")
    merge(fetchbench, paths, tmp_path / "once.json")
    one, other = (json.loads((tmp_path / name).read_text()) for name in ("all.json", "once.json"))
    assert one["hosts"] == other["hosts"] and one["merged"] == other["merged"] and one["complete"]
    assert_sum_of(one["runs"][0]["latency"], every)


def test_of_starts_the_page_tells_the_one_that_was_farthest_off(fetchbench, template, tmp_path):
    paths, _ = synthetic.write_shares(tmp_path, template, 2, 50)
    for path, skews_s in zip(paths, [(0, 0, 0), (.02, .3, .04)]):
        part = json.loads(path.read_text())
        run, = part["runs"]
        part["runs"] = [{**run, "round": i + 1, "clock_go_s": run["clock_go_s"] + skew_s} for i, skew_s in enumerate(skews_s)]
        path.write_text(json.dumps(part))
    merge(fetchbench, paths, tmp_path / "all.json")
    page = " ".join(subprocess.run([fetchbench, "report", "all.json"], cwd=tmp_path, capture_output=True, text=True,
                                   check=True).stdout.split())
    assert "+40.0ms" in page and "began up to 300ms late, in 3 of 3 runs" in page


@pytest.mark.parametrize("changed, said", [
    ({"index": 0}, "are both share 1 of 2"),
    ({"count": 3}, "is of a load in 2 shares, and"),
    ({"index": 2}, "says that it is share 3 of 2"),
    ({"load": "another"}, "out.rank0.json and"),
    ({"load": None}, "are of different launches"),
])
def test_shares_that_do_not_fit_are_refused(fetchbench, template, tmp_path, changed, said):
    paths, _ = synthetic.write_shares(tmp_path, template, 2, 50)
    part = json.loads(paths[1].read_text())
    part["share"] |= changed
    paths[1].write_text(json.dumps(part))
    done = subprocess.run([fetchbench, "merge", "--shares", *paths], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and done.stdout == ""
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.release
def test_a_thousand_hosts_take_four_times_what_a_quarter_of_them_take(fetchbench, template, tmp_path):
    """And no more memory than a few of them, but for their rows."""
    paths, every = synthetic.write_shares(tmp_path, template, 1000, 100)
    spent = {}
    for count in (250, 1000):
        usages = [merge(fetchbench, paths[:count], tmp_path / "all.json") for _ in range(2)]
        spent[count] = min(usage.ru_utime + usage.ru_stime for usage in usages), max(usage.ru_maxrss for usage in usages)
    assert_sum_of(json.loads((tmp_path / "all.json").read_text())["runs"][0]["latency"], every)
    assert spent[1000][0] < 8 * spent[250][0], spent
    assert spent[1000][1] < 256 << 10, spent
