"""How large a table may be, so that a damaged or hostile file can't fill the memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import SourceError

if TYPE_CHECKING:
    from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class TableLimits:
    """Upper limits of one table; the settings' ``[limits]`` change them."""

    megabytes: int = 200
    """Of the file; of a workbook also of all that it holds, unpacked, twice."""
    rows: int = 1_048_576
    columns: int = 2_000
    cells: int = 20_000_000
    letters: int = 32_767
    """Of one cell."""

    def check_file(self, path: Path) -> None:
        """Refuse a file that is too large to begin with."""
        size = path.stat().st_size
        if size > self.megabytes * 1_000_000:
            raise self.exceeded(
                f"the file has {size / 1e6:,.0f} MB, more than the {self.megabytes} MB allowed",
                str(path),
                "table_megabytes",
            )

    def check_size(self, path: Path, rows: int, columns: int) -> None:
        """Refuse a table of too many rows, columns or cells."""
        where = f"{path}"
        if rows > self.rows:
            raise self.exceeded(f"the table has more than {self.rows:,} rows", where, "table_rows")
        if columns > self.columns:
            raise self.exceeded(
                f"the table has {columns:,} columns, more than the {self.columns:,} allowed",
                where,
                "table_columns",
            )
        self.check_cells(path, rows * columns)

    def check_cells(self, path: Path, cells: int) -> None:
        """Refuse more cells than may be kept."""
        if cells > self.cells:
            raise self.exceeded(
                f"the table has more than {self.cells:,} cells", str(path), "table_cells"
            )

    def check_cell(self, path: Path, row: int, column: int, cell: str) -> None:
        """Refuse a text that no spreadsheet would hold."""
        if len(cell) > self.letters:
            raise SourceError(
                f"a cell has {len(cell):,} letters, more than the {self.letters:,} that a "
                "spreadsheet's cell can hold",
                where=f"{path}, row {row}, column {column}",
                fix="look for a quotation mark that is never closed, or shorten the text",
            )

    @staticmethod
    def exceeded(message: str, where: str, setting: str) -> SourceError:
        """The error for a limit that a setting can raise."""
        return SourceError(
            message,
            where=where,
            fix=f"leave out what the atlas doesn't need, or raise {setting} under [limits]",
        )


def table_limits(settings: Settings) -> TableLimits:
    """The settings' limits of a table."""
    limits = settings.limits
    return TableLimits(
        limits.table_megabytes, limits.table_rows, limits.table_columns, limits.table_cells
    )
