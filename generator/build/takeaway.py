"""The files to take away but tiles: tables, workbook, shapes, and what describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.data.changes import edition_changes
from generator.data.compare import Comparison
from generator.exports import data_package, tables
from generator.exports.changes import change_takeaway
from generator.exports.data_package import Resource
from generator.exports.tables import (
    TakeAway,
    areas_takeaway,
    edition_takeaway,
    long_takeaway,
)
from generator.maps.layouts import Layout
from generator.settings import Settings

TEXT_FORMATS = (".csv", ".geojson")
_SHAPE_FORMATS = {"geojson": "GeoJSON", "parquet": "GeoParquet"}


def table_files(settings: Settings, comparison: Comparison) -> list[Resource]:
    """Every table to take away, as CSV."""
    return [
        Resource(
            f"{t.name}.csv", f"{t.title} (CSV)", t.about, t.csv(), t.licence, t.source,
            t.source_url, t,
        )
        for t in _tables(settings, comparison)
    ]  # fmt: skip


def takeaway_files(
    settings: Settings,
    layouts: Sequence[Layout],
    tables: Sequence[Resource],
    packed: bytes,
    shapes: Mapping[str, Mapping[str, bytes]],
) -> list[Resource]:
    """Every file to take away but tiles, with its description.

    Parameters
    ----------
    tables
        They come first (`table_files`).
    packed
        The workbook (`packed_tables`).
    shapes
        The files of each layout (`shape_files`), by its id.
    """
    speak, given = settings.speak, list(tables)
    licence = "; ".join(dict.fromkeys(e.licence for e in settings.edition if e.licence))
    about = speak("A sheet for each edition and the areas, and one that explains every column.")
    given.append(Resource("atlas.xlsx", speak("Workbook (XLSX)"), about, packed, licence))
    for layout in layouts:
        given += _shape_resources(settings, layout, shapes[layout.id], licence)
    described = Resource(
        data_package.FILE,
        speak("Description of the CSV and GeoJSON files (data package)"),
        speak("Columns, types, units, keys, licences, sizes and hashes, for machines."),
        # Binary formats hold the same again, and validators would take them for tables.
        data_package.datapackage(settings, [r for r in given if r.path.endswith(TEXT_FORMATS)]),
        licence,
    )
    return [*given, described]


def _tables(settings: Settings, comparison: Comparison) -> list[TakeAway]:
    return [
        *(edition_takeaway(settings, comparison, e.id) for e in settings.edition),
        long_takeaway(settings, comparison),
        *(
            change_takeaway(settings, comparison, pair)
            for pair in edition_changes(comparison, settings.classes)
        ),
        areas_takeaway(settings, comparison),
    ]


def packed_tables(settings: Settings, comparison: Comparison) -> bytes:
    """The tables as one workbook, without the long one."""
    # Imported here: the library takes a tenth of a second, and one process needs it.
    from generator.exports.workbook import workbook

    return workbook(settings, [t for t in _tables(settings, comparison) if t.name != "all"])


def shape_files(settings: Settings, comparison: Comparison, layout: Layout) -> dict[str, bytes]:
    """A layout with the figures of every edition, by the ending of the file."""
    frame = tables.shapes(settings.speak, layout, comparison, settings.spots)
    return {"geojson": tables.geojson(frame), "parquet": tables.geoparquet(frame)}


def _shape_resources(
    settings: Settings, layout: Layout, files: Mapping[str, bytes], licence: str
) -> list[Resource]:
    """A layout in two formats; its source must be named wherever it is shown."""
    area, speak = settings.atlas.words.area, settings.speak
    what = speak("Hexagon layout") if layout.cells else speak("Boundaries")
    about = (
        speak("One hexagon per %(area)s, with its figures, WGS 84.", area=area)
        if layout.cells
        else speak(
            "The outline of each %(area)s as on the maps (detail under about %(m)s m left out), "
            "with its figures, WGS 84.",
            area=area, m=f"{tables.SHAPE_TOLERANCE_M:g}",
        )
    )  # fmt: skip
    source = tables.credit(settings)
    said = f"{licence}. {source}".strip(". ")
    return [
        Resource(f"{layout.id}.{ending}", f"{what} ({name})", about, files[ending], said, source)
        for ending, name in _SHAPE_FORMATS.items()
    ]
