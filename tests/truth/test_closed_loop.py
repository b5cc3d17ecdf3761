"""In a closed loop no figure is less than what a request took inside the server, and none is much more."""
import statistics

import pytest

from witness import STRATEGIES, check_distribution, check_order, check_queue, observe

US = 1000


def check_excess(pairs):
    """What the client adds is of the server's size at most, on a machine that is busy too."""
    assert statistics.median((pair.service_ns - pair.sojourn_ns) / pair.sojourn_ns for pair in pairs) < 2


@pytest.mark.release
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_random_service_time_is_what_each_request_took(run_fetchbench, witness, tmp_path, strategy):
    run, pairs = observe(run_fetchbench, witness, tmp_path, "-M", strategy, "-n", 1500, "-c", 8,
                         "/sojourn/exponential/300us?{key}&seed=11&queue=1")
    check_queue(pairs, 300 * US, 11)
    check_order(pairs)
    check_excess(pairs)
    check_distribution(run["latency"], [pair.service_ns for pair in pairs])


@pytest.mark.release
@pytest.mark.parametrize("delay_us", [200, 1000, 10000])
def test_a_fixed_service_time_is_the_least_that_a_request_took(run_fetchbench, witness, tmp_path, delay_us):
    run, pairs = observe(run_fetchbench, witness, tmp_path, "-M", "async", "-n", 200, "-c", 4,
                         f"/sojourn/fixed/{delay_us}us?{{key}}")
    assert min(pair.sojourn_ns for pair in pairs) >= delay_us * US
    check_order(pairs)
    check_excess(pairs)
    check_distribution(run["latency"], [pair.service_ns for pair in pairs])


@pytest.mark.once
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_at_full_speed_no_end_is_before_the_answer_left(run_fetchbench, witness, tmp_path, strategy):
    run, pairs = observe(run_fetchbench, witness, tmp_path, "-M", strategy, "-n", 3000, "-c", 50, "/sojourn/fixed/0?{key}")
    check_order(pairs)
    check_distribution(run["latency"], [pair.service_ns for pair in pairs])
