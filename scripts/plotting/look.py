"""One look for all plots: colours, figures in words, the canvas, and files that are the same when made again."""
import itertools
import math
import unicodedata
import warnings

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

DPI = 100
INK, SOFT, FAINT, FAILURE = "#222222", "#666666", "#DDDDDD", "#C1121F"
LEFT_MARGIN_PX = 16

# Told apart with any common colour blindness, and dark enough on white. The strategies that are built in have a colour
# each; other labels take the rest in turn.
OWN_COLOURS = {"sequential": "#6C7A89", "threads": "#DB8A00", "async": "#0072B2", "executor": "#009E73", "raw": "#B5538B"}
FREE_COLOURS = ["#882255", "#56B4E9", "#7A7A00", "#332288", "#D55E00", "#44AA99", "#AA4499", "#117733", "#A0522D", "#000000"]


def colours(labels):
    """{label: colour}, the same in every plot of the same strategies in the same order."""
    free = itertools.cycle(FREE_COLOURS)
    return {label: OWN_COLOURS.get(label) or next(free) for label in dict.fromkeys(labels)}


def lighter(colour, share):
    """Mixed with white; share 1 is white."""
    rgb = matplotlib.colors.to_rgb(colour)
    return tuple(c + (1 - c) * share for c in rgb)


def prepare():
    """Whatever the user's own matplotlibrc says, every picture is made with these settings."""
    matplotlib.rcdefaults()
    matplotlib.rcParams.update({
        "font.family": "DejaVu Sans", "font.size": 9, "text.color": INK, "text.parse_math": False,
        "axes.edgecolor": SOFT, "axes.labelcolor": SOFT, "axes.linewidth": 0.8, "axes.spines.top": False,
        "axes.spines.right": False, "axes.axisbelow": True, "grid.color": FAINT, "grid.linewidth": 0.8,
        "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelsize": 8.5, "ytick.labelsize": 8.5, "xtick.major.size": 3,
        "ytick.major.size": 3, "svg.hashsalt": "fetchbench", "path.simplify": True,
    })
    warnings.filterwarnings("ignore", message="Glyph .* missing from current font")


class Canvas:
    """A figure measured in pixels from its top left, at 100 pixels an inch whatever the scale."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor="white")
        self.renderer = FigureCanvasAgg(self.figure).get_renderer()

    def axes(self, left, top, width, height, **options):
        box = [left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height]
        return self.figure.add_axes(box, **options)

    def text(self, x, y, text, **options):
        """y is where the text's top is, unless va says otherwise."""
        options = {"va": "top", "ha": "left", **options}
        return self.figure.text(x / self.width, 1 - y / self.height, text, **options)

    def text_width(self, text, **options):
        """In pixels."""
        return self.measure(text, **options).width

    def measure(self, text, **options):
        drawn = self.figure.text(0, 0, text, **options)
        box = drawn.get_window_extent(self.renderer)
        drawn.remove()
        return box

    def shorten(self, text, width, **options):
        """The text, with an ellipsis in its middle where it would be wider than that many pixels."""
        if self.text_width(text, **options) <= width:
            return text
        kept = len(text) - 1
        while kept > 4 and self.text_width(middle_cut(text, kept), **options) > width:
            kept -= 1
        return middle_cut(text, kept)

    def heading(self, title, subtitle):
        """Title and subtitle; returns the y below them."""
        width = self.width - 2 * LEFT_MARGIN_PX
        self.text(LEFT_MARGIN_PX, 14, self.shorten(title, width, size=12.5, weight="bold"), size=12.5, weight="bold")
        self.text(LEFT_MARGIN_PX, 36, self.shorten(subtitle, width, size=9), size=9, color=SOFT)
        return 60 if subtitle else 40

    def save(self, path, scale):
        kind = path.rsplit(".", 1)[1].lower()
        metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
        self.figure.savefig(path, format=kind, dpi=DPI * scale, metadata=metadata)


def middle_cut(text, kept):
    return text[:kept - kept // 2] + "…" + text[len(text) - kept // 2:]


def clean(text):
    """A label or URL without what would break its line."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "?" for c in str(text))


def shortened_alike(canvas, names, width, **options):
    """Names cut to a width; where two would then look alike, all are numbered."""
    cut = [canvas.shorten(clean(name), width, **options) for name in names]
    if len(set(cut)) == len(set(names)):
        return cut
    return [canvas.shorten(f"{place} {clean(name)}", width, **options) for place, name in enumerate(names, 1)]


def number(value, digits=None):
    """In so many significant digits, or else three, and two below 1; in groups: 0.012, 14.2, 853, 12,300."""
    if value == 0:
        return "0"
    digits = digits or (3 if abs(value) >= 0.995 else 2)
    magnitude = math.floor(math.log10(abs(value)))
    magnitude = math.floor(math.log10(abs(round(value, digits - 1 - magnitude))))  # 9.999 is 10.0
    return f"{round(value, digits - 1 - magnitude):,.{max(0, digits - 1 - magnitude)}f}"


UNITS = [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h")]


def unit_for(value_s):
    """(seconds, name) of the unit in which a time is best written."""
    best = UNITS[0]
    for unit in UNITS:
        least = 2 if unit[0] >= 60 else 0.9995
        if value_s >= unit[0] * least:
            best = unit
    return best


def duration(value_s, digits=None):
    if not value_s > 0:
        return "0 s" if value_s == 0 else "not known"
    unit, name = unit_for(value_s)
    return f"{number(value_s / unit, digits)} {name}"


def count(n, noun=""):
    """"1 request", "1,000 requests"."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}" if noun else f"{n:,}"


def load(plan):
    """"1,000 GET requests", "GET requests at 50 a second for 10 s"; "" where a report does not say."""
    requests, rate, length_s = plan["method"] + " request", plan.get("rate_per_s"), plan.get("duration_s")
    if not length_s and not plan["requests"]:
        return ""
    words = requests + "s" if length_s else count(plan["requests"], requests)
    if rate or plan.get("arrivals"):
        words += f" at {rate:,.4g} a second" if rate else " at rates in stages"
    return words + (f" for {duration(length_s)}" if length_s else "")


def time_axis(axis, longest_s, most_ticks=8):
    """A linear axis of seconds with ticks in its best unit, from 0; returns the unit's name."""
    unit, name = unit_for(longest_s)
    steps = [1, 1.5, 2, 3, 6, 10] if unit >= 60 else [1, 2, 2.5, 5, 10]
    ticks = [t for t in MaxNLocator(most_ticks, steps=steps).tick_values(0, longest_s / unit) if t <= longest_s / unit * 1.0001]
    axis.set_major_locator(FixedLocator([t * unit for t in ticks]))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / unit:,.6g}"))
    return name
