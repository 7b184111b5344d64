"""What a file beside the table says of it: a Frictionless data package, or CSVW metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.report import Report
from generator.sources.tables.table import ColumnFacts

_LARGEST_BYTES = 5_000_000
_NUMBERS = {
    "number", "integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger",
    "positiveInteger",
}  # fmt: skip
_YEARS = {"year", "gYear"}


@dataclass(frozen=True, slots=True)
class Description:
    """What was said: by column its facts; signs for "no figure"; how the file is written."""

    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    decimal: str = ""
    delimiter: str = ""
    encoding: str = ""
    source: str = ""


def description_files(path: Path) -> list[Path]:
    """The files that may describe a table, those that are there; the most particular first."""
    names = (f"{path.name}-metadata.json", "csv-metadata.json", "datapackage.json")
    return [found for name in names if (found := path.with_name(name)).is_file()]


def read_description(path: Path, report: Report) -> Description:
    """The description of a table; an empty one if no file beside it speaks of it."""
    for file in description_files(path):
        try:
            if file.stat().st_size > _LARGEST_BYTES:
                raise ValueError("it is larger than 5 MB")
            said = json.loads(file.read_text(encoding="utf-8-sig"))
            found = _package(said, path) if file.name == "datapackage.json" else _csvw(said, path)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            report.warn(f"{file}: it can't be read as a description of {path.name} ({error})")
            continue
        if found is not None:
            report.say(f"{path}: types, titles and units are those of {file.name}")
            return found
    return Description()


def _package(said: Mapping[str, Any], path: Path) -> Description | None:
    for resource in said.get("resources", ()):
        if Path(str(resource.get("path", ""))).name != path.name:
            continue
        schema = resource.get("schema") or {}
        if not isinstance(schema, dict):
            return None
        facts = {
            str(column["name"]): ColumnFacts(
                title=str(column.get("title", "")),
                unit=str(column.get("unit", "")),
                about=str(column.get("description", "")),
                kind=_kind(str(column.get("type", ""))),
            )
            for column in schema.get("fields", ())
        }
        decimals = {c.get("decimalChar") for c in schema.get("fields", ())} - {None}
        dialect = resource.get("dialect") or {}
        return Description(
            facts=facts,
            missing=frozenset(str(text).casefold() for text in schema.get("missingValues", ())),
            decimal="," if decimals == {","} else "",
            delimiter=str(dialect.get("delimiter", "")) if isinstance(dialect, dict) else "",
            encoding=str(resource.get("encoding", "")),
        )
    return None


def _csvw(said: Mapping[str, Any], path: Path) -> Description | None:
    tables = said.get("tables") or [said]
    for table in tables:
        url = str(table.get("url", ""))
        if url and Path(url).name != path.name:
            continue
        schema = table.get("tableSchema") or said.get("tableSchema") or {}
        facts: dict[str, ColumnFacts] = {}
        missing: set[str] = set()
        decimals: set[str] = set()
        for column in schema.get("columns", ()):
            titles = _texts(column.get("titles"))
            datatype = column.get("datatype", "")
            base = datatype.get("base", "") if isinstance(datatype, dict) else datatype
            if isinstance(datatype, dict) and isinstance(datatype.get("format"), dict):
                decimals.add(datatype["format"].get("decimalChar", "."))
            missing.update(text.casefold() for text in _texts(column.get("null")))
            fact = ColumnFacts(
                title=titles[0] if titles else "",
                unit=_first(column, "schema:unitText", "unitText", "unit"),
                about=_first(column, "dc:description", "dcterms:description", "description"),
                kind=_kind(str(base)),
            )
            # The header holds a column's title or, in files written by programs, its name.
            for name in {str(column.get("name", "")), *titles} - {""}:
                facts[name] = fact
        dialect = table.get("dialect") or said.get("dialect") or {}
        return Description(
            facts=facts,
            missing=frozenset(missing),
            decimal="," if decimals == {","} else "",
            delimiter=str(dialect.get("delimiter", "")),
            encoding=str(dialect.get("encoding", "")),
        )
    return None


def _texts(said: object) -> list[str]:
    """A CSVW natural language property, in whichever of its three forms, as texts."""
    if isinstance(said, dict):
        return [text for value in said.values() for text in _texts(value)]
    if isinstance(said, list):
        return [str(text) for text in said]
    return [] if said is None else [str(said)]


def _first(column: Mapping[str, Any], *names: str) -> str:
    return next((texts[0] for name in names if (texts := _texts(column.get(name)))), "")


def _kind(said: str) -> Literal["", "number", "text", "year"]:
    if said in _YEARS:
        return "year"
    if said in _NUMBERS:
        return "number"
    return "text" if said in {"string", "date", "datetime", "boolean"} else ""
