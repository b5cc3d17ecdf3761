"""Our statistics against SciPy's, on random cases with and without equal values."""

import itertools
import json
import math
import os
import pathlib
import random
import subprocess

import pytest

numpy = pytest.importorskip("numpy")
stats = pytest.importorskip("scipy.stats")

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ALPHAS = [.05, .025, .05 / 8, .01]

pytestmark = pytest.mark.once


def ours(cases):
    """What src/stats makes of each case."""
    binary = os.environ.get("FETCHBENCH")
    folder = pathlib.Path(binary).resolve().parent if binary else REPOSITORY / "build"
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    shown = subprocess.run([folder / "tests" / "oracle" / "statistics_oracle"], input=lines, check=True,
                           capture_output=True, text=True, timeout=120)
    answers = [json.loads(line) for line in shown.stdout.splitlines()]
    assert len(answers) == len(cases)
    return list(zip(cases, answers))


def close(expected, relative=1e-9):
    return pytest.approx(expected, rel=relative, abs=1e-13)


def logs(figures):
    return numpy.array([math.log(f) for f in figures])


def figures(draw, count, kind):
    """Times of rounds; of kind "equal" many are so, and of kind "one" all."""
    if kind == "one":
        return [1.0] * count
    if kind == "equal":
        return [2.0 ** draw.randint(-2, 3) for _ in range(count)]
    return [draw.lognormvariate(0, .2) for _ in range(count)]


def cases(kind, sizes, values, seed):
    """With pairs, differences are as equal as the figures only where one side is."""
    draw = random.Random(seed)
    before = "one" if kind == "signedrank" and values == "equal" else values
    return [{"kind": kind, "a": figures(draw, n, before), "b": figures(draw, m, values), "alpha": draw.choice(ALPHAS)}
            for n, m in sizes]


def exact_signed_rank_p(differences):
    """Of all assignments of signs, one by one: those whose rank sum is as far out."""
    ranks = stats.rankdata(numpy.abs(differences))
    observed = min(ranks[differences > 0].sum(), ranks[differences < 0].sum())
    sums = [sum(r for r, positive in zip(ranks, signs) if positive)
            for signs in itertools.product([False, True], repeat=len(ranks))]
    return min(1, 2 * sum(s <= observed + 1e-9 for s in sums) / len(sums))


def exact_rank_sum_p(a, b):
    """Of all divisions of the mid-ranks, one by one."""
    ranks = stats.rankdata(numpy.concatenate([a, b]))
    observed = ranks[:len(a)].sum()
    sums = numpy.array([sum(c) for c in itertools.combinations(ranks, len(a))])
    return min(1, 2 * min((sums <= observed + 1e-9).mean(), (sums >= observed - 1e-9).mean()))


def walsh_averages(differences):
    i, j = numpy.triu_indices(len(differences))
    return numpy.sort((differences[i] + differences[j]) / 2)


def check_interval(case, answer, sorted_logs, k):
    assert answer["ratio"] == close(math.exp(numpy.median(sorted_logs)))
    if k < 0:
        assert answer["low"] is None and answer["high"] is None
        return
    assert answer["low"] == close(math.exp(sorted_logs[k]))
    assert answer["high"] == close(math.exp(sorted_logs[len(sorted_logs) - 1 - k]))


def signed_rank_cumulated(n):
    """P(W+ <= w) for w = 0, 1, ..., by convolution."""
    chances = numpy.ones(1)
    for rank in range(1, n + 1):
        step = numpy.zeros(rank + 1)
        step[0] = step[rank] = .5
        chances = numpy.convolve(chances, step)
    return numpy.cumsum(chances)


def u_cumulated(n, m):
    """P(U <= u) for u = 0, 1, ...: the coefficients of the Gaussian binomial, in whole numbers."""
    ways = [1] + [0] * (n * m)
    for i in range(1, n + 1):
        for u in range(n * m, m + i - 1, -1):
            ways[u] -= ways[u - m - i]
        for u in range(i, n * m + 1):
            ways[u] += ways[u - i]
    total = math.comb(n + m, n)
    return numpy.array([below / total for below in itertools.accumulate(ways)])


def largest(cumulated, tail):
    """The largest index with at most that chance, or -1."""
    return int(numpy.searchsorted(cumulated, tail * (1 + 1e-12), side="right")) - 1


def test_normal_quantiles_agree():
    draw = random.Random(1)
    chances = [draw.random() for _ in range(200)] + [10.0 ** -e for e in range(1, 300, 7)] + [.5, .975, 1 - 1e-12]
    for case, answer in ours([{"kind": "normal_quantile", "p": p} for p in chances]):
        assert answer["z"] == close(stats.norm.ppf(case["p"]), 1e-12), case


@pytest.mark.parametrize("values", ["different", "equal"])
def test_paired_intervals_agree_with_sorted_walsh_averages(values):
    sizes = [(n, n) for n in list(range(1, 31)) * 4 + [60, 100]]
    tables = {n: signed_rank_cumulated(n) for n, _ in sizes}
    for case, answer in ours(cases("signedrank", sizes, values, 2)):
        walsh = walsh_averages(logs(case["b"]) - logs(case["a"]))
        check_interval(case, answer, walsh, largest(tables[len(case["a"])], case["alpha"] / 2))


def test_paired_p_values_agree_with_wilcoxon():
    sizes = [(n, n) for n in list(range(2, 61)) * 3]
    for case, answer in ours(cases("signedrank", sizes, "different", 3)):
        expected = stats.wilcoxon(logs(case["b"]) - logs(case["a"]), mode="exact")
        assert answer["p_value"] == close(expected.pvalue), case


def test_paired_p_values_of_equal_differences_agree_with_all_assignments():
    sizes = [(n, n) for n in list(range(2, 12)) * 6]
    for case, answer in ours(cases("signedrank", sizes, "equal", 4)):
        differences = logs(case["b"]) - logs(case["a"])
        differences = differences[differences != 0]
        expected = exact_signed_rank_p(differences) if len(differences) else 1
        assert answer["p_value"] == close(expected), case


@pytest.mark.parametrize("values", ["different", "equal"])
def test_paired_p_values_of_many_rounds_agree_with_the_normal_approximation(values):
    for case, answer in ours(cases("signedrank", [(n, n) for n in (450, 600, 1000)], values, 5)):
        expected = stats.wilcoxon(logs(case["b"]) - logs(case["a"]), correction=True, mode="approx")
        assert answer["p_value"] == close(expected.pvalue), len(case["a"])


@pytest.mark.parametrize("values", ["different", "equal"])
def test_unpaired_intervals_agree_with_sorted_differences(values):
    sizes = [(n, m) for n in range(1, 16) for m in range(1, 16)] + [(20, 30), (12, 60), (60, 12)]
    for case, answer in ours(cases("ranksum", sizes, values, 6)):
        differences = numpy.sort(numpy.subtract.outer(logs(case["b"]), logs(case["a"])).ravel())
        cumulated = u_cumulated(len(case["a"]), len(case["b"]))
        check_interval(case, answer, differences, largest(cumulated, case["alpha"] / 2))


def test_unpaired_p_values_agree_with_mannwhitneyu():
    draw = random.Random(7)
    sizes = [(draw.randint(1, 20), draw.randint(1, 20)) for _ in range(200)] + [(40, 40)]
    for case, answer in ours(cases("ranksum", sizes, "different", 7)):
        expected = stats.mannwhitneyu(case["a"], case["b"], method="exact")
        assert answer["p_value"] == close(expected.pvalue), case


def test_unpaired_p_values_of_equal_figures_agree_with_all_divisions():
    sizes = [(n, m) for n in range(1, 8) for m in range(1, 8)]
    for case, answer in ours(cases("ranksum", sizes, "equal", 8)):
        assert answer["p_value"] == close(exact_rank_sum_p(case["a"], case["b"])), case


@pytest.mark.parametrize("values", ["different", "equal"])
def test_unpaired_p_values_of_many_rounds_agree_with_the_normal_approximation(values):
    for case, answer in ours(cases("ranksum", [(61, 60), (100, 50), (10, 400), (500, 600)], values, 9)):
        expected = stats.mannwhitneyu(case["a"], case["b"], method="asymptotic", use_continuity=True)
        assert answer["p_value"] == close(expected.pvalue), case


@pytest.mark.parametrize("values", ["different", "equal"])
def test_rank_correlations_agree_with_spearmanr(values):
    sizes = [(n, n) for n in list(range(3, 40)) * 4 + [300, 3000]]
    for case, answer in ours(cases("spearman", sizes, values, 10)):
        if len(set(case["a"])) == 1 or len(set(case["b"])) == 1:
            assert answer["rho"] is None
            continue
        expected = stats.spearmanr(case["a"], case["b"])
        assert answer["rho"] == pytest.approx(expected[0], abs=1e-12), case
        if abs(expected[0]) < 1 - 1e-9:
            assert answer["p_value"] == close(expected[1]), case


def test_critical_ranks_agree_with_their_definition():
    paired = [{"kind": "signedrank_critical", "n": n, "tail": alpha / 2} for n in range(1, 80) for alpha in ALPHAS]
    for case, answer in ours(paired):
        expected = largest(signed_rank_cumulated(case["n"]), case["tail"])
        assert answer["k"] == (expected if expected >= 0 else None), case
