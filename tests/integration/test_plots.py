"""scripts/plot_*.py: pictures of real runs and of inputs that were made up, and what is said of unusable ones."""
import contextlib
import copy
import csv
import gc
import importlib
import io
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import time
import xml.etree.ElementTree as tree

import pytest

pytestmark = pytest.mark.once

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"
KINDS = ["waterfall", "percentiles", "compare"]
TEN = ["sequential", "threads", "async", "executor", "raw", "async-2", "_under", "$x^2$ | <b>",
       "a label so long that it can stand nowhere whole, one", "a label so long that it can stand nowhere whole, two"]
sys.path.insert(0, str(SCRIPTS))


def plot_apart(kind, *args, status=0):
    """As plot, in a process of its own."""
    command = [sys.executable, "-B", SCRIPTS / f"plot_{kind}.py", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def plot(kind, *args, status=0):
    """What it printed; the picture is the file after -o. In this process, for matplotlib takes long to load."""
    script, said = importlib.import_module(f"plot_{kind}"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        patch.setattr(sys, "argv", [f"plot_{kind}.py", *map(str, args)])
        with pytest.raises(SystemExit) as end:
            script.main()
    gc.enable()
    assert (end.value.code or 0) == status, said.getvalue()
    return said.getvalue()


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])


def svg_texts(path):
    """The texts of a picture: glyphs are drawn as paths, with what they say in a comment before them."""
    text = path.read_text()
    assert tree.fromstring(text).tag.endswith("svg")
    found = [words.strip() for words in re.findall(r"<!--(.*?)-->", text, re.S)]
    return [words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for words in found]


def requests_of(label, count, at_once=5, lasting_s=0.02, failed=0.0, round_of=1):
    """Samples of a closed loop."""
    rnd, free = random.Random(label), [0.0] * at_once
    for index in range(count):
        worker = index % at_once
        start = free[worker]
        end = free[worker] = start + lasting_s * (1 + rnd.random())
        bad = rnd.random() < failed
        yield {"index": index, "label": label, "round": round_of, "due_s": None, "start_s": start, "dns_s": None,
               "connect_s": lasting_s / 10 if index < at_once else None, "tls_s": None,
               "first_byte_s": None if bad else start + (end - start) * 0.9, "end_s": end, "status": None if bad else 200, "bytes": 10,
               "error": "timeout" if bad else None, "connection_reused": index >= at_once, "worker": worker}


def write_samples(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        if path.suffix == ".ndjson":
            file.writelines(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
            return path
        writer = None
        for row in rows:
            writer = writer or csv.DictWriter(file, row)
            if not file.tell():
                writer.writeheader()
            writer.writerow(row)
    return path


@pytest.fixture(scope="module")
def real(fetchbench, endpoint, tmp_path_factory):
    """The report of a real run of three strategies."""
    path = tmp_path_factory.mktemp("plots") / "real.json"
    subprocess.run([fetchbench, "-q", "-M", "sequential,threads,async", "-n", "1500", "-c", "20", "-o", path, f"{endpoint.url}/get"],
                   check=True, timeout=60)
    return path


@pytest.fixture
def changed(real, tmp_path):
    """changed(function): the file of a copy of the real report that function(data) has worked on."""
    def change(function, name="changed.json"):
        data = json.loads(real.read_text())
        function(data)
        path = tmp_path / name
        path.write_text(json.dumps(data))
        return path
    return change


@pytest.mark.parametrize("kind", ["percentiles", "compare", "timeline"])
def test_a_real_report_gives_a_picture_of_every_strategy(real, tmp_path, kind):
    plot_apart(kind, real, "-o", tmp_path / "p.png")
    width, height = png_size(tmp_path / "p.png")
    assert width == 1000 and 150 < height < 1000
    plot(kind, real, "-o", tmp_path / "p.svg", "--title", "A title & more")
    assert {"sequential", "threads", "async", "A title & more"} <= set(svg_texts(tmp_path / "p.svg"))


def test_comparison_prints_the_values_and_ratios_of_the_report(changed, tmp_path):
    def change(data):
        for run, wall_s, cpu_us in zip(data["runs"], (2.5, 0.25, 0.125), (63.2, 126.4, 15.8)):
            run["wall_s"], run["client"]["cpu_us_per_request"] = wall_s, cpu_us
        data["runs"][2]["client"]["memory_bytes"] = None
    plot("compare", changed(change), "-o", tmp_path / "p.svg")
    assert {"2.50 s", "250 ms", "125 ms", "×0.10", "×0.050", "63.2 µs", "×2.0", "not known"} <= set(svg_texts(tmp_path / "p.svg"))


def test_ratios_are_to_the_baseline_whichever_ran_first(changed, tmp_path):
    plot("compare", changed(lambda data: data["runs"].reverse()), "-o", tmp_path / "p.svg")
    assert any("×: of sequential, the first" in text for text in svg_texts(tmp_path / "p.svg"))


@pytest.mark.parametrize("kind", ["percentiles", "compare", "timeline"])
def test_a_list_of_urls_is_named_where_a_url_would_be(changed, tmp_path, kind):
    report = changed(lambda data: data["plan"].update(url=None, urls={"file": "names.txt", "count": 25}))
    plot(kind, report, "-o", tmp_path / "list.svg")
    assert any("25 URLs of names.txt" in text for text in svg_texts(tmp_path / "list.svg"))


def test_rounds_are_dots_around_their_median(changed, tmp_path):
    def change(data):
        first = data["runs"][0]
        data["runs"] = [copy.deepcopy(first) for _ in range(3)]
        for round_of, (run, wall_s) in enumerate(zip(data["runs"], (3.0, 1.0, 7.0)), 1):
            run["round"], run["wall_s"] = round_of, wall_s
    plot("compare", changed(change), "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert "3.00 s" in texts and "7.00 s" not in texts
    assert any("medians of 3 rounds" in text for text in texts)


@pytest.mark.parametrize("ending", ["ndjson", "csv"])
def test_real_samples_are_drawn_and_agree_with_their_report(run_fetchbench, endpoint, tmp_path, ending):
    import plot_percentiles
    from plotting import inputs
    samples = tmp_path / f"s.{ending}"
    outcome = run_fetchbench("-M", "sequential,a|b=async", "-n", 200, "-c", 10, "--samples", samples, f"{endpoint.url}/delay/1ms?key={{i}}")
    plot("waterfall", samples, tmp_path / "report-0.json", "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert {"sequential", "a|b", outcome.report["plan"]["url"]} <= set(texts)
    assert any(text.startswith("200 requests in ") and text.endswith("one at a time") for text in texts)
    assert any(text.endswith("up to 10 at once") for text in texts)
    curves, _ = plot_percentiles.curves_of_samples(inputs.read_one(samples), "latency")
    for curve in curves:
        told = outcome.run(curve.label)["latency"]["percentiles_s"]
        assert {p: curve.drawn_at(float(p)) for p in told} == {p: pytest.approx(s, rel=1e-6) for p, s in told.items()}


def test_every_part_of_a_real_request_has_its_place(run_fetchbench, endpoint, tmp_path):
    import plot_waterfall
    from plotting import inputs
    samples = tmp_path / "s.csv"
    run_fetchbench("-n", 30, "-c", 3, "--no-keepalive", "--samples", samples, f"{endpoint.url}/delay/5ms")
    requests, = inputs.read_one(samples).runs.values()
    parts = plot_waterfall.parts_of(requests)
    lengths = {part: right - left for part, (left, right) in parts.items()}
    assert all((length >= 0).all() for length in lengths.values())
    assert (lengths["connect"] > 0).all() and (lengths["wait"] > 0.004).all()
    assert sum(lengths.values()) == pytest.approx(requests["end"] - requests["start"])


@pytest.mark.parametrize("ending", ["ndjson", "csv"])
def test_a_waterfall_of_few_requests_numbers_them(tmp_path, ending):
    samples = write_samples(tmp_path / f"s.{ending}", [*requests_of("threads", 10), *requests_of("async", 10, failed=0.4)])
    plot("waterfall", samples, "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert {"threads", "async", *map(str, range(10))} <= set(texts)
    assert any(text.startswith("10 requests in ") and text.endswith("up to 5 at once") for text in texts)
    assert f"{sum(bool(row['error']) for row in requests_of('async', 10, failed=0.4))} failed" in texts


def test_csv_and_ndjson_of_the_same_requests_give_the_same_picture(tmp_path):
    rows = [*requests_of('odd, "label"', 60), *requests_of("async", 300, failed=0.1)]
    for ending in ("csv", "ndjson"):
        plot("waterfall", write_samples(tmp_path / f"s.{ending}", rows), "-o", tmp_path / f"{ending}.svg")
    assert (tmp_path / "csv.svg").read_bytes() == (tmp_path / "ndjson.svg").read_bytes()


def test_a_million_samples_are_drawn_as_a_sample_in_a_small_file(tmp_path):
    few = write_samples(tmp_path / "few.ndjson", requests_of("async", 20_000, 50))
    block, many = few.read_bytes(), tmp_path / "many.ndjson"
    with open(many, "wb") as file:
        for label in range(50):
            file.write(block.replace(b'"async"', b'"async %d"' % (label % 2)).replace(b'"round":1', b'"round":%d' % (label // 2)))
    begun = time.process_time()
    plot("waterfall", few, "-o", tmp_path / "few.svg")
    small_s = time.process_time() - begun
    plot("waterfall", many, "-o", tmp_path / "many.svg")
    assert time.process_time() - begun < 100 * small_s
    assert any("drawn: a sample of 240 of 20,000" in text for text in svg_texts(tmp_path / "many.svg"))
    plot("percentiles", few, "-o", tmp_path / "line.svg")
    for name in ("many.svg", "line.svg"):
        assert (tmp_path / name).stat().st_size < 1_000_000


def test_percentiles_of_the_decoded_histogram_are_those_of_the_report(real):
    import plot_percentiles
    from plotting import hdr
    for run in json.loads(real.read_text())["runs"]:
        values_ns, counts = hdr.decode(run["latency"]["hdr"])
        assert counts.sum() == run["latency"]["count"]
        curve = plot_percentiles.Curve(("", "", None), values_ns / 1e9, counts)
        for percentile, value_s in run["latency"]["percentiles_s"].items():
            assert curve.drawn_at(float(percentile)) == pytest.approx(value_s, rel=1e-3), percentile


def test_a_curve_ends_where_its_requests_do(real):
    import plot_percentiles
    for run in json.loads(real.read_text())["runs"]:
        curve = plot_percentiles.Curve(("", "", None), *plot_percentiles.decoded(real, run, run["latency"]))
        x, y = curve.steps()
        assert x[0] == 1 and x[-1] == x.max() == 1500
        assert y[-1] == pytest.approx(run["latency"]["max_s"], rel=1e-9)
        assert list(y) == sorted(y)


def test_percentiles_of_samples_are_drawn_where_there_is_no_report(tmp_path):
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 1000, lasting_s=0.01))
    plot("percentiles", samples, "-o", tmp_path / "p.svg")
    assert {"async", "1,000", "99.9 %", "p99"} <= set(svg_texts(tmp_path / "p.svg"))
    assert "99.99 %" not in svg_texts(tmp_path / "p.svg")


@pytest.mark.parametrize("kind", [*KINDS, "timeline"])
def test_ten_strategies_with_odd_labels_are_all_named(changed, tmp_path, kind):
    def change(data):
        runs = [copy.deepcopy(data["runs"][place % 3]) for place in range(10)]
        for run, label in zip(runs, TEN):
            run["label"] = label
        data["runs"] = runs
    source = changed(change)
    if kind == "waterfall":
        source = write_samples(tmp_path / "s.ndjson", [row for label in TEN for row in requests_of(label, 40, failed=0.05)])
    plot(kind, source, "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert set(TEN[:8]) <= set(texts)
    assert len({text for text in texts if "…" in text and "label" in text}) + texts.count(TEN[8]) + texts.count(TEN[9]) >= 2


@pytest.mark.parametrize("lasting_s, unit", [(2e-6, "µs"), (5e-3, "ms"), (3.0, "s"), (400.0, "min")])
def test_axes_of_time_are_in_their_unit(tmp_path, lasting_s, unit):
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 25, 25, lasting_s))
    for kind in ("waterfall", "percentiles"):
        plot(kind, samples, "-o", tmp_path / "p.svg")
        assert any(text.endswith(f", {unit}") for text in svg_texts(tmp_path / "p.svg"))


def test_all_requests_failed(changed, tmp_path):
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 40, failed=1))
    plot("waterfall", samples, "-o", tmp_path / "p.svg")
    assert "40 failed" in svg_texts(tmp_path / "p.svg")
    assert "nothing to draw" in plot("percentiles", samples, "-o", tmp_path / "p.svg", status=2)

    def change(data):
        for run in data["runs"]:
            run["requests"].update(completed=0, failed=1500)
            run["latency"].update(count=0, hdr=None, max_s=None)
    source = changed(change)
    plot("compare", source, "-o", tmp_path / "p.svg")
    assert svg_texts(tmp_path / "p.svg").count("all failed") == 3
    assert "nothing to draw" in plot("percentiles", source, "-o", tmp_path / "p.svg", status=2)


def test_the_same_label_of_two_files_is_told_apart(real, changed, tmp_path):
    other = changed(lambda data: None, "other.json")
    for kind in ("percentiles", "compare", "timeline"):
        plot(kind, real, other, "-o", tmp_path / "p.svg")
        assert {"async (real)", "async (other)"} <= set(svg_texts(tmp_path / "p.svg"))


def test_a_strategy_has_one_colour_in_all_pictures(real, tmp_path):
    samples = write_samples(tmp_path / "s.csv", [*requests_of("async", 40), *requests_of("threads", 40)])
    for kind, source in (("waterfall", samples), ("percentiles", real), ("compare", real), ("timeline", real)):
        plot(kind, source, "-o", tmp_path / "p.svg")
        picture = (tmp_path / "p.svg").read_text().lower()
        assert "#0072b2" in picture and "#db8a00" in picture


def test_svg_is_the_same_when_made_again(real, tmp_path):
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 300, failed=0.1))
    for kind, source in (("waterfall", samples), ("percentiles", real), ("compare", real), ("timeline", real)):
        plot(kind, source, "-o", tmp_path / "a.svg")
        plot_apart(kind, source, "-o", tmp_path / "b.svg")
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_width_height_and_scale_are_those_of_the_picture(real, tmp_path):
    plot("compare", real, "-o", tmp_path / "p.png", "--width", 800, "--height", 300, "--scale", 2)
    assert png_size(tmp_path / "p.png") == (1600, 600)


UNUSABLE = {
    "not there": (None, "No such file"),
    "empty": ("", "is empty"),
    "no JSON": ("{nonsense", "not JSON"),
    "binary": (b"\xff\xfe\x00\x01", "neither a report nor samples"),
    "other JSON": ('{"a": 1}', "no schema_version"),
    "a later version": ('{"schema_version": 2, "runs": [{}]}', "schema_version 2"),
    "no run": ('{"schema_version": 1, "runs": []}', "without any run"),
    "runs that are none": ('{"schema_version": 1, "plan": {"url": "", "method": "", "requests": 1}, "runs": [{}]}', "run 1 has no label"),
    "other CSV": ("a,b\n1,2\n", "index is missing"),
    "a broken line": ('{"index":0,"start_s":0}\n{"index":\n', "s.in"),
    "short lines": ("index,label,round,due_s,start_s,dns_s,connect_s,tls_s,first_byte_s,end_s,error\n0,a\n", "no sample"),
    "only a head": ("index,label,round,due_s,start_s,dns_s,connect_s,tls_s,first_byte_s,end_s,error\n", "holds no sample"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_unusable_input_is_one_sentence_and_status_2(tmp_path, what):
    content, said = UNUSABLE[what]
    source = tmp_path / "s.in"
    if content is not None:
        source.write_bytes(content if isinstance(content, bytes) else content.encode())
    message = plot("waterfall", source, "-o", tmp_path / "p.png", status=2)
    assert message.count("\n") == 1 and said in message and "s.in" in message
    assert message.startswith("plot_waterfall.py: ")
    assert not (tmp_path / "p.png").exists()


def test_a_waterfall_of_a_report_says_what_is_missing(real, tmp_path):
    assert "run fetchbench with --samples FILE" in plot_apart("waterfall", real, "-o", tmp_path / "p.png", status=2)


def test_a_comparison_of_samples_says_what_is_missing(tmp_path):
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 3))
    assert "give the report" in plot("compare", samples, "-o", tmp_path / "p.png", status=2)


def test_a_histogram_that_is_not_its_reports_is_refused(changed, tmp_path):
    def swap(data):
        data["runs"][0]["latency"]["hdr"] = data["runs"][2]["latency"]["hdr"]
    assert "does not agree" in plot("percentiles", changed(swap), "-o", tmp_path / "p.png", status=2)

    def cut(data):
        data["runs"][0]["latency"]["hdr"] = data["runs"][0]["latency"]["hdr"][:40]
    assert "cannot be read" in plot("percentiles", changed(cut), "-o", tmp_path / "p.png", status=2)

    def lose(data):
        data["runs"][0]["latency"]["count"] -= 1
    assert "holds 1,500 values" in plot("percentiles", changed(lose), "-o", tmp_path / "p.png", status=2)


@pytest.mark.parametrize("args, said", [
    (["-o", "p.pdf"], ".png or .svg"), ([], "-o"), (["-o", "p.png", "--width", "0"], "--width"), (["-o", "p.png", "--nonsense"], "--nonsense"),
])
def test_a_command_line_that_is_wrong_is_one_sentence_and_status_2(real, args, said):
    message = plot("compare", real, *args, status=2)
    assert message.count("\n") == 1 and said in message


def test_a_picture_that_cannot_be_written_is_status_1(real, tmp_path):
    assert "nowhere" in plot("compare", real, "-o", tmp_path / "nowhere" / "p.png", status=1)


EXAMPLES = SCRIPTS.parent / "results" / "examples"


def test_the_stored_pictures_are_of_the_stored_runs(schema, tmp_path, monkeypatch):
    monkeypatch.chdir(EXAMPLES)
    commands = re.findall(r"^    ../../scripts/plot_(\w+)\.py (.*)$", (EXAMPLES / "README.md").read_text(), re.M)
    assert sorted(kind for kind, _ in commands) == sorted([*KINDS, "sweep", "timeline"])
    for kind, words in commands:
        *args, stored = words.split()
        plot(kind, *args, tmp_path / stored)
        assert png_size(tmp_path / stored) == png_size(EXAMPLES / stored)
    for report in EXAMPLES.glob("*.json"):
        schema.validate(json.loads(report.read_text()))


def test_stored_runs_are_small_and_tell_nothing_of_the_machines_files():
    for file in EXAMPLES.iterdir():
        content = file.read_bytes()
        most = 1_300_000 if file.name == "sweep.json" else 320_000  # it has as many runs as its crossover took
        assert len(content) < most, file
        assert file.suffix == ".png" or not re.search(rb"/(home|root|tmp|work|usr|opt)/", content), file


POINTS = [(1, "delay", "0", 0.0), (10, "delay", "0", 0.0), (1, "delay", "20ms", 0.02), (10, "delay", "20ms", 0.02)]


def swept(data, points, rounds=1, crossovers=()):
    """Makes a report into that of a sweep: sequential, the first, holds at every point; the second gains by running at once."""
    first, second = data["runs"][:2]
    data["plan"]["sweep"] = [dict(zip(("concurrency", "name", "value", "number"), point)) for point in points]
    data["plan"]["strategies"] = data["plan"]["strategies"][:2]
    data["runs"], data["crossovers"] = [], list(crossovers)
    for round_of in range(1, rounds + 1):
        data["runs"].append(copy.deepcopy(first) | {"round": round_of, "point": None, "requests_per_s": 1000.0 + round_of})
        for place, point in enumerate(points):
            rate = 700.0 * point[0] + round_of
            data["runs"].append(copy.deepcopy(second) | {"round": round_of, "point": place, "concurrency": point[0], "requests_per_s": rate})
            data["runs"].append(data["runs"][-1] | {"ceiling": True, "requests_per_s": 1e7})


def crossover(begin, end, supported):
    return {"metric": "wall_s", "from_point": begin, "to_point": end, "winner_before": "sequential", "winner_after": "threads",
            "supported": supported}


@pytest.mark.parametrize("rounds, words", [(1, "one round, which supports no claim"), (3, "medians of 3 rounds, bands their range"),
                                           (6, "medians of 6 rounds, bands their 95 % intervals")])
def test_a_sweep_is_a_line_per_strategy_over_what_was_swept(changed, tmp_path, rounds, words):
    points = [(at_once, None, None, None) for at_once in (1, 2, 50)]
    report = changed(lambda data: swept(data, points, rounds, [crossover(0, 1, rounds > 1)]))
    plot("sweep", report, "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert {"Throughput and p99 latency by requests in flight", "requests per second (log scale)", "latency, p99 (log scale)",
            "requests in flight (log scale)", "1", "2", "50", "threads", "sequential (at every point the same)"} <= set(texts)
    assert any(text.endswith(words + "; shaded: the winner changes") for text in texts)
    assert "sequential → threads" + ("" if rounds > 1 else " (too few rounds)") in texts
    assert not any("10,000,000" in text for text in texts)


def test_a_swept_embedded_endpoint_is_named_without_its_port(changed, tmp_path):
    def change(data):
        swept(data, POINTS)
        data["plan"].update(embedded=True, url="http://127.0.0.1:40123/delay/{delay}?key={i}")
    plot("sweep", changed(change), "-o", tmp_path / "p.svg", "--metric", "rate")
    texts = svg_texts(tmp_path / "p.svg")
    assert any(" to the embedded endpoint; " in text for text in texts) and not any("40123" in text for text in texts)
    assert "Throughput by requests in flight" in texts


@pytest.mark.parametrize("load, compared, swept_by, words", [
    ({"requests": None, "duration_s": 10}, "requests per second", "Throughput and p99 latency", "GET requests for 10.0 s to"),
    ({"duration_s": 10, "rate_per_s": 2000, "arrivals": "poisson"}, "latency, p50", "Median latency and p99 latency",
     "GET requests at 2,000 a second for 10.0 s to"),
])
def test_what_is_drawn_is_what_such_a_load_makes_differ(changed, tmp_path, load, compared, swept_by, words):
    plot("compare", changed(lambda data: data["plan"].update(load)), "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert any(text.startswith(compared) for text in texts) and "time" not in texts
    assert any(text.startswith(words) for text in texts)

    def sweep(data):
        swept(data, POINTS[:2])
        data["plan"].update(load)
    plot("sweep", changed(sweep), "-o", tmp_path / "p.svg")
    assert f"{swept_by} by requests in flight" in svg_texts(tmp_path / "p.svg")


@pytest.mark.parametrize("kind", [*KINDS, "sweep", "timeline"])
def test_help_needs_no_library(kind):
    bare = [sys.executable, "-B", "-S", SCRIPTS / f"plot_{kind}.py"]  # -S: without what Debian has installed
    shown = subprocess.run([*bare, "--help"], capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0 and "--output" in shown.stdout, shown
    refused = subprocess.run([*bare, "x", "-o", "y.png"], capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1 and "python3-matplotlib" in refused.stderr, refused


def test_two_things_swept_are_panels_below_one_another(changed, tmp_path):
    report = changed(lambda data: swept(data, POINTS, 1, [crossover(2, 3, False)]))
    plot("sweep", report, "-o", tmp_path / "p.svg", "--metric", "wall")
    texts = svg_texts(tmp_path / "p.svg")
    assert {"time; delay 0 s", "time; delay 20.0 ms"} <= set(texts)
    assert texts.count("sequential → threads (too few rounds)") == 1


def test_a_label_of_a_sweep_is_told_apart_by_its_point_in_other_plots(changed, tmp_path):
    plot("compare", changed(lambda data: swept(data, POINTS)), "-o", tmp_path / "p.svg", "--width", 2000)
    assert {"sequential", "threads at 1, delay 0", "threads at 10, delay 20ms"} <= set(svg_texts(tmp_path / "p.svg"))


def test_the_interval_of_a_median_is_from_ranks():
    script = importlib.import_module("plot_sweep")
    assert script.spread([3, 1, 2, 5, 4, 6]) == (1, 6)
    assert script.spread(range(1, 11)) == (2, 9)
    assert script.spread([2, 1]) == (1, 2)


@pytest.mark.parametrize("args, words", [([], "is no sweep: it takes several numbers of -c"), (["again"], "give one report of a sweep")])
def test_what_is_no_sweep_is_refused_in_a_sentence(real, tmp_path, args, words):
    said = plot("sweep", real, *([real] if args else []), "-o", tmp_path / "p.png", status=2)
    assert words in said and said.count("\n") == 1


def lasting(data, completed, due=None, failed=0, gap=None):
    """Makes each run of a report one that completed so many in its seconds, the last of which is half a second."""
    for run in data["runs"]:
        run["slices"] = [{"t_s": float(t), "length_s": 0.5 if t + 1 == len(completed) else 1.0, "due": due, "completed": n, "failed": failed,
                          "in_flight": 3, "p50_s": 0.001 if n else None, "p99_s": 0.004 if n else None, "bytes": 10}
                         for t, n in enumerate(completed)]
        run["wall_s"], run["requests"]["completed"] = len(completed) - 0.5, sum(completed)
        run["latency"]["percentiles_s"]["50"] = 0.001
        run["largest_completion_gap_s"], run["largest_completion_gap_at_s"] = gap or (0.004, 0.0)


def courses_of(path, wanted=None):
    script, inputs = importlib.import_module("plot_timeline"), importlib.import_module("plotting.inputs")
    return script.gather([inputs.read_one(path)], wanted)[0]


def test_a_timeline_shows_rate_latency_and_what_is_in_flight(changed, tmp_path):
    plot("timeline", changed(lambda data: lasting(data, [100, 100, 50])), "-o", tmp_path / "p.svg")
    texts = svg_texts(tmp_path / "p.svg")
    assert {"completed per second", "latency, p99; dotted: p50", "requests in flight, at the end of each second"} <= set(texts)
    assert "250 completed; longest time without a completion 4.00 ms" in texts
    assert not any("failed" in text or "shaded" in text for text in texts)


def test_what_was_asked_for_and_what_failed_is_shown_where_there_is_any(changed, tmp_path):
    plot("timeline", changed(lambda data: lasting(data, [100, 100, 50], due=120, failed=20)), "-o", tmp_path / "p.svg")
    assert {"completed per second; dashed: asked for", "failed per second"} <= set(svg_texts(tmp_path / "p.svg"))


def test_a_rate_is_per_second_in_the_shorter_last_slice_too(changed):
    course = courses_of(changed(lambda data: lasting(data, [100, 100, 50])))[0]
    assert list(course.per_second("completed")) == [100, 100, 100]
    assert list(course.edges) == [0, 1, 2, 2.5]


def test_a_stall_is_a_gap_and_shaded(changed, tmp_path):
    import numpy as np
    report = changed(lambda data: lasting(data, [100, 0, 0, 100, 50], gap=(2.3, 0.8)))
    course = courses_of(report)[0]
    assert np.isnan(course.p99_s[1:3]).all() and not np.isnan(course.p99_s[[0, 3]]).any()
    assert course.stalls() == [(0.8, pytest.approx(3.1)), (1, 3)]
    plot("timeline", report, "-o", tmp_path / "p.svg")
    assert any("shaded: nothing was completed" in text for text in svg_texts(tmp_path / "p.svg"))


def test_a_stall_within_slices_is_shaded_and_usual_pauses_are_not(changed):
    stalled = courses_of(changed(lambda data: lasting(data, [100, 60, 50], gap=(0.5, 1.2))))[0]
    assert stalled.stalls() == [(1.2, 1.7)]
    rare = courses_of(changed(lambda data: lasting(data, [1, 2, 1], gap=(0.9, 0.0))))[0]
    assert rare.stalls() == []


def test_a_pause_of_the_schedule_is_no_stall(changed):
    def change(data):
        lasting(data, [100, 0, 0, 100, 50], due=100.0, gap=(1.05, 0.97))
        for run in data["runs"]:
            run["slices"][1]["due"] = 1
    assert courses_of(changed(change))[0].stalls() == [(2, 3)]


def test_requests_in_flight_are_whole_numbers_and_only_shown_where_they_were_looked_at(changed, tmp_path):
    script = importlib.import_module("plot_timeline")
    from matplotlib.figure import Figure
    axes = Figure().add_subplot()
    script.count_axis(axes, [0, 1])
    assert all(tick == int(tick) for tick in axes.get_yticks())
    plot("timeline", changed(lambda data: lasting(data, [50])), "-o", tmp_path / "p.svg")
    assert not any("in flight" in text for text in svg_texts(tmp_path / "p.svg"))


def test_of_many_rounds_the_one_in_the_middle_is_drawn_apart(changed, tmp_path):
    def change(data):
        lasting(data, [100, 50])
        data["runs"] = [copy.deepcopy(data["runs"][0]) | {"round": n} for n in range(1, 6)]
        for run in data["runs"]:
            run["latency"]["percentiles_s"]["50"] = 0.001 * (run["round"] * 2 % 5)  # 2, 4, 1, 3, 0
    report = changed(change)
    courses = courses_of(report)
    brush = importlib.import_module("plot_timeline").Brush(courses)
    assert [course.round for course in courses if not brush.is_beside(course)] == [1]
    assert brush.of(courses[0])["linewidth"] > 2 * brush.of(courses[1])["linewidth"]
    plot("timeline", report, "-o", tmp_path / "p.svg")
    assert "5 rounds, a line each; thick: the one with the median p50" in svg_texts(tmp_path / "p.svg")


def test_rounds_are_a_line_each_or_the_one_that_is_asked_for(changed, tmp_path):
    def change(data):
        lasting(data, [100, 50])
        data["runs"] = [copy.deepcopy(data["runs"][0]) | {"round": n} for n in (1, 2, 3)]
    report = changed(change)
    data = json.loads(report.read_text())
    mixed = [{"label": label, "round": n} for n, label in ((1, "threads"), (1, "sequential"), (2, "sequential"), (2, "threads"))]
    data["runs"] = [copy.deepcopy(data["runs"][0]) | one for one in mixed]
    (tmp_path / "mixed.json").write_text(json.dumps(data))
    assert [(c.label, c.round) for c in courses_of(tmp_path / "mixed.json")] == [("sequential", 1), ("sequential", 2), ("threads", 1), ("threads", 2)]
    plot("timeline", report, "-o", tmp_path / "p.svg")
    assert "3 rounds, a line each" in svg_texts(tmp_path / "p.svg")
    assert [course.round for course in courses_of(report, 2)] == [2]
    assert "has no round 4" in plot("timeline", report, "--round", 4, "-o", tmp_path / "p.png", status=2)


def test_what_has_no_slices_is_refused_in_a_sentence_or_named(changed, tmp_path):
    def empty(data):
        for run in data["runs"]:
            run["slices"] = []
    said = plot("timeline", changed(empty), "-o", tmp_path / "p.png", status=2)
    assert "has no slices" in said and said.count("\n") == 1
    plot("timeline", changed(lambda data: data["runs"][1].update(slices=[])), "-o", tmp_path / "p.svg")
    assert any(text.endswith("nothing to draw of threads") for text in svg_texts(tmp_path / "p.svg"))
    samples = write_samples(tmp_path / "s.csv", requests_of("async", 3))
    assert "give the report" in plot("timeline", samples, "-o", tmp_path / "p.png", status=2)
