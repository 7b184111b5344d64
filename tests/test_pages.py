"""Rendering, and the small files around pages; the templates themselves are in test_templates."""

from __future__ import annotations

import json
import posixpath
import re
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from built import Built
from hypothesis import given
from hypothesis import strategies as st
from making import made
from reading import read_page
from shapes import cells

from generator.data.palettes import DIVERGING, dark_variant
from generator.maps.layouts import make_layout
from generator.pages import area, listing
from generator.pages.atlas import Atlas
from generator.pages.colours import classes_css
from generator.pages.head import json_block
from generator.pages.listing import Listed, robots, sitemaps
from generator.urls import file_of, relative

paths = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(
    lambda parts: "".join(f"{part}/" for part in parts)
)


@given(paths, paths)
def test_relative_links_lead_from_page_to_page(page: str, target: str) -> None:
    from urllib.parse import urljoin

    href = relative(page, target)
    assert urljoin(f"http://a.example/repo/{page}", href) == f"http://a.example/repo/{target}"
    assert not href.startswith("/")


odd_paths = st.lists(st.sampled_from(["a", "b", "..", ".", "", "a.html"]), max_size=4).map("/".join)


@given(odd_paths, odd_paths)
def test_relative_links_are_those_of_posixpath(page: str, target: str) -> None:
    way = posixpath.relpath(target or ".", posixpath.dirname(page) or ".")
    assert relative(page, target).rstrip("/") == way.rstrip("/")


@pytest.mark.parametrize(
    ("page", "target", "href"),
    [
        ("areas/x/", "areas/x/", "./"),
        ("areas/x/", "data/all.csv", "../../data/all.csv"),
        ("areas/x/", "areas/#a", "../#a"),
        ("", "areas/x/", "areas/x/"),
        ("", "", "./"),
        ("404.html", "areas/", "areas/"),
    ],
)
def test_relative_links_are_short(page: str, target: str, href: str) -> None:
    assert relative(page, target) == href


@pytest.mark.parametrize(
    ("path", "file"), [("", "index.html"), ("a/", "a/index.html"), ("404.html", "404.html")]
)
def test_pages_are_stored_as_folders(path: str, file: str) -> None:
    assert file_of(path) == file


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5))
def test_a_data_block_holds_its_data_and_never_ends_early(data: object) -> None:
    block = str(json_block(data))
    assert json.loads(block) == data
    assert not {"<", ">", "&"} & set(block)
    page = f'<script type="application/ld+json">{block}</script>'
    assert read_page(page).scripts in ([block], [])


@pytest.mark.parametrize("base", ["", "https://atlas.example/repo/"])
def test_the_sitemap_is_xml_and_lists_what_search_engines_should_know(base: str) -> None:
    pages = [Listed(path, path != "code/E1/") for path in ("b/", "", "code/E1/", "a & b/")]
    files = sitemaps(base, pages)
    assert list(files) == ["sitemap.xml"]
    root = ElementTree.fromstring(files["sitemap.xml"])  # noqa: S314 - written here
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    assert [e.text or "" for e in root.iter(f"{root.tag[:-6]}loc")] == [
        base + "", base + "a & b/", base + "b/",
    ]  # fmt: skip


def test_more_pages_than_one_sitemap_may_list_are_in_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "MOST_LISTED", 3)
    pages = [Listed(f"areas/{at:02}/", True) for at in range(8)]
    files = sitemaps("https://atlas.example/", pages)
    assert list(files) == ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    roots = {path: ElementTree.fromstring(text) for path, text in files.items()}  # noqa: S314
    places = {path: [e[0].text or "" for e in root] for path, root in roots.items()}
    index = roots["sitemap.xml"].tag.rpartition("}")[2], places.pop("sitemap.xml")
    assert index == ("sitemapindex", [f"https://atlas.example/{path}" for path in places])
    assert [len(some) for some in places.values()] == [3, 3, 2]
    listed = [address for some in places.values() for address in some]
    assert listed == [f"https://atlas.example/{page.path}" for page in pages]


def test_robots_may_read_everything() -> None:
    assert robots("") == "User-agent: *\nAllow: /\n"
    assert robots("https://a.example/x/").endswith("Sitemap: https://a.example/x/sitemap.xml\n")


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), light, strict=True))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("count", range(1, 10))
def test_letters_on_classes_can_be_read(count: int, dark: bool) -> None:
    """Ink or paper, whichever stands out more; 4.5 to 1 is WCAG's AA."""
    colours = DIVERGING.ramp(count)
    light_css, _, dark_css = classes_css(colours).decode().partition("@media screen and")
    css = dark_css if dark else light_css
    for level, colour in enumerate(dark_variant(colours) if dark else colours):
        assert f".level-{level}{{--level:{colour}}}" in css
        ink = css.split(f".on-{level}{{--on-level:")[1].split("}")[0]
        full = {"#fff": "#ffffff"}.get(ink, ink)
        light, deep = sorted((luminance(colour), luminance(full)), reverse=True)
        assert (light + 0.05) / (deep + 0.05) >= 4.5, (count, level, colour, ink)


@pytest.mark.parametrize(
    ("at", "shown", "gaps"),
    [
        (0, [0, 1, 2, 3, 11], [3]),
        (3, [0, 1, 2, 3, 4, 5, 6, 11], [6]),
        (5, [0, 2, 3, 4, 5, 6, 7, 8, 11], [0, 7]),
        (11, [0, 8, 9, 10, 11], [0]),
    ],
)
def test_the_ranking_of_the_region_has_both_ends_and_what_is_around(
    at: int, shown: list[int], gaps: list[int]
) -> None:
    frame = cells(3, 12)
    codes = list(frame["code"])[:12]
    scores = {code: (100.0 - n, n + 1) for n, code in enumerate(codes)}
    kind = {"kind": "region", "name": "R", "plural": "R", "path": "regions", "column": "region"}
    settings, comparison = made(
        {"1": scores},
        areas=codes,
        groups={"All": codes},
        group=[kind],
        geography={"areas": "a.csv"},
    )
    atlas = Atlas(settings, comparison, (make_layout("geography", frame),), {}, "", ())
    region, ranking, after = area._region_table(atlas, codes[at])
    assert region is not None
    assert ranking == [codes[n] for n in shown]
    assert after == gaps


def test_the_method_has_one_name_in_navigation_and_footer(mini_site: Built) -> None:
    found = 0
    for path in mini_site.files:
        if not path.endswith(".html") or path.startswith("embed/"):
            continue
        page = BeautifulSoup(mini_site.text(path), "html.parser")
        for holder in (page.find("header"), page.find("footer")):
            links = holder.find_all("a", href=re.compile("methodology/$")) if holder else []
            found += len(links)
            assert [link.get_text(strip=True) for link in links] in ([], ["Method"]), path
    assert found > 10
