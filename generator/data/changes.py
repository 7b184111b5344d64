"""Changes between editions whose figures may be compared, as the settings state it.

Figures are subtracted as decimal numbers, as they were published: 0.3 minus 0.1 is 0.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from generator.data.classify import size_classes
from generator.data.compare import Comparison, Measure
from generator.data.composites import MadeIndicator
from generator.errors import JoinError
from generator.settings import Classes, Indicator

ZERO = Decimal(0)
MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed of one area.

    Attributes
    ----------
    before, after
        Its figures; None where there is none, or where figures can't be compared.
    value
        The later figure minus the earlier; None unless both are known.
    rank_before, rank_after
        None where not known.
    places
        How many places up in the ranking (below 0: down); None unless both ranks are known, of
        equally many areas.
    level
        Class on the map, 0 the largest falls; None where nothing can be said.
    """

    before: Decimal | None
    after: Decimal | None
    value: Decimal | None
    rank_before: int | None
    rank_after: int | None
    places: int | None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """One class: changes from `low` to `high`, both included; `count` areas have one of them."""

    level: int
    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True)
class Change:
    """One indicator in two editions.

    Attributes
    ----------
    by_rank
        Whether the classes are of changes of rank, because figures can't be subtracted: there are
        none, or they are a composite's, which each edition reckons by its own mean.
    differences
        By code, for every area of the atlas.
    classes
        From the largest falls to the largest rises; limits of rises and falls mirror each other
        about a class of exactly no change in the middle.
    """

    earlier: Measure
    later: Measure
    by_rank: bool
    differences: Mapping[str, Difference]
    classes: tuple[ChangeClass, ...]

    @property
    def indicator(self) -> Indicator:
        return self.later.indicator

    @property
    def ranked(self) -> bool:
        """Whether ranks are of equally many areas, so that one may be subtracted from the other."""
        return self.earlier.of == self.later.of

    @cached_property
    def known(self) -> dict[str, Decimal]:
        """What the classes are of, by code: changes of value, or places up."""
        return _known(self.differences, by_rank=self.by_rank)

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Codes of known changes, the largest rise first."""
        return tuple(sorted(self.known, key=lambda code: (-self.known[code], code)))

    @property
    def rose(self) -> int:
        return sum(value > 0 for value in self.known.values())

    @property
    def fell(self) -> int:
        return sum(value < 0 for value in self.known.values())

    @cached_property
    def decimals(self) -> int:
        """Digits shown of figures and changes: the indicator's, or more if the smallest change
        would else look like none.
        """
        if self.by_rank:
            return 0
        least = min((abs(value) for value in self.known.values() if value), default=ZERO)
        digits = self.indicator.decimals
        while digits < MOST_DECIMALS and least and round(least, digits) == 0:
            digits += 1
        return digits

    @cached_property
    def rounded(self) -> bool:
        """Whether figures have more digits than are shown, so that a row may not add up."""
        shown = [n for d in self.differences.values() for n in (d.before, d.after) if n is not None]
        return any(round(n, self.decimals) != n for n in shown)


@dataclass(frozen=True)
class EditionChange:
    """Two editions that may be compared, by id, and each indicator that both have."""

    earlier: str
    later: str
    changes: tuple[Change, ...]


def comparable_pairs(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """The ids of editions that may be compared, the earlier first, in the order of the settings."""
    editions = {m.edition.id: m.edition for m in comparison.measures}
    return tuple(
        (earlier, later.id)
        for later in editions.values()
        for earlier in editions
        if earlier in later.comparable_with
    )


def edition_changes(comparison: Comparison, settings: Classes) -> tuple[EditionChange, ...]:
    """What changed between editions that may be compared; the main indicator comes first."""
    main = comparison.main.indicator.id
    found = []
    for earlier, later in comparable_pairs(comparison):
        shared = list(shared_measures(comparison, earlier, later))
        shared.sort(key=lambda pair: pair[0].indicator.id != main)
        changes = [change(comparison, first, then, settings) for first, then in shared]
        found.append(EditionChange(earlier, later, tuple(c for c in changes if c.known)))
    return tuple(pair for pair in found if pair.changes)


def shared_measures(
    comparison: Comparison, earlier: str, later: str
) -> Iterator[tuple[Measure, Measure]]:
    """Each indicator that some area has in both editions."""
    for indicator in comparison.indicators:
        first = comparison.measure(earlier, indicator.id)
        then = comparison.measure(later, indicator.id)
        if first and then and not first.positions.keys().isdisjoint(then.positions):
            yield first, then


def change(comparison: Comparison, earlier: Measure, later: Measure, settings: Classes) -> Change:
    """What changed of one indicator, in classes; empty where nothing can be subtracted."""
    plain = {code: _difference(earlier, later, code) for code in comparison.areas}
    by_rank = not any(d.value is not None for d in plain.values())
    known = _known(plain, by_rank=by_rank)
    levels, classes = _mirrored(known, settings)
    differences = {
        code: Difference(
            d.before, d.after, d.value, d.rank_before, d.rank_after, d.places, levels.get(code)
        )
        for code, d in plain.items()
    }
    return Change(earlier, later, by_rank, differences, classes)


def _difference(earlier: Measure, later: Measure, code: str) -> Difference:
    first, then = earlier.positions.get(code), later.positions.get(code)
    made = isinstance(later.indicator, MadeIndicator)
    before, after = (
        None if p is None or p.score is None or made else _exact(p.score) for p in (first, then)
    )
    places = first.rank - then.rank if first and then and earlier.of == later.of else None
    return Difference(
        before,
        after,
        None if before is None or after is None else after - before,
        first.rank if first else None,
        then.rank if then else None,
        places,
    )


def _exact(score: float) -> Decimal:
    """A figure as it was published: the shortest decimal number that is read as this one."""
    return Decimal(repr(score))


def _known(differences: Mapping[str, Difference], *, by_rank: bool) -> dict[str, Decimal]:
    if by_rank:
        return {c: Decimal(d.places) for c, d in differences.items() if d.places is not None}
    return {c: d.value for c, d in differences.items() if d.value is not None}


def _mirrored(
    known: Mapping[str, Decimal], settings: Classes
) -> tuple[dict[str, int], tuple[ChangeClass, ...]]:
    """Classes of size, the same for rises and falls, with no change between them."""
    sizes = {code: abs(value) for code, value in known.items()}
    steps = size_classes({c: float(size) for c, size in sizes.items() if size}, settings)
    most = max(steps.values(), default=0)
    levels = {
        code: most + (1 if value > 0 else -1) * steps.get(code, 0) for code, value in known.items()
    }
    classes = []
    for level in range(2 * most + 1 if known else 0):
        step = abs(level - most)
        held = [size for code, size in sizes.items() if steps.get(code, 0) == step]
        low, high = (min(held), max(held)) if step else (ZERO, ZERO)
        if level < most:
            low, high = -high, -low
        count = sum(found == level for found in levels.values())
        classes.append(ChangeClass(level, low, high, count))
    return levels, tuple(classes)


def need_shared(comparison: Comparison, settings_file: str) -> None:
    """See that editions that are said to be comparable have something to be compared.

    Raises
    ------
    JoinError
        If no area has figures of one indicator in both, or only ranks out of other numbers.
    """
    for earlier, later in comparable_pairs(comparison):
        shared = list(shared_measures(comparison, earlier, later))
        if not shared:
            problem = "no area has a figure of the same indicator in both"
        elif all(_untold(first, then) for first, then in shared):
            first, then = shared[0]
            problem = f"both have ranks alone, out of {first.of} and out of {then.of} areas"
        else:
            continue
        raise JoinError(
            f"edition {later!r} is said to be comparable with {earlier!r}, but {problem}",
            where=settings_file,
            fix=f"take {earlier!r} out of comparable_with, or name the columns of an indicator "
            "that both have",
        )


def _untold(earlier: Measure, later: Measure) -> bool:
    """Whether no change can be stated: ranks alone, out of different numbers of areas."""
    both = earlier.positions.keys() & later.positions.keys()
    found = (_difference(earlier, later, code) for code in both)
    return all(d.value is None and d.places is None for d in found)
