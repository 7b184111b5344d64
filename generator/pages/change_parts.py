"""The parts of pages that say what changed between editions."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.pages.parts import Link


@dataclass(frozen=True, slots=True)
class ChangeCell:
    """A figure of a row of changes: as it is read, and what it is sorted by."""

    text: str
    sort: str


@dataclass(frozen=True, slots=True)
class ChangeColumn:
    """A column of the table to take away (``id``) as the page has it; ``unit`` may be empty."""

    id: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What changed of an area: a cell for each column; ``size`` is the change in words.

    ``level`` is the class of the change, which ``label`` names; ``note`` says why none is known.
    """

    code: str
    name: str
    href: str
    cells: tuple[ChangeCell, ...]
    size: str
    level: int | None
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TitledChart:
    """A chart that needs its title to be read beside it."""

    title: str
    chart: Markup


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """What became of one further indicator of an area, between two editions.

    ``link`` leads to the page of that change and is called after the indicator; ``span`` names
    the editions, ``ends`` has the area's figures in them and ``size`` the change, in words.
    ``table`` and ``indicator`` say which rows of which table they are from.
    """

    link: Link
    unit: str
    span: str
    ends: str
    size: str
    table: str
    indicator: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """What became of an area: charts of its figures and of its ranks, and both in words.

    Each may be absent.  ``figures`` are sentences about the main indicator, each with the page of
    what changed in all areas; ``others`` are the changes of further indicators.
    """

    line: TitledChart | None
    slope: Markup
    figures: tuple[tuple[str, Link], ...]
    ranks: str
    others: tuple[ChangedFigure, ...]
