"""Every path and address of the site, spelled once.

Paths run from the site's root, without a leading slash; a page's ends in a slash (its file
is ``index.html`` there) or is a file's own name.  *Assets* are named twice: by a logical
name (``values/2016-overall.json``) and by the path under which a build publishes it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

HOME = ""
NOT_FOUND = "404.html"
METHODOLOGY = "methodology/"
CLUSTERS = f"{METHODOLOGY}#clusters"
POSTCODES_HELP = f"{METHODOLOGY}#postcodes"
DATA = "data/"
TILES_HELP = f"{DATA}#tiles"
EXPLORE = "explore/"
COMPARE = "compare/"
SCATTER = "scatter/"
INDICATORS = "indicators/"
CHANGE = "change/"
CLAIMS = "claims/"
SITEMAP = "sitemap.xml"
ROBOTS = "robots.txt"
NO_JEKYLL = ".nojekyll"
"""Tells GitHub Pages to serve all files as they are."""

# Logical names of assets that more than one module speaks of.
LAND = "land.svg"
STRIP = "strip.svg"
NAMES = "names.json"
SEARCH = "search.json"
POSTCODES = "postcodes.json"
PAGE_MAP = "page-map.js"
COMPARE_FILE = "compare.json"
RELATIONS = "relations.json"
CHANGE_COLOURS = "changes.css"
HEAD_OF_PARTS = "all.json"
"""Among files of some areas each: what is said of all of them."""

_TILES = "tiles"
_INDEX = "index.html"


# -- Pages ----------------------------------------------------------------------------


def sitemap_part(at: int) -> str:
    """One of the files that list pages where these are too many for `SITEMAP` alone.

    >>> sitemap_part(1)
    'sitemap-1.xml'
    """
    return f"sitemap-{at}.xml"


def list_page(folder: str) -> str:
    """The list of areas, or of groups of a kind, whose pages lie in `folder`."""
    return f"{folder}/"


def item_page(folder: str, slug: str) -> str:
    """The page of one area or group.

    >>> item_page("regions", "north-east")
    'regions/north-east/'
    """
    return f"{folder}/{slug}/"


def indicator_page(indicator: str) -> str:
    """The page of one indicator."""
    return f"{INDICATORS}{indicator}/"


def change_pair(earlier: str, later: str) -> str:
    """Two editions in a path.

    >>> change_pair("2019", "2024"), change_pair("2019-q1", "2019-q2")
    ('2019-2024', '2019-q1--2019-q2')
    """
    return ("--" if "-" in earlier + later else "-").join((earlier, later))


def change_page(pair: str, indicator: str = "") -> str:
    """What changed between two editions; of all indicators but the first also which."""
    return f"{CHANGE}{pair}/{indicator}/" if indicator else f"{CHANGE}{pair}/"


def change_table(pair: str) -> str:
    """The name of the table of all changes between two editions."""
    return f"change-{pair}"


def letter(folder: str, initial: str) -> str:
    """Where a letter begins in the list of areas."""
    return f"{list_page(folder)}#{initial.lower()}"


def code_page(code: str) -> str:
    """The page under a code, which leads to the area's own."""
    return f"code/{code}/"


def embed_page(page_path: str, areas_folder: str) -> str:
    """Where the map of a page is shown alone.

    >>> embed_page("areas/ashfield/", "areas"), embed_page("", "areas")
    ('embed/ashfield/', 'embed/map/')
    """
    return f"embed/{page_path.removeprefix(list_page(areas_folder)) or 'map/'}"


def compare_page(codes: Iterable[str]) -> str:
    """The comparison of up to five areas.

    >>> compare_page(["E1", "E2"])
    'compare/?a=E1&b=E2'
    """
    return f"{COMPARE}?" + "&".join(f"{k}={c}" for k, c in zip("abcde", codes, strict=False))


def scatter_page(across: str) -> str:
    """One indicator against others: from left to right, by its id.

    >>> scatter_page("gcse")
    'scatter/?x=gcse'
    """
    return f"{SCATTER}?x={across}"


# -- Files ----------------------------------------------------------------------------


def file_of(path: str) -> str:
    """The file that a page's path is stored in.

    >>> file_of("data/"), file_of("404.html")
    ('data/index.html', '404.html')
    """
    return f"{path}{_INDEX}" if not path or path.endswith("/") else path


def in_folder(page_path: str, name: str) -> str:
    """A file in the folder of a page: its table, its card."""
    return f"{page_path}{name}"


def card(page_path: str) -> str:
    """The share card of a page."""
    return in_folder(page_path, "card.png")


def download(name: str) -> str:
    """A file to take away."""
    return f"{DATA}{name}"


def asset(name: str) -> str:
    """Where an asset lies, before its content is put into its name."""
    return f"assets/{name}"


def asset_folder(name: str, digest: str) -> str:
    """A folder of files that change together, named after what is in them.

    >>> asset_folder("postcodes", "1a2b3c4d")
    'assets/postcodes/1a2b3c4d/'
    """
    return f"{asset(name)}/{digest}/"


def layout_asset(layout: str) -> str:
    """Logical name: what a script needs to find the geometry of a layout."""
    return f"layouts/{layout}.json"


def sheet_asset(layout: str, at: int) -> str:
    """Logical name: one part of a layout's fine geometry."""
    return f"layouts/{layout}-{at}.json"


def values_asset(measure: str) -> str:
    """Logical name: what maps show of a measure."""
    return f"values/{measure}.json"


def change_values_asset(id: str) -> str:
    """Logical name: what the map of a change shows."""
    return f"changes/{id}.json"


def classes_asset(measure: str) -> str:
    """Logical name: what the explorer shows of a measure."""
    return f"explore/{measure}.json"


def part_file(at: int, kind: str = "") -> str:
    """One of the files that hold some of the areas each, within their folder.

    >>> part_file(3), part_file(3, "pages-")
    ('3.json', 'pages-3.json')
    """
    return f"{kind}{at}.json"


def tile(layout: str) -> str:
    """The template of a layout's tiles."""
    return f"{_TILES}/{layout}/{{z}}/{{x}}/{{y}}.pbf"


def tile_file(layout: str, ending: str) -> str:
    """A file of a layout's tiles, by ending: ``json`` (TileJSON), ``pmtiles``, ``style.json``."""
    return f"{_TILES}/{layout}.{ending}"


def glyphs(path: str) -> str:
    """The letters of names on vector maps, by font and range; an empty path is their folder."""
    return f"{_TILES}/glyphs/{path}"


# -- Ways -----------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def relative(path: str, href: str) -> str:
    """The shortest way from a page's path to another path, both from the site's root.

    >>> relative("areas/ashfield/", "areas/bolsover/"), relative("", "data/"), relative("data/", "")
    ('../bolsover/', 'data/', '../')
    """
    target, hash_, fragment = href.partition("#")
    here = path.rpartition("/")[0].split("/") if "/" in path else []
    there = target.removesuffix("/").split("/") if target else []
    if _UNTIDY.isdisjoint(here) and _UNTIDY.isdisjoint(there):
        way = _way(here, there)
    else:
        way = posixpath.relpath(target or ".", posixpath.dirname(path) or ".")
    if not target or target.endswith("/"):
        way += "/"
    return way + hash_ + fragment


_UNTIDY = frozenset({"", ".", ".."})
"""Parts that posixpath tidies away; it takes ten times as long."""


def _way(here: Sequence[str], there: Sequence[str]) -> str:
    """From one folder to another folder or file, both as names from the root."""
    same = 0
    for own, other in zip(here, there, strict=False):
        if own != other:
            break
        same += 1
    return "/".join([*[".."] * (len(here) - same), *there[same:]]) or "."


def to_root(path: str) -> str:
    """The way from a page to the site's root.

    >>> to_root("areas/ashfield/"), to_root("")
    ('../../', './')
    """
    return "../" * path.count("/") or "./"


def root_of(base_url: str) -> str:
    """The path at which the site is served: ``/atlas/`` of ``https://name.org/atlas/``."""
    return urlsplit(base_url).path if base_url else "/"


def absolute(base_url: str, path: str) -> str:
    """The whole address of a path; empty for a site that doesn't know its own."""
    return urljoin(base_url, path) if base_url else ""
