"""Faults of measuring, each a small change of the source, and the tests that must notice it. A text that is to be replaced
must stand in its file exactly once: where code has moved, a mutant is to be moved with it."""
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from conftest import ROOT

CLOSED_LOOP = "truth/test_closed_loop.py::test_a_random_service_time_is_what_each_request_took"
OPEN_LOOP = "truth/test_open_loop.py::test_a_random_service_time_is_what_each_request_took"
STALL = "truth/test_stalls.py::test_in_an_open_loop_a_stall_is_in_the_percentiles[async]"


@dataclass
class Edit:
    file: str
    old: str
    new: str


@dataclass
class Mutant:
    name: str
    edits: list
    killers: list  # "unit:record_recording_test", or a test of pytest below tests/

    def check(self, root):
        for edit in self.edits:
            count = (root / edit.file).read_text().count(edit.old)
            assert count == 1, f"{self.name}: its text stands {count} times in {edit.file}:\n{edit.old}"


BEGIN = "void flight_begin(struct flight *f, const struct ticket *ticket) {\n"
FROZEN = [  # when a loop's turn began, as ev_now() has it
    Edit("src/http/driver.c", "        d->began_ns = clock_now_ns();\n", "        frozen_ns = d->began_ns = clock_now_ns();\n"),
    Edit("src/http/driver.c", "static void begin_turn(struct driver *d) {\n",
         "extern int64_t frozen_ns;\nstatic void begin_turn(struct driver *d) {\n"),
    Edit("src/http/flight.c", BEGIN, "int64_t frozen_ns;\n" + BEGIN),
]

MUTANTS = [
    Mutant("one sample in a thousand is dropped", [
        Edit("src/record/recording.c",
             "                                 bool alone) {\n    add(own, &lane->counts.completed, 1);\n",
             "                                 bool alone) {\n"
             "    static _Atomic int seen;\n"
             "    if (++seen % 1000 == 0)\n"
             "        return;\n"
             "    add(own, &lane->counts.completed, 1);\n"),
    ], [f"{CLOSED_LOOP}[async]"]),

    Mutant("one value in a thousand is dropped from the histograms", [
        Edit("src/record/recording.c",
             "        if (value_ns >= 0)\n            add_measure(",
             "        if (value_ns >= 0 && lane->counts.completed % 1000)\n            add_measure("),
    ], [f"{CLOSED_LOOP}[async]"]),

    Mutant("percentiles of stretches of time are averaged", [
        Edit("src/report/distribution.c",
             "static double quantile_s(const struct values *v, double q) {\n",
             "static double average_s(const struct values *v, double q) {\n"
             "    uint64_t half = v->count / 2;\n"
             "    int64_t *first = sorted_copy(v->in_time, half), *second = sorted_copy(v->in_time + half, half);\n"
             "    double sum_ns = (double)quantile_nearest(first, half, q) + (double)quantile_nearest(second, half, q);\n"
             "    free(first);\n"
             "    free(second);\n"
             "    return sum_ns / 2e9;\n"
             "}\n\n"
             "static double quantile_s(const struct values *v, double q) {\n"
             "    if (v->sorted && v->count > 1)\n"
             "        return average_s(v, q);\n"),
    ], [f"{CLOSED_LOOP}[async]"]),

    Mutant("percentiles of merged shares are averaged", [
        Edit("src/report/distribution_sum.c",
             "        if (s->parts++ == 0)\n",
             "        s->alone.percentiles_s.p50 = (s->alone.percentiles_s.p50 + d->percentiles_s.p50) / 2;\n"
             "        s->alone.percentiles_s.p99 = (s->alone.percentiles_s.p99 + d->percentiles_s.p99) / 2;\n"
             "        if (s->parts++ == 0)\n"),
        Edit("src/report/distribution_sum.c",
             "    fill_moments(s, out);\n    return failed;\n",
             "    fill_moments(s, out);\n"
             "    out->percentiles_s.p50 = s->alone.percentiles_s.p50;\n"
             "    out->percentiles_s.p99 = s->alone.percentiles_s.p99;\n"
             "    return failed;\n"),
    ], ["unit:compare_merging_test"]),

    Mutant("lanes are summed up by their medians", [
        Edit("src/record/totals.c",
             "        histogram_add(&t->histograms[m], &lane->histograms[m]);\n",
             "        for (uint64_t left = histogram_count(&lane->histograms[m]); left > 0; left--)\n"
             "            histogram_record(&t->histograms[m], histogram_quantile_ns(&lane->histograms[m], .5));\n"),
    ], [f"{CLOSED_LOOP}[threads]"]),

    Mutant("a second's percentiles are averaged with those before", [
        Edit("src/run/tracer.c", "    s.p99_ns = histogram_quantile_ns(t->latest, .99);\n",
             "    const struct trace_slice *before = last_slice(t);\n"
             "    s.p99_ns = histogram_quantile_ns(t->latest, .99);\n"
             "    s.p99_ns = before ? (s.p99_ns + before->p99_ns) / 2 : s.p99_ns;\n"),
    ], [STALL]),

    Mutant("latency counts from the send", [
        Edit("src/record/measure.h", "return s->paced ? sample_between_ns(s->due_ns, s->end_ns)",
             "return s->paced ? sample_between_ns(s->start_ns, s->end_ns)"),
    ], [f"{OPEN_LOOP}[async]", f"{OPEN_LOOP}[sequential]", STALL]),

    Mutant("a request is due when it is sent", [
        Edit("src/http/flight.c", ".due_ns = ticket->due_ns ? ticket->due_ns : now_ns,", ".due_ns = now_ns,"),
    ], [f"{OPEN_LOOP}[async]", f"{OPEN_LOOP}[sequential]", STALL]),

    Mutant("the moment of a loop's turn is taken for the moment of a start", [
        *FROZEN,
        Edit("src/http/flight.c", "    int64_t now_ns = clock_now_ns();\n    f->ticket = ticket->number;\n",
             "    int64_t now_ns = frozen_ns ? frozen_ns : clock_now_ns();\n    f->ticket = ticket->number;\n"),
    ], [f"{OPEN_LOOP}[async]"]),

    Mutant("the moment of a loop's turn is taken for the moment of an end", [
        *FROZEN,
        Edit("src/http/flight.c", "    f->sample.end_ns = clock_now_ns();\n    if (!f->host->failure)\n",
             "    f->sample.end_ns = frozen_ns;\n    if (!f->host->failure)\n"),
    ], ["truth/test_closed_loop.py::test_at_full_speed_no_end_is_before_the_answer_left[async]"]),
]


class Workshop:
    """A copy of the source, in which it is built again and again."""

    def __init__(self, folder):
        self.root, self.build = folder / "source", folder / "build"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns("build*", ".git", "__pycache__"))
        self.run("cmake", "-S", self.root, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                 "-DCMAKE_C_FLAGS_DEBUG=-O1")

    def run(self, *command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def make(self, killers):
        units = [f"unit_{killer[5:]}" for killer in killers if killer.startswith("unit:")]
        self.run("cmake", "--build", self.build, "-j2", "--target", "fetchbench", *units)

    def passes(self, killer):
        """Whether a test passes, and what it said."""
        if killer.startswith("unit:"):
            command = [self.build / "tests" / f"unit_{killer[5:]}"]
        else:
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", self.root / "tests" / killer]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "FETCHBENCH": str(self.build / "fetchbench")}, timeout=300)
        ran = done.returncode in (0, 1) and "error" not in done.stdout.splitlines()[-1]
        assert killer.startswith("unit:") or ran, done.stdout
        return done.returncode == 0, done.stdout

    def mutate(self, mutant):
        """Returns what takes it back."""
        before = {edit.file: (self.root / edit.file).read_text() for edit in mutant.edits}
        mutant.check(self.root)
        for edit in mutant.edits:
            path = self.root / edit.file
            path.write_text(path.read_text().replace(edit.old, edit.new))

        def restore():
            for file, text in before.items():
                (self.root / file).write_text(text)

        return restore
