"""Where an area stands, in a few words: its rank, its class, its group."""

from __future__ import annotations

import re

from generator.data.compare import Measure, Place, Position, Spot
from generator.data.places import Group
from generator.language.numbers import MINUS, NBSP, number, ordinal
from generator.settings import Spots


def rank_text(position: Position, of: int) -> str:
    """The rank among all: "44th of 324", "joint 44th of 324" where others share it."""
    return f"{bare_rank(position)} of {number(of)}"


def bare_rank(position: Position | Place) -> str:
    """The rank alone: "44th", "joint 44th"."""
    return f"{'joint ' if position.tied else ''}{ordinal(position.rank)}"


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


def figure_text(measure: Measure, value: float) -> str:
    """A score with its unit, if that is short: "5.8 minutes", "£1234"; else "score 42.3"."""
    text, unit = number(value, measure.indicator.decimals), measure.indicator.unit
    if unit in _BEFORE and unit:
        return f"{MINUS}{unit}{text[1:]}" if text.startswith(MINUS) else f"{unit}{text}"
    return f"{text}{NBSP}{unit}" if 0 < len(unit) <= _SHORT else f"score {text}"


def long_unit(measure: Measure) -> str:
    """The unit, if it is too long to stand behind every figure."""
    unit = measure.indicator.unit
    return unit if len(unit) > _SHORT else ""


def position_text(measure: Measure, code: str) -> str:
    """All that is known of one area in one measure, for titles and tooltips.

    "44th of 324, score 42.3, Hotspot: best 20 %"; "not known" or "not ranked" where
    there is nothing.
    """
    position = measure.positions.get(code)
    if position is None:
        return "not ranked" if measure.leaves_out(code) else "not known"
    parts = [rank_text(position, measure.of)]
    if position.score is not None:
        parts.append(figure_text(measure, position.score))
    if position.level is not None:
        parts.append(measure.classification.classes[position.level].label)
    return ", ".join(parts)


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
