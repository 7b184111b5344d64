"""JSON and CSV as bytes; equal data give equal bytes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence

GUARD = "'"
_FORMULA = re.compile(f"{GUARD}*[=+\\-@\t\r\n]")
"""What a spreadsheet may take for the beginning of a formula (owasp.org, "CSV Injection")."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
GUARD_WORDS = (
    "A text that begins with =, +, -, @, a tab or a line break has an apostrophe before it, so "
    "that no spreadsheet takes it for a formula; numbers stay as they are."
)


def compact_json(data: object) -> bytes:
    """JSON without spaces, in UTF-8, ended by a newline."""
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def indented_json(data: object) -> bytes:
    """JSON for readers as well as for machines."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV (UTF-8, comma, LF); None is an empty cell, and texts are `guarded`."""
    out = _Lines()
    # Python before 3.13 quotes only those line breaks that its own lines may end with.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


class _Lines(io.StringIO):
    """Lines of a CSV file, which come with CR LF and are kept with LF."""

    def __init__(self) -> None:
        super().__init__(newline="")

    def write(self, line: str) -> int:
        return super().write(line.removesuffix("\r\n") + "\n")


def _csv_cell(cell: object) -> object:
    if cell is None:
        return ""
    return guarded(cell) if isinstance(cell, str) else cell


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run a cell of a CSV file as a formula.

    >>> [is_formula(text) for text in ("=1+1", "-2.5", "- 2.5", "St Mary's", "")]
    [True, False, True, False, False]
    """
    return text[:1] != GUARD and bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def guarded(text: str) -> str:
    """A text with an apostrophe before it if it is one that `is_formula`; see `unguarded`.

    >>> guarded("=SUM(A1)"), guarded("-2.5"), guarded("'=SUM(A1)")
    ("'=SUM(A1)", '-2.5', "''=SUM(A1)")
    """
    return GUARD + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text that `guarded` made of it.

    >>> unguarded("'=SUM(A1)"), unguarded("'Groes"), unguarded("''=SUM(A1)")
    ('=SUM(A1)', "'Groes", "'=SUM(A1)")
    """
    return text[1:] if text[:1] == GUARD and _FORMULA.match(text) else text
