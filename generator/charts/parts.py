"""What the charts share: places along the width, shapes, labels, a key.

Positions along a chart are per cents of its width, so that type and dots keep their size
from 340 px on.  Colours come from the classes ``level-0``…, what is drawn how from the
site's style sheet (``.chart``); there is no style attribute and no script.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.swarm import NARROW_PX
from generator.data.compare import Measure
from generator.language.numbers import number

Href = Callable[[str], str]

SHAPES = (
    "M-4-4h8v8h-8z",
    "M0-5.5L5.5 0 0 5.5-5.5 0z",
    "M0-5.5L5.5 4.5H-5.5z",
)
CIRCLE = "M-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0z"
TABBABLE = 12
CHARACTER_PX = 6.7
MOST_LINES = 1500
"""Of more areas there is no line for each: a page must not grow with the atlas."""
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


def svg_length(thousandths: float) -> str:
    """A place along the chart as a per cent of its width."""
    return f"{thousandths / 10:.4g}%"


def draw_plot(content: str, top: int, height: int) -> str:
    """A part of the chart, 1000 units wide, that is stretched to the width, strokes excepted."""
    box = f'viewBox="0 0 1000 {height}" preserveAspectRatio="none" width="100%"'
    return f'<svg {box} y="{top}" height="{height}" overflow="visible">{content}</svg>'


def draw_path(d: str, stroke: float, opacity: str) -> str:
    """Lines that keep their width however the plot is stretched."""
    return (
        f'<path d="{d}" fill="none" stroke="currentColor" stroke-width="{stroke:g}" '
        f'stroke-opacity="{opacity}" vector-effect="non-scaling-stroke"/>'
    )


def draw_chart(kind: str, height: int, label: str, about: str, body: str, role: str) -> Markup:
    """A chart as wide as its column; `label` names it, `about` reads it aloud."""
    return Markup(  # noqa: S704 - `body` is made here, of escaped names
        f'<svg class="chart {kind}" width="100%" height="{height}" role="{role}" '
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


def label_place(x: float, text: str) -> tuple[str, str]:
    """Where a label must be anchored so that it stays inside at any width."""
    room = 1000 * len(text) * CHARACTER_PX / NARROW_PX
    if room / 2 <= min(x, 1000 - x):
        return svg_length(x), "middle"
    if room <= 1000 - x:
        return svg_length(x), "start"
    if room <= x:
        return svg_length(x), "end"
    return (svg_length(0), "start") if x < 500 else (svg_length(1000), "end")


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


def value_text(speak: Catalogue, measure: Measure, value: float) -> str:
    if measure.has_scores:
        return number(value, measure.indicator.decimals)
    return speak("rank %(figure)s", figure=number(value, 0 if value == int(value) else 1))


def title_of(speak: Catalogue, measure: Measure) -> str:
    """Such as "Overall score, 2016: all 324", "Ranks, 2017: 47 of 324 are known"."""
    what = measure.indicator.name if measure.has_scores else speak("Ranks")
    count, of = number(len(measure.positions)), number(measure.of)
    if measure.complete:
        known = speak("all %(of)s", of=of)
    else:
        known = speak("%(count)s of %(of)s are known", count=count, of=of)
    return f"{what}, {measure.edition.id}: {known}"
