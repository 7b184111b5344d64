"""The legend of a measure: its classes, what falls into them, how many have none."""

from __future__ import annotations

from generator import urls
from generator.catalogue import Catalogue
from generator.data.changes import Change
from generator.data.compare import Comparison, Measure
from generator.language.changes import (
    change_title,
    change_unit,
    class_label,
    missing_change,
    signed,
)
from generator.language.numbers import from_to, number, ordinal
from generator.language.positions import missing_text
from generator.maps import legend as legends


def legend(
    speak: Catalogue,
    comparison: Comparison,
    measure: Measure,
    *,
    code: str = "",
    current: bool = True,
) -> legends.Legend:
    """The legend of one measure; marks the class of `code`."""
    classes = measure.classification.classes
    position = measure.positions.get(code)
    level = position.level if position else None
    missing = len(comparison.areas) - len(measure.positions)
    unit = measure.indicator.unit
    if not measure.has_scores:
        unit = speak("rank of %(of)s", of=measure.of)
    return legends.Legend(
        measure=measure.id,
        title=f"{measure.indicator.name}, {measure.edition.id}",
        unit=unit,
        rows=tuple(
            legends.LegendRow(
                c.level, c.label, range_text(speak, measure, c.level), c.count, c.level == level
            )
            for c in reversed(classes)
        ),
        missing=missing,
        missing_label=missing_text(speak, measure),
        missing_marked=bool(code) and position is None,
        current=current,
    )


def range_text(speak: Catalogue, measure: Measure, level: int) -> str:
    """The lowest and highest value that fall into a class: exact, and without a gap to explain."""
    if measure.has_scores:
        if level not in measure.spans:
            return ""
        low, high = (number(v, measure.indicator.decimals) for v in measure.spans[level])
        return from_to(speak, low, high)
    found = measure.classification.classes[level]
    lowest = int(found.lower) + 1 if found.lower > 1 else 1
    return from_to(speak, ordinal(speak, lowest), ordinal(speak, int(found.upper)))


def change_legend(speak: Catalogue, change: Change, code: str = "") -> legends.Legend:
    """The legend of a change, from the largest rise to the largest fall."""
    level = change.differences[code].level if code else None
    pair = urls.change_pair(change.earlier.edition.id, change.later.edition.id)
    return legends.Legend(
        measure=f"{pair}-{change.indicator.id}",
        title=change_title(speak, change),
        unit=change_unit(speak, change),
        rows=tuple(
            legends.LegendRow(
                c.level,
                class_label(speak, change, c.level),
                from_to(speak, *(signed(end, change.decimals) for end in (c.low, c.high))),
                c.count,
                c.level == level,
            )
            for c in reversed(change.classes)
        ),
        missing=len(change.differences) - len(change.known),
        missing_label=missing_change(speak),
        missing_marked=bool(code) and level is None,
        current=True,
    )
