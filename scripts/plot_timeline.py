#!/usr/bin/python3
"""A run second by second: requests completed and asked for, latency, requests in flight and failures over time."""
import collections
import math

from plotting import command, inputs, look  # first: it says what is missing of what follows

from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
import numpy as np

LEFT, RIGHT, TITLE = 66, 20, 22
PANEL, GAP, KEY_ROW = 132, 22, 24
BELOW = 62  # the axis of time and what is said of it
LOG_FROM_RATIO = 12
MANY_MARKS = 150
MANY_ROUNDS = 4  # from which on the one in the middle stands for them
NOTABLE_S, NOTABLE_TIMES = 0.1, 10  # of a time without a completion
KEYS = ("t_s", "length_s", "due", "completed", "failed", "in_flight", "p50_s", "p99_s")


class Course:
    """The slices of one run, as arrays by their keys; NaN for what is unknown."""

    def __init__(self, place, run):
        self.label, self.name, self.path = place
        self.run, self.round = run, run["round"]
        for key in KEYS:
            setattr(self, key, np.array([math.nan if s.get(key) is None else float(s[key]) for s in run["slices"]]))
        if np.isnan(self.length_s).any() or not (self.length_s > 0).all():
            raise inputs.Unusable(f"{self.path}: {self.label} has slices without a length, which this program needs")
        self.idle = (self.due <= 1) & (self.due <= 0.1 * self.due.max())  # the next rate's first may be due at its end
        self.edges = np.append(self.t_s, self.t_s[-1] + self.length_s[-1])

    def per_second(self, key):
        return getattr(self, key) / self.length_s

    def paused_s(self, begin, end):
        """How much of a time is in pauses that the schedule has."""
        within = np.minimum(self.edges[1:], end) - np.maximum(self.edges[:-1], begin)
        return float(np.clip(within, 0, None)[self.idle].sum())

    def longest_gap(self):
        """(begin, end), if it is far longer than a request takes and than one mostly waits for the next; else None."""
        gap_s, at_s = (self.run.get(key) for key in ("largest_completion_gap_s", "largest_completion_gap_at_s"))
        usual_s = [self.run["latency"]["percentiles_s"]["50"], (self.run["wall_s"] or 0) / (self.run["requests"]["completed"] or 1)]
        if gap_s is None or at_s is None or gap_s - self.paused_s(at_s, at_s + gap_s) <= max(NOTABLE_S, *(NOTABLE_TIMES * (value or 0) for value in usual_s)):
            return None
        return at_s, at_s + gap_s

    def stalls(self):
        """[(begin, end)] of times in which nothing was completed: whole slices, and the longest, where that is notable."""
        spans = [self.longest_gap()] if self.longest_gap() else []
        for begin, end, completed, idle in zip(self.edges, self.edges[1:], self.completed, self.idle):
            if completed > 0 or idle:
                continue
            if spans and spans[-1][1] == begin:
                begin = spans.pop()[0]
            spans.append((begin, end))
        return spans


def gather(reports, wanted):
    """Courses, of one round or of all, and the names of what has none."""
    courses, empty = [], []
    for report in reports:
        for run in sorted(report.runs, key=lambda run: (report.place_of(run), run["round"])):
            if wanted not in (None, run["round"]):
                continue
            if run.get("slices"):
                courses.append(Course((run["label"], report.name_of(run), report.path), run))
            else:
                empty.append(report.name_of(run))
    if not courses and wanted is not None and not empty:
        raise inputs.Unusable(f"{reports[0].path} has no round {wanted}")
    if not courses:
        raise inputs.Unusable(f"{reports[0].path} has no slices: the runs of outside programs have none, nor those of old reports")
    inputs.name_apart(courses)
    drawn = {course.name for course in courses}
    return courses, [name for name in dict.fromkeys(empty) if name not in drawn]


def styles_of(courses):
    """{name: colour}: that of the label, where no other name has it already."""
    labels = {course.name: course.label for course in courses}
    crowded = collections.Counter(labels.values())
    return look.colours([name if crowded[label] > 1 else label for name, label in labels.items()]), {
        name: name if crowded[label] > 1 else label for name, label in labels.items()}


def middle_of(rounds):
    """The round that has the median p50, which stands for many; None of few, each of which can be seen."""
    known = sorted((course for course in rounds if course.run["latency"]["percentiles_s"]["50"] is not None),
                   key=lambda course: course.run["latency"]["percentiles_s"]["50"])
    return known[(len(known) - 1) // 2] if len(rounds) >= MANY_ROUNDS and known else None


class Brush:
    """How the courses look: a colour for each name, thinner and paler where there are several rounds of it."""

    def __init__(self, courses):
        colours, keys = styles_of(courses)
        self.colours = {name: colours[key] for name, key in keys.items()}
        self.rounds = {name: [course for course in courses if course.name == name] for name in self.colours}
        self.middles = {name: middle_of(rounds) for name, rounds in self.rounds.items()}

    def is_beside(self, course):
        """Whether another round stands for it."""
        return self.middles[course.name] not in (None, course)

    def of(self, course):
        colour = self.colours[course.name]
        if self.is_beside(course):
            return {"color": look.lighter(colour, 0.55), "linewidth": 0.6, "alpha": 0.6}
        alone = len(self.rounds[course.name]) == 1 or self.middles[course.name]
        return {"color": colour, "linewidth": 1.6 if alone else 0.9, "alpha": 1 if alone else 0.7, "zorder": 3}


def steps(axes, course, values, **style):
    """Each value lasts as long as its slice; an unknown one is a gap."""
    x, y = np.repeat(course.edges, 2)[1:-1], np.repeat(values, 2)
    axes.plot(x, y, solid_capstyle="butt", **style)


def draw_rate(axes, courses, brush):
    for course in courses:
        steps(axes, course, course.per_second("completed"), **brush.of(course))
    schedules = {course.run["round"]: course for course in reversed(courses) if not np.isnan(course.due).all()}
    for course in list(schedules.values())[:1]:
        steps(axes, course, course.per_second("due"), color=look.INK, linewidth=1.1, linestyle=(0, (2, 2)), zorder=6)


def draw_latency(axes, courses, brush):
    for course in courses:
        steps(axes, course, course.p99_s, **brush.of(course))
        if brush.is_beside(course):
            continue  # its p50 would be lost among the others
        style = brush.of(course) | {"linewidth": 1.1, "linestyle": (0, (1, 1))}
        steps(axes, course, course.p50_s, **style)


def draw_in_flight(axes, courses, brush):
    """At the end of a run, which is that of its last slice, there are none."""
    for course in courses:
        marked = "o" if len(course.t_s) * len(courses) <= MANY_MARKS else None
        axes.plot(course.edges[1:-1], course.in_flight[:-1], marker=marked, markersize=3, **brush.of(course))


def draw_failed(axes, courses, brush):
    for course in courses:
        steps(axes, course, course.per_second("failed"), **brush.of(course))


def figure_axis(axes, values, counts=False):
    high = max((value for value in values if value > 0), default=1)
    axes.set_ylim(0, high * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=counts or high >= 4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))


def count_axis(axes, values):
    figure_axis(axes, values, counts=True)


def latency_axis(axes, values):
    known = [value for value in values if value > 0]
    high, low = max(known, default=1), min(known, default=1)
    if high / low < LOG_FROM_RATIO:
        axes.set_ylim(0, high * 1.12)
        unit = look.time_axis(axes.yaxis, high * 1.12, 4)
        return axes.set_ylabel(unit)
    axes.set_yscale("log")
    axes.set_ylim(low / 1.5, high * 1.5)
    axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 3) if high / low < 300 else (1,), numticks=12))
    axes.yaxis.set_minor_locator(NullLocator())
    return axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: look.duration(value, 1)))


def finite(arrays):
    return [value for array in arrays for value in array if not math.isnan(value)]


def panels_of(courses):
    """[(title, function that draws, function that makes the axis, values)] of what there is to be shown."""
    due = not all(np.isnan(course.due).all() for course in courses)
    rates = [course.per_second(key) for course in courses for key in ("completed", "due")]
    panels = [("completed per second" + ("; dashed: asked for" if due else ""), draw_rate, figure_axis, finite(rates)),
              ("latency, p99; dotted: p50", draw_latency, latency_axis, finite(a for c in courses for a in (c.p50_s, c.p99_s))),
              ("requests in flight, at the end of each second", draw_in_flight, count_axis, finite(c.in_flight[:-1] for c in courses))]
    if all(len(course.t_s) == 1 for course in courses):
        panels.pop()  # nobody looked before the end, at which there are none
    if any(course.failed.any() for course in courses):
        failed = finite(course.per_second("failed") for course in courses)
        panels.append(("failed per second", draw_failed, figure_axis, failed))
    return panels


def shade_stalls(axes, courses, brush):
    for course in courses:
        for begin, end in course.stalls():
            axes.axvspan(begin, end, color=look.lighter(brush.colours[course.name], 0.82), linewidth=0, zorder=0)


def draw_panel(canvas, top, height, panel, courses, brush, last):
    title, paint, axis, values = panel
    canvas.text(LEFT, top, title, size=9, weight="bold")
    axes = canvas.axes(LEFT, top + TITLE, canvas.width - LEFT - RIGHT, height - TITLE)
    shade_stalls(axes, courses, brush)
    paint(axes, courses, brush)
    axis(axes, values)
    end = max(course.edges[-1] for course in courses)
    unit = look.time_axis(axes.xaxis, end, 12)
    axes.set_xlim(0, end)
    axes.grid(True)
    axes.tick_params(labelbottom=last)
    if last:
        axes.set_xlabel(f"since the run began, {unit}")


def told(course):
    """What is said of a run beside its name."""
    counts, gap = course.run["requests"], course.run.get("largest_completion_gap_s")
    words = [look.count(counts["completed"]) + " completed"]
    words += [f"{look.count(counts[key])} {key.replace('_', ' ')}" for key in ("failed", "unfinished", "not_started") if counts.get(key)]
    return ", ".join(words) + (f"; longest time without a completion {look.duration(gap)}" if gap else "")


def draw_key(canvas, top, courses, brush):
    names = list(dict.fromkeys(course.name for course in courses))
    shown = look.shortened_alike(canvas, names, 300, size=9, weight="bold")
    for row, (name, text) in enumerate(zip(names, shown)):
        y, rounds = top + row * KEY_ROW, [course for course in courses if course.name == name]
        axes = canvas.axes(look.LEFT_MARGIN_PX, y, 26, 12)
        axes.set_axis_off()
        axes.plot([0, 1], [0, 0], color=brush.colours[name], linewidth=2.4)
        canvas.text(look.LEFT_MARGIN_PX + 34, y + 6, text, size=9, weight="bold", va="center_baseline")
        after = look.LEFT_MARGIN_PX + 46 + canvas.text_width(text, size=9, weight="bold")
        beside = f"{len(rounds)} rounds, a line each" + ("; thick: the one with the median p50" if brush.middles[name] else "")
        words = told(rounds[0]) if len(rounds) == 1 else beside
        canvas.text(after, y + 6, words, size=8.5, color=look.SOFT, va="center_baseline")


def subtitle_of(reports, courses, empty):
    plan = reports[0].data["plan"]
    target = "the embedded endpoint" if plan.get("embedded") else look.clean(reports[0].target)
    parts = [f"{plan['method']} {target}"] if len(reports) == 1 else []
    if any(course.stalls() for course in courses):
        parts.append("shaded: nothing was completed")
    if empty:
        parts.append("nothing to draw of " + ", ".join(map(look.clean, empty)))
    return "; ".join(parts)


def draw(arguments, reports, samples):
    if samples:
        raise inputs.Unusable(f"{samples[0].path} holds samples: give the report, which has the run second by second")
    courses, empty = gather(reports, arguments.round)
    brush, panels = Brush(courses), panels_of(courses)
    key = KEY_ROW * len({course.name for course in courses})
    natural = 68 + len(panels) * (PANEL + GAP) - GAP + BELOW + key
    canvas = look.Canvas(arguments.width, arguments.height or natural)
    top = canvas.heading(arguments.title or "Second by second", subtitle_of(reports, courses, empty)) + 8
    height = (canvas.height - top - BELOW - key + GAP) / len(panels) - GAP
    if height < 2 * TITLE:
        raise inputs.Unusable(f"--height {canvas.height} leaves no room for {len(panels)} panels")
    for place, panel in enumerate(panels):
        draw_panel(canvas, top + place * (height + GAP), height, panel, courses, brush, place == len(panels) - 1)
    draw_key(canvas, canvas.height - key - 6, courses, brush)
    return canvas


def main():
    p = command.parser(__doc__, "reports of fetchbench")
    p.add_argument("--round", type=command.between(1, 1_000_000), metavar="N", help="of several, this one alone (all)")
    command.run(p, draw)


if __name__ == "__main__":
    main()
