"""Reports of shares of a load that never was: requests whose times are known, as any number of hosts would report them.

The histograms are encoded here as HdrHistogram's V2 format says, so that fetchbench's sums can be held against what a
second implementation makes of all requests at once.
"""
import base64
import copy
import json
import math
import random
import struct
import zlib

LENGTH = 33792
HIGHEST_NS = 3600 * 10**9


def counter_of(value_ns):
    bucket = max(0, value_ns.bit_length() - 11)
    return bucket * 1024 + (value_ns >> bucket)


def counts_of(values_ns):
    counts = {}
    for value in values_ns:
        index = counter_of(value)
        counts[index] = counts.get(index, 0) + 1
    return counts


def _zigzag(value):
    rest = value << 1 if value >= 0 else (-value << 1) - 1
    encoded = bytearray()
    while rest >= 0x80:
        encoded.append(0x80 | rest & 0x7F)
        rest >>= 7
    return bytes(encoded) + bytes([rest])


def encode(counts):
    """A histogram as text."""
    payload, last = bytearray(), -1
    for index in sorted(counts):
        zeros = index - last - 1
        if zeros:
            payload += _zigzag(0 if zeros == 1 else -zeros)
        payload += _zigzag(counts[index])
        last = index
    plain = struct.pack(">IIIIQQd", 0x1C849313, len(payload), 0, 3, 1, HIGHEST_NS, 1.0) + payload
    packed = zlib.compress(plain)
    return base64.b64encode(struct.pack(">II", 0x1C849314, len(packed)) + packed).decode()


def plain(text):
    """What is compressed in such a text."""
    return zlib.decompress(base64.b64decode(text)[8:])


def nearest(ordered, q):
    return ordered[max(0, math.ceil(q * len(ordered) - 1e-9) - 1)]


def distribution(like, values_ns):
    ordered = sorted(values_ns)
    mean = math.fsum(ordered) / len(ordered)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in ordered) / len(ordered))
    percentiles = {q: nearest(ordered, float(q) / 100) / 1e9 for q in like["percentiles_s"]}
    half = 0.98 * math.sqrt(len(ordered))
    low, high = (ordered[min(len(ordered) - 1, max(0, round(len(ordered) / 2 + side)))] / 1e9 for side in (-half, half))
    return {**like, "count": len(ordered), "min_s": ordered[0] / 1e9, "mean_s": mean / 1e9, "stddev_s": deviation / 1e9,
            "max_s": ordered[-1] / 1e9, "percentiles_s": percentiles, "least_s": None, "censored": False,
            "ci95_s": {"50": [low, high], "99": None}, "ci95_source": "iid", "hdr": encode(counts_of(ordered))}


def samples_ns(rank, count, factor=1.0):
    """Log-normal times around 5 ms."""
    draw = random.Random(rank)
    return [max(1, round(factor * 5e6 * math.exp(draw.gauss(0, 0.4)))) for _ in range(count)]


def share(template, rank, count, values_ns, skew_s=0.0, host=None):
    """The report of one share; each of its runs took the same times."""
    report = copy.deepcopy(template)
    report["started_at"] = f"2026-01-02T03:04:{rank % 60:02}.{rank // 60 % 1000:03}Z"
    report["finished_at"] = "2026-01-02T04:00:00.000Z"
    offset = 1000.0 * rank
    report["share"] = {"index": rank, "count": count, "host": host or f"node{rank}", "launcher": "mpi", "load": "one launch",
                       "clocks": [{"at_s": 100 + offset, "offset_s": offset, "round_trip_s": 2e-5}]}
    for run in report["runs"]:
        run["latency"] = run["service_time"] = distribution(run["latency"], values_ns)
        run["queue_wait"] = run["send_slip"] = None
        run["phases"] = dict.fromkeys(run["phases"])
        run["clock_go_s"], run["start_agreed_s"] = 100 + offset + skew_s, 100.0
        run["requests"] |= {"total": len(values_ns), "completed": len(values_ns)}
    return report


def write_shares(folder, template, count, samples, ranks=None, **changes):
    """Files of all shares, or of some ranks; returns their paths and all requests' times."""
    paths, every = [], []
    for rank in range(count) if ranks is None else ranks:
        values = samples_ns(rank, samples)
        every += values
        paths.append(folder / f"out.rank{rank}.json")
        paths[-1].write_text(json.dumps(share(template, rank, count, values, **changes)))
    return paths, every
