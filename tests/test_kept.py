"""What is kept between builds: found again, bounded, thrown away when damaged, never stale."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from built import build_site
from shapes import cells, layout_of

from generator import kept
from generator.errors import AtlasError
from generator.kept import Kept
from generator.maps.layouts import Layout
from generator.report import BufferReport


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[sqlite3.Connection]]:
    """Every connection of a test; none stays open behind it, of which Python 3.13 would warn."""
    found: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def noted(*arguments: Any, **named: Any) -> sqlite3.Connection:
        found.append(connect(*arguments, **named))
        return found[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    yield found
    for one in found:
        one.close()


def written(file: Path, **entries: int) -> None:
    one = Kept(file, "code")
    for name, number in entries.items():
        one.value((name,), lambda number=number: number)
    one.save(BufferReport())


def never() -> None:
    raise AssertionError("it was made again")


def test_what_was_made_is_found_by_the_next_build(tmp_path: Path) -> None:
    written(tmp_path / "kept", one=1)
    assert Kept(tmp_path / "kept", "code").value(("one",), never) == 1


def test_other_code_another_question_and_force_find_nothing(tmp_path: Path) -> None:
    written(tmp_path / "kept", one=1)
    assert Kept(tmp_path / "kept", "other code").value(("one",), lambda: 2) == 2
    assert Kept(tmp_path / "kept", "code").value(("two",), lambda: 3) == 3
    assert Kept(tmp_path / "kept", "code", forget=True).value(("one",), lambda: 4) == 4


def test_a_value_is_the_same_made_or_found(tmp_path: Path) -> None:
    """A tuple comes back as a list: the first build must not get what the next one doesn't."""
    one = Kept(tmp_path / "kept", "code")
    assert one.value(("t",), lambda: (1, (0.1, "é"))) == [1, [0.1, "é"]]


@pytest.mark.parametrize("harm", [b"", b"no database", b"SQLite format 3\0" + bytes(5000)])
def test_a_damaged_file_is_thrown_away_with_a_word(tmp_path: Path, harm: bytes) -> None:
    file = tmp_path / "kept"
    written(file, one=1)
    file.write_bytes(harm)
    report = BufferReport()
    one = Kept(file, "code")
    assert one.value(("one",), lambda: 5) == 5
    one.save(report)
    assert any("damaged" in line for line in report.lines) or harm == b""
    assert Kept(file, "code").value(("one",), never) == 5


def test_a_damaged_content_is_made_again(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    written(file, one=1)
    with sqlite3.connect(file) as opened:
        opened.execute("UPDATE kept SET content = ?", (b"rubbish",))
    report = BufferReport()
    one = Kept(file, "code")
    assert one.value(("one",), lambda: 6) == 6
    one.save(report)
    assert "damaged" in report.lines[0]
    assert Kept(file, "code").value(("one",), never) == 6


def test_what_was_used_longest_ago_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "kept"
    for name in ("a", "b", "c"):
        written(file, **{name: 1})
    monkeypatch.setattr(kept, "MOST_BYTES", 20)
    monkeypatch.setattr(kept, "_TOUCH_TURNS", 0)
    used = Kept(file, "code")
    used.value(("a",), never)
    used.save(BufferReport())
    with sqlite3.connect(file) as opened:
        (total,) = opened.execute("SELECT SUM(size) FROM kept").fetchone()
    assert total <= 20
    assert Kept(file, "code").value(("a",), never) == 1
    with pytest.raises(AssertionError, match="made again"):
        Kept(file, "code").value(("b",), never)


def test_a_worker_hands_back_what_it_made(tmp_path: Path) -> None:
    main, report = Kept(tmp_path / "kept", "code"), BufferReport()
    worker: Kept = pickle.loads(pickle.dumps(main))  # noqa: S301 - made here
    worker.value(("one",), lambda: 1)
    main.add(worker.news(), report)
    main.save(report)
    assert Kept(tmp_path / "kept", "code").value(("one",), never) == 1
    assert worker.news().made == ()


def test_a_folder_that_can_t_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one, report = Kept(tmp_path / "file" / "kept", "code"), BufferReport()
    assert one.value(("one",), lambda: 1) == 1
    one.save(report)
    assert "can't keep" in report.lines[0]


def moved(layout: Layout, metres: float) -> Layout:
    shapes = layout.geometry.copy()
    shapes[0] = shapely.transform(shapes[0], lambda points: points + metres)
    return layout_with(layout, geometry=shapes)


def layout_with(layout: Layout, **other: object) -> Layout:
    return replace(layout, **other)  # type: ignore[arg-type]


def test_a_layout_s_digest_is_that_of_all_that_is_drawn_of_it() -> None:
    layout = layout_of(cells(1, 12))
    others = [
        moved(layout, 0.001),
        layout_with(layout, group_of={layout.codes[0]: "X"}),
        layout_with(layout, context=layout.geometry[:1]),
        layout_with(layout, beyond=layout.geometry[:1]),
        layout_with(layout, codes=("other", *layout.codes[1:])),
        layout_with(layout, cells=True),
    ]
    assert layout_with(layout, note="another").digest == layout.digest
    assert len({layout.digest, *(other.digest for other in others)}) == len(others) + 1


def test_no_build_leaves_the_file_open(
    mini: Path, tmp_path: Path, opened: list[sqlite3.Connection]
) -> None:
    """Neither one that makes all anew, nor one that finds it, nor one that fails."""

    def all_closed() -> bool:
        for one in opened:
            with pytest.raises(sqlite3.ProgrammingError, match="closed"):
                one.total_changes  # noqa: B018
        return bool(opened)

    for name in ("first", "second"):
        build_site(mini, tmp_path / name, boundaries="auto", jobs=1)
        assert all_closed(), name
    theme = mini.parent / "theme"
    theme.mkdir()
    (theme / "base.html").write_text("{{ 1 / 0 }}", encoding="utf-8")
    text = mini.read_text(encoding="utf-8").replace("subject =", 'theme = "theme"\nsubject =')
    mini.write_text(text, encoding="utf-8")
    with pytest.raises(AtlasError):
        build_site(mini, tmp_path / "third", boundaries="auto", jobs=1)
    assert all_closed()
