"""What the tile explorer fetches: areas and tile sets once, one file of classes per measure.

The files are made as bytes; equal data give equal bytes.  Classes are computed here, for
every scheme that the reader may choose, so that the script only paints.
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

from generator import urls
from generator.catalogue import Catalogue
from generator.data.classify import Class, Classification, classify, is_worth_trying
from generator.data.compare import Comparison, Measure
from generator.data.palettes import PALETTES, dark_variant
from generator.errors import AtlasError, SettingsError
from generator.exports.formats import compact_json
from generator.language.choices import scheme_name
from generator.language.numbers import from_to, number, ordinal
from generator.language.positions import figure_text, missing_text, no_rank, rank_text
from generator.maps.asides import Side
from generator.maps.layouts import Layout, to_wgs84
from generator.maps.names import name_places
from generator.markdown import markdown_plain
from generator.settings import Classes, Settings
from generator.tiles.documents import TileSource

FOLDER = "explore"
LABEL_UNIT_M = 100.0
SCHEMES = (
    "Quantiles", "FisherJenks", "NaturalBreaks", "EqualInterval", "StdMean", "HeadTailBreaks",
    "BoxPlot",
)  # fmt: skip
"""Schemes on offer, by mapclassify's name; the atlas's own comes first in any case."""
BINS = 32
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
NONE = "-"
_DEGREE = 1000
_HALF_WORLD_M = np.pi * 6378137.0


@dataclass(frozen=True, slots=True)
class Scheme:
    """A classification on offer; `own` is the atlas's own, as on all other maps."""

    id: str
    name: str
    own: bool
    found: Classification


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


def measure_schemes(settings: Settings, measure: Measure) -> tuple[Scheme, ...]:
    """The classifications on offer for a measure, its own first.

    Where only ranks are known every scheme would cut them alike: there is just the own.
    """
    own = settings.classes.scheme
    speak = settings.speak
    schemes = [Scheme(own, _title(speak, own), True, measure.classification)]
    if not measure.has_scores:
        return tuple(schemes)
    scores = {code: p.score for code, p in measure.positions.items()}
    for scheme in SCHEMES:
        if scheme.casefold() == own.casefold() or not is_worth_trying(scheme, len(scores)):
            continue
        tried = Classes(scheme=scheme, k=settings.classes.k, colours=settings.classes.colours)
        found = _classified(speak, scores, tried, measure.indicator.better)
        if found is not None and len(found.classes) <= len(DIGITS):
            schemes.append(Scheme(scheme, _title(speak, scheme), False, found))
    return tuple(schemes)


def _title(speak: Catalogue, scheme: str) -> str:
    name = scheme_name(speak, scheme)
    return name[:1].upper() + name[1:]


def _classified(
    speak: Catalogue, scores: Mapping[str, float | None], tried: Classes, better: str
) -> Classification | None:
    try:
        return classify(scores, tried, better=better, speak=speak)
    except SettingsError:
        return None  # a scheme that these values don't suit isn't offered


def measure_file(
    speak: Catalogue, measure: Measure, codes: Sequence[str], schemes: Sequence[Scheme]
) -> bytes:
    """One measure: what is said of each area, and its class under each scheme.

    All lists follow `codes`.  ``places`` says how far each area is on the way from the worst
    value to the best (from the lowest to the highest, where neither is better), in thousandths,
    -1 where it has none.  ``levels`` (class, 0 the worst) and ``bins`` (of the
    histogram, from the lowest value) have one character for each area, base 36, ``-``
    where it has no value.
    """
    values = _values(measure)
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    width = (high - low) / BINS or 1.0
    bins = {c: min(int((v - low) / width), BINS - 1) for c, v in values.items()}
    falling = not measure.has_scores or measure.indicator.better == "lower"
    places = {c: _place(v, *((high, low) if falling else (low, high))) for c, v in values.items()}
    known = [measure.positions.get(code) for code in codes]
    unit = measure.indicator.unit
    if not measure.has_scores:
        unit = speak("rank of %(of)s", of=number(measure.of))
    return compact_json(
        {
            "id": measure.id,
            "title": f"{measure.indicator.name}, {measure.edition.id}",
            "edition": measure.edition.title,
            "note": markdown_plain(measure.edition.note),
            "unit": unit,
            "of": number(measure.of),
            "known": len(measure.positions),
            "scores": [
                "" if p is None or p.score is None else figure_text(speak, measure, p.score)
                for p in known
            ],
            "ranks": [
                rank_text(speak, p, measure.of) if p else no_rank(speak, measure, code)
                for code, p in zip(codes, known, strict=True)
            ],
            "places": [places.get(code, -1) for code in codes],
            "bins": _letters(bins, codes),
            "ends": [_limit(speak, measure, low), _limit(speak, measure, high)],
            "missing": missing_text(speak, measure),
            "schemes": [_scheme(speak, measure, values, codes, scheme) for scheme in schemes],
        }
    )


def _place(value: float, worst: float, best: float) -> int:
    """How far a value is on the way, in thousandths; in the middle where all are equal."""
    return round(1000 * (value - worst) / (best - worst)) if best != worst else 500


def _values(measure: Measure) -> dict[str, float]:
    """Scores, or ranks where there are none."""
    if not measure.has_scores:
        return {code: float(p.rank) for code, p in measure.positions.items()}
    return {code: p.score for code, p in measure.positions.items() if p.score is not None}


def _limit(speak: Catalogue, measure: Measure, value: float) -> str:
    if measure.has_scores:
        return number(value, measure.indicator.decimals)
    return ordinal(speak, int(value))


def _letters(numbers: Mapping[str, int], codes: Sequence[str]) -> str:
    return "".join(DIGITS[numbers[code]] if code in numbers else NONE for code in codes)


def _scheme(
    speak: Catalogue,
    measure: Measure,
    values: Mapping[str, float],
    codes: Sequence[str],
    scheme: Scheme,
) -> dict[str, object]:
    """One scheme: fit, breaks (upper limits, the last the highest value), classes, levels."""
    found = scheme.found
    members: dict[int, list[float]] = {}
    for code, level in found.levels.items():
        if code in values:
            members.setdefault(level, []).append(values[code])
    rising = sorted(found.classes, key=lambda c: c.upper)
    return {
        "id": scheme.id,
        "name": scheme.name,
        "gadf": number(found.gadf, 2),
        "breaks": [round(c.upper, 6) for c in rising],
        "classes": [
            [c.label, _range(speak, measure, c, members.get(c.level, [])), c.count]
            for c in found.classes
        ],
        "levels": _letters(found.levels, codes),
    }


def _range(speak: Catalogue, measure: Measure, found: Class, values: Sequence[float]) -> str:
    """The lowest and the highest score of a class; of ranks its limits, as most aren't known."""
    if not measure.has_scores:
        first = int(found.lower) + 1 if found.lower > 1 else 1
        values = [float(first), found.upper]
    if not values:
        return ""
    low, high = _limit(speak, measure, min(values)), _limit(speak, measure, max(values))
    return from_to(speak, low, high)


def palette_ramps(
    schemes: Sequence[Sequence[str]],
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Colours by palette and number of classes, worst class first; ``own`` is the atlas's.

    Parameters
    ----------
    schemes
        The colours of each scheme on offer.
    """
    counts = {len(colours): tuple(colours) for colours in schemes[::-1]}
    ramps = {"own": {str(n): colours for n, colours in sorted(counts.items())}}
    for palette in PALETTES:
        ramps[palette.id] = {str(n): palette.ramp(n) for n in sorted(counts) if n}
    return ramps


def explore_file(
    settings: Settings,
    comparison: Comparison,
    layouts: Sequence[Layout],
    tiles: Sequence[TileSource],
    measure_paths: Mapping[str, str],
    ramps: Mapping[str, Mapping[str, Sequence[str]]],
) -> bytes:
    """Areas, tile sets, measures and colours: what the explorer fetches first.

    Parameters
    ----------
    measure_paths
        Published path of each `measure_file`, by the measure's id.
    """
    codes = list(comparison.areas)
    shown = {layout.id: layout for layout in layouts}
    outlined = next((kind.kind for kind in settings.group if kind.outline), "")
    names = {c: g.name for g in comparison.groups if g.kind == outlined for c in g.members}
    groups = list(dict.fromkeys(names.values()))
    return compact_json(
        {
            "path": urls.list_page(settings.atlas.words.path),
            "codes": codes,
            "names": [comparison.areas[code].name for code in codes],
            "slugs": [comparison.areas[code].slug for code in codes],
            "groups": groups,
            "group_of": [groups.index(names[c]) if c in names else -1 for c in codes],
            "measure": comparison.main.id,
            "measures": [
                [m.id, m.edition.id, m.indicator.id, measure_paths[m.id]]
                for m in comparison.measures
            ],
            "ramps": ramps,
            "ramps_dark": _dark_ramps(settings, ramps),
            "layouts": {
                one.name: {
                    "tiles": one.path,
                    "bounds": list(one.bounds),
                    "zooms": [one.min_zoom, one.max_zoom],
                    "regions": bool(shown[one.name].group_of),
                    "extent": round(shown[one.name].usual_extent),
                    "boxes": _boxes(shown[one.name], codes),
                    "labels": _labels(comparison, shown[one.name], codes),
                    "land": land_around(shown[one.name]),
                }
                for one in tiles
            },
        }
    )


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


def _dark_ramps(
    settings: Settings, ramps: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, dict[str, Sequence[str]]]:
    """The same for readers whose screen is dark, as `classes.css` has the atlas's own."""
    found: dict[str, dict[str, Sequence[str]]] = {
        palette: {count: dark_variant(colours) for count, colours in by_count.items()}
        for palette, by_count in ramps.items()
    }
    own = settings.classes.colours_dark
    if str(len(own)) in found["own"]:
        found["own"][str(len(own))] = own
    return found


def _labels(comparison: Comparison, layout: Layout, codes: Sequence[str]) -> list[list[object]]:
    """Where names may stand, the most important first: x, y, radius (`LABEL_UNIT_M`), spill, and
    the area's position in `codes`, or the name of a group; then how it stands beside its cells.
    """
    at = {code: position for position, code in enumerate(codes)}

    def beside(side: Side | None) -> list[object]:
        x, y = side.target if side and side.target else (0.0, 0.0)
        line = [round(x / LABEL_UNIT_M), round(-y / LABEL_UNIT_M)] if x or y else []
        return [side.end, *line] if side else []

    return [
        [
            round(place.x_m / LABEL_UNIT_M),
            round(-place.y_m / LABEL_UNIT_M),
            round(place.radius_m / LABEL_UNIT_M, 1),
            place.spill,
            at[place.code] if place.code else place.name,
            *beside(place.side),
        ]
        for place in name_places(comparison, layout)
    ]


def _boxes(layout: Layout, codes: Sequence[str]) -> list[int]:
    """West, south, east, north of each area, thousandths of a degree; zeros if not drawn."""
    west_m, south_m, east_m, north_m = layout.boxes.T / _HALF_WORLD_M * np.pi

    def latitude(y: np.ndarray) -> np.ndarray:
        return np.asarray(np.degrees(2 * np.arctan(np.exp(y)) - np.pi / 2))

    degrees = np.column_stack(
        [np.degrees(west_m), latitude(south_m), np.degrees(east_m), latitude(north_m)]
    )
    rounded = np.rint(degrees * _DEGREE).astype(int).tolist()
    at = {code: place for place, code in enumerate(layout.codes)}
    return [n for code in codes for n in (rounded[at[code]] if code in at else [0, 0, 0, 0])]
