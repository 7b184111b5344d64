"""Small tables joined to a few areas, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator.data.join import Joined, join
from generator.errors import JoinError
from generator.report import BufferReport
from generator.settings import settings_from
from generator.sources.tables import Table

ROOT = Path(__file__).resolve().parents[1]
AREAS = {
    "E06000023": "Bristol, City of",
    "E07000146": "King's Lynn and West Norfolk",
    "E07000176": "Rushcliffe",
    "W06000001": "Ynys Môn",
}


def table(text: str, path: str = "data/scores.csv") -> Table:
    rows = list(csv.reader(io.StringIO(text.strip())))
    numbers = tuple(range(2, len(rows) + 1))
    return Table(Path(path), tuple(rows[0]), tuple(tuple(row) for row in rows[1:]), numbers)


def joined(
    *texts: str,
    areas: Mapping[str, str] = AREAS,
    area_table: Table | None = None,
    standings: str = "",
    changes: str = "",
    lookup: str = "",
    report: BufferReport | None = None,
    editions: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> Joined:
    found = list(editions) or [{} for _ in texts]
    raw = {
        "atlas": {"title": "Test"},
        "geography": {},
        "edition": [
            {"id": f"e{at}", "table": "data/scores.csv", **e} for at, e in enumerate(found)
        ],
        **more,
    }
    if standings:
        raw["standings"] = [{"edition": "e0", "table": "s.csv", "source": "Briefing"}]
        raw.setdefault("stages", ["School", "Youth"])
    settings = settings_from(raw, Path("atlas.toml"))
    return join(
        settings,
        area_table=area_table,
        boundary_names=areas,
        tables={e.id: table(text) for e, text in zip(settings.edition, texts, strict=True)},
        standing_tables=[table(standings, "s.csv")] if standings else [],
        change_table=table(changes, "changes.csv") if changes else None,
        lookups={settings.edition[0].id: table(lookup, "lookup.csv")} if lookup else None,
        report=report or BufferReport(),
    )


def refused(*texts: str, **options: Any) -> JoinError:
    with pytest.raises(JoinError) as caught:
        joined(*texts, **options)
    assert caught.value.where
    assert caught.value.fix
    return caught.value


def scores(found: Joined, indicator: str = "score") -> dict[str, float | None]:
    return {code: value.score for code, value in found.editions[0].values[indicator].items()}
