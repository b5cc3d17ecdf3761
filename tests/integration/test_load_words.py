"""What reports and pages say of loads that are bounded by time or sent at a rate."""
import pytest


@pytest.mark.once
def test_requests_that_were_due_and_never_sent_have_an_age_and_censor_latency(run_fetchbench):
    run = run_fetchbench("-M", "sequential", "-R", 100, "-d", "1s").runs[0]  # answers take 20 ms, one after another
    requests = run["requests"]
    assert requests["completed"] + requests["unfinished"] + requests["not_started"] == requests["total"] == 100
    due_s = (requests["total"] - requests["not_started"]) / 100
    assert requests["oldest_not_started_s"] == pytest.approx(run["wall_s"] - due_s, abs=0.02)
    assert requests["overdue"] == requests["not_started"] > 0 and run["latency"]["censored"]


@pytest.mark.once
def test_what_is_due_after_a_deadline_is_neither_overdue_nor_a_rate_missed(run_fetchbench):
    outcome = run_fetchbench("-M", "async", "-R", 100, "-n", 1000, "--deadline", "500ms", "--grace", "5s")
    run = outcome.runs[0]
    assert run["requests"]["not_started"] - run["requests"]["overdue"] == 950
    assert next(row["value"] for row in run["trust"] if row["check"] == "rate") < 0.5
    assert "950 of 1,000 requests were not due before the deadline" in " ".join(outcome.stdout.split())


@pytest.mark.once
def test_requests_that_waited_for_a_connection_are_counted_and_have_no_slip(run_fetchbench):
    run = run_fetchbench("-M", "sequential", "-R", 100, "-d", "1s").runs[0]
    assert run["requests"]["waited"] >= run["requests"]["completed"] / 2
    begun = run["requests"]["completed"] + run["requests"]["unfinished"]
    assert run["send_slip"]["count"] + run["requests"]["waited"] == begun


@pytest.mark.once
def test_a_closed_loop_has_neither_waits_nor_slips(run_fetchbench):
    run = run_fetchbench("-n", 10).runs[0]
    assert run["requests"]["waited"] is None and run["send_slip"] is None
    assert run["requests"]["oldest_not_started_s"] is None


@pytest.mark.once
@pytest.mark.parametrize("load, metric", [(["-n", 5], "wall_s"), (["-d", "50ms", "--grace", "20s"], "time_per_request_s"),
                                          (["-R", 100, "-n", 5], "latency_p50_s")])
def test_each_load_has_a_metric_of_its_own(run_fetchbench, load, metric):
    assert run_fetchbench("-M", "sequential", *load).report["plan"]["metric"] == metric


@pytest.mark.once
@pytest.mark.parametrize("load, metric", [(["-d", "50ms"], "wall"), (["-R", 100], "wall"), (["-R", 100], "throughput"),
                                          (["-n", 5], "throughput")])
def test_a_metric_that_the_load_makes_the_same_for_all_is_refused(run_fetchbench, load, metric):
    outcome = run_fetchbench("-M", "sequential", *load, "--metric", metric, status=2, report=False)
    assert f"--metric {metric} is of no use" in outcome.stderr


@pytest.mark.once
@pytest.mark.parametrize("load, heading, words", [
    (["-d", "300ms"], "GET requests for 300ms", '"Times as fast" is by completed requests per second'),
    (["-R", "100.5", "-d", "300ms", "--arrivals", "poisson"], "GET requests at 100.5/s for 300ms (poisson, ",
     "p50 and p99 are latency, from when a request was due"),
    (["--stages", "50:100ms,50:100:200ms"], "GET requests at 50/s for 100ms, then from 50/s to 100/s in 200ms (constant) per",
     "p50 and p99 are latency, from when a request was due"),
])
def test_the_page_says_the_load_and_what_its_figures_are_in_80_columns(run_fetchbench, load, heading, words):
    outcome = run_fetchbench("-M", "sequential,threads,async", "-c", 10, *load)
    page = " ".join(outcome.stdout.split())
    assert page.startswith(heading) and words in page
    assert max(map(len, outcome.stdout.splitlines()[:-1])) <= 80
