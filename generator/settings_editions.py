"""``[[edition]]`` and ``[[standings]]`` of the settings: which tables, and what is in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from generator.settings_geography import Frozen, Slug


def _linkable(url: str) -> str:
    """An address that a page may link to: a script in one would run in the reader's browser."""
    if url and not re.match(r"^(https?://[^/\s]+|mailto:[^\s@]+@[^\s@]+)", url, re.IGNORECASE):
        raise ValueError(f"{url[:60]!r} must begin with https://, http:// or mailto:")
    return url


Link = Annotated[str, AfterValidator(_linkable)]


class Columns(Frozen):
    """Where a table holds one indicator: a score, a published rank, or both."""

    score: str = ""
    rank: str = ""
    where: dict[str, str] = {}
    """Only rows whose named columns say this, where a table holds several indicators."""

    @model_validator(mode="after")
    def _one_of(self) -> Columns:
        if not (self.score or self.rank):
            raise ValueError("name a score column, a rank column, or both")
        return self


class Remark(Frozen):
    """A text column of a table that pages show beside the figure.

    ``kind`` is ``"source"`` for where the figure was published, ``"printed"`` for the
    figure as its source prints it (shown where it differs), else ``"note"``.
    """

    column: str
    label: str
    kind: Literal["source", "printed", "note"] = "note"


class Edition(Frozen):
    """``[[edition]]``: one release of the scores, read from one table."""

    id: Slug
    name: str = ""
    table: Path
    sheet: str = ""
    header_row: int | None = Field(default=None, ge=1)
    """The row of the column names, from 1; found by the table's content unless given."""
    decimal: Literal["", ".", ","] = ""
    """The decimal sign of the table's figures; "." unless a file beside it says otherwise."""
    missing: tuple[str, ...] = ()
    """Further texts that mean "no figure", beside "[x]", "..", "n/a" and their like."""
    where: dict[str, str] = {}
    """Only rows whose named columns say this, for tables in long format (area, year, value)."""
    lookup: Path | None = None
    """A CSV with ``old_code``, ``new_code`` and ``share``, for a table of another vintage."""
    weight: str = ""
    """The table's column by which rates are averaged where the lookup joins areas."""
    code_column: str = ""
    name_column: str = ""
    columns: dict[Slug, Columns] = {}
    """By indicator; empty means: every numeric column of the table is an indicator."""
    remarks: tuple[Remark, ...] = ()
    of: int | None = Field(default=None, ge=1, le=10_000_000)
    """How many areas the release ranks, where the table holds only some of them."""
    aliases: dict[str, str] = {}
    """Names in the table that no rule finds, and the code that each means."""
    absent: dict[str, str] = {}
    """Codes that the release leaves out, and why."""
    comparable_with: tuple[Slug, ...] = ()
    """Earlier editions from whose figures this one's may be subtracted: one id, or a list."""
    published: dt.date | None = None
    source: str = ""
    source_url: Link = ""
    licence: str = ""
    note: str = ""

    @field_validator("comparable_with", mode="before")
    @classmethod
    def _one_or_more(cls, ids: object) -> object:
        return (ids,) if isinstance(ids, str) else ids

    @property
    def title(self) -> str:
        return self.name or self.id


class Standings(Frozen):
    """``[[standings]]``: who is said to be among the best or the worst, without figures."""

    edition: Slug
    table: Path
    scope: str = ""
    """Which areas the statement covers ("D2N2"), for the reader."""
    source: str = ""


def edition_problems(editions: Sequence[Edition], indicators: Collection[str]) -> list[str]:
    """What contradicts itself in the editions, or isn't among the indicators."""
    before: dict[str, Edition] = {}
    problems = []
    for edition in editions:
        problems += [
            f"edition {edition.id!r} has columns for {name!r}, which no [[indicator]] describes"
            for name in edition.columns
            if name not in indicators
        ]
        known = {e.id for e in editions}
        for other in dict.fromkeys(edition.comparable_with):
            problem = _comparison_problem(edition, other, before, known)
            problems += [f"edition {edition.id!r}: comparable_with {problem}"] * bool(problem)
        before[edition.id] = edition
    return problems


def _comparison_problem(
    edition: Edition, other: str, before: Mapping[str, Edition], known: Collection[str]
) -> str:
    if other not in known:
        return f"names {other!r}, which no [[edition]] has"
    if other not in before:
        return f"names {other!r}, which isn't earlier in the file: a change runs from the earlier"
    first, then = before[other].published, edition.published
    if first and then and first > then:
        return f"names {other!r}, which was published later ({first}, this one {then})"
    return ""
