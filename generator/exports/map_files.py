"""What the scripts of maps fetch: a layout's geometry, a measure's values, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator import urls
from generator.data.compare import Comparison, Measure
from generator.exports.formats import compact_json
from generator.language.positions import figure_text, rank_text, spot_noun
from generator.maps.folium_map import MapConfig
from generator.maps.framing import national_window
from generator.maps.layouts import Layout, rung_for
from generator.maps.legend import Legend
from generator.maps.names import NamePlace
from generator.maps.shapes import Shape
from generator.maps.sheets import Sheet, sheets
from generator.settings import Settings

FINE_UNIT_M = 100.0
"""Metres (EPSG:3857) per unit in the sheets: about 60 m on the ground in England."""
FINE_STEPS = 40.0
"""Areas of the usual size are at least so many units across, as far as layouts go into detail."""

MOST_IN_SHEET = 200
"""Of many areas: what is known of so many, and their names, are small files too."""

Label = list[int | float | str]


@dataclass(frozen=True, slots=True)
class SheetFile:
    """A sheet as it is published: its box in units, its content, and the parts of its facts."""

    box: tuple[int, int, int, int]
    content: bytes
    parts: tuple[int, ...] = ()


def fine_rung(layout: Layout) -> int:
    """The rung of a layout's sheets."""
    wanted = FINE_UNIT_M if layout.cells else min(FINE_UNIT_M, layout.usual_extent / FINE_STEPS)
    return rung_for(wanted)


def fine_sheets(layout: Layout, *, whole: bool) -> list[Sheet]:
    """The layout's fine geometry in sheets of neighbouring areas."""
    return sheets(layout, fine_rung(layout), most=None if whole else MOST_IN_SHEET)


def cut_in_parts(codes: Iterable[str], neighbours: Sequence[Sheet]) -> tuple[tuple[str, ...], ...]:
    """All codes, those of one sheet together; what no sheet shows goes with the last of them."""
    shown = {code for sheet in neighbours for code in sheet.paths}
    rest = tuple(code for code in codes if code not in shown)
    parts = [tuple(sheet.paths) for sheet in neighbours]
    return (*parts[:-1], (*(parts[-1] if parts else ()), *rest))


def whole_sheets(cut: Sequence[Sheet]) -> list[SheetFile]:
    """Sheets that hold outlines of areas, and nothing else: names and lines are in the index."""
    return [SheetFile(one.box, compact_json({"areas": dict(one.paths)})) for one in cut]


def sheets_with_all(
    layout: Layout, cut: Sequence[Sheet], names: Sequence[NamePlace], part_of: Mapping[str, int]
) -> list[SheetFile]:
    """Sheets that hold all that is drawn there: areas, their names, and the lines of groups.

    Parameters
    ----------
    part_of
        By code, the part that says what is known of an area.
    """
    detail = layout.detail(fine_rung(layout))
    labels = {n.code: _label(n, detail.unit_m) for n in names if n.code}
    order = {n.code: at for at, n in enumerate(names)}
    found = []
    for sheet in cut:
        groups = sorted({layout.group_of[code] for code in sheet.paths if code in layout.group_of})
        named = [code for code in sheet.paths if code in labels]
        content = {
            "areas": dict(sheet.paths),
            "labels": [labels[code] for code in named],
            "order": [order[code] for code in named],
            "outlines": {g: detail.outlines[g].path() for g in groups},
        }
        parts = tuple(sorted({part_of[code] for code in sheet.paths if code in part_of}))
        found.append(SheetFile(sheet.box, compact_json(content), parts))
    return found


def layout_index(
    layout: Layout,
    files: Sequence[tuple[SheetFile, str]],
    names: Sequence[NamePlace],
    *,
    whole: bool,
) -> bytes:
    """What a script needs to find a layout's sheets, and what is drawn around them.

    Parameters
    ----------
    files
        Every sheet and its published path.
    names
        Of groups and areas, the most important first.
    whole
        Whether lines and all names are in here, or in the sheets but for the names of groups.
    """
    detail = layout.detail(fine_rung(layout))
    unit = detail.unit_m
    data: dict[str, object] = {
        "unit": round(unit, 6),
        "sheets": [[*one.box, path, *([list(one.parts)] * (not whole))] for one, path in files],
        "outlines": [shape.path() for shape in detail.outlines.values() if whole],
        "context": [shape.path() for shape in _coarse_context(layout)],
        "beyond": [shape.path() for shape in layout.detail(CONTEXT_RUNG).beyond],
        "context_unit": round(layout.detail(CONTEXT_RUNG).unit_m, 6),
        "labels": [_label(place, unit) for place in names if whole or not place.code],
        "cells": layout.cells,
    }
    if layout.cells:
        left, bottom, right, top = national_window(layout).box
        data["frame"] = [*_text_at(left, top, unit), *_text_at(right, bottom, unit)]
    return compact_json(data)


def _label(place: NamePlace, unit_m: float) -> Label:
    """A name as the script places it: x, y and radius in units, text, code, spill, and its side."""
    x, y = _text_at(place.x_m, place.y_m, unit_m)
    side = place.side
    beside: Label = []
    if side:
        beside = [side.end, *(_text_at(*side.target, unit_m) if side.target else [])]
    return [x, y, round(place.radius_m / unit_m, 1), place.name, place.code, place.spill, *beside]


def _text_at(x_m: float, y_m: float, unit_m: float) -> list[int]:
    return [round(x_m / unit_m), round(-y_m / unit_m)]


CONTEXT_RUNG = 10


def _coarse_context(layout: Layout) -> tuple[Shape, ...]:
    return layout.detail(CONTEXT_RUNG).context


def measure_values(measure: Measure, settings: Settings, legend: Legend) -> bytes:
    """What maps show of one measure: rank text, score text, class and spot by code; its legend."""
    return compact_json(
        _measure_head(measure, settings, legend) | {"values": _values(measure, settings)}
    )


def measure_values_in_parts(
    measure: Measure, settings: Settings, legend: Legend, parts: Sequence[Sequence[str]]
) -> list[bytes]:
    """The same in files: what is said of all areas first, then a file for each part of them."""
    values = _values(measure, settings)
    return [
        compact_json(_measure_head(measure, settings, legend) | {"values": {}}),
        *cut(values, parts),
    ]


def cut(by_code: Mapping[str, object], parts: Sequence[Sequence[str]]) -> list[bytes]:
    """What is known by code, in a file for each part of the areas."""
    return [compact_json({c: by_code[c] for c in part if c in by_code}) for part in parts]


def _measure_head(measure: Measure, settings: Settings, legend: Legend) -> dict[str, object]:
    speak = settings.speak
    return {
        "id": measure.id,
        "edition": measure.edition.id,
        "of": measure.of,
        "labels": [c.label for c in measure.classification.classes],
        "missing": speak("not ranked") if measure.complete else speak("not known"),
        "legend": legend_data(legend),
    }


def legend_data(legend: Legend) -> dict[str, object]:
    """A legend as scripts make one: a row is class, label, limits, how many areas."""
    return {
        "title": legend.title,
        "unit": legend.unit,
        "rows": [
            *([row.level, row.label, row.range, row.count] for row in legend.rows),
            *([["none", legend.missing_label, "", legend.missing]] * bool(legend.missing)),
        ],
    }


def _values(measure: Measure, settings: Settings) -> dict[str, object]:
    return {
        code: [
            rank_text(settings.speak, p, measure.of),
            "" if p.score is None else figure_text(settings.speak, measure, p.score),
            p.level,
            spot_noun(p.spot, settings.spots),
        ]
        for code, p in sorted(measure.positions.items())
    }


def map_config(
    comparison: Comparison, layouts: Sequence[Layout], assets: Mapping[str, str]
) -> MapConfig:
    """What the maps of all pages share: the files to fetch, and what is shown first."""
    main = comparison.main
    return MapConfig(
        layout=layouts[0].id,
        layouts={layout.id: assets[urls.layout_asset(layout.id)] for layout in layouts},
        measure=main.id,
        measures={m.id: assets[urls.values_asset(m.id)] for m in comparison.measures},
        names=assets[urls.NAMES],
    )


def name_file(
    comparison: Comparison, hrefs: Mapping[str, str], group_names: Mapping[str, str]
) -> bytes:
    """Name, page and outlined group (if any) of each area, by code."""
    return compact_json(_names(comparison, hrefs, group_names))


def names_in_parts(
    comparison: Comparison,
    hrefs: Mapping[str, str],
    group_names: Mapping[str, str],
    parts: Sequence[Sequence[str]],
) -> list[bytes]:
    """The same, a file for each part of the areas."""
    return cut(_names(comparison, hrefs, group_names), parts)


def _names(
    comparison: Comparison, hrefs: Mapping[str, str], group_names: Mapping[str, str]
) -> dict[str, object]:
    return {
        code: [area.name, hrefs[code], *([group_names[code]] if code in group_names else [])]
        for code, area in comparison.areas.items()
    }
