"""Names as they are written on maps: in lines, in forms that people know, and how wide they are."""

from __future__ import annotations

import re
from functools import lru_cache

MOST_LETTERS = 12
MOST_GROUP_LETTERS = 14
SIZE_PX, LINE_PX = 12.0, 14.0
GROUP_SIZE_PX, GROUP_LINE_PX = 13.5, 16.0
NARROW, WIDE = set("fijlrtI.,'’-() "), set("mwMW")
OFFICE = re.compile(r", (?:\w+ )*of$")
"""What a register puts after a name: "Bristol, City of"."""


@lru_cache(maxsize=100_000)
def forms(name: str) -> tuple[tuple[str, ...], ...]:
    """How an area's name may stand on a map, in lines: as people say it, then as narrow as can be.

    >>> forms("Hammersmith and Fulham")
    (('Hammersmith', 'and Fulham'), ('Hammersmith', '& Fulham'))
    >>> forms("Bristol, City of")
    (('Bristol',),)
    """
    known = OFFICE.sub("", name) or name
    brief = known.replace(" and ", " & ")
    longest = max((len(word) for word in re.findall(r"[^\s-]+-?", brief)), default=1)
    return tuple(dict.fromkeys((wrapped(known, MOST_LETTERS), wrapped(brief, longest))))


@lru_cache(maxsize=100_000)
def wrapped(name: str, width: int) -> tuple[str, ...]:
    """A name in lines of at most `width` letters, broken at spaces and hyphens."""
    lines: list[str] = [""]
    for word in re.findall(r"[^\s-]+-?", name) or [name]:
        joint = "" if not lines[-1] or lines[-1].endswith("-") else " "
        if lines[-1] and len(lines[-1]) + len(joint) + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += joint + word
    return tuple(lines)


@lru_cache(maxsize=100_000)
def text_width(text: str, size_px: float) -> float:
    """About how wide a text is in a usual sans serif, on the safe side."""
    units = sum(0.32 if c in NARROW else 0.9 if c in WIDE else 0.6 for c in text)
    return units * size_px + 0.06 * size_px * sum(c.isupper() for c in text)
