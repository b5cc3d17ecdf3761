"""What is sent and what is made of the answer: each option seen from the server, and in the report."""
import gzip

import pytest

from conftest import by_libcurl
from servers import Hostile, wait_until


@pytest.fixture
def second(hostile):
    """Another host, as far as credentials are concerned."""
    server = Hostile()
    yield server
    server.close()


def answer(hostile, head, body=b""):
    """A behaviour that answers so, whatever comes."""
    def behave(connection, words, answered, place):
        connection.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return True
    return behave


# --data-file

@pytest.mark.parametrize("size", [0, 3000, 300000])
def test_a_file_is_sent_byte_for_byte(run_fetchbench, hostile, strategy, tmp_path, size):
    body = (bytes(range(256)) * (size // 256 + 1))[:size]
    (tmp_path / "body").write_bytes(body)
    outcome = run_fetchbench("-M", strategy, "--data-file", tmp_path / "body", "-n", 5, "-c", 2, f"{hostile.url}/ok")
    assert [(r.method, r.body) for r in hostile.requests] == [("POST", body)] * 5
    assert outcome.report["plan"]["body_bytes"] == size
    assert 0 < outcome.run(strategy)["bytes_sent"] - 5 * size < 5 * 400  # the heads


def test_standard_input_is_sent(run_fetchbench, hostile, strategy, tmp_path):
    (tmp_path / "body").write_bytes(b"one\0two\xff")
    with open(tmp_path / "body", "rb") as stdin:
        run_fetchbench("-M", strategy, "--data-file", "-", "-X", "PUT", "-n", 3, f"{hostile.url}/ok", stdin=stdin)
    assert [(r.method, r.body) for r in hostile.requests] == [("PUT", b"one\0two\xff")] * 3


def test_a_body_that_cannot_be_read_is_refused(refused, hostile, tmp_path):
    refused("No such file", "--data-file", tmp_path / "absent", hostile.url)
    refused("directory", "--data-file", tmp_path, hostile.url)
    (tmp_path / "body").touch()
    refused("--data and --data-file", "--data", "x", "--data-file", tmp_path / "body", hostile.url)


# --location

@by_libcurl
def test_redirects_are_followed(run_fetchbench, httpbin, strategy, request):
    token = request.node.name.replace("[", "-").replace("]", "")
    outcome = run_fetchbench("-M", strategy, "-L", "-n", 5, "-c", 2, f"{httpbin.url}/redirect-to?url=/redirect/2&{token}")
    run = outcome.run(strategy)
    assert run["status_codes"] == {"200": 5}
    assert (run["requests"]["completed"], run["requests"]["redirects"], run["requests"]["retries"]) == (5, 15, 0)
    assert len(httpbin.log.targets_once_there(token, 5)) == 5
    assert outcome.report["plan"]["location"] is True
    assert "15 redirects were followed" in outcome.stdout


def test_redirects_are_answers_unless_followed(run_fetchbench, httpbin, strategy):
    outcome = run_fetchbench("-M", strategy, "-n", 5, "-c", 2, f"{httpbin.url}/redirect/2")
    assert outcome.run(strategy)["status_codes"] == {"302": 5}
    assert outcome.run(strategy)["requests"]["redirects"] == 0


@by_libcurl
def test_the_wait_is_that_of_the_last_hop(run_fetchbench, hostile, strategy):
    def slow(connection, words, answered, place):
        hostile.closing.wait(0.3)
        return answer(hostile, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n", b"over there")(connection, words, answered, place)
    hostile._slow = slow
    run = run_fetchbench("-M", strategy, "-L", "-n", 4, "-c", 2, f"{hostile.url}/slow").run(strategy)
    assert run["service_time"]["min_s"] >= 0.3
    assert run["phases"]["wait"]["min_s"] < 0.25
    assert run["phases"]["wait"]["count"] == 4


@by_libcurl
def test_too_many_redirects_are_a_failure_of_that_name(run_fetchbench, hostile, strategy):
    hostile._round = answer(hostile, "HTTP/1.1 302 Found\r\nLocation: /round\r\n")
    outcome = run_fetchbench("-M", strategy, "-L", "-n", 3, "-c", 1, f"{hostile.url}/round", status=3)
    run = outcome.run(strategy)
    assert set(run["errors"]) == {"too_many_redirects"}
    assert "50" in run["errors"]["too_many_redirects"]["example"]
    assert len(hostile.requests) == 3 * 51
    assert run["requests"]["redirects"] == 150
    assert run["requests"]["retries"] == 0


@by_libcurl
@pytest.mark.parametrize("args", [["-u", "me:sesame"], ["-H", "Authorization: Bearer sesame"], ["-H", "Cookie: sesame=1"]])
def test_credentials_stay_with_their_host(run_fetchbench, hostile, second, strategy, args):
    hostile._away = answer(hostile, f"HTTP/1.1 302 Found\r\nLocation: {second.url}/ok\r\n")
    hostile._home = answer(hostile, "HTTP/1.1 302 Found\r\nLocation: /ok\r\n")
    name = "cookie" if "Cookie" in args[1] else "authorization"
    run_fetchbench("-M", strategy, "-L", *args, "-n", 2, f"{hostile.url}/away")
    assert all(name in r.headers for r in hostile.requests)
    assert [name in r.headers for r in second.requests] == [False, False]
    hostile.requests.clear()
    run_fetchbench("-M", strategy, "-L", *args, "-n", 2, f"{hostile.url}/home")
    assert [name in r.headers for r in hostile.requests] == [True] * 4


@by_libcurl
def test_a_redirect_to_another_protocol_is_not_followed(run_fetchbench, hostile, strategy):
    hostile._file = answer(hostile, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n")
    outcome = run_fetchbench("-M", strategy, "-L", "-n", 2, f"{hostile.url}/file", status=3)
    assert set(outcome.run(strategy)["errors"]) == {"protocol"}


# --compressed

BODY = b"all the same " * 10000


def gzip_if_asked(hostile):
    packed = gzip.compress(BODY)

    def behave(connection, words, answered, place):
        asked = "gzip" in hostile.requests[place - 1].headers.get("accept-encoding", "")
        coding = "Content-Encoding: gzip\r\n" if asked else ""
        return answer(hostile, "HTTP/1.1 200 OK\r\n" + coding, packed if asked else BODY)(connection, words, answered, place)
    hostile._page = behave
    return len(packed)


@by_libcurl
def test_compressed_answers_count_as_they_came(run_fetchbench, hostile, strategy):
    packed_bytes = gzip_if_asked(hostile)
    outcome = run_fetchbench("-M", strategy, "--compressed", "-n", 4, "-c", 2, f"{hostile.url}/page")
    assert all("gzip" in r.headers["accept-encoding"] for r in hostile.requests)
    assert 4 * packed_bytes < outcome.run(strategy)["bytes_received"] < 4 * (packed_bytes + 200)
    assert outcome.report["plan"]["compressed"] is True


def test_without_compressed_nothing_is_asked_for(run_fetchbench, hostile, strategy):
    gzip_if_asked(hostile)
    run = run_fetchbench("-M", strategy, "-n", 4, "-c", 2, f"{hostile.url}/page").run(strategy)
    assert all("accept-encoding" not in r.headers for r in hostile.requests)
    assert run["bytes_received"] > 4 * len(BODY)


@by_libcurl
def test_compressed_answers_are_decompressed(run_fetchbench, hostile, strategy):
    """What cannot be decompressed is found out only by doing it."""
    hostile._broken = answer(hostile, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n", b"this is no gzip at all")
    run_fetchbench("-M", strategy, "-n", 2, f"{hostile.url}/broken")
    outcome = run_fetchbench("-M", strategy, "--compressed", "-n", 2, f"{hostile.url}/broken", status=3)
    assert set(outcome.run(strategy)["errors"]) == {"protocol"}


# --fail-status

def test_bad_statuses_are_failures_when_asked(run_fetchbench, hostile, strategy):
    outcome = run_fetchbench("-M", strategy, "--fail-status", "-n", 200, "-c", 2, f"{hostile.url}/status/503", status=3)
    run = outcome.run(strategy)
    assert run["errors"]["http_status"]["example"] == "HTTP 503"
    assert run["exit"]["reason"] == "gave_up"
    assert 10 <= run["requests"]["failed"] <= 12
    assert run["client"]["connections_opened"] <= 2
    assert "HTTP 503" in outcome.stdout
    assert outcome.report["plan"]["fail_status"] is True


@pytest.mark.parametrize("status, failed", [(399, 0), (400, 4), (404, 4), (302, 0)])
def test_statuses_from_400_on_are_bad(run_fetchbench, hostile, status, failed):
    outcome = run_fetchbench("--fail-status", "-n", 4, f"{hostile.url}/status/{status}", status=3 if failed else 0)
    assert outcome.run("async")["requests"]["failed"] == failed


def test_bad_statuses_beside_good_ones_are_counted(run_fetchbench, hostile, strategy):
    hostile._mixed = lambda connection, words, answered, place: hostile._answer(
        connection, "200 OK" if place % 4 else "500 Oops")
    run = run_fetchbench("-M", strategy, "--fail-status", "-n", 40, "-c", 2, f"{hostile.url}/mixed").run(strategy)
    assert run["errors"]["http_status"]["count"] == 10
    assert run["status_codes"] == {"200": 30}


# -o

def test_a_report_that_cannot_be_written_is_told_before_the_run(start_fetchbench, hostile, tmp_path):
    running = start_fetchbench("-o", tmp_path / "absent" / "x.json", "-n", 1, "--timeout", "20s", f"{hostile.url}/silence")
    hostile.wait_for_requests(1)
    wait_until(lambda: "absent" in running.err.read_text(), 5, "a word about the report")
    assert running.process.poll() is None
    hostile.closing.set()
    assert running.finish().status == 1


@pytest.mark.once
@pytest.mark.parametrize("path", ["/ok", "", "?q=1", "/a/../b?d=%20{i}#e"])
@pytest.mark.parametrize("args", [
    ["-X", "HEAD"], ["-H", "Accept:", "-H", "X-Empty;", "-H", "X-A:  1 ", "-H", "X-A: 2"], ["-H", "host: other", "-A", ""],
    ["--user", "me"], ["--user", "me:word", "-H", "Authorization: mine"], ["--data", "a=b"], ["-X", "PUT", "--data", ""],
    ["--data", "a=b", "-H", "Content-Type:", "-H", "User-Agent: one"], ["--no-keepalive", "-H", "Connection: close"],
], ids=lambda args: " ".join(args))
def test_raw_sends_the_bytes_that_libcurl_sends(run_fetchbench, hostile, args, path):
    port = hostile.port
    for url in (f"http://127.0.0.1:{port}{path}", f"http://a%40:b@127.0.0.1:{port}{path}"):
        run_fetchbench("-M", "async,raw", "-n", 2, "-c", 1, *args, url)
        heads = [(r.head, r.body) for r in hostile.requests]
        assert len(heads) == 4 and heads[:2] == heads[2:]
        hostile.requests.clear()
