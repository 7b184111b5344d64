"""Data files of the site: what maps and search fetch, and what readers take away.

All are made as bytes; equal data give equal bytes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from generator import urls
from generator.charts import swarm
from generator.charts.strip import axis_ticks
from generator.data.compare import Comparison, Measure
from generator.language import words
from generator.maps.folium_map import MapConfig
from generator.maps.labels import Place, places
from generator.maps.layers import Layer, Shape, rung_for, sheets
from generator.maps.legend import Legend
from generator.settings import Settings

FINE_UNIT_M = 100.0
"""Metres (EPSG:3857) per unit in the sheets: about 60 m on the ground in England."""


def compact_json(data: object) -> bytes:
    """JSON without spaces, in UTF-8, ended by a newline."""
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def indented_json(data: object) -> bytes:
    """JSON for readers as well as for machines."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV (UTF-8, comma, LF); None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue().encode()


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
            [*text_at(n.x_m, n.y_m), round(n.radius_m / unit, 1), n.name, n.code, n.spill]
            for n in names
        ],
        "cells": layer.cells,
    }
    return compact_json(data)


CONTEXT_RUNG = 10


def _coarse_context(layer: Layer) -> tuple[Shape, ...]:
    return layer.level(CONTEXT_RUNG).context


def measure_values(measure: Measure, settings: Settings, legend: Legend) -> bytes:
    """What maps show of one measure: rank text, score text, class and spot by code; its legend."""
    return compact_json(
        {
            "id": measure.id,
            "edition": measure.edition.id,
            "of": measure.of,
            "labels": [c.label for c in measure.classification.classes],
            "missing": "not in the index" if measure.complete else "not known",
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
                    words.rank_text(p, measure.of),
                    "" if p.score is None else words.number(p.score, measure.indicator.decimals),
                    p.level,
                    words.spot_noun(p.spot, settings.spots),
                ]
                for code, p in sorted(measure.positions.items())
            },
        }
    )


def compare_file(comparison: Comparison, settings: Settings) -> bytes:
    """What the page that puts areas side by side knows: scales, and every area on them.

    Places along a scale are in thousandths of its width, best to the right.
    """
    measures = comparison.headline()
    outlined = next((kind for kind in settings.group if kind.outline), None)
    group_of = {
        code: group.name
        for group in comparison.groups
        if outlined and group.kind == outlined.kind
        for code in group.members
    }
    places = [_places(measure) for measure in measures]
    areas = {
        code: [
            area.name,
            area.slug,
            group_of.get(code, ""),
            "" if area.area_km2 is None else f"{words.number(area.area_km2, 1)} km²",
            [_placed(m, code, along.get(code)) for m, along in zip(measures, places, strict=True)],
        ]
        for code, area in comparison.areas.items()
    }
    return compact_json(
        {
            "path": urls.list_page(settings.atlas.words.path),
            "group": outlined.name if outlined else "",
            "measures": [_scale(measure) for measure in measures],
            "areas": areas,
        }
    )


def _scale(measure: Measure) -> dict[str, object]:
    """One measure's axis: ticks, limits between the classes, and what its figures are."""
    scale = swarm.scale_of(measure)
    return {
        "edition": measure.edition.id,
        "title": f"{measure.indicator.name}, {measure.edition.id}"
        if swarm.shows_scores(measure)
        else f"Rank, {measure.edition.id}",
        "note": measure.edition.note,
        "scores": measure.has_scores,
        "ticks": [[round(x, 1), text] for x, text in axis_ticks(measure)],
        "limits": [round(scale.at(b), 1) for b in swarm.breaks_of(measure)],
        "labels": [c.label for c in measure.classification.classes],
    }


def _places(measure: Measure) -> dict[str, float]:
    scale = swarm.scale_of(measure)
    return {c: round(scale.at(value), 1) for c, value in swarm.values_of(measure).items()}


def _placed(measure: Measure, code: str, along: float | None) -> list[object]:
    """Rank, score, class and place on the scale; or only why there is nothing to show."""
    p = measure.positions.get(code)
    if p is None:
        return ["not in the index" if words.unranked(measure, code) else "not known"]
    score = "" if p.score is None else words.number(p.score, measure.indicator.decimals)
    return [words.rank_text(p, measure.of), score, p.level, along]


def map_config(
    comparison: Comparison, layers: Sequence[Layer], assets: Mapping[str, str]
) -> MapConfig:
    """What the maps of all pages share: the files to fetch, and what is shown first."""
    main = comparison.main
    return MapConfig(
        layout=layers[0].id,
        layouts={layer.id: assets[urls.layout_asset(layer.id)] for layer in layers},
        measure=main.id,
        measures={m.id: assets[urls.values_asset(m.id)] for m in comparison.headline()},
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


def search_file(entries: Iterable[tuple[str, str, str, str]]) -> bytes:
    """What search knows: text, href, note, further keys (codes, other names)."""
    return compact_json(sorted(entries, key=lambda e: (e[0].casefold(), e[1])))


def edition_rows(comparison: Comparison, measures: Sequence[Measure]) -> list[list[object]]:
    """One edition: a row per area, in the order of codes; `takeaway` names the columns."""
    rows = []
    for code, area in comparison.areas.items():
        row: list[object] = [code, area.name, *group_cells(comparison, code)]
        for m in measures:
            row += measure_cells(m, code)
        first = measures[0].positions.get(code)
        row.append(first.source if first else "")
        row.append("; ".join(f"{k}: {v}" for k, v in first.remarks) if first else "")
        rows.append(row)
    return rows


LONG_COLUMNS = (
    ("code", "GSS code of the area"),
    ("name", "Name of the area, as ONS writes it"),
    ("edition", "Edition of the index"),
    ("indicator", "What is measured"),
    ("score", "Score as published; empty where it isn't"),
    ("rank", "Rank, 1 is the best; empty where it isn't known"),
    ("of", "How many areas the edition ranks"),
    ("class", "Class on the maps, 1 is the worst"),
    ("class_label", "Name of the class"),
    ("spot", "Whether the rank is in the best or the worst share"),
    ("source", "Where this rank was published, if not with the edition"),
    ("remarks", "Anything odd about the figure, such as a misprint"),
)


def long_rows(comparison: Comparison, codes: Iterable[str] | None = None) -> list[list[object]]:
    """All measures, one row per area and measure, in the columns of `LONG_COLUMNS`."""
    rows: list[list[object]] = []
    wanted = list(comparison.areas) if codes is None else list(codes)
    for code in wanted:
        for m in comparison.measures:
            p = m.positions.get(code)
            level = p.level if p else None
            label = m.classification.classes[level].label if level is not None else ""
            rows.append(
                [
                    code, comparison.areas[code].name, m.edition.id, m.indicator.id,
                    p.score if p else None, p.rank if p else None, m.of,
                    None if level is None else level + 1, label, (p.spot or "") if p else "",
                    p.source if p else "",
                    "; ".join(f"{k}: {v}" for k, v in p.remarks) if p else "",
                ]
            )  # fmt: skip
    return rows


def long_csv(comparison: Comparison, codes: Iterable[str] | None = None) -> bytes:
    """`long_rows` as CSV, for all areas or some."""
    return csv_bytes([name for name, _ in LONG_COLUMNS], long_rows(comparison, codes))


def area_json(comparison: Comparison, code: str) -> bytes:
    """One area: what its page states, for machines."""
    area = comparison.areas[code]
    data = {
        "code": code,
        "name": area.name,
        "groups": [
            {"kind": g.kind, "id": g.id, "name": g.name} for g in comparison.groups_of[code]
        ],
        "neighbours": list(comparison.neighbours[code]),
        "neighbours_share_a_border": comparison.borders,
        "similar": [s.code for s in comparison.similar.get(code, ())],
        "values": [
            dict(zip([name for name, _ in LONG_COLUMNS][2:], row[2:], strict=True))
            for row in long_rows(comparison, [code])
        ],
    }
    return compact_json(data)


def group_columns(comparison: Comparison) -> list[str]:
    """The kinds of group, each a column of tables."""
    return list(dict.fromkeys(g.kind for g in comparison.groups))


def group_cells(comparison: Comparison, code: str) -> list[str]:
    """The group of each kind that an area is in, by name; empty where it is in none."""
    own = {g.kind: g.name for g in comparison.groups_of[code]}
    return [own.get(kind, "") for kind in group_columns(comparison)]


def measure_cells(measure: Measure, code: str) -> list[object]:
    """Score, rank, class (1 the worst) and spot of an area; None where not known."""
    p = measure.positions.get(code)
    if p is None:
        return [None, None, None, ""]
    return [p.score, p.rank, None if p.level is None else p.level + 1, p.spot or ""]
