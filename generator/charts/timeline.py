"""The time line: figures from edition to edition, of one area or of all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.parts import (
    CHARACTER_PX,
    CIRCLE,
    MOST_LINES,
    ROW_PX,
    SHAPES,
    Href,
    Series,
    draw_chart,
    draw_key,
    draw_path,
    draw_plot,
    draw_shape,
    svg_length,
)
from generator.charts.scales import rank_ticks, round_ticks
from generator.charts.swarm import NARROW_PX
from generator.data.compare import Comparison
from generator.data.timelines import Timeline
from generator.language.numbers import number, ordinal
from generator.language.timelines import known_values, middle_texts, timeline_title
from generator.settings import Words

_TOP, _HEIGHT = 46, 220
_LEFT, _RIGHT = 170, 930
_MOST_LABELLED = 4
"""Of more editions an area's first and last figure are written at its line, not all."""
_YEAR = re.compile(r"(\d{4})(?!\d)")
_MEDIAN, _MIDDLE = "M-8 0H8", "M-8-5H8V5H-8z"


def timeline(
    speak: Catalogue,
    comparison: Comparison,
    words: Words,
    line: Timeline,
    code: str | None = None,
    *,
    marked: Sequence[Series] = (),
    levels: Mapping[str, int | None] | None = None,
    href: Href | None = None,
) -> Markup:
    """Figures by edition as lines, higher ones above; of ranks the first is above.

    Editions whose ids begin with years stand as far apart as these.  A line breaks where a
    figure is missing.  With `code` that area's line is heavy and has its figures; without it
    there is a line for every area, up to `MOST_LINES` of them, and those of `marked` have
    shapes, coloured by `levels` or else by their class in each edition.  Behind them lie the
    median and the middle half of the areas known in all editions.

    Returns
    -------
    Markup
        Empty if nothing is known in two editions that follow one another, or `code` is not.
    """
    codes = [one for one in (comparison.areas if code is None else [code]) if line.joins(one)]
    if not codes:
        return Markup("")
    own = [one for series in marked for one in series.codes]
    every = codes if code is None and len(codes) <= MOST_LINES else own
    plot = _Plot.of(speak, line, [*every, *([code] if code else [])])
    parts = [plot.frame(), plot.middle(), plot.lines(every, 1, ".25")]
    for at, series in enumerate(marked):
        parts.append(plot.lines(series.codes, 2, ".8"))
        for one in series.codes:
            level = (levels[one],) if levels else ()
            parts.append(plot.points(comparison, one, SHAPES[at % 3], href, level))
    if code is not None:
        parts += [plot.lines([code], 3.5, "1"), plot.points(comparison, code, CIRCLE, None)]
        parts.append(plot.figures(code))
    middle = middle_texts(speak, line, words)
    rows = list(zip(middle, (_MEDIAN, _MIDDLE), strict=False))
    rows += [(series.label, SHAPES[at % 3]) for at, series in enumerate(marked)]
    top = _TOP + _HEIGHT + 18
    return draw_chart(
        "timeline", top + ROW_PX * len(rows), timeline_title(speak, line),
        known_values(speak, comparison, line, code), "".join(parts) + draw_key(rows, top, ""),
        "group" if href and own else "img",
    )  # fmt: skip


def places_of(editions: Sequence[str]) -> list[float]:
    """Where editions stand from 0 to 1: as far apart as their years, if all have one.

    >>> places_of(["2016", "2019", "2026"]), places_of(["first", "second", "third"])
    ([0.0, 0.3, 1.0], [0.0, 0.5, 1.0])
    """
    found = [_YEAR.match(edition) for edition in editions]
    years = [int(one[1]) for one in found if one]
    if len(years) == len(editions) and all(a < b for a, b in pairwise(years)):
        return [(year - years[0]) / (years[-1] - years[0]) for year in years]
    return [at / (len(editions) - 1) for at in range(len(editions))]


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where editions and values lie, and the parts of the chart."""

    speak: Catalogue
    line: Timeline
    xs: Sequence[float]
    low: float
    high: float

    @classmethod
    def of(cls, speak: Catalogue, line: Timeline, codes: Iterable[str]) -> _Plot:
        """The scale holds the figures of some areas, and the middle half of all."""
        shown = [v for code in codes for v in line.values(code) if v is not None]
        shown += [v for one in line.middle for v in (one.low, one.high)]
        editions = [m.edition.id for m in line.measures]
        xs = [_LEFT + (_RIGHT - _LEFT) * place for place in places_of(editions)]
        if line.by_rank:
            return cls(speak, line, xs, 1.0, float(max(m.of for m in line.measures)))
        return cls(speak, line, xs, min(shown), max(shown))

    def y(self, value: float) -> float:
        """Pixels below the top of the plot."""
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(_HEIGHT * (part if self.line.by_rank else 1 - part), 1)

    def frame(self) -> str:
        """A level line for each tick, an upright for each edition, with their names."""
        if self.line.by_rank:
            ticks = [(t, ordinal(self.speak, int(t))) for t in rank_ticks(int(self.high))]
        else:
            found = round_ticks(self.low, self.high, 4)
            decimals = max((len(f"{t:g}".partition(".")[2]) for t in found), default=0)
            ticks = [(t, number(t, decimals)) for t in found]
        parts = [
            f'<line x1="0" x2="100%" y1="{_TOP + self.y(t):g}" y2="{_TOP + self.y(t):g}"/>'
            for t, _ in ticks
        ]
        parts += [
            f'<line x1="{svg_length(x)}" x2="{svg_length(x)}" y1="{_TOP}" y2="{_TOP + _HEIGHT}"/>'
            for x in self.xs
        ]
        texts = [
            f'<text class="quiet" x="0" y="{_TOP + self.y(t) - 4:g}">{escape(text)}</text>'
            for t, text in ticks
        ]
        texts += [
            f'<text x="{svg_length(x)}" y="14" text-anchor="middle" font-weight="700">'
            f"{escape(name)}</text>"
            for x, name in self._named()
        ]
        lines = f'<g stroke="currentColor" stroke-opacity=".2">{"".join(parts)}</g>'
        return f'<g class="axis">{lines}{"".join(texts)}</g>'

    def _named(self) -> list[tuple[float, str]]:
        """The editions whose names have room: the first, the last, and those between that do."""
        every = [(x, m.edition.id) for x, m in zip(self.xs, self.line.measures, strict=True)]

        def room(name: str) -> float:
            return 1000 * (len(name) + 1) * CHARACTER_PX / NARROW_PX

        named, last = [every[0]], every[-1]
        for x, name in every[1:-1]:
            apart = [abs(x - near) >= (room(name) + room(n)) / 2 for near, n in (named[-1], last)]
            if all(apart):
                named.append((x, name))
        return [*named, last]

    def middle(self) -> str:
        """The middle half as an area, the median as a line through it."""
        found = self.line.middle
        if not found:
            return ""
        points = list(zip(self.xs, found, strict=True))
        upper = [f"{round(x)} {self.y(one.high):g}" for x, one in points]
        lower = [f"{round(x)} {self.y(one.low):g}" for x, one in reversed(points)]
        median = [f"{round(x)} {self.y(one.median):g}" for x, one in points]
        return draw_plot(
            f'<path d="M{"L".join([*upper, *lower])}z" fill="currentColor" fill-opacity=".1"/>'
            + draw_path(f"M{'L'.join(median)}", 1.5, ".8"),
            _TOP, _HEIGHT,
        )  # fmt: skip

    def lines(self, codes: Iterable[str], stroke: float, opacity: str) -> str:
        d = "".join(self._path(code) for code in dict.fromkeys(codes))
        return draw_plot(draw_path(d, stroke, opacity), _TOP, _HEIGHT) if d else ""

    def _path(self, code: str) -> str:
        """One line, or more where figures are missing between."""
        d, pen = "", "M"
        values = self.line.values(code)
        for at, (x, value) in enumerate(zip(self.xs, values, strict=True)):
            beside = [values[i] for i in (at - 1, at + 1) if 0 <= i < len(values)]
            if value is None or beside == [None] * len(beside):
                pen = "M"
            else:
                d += f"{pen}{round(x)} {self.y(value):g}"
                pen = "L"
        return d

    def points(
        self,
        comparison: Comparison,
        code: str,
        shape: str,
        href: Href | None,
        level: tuple[int | None, ...] = (),
    ) -> str:
        """The area's figures as shapes in the colour of their classes, or of the one given."""
        shapes = "".join(
            draw_shape(
                svg_length(x), _TOP + self.y(value), shape,
                level[0] if level else measure.positions[code].level,
            )
            for x, value, measure in zip(
                self.xs, self.line.values(code), self.line.measures, strict=True
            )
            if value is not None
        )  # fmt: skip
        title = f"<title>{escape(known_values(self.speak, comparison, self.line, code))}</title>"
        stroke = 'stroke="currentColor" stroke-width="1.5"'
        if href is None:
            return f"<g {stroke}>{title}{shapes}</g>"
        return f'<a href="{escape(href(code))}" {stroke}>{title}{shapes}</a>'

    def figures(self, code: str) -> str:
        """The area's figures above its line; below it where it comes from above."""
        values = self.line.values(code)
        known = [at for at, value in enumerate(values) if value is not None]
        shown = known if len(values) <= _MOST_LABELLED else [known[0], known[-1]]
        texts = []
        for at in shown:
            value = values[at] or 0.0
            y = self.y(value)
            before = values[at - 1] if at else None
            after = values[at + 1] if at + 1 < len(values) else None
            near = [self.y(v) for v in (before, after) if v is not None]
            # Of lines that come from above and leave upwards, the room is below.
            down = bool(near) and max(near) < y and y < _HEIGHT - 24
            text = number(value, self.line.decimals)
            texts.append(
                f'<text class="halo" x="{svg_length(self.xs[at])}" '
                f'y="{_TOP + y + (26 if down else -14):g}" font-size="15" font-weight="700" '
                f'text-anchor="middle">{escape(text)}</text>'
            )
        return "".join(texts)
