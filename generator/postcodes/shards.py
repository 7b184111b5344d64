"""The files by which a browser finds the area of a postcode; `search/postcodes.js` reads them.

There are an index and small files.  The index lists the postcode areas ("NG") with their
pieces; a piece holds some postcode districts ("NG1" to "NG5"), the places that occur in them,
and for each sector which units exist and where they lie:

- a number: the whole sector lies in that place, and its units are not listed (elsewhere);
- ``[place, units]``: all units that exist lie in one place;
- ``[[place, …], units, runs]``: several places, that of most units first.

``units`` is a list of run lengths over all possible units, in the order of
`sectors.ORDER`: so many that don't exist, so many that do, and so on.  A length is a digit
of base 62; the highest one stands for 61 and means that the run goes on after the next (empty)
one.  ``runs`` says where the units that exist lie: the number of a place in the sector's list
(one digit, two if there are more than 62), and how many units of that place follow.

A district that lies wholly elsewhere is a number, an area a text.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from generator.postcodes.assign import NOWHERE
from generator.postcodes.sectors import UNITS, Sectors

PIECE_BYTES = 6_000
"""A piece is closed before it becomes larger, unless it holds a single district."""
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_MOST = len(DIGITS) - 1

PlaceText = tuple[str, ...]
"""What a piece says of a place: name and page, or only the name where there is no page."""


@dataclass(frozen=True, slots=True)
class Shards:
    """All files of the look-up.

    Attributes
    ----------
    areas
        By postcode area: the districts of each piece, as text ("1-25,31"), or the name of the
        country where all of it lies.
    pieces
        Content by name (``ng-0.json``).
    """

    areas: dict[str, list[str] | str]
    pieces: dict[str, bytes]


def make_shards(sectors: Sectors, place: Callable[[str], PlaceText]) -> Shards:
    """Cut the sectors into files.

    Parameters
    ----------
    place
        What readers learn of a place of `Sectors.places`.
    """
    areas: dict[str, list[str] | str] = {}
    pieces: dict[str, bytes] = {}
    districts = _spelled_districts(sectors)
    for area, found in _by_area(districts):
        country = _one_country(found, sectors)
        if country:
            areas[area] = place(country)[0]
            continue
        stated = []
        for number, (names, content) in enumerate(_pieces(found, sectors, place)):
            pieces[f"{area.lower()}-{number}.json"] = content
            stated.append(ranges(names))
        areas[area] = stated
    return Shards(areas, pieces)


def _one_country(districts: Sequence[tuple[str, Any]], sectors: Sectors) -> str:
    """The place where all of an area lies, if that isn't the atlas; else empty."""
    if any(
        isinstance(content, dict) and any(not isinstance(one, int) for one in content.values())
        for _, content in districts
    ):
        return ""
    found = {
        sectors.places[one]
        for _, content in districts
        for one in (content.values() if isinstance(content, dict) else [content])
    } - {NOWHERE}
    return found.pop() if len(found) == 1 else ""


def ranges(names: Sequence[str]) -> str:
    """Districts of an area in short; those with a letter at the end stand alone.

    >>> ranges(["1", "2", "3", "5", "1A"])
    '1-3,5,1A'
    """
    found: list[list[str]] = []
    for name in names:
        last = found[-1][-1] if found else ""
        if last.isdigit() and name.isdigit() and int(name) == int(last) + 1:
            found[-1] = [found[-1][0], name]
        else:
            found.append([name])
    return ",".join("-".join(run) for run in found)


def _natural(district: str) -> tuple[str, int, str]:
    """Sorts NG2 before NG10, and W1 before W1A."""
    letters, number, letter = _parts(district)
    return letters, int(number or 0), letter


def _parts(district: str) -> tuple[str, str, str]:
    """Letters of the area, number, letter at the end; two old districts have no number."""
    parts = re.fullmatch(r"([A-Z]+)(\d*)([A-Z]?)", district)
    assert parts is not None, district
    return parts[1], parts[2], parts[3]


# A sector in a piece, with numbers of `Sectors.places` for the places.
_Spelled = int | tuple[list[int], str, str]


def _spelled_districts(sectors: Sectors) -> list[tuple[str, int | dict[str, _Spelled]]]:
    """Every postcode district in natural order, with its sectors by their digit."""
    found: dict[str, dict[str, _Spelled]] = {}
    runs = _unit_runs(sectors.exists)
    placed = _place_runs(sectors)
    whole = sectors.whole.tolist()
    for at, name in enumerate(sectors.names.tolist()):
        district, digit = name[:-1].decode().strip(), name[-1:].decode()
        found.setdefault(district, {})[digit] = (
            _spelled(placed[at], runs[at], whole[at]) if placed[at] else whole[at]
        )
    return [(name, _whole(found[name])) for name in sorted(found, key=_natural)]


def _whole(spelled: dict[str, _Spelled]) -> int | dict[str, _Spelled]:
    """One place for a district whose sectors all lie in it, elsewhere."""
    first = next(iter(spelled.values()))
    if isinstance(first, int) and all(one == first for one in spelled.values()):
        return first
    return spelled


def _place_runs(sectors: Sectors) -> list[list[tuple[int, int]]]:
    """For each sector, the places of its units one after the other: place, how many units."""
    place, ends = sectors.place, np.cumsum(sectors.exists.sum(axis=1))
    begins = np.r_[True, place[1:] != place[:-1]][: len(place)]
    begins[ends[ends < len(place)]] = True
    at = np.flatnonzero(begins)
    runs = list(zip(place[at].tolist(), np.diff(np.r_[at, len(place)]).tolist(), strict=True))
    bounds = [0, *np.searchsorted(at, ends).tolist()]
    return [runs[start:end] for start, end in itertools.pairwise(bounds)]


def _spelled(placed: Sequence[tuple[int, int]], units: str, most: int) -> _Spelled:
    if len(placed) == 1:
        return [most], units, ""
    others = sorted({p for p, _ in placed} - {most})
    listed = [most, *others]
    number = {p: at for at, p in enumerate(listed)}
    wide = len(listed) > len(DIGITS)
    runs = []
    for p, length in placed:
        high, low = divmod(number[p], len(DIGITS))
        key = (DIGITS[high] if wide else "") + DIGITS[low]
        full, rest = divmod(length, _MOST)
        runs.append((key + DIGITS[_MOST]) * full + (key + DIGITS[rest] if rest else ""))
    return listed, units, "".join(runs)


def _unit_runs(exists: npt.NDArray[np.bool_]) -> list[str]:
    """Run lengths of each row, beginning with those that don't exist."""
    spelling = [_length(n) for n in range(UNITS + 1)]
    padded = np.zeros((len(exists), UNITS + 1), dtype=bool)
    padded[:, 1:] = exists
    row, change = np.nonzero(padded[:, 1:] != padded[:, :-1])
    bounds = np.searchsorted(row, np.arange(len(exists) + 1)).tolist()
    steps = np.diff(change, prepend=0)
    first = [at for at, end in itertools.pairwise(bounds) if end > at]
    steps[first] = change[first]
    texts = [spelling[n] for n in steps.tolist()]
    last = _last_run(exists)
    return [
        "".join(texts[start:end]) + (spelling[tail] if tail else "")
        for start, end, tail in zip(bounds, bounds[1:], last, strict=False)
    ]


def _last_run(exists: npt.NDArray[np.bool_]) -> list[int]:
    """How many of the last units exist: a run that no change ends."""
    tail = np.argmin(exists[:, ::-1], axis=1)
    tail[exists.all(axis=1)] = UNITS
    return [int(n) for n in tail]


def _length(n: int) -> str:
    full, rest = divmod(n, _MOST)
    return (DIGITS[_MOST] + DIGITS[0]) * full + DIGITS[rest]


def _by_area(
    districts: Iterable[tuple[str, Any]],
) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Districts by their letters, named without them."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for name, content in districts:
        area = _parts(name)[0]
        found.setdefault(area, []).append((name[len(area) :], content))
    yield from sorted(found.items())


def _pieces(
    districts: Sequence[tuple[str, Any]], sectors: Sectors, place: Callable[[str], PlaceText]
) -> Iterator[tuple[list[str], bytes]]:
    """Files of neighbouring districts, each with the names of its districts."""
    held = _Piece(sectors, place)
    for name, content in districts:
        grown = held.with_district(name, content)
        if held.names and grown.size > PIECE_BYTES:
            yield held.names, held.content()
            grown = _Piece(sectors, place).with_district(name, content)
        held = grown
    yield held.names, held.content()


class _Piece:
    """A file that is being filled: each of its districts and places is spelled once."""

    def __init__(self, sectors: Sectors, place: Callable[[str], PlaceText]) -> None:
        self.names: list[str] = []
        self._sectors, self._place = sectors, place
        self._number: dict[int, int] = {}
        self._places: list[str] = []
        self._districts: list[str] = []

    @property
    def size(self) -> int:
        """Bytes of `content`."""
        return len(self.content())

    def with_district(self, name: str, content: int | dict[str, _Spelled]) -> _Piece:
        """The same with another district; this one stays as it is."""
        grown = _Piece(self._sectors, self._place)
        grown._number = dict(self._number)
        spelled = (
            grown._local(content)
            if isinstance(content, int)
            else {digit: grown._sector(found) for digit, found in content.items()}
        )
        new = list(grown._number)[len(self._number) :]
        grown._places = [
            *self._places,
            *(_json(list(self._place(self._sectors.places[p]))) for p in new),
        ]
        grown._districts = [*self._districts, f"{_json(name)}:{_json(spelled)}"]
        grown.names = [*self.names, name]
        return grown

    def content(self) -> bytes:
        """The file."""
        return self._joined(self._places, self._districts).encode()

    @staticmethod
    def _joined(places: Iterable[str], districts: Iterable[str]) -> str:
        return f'{{"places":[{",".join(places)}],"districts":{{{",".join(districts)}}}}}\n'

    def _local(self, place: int) -> int:
        return self._number.setdefault(place, len(self._number))

    def _sector(self, spelled: _Spelled) -> object:
        if isinstance(spelled, int):
            return self._local(spelled)
        listed, units, runs = spelled
        if runs:
            return [[self._local(p) for p in listed], units, runs]
        return [self._local(listed[0]), units]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
