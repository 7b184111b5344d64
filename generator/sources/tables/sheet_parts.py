"""Where a table begins and ends within its sheet: titles, header, rows, footnotes.

Office tables have titles above the header and notes below the last row.  The header is the row
without figures that most rows of figures follow; what is left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.errors import SourceError
from generator.sources.tables.figures import MISSING, read_figure
from generator.sources.tables.table import GSS_CODE, tidy_code

HEADER_WITHIN = 40
"""The header is looked for in so many rows."""
_LOOK = 60
_YEAR = re.compile(r"(19|20)\d\d")
_NOTE = re.compile(
    r"^(sources?|notes?|footnotes?|key|copyright|contains|contact|published|last updated|produced"
    r"|symbols?|shorthand|for (more|further)|end of|ffynhonnell|nodyn|nodiadau)\b"
    r"|^(the|this|these|data|figures|see|please|areas?|some)\b.{30,}"
    r"|^(\[?\w{1,4}\]|\(\d+\)|\d{1,2}[.)])\s+\S|^[©*†‡¹²³]|https?://|www\.|\.$",
    re.IGNORECASE,
)
_SURE_NOTE = re.compile(r"^(sources?|(foot)?notes?|ffynhonnell|nodyn)\b\s*[:\d]|^©", re.IGNORECASE)

Rows = Sequence[tuple[int, list[str]]]
"""Row numbers and their stripped cells; blank rows are left out."""


@dataclass(slots=True)
class SheetParts:
    """A sheet, taken apart.

    ``header_row`` is the header's number in the file; ``above`` are the rows over it, ``below``
    those under the last row.  ``notes`` say what was done, one sentence each.  ``headings`` stand
    in the row directly above the header, over several columns each: one for each column, or none.
    """

    header_row: int
    names: list[str]
    rows: list[tuple[int, list[str]]]
    above: list[tuple[int, list[str]]] = field(default_factory=list)
    below: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)


def is_data(cells: Sequence[str], decimal: str = ".") -> bool:
    """Whether a row looks like one of figures: a code, or a number beside another cell."""
    filled = [cell for cell in cells if cell]
    if any(GSS_CODE.match(tidy_code(cell)) for cell in filled):
        return True
    return len(filled) > 1 and any(_says_figure(cell, decimal) for cell in filled)


def find_header(rows: Rows, decimal: str = ".") -> int:
    """The place in `rows` of the header, counted from 0.

    The row of names, none of them a figure (but for years), that the longest run of rows of
    figures follows; the first row where there is none.
    """
    return _best_header(rows, decimal)[0]


def table_score(rows: Rows) -> float:
    """How much a sheet's first rows look like a table: 0 is not at all."""
    return _best_header(rows, ".")[1]


def _best_header(rows: Rows, decimal: str) -> tuple[int, float]:
    head = rows[:_LOOK]
    data = [is_data(cells, decimal) for _, cells in head]
    widths = [_width(cells) for (_, cells), is_one in zip(head, data, strict=True) if is_one]
    width = max(set(widths), key=lambda w: (widths.count(w), w), default=0)
    best, best_score = 0, 0.0
    for at, (_, cells) in enumerate(head[:HEADER_WITHIN]):
        filled = sum(bool(cell) for cell in cells)
        if filled < min(2, width) or not _may_be_header(cells, decimal):
            continue
        run = 0
        for follower, is_one in zip(head[at + 1 :], data[at + 1 :], strict=True):
            if not is_one and _width(follower[1]) > 0.5 * width and width > 1:
                break
            run += is_one
        score = run * min(1.0, filled / max(1, width))
        if score > best_score:
            best, best_score = at, score
    # The row above may be the header and this one a row with a cell that can't be read.
    while best and _as_good(head[best - 1], head[best], decimal):
        best -= 1
    return best, best_score


def _as_good(above: tuple[int, list[str]], found: tuple[int, list[str]], decimal: str) -> bool:
    """Whether the row directly above a header is as full of names that differ."""
    names = [cell for cell in above[1] if cell]
    return (
        found[0] - above[0] == 1
        and len(names) >= max(2, sum(bool(cell) for cell in found[1]))
        and len(set(names)) == len(names) == len(above[1])
        and _may_be_header(above[1], decimal)
    )


def take_apart(path: Path, rows: Rows, header_row: int | None, decimal: str = ".") -> SheetParts:
    """Take a sheet apart.

    Parameters
    ----------
    header_row
        The header's number in the file; None: it is found.

    Raises
    ------
    SourceError
        If there is no header, it is one of figures, or there are no rows below it.
    """
    if not rows:
        raise SourceError(
            f"there is no header row {header_row or 1}: the table has no rows",
            where=str(path),
            fix="put the names of the columns and the data into the file",
        )
    if header_row is None:
        at = _found(path, rows, decimal)
    else:
        at = _given(path, rows, header_row, decimal)
    number, names = rows[at][0], list(rows[at][1])
    parts = SheetParts(number, _names(path, number, names), [], above=list(rows[:at]))
    parts.rows, parts.below = _body(path, rows[at + 1 :], len(parts.names), decimal)
    if not parts.rows:
        raise SourceError("the table has no rows", where=str(path), fix="put data below the header")
    if header_row is None and at > 0:
        titles = "; ".join(" ".join(c for c in cells if c)[:60] for _, cells in rows[:at][:3])
        parts.notes.append(
            f"the header is in row {number}; the {_rows_text([n for n, _ in rows[:at]])} above it "
            f"{'is' if at == 1 else 'are'} left out ({titles})"
        )
    if parts.below:
        first = " ".join(c for c in parts.below[0][1] if c)[:60]
        parts.notes.append(
            f"notes below the table are left out: {_rows_text([n for n, _ in parts.below])} "
            f"({first})"
        )
    _name_columns(parts, rows[at - 1][1] if at else [])
    _drop_doubled(parts)
    return parts


def _says_figure(cell: str, decimal: str) -> bool:
    """Whether a cell is a number, or a sign for "no figure" that is no word or letter."""
    return _is_number(cell, decimal) or (cell.casefold() in MISSING and not cell.isalpha())


def _is_number(cell: str, decimal: str) -> bool:
    try:
        figure = read_figure(cell, decimal=decimal)
        return figure.value is not None or cell[:1] in "[<>"
    except ValueError:
        # A decimal comma that nobody declared is a figure all the same.
        return bool(re.fullmatch(r"[£$€]?[+-]?\d+,\d+\s*%?", cell))


def _may_be_header(cells: Sequence[str], decimal: str) -> bool:
    filled = [cell for cell in cells if cell]
    if any(GSS_CODE.match(tidy_code(cell)) for cell in filled):
        return False
    figures = [cell for cell in filled if _is_number(cell, decimal)]
    years = [cell for cell in figures if _YEAR.fullmatch(cell)]
    return len(figures) == len(years) < len(filled) and len(set(years)) == len(years)


def _width(cells: Sequence[str]) -> int:
    return max((at for at, cell in enumerate(cells, start=1) if cell), default=0)


def _found(path: Path, rows: Rows, decimal: str) -> int:
    at = find_header(rows, decimal)
    number, cells = rows[at]
    figure = next((cell for cell in cells if cell and _is_number(cell, decimal)), "")
    if figure and not _may_be_header(cells, decimal):
        raise SourceError(
            f"no row of column names is found: this one holds {figure!r}",
            where=f"{path}, row {number}",
            fix="put a row of names above the data, or name it as header_row in the settings",
        )
    return at


def _given(path: Path, rows: Rows, header_row: int, decimal: str) -> int:
    at = next((at for at, (number, _) in enumerate(rows) if number == header_row), None)
    if at is None:
        last = rows[-1][0]
        raise SourceError(
            f"there is no header row {header_row}: the table has {last} rows"
            if header_row > last
            else "the header is empty",
            where=f"{path}, row {header_row}" if header_row <= last else str(path),
            fix="correct header_row in the settings, leave it out to have it found, or correct "
            "the file",
        )
    cells = rows[at][1]
    if len([c for c in cells if c]) > 1 and not _may_be_header(cells, decimal):
        held = next(
            c for c in cells if c and (GSS_CODE.match(tidy_code(c)) or _is_number(c, decimal))
        )
        found = rows[find_header(rows, decimal)][0]
        raise SourceError(
            f"this row is no header: it holds {held!r}",
            where=f"{path}, row {header_row}",
            fix=f"write header_row = {found}, or leave it out to have it found",
        )
    return at


def _names(path: Path, number: int, names: list[str]) -> list[str]:
    while names and not names[-1]:
        names.pop()
    if not names:
        raise SourceError(
            "the header is empty", where=f"{path}, row {number}", fix="give each column a name"
        )
    return [" ".join(name.split()) for name in names]


def _body(
    path: Path, rows: Rows, width: int, decimal: str
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, list[str]]]]:
    """The rows of the table, and what stands below it."""
    end = len(rows)
    while end and _is_note(rows, end - 1, width, decimal):
        end -= 1
    # A row of one cell is a note only if a gap or its words say so: an area without figures
    # has one cell too.
    while end < len(rows) and not _starts_notes(rows, end, width):
        end += 1
    body = []
    for number, cells in rows[:end]:
        # Rows come without blank cells at their end.
        if len(cells) > width:
            raise SourceError(
                f"the row has {len(cells)} cells, the header {width}",
                where=f"{path}, row {number}",
                fix='put a cell that holds a comma in quotes: "Bristol, City of"',
            )
        body.append((number, (cells + [""] * width)[:width]))
    return body, list(rows[end:])


def _is_note(rows: Rows, at: int, width: int, decimal: str) -> bool:
    cells = rows[at][1]
    filled = [cell for cell in cells if cell]
    if width == 1:
        return bool(_NOTE.search(filled[0])) and not is_data(cells, decimal)
    if len(filled) == 1:
        return not GSS_CODE.match(tidy_code(filled[0]))
    if _SURE_NOTE.search(filled[0]) or (_NOTE.search(filled[0]) and not is_data(cells, decimal)):
        return True
    # The key to signs: "[c]", "suppressed".
    sign = filled[0].casefold() in MISSING or re.fullmatch(r"\[\w{1,4}\]", filled[0])
    return bool(sign) and len(filled) == 2 and not _is_number(filled[1], decimal)


def _starts_notes(rows: Rows, at: int, width: int) -> bool:
    number, cells = rows[at]
    filled = [cell for cell in cells if cell]
    gap = at > 0 and number - rows[at - 1][0] > 1
    return gap or bool(_NOTE.search(filled[0])) or len(filled[0]) > 60 or width == 1


def _rows_text(numbers: Sequence[int]) -> str:
    """Rows in words: "row 3", "rows 3 to 5", "rows 3, 7 and 9"."""
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"rows {numbers[0]} to {numbers[-1]}"
    shown = [str(number) for number in numbers[:8]]
    if len(numbers) > 8:
        return f"rows {', '.join(shown)} and {len(numbers) - 8} more"
    return f"rows {', '.join(shown[:-1])} and {shown[-1]}"


def _name_columns(parts: SheetParts, heading: Sequence[str]) -> None:
    """Give every column a name of its own: by the heading over it, else by its number."""
    names = parts.names
    empty = [
        at
        for at, name in enumerate(names)
        if not name and not any(cells[at] for _, cells in parts.rows)
    ]
    over = _spread(heading, len(names))
    doubled = {name for name in names if name and names.count(name) > 1}
    made: list[str] = []
    for at, name in enumerate(names):
        if name in doubled and over[at]:
            made.append(f"{over[at]}: {name}")
        else:
            made.append(name or over[at] or f"column {at + 1}")
    seen: dict[str, int] = {}
    for at, name in enumerate(made):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            made[at] = f"{name} ({seen[name]})"
            if at not in empty:
                parts.doubts.append(
                    f"the column name {name!r} stands twice in row {parts.header_row}: the one "
                    f"in column {at + 1} is read as {made[at]!r}"
                )
    while len(set(made)) < len(made):
        made = [f"{name} (column {at})" for at, name in enumerate(made, start=1)]
    kept = [at for at in range(len(names)) if at not in set(empty)]
    parts.names = [made[at] for at in kept]
    if parts.above and parts.header_row - parts.above[-1][0] == 1 and _are_headings(heading):
        parts.headings = [over[at] for at in kept]
    if empty:
        parts.rows = [(number, [cells[at] for at in kept]) for number, cells in parts.rows]


def _are_headings(heading: Sequence[str]) -> bool:
    """Whether the texts of a row are short, differ, and leave cells free between them."""
    filled = [cell for cell in heading if cell]
    return (
        2 <= len(filled) < len(heading)
        and len(set(filled)) == len(filled)
        and max(map(len, filled)) <= 60
    )


def _spread(heading: Sequence[str], width: int) -> list[str]:
    """Headings over groups of columns, each carried on to the next one."""
    filled = [cell for cell in heading if cell]
    if len(filled) < 2:
        return [""] * width
    spread, current = [], ""
    for at in range(width):
        current = (heading[at] if at < len(heading) else "") or current
        spread.append(" ".join(current.split()))
    return spread


def _drop_doubled(parts: SheetParts) -> None:
    first: dict[tuple[str, ...], int] = {}
    kept, doubled = [], []
    for number, cells in parts.rows:
        key = tuple(cells)
        if key in first:
            doubled.append((number, first[key]))
        else:
            first[key] = number
            kept.append((number, cells))
    if doubled:
        said = ", ".join(f"row {number} (as row {other})" for number, other in doubled[:5])
        more = f" and {len(doubled) - 5} more" if len(doubled) > 5 else ""
        parts.notes.append(f"rows that repeat another in every cell are left out: {said}{more}")
    parts.rows = kept
