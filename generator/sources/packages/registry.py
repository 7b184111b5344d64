"""The boundary files of packages that the generator knows, and what can be made of them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.sources.dissolve import ParentRule

REGISTRY_FILE = Path(__file__).resolve().with_name("files.toml")


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A boundary file in a package, and how one geography is made of it.

    Attributes
    ----------
    package, path
        The distribution's name, and the file's path from where packages are installed.
    version, sha256
        Of the file that is known; empty if any will do.
    title, publisher, licence, detail, made_of
        What the file holds, for readers; empty if unknown.
    crs
        In which the coordinates are written, where the file does not declare it.
    extent
        EW (England and Wales), EN, WA or NI; empty if it holds all there are.
    beyond
        A sketch of land that borders on the file's areas and isn't among them: longitudes and
        latitudes of one ring; empty if there is none.
    rules
        The steps from the file's areas to the geography; none if it holds them itself.
    """

    package: str
    path: str
    version: str = ""
    sha256: str = ""
    title: str = ""
    publisher: str = ""
    licence: str = ""
    detail: str = ""
    made_of: str = ""
    crs: str = ""
    extent: str = ""
    beyond: tuple[tuple[float, float], ...] = ()
    rules: tuple[ParentRule, ...] = ()


def packaged_file(
    geography: str, year: int | None, registry: Path = REGISTRY_FILE
) -> PackagedFile | None:
    """The file that carries a geography of a year, or None."""
    for entry in tomllib.loads(registry.read_text(encoding="utf-8"))["file"]:
        for carried in entry["carries"]:
            if carried["geography"] == geography and year in carried["years"]:
                return _packaged(entry, carried, year or 0, registry.parent)
    return None


def carried_geographies(registry: Path = REGISTRY_FILE) -> tuple[str, ...]:
    """Every geography and year that some package carries, for messages: ``lad 2011 to 2018``."""
    entries = tomllib.loads(registry.read_text(encoding="utf-8"))["file"]
    return tuple(
        f"{carried['geography']} {_span(carried['years'])}"
        for entry in entries
        for carried in entry["carries"]
    )


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"


def _packaged(
    entry: Mapping[str, Any], carried: Mapping[str, Any], year: int, folder: Path
) -> PackagedFile:
    stated = {
        name: entry.get(name, "")
        for name in (
            "package", "path", "version", "sha256", "title", "publisher", "licence", "detail",
            "made_of", "crs", "extent",
        )
    }  # fmt: skip
    step = carried.get("dissolve")
    return PackagedFile(
        **stated,
        beyond=tuple((lon, lat) for lon, lat in entry.get("beyond", ())),
        rules=(_rule(step, year, folder),) if step else (),
    )


def _rule(step: Mapping[str, str], year: int, folder: Path) -> ParentRule:
    if "lookup" not in step:
        return ParentRule(column=step["column"], pattern=step.get("pattern", ""))
    with (folder / step["lookup"]).open(encoding="utf-8", newline="") as stream:
        parents = {
            row[step["key"]]: (row[step["code"]], row[step["name"]])
            for row in csv.DictReader(stream)
            if int(row["first_year"]) <= year <= int(row["last_year"])
        }
    return ParentRule(
        column=step["column"],
        pattern=step["pattern"],
        lookup=parents,
        lookup_name=step["lookup"],
    )
