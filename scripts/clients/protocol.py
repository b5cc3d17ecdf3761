"""What the clients beside it share: the job that fetchbench gives to an outside program (fetchbench --help protocol),
and telling what became of each request."""
import hashlib
import json
import os
import sys
import threading
import time

for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
    del os.environ[name]  # no strategy of fetchbench heeds them

# What is in an exception's words, and the class of failure that it means; the first that fits.
CLASSES = [
    ("ConnectTimeout", "connect_timeout"), ("ConnectionTimeoutError", "connect_timeout"), ("imeout", "timeout"),
    ("timed out", "timeout"), ("CERTIFICATE_VERIFY", "tls_verify"), ("SSL", "tls"), ("refused", "connection_refused"),
    ("Connect call failed", "connection_refused"),
    ("resolve", "dns"), ("not known", "dns"), ("name resolution", "dns"), ("IncompleteRead", "truncated"),
    ("ClientPayloadError", "truncated"), ("BadStatusLine", "protocol"), ("BadHttpMessage", "protocol"),
    ("Too many open files", "too_many_files"), ("reset", "connection_reset"), ("isconnected", "connection_reset"),
]


class Job:
    """What is to be sent."""

    def __init__(self, environment=os.environ):
        with open(environment["FETCHBENCH_URLS"]) as f:
            self.urls = f.read().splitlines()
        self.headers = {}
        with open(environment["FETCHBENCH_HEADERS"], encoding="latin-1") as f:  # as http.client sends them
            for name, _, value in (line.partition(":") for line in f):
                before = f"{self.headers[name]}, " if name in self.headers else ""
                self.headers[name] = before + value.strip()
        if not any(name.lower() == "accept-encoding" for name in self.headers):
            self.headers["Accept-Encoding"] = "identity"  # else the libraries ask for compressed answers
        self.body = None
        if "FETCHBENCH_BODY" in environment:
            with open(environment["FETCHBENCH_BODY"], "rb") as f:
                self.body = f.read()
        self.method = environment["FETCHBENCH_METHOD"]
        self.concurrency = int(environment["FETCHBENCH_CONCURRENCY"])
        self.keepalive = environment["FETCHBENCH_KEEPALIVE"] == "1"
        self.timeout = float(environment["FETCHBENCH_TIMEOUT"])
        self.connect_timeout = float(environment["FETCHBENCH_CONNECT_TIMEOUT"])
        self.insecure = environment["FETCHBENCH_INSECURE"] == "1"
        self.cacert = environment.get("FETCHBENCH_CACERT")
        user = environment.get("FETCHBENCH_USER")
        self.auth = tuple(user.split(":", 1)) if user else None
        self.work = environment.get("FETCHBENCH_WORK")  # "sha256/K" or "json"

    def __len__(self):
        return len(self.urls)

    def sender(self):
        """A function that sends the request of an index with requests and returns what became of it: on one session
        where connections are to be kept, else each on a connection of its own. For one thread."""
        import requests
        request = requests.Session().request if self.keepalive else requests.request
        settings = {"headers": self.headers, "data": self.body, "auth": self.auth, "allow_redirects": False,
                    "timeout": (self.connect_timeout, self.timeout),
                    "verify": False if self.insecure else self.cacert or True}

        def send(index):
            start = time.monotonic()
            try:
                response = request(self.method, self.urls[index], **settings)
                return self.outcome(index, start, response.status_code, response.content)
            except (requests.RequestException, OSError) as error:
                return failure(index, start, error)

        return send

    def outcome(self, index, start, status, body):
        """Of a request that was answered just now. The work on its body is done here, and its time told apart."""
        end = time.monotonic()
        result = {"index": index, "start_s": start, "end_s": end, "status": status, "bytes": len(body)}
        if self.work:
            try:
                work_on(body, self.work)
            except ValueError as error:
                result.update(error="work", message=str(error))
            result["work_s"] = time.monotonic() - end
        return result

    def wait_for_the_word(self):
        """All that is not to be measured has been done. Repeats what the work is, to say that it will be done."""
        print(json.dumps({"ready": 1, "work": self.work}), flush=True)
        sys.stdin.readline()


def work_on(body, work):
    """Parses the body, or digests it K times."""
    if work == "json":
        json.loads(body)
        return
    for _ in range(int(work.removeprefix("sha256/"))):
        hashlib.sha256(body).digest()


def failure(index, start, error):
    """Of a request that has just failed with an exception."""
    words = f"{type(error).__name__}: {error}"
    name = next((name for text, name in CLASSES if text in words), "other")
    return {"index": index, "start_s": start, "end_s": time.monotonic(), "error": name, "message": words[:200]}


telling = threading.Lock()  # threads that write to sys.stdout at once lose lines (Python issue 119506)


def tell(result):
    with telling:
        sys.stdout.write(json.dumps(result) + "\n")
