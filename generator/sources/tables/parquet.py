"""Parquet files, by pyarrow: the header is given, and columns have types."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow
from pyarrow import parquet

from generator.errors import SourceError
from generator.sources.tables.limits import TableLimits
from generator.sources.tables.workbook import cell_text


def parquet_rows(path: Path, limits: TableLimits) -> Iterator[list[str]]:
    """The column names, then the rows as text.

    Raises
    ------
    SourceError
        If it is damaged, or a column holds more than one value a row.
    """
    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            limits.check_size(path, file.metadata.num_rows + 1, len(schema))
            fields = [f for f in schema if _is_plain(f)]
            yield [f.name for f in fields]
            for batch in file.iter_batches(columns=[f.name for f in fields]):
                columns = [column.to_pylist() for column in batch.columns]
                for row in zip(*columns, strict=True):
                    yield [_text(cell, f) for cell, f in zip(row, fields, strict=True)]
    except (pyarrow.ArrowException, OSError, ValueError, OverflowError) as error:
        # Text that is not UTF-8, or a time before the year 1, is found when it is looked at.
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise SourceError(
            f"the Parquet file can't be read ({said[:200]})",
            where=str(path),
            fix="write it again, or save the table as CSV",
        ) from None


def _is_plain(field: pyarrow.Field) -> bool:
    """Whether a column holds one value a row that a table can show: no geometry, no list."""
    types = pyarrow.types
    hidden = types.is_nested(field.type) or types.is_binary(field.type)
    return not hidden and not field.name.startswith("__index_level_")


def _text(value: object, field: pyarrow.Field) -> str:
    # Single precision holds seven digits; what Python shows beyond them is noise.
    if isinstance(value, float) and pyarrow.types.is_float32(field.type):
        value = float(f"{value:.7g}")
    return cell_text(value)
