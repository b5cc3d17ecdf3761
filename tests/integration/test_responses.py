"""Our parser of responses against Python's http.client and against libcurl, on well-formed responses and on odd and broken
ones, each also cut at every byte. Where they differ on purpose a table below names the rule; nothing else may differ, and
every rule must still make a difference."""
import base64
import http.client
import io
import json
import os
import pathlib
import subprocess

import pytest

from playing import played_to_curl
from response_texts import cases

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.once

# What we refuse, by our words, and http.client takes.
PYTHON_TAKES = {
    "the status is not three digits": "it may stand between any white space",
    "it changes the protocol (101), which nobody asked for": "it gives it to its caller",
    "its first header line begins with white space": "it drops the line",
    "white space stands before a header's colon": "it is part of the name",
    "a header's name is not a token": "it may be anything",
    "a header has no name": "it drops the line",
    "a header line has no colon": "it takes that for the end of the headers",
    "a CR stands alone": "it ends a line as well",
    "a NUL stands in a line": "it is part of the value",
    "a Content-Length has no number": "it reads on until the connection is closed",
    "Content-Length is not a number": "likewise",
    "Content-Length is too large": "it does not read the body, or counts in Python's integers",
    "Content-Length is given twice and differs": "it goes by the first, or by none",
    "a Transfer-Encoding names no coding": "it goes by the length, or none",
    "a chunk's size is not a hexadecimal number": "it may have a sign, 0x, underscores and white space",
    "a chunk's size is too large": "it was below 0 for Python",
    "a chunk's data is not followed by CRLF": "any two bytes will do",
    "the line before a chunk is too long": "it takes 64 KiB",
    "the connection was closed within its head": "for it the head ends there",
    "the connection was closed within its body": "it wants no more behind the last chunk",
}

# What both take and http.client reads otherwise, or what it refuses, by the quirk.
PYTHON_READS_OTHERWISE = {
    "interim 103": "for it only 100 is interim",
    "length listed": "a list is no length to it, and so none is given",
    "gzip, then chunked": "it knows no coding but chunked alone",
    "gzip and chunked on two lines": "likewise",
    "chunked twice": "likewise",
    "white space behind the coding": "likewise",
    "chunked where there is no body": "it reads chunks all the same",
    "chunked and length": "it keeps the connection",
    "chunked in HTTP/1.0": "it reads chunks",
    "close within a word": "it looks for close anywhere in the value",
    "keep-alive within a word": "likewise",
    "close on a second line": "it looks at the first alone",
    "close and keep-alive": "in HTTP/1.0 keep-alive wins",
    "a Keep-Alive": "it keeps connections of HTTP/1.0 for that header",
    "a Proxy-Connection": "or for this one",
}

CURL_TAKES = {
    "it does not begin with HTTP/1.": "it knows HTTP/2 and takes small letters",
    "the status is not three digits": "white space before and letters behind may be any",
    "it changes the protocol (101), which nobody asked for": "it is an interim answer",
    "its first header line begins with white space": "a line may begin so",
    "white space stands before a header's colon": "it is part of the name",
    "a header's name is not a token": "it may be anything with a colon behind it",
    "a header has no name": "likewise",
    "a CR stands alone": "it is part of the value",
    "a Content-Length has no number": "where there is no body",
    "Content-Length is not a number": "it goes by the digits that it begins with, or there is no body",
    "Content-Length is too large": "it takes the body as long as it comes",
    "Content-Length is given twice and differs": "it goes by the first in a list, and by the last line",
    "a Transfer-Encoding names no coding": "it goes by the length, or none",
    "a chunk's size is not a hexadecimal number": "anything may stand behind the digits",
    "a chunk's data is not followed by CRLF": "LF will do",
    "the line before a chunk is too long": "an extension may have any length",
    "the connection was closed within its head": "for it the head ends there",
}

CURL_READS_OTHERWISE = {
    "version 1.2": "it refuses that version",
    "length folded": "it refuses a length that stands on the next line",
    "gzip, then chunked": "it decodes gzip, which this is not",
    "gzip and chunked on two lines": "likewise",
    "chunked, then gzip": "likewise, whatever the order",
    "a coding nobody knows": "it refuses to read it",
    "chunked with a parameter": "likewise",
    "identity": "it goes by the length, or keeps the connection",
    "chunked and length": "it keeps the connection",
    "chunked in HTTP/1.0": "it reads chunks",
    "close within a word": "it looks for close anywhere in the value",
    "keep-alive within a word": "likewise",
    "close and keep-alive": "in HTTP/1.0 keep-alive wins",
    "trailers that end in LF": "it gives their lines CRLF, and so counts more bytes",
}


def ours(some):
    """What src/http makes of each case."""
    binary = os.environ.get("FETCHBENCH")
    folder = pathlib.Path(binary).resolve().parent if binary else REPOSITORY / "build"
    lines = "".join(json.dumps({"text": base64.b64encode(c.text).decode(), "head": c.method == "HEAD"}) + "\n"
                    for c in some)
    shown = subprocess.run([folder / "tests" / "oracle" / "responses_oracle"], input=lines, check=True,
                           capture_output=True, text=True, timeout=300)
    answers = [json.loads(line) for line in shown.stdout.splitlines()]
    for answer in answers:
        answer["body"] = base64.b64decode(answer["body"])
    return answers


class Wire:
    """A socket from which one response comes."""

    def __init__(self, text):
        self.text = text

    def makefile(self, _mode):
        return io.BytesIO(self.text)


def pythons(case):
    """What http.client makes of it."""
    response = http.client.HTTPResponse(Wire(case.text), method=case.method)
    try:
        response.begin()
        keeps = not response.will_close
        body = response.read()
    except (http.client.HTTPException, ValueError, OverflowError) as why:
        return {"good": False, "why": repr(why)}
    return {"good": True, "status": response.status, "keeps": keeps, "body": body}


def difference(case, mine, theirs, facts, takes, otherwise):
    """None, or which rule lets the two differ; fails where none does."""
    if mine["good"] == theirs["good"] and all(mine[f] == theirs[f] for f in facts if mine["good"]):
        return None
    rules = [mine["why"]] if theirs["good"] and mine["why"] in takes else []
    rules += [quirk for quirk in case.quirks if quirk in otherwise]
    told = {f: (mine[f], theirs.get(f)) for f in ("status", "keeps")}
    assert rules, (case.quirks, told, mine["why"], theirs.get("why"), case.text[:500])
    return rules[0]


def compare_with_python(some):
    found = set()
    for case, mine in zip(some, ours(some)):
        assert mine["cut"], (case.quirks, case.text[:500])
        found.add(difference(case, mine, pythons(case), ("status", "keeps", "body"), PYTHON_TAKES,
                             PYTHON_READS_OTHERWISE))
    return found


def test_http_client_reads_what_we_read():
    found = compare_with_python(cases(seed=1, plain=1500, each=20, pairs=1000))
    assert found - {None} == {*PYTHON_TAKES, *PYTHON_READS_OTHERWISE}


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 103))
def test_http_client_reads_what_we_read_of_many_more(seed):
    compare_with_python(cases(seed, plain=5000, each=50, pairs=20000))


def compare_with_curl(some, folder):
    answers = ours(some)
    found = set()
    # Whether a connection was kept shows in the request that follows.
    for case, mine, theirs in list(zip(some, answers, played_to_curl(some, answers, folder)))[:-1]:
        mine["keeps"] = mine["keeps"] and not mine["unread"]
        found.add(difference(case, mine, theirs, ("status", "keeps", "body", "head_bytes"), CURL_TAKES,
                             CURL_READS_OTHERWISE))
    return found


def test_libcurl_reads_what_we_read(tmp_path):
    found = compare_with_curl(cases(seed=2, plain=200, each=4, pairs=50), tmp_path)
    assert found - {None} <= {*CURL_TAKES, *CURL_READS_OTHERWISE}


@pytest.mark.long
def test_libcurl_reads_what_we_read_of_many_more(tmp_path):
    found = compare_with_curl(cases(seed=3, plain=3000, each=40, pairs=3000), tmp_path)
    assert found - {None} == {*CURL_TAKES, *CURL_READS_OTHERWISE}
