"""What the charts share: a frame that fits every width, shapes, labels, a key, one style.

Positions along a chart are per cents of its width, so that type and dots keep their
size from 340 px on; given a width in pixels it is drawn for that width instead, to be
taken away as a file (`standalone`).  Colours come from the classes ``level-0``… and
from `STYLE`; there is no style attribute and no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from markupsafe import Markup, escape

from generator.charts.swarm import NARROW_PX, shows_scores, values_of
from generator.data.classify import Class
from generator.data.compare import Measure
from generator.language.words import number

Href = Callable[[str], str]

STYLE = """\
.chart{display:block;overflow:visible;font-variant-numeric:tabular-nums}
.chart text{fill:currentColor}
.chart .quiet{opacity:.75}
.chart .dots,.chart .line{stroke:var(--level)}
.chart .shape,.chart .bar{fill:var(--level)}
.chart .on-dark{fill:#fff}
.chart .on-light{fill:#16181c}
.chart .halo{paint-order:stroke;stroke:var(--paper,Canvas);stroke-width:4px;stroke-linejoin:round}
.chart .dot-name{visibility:hidden}
.chart a:hover .dot-name,.chart a:focus .dot-name{visibility:visible}
.strip:has(a:hover) .here text,.strip:has(a:focus) .here text{visibility:hidden}
.chart a:focus{outline:none}
.chart a:focus .shape,.chart a:hover .shape{stroke-width:4}
"""
"""Belongs into the site's stylesheet, beside ``.level-0{--level:…}``."""

SHAPES = (
    "M-4-4h8v8h-8z",
    "M0-5.5L5.5 0 0 5.5-5.5 0z",
    "M0-5.5L5.5 4.5H-5.5z",
)
CIRCLE = "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"
TABBABLE = 12
_CHARACTER_PX = 6.7
ROW_PX = 19


@dataclass(frozen=True, slots=True)
class Series:
    """Areas marked alike: ``label`` ("Neighbours") and codes.

    The first series is drawn as squares, the second as diamonds, the third as triangles.
    One with a `shared_id` is taken from the strip's shared file, if there is one.
    """

    label: str
    codes: tuple[str, ...]
    shared_id: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """Turns thousandths of the width into what an attribute needs."""

    width: int | None

    def x(self, thousandths: float) -> str:
        if self.width is None:
            return f"{thousandths / 10:.4g}%"
        return f"{thousandths * self.width / 1000:.4g}"

    def along(self, thousandths: float) -> int:
        """For paths within `plot`."""
        return round(thousandths if self.width is None else thousandths * self.width / 1000)

    def plot(self, content: str, top: int, height: int) -> str:
        """A part of the chart whose paths are stretched to the width, strokes excepted."""
        if self.width is None:
            box = f'viewBox="0 0 1000 {height}" preserveAspectRatio="none" width="100%"'
        else:
            box = f'viewBox="0 0 {self.width} {height}" width="{self.width}"'
        return f'<svg {box} y="{top}" height="{height}" overflow="visible">{content}</svg>'

    def chart(self, kind: str, height: int, label: str, about: str, body: str, role: str) -> Markup:
        width = "100%" if self.width is None else str(self.width)
        return Markup(  # noqa: S704 - `body` is made here, of escaped names
            f'<svg class="chart {kind}" width="{width}" height="{height}" role="{role}" '
            f'aria-label="{escape(label)}" font-size="12" fill="currentColor">'
            f"<desc>{escape(about)}</desc>{body}</svg>"
        )


def own_series(marked: Sequence[Series], measure: Measure, code: str | None) -> list[Series]:
    seen, series = {code}, []
    for one in marked:
        # A shared series is drawn whole, below what stands out in it.
        passed = set() if one.shared_id else seen
        codes = tuple(c for c in one.codes if c in measure.positions and c not in passed)
        seen |= set(codes)
        if codes:
            series.append(replace(one, codes=codes))
    return series


def level_class(level: int | None) -> str:
    return "level-none" if level is None else f"level-{level}"


def draw_shape(x: str, y: float, shape: str, level: int | None) -> str:
    return (
        f'<svg x="{x}" y="{y:g}" overflow="visible">'
        f'<path class="shape {level_class(level)}" d="{shape}"/></svg>'
    )


def label_place(x: float, text: str, frame: Frame) -> tuple[str, str]:
    """Where a label must be anchored so that it stays inside at any width."""
    room = 1000 * len(text) * _CHARACTER_PX / (frame.width or NARROW_PX)
    if room / 2 <= min(x, 1000 - x):
        return frame.x(x), "middle"
    if room <= 1000 - x:
        return frame.x(x), "start"
    if room <= x:
        return frame.x(x), "end"
    return (frame.x(0), "start") if x < 500 else (frame.x(1000), "end")


def draw_key(rows: Sequence[tuple[str, str]], top: int, median: str) -> str:
    shapes = "".join(
        f'<svg x="8" y="{top + at * ROW_PX + 8}" overflow="visible"><path d="{shape}" fill="none" '
        f'stroke="currentColor" stroke-width="1.5"/></svg>'
        f'<text x="22" y="{top + at * ROW_PX + 12}">{escape(label)}</text>'
        for at, (label, shape) in enumerate(rows)
    )
    y = top + len(rows) * ROW_PX
    if median:
        shapes += (
            f'<line x1="8" x2="8" y1="{y + 3}" y2="{y + 13}" stroke="currentColor" '
            f'stroke-width="3"/><text x="22" y="{y + 12}">{escape(median)}</text>'
        )
    return f'<g class="key">{shapes}</g>'


def median_of(measure: Measure) -> float:
    return float(np.median(list(values_of(measure).values())))


def value_text(measure: Measure, value: float) -> str:
    if shows_scores(measure):
        return number(value, measure.indicator.decimals)
    return f"rank {number(value, 0 if value == int(value) else 1)}"


def title_of(measure: Measure) -> str:
    """Such as "Overall score, 2016: all 324", "Ranks, 2017: 47 of 324 are known"."""
    what = measure.indicator.name if shows_scores(measure) else "Ranks"
    count, of = number(len(measure.positions)), number(measure.of)
    known = f"all {of}" if measure.complete else f"{count} of {of} are known"
    return f"{what}, {measure.edition.id}: {known}"


def hatch(id: str) -> str:
    return (
        f'<defs><pattern id="hatch-{escape(id)}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line y2="6" '
        'stroke="currentColor" stroke-opacity=".5" stroke-width="2"/></pattern></defs>'
    )


def ink(colour: str) -> str:
    """Which ink reads on a class colour (WCAG's relative luminance); plain on hatching."""
    if not colour:
        return "halo"
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return "on-dark" if 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.18 else "on-light"


def standalone(chart: Markup, classes: Iterable[Class]) -> str:
    """A chart of fixed width as an SVG file of its own, with its colours, dark on white."""
    colours = "".join(f".level-{c.level}{{--level:{c.colour}}}" for c in classes)
    plain = "".join(
        f".level-{c.level}.dots,.level-{c.level}.line{{stroke:{c.colour}}}"
        f".level-{c.level}.shape,.level-{c.level}.bar{{fill:{c.colour}}}"
        for c in classes
    )
    style = f"<style>{colours}{STYLE}{plain}</style>"
    head, rest = str(chart).split(">", 1)
    head = head.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" color="#16181c" ', 1)
    return f'{head} font-family="Arial, Helvetica, sans-serif">{style}{rest}'
