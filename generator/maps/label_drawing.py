"""The drawing of the names that lies over a map's own: at a constant size, at any width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import escape

from generator.maps.labels import STEPS_PX, PlacedLabel
from generator.maps.lettering import GROUP_LINE_PX, LINE_PX

LEAD_PX = 3
"""Between a name and the end of its line."""


def label_svg(labels: Iterable[PlacedLabel], levels: Mapping[str, int | None]) -> str:
    """The drawing that lies over a map's own.

    Parameters
    ----------
    levels
        The class under each name that lies within its area, by code; names of other
        areas get a halo.
    """
    drawn = "".join(
        _aside(label) if label.aside else _text(label, _tone(label, levels)) for label in labels
    )
    return f'<svg class="map-labels" aria-hidden="true">{drawn}</svg>'


def _tone(label: PlacedLabel, levels: Mapping[str, int | None]) -> str:
    """Class of a name: the fill under it, or its halo, and from which width it shows."""
    level = levels.get(label.code)
    tone = "halo" if label.code else "region-name"
    if label.inside < len(STEPS_PX) and level is not None:
        tone = f"on-{level}" + (f" halo-{label.inside}" if label.inside > label.step else "")
    return tone + (f" from-{label.step}" if label.step else "")


def _text(label: PlacedLabel, tone: str) -> str:
    """A name over its own place."""
    x, y = _svg_length(label.x), _svg_length(label.y)
    return _lines(label, f'class="{tone}" y="{y}"', f'x="{x}"')


def _aside(label: PlacedLabel) -> str:
    """A name beside its place, with the line to it: a drawing of its own, in pixels."""
    aside = label.aside
    assert aside is not None
    step = f' class="from-{label.step}"' if label.step else ""
    tone = "halo" if label.code else "region-name"
    attributes = f'class="{tone} {aside.end}"' + (f' y="{aside.dy:g}"' if aside.dy else "")
    text = _lines(label, attributes, f'x="{aside.dx:g}"')
    place = f'x="{_svg_length(label.x)}" y="{_svg_length(label.y)}"'
    line = ""
    if label.code:
        line = f'<path class="lead" d="M0 0L{_ends(label)}"/>'
    drawn = f'<svg {place}{step} overflow="visible">{line}{text}</svg>'
    if label.lead is None:
        return drawn
    x, y = label.lead
    ends = f'x1="{_svg_length(label.x)}" y1="{_svg_length(label.y)}"'
    return f'<line class="lead" {ends} x2="{_svg_length(x)}" y2="{_svg_length(y)}"/>{drawn}'


def _ends(label: PlacedLabel) -> str:
    """Where the line from a place to the name beside it ends."""
    aside = label.aside
    assert aside is not None
    x, y = aside.dx, aside.dy
    if aside.end == "middle":
        half = len(label.lines) * LINE_PX / 2
        return f"{x:g} {y - half + 1 if y > 0 else y + half - 1:g}"
    return f"{x - LEAD_PX if x > 0 else x + LEAD_PX:g} {y:g}"


def _lines(label: PlacedLabel, attributes: str, x: str) -> str:
    """A name as text; lines after the first stand below it."""
    # Scripts repaint the names that lie on a class's colour.
    code = f' data-code="{label.code}"' if attributes.startswith('class="on-') else ""
    if len(label.lines) == 1:
        return f"<text {x} {attributes}{code}>{escape(label.lines[0])}</text>"
    line_px = LINE_PX if label.code else GROUP_LINE_PX
    first = -(len(label.lines) - 1) / 2 * line_px
    spans = "".join(
        f'<tspan {x} dy="{(line_px if at else first):g}">{escape(line)}</tspan>'
        for at, line in enumerate(label.lines)
    )
    return f"<text {attributes}{code}>{spans}</text>"


def _svg_length(share: float) -> str:
    """A place in a drawing to a tenth of a per cent: less than a pixel."""
    return f"{100 * share:.1f}%"
