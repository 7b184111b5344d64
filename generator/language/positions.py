"""Where an area stands, in a few words: its rank, its class, its group."""

from __future__ import annotations

import re

from generator.catalogue import Catalogue
from generator.data.compare import Measure, PlaceInGroup, Position, Spot
from generator.data.places import Group
from generator.language.numbers import MINUS, NBSP, number, ordinal
from generator.settings import Spots, Words


def rank_text(speak: Catalogue, position: Position | PlaceInGroup, of: int) -> str:
    """The rank among all: "44th of 324", "joint 44th of 324" where others share it."""
    return speak("%(rank)s of %(of)s", rank=bare_rank(speak, position), of=number(of))


def bare_rank(speak: Catalogue, position: Position | PlaceInGroup) -> str:
    """The rank alone, within a sentence: "44th", "joint 44th"."""
    rank = ordinal(speak, position.rank)
    if position.tied:
        return speak.sense("rank in a sentence", "joint %(rank)s", rank=rank)
    return speak.sense("rank in a sentence", "%(rank)s", rank=rank)


def short_rank(speak: Catalogue, position: Position | PlaceInGroup) -> str:
    """The rank alone, in a column of ranks: "44th", "joint 44th"."""
    rank = ordinal(speak, position.rank)
    if position.tied:
        return speak.sense("rank in a table", "joint %(rank)s", rank=rank)
    return rank


def everywhere(speak: Catalogue, words: Words) -> str:
    """What all areas are together, in a sentence: the country, or "all areas"."""
    return words.country or speak.sense("in a sentence", "all %(areas)s", areas=words.areas)


def spot_noun(spot: Spot | None, spots: Spots | None, count: int = 1) -> str:
    """The atlas's word for hot or cold in the number wanted; empty for neither."""
    if spot is None or spots is None:
        return ""
    if spot == "hot":
        return spots.hot if count == 1 else spots.hot_plural
    return spots.cold if count == 1 else spots.cold_plural


_SHORT = 12
"""Letters of a unit that can stand behind every figure; longer ones are said once."""
_BEFORE = "£$€¥"


def figure_text(speak: Catalogue, measure: Measure, value: float) -> str:
    """A score with its unit, if that is short: "5.8 minutes", "£1234"; else "score 42.3"."""
    text, unit = number(value, measure.indicator.decimals), measure.indicator.unit
    if unit in _BEFORE and unit:
        return f"{MINUS}{unit}{text[1:]}" if text.startswith(MINUS) else f"{unit}{text}"
    if unit.startswith("%"):
        return f"{text}{unit}"
    if 0 < len(unit) <= _SHORT:
        return f"{text}{NBSP}{unit}"
    return speak("score %(figure)s", figure=text)


def long_unit(measure: Measure) -> str:
    """The unit, if it is too long to stand behind every figure."""
    unit = measure.indicator.unit
    return unit if len(unit) > _SHORT else ""


def position_text(speak: Catalogue, measure: Measure, code: str) -> str:
    """All that is known of one area in one measure, for titles and tooltips.

    "44th of 324, score 42.3, Hotspot: best 20%"; "not known" or "not ranked" where
    there is nothing.
    """
    position = measure.positions.get(code)
    if position is None:
        return no_rank(speak, measure, code)
    parts = [rank_text(speak, position, measure.of)]
    if position.score is not None:
        parts.append(figure_text(speak, measure, position.score))
    if position.level is not None:
        parts.append(measure.classification.classes[position.level].label)
    return ", ".join(parts)


def no_rank(speak: Catalogue, measure: Measure, code: str) -> str:
    """Why an area has no rank: "not ranked" by the edition, or "not known" here."""
    return speak("not ranked") if measure.leaves_out(code) else speak("not known")


def missing_text(speak: Catalogue, measure: Measure) -> str:
    """What areas without a figure are called."""
    return speak("Not ranked") if measure.complete else speak("Not known or not ranked")


def spoken(name: str) -> str:
    """A name as it is said within a sentence.

    >>> spoken("Bristol, City of"), spoken("Bournemouth, Christchurch and Poole")
    ('City of Bristol', 'Bournemouth, Christchurch and Poole')
    """
    inverted = re.match(r"^([^,]+), ((?:\w+ )*of)$", name)
    return f"{inverted[2]} {inverted[1]}" if inverted else name


def place(speak: Catalogue, group: Group) -> str:
    """A group after "of" or "in", without an article: "D2N2", "its region (East Midlands)"."""
    if " " not in group.name:
        return group.name
    kind = group.kind.replace("-", " ")
    return speak("its %(kind)s (%(name)s)", kind=kind, name=group.name)
