"""HTTP requests as bytes, for what no client library would send."""
import contextlib
import socket


def exchange(port, raw):
    """Sends bytes, reads to the end; returns the status, the headers and the body. Headers are pairs in the order they came,
    the names in lower case."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            s.sendall(raw)  # who has answered already may have closed
        with contextlib.suppress(ConnectionResetError):
            for part in iter(lambda: s.recv(65536), b""):
                answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    headers = [(k.strip().lower().decode(), v.strip()) for k, _, v in (line.partition(b":") for line in lines[1:])]
    return int(lines[0].split()[1]), headers, body


def request(target, head=b"", body=b"", method=b"GET", host=b"test.example:8"):
    """A request as bytes. A body is announced unless head speaks of its length or of chunks."""
    if body and b"Content-Length" not in head and b"chunked" not in head:
        head += b"Content-Length: %d\r\n" % len(body)
    return (method + b" " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n" + head + b"\r\n"
            + body)
