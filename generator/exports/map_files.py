"""What the scripts of maps fetch: a layer's geometry, a measure's values, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator import urls
from generator.data.compare import Comparison, Measure
from generator.exports.formats import compact_json
from generator.language.positions import figure_text, rank_text, spot_noun
from generator.maps.folium_map import MapConfig
from generator.maps.framing import national_view
from generator.maps.labels import Place, places
from generator.maps.layers import Layer, rung_for
from generator.maps.legend import Legend
from generator.maps.shapes import Shape
from generator.maps.sheets import sheets
from generator.settings import Settings

FINE_UNIT_M = 100.0
"""Metres (EPSG:3857) per unit in the sheets: about 60 m on the ground in England."""


def layout_sheets(layer: Layer) -> list[tuple[tuple[int, int, int, int], bytes]]:
    """The layer's fine geometry, cut into files: box in units, and content."""
    return [
        (sheet.box, compact_json({"areas": dict(sheet.paths)}))
        for sheet in sheets(layer, rung_for(FINE_UNIT_M))
    ]


def layer_names(comparison: Comparison, layer: Layer) -> tuple[Place, ...]:
    """Where the names of a layer's groups and areas may stand, the most important first."""
    outlined = set(layer.group_of.values())
    return places(
        layer,
        {code: area.name for code, area in comparison.areas.items()},
        {group.id: group.name for group in comparison.groups if group.id in outlined},
        {code: area.importance for code, area in comparison.areas.items()},
    )


def layout_index(
    layer: Layer,
    files: Sequence[tuple[tuple[int, int, int, int], str]],
    names: Sequence[Place],
) -> bytes:
    """What a script needs to find a layer's sheets, and what is drawn around them.

    Parameters
    ----------
    files
        Box (units) and published path of each sheet.
    names
        Of groups and areas, the most important first.
    """
    level = layer.level(rung_for(FINE_UNIT_M))
    unit = level.unit_m

    def text_at(x_m: float, y_m: float) -> list[int]:
        return [round(x_m / unit), round(-y_m / unit)]

    data: dict[str, object] = {
        "unit": round(unit, 6),
        "sheets": [[*box, path] for box, path in files],
        "outlines": [shape.path() for shape in level.outlines.values()],
        "context": [shape.path() for shape in _coarse_context(layer)],
        "beyond": [shape.path() for shape in layer.level(CONTEXT_RUNG).beyond],
        "context_unit": round(layer.level(CONTEXT_RUNG).unit_m, 6),
        "labels": [
            [
                *text_at(n.x_m, n.y_m),
                round(n.radius_m / unit, 1),
                n.name,
                n.code,
                n.spill,
                *(
                    [n.side.end, *(text_at(*n.side.target) if n.side.target else [])]
                    if n.side
                    else []
                ),
            ]
            for n in names
        ],
        "cells": layer.cells,
    }
    if layer.cells:
        left, bottom, right, top = national_view(layer).box
        data["frame"] = [*text_at(left, top), *text_at(right, bottom)]
    return compact_json(data)


CONTEXT_RUNG = 10


def _coarse_context(layer: Layer) -> tuple[Shape, ...]:
    return layer.level(CONTEXT_RUNG).context


def measure_values(measure: Measure, settings: Settings, legend: Legend) -> bytes:
    """What maps show of one measure: rank text, score text, class and spot by code; its legend."""
    speak = settings.speak
    return compact_json(
        {
            "id": measure.id,
            "edition": measure.edition.id,
            "of": measure.of,
            "labels": [c.label for c in measure.classification.classes],
            "missing": speak("not ranked") if measure.complete else speak("not known"),
            "legend": {
                "title": legend.title,
                "unit": legend.unit,
                "rows": [
                    *([row.level, row.label, row.range, row.count] for row in legend.rows),
                    *([["none", legend.missing_label, "", legend.missing]] * bool(legend.missing)),
                ],
            },
            "values": {
                code: [
                    rank_text(speak, p, measure.of),
                    "" if p.score is None else figure_text(speak, measure, p.score),
                    p.level,
                    spot_noun(p.spot, settings.spots),
                ]
                for code, p in sorted(measure.positions.items())
            },
        }
    )


def map_config(
    comparison: Comparison, layers: Sequence[Layer], assets: Mapping[str, str]
) -> MapConfig:
    """What the maps of all pages share: the files to fetch, and what is shown first."""
    main = comparison.main
    return MapConfig(
        layout=layers[0].id,
        layouts={layer.id: assets[urls.layout_asset(layer.id)] for layer in layers},
        measure=main.id,
        measures={m.id: assets[urls.values_asset(m.id)] for m in comparison.measures},
        names=assets[urls.NAMES],
    )


def name_file(
    comparison: Comparison, hrefs: Mapping[str, str], group_names: Mapping[str, str]
) -> bytes:
    """Name, page and outlined group (if any) of each area, by code."""
    return compact_json(
        {
            code: [area.name, hrefs[code], *([group_names[code]] if code in group_names else [])]
            for code, area in comparison.areas.items()
        }
    )
