"""The figures that statements are checked by, each as the range of all that it can be.

In an edition that is known only in part, an area that isn't known has one of the
ranks that no known area has; so a count of hotspots, say, lies between what is known
of them and what the free ranks allow.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Literal

from generator.catalogue import Catalogue
from generator.data.compare import Comparison, Measure, Position
from generator.data.places import Group
from generator.language.numbers import (
    list_text,
    number,
    ordinal,
    percent,
    share_text,
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
    speak: Catalogue,
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
    text = _count_text(
        speak, comparison, measure, known, hits, _noun(speak, spot, spots), bool(unknown)
    )
    if unknown:
        text += f"{'; ' if text else ''}{_not_known(speak, comparison, unknown)}"
    return Range(Fraction(low), Fraction(high), Fraction(of), text or speak("none is ranked"))


def _not_known(speak: Catalogue, comparison: Comparison, codes: Sequence[str]) -> str:
    """Whose ranks aren't known, or how many."""
    count = len(codes)
    if count > _NAMED:
        return speak.plural(
            "%(n)s rank is not known here", "%(n)s ranks are not known here", count,
            n=number(count),
        )  # fmt: skip
    names = list_text(speak, (spoken(comparison.areas[c].name) for c in codes))
    return speak.plural(
        "the rank of %(names)s is not known here", "the ranks of %(names)s are not known here",
        count, names=names,
    )  # fmt: skip


def _count_text(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    known: list[str],
    hits: list[str],
    noun: str,
    partial: bool,
) -> str:
    """Such as "13 of 14 are coldspots, not North East Derbyshire (255th)"."""
    if not known:
        return ""
    if len(known) == 1:
        stated = _stated(speak, comparison, measure, known[0])
        if hits:
            return speak("%(name)s is among the %(spots)s", name=stated, spots=noun)
        return speak("%(name)s is not among the %(spots)s", name=stated, spots=noun)
    if len(hits) == len(known) and not partial:
        if len(known) == 2:
            return speak("both are %(spots)s", spots=noun)
        return speak("all %(n)s are %(spots)s", n=number(len(known)), spots=noun)
    text = _hits_text(speak, len(hits), len(known), noun, partial)
    misses = [code for code in known if code not in hits]
    named = hits if len(hits) <= len(misses) else misses
    if 0 < len(named) <= _NAMED:
        listed = list_text(speak, (_stated(speak, comparison, measure, code) for code in named))
        if named is misses:
            return speak("%(count)s, not %(names)s", count=text, names=listed)
        return f"{text}: {listed}"
    return text


def _hits_text(speak: Catalogue, hits: int, known: int, noun: str, partial: bool) -> str:
    """How many of how many: "13 of 14 are coldspots"."""
    values = {"n": number(hits) if hits else speak("none"), "of": number(known), "spots": noun}
    if partial:
        return speak.plural(
            "%(n)s of %(of)s known is among the %(spots)s", "%(n)s of %(of)s known are %(spots)s",
            hits, **values,
        )  # fmt: skip
    return speak.plural(
        "%(n)s of %(of)s is among the %(spots)s", "%(n)s of %(of)s are %(spots)s", hits, **values
    )


def _noun(speak: Catalogue, spot: SpotName, spots: Spots | None) -> str:
    """What such areas are."""
    spots = spots or Spots()
    if spot == "between":
        return speak("between %(hot)s and %(cold)s", hot=spots.hot_plural, cold=spots.cold_plural)
    return spots.hot_plural if spot == "hot" else spots.cold_plural


def _stated(speak: Catalogue, comparison: Comparison, measure: Measure, code: str) -> str:
    rank = ordinal(speak, measure.positions[code].rank)
    return f"{spoken(comparison.areas[code].name)} ({rank})"


def share_range(
    speak: Catalogue, measure: Measure, members: Collection[str], spot: SpotName, *, of_spots: bool
) -> Range:
    """The members' share that is hot, or (``of_spots``) the share of all hot areas among them."""
    low, high, ranked = _count(measure, members, spot)
    of = _total(measure, spot) if of_spots else ranked
    if not of:
        return Range(Fraction(0), Fraction(1), Fraction(1), speak("none is ranked"))
    if low == high:
        text = share_text(speak, low, of)
    else:
        known, _ = _ranked(measure, members)
        text = speak(
            "%(low)s to %(high)s of %(of)s, %(least)s to %(most)s; ranks known: %(known)s of "
            "%(ranked)s",
            low=number(low), high=number(high), of=number(of),
            least=percent(speak, Fraction(low, of)), most=percent(speak, Fraction(high, of)),
            known=number(len(known)), ranked=number(ranked),
        )  # fmt: skip
    return Range(Fraction(low, of), Fraction(high, of), Fraction(1), text)


def rank_range(speak: Catalogue, measure: Measure, code: str, *, from_end: bool = False) -> Range:
    """The rank of an area, or any rank that is free."""
    position = measure.positions.get(code)
    low, high = _ranks(measure, code)
    if from_end:
        low, high = measure.of + 1 - high, measure.of + 1 - low
    if position is not None:
        text = rank_text(speak, position, measure.of)
    elif measure.leaves_out(code):
        text = speak("not ranked")
    else:
        text = speak("the rank is not known here")
    return Range(Fraction(low), Fraction(high), Fraction(measure.of), text)


def _ranks(measure: Measure, code: str) -> tuple[int, int]:
    position = measure.positions.get(code)
    if position is not None:
        return position.rank, position.rank
    if measure.complete:
        return 1, measure.of
    free = set(range(1, measure.of + 1)) - {p.rank for p in measure.positions.values()}
    return (min(free), max(free)) if free else (1, measure.of)


def behind_range(
    speak: Catalogue, comparison: Comparison, measure: Measure, code: str, than: str
) -> Range:
    """How many places `code` ranks behind `than` (negative if before it)."""
    one, other = _ranks(measure, code), _ranks(measure, than)
    stated = [
        _stated(speak, comparison, measure, c) for c in (code, than) if c in measure.positions
    ]
    unknown = [c for c in (code, than) if c not in measure.positions]
    text = list_text(speak, stated)
    if unknown:
        text += f"{'; ' if text else ''}{_not_known(speak, comparison, unknown)}"
    of = Fraction(measure.of)
    return Range(Fraction(one[0] - other[1]), Fraction(one[1] - other[0]), of, text)


def place_range(
    speak: Catalogue,
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
            speak(
                "the ranks of %(gaps)s of %(of)s are not all known",
                gaps=number(gaps), of=number(of),
            ),
        )  # fmt: skip
    place = 1 + sum(figure > figures[group.id] for figure in figures.values())
    text = speak(
        "%(name)s %(rank)s of %(of)s from the worst (%(figure)s)", name=group.name,
        rank=ordinal(speak, place), of=number(of), figure=_as_text(speak, figures[group.id], by),
    )  # fmt: skip
    if place > 1:
        worst = max(figures, key=lambda i: (figures[i], i))
        names = {g.id: g.name for g in comparison.groups if g.kind == group.kind}
        figure = _as_text(speak, figures[worst], by)
        text = speak(
            "%(text)s, the worst is %(name)s (%(figure)s)", text=text, name=names[worst],
            figure=figure,
        )  # fmt: skip
    return Range(Fraction(place), Fraction(place), Fraction(of), text)


def _badness(measure: Measure, known: list[str], by: str) -> Fraction:
    positions = [measure.positions[code] for code in known]
    if by == "median rank":
        return Fraction(median(p.rank for p in positions))
    spot = "cold" if by == "cold share" else "hot"
    share = Fraction(sum(p.spot == spot for p in positions), len(positions))
    return share if spot == "cold" else -share


def _as_text(speak: Catalogue, figure: Fraction, by: str) -> str:
    if by == "median rank":
        text = number(float(figure), 0 if figure.denominator == 1 else 1)
        return speak("median rank\u00a0%(figure)s", figure=text)
    return percent(speak, abs(figure))
