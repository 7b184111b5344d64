"""A table as it was read: a rectangle of text, and what its columns say when asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from generator.errors import SourceError
from generator.sources.tables.figures import Figure, has_decimal_comma, read_figure

GSS_CODE = re.compile(r"^[EWSNKJ]\d{8}$")
LARGEST = 1e15
"""Figures from here on can't be held to the unit, and no statistic of an area needs them."""
_MOSTLY = 0.6
"""From this share of its cells on, a column is one of codes, although some aren't."""
_SHOWN = 5


def tidy_code(cell: str) -> str:
    """A GSS code without spaces and in upper case; any other text as it is.

    >>> tidy_code("e07 000176"), tidy_code("Arun")
    ('E07000176', 'Arun')
    """
    code = re.sub(r"\s+", "", cell).upper()
    return code if GSS_CODE.match(code) else cell


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a file beside the table (or the workbook's formats) says of a column.

    ``kind`` is empty where nothing is said.
    """

    title: str = ""
    unit: str = ""
    about: str = ""
    kind: Literal["", "number", "text", "year"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A rectangle of text.

    Attributes
    ----------
    path
        The file, as the user named it.
    columns
        Header cells, stripped; no two alike.
    rows
        One tuple of stripped text per row, as long as `columns`; blank rows are left out.
    row_numbers
        The row's number in the file, counted from 1 as a spreadsheet does.
    decimal
        The decimal sign of its figures.
    missing
        Further signs for "no figure", in lower case.
    facts
        By column, what is known of it from elsewhere.
    titles, footnotes
        The texts above the header and below the last row, one for each row.
    headings
        By column, the text over it and its neighbours in the row directly above the header
        (a stage of life over four indicators); empty where there is none.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    decimal: str = "."
    missing: frozenset[str] = frozenset()
    facts: Mapping[str, ColumnFacts] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column.

        Raises
        ------
        SourceError
            If there is no such column; names those that there are.
        """
        if name not in self.columns:
            raise SourceError(
                f"there is no column {name!r}",
                where=str(self.path),
                fix="the columns are: " + ", ".join(map(repr, self.columns)),
            )
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)

    def where(self, wanted: Mapping[str, str]) -> Table:
        """The rows in which each named column says what is wanted.

        Raises
        ------
        SourceError
            If a column is not there, or no row is left.
        """
        if not wanted:
            return self
        columns = [self.column(name) for name in wanted]
        texts = tuple(wanted.values())
        kept = [at for at, cells in enumerate(zip(*columns, strict=True)) if cells == texts]
        if not kept:
            first = next(iter(wanted))
            said = sorted(set(self.column(first)))
            asked = " and ".join(f"{text!r} in {name!r}" for name, text in wanted.items())
            raise SourceError(
                f"no row has {asked}",
                where=str(self.path),
                fix=f"{first!r} says: {', '.join(map(repr, said[:8]))}"
                + (" …" if len(said) > 8 else ""),
            )
        return self.only(kept)

    def only(self, kept: Collection[int]) -> Table:
        """The rows at these places, counted from 0 in `rows`."""
        return replace(
            self,
            rows=tuple(self.rows[at] for at in kept),
            row_numbers=tuple(self.row_numbers[at] for at in kept),
        )

    def figure(self, cell: str) -> Figure:
        """One cell as a figure, by the table's decimal sign and signs for "no figure"."""
        return read_figure(cell, decimal=self.decimal, missing=self.missing)

    def figures(self, name: str) -> tuple[Figure, ...]:
        """A column as figures.

        Raises
        ------
        SourceError
            Naming the cells that are no figures; or if some have a per cent sign and others
            have none, so that it is not clear what those mean.
        """
        found: list[Figure] = []
        faults: list[tuple[int, str]] = []
        for number, cell in zip(self.row_numbers, self.column(name), strict=True):
            try:
                figure = self.figure(cell)
            except ValueError:
                faults.append((number, cell))
                continue
            if figure.value is not None and abs(figure.value) >= LARGEST:
                raise SourceError(
                    f"{cell!r} is too large a figure",
                    where=f'{self.path}, row {number}, column "{name}"',
                    fix="figures are below 1,000,000,000,000,000: give them in millions",
                )
            found.append(figure)
        if faults:
            raise self._no_number(name, faults)
        self._one_unit(name, found)
        return tuple(found)

    def _no_number(self, name: str, faults: list[tuple[int, str]]) -> SourceError:
        fix = (
            'write a number such as 12.5, leave the cell empty for "not known", or list its text '
            "as missing of the edition"
        )
        if self.decimal == "." and all(has_decimal_comma(cell) for _, cell in faults):
            fix = 'if the comma is the decimal sign, write decimal = "," in the edition\'s settings'
        place = f'column "{name}"'
        if len(faults) == 1:
            number, cell = faults[0]
            shown = cell if len(cell) <= 60 else cell[:60] + "…"
            return SourceError(
                f"{shown!r} is not a number", where=f"{self.path}, row {number}, {place}", fix=fix
            )
        listed = ", ".join(f"{cell[:60]!r} in row {number}" for number, cell in faults[:_SHOWN])
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        return SourceError(
            f"{len(faults)} cells are not numbers: {listed}{more}",
            where=f"{self.path}, {place}",
            fix=fix,
        )

    def _one_unit(self, name: str, found: list[Figure]) -> None:
        signs = {figure.unit for figure in found if figure.value}
        if len(signs) < 2 or ("%" not in signs and signs <= {"", "£"}):
            return
        first = {
            sign: next(
                number
                for number, figure in zip(self.row_numbers, found, strict=True)
                if figure.value and figure.unit == sign
            )
            for sign in signs
        }
        said = " and ".join(
            f"{sign or 'no sign'} (row {number})" for sign, number in sorted(first.items())
        )
        raise SourceError(
            f"its figures have different units: {said}",
            where=f'{self.path}, column "{name}"',
            fix="give all figures of a column in one unit",
        )

    def numbers(self, name: str) -> tuple[float | None, ...]:
        """A column as numbers; cells that say "no figure" (blank, "..", "[x]") are None.

        Raises
        ------
        SourceError
            Naming the cells that are neither.
        """
        return tuple(figure.value for figure in self.figures(name))

    def ranks(self, name: str) -> tuple[int | None, ...]:
        """A column as ranks: whole numbers from 1, or None."""
        ranks: list[int | None] = []
        for number, value in zip(self.row_numbers, self.numbers(name), strict=True):
            if value is not None and (value < 1 or value != int(value)):
                raise SourceError(
                    f"{value:g} is not a rank",
                    where=f'{self.path}, row {number}, column "{name}"',
                    fix="ranks are whole numbers from 1, the best",
                )
            ranks.append(None if value is None else int(value))
        return tuple(ranks)

    def code_column(self) -> str | None:
        """The first column whose cells, but for a few, are GSS codes."""
        for at, name in enumerate(self.columns):
            cells = [row[at] for row in self.rows if row[at]]
            if sum(bool(GSS_CODE.match(cell)) for cell in cells) > _MOSTLY * len(cells):
                return name
        return None

    def numeric_columns(self) -> tuple[str, ...]:
        """Columns of figures: more than half of the cells that say something are numbers.

        A column in which a few cells can't be read is one of them: asking it for its numbers
        names those cells.
        """
        return tuple(name for name in self.columns if self.numeric_share(name) > 0.5)

    def has_decimal_commas(self, name: str) -> bool:
        """Whether a third or more of a column's cells make sense only with decimal commas."""
        cells = [cell for cell in self.column(name) if cell]
        commas = [cell for cell in cells if has_decimal_comma(cell) and not self._is_figure(cell)]
        return len(commas) * 3 > len(cells)

    def _is_figure(self, cell: str) -> bool:
        try:
            self.figure(cell)
        except ValueError:
            return False
        return True

    def numeric_share(self, name: str) -> float:
        """The share of numbers among a column's cells that say something, 0 to 1."""
        kind = self.facts[name].kind if name in self.facts else ""
        if kind == "text":
            return 0.0
        at = self.columns.index(name)
        numbers = said = 0
        for row in self.rows:
            try:
                figure = self.figure(row[at])
            except ValueError:
                said += 1
                continue
            if figure.value is not None:
                said += 1
                numbers += 1
        if kind == "number" and numbers:
            return 1.0
        return numbers / said if said else 0.0
