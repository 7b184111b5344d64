"""The shipped atlas as a visitor finds it: complete, light, self-contained, well formed."""

from __future__ import annotations

import csv
import functools
import gzip
import json
import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from built import ROOT, Built
from reading import PageText, read_page

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget")
MOST_BYTES = {"hexagons": 32_000_000, "geography": 29_440_000}
"""Where there are only hexagons, every map has more cells and names than a true one.  What is
published with an address (--base-url) holds up to 560,000 more, and stays under 30 MB."""
FIRST_LOAD_BYTES = 100_000


@functools.cache
def parsed(folder: str, html: str) -> PageText:
    return read_page(html)


def pages(built: Built) -> Iterator[tuple[str, PageText]]:
    for path in built.files:
        if path.endswith(".html"):
            yield path, parsed(str(built.folder), built.text(path))


def is_redirect(found: PageText) -> bool:
    return any(m.get("http-equiv") == "refresh" for m in found.all("meta"))


def count(built: Built, pattern: str) -> int:
    return sum(bool(re.fullmatch(pattern, path)) for path in built.files)


# -- Complete ------------------------------------------------------------------------------


def test_all_pages_are_there(shipped_site: Built) -> None:
    assert count(shipped_site, r"authorities/[^/]+/index\.html") == 326
    assert count(shipped_site, r"regions/[^/]+/index\.html") == 9
    assert count(shipped_site, r"counties/[^/]+/index\.html") > 30
    with (ROOT / "boundaries/authorities_2016.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    with (ROOT / "boundaries/changes_2016_2025.csv").open(encoding="utf-8") as file:
        codes |= {row["new_code"] for row in csv.DictReader(file)}
    found = {p.split("/")[1] for p in shipped_site.files if p.startswith("code/")}
    assert found == codes
    for path in ("index.html", "authorities/index.html", "regions/index.html", "404.html",
                 "groups/d2n2/index.html", "methodology/index.html", "data/index.html",
                 "sitemap.xml", "robots.txt", ".nojekyll"):  # fmt: skip
        assert path in shipped_site.files, path


def test_a_code_leads_to_its_page(shipped_site: Built) -> None:
    html = shipped_site.text("code/E07000176/index.html")
    assert "../../authorities/rushcliffe/" in html
    assert is_redirect(read_page(html))
    merged = read_page(shipped_site.text("code/E06000066/index.html"))
    assert not is_redirect(merged), "Somerset was five authorities"
    for name in ("Mendip", "Sedgemoor", "South Somerset", "Taunton Deane", "West Somerset"):
        assert name in merged.text


def test_the_downloads_hold_all_areas(shipped_site: Built) -> None:
    for id, known in (("2016", 324), ("2017", 47)):
        with (shipped_site.folder / f"data/{id}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 326
        assert sum(bool(row["overall_rank"]) for row in rows) == known
    shapes = json.loads(shipped_site.text("data/hexagons.geojson"))
    assert len(shapes["features"]) == 326


def test_no_warning_at_the_build(shipped_site: Built) -> None:
    assert shipped_site.report.warnings == []


# -- Light ---------------------------------------------------------------------------------


def test_the_site_stays_small(shipped_site: Built) -> None:
    by_kind: dict[str, int] = {}
    for path in shipped_site.files:
        kind = path.split("/")[0] + "/*." + path.rsplit(".", 1)[-1]
        size = (shipped_site.folder / path).stat().st_size
        by_kind[kind] = by_kind.get(kind, 0) + size
    largest = sorted(by_kind.items(), key=lambda item: -item[1])[:8]
    first = "geography" if "tiles/geography.json" in shipped_site.files else "hexagons"
    assert sum(by_kind.values()) < MOST_BYTES[first], largest


def zipped(built: Built, path: str) -> int:
    """Bytes of a file as a server would send it."""
    return len(gzip.compress((built.folder / path).read_bytes(), 6))


def asked_for(built: Built, path: str) -> list[str]:
    """The page and the styles and scripts that it loads."""
    found = [path]
    html = read_page(built.text(path))
    links = [e["href"] for e in html.all("link") if e.get("rel") in {"stylesheet", "icon"}]
    links += [e["src"] for e in html.all("script") if "src" in e]
    return found + [posixpath.normpath(posixpath.join(posixpath.dirname(path), x)) for x in links]


def test_an_authority_s_page_loads_quickly(shipped_site: Built) -> None:
    paths = [p for p in shipped_site.files if re.fullmatch(r"authorities/[^/]+/index\.html", p)]
    shared = {
        p: zipped(shipped_site, p) for path in paths[:3] for p in asked_for(shipped_site, path)
    }
    heaviest = 0
    for path in paths:
        size = sum(shared.get(p) or zipped(shipped_site, p) for p in asked_for(shipped_site, path))
        heaviest = max(heaviest, size)
        assert size < FIRST_LOAD_BYTES, (path, size)
    assert heaviest > 10_000, "nothing was measured"


# -- Self-contained ------------------------------------------------------------------------


def test_every_internal_link_leads_somewhere(shipped_site: Built) -> None:
    """Reckoned here anew, with a parser, so that the build's own check is checked as well."""
    files = set(shipped_site.files)
    ids = {p: {e["id"] for _, e in found.elements if "id" in e} for p, found in pages(shipped_site)}
    broken = []
    for path, found in pages(shipped_site):
        if path == "404.html":
            continue
        for _, element in found.elements:
            for name in ("href", "src", "action"):
                href = element.get(name)
                if href is None or urlsplit(href).scheme or href.startswith("data:"):
                    continue
                parts = urlsplit(href)
                base = posixpath.dirname(path)
                for tag in found.all("base"):
                    base = posixpath.normpath(posixpath.join(base, tag.get("href", "")))
                target = posixpath.normpath(posixpath.join(base, unquote(parts.path)))
                if not parts.path:
                    target = path
                elif parts.path.endswith(("/", "..")) or parts.path == ".":
                    target = "index.html" if target == "." else f"{target}/index.html"
                if target not in files or (
                    parts.fragment and target in ids and parts.fragment not in ids[target]
                ):
                    broken.append((path, href))
    assert broken[:5] == []


def test_no_page_asks_another_host_for_anything(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        for tag, element in found.elements:
            for name in ("src", "data", "poster", "srcset", "action", "data-search"):
                value = element.get(name, "")
                assert not re.match(r"(https?:)?//", value), (path, tag, value)
            if tag == "link" and element.get("rel") != "canonical":
                assert not re.match(r"(https?:)?//", element.get("href", "")), path
    for path in shipped_site.files:
        if path.endswith((".css", ".js")):
            text = re.sub(r"https?://www\.w3\.org/[\w/.#-]*", "", shipped_site.text(path))
            assert not re.search(r"""url\(\s*["']?(https?:)?//""", text), path
            assert "@import" not in text, path
            assert not re.search(r"""fetch\(\s*["'`]https?:""", text), path
            assert "sourceMappingURL" not in text, path


def test_every_link_is_relative(shipped_site: Built) -> None:
    """So that the site works below any path; the 404 page alone can't know how deep it is."""
    for path, found in pages(shipped_site):
        if path == "404.html":
            continue
        for _, element in found.elements:
            for name in ("href", "src", "action", "data-search", "data-root"):
                assert not element.get(name, "").startswith("/"), (path, element)


def test_a_strict_policy_holds(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        policies = [
            m["content"] for m in found.all("meta")
            if m.get("http-equiv") == "Content-Security-Policy"
        ]  # fmt: skip
        assert len(policies) == 1, path
        assert "default-src 'none'" in policies[0]
        assert "unsafe" not in policies[0]
        assert "*" not in policies[0]
        assert "http" not in policies[0]
        for tag, element in found.elements:
            assert "style" not in element, (path, tag)
            assert tag != "style", path
            assert not [name for name in element if name.startswith("on")], (path, tag)
            if tag == "script":
                assert "src" in element or element.get("type") == "application/ld+json", path


# -- Well formed ---------------------------------------------------------------------------


def test_every_page_has_one_heading_and_a_title_of_its_own(shipped_site: Built) -> None:
    titles: dict[str, str] = {}
    for path, found in pages(shipped_site):
        assert len(found.all("h1")) == 1, path
        assert found.title.strip(), path
        if not path.startswith("embed/"):  # those stand within other pages
            assert found.title not in titles, (path, titles.get(found.title))
            titles[found.title] = path
        assert found.all("html")[0].get("lang") == "en-GB", path


def test_headings_skip_no_level(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        levels = [int(tag[1]) for tag, _ in found.elements if re.fullmatch(r"h[1-6]", tag)]
        for before, after in pairwise(levels):
            assert after <= before + 1, (path, levels)


def test_ids_are_unique_on_a_page(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        ids = [e["id"] for _, e in found.elements if "id" in e]
        assert len(ids) == len(set(ids)), (path, sorted({i for i in ids if ids.count(i) > 1}))


def test_references_within_a_page_lead_to_an_id(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        ids = {e["id"] for _, e in found.elements if "id" in e}
        for _, e in found.elements:
            for name in (
                "for",
                "aria-labelledby",
                "aria-describedby",
                "aria-controls",
                "popovertarget",
            ):
                for target in e.get(name, "").split():
                    assert target in ids, (path, name, target)


def test_pictures_and_drawings_have_words(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        for image in found.all("img"):
            assert "alt" in image, path
        for svg in found.all("svg"):
            stated = svg.get("aria-label") or svg.get("aria-labelledby")
            assert stated or svg.get("aria-hidden") == "true", (path, svg.get("class"))


def test_tables_say_what_their_headers_head(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        for header in found.all("th"):
            assert header.get("scope") in {"col", "row"}, path


def test_pages_that_matter_are_in_the_sitemap(shipped_site: Built) -> None:
    root = ElementTree.fromstring(shipped_site.text("sitemap.xml"))  # noqa: S314 - our own file
    listed = [e.text for e in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(listed) == len(set(listed))
    paths = {(t or "") + "index.html" for t in listed}
    expected = {
        path
        for path, found in pages(shipped_site)
        if not any(m.get("content") == "noindex" for m in found.all("meta"))
    }
    assert paths == expected
    assert not [p for p in paths if p.startswith(("code/", "404"))]
    assert "User-agent: *\nAllow: /" in shipped_site.text("robots.txt")


def test_source_date_and_licence_stand_on_each_page(shipped_site: Built) -> None:
    for path, found in pages(shipped_site):
        if is_redirect(found) or path.startswith("embed/"):
            continue
        for words in ("Open Government Licence", "2016", "Contains OS data"):
            assert words in found.text, (path, words)


def test_every_map_is_there_without_scripts(shipped_site: Built) -> None:
    for path in shipped_site.files:
        if re.fullmatch(r"((authorities|regions|counties|groups)/[^/]+/)?index\.html", path):
            html = shipped_site.text(path)
            drawing, *inset = re.findall(r'<svg class="map-svg .*?</svg>', html, re.DOTALL)
            assert not inset or path == "index.html"
            areas = re.findall(
                r'data-code="(\w+)"[^>]*><title>([^<]+)</title><path [^>]*d="M', drawing
            )
            assert areas, path
            if path == "index.html":
                assert len(areas) == 326


@pytest.mark.real
def test_with_boundaries_both_layouts_can_be_chosen(real_site: Built) -> None:
    html = real_site.text("authorities/rushcliffe/index.html")
    assert 'data-layout="geography"' in html
    for layout in ("geography", "hexagons"):
        assert re.search(rf'<input type="radio" name="layout" value="{layout}"', html)
    names = read_page(html).text
    for neighbour in ("Nottingham", "Gedling", "Broxtowe", "Melton", "Charnwood"):
        assert neighbour in names


@pytest.mark.real
def test_a_region_and_a_county_of_one_name_are_told_apart(hex_site: Built) -> None:
    text = read_page(hex_site.text("authorities/birmingham/index.html")).text
    assert text.count("West Midlands (region)") == text.count("West Midlands (county)") == 2
    text = read_page(hex_site.text("authorities/solihull/index.html")).text
    assert "Part of West Midlands (region), West Midlands (county)" in text
    assert "(region)" not in hex_site.text("authorities/rushcliffe/index.html")


def test_rushcliffe_lies_where_it_lies(real_site: Built) -> None:
    """A point of West Bridgford is within the outline that the page draws."""
    import shapely
    from pyproj import Transformer
    from shapes import read_path

    html = real_site.text("authorities/rushcliffe/index.html")
    svg = re.search(r'data-unit="([^"]+)" data-x="([^"]+)" data-y="([^"]+)"', html)
    path = re.search(r'data-code="E07000176"[^>]*><title>[^<]*</title><path [^>]*d="([^"]+)"', html)
    assert svg
    assert path
    unit, left, top = (float(n) for n in svg.groups())
    rings = [[(left + x * unit, top - y * unit) for x, y in ring] for ring in read_path(path[1])]
    place = Transformer.from_crs(4326, 3857, always_xy=True).transform(-1.125, 52.932)
    assert shapely.Polygon(rings[0]).contains(shapely.Point(place))


def test_the_map_of_the_country_names_every_region(real_site: Built) -> None:
    """On a phone as well; the South East, which bends around London, had no name at any width."""
    home = BeautifulSoup(real_site.text("index.html"), "html.parser")
    names = home.select(".map-stage svg.map-labels .region-name")
    early = [text for text in names if set(text["class"]) <= {"region-name", "from-1"}]
    said = {text.get_text(" ").replace(" ", "") for text in early}
    assert len(said) == len(names) == 9
    assert {"SouthEast", "SouthWest"} <= said


def test_an_inset_as_narrow_as_a_wide_window_s_names_areas(real_site: Built) -> None:
    home = BeautifulSoup(real_site.text("index.html"), "html.parser")
    names = home.select(".map-inset svg.map-labels text")
    assert names
    first = [t for t in names if not [c for c in t["class"] if c.startswith("from-")]]
    assert len(first) >= 6
