"""Runs the stages of a build, in order, and knows what is stale.

settings → sources → join → classify → compare → layers → drawing, maps, charts → compose
→ pages → outputs
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd

from generator import __version__, exports, pages, views
from generator.compare import Comparison, compare
from generator.compose import about, area, groups, home
from generator.compose.common import Atlas, drawn
from generator.drawing import Drawn
from generator.errors import AtlasError
from generator.join import Joined, join
from generator.layers import Layer, make_layer
from generator.links import check_links
from generator.maps import leaflet_files
from generator.outputs import Output, Published, hashed_name, is_whole, read_manifest
from generator.pages import Renderer, file_of
from generator.report import Report
from generator.settings import Settings
from generator.sources import hexgrid
from generator.sources.gather import (
    BoundaryChoice,
    Inputs,
    choose_boundaries,
    input_files,
    read_inputs,
)

_HERE = Path(__file__).resolve().parent
_SHAPING = ("geopandas", "shapely", "folium", "jinja2", "mapclassify", "pyogrio", "numpy", "scipy")
BATCH = 40


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of a build."""

    out: Path
    boundaries: str = "auto"
    jobs: int = 1
    strict: bool = False


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
    choice = choose_boundaries(settings, options.boundaries, report)
    key = build_key(settings, choice)
    manifest = read_manifest(options.out)
    if manifest.keys.get("build") == key and is_whole(options.out, manifest):
        return None
    comparison, inputs = _data(settings, choice, report)
    with report.stage("layers") as note:
        layers = make_layers(settings, comparison, inputs, report)
        note.result = ", ".join(f"{layer.id}: {len(layer.codes)} areas" for layer in layers)
    with Output(options.out) as output:
        _write(settings, options, comparison, layers, output, report)
        if options.strict and report.warnings:
            raise AtlasError(
                f"{len(report.warnings)} warnings, and --strict makes them errors",
                where=str(settings.file),
                fix="mend what the warnings name, or build without --strict",
            )
        with report.stage("publish") as note:
            published = output.publish({"build": key})
            note.result = (
                f"{published.written} written, {published.unchanged} unchanged, "
                f"{published.removed} removed"
            )
    return published


def build_key(settings: Settings, choice: BoundaryChoice) -> str:
    """A hash of all that a site is made from: inputs, options, code, templates, packages."""
    digest = hashlib.sha256()
    theme = settings.atlas.theme
    trees = [_HERE, pages.TEMPLATES, *([settings.path(theme)] if theme else [])]
    sources = [p for tree in trees for p in sorted(tree.rglob("*")) if p.is_file()]
    sources = [p for p in sources if "__pycache__" not in p.parts]
    for path in [*sources, *input_files(settings, choice)]:
        digest.update(f"{path.name}\0".encode())
        digest.update(path.read_bytes() if path.is_file() else b"(missing)")
    told = {name: metadata.version(name) for name in _SHAPING}
    digest.update(repr((told, choice.origin, settings.atlas.base_url)).encode())
    return digest.hexdigest()


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
        note = f"Boundaries: {inputs.boundaries.origin}, simplified for drawing."
        layers.append(
            make_layer(
                "geography", frame, context=inputs.boundaries.context, group_of=group_of, note=note
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


MOST_HEXAGONS = 1000


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
    if not points and drawn_layer is not None:
        degrees = gpd.GeoSeries.from_xy(*drawn_layer.points.T, crs="EPSG:3857").to_crs("EPSG:4326")
        points = {
            code: (point.x, point.y) for code, point in zip(drawn_layer.codes, degrees, strict=True)
        }
    if not points or (drawn_layer is not None and len(points) > MOST_HEXAGONS):
        return None
    report.say("computing a hexagon layout (python build.py hexagons keeps it as a table)")
    return compute_hexagons(comparison, points, report)


def compute_hexagons(
    comparison: Comparison, points: Mapping[str, tuple[float, float]], report: Report
) -> hexgrid.HexLayout:
    """A layout from the areas' points and groups."""
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
        report=report,
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
    layout = compute_hexagons(comparison, points, report)
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
) -> None:
    with report.stage("files") as note:
        atlas = _publish_files(settings, comparison, layers, output)
        note.result = f"{len(output.paths)} assets and downloads"
    with report.stage("pages") as note:
        html = _publish_pages(atlas, options, output, report)
        note.result = f"{len(html)} pages"
    with report.stage("links") as note:
        root = urlsplit(settings.atlas.base_url).path if settings.atlas.base_url else "/"
        check_links(html, lambda: output.paths, absolute_root=root)
        note.result = "all internal links lead somewhere"


def _publish_files(
    settings: Settings,
    comparison: Comparison,
    layers: Sequence[Layer],
    output: Output,
) -> Atlas:
    """Write assets, map data and downloads; return what pages need to name them."""
    assets: dict[str, str] = {}

    def publish(name: str, content: bytes) -> str:
        path = hashed_name(f"assets/{name}", content)
        output.write(path, content)
        assets[name] = path
        return path

    for name, content in _asset_files(settings).items():
        publish(name, content)
    publish("classes.css", pages.classes_css(_colours(comparison)))
    group_names = {g.id: g.name for g in comparison.groups}
    area_names = {code: area.name for code, area in comparison.areas.items()}
    for layer in layers:
        drawn_groups = {i: n for i, n in group_names.items() if i in layer.group_of.values()}
        files = [
            (box, publish(f"layouts/{layer.id}-{at}.json", content))
            for at, (box, content) in enumerate(exports.layout_sheets(layer))
        ]
        index = exports.layout_index(layer, files, drawn_groups, area_names)
        publish(f"layouts/{layer.id}.json", index)
    for measure in comparison.headline():
        publish(f"values/{measure.id}.json", exports.measure_values(measure, settings))
    words = settings.atlas.words
    hrefs = {code: f"{words.path}/{area.slug}/" for code, area in comparison.areas.items()}
    publish("names.json", exports.name_file(comparison, hrefs))
    downloads = _downloads(settings, comparison, layers, output)
    atlas = Atlas(
        settings=settings,
        comparison=comparison,
        layers=tuple(layers),
        assets=assets,
        boundary_note=layers[0].note,
        attribution=tuple(
            line.format(year=settings.geography.year or "")
            for line in settings.geography.attribution
        ),
        version=__version__,
        downloads=downloads,
    )
    publish("search.json", exports.search_file(_search_entries(atlas)))
    return atlas


def _asset_files(settings: Settings) -> dict[str, bytes]:
    """Leaflet, then the theme's and our own style sheet, scripts and mark."""
    files = dict(leaflet_files())
    theme = settings.atlas.theme
    for folder in [pages.TEMPLATES, *([settings.path(theme)] if theme else [])]:
        for path in sorted((folder / "assets").glob("*")):
            files[path.name] = path.read_bytes()
    return files


def _colours(comparison: Comparison) -> list[str]:
    """Colours by level; measures with fewer classes take the same, so one style sheet serves."""
    fullest = max(comparison.measures, key=lambda m: len(m.classification.classes))
    return [c.colour for c in fullest.classification.classes]


def _search_entries(atlas: Atlas) -> list[tuple[str, str, str, str]]:
    comparison, words = atlas.comparison, atlas.settings.atlas.words
    entries = []
    for code, found in comparison.areas.items():
        region = atlas.region_of.get(code)
        where = f" in {region.name}" if region else ""
        entries.append((found.name, atlas.area_href(code), f"{words.area}{where}", code.lower()))
    for group in comparison.groups:
        kind = atlas.kinds[group.kind].name.lower()
        entries.append((group.name, atlas.group_href(group), kind, group.id.lower()))
    for page in area.successor_pages(atlas):
        until = ", ".join(link.text for link in page.others)
        entries.append((page.name, f"code/{page.code}/", f"since: {until}", page.code.lower()))
    return entries


def _downloads(
    settings: Settings, comparison: Comparison, layers: Sequence[Layer], output: Output
) -> tuple[views.Download, ...]:
    """Write the files to take away, and describe them."""
    found = []

    def offer(name: str, content: bytes, title: str, what: str, licence: str) -> None:
        output.write(f"data/{name}", content)
        found.append(views.Download(f"data/{name}", title, what, _size(len(content)), licence))

    licence = "; ".join(dict.fromkeys(e.licence for e in settings.edition if e.licence))
    areas = settings.atlas.words.areas
    for edition in settings.edition:
        measures = [m for m in comparison.measures if m.edition.id == edition.id]
        known = max(len(m.positions) for m in measures)
        offer(
            f"{edition.id}.csv", exports.edition_csv(comparison, measures),
            f"{edition.title} (CSV)", f"One row for each of {len(comparison.areas)} {areas}; "
            f"{known} have a rank.", edition.licence,
        )  # fmt: skip
    offer(
        "all.csv", exports.long_csv(comparison),
        "All editions in one table (CSV)", "One row per area, edition and indicator.", licence,
    )  # fmt: skip
    for layer in layers:
        if layer.cells:
            offer(
                "hexagons.geojson", exports.layer_geojson(layer, comparison),
                "Hexagon layout (GeoJSON)", "One hexagon per area with its rank, WGS 84.", licence,
            )  # fmt: skip
    return tuple(found)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1000))} KB"


def _publish_pages(
    atlas: Atlas, options: Options, output: Output, report: Report
) -> dict[str, str]:
    """Compose, render and write every page; returns the HTML by file path."""
    html: dict[str, str] = {}
    metas: list[views.Page] = []
    codes = list(atlas.comparison.areas)
    batches = [codes[at : at + BATCH] for at in range(0, len(codes), BATCH)]
    renderer = _renderer(atlas)
    about_areas = drawn(atlas)

    def put(view: pages.AnyPage, text: str) -> None:
        path = file_of(view.page.path)
        output.write(path, text)
        html[path] = text
        metas.append(view.page)

    work = _AreaWork(atlas, about_areas)
    with _executor(options, len(codes), work) as pool:
        results = pool.map(_area_batch, batches) if pool else map(work, batches)
        for batch in report.progress(results, label="areas", total=len(batches)):
            for view, text, script_path, script, files in batch:
                put(view, text)
                output.write(script_path, script)
                for path, content in files:
                    output.write(path, content)
    for other, script_path, script in _other_maps(atlas, about_areas):
        put(other, renderer.render(other))
        output.write(script_path, script)
    for plain in _plain_pages(atlas):
        put(plain, renderer.render(plain))
    for group in atlas.comparison.groups:
        content = exports.long_csv(atlas.comparison, group.members)
        output.write(f"{atlas.group_href(group)}data.csv", content)
    base = atlas.settings.atlas.base_url
    output.write("sitemap.xml", pages.sitemap(base, metas))
    output.write("robots.txt", pages.robots(base))
    output.write(".nojekyll", "")
    return html


def _executor(options: Options, count: int, work: _AreaWork) -> Executor | nullcontext[None]:
    """A pool whose workers get the atlas once (by fork), or None for work in this process."""
    if options.jobs > 1 and count > BATCH:
        return ProcessPoolExecutor(options.jobs, initializer=_start_worker, initargs=(work,))
    return nullcontext()


def _renderer(atlas: Atlas) -> Renderer:
    theme = atlas.settings.atlas.theme
    return Renderer(atlas.site, atlas.settings.path(theme) if theme else None)


AreaResult = tuple[views.AreaPage, str, str, str, list[tuple[str, bytes]]]


class _AreaWork:
    """Composes and renders the pages of some areas, with what lies beside them."""

    def __init__(self, atlas: Atlas, about_areas: Mapping[str, Drawn]) -> None:
        self.atlas = atlas
        self.about_areas = about_areas
        self.renderer = _renderer(atlas)

    def __call__(self, codes: Sequence[str]) -> list[AreaResult]:
        return [self._area(code) for code in codes]

    def __reduce__(self) -> tuple[object, ...]:
        return (_AreaWork, (self.atlas, self.about_areas))

    def _area(self, code: str) -> AreaResult:
        made = area.area_page(self.atlas, code, self.about_areas)
        path = made.view.page.path
        files = [
            (f"{path}data.csv", exports.long_csv(self.atlas.comparison, [code])),
            (f"{path}data.json", exports.area_json(self.atlas.comparison, code)),
        ]
        return made.view, self.renderer.render(made.view), made.script_path, made.script, files


_work: _AreaWork | None = None


def _start_worker(work: _AreaWork) -> None:
    global _work
    _work = work


def _area_batch(codes: Sequence[str]) -> list[AreaResult]:
    assert _work is not None
    return _work(codes)


def _other_maps(
    atlas: Atlas, about_areas: Mapping[str, Drawn]
) -> list[tuple[pages.AnyPage, str, str]]:
    """The home page and the groups, each with its map's script."""
    front = home.home_page(atlas, about_areas)
    found: list[tuple[pages.AnyPage, str, str]] = [(front.view, front.script_path, front.script)]
    for group in atlas.comparison.groups:
        made = groups.group_page(atlas, group, about_areas)
        found.append((made.view, made.script_path, made.script))
    return found


def _plain_pages(atlas: Atlas) -> list[pages.AnyPage]:
    kinds = dict.fromkeys(group.kind for group in atlas.comparison.groups)
    return [
        home.areas_page(atlas),
        home.not_found_page(atlas),
        *(groups.groups_page(atlas, kind) for kind in kinds),
        *(area.code_page(atlas, code) for code in atlas.comparison.areas),
        *area.successor_pages(atlas),
        about.methodology_page(atlas),
        about.data_page(atlas, exports.LONG_COLUMNS),
    ]
