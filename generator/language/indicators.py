"""Sentences about indicators: which of their values are good, what composites are made of."""

from __future__ import annotations

from generator.catalogue import Catalogue
from generator.data.composites import MadeIndicator
from generator.data.weights import WeightMove
from generator.language.numbers import MINUS, percent
from generator.settings import Indicator


def direction(indicator: Indicator, speak: Catalogue) -> str:
    """Which values are good, in a sentence; it says so where the settings don't state it."""
    if indicator.better == "neutral":
        return speak(
            "Neither high nor low values are better; ranks run from the highest to the lowest."
        )
    if "better" not in indicator.model_fields_set:
        return speak(
            "The settings don\u2019t state which values are better: higher ones are taken to be, "
            "and have the first ranks."
        )
    if indicator.better == "lower":
        return speak("Lower values are better: they have the first ranks.")
    return speak("Higher values are better: they have the first ranks.")


def better_word(indicator: Indicator, speak: Catalogue) -> str:
    """Which values are good, in a word for a table."""
    words = {"higher": speak("higher"), "lower": speak("lower"), "neutral": speak("neither")}
    return words[indicator.better]


def definition(made: MadeIndicator, areas: str, speak: Catalogue) -> str:
    """What a composite is, exactly enough to be worked out again."""
    if made.composite.method == "ranks":
        how = speak(
            "Computed by this atlas: the weighted mean of ranks among all %(areas)s known, 1 for "
            "the best; equal values share the mean of their ranks.",
            areas=areas,
        )
    else:
        how = speak(
            "Computed by this atlas: the weighted mean of z-scores. A z-score is a value minus the "
            "mean of all %(areas)s known, divided by their standard deviation; where low values "
            "are better its sign is turned.",
            areas=areas,
        )
    named = ", ".join(
        f"{part.name} {share}" for part, share in zip(made.parts, shares(made, speak), strict=True)
    )
    weights = speak("Weights: %(weights)s.", weights=named)
    return f"{how} {weights} {_missing(made, speak)}"


def _missing(made: MadeIndicator, speak: Catalogue) -> str:
    """What becomes of an area of which not all is known."""
    composite = made.composite
    if not composite.most_missing:
        return speak("What lacks any of them has no value.")
    most = speak(
        "What lacks more than %(count)s of them has no value.", count=composite.most_missing
    )
    if composite.missing == "renormalise":
        treated = speak("Where fewer are missing, the other weights are scaled up to the whole.")
    else:
        treated = speak("Where fewer are missing, the mean of the known values stands in for them.")
    return f"{most} {treated}"


def shares(made: MadeIndicator, speak: Catalogue) -> tuple[str, ...]:
    """The weight of each part in per cent of all."""
    weights = made.composite.weights.values()
    return tuple(percent(speak, weight / sum(weights), 1) for weight in weights)


def factor_text(factor: float, speak: Catalogue) -> str:
    r"""A changed weight: "+25%", "left out".

    >>> from generator.catalogue import ENGLISH
    >>> [factor_text(f, ENGLISH) for f in (0.5, 1.25, 0)]
    ['\u221250%', '+25%', 'left out']
    """
    if not factor:
        return speak("left out")
    change = round(100 * (factor - 1))
    return f"{'+' if change > 0 else MINUS}{abs(change)}%"


def move_text(move: WeightMove, speak: Catalogue) -> str:
    """How far the one moves that moves most: "12 places up"."""
    count = abs(move.before - move.after)
    if not count:
        return speak("nobody moves")
    if move.before > move.after:
        return speak.plural("%(n)s place up", "%(n)s places up", count, n=count)
    return speak.plural("%(n)s place down", "%(n)s places down", count, n=count)
