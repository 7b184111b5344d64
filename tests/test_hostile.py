"""Files made by somebody who means harm, or by a machine that failed."""

from __future__ import annotations

import http.server
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from making import ROOT

from generator.build.options import Options
from generator.build.staleness import build_key
from generator.data.names import slugs
from generator.errors import SettingsError, SourceError
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.boundaries import read_boundaries
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs
from generator.sources.prepared import Recipe, prepare
from generator.toml_file import read_toml

FEATURE = {
    "type": "Feature",
    "properties": {"lad16cd": "E07000001", "lad16nm": "Place"},
    "geometry": shapely.geometry.mapping(shapely.box(-1, 52, -0.9, 52.1)),
}


def collection(**more: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [FEATURE], **more})


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        read_boundaries(path, report=BufferReport())
    assert str(path) in caught.value.where
    assert caught.value.fix
    return caught.value.message


# --- what a boundary file may open ---------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what was asked of it."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            body = collection().encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            pass

    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/secret.geojson", paths
        server.shutdown()
        thread.join()


def vrt(source: str) -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{source}'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    )


def hidden(folder: Path, name: str, text: str) -> Path:
    """A file of some content under some name, loose or in a zip."""
    if name.endswith(".zip"):
        path = folder / name
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("p.geojson", text)
        return path
    path = folder / name
    path.write_text(text, encoding="utf-8")
    if name.endswith(".shp"):
        for end in (".shx", ".dbf"):
            path.with_suffix(end).write_bytes(b"")
    return path


@pytest.mark.parametrize("name", ["p.geojson", "p.json", "p.gpkg", "p.shp", "p.zip"])
def test_a_virtual_file_reads_no_other(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "elsewhere" / "secret.geojson"
    secret.parent.mkdir()
    secret.write_text(collection())
    (tmp_path / "here").mkdir()
    assert "which its name says" in refusal(hidden(tmp_path / "here", name, vrt(str(secret))))


@pytest.mark.parametrize("name", ["p.geojson", "p.zip"])
def test_a_virtual_file_asks_nobody(
    tmp_path: Path, name: str, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    assert "which its name says" in refusal(hidden(tmp_path, name, vrt(f"/vsicurl/{address}")))
    assert paths == []


def test_a_command_line_in_json_is_not_run(tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    secret.write_text(collection())
    command = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {secret}"}
    assert "which its name says" in refusal(hidden(tmp_path, "p.json", json.dumps(command)))


def test_a_crs_by_address_is_not_fetched(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    address, paths = asked
    crs = {"type": "link", "properties": {"href": address, "type": "proj4"}}
    path = hidden(tmp_path, "p.geojson", collection(crs=crs))
    try:
        read_boundaries(path, report=BufferReport())
    except SourceError as error:
        assert str(path) in error.where  # noqa: PT017 - refused or read, but never asked
    assert paths == []


def test_a_database_is_a_geopackage_only_if_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE areas (code TEXT)")
    database.close()
    assert "which its name says" in refusal(path)


@pytest.mark.parametrize("member", ["../p.geojson", "/p.geojson", "a\\p.geojson"])
def test_an_archive_s_members_stay_in_it(tmp_path: Path, member: str) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, collection())
    assert "leads out of it" in refusal(path)


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "*"])
@pytest.mark.parametrize("way", ["vrt", "crs"])
def test_no_setting_of_proxies_lets_a_file_ask(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: tuple[str, list[str]],
    no_proxy: str,
    way: str,
) -> None:
    """GDAL itself is asked, past our own look at what files begin with."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, no_proxy)
    address, paths = asked
    crs = {"type": "link", "properties": {"href": address, "type": "proj4"}}
    text = vrt(f"/vsicurl/{address}") if way == "vrt" else collection(crs=crs)
    path = tmp_path / ("p.vrt" if way == "vrt" else "p.geojson")
    path.write_text(text)
    if way == "crs":
        with suppress(SourceError):
            read_boundaries(path, report=BufferReport())
    else:
        code = """if True:
            import sys
            import pyogrio
            from generator.sources.containers import keep_own_drivers
            keep_own_drivers()
            try:
                pyogrio.read_info(sys.argv[1])
            except pyogrio.errors.DataSourceError as error:
                print("refused", error)
        """
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert "refused" in done.stdout
    assert paths == []
    assert os.environ["no_proxy"] == no_proxy


def test_the_command_keeps_no_driver_but_those_of_boundary_files(tmp_path: Path) -> None:
    """In a process of its own; who calls from a notebook keeps theirs."""
    code = """if True:
        import sys
        from generator import cli
        sys.argv = ["build.py", "-q", "check", "--config", "gone.toml"]
        cli.main(sys.argv[1:] if own == "no" else None)
        import pyogrio
        print(sorted(pyogrio.list_drivers()))
    """
    for own, least, most in (("yes", 4, 5), ("no", 20, 500)):
        done = subprocess.run(
            [sys.executable, "-c", f"own = {own!r}\n{code}"], cwd=tmp_path,
            capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        names = json.loads(done.stdout.replace("'", '"'))
        assert least <= len(names) <= most
        assert {"GeoJSON", "GPKG", "ESRI Shapefile", "FlatGeobuf"} <= set(names)


def build_with(tmp_path: Path, path: Path, megabytes: int) -> object:
    raw = {
        "atlas": {"title": "T"},
        "geography": {},
        "edition": [{"id": "e", "table": "t.csv"}],
        "limits": {"boundary_megabytes": megabytes},
    }
    (tmp_path / "t.csv").write_text("code,score\nE07000001,1\n")
    settings = settings_from(raw, tmp_path / "atlas.toml")
    report = BufferReport()
    return read_inputs(settings, choose_boundaries(settings, str(path), report), report)


@pytest.mark.parametrize("way", ["file", "archive", "beside in an archive", "dissolved"])
def test_boundaries_have_a_limit_that_the_settings_raise(tmp_path: Path, way: str) -> None:
    text = collection() + " " * 2_000_000
    path = tmp_path / ("p.geojson" if way in {"file", "dissolved"} else "p.zip")
    if path.suffix == ".geojson":
        path.write_text(text)
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("p.geojson", collection() if "beside" in way else text)
            if "beside" in way:
                archive.writestr("q.dbf", b" " * 2_000_000)
        assert path.stat().st_size < 10_000
    if way == "dissolved":
        recipe = Recipe(path, None, (), "p", megabytes=1)
        with pytest.raises(SourceError, match="more than the 1 MB allowed"):
            prepare(recipe, tmp_path / "cache", BufferReport())
        return
    with pytest.raises(SourceError, match=r"2 MB, .*more than the 1 MB allowed") as caught:
        build_with(tmp_path, path, 1)
    assert "raise boundary_megabytes under [limits]" in caught.value.fix
    assert build_with(tmp_path, path, 3)


# --- coordinates ---------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_coordinates_are_finite_numbers(tmp_path: Path, word: str) -> None:
    path = tmp_path / "p.geojson"
    other = {**FEATURE, "properties": {"lad16cd": "E07000002", "lad16nm": "Other"}}
    text = json.dumps({"type": "FeatureCollection", "features": [FEATURE, other]})
    path.write_text(text[::-1].replace("52.1"[::-1], word[::-1], 1)[::-1])
    assert word in path.read_text()
    message = refusal(path)
    assert "E07000002" in message or "damaged" in message, message


@pytest.mark.parametrize(
    ("prj", "said"),
    [
        ('SPHEROID["x",10000000000000000000000,298.257223563]', "can't be brought to a map"),
        ('SPHEROID{foo}["x",6378137,298.257223563]', "can't be read as a boundary file"),
    ],
)
def test_a_coordinate_system_of_nowhere_is_refused(tmp_path: Path, prj: str, said: str) -> None:
    path = tmp_path / "p.shp"
    box = shapely.box(-1, 52, -0.9, 52.1)
    gpd.GeoDataFrame({"c": ["E07000001"]}, geometry=[box], crs="EPSG:4326").to_file(path)
    path.with_suffix(".prj").write_text(
        f'GEOGCS["g",DATUM["d",{prj}],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]'
    )
    assert said in refusal(path)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.shp"
    box = shapely.box(-1, 52, -0.9, 52.1)
    frame = gpd.GeoDataFrame({"cod": ["E07000001"], "nam": ["A"]}, geometry=[box], crs="EPSG:4326")
    frame.to_file(path)
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"nam\x00", b"cod\x00", 1))
    assert "several columns are called 'cod'" in refusal(path)


def test_an_area_is_not_as_wide_as_the_globe(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    wide = shapely.box(-179, -80, 179, 80)
    gpd.GeoDataFrame({"lad16cd": ["E07000001"]}, geometry=[wide], crs="EPSG:4326").to_file(path)
    assert "E07000001 would reach over 358 degrees" in refusal(path)


# --- staleness -----------------------------------------------------------------------------


@pytest.mark.parametrize("end", [".dbf", ".prj", ".cpg"])
def test_each_part_of_a_shapefile_counts(tmp_path: Path, end: str) -> None:
    config = tmp_path / "atlas.toml"
    config.write_text("")
    parts = tmp_path / "boundaries"
    parts.mkdir()
    for each in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        (parts / f"p{each}").write_text(each)
    for options in (
        Options(out=tmp_path / "site", boundaries=b) for b in ("auto", parts / "p.shp")
    ):
        options = Options(out=options.out, boundaries=str(options.boundaries))
        before = build_key(config, options, "")
        (parts / f"p{end}").write_text(before)
        assert build_key(config, options, "") != before


# --- settings ------------------------------------------------------------------------------


def mini() -> dict[str, object]:
    return read_toml(ROOT / "tests/mini/atlas.toml", missing="", fix="")


def refused(raw: dict[str, object]) -> str:
    with pytest.raises(SettingsError) as caught:
        settings_from(raw, ROOT / "tests/mini/atlas.toml")
    return caught.value.message


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//x.org"])
def test_links_lead_to_pages_and_post(address: str) -> None:
    raw = mini()
    raw["atlas"] = {**raw["atlas"], "repository": address}  # type: ignore[dict-item]
    raw["edition"] = [{**raw["edition"][0], "source_url": address}, *raw["edition"][1:]]  # type: ignore[index]
    message = refused(raw)
    assert "atlas.repository" in message
    assert "source_url" in message
    assert "must begin with https://" in message


@pytest.mark.parametrize("kind", ["code", "name", "geometry", "rank", "page", "spot"])
def test_a_group_s_kind_is_no_column_of_the_downloads(kind: str) -> None:
    raw = mini()
    raw["group"] = [{**raw["group"][0], "kind": kind}, *raw["group"][1:]]  # type: ignore[index]
    assert f"a group's kind can't be '{kind}'" in refused(raw)


@pytest.mark.parametrize("of", [0, -1, 10**12])
def test_of_has_bounds(of: int) -> None:
    raw = mini()
    raw["edition"] = [{**raw["edition"][0], "of": of}, *raw["edition"][1:]]  # type: ignore[index]
    assert "of: Input should be" in refused(raw)


# --- folders -------------------------------------------------------------------------------


def test_slugs_are_told_apart_without_regard_to_case() -> None:
    names = ["North", "NORTH", "north", "a/b", "a-b", "!!!", "..", "?", "aux", "nul", "x" * 300]
    found = slugs([(name, name) for name in names])
    assert found["aux"] == "aux-page"
    check_folders(list(found.values()))


@given(st.lists(st.text(max_size=100) | st.sampled_from(["con", "CON", "Lpt1", "."]), unique=True))
def test_any_names_give_folders(names: list[str]) -> None:
    found = slugs([(name, name) for name in names])
    assert list(found) == names
    check_folders(list(found.values()))


def check_folders(found: list[str]) -> None:
    assert len({slug.casefold() for slug in found}) == len(found)
    for slug in found:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug), slug
        assert len(slug) <= 80
        assert not os.path.isreserved(slug) if hasattr(os.path, "isreserved") else True
        assert slug not in {"con", "prn", "aux", "nul", "com1", "lpt1"}
