"""A line of a profile: where one area stands in one measure, small enough for a table."""

from __future__ import annotations

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.parts import draw_shape, svg_length
from generator.charts.scales import breaks_of, scale_of
from generator.data.compare import Measure
from generator.language.positions import position_text

_CIRCLE = "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"


def profile_line(speak: Catalogue, measure: Measure, code: str) -> Markup:
    """The area's place on the measure's scale, with the limits of the classes.

    The better end is on the right.  Empty where the area has no place.
    """
    position = measure.positions.get(code)
    if position is None:
        return Markup("")
    scale, value = scale_of(measure), measure.values[code]
    limits = "".join(
        f'<line x1="{svg_length(scale.at(b))}" x2="{svg_length(scale.at(b))}" y1="5" y2="15"/>'
        for b in breaks_of(measure)
    )
    return Markup(  # noqa: S704 - made here, of escaped texts
        f'<svg class="chart profile-line" width="100%" height="20" role="img" '
        f'aria-label="{escape(position_text(speak, measure, code))}">'
        f'<g stroke="currentColor" stroke-opacity=".35"><line x1="0" x2="100%" y1="10" y2="10"/>'
        f'{limits}</g><g stroke="currentColor" stroke-width="1.5">'
        f"{draw_shape(svg_length(scale.at(value)), 10, _CIRCLE, position.level)}</g></svg>"
    )
