"""Time lines: one indicator in editions of which each may be compared with the one before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from generator.data.changes import Change, Difference, EditionChange
from generator.data.compare import Measure
from generator.settings import Indicator

LEAST_FOR_MIDDLE = 5
"""A middle half of fewer areas says nothing of them."""


@dataclass(frozen=True, slots=True)
class Middle:
    """What the areas have together in one edition: the median, and the ends of the middle half."""

    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Timeline:
    """Steps from edition to edition, each a change that begins where the one before it ended.

    All are of figures, or all are of ranks (`by_rank`).
    """

    steps: tuple[Change, ...]

    @property
    def indicator(self) -> Indicator:
        return self.steps[-1].indicator

    @property
    def by_rank(self) -> bool:
        return self.steps[0].by_rank

    @property
    def decimals(self) -> int:
        """Digits shown of figures: those that tell the smallest change of all from none."""
        return max(step.decimals for step in self.steps)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """The earliest edition first; there are at least two."""
        return (self.steps[0].earlier, *(step.later for step in self.steps))

    def values(self, code: str) -> tuple[float | None, ...]:
        """An area's figure (or rank) in each edition; None where there is none."""
        ends = [(self.steps[0].differences[code], False)]
        ends += [(step.differences[code], True) for step in self.steps]
        return tuple(self._value(found, later=later) for found, later in ends)

    def _value(self, found: Difference, *, later: bool) -> float | None:
        if self.by_rank:
            return found.rank_after if later else found.rank_before
        value = found.after if later else found.before
        return None if value is None else float(value)

    def joins(self, code: str) -> bool:
        """Whether the area is known in two editions that follow one another."""
        return any(code in step.known for step in self.steps)

    @cached_property
    def throughout(self) -> Mapping[str, tuple[float, ...]]:
        """The areas that are known in every edition, by code, and their figures."""
        every = {code: self.values(code) for code in self.steps[0].differences}
        return {
            code: tuple(v for v in values if v is not None)
            for code, values in every.items()
            if None not in values
        }

    @cached_property
    def middle(self) -> tuple[Middle, ...]:
        """For each edition, of the areas that are known throughout: the same areas all along.

        Quartiles are interpolated linearly (definition 7 of Hyndman and Fan 1996).  Empty of
        ranks, whose middle never moves, and of fewer areas than `LEAST_FOR_MIDDLE`.
        """
        if self.by_rank or len(self.throughout) < LEAST_FOR_MIDDLE:
            return ()
        found = np.quantile(np.array(list(self.throughout.values())), (0.25, 0.5, 0.75), axis=0)
        return tuple(Middle(*(float(value) for value in column)) for column in found.T)


def timeline_through(changes: Sequence[EditionChange], change: Change) -> Timeline:
    """The time line with the most steps that passes both editions of a change."""
    steps = _steps(changes, change.indicator.id, by_rank=change.by_rank)
    first, last = change.earlier.edition.id, change.later.edition.id
    before = _longest(steps, "").get(first, ())
    between = _longest(steps, first)[last]
    after = max(_longest(steps, last).values(), key=len, default=())
    return Timeline((*before, *between, *after))


def longest_timeline(changes: Sequence[EditionChange], indicator: str) -> Timeline | None:
    """The time line of an indicator with the most steps: of figures, before any of ranks.

    Of several, the one that ends last.  None without comparable editions.
    """
    for by_rank in (False, True):
        found = _longest(_steps(changes, indicator, by_rank=by_rank), "")
        if found:
            # The first of the longest is taken, so the last edition must come first.
            return Timeline(max(reversed(found.values()), key=len))
    return None


def _steps(changes: Sequence[EditionChange], indicator: str, *, by_rank: bool) -> list[Change]:
    """All changes of an indicator, of figures or of ranks; by their later edition."""
    return [
        change
        for pair in changes
        for change in pair.changes
        if change.indicator.id == indicator and change.by_rank == by_rank
    ]


def _longest(steps: Sequence[Change], start: str) -> dict[str, tuple[Change, ...]]:
    """By the edition in which it ends, the longest way; from `start`, or from anywhere (empty).

    Steps come by their later edition, so that all ways to where one begins are known before it.
    """
    found: dict[str, tuple[Change, ...]] = {}
    for step in steps:
        earlier, later = step.earlier.edition.id, step.later.edition.id
        if start and earlier != start and earlier not in found:
            continue
        way = (*found.get(earlier, ()), step)
        if len(way) > len(found.get(later, ())):
            found[later] = way
    return found
