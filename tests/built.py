"""Atlases that tests build: the shipped one, the mini atlas, and how one is built at all."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.build.outputs import Published
from generator.report import BufferReport
from generator.settings import read_settings

ROOT = Path(__file__).resolve().parents[1]
REAL_BOUNDARIES = ROOT / "../shared/boundaries/lad_2016_uk_bsc.geojson"
MINI = Path(__file__).resolve().parent / "mini"


@dataclass(frozen=True)
class Built:
    """A site that was built for tests; they read it and leave it as it is."""

    folder: Path
    published: Published
    report: BufferReport

    def text(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    @property
    def files(self) -> list[str]:
        """Every file's path from the site's root, rising."""
        return sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        )


def build_site(config: Path, out: Path, *, boundaries: str = "hex", **options: Any) -> Built:
    """Build an atlas into a folder, in this process."""
    from generator.build import site  # takes a second to import, which most tests needn't wait for

    report = BufferReport()
    base_url = options.pop("base_url", None)
    settings = read_settings(config)
    if base_url:
        settings = settings.with_base_url(base_url)
    published = site.build(
        settings, site.Options(out=out, boundaries=boundaries, **options), report
    )
    assert published is not None, "an empty folder can't be up to date"
    return Built(out, published, report)


def copy_example(name: str, folder: Path) -> Path:
    """An example's files, to build them where nothing is written beside the sources."""
    shutil.copytree(ROOT / "examples" / name, folder, ignore=shutil.ignore_patterns("*-cache"))
    return folder


def copy_mini(folder: Path) -> Path:
    """Put the mini atlas into a folder, with its boundaries drawn; returns its settings' path.

    Its boundaries are rectangles, listed in a table; a code with two rows has an island.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in MINI.glob("*.*"):
        shutil.copy(path, folder)
    boxes: dict[tuple[str, str], list[list[list[list[float]]]]] = {}
    with (MINI / "squares.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            west, south, east, north = (float(row[k]) for k in ("west", "south", "east", "north"))
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            boxes.setdefault((row["code"], row["name"]), []).append([ring])
    features = [
        {
            "type": "Feature",
            "properties": {"par20cd": code, "par20nm": name},
            "geometry": {"type": "MultiPolygon", "coordinates": rings},
        }
        for (code, name), rings in boxes.items()
    ]
    (folder / "boundaries").mkdir()
    (folder / "boundaries/parishes.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    return folder / "atlas.toml"
