"""What an endpoint itself saw: `serve --access-log`, read and joined by the key in the URL; and the service times that
/sojourn draws, computed a second time."""
import json
import math
import re

from servers import Endpoint, wait_until

WORD = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & WORD
    return z ^ (z >> 31)


def exponential_ns(mean_ns, seed, key):
    """The service time of /sojourn/exponential."""
    generator = mixed(mixed((seed + GAMMA) & WORD) + (key + 1) * GAMMA & WORD)
    bits = mixed(generator + GAMMA & WORD)
    return round(mean_ns * -math.log(((bits >> 11) + 1) / 2 ** 53))


class LoggedEndpoint(Endpoint):
    """fetchbench serve with a log of its answers."""

    def __init__(self, binary, folder, *args):
        self.log = folder / "served.ndjson"
        super().__init__(binary, "--access-log", str(self.log), *args)

    def lines_once_there(self, count, token=""):
        """All lines whose target has the token, once there are so many."""

        def lines():
            found = [line for line in self.log.read_text().splitlines() if token in line]
            return found if len(found) >= count else None

        return [json.loads(line) for line in wait_until(lines, what=f"{count} lines of the access log")]

    def by_key(self, count, token=""):
        """Key in the URL -> line, once there are so many, each key once."""
        lines = self.lines_once_there(count, token)
        found = {int(re.search(r"[?&]key=(\d+)", line["target"])[1]): line for line in lines}
        assert len(found) == len(lines) == count
        return found
