"""Every sentence, legend and figure of a site, for every direction and sign, counted again.

Three small atlases of nine indicators each are built: lower, higher and neutral, with values
above nought, below it, and on both sides.  Each part of each page is compared with what plain
counting makes of the tables, and taken away.  What is left over may hold no figure and none of
the words that judge.  Pages of change are counted again in `test_change_pages`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from both_ways import (
    AREAS,
    EDITIONS,
    INDICATORS,
    REGION,
    REGIONS,
    SHARE,
    draw,
    settings_file,
)
from bs4 import BeautifulSoup, Tag
from built import Built, build_site
from counted import CODES, Given, Page, number, words
from counted_areas import check_area
from scipy.stats import pearsonr, spearmanr
from test_change_pages import check as check_change


def group_sentence(given: Given, region: str, text: str) -> None:
    """``Uplands in 2020: 2 of 8 areas are hotspots (25%), and no coldspots. …``"""
    said = re.split(r"(?<=\.) (?=\w+ in 20)", text)
    assert len(said) == len(EDITIONS), text
    for edition, sentence in zip(EDITIONS, said, strict=True):
        assert sentence.startswith(f"{region} in {edition}: ")
        rest = sentence.split(": ", 1)[1]
        members = given.members(region, edition, given.main)
        ordered = sorted(members, key=lambda code: given.rank(edition, given.main, code))
        if INDICATORS[given.main][0] == "neutral":
            ends = []
            for code in (ordered[0], ordered[-1]):
                found = re.search(rf"{AREAS[code]} \(([\w ]+ of \d+)\)", rest)
                assert found, text
                place = given.place(edition, given.main, code)
                assert found[1] == f"{place} of {given.of(edition, given.main)}"
                ends.append(f"{AREAS[code]} ({found[1]})")
            assert rest == f"the highest is {ends[0]}, the lowest {ends[1]}."
            continue
        counts = {"hotspot": 0, "coldspot": 0}
        for count, kind in re.findall(
            r"(\d+|no)(?: of \d+ areas)?(?: are)? (hotspot|coldspot)", rest
        ):
            counts[kind] = 0 if count == "no" else int(count)
        assert counts == {
            kind: given.spots(region, edition, given.main, kind)[0] for kind in counts
        }, text
        for of in re.findall(r"of (\d+) areas|among (\d+) areas", rest):
            assert int(of[0] or of[1]) == len(members)
        if found := re.search(r"\((\d+)%", rest):
            assert int(found[1]) == int(100 * max(counts.values()) / len(members) + 0.5)
        for name in re.findall(r"Place \w", rest):
            spot = given.spot(edition, given.main, CODES[name])
            assert spot
            assert counts[spot] == 1
            assert CODES[name] in members


def share_of(given: Given, region: str, edition: str, id_: str, kind: str) -> str:
    count, of = given.spots(region, edition, id_, kind)
    return f"{count} of {of}, {int(100 * count / of + 0.5)}%"


def median_rank(given: Given, region: str, edition: str, id_: str) -> float:
    return median(given.rank(edition, id_, c) for c in given.members(region, edition, id_))


def card_figures(page: Page, region: str) -> Callable[[Tag], None]:
    def check(node: Tag) -> None:
        given, (edition, text) = page.given, words(node).split(" ", 1)
        hot, cold = (
            share_of(given, region, edition, given.main, k) for k in ("hotspot", "coldspot")
        )
        assert text == f"Hotspots: {hot}. Coldspots: {cold}."

    return check


def check_group(page: Page) -> None:
    given, region = page.given, page.name
    group_sentence(given, region, page.about)
    page.take("p.lede", lambda node: group_sentence(given, region, words(node)))
    lists = page.main.select("dl.figures")
    assert len(lists) == len(EDITIONS)
    for edition, node in zip(EDITIONS, lists, strict=True):
        said = {words(one.dt): words(one.dd) for one in node.select("div")}
        assert float(said.pop("Median rank")) == median_rank(given, region, edition, given.main)
        if INDICATORS[given.main][0] == "neutral":
            assert not said
        else:
            assert said == {
                f"{kind.capitalize()}s": share_of(given, region, edition, given.main, kind)
                for kind in ("hotspot", "coldspot")
            }
        node.decompose()
    page.everywhere()

    def known(node: Tag) -> None:
        count, of = re.findall(r"\d+", words(node))
        assert of == str(sum(REGION[code] == region for code in AREAS))
        edition = words(node.find_previous("h2"))
        assert count == str(len(given.members(region, edition, given.main)))

    page.take("p:-soup-contains(' areas known.')", known)
    page.take("p.cite", lambda node: None)


def check_groups(page: Page) -> None:
    for region in REGIONS:
        card = next(c for c in page.main.select(".card") if words(c.find(["h2", "h3"])) == region)
        found = card.select(".card-figures")
        judged = INDICATORS[page.given.main][0] != "neutral"
        assert len(found) == len(EDITIONS) * judged
        for node in found:
            card_figures(page, region)(node)
            node.decompose()
    page.take("p.lede", lambda node: None if page.path == "index.html" else _three(node))


def _three(node: Tag) -> None:
    assert words(node) == "3 regions: Lowlands, Midlands and Uplands."


def check_home(page: Page) -> None:
    given = page.given
    values = given.values("2020", given.main)
    order = sorted(values, key=lambda code: given.rank("2020", given.main, code))
    assert page.about == f"{given.main.title()}, 2020: {len(values)} areas, ranked and mapped."
    assert words(page.main.select_one("p.lede")) == page.about
    neutral = INDICATORS[given.main][0] == "neutral"
    hot = {r: given.spots(r, "2020", given.main, "hotspot")[0] for r in REGIONS}
    if found := re.fullmatch(r"(\d+) of the (\d+) hotspots of 2020 are in (\w+)", page.name):
        assert not neutral
        assert (int(found[1]), int(found[2])) == (hot[found[3]], sum(hot.values()))
        assert list(hot.values()).count(max(hot.values())) == 1
        assert hot[found[3]] == max(hot.values())
    else:
        first = AREAS[order[0]]
        said = re.fullmatch(r"(Place \w) (?:ranks|has the rank) .*", page.name)
        assert said, page.name
        assert said[1] == first
        assert str(len(values)) in page.name
    page.main.h1.decompose()

    def ranked(node: Tag) -> None:
        code = node["data-code"]
        spot = given.spot("2020", given.main, code)
        tail = f" , {spot}" if spot else ""
        assert words(node).replace(" ,", ",") == (
            f"{given.rank('2020', given.main, code)} {AREAS[code]}{tail}".replace(" ,", ",")
        )
        assert given.level("2020", given.main, code) in node.select_one(".swatch")["class"]

    assert page.take("li[data-code]", ranked) == len(values)
    check_groups(page)
    page.everywhere()


def check_indicator(page: Page) -> None:
    given, id_ = page.given, page.id
    better = INDICATORS[id_][0]
    said = {
        "lower": "Lower values are better: they have the first ranks.",
        "higher": "Higher values are better: they have the first ranks.",
        "neutral": "Neither high nor low values are better; ranks run from the highest to the "
        "lowest.",
    }
    stated = [words(node) for node in page.main.select("p") if "values are better" in words(node)]
    assert stated == [said[better]]
    of = given.of("2020", id_)
    assert page.about == (f"{page.name} (min) of {of} areas: map, ranking, distribution, download.")
    for node in page.main.select("p"):
        if words(node) == said[better]:
            node.decompose()
    ends = page.main.select("table.areas-table")
    ordered = sorted(given.values("2020", id_), key=lambda code: given.rank("2020", id_, code))
    for table, wanted in zip(ends, (ordered[:10], ordered[-10:]), strict=True):
        listed = [row["data-code"] for row in table.select("tr[data-code]")]
        assert [given.rank("2020", id_, c) for c in listed] == [
            given.rank("2020", id_, c) for c in wanted
        ]
    page.everywhere()

    def by_group(node: Tag) -> None:
        region, middle, *shares = (words(cell) for cell in node.select("th, td"))
        assert float(middle) == median_rank(given, region, "2020", id_)
        kinds = () if better == "neutral" else ("hotspot", "coldspot")
        assert shares == [share_of(given, region, "2020", id_, kind) for kind in kinds]

    assert page.take("table.by-group tbody tr", by_group) == len(REGIONS)

    def related(node: Tag) -> None:
        name, said, areas = (words(cell) for cell in node.select("th, td"))
        _correlated(given, id_, name.lower(), said, areas, spearmanr)

    assert page.take("table.relations tbody tr", related) >= 5
    page.take("table.by-group, table.relations caption, p.cite", lambda node: None)
    page.take("h3", lambda node: None)
    page.take("svg.scatter", lambda node: scatter_of(page, node))


def scatter_of(page: Page, node: Tag) -> None:
    """Dots: 22. Rank correlation: −0.13."""
    across, up = (one.lower() for one in node["aria-label"].split(" and "))
    found = re.fullmatch(r"Dots: (\d+)\. Rank correlation: ([+−.\d]+)\.", words(node.desc))
    assert found
    _correlated(page.given, across, up, found[2], found[1], spearmanr)
    for title in node.select("circle title, a title"):
        name, said = words(title).split(": ")
        code = CODES[name]
        figures = [page.given.figure("2020", one, code) for one in (across, up)]
        assert said == f"{across.title()} {figures[0]}, {up.title()} {figures[1]}"


def _correlated(
    given: Given,
    one: str,
    other: str,
    said: str,
    areas: str,
    how: Callable[..., tuple[float, float]],
) -> None:
    first, second = given.values("2020", one), given.values("2020", other)
    both = sorted(first.keys() & second.keys())
    assert int(areas) == len(both)
    wanted = how([first[c] for c in both], [second[c] for c in both])[0]
    assert abs(number(said.replace("+", "")) - wanted) <= 0.00501, (one, other)


def check_scatter(page: Page) -> None:
    page.take("svg.scatter", lambda node: scatter_of(page, node))
    (node,) = [n for n in page.main.select("p") if "Pearson" in words(n)]
    found = re.fullmatch(
        r"Rank correlation \(Spearman\): (\S+) ?\. Correlation of the values \(Pearson\): "
        r"(\S+) ?\. Areas with both: (\d+) ?; without one of them: (\d+) ?\.", words(node),
    )  # fmt: skip
    assert found, words(node)
    one, other = [page.given.main, next(i for i in INDICATORS if i != page.given.main)]
    _correlated(page.given, one, other, found[1], found[3], spearmanr)
    _correlated(page.given, one, other, found[2], found[3], pearsonr)
    assert int(found[3]) + int(found[4]) == len(AREAS)
    node.decompose()


def check_areas(page: Page) -> None:
    assert words(page.main.select_one("p.lede")) == (
        f"{len(AREAS)} areas, {page.given.of('2020', page.given.main)} of them ranked."
    )
    assert len(page.main.select("table tr[data-code]")) == len(AREAS)
    page.main.select_one("p.lede").decompose()
    for node in page.main.select("table"):
        page.table(node)
        node.decompose()


def check_embed(page: Page) -> None:
    given, text = page.given, page.name
    if "regions" in page.path:
        region = text.split(" ")[0]
        counts = {k: given.spots(region, "2020", given.main, k)[0] for k in ("hotspot", "coldspot")}
        if INDICATORS[given.main][0] == "neutral":
            assert "spot" not in text
        else:
            said = dict.fromkeys(counts, 0)
            for count, kind in re.findall(r"(\d+|no) (hotspot|coldspot)", text):
                said[kind] = 0 if count == "no" else int(count)
            assert said == counts, text
    elif "map" in page.path:
        assert text == f"All areas {given.of('2020', given.main)} areas, 2020"
    else:
        code = CODES[text[:7]]
        known = code in given.values("2020", given.main)
        of = f" of {given.of('2020', given.main)}" if known else ""
        assert text == f"{AREAS[code]} {given.place('2020', given.main, code)}{of}, 2020"
    page.main.h1.decompose()
    page.take("ul li, ol li", lambda node: None)
    page.everywhere()


def check_method(page: Page) -> None:
    """What is said of ranks, of spots, of classes and of who is missing."""
    given = page.given
    text = words(page.main)
    for id_, (better, _) in INDICATORS.items():
        (term,) = [n for n in page.main.select("dt") if words(n) == f"{id_.title()} (min)"]
        said = words(term.find_next_sibling("dd"))
        start = {"lower": "Lower", "higher": "Higher", "neutral": "Neither"}[better]
        assert said.startswith(start)
    of = given.of("2020", given.main)
    share = math.ceil(of * SHARE)
    spots = (
        f"Of the {of} ranked areas the best 20% are hotspots (rank 1 to {share}) and the worst "
        f"20% are coldspots (rank {of - share + 1} to {of})."
    )
    assert (spots in text) == (INDICATORS[given.main][0] != "neutral")
    if INDICATORS[given.main][0] == "neutral":
        assert not re.search(r"\b(hot|cold)spots?\b|\bbest 20|\bworst\b", text)
    page.take("table.legend", page.legend)
    missing = {c for c in AREAS if c not in given.values("2020", given.main)}
    assert {c for c in AREAS if f"({c})" in text} == missing


def check_data(page: Page) -> None:
    text = words(page.main)
    for edition in EDITIONS:
        of = page.given.of(edition, page.given.main)
        assert f"One row for each of {len(AREAS)} areas; {of} have a rank." in text
    assert "1 is the best, or the highest where neither end is better" in text
    assert "1 is the worst, or the lowest where neither end is better" in text


def check_compare(page: Page) -> None:
    given = page.given
    values = given.values("2020", given.main)
    (node,) = [n for n in page.main.select("p.quiet") if "For example" in words(n)]
    first, last = re.findall(r"Place \w", words(node))
    of = len(values)
    assert given.rank("2020", given.main, CODES[first]) == 1
    ranks = [given.rank("2020", given.main, code) for code in values]
    assert given.rank("2020", given.main, CODES[last]) == max(ranks) <= of
    assert words(node).endswith("the first and the last.")
    node.decompose()


KINDS: tuple[tuple[str, Callable[[Page], None], bool], ...] = (
    (r"index\.html", check_home, True),
    (r"areas/index\.html", check_areas, True),
    (r"areas/[^/]+/index\.html", check_area, True),
    (r"regions/index\.html", check_groups, True),
    (r"regions/[^/]+/index\.html", check_group, True),
    (r"indicators/[^/]+/index\.html", check_indicator, True),
    (r"embed/.+/index\.html", check_embed, True),
    (r"scatter/index\.html", check_scatter, True),
    (r"compare/index\.html", check_compare, True),
    (r"methodology/index\.html", check_method, False),
    (r"data/index\.html", check_data, False),
)
"""Pages, how they are counted again, and whether nothing may be left over afterwards."""
ELSEWHERE = r"change/.*|code/.*|explore/.*|indicators/index\.html|embed/index\.html|404\.html"


@pytest.fixture(
    scope="module",
    params=[("lower-mixed", 0), ("higher-minus", 1), ("neutral-mixed", 2)],
    ids=lambda one: one[0],
)
def atlas(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Given, Built]:
    main, seed = request.param
    folder: Path = tmp_path_factory.mktemp("both")
    tables = draw(seed)
    config = settings_file(folder / "atlas", tables, main)
    return Given(tables, main), build_site(config, folder / "site", boundaries="auto", jobs=1)


@pytest.mark.slow
def test_every_sentence_and_legend_of_every_page(atlas: tuple[Given, Built]) -> None:
    given, built = atlas
    seen = dict.fromkeys((pattern for pattern, _, _ in KINDS), 0)
    for path in (path for path in built.files if path.endswith(".html")):
        for pattern, check, whole in KINDS:
            if re.fullmatch(pattern, path) and not re.fullmatch(ELSEWHERE, path):
                page = Page(given, built, path)
                try:
                    check(page)
                except (AssertionError, KeyError, ValueError) as error:
                    raise AssertionError(f"{path}: {error}") from error
                if whole:
                    page.nothing_left()
                seen[pattern] += 1
                break
        else:
            assert re.fullmatch(ELSEWHERE, path), f"nobody counts {path} again"
    assert all(seen.values()), seen


@pytest.mark.slow
def test_pages_of_change_in_every_direction_and_sign(atlas: tuple[Given, Built]) -> None:
    from decimal import Decimal

    given, built = atlas
    for id_, (better, _) in INDICATORS.items():
        before, after = (
            {code: Decimal(str(value)) for code, value in given.values(edition, id_).items()}
            for edition in EDITIONS
        )
        path = f"change/2020-2021/{'' if id_ == given.main else f'{id_}/'}index.html"
        page = BeautifulSoup(built.text(path), "html.parser")
        check_change(page, before, after, AREAS, lower=better == "lower")
