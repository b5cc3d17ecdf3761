#!/usr/bin/python3
"""What bench_peers measured: CPU time per request, requests per second, memory and p99 of each client, plain and with TLS."""
import json
import statistics
from pathlib import Path

from plotting import command, inputs, look  # first: it says what is missing of what follows

from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

YARDSTICK = "wrk"
METRICS = {  # title, what the axis' unit is, how a value in that unit is written
    "cpu_us": ("CPU per request", 1, lambda value, digits: look.duration(value / 1e6, digits)),
    "requests_per_s": ("requests per second", 1, look.number),
    "pss_bytes": ("peak Pss", 2**20, lambda value, digits: f"{look.number(value, digits)} MiB"),
    "p99_s": ("p99 by its own word", 1, look.duration),
}
MOST_TICKS = 4
OURS, THEIRS, LINE = "#0072B2", "#444444", "#BBBBBB"
ROW, PANEL_TITLE, AXIS, NOTE, PANEL_GAP = 19, 24, 26, 15, 22
FIGURES, GAP, RIGHT, MOST_NAME, WIDTH = 58, 22, 18, 220, 1240
DOT = 5.5


def median(client, metric):
    """In the unit of the axis."""
    values = [r[metric] for r in client["rounds"] if r[metric] is not None]
    return statistics.median(values) / METRICS[metric][1] if values else None


class Panel:
    """All of one number of connections: for each client what it took plain and with TLS."""

    def __init__(self, connections, scenarios):
        self.connections = connections
        self.kinds = {scenario["secure"]: {c["name"]: c for c in scenario["clients"]} for scenario in scenarios}
        every = list({name: None for clients in self.kinds.values() for name in clients})
        self.names = sorted((name for name in every if self.cost(name)), key=self.cost)
        self.missing = [f"{name} cannot: {self.why(name)}" for name in every if not self.cost(name)]

    def height(self):
        return PANEL_TITLE + ROW * len(self.names) + AXIS + NOTE * len(self.missing) + PANEL_GAP

    def value(self, name, metric, secure):
        client = self.kinds.get(secure, {}).get(name)
        return median(client, metric) if client else None

    def cost(self, name):
        return self.value(name, "cpu_us", False) or self.value(name, "cpu_us", True)

    def why(self, name):
        return next((clients[name]["why"] for clients in self.kinds.values()
                     if name in clients and not clients[name]["rounds"]), None)


def panels_of(document):
    found = {}
    for scenario in document["scenarios"]:
        found.setdefault(scenario["connections"], []).append(scenario)
    return [Panel(connections, scenarios) for connections, scenarios in found.items()]


def limits(panels, metric):
    """Of the axis, the same in all panels."""
    values = [value for panel in panels for name in panel.names for secure in panel.kinds
              if (value := panel.value(name, metric, secure))]
    return (min(values) / 1.6, max(values) * 1.6) if values else None


def draw_row(axes, panel, name, place, metric):
    both = {secure: value for secure in panel.kinds if (value := panel.value(name, metric, secure))}
    colour = OURS if name.startswith("fetchbench") else THEIRS
    if len(both) == 2:
        axes.plot(list(both.values()), [place, place], color=look.lighter(colour, 0.6), linewidth=1.6, zorder=2)
    for secure, value in both.items():
        axes.plot(value, place, "o", markersize=DOT, markerfacecolor="white" if secure else colour, markeredgecolor=colour,
                  markeredgewidth=1.2, zorder=3 if secure else 4)


def write_values(canvas, panel, metric, left, top):
    """Of plain, or else TLS, at the panel's left side: a column of figures."""
    secure = False not in panel.kinds
    for place, name in enumerate(panel.names):
        value = panel.value(name, metric, secure)
        if value is not None:
            canvas.text(left, top + ROW * (place + 0.5), METRICS[metric][2](value, None), size=8, ha="right",
                        va="center_baseline", color=OURS if name.startswith("fetchbench") else look.INK)


def draw_panel(canvas, panel, metric, left, top, width, ends):
    axes = canvas.axes(left, top, width, ROW * len(panel.names))
    axes.set_xscale("log")
    axes.set_xlim(*ends)
    axes.set_ylim(len(panel.names) - 0.5, -0.5)
    axes.xaxis.set_major_locator(LogLocator(10, numticks=MOST_TICKS + 1))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: METRICS[metric][2](value, 1)))
    axes.set_yticks([])
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    yardstick = panel.value(YARDSTICK, metric, False not in panel.kinds)
    if yardstick:
        axes.axvline(yardstick, color=look.FAILURE, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    for place, name in enumerate(panel.names):
        draw_row(axes, panel, name, place, metric)


def draw_names(canvas, panel, top, width):
    for place, name in enumerate(panel.names):
        y = top + ROW * (place + 0.5)
        ours = name.startswith("fetchbench")
        canvas.text(look.LEFT_MARGIN_PX, y, canvas.shorten(look.clean(name), width, size=9), size=9, va="center_baseline",
                    color=OURS if ours else look.INK, weight="bold" if ours or name == YARDSTICK else "normal")


def write_missing(canvas, panel, top):
    width = canvas.width - look.LEFT_MARGIN_PX - RIGHT
    for place, words in enumerate(panel.missing):
        words = canvas.shorten(look.clean(words), width, size=8)
        canvas.text(look.LEFT_MARGIN_PX, top + NOTE * place, words, size=8, color=look.SOFT)


def subtitle(document):
    kinds = {scenario["secure"] for scenario in document["scenarios"]}
    dots = {(False, True): "filled plain, hollow TLS 1.3; figures are plain", (False,): "plain", (True,): "TLS 1.3"}
    return (f"nginx on one processor, the client on another; medians of {look.count(document['rounds'], 'round')} by turns; "
            f"{dots[tuple(sorted(kinds))]}; dashed: {YARDSTICK}")


def draw(arguments, document):
    panels = panels_of(document)
    if not any(panel.names for panel in panels):
        raise inputs.Unusable("no client was measured")
    height = 66 + sum(panel.height() for panel in panels)
    canvas = look.Canvas(arguments.width, arguments.height or height)
    top = canvas.heading(arguments.title or "fetchbench beside other load testers", subtitle(document)) + 6
    names = min(max(canvas.text_width(name, size=9, weight="bold") for panel in panels for name in panel.names), MOST_NAME)
    metrics = {metric: ends for metric in METRICS if (ends := limits(panels, metric))}
    left = look.LEFT_MARGIN_PX + names + 6
    width = (canvas.width - left - RIGHT - GAP * (len(metrics) - 1)) / len(metrics) - FIGURES
    for panel in panels:
        draw_names(canvas, panel, top + PANEL_TITLE, names)
        connections = look.count(panel.connections, "connection")
        canvas.text(look.LEFT_MARGIN_PX, top, connections, size=10, weight="bold")
        write_missing(canvas, panel, top + PANEL_TITLE + ROW * len(panel.names) + AXIS)
        for place, (metric, ends) in enumerate(metrics.items()):
            x = left + place * (width + FIGURES + GAP) + FIGURES
            canvas.text(x, top + 2, METRICS[metric][0], size=9, weight="bold")
            write_values(canvas, panel, metric, x - 6, top + PANEL_TITLE)
            draw_panel(canvas, panel, metric, x, top + PANEL_TITLE, width, ends)
        top += panel.height()
    return canvas


def read(files):
    try:
        document = json.loads(Path(files[0]).read_text())
        document["scenarios"][0]["clients"]
    except (OSError, ValueError, LookupError, TypeError) as problem:
        raise inputs.Unusable(f"{files[0]} is no peers.json of bench_peers: {problem}") from problem
    return [document]


def parser():
    p = command.parser(__doc__, "peers.json of bench_peers")
    p.set_defaults(width=WIDTH)
    return p


def save(document, folder):
    """peers.png and peers.svg."""
    look.prepare()
    for kind, scale in (("png", 2), ("svg", 1)):
        path = str(Path(folder, f"peers.{kind}"))
        draw(parser().parse_args(["peers.json", "-o", path]), document).save(path, scale)


if __name__ == "__main__":
    command.run(parser(), draw, read)
