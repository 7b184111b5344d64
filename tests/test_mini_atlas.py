"""The whole way from tables to pages, on an invented country small enough to read.

What it gives stands in ``mini/golden``: the text and links of its pages, its data files, and
the list of all files.  ``pytest --update-goldens`` writes it anew; read the diff.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import re
from pathlib import Path

import pytest
from built import MINI, Built, build_site
from openpyxl import Workbook
from reading import PageText, read_page, steady

from generator.build.manifest import MANIFEST
from generator.data.compare import Comparison
from generator.errors import AtlasError

GOLDEN = MINI / "golden"
BOLD = '<b>Bold & "Sons"</b>'
PAGES = [
    "index.html",
    "404.html",
    "data/index.html",
    "methodology/index.html",
    "parishes/index.html",
    "parishes/b-bold-and-sons-b/index.html",
    "parishes/kings-lynn-and-west-norfolk/index.html",
    "parishes/castle/index.html",
    "parishes/far-end/index.html",
    "parishes/ynys-mon/index.html",
    "parishes/moor/index.html",
    "shires/index.html",
    "shires/east/index.html",
    "shires/north-and-west/index.html",
    "code/E07000902/index.html",
    "code/E06000991/index.html",
]
DATA = [
    "assets/values/2020-yield.json",
    "assets/values/2021-yield.json",
    "assets/names.json",
    "assets/search.json",
    "data/2020.csv",
    "data/2021.csv",
    "data/all.csv",
    "parishes/b-bold-and-sons-b/data.json",
    "sitemap.xml",
    "robots.txt",
]


def page(built: Built, path: str) -> PageText:
    return read_page(built.text(path))


def digest_of_page(html: str) -> str:
    """What a reader gets of a page: its title, its text with links, its map's titles."""
    found = read_page(html)
    titles = re.findall(r'<a href="([^"]*)" data-code="(\w+)"[^>]*><title>([^<]*)</title>', html)
    text = steady(
        "\n".join(
            [f"title: {found.title}", "", *found.lines]
            + (["", "map:"] if titles else [])
            + [f"{code} {href} {title}" for href, code, title in titles]
        )
        + "\n"
    )
    # How large these are is for the libraries to say that write them, and their versions.
    return re.sub(r"(\.(?:parquet|xlsx)\)\n.*\n)\d+ KB", r"\1… KB", text)


def current(built: Built) -> dict[str, str]:
    by_steady_name = {steady(path): path for path in built.files}
    files = sorted(by_steady_name.keys() - {MANIFEST})
    found = {"files.txt": "\n".join(files) + "\n"}
    for path in PAGES:
        found[f"{path}.txt"] = digest_of_page(built.text(path))
    for path in DATA:
        text = built.text(by_steady_name[path])
        if path.endswith(".json"):
            text = json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"
        found[f"{path}.txt"] = steady(text)
    return found


def test_the_mini_atlas_is_as_it_was(mini_site: Built, request: pytest.FixtureRequest) -> None:
    now = current(mini_site)
    if request.config.getoption("--update-goldens"):
        for old in GOLDEN.rglob("*.txt"):
            old.unlink()
        for path, text in now.items():
            (GOLDEN / path).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / path).write_text(text, encoding="utf-8")
    golden = {
        path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8")
        for path in GOLDEN.rglob("*.txt")
    }
    assert sorted(golden) == sorted(now), "a golden file is missing, or one too many"
    changed = [path for path in now if now[path] != golden[path]]
    shown = "\n".join(
        line
        for path in changed
        for line in difflib.unified_diff(
            golden[path].splitlines(), now[path].splitlines(), path, "now", lineterm="", n=1
        )
    )
    assert not changed, f"if this is meant: pytest --update-goldens\n{shown[:6000]}"


# -- The data -----------------------------------------------------------------------------


def comparison_of(config: Path, boundaries: str = "auto") -> Comparison:
    from generator.build import site
    from generator.report import BufferReport
    from generator.settings import read_settings

    options = site.Options(out=config.parent / "site", boundaries=boundaries)
    return site.check(read_settings(config), options, BufferReport())


def test_ranks_ties_missing_and_absent(mini: Path) -> None:
    comparison = comparison_of(mini)
    main = comparison.main
    named = {comparison.areas[c].name: p for c, p in main.positions.items()}
    assert {n: p.rank for n, p in named.items()} == {
        "Moor": 1, BOLD: 2, "Abbey": 3, "King's Lynn and West Norfolk": 3, "Ynys Môn": 5, "Dale": 6,
    }  # fmt: skip
    assert [n for n, p in named.items() if p.tied] == ["King's Lynn and West Norfolk", "Abbey"]
    assert named["Dale"].score == -1.5
    assert named["Moor"].score == 1234.5
    assert {n: p.spot for n, p in named.items() if p.spot} == {
        "Moor": "hot", BOLD: "hot", "Ynys Môn": "cold", "Dale": "cold",
    }  # fmt: skip
    assert "E07000903" not in main.positions, "a missing score is no score"
    assert main.absent == {"E07000906": "Far End was <too far> & away."}
    assert comparison.borders
    names = {comparison.areas[c].name for c in comparison.neighbours["E07000146"]}
    assert names == {"Abbey", BOLD}, "a corner is no border"
    assert comparison.neighbours["W06000001"] == (), "an island has no neighbour"
    assert comparison.measure("2021", "yield").positions["E07000905"].remarks == (  # type: ignore[union-attr]
        ("As printed", "22"),
    )


def test_downloads_agree_with_the_comparison(mini_site: Built, mini: Path) -> None:
    comparison = comparison_of(mini)
    rows = list(csv.DictReader(io.StringIO(mini_site.text("data/all.csv"))))
    assert len(rows) == 8 * 2
    for row in rows:
        measure = comparison.measure(row["edition"], row["indicator"])
        assert measure is not None
        position = measure.positions.get(row["code"])
        assert row["name"] == comparison.areas[row["code"]].name
        assert row["rank"] == (str(position.rank) if position else "")
        assert row["score"] == (
            "" if position is None or position.score is None else str(position.score)
        )
        assert row["of"] == str(measure.of)


def test_the_island_is_in_the_downloads(mini_site: Built) -> None:
    data = json.loads(mini_site.text("data/geography.geojson"))
    shapes = {f["properties"]["code"]: f["geometry"] for f in data["features"]}
    assert len(shapes) == 8
    assert shapes["W06000001"]["type"] == "MultiPolygon"
    assert len(shapes["W06000001"]["coordinates"]) == 2


# -- Names that are HTML ------------------------------------------------------------------


def html_files(built: Built) -> list[str]:
    return [path for path in built.files if path.endswith(".html")]


def test_no_text_becomes_an_element(mini_site: Built) -> None:
    """Names, titles, notes, sources and reasons hold "<...>": none may reach the page as a tag."""
    own = {"most", "b", "t", "atlas", "reaper", "easy", "tags", "nothing", "too", "some", "gazette",
           "best", "briefing", "moor", "weighed", "2020"}  # fmt: skip
    for path in html_files(mini_site):
        found = page(mini_site, path)
        assert {tag for tag, _ in found.elements} & own == set(), path


def test_every_text_with_brackets_is_shown_as_it_is(mini_site: Built) -> None:
    front = page(mini_site, "index.html").text
    for text in ("Mini <Atlas> & Co", "Which parish reaps <most> & best?", BOLD,
                 'An atlas for tests, with "quotes" & <tags>.'):  # fmt: skip
        assert text in front, text
    own = page(mini_site, "parishes/b-bold-and-sons-b/index.html")
    assert own.title == f"{BOLD}, 2nd of 6 | Mini <Atlas> & Co"
    assert BOLD in own.text
    assert 'North & "West"' in own.text
    assert "The <Reaper> & Sons" in own.text
    assert "Far End was <too far> & away." in page(mini_site, "parishes/far-end/index.html").text
    assert "Greater <Moor>" in page(mini_site, "parishes/moor/index.html").text
    assert BOLD in page(mini_site, "code/E07000902/index.html").text


def test_json_beside_pages_holds_names_as_they_are(mini_site: Built) -> None:
    data = json.loads(mini_site.text("parishes/b-bold-and-sons-b/data.json"))
    assert data["name"] == BOLD
    for path in mini_site.files:
        if path.endswith((".json", ".geojson")):
            json.loads(mini_site.text(path))
    search = next(p for p in mini_site.files if p.startswith("assets/search.") and "json" in p)
    assert BOLD in [entry[0] for entry in json.loads(mini_site.text(search))]


def test_data_blocks_can_not_end_their_element(mini_site: Built) -> None:
    for path in html_files(mini_site):
        for block in page(mini_site, path).scripts:
            if block.strip():
                assert "<" not in block
                json.loads(block)
    ld = page(mini_site, "parishes/b-bold-and-sons-b/index.html").scripts
    assert any(BOLD in json.dumps(json.loads(b), ensure_ascii=False).replace('\\"', '"')
               for b in ld if b.strip())  # fmt: skip


def test_the_map_s_script_holds_no_bracket(mini_site: Built) -> None:
    for path in mini_site.files:
        if path.startswith("assets/page-map"):
            assert "<" not in mini_site.text(path)


# -- Less and other settings ---------------------------------------------------------------


def least(folder: Path, table: str, *, more: str = "", name: str = "scores.csv") -> Path:
    """An atlas of a title and a table, beside the mini atlas's boundaries."""
    (folder / "atlas.toml").write_text(
        f'[atlas]\ntitle = "Tiny"\n[geography]\n[tiles]\nenabled = false\n'
        f'[[edition]]\nid = "2020"\ntable = "{name}"\n{more}',
        encoding="utf-8",
    )
    if table:
        (folder / name).write_text(table, encoding="utf-8")
    return folder / "atlas.toml"


SCORES = (
    "area,level\n" + '"<b>Bold & ""Sons""</b>",4\nAbbey,3\nCastle,2\nDale,1\nMoor,5\nYnys Mon,0\n'
)


def test_a_title_a_table_and_boundaries_are_enough(mini: Path, tmp_path: Path) -> None:
    built = build_site(least(mini.parent, SCORES), tmp_path / "site", boundaries="auto")
    assert built.report.warnings == []
    moor = page(built, "areas/moor/index.html")
    assert moor.title == "Moor, 1st of 6 | Tiny"
    assert "Moor ranks 1st of 6 in 2020" in moor.text
    assert len([p for p in built.files if re.fullmatch(r"areas/[^/]+/index.html", p)]) == 8
    for path in html_files(built):
        page(built, path)


def test_a_second_indicator_stands_on_the_area_s_page(mini: Path, tmp_path: Path) -> None:
    table = "area,level,Days of frost\nAbbey,3,10\nCastle,2,20\nDale,1,5\nMoor,5,7\nYnys Mon,0,9\n"
    built = build_site(least(mini.parent, table), tmp_path / "site", boundaries="auto")
    castle = page(built, "areas/castle/index.html").text
    assert "Days of frost 20 1st of 5 Highest values" in castle
    rows = list(csv.DictReader(io.StringIO(built.text("data/all.csv"))))
    assert {r["indicator"] for r in rows} == {"level", "days-of-frost"}


def test_lower_can_be_better(mini: Path, tmp_path: Path) -> None:
    more = (
        'columns.frost = { score = "frost" }\n[[indicator]]\nid = "frost"\nname = "Frost"\n'
        'better = "lower"\n'
    )
    table = "area,frost\nAbbey,10\nCastle,20\nDale,5\nMoor,7\nYnys Mon,9\n"
    config = least(mini.parent, table, more=more)
    main = comparison_of(config).main
    assert list(main.positions) == ["E07000904", "E07000905", "W06000001", "E07000901", "E07000903"]
    best, worst = main.positions["E07000904"], main.positions["E07000903"]
    assert (best.rank, best.spot, best.level) == (1, "hot", 4)
    assert (worst.rank, worst.spot, worst.level) == (5, "cold", 0)
    built = build_site(config, tmp_path / "site", boundaries="auto")
    assert "1st of 5" in page(built, "areas/dale/index.html").text


def test_a_workbook_serves_as_well(mini: Path, tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Standardised scores")
    sheet.append(["A title"])
    sheet.append([])
    for line in csv.reader(io.StringIO(SCORES)):
        sheet.append([line[0], line[1] if line[1] == "level" else float(line[1])])
    book.save(mini.parent / "scores.xlsx")
    more = 'sheet = "Standardised scores"\nheader_row = 3\n'
    config = least(mini.parent, "", more=more, name="scores.xlsx")
    csv_config = least(tmp_path, SCORES)
    (tmp_path / "boundaries").mkdir()
    (mini.parent / "boundaries/parishes.geojson").rename(tmp_path / "boundaries/parishes.geojson")
    from_csv = comparison_of(csv_config)
    shape = str(tmp_path / "boundaries/parishes.geojson")
    assert comparison_of(config, shape).main.positions == from_csv.main.positions


def test_without_boundaries_points_make_hexagons(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text(
        "code,name,lon,lat\n"
        + "".join(f"E0700{n:04},Place {n},{-1 - n % 3 / 5},{52 + n // 3 / 5}\n" for n in range(9)),
        encoding="utf-8",
    )
    table = "code,level\n" + "".join(f"E0700{n:04},{n}\n" for n in range(9))
    config = least(tmp_path, table)
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[geography]", '[geography]\nareas = "areas.csv"'))
    built = build_site(config, tmp_path / "site", boundaries="auto")
    front = built.text("index.html")
    assert front.count('data-code="E0700') >= 9
    assert 'data-layout="hexagons"' in front
    assert not [p for p in built.files if "geography" in p]


def test_neither_boundaries_nor_areas_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AtlasError) as caught:
        comparison_of(least(tmp_path, SCORES))
    assert "boundar" in str(caught.value)
    assert caught.value.fix


def test_areas_without_points_or_boundaries_can_not_be_drawn(mini: Path, tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="nothing to draw"):
        build_site(mini, tmp_path / "site", boundaries="hex")
    assert not (tmp_path / "site").exists()


def test_a_theme_wins_over_the_built_in_templates(mini: Path, tmp_path: Path) -> None:
    theme = mini.parent / "theme/partials"
    theme.mkdir(parents=True)
    (theme / "footer.html").write_text("<footer>Ours: {{ site.title }}</footer>", encoding="utf-8")
    text = mini.read_text(encoding="utf-8").replace("subject =", 'theme = "theme"\nsubject =')
    mini.write_text(text, encoding="utf-8")
    built = build_site(mini, tmp_path / "site", boundaries="auto")
    assert "Ours: Mini <Atlas> & Co" in page(built, "index.html").text


def test_a_broken_template_is_named(mini: Path, tmp_path: Path) -> None:
    theme = mini.parent / "theme"
    theme.mkdir()
    (theme / "data.html").write_text("<p>\n{{ view.gone }}</p>", encoding="utf-8")
    text = mini.read_text(encoding="utf-8").replace("subject =", 'theme = "theme"\nsubject =')
    mini.write_text(text, encoding="utf-8")
    with pytest.raises(AtlasError, match="template fails") as caught:
        build_site(mini, tmp_path / "site", boundaries="auto")
    assert "data.html" in caught.value.where
    assert not (tmp_path / "site").exists()


def test_a_broken_link_in_a_template_stops_the_build(mini: Path, tmp_path: Path) -> None:
    theme = mini.parent / "theme/partials"
    theme.mkdir(parents=True)
    (theme / "footer.html").write_text('<a href="{{ "gone/"|url }}">x</a>', encoding="utf-8")
    text = mini.read_text(encoding="utf-8").replace("subject =", 'theme = "theme"\nsubject =')
    mini.write_text(text, encoding="utf-8")
    with pytest.raises(AtlasError, match="internal links lead nowhere"):
        build_site(mini, tmp_path / "site", boundaries="auto")
