"""Pages are known again by what they read: the same as if all were composed."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import pytest
from built import build_site
from hypothesis import given
from hypothesis import strategies as st
from shapes import cells

from generator.build import pages
from generator.build.options import Options
from generator.build.readings import Reading, Readings
from generator.build.reuse import view_digest
from generator.build.site import build
from generator.data.changes import Change
from generator.data.compare import Comparison, Measure
from generator.data.timelines import Timeline
from generator.pages import watched
from generator.pages.atlas import Atlas
from generator.pages.register import PAGES
from generator.reads import REFUSED, Read, Watched, WatchedRow, hash_of, hash_of_all, recording
from generator.report import BufferReport
from generator.settings import read_settings

LONG = os.environ.get("ATLAS_LONG")
TABLES = st.dictionaries(st.text(max_size=3), st.integers() | st.none(), max_size=6)


@given(TABLES, st.lists(st.tuples(st.sampled_from("[(in|keys|len|back"), st.text(max_size=3))))
def test_a_watched_table_reads_as_the_table_does(
    table: dict[str, int | None], steps: list[tuple[str, str]]
) -> None:
    own: Watched[str, int | None] = Watched("t", table)
    assert dict(own) == table
    assert list(reversed(own)) == list(reversed(table))
    assert [own.get(key, "none") for _, key in steps] == [table.get(k, "none") for _, k in steps]
    assert [key in own for _, key in steps] == [key in table for _, key in steps]
    assert (len(own), bool(own)) == (len(table), bool(table))


def known_by(reads: Iterable[Read], table: Mapping[str, int | None]) -> str:
    return hash_of_all(hash_of(read, {"t": Watched("t", table)}) for read in reads)


@given(TABLES, TABLES, st.lists(st.text(max_size=3), min_size=1))
def test_what_was_read_is_as_it_was_only_if_each_entry_is(
    before: dict[str, int | None], after: dict[str, int | None], keys: list[str]
) -> None:
    with recording() as reads:
        own: Watched[str, int | None] = Watched("t", before)
        first = [own.get(key, "none") for key in keys]
    second = [after.get(key, "none") for key in keys]
    known = [known_by(reads, table) for table in (before, after)]
    assert (known[0] == known[1]) == (first == second)


@pytest.mark.parametrize(
    ("read", "changed"),
    [
        (list, {"a": 1, "c": 2}),
        (list, {"b": 2, "a": 1}),
        (len, {"a": 1}),
        (lambda t: "c" in t, {"a": 1, "b": 2, "c": 3}),
        (lambda t: t.get("c"), {"a": 1, "b": 2, "c": 3}),
        (lambda t: dict(t), {"a": 1, "b": 3}),
        (lambda t: {**t}, {"a": 1, "b": 3}),
        (lambda t: list(t.items()), {"a": 1, "b": 3}),
        (lambda t: next(reversed(t)), {"b": 2, "a": 1}),
    ],
)
def test_every_way_to_read_is_recorded(read: object, changed: dict[str, int]) -> None:
    with recording() as reads:
        read(Watched("t", {"a": 1, "b": 2}))  # type: ignore[operator]
    assert known_by(reads, {"a": 1, "b": 2}) != known_by(reads, changed)


ROWS = st.lists(st.text(max_size=3), unique=True, max_size=6)


@given(ROWS, st.lists(st.text(max_size=3)))
def test_a_watched_row_reads_as_the_row_does(row: list[str], values: list[str]) -> None:
    own = WatchedRow("r", row)
    assert (list(own), list(reversed(own)), len(own)) == (row, row[::-1], len(row))
    assert [own[at] for at in range(-len(row), len(row))] == [*row, *row]
    assert (own[1:3], own[:]) == (row[1:3], row)
    for value in values:
        assert (value in own, own.count(value)) == (value in row, row.count(value))
        for bounds in ((), (1,), (0, 2)):
            if value in row[slice(*(bounds if len(bounds) > 1 else (*bounds, None)))]:
                assert own.index(value, *bounds) == row.index(value, *bounds)
            else:
                with pytest.raises(ValueError, match="not in the row"):
                    own.index(value, *bounds)


@pytest.mark.parametrize(
    ("read", "changed", "alike"),
    [
        (list, "bac", "abc"),
        (len, "ab", "xyz"),
        (lambda r: r[0], "xbc", "ax"),
        (lambda r: r[-1], "abx", "xxxc"),
        (lambda r: r[1:], "abx", "abc"),
        (lambda r: r.index("b"), "bac", "xby"),
        (lambda r: "d" in r, "abcd", "xyz"),
        (lambda r: next(reversed(r)), "abx", "abc"),
    ],
)
def test_every_way_to_read_a_row_is_recorded(
    read: Callable[[WatchedRow[str]], object], changed: str, alike: str
) -> None:
    with recording() as reads:
        read(WatchedRow("r", "abc"))

    def known(row: str) -> str:
        return hash_of_all(hash_of(one, {"r": WatchedRow("r", row)}) for one in reads)

    assert known("abc") != known(changed)
    assert known("abc") == known(alike)


def test_nothing_can_be_done_with_what_is_refused() -> None:
    for do in (str, len, float, bool, list, "{}".format, lambda one: one.name, lambda one: one < 1):
        with pytest.raises(AssertionError):
            do(REFUSED)  # type: ignore[operator]


def _asked_for(kind: type[object]) -> set[str]:
    """Everything that an instance of a dataclass keeps: its fields and cached properties."""
    cached = {name for name, found in vars(kind).items() if isinstance(found, cached_property)}
    return cached | {field.name for field in fields(kind)}  # type: ignore[arg-type]


def test_whatever_an_atlas_keeps_is_watched_refused_hashed_or_free_of_figures() -> None:
    """A new field must be thought of, else pages could be taken for the same that are not."""
    watching = Path(watched.__file__).read_text(encoding="utf-8")
    free: dict[type[object], set[str]] = {
        Atlas: {"kinds", "outlined", "group_layout", "region_of", "path_kinds", "names",
                "name_points", "dense", "alphabet", "site", "sources"},
        Comparison: {"group_kinds", "indicators", "groups_of"},
        Measure: {"extent", "ends", "median", "spans", "has_scores", "any_scores"},
        Change: set(),
        Timeline: {"steps", "measures"},
    }  # fmt: skip
    assert set(watched.HASHED) == free[Measure]
    for kind, without in free.items():
        for name in _asked_for(kind) - without:
            named = re.search(rf"(full|found|step)\.{name}\b|\b{name}=REFUSED", watching)
            assert named, f"{kind.__name__}.{name}: see pages/watched"


SETTINGS = """
[atlas]
title = "Fields"
[geography]
areas = "areas.csv"
postcodes = false
[[group]]
kind = "shire"
name = "Shire"
plural = "Shires"
path = "shires"
column = "shire"
outline = true
[spots]
share = 0.2
[tiles]
enabled = false
[per_area]
cards = false
[classes]
k = 4
[[indicator]]
id = "yield"
name = "Yield"
better = "higher"
[[indicator]]
id = "loss"
name = "Loss"
better = "lower"
[[edition]]
id = "2020"
table = "2020.csv"
columns.yield = { score = "yield" }
columns.loss = { score = "loss" }
[[edition]]
id = "2021"
table = "2021.csv"
columns.yield = { score = "yield" }
columns.loss = { score = "loss" }
comparable_with = "2020"
"""
FIELDS = 60


def make_fields(folder: Path) -> Path:
    """Sixty fields in four shires, two indicators in two editions; returns the settings' path."""
    frame = cells(5, FIELDS).to_crs("EPSG:4326")
    (folder / "boundaries").mkdir(parents=True)
    frame["name"] = [f"Field {at}" for at in range(len(frame))]
    named = zip(frame["code"], frame["name"], strict=True)
    table = [f"{code},{name},Shire {at % 4}" for at, (code, name) in enumerate(named)]
    (folder / "areas.csv").write_text("\n".join(["code,name,shire", *table]), encoding="utf-8")
    frame.to_file(folder / "boundaries/fields.geojson", driver="GeoJSON")
    chance = random.Random(1)
    for name in ("2020.csv", "2021.csv"):
        rows = [
            f"{code},{chance.uniform(0, 100):.1f},{chance.randrange(50)}" for code in frame["code"]
        ]
        text = "\n".join(["code,yield,loss", *rows])
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / "atlas.toml").write_text(SETTINGS, encoding="utf-8")
    return folder / "atlas.toml"


def change_a_figure(folder: Path, chance: random.Random) -> None:
    """Change one figure a little, so that few pages say something else; now and then to any."""
    path = folder / chance.choice(("2020.csv", "2021.csv"))
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    at = chance.randrange(len(rows))
    code, was, loss = rows[at].split(",")
    near = f"{float(was or 50) + chance.uniform(-1.5, 1.5):.1f}"
    new = chance.choice((near, near, near, f"{chance.uniform(0, 105):.1f}", ""))
    rows[at] = f"{code},{new},{loss}"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


class Checked:
    """Composes every page that was known by what it read, and compares."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known = self.composed = 0
        usual = pages.PageWork._read_before

        def read_before(
            work: pages.PageWork, kind: int, key: object, readings: Readings
        ) -> pages.Rendered:
            former = readings.unchanged(key)
            if former is None:
                self.composed += 1
                return usual(work, kind, key, readings)
            self.known += 1
            made = PAGES[kind].page(work.atlas, key)
            assert view_digest(made.view) == former.view, former.path
            assert tuple(path for path, _ in made.files) == former.files
            for path, content in made.files:
                assert (self.site / path).read_bytes() == content, path
            return usual(work, kind, key, readings)

        monkeypatch.setattr(pages.PageWork, "_read_before", read_before)

    def build(self, config: Path, site: Path) -> None:
        self.site = site
        settings = read_settings(config)
        build(settings, Options(out=site, boundaries="auto", jobs=1), BufferReport())


@pytest.mark.parametrize("seed", range(20 if LONG else 1))
def test_pages_known_by_what_they_read_would_be_composed_just_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    config = make_fields(tmp_path / "atlas")
    chance, checked = random.Random(seed), Checked(monkeypatch)
    for _ in range(6):
        checked.build(config, tmp_path / "site")
        change_a_figure(config.parent, chance)
    assert checked.known
    assert checked.composed


def test_an_area_s_page_reads_no_group_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else one score would have the pages of a whole region composed again."""
    read: dict[str, list[Read]] = {}
    usual = Readings.add

    def add(self: Readings, key: object, reading: Reading, reads: Iterable[Read]) -> None:
        read[reading.path] = list(reads)
        usual(self, key, reading, read[reading.path])

    monkeypatch.setattr(Readings, "add", add)
    build_site(make_fields(tmp_path / "fields"), tmp_path / "site", boundaries="auto", jobs=1)
    whole = {
        path: {name for name, what, _ in reads if what == "order"} for path, reads in read.items()
    }
    group = next(names for path, names in whole.items() if path.startswith("shires/"))
    assert any(name.endswith("ranking") for name in group)
    areas = [names for path, names in whole.items() if path.startswith("areas/")]
    assert len(areas) == FIELDS
    assert not {name for names in areas for name in names if name.endswith(("ranking", "places"))}
