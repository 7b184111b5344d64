"""The figures that statements are checked by, each as the range of all that it can be.

In an edition that is known only in part, an area that isn't known has one of the
ranks that no known area has; so a count of hotspots, say, lies between what is known
of them and what the free ranks allow.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

from generator.data.compare import Comparison, Measure, Position
from generator.data.places import Group
from generator.language.numbers import (
    NBSP,
    counted,
    joined,
    number,
    ordinal,
    percent,
    share_text,
    with_article,
)
from generator.language.positions import rank_text, spoken
from generator.settings import Spots

SpotName = Literal["hot", "cold", "between"]
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Range:
    """All that a figure can be, ends included; ``whole`` is how many it is counted among.

    ``text`` says it in words, with what isn't known.
    """

    low: Fraction
    high: Fraction
    whole: Fraction
    text: str


def _is(position: Position, spot: SpotName) -> bool:
    return position.spot == (None if spot == "between" else spot)


def _ranked(measure: Measure, members: Collection[str]) -> tuple[list[str], list[str]]:
    """Known members, best first, and members whose rank exists but isn't known here."""
    known = [code for code in measure.positions if code in members]
    unknown = [c for c in members if c not in measure.positions and not measure.leaves_out(c)]
    return known, sorted(unknown)


def _total(measure: Measure, spot: SpotName) -> int:
    """How many areas of the edition are hot, cold or between, known or not."""
    if measure.complete:
        return sum(_is(p, spot) for p in measure.positions.values())
    hot = measure.hot_from_rank or 0
    cold = measure.of - measure.cold_from_rank + 1 if measure.cold_from_rank else 0
    return {"hot": hot, "cold": cold, "between": measure.of - hot - cold}[spot]


def _count(measure: Measure, members: Collection[str], spot: SpotName) -> tuple[int, int, int]:
    """The least and most members that can be hot (cold, between), and how many are ranked."""
    known, unknown = _ranked(measure, members)
    sure = sum(_is(measure.positions[code], spot) for code in known)
    taken = sum(_is(p, spot) for p in measure.positions.values())
    free = max(0, _total(measure, spot) - taken)
    elsewhere = measure.of - len(measure.positions) - len(unknown)
    least = sure + max(0, free - elsewhere)
    return least, sure + min(len(unknown), free), len(known) + len(unknown)


def count_range(
    comparison: Comparison,
    measure: Measure,
    members: Collection[str],
    spot: SpotName,
    spots: Spots | None,
) -> Range:
    """How many of `members` are hot, cold or between; the fewer side is named."""
    low, high, of = _count(measure, members, spot)
    known, unknown = _ranked(measure, members)
    hits = [c for c in known if _is(measure.positions[c], spot)]
    text = _count_text(comparison, measure, known, hits, _nouns(spot, spots), bool(unknown))
    if unknown:
        listed = joined(spoken(comparison.areas[c].name) for c in unknown)
        ranks = "rank" if len(unknown) == 1 else "ranks"
        verb = "is" if len(unknown) == 1 else "are"
        whose = f" of {listed}" if len(unknown) <= _NAMED else ""
        many = "the" if whose else number(len(unknown))
        text += f"{'; ' if text else ''}{many} {ranks}{whose} {verb} not known here"
    return Range(Fraction(low), Fraction(high), Fraction(of), text or "none is ranked")


def _count_text(
    comparison: Comparison,
    measure: Measure,
    known: list[str],
    hits: list[str],
    nouns: tuple[str, str],
    partial: bool,
) -> str:
    """Such as "13 of 14 are coldspots, not North East Derbyshire (255th)"."""
    if not known:
        return ""
    one, many = nouns
    if len(known) == 1:
        negation = "" if hits else "not "
        return f"{_stated(comparison, measure, known[0])} is {negation}{one}"
    if len(hits) == len(known) and not partial:
        return f"{'both' if len(known) == 2 else f'all {number(len(known))}'} are {many}"
    word = " known" if partial else ""
    verb = f"is {one}" if len(hits) == 1 else f"are {many}"
    text = f"{number(len(hits)) if hits else 'none'} of {number(len(known))}{word} {verb}"
    misses = [code for code in known if code not in hits]
    named, lead = (hits, ": ") if len(hits) <= len(misses) else (misses, ", not ")
    if 0 < len(named) <= _NAMED:
        text += lead + joined(_stated(comparison, measure, code) for code in named)
    return text


def _nouns(spot: SpotName, spots: Spots | None) -> tuple[str, str]:
    """What one and what several such areas are."""
    spots = spots or Spots()
    if spot == "between":
        neither = f"between {spots.hot_plural} and {spots.cold_plural}"
        return neither, neither
    if spot == "hot":
        return with_article(spots.hot), spots.hot_plural
    return with_article(spots.cold), spots.cold_plural


def _stated(comparison: Comparison, measure: Measure, code: str) -> str:
    return f"{spoken(comparison.areas[code].name)} ({ordinal(measure.positions[code].rank)})"


def share_range(
    measure: Measure, members: Collection[str], spot: SpotName, *, of_spots: bool
) -> Range:
    """The members' share that is hot, or (``of_spots``) the share of all hot areas among them."""
    low, high, ranked = _count(measure, members, spot)
    of = _total(measure, spot) if of_spots else ranked
    if not of:
        return Range(Fraction(0), Fraction(1), Fraction(1), "none is ranked")
    if low == high:
        text = share_text(low, of)
    else:
        known, _ = _ranked(measure, members)
        shares = f"{percent(Fraction(low, of))} to {percent(Fraction(high, of))}"
        text = (
            f"{number(low)} to {number(high)} of {number(of)}, {shares}, as "
            f"{number(len(known))} of {counted(ranked, 'rank', 'ranks')} "
            f"{'is' if len(known) == 1 else 'are'} known"
        )
    return Range(Fraction(low, of), Fraction(high, of), Fraction(1), text)


def rank_range(measure: Measure, code: str, *, from_end: bool = False) -> Range:
    """The rank of an area, or any rank that is free."""
    position = measure.positions.get(code)
    low, high = _ranks(measure, code)
    if from_end:
        low, high = measure.of + 1 - high, measure.of + 1 - low
    if position is not None:
        text = rank_text(position, measure.of)
    elif measure.leaves_out(code):
        text = "not ranked"
    else:
        text = "the rank is not known here"
    return Range(Fraction(low), Fraction(high), Fraction(measure.of), text)


def _ranks(measure: Measure, code: str) -> tuple[int, int]:
    position = measure.positions.get(code)
    if position is not None:
        return position.rank, position.rank
    if measure.complete:
        return 1, measure.of
    free = set(range(1, measure.of + 1)) - {p.rank for p in measure.positions.values()}
    return (min(free), max(free)) if free else (1, measure.of)


def behind_range(comparison: Comparison, measure: Measure, code: str, than: str) -> Range:
    """How many places `code` ranks behind `than` (negative if before it)."""
    one, other = _ranks(measure, code), _ranks(measure, than)
    stated = [_stated(comparison, measure, c) for c in (code, than) if c in measure.positions]
    unknown = [spoken(comparison.areas[c].name) for c in (code, than) if c not in measure.positions]
    text = joined(stated)
    if unknown:
        verb = "rank of" if len(unknown) == 1 else "ranks of"
        are = "is" if len(unknown) == 1 else "are"
        text += f"{'; ' if text else ''}the {verb} {joined(unknown)} {are} not known here"
    of = Fraction(measure.of)
    return Range(Fraction(one[0] - other[1]), Fraction(one[1] - other[0]), of, text)


def place_range(
    comparison: Comparison,
    measure: Measure,
    group: Group,
    by: Literal["cold share", "hot share", "median rank"],
) -> Range:
    """The group's place among its kind, the worst first; any place if a group isn't all known."""
    figures: dict[str, Fraction] = {}
    gaps = 0
    for one in comparison.groups:
        known, unknown = _ranked(measure, one.members)
        if one.kind != group.kind or not (known or unknown):
            continue
        gaps += bool(unknown)
        # Larger is worse.
        figures[one.id] = _badness(measure, known, by) if known else Fraction(0)
    of = len(figures)
    if gaps or group.id not in figures:
        return Range(
            Fraction(1), Fraction(max(of, 1)), Fraction(of),
            f"the ranks of {number(gaps)} of {number(of)} are not all known",
        )  # fmt: skip
    place = 1 + sum(figure > figures[group.id] for figure in figures.values())
    text = (
        f"{group.name} {ordinal(place)} of {number(of)} from the worst "
        f"({_as_text(figures[group.id], by)})"
    )
    if place > 1:
        worst = max(figures, key=lambda i: (figures[i], i))
        names = {g.id: g.name for g in comparison.groups if g.kind == group.kind}
        text += f", the worst is {names[worst]} ({_as_text(figures[worst], by)})"
    return Range(Fraction(place), Fraction(place), Fraction(of), text)


def _badness(measure: Measure, known: list[str], by: str) -> Fraction:
    positions = [measure.positions[code] for code in known]
    if by == "median rank":
        return Fraction(median(p.rank for p in positions))
    spot = "cold" if by == "cold share" else "hot"
    share = Fraction(sum(p.spot == spot for p in positions), len(positions))
    return share if spot == "cold" else -share


def _as_text(figure: Fraction, by: str) -> str:
    if by == "median rank":
        return f"median rank{NBSP}{number(float(figure), 0 if figure.denominator == 1 else 1)}"
    return percent(abs(figure))
