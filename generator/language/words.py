"""Figures in plain English: ordinals, ranks, shares, and sentences made from the data.

No name is treated in a way of its own.  Sentences are built so that no article is
needed before a name ("East Midlands: 17 of 40 …", "its region (East Midlands)"),
because data can't tell that it is *the* East Midlands but not *the* Kent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from generator.data.compare import Comparison, GroupSummary, Measure, Position, Spot
from generator.data.places import Group
from generator.settings import Spots, Words

MINUS = "\u2212"
THIN = "\u202f"
"""Narrow no-break space: between thousands."""
NBSP = "\u00a0"
"""No-break space: before a per cent sign."""


def ordinal(n: int) -> str:
    """A rank as a word.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 12, 13, 21, 111, 1002)]
    ['1st', '2nd', '3rd', '11th', '12th', '13th', '21st', '111th', '1002nd']
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{number(n)}{ending}"


def number(value: float, decimals: int = 0) -> str:
    r"""A number with a true minus and, from 10,000 on, narrow spaces between thousands.

    Halves are rounded away from zero, as by hand; zero has no sign.

    >>> number(42.25, 1), number(1234), number(12345), number(-0.04, 1)
    ('42.3', '1234', '12\u202f345', '0.0')
    """
    unit = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(value)).quantize(unit, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}" if abs(rounded) >= 10_000 else f"{abs(rounded):f}"
    return (MINUS if rounded < 0 else "") + text.replace(",", THIN)


def percent(share: float | Fraction, decimals: int = 0) -> str:
    r"""A share from 0 to 1 in per cent; only none is "0 %" and only all is "100 %".

    >>> [percent(Fraction(n, 324)) for n in (0, 1, 65, 323, 324)]
    ['0\xa0%', 'under 1\xa0%', '20\xa0%', 'over 99\xa0%', '100\xa0%']
    """
    whole = Fraction(repr(share)) if isinstance(share, float) else Fraction(share)
    step = Fraction(1, 10**decimals)
    hundredths = whole * 100
    # Halves go up: 17 of 40 is 43 %.
    rounded = Fraction(int(hundredths / step + Fraction(1, 2))) * step
    if rounded == 0 and whole > 0:
        return f"under {number(float(step), decimals)}{NBSP}%"
    if rounded == 100 and whole < 1:
        return f"over {number(float(100 - step), decimals)}{NBSP}%"
    return f"{number(float(rounded), decimals)}{NBSP}%"


def share_text(count: int, of: int) -> str:
    """A share as counts and per cent: "17 of 40, 43 %"; without a share if `of` is 0."""
    counts = f"{number(count)} of {number(of)}"
    return f"{counts}, {percent(Fraction(count, of))}" if of else counts


def joined(parts: Iterable[str], last: str = "and") -> str:
    """A list in words.

    >>> joined(["a", "b", "c"]), joined(["a", "b"], "or"), joined(["a"]), joined([])
    ('a, b and c', 'a or b', 'a', '')
    """
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def size_words(count: int) -> str:
    """A number of bytes for readers.

    >>> size_words(1_234_567), size_words(31_400), size_words(12)
    ('1.2 MB', '31 KB', '1 KB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1000))} KB"


def with_article(noun: str) -> str:
    """A noun with its indefinite article: "a hotspot", "an area"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def counted(count: int, singular: str, plural: str) -> str:
    """A count and its noun: "1 authority", "17 authorities"."""
    return f"{number(count)} {singular if count == 1 else plural}"


def rank_text(position: Position, of: int) -> str:
    """The rank among all: "44th of 324", "joint 44th of 324" where others share it."""
    return f"{_rank(position)} of {number(of)}"


def _rank(position: Position) -> str:
    return f"{'joint ' if position.tied else ''}{ordinal(position.rank)}"


def spot_noun(spot: Spot | None, spots: Spots | None, count: int = 1) -> str:
    """The atlas's word for hot or cold in the number wanted; empty for neither."""
    if spot is None or spots is None:
        return ""
    if spot == "hot":
        return spots.hot if count == 1 else spots.hot_plural
    return spots.cold if count == 1 else spots.cold_plural


def position_text(measure: Measure, code: str) -> str:
    """All that is known of one area in one measure, for titles and tooltips.

    "44th of 324, score 42.3, Hotspot: best 20 %"; "not known" or "not ranked" where
    there is nothing.
    """
    position = measure.positions.get(code)
    if position is None:
        return "not ranked" if unranked(measure, code) else "not known"
    parts = [rank_text(position, measure.of)]
    if position.score is not None:
        parts.append(f"score {number(position.score, measure.indicator.decimals)}")
    if position.level is not None:
        parts.append(measure.classification.classes[position.level].label)
    return ", ".join(parts)


def unranked(measure: Measure, code: str) -> bool:
    """Whether the edition leaves the area out (and not merely its figure is unknown here)."""
    return code not in measure.positions and (
        measure.complete or bool(measure.absent.get(code, ""))
    )


def spoken(name: str) -> str:
    """A name as it is said within a sentence.

    >>> spoken("Bristol, City of"), spoken("Bournemouth, Christchurch and Poole")
    ('City of Bristol', 'Bournemouth, Christchurch and Poole')
    """
    inverted = re.match(r"^([^,]+), ((?:\w+ )*of)$", name)
    return f"{inverted[2]} {inverted[1]}" if inverted else name


def place(group: Group) -> str:
    """A group after "of" or "in", without an article: "D2N2", "its region (East Midlands)"."""
    if " " not in group.name:
        return group.name
    return f"its {group.kind.replace('-', ' ')} ({group.name})"


@dataclass(frozen=True, slots=True)
class Only:
    """An area that alone in a group is hot or cold.

    ``certain`` is False if some members of the group aren't known in the edition.
    """

    group: Group
    spot: Spot
    editions: tuple[str, ...]
    certain: bool


def only_spot(comparison: Comparison, code: str) -> Only | None:
    """The largest group in which the area is the only hot or the only cold one, if any.

    Groups of fewer than three members say nothing.  Where members are unknown, more
    than half must be known for it to be worth saying.  Certain beats uncertain, then
    the larger group; editions in which the same holds are told together.
    """
    found: dict[tuple[bool, str, str, Spot], list[str]] = {}
    by_key = {(g.kind, g.id): g for g in comparison.groups_of.get(code, ())}
    for measure in comparison.headline():
        position = measure.positions.get(code)
        if position is None or position.spot is None:
            continue
        for key, group in by_key.items():
            summary = comparison.summaries[measure.id][key]
            alike = summary.hot if position.spot == "hot" else summary.cold
            unknown = [c for c in group.members if _unknown(measure, c)]
            if alike == 1 and summary.known >= 3 and len(unknown) * 2 < len(group.members):
                found.setdefault((not unknown, *key, position.spot), []).append(measure.edition.id)
    if not found:
        return None
    certain, kind, id_, spot = max(
        found, key=lambda k: (k[0], len(by_key[k[1], k[2]].members), len(found[k]), k[1], k[2])
    )
    editions = tuple(found[certain, kind, id_, spot])
    return Only(by_key[kind, id_], spot, editions, certain)


def _unknown(measure: Measure, code: str) -> bool:
    return code not in measure.positions and not unranked(measure, code)


def area_sentence(comparison: Comparison, code: str, words: Words, spots: Spots | None) -> str:
    """One plain sentence about an area, made from the data.

    "Rushcliffe ranks 44th of 324 in 2016, in the best 20 % of England, and is the only
    hotspot of D2N2 in 2017."  Where nothing is known, the reason that the settings give.
    """
    name = spoken(comparison.areas[code].name)
    known = [m for m in _main_first(comparison) if code in m.positions]
    if not known:
        return _absent_sentence(comparison, code, name)
    measure = known[0]
    position = measure.positions[code]
    same = [m.edition.id for m in comparison.headline() if m in known and _alike(m, measure, code)]
    first = f"{name} ranks {rank_text(position, measure.of)} in {joined(same)}"
    others = [m for m in comparison.headline() if m in known and m.edition.id not in same]
    parts = [first, _standing(measure, position, words, spots)]
    fact = _fact(comparison, code, spots, measure, others)
    sentence = ", ".join(part for part in parts if part)
    sentence += f", and {fact}" if fact else ""
    if comparison.main not in known:
        sentence += f"; the rank of {comparison.main.edition.id} is not known here"
    return sentence + "."


def _main_first(comparison: Comparison) -> list[Measure]:
    return sorted(comparison.headline(), key=lambda m: m.id != comparison.main.id)


def _alike(one: Measure, other: Measure, code: str) -> bool:
    a, b = one.positions[code], other.positions[code]
    return (a.rank, a.tied, a.spot, one.of) == (b.rank, b.tied, b.spot, other.of)


def _standing(measure: Measure, position: Position, words: Words, spots: Spots | None) -> str:
    sharing = sum(p.rank == position.rank for p in measure.positions.values())
    if position.rank == 1:
        return f"the best rank in {words.country}" if sharing == 1 else ""
    if position.rank + sharing - 1 == measure.of:
        return f"the last rank in {words.country}" if sharing == 1 else ""
    if spots is None or measure.hot_from_rank is None:
        return ""
    if position.spot is None:
        return f"neither {with_article(spots.hot)} nor {with_article(spots.cold)}"
    end = "best" if position.spot == "hot" else "worst"
    return f"in the {end} {percent(spots.share)} of {words.country}"


def _fact(
    comparison: Comparison,
    code: str,
    spots: Spots | None,
    measure: Measure,
    others: Sequence[Measure],
) -> str:
    """The second half of the sentence: the only one of its kind, another edition, or a group."""
    only = only_spot(comparison, code) if spots else None
    if only:
        sure = "only" if only.certain else "only known"
        noun = spot_noun(only.spot, spots)
        return f"is the {sure} {noun} of {place(only.group)} in {joined(only.editions)}"
    if others:
        return joined(f"{_rank(m.positions[code])} in {m.edition.id}" for m in others)
    if measure.positions[code].rank in {1, measure.of}:
        return ""
    groups = [g for g in comparison.groups_of.get(code, ()) if len(g.members) >= 3]
    whole = [g for g in groups if not any(_unknown(measure, c) for c in g.members)]
    if not whole:
        return ""
    group = min(whole, key=lambda g: (len(g.members), g.kind, g.id))
    at, tied, of = rank_in(measure, group, code)
    return f"{'joint ' if tied else ''}{ordinal(at)} of {number(of)} in {place(group)}"


def rank_in(measure: Measure, group: Group, code: str) -> tuple[int, bool, int]:
    """The rank among a group's known members, whether it is shared, and how many are known."""
    own = measure.positions[code].rank
    ranks = [measure.positions[c].rank for c in group.members if c in measure.positions]
    return 1 + sum(r < own for r in ranks), ranks.count(own) > 1, len(ranks)


def _absent_sentence(comparison: Comparison, code: str, name: str) -> str:
    """Without a rank in any edition: which, and every reason given once."""
    measures = comparison.headline()
    out = [m.edition.id for m in measures if unranked(m, code)]
    unknown = [m.edition.id for m in measures if not unranked(m, code)]
    parts = [f"not in the index of {joined(out, 'or')}"] if out else []
    parts += [f"the rank of {joined(unknown, 'or')} is not known here"] if unknown else []
    reasons = dict.fromkeys(m.absent.get(code, "") for m in measures)
    return " ".join([f"{name}: {'; '.join(parts)}.", *(r for r in reasons if r)])


def change_sentence(comparison: Comparison, code: str) -> str:
    """Ranks from edition to edition; what isn't known is said to be unknown.

    "44th of 324 in 2016, 41st of 324 in 2017: 3 places up."
    """
    measures = comparison.headline()
    known = [m for m in measures if code in m.positions]
    parts = [f"{rank_text(m.positions[code], m.of)} in {m.edition.id}" for m in known]
    missing = [m.edition.id for m in measures if _unknown(m, code)]
    text = ", ".join(parts)
    if len(known) >= 2 and known[0].of == known[-1].of:
        moved = known[0].positions[code].rank - known[-1].positions[code].rank
        way = "up" if moved > 0 else "down"
        text += f": {counted(abs(moved), 'place', 'places')} {way}" if moved else ": no change"
    if missing:
        unknown = f"the rank of {joined(missing, 'or')} is not known here"
        text = f"{text}; {unknown}" if text else unknown[:1].upper() + unknown[1:]
    return f"{text}." if text else ""


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
    unknown = sum(_unknown(measure, c) for c in group.members)
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
    return f"the best is {named(best)}" + (f", the last {named(worst)}" if best != worst else "")
