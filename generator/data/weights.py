"""How the ranks of a composite move when its weights do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.data.classify import classify
from generator.data.compare import Comparison, Measure, rank_scores
from generator.data.composites import MadeIndicator, Standard, standardise
from generator.settings import Classes

FACTORS = (0.5, 0.75, 1.25, 1.5, 0.0)
"""What each weight is multiplied by, one at a time; 0 leaves the indicator out."""


@dataclass(frozen=True, slots=True)
class WeightMove:
    """Other weights, and what they would change.

    Attributes
    ----------
    indicator
        Whose weight is another; empty: all are equal.
    factor
        What it is multiplied by.
    changed
        How many of the `of` areas would be in another class.
    code, before, after
        Who would move most, from which rank to which; of several the first by code.
        Empty and 0 where nobody moves.
    """

    indicator: str
    factor: float
    changed: int
    of: int
    code: str
    before: int
    after: int


def weight_moves(
    comparison: Comparison, measure: Measure, classes: Classes
) -> tuple[WeightMove, ...]:
    """All weights equal, then each weight changed alone; empty if there is but one indicator.

    Areas are those that the composite ranks, on the scale that it was made of; classes are
    made anew by the same scheme.
    """
    made = measure.indicator
    if not isinstance(made, MadeIndicator) or len(made.parts) < 2:
        return ()
    table = _table(comparison, measure, made)
    weights = list(made.composite.weights.values())
    changes = [("", 1.0, [1.0] * len(weights))]
    changes += [
        (part.id, factor, [w * factor if i == at else w for i, w in enumerate(weights)])
        for at, part in enumerate(made.parts)
        for factor in FACTORS
    ]
    return tuple(_move(table, measure, made, classes, changed) for changed in changes)


def _table(comparison: Comparison, measure: Measure, made: MadeIndicator) -> Standard:
    """What the composite was made of, for the areas that it ranks."""
    columns, lower = [], []
    for part in made.parts:
        own = comparison.measure(measure.edition.id, part.id)
        positions = own.positions if own else {}
        scored = all(p.score is not None for p in positions.values())
        figures = {c: p.score if scored else float(p.rank) for c, p in positions.items()}
        columns.append({c: figure for c, figure in figures.items() if figure is not None})
        lower.append(part.better == "lower" or not scored)
    whole = standardise(columns, lower, made.composite.method)
    kept = np.array([code in measure.positions for code in whole.codes])
    codes = tuple(code for code in whole.codes if code in measure.positions)
    return Standard(codes, whole.values[kept], whole.neutral)


def _move(
    table: Standard,
    measure: Measure,
    made: MadeIndicator,
    classes: Classes,
    changed: tuple[str, float, list[float]],
) -> WeightMove:
    indicator, factor, weights = changed
    means = table.weigh(weights, made.composite.missing)
    scores = {c: float(s) for c, s in zip(table.codes, means, strict=True) if not np.isnan(s)}
    ranks = rank_scores(scores, made.better)
    levels = classify(dict(scores), classes, better=made.better).levels
    known = measure.positions
    other = sum(levels[c] != known[c].level for c in scores)
    most = min(scores, key=lambda c: (-abs(ranks[c] - known[c].rank), c))
    before, after = known[most].rank, ranks[most]
    if before == after:
        return WeightMove(indicator, factor, other, len(scores), "", 0, 0)
    return WeightMove(indicator, factor, other, len(scores), most, before, after)
