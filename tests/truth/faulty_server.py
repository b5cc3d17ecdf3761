"""A server with one fault, named on its command line; it prints the address of its port and serves until it is ended.

    nagle     the head and the body of an answer in two writes, so that the second waits for an acknowledgement (40 ms)
    slowing   each answer takes a little longer than the one before
    late      takes in no connection before the kernel has dropped one, then serves well
"""
import re
import socket
import sys
import threading
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
BODY = b"hello"
STEP_S = 20e-6


def requests_of(connection):
    """Yields once per request that came, until the client closes."""
    waiting = b""
    while True:
        got = connection.recv(65536)
        if not got:
            return
        waiting += got
        while b"\r\n\r\n" in waiting:
            waiting = waiting.partition(b"\r\n\r\n")[2]
            yield


def answer_in_two(connection):
    for _ in requests_of(connection):
        connection.send(HEAD)
        connection.send(BODY)


def answer_well(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in requests_of(connection):
        connection.sendall(HEAD + BODY)


class Slowing:
    def __init__(self):
        self.answers = 0

    def __call__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in requests_of(connection):
            self.answers += 1
            time.sleep(self.answers * STEP_S)
            connection.sendall(HEAD + BODY)


def listen_drops():
    with open("/proc/net/netstat") as f:
        names, numbers = re.findall(r"^TcpExt: (.*)", f.read(), re.MULTILINE)
    return int(numbers.split()[names.split().index("ListenDrops")])


def wait_for_drop():
    before, end = listen_drops(), time.monotonic() + 20
    while listen_drops() == before and time.monotonic() < end:
        time.sleep(0.01)


def main():
    fault = sys.argv[1]
    answer = {"nagle": answer_in_two, "slowing": Slowing(), "late": answer_well}[fault]
    with socket.create_server(("127.0.0.1", 0), backlog=1 if fault == "late" else 128) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
        if fault == "late":
            wait_for_drop()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection,), daemon=True).start()


main()
