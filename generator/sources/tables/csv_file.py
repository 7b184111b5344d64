"""CSV files in the encodings and with the delimiters that offices save them in."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from generator.errors import SourceError
from generator.report import Report
from generator.sources.tables.limits import TableLimits

_SAMPLE_BYTES = 65_536
_SAMPLE_ROWS = 60
_DELIMITERS = ";\t|,"
"""The comma comes last: it stands in texts and figures too."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def csv_rows(
    path: Path, limits: TableLimits, report: Report, encoding: str = "", delimiter: str = ""
) -> Iterator[list[str]]:
    """The rows of a CSV file one by one, blank ones too.

    Parameters
    ----------
    encoding, delimiter
        Found by the file's content unless given.

    Raises
    ------
    SourceError
        If it is no text, or a quotation mark is out of place.
    """
    encoding = encoding or _encoding(path, report)
    delimiter = delimiter or ("\t" if path.suffix.lower() == ".tsv" else "")
    with path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding, newline="")
        declared = ""
        if not delimiter:
            sample = _sample(path, encoding)
            declared = _declared(sample)
            delimiter = declared or find_delimiter(sample)
        if declared:
            text.readline()
            yield []
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        former = csv.field_size_limit(limits.letters + 1)
        number = 1 if declared else 0
        try:
            for row in reader:
                number += 1
                yield row
        except csv.Error as error:
            raise _broken(path, number + 1, error, limits) from None
        except UnicodeError:
            raise SourceError(
                f"the text is damaged: it is not {encoding.upper()} throughout",
                where=f"{path}, after row {number}",
                fix="save the table as CSV (UTF-8)",
            ) from None
        finally:
            csv.field_size_limit(former)


def find_delimiter(sample: str) -> str:
    r"""The delimiter that cuts most rows into equally many cells, more than one.

    >>> find_delimiter("Libraries, 2024\n\nname;score\nArun;1,5\nAdur;2,5\n")
    ';'
    """

    def fitness(delimiter: str) -> tuple[float, int]:
        rows = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        widths = []
        try:
            for row in rows:
                if any(cell.strip() for cell in row):
                    widths.append(len(row))
        except csv.Error:
            return 0.0, 0
        widths = widths[:_SAMPLE_ROWS]
        often = max((w for w in set(widths) if w > 1), key=widths.count, default=0)
        return (widths.count(often) / len(widths) if often else 0.0), often

    return max(_DELIMITERS, key=fitness)


def _sample(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        text = file.read(_SAMPLE_BYTES)
    # The last line may be cut in the middle.
    return text if len(text) < _SAMPLE_BYTES else text.rpartition("\n")[0] or text


def _declared(sample: str) -> str:
    """The delimiter that a first line such as "sep=;" declares (a spreadsheet's habit)."""
    first = sample.partition("\n")[0].strip().strip('"').lower()
    return first[4] if first.startswith("sep=") and len(first) == 5 else ""


def _encoding(path: Path, report: Report) -> str:
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
        if marked:
            return marked
        for at, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            every = head[at::2]
            if len(head) > 3 and every.count(0) > 0.4 * len(every):
                return name
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        utf8 = True
        while chunk := file.read(1 << 20):
            if b"\0" in chunk:
                raise SourceError(
                    "this is not a text file", where=str(path), fix="save it as CSV (UTF-8)"
                )
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
        if utf8:
            try:
                decoder.decode(b"", final=True)
                return "utf-8"
            except UnicodeDecodeError:
                pass
    report.warn(f"{path}: not UTF-8; read as Windows-1252 (save it as UTF-8 to be sure)")
    return "cp1252"


def _broken(path: Path, row: int, error: csv.Error, limits: TableLimits) -> SourceError:
    if "field larger" in str(error):
        return SourceError(
            f"a cell has more than the {limits.letters:,} letters that a spreadsheet's cell can "
            "hold",
            where=f"{path}, row {row}",
            fix="look for a quotation mark that is never closed, or shorten the text",
        )
    return SourceError(
        f"a quotation mark is out of place ({error})",
        where=f"{path}, row {row}",
        fix='close each mark that is opened, and double those within a cell: "a ""b"" c"',
    )
