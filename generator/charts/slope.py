"""The slope chart: ranks from edition to edition as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markupsafe import Markup, escape

from generator.catalogue import Catalogue
from generator.charts.parts import (
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
    own_series,
    svg_length,
)
from generator.data.compare import Comparison, Measure
from generator.language.areas import change_sentence
from generator.language.numbers import list_text, number, ordinal


def slope(
    speak: Catalogue,
    comparison: Comparison,
    code: str | None = None,
    *,
    marked: Sequence[Series] = (),
    href: Href | None = None,
) -> Markup:
    """Ranks from edition to edition as lines, rank 1 at the top.

    One line for every area that is in two editions that follow one another and rank equally
    many areas, or are stated to be comparable, up to `MOST_LINES` of them; those of `marked` are
    darker and have shapes at their ends; `code` is heavy, with its ranks.

    Returns
    -------
    Markup
        Empty if nothing is known in two editions, or `code` is not.
    """
    measures = [m for m in comparison.headline() if m.positions]
    steps = list(pairwise(measures))
    both = [[c for c in a.positions if _has_line(a, b, c)] for a, b in steps]
    if not any(both) or (code is not None and not any(code in codes for codes in both)):
        return Markup("")
    plot = _Slope(speak, comparison, tuple(measures))
    # Counted and drawn are those that are known twice.
    own = [
        replace(one, codes=tuple(c for c in one.codes if plot.moves(c)))
        for one in (own_series(marked, measures[0], code) if marked else [])
    ]
    own = [one for one in own if one.codes]
    every = {c: None for codes in both for c in codes}
    parts = [plot.axes(), plot.lines(every if len(every) <= MOST_LINES else (), 1, ".25")]
    for at, one in enumerate(own):
        parts.append(plot.lines(one.codes, 1.5, ".7"))
        parts += [plot.ends(c, SHAPES[at % 3], href) for c in one.codes]
    if code is not None:
        parts += [
            plot.lines([code], 3.5, "1"),
            plot.ends(code, CIRCLE, None),
            plot.named_ranks(code),
        ]
    rows = [(f"{s.label} ({number(len(s.codes))})", SHAPES[at % 3]) for at, s in enumerate(own)]
    top = plot.top + plot.height + 18
    title = speak(
        "Ranks in %(editions)s", editions=list_text(speak, (m.edition.id for m in measures))
    )
    return draw_chart(
        "slope", top + ROW_PX * len(rows), title, plot.aloud(code, both), "".join(parts)
        + draw_key(rows, top, ""), "group" if href else "img",
    )  # fmt: skip


def _has_line(earlier: Measure, later: Measure, code: str) -> bool:
    """Whether a line runs from one edition to the next: their ranks must mean the same."""
    alike = later.of == earlier.of or later.follows(earlier)
    return alike and code in earlier.positions and code in later.positions


@dataclass(frozen=True, slots=True)
class _Slope:
    """Where the lines of a slope chart run, and its parts."""

    speak: Catalogue
    comparison: Comparison
    measures: tuple[Measure, ...]
    top: int = 28
    height: int = 220

    def x(self, at: int) -> float:
        return 300 + 440 * at / (len(self.measures) - 1)

    def y(self, measure: Measure, rank: int) -> float:
        return round(self.height * (rank - 1) / max(1, measure.of - 1), 1)

    def moves(self, code: str) -> bool:
        return any(_has_line(a, b, code) for a, b in pairwise(self.measures))

    def axes(self) -> str:
        """One upright per edition, its ends named, hot and cold limits as ticks."""
        parts = []
        for at, m in enumerate(self.measures):
            x = svg_length(self.x(at))
            limits = [r for r in (m.hot_from_rank, m.cold_from_rank) if r]
            ticks = "".join(
                f'<line x1="{svg_length(self.x(at) - 12)}" x2="{svg_length(self.x(at) + 12)}" '
                f'y1="{self.top + self.y(m, r):g}" y2="{self.top + self.y(m, r):g}"/>'
                for r in limits
            )
            parts.append(
                f'<g stroke="currentColor" stroke-opacity=".4"><line x1="{x}" x2="{x}" '
                f'y1="{self.top}" y2="{self.top + self.height}"/>{ticks}</g>'
                f'<text x="{x}" y="14" text-anchor="middle" font-weight="700">'
                f"{escape(m.edition.id)}</text>"
            )
        first = self.measures[0]
        ranks = [1, *(r for r in (first.hot_from_rank, first.cold_from_rank) if r), first.of]
        parts += [
            f'<text class="quiet" x="0" y="{self.top + self.y(first, r) + 4:g}">'
            f"{ordinal(self.speak, r)}</text>"
            for r in ranks
        ]
        return f'<g class="axis">{"".join(parts)}</g>'

    def lines(self, codes: Iterable[str], stroke: float, opacity: str) -> str:
        d = "".join(
            f"M{round(self.x(at))} {self.y(a, a.positions[c].rank):g}"
            f"L{round(self.x(at + 1))} {self.y(b, b.positions[c].rank):g}"
            for c in dict.fromkeys(codes)
            for at, (a, b) in enumerate(pairwise(self.measures))
            if _has_line(a, b, c)
        )
        return draw_plot(draw_path(d, stroke, opacity), self.top, self.height) if d else ""

    def ends(self, code: str, shape: str, href: Href | None) -> str:
        name = escape(self.comparison.areas[code].name)
        shapes = "".join(
            draw_shape(
                svg_length(self.x(at)), self.top + self.y(m, m.positions[code].rank), shape,
                m.positions[code].level,
            )
            for at, m in enumerate(self.measures)
            if code in m.positions
        )  # fmt: skip
        title = (
            f"<title>{name}: {escape(change_sentence(self.speak, self.comparison, code))}</title>"
        )
        stroke = 'stroke="currentColor" stroke-width="1.5"'
        if href is None:
            return f"<g {stroke}>{title}{shapes}</g>"
        return f'<a href="{escape(href(code))}" {stroke}>{title}{shapes}</a>'

    def named_ranks(self, code: str) -> str:
        """The ranks of the page's area beside its first and last point."""
        known = [(at, m) for at, m in enumerate(self.measures) if code in m.positions]
        return "".join(
            f'<text class="halo" x="{svg_length(self.x(at) + side * 40)}" '
            f'y="{self.top + self.y(m, m.positions[code].rank) + 5:g}" font-size="15" '
            f'font-weight="700" text-anchor="{anchor}">'
            f"{ordinal(self.speak, m.positions[code].rank)}</text>"
            for (at, m), side, anchor in ((known[0], -1, "end"), (known[-1], 1, "start"))
        )

    def aloud(self, code: str | None, both: Sequence[Sequence[str]]) -> str:
        count = len({c for codes in both for c in codes})
        parts = [
            self.speak.plural(
                "%(n)s area is known in two editions.",
                "%(n)s areas are known in two editions.",
                count,
                n=number(count),
            )
        ]
        if code is not None:
            name = self.comparison.areas[code].name
            parts.insert(0, f"{name}: {change_sentence(self.speak, self.comparison, code)}")
        return " ".join(parts)
