"""What bench_ranks measured, in words, and what follows from it for 100 and 10,000 machines."""
import statistics
import textwrap

from pinned import markdown_table, shown

HOSTS = [100, 10000]
ROUND_TRIP_S = 200e-6  # assumed, of two machines in one place,
FAR_S = 50e-3  # and of two that are far from each other
LINK_BYTES_PER_S = 125e6  # assumed: 1 Gbit/s into rank 0
MIB = 1 << 20


def size_of(count):
    """Three digits, with its unit."""
    for unit, factor in (("GiB", 1 << 30), ("MiB", MIB), ("KiB", 1024)):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count:.0f} bytes"


def percent(share):
    return f"{100 * share:.2g} %"


def wrapped(*paragraphs):
    """Items of a list, or one paragraph."""
    return "\n".join(textwrap.fill(text, 128, subsequent_indent="  " * text.startswith("- "), break_long_words=False,
                                   break_on_hyphens=False) for text in paragraphs)


class Constants:
    """Of the code, for a number of ranks."""

    def __init__(self, document, ranks):
        self.texts, self.ranks = document["constants"], ranks

    def __getitem__(self, name):
        return eval(self.texts[name], {"__builtins__": {}}, {"size": self.ranks})  # the code's own text, of digits and signs

    def seconds(self, name):
        return self[name] / 1e9


def medians(rows, *names):
    return {name: statistics.median(row[name] for row in rows) for name in names}


def slope(first, last, over):
    """What one more of `over` adds."""
    return {name: (last[name] - first[name]) / (last[over] - first[over]) for name in first if name != over}


class Figures:
    """Medians, and what each rank adds."""

    def __init__(self, document):
        self.document = document
        self.merges = [{"reports": row["reports"], "report_bytes": row["report_bytes"],
                        **medians(row["runs"], "wall_s", "cpu_s", "rss_bytes", "bytes")} for row in document["merges"]]
        self.per_report = slope(self.merges[0], self.merges[-1], "reports")
        self.reports = document["reports"]
        self.per_second = slope(*({"seconds": row["seconds"], "bytes": row["bytes"]} for row in (self.reports[0], self.reports[-1])),
                                "seconds")["bytes"]
        self.report_bytes = self.reports[-1]["bytes"]
        self.round_trip_s = statistics.median(t for row in self.reports for t in row["round_trip_s"])
        self.start_ups = {name: statistics.median(times) for name, times in document["start_ups"].items()}
        self.init_s = statistics.median(row["init_s"] for row in document["messages"])
        self.message_s = statistics.median(row["message_s"] for row in document["messages"])
        self.gather_s = statistics.median(row["message_s"] for row in document["gather"])
        self.conductor_share = statistics.median(row["cpu_share"] for row in document["conductors"])
        self.hubs = {rows[0]["ranks"]: medians(rows, "start_s", "look_s", "progress_s", "bytes") for rows in document["hubs"]}
        self.message_bytes = document["hubs"][0][0]["message_bytes"]


def turns(c):
    """One after another, in each of which so many ranks are asked at the same time."""
    return -(-(c.ranks - 1) // c["AT_ONCE"])


def compare_s(f, c, round_trip_s):
    one_s = min(c["COMPARING_EXCHANGES"] * round_trip_s, c.seconds("ENOUGH_NS") + round_trip_s)
    return turns(c) * one_s + f.hubs[c.ranks]["start_s"]


def messages_per_s(c):
    """That rank 0 hears: a sign of life of each rank and how far it is."""
    return c.ranks / c.seconds("SIGN_NS") + c.ranks / max(c.seconds("TICK_NS"), c.ranks * c.seconds("TICK_PER_RANK_NS"))


def busy_share(f, c):
    """Of a core, on rank 0: what any conductor takes, what it hears and says, and its book-keeping."""
    said_per_s = c.ranks / c.seconds("SIGN_NS")
    return (f.conductor_share + (messages_per_s(c) + said_per_s) * f.message_s + messages_per_s(c) * f.hubs[c.ranks]["progress_s"]
            + f.hubs[c.ranks]["look_s"] / c.seconds("LOOK_NS"))


def arithmetic(f, ranks):
    """{what: (value in words)} of one size."""
    c = Constants(f.document, ranks)
    held = f.hubs[ranks]["bytes"] + ranks * f.per_report["rss_bytes"]
    return {
        "round trips one after another, before each run":
            f"{c['COMPARING_EXCHANGES']} x ceil({ranks - 1:,} / {c['AT_ONCE']}) = {c['COMPARING_EXCHANGES'] * turns(c):,}",
        "comparing the clocks": f"{shown(compare_s(f, c, ROUND_TRIP_S))} at {shown(ROUND_TRIP_S)} each, {shown(compare_s(f, c, FAR_S))} "
                                f"at {shown(FAR_S)}",
        "from the word to the moment": shown(c.seconds("LEAD_NS")),
        "so between two runs": shown(compare_s(f, c, ROUND_TRIP_S) + c.seconds("LEAD_NS")),
        "messages to rank 0 while a run is on": f"{messages_per_s(c):,.0f} a second, {size_of(messages_per_s(c) * f.message_bytes)}/s",
        "rank 0's conductor": f"{percent(busy_share(f, c))} of a core",
        "gathered": f"{ranks:,} x {f.report_bytes:,} bytes = {size_of(ranks * f.report_bytes)}",
        "gathering": f"{shown(ranks * max(f.gather_s, f.report_bytes / LINK_BYTES_PER_S))} at 1 Gbit/s",
        "adding them up": shown(ranks * f.per_report["cpu_s"]),
        "memory of rank 0 for it": f"{size_of(held)}, with all reports there at once {size_of(held + ranks * f.report_bytes)}",
        "the report of the whole": size_of(f.merges[0]["bytes"] + (ranks - f.merges[0]["reports"]) * f.per_report["bytes"]),
    }


def arithmetic_table(f):
    columns = [arithmetic(f, ranks) for ranks in HOSTS]
    return markdown_table(["", *(f"{ranks:,} machines" for ranks in HOSTS)],
                          [[what, *(column[what] for column in columns)] for what in columns[0]])


def formulas(f):
    c, one = f.document["constants"], Constants(f.document, 1)
    return wrapped(
        f"- Comparing the clocks: ceil((ranks - 1) / AT_ONCE) x EXCHANGES x the round trip, each rank's being done with once it took "
        f"{shown(one.seconds('ENOUGH_NS'))}, and rank 0's own work as measured. In the code EXCHANGES is {c['COMPARING_EXCHANGES']}, AT_ONCE "
        f"`{c['AT_ONCE']}`, and the lead `{c['LEAD_NS']}` ns, with `size` the ranks and whole numbers. Round trips of {shown(ROUND_TRIP_S)} and "
        f"{shown(FAR_S)} are assumed; on this machine they were {shown(f.round_trip_s)}.",
        f"- Messages to rank 0: from each rank a sign of life every {shown(one.seconds('SIGN_NS'))} and its progress every "
        f"{shown(one.seconds('TICK_NS'))}, of many ranks every ranks x {shown(one.seconds('TICK_PER_RANK_NS'))}; {f.message_bytes} bytes each. Rank 0 "
        "gives each rank a sign of its own.",
        f"- Rank 0's conductor: the {percent(f.conductor_share)} of any, messages x {shown(f.message_s)} (measured, either way) and x what its "
        f"book-keeping takes for one, and that for a look about every {shown(one.seconds('LOOK_NS'))}.",
        f"- Gathering: ranks x the bytes of a report at {LINK_BYTES_PER_S / 1e6:.0f} MB/s (assumed), or x {shown(f.gather_s)} (measured between two "
        "ranks here) where that is longer. Adding up goes on meanwhile.",
        f"- Adding up: ranks x {shown(f.per_report['cpu_s'])}, memory ranks x {size_of(f.per_report['rss_bytes'])} and the book-keeping, the "
        f"report ranks x {size_of(f.per_report['bytes'])}: what each of {f.merges[-1]['reports']:,} reports added to "
        f"{f.merges[0]['reports']:,}, of one run each. Each further run of a series adds as much.")


def report_table(f):
    rows = [[f"a rank's report of one run of {row['seconds']} s with {row['requests']:,} requests", f"{row['bytes']:,}",
             f"{row['histograms']} histograms, {row['histogram_bytes']:,} bytes"] for row in f.reports]
    rows += [["each further second of such a run", f"{f.per_second:,.0f}", "its slice, and fuller histograms"]]
    rows += [[f"a histogram of {row['requests']:,} requests", f"{row['bytes']:,}", ""] for row in f.document["histograms"]]
    return markdown_table(["", "bytes", ""], rows)


def merge_table(f):
    return markdown_table(["reports", "bytes of each", "time", "CPU time", "peak memory", "the sum's bytes"],
                          [[f"{row['reports']:,}", f"{row['report_bytes']:,.0f}", shown(row["wall_s"]), shown(row["cpu_s"]),
                            size_of(row["rss_bytes"]), f"{row['bytes']:,}"] for row in f.merges])


def start_table(f):
    rows = [["an ordinary run", shown(f.start_ups["ordinary"]), ""]]
    for name, seconds in f.start_ups.items():
        if name != "ordinary" and not name.endswith("true"):
            rows.append([f"`{name}`", shown(seconds), shown(f.start_ups[f"{name} true"])])
    return markdown_table(["four requests", "in all", "of which mpirun itself (`true`)"], rows)


def conductor_table(f):
    rows = [[f"rank {rank}", percent(row["cpu_share"]), size_of(row["pss_bytes"])] for rank, row in enumerate(f.document["conductors"])]
    return markdown_table(["conductor of", "of a core", "memory (Pss)"], rows)


def hub_table(f):
    return markdown_table(["ranks", "comparing all clocks", "one look about", "a message of progress", "memory"],
                          [[f"{ranks:,}", shown(row["start_s"]), shown(row["look_s"]), shown(row["progress_s"]), size_of(row["bytes"])]
                           for ranks, row in f.hubs.items()])


def limits(f):
    c = [Constants(f.document, ranks) for ranks in HOSTS]
    far = [shown(compare_s(f, one, FAR_S)) for one in c]
    return wrapped(
        f"- A rank that is not heard of {shown(c[0].seconds('HUB_HELLO_NS'))} after rank 0 began to listen is lost, so the launcher has to start "
        "them within that.",
        f"- A rank that leaves a question about its clock without an answer for {shown(c[0].seconds('ANSWER_NS'))} has no part, unless it "
        f"answered before. Where round trips take {shown(FAR_S)}, {HOSTS[0]:,} machines are compared in {far[0]} and {HOSTS[1]:,} in {far[1]}, "
        f"before each run: ranks are for machines near each other; the server may be anywhere.",
        f"- A rank is lost after {shown(c[0].seconds('HUB_PATIENCE_NS'))} of silence.",
        "- How long a launcher takes to start thousands of processes, and what its network does with as many messages at once, was not "
        "measured: no more than four processes have run here together, the thousands are files and the book-keeping.")


def page(document):
    f = Figures(document)
    where, load = document["machine"], [round(max(document["machine"][key]), 1) for key in ("load_before", "load_after")]
    return f"""# What several machines cost

All of this page is made by

    scripts/bench_ranks.py --output results/ranks

{wrapped(f"Medians of {document['rounds']} measurements each, on {where['processors']} processors ({where['cpu_model']}, Linux {where['kernel']}, "
         f"{document['mpirun']}), {document['started_at'][:10]}; the machine's load was {load[0]} when it began and {load[1]} when it ended. "
         "The figures are in [ranks.json](ranks.json).")}

## 100 and 10,000 machines, by arithmetic

{arithmetic_table(f)}

{formulas(f)}

What of it is measured stands below; for its own load a machine pays what an ordinary run does, and its conductor.

## The limits

{limits(f)}

## How large reports are

Of ranks that ran together (`mpirun -n 2 fetchbench -M async --rate {document['rate']} -d ...`), and histograms by themselves, of times
around 5 ms (log-normal, sigma 0.4), as they stand in a report.

{report_table(f)}

## Merging

`fetchbench merge --shares` of reports of ranks that never were, by wait4 on one processor: each a real rank's report of one run
with all its histograms, of which latency and service time are of {document['merge_requests']:,} times of its own. Each sum was held against what was
to come out.

{merge_table(f)}

## Starting

{wrapped(f"Whole invocations, by turns. MPI's own start (MPI_Init) took {shown(f.init_s)}; of the rest most is the lead and the waiting of "
         f"messages, which are looked for every {shown(Constants(document, 1).seconds('LOOK_NS'))} on their way.")}

{start_table(f)}

## While a run is on

What the processes that mpirun started use: they pass on what their workers tell, and never measure.

{conductor_table(f)}

Rank 0's book-keeping alone (`build/bench/rank_hub`), with ranks that answer at once:

{hub_table(f)}

A message of {f.message_bytes} bytes from rank to rank took {shown(f.message_s)} by TCP, and a report of {f.report_bytes:,} bytes {shown(f.gather_s)}
(`build/bench/rank_messages`, both ranks on this machine).
"""
