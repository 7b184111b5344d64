"""Sentences about one area, made from the data.

Sentences are built so that no article is needed before a name ("East Midlands: 17 of
40 …", "its region (East Midlands)"), because data can't tell that it is *the* East
Midlands but not *the* Kent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.data.compare import Comparison, Measure, Position, Spot
from generator.data.places import Group
from generator.language.numbers import counted, joined, number, percent, with_article
from generator.language.positions import (
    bare_rank,
    place,
    rank_text,
    spoken,
    spot_noun,
)
from generator.settings import Spots, Words


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
    the larger group; editions in which the same holds are stated together.
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
            unknown = [c for c in group.members if measure.lacks(c)]
            if alike == 1 and summary.known >= 3 and len(unknown) * 2 < len(group.members):
                found.setdefault((not unknown, *key, position.spot), []).append(measure.edition.id)
    if not found:
        return None
    certain, kind, id_, spot = max(
        found, key=lambda k: (k[0], len(by_key[k[1], k[2]].members), len(found[k]), k[1], k[2])
    )
    editions = tuple(found[certain, kind, id_, spot])
    return Only(by_key[kind, id_], spot, editions, certain)


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
    sharing = measure.sharing[position.rank]
    neutral = measure.indicator.better == "neutral"
    if position.rank == 1:
        end = "highest value" if neutral else "best rank"
        return f"the {end} in {words.everywhere}" if sharing == 1 else ""
    if position.rank + sharing - 1 == measure.of:
        end = "lowest value" if neutral else "last rank"
        return f"the {end} in {words.everywhere}" if sharing == 1 else ""
    if spots is None or measure.hot_from_rank is None:
        return ""
    if position.spot is None:
        return f"neither {with_article(spots.hot)} nor {with_article(spots.cold)}"
    end = "best" if position.spot == "hot" else "worst"
    return f"in the {end} {percent(spots.share)} of {words.everywhere}"


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
        return joined(f"{bare_rank(m.positions[code])} in {m.edition.id}" for m in others)
    if measure.positions[code].rank in {1, measure.of}:
        return ""
    groups = [g for g in comparison.groups_of.get(code, ()) if len(g.members) >= 3]
    summaries = comparison.summaries[measure.id]
    whole = [g for g in groups if summaries[g.kind, g.id].lacking == 0]
    if not whole:
        return ""
    group = min(whole, key=lambda g: (len(g.members), g.kind, g.id))
    summary = summaries[group.kind, group.id]
    return f"{bare_rank(summary.places[code])} of {number(summary.known)} in {place(group)}"


def _absent_sentence(comparison: Comparison, code: str, name: str) -> str:
    """Without a rank in any edition: which, and every reason given once."""
    measures = comparison.headline()
    out = [m.edition.id for m in measures if m.leaves_out(code)]
    unknown = [m.edition.id for m in measures if not m.leaves_out(code)]
    parts = [f"not ranked in {joined(out, 'or')}"] if out else []
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
    missing = [m.edition.id for m in measures if m.lacks(code)]
    text = ", ".join(parts)
    if len(known) >= 2 and known[0].of == known[-1].of:
        moved = known[0].positions[code].rank - known[-1].positions[code].rank
        way = "up" if moved > 0 else "down"
        text += f": {counted(abs(moved), 'place', 'places')} {way}" if moved else ": no change"
    if missing:
        unknown = f"the rank of {joined(missing, 'or')} is not known here"
        text = f"{text}; {unknown}" if text else unknown[:1].upper() + unknown[1:]
    return f"{text}." if text else ""
