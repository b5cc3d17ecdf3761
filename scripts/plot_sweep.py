#!/usr/bin/python3
"""A sweep: throughput and p99 against what was swept, a line per strategy, and where the winner changes."""
import math
import statistics

from plotting import command, inputs, look  # first: it says what is missing of what follows

from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

LEFT, RIGHT, GAP = 58, 18, 74
PANEL, TITLE, BELOW, KEY_ROW = 262, 26, 58, 22
LOG_FROM_RATIO = 12
LEAST_FOR_INTERVAL = 6
ALPHA = 0.05
SHADES = {True: "#EBEBEB", False: "#F6F6F6"}
TITLES = {"rate": "throughput", "wall": "time", "p50": "median latency", "p99": "p99 latency", "cpu": "CPU per request"}
AXES = {"concurrency": "requests in flight", "delay": "delay of an answer", "bytes": "size of an answer"}
METRICS = {
    "rate": ("requests per second", "time_per_request_s", lambda run: run["requests_per_s"] if run["requests"]["completed"] else None),
    "wall": ("time", "wall_s", lambda run: run["wall_s"]),
    "p50": ("latency, p50", "latency_p50_s", lambda run: run["latency"]["percentiles_s"]["50"]),
    "p99": ("latency, p99", "latency_p99_s", lambda run: run["latency"]["percentiles_s"]["99"]),
    "cpu": ("CPU per request, µs", "cpu_us_per_request", lambda run: run["client"]["cpu_us_per_request"]),
}
TIMES = ("wall", "p50", "p99")
USUAL = {"counted": ["rate", "p99"], "timed": ["rate", "p99"], "open": ["p50", "p99"]}


class Sweep:
    """The report's points, of which `axis` is what grows to the right: "concurrency", or the endpoint's delay or size,
    whichever has more values. `rows` are the values of the other, one panel below another; [None] where it has one."""

    def __init__(self, report):
        self.report, self.points = report, report.data["plan"].get("sweep") or []
        if not self.points:
            raise inputs.Unusable(f"{report.path} is no sweep: it takes several numbers of -c, such as -c 1,10,100, or --sweep")
        concurrencies, values = (sorted({p[key] for p in self.points if p[key] is not None}) for key in ("concurrency", "number"))
        self.name = self.points[0]["name"]
        self.axis, other = ("concurrency", values) if len(concurrencies) >= len(values) else (self.name, concurrencies)
        self.rows = other if len(other) > 1 else [None]
        self.labels = [strategy["label"] for strategy in report.data["plan"]["strategies"]]

    def x_of(self, point):
        return self.points[point]["concurrency" if self.axis == "concurrency" else "number"]

    def row_of(self, point):
        return None if self.rows == [None] else self.points[point]["number" if self.axis == "concurrency" else "concurrency"]

    def places(self, row):
        """The points of a row, from left to right."""
        return sorted((i for i in range(len(self.points)) if self.row_of(i) == row), key=self.x_of)

    def written(self, value, name):
        if name == "delay":
            return look.duration(value)
        if name == "bytes":
            return size(value)
        return f"{value:,.6g}"

    def titled(self, row):
        if self.axis == "concurrency":
            return f"{self.name} {self.written(row, self.name)}"
        return f"{self.written(row, None)} in flight"


def size(value):
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if value >= unit and value % unit == 0:
            return f"{value / unit:,.6g} {name}"
    for unit, name in ((1e6, "MB"), (1e3, "kB")):
        if value >= unit:
            return f"{value / unit:,.4g} {name}"
    return f"{value:,.6g} B"


def binomial_below(rank, count):
    """P(Bin(count, 1/2) <= rank - 1)."""
    return sum(math.comb(count, k) for k in range(rank)) / 2**count


def spread(values):
    """(low, high): the interval of the median from ranks, or with too few rounds for one their range."""
    ordered = sorted(values)
    if len(ordered) < LEAST_FOR_INTERVAL:
        return ordered[0], ordered[-1]
    low = max(rank for rank in range(1, len(ordered)) if binomial_below(rank, len(ordered)) <= ALPHA / 2)
    return ordered[low - 1], ordered[-low]


class Series:
    """What a label came to at each place of a row; `flat` where one run holds at all of them."""

    def __init__(self, label, sweep, places, metric):
        known = [(run, METRICS[metric][2](run)) for run in sweep.report.runs if run["label"] == label]
        known = [(run, value) for run, value in known if value is not None]
        self.label, self.flat = label, bool(known) and all(run.get("point") is None for run, _ in known)
        self.x, self.middle, self.low, self.high = [], [], [], []
        for place in places:
            values = [value for run, value in known if run.get("point") in (None, place)]
            if values:
                low, high = spread(values)
                for column, value in zip((self.x, self.middle, self.low, self.high),
                                         (sweep.x_of(place), statistics.median(values), low, high)):
                    column.append(value)


def is_wide(values):
    positive = [value for value in values if value > 0]
    return bool(positive) and max(positive) / min(positive) >= LOG_FROM_RATIO


def value_axis(axes, sweep, values, logarithmic):
    """Ticks at the values swept; of a logarithmic axis 0 is one step left of the least."""
    if logarithmic:
        least = min(value for value in values if value > 0)
        axes.set_xscale("symlog", linthresh=least, linscale=0.5) if min(values) == 0 else axes.set_xscale("log")
    axis = axes.xaxis
    name = None if sweep.axis == "concurrency" else sweep.axis
    axis.set_major_locator(FixedLocator(values))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FixedFormatter([sweep.written(value, name) for value in values]))


def thin_ticks(canvas, axes, values, width):
    """Of ticks whose texts would touch, those that leave room are kept, from the left."""
    positions = [axes.transData.transform((value, 1))[0] for value in values]
    texts, kept, end = list(axes.xaxis.get_major_formatter().seq), [], -math.inf
    for value, at, text in zip(values, positions, texts):
        half = canvas.text_width(text, size=8.5) / 2
        if at - half > end + 6:
            kept.append((value, text))
            end = at + half
    axes.xaxis.set_major_locator(FixedLocator([value for value, _ in kept]))
    axes.xaxis.set_major_formatter(FixedFormatter([text for _, text in kept]))


class Scales:
    """Which axes are logarithmic: those of all panels alike, so that shapes can be compared."""

    def __init__(self, sweep, metrics):
        self.x = any(is_wide([sweep.x_of(place) for place in sweep.places(row)]) for row in sweep.rows)
        self.y = any(is_wide(figures_of(sweep, row, metric)) for row in sweep.rows for metric in metrics)


def figures_of(sweep, row, metric):
    series = [Series(label, sweep, sweep.places(row), metric) for label in sweep.labels]
    return [value for one in series for value in one.low + one.high]


def marked(text, logarithmic):
    return text + (" (log scale)" if logarithmic else "")


def figure_axis(axes, metric, series, logarithmic):
    values = [value for one in series for value in one.low + one.high]
    if not values:
        return
    axis = axes.yaxis
    if logarithmic and max(values) > 0:
        axes.set_yscale("log")
        high = max(values)
        low = min(high / 10, *(value for value in values if value > 0))  # so that small differences look small
        axes.set_ylim(low / 1.4, high * (high / low) ** 0.12)
        axis.set_major_locator(LogLocator(10, subs=(1, 2, 5) if high / low < 200 else (1,)))
        axis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(0, max(values) * 1.15 or 1)
        axis.set_major_locator(MaxNLocator(6))
    written = look.duration if metric in TIMES else look.number
    axis.set_major_formatter(FuncFormatter(lambda value, _: written(value) if value > 0 else "0"))


def draw_series(axes, one, colour):
    axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.16, linewidth=0, zorder=2)
    axes.plot(one.x, one.middle, color=colour, linewidth=1.8, linestyle=(0, (4, 2)) if one.flat else "-", zorder=3,
              marker=None if one.flat else "o", markersize=5, markerfacecolor="white", markeredgecolor=colour,
              markeredgewidth=1.4, clip_on=False)


def crossovers_of(sweep, row, metric, metrics):
    """Those of this row that belong to this metric: throughput is wall time's, and the first shows what none does."""
    names = {METRICS[m][1]: m for m in reversed(metrics)}
    if "rate" in metrics and "wall" not in metrics:
        names["wall_s"] = "rate"
    for crossover in sweep.report.data.get("crossovers", []):
        ends = crossover["from_point"], crossover["to_point"]
        if names.get(crossover["metric"], metrics[0]) == metric and all(sweep.row_of(end) == row for end in ends):
            yield crossover, *map(sweep.x_of, ends)


def draw_crossovers(canvas, axes, found):
    """Shaded from the last point before to the first after; the words in turn one below another."""
    for place, (crossover, start, end) in enumerate(found):
        if start == end:
            continue
        axes.axvspan(start, end, color=SHADES[crossover["supported"]], linewidth=0, zorder=0)
        words = f"{look.clean(crossover['winner_before'])} → {look.clean(crossover['winner_after'])}"
        words = canvas.shorten(words + ("" if crossover["supported"] else " (too few rounds)"), 220, size=8)
        at = [axes.transData.transform((x, 1))[0] for x in (start, end)]
        box, half = axes.get_window_extent(canvas.renderer), canvas.text_width(words, size=8) / 2
        middle = min(max(sum(at) / 2, box.x0 + half + 4), box.x1 - half)
        axes.text((middle - box.x0) / box.width, 0.985 - 0.052 * (place % 3), words, size=8, color=look.SOFT, ha="center", va="top",
                  transform=axes.transAxes, zorder=5)


def draw_panel(canvas, box, sweep, row, metric, metrics, colours, scales):
    left, top, width, _ = box
    title = marked(METRICS[metric][0], scales.y) + (f"; {sweep.titled(row)}" if row is not None else "")
    canvas.text(left, top, canvas.shorten(title, width, size=9, weight="bold"), size=9, weight="bold")
    axes = canvas.axes(left, top + TITLE, width, PANEL - TITLE)
    places = sweep.places(row)
    values = [sweep.x_of(place) for place in places]
    series = [Series(label, sweep, places, metric) for label in colours]
    value_axis(axes, sweep, values, scales.x)
    figure_axis(axes, metric, series, scales.y)
    axes.grid(True, axis="y")
    for one in series:
        draw_series(axes, one, colours[one.label])
    axes.margins(x=0.04)
    axes.set_xlim(axes.get_xlim())
    thin_ticks(canvas, axes, values, width)
    draw_crossovers(canvas, axes, list(crossovers_of(sweep, row, metric, metrics)))
    canvas.text(left + width / 2, top + PANEL + 22, marked(AXES[sweep.axis], scales.x), size=8.5, color=look.SOFT, ha="center")


def draw_key(canvas, top, sweep, colours):
    """A line and a name for each label, in as many rows as it takes; returns how many. With top None nothing is drawn."""
    x, row = look.LEFT_MARGIN_PX, 0
    for label, colour in colours.items():
        flat = Series(label, sweep, sweep.places(sweep.rows[0]), "wall").flat
        name = canvas.shorten(look.clean(label), 300, size=9) + (" (at every point the same)" if flat else "")
        width = canvas.text_width(name, size=9) + 56
        if x > look.LEFT_MARGIN_PX and x + width > canvas.width - RIGHT:
            x, row = look.LEFT_MARGIN_PX, row + 1
        if top is not None:
            y = top + row * KEY_ROW
            axes = canvas.axes(x, y, 26, 12)
            axes.set_axis_off()
            axes.plot([0, 1], [0, 0], color=colour, linewidth=2.2, linestyle=(0, (4, 2)) if flat else "-")
            canvas.text(x + 32, y + 6, name, size=9, va="center_baseline")
        x += width
    return row + 1


def subtitle_of(sweep):
    rounds = max(run["round"] for run in sweep.report.runs)
    plan = sweep.report.data["plan"]
    if rounds == 1:
        how = "one round, which supports no claim"
    elif rounds < LEAST_FOR_INTERVAL:
        how = f"medians of {rounds} rounds, bands their range"
    else:
        how = f"medians of {rounds} rounds, bands their 95 % intervals"
    target = "the embedded endpoint" if plan.get("embedded") else look.clean(sweep.report.target)  # whose port is gone
    load = look.load(plan)
    what = f"{load} to {target}; " if load else ""
    shaded = "; shaded: the winner changes" if sweep.report.data.get("crossovers") else ""
    return what + how + shaded


def title_of(sweep, metrics):
    names = [TITLES[metric] for metric in metrics]
    joined = ", ".join(names[:-1]) + (" and " if names[1:] else "") + names[-1]
    return f"{joined[0].upper()}{joined[1:]} by {AXES[sweep.axis]}"


def draw(arguments, reports, samples):
    if samples or len(reports) != 1:
        raise inputs.Unusable("give one report of a sweep, and nothing else")
    sweep = Sweep(reports[0])
    metrics = list(dict.fromkeys(arguments.metric or USUAL[sweep.report.load]))
    colours = look.colours(sweep.labels)
    key_rows = draw_key(look.Canvas(arguments.width, 400), None, sweep, colours)
    natural = 68 + (PANEL + BELOW) * len(sweep.rows) + KEY_ROW * key_rows + 6
    canvas = look.Canvas(arguments.width, arguments.height or natural)
    top = canvas.heading(arguments.title or title_of(sweep, metrics), subtitle_of(sweep)) + 8
    scales = Scales(sweep, metrics)
    width = (canvas.width - LEFT - RIGHT - GAP * (len(metrics) - 1)) / len(metrics)
    for place, row in enumerate(sweep.rows):
        for column, metric in enumerate(metrics):
            box = LEFT + column * (width + GAP), top + place * (PANEL + BELOW), width, PANEL
            draw_panel(canvas, box, sweep, row, metric, metrics, colours, scales)
    draw_key(canvas, canvas.height - KEY_ROW * key_rows - 4, sweep, colours)
    return canvas


def main():
    p = command.parser(__doc__, "a report of fetchbench -c 1,10,100, or of --sweep")
    p.add_argument("--metric", action="append", choices=METRICS, help="what is shown; may be repeated (rate, p99)")
    command.run(p, draw)


if __name__ == "__main__":
    main()
