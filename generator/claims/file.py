"""`data/claims.toml`: published statements and how each can be checked; every problem at once.

A check is a small description of a figure and of what the statement makes it out to be;
nothing in the file is executed.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from generator.errors import SettingsError
from generator.toml_file import read_toml

_LONGEST = 40
"""Letters of a figure: more than any that is published has."""
_HUGE = re.compile(r"[eE][+-]?_*0*[1-9][\d_]{2,}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _fraction(value: object) -> object:
    """Figures may be written as ``17``, ``0.6`` or ``"2/3"``; all are exact."""
    if isinstance(value, bool):
        raise ValueError('must be a figure such as 17, 0.6 or "2/3"')
    if isinstance(value, int):
        return Fraction(value)
    text = repr(value) if isinstance(value, float) else str(value)
    try:
        # An exponent of nine digits would be computed, as exactly as the rest, for hours.
        if len(text) > _LONGEST or _HUGE.search(text):
            raise ValueError
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'{text[:_LONGEST]!r} is no figure such as 17, 0.6 or "2/3"') from None


Figure = Annotated[Fraction, BeforeValidator(_fraction)]
SpotName = Literal["hot", "cold", "between"]


class Expect(_Frozen):
    """What a statement makes a figure out to be; several entries must all be true.

    ``all = true`` stands for as many as are counted among; shares run from 0 to 1.
    """

    equals: Figure | None = None
    at_least: Figure | None = None
    above: Figure | None = None
    at_most: Figure | None = None
    below: Figure | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _something(self) -> Expect:
        if not self.model_fields_set:
            raise ValueError(
                "expect nothing? name one of equals, at_least, above, at_most, below, all"
            )
        return self

    def meets(self, figure: Fraction, whole: Fraction) -> bool:
        """Whether a figure is what is expected; `whole` is what ``all`` means."""
        return not (
            (self.equals is not None and figure != self.equals)
            or (self.at_least is not None and figure < self.at_least)
            or (self.above is not None and figure <= self.above)
            or (self.at_most is not None and figure > self.at_most)
            or (self.below is not None and figure >= self.below)
            or (self.all is True and figure != whole)
        )

    def can_meet(self, low: Fraction, high: Fraction, whole: Fraction) -> bool:
        """Whether any figure from `low` to `high` is what is expected."""
        lows = [x for x in (self.equals, self.at_least) if x is not None]
        highs = [x for x in (self.equals, self.at_most) if x is not None]
        if self.all is True:
            lows, highs = [*lows, whole], [*highs, whole]
        return not (
            any(high < x for x in lows)
            or any(low > x for x in highs)
            or (self.above is not None and high <= self.above)
            or (self.below is not None and low >= self.below)
        )


class _Check(_Frozen):
    indicator: str = ""
    """Id of an indicator; the atlas's main one unless named."""
    expect: Expect


class CountCheck(_Check):
    """How many of some areas are hot, cold or between."""

    measure: Literal["count"]
    spot: SpotName
    where: dict[str, str] = {}
    """Kind of group → its name: ``{region = "London"}``; every entry narrows down."""
    areas: tuple[str, ...] = ()
    """Names or codes; empty means all areas of ``where``."""


class ShareCheck(_Check):
    """A share: of a group's members that are hot (or cold), or of all hot areas in the group."""

    measure: Literal["share"]
    spot: SpotName
    where: dict[str, str] = Field(min_length=1)
    of: Literal["members", "spots"] = "members"


class RankCheck(_Check):
    """The rank of an area; ``from_end`` counts from the worst."""

    measure: Literal["rank"]
    area: str
    from_end: bool = False


class BehindCheck(_Check):
    """How many places an area ranks behind another."""

    measure: Literal["behind"]
    area: str
    than: str
    expect: Expect = Expect(at_least=Fraction(1))


class PlaceCheck(_Check):
    """The place of a group among the groups of its kind, the worst first."""

    measure: Literal["place"]
    group: dict[str, str] = Field(min_length=1, max_length=1)
    by: Literal["cold share", "hot share", "median rank"]


Check = Annotated[
    CountCheck | ShareCheck | RankCheck | BehindCheck | PlaceCheck, Field(discriminator="measure")
]


class Source(_Frozen):
    """``[source.<id>]``: where statements stand."""

    name: str
    url: str = ""


class Claim(_Frozen):
    """``[[claim]]``: one statement, in our words, and its checks (all must hold).

    Without a check, ``unchecked`` says why.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    text: str
    quote: Annotated[str, Field(max_length=200)] = ""
    source: str
    edition: str
    """Id of the edition that the statement was made for."""
    editions: tuple[str, ...] = ()
    """The only editions to check, where the statement means nothing in others."""
    about: tuple[str, ...] = ()
    """Areas and groups (name or code) whose pages show it, beside those of its checks."""
    note: str = ""
    unchecked: str = ""
    check: tuple[Check, ...] = ()

    @model_validator(mode="after")
    def _checked_or_not(self) -> Claim:
        if bool(self.check) == bool(self.unchecked):
            raise ValueError("give either a check or, as 'unchecked', why there is none")
        return self


class ClaimFile(_Frozen):
    """The whole file.  ``file`` is where it lies, for messages."""

    file: Path
    source: dict[str, Source]
    claim: tuple[Claim, ...]

    @model_validator(mode="after")
    def _consistent(self) -> ClaimFile:
        ids = [c.id for c in self.claim]
        problems = [
            f"two claims are called {i!r}" for i in sorted({i for i in ids if ids.count(i) > 1})
        ]
        problems += [
            f"the claim {c.id!r} names the source {c.source!r}, which no [source] describes"
            for c in self.claim
            if c.source not in self.source
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def read_claims(path: Path) -> ClaimFile:
    """Read a file of claims.

    Raises
    ------
    SettingsError
        With every problem found, one a line, each with its place in the file.
    """
    raw = read_toml(
        path,
        missing="there is no such file of claims",
        fix='fix the entry "claims" of the settings, or drop it',
    )
    return claims_from(raw, path)


def claims_from(raw: dict[str, Any], path: Path) -> ClaimFile:
    """Claims from parsed TOML; `path` is the file it came from, for messages."""
    try:
        return ClaimFile.model_validate({"source": {}, "claim": (), **raw, "file": path})
    except ValidationError as error:
        claims = raw.get("claim")
        listed = claims if isinstance(claims, list | tuple) else ()
        ids = [str(c.get("id", "")) if isinstance(c, dict) else "" for c in listed]
        lines = [
            f"  - {_place(e['loc'], ids)}: {_message(e['msg'], e['type'])}" for e in error.errors()
        ]
        raise SettingsError(
            "the claims can't be used:\n" + "\n".join(lines),
            where=str(path),
            fix="fix the entries above; docs/claims.md explains each",
        ) from None


def _place(loc: tuple[int | str, ...], ids: list[str]) -> str:
    if not loc:
        return "the file"
    if loc[0] == "claim" and len(loc) > 1 and isinstance(loc[1], int):
        named = (ids[loc[1]] if loc[1] < len(ids) else "") or f"no. {loc[1] + 1}"
        rest = ".".join(f"{p + 1}" if isinstance(p, int) else p for p in loc[2:])
        return f"claim {named}" + (f", {rest}" if rest else "")
    return ".".join(str(part) for part in loc)


def _message(message: str, kind: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such entry (a slip of the pen?)"
    if kind == "missing":
        return "is missing"
    return re.sub(r"^Value error, ", "", message)
