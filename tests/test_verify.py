"""`verify` is green on a whole site and red on faults, each planted as if a build had made it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from built import Built

from generator import cli
from generator.build.manifest import MANIFEST, fingerprint, manifest_text, read_manifest
from generator.errors import OutputError
from generator.report import BufferReport
from generator.verify.site import verify
from generator.verify.tiles import decode


def faults(out: Path) -> list[str]:
    return [str(fault) for fault in verify(out, BufferReport())]


def plant(out: Path, path: str, change: Callable[[bytes], bytes]) -> None:
    """Change a file, and the manifest with it, so that no fingerprint gives the fault away."""
    before = (out / path).read_bytes()
    after = change(before)
    assert after != before
    (out / path).unlink()
    (out / path).write_bytes(after)
    manifest = read_manifest(out)
    files = {**manifest.files, path: (fingerprint(after), len(after))}
    (out / MANIFEST).write_text(manifest_text(files, manifest.keys), encoding="utf-8")


def swapped(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new, 1)


def first_filled(out: Path) -> str:
    tiles = sorted(p for p in (out / "tiles/geography").rglob("*.pbf") if p.stat().st_size > 200)
    return tiles[0].relative_to(out).as_posix()


def archive(out: Path) -> str:
    return "tiles/geography.pmtiles"


def test_a_whole_site_has_no_faults(out: Path) -> None:
    assert faults(out) == []


@pytest.mark.slow
def test_the_shipped_site_has_no_faults(shipped_site: Built) -> None:
    assert faults(shipped_site.folder) == []


HOME = "index.html"
MOOR = "parishes/moor/"
PLANTED: dict[str, tuple[str | Callable[[Path], str], Callable[[bytes], bytes], str]] = {
    "a link": (HOME, swapped(b'href="parishes/', b'href="perishes/'), "leads nowhere"),
    "a fragment": (HOME, lambda c: c + b'<a href="data/#nothing">x</a>', "leads nowhere"),
    "a tile cut short": (first_filled, lambda c: c[:-7], "does not decode"),
    "a tile of another place": (first_filled, lambda c: b"", "is not that of the tree"),
    "an archive": (archive, lambda c: c[:60], "does not open"),
    "a CSV": ("data/areas.csv", lambda c: c + b"one cell too few\n", "does not open"),
    "a workbook": ("data/atlas.xlsx", lambda c: c[: len(c) // 2], "does not open"),
    "GeoParquet": ("data/geography.parquet", lambda c: c[:-9], "does not open"),
    "GeoJSON": ("data/geography.geojson", lambda c: c[:-9], "does not open"),
    "JSON": ("assets/names.json", lambda c: c[:-2], "does not open"),
    "a card": ("card.png", lambda c: c[: len(c) // 2], "does not open"),
    "a figure in a table": (
        "parishes/index.html",
        lambda c: re.sub(rb'(<td class="num"[^>]*>)([^<]*)<', rb"\g<1>77777<", c, count=1),
        "the table says 77777",
    ),
    "a rank in a headline": (
        f"{MOOR}index.html",
        lambda c: re.sub(rb'(<span class="rank">)[^<]*', rb"\g<1>88th of 99", c, count=1),
        "the headline says 88",
    ),
    "a CSV beside a page": (f"{MOOR}data.csv", swapped(b"1234.5", b"1234.6"), "is not in data"),
    "JSON beside a page": (f"{MOOR}data.json", swapped(b"1234.5", b"1234.6"), "are not those"),
    "an edition's CSV": ("data/2020.csv", swapped(b"1234.5", b"1234.6"), "is not that of"),
    "the data package": ("data/datapackage.json", swapped(b"sha256:", b"sha256:0"), "another size"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(out: Path, name: str) -> None:
    place, change, said = PLANTED[name]
    path = place(out) if callable(place) else place
    if path.startswith("assets/"):
        stem, _, ending = Path(path).name.rpartition(".")
        (found,) = (out / "assets").glob(f"{stem}.*.{ending}")
        path = found.relative_to(out).as_posix()
    plant(out, path, change)
    found_faults = faults(out)
    assert found_faults, "nothing was found"
    assert any(said in fault for fault in found_faults), found_faults


@pytest.mark.parametrize("how", ["gone", "changed", "added"])
def test_a_file_that_is_not_as_written_is_found(out: Path, how: str) -> None:
    path = out / MOOR / "index.html"
    if how == "gone":
        path.unlink()
    elif how == "changed":
        path.write_bytes(path.read_bytes() + b" ")
    else:
        shutil.copy(path, out / "left-over.html")
    said = {"gone": "is missing", "changed": "not as it was written", "added": "did not make"}
    assert any(said[how] in fault for fault in faults(out))


@pytest.mark.parametrize(
    "tile",
    [
        b"\x1a\x05",
        b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x18\x01",
        b"\x1a\x04\x0a\x02hi",  # no version
        b"\x1a\x0a\x0a\x02hi\x78\x02\x12\x02\x18\x07",  # a kind of geometry that isn't there
    ],
)
def test_what_is_no_tile_does_not_decode(tile: bytes) -> None:
    if tile == b"\x18\x01":
        with pytest.raises(ValueError, match="number where"):
            decode(tile)
        return
    with pytest.raises(ValueError, match=r"cut short|field 15|no kind"):
        decode(tile)


def test_the_command_says_what_is_wrong_and_where(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["verify", str(out)]) == 0
    assert "no faults" in capsys.readouterr().err
    (out / MOOR / "data.csv").unlink()
    assert cli.main(["verify", str(out), "-q"]) == 1
    stated = capsys.readouterr().err
    assert f"fault: {MOOR}data.csv: is missing" in stated
    assert "link" in stated


def test_a_folder_without_a_site_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OutputError):
        verify(tmp_path, BufferReport())
    assert cli.main(["verify", str(tmp_path)]) == 1
    assert "there is no site here" in capsys.readouterr().err


def test_only_verify_takes_a_folder_beside_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["check", "site"])
    assert stopped.value.code == 2
    assert "unrecognized arguments: site" in capsys.readouterr().err
