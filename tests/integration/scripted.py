"""A server that says what no server should: each request's path names the answer it is given, byte by byte."""
import contextlib
import random
import socket

from servers import Hostile

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
KEEP, FIN, RST = "keep", "fin", "rst"
FOREVER = 1 << 14  # pieces of what never ends: far beyond every limit, but bounded


def with_length(n, body=b"hello", more=b""):
    return OK + b"Content-Length: %s\r\n%s\r\n%s" % (str(n).encode(), more, body)


def with_header(line):
    return with_length(5, more=line + b"\r\n")


def noise(bytes_, seed):
    return random.Random(seed).randbytes(bytes_)


# name -> (bytes that are sent, or a list of a beginning and what follows it for ever; what becomes of the connection)
WHOLE = {
    "length": (HELLO, KEEP),
    "chunked": (CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", KEEP),
    "chunks": (CHUNKED + b"1\r\nh\r\n0003\r\nell\r\n1\r\no\r\n000\r\n\r\n", KEEP),
    "chunk-extensions": (CHUNKED + b"5;a=b;c=\"d\r\nhello\r\n0;e\r\n\r\n", KEEP),
    "trailers": (CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\nContent-Length: 7\r\n\r\n", KEEP),
    "until-close": (OK + b"\r\nhello", FIN),
    "http-1.0": (b"HTTP/1.0 200 OK\r\n\r\nhello", FIN),
    "http-1.0-kept": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", KEEP),
    "lone-line-feeds": (HELLO.replace(b"\r\n", b"\n"), KEEP),
    "no-reason": (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", KEEP),
    "continue-first": (b"HTTP/1.1 100 Continue\r\n\r\n" + HELLO, KEEP),
    "hints-first": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HELLO, KEEP),
    "many-interim": (b"HTTP/1.1 102 Processing\r\n\r\n" * 50 + HELLO, KEEP),
    "folded-header": (with_header(b"A: b\r\n c"), KEEP),
    "same-length-twice": (with_header(b"Content-Length: 5"), KEEP),
    "length-and-chunks": (OK + b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", FIN),
    "excess": (with_length(5, b"hello and more"), KEEP),
    "excess-for-ever": ([HELLO + b"more", noise(8192, 1)], FIN),
    "two-answers": (HELLO + HELLO, KEEP),
    "whole-then-reset": (HELLO, RST),
    "whole-then-closed": (HELLO, FIN),
}
EMPTY = {
    "no-content": (b"HTTP/1.1 204 No Content\r\n\r\n", KEEP),
    "204-with-body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", KEEP),
    "304-with-length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", KEEP),
    "length-zero": (with_length(0, b""), KEEP),
    "chunks-empty": (CHUNKED + b"0\r\n\r\n", KEEP),
}
PROTOCOL = {
    "noise": (noise(3000, 2), FIN),
    "http-0.9": (b"<html>hello</html>", FIN),
    "http-2": (b"\0\0\x12\x04\0\0\0\0\0" + b"\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff", FIN),
    "http-2-line": (HELLO.replace(b"/1.1", b"/2"), FIN),
    "icecast": (b"ICY 200 OK\r\n\r\nhello", FIN),
    "tls-alert": (b"\x15\x03\x01\x00\x02\x02\x0a", FIN),
    "switching": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", FIN),
    "status-of-two-digits": (b"HTTP/1.1 20 OK\r\nContent-Length: 5\r\n\r\nhello", FIN),
    "status-below-100": (b"HTTP/1.1 099 What\r\nContent-Length: 5\r\n\r\nhello", FIN),
    "negative-length": (with_length(-5), FIN),
    "length-beyond-63-bits": (with_length(1 << 63), FIN),
    "length-with-a-letter": (with_length("5x"), FIN),
    "length-empty": (with_length(""), FIN),
    "lengths-differ": (with_header(b"Content-Length: 4"), FIN),
    "lengths-differ-in-a-list": (with_length("5, 4"), FIN),
    "carriage-return-alone": (with_header(b"A: b\rc"), FIN),
    "nul-in-a-header": (with_header(b"A: b\0c"), FIN),
    "space-before-the-colon": (with_header(b"A : b"), FIN),
    "line-without-colon": (with_header(b"hello there"), FIN),
    "folded-first": (OK + b" a: b\r\nContent-Length: 5\r\n\r\nhello", FIN),
    "chunk-no-number": (CHUNKED + b"nothex\r\nhello\r\n0\r\n\r\n", FIN),
    "chunk-negative": (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", FIN),
    "chunk-beyond-63-bits": (CHUNKED + b"10000000000000005\r\nhello\r\n0\r\n\r\n", FIN),
    "chunk-longer-than-said": (CHUNKED + b"5\r\nhello there\r\n0\r\n\r\n", FIN),
    "headers-for-ever": ([OK, b"A: bcdefghijklmnopqrstuvwxyz\r\n" * 100], FIN),
    "one-header-for-ever": ([OK + b"A: ", b"b" * 4096], FIN),
    "status-line-for-ever": ([b"HTTP/1.1 200 ", b"OK" * 2048], FIN),
    "interim-for-ever": ([b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100], FIN),
    "chunk-extension-for-ever": ([CHUNKED + b"5;", b"a=b;" * 1024], FIN),
    "trailers-for-ever": ([CHUNKED + b"5\r\nhello\r\n0\r\n", b"A: bcdefghijklmnopqrstuvwxyz\r\n" * 100], FIN),
}
SHORT = {
    "within-status-line": b"HTTP/1.1 2",
    "within-headers": OK + b"Content-Le",
    "behind-headers": with_length(5, b""),
    "within-body": with_length(5, b"hel"),
    "within-chunk-size": CHUNKED + b"5",
    "within-chunk": CHUNKED + b"5\r\nhel",
    "behind-chunk": CHUNKED + b"5\r\nhello\r\n",
    "within-trailers": CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\n",
    "of-a-huge-length": with_length((1 << 63) - 1),
}
TRUNCATED = {name: (said, FIN) for name, said in SHORT.items()}
RESET = {f"{name}-reset": (said, RST) for name, said in {**SHORT, "before-it": b"", "until-close": OK + b"\r\nhel"}.items()}
UNANSWERED = {"closed": (b"", FIN)}
# The request before it is one of these.
ANSWERS = {**WHOLE, **EMPTY, **PROTOCOL, **TRUNCATED, **RESET, **UNANSWERED}


def in_chunks(body, chance):
    pieces = b""
    while body:
        size = chance.randint(1, len(body))
        extension = chance.choice([b"", b"", b";a", b' ; b="c"'])
        pieces += b"%0*x%s\r\n%s\r\n" % (chance.randint(1, 8), size, extension, body[:size])
        body = body[size:]
    return pieces + b"0\r\n" + chance.choice([b"", b"A: b\r\n"]) + b"\r\n"


def random_good(number, chance):
    """An answer with 1000 + number bytes, and whether the connection may be kept after it."""
    body = chance.randbytes(1000 + number)
    head = b"HTTP/1.1 100 Continue\r\n\r\n" * chance.choice([0, 0, 1, 3]) + OK
    for _ in range(chance.randint(0, 5)):
        head += chance.choice([b"A: b\r\n", b"Set-Cookie: c=d; path=/\r\n", b"Empty:\r\n", b"Folded: e\r\n\tf\r\n"])
    framing = chance.choice(["length", "chunks", "close"])
    if framing == "length":
        return head + b"cOnTeNt-LeNgTh: %d\r\n\r\n" % len(body) + body, True
    if framing == "chunks":
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + in_chunks(body, chance), True
    return head + b"\r\n" + body, False


def random_answer(seed, number):
    """(bytes, what becomes of the connection, "good" or not); the same whenever it is asked for."""
    chance = random.Random(seed << 32 | number)
    said, kept = random_good(number, chance)
    kind = chance.choice(["good", "good", "good", "cut", "noise", "spoilt"])
    if kind == "good":
        return said, chance.choice([KEEP, FIN, RST]) if kept else FIN, kind
    if kind == "cut":  # behind the head no byte of a body until close may be left out unseen
        return said[:chance.randrange(1, len(said) - 8)], chance.choice([FIN, RST]) if kept else RST, kind
    if kind == "noise":
        return b"\xff" + chance.randbytes(chance.randint(0, 5000)), FIN, kind
    at = chance.randrange(said.index(b"\r\n\r\n"))
    return said[:at] + b"\0" + said[at + 1:], FIN, kind


class Scripted(Hostile):
    """Besides ANSWERS a path may begin with
    ok/N, last/N   an answer of 1000 + N bytes; after `last` the connection is closed, as announced
    ends           an answer in the packet that ends the connection, which is not announced
    half/WAY       the connection ends when five bytes of the request were read
    early/WAY      an answer before the request is read, or `never` one, and nothing is read
    dies           a kept connection ends, in the way said, before its answer; a new one carries it
    later/WHAT     an answer, and a little later, when the connection is idle: rst, fin, bytes or answer
    cut/N/MS       an answer cut behind N bytes, with a pause
    slow/HOW       what takes longer than anyone waits
    random/N       a random answer, cut anywhere
    """

    at_accept = None  # the way each connection ends when it is made, or what is said first, and then all
    seed = 0
    pause_s = 0.02

    def _converse(self, connection, number):
        if isinstance(self.at_accept, bytes):
            connection.recv(4096)
            self._give(connection, self.at_accept, FIN)
            return
        if self.at_accept:
            self._part(connection, self.at_accept)
            return
        buffered, answered = b"", 0
        while True:
            if self._answers_early(connection):
                return
            request, buffered = self._read(connection, buffered, number)
            if request is None:
                return
            with self.lock:
                self.requests.append(request)
            answered += 1
            if not self._play(connection, request.target.strip("/").split("/"), answered):
                return

    def _answers_early(self, connection):
        """Before it has read the request: True when there was something to say to it, and all is over."""
        line = connection.recv(4096, socket.MSG_PEEK).split(b"\r\n")[0].decode("latin-1")
        name, way = (line.split(" ")[1].split("/") + ["", ""])[1:3] if line else ("", "")
        if name == "half":
            connection.recv(5)
        elif name == "early" and way == "never":
            self.closing.wait()
        elif name == "early":
            connection.sendall(HELLO)
        else:
            return False
        self._part(connection, way)
        return True

    def _play(self, connection, words, answered):
        known = ANSWERS.get(words[0])
        if known:
            return self._give(connection, *known)
        return getattr(self, "_" + words[0])(connection, words[1:], answered)

    def _give(self, connection, said, way):
        if isinstance(said, list):
            self._say_for_ever(connection, *said)
        else:
            connection.sendall(said)
        return self._part(connection, way)

    def _say_for_ever(self, connection, beginning, more):
        connection.sendall(beginning)
        with contextlib.suppress(OSError):
            for _ in range(FOREVER):
                connection.sendall(more)

    def _part(self, connection, way):
        """Only when all that was said has come there: a reset throws away what has not."""
        if way == RST:
            while self._unsent(connection) and not self.closing.wait(0.0005):
                pass
            return self._abort(connection)
        if way == FIN:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1 << 16):
                pass
            return False
        return True

    def _ok(self, connection, words, answered, more=b""):
        connection.sendall(with_length(1000 + int(words[0]), b"x" * (1000 + int(words[0])), more))
        return True

    def _last(self, connection, words, answered):
        self._ok(connection, words, answered, b"Connection: close\r\n")
        return self._part(connection, FIN)

    def _ends(self, connection, words, answered):
        connection.send(HELLO, socket.MSG_MORE)
        return self._part(connection, FIN)

    def _dies(self, connection, words, answered):
        if answered > 1:
            return self._part(connection, words[0])
        connection.sendall(HELLO)
        return True

    def _later(self, connection, words, answered):
        connection.sendall(HELLO)
        self.closing.wait(self.pause_s)
        if words[0] in (RST, FIN):
            return self._part(connection, words[0])
        connection.sendall(HELLO if words[0] == "answer" else noise(100, 3))
        return self._part(connection, FIN)

    def _cut(self, connection, words, answered):
        said = ANSWERS[words[0]][0]
        at = int(words[1])
        connection.sendall(said[:at])
        if words[2] != "0":
            self.closing.wait(0.001)
        connection.sendall(said[at:])
        return self._part(connection, ANSWERS[words[0]][1])

    def _random(self, connection, words, answered):
        said, way, _ = random_answer(self.seed, int(words[0]))
        cuts = sorted(random.choices(range(len(said)), k=random.randrange(4)))
        for begin, end in zip([0, *cuts], [*cuts, len(said)]):
            connection.sendall(said[begin:end])
            if random.random() < 0.3:
                self.closing.wait(0.001)
        return self._part(connection, way)

    def _slow(self, connection, words, answered):
        beginning, more = SLOW[words[0]]
        connection.sendall(beginning)
        with contextlib.suppress(OSError):
            while not self.closing.wait(0.01):
                connection.sendall(more)
        return False


SLOW = {
    "silence": (b"", b""),
    "status-line": (b"HTTP/1.1 200 O", b"K"),
    "headers": (OK, b"A: b\r\n"),
    "body-never": (with_length(5, b""), b""),
    "body": (with_length(1 << 40, b""), b"x"),
    "chunks": (CHUNKED, b"1\r\nx\r\n"),
    "until-close": (OK + b"\r\n", b"x"),
    "interim": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n"),
}
