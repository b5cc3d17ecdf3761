#!/usr/bin/python3
"""Each request a bar in time, from its start to its end; a panel per strategy: what running at once looks like."""
from plotting import command, inputs, look  # first: it says what is missing of what follows

from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
import numpy as np

NUMBERED = 30  # up to so many requests have a line each, with their number and time
LEAST_LINE_PX = 10
MOST_BARS = 240  # of one panel
PARTS = ("connect", "wait", "receive")
LEFT, RIGHT = 62, 24
SEEN_PX = 2  # the shortest bar that is drawn, however quick the request
THIN_PX = 5  # a typical bar below this many pixels shows nothing: part of the run is then drawn larger as well
LOUPE_LEAST = 30  # pixels of its height


class Panel:
    """One run, its requests in the order of their start."""

    def __init__(self, label, path, requests, round_of, rounds):
        self.label = self.name = label
        self.path, self.round, self.rounds = path, round_of, rounds
        self.requests = requests[np.lexsort((requests["index"], requests["start"]))]
        ends = self.requests["end"]
        self.span = float(np.nanmax(np.append(ends, self.requests["start"][-1])))
        self.requests["end"][np.isnan(ends)] = self.span  # without an outcome: in flight to the last moment known
        self.total, self.failed = len(requests), int(requests["failed"].sum())
        ended = np.sort(self.requests["end"])
        before = np.searchsorted(ended, self.requests["start"], "right")
        self.at_once = max(1, int((np.arange(1, self.total + 1) - before).max()))
        self.typical = float(np.median(self.requests["end"] - self.requests["start"]))

    @property
    def numbered(self):
        return self.total <= NUMBERED

    def caption(self):
        parts = [f"{look.count(self.total, 'request')} in {look.duration(self.span)}"]
        parts.append("one at a time" if self.at_once == 1 else f"up to {self.at_once:,} at once")
        if self.rounds > 1:
            parts.append(f"round {self.round} of {self.rounds}")
        if self.total > MOST_BARS:
            parts.append(f"drawn: a sample of {MOST_BARS} of {self.total:,}")
        return ", ".join(parts)


def panels_of(samples, wanted_round):
    found = []
    for file in samples:
        rounds = {}
        for label, round_of in file.runs:
            rounds.setdefault(label, []).append(round_of)
        for label, numbers in rounds.items():
            if wanted_round is None or wanted_round in numbers:
                chosen = min(numbers) if wanted_round is None else wanted_round
                found.append(Panel(label, file.path, file.runs[label, chosen], chosen, len(numbers)))
    if not found:
        raise inputs.Unusable(f"there is no round {wanted_round} in these samples")
    inputs.name_apart(found)
    return found


def even_sample(total, most):
    """Places of at most so many requests, evenly spread, the first and the last among them."""
    return np.unique(np.linspace(0, total - 1, min(total, most)).round().astype(np.int64))


def parts_of(requests):
    """For each of PARTS (from, to), NaN where there is none; what is not known counts as waiting."""
    start, end = requests["start"], requests["end"]
    ready = np.clip(np.where(np.isnan(requests["ready"]), start, requests["ready"]), start, end)
    first = np.clip(np.where(np.isnan(requests["first_byte"]), end, requests["first_byte"]), ready, end)
    return {"connect": (start, ready), "wait": (ready, first), "receive": (first, end)}


def part_colours(colour):
    return {"connect": "#3A3A3A", "wait": colour, "receive": look.lighter(colour, 0.6)}


def rectangles(left, right, rows, thickness):
    low, high = rows - thickness / 2, rows + thickness / 2
    corners = [np.stack([x, y], axis=1) for x, y in ((left, low), (right, low), (right, high), (left, high))]
    return np.stack(corners, axis=1)


def draw_bars(axes, requests, rows, colour, thickness, least):
    """least: the length below which a bar would not be seen."""
    failed = requests["failed"]
    for part, (left, right) in parts_of(requests).items():
        there = right > left if part != "wait" else right >= left
        for which, paint in ((there & ~failed, part_colours(colour)[part]), (there & failed, look.lighter(look.FAILURE, 0.55))):
            if which.any():
                ends = np.maximum(right[which], left[which] + (least if part == "wait" else 0))
                axes.add_collection(PolyCollection(rectangles(left[which], ends, rows[which], thickness), facecolors=[paint],
                                                   edgecolors="none", zorder=3), autolim=False)


def draw_failures(axes, panel, rows_shown, longest, pixels, size):
    """A cross at the end of each failed request: all of them, of those that would lie on each other one."""
    places = np.flatnonzero(panel.requests["failed"])
    if not len(places):
        return
    rows = places / max(panel.total - 1, 1) * (rows_shown - 1)
    ends = panel.requests["end"][places]
    width, height = pixels
    cells = np.round(ends / longest * width / 4) * 1e6 + np.round(rows / rows_shown * height / 4)
    first = np.unique(cells, return_index=True)[1]
    axes.plot(ends[first], rows[first], "x", color=look.FAILURE, markersize=size, markeredgewidth=1.3, zorder=6, clip_on=False)


def bar_thickness(rows, height):
    """In rows; at least two pixels, so that the bars of a large sample overlap rather than vanish."""
    row_px = height / rows
    return 0.72 if row_px >= 6 else 0.85 if row_px >= 3 else max(1.0, 2 / row_px)


def quiet_axes(axes):
    axes.spines["left"].set_visible(False)
    axes.set_yticks([])
    axes.grid(True, axis="x")


def draw_panel(canvas, axes, panel, colour, longest, size):
    width, height = size
    chosen = even_sample(panel.total, MOST_BARS)
    rows = np.arange(len(chosen), dtype=float)
    least = longest * SEEN_PX / width
    draw_bars(axes, panel.requests[chosen], rows, colour, bar_thickness(len(chosen), height), least)
    draw_failures(axes, panel, len(chosen), longest, size, 5 if panel.numbered else 4)
    axes.set_xlim(0, longest)
    axes.set_ylim(len(chosen) - 0.4, -0.6)
    quiet_axes(axes)
    if panel.numbered and height >= LEAST_LINE_PX * panel.total:
        write_numbers(axes, panel, longest)


def write_numbers(axes, panel, longest):
    """The requests' numbers before their lines, and their times after their bars."""
    axes.set_yticks(np.arange(panel.total), [str(i) for i in panel.requests["index"]], fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    for row, request in enumerate(panel.requests):
        end = float(request["end"])
        text = look.duration(end - float(request["start"]))
        axes.text(end + longest * (0.012 if request["failed"] else 0.005), row, text, fontsize=7, va="center_baseline", zorder=7)


class Loupe:
    """Some consecutive requests of a run, drawn larger."""

    def __init__(self, panel, width):
        self.first, self.last = 0, panel.total - 1
        if panel.typical < panel.span * THIN_PX / width and panel.total > 40:
            many = int(np.clip(3 * panel.at_once, 30, MOST_BARS))
            self.first = max(0, (panel.total - many) // 2)
            self.last = min(panel.total - 1, self.first + many - 1)
        self.requests = panel.requests[self.first:self.last + 1]
        self.whole = len(self.requests) == panel.total
        self.begin = 0.0 if self.whole else float(self.requests["start"][0])
        ends = np.sort(self.requests["end"])
        # Seen up to where nearly all have ended: one that hangs would press the others flat.
        self.end = panel.span if self.whole else min(float(ends[-1]), float(self.requests["start"][-1]) + 3 * panel.typical)
        self.end = max(self.end, self.begin + 1e-9)

    def caption(self):
        if self.whole:
            return "the same, larger"
        return f"{len(self.requests):,} of them, larger: from {look.duration(self.begin, 4)} on"


def needs_loupe(panel, longest, width):
    return not panel.numbered and panel.typical < longest * THIN_PX / width or panel.span < longest * 0.12 and panel.total > 1


def covers(panel, longest, box):
    """Whether a bar that is drawn reaches into a box (left, top, right, bottom), in shares of the panel."""
    left, top, right, bottom = box
    chosen = even_sample(panel.total, MOST_BARS)
    rows = (np.arange(len(chosen)) + 0.5) / len(chosen)
    shown = panel.requests[chosen]
    inside = (rows > top) & (rows < bottom) & (shown["end"] > left * longest) & (shown["start"] < right * longest)
    return bool(inside.any())


def loupe_box(panel, longest):
    """Where it hides nothing: beside the bars, or in a corner that they leave free; None where there is no such place."""
    corners = [(0.42, 0, 1, 1), (0.60, 0, 1, 0.5), (0, 0.5, 0.38, 1), (0.60, 0.5, 1, 1)]
    free = (box for box in corners if not covers(panel, longest, (box[0] - 0.02, box[1] - 0.02, box[2] + 0.02, box[3] + 0.02)))
    return next(free, None)


def draw_loupe(canvas, panel, colour, box, top, size):
    loupe = Loupe(panel, size[0])
    left, width = LEFT + box[0] * size[0], (box[2] - box[0]) * size[0]
    top, height = top + box[1] * size[1] + 14, (box[3] - box[1]) * size[1] - 32
    axes = canvas.axes(left, top, width, height, zorder=8)
    chosen = even_sample(len(loupe.requests), MOST_BARS)
    rows = np.arange(len(chosen), dtype=float)
    span = loupe.end - loupe.begin
    shown = loupe.requests[chosen].copy()
    for moment in ("start", "ready", "first_byte", "end"):
        shown[moment] -= loupe.begin
    draw_bars(axes, shown, rows, colour, bar_thickness(len(chosen), height), span * SEEN_PX / width)
    crossed = shown["failed"] & (shown["end"] <= span)
    axes.plot(shown["end"][crossed], rows[crossed], "x", color=look.FAILURE, markersize=4, markeredgewidth=1.2, zorder=6)
    axes.set_xlim(0, span)
    axes.set_ylim(len(chosen) - 0.4, -0.6)
    quiet_axes(axes)
    unit = look.time_axis(axes.xaxis, span, 5)
    axes.tick_params(axis="x", labelsize=7.5, pad=2)
    for spine in axes.spines.values():
        spine.set(visible=True, color="#BBBBBB")
    axes.set_facecolor("#FAFAFA")
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    canvas.text(left, top - 2, f"{loupe.caption()} ({unit})", size=7.5, color=look.SOFT, va="bottom", bbox=behind)


def heights(panels, together):
    """Of each panel's bars, in pixels; `together` where that is given."""
    if together:
        return [max(12, together / len(panels))] * len(panels)
    usual = 170 if len(panels) <= 3 else 130 if len(panels) <= 6 else 96
    return [max(40, 15 * panel.total) if panel.numbered else usual for panel in panels]


def room_for_times(span, panels):
    """What the axis of time reaches to: times that are written stand after their bars."""
    return (span or 1e-9) * (1.07 if any(panel.numbered for panel in panels) else 1)


def draw_key(canvas, y, some_failed):
    x = canvas.width - RIGHT
    entries = [*PARTS, *(["failed"] if some_failed else [])]
    names = {"connect": "connect", "wait": "wait for the first byte", "receive": "receive", "failed": "failed"}
    for part in reversed(entries):
        x -= canvas.text_width(names[part], size=8.5)
        canvas.text(x, y, names[part], size=8.5, color=look.SOFT, va="center_baseline")
        x -= 21
        colour = look.lighter(look.FAILURE, 0.55) if part == "failed" else part_colours("#8C8C8C")[part]
        box = Rectangle((x / canvas.width, 1 - (y + 4.5) / canvas.height), 15 / canvas.width, 9 / canvas.height,
                        facecolor=colour, transform=canvas.figure.transFigure)
        canvas.figure.add_artist(box)
        if part == "failed":
            canvas.text(x + 11, y, "×", size=10, color=look.FAILURE, ha="center", va="center_baseline", weight="bold")
        x -= 16


def draw_name(canvas, panel, colour, y):
    name = canvas.shorten(look.clean(panel.name), 300, size=10.5, weight="bold")
    canvas.text(LEFT, y, name, size=10.5, weight="bold", color=colour, va="center_baseline")
    x = LEFT + canvas.text_width(name, size=10.5, weight="bold") + 12
    canvas.text(x, y, panel.caption(), size=8.5, color=look.SOFT, va="center_baseline")
    if panel.failed:
        x += canvas.text_width(panel.caption() + ", ", size=8.5)
        canvas.text(x, y, f"{panel.failed:,} failed", size=8.5, color=look.FAILURE, va="center_baseline", weight="bold")


def draw(arguments, reports, samples):
    if not samples:
        raise inputs.Unusable(f"{arguments.files[0]} holds no single requests: run fetchbench with --samples FILE and give that")
    panels = panels_of(samples, arguments.round)
    between = 54 if arguments.own_time else 34
    url = look.clean(reports[0].target) if len(reports) == 1 else ""
    frame = (132 if url else 112) + between * len(panels) - (20 if arguments.own_time else 0)
    sizes = heights(panels, arguments.height and arguments.height - frame)
    canvas = look.Canvas(arguments.width, arguments.height or int(frame + sum(sizes)))
    top = canvas.heading(arguments.title or "Each request in time", url)
    draw_key(canvas, 24, any(panel.failed for panel in panels))
    colours = look.colours([panel.label for panel in panels])
    shared = room_for_times(max(panel.span for panel in panels), panels)
    width = canvas.width - LEFT - RIGHT
    for panel, height in zip(panels, sizes):
        longest = room_for_times(panel.span, [panel]) if arguments.own_time else shared
        draw_name(canvas, panel, colours[panel.label], top + 14)
        axes = canvas.axes(LEFT, top + 28, width, height)
        draw_panel(canvas, axes, panel, colours[panel.label], longest, (width, height))
        unit = look.time_axis(axes.xaxis, longest)
        last = panel is panels[-1]
        axes.tick_params(axis="x", length=3 if last or arguments.own_time else 0, labelbottom=last or arguments.own_time)
        box = loupe_box(panel, longest) if needs_loupe(panel, longest, width) and not arguments.no_loupe else None
        if box and height * (box[3] - box[1]) - 32 >= LOUPE_LEAST:
            draw_loupe(canvas, panel, colours[panel.label], box, top + 28, (width, height))
        top += height + between
    axes.set_xlabel(f"time since the run's start, {unit}")
    note = "A line per request, in the order of their start."
    canvas.text(look.LEFT_MARGIN_PX, canvas.height - 20, note, size=8, color=look.SOFT)
    return canvas


def main():
    p = command.parser(__doc__, "samples of fetchbench (--samples FILE); a report beside them names the URL")
    p.add_argument("--round", type=command.between(1, 10**9), metavar="N", help="which round is drawn (the first)")
    p.add_argument("--own-time", action="store_true", help="an axis of time for each panel (one for all, so that they compare)")
    p.add_argument("--no-loupe", action="store_true", help="do not enlarge what is too small to be seen")
    command.run(p, draw)


if __name__ == "__main__":
    main()
