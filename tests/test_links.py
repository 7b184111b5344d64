"""Internal links: whatever leads nowhere is found, whatever leads somewhere is not."""

from __future__ import annotations

import pytest

from generator.build.links import LinkCheck, broken_links, read_links
from generator.errors import OutputError

PAGES = {
    "index.html": '<a href="areas/">A</a> <p id="top"></p> <a href="#top">t</a>',
    "areas/index.html": '<a href="../">up</a> <b id="a">A</b>',
    "areas/x/index.html": "",
}
FILES = ["assets/style.css", "data/all.csv", "a b.html"]


def broken(page: str, html: str, root: str = "") -> list[str]:
    return [href for _, href in broken_links({**PAGES, page: html}, FILES, absolute_root=root)]


@pytest.mark.parametrize(
    ("page", "href"),
    [
        ("index.html", "areas/x/"),
        ("index.html", "./"),
        ("index.html", "areas/#a"),
        ("index.html", "assets/style.css"),
        ("index.html", "areas/?q=1"),
        ("index.html", "a%20b.html"),
        ("areas/x/index.html", "../"),
        ("areas/x/index.html", "../.."),
        ("areas/x/index.html", ".."),
        ("areas/x/index.html", "../../index.html"),
        ("areas/x/index.html", "../../areas/#a"),
        ("areas/x/index.html", "../../data/all.csv"),
        ("areas/x/index.html", ""),
        ("index.html", "https://elsewhere.example/gone"),
        ("index.html", "mailto:somebody@example.org"),
        ("index.html", "//elsewhere.example/"),
        ("index.html", "data:,x"),
    ],
)
def test_links_that_lead_somewhere(page: str, href: str) -> None:
    assert broken(page, f'<a href="{href}">x</a>') == []


@pytest.mark.parametrize(
    ("page", "href"),
    [
        ("index.html", "areas"),
        ("index.html", "gone/"),
        ("index.html", "areas/#gone"),
        ("index.html", "#gone"),
        ("index.html", "assets/"),
        ("areas/x/index.html", "../../../index.html"),
        ("areas/x/index.html", "x/"),
        ("areas/x/index.html", "../data/all.csv"),
        ("index.html", "?q=1#gone"),
    ],
)
def test_links_that_lead_nowhere(page: str, href: str) -> None:
    assert broken(page, f'<a href="{href}">x</a>') == [href]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="gone.png">',
        "<a href='gone.html'>x</a>",
        '<form action="gone/"></form>',
        '<html data-search="gone.json">',
        '<link rel="stylesheet" href="gone.css">',
        '<script src="gone.js"></script>',
        '<a\nhref="gone.html">x</a>',
    ],
)
def test_every_kind_of_link_is_looked_at(html: str) -> None:
    assert len(broken("index.html", html)) == 1


def test_escaped_ampersands_are_one_link() -> None:
    assert broken("index.html", '<a href="areas/?a=1&amp;b=2">x</a>') == []


@pytest.mark.parametrize("written", ["a &amp; b&#39;s.html", "a &#38; b&#x27;s.html"])
def test_links_are_read_as_browsers_read_them(written: str) -> None:
    pages = {"index.html": f'<a href="{written}">x</a>'}
    assert broken_links(pages, ["a & b's.html"]) == []


def test_links_from_the_root_are_looked_up_below_it() -> None:
    assert broken("404.html", '<a href="/repo/areas/">x</a>', "/repo/") == []
    assert broken("404.html", '<a href="/repo/">x</a>', "/repo/") == []
    assert broken("404.html", '<a href="/repo/gone/">x</a>', "/repo/") == ["/repo/gone/"]
    assert broken("404.html", '<a href="/areas/">x</a>', "/") == []


def test_a_page_s_own_fragment_is_its_own() -> None:
    """The same "#x" may lead somewhere on one page and nowhere on the next."""
    pages = {"a.html": '<a href="#x">x</a><p id="x">', "b.html": '<a href="#x">x</a>'}
    assert broken_links(pages, []) == [("b.html", "#x")]


def test_pages_of_one_folder_are_told_apart() -> None:
    pages = {"a/index.html": '<a href="x.html">x</a>', "b/index.html": '<a href="x.html">x</a>'}
    assert broken_links(pages, ["a/x.html"]) == [("b/index.html", "x.html")]


def checked(pages: dict[str, str]) -> LinkCheck:
    check = LinkCheck()
    for path, html in pages.items():
        check.add(read_links(path, html))
    return check


def test_the_build_stops_and_names_the_first_few() -> None:
    html = "".join(f'<a href="gone-{n}/">x</a>' for n in range(14))
    with pytest.raises(OutputError, match="14 internal links lead nowhere") as caught:
        checked({"index.html": html}).need_whole([])
    assert "index.html: gone-0/" in caught.value.message
    assert "… and 4 more" in caught.value.message
    checked(PAGES).need_whole(FILES)


def test_links_of_many_pages_to_one_place_take_no_more_memory() -> None:
    pages = {f"{n}.html": '<a href="gone/">x</a>' for n in range(1000)}
    broken = broken_links(pages, [])
    assert broken[:2] == [("0.html", "gone/"), ("1.html", "gone/")]
    assert len(broken) == 20
