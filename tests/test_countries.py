"""Scotland and Wales from a table to a verified site; wards by thousands."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from built import ROOT, build_site
from reading import read_page
from test_examples import wards

from generator import cli
from generator.build.manifest import read_manifest
from generator.report import BufferReport
from generator.settings import read_settings
from generator.verify.site import verify

sys.path.insert(0, str(ROOT / "tests/tables"))

from make_tables import COUNCILS

COUNTRIES = {
    "S": ("Scotland", 32, "glasgow-city", re.compile(r"\bEngland\b|\bWales\b|\bWelsh\b")),
    "W": ("Wales", 22, "cardiff", re.compile(r"\bEngland\b|\bScotland\b|\bScottish\b")),
}


SCOTTISH = {
    5: "Clackmannanshire", 6: "Dumfries and Galloway", 8: "East Ayrshire", 10: "East Lothian",
    11: "East Renfrewshire", 13: "Na h-Eileanan Siar", 14: "Falkirk", 15: "Fife", 17: "Highland",
    18: "Inverclyde", 19: "Midlothian", 20: "Moray", 21: "North Ayrshire", 23: "Orkney Islands",
    24: "Perth and Kinross", 26: "Scottish Borders", 27: "Shetland Islands", 28: "South Ayrshire",
    29: "South Lanarkshire", 30: "Stirling", 33: "Aberdeen City", 34: "Aberdeenshire",
    35: "Argyll and Bute", 36: "City of Edinburgh", 38: "Renfrewshire", 39: "West Dunbartonshire",
    40: "West Lothian", 41: "Angus", 42: "Dundee City", 44: "North Lanarkshire",
    45: "East Dunbartonshire", 46: "Glasgow City",
}  # fmt: skip
"""Council areas by the end of their codes."""
COUNCIL_AREAS = {f"S120000{end:02}": name for end, name in SCOTTISH.items()}


def squares(folder: Path) -> str:
    """A file of boundaries in which each council area is a square, and England lies beside."""
    features = []
    beside = {"E06000057": "Northumberland", "E07000028": "Carlisle"}
    for at, (code, name) in enumerate([*COUNCIL_AREAS.items(), *beside.items()]):
        west, north = -5 + 0.3 * (at % 8), 58.3 - 0.5 * (at // 8)
        box = [[west, north], [west, north - 0.5], [west + 0.3, north - 0.5], [west + 0.3, north]]
        shape = {"type": "Polygon", "coordinates": [[*box, box[0]]]}
        said = {"lad16cd": code, "lad16nm": name}
        features.append({"type": "Feature", "properties": said, "geometry": shape})
    path = folder / "squares.geojson"
    found = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(found), encoding="utf-8")
    return str(path)


def table_of(areas: dict[str, str], folder: Path) -> Path:
    """A table of invented figures for every district of a country."""
    path = folder / "libraries_2024.csv"
    rows = [[c, name, f"{int(c[-3:]) * 37 % 101 / 4:.2f}"] for c, name in sorted(areas.items())]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Code", "Council", "Libraries per 100,000"], *rows])
    return path


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("letter", COUNTRIES)
def test_a_country_from_its_table_to_a_verified_site(
    letter: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wales on the package's outlines, which has none of Scotland: that is of squares."""
    country, count, page, others = COUNTRIES[letter]
    welsh = {code: name for code, name, _ in COUNCILS}
    table = table_of(COUNCIL_AREAS if letter == "S" else welsh, tmp_path)
    own, site = tmp_path / "atlas", tmp_path / "site"
    assert cli.main(["init", str(own), "--table", str(table)]) == 0
    settings = read_settings(own / "atlas.toml")
    assert settings.atlas.words.country == country
    assert settings.geography.keep == (letter,)
    command = ["--config", str(own / "atlas.toml"), "--out", str(site), "--jobs", "1"]
    boundaries = squares(tmp_path) if letter == "S" else "package"
    assert cli.main([*command, "--boundaries", boundaries]) == 0, capsys.readouterr().err
    assert cli.main(["verify", str(site)]) == 0, capsys.readouterr().err
    home = (site / "index.html").read_text(encoding="utf-8")
    assert 'data-layout="geography"' in home
    folder = settings.atlas.words.path
    pages = [
        path for path in read_manifest(site).files if re.match(rf"{folder}/[\w-]+/index", path)
    ]
    assert len(pages) == count
    assert f"{folder}/{page}/index.html" in pages
    said = Counter[str]()
    for path in (path for path in read_manifest(site).files if path.endswith(".html")):
        for line in read_page((site / path).read_text(encoding="utf-8")).lines:
            # The package's own title of what it carries.
            line = line.replace("Super Generalised Clipped (BSC), England and Wales, V3", "")
            assert not others.search(line), (path, line)
            said.update(re.findall(r"\b(?:Scotland|Wales)\b", line))
    assert said[country] > count


LONG = pytest.mark.skipif(
    "ATLAS_LONG" not in os.environ,
    reason="takes six minutes: ATLAS_LONG=1 python -m pytest -s tests/test_countries.py -k wards",
)


@pytest.mark.slow
@pytest.mark.parametrize("count", [200, pytest.param(9_000, marks=LONG)])
def test_wards_of_repeated_names(tmp_path: Path, count: int) -> None:
    folder = wards(tmp_path / "wards", count)
    config = folder / "atlas.toml"
    less = "\n[tiles]\nenabled = false\n[per_area]\ncards = false\nembeds = false\n"
    config.write_text(config.read_text(encoding="utf-8") + less, encoding="utf-8")
    before = time.perf_counter()
    site = build_site(config, tmp_path / "site", boundaries="auto")
    took = time.perf_counter() - before
    with (folder / "areas.csv").open(encoding="utf-8") as file:
        areas = list(csv.DictReader(file))
    assert len(areas) == count
    assert len({area["name"] for area in areas}) < 0.7 * count
    links = {}
    with (site.folder / "data/areas.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            links[row["code"]] = row["page"]
    assert len(set(links.values())) == count
    assert max(map(len, links.values())) < 50
    files = set(site.files)  # looked for once: there are 11,281
    assert {f"{page}index.html" for page in links.values()} <= files
    # The parent makes it unique, and nothing that hangs on the order of rows.
    first = next(area for area in areas if area["name"] == "St Mary's")
    assert links[first["code"]] == f"wards/st-marys-{first['district'].lower()}/"
    assert not any(re.search(r"st-marys-\d", page) for page in links.values())
    # Search says which St Mary's it is.
    shards = [p for p in sorted(files) if re.match(r"assets/search[\w./-]*\.json$", p)]
    found = "".join(site.text(path) for path in shards)
    assert found.count("St Mary's") >= count // 20
    assert re.search(rf"St Mary's[^\]]*{first['district']}", found)
    print(f"{count:,} wards: {took:.0f} s, {len(files):,} files")
    assert verify(site.folder, BufferReport()) == []


def test_links_of_repeated_names_do_not_hang_on_the_order_of_rows(tmp_path: Path) -> None:
    pages = []
    for turn, name in enumerate(("as-made", "turned")):
        folder = wards(tmp_path / name, 120)
        table = folder / "areas.csv"
        header, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\n".join([header, *rows[:: 1 - 2 * turn]]) + "\n", encoding="utf-8")
        site = build_site(folder / "atlas.toml", tmp_path / f"{name}-site", boundaries="auto")
        pages.append({path for path in site.files if path.startswith("wards/")})
    assert pages[0] == pages[1]
