"""Sentences about indicators: which of their values are good, what composites are made of."""

from __future__ import annotations

from generator.data.composites import MadeIndicator
from generator.data.weights import WeightMove
from generator.language.numbers import MINUS, NBSP, counted, joined, percent
from generator.settings import Indicator


def direction(indicator: Indicator) -> str:
    """Which values are good, in a sentence; it says so where the settings don't state it."""
    if isinstance(indicator, MadeIndicator):
        end = "Lower" if indicator.composite.method == "ranks" else "Higher"
        return f"{end} values are better: they have the first ranks."
    if indicator.better == "neutral":
        return "Neither high nor low values are better; ranks run from the highest to the lowest."
    if "better" not in indicator.model_fields_set:
        return (
            "The settings don\u2019t state which values are better: "
            "higher ones are taken to be, and have the first ranks."
        )
    return f"{indicator.better.capitalize()} values are better: they have the first ranks."


def definition(made: MadeIndicator, areas: str) -> str:
    """What a composite is, exactly enough to be worked out again."""
    composite = made.composite
    named = joined(
        f"{part.name} ({share})" for part, share in zip(made.parts, shares(made), strict=True)
    )
    if composite.method == "ranks":
        what = (
            "ranks, 1 for the best, equal values sharing the mean of theirs, among the "
            f"{areas} known"
        )
    else:
        what = (
            f"z-scores: each value minus the mean of all {areas} known, divided by their standard "
            "deviation, with the sign turned where low values are better"
        )
    how = f"Computed by this atlas: the weighted mean of the {what}."
    return f"{how} Weights: {named}. {_missing(made)}"


def _missing(made: MadeIndicator) -> str:
    """What becomes of an area of which not all is known."""
    composite = made.composite
    if not composite.most_missing:
        return "An area that lacks any of them has no value."
    treated = (
        "the weights of the others are scaled up to make the whole"
        if composite.missing == "renormalise"
        else "the mean of the known values stands in for what is missing"
    )
    return (
        f"An area that lacks more than {composite.most_missing} of them has no value; "
        f"where fewer are missing, {treated}."
    )


def shares(made: MadeIndicator) -> tuple[str, ...]:
    """The weight of each part in per cent of all."""
    weights = made.composite.weights.values()
    return tuple(percent(weight / sum(weights), 1) for weight in weights)


def factor_text(factor: float) -> str:
    r"""A changed weight: "+25 %", "left out".

    >>> [factor_text(f) for f in (0.5, 1.25, 0)]
    ['\u221250\xa0%', '+25\xa0%', 'left out']
    """
    if not factor:
        return "left out"
    change = round(100 * (factor - 1))
    return f"{'+' if change > 0 else MINUS}{abs(change)}{NBSP}%"


def move_text(move: WeightMove) -> str:
    """How far the one moves that moves most: "12 places up"."""
    up = move.before > move.after
    return f"{counted(abs(move.before - move.after), 'place', 'places')} {'up' if up else 'down'}"
