"""The data package: one JSON file that describes files to take away, for machines.

It follows the Data Package standard (datapackage.org, version 2), which keeps what
version 1 readers need: tables have a schema with types, units, missing values, keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator.exports.formats import GUARD_WORDS, guarded, indented_json
from generator.exports.tables import Column, TakeAway, data_date
from generator.settings import Settings, attribution

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FILE = "datapackage.json"

_LICENCES = (
    (
        re.compile(r"open government licence.*3", re.IGNORECASE),
        "OGL-UK-3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    ),
    (
        re.compile(r"CC.?BY.?4|attribution 4", re.IGNORECASE),
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    (
        re.compile(r"CC0", re.IGNORECASE),
        "CC0-1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
)
_MEDIA_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "pmtiles": "application/vnd.pmtiles",
    "json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A file beside the package: its name, its bytes, and the table in it, if it is one."""

    path: str
    title: str
    about: str
    content: bytes
    licence: str
    source: str = ""
    source_url: str = ""
    table: TakeAway | None = None


def datapackage(settings: Settings, resources: Sequence[Resource]) -> bytes:
    """``datapackage.json`` for files that lie beside it.

    Parameters
    ----------
    resources
        In the order in which they are to be listed.  A table whose key is a single column
        of codes is what the ``code`` of all others refers to.
    """
    atlas = settings.atlas
    areas = next((r.table for r in resources if r.table and r.table.name == "areas"), None)
    package: dict[str, object] = {
        "$schema": PROFILE,
        "name": _name(atlas.title),
        "title": atlas.title,
        "description": atlas.summary or atlas.title,
        **({"homepage": atlas.base_url} if atlas.base_url else {}),
        "created": f"{data_date(settings):%Y-%m-%dT00:00:00Z}",
        "licenses": _licences([e.licence for e in settings.edition]),
        "sources": [
            *(_source(e.source or e.title, e.source_url) for e in settings.edition),
            *(_source(line, "") for line in attribution(settings) if line),
        ],
        "textGuard": GUARD_WORDS,
        "resources": [_resource(one, areas) for one in resources],
    }
    return indented_json({k: v for k, v in package.items() if v})


def _resource(one: Resource, areas: TakeAway | None) -> dict[str, object]:
    stem, _, ending = one.path.rpartition(".")
    table = one.table
    described: dict[str, object] = {
        # Several formats of one thing differ in their ending alone.
        "name": _name(stem) if table else _name(one.path),
        **({"type": "table"} if table else {}),
        "path": one.path,
        "title": one.title,
        "description": one.about,
        "format": ending,
        "mediatype": _MEDIA_TYPES.get(ending, "application/octet-stream"),
        "bytes": len(one.content),
        "hash": f"sha256:{hashlib.sha256(one.content).hexdigest()}",
    }
    licences = _licences([one.licence])
    if licences:
        described["licenses"] = licences
    if one.source:
        described["sources"] = [_source(one.source, one.source_url)]
    if table is None:
        return described
    schema: dict[str, object] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if areas is not None and table is not areas and "code" in table.key:
        schema["foreignKeys"] = [
            {"fields": ["code"], "reference": {"resource": areas.name, "fields": ["code"]}}
        ]
    return {
        **described,
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "header": True},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, object]:
    limits: dict[str, object] = {}
    if column.needed:
        limits["required"] = True
    if column.values:
        limits["enum"] = [guarded(value) for value in column.values]
    if column.least is not None:
        limits["minimum"] = column.least
    if column.most is not None:
        limits["maximum"] = column.most
    return {
        "name": guarded(column.name),
        "type": column.kind,
        "description": column.about,
        **({"unit": column.unit} if column.unit else {}),
        **({"constraints": limits} if limits else {}),
    }


def _name(text: str) -> str:
    """A name as the standard wants it: lower-case letters, digits, ``.``, ``-``, ``_``."""
    return re.sub(r"[^a-z0-9._]+", "-", text.casefold()).strip("-") or "data"


def licence_url(text: str) -> str:
    """Where a licence's own text stands, if it is one that is known; else empty."""
    return next((url for pattern, _, url in _LICENCES if pattern.search(text)), "")


def _licences(texts: Sequence[str]) -> list[dict[str, str]]:
    """Licences by their known names and addresses; others by their title alone."""
    found: dict[str, dict[str, str]] = {}
    for text in (part.strip() for whole in texts for part in whole.split(";")):
        if not text:
            continue
        known = next(((n, url) for pattern, n, url in _LICENCES if pattern.search(text)), None)
        found[text] = (
            {"name": known[0], "path": known[1], "title": text}
            if known
            else {"name": re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-"), "title": text}
        )
    return list(found.values())


def _source(title: str, url: str) -> dict[str, str]:
    return {"title": title, **({"path": url} if url else {})}
