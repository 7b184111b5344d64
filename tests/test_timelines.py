"""Time lines: which editions they join, what of them charts show, and what they don't."""

from __future__ import annotations

import doctest
import re
import shutil
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built import Built
from changing import AFTER, BEFORE, LAST, changed_site
from test_change_pages import column, figure, rounds, words
from test_changes import compared
from test_verify import faults, plant, swapped

from generator.catalogue import ENGLISH
from generator.charts import timeline as charts
from generator.charts.parts import Series
from generator.data.changes import edition_changes
from generator.data.compare import Comparison
from generator.data.timelines import Timeline, longest_timeline, timeline_through
from generator.settings import Classes, Words

WORDS = Words(area="place", areas="places")
EDITIONS = ("2020", "2021", "2024")
FIGURES = {
    "2020": {name: (float(at), None) for at, name in enumerate("abcdef")},
    "2021": {name: (at + 0.5, None) for at, name in enumerate("abcde")},
    "2024": {name: (at * 2.0, None) for at, name in enumerate("abcdef")},
}
"""Of ``f`` nothing is known in 2021."""


def joined(comparison: Comparison) -> list[str]:
    """The editions of the longest time line."""
    line = longest_timeline(edition_changes(comparison, Classes()), "overall")
    return [] if line is None else [m.edition.id for m in line.measures]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([[], "2020", "2021"], "2020 2021 2024"),
        ([[], "2020", ["2020", "2021"]], "2020 2021 2024"),
        ([[], [], "2020"], "2020 2024"),
        ([[], "2020", "2020"], "2020 2024"),  # of two that are as long the later
        ([[], [], []], ""),
    ],
)
def test_a_time_line_goes_by_comparable_editions_alone(stated: list, expected: str) -> None:
    assert " ".join(joined(compared(FIGURES, *stated))) == expected


def test_the_time_line_of_a_change_passes_both_its_editions() -> None:
    changes = edition_changes(compared(FIGURES, [], "2020", ["2020", "2021"]), Classes())
    for pair in changes:
        line = timeline_through(changes, pair.changes[0])
        assert [m.edition.id for m in line.measures] == list(EDITIONS)
    fork = edition_changes(compared(FIGURES, [], "2020", "2020"), Classes())
    ends = [timeline_through(fork, pair.changes[0]).measures[-1].edition.id for pair in fork]
    assert ends == ["2021", "2024"]


def test_figures_and_ranks_are_not_on_one_line() -> None:
    ranks = {name: (None, at + 1) for at, name in enumerate("abcdef")}
    comparison = compared({"2019": ranks, **FIGURES}, [], "2019", "2020", "2021", of=6)
    changes = edition_changes(comparison, Classes())
    assert [pair.changes[0].by_rank for pair in changes] == [True, False, False]
    assert joined(comparison) == list(EDITIONS)
    first = timeline_through(changes, changes[0].changes[0])
    assert first.by_rank
    assert first.values("b") == (2, 5)
    assert first.middle == ()


def line_of(comparison: Comparison) -> Timeline:
    line = longest_timeline(edition_changes(comparison, Classes()), "overall")
    assert line is not None
    return line


THREE = compared(FIGURES, [], "2020", "2021")


def test_the_middle_is_of_the_same_areas_in_all_editions() -> None:
    line = line_of(THREE)
    assert sorted(line.throughout) == list("abcde")
    assert [one.median for one in line.middle] == [2.0, 2.5, 4.0]
    assert [(one.low, one.high) for one in line.middle] == [(1.0, 3.0), (1.5, 3.5), (2.0, 6.0)]
    few = {edition: {n: known[n] for n in "abcd"} for edition, known in FIGURES.items()}
    assert line_of(compared(few, [], "2020", "2021")).middle == ()


def drawn(code: str | None = None, **more: object) -> ET.Element:
    chart = charts.timeline(ENGLISH, THREE, WORDS, line_of(THREE), code, **more)  # type: ignore[arg-type]
    return ET.fromstring(str(chart))  # noqa: S314 - made here


def strokes(tree: ET.Element, width: str) -> list[list[tuple[float, float]]]:
    """The lines of a width, each as its points."""
    (path,) = (p for p in tree.iter("path") if p.get("stroke-width") == width)
    return [
        [(float(x), float(y)) for x, y in (point.split() for point in part.split("L"))]
        for part in (path.get("d") or "").split("M")[1:]
    ]


def test_points_lie_where_years_and_figures_say() -> None:
    (points,) = strokes(drawn("e"), "3.5")
    (a, b, c), (x, y) = points, (0, 1)
    assert (b[x] - a[x]) / (c[x] - a[x]) == pytest.approx(1 / 4, abs=0.01)
    low, high = 1.0, 8.0  # the middle half and the area's own: 4, 4.5, 8
    for point, value in zip(points, (4, 4.5, 8), strict=True):
        assert point[y] == pytest.approx(220 * (high - value) / (high - low), abs=0.06)


def test_a_line_breaks_where_a_figure_is_missing() -> None:
    every = strokes(drawn(), "1")
    assert sorted(len(line) for line in every) == [3] * 5
    assert charts.timeline(ENGLISH, THREE, WORDS, line_of(THREE), "f") == ""
    gap = {**FIGURES, "2025": {"f": (1.0, None), "a": (1.0, None)}}
    line = line_of(compared(gap, [], "2020", "2021", "2024"))
    tree = ET.fromstring(  # noqa: S314 - made here
        str(charts.timeline(ENGLISH, THREE, WORDS, line, "f"))
    )
    assert [len(part) for part in strokes(tree, "3.5")] == [2]
    assert len([p for p in tree.iter("path") if "shape" in (p.get("class") or "")]) == 3
    assert tree.findtext("desc") == "f: 5.0 in 2020, 10.0 in 2024 and 1.0 in 2025."


def test_of_many_areas_only_those_that_are_marked_have_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charts, "MOST_LINES", 4)
    tree = drawn(marked=[Series("Largest rise", ("e",))], levels={"e": 6})
    assert len(strokes(tree, "1")) == 1
    shapes = [p.get("class") for p in tree.iter("path") if "shape" in (p.get("class") or "")]
    assert shapes == ["shape level-6"] * 3
    assert {t.text for t in tree.iter("text")} >= {
        "Median of the 5 places known in all editions", "The middle half of them", "Largest rise",
    }  # fmt: skip


def test_names_of_editions_never_lie_upon_one_another() -> None:
    editions = {f"{year}-{year + 1 - 2000}": FIGURES["2020"] for year in range(2005, 2025)}
    named = list(editions)
    line = line_of(compared(editions, [], *named[:-1]))
    tree = ET.fromstring(  # noqa: S314 - made here
        str(charts.timeline(ENGLISH, THREE, WORDS, line, "a"))
    )
    found = [t for t in tree.iter("text") if t.text in editions]
    assert [found[0].text, found[-1].text] == [named[0], named[-1]]
    at = [float((t.get("x") or "").rstrip("%")) for t in found]
    assert 2 < len(at) < len(editions)
    assert min(b - a for a, b in pairwise(at)) * 340 / 100 > 7 * 6.7
    own = [t for t in tree.iter("text") if t.get("class") == "halo"]
    assert [t.text for t in own] == ["0.0", "0.0"]  # its first and last figure alone


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(charts).attempted == 1


# -- Sites ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return changed_site(tmp_path_factory.mktemp("three"), last=True)


TABLES = {"2020": BEFORE, "2022": AFTER, "2026": LAST}


def test_every_page_of_change_has_all_editions_as_a_line(three: Built) -> None:
    for path in ("2020-2022", "2022-2026", "2020-2026/loss", "2020-2026/both"):
        page = BeautifulSoup(three.text(f"change/{path}/index.html"), "html.parser")
        chart = page.select_one("svg.timeline")
        assert chart is not None, path
        names = [words(text) for text in chart.select(".axis text[font-weight]")]
        assert names == list(TABLES) or path.endswith("both")
        title = words(page.select_one("figure:has(svg.timeline) figcaption"))
        assert title == chart["aria-label"]
        assert title.endswith(", 2020 to 2026")


@pytest.mark.parametrize("indicator", ["yield", "loss"])
def test_every_number_of_a_line_of_all_areas(three: Built, indicator: str) -> None:
    path = "" if indicator == "yield" else "loss/"
    page = BeautifulSoup(three.text(f"change/2020-2026/{path}index.html"), "html.parser")
    known = {edition: column(text, indicator) for edition, text in TABLES.items()}
    throughout = set.intersection(*(set(figures) for figures in known.values()))
    chart = page.select_one("svg.timeline")
    said = words(chart.select_one("desc"))
    medians = [
        sorted(figures[code] for code in throughout)[len(throughout) // 2]
        for figures in known.values()
    ]
    assert len(throughout) % 2
    stated = re.findall(r"(\S+) in (\d{4})", said.partition("Median: ")[2])
    assert [edition for _, edition in stated] == list(TABLES)
    assert all(rounds(text, median) for (text, _), median in zip(stated, medians, strict=True))
    keys = [words(text) for text in chart.select("g.key text")]
    assert keys[0] == f"Median of the {len(throughout)} parishes known in all editions"
    moved = {
        code: known["2026"][code] - known["2020"][code]
        for code in known["2026"].keys() & known["2020"].keys()
    }
    names = {a["href"]: words(a) for a in page.select("table a")}
    ranked = sorted(moved, key=lambda one: (-moved[one], one))
    ends = (ranked[0], ranked[-1])
    for key, link, code in zip(keys[2:], chart.select("a"), ends, strict=True):
        name = names[link["href"]]
        assert key.endswith(f", 2020 to 2026: {name}")
        own = words(link.select_one("title"))
        assert own.startswith(f"{name}: ")
        figures = re.findall(r"(\S+) in (\d{4})", own)
        assert [year for _, year in figures] == [y for y in TABLES if code in known[y]]
        assert all(rounds(text, known[year][code]) for text, year in figures)


def test_an_area_s_page_has_its_line_and_what_changed_in_all_indicators(three: Built) -> None:
    page = BeautifulSoup(three.text("parishes/dale/index.html"), "html.parser")
    chart = page.select_one("svg.timeline")
    assert [words(t) for t in chart.select("text.halo")] == ["−1.5", "−2.0", "−1.8"]
    (section,) = (s for s in page.select("section") if words(s.h2) == "Over time")
    said = [words(p) for p in section.select("p") if "What changed" in words(p)]
    assert len(said) == 2
    assert len({words(a) for a in section.select("p a")}) == 2, "links of one name lead elsewhere"
    rows = section.select("table.changed tbody tr")
    assert [words(row.a) for row in rows] == ["Loss", "Both"]
    assert [words(cell) for cell in rows[0].select("td")] == ["60 to 47", "−13"]
    assert rows[0].a["href"].endswith("change/2020-2026/loss/")
    assert figure(words(rows[0].select("td")[1])) == -13


def test_a_site_of_three_editions_has_no_faults(three: Built) -> None:
    assert faults(three.folder) == []


PAGE = "parishes/dale/index.html"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">60 to 47<", b">60 to 46<"),
        (b">60 to 47<", b">61 to 47<"),
        ('class="moved">−13<'.encode(), 'class="moved">−12<'.encode()),
        ('class="moved">−13<'.encode(), b'class="moved">13<'),
        (b'data-indicator="loss"', b'data-indicator="both"'),
    ],
)
def test_a_planted_change_of_an_area_is_found(
    three: Built, tmp_path: Path, old: bytes, new: bytes
) -> None:
    out = shutil.copytree(three.folder, tmp_path / "site")
    plant(out, PAGE, swapped(old, new))
    assert any("is not that of data/change-2020-2026.csv" in fault for fault in faults(out))
