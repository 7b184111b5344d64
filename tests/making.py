"""Comparisons for tests: the shipped atlas's, and small ones made on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from generator.data.compare import Comparison, compare
from generator.data.join import EditionData, Joined, Value, join
from generator.data.names import slugify
from generator.data.places import Area, Group
from generator.report import BufferReport
from generator.settings import Settings, read_settings, settings_from
from generator.sources.tables import read_table

WORDS = {"area": "place", "areas": "places", "country": "England"}
SPOTS = {
    "hot": "hotspot", "hot_plural": "hotspots", "cold": "coldspot", "cold_plural": "coldspots",
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]


@cache
def shipped() -> tuple[Settings, Comparison]:
    """The shipped tables without boundaries: neighbours are the nearest points."""
    settings, report = read_settings(ROOT / "atlas.toml"), BufferReport()
    assert settings.geography.areas
    joined = join(
        settings,
        area_table=read_table(settings.path(settings.geography.areas), report=report),
        boundary_names={},
        tables={e.id: read_table(settings.path(e.table), report=report) for e in settings.edition},
        standing_tables=[
            read_table(settings.path(s.table), report=report) for s in settings.standings
        ],
        report=report,
    )
    return settings, compare(settings, joined, None, report)


def made(
    editions: Mapping[str, Mapping[str, tuple[float | None, int | None]]],
    *,
    areas: Sequence[str],
    groups: Mapping[str, Sequence[str]] | None = None,
    of: int | None = None,
    absent: Mapping[str, str] | None = None,
    **more: object,
) -> tuple[Settings, Comparison]:
    """A small comparison.

    ``editions[id][name]`` is (score, rank); names serve as codes too; ``groups`` are
    regions; ``of`` ranks are given out in every edition; ``absent`` gives reasons.
    """
    raw = {
        "atlas": {
            "title": "Test",
            "words": WORDS,
        },
        "geography": {},
        "spots": SPOTS,
        "indicator": [{"id": "overall", "name": "Overall score"}],
        "edition": [
            {"id": e, "table": "x.csv", "of": of, "absent": dict(absent or {})} for e in editions
        ],
        **more,
    }
    settings = settings_from(raw, Path("atlas.toml"))
    joined = Joined(
        areas=tuple(Area(name, name, slugify(name), None, None, None) for name in sorted(areas)),
        groups=tuple(
            Group("region", name, name, slugify(name), tuple(sorted(members)))
            for name, members in (groups or {}).items()
        ),
        indicators=settings.indicator,
        editions=tuple(
            EditionData(
                edition,
                {"overall": {c: Value(s, r) for c, (s, r) in editions[edition.id].items()}},
                {c: edition.absent.get(c, "") for c in areas if c not in editions[edition.id]},
                {c: c for c in editions[edition.id]},
            )
            for edition in settings.edition
        ),
        standings=(),
    )
    return settings, compare(settings, joined, None, BufferReport())
