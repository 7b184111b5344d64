"""Sentences about a group of areas, made from the data.

No article stands before a word of the settings: nobody knows whether it wants "a" or "an".
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from generator.catalogue import Catalogue
from generator.data.compare import Comparison, GroupSummary, Measure, Spot
from generator.data.places import Group
from generator.language.numbers import counted, list_text, number, percent
from generator.language.positions import rank_text, spoken, spot_noun
from generator.settings import Spots, Words


def group_sentence(
    speak: Catalogue,
    comparison: Comparison,
    group: Group,
    words: Words,
    spots: Spots | None,
    measure: Measure | None = None,
) -> str:
    """One plain sentence about a group in one measure (the main one unless named).

    "East Midlands in 2016: 20 of 40 authorities are coldspots (50%) and 2 are hotspots."
    """
    measure = measure or comparison.main
    summary = comparison.summaries[measure.id][group.kind, group.id]
    unknown = sum(measure.lacks(c) for c in group.members)
    if not summary.known:
        text = speak("no rank is known here")
    elif unknown:
        text = _partly(speak, comparison, measure, summary, spots, summary.known + unknown)
    elif spots is None or measure.hot_from_rank is None:
        text = _ends(speak, comparison, measure, summary)
    else:
        text = _spots_clause(speak, comparison, measure, summary, words, spots)
    return speak(
        "%(group)s in %(edition)s: %(text)s.", group=group.name, edition=measure.edition.id,
        text=text,
    )  # fmt: skip


def standing_text(
    speak: Catalogue, comparison: Comparison, group: Group, words: Words, measure: Measure
) -> str:
    """What is said of a group that stands for its areas on a map.

    "79 small areas, median 24.5", or without scores "40 authorities, median rank 203".
    """
    summary = comparison.summaries[measure.id][group.kind, group.id]
    score, rank = summary.median_score, summary.median_rank
    parts = [counted(speak, summary.members, words.area, words.areas)]
    if measure.has_scores and score is not None:
        parts.append(speak("median %(value)s", value=number(score, measure.indicator.decimals)))
    elif rank is not None:
        value = number(rank, int(rank % 1 != 0))
        parts.append(speak("median rank %(value)s", value=value))
    return ", ".join(parts)


def _partly(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    summary: GroupSummary,
    spots: Spots | None,
    total: int,
) -> str:
    """Counts without shares: a share of what happens to be known would mislead."""
    known = speak.plural(
        "%(known)s of %(total)s ranks is known", "%(known)s of %(total)s ranks are known",
        summary.known, known=number(summary.known), total=number(total),
    )  # fmt: skip
    if spots is None or measure.hot_from_rank is None:
        ends = _ends(speak, comparison, measure, summary)
        return speak("%(known)s; of these, %(ends)s", known=known, ends=ends)
    counts: list[tuple[int, Spot]] = sorted([(-summary.hot, "hot"), (-summary.cold, "cold")])
    parts = [_counted_spots(speak, comparison, measure, summary, spots, spot) for _, spot in counts]
    return speak("%(known)s, %(spots)s among them", known=known, spots=list_text(speak, parts))


def _counted_spots(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    summary: GroupSummary,
    spots: Spots,
    spot: Spot,
) -> str:
    """How many are hot (or cold), with a lone one's name: "1 hotspot (Solihull)"."""
    count = summary.hot if spot == "hot" else summary.cold
    if not count:
        return speak("no %(spots)s", spots=spot_noun(spot, spots, 0))
    text = counted(speak, count, spot_noun(spot, spots), spot_noun(spot, spots, 2))
    lone = _lone(comparison, measure, summary, spot)
    return f"{text} ({lone})" if lone else text


def _spots_clause(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    summary: GroupSummary,
    words: Words,
    spots: Spots,
) -> str:
    """Cold and hot members, the larger number first, with a lone one's name."""
    counts: Mapping[Spot, int] = {"hot": summary.hot, "cold": summary.cold}
    first: Spot = "hot" if summary.hot > summary.cold else "cold"
    second: Spot = "cold" if first == "hot" else "hot"
    areas = words.area if summary.known == 1 else words.areas
    whole = {"total": number(summary.known), "areas": areas}
    if not counts[first]:
        return speak(
            "no %(hot)s and no %(cold)s among %(total)s %(areas)s",
            hot=spots.hot_plural, cold=spots.cold_plural, **whole,
        )  # fmt: skip
    share = percent(speak, Fraction(counts[first], summary.known))
    lone = _lone(comparison, measure, summary, first)
    if lone:
        text = speak(
            "%(n)s %(spot)s among %(total)s %(areas)s (%(share)s, %(name)s)",
            n=number(1), spot=spot_noun(first, spots), share=share, name=lone, **whole,
        )  # fmt: skip
    else:
        text = speak(
            "%(n)s of %(total)s %(areas)s are %(spots)s (%(share)s)",
            n=number(counts[first]), spots=spot_noun(first, spots, 2), share=share, **whole,
        )  # fmt: skip
    if counts[second] > 1 and not lone:
        noun = spot_noun(second, spots, 2)
        n = number(counts[second])
        return speak("%(text)s and %(n)s are %(spots)s", text=text, n=n, spots=noun)
    others = _counted_spots(speak, comparison, measure, summary, spots, second)
    return speak("%(text)s, and %(others)s", text=text, others=others)


def _lone(comparison: Comparison, measure: Measure, summary: GroupSummary, spot: Spot) -> str:
    codes = [c for c in summary.ranking if measure.positions[c].spot == spot]
    return spoken(comparison.areas[codes[0]].name) if len(codes) == 1 else ""


def _ends(speak: Catalogue, comparison: Comparison, measure: Measure, summary: GroupSummary) -> str:
    def named(code: str) -> str:
        rank = rank_text(speak, measure.positions[code], measure.of)
        return f"{spoken(comparison.areas[code].name)} ({rank})"

    first, last = named(summary.ranking[0]), named(summary.ranking[-1])
    neutral = measure.indicator.better == "neutral"
    if first == last:
        if neutral:
            return speak("the highest is %(first)s", first=first)
        return speak("the best is %(first)s", first=first)
    if neutral:
        return speak("the highest is %(first)s, the lowest %(last)s", first=first, last=last)
    return speak("the best is %(first)s, the last %(last)s", first=first, last=last)
