"""Runs the stages of a build, in order, and knows what is stale.

settings → sources → join → classify → compare → layers → drawing, maps, charts → compose
→ pages → outputs
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd

from generator import urls
from generator.build.cards import write_cards
from generator.build.files import gather_files, search_entries
from generator.build.links import check_links
from generator.build.manifest import is_whole, read_manifest
from generator.build.options import Options
from generator.build.outputs import Output, Published
from generator.build.pages import render_all
from generator.build.staleness import LOOK_AGAIN, build_key, is_answer, is_up_to_date
from generator.build.tiles import write_tiles
from generator.claims.check import Checked, check_claims, read_claims
from generator.data.clusters import find_clusters, scheme_table
from generator.data.compare import Comparison, compare
from generator.data.join import Joined, join
from generator.errors import AtlasError
from generator.exports.search_file import search_file
from generator.hexagons import layout as hexgrid
from generator.maps.layers import Layer, make_layer
from generator.pages.area import successor_page, successors
from generator.pages.atlas import Atlas
from generator.pages.claims import findings
from generator.pages.parts import Download
from generator.pages.render import robots, sitemap
from generator.pages.statistics import cluster_section, scheme_rows
from generator.report import Report
from generator.settings import Settings
from generator.sources.gather import (
    BoundaryChoice,
    Inputs,
    choose_boundaries,
    read_inputs,
)
from generator.tiles.documents import TileSource


def check(settings: Settings, options: Options, report: Report) -> Comparison:
    """Read, join and compare everything; write nothing."""
    choice = choose_boundaries(settings, options.boundaries, report)
    return _data(settings, choice, report)[0]


def build(settings: Settings, options: Options, report: Report) -> Published | None:
    """Make the site.

    Returns
    -------
    Published or None
        What changed; None if the site is up to date already.

    Raises
    ------
    AtlasError
        For anything that the user can mend; the former site stays as it was.
    """
    base_url = settings.atlas.base_url
    if is_up_to_date(settings.file, options, base_url):
        return None
    choice = choose_boundaries(settings, options.boundaries, report)
    # Choosing may have downloaded boundaries, which are an input now.
    key = build_key(settings.file, options, base_url)
    look_again = _may_find_boundaries(settings, options, choice)
    manifest = read_manifest(options.out)
    same = manifest.keys.get("build") == key and is_answer(manifest, options)
    if look_again and same and is_whole(options.out, manifest):
        return None
    comparison, inputs = _data(settings, choice, report)
    with report.stage("layers") as note:
        layers = make_layers(settings, comparison, inputs, report)
        note.result = ", ".join(f"{layer.id}: {len(layer.codes)} areas" for layer in layers)
    with Output(options.out) as output:
        keys = _write(settings, options, comparison, layers, output, report)
        if options.strict and report.warnings:
            raise AtlasError(
                f"{len(report.warnings)} warnings, and --strict makes them errors",
                where=str(settings.file),
                fix="mend what the warnings name, or build without --strict",
            )
        with report.stage("publish") as note:
            warned = str(len(report.warnings))
            told = {"build": key, "warnings": warned, **look_again}
            published = output.publish({**keys, **told})
            note.result = (
                f"{published.written} written, {published.unchanged} unchanged, "
                f"{published.removed} removed"
            )
    return published


def _may_find_boundaries(
    settings: Settings, options: Options, choice: BoundaryChoice
) -> dict[str, str]:
    """An entry of the manifest where the portal was asked for boundaries and had none."""
    online = settings.geography.service or settings.geography.geography
    unmet = options.boundaries == "auto" and choice.path is None and online
    return {LOOK_AGAIN: "yes"} if unmet else {}


def _data(settings: Settings, choice: BoundaryChoice, report: Report) -> tuple[Comparison, Inputs]:
    with report.stage("read") as note:
        inputs = read_inputs(settings, choice, report)
        rows = sum(len(table.rows) for table in inputs.tables.values())
        shapes = f", {len(inputs.boundaries.frame)} boundaries" if inputs.boundaries else ""
        note.result = f"{len(inputs.tables)} tables, {rows} rows{shapes}"
    with report.stage("join") as note:
        frame = inputs.boundaries.frame if inputs.boundaries else None
        joined = join(
            settings,
            area_table=inputs.area_table,
            boundary_names=_names(frame),
            tables=inputs.tables,
            standing_tables=inputs.standing_tables,
            change_table=inputs.change_table,
            report=report,
        )
        _need_areas(joined, settings)
        note.result = f"{len(joined.areas)} areas, {len(joined.groups)} groups"
    with report.stage("compare") as note:
        if frame is not None:
            frame = frame[frame["code"].isin([a.code for a in joined.areas])]
        comparison = compare(settings, joined, frame, report)
        without = [a.name for a in joined.areas if a.code not in comparison.main.positions]
        note.result = f"{len(comparison.measures)} measures"
        if without:
            listed = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
            report.say(f"{len(without)} areas are not in {comparison.main.edition.title}: {listed}")
    return comparison, inputs


def _names(frame: gpd.GeoDataFrame | None) -> dict[str, str]:
    if frame is None:
        return {}
    return dict(zip(frame["code"], frame["name"], strict=True))


def _need_areas(joined: Joined, settings: Settings) -> None:
    if not joined.areas:
        raise AtlasError(
            "there are no areas: no boundaries, and no table of areas",
            where=f"{settings.file}, [geography]",
            fix="put a boundary file into boundaries/, name one with --boundaries, "
            "or name a table of areas as geography.areas",
        )


def make_layers(
    settings: Settings, comparison: Comparison, inputs: Inputs, report: Report
) -> tuple[Layer, ...]:
    """The layouts of the atlas: geography, if there are boundaries, then hexagons."""
    outlined = next((kind.kind for kind in settings.group if kind.outline), "")
    group_of = {c: g.id for g in comparison.groups if g.kind == outlined for c in g.members}
    layers = []
    if inputs.boundaries is not None:
        frame = inputs.boundaries.frame
        frame = frame[frame["code"].isin(comparison.areas)]
        note = _boundary_note(settings, inputs.boundaries.origin)
        layers.append(
            make_layer(
                "geography",
                frame,
                context=inputs.boundaries.context,
                beyond=inputs.boundaries.beyond,
                group_of=group_of,
                note=note,
            )
        )
    layout = _hexagon_layout(settings, comparison, layers[0] if layers else None, report)
    if layout is not None:
        word = settings.atlas.words.area
        note = (
            f"Each hexagon is one {word}, all the same size and near its true place, so that "
            "small crowded places can be seen as well as wide empty ones."
        )
        layers.append(
            make_layer(
                "hexagons", hexgrid.hexagons(layout), group_of=group_of, cells=True, note=note
            )
        )
    if not layers:
        raise AtlasError(
            "there is nothing to draw: no boundaries, and no points to lay hexagons out by",
            where=f"{settings.file}, [geography]",
            fix="put a boundary file into boundaries/, or add lon and lat to the table of areas",
        )
    return tuple(layers)


_GEOGRAPHIES = {
    "lad": "local authority districts",
    "region": "regions",
    "ctyua": "counties and unitary authorities",
    "ward": "wards",
    "msoa": "middle layer super output areas",
    "lsoa": "lower layer super output areas",
}


def _boundary_note(settings: Settings, origin: str) -> str:
    geography = settings.geography
    what = _GEOGRAPHIES.get(geography.geography, "areas")
    year = f" of {geography.year}" if geography.year else ""
    return f"Boundaries: {what}{year} ({origin}), simplified for drawing."


def _hexagon_layout(
    settings: Settings, comparison: Comparison, drawn_layer: Layer | None, report: Report
) -> hexgrid.HexLayout | None:
    points = {
        code: (area.lon, area.lat)
        for code, area in comparison.areas.items()
        if area.lon is not None and area.lat is not None
    }
    if settings.geography.hexagons is not None:
        return hexgrid.read_layout(settings.path(settings.geography.hexagons), points)
    if drawn_layer is not None:
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
    kinds = list(dict.fromkeys(g.kind for g in comparison.groups))
    by_kind = [
        {c: g.id for g in comparison.groups if g.kind == kind for c in g.members}
        for kind in kinds[:2]
    ]
    sizes = {c: a.area_km2 for c, a in comparison.areas.items() if a.area_km2}
    return hexgrid.compute_layout(
        points,
        regions=by_kind[0] if by_kind else None,
        counties=by_kind[1] if len(by_kind) > 1 else None,
        areas_km2=sizes if len(sizes) == len(points) else None,
        islands=hexgrid.islands_by_name({c: comparison.areas[c].name for c in points}),
    )


def store_hexagons(settings: Settings, options: Options, report: Report) -> Path:
    """Compute the hexagon layout and write it where the settings name it.

    Raises
    ------
    AtlasError
        If the settings name no place, or the areas have no points.
    """
    target = settings.geography.hexagons
    if target is None:
        raise AtlasError(
            "no place for the layout is named",
            where=f"{settings.file}, [geography]",
            fix='write hexagons = "boundaries/hexagons.csv"',
        )
    comparison = check(settings, replace(options, boundaries="hex"), report)
    points = {
        code: (area.lon, area.lat)
        for code, area in comparison.areas.items()
        if area.lon is not None and area.lat is not None
    }
    layout = compute_hexagons(comparison, points)
    names = {code: area.name for code, area in comparison.areas.items()}
    hexgrid.write_layout(layout, names, settings.path(target))
    return settings.path(target)


def _write(
    settings: Settings,
    options: Options,
    comparison: Comparison,
    layers: tuple[Layer, ...],
    output: Output,
    report: Report,
) -> dict[str, str]:
    """Write everything; returns what parts of the site were made from, for the next build."""
    keys: dict[str, str] = {}
    tiles: tuple[TileSource, ...] = ()
    offers: tuple[Download, ...] = ()
    if settings.tiles.enabled:
        with report.stage("tiles") as note:
            lines = attribution(settings)
            tile_keys, tiles, offers = write_tiles(
                settings, comparison, layers, lines, options.jobs, output, report
            )
            keys.update(tile_keys)
            note.result = f"{len(output.paths)} files"
    with report.stage("files") as note:
        atlas = _make_atlas(settings, comparison, layers, tiles, offers, output)
        note.result = f"{len(output.paths)} assets and downloads"
    with report.stage("cards") as note:
        card_keys, drawn = write_cards(atlas, options.jobs, output, report)
        keys.update(card_keys)
        note.result = f"{drawn} drawn, {len(card_keys) - drawn} as before"
    html: dict[str, str] = {}
    metas = []
    with report.stage("pages") as note:
        for made in render_all(atlas, options.jobs, report):
            path = urls.file_of(made.page.path)
            html[path] = made.html
            metas.append(made.page)
            output.write(path, made.html)
            for beside, content in made.files:
                output.write(beside, content)
        note.result = f"{len(html)} pages"
    base = settings.atlas.base_url
    output.write(urls.SITEMAP, sitemap(base, metas))
    output.write(urls.ROBOTS, robots(base))
    output.write(urls.NO_JEKYLL, "")
    with report.stage("links") as note:
        root = urls.root_of(base)
        check_links(html, lambda: output.paths, absolute_root=root)
        note.result = "all internal links lead somewhere"
    return keys


def _make_atlas(
    settings: Settings,
    comparison: Comparison,
    layers: tuple[Layer, ...],
    tiles: tuple[TileSource, ...],
    tile_downloads: tuple[Download, ...],
    output: Output,
) -> Atlas:
    """Gather and write the files that pages refer to, and bundle what pages are made of."""
    files = gather_files(settings, comparison, layers, tiles)
    checked = _checked_claims(settings, comparison)
    main = comparison.main
    clusters = find_clusters(main, comparison.neighbours)
    scores = {c: p.score for c, p in main.positions.items()}
    fits = scheme_table(scores, settings.classes, better=main.indicator.better)
    atlas = Atlas(
        settings=settings,
        comparison=comparison,
        layers=layers,
        assets=files.assets,
        boundary_note=layers[0].note,
        attribution=attribution(settings),
        tiles=tiles,
        tile_downloads=tile_downloads,
        explorer=bool(tiles),
        findings=findings(checked, comparison, settings),
        clusters=clusters,
        schemes=scheme_rows(fits),
        sections=cluster_section(clusters, comparison),
        downloads=tuple(files.downloads),
    )
    hrefs = {(g.kind, g.id): atlas.group_href(g) for g in comparison.groups}
    later = [successor_page(atlas, key) for key in successors(atlas)]
    entries = search_entries(settings, comparison, hrefs, later)
    files.asset(urls.SEARCH, search_file(entries))
    for path, content in files.contents.items():
        output.write(path, content)
    return atlas


def attribution(settings: Settings) -> tuple[str, ...]:
    """The lines that must stand at each map, with the year of the boundaries."""
    year = settings.geography.year or ""
    return tuple(line.format(year=year) for line in settings.geography.attribution)


def _checked_claims(settings: Settings, comparison: Comparison) -> tuple[Checked, ...]:
    if settings.claims is None:
        return ()
    claims = read_claims(settings.path(settings.claims))
    return tuple(check_claims(claims, comparison, settings.spots))
