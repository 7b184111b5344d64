"""A site that was read in full is not read again, and whatever changes in it is noticed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from built import Built, build_site

from generator.build import seen, staleness
from generator.build.manifest import MANIFEST
from generator.build.options import Options
from generator.build.seen import record_of, settled_stamps, stamps
from generator.build.staleness import is_up_to_date

PAGE = "parishes/moor/index.html"


@pytest.fixture
def site(mini: Path, tmp_path: Path) -> Built:
    return build_site(mini, tmp_path / "site", boundaries="auto", jobs=1)


@pytest.fixture
def copied(mini_site: Built, mini: Path, tmp_path: Path) -> Path:
    """A site of which nothing is noted here."""
    return shutil.copytree(mini_site.folder, tmp_path / "site")


def asked(mini: Path, out: Path) -> bool:
    return is_up_to_date(mini, Options(out), None)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Sites that are read in full."""
    found: list[Path] = []
    whole = staleness.is_whole

    def noted(folder: Path, manifest: staleness.Manifest) -> bool:
        found.append(folder)
        return whole(folder, manifest)

    monkeypatch.setattr(staleness, "is_whole", noted)
    return found


def test_a_site_that_was_built_here_is_not_read(mini: Path, site: Built, read: list[Path]) -> None:
    assert asked(mini, site.folder)
    assert read == []


def test_a_site_from_elsewhere_is_read_once(mini: Path, copied: Path, read: list[Path]) -> None:
    assert asked(mini, copied)
    assert asked(mini, copied)
    assert read == [copied]


def other_bytes(path: Path) -> None:
    """As many as before, written over them, and with the former time of change."""
    before = path.stat()
    content = path.read_bytes()
    with path.open("r+b") as file:
        file.write(content[::-1])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def other_file(path: Path) -> None:
    """One of the same size and time in its place."""
    draft = path.with_name("draft")
    shutil.copy2(path, draft)
    draft.write_bytes(path.read_bytes()[::-1])
    shutil.copystat(path, draft)
    draft.replace(path)


CHANGES: dict[str, Callable[[Path], None]] = {
    "is deleted": Path.unlink,
    "is longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "has other bytes": other_bytes,
    "is another file": other_file,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("path", [PAGE, MANIFEST])
def test_whatever_changes_in_a_site_is_noticed(
    mini: Path, site: Built, read: list[Path], change: str, path: str
) -> None:
    assert asked(mini, site.folder)
    CHANGES[change](site.folder / path)
    assert not asked(mini, site.folder)
    # A manifest that can't be read lists nothing that could be.
    assert read == ([site.folder] if path == PAGE else [])


def test_what_is_put_back_counts_again(mini: Path, site: Built, read: list[Path]) -> None:
    page = site.folder / PAGE
    content = page.read_bytes()
    page.write_bytes(b"another")
    assert not asked(mini, site.folder)
    page.write_bytes(content)
    assert asked(mini, site.folder)
    assert len(read) == 2


def test_a_file_as_young_as_the_look_at_it_is_not_trusted(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changed again within the same tick of the clock, it would look the same."""
    young = max((copied / path).stat().st_ctime_ns for path in (PAGE, MANIFEST))
    assert stamps(copied, [PAGE]).youngest == young
    found = settled_stamps(copied, [PAGE])
    assert found
    assert found.youngest == young

    # The clock of the file system stands still since then.
    monkeypatch.setattr(seen, "_clock", lambda _: young)
    assert settled_stamps(copied, [PAGE]) is None


@pytest.mark.parametrize("damage", ["", "[]", '{"paths": 1, "keys": 2}', "{", '{"keys": {}}'])
def test_a_damaged_note_is_no_note(mini: Path, site: Built, read: list[Path], damage: str) -> None:
    note = record_of(site.folder, mini.parent / "boundaries/prepared-cache").file
    note.write_text(damage, encoding="utf-8")
    assert asked(mini, site.folder)
    assert asked(mini, site.folder)
    assert read == [site.folder]


def test_a_site_built_with_warnings_is_no_answer_to_strict(
    mini: Path, copied: Path, read: list[Path]
) -> None:
    manifest = copied / MANIFEST
    text = manifest.read_text(encoding="utf-8")
    assert '"warnings":"0"' in text
    manifest.write_text(text.replace('"warnings":"0"', '"warnings":"1"'), encoding="utf-8")
    for _ in range(2):
        assert asked(mini, copied)
        assert not is_up_to_date(mini, Options(copied, strict=True), None)
    assert read == [copied]


def test_nothing_is_noted_of_a_site_that_is_not_whole(
    mini: Path, site: Built, read: list[Path]
) -> None:
    (site.folder / PAGE).write_bytes(b"mine")
    assert not asked(mini, site.folder)
    assert not asked(mini, site.folder)
    assert len(read) == 2


def test_where_no_note_can_be_written_the_site_is_read(
    mini: Path, copied: Path, read: list[Path]
) -> None:
    cache = mini.parent / "boundaries/prepared-cache"
    shutil.rmtree(cache, ignore_errors=True)
    cache.write_text("in the way", encoding="utf-8")
    assert asked(mini, copied)
    assert asked(mini, copied)
    assert len(read) == 2
