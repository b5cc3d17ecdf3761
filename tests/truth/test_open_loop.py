"""In an open loop a latency begins when its request is due, whatever the server does; the service time is kept beside it."""
import pytest

from served import exponential_ns
from witness import STRATEGIES, check_distribution, check_order, check_queue, nearest_rank, observe

pytestmark = pytest.mark.once

US = 1000


def check_open_loop(run, pairs, rate):
    assert [pair.due_ns for pair in sorted(pairs, key=lambda pair: pair.key)] == [
        pytest.approx(key * 1e9 / rate, abs=1) for key in range(len(pairs))]
    check_order(pairs)
    check_distribution(run["latency"], [pair.latency_ns for pair in pairs])
    check_distribution(run["service_time"], [pair.service_ns for pair in pairs])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_random_service_time_is_what_each_request_took(run_fetchbench, witness, tmp_path, strategy):
    run, pairs = observe(run_fetchbench, witness, tmp_path, "-M", strategy, "-n", 500, "-R", 800, "-c", 32,
                         "/sojourn/exponential/1ms?{key}&seed=5&queue=1")
    check_queue(pairs, 1000 * US, 5)
    check_open_loop(run, pairs, 800)


def test_who_waits_for_the_only_connection_waits_in_the_latency(run_fetchbench, witness, tmp_path):
    """Twice as many requests are due as one connection can carry: the last of them waited for half of the run."""
    run, pairs = observe(run_fetchbench, witness, tmp_path, "-M", "sequential", "-n", 100, "-R", 400,
                         "/sojourn/fixed/5ms?{key}")
    check_open_loop(run, pairs, 400)
    pairs.sort(key=lambda pair: pair.key)
    assert run["requests"]["waited"] == sum(before.end_ns > pair.due_ns for before, pair in zip(pairs, pairs[1:])) >= 90
    assert pairs[-1].latency_ns >= 100 * 5000 * US - pairs[-1].due_ns >= 40 * min(pair.sojourn_ns for pair in pairs)


def test_no_percentile_is_below_what_schedule_and_service_times_make_of_it(run_fetchbench, witness, tmp_path):
    """What a queue does with requests that are due evenly and take these times can be computed before anything is sent."""
    rate, count, mean_ns = 800, 800, 1_000_000
    free_ns, expected_ns = 0, []
    for key in range(count):
        due_ns = key * 1e9 / rate
        free_ns = max(due_ns, free_ns) + exponential_ns(mean_ns, 9, key)
        expected_ns.append(free_ns - due_ns)
    run, _ = observe(run_fetchbench, witness, tmp_path, "-M", "async", "-n", count, "-R", rate,
                     "/sojourn/exponential/1ms?{key}&seed=9&queue=1")
    for percent, found_s in run["latency"]["percentiles_s"].items():
        assert found_s * 1e9 > 0.99 * nearest_rank(expected_ns, percent), percent
