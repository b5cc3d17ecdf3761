"""Responses as bytes: well-formed ones in all their variety, and with quirks, which are unusual or broken."""
import random

TOKENS = ("X-A", "Date", "ETag", "Set-Cookie", "Cache-Control", "x_y.z~", "Content-Type", "Connect", "Content-Len", "T")
VALUES = ("", "a", "Fri, 01 Mar 2024 10:00:00 GMT", '"quoted, \\" text"', "a=b; c=d:e", "\xe9\xff", "tab\tin it", "x" * 300)

BODILESS = ("204", "304")


class Draft:
    """A response in parts, which quirks may still change."""

    def __init__(self, draw):
        self.draw = draw
        self.method = draw.choice(["GET"] * 9 + ["HEAD"])
        self.eol = draw.choice(["\r\n"] * 4 + ["\n"])
        self.interim = [self._interim() for _ in range(draw.choice([0] * 8 + [1, 2]))]
        self.version = draw.choice(["HTTP/1.1"] * 5 + ["HTTP/1.0"])
        self.status = draw.choice(["200"] * 8 + ["204", "304", "404", "500", "999"])
        self.reason = draw.choice([" OK", " OK", " ", "", " Not \t what: \xe9 was expected"])
        self.fields = [self._field() for _ in range(draw.randint(0, 6))]
        self.body = draw.randbytes(draw.choice([0, 1, 2, 10, 50, 118, 300, 700, draw.randint(0, 2000)]))
        self.framing = draw.choice(["length"] * 4 + ["chunked"] * 4 + ["close"])
        if self.framing == "chunked" and (self.version == "HTTP/1.0" or self.status in BODILESS):
            self.framing = "length"
        self.chunks, self.last, self.trailers = [], "0", []
        getattr(self, "_frame_by_" + self.framing)()
        self.connection()
        self.behind = b""
        self.cut = None

    def field(self, name, value, behind=("", "", " ", " \t")):
        """A header line somewhere among the others, its name in any case and any white space around its value."""
        name = self.draw.choice([name, name.lower(), name.upper()])
        line = name + ":" + self.draw.choice([" ", " ", "", "\t "]) + value + self.draw.choice(behind)
        self.fields.insert(self.draw.randint(0, len(self.fields)), line)

    def connection(self):
        word = self.draw.choice(["", "", "close", "keep-alive", "Close", "Keep-Alive", "te, close", "TE,keep-alive"])
        if word:
            self.field("Connection", word)

    def _interim(self):
        fields = [self._field() for _ in range(self.draw.randint(0, 2))]
        return self.eol.join(["HTTP/1.1 100 Continue", *fields, "", ""])

    def _field(self):
        folded = self.draw.choice([""] * 9 + [self.eol + " more", self.eol + "\t"])
        return self.draw.choice(TOKENS) + ":" + self.draw.choice([" ", "", "\t"]) + self.draw.choice(VALUES) + folded

    def _frame_by_length(self):
        self.field("Content-Length", self.draw.choice(["%d", "%d", "%05d"]) % len(self.body))

    def _frame_by_close(self):
        pass

    def _frame_by_chunked(self):
        self.field("Transfer-Encoding", self.draw.choice(["chunked", "Chunked", "CHUNKED"]), behind=[""])
        left = self.body
        while left:
            size = min(len(left), self.draw.choice([1, 7, 16, 100, 4096]))
            number = self.draw.choice(["%x", "%X", "%04x"]) % size
            self.chunks.append([number + self.draw.choice(["", "", ";a=b", ';a="b c";d']), left[:size], b"\r\n"])
            left = left[size:]
        self.last = self.draw.choice(["0", "000", "0;a"])
        self.trailers = [self._field() for _ in range(self.draw.choice([0, 0, 1, 2]) if self.eol == "\r\n" else 0)]

    def head(self):
        lines = [self.version + " " + self.status + self.reason, *self.fields, "", ""]
        return ("".join(self.interim) + self.eol.join(lines)).encode("latin-1")

    def text(self):
        whole = self.head()
        bodiless = self.method == "HEAD" or self.status in BODILESS
        if not bodiless and self.framing == "chunked":
            for size, data, end in self.chunks:
                whole += (size + self.eol).encode("latin-1") + data + end
            whole += self.eol.join([self.last, *self.trailers, "", ""]).encode("latin-1")
        elif not bodiless:
            whole += self.body
        whole += self.behind
        return whole if self.cut is None else whole[:int(len(whole) * self.cut)]


def replace_field(draft, name, *values):
    """Takes a field out and puts others of its name in."""
    draft.fields = [f for f in draft.fields if not f.lower().startswith(name.lower() + ":")]
    draft.fields += [f"{name}: {value}" for value in values]


def lengths(*formats):
    def quirk(d):
        if d.framing != "length":
            return False
        replace_field(d, "Content-Length", *(f % {"n": len(d.body), "m": len(d.body) + 1} for f in formats))
    return quirk


def codings(*values):
    def quirk(d):
        if d.framing != "chunked":
            return False
        replace_field(d, "Transfer-Encoding", *values)
    return quirk


def connections(*values):
    return lambda d: replace_field(d, "Connection", *values)


def chunk(change):
    """A quirk of one chunk: change(size, data, end) gives the three anew."""
    def quirk(d):
        if not d.chunks or d.method == "HEAD" or d.status in BODILESS:
            return False
        at = d.draw.randrange(len(d.chunks))
        d.chunks[at] = change(*d.chunks[at])
    return quirk


def attribute(**values):
    def quirk(d):
        for name, value in values.items():
            setattr(d, name, value)
    return quirk


def line(text):
    return lambda d: d.fields.insert(d.draw.randint(0, len(d.fields)), text)


def first_line(text):
    return lambda d: d.fields.insert(0, text)


def both_framings(d):
    if d.framing != "chunked":
        return False
    d.field("Content-Length", str(d.draw.choice([0, 1, len(d.body), 100000])))


def chunks_in_1_0(d):
    if d.framing != "chunked":
        return False
    d.version = "HTTP/1.0"


def chunks_without_a_body(d):
    if d.framing != "chunked":
        return False
    d.status = d.draw.choice(BODILESS)


def trailer(text):
    def quirk(d):
        if d.framing != "chunked":
            return False
        d.eol = "\r\n"
        d.trailers.append(text)
    return quirk


def trailers_in_lf(d):
    if d.framing != "chunked":
        return False
    d.eol, d.trailers = "\n", ["X-A: b", "X-B: c"]


def big(d):
    """A body that no single read takes."""
    d.__init__(d.draw)
    d.body = d.draw.randbytes(300000)
    replace_field(d, "Content-Length", *([str(len(d.body))] if d.framing == "length" else []))
    d.chunks = [["%x" % 100000, d.body[i:i + 100000], b"\r\n"] for i in range(0, 300000, 100000)]


def long_line(d):
    d.fields.append("X-Long: " + "y" * 60000)


def closed_early(d):
    d.cut = d.draw.random()


QUIRKS = {
    "the connection is closed early": closed_early,
    "bytes behind the end": lambda d: setattr(d, "behind", d.draw.randbytes(3)),
    "a big body": big,
    "a long line": long_line,
    "version 1.2": attribute(version="HTTP/1.2"),
    "version 2": attribute(version="HTTP/2"),
    "version in small letters": attribute(version="http/1.1"),
    "no version": attribute(version="HTTP"),
    "status of two digits": attribute(status="20"),
    "status of four digits": attribute(status="2000"),
    "status below 100": attribute(status="099"),
    "status with a letter": attribute(status="2x0"),
    "two spaces before the status": attribute(status=" 200"),
    "a reason at once": attribute(reason="OK"),
    "interim 103": lambda d: d.interim.append("HTTP/1.1 103 Early Hints" + d.eol + "Link: </a>" + 2 * d.eol),
    "interim 101": lambda d: d.interim.append("HTTP/1.1 101 Switching Protocols" + 2 * d.eol),
    "an empty line first": lambda d: d.interim.insert(0, d.eol),
    "CR in a value": line("X-A: b\rc"),
    "two CR at a line's end": line("X-A: b\r"),
    "NUL in a value": line("X-A: b\0c"),
    "white space before the colon": line("X-A : b"),
    "no colon": line("X-A"),
    "no name": line(": b"),
    "a name that is no token": line("X(A): b"),
    "white space before the first field": first_line(" X-A: b"),
    "length listed": lengths("%(n)d, %(n)d"),
    "length repeated": lengths("%(n)d", "%(n)d"),
    "lengths that differ": lengths("%(n)d", "%(m)d"),
    "lengths listed that differ": lengths("%(n)d, %(m)d"),
    "length with a sign": lengths("+%(n)d"),
    "length below 0": lengths("-%(m)d"),
    "length with a fraction": lengths("%(n)d.0"),
    "length with a tail": lengths("%(n)dx"),
    "length with a word": lengths("none"),
    "no length": lengths(""),
    "length beyond 63 bits": lengths("99999999999999999999"),
    "length folded": lambda d: lengths("\r\n %(n)d")(d),
    "gzip, then chunked": codings("gzip, chunked"),
    "gzip and chunked on two lines": codings("gzip", "chunked"),
    "chunked, then gzip": codings("chunked, gzip"),
    "chunked twice": codings("chunked, chunked"),
    "a coding nobody knows": codings("strange"),
    "identity": codings("identity"),
    "no coding": codings(""),
    "white space behind the coding": codings("chunked \t"),
    "chunked with a parameter": codings("chunked;a=b"),
    "chunked and length": both_framings,
    "chunked in HTTP/1.0": chunks_in_1_0,
    "chunked where there is no body": chunks_without_a_body,
    "close within a word": connections("closed, x-close"),
    "close on a second line": connections("te", "close"),
    "close and keep-alive": connections("close, keep-alive"),
    "keep-alive within a word": connections("keep-alives"),
    "a Keep-Alive": line("Keep-Alive: timeout=5"),
    "a Proxy-Connection": line("Proxy-Connection: keep-alive"),
    "a chunk's data ends in LF": chunk(lambda size, data, end: [size, data, b"\n"]),
    "a chunk's data ends in nothing": chunk(lambda size, data, end: [size, data, b""]),
    "a chunk is longer than said": chunk(lambda size, data, end: [size, data + b"xx", end]),
    "a chunk's size with a sign": chunk(lambda size, data, end: ["+" + size, data, end]),
    "a chunk's size below 0": chunk(lambda size, data, end: ["-" + size, data, end]),
    "a chunk's size with 0x": chunk(lambda size, data, end: ["0x" + size, data, end]),
    "a chunk's size with an underscore": chunk(lambda size, data, end: ["0_" + size, data, end]),
    "a chunk's size with a tail": chunk(lambda size, data, end: ["%x zz" % len(data), data, end]),
    "a chunk's size is no number": chunk(lambda size, data, end: ["zz", data, end]),
    "a chunk without a size": chunk(lambda size, data, end: ["", data, end]),
    "a chunk's size beyond 63 bits": chunk(lambda size, data, end: ["f" * 17, data, end]),
    "white space before a chunk's size": chunk(lambda size, data, end: [" " + size, data, end]),
    "white space behind a chunk's size": chunk(lambda size, data, end: ["%x \t" % len(data), data, end]),
    "a long extension": chunk(lambda size, data, end: ["%x;%s" % (len(data), "x" * 17000), data, end]),
    "trailers that end in LF": trailers_in_lf,
    "a trailer that frames": trailer("Content-Length: 7"),
    "a trailer without a colon": trailer("X-A"),
}


class Case:
    """A response, the request's method, and the names of its quirks."""

    def __init__(self, draft, quirks):
        self.text, self.method, self.quirks = draft.text(), draft.method, quirks


def made(draw, names):
    """A response with these quirks, as far as they are possible together."""
    while True:
        draft, had = Draft(draw), []
        for name in names:
            if QUIRKS[name](draft) is not False:
                had.append(name)
        if len(had) == len(names) or draw.random() < 0.05:
            return Case(draft, had)


def cases(seed, plain, each, pairs):
    """So many without a quirk, with each alone, and with two of them."""
    draw = random.Random(seed)
    wanted = [[]] * plain + [[name] for name in QUIRKS for _ in range(each)]
    wanted += [draw.sample(list(QUIRKS), 2) for _ in range(pairs)]
    return [made(draw, names) for names in wanted]
