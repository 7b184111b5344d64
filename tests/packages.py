"""Reads a data package as the standard describes it, and says what is wrong with it.

Written from the standard (datapackage.org: Data Package, Data Resource, Table Schema) and
independent of the code that writes packages.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

NAME = re.compile(r"^[a-z0-9._/-]+$")
URL = re.compile(r"^https?://[^\s/]+")
Read = Callable[[str], bytes]


def problems(package: bytes, read: Read) -> list[str]:
    """Everything that breaks the standard, or that the data contradict; empty if all is well.

    Parameters
    ----------
    package
        ``datapackage.json``.
    read
        Gives the bytes of a file by its path from the package.
    """
    found = json.loads(package.decode("utf-8"))
    stated = list(_package(found))
    tables: dict[str, list[dict[str, Any]]] = {}
    for resource in found["resources"]:
        stated += [f"{resource.get('name')}: {text}" for text in _file(resource, read)]
        if "schema" in resource:
            rows: list[dict[str, Any]] = []
            stated += [f"{resource['name']}: {text}" for text in _table(resource, read, rows)]
            tables[resource["name"]] = rows
    for resource in found["resources"]:
        stated += [f"{resource['name']}: {text}" for text in _foreign(resource, tables)]
    return stated


def _package(found: Mapping[str, Any]) -> Iterator[str]:
    if not found.get("resources"):
        yield "no resources"
    if not NAME.match(found.get("name", "")):
        yield f"the name {found.get('name')!r} is none"
    if "created" in found and not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["created"]
    ):
        yield "created is no date and time"
    names = [resource.get("name") for resource in found["resources"]]
    if len(set(names)) < len(names):
        yield "two resources have one name"
    yield from _credits(found)
    for resource in found["resources"]:
        yield from _credits(resource)


def _credits(found: Mapping[str, Any]) -> Iterator[str]:
    for licence in found.get("licenses", [{"name": "left out"}]):
        if not (licence.get("name") or licence.get("path")):
            yield "a licence has neither name nor path"
        if "name" in licence and not re.fullmatch(r"[-a-zA-Z0-9._]+|left out", licence["name"]):
            yield f"{licence['name']!r} is no licence's name"
        if "path" in licence and not URL.match(licence["path"]):
            yield "a licence's path is no URL"
    for source in found.get("sources", []):
        if not source.get("title") and not source.get("path"):
            yield "a source has neither title nor path"


def _file(resource: Mapping[str, Any], read: Read) -> Iterator[str]:
    path = resource.get("path", "")
    if not NAME.match(resource.get("name", "")):
        yield "has no proper name"
    if not path or path.startswith(("/", ".")) or ".." in path or "://" in path:
        yield f"the path {path!r} leads out of the package"
        return
    content = read(path)
    if resource.get("bytes") != len(content):
        yield f"is said to have {resource.get('bytes')} bytes, has {len(content)}"
    if resource.get("hash") != f"sha256:{hashlib.sha256(content).hexdigest()}":
        yield "is not the file that was hashed"


_READERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": lambda text: int(re.fullmatch(r"[+-]?\d+", text)[0]),  # type: ignore[index]
    "number": lambda text: float(
        re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", text)[0]  # type: ignore[index]
    ),
}


def _table(resource: Mapping[str, Any], read: Read, rows: list[dict[str, Any]]) -> Iterator[str]:
    schema, dialect = resource["schema"], resource["dialect"]
    text = read(resource["path"]).decode(resource["encoding"])
    lines = list(
        csv.reader(
            io.StringIO(text, newline=""), delimiter=dialect["delimiter"],
            quotechar=dialect["quoteChar"], strict=True,
        )
    )  # fmt: skip
    fields = schema["fields"]
    if lines[0] != [field["name"] for field in fields]:
        yield f"the header is {lines[0]}"
        return
    if any(not field.get("description") for field in fields):
        yield "a column is not explained"
    for number, line in enumerate(lines[1:], start=2):
        if len(line) != len(fields):
            yield f"line {number} has {len(line)} cells"
            continue
        row: dict[str, Any] = {}
        for field, cell in zip(fields, line, strict=True):
            for said in _cell(field, cell, schema["missingValues"], row):
                yield f"line {number}, {field['name']}: {said}"
        rows.append(row)
    yield from _key(schema, rows)


def _cell(
    field: Mapping[str, Any], cell: str, missing: list[str], row: dict[str, Any]
) -> Iterator[str]:
    limits = field.get("constraints", {})
    if cell in missing:
        row[field["name"]] = None
        if limits.get("required"):
            yield "is empty"
        return
    try:
        value = _READERS[field["type"]](cell)
    except TypeError:
        yield f"{cell!r} is no {field['type']}"
        return
    row[field["name"]] = value
    if "enum" in limits and value not in limits["enum"]:
        yield f"{value!r} is none of {limits['enum']}"
    if "minimum" in limits and value < limits["minimum"]:
        yield f"{value} is below {limits['minimum']}"
    if "maximum" in limits and value > limits["maximum"]:
        yield f"{value} is above {limits['maximum']}"


def _key(schema: Mapping[str, Any], rows: list[dict[str, Any]]) -> Iterator[str]:
    key = schema.get("primaryKey", [])
    if not set(key) <= {field["name"] for field in schema["fields"]}:
        yield f"there is no key {key}"
        return
    seen = set()
    for row in rows:
        values = tuple(row.get(name) for name in key)
        if values in seen or None in values:
            yield f"the key {values} is missing or there twice"
        seen.add(values)


def _foreign(
    resource: Mapping[str, Any], tables: Mapping[str, list[dict[str, Any]]]
) -> Iterator[str]:
    for key in resource.get("schema", {}).get("foreignKeys", []):
        target = key["reference"]
        there = {
            tuple(row[name] for name in target["fields"]) for row in tables[target["resource"]]
        }
        for row in tables[resource["name"]]:
            values = tuple(row.get(name) for name in key["fields"])
            if values not in there:
                yield f"{values} is not in {target['resource']}"
