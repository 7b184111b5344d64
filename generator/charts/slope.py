"""Inline SVG charts: where an area stands among all, change of rank, shares of classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markupsafe import Markup, escape

from generator.charts.parts import (
    CIRCLE,
    ROW_PX,
    SHAPES,
    STYLE,
    Frame,
    Href,
    Series,
    draw_key,
    draw_shape,
    hatch,
    ink,
    level_class,
    median_of,
    own_series,
    standalone,
    title_of,
    value_text,
)
from generator.charts.strip import strip, strip_sheet
from generator.charts.swarm import NARROW_PX, Swarm, scale_of, shows_scores, swarm, values_of
from generator.data.compare import Comparison, Measure
from generator.language.words import (
    change_sentence,
    counted,
    joined,
    number,
    ordinal,
    position_text,
    share_text,
)

__all__ = [
    "STYLE",
    "Series",
    "Swarm",
    "class_bar",
    "histogram",
    "slope",
    "standalone",
    "strip",
    "strip_sheet",
    "swarm",
]


def slope(
    comparison: Comparison,
    code: str | None = None,
    *,
    marked: Sequence[Series] = (),
    href: Href | None = None,
    width: int | None = None,
) -> Markup:
    """Ranks from edition to edition as lines, rank 1 at the top.

    One line for every area that is in two editions that follow one another; those of
    `marked` are darker and have shapes at their ends; `code` is heavy, with its ranks.

    Returns
    -------
    Markup
        Empty if nothing is known in two editions, or `code` is not.
    """
    measures = [m for m in comparison.headline() if m.positions]
    steps = list(pairwise(measures))
    both = [[c for c in a.positions if c in b.positions] for a, b in steps]
    if not any(both) or (code is not None and not any(code in codes for codes in both)):
        return Markup("")
    frame = Frame(width)
    sheet = _Slope(comparison, tuple(measures), frame)
    # Counted and drawn are those that are known twice.
    own = [
        replace(one, codes=tuple(c for c in one.codes if sheet.moves(c)))
        for one in (own_series(marked, measures[0], code) if marked else [])
    ]
    own = [one for one in own if one.codes]
    parts = [sheet.axes(), sheet.lines([c for codes in both for c in codes], 1, ".25")]
    for at, one in enumerate(own):
        parts.append(sheet.lines(one.codes, 1.5, ".7"))
        parts += [sheet.ends(c, SHAPES[at % 3], href) for c in one.codes]
    if code is not None:
        parts += [sheet.lines([code], 3.5, "1"), sheet.ends(code, CIRCLE, None), sheet.told(code)]
    rows = [(f"{s.label} ({number(len(s.codes))})", SHAPES[at % 3]) for at, s in enumerate(own)]
    top = sheet.top + sheet.height + 18
    title = f"Ranks in {joined(m.edition.id for m in measures)}"
    return frame.chart(
        "slope", top + ROW_PX * len(rows), title, sheet.aloud(code, both), "".join(parts)
        + draw_key(rows, top, ""), "group" if href else "img",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Slope:
    """Where the lines of a slope chart run, and its parts."""

    comparison: Comparison
    measures: tuple[Measure, ...]
    frame: Frame
    top: int = 28
    height: int = 220

    def x(self, at: int) -> float:
        return 300 + 440 * at / (len(self.measures) - 1)

    def y(self, measure: Measure, rank: int) -> float:
        return round(self.height * (rank - 1) / max(1, measure.of - 1), 1)

    def moves(self, code: str) -> bool:
        return any(code in a.positions and code in b.positions for a, b in pairwise(self.measures))

    def axes(self) -> str:
        """One upright per edition, its ends named, hot and cold limits as ticks."""
        parts = []
        for at, m in enumerate(self.measures):
            x = self.frame.x(self.x(at))
            limits = [r for r in (m.hot_from_rank, m.cold_from_rank) if r]
            ticks = "".join(
                f'<line x1="{self.frame.x(self.x(at) - 12)}" x2="{self.frame.x(self.x(at) + 12)}" '
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
            f'<text class="quiet" x="0" y="{self.top + self.y(first, r) + 4:g}">{ordinal(r)}</text>'
            for r in ranks
        ]
        return f'<g class="axis">{"".join(parts)}</g>'

    def lines(self, codes: Iterable[str], stroke: float, opacity: str) -> str:
        d = "".join(
            f"M{self.frame.along(self.x(at))} {self.y(a, a.positions[c].rank):g}"
            f"L{self.frame.along(self.x(at + 1))} {self.y(b, b.positions[c].rank):g}"
            for c in dict.fromkeys(codes)
            for at, (a, b) in enumerate(pairwise(self.measures))
            if c in a.positions and c in b.positions
        )
        path = (
            f'<path d="{d}" fill="none" stroke="currentColor" stroke-width="{stroke:g}" '
            f'stroke-opacity="{opacity}" vector-effect="non-scaling-stroke"/>'
        )
        return self.frame.plot(path, self.top, self.height) if d else ""

    def ends(self, code: str, shape: str, href: Href | None) -> str:
        name = escape(self.comparison.areas[code].name)
        shapes = "".join(
            draw_shape(
                self.frame.x(self.x(at)), self.top + self.y(m, m.positions[code].rank), shape,
                m.positions[code].level,
            )
            for at, m in enumerate(self.measures)
            if code in m.positions
        )  # fmt: skip
        title = f"<title>{name}: {escape(change_sentence(self.comparison, code))}</title>"
        stroke = 'stroke="currentColor" stroke-width="1.5"'
        if href is None:
            return f"<g {stroke}>{title}{shapes}</g>"
        return f'<a href="{escape(href(code))}" {stroke}>{title}{shapes}</a>'

    def told(self, code: str) -> str:
        """The ranks of the page's area beside its first and last point."""
        known = [(at, m) for at, m in enumerate(self.measures) if code in m.positions]
        return "".join(
            f'<text class="halo" x="{self.frame.x(self.x(at) + side * 40)}" '
            f'y="{self.top + self.y(m, m.positions[code].rank) + 5:g}" font-size="15" '
            f'font-weight="700" text-anchor="{anchor}">{ordinal(m.positions[code].rank)}</text>'
            for (at, m), side, anchor in ((known[0], -1, "end"), (known[-1], 1, "start"))
        )

    def aloud(self, code: str | None, both: Sequence[Sequence[str]]) -> str:
        count = len({c for codes in both for c in codes})
        parts = [f"{counted(count, 'area is', 'areas are')} known in two editions."]
        if code is not None:
            name = self.comparison.areas[code].name
            parts.insert(0, f"{name}: {change_sentence(self.comparison, code)}")
        return " ".join(parts)


def class_bar(
    measure: Measure, codes: Iterable[str], *, id: str, title: str, width: int | None = None
) -> Markup:
    """How many of some areas are in each class, as one stacked bar, the worst on the left.

    Parameters
    ----------
    id
        Unique in the page; names the hatching of areas that aren't known.
    title
        What the areas are: "East Midlands".
    """
    members = list(codes)
    frame, classes = Frame(width), measure.classification.classes
    levels = [p.level for c in members if (p := measure.positions.get(c)) is not None]
    counts = [(k.label, level_class(k.level), k.colour, levels.count(k.level)) for k in classes]
    counts.append(("Not known or not ranked", "level-none", "", len(members) - len(levels)))
    parts, done = [hatch(id)], 0
    for label, level, colour, count in counts:
        if not count:
            continue
        x, room = 1000 * done / len(members), 1000 * count / len(members)
        done += count
        fill = f' fill="url(#hatch-{escape(id)})"' if level == "level-none" else ""
        name = "none" if level == "level-none" else "bar"
        parts.append(
            f"<g><title>{escape(label)}: {share_text(count, len(members))}</title>"
            f'<rect class="{name} {level}" x="{frame.x(x)}" width="{frame.x(room)}" height="28" '
            f'stroke="currentColor" stroke-opacity=".35"{fill}/>'
        )
        if room * NARROW_PX / 1000 >= 8 + 7 * len(number(count)):
            parts.append(
                f'<text class="{ink(colour)}" x="{frame.x(x + room / 2)}" y="19" font-size="13" '
                f'text-anchor="middle">{number(count)}</text>'
            )
        parts.append("</g>")
    about = "; ".join(
        f"{label}: {share_text(count, len(members))}" for label, _, _, count in counts if count
    )
    return frame.chart(
        "classes", 28, f"{title}, {measure.edition.id}", f"{about}.", "".join(parts), "img"
    )


def histogram(
    measure: Measure, code: str | None = None, *, bins: int = 40, width: int | None = None
) -> Markup:
    """How many areas have which score, by class, for a legend; `code` is marked.

    Returns
    -------
    Markup
        Empty where there are no scores: every rank is there once.
    """
    if not shows_scores(measure):
        return Markup("")
    frame, scale, values = Frame(width), scale_of(measure), values_of(measure)
    counts: dict[int, dict[int | None, int]] = {}
    for c, value in values.items():
        at = min(bins - 1, int(scale.at(value) * bins / 1000))
        levels = counts.setdefault(at, {})
        level = measure.positions[c].level
        levels[level] = levels.get(level, 0) + 1
    highest = max(sum(levels.values()) for levels in counts.values())
    bars: dict[int | None, str] = {}
    for at, levels in sorted(counts.items()):
        base = 40.0
        for level, count in sorted(levels.items(), key=lambda item: str(item[0])):
            tall = 40 * count / highest
            left, right = frame.along(at * 1000 / bins), frame.along((at + 1) * 1000 / bins)
            bars[level] = bars.get(level, "") + f"M{left} {base:.1f}H{right}v-{tall:.1f}H{left}z"
            base -= tall
    paths = "".join(
        f'<path class="bar {level_class(level)}" d="{d}"/>'
        for level, d in sorted(bars.items(), key=lambda item: str(item[0]))
    )
    body = frame.plot(paths, 8, 40)
    if code in values:
        x = scale.at(values[code])
        body += (
            f'<g class="here"><title>{escape(position_text(measure, code))}</title>'
            f'<svg x="{frame.x(x)}" y="6" overflow="visible"><path d="M-6-6h12L0 3z"/></svg>'
            f'<line x1="{frame.x(x)}" x2="{frame.x(x)}" y1="8" y2="48" stroke="currentColor" '
            'stroke-width="2"/></g>'
        )
    return frame.chart(
        "histogram", 48, title_of(measure),
        f"From {value_text(measure, min(values.values()))} to "
        f"{value_text(measure, max(values.values()))}, most near the median, "
        f"{value_text(measure, median_of(measure))}.",
        body, "img",
    )  # fmt: skip
