"""Indicators are first-class: a workbook of sixteen of them gives an atlas with a page each."""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
import shutil
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from built import Built
from making import made
from reading import read_page
from scipy.stats import rankdata
from sixteen import COMPOSITES, LOWER, NAMES, STAGES, WEIGHTS

from generator.build.manifest import read_manifest
from generator.catalogue import ENGLISH
from generator.charts.scatter import scatter
from generator.data.relations import relate
from generator.report import BufferReport
from generator.verify.relations import relation_faults
from generator.verify.site import verify

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def sixteen(sixteen_site: Built) -> Built:
    return sixteen_site


def _rows(built: Built, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(built.text(path))))


@pytest.mark.slow
def test_every_indicator_has_a_page_with_what_it_needs(sixteen: Built) -> None:
    index = read_page(sixteen.text("indicators/index.html"))
    for stage in STAGES:
        assert stage in index.text
    for name in [*NAMES, "Overall score"]:
        id_ = name.lower().replace(" ", "-").replace("overall-score", "overall")
        html = sixteen.text(f"indicators/{id_}/index.html")
        page = read_page(html)
        assert page.title == f"{name} | Sixteen"
        assert name in index.text
        for heading in ("Distribution", "First and last", "Regions", "Beside other indicators"):
            assert heading in page.text, name
        assert 'class="map-frame"' in html
        rows = _rows(sixteen, f"indicators/{id_}/data.csv")
        assert {row["indicator"] for row in rows} == {id_}
        assert sum(bool(row["score"]) for row in rows) == 324


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Nursery quality", "House prices"])
def test_an_indicator_s_figures_are_those_of_its_table(sixteen: Built, name: str) -> None:
    """First, last and median ranks by region, counted again from the download."""
    id_ = name.lower().replace(" ", "-")
    rows = [r for r in _rows(sixteen, f"indicators/{id_}/data.csv") if r["score"]]
    sign = 1 if name in LOWER else -1
    ranks = rankdata([sign * float(r["score"]) for r in rows], method="min")
    assert [int(r["rank"]) for r in rows] == [int(n) for n in ranks]
    html = sixteen.text(f"indicators/{id_}/index.html")
    best = min(rows, key=lambda r: (int(r["rank"]), r["code"]))["name"]
    assert html.index(f">{best}</a>", html.index("The first")) < html.index("The last")
    regions = {r["code"]: r["region"] for r in _rows(sixteen, "data/2017.csv")}
    for region in set(regions.values()):
        own = [int(r["rank"]) for r in rows if regions[r["code"]] == region]
        row = re.search(rf'>{region}</a></th><td class="num">([\d.\u2009\u202f]+)</td>', html)
        assert row
        assert float(row[1]) == median(own)


@pytest.mark.slow
def test_an_area_s_page_has_a_profile_by_stage_and_a_switch(sixteen: Built) -> None:
    html = sixteen.text("areas/rushcliffe/index.html")
    for stage, names in STAGES.items():
        at = html.index(f"<h2>{stage}</h2>")
        for name in names:
            at = html.index(name, at)
    assert html.count('class="chart profile-line"') == len(NAMES) + len(COMPOSITES)
    assert html.count('name="edition"') == len(NAMES) + len(COMPOSITES) + 1
    target = re.search(r'href="([^"]*indicators/wages/)#at-E07000176"', html)
    assert target
    assert 'id="at-E07000176"' in sixteen.text("indicators/wages/index.html")


@pytest.mark.slow
def test_compare_knows_every_indicator(sixteen: Built) -> None:
    path = next(p for p in sixteen.files if re.match(r"assets/compare\.\w+\.json", p))
    assert sixteen.text(path).count('"edition":"') == len(NAMES) + len(COMPOSITES) + 1


def test_a_scatter_has_a_dot_for_each_area_that_has_both() -> None:
    _, comparison = made(
        {
            "2020": {c: (float(at), None) for at, c in enumerate("abcdef")},
            "2021": {c: (-float(at), None) for at, c in enumerate("bcdefg")},
        },
        areas=list("abcdefg"),
    )
    relation = relate(*comparison.measures)
    assert relation.codes == tuple("bcdef")
    assert relation.rho == -1
    drawn = str(scatter(ENGLISH, comparison, *comparison.measures, relation))
    assert re.findall(r'id="at-(\w)"', drawn) == list("bcdef")
    # The area with the highest value across lies furthest right, and lowest.
    places = {
        code: (float(x), float(y))
        for code, x, y in re.findall(r'id="at-(\w)"[^>]*cx="([\d.]+)%" cy="([\d.]+)"', drawn)
    }
    assert max(places, key=lambda c: places[c][0]) == "f"
    assert max(places, key=lambda c: places[c][1]) == "f"


@pytest.mark.slow
@pytest.mark.parametrize("id_", COMPOSITES)
def test_a_composite_s_page_is_what_plain_arithmetic_gives(sixteen: Built, id_: str) -> None:
    """Scores and ranks from the download of its parts, and the definition in words and figures."""
    rows = _rows(sixteen, "data/2017.csv")
    known = [row for row in rows if row["overall_score"]]
    total = np.zeros(len(known))
    for name, weight in WEIGHTS.items():
        own = np.array([float(row[f"{name.replace('-', '_')}_score"]) for row in known])
        own *= -1 if name == "house-prices" else 1
        scale = (own - own.mean()) / own.std()
        total += weight * (rankdata(-own) if COMPOSITES[id_] == "ranks" else scale)
    total /= sum(WEIGHTS.values())
    stem = id_.replace("-", "_")
    assert [float(row[f"{stem}_score"]) for row in known] == pytest.approx(total)
    sign = 1 if COMPOSITES[id_] == "ranks" else -1
    ranks = rankdata(sign * np.round(total, 9), method="min")
    assert [int(row[f"{stem}_rank"]) for row in known] == [int(rank) for rank in ranks]
    page = read_page(sixteen.text(f"indicators/{id_}/index.html")).text
    assert "Nursery quality 44.4%, GCSE 33.3%, House prices 22.2%" in page
    assert "What lacks any of them has no value." in page
    fields = json.loads(sixteen.text("data/datapackage.json"))["resources"][0]["schema"]["fields"]
    (about,) = [f["description"] for f in fields if f["name"] == f"{stem}_score"]
    for text in (about, read_page(sixteen.text("methodology/index.html")).text):
        assert "Computed by this atlas: the weighted mean of" in text
        assert "House prices 22.2%." in " ".join(text.split())


@pytest.mark.slow
def test_other_weights_are_shown_as_they_would_come_out(sixteen: Built) -> None:
    """The share in another fifth without GCSE, and who would move most, counted here."""
    known = [row for row in _rows(sixteen, "data/2017.csv") if row["overall_score"]]

    def mixed(weights: dict[str, float]) -> np.ndarray:
        total = np.zeros(len(known))
        for name, weight in weights.items():
            own = np.array([float(row[f"{name.replace('-', '_')}_score"]) for row in known])
            own *= -1 if name == "house-prices" else 1
            total += weight * (own - own.mean()) / own.std()
        return np.round(total / sum(weights.values()), 9)

    before = rankdata(-mixed(WEIGHTS), method="min")
    without = mixed({name: weight for name, weight in WEIGHTS.items() if name != "gcse"})
    after = rankdata(-without, method="min")
    limits = np.quantile(without, [0.2, 0.4, 0.6, 0.8])
    fifths = np.searchsorted(limits, without)
    changed = sum(
        int(row["growing_up_class"]) - 1 != f for row, f in zip(known, fifths, strict=True)
    )
    moved = np.abs(after - before)
    most = int(np.flatnonzero(moved == moved.max())[0])
    way = "up" if after[most] < before[most] else "down"
    html = sixteen.text("indicators/growing-up/index.html")
    row = re.search(r'<th scope="row">GCSE</th>(<td>.*?)</tr>', html)
    assert row
    last = re.sub(r"<[^>]*>", "", row[1].split("<td>")[-1])
    share = f"{math.floor(100 * changed / 324 + 0.5)}%"
    assert last == f"{share} {known[most]['name']}: {int(moved[most])} places {way}"


@pytest.mark.slow
def test_search_finds_indicators_apart_from_places(sixteen: Built) -> None:
    path = next(p for p in sixteen.files if re.match(r"assets/search\.\w+\.json", p))
    entries = json.loads(sixteen.text(path))
    found = {entry[0]: entry[1:] for entry in entries if entry[4:] == ["indicator"]}
    assert len(found) == len(NAMES) + len(COMPOSITES) + 1
    assert found["GCSE"] == ["indicators/gcse/", "indicator, School", "gcse", "indicator"]
    assert all(len(entry) == 4 for entry in entries if entry[1].startswith("areas/"))


@pytest.mark.slow
def test_the_whole_site_is_what_verify_wants(sixteen: Built) -> None:
    assert verify(sixteen.folder, BufferReport()) == []


@pytest.mark.slow
def test_any_pair_s_correlations_are_those_of_a_recount(sixteen: Built) -> None:
    """By numpy from the download; the page states those of the pair that it draws at first."""
    path = next(p for p in sixteen.files if re.match(r"assets/relations\.\w+\.json", p))
    stated = json.loads(sixteen.text(path))
    assert len(stated["pairs"]) == math.comb(len(NAMES) + len(COMPOSITES) + 1, 2)
    scores: dict[str, list[float]] = {}
    for row in _rows(sixteen, "data/all.csv"):
        if row["score"]:
            scores.setdefault(f"2017-{row['indicator']}", []).append(float(row["score"]))
    for one, other, count, rho, r in stated["pairs"]:
        xs, ys = (scores[stated["measures"][at]] for at in (one, other))
        assert count == 324
        assert rho == pytest.approx(np.corrcoef(rankdata(xs), rankdata(ys))[0, 1], abs=1e-6)
        assert r == pytest.approx(np.corrcoef(xs, ys)[0, 1], abs=1e-6)
    html = sixteen.text("scatter/index.html")
    _, _, _, rho, r = stated["pairs"][0]
    for name, value in (("rho", rho), ("r", r)):
        assert f"<b data-{name}>{value:+.2f}</b>".replace("-0", "\u22120") in html
    assert html.count('class="shape level-') == 324
    areas = len(_rows(sixteen, "data/areas.csv"))
    assert f"<b data-count>324</b>; without one of them: <b data-without>{areas - 324}</b>" in html
    assert areas > 324


@pytest.mark.slow
def test_verify_sees_a_wrong_correlation(sixteen: Built, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(sixteen.folder, folder)
    path = next(p for p in sixteen.files if re.match(r"assets/relations\.\w+\.json", p))
    stated = json.loads(sixteen.text(path))
    stated["pairs"][3][4] += 0.01
    (folder / path).write_text(json.dumps(stated), encoding="utf-8")
    faults = list(relation_faults(folder, read_manifest(folder)))
    assert [fault.path for fault in faults] == [path]


@pytest.mark.slow
def test_the_table_of_all_areas_offers_every_indicator_and_stays_light(sixteen: Built) -> None:
    html = sixteen.text("areas/index.html")
    assert html.count('type="checkbox"') == len(NAMES) + len(COMPOSITES)
    page = read_page(html)
    files = [a["src"] for a in page.all("script") if "src" in a]
    files += [a["href"] for a in page.all("link") if a.get("rel") == "stylesheet"]
    loaded = [(sixteen.folder / "areas" / file).resolve() for file in files]
    loaded.append(sixteen.folder / "areas/index.html")
    assert any("columns." in path.name for path in loaded)
    assert sum(len(gzip.compress(path.read_bytes())) for path in loaded) <= 120_000
