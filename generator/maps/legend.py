"""The legend of one measure: what its colours mean, and how many areas have each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LegendRow:
    """One class; ``range`` is "28.2 to 117.8"; ``marked`` if the page's area is in it."""

    level: int
    label: str
    range: str
    count: int
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Legend:
    """The legend of one measure: rows from the best class to the worst, then missing.

    ``measure`` is the id that scripts use to switch legends; ``current`` is shown first.
    """

    measure: str
    title: str
    unit: str
    rows: tuple[LegendRow, ...]
    missing: int
    missing_label: str
    missing_marked: bool
    current: bool
