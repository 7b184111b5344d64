"""Scotland and Wales from a table to a verified site, on ONS's boundaries; wards by thousands."""

from __future__ import annotations

import csv
import json
import os
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from built import build_site
from reading import read_page
from test_examples import wards

from generator import cli
from generator.build.manifest import read_manifest
from generator.report import BufferReport
from generator.settings import read_settings
from generator.verify.site import verify

COUNTRIES = {
    "S": ("Scotland", 32, "glasgow-city", re.compile(r"\bEngland\b|\bWales\b|\bWelsh\b")),
    "W": ("Wales", 22, "cardiff", re.compile(r"\bEngland\b|\bScotland\b|\bScottish\b")),
}


def table_of(letter: str, boundaries: Path, folder: Path) -> Path:
    """A table of invented figures for every district of a country in the boundary file."""
    rows = []
    for feature in json.loads(boundaries.read_text(encoding="utf-8"))["features"]:
        code, name = feature["properties"]["lad16cd"], feature["properties"]["lad16nm"]
        if code.startswith(letter):
            rows.append([code, name, f"{int(code[-3:]) * 37 % 101 / 4:.2f}"])
    path = folder / "libraries_2024.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Code", "Council", "Libraries per 100,000"], *sorted(rows)])
    return path


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("letter", COUNTRIES)
def test_a_country_from_its_table_to_a_verified_site(
    letter: str, real_boundaries: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    country, count, page, others = COUNTRIES[letter]
    table = table_of(letter, real_boundaries, tmp_path)
    own, site = tmp_path / "atlas", tmp_path / "site"
    assert cli.main(["init", str(own), "--table", str(table)]) == 0
    settings = read_settings(own / "atlas.toml")
    assert settings.atlas.words.country == country
    assert settings.geography.keep == (letter,)
    command = ["--config", str(own / "atlas.toml"), "--out", str(site), "--jobs", "1"]
    assert cli.main([*command, "--boundaries", str(real_boundaries)]) == 0, capsys.readouterr().err
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
    assert all(f"{page}index.html" in site.files for page in links.values())
    # The parent makes it unique, and nothing that hangs on the order of rows.
    first = next(area for area in areas if area["name"] == "St Mary's")
    assert links[first["code"]] == f"wards/st-marys-{first['district'].lower()}/"
    assert not any(re.search(r"st-marys-\d", page) for page in links.values())
    # Search says which St Mary's it is.
    shards = [p for p in site.files if re.match(r"assets/search[\w./-]*\.json$", p)]
    found = "".join(site.text(path) for path in shards)
    assert found.count("St Mary's") >= count // 20
    assert re.search(rf"St Mary's[^\]]*{first['district']}", found)
    print(f"{count:,} wards: {took:.0f} s, {len(site.files):,} files")
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
