"""Each reader takes anything: it reads it, or refuses it with a place and a fix.

Without a build around them readers are quick, so that many more inputs are tried here than in
`test_fuzz`.  ``FUZZ_EXAMPLES=5000 python -m pytest tests/fuzz/test_readers.py`` tries more.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import damage
import strategies as made_up
import targets

from generator.claims.file import claims_from
from generator.errors import AtlasError, SourceError
from generator.hexagons.layout import hexagons, read_layout
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.boundaries import read_boundaries
from generator.sources.postcodes import PostcodeDirectory, read_directory
from generator.sources.tables import TableLimits, read_table
from generator.sources.tables.metadata import read_description
from generator.toml_file import read_toml

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
LIMITS = TableLimits(megabytes=1, rows=500, columns=60, cells=5_000)
many = settings(max_examples=EXAMPLES)
SEEDS = st.randoms(use_true_random=False)


def damaged(base: bytes, how: damage.Damage) -> st.SearchStrategy[bytes]:
    """The damages that the builds of `test_fuzz` get, chosen by hypothesis."""
    return st.builds(how, st.just(base), SEEDS)


def refused_well(read: Callable[[], object]) -> object:
    """What is read; None if it is refused as inputs are to be refused."""
    with warnings.catch_warnings():
        # Of geometry out of this world; the command line keeps them as details.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return read()
        except AtlasError as error:
            refusal = error
    said = (refusal.where, refusal.message, refusal.fix)
    assert all(said), said
    return None


def read_as(name: str, content: bytes, read: Callable[[Path], object]) -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return refused_well(lambda: read(path))


# -- Tables --------------------------------------------------------------------------------

CSV = (targets.MINI / "harvest_2020.csv").read_bytes()


def table(path: Path) -> object:
    found = read_table(path, report=BufferReport(), limits=LIMITS)
    for name in found.columns:
        for read in (found.column, found.numbers, found.ranks):
            refused_well(lambda read=read, name=name: read(name))  # type: ignore[misc]
    found.numeric_columns()
    found.code_column()
    return found


@many
@given(
    st.one_of(
        st.binary(max_size=300),
        damaged(CSV, damage.damage_text),
        made_up.csv_tables(targets.TABLE, "parish"),
    )
)
def test_a_csv_is_read_or_refused(content: bytes) -> None:
    read_as("t.csv", content, table)


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laid-out")


def base_of(name: str, folder: Path) -> bytes:
    return (targets.undamaged(name, folder) / targets.TARGETS[name].path).read_bytes()


@pytest.mark.parametrize("suffix", [".xlsx", ".ods", ".parquet"])
def test_a_workbook_is_read_or_refused(suffix: str, laid_out: Path) -> None:
    target = targets.TARGETS[f"table{suffix}"]
    base = base_of(f"table{suffix}", laid_out)
    assert target.make_up is not None

    @many
    @given(st.one_of(damaged(base, target.damage), target.make_up(base)))
    def check(content: bytes) -> None:
        read_as(f"t{suffix}", content, table)

    check()


@pytest.mark.parametrize("name", ["datapackage.json", "t.csv-metadata.json", "csv-metadata.json"])
def test_a_description_beside_a_table_is_read_or_reported(name: str) -> None:
    kind = "datapackage.json" if name == "datapackage.json" else "csvw"
    tree = targets.PACKAGE_JSON if kind == "datapackage.json" else targets.CSVW
    base = json.dumps(tree).replace("harvest_2020", "t").encode()

    @many
    @given(st.one_of(damaged(base, damage.damage_json), made_up.json_files(base)))
    def check(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.csv"
            path.write_bytes(CSV)
            path.with_name(name).write_bytes(content)
            read_description(path, BufferReport())
            refused_well(lambda: table(path))

    check()


@many
@given(
    st.one_of(
        st.binary(max_size=200),
        damaged(b"code,name,column,row\nA,a,0,0\nB,b,1,0\nC,c,0,1\n", damage.damage_text),
        made_up.csv_tables(targets.HEX, "code"),
    )
)
def test_a_layout_of_hexagons_is_read_or_refused(content: bytes) -> None:
    points = {code: (-3.0 + at, 52.0) for at, code in enumerate(("A", "B", "C"))}
    found: Any = read_as("h.csv", content, lambda path: read_layout(path, points))
    if found is not None:
        assert np.isfinite(hexagons(found).total_bounds).all()


# -- Settings and statements ----------------------------------------------------------------

ATLAS = (targets.MINI / "atlas.toml").read_bytes()


@many
@given(
    st.one_of(
        st.binary(max_size=200),
        damaged(ATLAS, damage.damage_toml),
        made_up.toml_files(ATLAS),
    )
)
def test_settings_are_read_or_refused(content: bytes) -> None:
    def read(path: Path) -> object:
        return settings_from(read_toml(path, missing="gone", fix="find it"), path)

    read_as("atlas.toml", content, read)


@many
@given(made_up.trees(tomllib.loads(ATLAS.decode()), made_up.SETTINGS))
def test_settings_from_any_tree_are_made_or_refused(tree: Any) -> None:
    if isinstance(tree, dict):
        refused_well(lambda: settings_from(tree, Path("atlas.toml")))


@many
@given(made_up.trees(tomllib.loads(targets.CLAIMS)))
def test_statements_from_any_tree_are_made_or_refused(tree: Any) -> None:
    if isinstance(tree, dict):
        refused_well(lambda: claims_from(tree, Path("claims.toml")))


# -- Shapes --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["p.geojson", "p.gpkg", "p.zip", "p.shp", "p.dbf", "p.prj"])
def test_boundaries_are_read_or_refused(name: str, laid_out: Path) -> None:
    target = targets.TARGETS[name]
    atlas = targets.undamaged(name, laid_out)
    base = (atlas / name).read_bytes()
    contents = damaged(base, target.damage)
    if target.make_up is not None:
        contents = st.one_of(contents, target.make_up(base))

    @settings(max_examples=max(1, EXAMPLES // 2))
    @given(contents)
    def check(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for part in atlas.glob("p.*"):
                if part.suffix != ".geojson" or name == "p.geojson":
                    (Path(folder) / part.name).write_bytes(part.read_bytes())
            (Path(folder) / name).write_bytes(content)
            path = Path(folder) / target.boundaries
            found: Any = refused_well(lambda: read_boundaries(path, report=BufferReport()))
            if found is not None:
                assert np.isfinite(found.frame.total_bounds).all()

    check()


# -- What packages give ----------------------------------------------------------------------


def test_a_directory_of_postcodes_is_read_or_refused(laid_out: Path) -> None:
    base = base_of("postcodes", laid_out)

    @many
    @given(damaged(base, targets.damage_packed))
    def check(content: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "postcodes_N.msgpack.br"
            path.write_bytes(content)
            directory = PostcodeDirectory("9.9", (path,), "")
            found: Any = refused_well(lambda: read_directory(directory))
            if found is not None:
                assert len(found.codes) == len(found.districts) == len(found.points_m)

    check()


# -- The damages themselves ------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(targets.TARGETS))
def test_a_damage_is_one_and_the_same_each_time(name: str, laid_out: Path) -> None:
    target = targets.TARGETS[name]
    manifest = b'{"files": {"a": ["b", 1]}, "keys": {}}'
    base = manifest if name == "manifest" else base_of(name, laid_out)
    # Workbooks and GeoPackages that are made up say when that was.
    seeds = range(0, 24, 2) if name in {"table.xlsx", "p.gpkg"} else range(12)
    made = [targets.content_of(name, seed, base) for seed in seeds]
    assert made == [targets.content_of(name, seed, base) for seed in seeds]
    assert sum(content != base for content in made) >= 8
    assert target.damage(base, random.Random(1)) == target.damage(base, random.Random(1))


def test_a_refusal_without_a_place_is_seen() -> None:
    def read() -> object:
        raise SourceError("it is broken")

    with pytest.raises(AssertionError):
        refused_well(read)
