"""Sentences about one area, made from the data.

Sentences are built so that no article is needed before a name ("East Midlands: 17 of
40 …", "its region (East Midlands)"), because data can't tell that it is *the* East
Midlands but not *the* Kent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.catalogue import Catalogue
from generator.data.compare import Comparison, Measure, Position, Spot
from generator.data.places import Group
from generator.language.changes import moved_text
from generator.language.numbers import either, list_text, percent
from generator.language.positions import (
    bare_rank,
    everywhere,
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
            if alike != 1 or summary.known < 3:
                continue  # before its members are counted: a region has thousands
            unknown = [c for c in group.members if measure.lacks(c)]
            if len(unknown) * 2 < len(group.members):
                found.setdefault((not unknown, *key, position.spot), []).append(measure.edition.id)
    if not found:
        return None
    certain, kind, id_, spot = max(
        found, key=lambda k: (k[0], len(by_key[k[1], k[2]].members), len(found[k]), k[1], k[2])
    )
    editions = tuple(found[certain, kind, id_, spot])
    return Only(by_key[kind, id_], spot, editions, certain)


def area_sentence(
    speak: Catalogue, comparison: Comparison, code: str, words: Words, spots: Spots | None
) -> str:
    """One plain sentence about an area, made from the data.

    "Rushcliffe ranks 44th of 324 in 2016, in the best 20% of England, and is the only
    hotspot of D2N2 in 2017."  Where nothing is known, the reason that the settings give.
    """
    name = spoken(comparison.areas[code].name)
    known = [m for m in _main_first(comparison) if code in m.positions]
    if not known:
        return _absent_sentence(speak, comparison, code, name)
    measure = known[0]
    position = measure.positions[code]
    same = [m.edition.id for m in comparison.headline() if m in known and _alike(m, measure, code)]
    first = speak(
        "%(name)s ranks %(rank)s in %(editions)s",
        name=name,
        rank=rank_text(speak, position, measure.of),
        editions=list_text(speak, same),
    )
    others = [m for m in comparison.headline() if m in known and m.edition.id not in same]
    parts = [first, _standing(speak, measure, position, words, spots)]
    fact = _fact(speak, comparison, code, spots, measure, others)
    sentence = ", ".join(part for part in parts if part)
    if fact:
        sentence = speak("%(sentence)s, and %(fact)s", sentence=sentence, fact=fact)
    if comparison.main not in known:
        sentence += f"; {_unknown(speak, [comparison.main.edition.id])}"
    return sentence + "."


def _unknown(speak: Catalogue, editions: Sequence[str]) -> str:
    return speak("the rank of %(editions)s is not known here", editions=either(speak, editions))


def _main_first(comparison: Comparison) -> list[Measure]:
    return sorted(comparison.headline(), key=lambda m: m.id != comparison.main.id)


def _alike(one: Measure, other: Measure, code: str) -> bool:
    a, b = one.positions[code], other.positions[code]
    return (a.rank, a.tied, a.spot, one.of) == (b.rank, b.tied, b.spot, other.of)


def _standing(
    speak: Catalogue, measure: Measure, position: Position, words: Words, spots: Spots | None
) -> str:
    sharing = measure.sharing[position.rank]
    whole = everywhere(speak, words)
    last = position.rank + sharing - 1 == measure.of
    if position.rank == 1 or last:
        return _end(speak, measure, whole, first=position.rank == 1) if sharing == 1 else ""
    if spots is None or measure.hot_from_rank is None:
        return ""
    if position.spot is None:
        return speak(
            "among neither %(hot)s nor %(cold)s", hot=spots.hot_plural, cold=spots.cold_plural
        )
    share = percent(speak, spots.share)
    if position.spot == "hot":
        return speak("in the best %(share)s of %(everywhere)s", share=share, everywhere=whole)
    return speak("in the worst %(share)s of %(everywhere)s", share=share, everywhere=whole)


def _end(speak: Catalogue, measure: Measure, whole: str, *, first: bool) -> str:
    """What an area has that alone is at an end of the ranking."""
    if measure.indicator.better == "neutral":
        if first:
            return speak("the highest value in %(everywhere)s", everywhere=whole)
        return speak("the lowest value in %(everywhere)s", everywhere=whole)
    if first:
        return speak("the best rank in %(everywhere)s", everywhere=whole)
    return speak("the last rank in %(everywhere)s", everywhere=whole)


def _fact(
    speak: Catalogue,
    comparison: Comparison,
    code: str,
    spots: Spots | None,
    measure: Measure,
    others: Sequence[Measure],
) -> str:
    """The second half of the sentence: the only one of its kind, another edition, or a group."""
    only = only_spot(comparison, code) if spots else None
    if only:
        return _only_text(speak, only, spot_noun(only.spot, spots))
    if others:
        return list_text(
            speak, (_in_edition(speak, bare_rank(speak, m.positions[code]), m) for m in others)
        )
    if measure.positions[code].rank in {1, measure.of}:
        return ""
    groups = [g for g in comparison.groups_of.get(code, ()) if len(g.members) >= 3]
    summaries = comparison.summaries[measure.id]
    whole = [g for g in groups if summaries[g.kind, g.id].lacking == 0]
    if not whole:
        return ""
    group = min(whole, key=lambda g: (len(g.members), g.kind, g.id))
    summary = summaries[group.kind, group.id]
    rank = rank_text(speak, summary.places[code], summary.known)
    return speak("%(rank)s in %(place)s", rank=rank, place=place(speak, group))


def _only_text(speak: Catalogue, only: Only, noun: str) -> str:
    where, when = place(speak, only.group), list_text(speak, only.editions)
    if only.certain:
        return speak(
            "is the only %(spot)s of %(group)s in %(editions)s",
            spot=noun, group=where, editions=when,
        )  # fmt: skip
    return speak(
        "is the only known %(spot)s of %(group)s in %(editions)s",
        spot=noun, group=where, editions=when,
    )  # fmt: skip


def _in_edition(speak: Catalogue, rank: str, measure: Measure) -> str:
    return speak("%(rank)s in %(edition)s", rank=rank, edition=measure.edition.id)


def _absent_sentence(speak: Catalogue, comparison: Comparison, code: str, name: str) -> str:
    """Without a rank in any edition: which, and every reason given once."""
    measures = comparison.headline()
    out = [m.edition.id for m in measures if m.leaves_out(code)]
    unknown = [m.edition.id for m in measures if not m.leaves_out(code)]
    parts = [speak("not ranked in %(editions)s", editions=either(speak, out))] if out else []
    parts += [_unknown(speak, unknown)] if unknown else []
    reasons = dict.fromkeys(m.absent.get(code, "") for m in measures)
    return " ".join([f"{name}: {'; '.join(parts)}.", *(r for r in reasons if r)])


def change_sentence(speak: Catalogue, comparison: Comparison, code: str) -> str:
    """Ranks from edition to edition; what isn't known is said to be unknown.

    "44th of 324 in 2016, 41st of 324 in 2017: 3 places up."  A difference is stated only between
    editions that the settings call comparable and that rank equally many areas.
    """
    measures = comparison.headline()
    known = [m for m in measures if code in m.positions]
    parts = [_in_edition(speak, rank_text(speak, m.positions[code], m.of), m) for m in known]
    missing = [m.edition.id for m in measures if m.lacks(code)]
    text = ", ".join(parts)
    if since := rank_base(known):
        moved = moved_text(speak, since.positions[code].rank - known[-1].positions[code].rank)
        if since is not known[0]:
            moved = speak("%(moved)s since %(edition)s", moved=moved, edition=since.edition.id)
        text += f": {moved}"
    if missing:
        unknown = _unknown(speak, missing)
        text = f"{text}; {unknown}" if text else unknown[:1].upper() + unknown[1:]
    return f"{text}." if text else ""


def rank_base(measures: Sequence[Measure]) -> Measure | None:
    """The first edition from which a change of rank to the last one may be stated, if any."""
    last = measures[-1] if measures else None
    return next((m for m in measures if last and last.follows(m) and m.of == last.of), None)
