"""The legend of a measure: its classes, what falls into them, how many have none."""

from __future__ import annotations

from generator.data.compare import Comparison, Measure
from generator.language.numbers import number, ordinal
from generator.maps import legend as legends


def legend(
    comparison: Comparison, measure: Measure, *, code: str = "", current: bool = True
) -> legends.Legend:
    """The legend of one measure; marks the class of `code`."""
    classes = measure.classification.classes
    position = measure.positions.get(code)
    level = position.level if position else None
    missing = len(comparison.areas) - len(measure.positions)
    unit = measure.indicator.unit if measure.has_scores else f"rank of {measure.of}"
    return legends.Legend(
        measure=measure.id,
        title=f"{measure.indicator.name}, {measure.edition.id}",
        unit=unit,
        rows=tuple(
            legends.LegendRow(c.level, c.label, _range(measure, c.level), c.count, c.level == level)
            for c in reversed(classes)
        ),
        missing=missing,
        missing_label="Not ranked" if measure.complete else "Not known or not ranked",
        missing_marked=bool(code) and position is None,
        current=current,
    )


def _range(measure: Measure, level: int) -> str:
    """The lowest and highest value that fall into a class: exact, and without a gap to explain."""
    if measure.has_scores:
        if level not in measure.spans:
            return ""
        low, high = (number(v, measure.indicator.decimals) for v in measure.spans[level])
        return low if low == high else f"{low} to {high}"
    found = measure.classification.classes[level]
    lowest = int(found.lower) + 1 if found.lower > 1 else 1
    first, last = ordinal(lowest), ordinal(int(found.upper))
    return first if first == last else f"{first} to {last}"
