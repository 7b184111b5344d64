"""Reads the files of the postcode look-up as their description says, apart from what wrote them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
REGULAR = "ABDEFGHJLNPQRSTUWXYZ"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNITS = [a + b for a in REGULAR for b in REGULAR]
UNITS += [a + b for a in LETTERS for b in LETTERS if a + b not in set(UNITS)]


def districts(text: str) -> list[str]:
    """ "1-3,5,1A" as a list."""
    found = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        found += [str(n) for n in range(int(low), int(high) + 1)] if high else [low]
    return found


def units(text: str) -> list[str]:
    at, there, found = 0, False, []
    for digit in text:
        length = DIGITS.index(digit)
        found += UNITS[at : at + length] if there else []
        at += length
        there = not there
    return found


def places(listed: list[int], runs: str) -> Iterator[int]:
    width = 2 if len(listed) > 62 else 1
    for key, length in re.findall(f"(.{{{width}}})(.)", runs):
        number = 0
        for digit in key:
            number = number * 62 + DIGITS.index(digit)
        yield from [listed[number]] * DIGITS.index(length)


def read_back(
    areas: Mapping[str, list[str] | str], pieces: Mapping[str, bytes]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name of the place of each postcode ("NG124GF"), and of what lies elsewhere as a whole.

    The second has areas ("AB"), districts ("LL11 ") and sectors ("LL111") as keys.
    """
    found: dict[str, str] = {}
    whole: dict[str, str] = {}
    for area, stated in areas.items():
        if isinstance(stated, str):
            whole[area] = stated
            continue
        for number, text in enumerate(stated):
            piece = json.loads(pieces[f"{area.lower()}-{number}.json"])
            assert list(piece["districts"]) == districts(text)
            names = [place[0] for place in piece["places"]]
            for district, sectors in piece["districts"].items():
                outward = area + district
                if isinstance(sectors, int):
                    whole[f"{outward} "] = names[sectors]
                    continue
                for digit, content in sectors.items():
                    if isinstance(content, int):
                        whole[outward + digit] = names[content]
                        continue
                    own = units(content[1])
                    if len(content) == 2:
                        found |= {outward + digit + unit: names[content[0]] for unit in own}
                    else:
                        which = list(places(content[0], content[2]))
                        assert len(which) == len(own)
                        found |= {
                            outward + digit + u: names[p] for u, p in zip(own, which, strict=True)
                        }
    return found, whole
