"""Hypothesis strategies: whole inputs of each kind, made up from odd parts."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import tomllib
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import hypothesis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from damage import TOKENS, VALUES, nodes, toml
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from ods_files import write_ods
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

Whole = st.SearchStrategy[bytes]
Rows = list[list[str]]

CODES = (
    "E07000146", "E07000901", "E07000902", "E07000903", "E07000904", "E07000905", "E07000906",
    "W06000001",
)  # fmt: skip
NAMES = ("Abbey", "Castle", "Dale", "Moor", "Far End", "Ynys Mon", "Kings Lynn & West Norfolk")
TEXTS = st.sampled_from(TOKENS) | st.text(max_size=30)
NUMBERS = (
    st.integers(-1000, 1000).map(str)
    | st.floats().map(repr)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str)
)
CELLS = NUMBERS | NUMBERS | TEXTS
PLACES = st.sampled_from((*CODES, *NAMES, "E07000999", "Nowhere"))


def example(strategy: st.SearchStrategy[Any], seed: int) -> Any:
    """What a strategy gives for a seed; the same each time with one version of hypothesis."""
    found: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=12, phases=[Phase.generate], database=None, deadline=None,
        derandomize=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis.given(strategy)
    def take(one: Any) -> None:
        found.append(one)

    take()
    return found[-1]  # the first ones are the simplest


@st.composite
def rows(draw: st.DrawFn, columns: Sequence[str], place: str) -> Rows:
    """A table: its columns mostly those that are expected, one of them with codes or names."""
    known = st.sampled_from([*columns, place])
    header = draw(st.lists(known | TEXTS, max_size=len(columns) + 2))
    if draw(st.booleans()) or draw(st.booleans()):
        header = [*columns, *header[:1]]
    count = draw(st.integers(0, 12))
    places = draw(
        st.just(CODES[:count]) | st.lists(PLACES, min_size=count, max_size=count).map(tuple)
    )
    body = [
        [one if name == place else draw(CELLS) for name in header]
        for one in places[: draw(st.integers(0, 12))]
    ]
    above = draw(st.lists(st.lists(TEXTS, max_size=2), max_size=2))
    return [*above, header, *body]


def csv_tables(columns: Sequence[str], place: str) -> Whole:
    def written(content: Rows, delimiter: str, encoding: str, quoting: int) -> bytes:
        file = io.StringIO()
        csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(content)
        return file.getvalue().encode(encoding, "replace")

    return st.builds(
        written,
        rows(columns, place),
        st.sampled_from(",,,;\t|"),
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"]),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )


def workbooks(columns: Sequence[str], place: str) -> Whole:
    def written(content: Rows, formats: list[str]) -> bytes:
        book = Workbook()
        for at, row in enumerate(content, 1):
            for column, cell in enumerate(row, 1):
                try:
                    made = book.active.cell(at, column, _figure(cell))
                except (IllegalCharacterError, ValueError):
                    continue
                made.number_format = formats[(at + column) % len(formats)]
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    formats = st.lists(
        st.sampled_from(["General", "0%", "0.0", "yyyy-mm-dd", "@", '"x"0', "#,##0", "[h]:mm"]),
        min_size=1, max_size=3,
    )  # fmt: skip
    return st.builds(written, rows(columns, place), formats)


def _figure(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def spreadsheets(columns: Sequence[str], place: str) -> Whole:
    def written(content: Rows) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            sheet = [[_figure(cell) for cell in row] for row in content]
            return write_ods(Path(folder) / "t.ods", {"S": sheet}).read_bytes()

    return st.builds(written, rows(columns, place))


@st.composite
def parquets(draw: st.DrawFn, columns: Sequence[str], place: str) -> bytes:
    """Columns of all types that Arrow has, mostly under the names that are expected."""
    count = draw(st.integers(0, 9))
    arrays, names = [], []
    for name in [*columns, *draw(st.lists(TEXTS.filter(_encodable), max_size=1))]:
        kind = draw(st.sampled_from(ARROW))
        try:
            arrays.append(kind(draw, count) if name != place else pa.array(CODES[:count]))
        except (pa.ArrowException, UnicodeEncodeError, OverflowError):
            arrays.append(pa.nulls(count))
        names.append(name)
    length = min((len(a) for a in arrays), default=0)
    table = pa.table([a[:length] for a in arrays], names=names)
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _encodable(text: str) -> bool:
    return "\ud7ff" not in text


def _listed(strategy: st.SearchStrategy[Any], kind: Any) -> Callable[[st.DrawFn, int], pa.Array]:
    def made(draw: st.DrawFn, count: int) -> pa.Array:
        values = draw(st.lists(st.none() | strategy, min_size=count, max_size=count))
        return pa.array(values, type=kind)

    return made


ARROW = (
    _listed(st.floats(), pa.float64()),
    _listed(st.floats(-1e3, 1e3), pa.float64()),
    _listed(st.integers(-(2**62), 2**62), pa.int64()),
    _listed(st.text(max_size=9), pa.string()),
    _listed(st.binary(max_size=9), pa.binary()),
    _listed(st.booleans(), pa.bool_()),
    _listed(st.datetimes(), pa.timestamp("us")),
    _listed(st.dates(), pa.date32()),
    _listed(st.lists(st.integers(0, 9), max_size=3), pa.list_(pa.int64())),
    _listed(st.decimals(-99, 99, places=2), pa.decimal128(10, 2)),
    _listed(st.fixed_dictionaries({"x": st.integers(0, 9)}), pa.struct([("x", pa.int64())])),
    lambda draw, count: pa.array([draw(CELLS) for _ in range(count)]).dictionary_encode(),
    lambda draw, count: pa.nulls(count),
)


# -- Trees ---------------------------------------------------------------------------------

ODD = st.recursive(
    st.sampled_from(VALUES) | st.none() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
SETTINGS = (
    ("classes",), ("classes", "scheme"), ("classes", "k"), ("classes", "breaks"),
    ("classes", "labels"), ("classes", "colours"), ("classes", "colours_dark"), ("spots",),
    ("spots", "share"), ("tiles",), ("tiles", "min_zoom"), ("tiles", "max_zoom"),
    ("tiles", "areas_from"), ("limits",),
    ("per_area",), ("per_area", "most_areas"), ("per_area", "cards"), ("geography", "keep"),
    ("geography", "attribution"), ("geography", "code_column"), ("geography", "layer"),
    ("geography", "dissolve"), ("geography", "package"), ("geography", "service"),
    ("geography", "year"), ("geography", "importance"), ("atlas", "base_url"), ("atlas", "theme"),
    ("atlas", "language"), ("atlas", "repository"), ("atlas", "words", "area"),
    ("edition", 0, "where"), ("edition", 0, "sheet"), ("edition", 0, "header_row"),
    ("edition", 0, "decimal"), ("edition", 0, "missing"), ("edition", 0, "lookup"),
    ("edition", 0, "aliases"), ("edition", 0, "absent"), ("edition", 0, "published"),
    ("edition", 0, "of"), ("edition", 1, "of"), ("edition", 0, "columns"),
    ("edition", 0, "source_url"), ("indicator", 0, "decimals"), ("indicator", 0, "better"),
    ("indicator", 0, "unit"), ("group", 0, "column"), ("group", 0, "names"), ("group", 0, "about"),
    ("claims",), ("main_edition",), ("stages",),
)  # fmt: skip
"""Entries that the small atlas leaves to their defaults, or that odd values have broken."""


def trees(base: Any, more: Sequence[tuple[Any, ...]] = ()) -> st.SearchStrategy[Any]:
    """A tree with odd values at one to three places."""
    places = st.sampled_from([*nodes(base), *more])
    changes = st.lists(st.tuples(places, ODD), min_size=1, max_size=3)

    def patched(patches: list[tuple[tuple[Any, ...], Any]]) -> Any:
        tree = json.loads(json.dumps(base, default=str))
        for path, value in patches:
            _put(tree, path, value)
        return tree

    return changes.map(patched)


def _put(tree: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        if isinstance(tree, dict):
            tree = tree.setdefault(key, {})
        elif isinstance(tree, list) and isinstance(key, int) and key < len(tree):
            tree = tree[key]
        else:
            return
    if isinstance(tree, dict) or (isinstance(tree, list) and path[-1] in range(len(tree))):
        tree[path[-1]] = value


def toml_files(base: bytes, more: Sequence[tuple[Any, ...]] = SETTINGS) -> Whole:
    # TOML has no "nothing"; where it is drawn, a word stands.
    made = trees(tomllib.loads(base.decode()), more)
    return made.map(lambda t: toml(t).replace("None", '""').encode("utf-8", "replace"))


def json_files(base: bytes) -> Whole:
    return trees(json.loads(base)).map(lambda tree: json.dumps(tree).encode())


# -- Shapes --------------------------------------------------------------------------------

DEGREES = st.tuples(st.floats(-4, -1), st.floats(51, 54)).map(list)
NUMBERS_OF_ALL_SIZES = st.floats() | st.sampled_from([0.0, -0.0, 1e-300, 180.0, 90.0, 1e7, 1e300])
ANYWHERE = st.lists(NUMBERS_OF_ALL_SIZES, min_size=2, max_size=3)
POINTS = DEGREES | DEGREES | DEGREES | ANYWHERE


@st.composite
def rings(draw: st.DrawFn) -> list[list[float]]:
    """A box, a spike, a bow tie, or whatever points there are; closed or not."""
    west, south = draw(st.floats(-3.6, -2)), draw(st.floats(52, 52.9))
    wide, high = draw(st.floats(0, 0.5)), draw(st.floats(0, 0.5))
    box = [[west, south], [west + wide, south], [west + wide, south + high], [west, south + high]]
    points = draw(st.just(box) | st.permutations(box) | st.lists(POINTS, max_size=9))
    points = [*points, *draw(st.lists(DEGREES, max_size=1))]
    return [*points, *points[: draw(st.sampled_from([1, 1, 1, 0]))]]


POLYGONS = st.lists(rings(), min_size=1, max_size=2)
GEOMETRIES = st.one_of(
    POLYGONS.map(lambda c: {"type": "Polygon", "coordinates": c}),
    st.lists(POLYGONS, max_size=3).map(lambda c: {"type": "MultiPolygon", "coordinates": c}),
    POINTS.map(lambda c: {"type": "Point", "coordinates": c}),
    rings().map(lambda c: {"type": "LineString", "coordinates": c}),
    st.just({"type": "GeometryCollection", "geometries": []}),
    st.none(),
)


@st.composite
def feature_collections(draw: st.DrawFn) -> dict[str, Any]:
    shapes = (
        st.one_of(POLYGONS.map(lambda c: {"type": "Polygon", "coordinates": c}), GEOMETRIES)
        if draw(st.booleans())
        else POLYGONS.map(lambda c: {"type": "Polygon", "coordinates": c})
    )
    features = [
        {
            "type": "Feature",
            "properties": {"par20cd": code, "par20nm": draw(st.sampled_from(NAMES) | TEXTS)},
            "geometry": draw(shapes),
        }
        for code in (draw(st.just(CODES) | st.lists(st.sampled_from(CODES), max_size=8)))
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def geojson_files() -> Whole:
    return feature_collections().map(lambda tree: json.dumps(tree).encode())


@st.composite
def vector_files(draw: st.DrawFn, suffix: str, driver: str) -> bytes:
    """Valid files of odd polygons, fields and coordinate systems."""
    count = draw(st.integers(1, 8))
    shapes = []
    for _ in range(count):
        ring = [point[:2] for point in draw(rings())]
        places = np.nan_to_num(np.array(ring, dtype=float), posinf=1e9, neginf=-1e9)
        shapes.append(shapely.Polygon(places) if len(places) > 3 else shapely.Polygon())
    names = draw(st.lists(TEXTS.map(_plain), min_size=count, max_size=count))
    frame = gpd.GeoDataFrame(
        {"par20cd": CODES[:count], "par20nm": names, "x": draw(st.floats())},
        geometry=shapes,
        crs=draw(st.sampled_from(["EPSG:4326", "EPSG:27700", "EPSG:3857", "EPSG:32633", None])),
    )
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of no coordinate system, and of too large figures
        path = Path(folder) / f"p{suffix}"
        frame.to_file(path, driver=driver)
        return path.read_bytes()


def _plain(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:60]
