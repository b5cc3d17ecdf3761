"""Servers and networks that fail: each failure is counted under its cause, said in words, and kept in the report."""
import pytest

from servers import Hostile, refusing_port, unanswering_port


def failed_run(run_fetchbench, strategy, error, *args, status=3, **popen):
    """Runs one strategy against something that always fails as `error`; returns the outcome."""
    outcome = run_fetchbench("-M", strategy, *args, status=status, **popen)
    run = outcome.run(strategy)
    assert set(run["errors"]) - {"cancelled"} == {error}, outcome
    assert run["errors"][error]["example"]
    assert run["requests"]["completed"] == 0
    assert outcome.report["complete"] is True
    assert error.replace("_", " ") in outcome.said or error in outcome.said or \
        run["errors"][error]["example"][:30] in outcome.said, outcome
    return outcome


def test_a_name_that_does_not_resolve_ends_the_run_after_one_failure(run_fetchbench, strategy):
    outcome = failed_run(run_fetchbench, strategy, "dns", "-n", 50, "http://no-such-host.invalid/")
    r = outcome.run(strategy)["requests"]
    assert (r["failed"], r["not_started"]) == (1, 49)
    assert "Nothing was sent: cannot resolve no-such-host.invalid" in outcome.stdout
    assert "req/s" not in outcome.stdout  # a table would have no figure


def test_ten_refused_connections_in_a_row_stop_a_run(run_fetchbench, strategy):
    with refusing_port() as port:
        outcome = failed_run(run_fetchbench, strategy, "connection_refused", "-n", 200, "-c", 4, f"http://127.0.0.1:{port}/")
    run = outcome.run(strategy)
    assert 10 <= run["requests"]["failed"] <= 14
    assert run["requests"]["not_started"] >= 180
    assert run["exit"]["reason"] == "gave_up"
    assert "--keep-going" in outcome.said


def test_sequential_gives_up_after_exactly_ten(run_fetchbench):
    with refusing_port() as port:
        outcome = run_fetchbench("-M", "sequential", "-n", 100, f"http://127.0.0.1:{port}/", status=3)
    r = outcome.run("sequential")["requests"]
    assert (r["failed"], r["not_started"]) == (10, 90)


def test_keep_going_sends_them_all(run_fetchbench, strategy):
    with refusing_port() as port:
        outcome = failed_run(run_fetchbench, strategy, "connection_refused", "--keep-going", "-n", 100, "-c", 10,
                             f"http://127.0.0.1:{port}/")
    assert outcome.run(strategy)["requests"]["failed"] == 100
    assert outcome.run(strategy)["exit"]["reason"] == "finished"


@pytest.mark.parametrize("path, error", [
    ("reset", "connection_reset"),
    ("reset-half", "connection_reset"),
    ("truncate", "truncated"),
    ("short-chunk", "truncated"),
    ("garbage", "protocol"),
    ("bad-chunk", "protocol"),
])
def test_each_way_of_failing_has_its_own_class(run_fetchbench, hostile, strategy, path, error):
    outcome = failed_run(run_fetchbench, strategy, error, "-n", 8, "-c", 4, f"{hostile.url}/{path}")
    assert outcome.run(strategy)["requests"]["failed"] == 8


def test_a_connection_closed_without_an_answer_is_a_failure(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-n", 8, "-c", 4, f"{hostile.url}/close", status=3)
    run = outcome.run(strategy)
    assert run["requests"]["failed"] == 8
    assert set(run["errors"]) <= {"connection_reset", "truncated", "protocol"}


def test_an_answer_byte_by_byte_is_an_answer(run_fetchbench, hostile, strategy):
    run = run_fetchbench("-M", strategy, "-n", 4, "-c", 2, f"{hostile.url}/drip").run(strategy)
    assert run["requests"]["completed"] == 4
    assert run["phases"]["receive"]["min_s"] > 0


def test_a_server_that_never_answers_times_out(run_fetchbench, hostile, strategy):
    outcome = failed_run(run_fetchbench, strategy, "timeout", "-n", 4, "-c", 4, "--timeout", "200ms",
                         f"{hostile.url}/silence")
    assert outcome.run(strategy)["requests"]["failed"] == 4
    assert outcome.run(strategy)["wall_s"] >= 0.2


def test_a_connection_that_is_never_made_times_out_as_such(run_fetchbench, strategy):
    with unanswering_port() as port:
        outcome = failed_run(run_fetchbench, strategy, "connect_timeout", "-n", 3, "-c", 3, "--connect-timeout", "200ms",
                             f"http://127.0.0.1:{port}/")
    assert outcome.run(strategy)["requests"]["failed"] == 3


def test_some_failures_are_counted_beside_the_successes(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "-n", 100, "-c", 5, f"{hostile.url}/fail-after/60")
    r = outcome.run(strategy)["requests"]
    assert (r["completed"], r["failed"]) == (60, 40)


def test_a_failed_share_over_max_errors_is_status_3(run_fetchbench, hostile):
    args = ["-M", "sequential", "-n", 100]
    run_fetchbench(*args, "--max-errors", "30%", f"{hostile.url}/fail-after/60", status=3)
    hostile.requests.clear()
    run_fetchbench(*args, "--max-errors", "50%", f"{hostile.url}/fail-after/60", status=0)


def test_a_self_signed_certificate_is_refused(run_fetchbench, tls_server, strategy):
    outcome = failed_run(run_fetchbench, strategy, "tls_verify", "-n", 4, "-c", 2, f"{tls_server.url}/ok")
    assert outcome.run(strategy)["requests"]["failed"] == 4
    assert tls_server.targets() == []
    assert "self-signed" in outcome.said
    assert "--cacert" in outcome.said and "-k" in outcome.said


@pytest.mark.parametrize("way", ["insecure", "cacert"])
def test_a_self_signed_certificate_can_be_accepted(run_fetchbench, tls_server, strategy, way):
    args = ["-k"] if way == "insecure" else ["--cacert", tls_server.certificate]
    outcome = run_fetchbench("-M", strategy, "-n", 6, "-c", 2, *args, f"{tls_server.url}/ok")
    run = outcome.run(strategy)
    assert run["requests"]["completed"] == 6
    assert run["phases"]["tls"]["count"] == run["client"]["connections_opened"]
    assert outcome.report["target"]["negotiated"]["tls_version"].startswith("TLSv1")


def test_plain_http_where_tls_is_spoken_is_a_tls_failure(run_fetchbench, hostile, strategy):
    failed_run(run_fetchbench, strategy, "tls", "-n", 3, "-c", 1, f"https://127.0.0.1:{hostile.port}/ok")


@pytest.mark.parametrize("path, share, errors", [("notified", 1, set()), ("untold", 0, {"truncated"})])
def test_over_tls_a_body_ends_with_its_connection_if_the_server_says_so(run_fetchbench, tls_server, path, share, errors):
    run = run_fetchbench("-M", "raw", "-k", "-n", 6, "-c", 2, f"{tls_server.url}/to-close/{path}",
                         status=0 if share else 3).run("raw")
    assert run["requests"]["completed"] == 6 * share
    assert set(run["errors"]) == errors


@pytest.mark.parametrize("answers", [1, 3])
def test_a_kept_connection_that_dies_is_retried_once_on_a_new_one(run_fetchbench, hostile, strategy, answers):
    run = run_fetchbench("-M", strategy, "-n", 30, "-c", 3, f"{hostile.url}/keep/{answers}").run(strategy)
    assert run["requests"]["completed"] == 30
    assert len(hostile.targets()) == 30
    assert run["client"]["connections_opened"] == hostile.accepted
    assert run["requests"]["retries"] <= hostile.accepted - 1


def test_the_other_strategies_run_when_one_has_failed(run_fetchbench, hostile):
    """Ten resets, then answers: the first gives up, the second finds a server that has recovered."""
    hostile._late = lambda connection, words, answered, place: (
        hostile._abort(connection) if place <= 10 else hostile._answer(connection))
    outcome = run_fetchbench("-M", "sequential,async", "-n", 20, "-c", 2, f"{hostile.url}/late", status=None)
    runs = sorted(outcome.runs, key=lambda r: (r["round"], r["order"]))
    assert runs[0]["exit"]["reason"] == "gave_up"
    assert runs[1]["requests"]["completed"] == 20


def test_a_slow_server_does_not_outlive_its_fixture():
    server = Hostile()
    server.close()
    assert not server.thread.is_alive()
