"""Which geography and year the codes or names of a table belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generator.data.names import canonical, short_form
from generator.sources.ons.names import district_changes, larger_areas, range_of, welsh_names
from generator.sources.ons.services import load_elsewhere, load_registry
from generator.sources.packages.registry import packaged_file
from generator.sources.tables import GSS_CODE, Table

_KINDS = {
    "E06": "lad", "E07": "lad", "E08": "lad", "E09": "lad", "W06": "lad", "S12": "lad",
    "N09": "lad", "E10": "ctyua", "E12": "region", "E05": "ward", "W05": "ward", "S13": "ward",
    "N08": "ward", "E02": "msoa", "W02": "msoa", "E01": "lsoa", "W01": "lsoa",
    "S01": "dz", "S02": "iz", "N20": "nidz", "N00": "sa", "E14": "pcon", "W07": "pcon",
    "S14": "pcon", "N05": "pcon", "N06": "pcon", "E54": "icb", "E38": "sicbl", "W11": "lhb",
}  # fmt: skip
_FIRST, _LAST = 2009, 2025
_MOSTLY = 0.6

NOUNS = {
    "lad": ("local authority", "local authorities"),
    "ctyua": ("authority", "authorities"),
    "region": ("region", "regions"),
    "ward": ("ward", "wards"),
    "msoa": ("neighbourhood", "neighbourhoods"),
    "lsoa": ("small area", "small areas"),
    "sa": ("small area", "small areas"),
    "dz": ("data zone", "data zones"),
    "nidz": ("data zone", "data zones"),
    "iz": ("intermediate zone", "intermediate zones"),
    "pcon": ("constituency", "constituencies"),
    "icb": ("integrated care board", "integrated care boards"),
    "sicbl": ("sub-location", "sub-locations"),
    "lhb": ("health board", "health boards"),
}
"""What an area of a geography is called, one and many."""


@dataclass(frozen=True, slots=True)
class AreasGuess:
    """Where a table's rows lie.

    Attributes
    ----------
    column
        The column that tells the area; empty if none was found.
    by
        Whether it holds codes or names.
    geography, year
        As the settings name them; empty and 0 if unknown.
    keep
        The first letters of the codes.
    country
        What all areas together are called; empty if unknown.
    sure
        Whether only this year fits.
    why
        One sentence for the user.
    """

    column: str
    by: str
    geography: str
    year: int
    keep: tuple[str, ...]
    country: str
    sure: bool
    why: str


def guess_areas(table: Table) -> AreasGuess:
    """Find the column that tells the area, and what kind of area it is."""
    column = table.code_column()
    if column is not None:
        return _by_code(column, [cell for cell in table.column(column) if GSS_CODE.match(cell)])
    hits = {name: _district_codes(table.column(name)) for name in table.columns}
    best = max(hits, key=lambda name: len(hits[name]))
    said = [cell for cell in table.column(best) if cell]
    if said and len(hits[best]) > _MOSTLY * len(set(said)):
        guess = _by_code(best, hits[best])
        why = f"{len(hits[best])} of its names are districts' names; {guess.why}"
        return AreasGuess(
            best, "name", guess.geography, guess.year, guess.keep, guess.country, False, why
        )
    return AreasGuess("", "", "", 0, (), "", False, "no column holds GSS codes or known names")


def _by_code(column: str, codes: Sequence[str]) -> AreasGuess:
    larger = {code for code, _ in larger_areas()}
    counted = Counter(_KINDS.get(code[:3], "") for code in codes if code not in larger)
    counted = counted or Counter(_KINDS.get(code[:3], "") for code in codes)
    geography = counted.most_common(1)[0][0]
    if geography == "lad" and counted["ctyua"]:
        geography = "ctyua"
    own = [code for code in codes if _KINDS.get(code[:3]) in {geography, "lad"}] or list(codes)
    initials = Counter(code[0] for code in own)
    # A few rows of another country beside one's own are for comparison.
    letters = tuple(sorted(x for x, n in initials.items() if n >= 0.1 * len(own)))
    country = _country(letters)
    if not geography:
        why = f"codes such as {codes[0]} are of no geography that is known here"
        return AreasGuess(column, "code", "", 0, letters, country, False, why)
    first, last = _span(own) if geography in {"lad", "ctyua"} else _range_span(own)
    year = _best_year(geography, first, last, letters)
    spoken = f"{first}" if first == last else f"{first} to {last}"
    fits = f"its codes are those of {spoken}" if first <= last else "its codes are of several years"
    near = _where(geography, year, letters)
    return AreasGuess(
        column, "code", geography, year, letters, country, first == last, f"{fits}; {near}"
    )


def _district_codes(names: Sequence[str]) -> list[str]:
    """The codes of the districts that the names mean, whatever the year."""
    known = _districts()
    return [known[form] for name in dict.fromkeys(names) if (form := _form(name, known))]


def _form(name: str, known: dict[str, str]) -> str:
    return next((form for form in (canonical(name), short_form(name)) if form in known), "")


def _districts() -> dict[str, str]:
    found = {canonical(name): code for code, name in welsh_names()}
    carried = packaged_file("lad", 2016)
    for rule in carried.rules if carried else ():
        for code, name in (rule.lookup or {}).values():
            found.setdefault(canonical(name), code)
            found.setdefault(short_form(name), code)
    return found


def _span(codes: Sequence[str]) -> tuple[int, int]:
    """The first and the last year in which all codes hold."""
    first, last = _FIRST, _LAST
    said = set(codes)
    for change in district_changes():
        if change.new_code in said:
            first = max(first, change.year)
        if change.old_code in said:
            last = min(last, change.year - 1)
    return first, last


def _range_span(codes: Sequence[str]) -> tuple[int, int]:
    """The same for small areas and others, by the numbers of their codes."""
    first, last = _FIRST, _LAST
    for one in filter(None, map(range_of, codes)):
        first = max(first, one.first_year)
        last = min(last, one.last_year or _LAST)
    return first, last


def is_at_hand(geography: str, year: int, letters: Sequence[str]) -> bool:
    """Whether a package carries the areas of a year, in all countries that the codes are of."""
    carried = packaged_file(geography, year)
    if carried is None:
        return False
    covered = {"EW": "EW", "EN": "E", "WA": "W", "NI": "N"}.get(carried.extent, "EWSN")
    return set(letters) <= set(covered)


def _where(geography: str, year: int, letters: Sequence[str]) -> str:
    """Where boundaries are found, in words."""
    if is_at_hand(geography, year, letters):
        return f"boundaries of {year} are here without a download"
    for one in load_elsewhere():
        if (one.geography, one.year) == (geography, year):
            return (
                f"the {one.publisher} publishes their boundaries: download {one.address} and put "
                "it into boundaries/ beside the settings"
            )
    return f"boundaries of {year} are known at ONS"


def _best_year(geography: str, first: int, last: int, letters: Sequence[str]) -> int:
    """The latest fitting year whose boundaries are at hand, or else known; or else the latest."""
    years = range(last, first - 1, -1) if first <= last else range(_LAST, _FIRST - 1, -1)
    at_hand = [year for year in years if is_at_hand(geography, year, letters)]
    known = [year for year in years if year in _known_years(geography)]
    return (at_hand or known or sorted(_known_years(geography), reverse=True) or [last])[0]


def _known_years(geography: str) -> set[int]:
    published = {(entry.geography, entry.year) for entry in load_registry()}
    published |= {(entry.geography, entry.year) for entry in load_elsewhere()}
    return {year for name, year in published if name == geography}


def _country(letters: Sequence[str]) -> str:
    names: dict[str, str] = {}
    for code, name in larger_areas():
        names.setdefault(code, name)
    one = {"E": "E92000001", "W": "W92000004", "S": "S92000003", "N": "N92000002"}
    if len(letters) == 1:
        return names.get(one.get(letters[0], ""), "")
    some = {("E", "W"): "K04000001", ("E", "S", "W"): "K03000001"}
    return names.get(some.get(tuple(letters), "K02000001"), "")
