"""What readers take away: tables with the meaning of their columns, shapes with figures.

Files are made as bytes, and equal data give equal bytes.  `workbook` binds the tables
together, `datapackage` describes them for machines.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import geopandas as gpd
import pandas as pd
import shapely

from generator import urls
from generator.catalogue import Catalogue
from generator.data.compare import Comparison, Measure
from generator.data.composites import MadeIndicator
from generator.exports.figures import (
    edition_rows,
    group_cells,
    long_columns,
    long_rows,
    measure_cells,
)
from generator.exports.formats import compact_json, csv_bytes
from generator.language.indicators import definition
from generator.maps.layouts import Layout, simplify, to_wgs84
from generator.settings import Settings, Spots, attribution

SHAPE_TOLERANCE_M = 250.0
"""Detail, in metres of EPSG:3857, that shapes to take away may lose."""

Kind = Literal["string", "integer", "number"]
Cells = Sequence[object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table to take away.

    ``values`` are all that may stand in it, if they are few; ``least`` and ``most`` limit
    whole numbers; ``needed`` columns are never empty.
    """

    name: str
    kind: Kind
    about: str
    unit: str = ""
    needed: bool = False
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class TakeAway:
    """A table to take away, and what its columns mean.

    Attributes
    ----------
    name
        Of its file, without the ending; unique.
    key
        Columns whose values together are unique.
    rows
        In the order of `columns`; None is an empty cell.
    licence, source
        Of the figures.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: tuple[Cells, ...]
    licence: str = ""
    source: str = ""
    source_url: str = ""

    def csv(self) -> bytes:
        """The table as CSV (UTF-8, comma, LF)."""
        return csv_bytes([c.name for c in self.columns], self.rows)


# -- Tables -------------------------------------------------------------------------


def areas_takeaway(settings: Settings, comparison: Comparison) -> TakeAway:
    """The areas themselves: codes, names, groups, a point inside, size, and their pages."""
    words, speak = settings.atlas.words, settings.speak
    kinds = comparison.group_kinds
    columns = (
        *_identity(settings, comparison),
        *(
            Column(
                f"{k}_code", "string", speak("Code of the %(kind)s, or its name in short", kind=k)
            )
            for k in kinds
        ),
        Column("lon", "number", speak("Longitude of a point inside the area, WGS 84"), "degree"),
        Column("lat", "number", speak("Latitude of a point inside the area, WGS 84"), "degree"),
        Column("area_km2", "number", speak("Size of the area"), "square kilometre"),
        Column("page", "string", speak("Its page, from the site's root"), needed=True),
    )
    rows = []
    for code, area in comparison.areas.items():
        ids = {g.kind: g.id for g in comparison.groups_of[code]}
        rows.append(
            (
                code, area.name, *group_cells(comparison, code),
                *(ids.get(kind) for kind in kinds),
                area.lon, area.lat, area.area_km2, urls.item_page(words.path, area.slug),
            )
        )  # fmt: skip
    return TakeAway(
        "areas",
        speak("The %(count)s %(areas)s", count=len(rows), areas=words.areas),
        speak("One row per %(area)s: code, name, groups, a point inside, size.", area=words.area),
        columns,
        ("code",),
        tuple(rows),
        _licence(settings),
        credit(settings),
    )


def edition_takeaway(settings: Settings, comparison: Comparison, id: str) -> TakeAway:
    """One edition: a row per area, known or not."""
    edition = next(e for e in settings.edition if e.id == id)
    measures = [m for m in comparison.measures if m.edition.id == id]
    known = max(len(m.positions) for m in measures)
    figures = [
        c for m in measures for c in figure_columns(settings.speak, m, stem_of(m), settings.spots)
    ]
    return TakeAway(
        id,
        edition.title,
        settings.speak(
            "One row for each of %(count)s %(areas)s; %(known)s have a rank.",
            count=len(comparison.areas),
            areas=settings.atlas.words.areas,
            known=known,
        ),
        (*_identity(settings, comparison), *figures, *_remark_columns(settings.speak)),
        ("code",),
        tuple(edition_rows(comparison, measures, settings.spots)),
        edition.licence,
        edition.source,
        edition.source_url,
    )


def long_takeaway(settings: Settings, comparison: Comparison) -> TakeAway:
    """All editions and indicators, one row per area and measure."""
    most = max(m.of for m in comparison.measures)
    classes = max(len(m.classification.classes) for m in comparison.measures)
    more: dict[str, dict[str, object]] = {
        "code": {"needed": True},
        "name": {"needed": True},
        "edition": {"needed": True, "values": tuple(e.id for e in settings.edition)},
        "indicator": {"needed": True},
        "score": {"kind": "number"},
        "rank": {"kind": "integer", "least": 1, "most": most},
        "of": {"kind": "integer", "least": 1, "needed": True},
        "class": {"kind": "integer", "least": 1, "most": classes},
        "spot": {"values": spot_words(settings.spots)},
    }
    columns = tuple(
        replace(Column(name, "string", about), **more.get(name, {}))  # type: ignore[arg-type]
        for name, about in long_columns(settings.speak).items()
    )
    return TakeAway(
        "all",
        settings.speak("All editions in one table"),
        settings.speak("One row per area, edition and indicator."),
        columns,
        ("code", "edition", "indicator"),
        tuple(long_rows(comparison, settings.spots)),
        _licence(settings),
        "; ".join(dict.fromkeys(e.source for e in settings.edition if e.source)),
    )


def spot_words(spots: Spots | None) -> tuple[str, ...]:
    """All that may stand in a column of spots, beside nothing."""
    return (spots.hot, spots.cold) if spots else ()


def stem_of(measure: Measure) -> str:
    """What the names of an indicator's columns begin with."""
    return measure.indicator.id.replace("-", "_")


def figure_columns(
    speak: Catalogue, measure: Measure, stem: str, spots: Spots | None
) -> tuple[Column, ...]:
    """Score, rank, class and spot of one measure; `stem` begins their names."""
    classes = measure.classification.classes
    names = "; ".join(f"{c.level + 1} {c.label}" for c in classes)
    title = f"{measure.indicator.name}, {measure.edition.id}"
    return (
        Column(
            f"{stem}_score", "number", _score_about(speak, measure, title),
            measure.indicator.unit,
        ),
        Column(
            f"{stem}_rank", "integer", _rank_about(speak, measure, title),
            least=1, most=measure.of,
        ),
        Column(
            f"{stem}_class", "integer",
            speak("%(measure)s: class on the maps (%(names)s)", measure=title, names=names),
            least=1, most=max(1, len(classes)),
        ),
        Column(
            f"{stem}_spot", "string", _spot_about(speak, measure, title),
            values=spot_words(spots),
        ),
    )  # fmt: skip


def _rank_about(speak: Catalogue, measure: Measure, title: str) -> str:
    """From which end the ranks are counted."""
    said = {"measure": title, "of": measure.of}
    if measure.indicator.better == "neutral":
        return speak(
            "%(measure)s: rank among %(of)s, 1 is the highest; empty where it isn't known", **said
        )
    return speak(
        "%(measure)s: rank among %(of)s, 1 is the best; empty where it isn't known", **said
    )


def _spot_about(speak: Catalogue, measure: Measure, title: str) -> str:
    """Whether there may be a word for one of the ends."""
    if measure.indicator.better == "neutral":
        return speak("%(measure)s: empty, as neither end is better", measure=title)
    return speak("%(measure)s: whether the rank is in the best or the worst share", measure=title)


def _score_about(speak: Catalogue, measure: Measure, title: str) -> str:
    """What the scores are: as published or, for a composite, how they are made."""
    made = measure.indicator
    if not isinstance(made, MadeIndicator):
        return speak("%(measure)s, as published; empty where it isn't known", measure=title)
    how = definition(made, speak("areas"), speak).removesuffix(".")
    return speak("%(measure)s. %(how)s; empty where it isn't known", measure=title, how=how)


def _identity(settings: Settings, comparison: Comparison) -> tuple[Column, ...]:
    titles, speak = {kind.kind: kind.name for kind in settings.group}, settings.speak
    return (
        Column("code", "string", speak("Code of the area"), needed=True),
        Column("name", "string", speak("Name of the area"), needed=True),
        *(
            Column(
                kind,
                "string",
                speak("%(kind)s that the area is in, if any", kind=titles.get(kind, kind)),
            )
            for kind in comparison.group_kinds
        ),
    )


def _remark_columns(speak: Catalogue) -> tuple[Column, ...]:
    about = long_columns(speak)
    return tuple(Column(name, "string", about[name]) for name in ("source", "remarks"))


def _licence(settings: Settings) -> str:
    return "; ".join(dict.fromkeys(e.licence for e in settings.edition if e.licence))


def credit(settings: Settings) -> str:
    """What must be said wherever the areas' codes, places or outlines are shown, in one line."""
    return "; ".join(attribution(settings))


def data_date(settings: Settings) -> dt.datetime:
    """The day of the newest edition, at midnight; the same at every build."""
    days = [e.published for e in settings.edition if e.published]
    return dt.datetime.combine(max(days, default=dt.date(1980, 1, 1)), dt.time())


# -- Shapes --------------------------------------------------------------------------


def shapes(
    speak: Catalogue, layout: Layout, comparison: Comparison, spots: Spots | None
) -> gpd.GeoDataFrame:
    """A layout with the figures of every edition, WGS 84, a row per area in order of codes.

    Cells stay as they are; other outlines lose detail below `SHAPE_TOLERANCE_M`, all
    together, so that borders stay shared.  Coordinates have five decimals, about 1 m.
    """
    kept = [at for at, code in enumerate(layout.codes) if code in comparison.areas]
    codes = [layout.codes[at] for at in kept]
    data: dict[str, object] = {
        "code": pd.array(codes, dtype="str"),
        "name": pd.array([comparison.areas[c].name for c in codes], dtype="str"),
    }
    groups = [group_cells(comparison, c) for c in codes]
    for at, kind in enumerate(comparison.group_kinds):
        data[kind] = pd.array([cells[at] or None for cells in groups], dtype="string")
    for measure in comparison.measures:
        rows = [measure_cells(measure, c, spots) for c in codes]
        types = {"number": "Float64", "integer": "Int64", "string": "string"}
        for at, column in enumerate(shape_figures(speak, measure, spots)):
            cells = [None if row[at] == "" else row[at] for row in rows]
            data[column.name] = pd.array(cells, dtype=types[column.kind])
    whole = layout.kept.value(("to take away", layout.digest), lambda: _degrees(layout))
    turned = shapely.from_wkb([whole[at] for at in kept])
    return gpd.GeoDataFrame(data, geometry=turned, crs="EPSG:4326")


def _degrees(layout: Layout) -> list[str]:
    """The outlines as files to take away have them: WKB in hexadecimal, an area each."""
    geometry, _ = simplify(layout, SHAPE_TOLERANCE_M)
    degrees = shapely.transform([to_wgs84(shape) for shape in geometry], lambda p: p.round(5))
    turned = shapely.orient_polygons(degrees, exterior_cw=False)
    return [str(content) for content in shapely.to_wkb(turned, hex=True)]


def shape_figures(speak: Catalogue, measure: Measure, spots: Spots | None) -> tuple[Column, ...]:
    """The columns of one measure beside others: the edition is in their names."""
    return figure_columns(
        speak, measure, f"{stem_of(measure)}_{measure.edition.id.replace('-', '_')}", spots
    )


def geoparquet(frame: gpd.GeoDataFrame) -> bytes:
    """GeoParquet 1.1 with WKB geometry, compressed."""
    out = io.BytesIO()
    frame.to_parquet(
        out, index=False, compression="zstd", compression_level=19, schema_version="1.1.0"
    )
    return out.getvalue()


def geojson(frame: gpd.GeoDataFrame) -> bytes:
    """GeoJSON as RFC 7946 has it: WGS 84, outer rings counter-clockwise, the code as id."""
    names = [name for name in frame.columns if name != frame.geometry.name]
    columns = [[None if cell is pd.NA else cell for cell in frame[n].tolist()] for n in names]
    features = [
        {
            "type": "Feature",
            "id": row[0],
            "properties": dict(zip(names, row, strict=True)),
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for row, shape in zip(zip(*columns, strict=True), frame.geometry, strict=True)
    ]
    return compact_json({"type": "FeatureCollection", "features": features})
