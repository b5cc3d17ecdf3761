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

    def __init__(self, binary, folder, *args, **place):
        self.log = folder / "served.ndjson"
        super().__init__(binary, "--access-log", str(self.log), *args, **place)

    def lines(self, token=""):
        """Those whose target has the token. The last one may still be being written."""
        text = self.log.read_text()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines() if token in line]

    def lines_once_there(self, count, token=""):
        """All lines whose target has the token, once there are so many."""
        return wait_until(lambda: found if len(found := self.lines(token)) >= count else None, what=f"{count} lines of the log")

    def by_key(self, keys, token=""):
        """Key in the URL -> line, once all those keys are there. No key is there twice."""

        def found():
            lines = self.lines(token)
            known = {int(re.search(r"[?&]key=(\d+)", line["target"])[1]): line for line in lines}
            assert len(known) == len(lines)
            return known if known.keys() >= set(keys) else None

        return wait_until(found, what=f"{len(keys)} lines of the log")
