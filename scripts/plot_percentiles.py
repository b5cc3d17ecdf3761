#!/usr/bin/python3
"""Latency by percentile, the tail stretched: each step to the right is ten times rarer."""
import collections

from plotting import command, hdr, inputs, look  # first: it says what is missing of what follows

from matplotlib.lines import Line2D
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, NullLocator
import numpy as np

MEASURES = ["latency", "service_time", "queue_wait", "dns", "connect", "tls", "wait", "receive", "work"]
WORDS = {"service_time": "service time", "queue_wait": "time in the queue", "dns": "name resolution", "connect": "connecting",
         "tls": "TLS handshake", "wait": "wait for the first byte", "receive": "receiving", "work": "work on the body"}
DASHES = ["-", (0, (3, 1)), (0, (1, 0.8)), (0, (4, 1, 1, 1)), (0, (6, 2))]
AGREEMENT = 0.0011  # a histogram's values are within 1/1024 of the exact ones
FEW = 10
CROWDED = 500_000  # requests from which 0 % and 50 % lie too close for two texts
MOST_STEPS = 4000  # of a line
LOG_FROM_RATIO = 25
KEY_WIDTH, KEY_ROW, AXIS_ROOM = 300, 40, 68


class Curve:
    """Distinct values in seconds, ascending, and how many requests had each; `rounds` of them pooled. `told` is what the
    report says of the same requests: it may know percentiles more exactly, and intervals."""

    def __init__(self, place, values_s, counts, rounds=1, told=None):
        self.label, self.name, self.path = place
        self.values_s, self.rounds, self.told = values_s, rounds, told or {}
        self.total = int(counts.sum())
        self.up_to = np.cumsum(counts)

    def at(self, percentile):
        exact = self.told.get("percentiles_s", {}).get(f"{percentile:g}")
        return self.drawn_at(percentile) if exact is None else exact

    def drawn_at(self, percentile):
        rank = max(1, int(np.ceil(round(percentile / 100 * self.total, 6))))
        return self.values_s[np.searchsorted(self.up_to, rank)]

    def steps(self):
        """(x, y): from each x = 1/(1-p) on, the value below which a share p lies; ends at x = total, the last request."""
        below = np.concatenate([[0], self.up_to[:-1]])
        x = np.append(self.total / (self.total - below), self.total)
        seen = visible(x)
        return x[seen], np.append(self.values_s, self.values_s[-1])[seen]


def visible(x):
    """Places of those steps that a picture can tell apart: the first and the last of each of many equal parts of the axis."""
    if len(x) <= MOST_STEPS:
        return np.arange(len(x))
    part = np.floor(np.log(x) / np.log(x[-1]) * MOST_STEPS)
    return np.flatnonzero(np.append(True, (np.diff(part) > 0)) | np.append(np.diff(part) > 0, True))


def distribution_of(run, measure):
    return run["phases"][measure] if measure in run["phases"] else run.get(measure)


def decoded(path, run, distribution):
    """The run's histogram, checked against what the report says of it."""
    try:
        values_ns, counts = hdr.decode(distribution["hdr"])
    except hdr.Corrupt as problem:
        raise inputs.Unusable(f"{path}: the histogram of {run['label']} cannot be read: {problem}") from problem
    if counts.sum() != distribution["count"]:
        held, said = int(counts.sum()), distribution["count"]
        raise inputs.Unusable(f"{path}: the histogram of {run['label']} holds {held:,} values, not the {said:,} that it should")
    values_s = np.minimum(values_ns / 1e9, distribution["max_s"])
    curve = Curve((run["label"], "", path), values_s, counts)
    for percentile, value_s in distribution["percentiles_s"].items():
        if value_s is not None and abs(curve.drawn_at(float(percentile)) - value_s) > AGREEMENT * value_s + 1e-9:
            raise inputs.Unusable(f"{path}: the histogram of {run['label']} does not agree with its percentile {percentile}")
    return values_s, counts


def pooled(parts):
    """Distinct values and their counts, of several (values, counts)."""
    values, places = np.unique(np.concatenate([p[0] for p in parts]), return_inverse=True)
    return values, np.bincount(places, weights=np.concatenate([p[1] for p in parts])).astype(np.int64)


def curves_of_report(report, measure):
    """Curves, and the names of what has no such value."""
    found, empty = {}, []
    for run in report.runs:
        distribution = distribution_of(run, measure)
        if distribution and distribution["count"] > 0 and distribution["hdr"]:
            place = run["label"], report.name_of(run), report.path
            found.setdefault(place, []).append((decoded(report.path, run, distribution), distribution))
        else:
            empty.append(report.name_of(run))
    curves = []
    for place, runs in found.items():
        told = runs[0][1] if len(runs) == 1 else None
        curves.append(Curve(place, *pooled([run[0] for run in runs]), len(runs), told))
    return curves, [name for name in empty if name not in (curve.name for curve in curves)]


def curves_of_samples(samples, measure):
    if measure not in ("latency", "service_time"):
        raise inputs.Unusable(f"{samples.path} holds samples, of which latency and service_time are drawn: give the report")
    values = collections.defaultdict(list)
    for (label, _), requests in samples.runs.items():
        whole = requests[~requests["failed"] & ~np.isnan(requests["end"])]
        begun = whole["start"] if measure == "service_time" else np.fmin(whole["start"], whole["due"])
        values[label].append(whole["end"] - begun)
    curves, empty = [], []
    for label, rounds in values.items():
        distinct, counts = np.unique(np.concatenate(rounds), return_counts=True)
        if len(distinct):
            curves.append(Curve((label, label, samples.path), distinct, counts, len(rounds)))
        else:
            empty.append(label)
    return curves, empty


def gather(reports, samples, measure):
    """All curves under names that differ; samples of what a report has a curve of are left out."""
    curves, empty, known = [], [], {inputs.label_at(run["label"], run.get("point")) for report in reports for run in report.runs}
    for report in reports:
        found, none = curves_of_report(report, measure)
        curves += found
        empty += none
    for file in samples:
        found, none = curves_of_samples(file, measure)
        curves += [curve for curve in found if curve.label not in known]
        empty += [name for name in none if name not in known]
    if not curves:
        which = WORDS.get(measure, measure)
        raise inputs.Unusable(f"no request of {', '.join(map(look.clean, empty[:4]))} has a {which}, so there is nothing to draw")
    inputs.name_apart(curves)
    return curves, empty


def styles_of(curves):
    """{curve: (colour, dashes)}: the colour is the label's, and lines of one colour are dashed differently."""
    colours, used, styles = look.colours([curve.label for curve in curves]), collections.Counter(), {}
    for curve in curves:
        colour = colours[curve.label]
        styles[curve] = colour, DASHES[used[colour] % len(DASHES)]
        used[colour] += 1
    return styles


def percentile_ticks(axis, longest):
    """0 %, 50 %, 90 %, 99 % ... as far as there are requests."""
    nines = range(1, int(np.floor(np.log10(longest) + 1e-9)) + 1)
    places = [1, *([2] if longest >= 2 else []), *(10**n for n in nines)]
    names = ["0 %" if longest < CROWDED else "", *(["50 %"] if longest >= 2 else []), *(nines_text(n) for n in nines)]
    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter(names))
    axis.set_minor_locator(NullLocator())


def nines_text(n):
    return "90 %" if n == 1 else "99 %" if n == 2 else f"99.{'9' * (n - 2)} %"


def value_axis(axes, curves, scale):
    highest = max(curve.values_s[-1] for curve in curves)
    lowest = max(min(curve.values_s[0] for curve in curves), 1e-9)
    logarithmic = scale == "log" or (scale == "auto" and highest / lowest > LOG_FROM_RATIO)
    if not logarithmic:
        axes.set_ylim(0, highest * 1.06 or 1e-9)
        return look.time_axis(axes.yaxis, highest * 1.06)
    axes.set_yscale("log")
    axes.set_ylim(lowest / 1.3, max(highest, lowest) * 1.3)
    decades = np.log10(highest / lowest)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if decades < 2.5 else (1, 3) if decades < 4 else (1,), numticks=30))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: look.duration(value, 1)))
    return None


def draw_curve(axes, curve, style, order):
    x, y = curve.steps()
    sure = max(curve.total / FEW, 1)
    last = np.searchsorted(x, sure, "right")
    there = y[max(last - 1, 0)]
    colour, dashes = style
    options = {"drawstyle": "steps-post", "color": colour, "solid_capstyle": "butt", "linestyle": dashes, "zorder": order}
    axes.plot(np.append(x[:last], sure), np.append(y[:last], there), linewidth=2.2, **options)
    axes.plot(np.append(sure, x[last:]), np.append(there, y[last:]), linewidth=0.9, **options)
    axes.plot(x[-1], y[-1], "o", color=colour, markersize=3.5, zorder=order)


def draw_intervals(axes, curve, colour):
    for percentile, bounds in curve.told.get("ci95_s", {}).items():
        if bounds and None not in bounds:
            x = 1 / (1 - float(percentile) / 100)
            axes.plot([x, x], bounds, color=look.INK, linewidth=1.1, marker="_", markersize=8, zorder=20)
            middle = curve.drawn_at(float(percentile))
            axes.plot([x], [middle], "o", color=colour, markeredgecolor=look.INK, markersize=4, zorder=21)


def draw_key(canvas, curves, styles, top):
    """A table of the lines, in the order of their tails, at the right."""
    left, text_left = canvas.width - KEY_WIDTH + 4, canvas.width - KEY_WIDTH + 34
    columns = [(canvas.width - 124, "p50"), (canvas.width - 68, "p99"), (canvas.width - 12, "max")]
    room = canvas.width - 12 - text_left
    names = look.shortened_alike(canvas, [curve.name for curve in curves], room, size=9, weight="bold")
    for row, (curve, name) in enumerate(zip(curves, names)):
        y = top + 30 + KEY_ROW * row
        canvas.figure.add_artist(line_of_key(canvas, left, y, *styles[curve]))
        canvas.text(text_left, y, name, size=9, va="center_baseline", weight="bold")
        values = [curve.at(50), curve.at(99) if curve.total >= 100 else None, curve.values_s[-1]]
        for (x, _), value in zip(columns, values):
            canvas.text(x, y + 16, "–" if value is None else look.duration(value), size=8.5, ha="right", va="center_baseline")
        canvas.text(text_left, y + 16, f"{curve.total:,}", size=8, color=look.SOFT, va="center_baseline")
    for x, word in columns:
        canvas.text(x, top, word, size=8.5, color=look.SOFT, ha="right")
    canvas.text(text_left, top, "requests", size=8.5, color=look.SOFT)


def line_of_key(canvas, left, y, colour, dashes):
    across, down = [left / canvas.width, (left + 24) / canvas.width], [1 - y / canvas.height] * 2
    return Line2D(across, down, color=colour, linestyle=dashes, linewidth=2.4, solid_capstyle="butt")


def subtitle_of(reports, empty):
    parts = [look.clean(reports[0].target)] if len(reports) == 1 else []
    if empty:
        parts.append("nothing to draw of " + ", ".join(map(look.clean, dict.fromkeys(empty))))
    return "; ".join(parts)


def draw(arguments, reports, samples):
    curves, empty = gather(reports, samples, arguments.measure)
    word = WORDS.get(arguments.measure, arguments.measure)
    height = arguments.height or max(460, 140 + KEY_ROW * len(curves))
    canvas = look.Canvas(arguments.width, height)
    styles = styles_of(curves)
    top = canvas.heading(arguments.title or f"{word.capitalize()} by percentile", subtitle_of(reports, empty)) + 8
    axes = canvas.axes(AXIS_ROOM + 10, top, canvas.width - AXIS_ROOM - KEY_WIDTH - 26, height - top - 72)
    unit = value_axis(axes, curves, arguments.axis)
    longest = max(curve.total for curve in curves)
    axes.set_xscale("log")
    axes.set_xlim(1, max(longest, 2) * 1.08)
    percentile_ticks(axes.xaxis, longest)
    axes.grid(True)
    for order, curve in enumerate(curves, 3):
        draw_curve(axes, curve, styles[curve], order)
        if arguments.intervals:
            draw_intervals(axes, curve, styles[curve][0])
    axes.set_ylabel(f"{word}, {unit}" if unit else word)
    axes.set_xlabel("share of the requests that were at least as fast")
    few = f"A line ends at its slowest request, and is thin where it rests on fewer than {FEW} requests."
    if any(curve.rounds > 1 for curve in curves):
        few += " Rounds are taken together."
    if arguments.intervals:
        few += " Whiskers are 95 % intervals."
    canvas.text(look.LEFT_MARGIN_PX, height - 20, few, size=8, color=look.SOFT)
    by_tail = sorted(curves, key=lambda curve: -curve.at(99))
    draw_key(canvas, by_tail, styles, top - 6)
    return canvas


def main():
    p = command.parser(__doc__, "reports of fetchbench, or samples where there is no report of the same label")
    p.add_argument("--measure", choices=MEASURES, default="latency", help="what is drawn (latency)")
    p.add_argument("--axis", choices=["auto", "linear", "log"], default="auto",
                   help="the axis of times (log where they differ much)")
    p.add_argument("--intervals", action="store_true", help="the report's 95 %% intervals of p50 and p99, of single rounds")
    command.run(p, draw)


if __name__ == "__main__":
    main()
