#!/usr/bin/python3
"""Strategies side by side: time, CPU, memory and context switches, each with its ratio to the first."""
import statistics

from plotting import command, inputs, look

MIB = 1 << 20
ROW, BAR = 34, 15
BEHIND_BAR, BEHIND_DOTS, SPACE = 5, 8, 7
GAP, RIGHT, MOST_NAME = 26, 14, 210


def outcomes(run):
    return run["requests"]["completed"] + run["requests"]["failed"]


def switches(run):
    client, done = run["client"], outcomes(run)
    known = None not in (client["voluntary_switches"], client["involuntary_switches"])
    return (client["voluntary_switches"] + client["involuntary_switches"]) / done if known and done else None


def memory(run):
    used = run["client"]["memory_bytes"]
    return None if used is None else used / MIB


METRICS = {
    "wall": ("time", None, lambda run: run["wall_s"]),
    "cpu": ("CPU per request", "µs", lambda run: run["client"]["cpu_us_per_request"]),
    "memory": ("memory", "MiB", memory),
    "switches": ("context switches/request", "", switches),
    "p50": ("latency, p50", None, lambda run: run["latency"]["percentiles_s"]["50"]),
    "p99": ("latency, p99", None, lambda run: run["latency"]["percentiles_s"]["99"]),
    "rate": ("requests per second", "", lambda run: run["requests_per_s"] if run["requests"]["completed"] else None),
}
USUAL = {"counted": ["wall", "cpu", "memory", "switches"], "timed": ["rate", "cpu", "memory", "switches"],
         "open": ["p50", "p99", "cpu", "memory"]}


class Row:
    """All rounds of a label."""

    def __init__(self, name, path, runs):
        self.name, self.path, self.runs, self.label = name, path, runs, runs[0]["label"]
        self.failed = sum(run["requests"]["failed"] for run in runs)
        self.total = sum(outcomes(run) for run in runs)
        self.unended = sum(run["exit"]["reason"] != "finished" for run in runs)

    def values(self, metric):
        known = [METRICS[metric][2](run) for run in self.runs]
        return [value for value in known if value is not None]

    def trouble(self):
        if self.total and self.failed == self.total:
            return "all failed"
        parts = [f"{self.failed:,} failed"] if self.failed else []
        if self.unended:
            parts.append("did not finish" if len(self.runs) == 1 else f"{self.unended} of {len(self.runs)} did not finish")
        return ", ".join(parts)


def rows_of(reports):
    rows = []
    for report in reports:
        runs = {}
        for run in sorted(report.runs, key=report.place_of):  # rounds are in a random order
            runs.setdefault(report.name_of(run), []).append(run)
        rows += [Row(name, report.path, of_name) for name, of_name in runs.items()]
    inputs.name_apart(rows)
    return rows


def factor(value, first):
    """A ratio in two digits: ×0.015, ×1.2, ×65."""
    ratio = value / first
    return "×1" if abs(ratio - 1) < 0.005 else f"×{look.number(ratio, 2)}"


def written(metric, value):
    unit = METRICS[metric][1]
    return look.duration(value) if unit is None else f"{look.number(value)} {unit}".strip()


class Texts:
    """What is printed behind each bar, and how much room that takes."""

    def __init__(self, canvas, metric, rows):
        middles = [statistics.median(values) if (values := row.values(metric)) else None for row in rows]
        first = middles[0]
        self.middles = middles
        self.values = ["not known" if m is None else written(metric, m) for m in middles]
        self.factors = ["" if m is None or not first or row == 0 else factor(m, first) for row, m in enumerate(middles)]
        self.widths = [canvas.text_width(value, size=8.5) for value in self.values]
        self.factor_widths = [canvas.text_width(text, size=8.5) + SPACE if text else 0 for text in self.factors]

    def scale(self, rows, metric, width):
        """What a pixel stands for, so that each bar and what is printed behind it fit."""
        longest = [max(row.values(metric), default=0) for row in rows]
        room = [max(width - value - factor - BEHIND_DOTS - 2, 20) for value, factor in zip(self.widths, self.factor_widths)]
        return max(value / pixels for value, pixels in zip(longest, room)) or 1


def draw_metric(canvas, left, top, width, rows, metric, colours):
    title = METRICS[metric][0] + (f", {METRICS[metric][1]}" if METRICS[metric][1] else "")
    canvas.text(left, top, canvas.shorten(title, width + GAP - 10, size=9, weight="bold"), size=9, weight="bold")
    texts = Texts(canvas, metric, rows)
    per_pixel = texts.scale(rows, metric, width)
    axes = canvas.axes(left, top + 22, width, ROW * len(rows))
    for place, row in enumerate(rows):
        draw_bar(axes, row, place, texts, row.values(metric), per_pixel, colours[row.label])
    axes.set_xlim(0, width * per_pixel)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def draw_bar(axes, row, place, texts, values, per_pixel, colour):
    middle = texts.middles[place]
    if middle is None:
        axes.text(4 * per_pixel, place, texts.values[place], size=8.5, color=look.SOFT, va="center_baseline", style="italic")
        return
    axes.barh(place, max(middle, 2 * per_pixel), height=BAR / ROW, color=colour, zorder=2)
    if len(row.runs) > 1:
        axes.plot(values, [place] * len(values), "o", markersize=4.5, markerfacecolor="white", markeredgecolor=look.INK,
                  markeredgewidth=0.9, zorder=3, clip_on=False)
    x = max(*values, middle) + (BEHIND_DOTS if len(row.runs) > 1 else BEHIND_BAR) * per_pixel
    axes.text(x, place, texts.values[place], size=8.5, va="center_baseline", zorder=4)
    x += (texts.widths[place] + SPACE) * per_pixel
    axes.text(x, place, texts.factors[place], size=8.5, color=look.SOFT, va="center_baseline", zorder=4)


def draw_names(canvas, top, rows, width):
    names = look.shortened_alike(canvas, [row.name for row in rows], width, size=9.5, weight="bold")
    for place, (row, name) in enumerate(zip(rows, names)):
        y, trouble = top + 22 + ROW * (place + 0.5), row.trouble()
        canvas.text(look.LEFT_MARGIN_PX, y - (7 if trouble else 0), name, size=9.5, weight="bold", va="center_baseline")
        if trouble:
            trouble = canvas.shorten(trouble, width, size=8)
            canvas.text(look.LEFT_MARGIN_PX, y + 8, trouble, size=8, color=look.FAILURE, va="center_baseline")


def name_width(canvas, rows):
    widest = max([canvas.text_width(look.clean(row.name), size=9.5, weight="bold") for row in rows] +
                 [canvas.text_width(row.trouble(), size=8) for row in rows])
    return min(max(widest, 60), MOST_NAME)


def subtitle_of(reports, rows):
    rounds = {len(row.runs) for row in rows}
    most = max(rounds)
    if most > 1:
        how = f"bars are medians of {'up to ' if len(rounds) > 1 else ''}{most} rounds, dots the rounds"
    else:
        how = "one round, which supports no claim that one is faster than another"
    plan = reports[0].data["plan"]
    if len({(report.target, look.load(report.data["plan"])) for report in reports}) > 1:
        return f"of different plans, so no comparison of like with like; {how}"
    load = look.load(plan)
    return f"{load} to {look.clean(reports[0].target)}; {how}" if load else how


def draw(arguments, reports, samples):
    if not reports:
        raise inputs.Unusable(f"{arguments.files[0]} holds samples: give the report that fetchbench -o FILE wrote")
    rows = rows_of(reports)
    metrics = arguments.metric or USUAL[reports[0].load]
    natural = 60 + 34 + ROW * len(rows) + 40
    canvas = look.Canvas(arguments.width, arguments.height or natural)
    top = canvas.heading(arguments.title or "Strategies compared", subtitle_of(reports, rows)) + 8
    names = name_width(canvas, rows)
    draw_names(canvas, top, rows, names)
    colours = look.colours([row.label for row in rows])
    left = look.LEFT_MARGIN_PX + names + 16
    width = (canvas.width - left - RIGHT - GAP * (len(metrics) - 1)) / len(metrics)
    for place, metric in enumerate(metrics):
        draw_metric(canvas, left + place * (width + GAP), top, width, rows, metric, colours)
    if len(rows) > 1:
        note = f"×: of {look.clean(rows[0].name)}, the first" + ("" if "rate" in metrics else "; less is better")
        canvas.text(look.LEFT_MARGIN_PX, canvas.height - 22, canvas.shorten(note, 900, size=8), size=8, color=look.SOFT)
    return canvas


def main():
    p = command.parser(__doc__, "reports of fetchbench")
    p.add_argument("--metric", action="append", choices=METRICS,
                   help="what is shown; may be repeated (wall, cpu, memory, switches)")
    command.run(p, draw)


if __name__ == "__main__":
    main()
