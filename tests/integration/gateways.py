"""Ways to a server other than plain TCP: nginx behind TLS, HTTP/2 and a unix socket, tinyproxy, a name service of one's
own. Each says what really came through it."""
import re
import socket
import subprocess
from collections import namedtuple

from servers import Nginx, end_process, get, wait_until

SECURE_CONF = """
    log_format seen '$server_protocol $connection $server_port "$ssl_client_s_dn" $host $request_method $request_uri';
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    http2_max_concurrent_streams 128;
    access_log {folder}/seen.log seen;
    server {{
        listen 127.0.0.1:{tls} ssl http2 backlog=4096;
        location / {{ return 200 '{body}'; }}
        location /bin/ {{ proxy_pass {upstream}/; }}
    }}
    server {{
        listen 127.0.0.1:{old} ssl backlog=4096;
        location / {{ return 200 '{body}'; }}
    }}
    server {{
        listen 127.0.0.1:{strict} ssl http2;
        ssl_client_certificate {client_certificate};
        ssl_verify_client on;
        location / {{ return 200 '{body}'; }}
    }}
    server {{
        listen 127.0.0.1:{restless} ssl http2;
        keepalive_requests 40;
        location / {{ return 200 '{body}'; }}
    }}
    server {{
        listen unix:{folder}/nginx.sock;
        location / {{ return 200 '{body}'; }}
    }}
"""

Seen = namedtuple("Seen", "protocol connection port client host method target")


def free_ports(count):
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def client_certificate(folder):
    """Makes a certificate for CN=visitor; returns (certificate, key, the key encrypted with "open:sesame")."""
    certificate, key, locked = (folder / name for name in ("visitor.pem", "visitor.key", "visitor.locked"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=visitor", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:open:sesame", "-out", locked],
                   check=True, capture_output=True)
    return certificate, key, locked


class SecureNginx(Nginx):
    """nginx with servers of several kinds, one per port, that log what they saw.

    tls       TLS and HTTP/2; /bin/ leads on to `upstream`     strict    wants a client's certificate
    old       TLS, but no HTTP/2                               restless  ends a connection after 40 requests
    socket    the path of a unix socket
    """

    def __init__(self, folder, certificate, key, upstream):
        self.certificate, self.key, self.upstream = certificate, key, upstream
        self.client_certificate, self.client_key, self.locked_key = client_certificate(folder)
        self.socket = folder / "nginx.sock"
        super().__init__(folder, 4096)

    def configuration(self, more=""):
        self.socket.unlink(missing_ok=True)
        self.tls, self.old, self.strict, self.restless = free_ports(4)
        return super().configuration(SECURE_CONF.format(
            folder=self.folder, certificate=self.certificate, key=self.key, client_certificate=self.client_certificate,
            tls=self.tls, old=self.old, strict=self.strict, restless=self.restless, upstream=self.upstream, body="{}"))

    def being_answered(self):
        """Requests in hand, streams of HTTP/2 each for itself."""
        return int(re.search(r"Writing: (\d+)", get(self.port, "/status"))[1])

    def seen(self, token, count):
        """The requests whose target carries token, once as many as count are there."""
        path = self.folder / "seen.log"

        def found():
            lines = [line for line in path.read_text().splitlines() if token in line]
            return lines if len(lines) >= count else None

        lines = wait_until(found, 10, f"{count} requests with {token} at nginx")
        return [Seen(*line.replace('"', "").split(" ")) for line in lines]


TINYPROXY_CONF = """
Port {port}
Listen 127.0.0.1
Timeout 60
MaxClients 200
LogFile "{folder}/tinyproxy.log"
LogLevel Connect
Allow 127.0.0.1
{more}
"""


class Tinyproxy:
    """A real proxy; with a user, one that wants to be told who asks."""

    def __init__(self, folder, user=None, password=None):
        self.folder = folder
        for _ in range(5):
            if self.start(f"BasicAuth {user} {password}" if user else ""):
                return
        raise RuntimeError("tinyproxy did not start")

    def start(self, more):
        self.port, = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        conf = self.folder / "tinyproxy.conf"
        conf.write_text(TINYPROXY_CONF.format(port=self.port, folder=self.folder, more=more))
        self.process = subprocess.Popen(["tinyproxy", "-d", "-c", conf], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

        def listens():
            if self.process.poll() is not None:
                return "ended"
            with socket.socket() as probe:
                return "listens" if probe.connect_ex(("127.0.0.1", self.port)) == 0 else None

        return wait_until(listens, what="tinyproxy") == "listens"

    def asked(self, token, count=0):
        """The request lines it was sent that carry token, once as many as count are there."""
        path = self.folder / "tinyproxy.log"

        def found():
            lines = path.read_text().splitlines()
            return [line.split("): ", 1)[1] for line in lines if "Request (" in line and token in line]

        wait_until(lambda: len(found()) >= count, 10, f"{count} requests with {token} at the proxy")
        return found()

    def close(self):
        end_process(self.process)


NAMES_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes down every name that is looked up; those under .here are 127.0.0.1. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
    char line[300] = "";
    if (node && strlen(node) < sizeof line - 2) {
        int fd = open(getenv("NAMES_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
        strcat(strcpy(line, node), "\n");
        if (fd < 0 || write(fd, line, strlen(line)) < 0 || close(fd))
            abort();
    }
    size_t length = node ? strlen(node) : 0;
    int ours = length > 5 && strcmp(node + length - 5, ".here") == 0;
    return real(ours ? "127.0.0.1" : node, service, hints, found);
}
"""


class Names:
    """A name service: every host under .here is this machine. It stands before the C library's in a process that was
    started with `environment`, and counts what it is asked."""

    def __init__(self, folder):
        self.log = folder / "names.log"
        source, library = folder / "names.c", folder / "names.so"
        source.write_text(NAMES_SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.environment = {"LD_PRELOAD": str(library), "NAMES_LOG": str(self.log),
                            "ASAN_OPTIONS": "verify_asan_link_order=0"}
        self.forget()

    def forget(self):
        self.log.write_text("")

    def asked(self, name):
        return self.log.read_text().splitlines().count(name)
