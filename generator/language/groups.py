"""Sentences about a group of areas, made from the data."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from generator.data.compare import Comparison, GroupSummary, Measure, Spot
from generator.data.places import Group
from generator.language.numbers import counted, joined, number, percent, with_article
from generator.language.positions import rank_text, spoken, spot_noun
from generator.settings import Spots, Words


def group_sentence(
    comparison: Comparison,
    group: Group,
    words: Words,
    spots: Spots | None,
    measure: Measure | None = None,
) -> str:
    """One plain sentence about a group in one measure (the main one unless named).

    "East Midlands in 2016: 20 of 40 authorities are coldspots (50 %) and 2 are hotspots."
    """
    measure = measure or comparison.main
    summary = comparison.summaries[measure.id][group.kind, group.id]
    head = f"{group.name} in {measure.edition.id}: "
    if not summary.known:
        return f"{head}no rank is known here."
    unknown = sum(measure.lacks(c) for c in group.members)
    spotted = spots is not None and measure.hot_from_rank is not None
    if unknown:
        ranks = counted(summary.known + unknown, "rank", "ranks")
        verb = "is" if summary.known == 1 else "are"
        head += f"{number(summary.known)} of {ranks} {verb} known"
        if spots is None or not spotted:
            return f"{head}; of these, {_ends(comparison, measure, summary)}."
        return f"{head}, {_among(comparison, measure, summary, spots)} among them."
    if spots is None or not spotted:
        return head + _ends(comparison, measure, summary) + "."
    return head + _spots_clause(measure, summary, words, spots, comparison) + "."


def _among(comparison: Comparison, measure: Measure, summary: GroupSummary, spots: Spots) -> str:
    """Counts without shares: a share of what happens to be known would mislead."""
    counts: list[tuple[int, Spot]] = sorted([(-summary.hot, "hot"), (-summary.cold, "cold")])
    parts = []
    for negative, spot in counts:
        lone = _lone(comparison, measure, summary, spot)
        noun = spot_noun(spot, spots, -negative)
        parts.append(f"{number(-negative) if negative else 'no'} {noun}" + (lone and f" ({lone})"))
    return joined(parts)


def _spots_clause(
    measure: Measure,
    summary: GroupSummary,
    words: Words,
    spots: Spots,
    comparison: Comparison,
) -> str:
    """Cold and hot members, the larger number first, with a lone one's name."""
    counts: Mapping[Spot, int] = {"hot": summary.hot, "cold": summary.cold}
    first: Spot = "hot" if summary.hot > summary.cold else "cold"
    second: Spot = "cold" if first == "hot" else "hot"
    of = counted(summary.known, words.area, words.areas)
    if not counts[first]:
        return f"none of {of} is {with_article(spots.hot)} or {with_article(spots.cold)}"
    share = percent(Fraction(counts[first], summary.known))
    verb = _is_are(counts[first], first, spots)
    lone = _lone(comparison, measure, summary, first)
    text = f"{number(counts[first])} of {of} {verb} ({share}{lone and f', {lone}'})"
    if not counts[second]:
        return f"{text}, none is {with_article(spot_noun(second, spots))}"
    lone = _lone(comparison, measure, summary, second)
    other = f"{number(counts[second])} {_is_are(counts[second], second, spots)}"
    return f"{text} and {other}" + (f" ({lone})" if lone else "")


def _is_are(count: int, spot: Spot, spots: Spots) -> str:
    noun = spot_noun(spot, spots, count)
    return f"is {with_article(noun)}" if count == 1 else f"are {noun}"


def _lone(comparison: Comparison, measure: Measure, summary: GroupSummary, spot: Spot) -> str:
    codes = [c for c in summary.ranking if measure.positions[c].spot == spot]
    return spoken(comparison.areas[codes[0]].name) if len(codes) == 1 else ""


def _ends(comparison: Comparison, measure: Measure, summary: GroupSummary) -> str:
    def named(code: str) -> str:
        rank = rank_text(measure.positions[code], measure.of)
        return f"{spoken(comparison.areas[code].name)} ({rank})"

    best, worst = summary.ranking[0], summary.ranking[-1]
    neutral = measure.indicator.better == "neutral"
    first, last = ("highest", "lowest") if neutral else ("best", "last")
    return f"the {first} is {named(best)}" + (
        f", the {last} {named(worst)}" if best != worst else ""
    )
