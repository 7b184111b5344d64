"""Small areas become larger ones: nothing is lost, and who has no parent is named."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import cells

from generator.errors import SettingsError, SourceError
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.choice import choose_boundaries
from generator.sources.dissolve import ParentRule, dissolve, find_parents, report_orphans
from generator.sources.gather import read_inputs
from generator.sources.prepared import Prepared, Recipe, prepare

# -- Finding parents ---------------------------------------------------------------------

TABLE = pd.DataFrame(
    {
        "LSOA11CD": ["E01000001", "E01000002", "E01000003"],
        "LSOA11NM": ["Rushcliffe 001A", "Rushcliffe 001B", "Bristol 002A"],
        "lad": ["E07000176", "E07000176", "E06000023"],
        "ladnm": ["Rushcliffe", "Rushcliffe", "Bristol, City of"],
    }
)


def parents(**rule: object) -> list[tuple[str, str]]:
    found = find_parents(TABLE, ParentRule(**rule), "areas.gpkg")  # type: ignore[arg-type]
    return list(found.itertuples(index=False, name=None))


def test_a_parent_stands_in_a_column() -> None:
    two = [("E07000176", "Rushcliffe")] * 2
    assert parents(column="LAD", name_column="LADNM") == [*two, ("E06000023", "Bristol, City of")]
    assert parents(column="lad")[0] == ("E07000176", "E07000176")


def test_a_parent_stands_within_a_column() -> None:
    assert [c for c, _ in parents(column="LSOA11NM", pattern=r"(.+) \d{3}[A-Z]")] == [
        "Rushcliffe", "Rushcliffe", "Bristol",
    ]  # fmt: skip
    # A pattern without a group keeps all that it fits, and one that does not fit finds nobody.
    assert [c for c, _ in parents(column="LSOA11NM", pattern="Rush.*")] == [
        "Rushcliffe 001A", "Rushcliffe 001B", "",
    ]  # fmt: skip


def test_a_parent_stands_in_a_lookup() -> None:
    lookup = {"E01000001": ("A", "Abbey"), "E01000003": ("B", "Beck")}
    assert parents(lookup=lookup) == [("A", "Abbey"), ("", ""), ("B", "Beck")]


def test_the_steps_go_together() -> None:
    lookup = {"Rushcliffe": ("E07000176", "Rushcliffe"), "Bristol": ("E06000023", "Bristol")}
    found = parents(column="LSOA11NM", pattern=r"(.+) \d{3}[A-Z]", lookup=lookup)
    assert {code for code, _ in found} == {"E07000176", "E06000023"}


def test_what_finds_no_parent_at_all_is_an_error() -> None:
    with pytest.raises(SourceError, match="no area finds a parent"):
        parents(column="LSOA11NM", pattern="[a-z]+")
    with pytest.raises(SourceError, match=r"'E01000001' for one, in areas\.csv"):
        parents(lookup={"x": ("y", "z")}, lookup_name="areas.csv")


def test_a_missing_column_lists_those_that_there_are() -> None:
    with pytest.raises(SourceError, match=r'no column "ward".*LSOA11CD, LSOA11NM, lad, ladnm'):
        parents(column="ward")


def test_one_parent_with_two_names_is_refused() -> None:
    with pytest.raises(SourceError, match="E07000176 has two names"):
        parents(column="lad", name_column="LSOA11NM")


def test_every_part_without_a_parent_is_named() -> None:
    report = BufferReport()
    report_orphans([f"Place {n}" for n in range(20)], 30, "areas.gpkg", report)
    [warning] = report.warnings
    assert "20 of 30 areas find no parent" in warning
    assert "Place 0, Place 1" in warning
    assert "8 more" in warning
    assert "Place 19" in "".join(report.lines)
    report_orphans([], 30, "areas.gpkg", report)
    assert len(report.warnings) == 1


# -- Uniting them --------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 9), st.data())
def test_dissolving_loses_no_ground_and_no_code(seed: int, count: int, data: st.DataObject) -> None:
    shapes = np.asarray(cells(seed, count).to_crs(27700).geometry.to_numpy(), dtype=object)
    assert shapely.coverage_is_valid(shapes)
    of = data.draw(st.lists(st.sampled_from("ABCD"), min_size=len(shapes), max_size=len(shapes)))
    codes, whole = dissolve(shapes, of)
    assert codes == tuple(sorted(set(of)))
    assert shapely.is_valid(whole).all()
    assert shapely.coverage_is_valid(whole)
    for code, shape in zip(codes, whole, strict=True):
        members = shapes[[at for at, parent in enumerate(of) if parent == code]]
        assert shapely.area(shape) == pytest.approx(shapely.area(members).sum())
        assert shapely.symmetric_difference(shape, shapely.union_all(members)).area < 1e-3


# -- A file of one's own, dissolved and kept ------------------------------------------------


def small_areas(path: Path) -> Path:
    """Six squares in two districts, and one that belongs to none."""
    boxes = [shapely.box(-1 + x / 10, 52, -0.9 + x / 10, 52.1) for x in range(7)]
    frame = gpd.GeoDataFrame(
        {
            "code": [f"E0100000{n}" for n in range(7)],
            "name": [f"{name} 00{n}A" for name in ("Abbey", "Beck") for n in range(3)] + ["Sea"],
            "parent": ["E07000001"] * 3 + ["E07000002"] * 3 + [None],
            "parent_name": ["Abbey"] * 3 + ["Beck"] * 3 + [None],
        },
        geometry=boxes,
        crs="EPSG:4326",
    )  # fmt: skip
    frame.to_file(path)
    return path


def made(path: Path, cache: Path, *rules: ParentRule) -> tuple[Prepared, BufferReport]:
    report = BufferReport()
    return prepare(Recipe(path, None, rules, "areas"), cache, report), report


def test_a_file_is_dissolved_and_its_orphans_are_background(tmp_path: Path) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    found, report = made(
        path, tmp_path / "cache", ParentRule(column="parent", name_column="parent_name")
    )
    assert list(found.frame["code"]) == ["E07000001", "E07000002"]
    assert list(found.frame["name"]) == ["Abbey", "Beck"]
    assert shapely.coverage_is_valid(found.frame.geometry.to_numpy())
    assert len(found.background) == 1
    assert found.background.geometry.to_crs(4326)[0].bounds == pytest.approx((-0.4, 52, -0.3, 52.1))
    assert report.warnings == [
        "areas.gpkg: 1 of 7 areas find no parent and are background: Sea (E01000006)"
    ]


def test_two_steps_lead_further_up(tmp_path: Path) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    upper = ParentRule(lookup={"E07000001": ("E12", "North"), "E07000002": ("E12", "North")})
    found, _ = made(path, tmp_path / "cache", ParentRule(column="parent"), upper)
    assert list(found.frame["code"]) == ["E12"]
    assert list(found.frame["name"]) == ["North"]
    assert shapely.get_num_geometries(found.frame.geometry[0]) == 1


def test_the_cache_gives_the_same_and_the_same_bytes(tmp_path: Path) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    rule = ParentRule(column="parent")
    first, stated = made(path, tmp_path / "cache", rule)
    kept = {p.name: p.read_bytes() for p in (tmp_path / "cache").iterdir()}
    assert len(kept) == 2
    stamps = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "cache").iterdir()}
    second, again = made(path, tmp_path / "cache", rule)
    assert first.frame.equals(second.frame)
    assert first.background.equals(second.background)
    assert again.warnings == stated.warnings
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "cache").iterdir()} == stamps
    made(path, tmp_path / "other", rule)
    assert {p.name: p.read_bytes() for p in (tmp_path / "other").iterdir()} == kept


@pytest.mark.parametrize("damage", ["cut", "changed", "no words", "words cut", "no table"])
def test_a_damaged_cache_is_made_again_with_a_word(tmp_path: Path, damage: str) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    rule = ParentRule(column="parent")
    first, _ = made(path, tmp_path / "cache", rule)
    [table] = (tmp_path / "cache").glob("*.fgb")
    words = table.with_suffix(".json")
    whole = table.read_bytes()
    if damage == "cut":
        table.write_bytes(whole[:100])
    elif damage == "changed":
        table.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    elif damage == "no words":
        words.unlink()
    elif damage == "words cut":
        words.write_text('{"key": "')
    else:
        table.unlink()
    found, report = made(path, tmp_path / "cache", rule)
    assert found.frame.equals(first.frame)
    assert any("is damaged; making it again" in line for line in report.lines), report.lines
    assert table.read_bytes() == whole


def test_another_file_or_another_rule_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    made(path, tmp_path / "cache", ParentRule(column="parent"))
    one, _ = made(path, tmp_path / "cache", ParentRule(column="name", pattern="(Abbey|Beck).*"))
    assert list(one.frame["code"]) == ["Abbey", "Beck"]
    frame = gpd.read_file(path)
    frame["parent"] = "E07000009"
    frame.to_file(path)
    other, report = made(path, tmp_path / "cache", ParentRule(column="parent"))
    assert list(other.frame["code"]) == ["E07000009"]
    assert "damaged" not in "".join(report.lines)


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    path = small_areas(tmp_path / "areas.gpkg")
    (tmp_path / "cache").write_text("in the way")
    found, report = made(path, tmp_path / "cache", ParentRule(column="parent"))
    assert len(found.frame) == 2
    assert any("can't keep the boundaries" in line for line in report.lines)


# -- By the settings -------------------------------------------------------------------------


def atlas(folder: Path, dissolve_entries: str) -> Path:
    import tomllib

    text = f"""
        [atlas]
        title = "Districts"
        [geography]
        [[geography.dissolve]]
        {dissolve_entries}
        [[edition]]
        id = "2020"
        table = "scores.csv"
    """
    settings_from(tomllib.loads(text), folder / "atlas.toml")
    (folder / "atlas.toml").write_text(text)
    (folder / "scores.csv").write_text("code,score\nE07000001,1\nE07000002,2\n")
    return folder / "atlas.toml"


@pytest.mark.parametrize(
    "entries",
    [
        'column = "parent"\nname = "parent_name"',
        'column = "name"\npattern = "(Abbey|Beck).*"\nlookup = "up.csv"\n'
        'key = "short"\ncode = "district"\nname = "title"',
        'lookup = "lsoa.csv"\ncode = "district"\nname = "title"',
    ],
    ids=["column", "pattern", "lookup"],
)
def test_the_settings_say_how_areas_are_dissolved(tmp_path: Path, entries: str) -> None:
    from generator.settings import read_settings

    (tmp_path / "boundaries").mkdir()
    small_areas(tmp_path / "boundaries/areas.gpkg")
    (tmp_path / "up.csv").write_text(
        "title,short,district\nAbbey,Abbey,E07000001\nBeck,Beck,E07000002\n"
    )
    (tmp_path / "lsoa.csv").write_text(
        "lsoa,district,title\n"
        + "".join(f"E0100000{n},E07000001,Abbey\n" for n in range(3))
        + "".join(f"E0100000{n},E07000002,Beck\n" for n in range(3, 6))
    )
    config = read_settings(atlas(tmp_path, entries))
    report = BufferReport()
    choice = choose_boundaries(config, "auto", report)
    found = read_inputs(config, choice, report).boundaries
    assert found is not None
    assert dict(zip(found.frame["code"], found.frame["name"], strict=True)) == {
        "E07000001": "Abbey", "E07000002": "Beck",
    }  # fmt: skip
    assert len(found.context) == 1
    assert "Sea (E01000006)" in report.warnings[0]


@pytest.mark.parametrize(
    ("entries", "stated"),
    [
        ('pattern = "(oh"', "is no regular expression"),
        ('lookup = "up.csv"', "parents' codes as code"),
        ('code = "district"', "none is named"),
    ],
)
def test_a_rule_that_can_mean_nothing_is_refused(tmp_path: Path, entries: str, stated: str) -> None:
    with pytest.raises(SettingsError, match=stated):
        atlas(tmp_path, entries)
