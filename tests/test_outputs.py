"""The writer: nothing half, nothing foreign removed, nothing rewritten that is the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.build.manifest import (
    CARD,
    MANIFEST,
    Manifest,
    fingerprint,
    is_whole,
    manifest_text,
    read_manifest,
)
from generator.build.outputs import Output, Published, hashed_name
from generator.errors import OutputError

ROOT = Path(__file__).resolve().parents[1]


def publish(folder: Path, files: dict[str, str], key: str = "k") -> Published:
    with Output(folder) as output:
        for path, content in files.items():
            output.write(path, content)
        return output.publish({"build": key})


def state(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Content, inode and time of every file below a folder."""
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_ino, p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def contents(folder: Path) -> dict[str, str]:
    return {path: found[0].decode() for path, found in state(folder).items() if path != MANIFEST}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


# -- A build ---------------------------------------------------------------------------------


def test_a_site_is_what_was_written(site: Path) -> None:
    published = publish(site, {"index.html": "home", "a/b/index.html": "deep", "é.txt": "ü"})
    assert contents(site) == {"index.html": "home", "a/b/index.html": "deep", "é.txt": "ü"}
    assert published == Published(files=3, written=3, unchanged=0, removed=0, size=10)
    assert list(site.parent.iterdir()) == [site], "nothing is left beside it"
    assert is_whole(site, read_manifest(site))


def test_the_manifest_says_what_was_made_and_from_what(site: Path) -> None:
    publish(site, {"b.txt": "b", "more/c.txt": "c", "a.txt": "a"}, key="from this")
    raw = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    assert list(raw["folders"]) == ["", "more"]
    assert list(raw["folders"][""]) == ["a.txt", "b.txt"]
    assert raw["folders"][""]["a.txt"] == "ypeBEsobvcr6wjGz 1"
    assert raw["keys"] == {"build": "from this"}
    assert read_manifest(site).files["more/c.txt"] == (fingerprint(b"c"), 1)


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,2}(/[a-z .]{1,2}x){0,2}", fullmatch=True),
        st.tuples(st.binary(min_size=12, max_size=12).map(bytes.hex), st.integers(0, 10**9)),
        max_size=6,
    ),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3),
    st.data(),
)
def test_a_manifest_is_read_as_it_was_written(
    files: dict[str, tuple[str, int]], keys: dict[str, str], data: st.DataObject
) -> None:
    for path in files:
        if data.draw(st.booleans()):
            keys[CARD + path] = fingerprint(path.encode())
    with TemporaryDirectory() as folder:
        text = manifest_text(files, keys)
        (Path(folder) / MANIFEST).write_text(text, encoding="utf-8")
        assert read_manifest(Path(folder)) == Manifest(files, keys)


def test_a_manifest_of_version_0_1_is_understood(site: Path) -> None:
    """Files that didn't change stay, and those that are gone are removed."""
    publish(site, {"index.html": "x", "old/index.html": "y"})
    before, manifest = state(site)["index.html"], read_manifest(site)
    former = {
        path: [hashlib.sha256((site / path).read_bytes()).hexdigest()[:32], size]
        for path, (_, size) in manifest.files.items()
    }
    text = json.dumps({"files": former, "keys": {**manifest.keys}})
    (site / MANIFEST).write_text(text, encoding="utf-8")
    assert read_manifest(site) == manifest
    assert is_whole(site, manifest)
    assert publish(site, {"index.html": "x"}).removed == 1
    assert state(site)["index.html"] == before


def test_unchanged_files_are_left_alone_and_orphans_removed(site: Path) -> None:
    publish(site, {"same.html": "same", "new.html": "old", "gone/index.html": "gone"})
    before = state(site)
    published = publish(site, {"same.html": "same", "new.html": "new!", "more.html": "more"})
    assert published == Published(files=3, written=2, unchanged=1, removed=1, size=12)
    after = state(site)
    assert after["same.html"] == before["same.html"], "same inode, same time stamp"
    assert contents(site) == {"same.html": "same", "new.html": "new!", "more.html": "more"}
    assert not (site / "gone").exists()


def test_a_file_that_somebody_changed_is_restored(site: Path) -> None:
    publish(site, {"a.html": "right", "b.html": "right", "c.html": "right"})
    (site / "a.html").write_text("wrong", encoding="utf-8")  # as long as it was
    (site / "b.html").write_text("longer than it was", encoding="utf-8")
    (site / "c.html").unlink()
    published = publish(site, {"a.html": "right", "b.html": "right", "c.html": "right"})
    assert contents(site) == dict.fromkeys(("a.html", "b.html", "c.html"), "right")
    assert published.written == 3


@given(
    st.lists(
        st.dictionaries(
            st.from_regex(r"[a-c]{1,2}(/[a-c]{1,2})?\.html", fullmatch=True),
            st.text("xy", max_size=3),
            max_size=6,
        ),
        min_size=2,
        max_size=4,
    )
)
def test_after_any_builds_the_site_is_what_the_last_wrote(
    tmp_path_factory: pytest.TempPathFactory, builds: list[dict[str, str]]
) -> None:
    site = tmp_path_factory.mktemp("any") / "site"
    former: dict[str, str] = {}
    for files in builds:
        published = publish(site, files)
        assert contents(site) == files
        same = sum(former.get(path) == content for path, content in files.items())
        assert published.unchanged == same
        assert published.removed == len(former.keys() - files.keys())
        former = files


# -- Refusals --------------------------------------------------------------------------------


def test_two_pages_of_one_path_are_refused(site: Path) -> None:
    with pytest.raises(OutputError, match="same place") as caught, Output(site) as output:  # noqa: PT012
        output.write("a/index.html", "one")
        output.write("a/index.html", "two")
    assert caught.value.where == "a/index.html"
    assert not site.exists()


@pytest.mark.parametrize("path", ["../out.html", "a/../../out.html", "/out.html", "", "a/.."])
def test_no_path_leads_out_of_the_site(site: Path, path: str) -> None:
    with pytest.raises(OutputError, match="no path within the site"), Output(site) as output:
        output.write(path, "x")
    assert list(site.parent.iterdir()) == []


def test_a_folder_of_others_is_never_cleared(site: Path) -> None:
    site.mkdir()
    (site / "thesis.doc").write_text("ten years", encoding="utf-8")
    before = state(site)
    with pytest.raises(OutputError, match=r"didn't make \(thesis.doc") as caught:
        publish(site, {"index.html": "x"})
    assert "--out" in caught.value.fix
    assert state(site) == before


def test_a_file_is_no_folder(site: Path) -> None:
    site.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="a file, not a folder"):
        publish(site, {"index.html": "x"})
    assert site.read_text(encoding="utf-8") == "x"


def test_an_empty_folder_and_one_kept_by_git_may_be_used(site: Path) -> None:
    site.mkdir()
    publish(site, {"index.html": "x"})
    other = site.with_name("kept")
    other.mkdir()
    (other / ".gitkeep").touch()
    publish(other, {"index.html": "x"})
    assert contents(other) == {".gitkeep": "", "index.html": "x"}


def test_a_place_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="can't write here"):
        publish(tmp_path / "file" / "site", {"index.html": "x"})


def test_foreign_files_in_a_site_are_kept(site: Path) -> None:
    publish(site, {"index.html": "one", "a/index.html": "one"})
    (site / "CNAME").write_text("atlas.example", encoding="utf-8")
    (site / "a/own.txt").write_text("mine", encoding="utf-8")
    (site / ".well-known").mkdir()
    (site / ".well-known/x").write_text("y", encoding="utf-8")
    before = state(site)
    publish(site, {"index.html": "two"})
    after = state(site)
    for path in ("CNAME", "a/own.txt", ".well-known/x"):
        assert after[path] == before[path]
    assert "a/index.html" not in after
    assert set(read_manifest(site).files) == {"index.html"}


def test_a_foreign_file_gives_way_to_a_page_of_its_path(site: Path) -> None:
    publish(site, {"index.html": "one"})
    (site / "404.html").write_text("mine", encoding="utf-8")
    publish(site, {"index.html": "one", "404.html": "ours"})
    assert (site / "404.html").read_text(encoding="utf-8") == "ours"


# -- What goes wrong -------------------------------------------------------------------------


class StumbledError(Exception):
    pass


def test_a_build_that_fails_leaves_the_former_site_byte_for_byte(site: Path) -> None:
    publish(site, {"index.html": "one", "a/index.html": "two"})
    before = state(site)
    with pytest.raises(StumbledError), Output(site) as output:  # noqa: PT012
        output.write("index.html", "changed")
        output.write("b.html", "new")
        raise StumbledError
    assert state(site) == before
    assert list(site.parent.iterdir()) == [site]


def test_leaving_without_publishing_discards(site: Path) -> None:
    with Output(site) as output:
        output.write("index.html", "x")
    assert not site.exists()
    assert list(site.parent.iterdir()) == []


def test_changing_a_staged_file_never_changes_the_former_site(site: Path) -> None:
    """Unchanged files are hard links: a changed one must be written anew, not through the link."""
    publish(site, {"index.html": "one"})
    inode = (site / "index.html").stat().st_ino
    with pytest.raises(StumbledError), Output(site) as output:  # noqa: PT012
        output.write("index.html", "two")
        assert (output.staging / "index.html").stat().st_ino != inode
        raise StumbledError
    assert contents(site) == {"index.html": "one"}


def test_two_builds_do_not_write_one_site(site: Path) -> None:
    publish(site, {"index.html": "x"})
    with Output(site) as output:
        output.write("index.html", "y")
        with pytest.raises(OutputError, match="another build is writing this site"), Output(site):
            pass
        output.publish({})
    assert contents(site) == {"index.html": "y"}
    assert list(site.parent.iterdir()) == [site]


def test_a_damaged_manifest_stops_the_build(site: Path) -> None:
    """Else what the generator made would be taken for the user's, and kept for ever."""
    publish(site, {"index.html": "x"})
    for text in (
        "{",
        "[]",
        "[" * 100_000,
        '{"files": {"../x": ["1", 1]}, "keys": {}}',
        '{"folders": {"..": {"x": "ypeBEsobvcr6wjGz 1"}}, "keys": {}}',
    ):
        (site / MANIFEST).write_text(text, encoding="utf-8")
        with pytest.raises(OutputError, match="is damaged"):
            publish(site, {"other.html": "y"})
    assert (site / "index.html").read_text() == "x"


def test_a_manifest_that_can_not_be_read_is_taken_for_none(site: Path) -> None:
    publish(site, {"index.html": "x"})
    for text in (
        "{", "[]", '{"files": 3}', '{"files": {"a": 1}, "keys": {}}', '{"keys": {}}',
        '{"folders": {"": {"a": "ypeBEsobvcr6wjGz"}}, "keys": {}}',
        '{"folders": {"": {"a": "ypeBE? 1"}}, "keys": {}}',
    ):  # fmt: skip
        (site / MANIFEST).write_text(text, encoding="utf-8")
        assert not read_manifest(site).files
        assert not is_whole(site, read_manifest(site))


# -- Parts -----------------------------------------------------------------------------------


def test_names_change_with_the_content() -> None:
    one, two = hashed_name("assets/style.css", b"a"), hashed_name("assets/style.css", b"b")
    assert one != two
    assert one == f"assets/style.{fingerprint(b'a')[:8]}.css"
    assert hashed_name("x/names", b"a").startswith("x/names.")


def test_trees_are_adopted(site: Path) -> None:
    with Output(site) as output:
        tree = output.scratch("tiles")
        (tree / "4/7").mkdir(parents=True)
        (tree / "4/7/5.pbf").write_bytes(b"\x1a")
        output.adopt(tree, "tiles")
        assert not tree.exists()
        assert output.paths == {"tiles/4/7/5.pbf"}
        assert output.read("tiles/4/7/5.pbf") == b"\x1a"
        output.publish({})
    assert (site / "tiles/4/7/5.pbf").read_bytes() == b"\x1a"


def test_scratch_is_not_published(site: Path) -> None:
    with Output(site) as output:
        (output.scratch("x") / "left.txt").touch()
        output.write("index.html", "x")
        output.publish({})
    assert contents(site) == {"index.html": "x"}


def test_what_was_made_before_can_be_taken_over(site: Path) -> None:
    publish(site, {"tiles/1.pbf": "one", "tiles/2.pbf": "two", "index.html": "x"})
    before = state(site)
    with Output(site) as output:
        assert output.reuse("tiles/") == 2
        assert output.keep("index.html")
        assert not output.keep("gone.html")
        output.publish({})
    after = state(site)
    del before[MANIFEST], after[MANIFEST]
    assert after == before


def test_nothing_is_taken_over_where_a_part_is_missing(site: Path) -> None:
    publish(site, {"tiles/1.pbf": "one", "tiles/2.pbf": "two"})
    (site / "tiles/2.pbf").unlink()
    with Output(site) as output:
        assert output.reuse("tiles/") == 0
        assert output.paths == frozenset()
