"""A server that plays responses byte for byte, and curl as the client that reads them."""
import contextlib
import json
import socket
import subprocess
import threading

PATIENCE_S = 10  # how long a client that believes there is more to come is left waiting


class Player:
    """Answers GET /n with the n-th response, and closes behind it where the list says so, or where the client asks for
    nothing more in PATIENCE_S. `kept` has those behind which the same connection carried another request."""

    def __init__(self, texts, closes):
        self.texts, self.closes, self.kept = texts, closes, set()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, contextlib.suppress(OSError):
            number = self._asked(connection)
            while number is not None:
                connection.sendall(self.texts[number])
                if self.closes[number]:
                    return
                connection.settimeout(PATIENCE_S)
                before, number = number, self._asked(connection)
                if number is not None:
                    self.kept.add(before)

    @staticmethod
    def _asked(connection):
        """The number asked for, or None at the end."""
        request = b""
        while b"\r\n\r\n" not in request:
            part = connection.recv(65536)
            if not part:
                return None
            request += part
        return int(request.split()[1][1:])


def played_to_curl(some, ours, folder):
    """What curl makes of each case, read one after the other by one process. A connection is closed behind a response where
    ours says that its end is needed."""
    closes = [not o["good"] or o["until_close"] or o["unread"] > 0 for o in ours]
    player = Player([c.text for c in some], closes)
    told = []
    try:
        while len(told) < len(some):  # curl ends where a header line makes no sense at all
            told += asked_by_curl(player.port, some, len(told), folder)
    finally:
        player.close()
    return [facts_of(t, n, c, player, folder) for n, (t, c) in enumerate(zip(told, some))]


def asked_by_curl(port, some, first, folder):
    """What it tells of the cases from the first on, as far as it gets."""
    config = "\nnext\n".join(
        f'url = "http://127.0.0.1:{port}/{n}"\noutput = "{folder}/{n}"\n'
        f'dump-header = "{folder}/{n}.head"\nwrite-out = "%{{json}}\\n"\nsilent\nnoproxy = *\nmax-time = 20\n'
        + ("head\n" if some[n].method == "HEAD" else "") for n in range(first, len(some)))
    shown = subprocess.run(["curl", "-q", "-K", "-"], input=config, capture_output=True, text=True, timeout=600)
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    assert told, shown.stderr
    return told


def taken(path):
    """What curl wrote there, if anything."""
    text = path.read_bytes() if path.exists() else b""
    path.unlink(missing_ok=True)
    return text


def facts_of(told, number, case, player, folder):
    """curl writes the head of an answer to a HEAD as if it were the body, too."""
    body, head = taken(folder / str(number)), taken(folder / f"{number}.head")
    return {"good": told["exitcode"] == 0, "why": f"{told['exitcode']}: {told['errormsg']}", "status": told["http_code"],
            "keeps": number in player.kept, "body": b"" if case.method == "HEAD" else body, "head_bytes": len(head)}
