"""The servers that tests run fetchbench against: each listens on an ephemeral loopback port, is owned by the test that
made it, and can tell what really reached it."""
import contextlib
import http.client
import os
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time


def wait_until(condition, seconds=20, what="the condition"):
    """Polls until condition() is true, and returns what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"{what} did not come to be within {seconds} s"
        time.sleep(0.005)


def end_process(process):
    """Ends a process that a test started; returns its status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def get(port, path):
    """One plain GET, for asking servers about themselves."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


class AccessLog:
    """A file to which a server writes one request target per line, e.g. /get?key=3."""

    def __init__(self, path):
        self.path = path
        path.touch()

    def targets(self, token):
        return [line for line in self.path.read_text().splitlines() if token in line]

    def targets_once_there(self, token, count):
        """Those that carry token; waits until the server has written as many as count."""
        deadline = time.monotonic() + 10
        while len(self.targets(token)) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.targets(token)

    def lines_once_there(self, count):
        """The number of lines, once the server has written as many as count."""

        def lines():
            with open(self.path, "rb") as f:
                return sum(block.count(b"\n") for block in iter(lambda: f.read(1 << 20), b""))

        deadline = time.monotonic() + 10
        while lines() < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return lines()


class Endpoint:
    """fetchbench serve; on another machine if `prefix` brings it there and `address` is that machine's."""

    def __init__(self, binary, *args, prefix=(), address="127.0.0.1"):
        command = [*prefix, binary, "serve", "--public", "--listen", f"{address}:0", *args]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.line = self.process.stdout.readline()
        self.url = self.line.split()[3].rstrip("/")
        self.port = int(self.url.rsplit(":", 1)[1])

    def close(self):
        status = end_process(self.process)
        self.process.stdout.close()
        return status


class Httpbin:
    """Debian's python3-httpbin under gunicorn, 128 threads, with these variables in its environment."""

    def __init__(self, folder, **environment):
        self.log = AccessLog(folder / "httpbin.log")
        with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
            self.port = listener.getsockname()[1]
            self.url = f"http://127.0.0.1:{self.port}"
            self.errors = open(folder / "httpbin.err", "wb")
            self.process = subprocess.Popen(
                ["/usr/bin/python3", "/usr/bin/gunicorn", "-k", "gthread", "--threads", "128", "--keep-alive", "30",
                 "--bind", f"fd://{listener.fileno()}", "--access-logfile", str(self.log.path),
                 "--access-logformat", "%(U)s?%(q)s", "--log-level=warning",
                 "httpbin:app"],
                pass_fds=[listener.fileno()], cwd=folder, stdin=subprocess.DEVNULL, stdout=self.errors,
                stderr=self.errors, env={**os.environ, **environment})
        try:
            get(self.port, "/get?ready")
        except BaseException:
            self.close()
            raise

    def close(self):
        end_process(self.process)
        self.errors.close()


NGINX_CONF = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
worker_rlimit_nofile {descriptors};
events {{ worker_connections {connections}; }}
http {{
    log_format target '$request_uri';
    keepalive_requests 1000000000;
    keepalive_timeout 120s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type application/json;
    server {{
        listen 127.0.0.1:{port} reuseport backlog=4096;
        location /status {{ stub_status; access_log off; }}
        location /quiet {{ return 200 '{body}'; access_log off; }}
        location / {{ return 200 '{body}'; access_log {folder}/access.log target; }}
    }}
{more}}}
"""
NGINX_BODY = '{"args": {}, "headers": {"Accept": "*/*", "Host": "127.0.0.1"}, "origin": "127.0.0.1", "url": "http://127.0.0.1/get"}'


class Nginx:
    """nginx-light with one worker. /get is logged, target by target; /quiet is not."""

    connections = 16000

    def __init__(self, folder, descriptor_limit):
        self.folder = folder
        self.log = AccessLog(folder / "access.log")
        self.descriptors = min(descriptor_limit, 19000)
        self.connections = min(self.connections, self.descriptors - 100)
        for _ in range(5):
            if self.start():
                return
        raise RuntimeError("nginx did not start: " + (folder / "error.log").read_text())

    def start(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "nginx.conf").write_text(self.configuration())
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-e", "error.log", "-c", "nginx.conf"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def answers():
            if self.process.poll() is not None:
                return "ended"
            with contextlib.suppress(OSError):
                return get(self.port, "/status")
            return None

        return wait_until(answers, what="nginx") != "ended"

    def configuration(self, more=""):
        return NGINX_CONF.format(user="user root;" if os.geteuid() == 0 else "", body=NGINX_BODY, more=more, **vars(self))

    def requests(self):
        """Requests that nginx has answered so far, this one not counted."""
        numbers = get(self.port, "/status").splitlines()[2].split()
        return int(numbers[2]) - 1

    def close(self):
        end_process(self.process)


class Request:
    """What reached a recording server."""

    def __init__(self, head, body, connection):
        self.head = head
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, self.version = lines[0].split(" ", 2)
        self.headers = {}
        self.joined = {}  # those that repeat, by commas
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            self.joined[name] = f"{self.joined[name]}, {value}" if name in self.joined else value
            self.headers.setdefault(name, value)
        self.body = body
        self.connection = connection


class Hostile:
    """An HTTP server that behaves as badly as the first word of the path says; it records every request it could read.

    ok          answers 200                          reset       resets before answering
    reset-half  resets in the middle of a body       truncate    closes in the middle of a body
    close       closes without answering             garbage     answers what is not HTTP
    silence     never answers                        drip        answers byte by byte
    keep/K      closes each connection, unannounced, after K answers on it
    bad-chunk   sends a chunk whose length is no number
    short-chunk closes in the middle of a chunked body
    status/N    answers with that status
    to-close    ends the body by closing, with /notified after TLS's close_notify
    fail-after/K  answers the first K requests, resets the others
    """

    body = b'{"hello": "world"}\n'

    def __init__(self, context=None):
        self.context = context
        self.lock = threading.Lock()
        self.requests = []
        self.accepted = 0
        self.farewells = 0  # connections that the client ended as it should: over TLS, by close_notify
        self.open_connections = {}
        self.closing = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        self.closing.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.open_connections.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)

    def targets(self):
        with self.lock:
            return [r.target for r in self.requests]

    def wait_for_requests(self, count):
        wait_until(lambda: len(self.requests) >= count, what=f"{count} requests at the server")

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepted += 1
                number = self.accepted
                self.open_connections[number] = connection
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        with contextlib.suppress(OSError, ValueError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
            self._converse(connection, number)
        with self.lock:
            self.open_connections.pop(number, None)
        with contextlib.suppress(OSError):
            connection.close()

    def _converse(self, connection, number):
        buffered, answered = b"", 0
        while True:
            request, buffered = self._read(connection, buffered, number)
            if request is None:
                with self.lock:
                    self.farewells += 1
                return
            with self.lock:
                self.requests.append(request)
                place = len(self.requests)
            answered += 1
            words = request.target.split("?")[0].strip("/").split("/")
            behave = getattr(self, "_" + words[0].replace("-", "_"), self._ok)
            if not behave(connection, words[1:], answered, place):
                return

    @staticmethod
    def _read(connection, buffered, number):
        while b"\r\n\r\n" not in buffered:
            more = connection.recv(65536)
            if more[:1] == b"\x16":  # a TLS handshake, which ends in no empty line
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return None, b""
            if not more:
                return None, b""
            buffered += more
        head, _, rest = buffered.partition(b"\r\n\r\n")
        request = Request(head, b"", number)
        length = int(request.headers.get("content-length", "0"))
        if request.headers.get("expect", "").lower() == "100-continue":
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while len(rest) < length:
            more = connection.recv(65536)
            if not more:
                return None, b""
            rest += more
        request.body = rest[:length]
        return request, rest[length:]

    def _answer(self, connection, status="200 OK"):
        connection.sendall(b"HTTP/1.1 %s\r\nServer: hostile\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                           % (status.encode(), len(self.body), self.body))
        return True

    @staticmethod
    def _abort(connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    def _ok(self, connection, words, answered, place):
        return self._answer(connection)

    def _reset(self, connection, words, answered, place):
        return self._abort(connection)

    def _reset_half(self, connection, words, answered, place):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        # A reset throws away what the peer has not read yet, so it waits until everything was acknowledged.
        wait_until(lambda: self._unsent(connection) == 0, what="an acknowledgement")
        return self._abort(connection)

    @staticmethod
    def _unsent(connection):
        import fcntl
        return struct.unpack("i", fcntl.ioctl(connection, 0x5411, b"\0" * 4))[0]  # SIOCOUTQ

    def _truncate(self, connection, words, answered, place):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        return False

    def _close(self, connection, words, answered, place):
        return False

    def _garbage(self, connection, words, answered, place):
        connection.sendall(b"220 mail.example ESMTP ready\r\n")
        return False

    def _silence(self, connection, words, answered, place):
        self.closing.wait()
        return False

    def _drip(self, connection, words, answered, place):
        for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nslowness":
            connection.sendall(bytes([byte]))
            if self.closing.wait(0.002):
                return False
        return True

    def _keep(self, connection, words, answered, place):
        self._answer(connection)
        return answered < int(words[0])

    def _bad_chunk(self, connection, words, answered, place):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnothex\r\nhello\r\n0\r\n\r\n")
        return False

    def _short_chunk(self, connection, words, answered, place):
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nhello")
        return False

    def _to_close(self, connection, words, answered, place):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + self.body)
        if words == ["notified"]:
            connection.unwrap()
        return False

    def _status(self, connection, words, answered, place):
        return self._answer(connection, f"{words[0]} Whatever")

    def _fail_after(self, connection, words, answered, place):
        if place <= int(words[0]):
            return self._answer(connection)
        return self._abort(connection)


def self_signed(folder):
    """Makes a key and a self-signed certificate for 127.0.0.1; returns (server context, certificate file)."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, certificate


@contextlib.contextmanager
def refusing_port():
    """A port that refuses connections for as long as it is held: bound, but not listening."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def unanswering_port():
    """A port on which connecting never ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, deaf(listener) as port:
        yield port


@contextlib.contextmanager
def deaf(listener):
    """Fills the queue of connections of one that has a backlog of 0, so that connecting to its port never ends."""
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]
