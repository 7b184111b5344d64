"""Pages of areas, counted again."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from both_ways import (
    EDITIONS,
    INDICATORS,
    NEIGHBOURS,
    REGION,
)
from bs4 import Tag
from counted import CODES, Given, Page, number, words
from recount import decimal, nth


def same_ends(given: Given, edition: str, code: str, text: str) -> None:
    """What a sentence calls an area in an edition is what it is."""
    spot = given.spot(edition, given.main, code)
    of, rank = given.of(edition, given.main), given.rank(edition, given.main, code)
    values = given.values(edition, given.main)
    neutral = INDICATORS[given.main][0] == "neutral"
    said = {
        "the best rank": not neutral and rank == 1,
        "the last rank": not neutral and rank == of,
        "in the best 20%": spot == "hotspot" and rank > 1,
        "in the worst 20%": spot == "coldspot" and rank < of,
        "neither hotspots nor coldspots": not spot and not neutral,
        "the highest value": neutral and values[code] == max(values.values()),
        "the lowest value": neutral and values[code] == min(values.values()),
    }
    assert {phrase: phrase in text for phrase in said} == said, text


def area_sentence(given: Given, code: str, text: str) -> None:
    """The sentence of an area: every clause that it may have, and no other figure."""
    known = [edition for edition in EDITIONS if code in given.values(edition, given.main)]
    first = re.match(r"(Place \w) ranks ([\w ]+ of \d+) in (\d{4})( and 2021)?", text)
    assert first, text
    assert CODES[first[1]] == code
    assert first[3] == known[0]
    for edition in [first[3], *(["2021"] if first[4] else [])]:
        of = given.of(edition, given.main)
        assert first[2] == f"{given.place(edition, given.main, code)} of {of}"
    same_ends(given, known[0], code, text)
    rest = text.replace(first[0], "").replace("20%", "").replace("of all areas", "")
    for found in re.finditer(r"and ((?:joint )?\d+\w\w) in 2021", rest):
        assert found[1] == given.place("2021", given.main, code)
    for found in re.finditer(r"(\d+\w\w of \d+) in (\w+lands)", rest):
        assert found[2] == REGION[code]
        assert found[1] == given.within(found[2], known[0], given.main, code)
    for found in re.finditer(r"is the only (\w+) of (\w+) in 2021", rest):
        assert found[2] == REGION[code]
        assert given.spot("2021", given.main, code) == found[1]
        assert given.spots(found[2], "2021", given.main, found[1])[0] == 1
    if "the rank of 2020 is not known" in rest:
        assert known == ["2021"]
    rest = re.sub(
        r"and (joint )?\d+\w\w in 2021|\d+\w\w of \d+ in \w+lands|only \w+ of \w+ in 2021|"
        r"the rank of 2020", "", rest,
    )  # fmt: skip
    assert not re.search(r"\d", rest), text


def headline_of(page: Page, code: str) -> Callable[[Tag], None]:
    def check(node: Tag) -> None:
        given, edition = page.given, words(node.dt)
        place = given.place(edition, given.main, code)
        of = given.of(edition, given.main)
        if place == "not ranked":
            assert words(node.dd) == "Not ranked"
            return
        label, figure = (
            given.label(edition, given.main, code),
            given.figure(edition, given.main, code),
        )
        wanted = f"{place[0].upper()}{place[1:]} of {of} {label} {figure} min"
        assert words(node.dd) == wanted
        assert given.level(edition, given.main, code) in node.select_one(".swatch")["class"]

    return check


def profile_of(page: Page, code: str) -> Callable[[Tag], None]:
    def check(node: Tag) -> None:
        given = page.given
        found = re.fullmatch(r"(\S+) \(min\) (\d{4})", words(node.th))
        assert found, f"the edition is not named: {words(node)}"
        id_, edition = found[1].lower(), found[2]
        value, line, rank, label = node.select("td")
        place = f"{given.place(edition, id_, code)} of {given.of(edition, id_)}"
        assert words(value) == given.figure(edition, id_, code)
        assert words(rank) == place[0].upper() + place[1:]
        assert words(label) == given.label(edition, id_, code)
        assert given.level(edition, id_, code) in label["class"]
        drawn = " ".join(line.svg["aria-label"].split())
        assert drawn == given.stated(edition, id_, code)
        assert given.level(edition, id_, code) in line.select_one("path.shape")["class"]

    return check


def over_time(page: Page, code: str) -> Callable[[Tag], None]:
    def check(node: Tag) -> None:
        given, text = page.given, words(node)
        before, after = (given.values(edition, given.main).get(code) for edition in EDITIONS)
        if not text.startswith(given.main.title()):
            assert text == page.moved(code)
            return
        assert before is not None
        assert after is not None
        step = after - before
        way = "rise" if step > 0 else "fall"
        assert text.startswith(
            f"{given.main.title()} (min): from {decimal(before)} in 2020 to {decimal(after)} in "
            f"2021, a {way} of {decimal(abs(step))}."
            if step
            else f"{given.main.title()} (min): {decimal(before)} in 2020 and in 2021"
        ), text

    return check


def cluster(page: Page) -> Callable[[Tag], None]:
    """``Place H: a low value among high ones (local Moran's I −1.17, p = 0.022); …``"""

    def check(node: Tag) -> None:
        values = page.given.values("2020", page.given.main)
        found = re.fullmatch(
            r"(Place \w): a (high|low) value among (high|low) ones \(local Moran's I "
            r"([−\d.]+), p = 0\.\d+\); with (\d+) areas tested, some such patterns are chance\. "
            r"What that means",
            words(node),
        )
        assert found, words(node)
        away = {c: (v - np.mean(list(values.values()))) for c, v in values.items()}
        spread = np.std(list(values.values()), ddof=1)
        around = np.mean([away[c] for c in NEIGHBOURS[CODES[found[1]]] if c in away])
        own = away[CODES[found[1]]]
        assert found[1] == page.name
        assert [found[2], found[3]] == ["high" if v > 0 else "low" for v in (own, around)]
        assert abs(number(found[4]) - own * around / spread**2) <= 0.00501
        assert int(found[5]) == len(values)

    return check


def check_area(page: Page) -> None:
    given, code = page.given, CODES[page.name]
    known = code in given.values("2020", given.main)
    stated = f", {given.place('2020', given.main, code)} of {given.of('2020', given.main)}" * known
    assert page.title == f"{page.name}{stated} | Both ways"
    area_sentence(given, code, page.about)
    assert page.take("p.lede", lambda node: area_sentence(given, code, words(node))) == 1
    assert page.take("dl.headline > div", headline_of(page, code)) == (
        1 + (code in given.values("2021", given.main))
    )

    def within(node: Tag) -> None:
        kind, edition = words(node.dt).split(", ")
        assert kind == "Region"
        place = given.within(REGION[code], edition, given.main, code)
        assert words(node.dd).lower() == f"{place} {REGION[code]}".lower()

    ranks = page.take("dl.ranks > div", within)
    assert ranks == sum(code in given.values(edition, given.main) for edition in EDITIONS)
    rows = page.take("table.profile tbody tr", profile_of(page, code))
    others = [id_ for id_ in INDICATORS if id_ != given.main]
    assert rows == sum(code in given.values(e, id_) for id_ in others for e in EDITIONS)
    values = given.values("2020", given.main)
    for section in page.main.select("section:has(> h2)"):
        listed = [row["data-code"] for row in section.select("tr[data-code]")]
        if words(section.h2) == "Neighbours":
            assert sorted(listed) == sorted(NEIGHBOURS[code])
        if words(section.h2) == "Similar places":
            away = sorted(round(abs(v - values[code]), 6) for c, v in values.items() if c != code)
            assert [round(abs(values[c] - values[code]), 6) for c in listed] == away[: len(listed)]
    page.everywhere()
    for section in page.main.select("section:has(> h2)"):
        if words(section.h2) == "Over time":
            for node in section.select(".body > p"):
                over_time(page, code)(node)
            section.decompose()

    def turn(node: Tag) -> None:
        name, rank = re.sub(r"[←→]", "", words(node)).strip().split(" ranks ")
        there = given.rank("2020", given.main, CODES[name])
        assert rank.removeprefix("joint ") == nth(there)
        before = "←" in words(node)
        own = given.rank("2020", given.main, code)
        assert there <= own if before else there >= own

    page.take("nav.turn a", turn)
    page.take("p.quiet:-soup-contains('local Moran')", cluster(page))

    def cite(node: Tag) -> None:
        assert words(node) == f"To cite this page: {page.title}. Figures: 2020; 2021."

    assert page.take("p.cite", cite) == 1
