"""What the tile explorer fetches whatever the measure: areas, groups, tile sets, colours.

The files are made as bytes; equal data give equal bytes.  Areas come in parts of neighbours, so
that nothing that is fetched grows with their number; where they are few there is one part.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.geometry
from numpy.typing import NDArray

from generator import urls
from generator.data.compare import Comparison
from generator.data.palettes import PALETTES, dark_variant
from generator.data.places import Group
from generator.errors import AtlasError
from generator.exports.formats import compact_json
from generator.maps.layouts import Layout, to_wgs84
from generator.maps.names import NamePlace, name_places
from generator.settings import Settings
from generator.tiles.documents import TileSource

LABEL_UNIT_M = 100.0
MOST_IN_PART = 600
"""Of many areas, so many at most are fetched together."""
KEYS_IN_FILE = 1_000
NOWHERE = (0, 0, 0, 0)
"""The box of what isn't drawn."""
_DEGREE = 1000
_HALF_WORLD_M = np.pi * 6378137.0


def maplibre_files() -> dict[str, bytes]:
    """MapLibre GL JS by file name, from the installed package ``maplibre``.

    The package isn't imported: it would log warnings, and only its files are needed.  The
    source map's mention is cut, and so are the rules of style that carry icons for
    controls and a logo that the explorer doesn't have.

    Raises
    ------
    AtlasError
        If the package or its files are missing.
    """
    found = importlib.util.find_spec("maplibre")
    folder = Path(found.origin).parent / "srcjs" if found and found.origin else None
    if folder is None or not (folder / "maplibre-gl.js").is_file():
        raise AtlasError(
            "MapLibre GL JS isn't there, which the tile explorer is drawn with",
            where="the Python package maplibre",
            fix="pip install -r requirements.txt, or write enabled = false under [tiles]",
        )
    script = (folder / "maplibre-gl.js").read_text(encoding="utf-8")
    style = (folder / "maplibre-gl.css").read_text(encoding="utf-8")
    script = re.sub(r"\n?//# sourceMappingURL=\S+\s*$", "\n", script)
    style = re.sub(r"[^{}]*\{[^{}]*url\((?!#)[^{}]*\}", "", style)
    return {"maplibre-gl.js": script.encode(), "maplibre-gl.css": style.encode()}


Ramps = Mapping[str, Mapping[str, Sequence[str]]]
"""Colours by palette and number of classes, the worst class first."""


def palette_ramps(settings: Settings, schemes: Sequence[Sequence[str]]) -> dict[str, Ramps]:
    """The colours to choose from, ``own`` the atlas's; and ``ramps_dark``, for dark screens.

    Parameters
    ----------
    schemes
        The colours of each scheme on offer.
    """
    counts = {len(colours): tuple(colours) for colours in schemes[::-1]}
    ramps = {"own": {str(n): colours for n, colours in sorted(counts.items())}}
    for palette in PALETTES:
        ramps[palette.id] = {str(n): palette.ramp(n) for n in sorted(counts) if n}
    return {"ramps": ramps, "ramps_dark": _dark_ramps(settings, ramps)}


def _dark_ramps(settings: Settings, ramps: Ramps) -> dict[str, dict[str, Sequence[str]]]:
    """The same for readers whose screen is dark, as `classes.css` has the atlas's own."""
    found: dict[str, dict[str, Sequence[str]]] = {
        palette: {count: dark_variant(colours) for count, colours in by_count.items()}
        for palette, by_count in ramps.items()
    }
    own = settings.classes.colours_dark
    if str(len(own)) in found["own"]:
        found["own"][str(len(own))] = own
    return found


@dataclass(frozen=True, slots=True)
class ExplorerFiles:
    """What the explorer fetches of areas and groups, whatever the measure.

    Attributes
    ----------
    head
        What all share: groups, tile sets, and where each part lies.
    areas
        Files of neighbouring areas, one for each part: names, pages, places.
    find
        Files of the part and the code of each area by its code, and by ``/`` and the last part
        of its page's address; the keys rise through all files.  No files where all areas are in
        one part.
    """

    head: Mapping[str, object]
    areas: tuple[bytes, ...]
    find: tuple[bytes, ...]

    def head_file(
        self, folder: str, measures: Sequence[Sequence[str]], ramps: Mapping[str, Ramps]
    ) -> bytes:
        """The file that is fetched first.

        Parameters
        ----------
        folder
            Where `areas` and `find` are.
        measures
            Of each measure its id, edition, indicator, and where its files are.
        ramps
            `palette_ramps`, and those for dark screens.
        """
        return compact_json({**self.head, "folder": folder, "measures": measures, **ramps})


def explorer_parts(neighbours: Sequence[Sequence[str]]) -> list[list[str]]:
    """Codes in parts of up to `MOST_IN_PART`, of parts of neighbours that follow one another."""
    parts: list[list[str]] = []
    for codes in neighbours:
        for at in range(0, len(codes), MOST_IN_PART):
            some = list(codes[at : at + MOST_IN_PART])
            if parts and len(parts[-1]) + len(some) <= MOST_IN_PART:
                parts[-1] += some
            else:
                parts.append(some)
    return parts


def explorer_files(
    settings: Settings,
    comparison: Comparison,
    layouts: Sequence[Layout],
    tiles: Sequence[TileSource],
    parts: Sequence[Sequence[str]],
) -> ExplorerFiles:
    """Areas, groups and tile sets.

    Parameters
    ----------
    parts
        The codes of all areas, those that are fetched together in one part.
    """
    kind, groups = settings.outlined_kind, outlined_groups(settings, comparison)
    shown = {layout.id: layout for layout in layouts}
    drawn = [_Drawn(comparison, shown[one.name], one, parts, groups) for one in tiles]
    head = {
        "path": urls.list_page(settings.atlas.words.path),
        "count": len(comparison.areas),
        "parts": len(parts),
        "kind": [kind.name.lower(), kind.plural.lower()] if kind else ["", ""],
        "groups": [[g.name, g.id, urls.item_page(kind.path, g.slug)] for g in groups if kind],
        "measure": comparison.main.id,
        "layouts": {one.tiles.name: one.head() for one in drawn},
    }
    names = {code: at for at, group in enumerate(groups) for code in group.members}
    areas = tuple(
        compact_json(
            {
                "codes": list(codes),
                "names": [comparison.areas[code].name for code in codes],
                "slugs": [comparison.areas[code].slug for code in codes],
                "group_of": [names.get(code, -1) for code in codes],
                "layouts": {one.tiles.name: one.part(at) for one in drawn},
            }
        )
        for at, codes in enumerate(parts)
    )
    find, starts = _find_files(comparison, parts) if len(parts) > 1 else ((), ())
    return ExplorerFiles({**head, "find": starts}, areas, find)


def outlined_groups(settings: Settings, comparison: Comparison) -> list[Group]:
    """The groups whose borders the maps show; at low zooms they may stand for their areas."""
    kind = settings.outlined_kind
    return [group for group in comparison.groups if kind and group.kind == kind.kind]


def _find_files(
    comparison: Comparison, parts: Sequence[Sequence[str]]
) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The part and code of each area by its code and page, in files; the first key of each."""
    found: dict[str, list[object]] = {}
    for at, codes in enumerate(parts):
        for code in codes:
            found[code] = found[f"/{comparison.areas[code].slug}"] = [at, code]
    keys = sorted(found)
    slices = [keys[at : at + KEYS_IN_FILE] for at in range(0, len(keys), KEYS_IN_FILE)]
    files = tuple(compact_json({key: found[key] for key in some}) for some in slices)
    return files, tuple(some[0] for some in slices)


class _Drawn:
    """A layout as the explorer draws it: its tile set, and where its areas and names are."""

    def __init__(
        self,
        comparison: Comparison,
        layout: Layout,
        tiles: TileSource,
        parts: Sequence[Sequence[str]],
        groups: Sequence[Group],
    ) -> None:
        self.layout, self.tiles, self.parts, self.groups = layout, tiles, parts, groups
        self.names = list(enumerate(name_places(comparison, layout)))
        rounded = _degrees(layout.boxes)
        self.boxes = {code: rounded[at] for at, code in enumerate(layout.codes)}
        self.label_of = {place.code: (at, place) for at, place in self.names if place.code}

    def head(self) -> dict[str, object]:
        """The tile set, the box of each part, the names of groups, and land around."""
        layout, tiles = self.layout, self.tiles
        named = [(at, place) for at, place in self.names if not place.code]
        return {
            "tiles": tiles.path,
            "bounds": list(tiles.bounds),
            "zooms": [tiles.min_zoom, tiles.max_zoom],
            "areas_from": tiles.areas_from,
            "regions": bool(layout.group_of),
            "extent": round(layout.usual_extent),
            "parts": [n for codes in self.parts for n in self._around(codes)],
            "groups": [n for g in self.groups for n in self._around(g.members)]
            if tiles.has_groups
            else [],
            "labels": [_label(place, place.name) for _, place in named],
            "order": [at for at, _ in named],
            "land": land_around(layout),
        }

    def part(self, at: int) -> dict[str, object]:
        """Boxes of the areas of a part (west, south, east, north; zeros if not drawn), names."""
        codes = self.parts[at]
        named = [(n, *self.label_of[code]) for n, code in enumerate(codes) if code in self.label_of]
        return {
            "boxes": [n for code in codes for n in self.boxes.get(code, NOWHERE)],
            "labels": [_label(place, n) for n, _, place in named],
            "order": [order for _, order, _ in named],
        }

    def _around(self, codes: Sequence[str]) -> Sequence[int]:
        """The box of some areas together."""
        drawn = np.array([self.boxes[code] for code in codes if code in self.boxes])
        if not len(drawn):
            return NOWHERE
        low, high = drawn[:, :2].min(axis=0), drawn[:, 2:].max(axis=0)
        return [*low.tolist(), *high.tolist()]


LAND_DETAIL_M = 1_200.0
"""What detail of land around may go: it is drawn quietly, and never from near."""


def land_around(layout: Layout) -> list[dict[str, Any]]:
    """Land around as GeoJSON features: what the file lacks first, then what it holds."""
    around = shapely.coverage_simplify(layout.context, LAND_DETAIL_M) if len(layout.context) else ()
    kinds = [*(("beyond", band) for band in layout.beyond), *(("context", land) for land in around)]
    features: list[dict[str, Any]] = []
    for kind, shape in kinds:
        degrees = shapely.transform(to_wgs84(shape), lambda points: points.round(3))
        geometry = shapely.geometry.mapping(degrees)
        features.append({"type": "Feature", "properties": {"kind": kind}, "geometry": geometry})
    return features


def _label(place: NamePlace, named: int | str) -> list[object]:
    """Where a name may stand: x, y, radius (`LABEL_UNIT_M`), spill, and the area's position in
    its part, or the name of a group; then how it stands beside its cells.
    """
    side = place.side
    x, y = side.target if side and side.target else (0.0, 0.0)
    line = [round(x / LABEL_UNIT_M), round(-y / LABEL_UNIT_M)] if x or y else []
    return [
        round(place.x_m / LABEL_UNIT_M),
        round(-place.y_m / LABEL_UNIT_M),
        round(place.radius_m / LABEL_UNIT_M, 1),
        place.spill,
        named,
        *([side.end, *line] if side else []),
    ]


def _degrees(boxes_m: NDArray[np.float64]) -> list[list[int]]:
    """West, south, east, north of (n, 4) boxes in metres, in thousandths of a degree."""
    west_m, south_m, east_m, north_m = boxes_m.T / _HALF_WORLD_M * np.pi

    def latitude(y: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.degrees(2 * np.arctan(np.exp(y)) - np.pi / 2))

    degrees = np.column_stack(
        [np.degrees(west_m), latitude(south_m), np.degrees(east_m), latitude(north_m)]
    )
    found: list[list[int]] = np.rint(degrees * _DEGREE).astype(int).tolist()
    return found
