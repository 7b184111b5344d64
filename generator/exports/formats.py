"""JSON and CSV as bytes; equal data give equal bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence


def compact_json(data: object) -> bytes:
    """JSON without spaces, in UTF-8, ended by a newline."""
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def indented_json(data: object) -> bytes:
    """JSON for readers as well as for machines."""
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV (UTF-8, comma, LF); None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue().encode()
