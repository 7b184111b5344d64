"""Runs the stages of a build, in order.

settings → sources → join → classify → compare → layouts → drawing, maps, charts → compose
→ pages → outputs
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
from markupsafe import Markup

from generator import urls
from generator.build.budget import check_budget
from generator.build.cards import write_cards
from generator.build.cluster import workers_for
from generator.build.files import gather_files
from generator.build.layouts import compute_hexagons, make_layouts
from generator.build.manifest import is_whole, read_manifest
from generator.build.options import Options
from generator.build.outputs import Output, Published
from generator.build.pages import PageWork, check_links, write_pages
from generator.build.pieces import Pieces, PieceWork
from generator.build.postcodes import (
    PlacedPostcodes,
    add_postcode_files,
    place_postcodes,
    with_importance,
)
from generator.build.reuse import former_keys
from generator.build.run import Run
from generator.build.schemes import schemes_tried
from generator.build.search import add_search, search_entries
from generator.build.staleness import (
    LOOK_AGAIN,
    build_key,
    code_key,
    is_answer,
    is_up_to_date,
    note_published,
)
from generator.build.swap import recover
from generator.build.theme_files import theme_words
from generator.build.tiles import TileFiles, write_tiles
from generator.build.warm import Warm, render_changed
from generator.catalogue import languages
from generator.claims.check import Checked, check_claims, read_claims
from generator.data.changes import need_shared
from generator.data.compare import Comparison, compare
from generator.data.composites import with_composites
from generator.data.join import Joined, join
from generator.data.places import renamed
from generator.errors import AtlasError
from generator.hexagons import layout as hexgrid
from generator.kept import FILE as KEPT_FILE
from generator.kept import Kept
from generator.maps.layouts import Layout
from generator.pages.area import successor_page, successors
from generator.pages.atlas import Atlas
from generator.pages.claims import findings
from generator.pages.listing import robots, sitemaps
from generator.pages.postcodes import postcode_licence, postcode_section
from generator.pages.statistics import cluster_section, scheme_rows
from generator.report import Report
from generator.settings import Settings, attribution
from generator.sources.choice import BoundaryChoice, choose_boundaries, credited
from generator.sources.folders import PREPARED_CACHE, boundary_folder
from generator.sources.gather import Inputs, read_inputs
from generator.sources.ons.names import welsh_names


def check(settings: Settings, options: Options, report: Report) -> Comparison:
    """Read, join and compare everything; write nothing."""
    return read_all(settings, options, report)[0]


def read_all(settings: Settings, options: Options, report: Report) -> tuple[Comparison, Inputs]:
    """Everything joined and compared, and the inputs that it comes from."""
    choice = choose_boundaries(settings, options.boundaries, report)
    joined, inputs = _join(settings, choice, report)
    return _compare(settings, joined, inputs, report), inputs


def build(
    settings: Settings, options: Options, report: Report, warm: Warm | None = None
) -> Published | None:
    """Make the site.

    Parameters
    ----------
    warm
        What the last build of this process was made of; it learns what this one is.

    Returns
    -------
    Published or None
        What changed; None if the site is up to date already.

    Raises
    ------
    AtlasError
        For anything that the user can fix; the former site stays as it was.
    """
    recover(options.out)
    base_url = settings.atlas.base_url
    if is_up_to_date(settings.file, options, base_url) and (warm is None or warm.work):
        return None
    if warm is not None:
        if published := render_changed(warm, settings, options, report):
            return published
        warm.forget()
    choice = choose_boundaries(settings, options.boundaries, report)
    # Choosing may have downloaded boundaries, which are an input now.
    key = build_key(settings.file, options, base_url)
    look_again = _may_find_boundaries(settings, options, choice)
    manifest = read_manifest(options.out)
    same = manifest.keys.get("build") == key and is_answer(manifest.keys, options)
    if look_again and same and not options.force and is_whole(options.out, manifest):
        return None
    joined, inputs = _join(settings, choice, report)
    settings = credited(settings, choice, (area.code for area in joined.areas), report)
    placed = _postcodes(settings, joined, inputs, report)
    joined = with_importance(joined, placed) if placed else joined
    program = code_key()
    with closing(_kept(settings, options, program)) as kept:
        comparison = _compare(settings, joined, inputs, report, kept)
        layouts = _layouts(settings, comparison, inputs, report, kept)
        with workers_for(options) as workers, Output(options.out, force=options.force) as output:
            run = Run(settings, report, workers, kept, program, warm)
            keys = _write(run, comparison, layouts, placed, output)
            kept.save(report)
            check_budget(output.sizes, report)
            _hold_strictly(settings, options, report)
            published = _publish(output, {**keys, "build": key, **look_again}, report)
    note_published(settings.file, options)
    if warm is not None:
        warm.inputs = build_key(settings.file, options, base_url, pages=False)
    return published


def _layouts(
    settings: Settings, comparison: Comparison, inputs: Inputs, report: Report, kept: Kept
) -> tuple[Layout, ...]:
    with report.stage("layouts") as note:
        layouts = make_layouts(settings, comparison, inputs, report, kept)
        note.result = ", ".join(f"{layout.id}: {len(layout.codes)} areas" for layout in layouts)
    return layouts


def _hold_strictly(settings: Settings, options: Options, report: Report) -> None:
    if options.strict and report.warnings:
        raise AtlasError(
            f"{len(report.warnings)} warnings, and --strict makes them errors",
            where=str(settings.file),
            fix="fix what the warnings name, or build without --strict",
        )


def _publish(output: Output, keys: dict[str, str], report: Report) -> Published:
    if output.former.files:
        _say_why(output, report)
    with report.stage("publish") as note:
        published = output.publish({**keys, "warnings": str(len(report.warnings))})
        note.result = (
            f"{published.written} written, {published.unchanged} unchanged, "
            f"{published.removed} removed"
        )
    return published


def _say_why(output: Output, report: Report) -> None:
    """Say of every file that is written why; of pages their stage has said it."""
    pages = 0
    for path, why in output.reasons.items():
        if path.endswith(".html"):
            pages += 1
        else:
            report.detail(f"{path}: {why}")
    report.detail(f"{pages} pages are written: rendered, or with new names of assets")


def _kept(settings: Settings, options: Options, program: str) -> Kept:
    """What former builds made and this one may take, as long as code and packages are the same."""
    file = boundary_folder(settings) / PREPARED_CACHE / KEPT_FILE
    return Kept(file, program, forget=options.force)


def _may_find_boundaries(
    settings: Settings, options: Options, choice: BoundaryChoice
) -> dict[str, str]:
    """An entry of the manifest where the portal was asked for boundaries and had none."""
    online = settings.geography.service or settings.geography.geography
    unmet = options.boundaries == "auto" and choice.path is None and online
    return {LOOK_AGAIN: "yes"} if unmet else {}


def _join(settings: Settings, choice: BoundaryChoice, report: Report) -> tuple[Joined, Inputs]:
    for line in theme_words(settings):
        report.say(line)
    _report_language(settings, report)
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
            lookups=inputs.lookups,
            report=report,
        )
        joined = _with_own_names(settings, joined, inputs)
        _need_areas(joined, settings)
        joined = with_composites(joined, settings, report)
        note.result = f"{len(joined.areas)} areas, {len(joined.groups)} groups"
    return joined, inputs


def _postcodes(
    settings: Settings, joined: Joined, inputs: Inputs, report: Report
) -> PlacedPostcodes | None:
    if not settings.geography.postcodes:
        return None
    with report.stage("postcodes") as note:
        frame = inputs.boundaries.frame if inputs.boundaries else None
        placed = place_postcodes(settings, joined, frame, report)
        note.result = f"{placed.sectors.counts.placed} placed" if placed else "none"
    return placed


def _compare(
    settings: Settings, joined: Joined, inputs: Inputs, report: Report, kept: Kept | None = None
) -> Comparison:
    with report.stage("compare") as note:
        frame = inputs.boundaries.frame if inputs.boundaries else None
        if frame is not None:
            frame = frame[frame["code"].isin([a.code for a in joined.areas])]
        comparison = compare(settings, joined, frame, report, kept)
        need_shared(comparison, str(settings.file))
        main = comparison.main
        without = [a.name for a in joined.areas if a.code not in main.positions]
        note.result = f"{len(comparison.measures)} measures"
        if without:
            listed = ", ".join(without[:5]) + (" …" if len(without) > 5 else "")
            report.say(
                f"{main.indicator.name}, {main.edition.title}: no figure for {len(without)} of "
                f"{len(joined.areas)} areas: {listed}"
            )
    return comparison


def _with_own_names(settings: Settings, joined: Joined, inputs: Inputs) -> Joined:
    """In a Welsh atlas areas have ONS's Welsh names, unless a table of areas names them."""
    if not settings.speak.language.startswith("cy") or inputs.area_table is not None:
        return joined
    listed = inputs.boundaries.names_cy if inputs.boundaries else {}
    names = {**dict(welsh_names()), **listed}
    return replace(joined, areas=renamed(joined.areas, joined.groups, names))


def _report_language(settings: Settings, report: Report) -> None:
    wanted, spoken = settings.atlas.language, settings.speak.language
    if wanted != spoken:
        report.say(
            f"the interface stays English, and pages are marked so: there is no catalogue for "
            f"{wanted!r}, only for {', '.join(languages())} (docs/howto/translate.md)"
        )


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
    run: Run,
    comparison: Comparison,
    layouts: tuple[Layout, ...],
    placed: PlacedPostcodes | None,
    output: Output,
) -> dict[str, str]:
    """Write everything; returns what parts of the site were made from, for the next build."""
    keys: dict[str, str] = {}
    tiles = TileFiles()
    if run.settings.tiles.enabled:
        with run.report.stage("tiles") as note:
            tiles = write_tiles(run, comparison, layouts, attribution(run.settings), output)
            keys.update(tiles.keys)
            note.result = f"{len(tiles.sources)} tile sets, {len(output.paths)} files"
    with run.report.stage("files") as note:
        before = len(output.paths)
        atlas = _make_atlas(run, comparison, layouts, tiles, placed, output)
        note.result = f"{len(output.paths) - before} assets and downloads"
    with run.report.stage("cards") as note:
        card_keys, drawn = write_cards(atlas, run.workers, output, run.report)
        keys.update(card_keys)
        note.result = f"{drawn} drawn, {len(card_keys) - drawn} as before"
    return {**keys, **_write_pages(run, atlas, output, run.program)}


def _write_pages(run: Run, atlas: Atlas, output: Output, program: str) -> dict[str, str]:
    """Write pages and what lists them, and see that their links lead somewhere."""
    work = PageWork(atlas, program, former_keys(output.former))
    written = write_pages(work, run, output)
    base = run.settings.atlas.base_url
    for path, text in sitemaps(base, written.pages).items():
        output.write(path, text)
    output.write(urls.ROBOTS, robots(base))
    output.write(urls.NO_JEKYLL, "")
    with run.report.stage("links") as note:
        check_links(work, written, output)
        note.result = "all internal links lead somewhere"
    if run.warm is not None:
        run.warm.remember(work, written)
    return written.made_from.stated(output.paths)


def _make_atlas(
    run: Run,
    comparison: Comparison,
    layouts: tuple[Layout, ...],
    tiles: TileFiles,
    placed: PlacedPostcodes | None,
    output: Output,
) -> Atlas:
    """Gather and write the files that pages refer to, and bundle what pages are made of."""
    settings = run.settings
    work = PieceWork(settings, comparison, layouts)
    pieces = Pieces(work, run.workers, run.report)
    fits = schemes_tried(layouts[0].kept, settings, comparison.main)
    files = gather_files(settings, comparison, layouts, pieces, tiles.sources)
    checked = _checked_claims(settings, comparison)
    speak, clusters, kept = settings.speak, pieces.take("clusters"), layouts[0].kept
    atlas = Atlas(
        settings=settings,
        comparison=comparison,
        layouts=layouts,
        assets=dict(files.assets),
        boundary_note=layouts[0].note,
        attribution=attribution(settings),
        tiles=tiles.sources,
        tile_downloads=tiles.downloads,
        explorer=bool(tiles.sources),
        findings=findings(checked, comparison, settings),
        clusters=clusters,
        schemes=scheme_rows(speak, fits),
        sections=(
            *cluster_section(speak, clusters, comparison),
            *([_postcode_section(settings, layouts, placed)] if placed else []),
        ),
        licences=(postcode_licence(speak, placed.directory, placed.attribution),) if placed else (),
        downloads=tuple(files.downloads),
        logo=files.logo,
    )
    hrefs = {(g.kind, g.id): atlas.group_href(g) for g in comparison.groups}
    later = [successor_page(atlas, key) for key in successors(atlas)]
    add_search(files, search_entries(settings, comparison, hrefs, later))
    if placed:
        own = {code: atlas.area_href(code) for code in comparison.areas}
        add_postcode_files(files, placed, comparison, own, {p.code: p.name for p in later}, kept)
    for path, content in files.contents.items():
        output.write(path, content)
    return replace(atlas, assets=files.assets)


def _postcode_section(
    settings: Settings, layouts: tuple[Layout, ...], placed: PlacedPostcodes
) -> tuple[str, str, Markup]:
    return postcode_section(
        settings.speak,
        placed.directory,
        placed.sectors.counts,
        placed.attribution,
        settings.atlas.words,
        outlines=not layouts[0].cells,
    )


def _checked_claims(settings: Settings, comparison: Comparison) -> tuple[Checked, ...]:
    if settings.claims is None:
        return ()
    claims = read_claims(settings.path(settings.claims))
    return tuple(check_claims(settings.speak, claims, comparison, settings.spots))
