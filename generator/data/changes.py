"""Changes between editions whose figures may be compared, as the settings state it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.data.compare import Comparison, Measure
from generator.errors import JoinError


def comparable_pairs(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """The ids of editions that may be compared, the earlier first, in the order of the settings."""
    editions = {m.edition.id: m.edition for m in comparison.measures}
    return tuple(
        (earlier, later.id)
        for later in editions.values()
        for earlier in editions
        if earlier in later.comparable_with
    )


def shared_measures(
    comparison: Comparison, earlier: str, later: str
) -> Iterator[tuple[Measure, Measure]]:
    """Each indicator that some area has in both editions."""
    for indicator in comparison.indicators:
        first = comparison.measure(earlier, indicator.id)
        then = comparison.measure(later, indicator.id)
        if first and then and not first.positions.keys().isdisjoint(then.positions):
            yield first, then


def need_shared(comparison: Comparison, settings_file: str) -> None:
    """See that editions that are said to be comparable have something to be compared.

    Raises
    ------
    JoinError
        If two of them have no indicator with a figure of the same area in both.
    """
    for earlier, later in comparable_pairs(comparison):
        if not any(True for _ in shared_measures(comparison, earlier, later)):
            raise JoinError(
                f"edition {later!r} is said to be comparable with {earlier!r}, but no area has a "
                "figure of the same indicator in both",
                where=settings_file,
                fix=f"take {earlier!r} out of comparable_with, or name the columns of an "
                "indicator that both have",
            )
