"""The files of a site that are not pages: assets, map data, and what readers take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from generator import urls
from generator.build.manifest import fingerprint
from generator.build.outputs import hashed_name
from generator.build.pieces import Pieces
from generator.build.schemes import explored
from generator.build.takeaway import table_files, takeaway_files
from generator.build.theme_files import asset_files, logo_of
from generator.charts.parts import Series
from generator.charts.strip import strip_file
from generator.charts.swarm import swarm
from generator.data.changes import EditionChange, edition_changes
from generator.data.compare import Comparison
from generator.data.palettes import CHANGE
from generator.exports import explorer
from generator.exports.changes import (
    change_values,
    change_values_in_parts,
)
from generator.exports.compare_file import compare_file, compare_in_parts
from generator.exports.explorer_measures import standings
from generator.exports.map_files import (
    cut_in_parts,
    fine_sheets,
    layout_index,
    map_config,
    measure_values,
    measure_values_in_parts,
    name_file,
    names_in_parts,
    sheets_with_all,
    whole_sheets,
)
from generator.exports.relations_file import related, relations_file
from generator.kept import digest
from generator.language.numbers import size_words
from generator.maps.folium_map import page_script
from generator.maps.layouts import Layout
from generator.maps.names import name_places
from generator.maps.svg import locator_land
from generator.pages import parts
from generator.pages.colours import accent_css, changes_css, classes_css
from generator.pages.legends import change_legend, legend
from generator.pages.watched import of_all, of_all_changed
from generator.settings import Settings
from generator.tiles.documents import TileSource


@dataclass
class SiteFiles:
    """Files being gathered; nothing is written here.

    Attributes
    ----------
    assets
        Published path by logical name (``style.css`` → ``assets/style.1a2b3c4d.css``).
    contents
        Bytes by path from the site's root.
    downloads
        What is offered on the page of downloads.
    logo
        The publisher's, if there is one.
    """

    assets: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    downloads: list[parts.Download] = field(default_factory=list)
    logo: parts.Logo | None = None

    def asset(self, name: str, content: bytes, version: bytes | None = None) -> str:
        """Add an asset under a name that changes with its version, or else with its content.

        Returns its path.
        """
        path = hashed_name(urls.asset(name), content if version is None else version)
        self.contents[path] = content
        self.assets[name] = path
        return path

    def folder(self, name: str, contents: Mapping[str, bytes], version: bytes | None = None) -> str:
        """Add files that change together under one logical name; returns their folder's path."""
        stem = name.removesuffix(".json")
        known_by = b"".join(contents.values()) if version is None else version
        path = urls.asset_folder(stem, fingerprint(known_by)[:8])
        self.contents.update({path + file: content for file, content in contents.items()})
        self.assets[name] = path
        return path

    def offer(self, name: str, content: bytes, title: str, about: str, licence: str) -> None:
        """Add a file to take away, ``data/<name>``."""
        path = urls.download(name)
        self.contents[path] = content
        self.downloads.append(parts.Download(path, title, about, size_words(len(content)), licence))


def gather_files(
    settings: Settings,
    comparison: Comparison,
    layouts: Sequence[Layout],
    pieces: Pieces,
    tiles: Sequence[TileSource] = (),
) -> SiteFiles:
    """Everything that pages refer to, but what search fetches (`build.search`, `build.postcodes`).

    What all pages refer to and changes with every figure has a name that changes only where
    pages would anyway: with scripts and drawing, and with what is stated of all figures.

    Parameters
    ----------
    pieces
        What takes longest is being made, and is taken last.
    tiles
        With them, also what the tile explorer needs.
    """
    files = SiteFiles()
    for name, content in asset_files(settings).items():
        files.asset(name, content)
    logo = logo_of(settings)
    if logo:
        files.logo, content = logo
        files.asset(files.logo.asset, content)
    colours = classes_css(class_colours(comparison), settings.classes.colours_dark)
    changes = edition_changes(comparison, settings.classes)
    if changes:
        files.asset(urls.CHANGE_COLOURS, _change_colours(changes))
    files.asset("classes.css", colours + accent_css(*settings.look.accents))
    _add_map_files(files, settings, comparison, layouts)
    _add_change_values(files, settings, comparison, layouts[0], changes)
    _add_strip(files, settings, comparison)
    files.asset(urls.LAND, locator_land(layouts[0]).encode())
    shared = map_config(comparison, layouts, files.assets)
    files.asset(urls.PAGE_MAP, page_script(shared).encode())
    _add_compare(files, settings, comparison)
    tables = table_files(settings, comparison)
    if tiles:
        _add_explorer(files, settings, comparison, layouts, tiles)
    packed = pieces.take("workbook")
    shapes = {layout.id: pieces.take("shapes", layout.id) for layout in layouts}
    for one in takeaway_files(settings, layouts, tables, packed, shapes):
        files.offer(one.path, one.content, one.title, one.about, one.licence)
    return files


def _add_explorer(
    files: SiteFiles,
    settings: Settings,
    comparison: Comparison,
    layouts: Sequence[Layout],
    tiles: Sequence[TileSource],
) -> None:
    """MapLibre, the classes of every measure, and the file that names them all."""
    for name, content in explorer.maplibre_files().items():
        files.asset(name, content)
    whole = in_one_file(settings, comparison)
    parts = [list(comparison.areas)]
    if not whole:
        parts = explorer.explorer_parts(_parts(comparison, layouts[0]))
    groups = explorer.outlined_groups(settings, comparison)
    stand = groups if any(one.has_groups for one in tiles) else []
    measures: list[list[str]] = []
    every: list[list[str]] = []
    for measure in comparison.measures:
        said = standings(settings, comparison, measure, stand)
        (head, *rest), colours = explored(layouts[0].kept, settings, measure, parts, said)
        own = {urls.HEAD_OF_PARTS: head, **_numbered(rest)}
        version = _values_version(files, of_all(measure), "explore.js")
        folder = files.folder(urls.classes_asset(measure.id), own, version)
        measures.append([measure.id, measure.edition.id, measure.indicator.id, folder])
        every += colours
    made = explorer.explorer_files(settings, comparison, layouts, tiles, parts)
    find = {urls.part_file(at, "find-"): content for at, content in enumerate(made.find)}
    folder = files.folder("explore-parts.json", _numbered(made.areas) | find)
    ramps = explorer.palette_ramps(settings, every)
    files.asset("explore.json", made.head_file(folder, measures, ramps))


def _change_colours(changes: Sequence[EditionChange]) -> bytes:
    """Colours for every number of classes that a change has."""
    counts = {len(one.classes) for pair in changes for one in pair.changes}
    return changes_css([CHANGE.ramp(count) for count in sorted(counts)])


def _values_version(files: SiteFiles, of_all: list[object], script: str = "map.js") -> bytes:
    """What changes with the script that reads values, and with what is stated of all of them."""
    return digest(files.assets[script], of_all).encode()


def _add_change_values(
    files: SiteFiles,
    settings: Settings,
    comparison: Comparison,
    layout: Layout,
    changes: Sequence[EditionChange],
) -> None:
    """What the map of each change shows, when it is moved."""
    whole = in_one_file(settings, comparison)
    parts = () if whole or not changes else _parts(comparison, layout)
    for pair in changes:
        for one in pair.changes:
            key = change_legend(settings.speak, one)
            name = urls.change_values_asset(key.measure)
            version = _values_version(files, of_all_changed(one))
            if whole:
                files.asset(name, change_values(settings.speak, one, key), version)
            else:
                head, *rest = change_values_in_parts(settings.speak, one, key, parts)
                files.folder(name, {urls.HEAD_OF_PARTS: head, **_numbered(rest)}, version)


def _add_strip(files: SiteFiles, settings: Settings, comparison: Comparison) -> None:
    """Dots and axis of the main measure, and the marks of every group."""
    speak, main = settings.speak, comparison.main
    packed = swarm(main)
    series = [Series(g.name, g.members, f"{g.kind}-{g.slug}") for g in comparison.groups]
    ground = strip_file(speak, comparison, main, packed.room(), ())
    version = digest(ground, packed.room(), of_all(main)).encode()
    content = strip_file(speak, comparison, main, packed, series)
    files.asset(urls.STRIP, content.encode(), version)


def class_colours(comparison: Comparison) -> list[str]:
    """Colours by level, of the measure with most classes: one style sheet serves all."""
    fullest = max(comparison.measures, key=lambda m: len(m.classification.classes))
    return [c.colour for c in fullest.classification.classes]


def _outlined_groups(comparison: Comparison, layouts: Sequence[Layout]) -> dict[str, str]:
    """The name of the group whose outline an area belongs to, by code."""
    names = {group.id: group.name for group in comparison.groups}
    return {c: names[g] for c, g in layouts[0].group_of.items() if g in names}


def in_one_file(settings: Settings, comparison: Comparison) -> bool:
    """Whether what scripts fetch of all areas is one file, or cut into files of some of them."""
    return len(comparison.areas) <= settings.per_area.most_in_one_file


def _add_map_files(
    files: SiteFiles,
    settings: Settings,
    comparison: Comparison,
    layouts: Sequence[Layout],
) -> None:
    """Geometry, names and values for maps that are moved."""
    whole = in_one_file(settings, comparison)
    path = settings.atlas.words.path
    hrefs = {code: urls.item_page(path, area.slug) for code, area in comparison.areas.items()}
    groups = _outlined_groups(comparison, layouts)
    parts = () if whole else _parts(comparison, layouts[0])
    for layout in layouts:
        _add_layout(files, comparison, layout, parts)
    for measure in comparison.measures:
        name, key = urls.values_asset(measure.id), legend(settings.speak, comparison, measure)
        version = _values_version(files, of_all(measure))
        if whole:
            files.asset(name, measure_values(measure, settings, key), version)
        else:
            head, *rest = measure_values_in_parts(measure, settings, key, parts)
            files.folder(name, {urls.HEAD_OF_PARTS: head, **_numbered(rest)}, version)
    if whole:
        files.asset(urls.NAMES, name_file(comparison, hrefs, groups))
    else:
        files.folder(urls.NAMES, _numbered(names_in_parts(comparison, hrefs, groups, parts)))


def _parts(comparison: Comparison, layout: Layout) -> list[list[str]]:
    """The codes of all areas, neighbours together."""
    codes = list(comparison.areas)

    def made() -> list[tuple[str, ...]]:
        return list(cut_in_parts(codes, fine_sheets(layout, whole=False)))

    found: list[list[str]] = layout.kept.value(("parts", layout.digest, codes), made)
    return found


def _add_layout(
    files: SiteFiles, comparison: Comparison, layout: Layout, parts: Sequence[Sequence[str]]
) -> None:
    """A layout's sheets and their index; with `parts`, sheets hold names and lines too."""
    names, whole = name_places(comparison, layout), not parts

    def made() -> list[list[str]]:
        cut = fine_sheets(layout, whole=whole)
        part_of = {code: at for at, part in enumerate(parts) for code in part}
        sheets = whole_sheets(cut) if whole else sheets_with_all(layout, cut, names, part_of)
        own = SiteFiles()
        named = [
            (one, own.asset(urls.sheet_asset(layout.id, at), one.content))
            for at, one in enumerate(sheets)
        ]
        index = layout_index(layout, named, names, whole=whole)
        own.asset(urls.layout_asset(layout.id), index)
        return [[name, own.contents[path].decode()] for name, path in own.assets.items()]

    key = ("layout", layout.digest, names, *([parts] if parts else []))
    for name, text in layout.kept.value(key, made):
        files.asset(name, text.encode())


def _numbered(contents: Sequence[bytes]) -> dict[str, bytes]:
    return {urls.part_file(at): content for at, content in enumerate(contents)}


def _add_compare(files: SiteFiles, settings: Settings, comparison: Comparison) -> None:
    """What the page that puts areas side by side fetches."""
    version = _values_version(files, [of_all(m) for m in comparison.measures], "compare.js")
    if in_one_file(settings, comparison):
        files.asset(urls.COMPARE_FILE, compare_file(comparison, settings), version)
        if len(related(comparison)) > 1:
            files.asset(urls.RELATIONS, relations_file(comparison))
        return
    made = compare_in_parts(comparison, settings)
    parts = {urls.part_file(at): content for at, content in enumerate(made.areas)}
    pages = {urls.part_file(at, "pages-"): content for at, content in enumerate(made.pages)}
    folder = files.folder("compare-parts.json", parts | pages, version)
    files.asset(urls.COMPARE_FILE, made.head(folder), version)
