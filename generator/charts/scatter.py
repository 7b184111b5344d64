"""The scatter: two indicators against each other, a dot for every area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.parts import draw_chart, level_class, svg_length
from generator.charts.scales import round_ticks
from generator.data.compare import Comparison, Measure
from generator.data.relations import Relation
from generator.language.numbers import list_text, number

HEIGHT = 320
MOST_NAMED = 1500
"""With more areas dots have neither names nor ids: a page must not weigh megabytes."""
_LEFT, _TOP, _BELOW, _MARGIN = 80, 24, 44, 24
_LINE = 'stroke="currentColor"'


def scatter(
    speak: Catalogue, comparison: Comparison, across: Measure, up: Measure, relation: Relation
) -> Markup:
    """`across` from left to right, `up` from below; higher values are right and above.

    A dot has the colour of its class in `across`, and the id ``at-CODE``: an address that
    ends in ``#at-CODE`` marks that area.

    Returns
    -------
    Markup
        Empty if no area has both.
    """
    if not relation.codes:
        return Markup("")
    plot = _Plot(_Axis.of(across, relation), _Axis.of(up, relation))
    dots = "".join(plot.dot(comparison, code, relation) for code in relation.codes)
    about = speak(
        "Dots: %(count)s. Rank correlation: %(rho)s.",
        count=number(len(relation.codes)), rho=rho_text(speak, relation),
    )  # fmt: skip
    names = [across.indicator.name, up.indicator.name]
    return draw_chart(
        "scatter", _TOP + HEIGHT + _BELOW, list_text(speak, names),
        about,
        f'<g class="axis">{plot.frame()}</g><g {_LINE} stroke-width=".8">{dots}</g>', "group",
    )  # fmt: skip


def rho_text(speak: Catalogue, relation: Relation) -> str:
    """Spearman's coefficient with its sign, or that there is none."""
    return coefficient(speak, relation.rho)


def coefficient(speak: Catalogue, value: float | None) -> str:
    """A correlation with its sign, or that there is none."""
    if value is None:
        return speak("can’t be worked out")
    return ("+" if value > 0 else "") + number(value, 2)


@dataclass(frozen=True, slots=True)
class _Axis:
    """One measure's scores, and the ends of its scale."""

    measure: Measure
    scores: Mapping[str, float]
    low: float
    high: float

    @classmethod
    def of(cls, measure: Measure, relation: Relation) -> _Axis:
        scores = {c: measure.positions[c].score or 0.0 for c in relation.codes}
        return cls(measure, scores, min(scores.values()), max(scores.values()))

    def part(self, value: float) -> float:
        """A value's place from 0 to 1."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5

    def ticks(self) -> list[tuple[float, str]]:
        ticks = round_ticks(self.low, self.high)
        decimals = max((len(f"{t:g}".partition(".")[2]) for t in ticks), default=0)
        return [(tick, number(tick, decimals)) for tick in ticks]

    @property
    def title(self) -> str:
        indicator = self.measure.indicator
        unit = f" ({indicator.unit})" if indicator.unit else ""
        return str(escape(f"{indicator.name}{unit}, {self.measure.edition.id}"))

    def figure(self, code: str) -> str:
        indicator = self.measure.indicator
        return f"{indicator.name} {number(self.scores[code], indicator.decimals)}"


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values lie on the chart."""

    across: _Axis
    up: _Axis

    def x(self, value: float) -> str:
        room = 1000 - _LEFT - 2 * _MARGIN
        return svg_length(_LEFT + _MARGIN + room * self.across.part(value))

    def y(self, value: float) -> float:
        return round(_TOP + 8 + (HEIGHT - 16) * (1 - self.up.part(value)), 1)

    def dot(self, comparison: Comparison, code: str, relation: Relation) -> str:
        level = level_class(self.across.measure.positions[code].level)
        place = f'cx="{self.x(self.across.scores[code])}" cy="{self.y(self.up.scores[code]):g}"'
        if len(relation.codes) > MOST_NAMED:
            return f'<circle class="shape {level}" {place} r="3"/>'
        name = comparison.areas[code].name
        about = f"{name}: {self.across.figure(code)}, {self.up.figure(code)}"
        return (
            f'<circle id="at-{escape(code)}" class="shape {level}" {place} r="4">'
            f"<title>{escape(about)}</title></circle>"
        )

    def frame(self) -> str:
        """Both axes with their ticks and titles."""
        left, bottom = svg_length(_LEFT), _TOP + HEIGHT
        parts = [f'<line x1="{left}" x2="100%" y1="{bottom}" y2="{bottom}" {_LINE}/>']
        for tick, text in self.across.ticks():
            x = self.x(tick)
            parts.append(
                f'<line x1="{x}" x2="{x}" y1="{bottom}" y2="{bottom + 4}" {_LINE}/>'
                f'<text x="{x}" y="{bottom + 17}" text-anchor="middle">{text}</text>'
            )
        for tick, text in self.up.ticks():
            y = self.y(tick)
            parts.append(
                f'<line x1="{left}" x2="100%" y1="{y:g}" y2="{y:g}" {_LINE} stroke-opacity=".2"/>'
                f'<text x="{svg_length(_LEFT - 8)}" y="{y + 4:g}" text-anchor="end">{text}</text>'
            )
        parts.append(
            f'<text class="quiet" x="0" y="12">{self.up.title}</text><text class="quiet" '
            f'x="100%" y="{bottom + 36}" text-anchor="end">{self.across.title}</text>'
        )
        return "".join(parts)
