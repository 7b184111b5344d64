"""Tables as people have them: CSV, XLSX, ODS and Parquet, as text first.

``read_table`` is the way in; a `Table` is what comes out.  A cell is text until a column is
asked for its figures, so that nothing is guessed away.
"""

from generator.sources.tables.figures import MISSING, Figure, parse_number, read_figure
from generator.sources.tables.limits import TableLimits
from generator.sources.tables.read import TableOptions, read_table
from generator.sources.tables.table import GSS_CODE, ColumnFacts, Table, tidy_code

__all__ = [
    "GSS_CODE",
    "MISSING",
    "ColumnFacts",
    "Figure",
    "Table",
    "TableLimits",
    "TableOptions",
    "parse_number",
    "read_figure",
    "read_table",
    "tidy_code",
]
