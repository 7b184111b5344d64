"""The layouts of an atlas: geography, if there are boundaries, and hexagons."""

from __future__ import annotations

from collections.abc import Mapping

from generator.data.compare import Comparison
from generator.data.names import is_island
from generator.errors import AtlasError
from generator.hexagons import layout as hexgrid
from generator.kept import Kept
from generator.maps.layouts import Layout, make_layout
from generator.report import Report
from generator.settings import Settings
from generator.sources.gather import Inputs


def make_layouts(
    settings: Settings,
    comparison: Comparison,
    inputs: Inputs,
    report: Report,
    kept: Kept | None = None,
) -> tuple[Layout, ...]:
    """The layouts of the atlas: geography, if there are boundaries, then hexagons.

    Parameters
    ----------
    kept
        What former builds drew of outlines; None keeps nothing.
    """
    kind = settings.outlined_kind
    outlined = [g for g in comparison.groups if kind and g.kind == kind.kind]
    group_of = {code: group.id for group in outlined for code in group.members}
    layouts = []
    if inputs.boundaries is not None:
        frame = inputs.boundaries.frame
        frame = frame[frame["code"].isin(comparison.areas)]
        note = _boundary_note(settings, inputs.boundaries.origin)
        layouts.append(
            make_layout(
                "geography",
                frame,
                context=inputs.boundaries.context,
                beyond=inputs.boundaries.beyond,
                group_of=group_of,
                note=note,
                kept=kept,
            )
        )
    hexes = _hexagon_layout(settings, comparison, layouts[0] if layouts else None, report)
    if hexes is not None:
        word = settings.atlas.words.area
        note = settings.speak(
            "Each hexagon is one %(area)s, all the same size and near its true place, so that "
            "small crowded places can be seen as well as wide empty ones.",
            area=word,
        )
        layouts.append(
            make_layout(
                "hexagons",
                hexgrid.hexagons(hexes),
                group_of=group_of,
                cells=True,
                note=note,
                kept=kept,
            )
        )
    if not layouts:
        raise AtlasError(
            "there is nothing to draw: no boundaries, and no points to lay hexagons out by",
            where=f"{settings.file}, [geography]",
            fix="put a boundary file into boundaries/, or add lon and lat to the table of areas",
        )
    return tuple(layouts)


def _boundary_note(settings: Settings, origin: str) -> str:
    geography = settings.geography
    what = settings.atlas.words.areas
    if geography.year:
        return settings.speak(
            "Boundaries: %(areas)s of %(year)s (%(origin)s), simplified for drawing.",
            areas=what, year=geography.year, origin=origin,
        )  # fmt: skip
    return settings.speak(
        "Boundaries: %(areas)s (%(origin)s), simplified for drawing.", areas=what, origin=origin
    )


def _hexagon_layout(
    settings: Settings, comparison: Comparison, drawn_layout: Layout | None, report: Report
) -> hexgrid.HexLayout | None:
    points = {
        code: (area.lon, area.lat)
        for code, area in comparison.areas.items()
        if area.lon is not None and area.lat is not None
    }
    if settings.geography.hexagons is not None:
        return hexgrid.read_layout(settings.path(settings.geography.hexagons), points)
    if drawn_layout is not None:
        # Computing a layout takes a minute or more; with boundaries it can wait.
        report.detail("no hexagons: name a table as geography.hexagons to have them")
        return None
    if not points:
        return None
    report.say("computing a hexagon layout (python build.py hexagons keeps it as a table)")
    return compute_hexagons(comparison, points)


def compute_hexagons(
    comparison: Comparison,
    points: Mapping[str, tuple[float, float]],
) -> hexgrid.HexLayout:
    """A layout from the areas' points, sizes, groups and names."""
    # Imported here: most builds read their layout, and scipy.optimize takes long.
    from generator.hexagons.compute import compute_layout

    kinds = list(dict.fromkeys(g.kind for g in comparison.groups))
    by_kind = [
        {c: g.id for g in comparison.groups if g.kind == kind for c in g.members}
        for kind in kinds[:2]
    ]
    sizes = {c: a.area_km2 for c, a in comparison.areas.items() if a.area_km2}
    return compute_layout(
        points,
        regions=by_kind[0] if by_kind else None,
        counties=by_kind[1] if len(by_kind) > 1 else None,
        areas_km2=sizes if len(sizes) == len(points) else None,
        islands=[c for c in points if is_island(comparison.areas[c].name)],
    )
