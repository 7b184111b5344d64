"""Scores become classes, by mapclassify; this is the only module that imports it.

mapclassify puts NaN into class 0 without a word, and after ties has fewer bins than
were asked for: missing values are masked first, and the number of classes is taken
from the bins.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from generator.catalogue import ENGLISH, Catalogue
from generator.data.palettes import DIVERGING
from generator.data.statistics import score_at_percentile
from generator.errors import SettingsError
from generator.later import imported_when_called
from generator.settings import Classes

with imported_when_called(
    {"scipy.stats": {"scoreatpercentile": score_at_percentile}, "sklearn.cluster": {}}
):
    import mapclassify

SCHEMES = tuple(sorted(mapclassify.CLASSIFIERS))
_ENDLESS = {"JenksCaspall", "JenksCaspallSampled"}
"""Their search never ends once a class is empty; numpy's warning of it is the only sign."""
_FOR_FEW = {"FisherJenks", "JenksCaspallForced"}
MOST_FOR_FISHER_JENKS = 1500
"""It takes time and memory with the square of the number of values."""
_WITHOUT_K = {"BoxPlot", "HeadTailBreaks", "StdMean", "Percentiles", "UserDefined"}


@dataclass(frozen=True, slots=True)
class Class:
    """One class: every value above `lower` (the first class: from it) up to `upper`.

    `count` values fall into it.  `level` runs from 0, the worst, to the best,
    whichever direction the values run in.
    """

    level: int
    label: str
    colour: str
    lower: float
    upper: float
    count: int


@dataclass(frozen=True, slots=True)
class Classification:
    """Classes of one column of values.

    Attributes
    ----------
    scheme
        mapclassify's name of the classifier.
    classes
        From the worst class to the best.
    levels
        Class level by key; keys whose value is missing have none.
    missing
        How many values are missing.
    adcm
        Absolute deviation around class medians (lower fits better); mapclassify's definition.
    gadf
        Goodness of absolute deviation fit, 0 to 1 (higher fits better).
    """

    scheme: str
    classes: tuple[Class, ...]
    levels: Mapping[str, int]
    missing: int
    adcm: float
    gadf: float

    def level_at(self, value: float) -> int | None:
        """The class that a value between those classified falls into, such as their median."""
        rising = sorted(self.classes, key=lambda found: found.upper)
        return next((c.level for c in rising if value <= c.upper), None)


def classify(
    values: Mapping[str, float | None],
    settings: Classes,
    *,
    better: str = "higher",
    speak: Catalogue = ENGLISH,
) -> Classification:
    """Classify one column.

    Parameters
    ----------
    values
        By key (a GSS code); None is missing and gets no class.
    settings
        Scheme, number of classes, labels and colours.
    better
        ``"higher"`` or ``"lower"``: which end of the values is the best; ``"neutral"``
        leaves them as they are, from low to high.
    speak
        Names classes that the settings don't.

    Raises
    ------
    SettingsError
        If the scheme is unknown or can't serve these values.
    """
    keys = sorted(key for key, value in values.items() if value is not None)
    present = np.array([values[key] for key in keys], dtype=float)
    missing = len(values) - len(keys)
    if not keys:
        return Classification(settings.scheme, (), {}, missing, 0.0, 0.0)
    fitted = _fit(present, settings)
    bins = np.asarray(fitted.bins, dtype=float)
    if not (np.isfinite(bins).all() and (np.diff(bins) > 0).all()):
        raise SettingsError(
            f"{settings.scheme} gives breaks that do not rise: {bins.tolist()}",
            where="[classes]",
            fix="choose fewer classes (k) or another scheme",
        )
    uppers, ids = _without_empty_ends(bins, np.asarray(fitted.yb, dtype=int), present)
    count = len(uppers)
    lowers = [float(present.min()), *uppers[:-1]]
    order = list(range(count)) if better != "lower" else list(range(count))[::-1]
    level_of = {at: level for level, at in enumerate(order)}
    labels = _labels(speak, settings.labels, count, order)
    colours = settings.colours if len(settings.colours) == count else DIVERGING.ramp(count)
    sizes = np.bincount(ids, minlength=count)
    classes = tuple(
        Class(level, labels[level], colours[level], lowers[at], uppers[at], int(sizes[at]))
        for level, at in enumerate(order)
    )
    levels = {key: level_of[int(at)] for key, at in zip(keys, ids, strict=True)}
    return Classification(settings.scheme, classes, levels, missing, *_fit_measures(present, ids))


def _fit(present: NDArray[np.float64], settings: Classes) -> mapclassify.classifiers.MapClassifier:
    name = {scheme.casefold(): scheme for scheme in SCHEMES}.get(settings.scheme.casefold())
    if name is None:
        raise SettingsError(
            f"mapclassify has no scheme {settings.scheme!r}",
            where="[classes] scheme",
            fix="choose one of: " + ", ".join(SCHEMES),
        )
    try:
        return _fitted(name, tuple(present.tolist()), settings.k, tuple(settings.breaks))
    except Exception as error:
        raise SettingsError(
            f"{name} can't classify these {len(present)} values ({error})",
            where="[classes]",
            fix="choose fewer classes (k) or another scheme",
        ) from error


@lru_cache(maxsize=16)  # maps, the explorer and the comparison of schemes ask for the same
def _fitted(
    name: str, values: tuple[float, ...], k: int, breaks: tuple[float, ...]
) -> mapclassify.classifiers.MapClassifier:
    present = np.array(values)
    distinct = len(set(values))
    classifier = getattr(mapclassify, name)
    with warnings.catch_warnings():
        # "Not enough unique values": the number of classes is taken from the bins anyway.
        warnings.simplefilter("ignore")
        if name in _ENDLESS:
            warnings.filterwarnings("error", "Mean of empty slice", RuntimeWarning)
        if distinct == 1:
            return mapclassify.UserDefined(present, [float(present[0])])
        if name == "UserDefined":
            return classifier(present, list(breaks))
        if name in _WITHOUT_K:
            return classifier(present)
        np.random.seed(0)  # mapclassify's samplers use the global state
        return classifier(present, k=min(k, distinct))


def _without_empty_ends(
    bins: NDArray[np.float64], ids: NDArray[np.int_], present: NDArray[np.float64]
) -> tuple[list[float], NDArray[np.int_]]:
    """Drop classes below the first and above the last that holds a value (BoxPlot, StdMean)."""
    first, last = int(ids.min()), min(int(ids.max()), len(bins) - 1)
    uppers = [float(b) for b in bins[first : last + 1]]
    uppers[-1] = max(uppers[-1], float(present.max()))
    return uppers, np.clip(ids, first, last) - first


def is_worth_trying(scheme: str, count: int) -> bool:
    """Whether a scheme says something of its own of so many values, and soon enough.

    k-means looks for the very breaks that Fisher–Jenks finds, so it is for more values than
    that one can serve.
    """
    few = count <= MOST_FOR_FISHER_JENKS
    return not few if scheme == "NaturalBreaks" else few or scheme not in _FOR_FEW


MOST_SIZES = 3
"""Of changes, to either side of none."""


def size_classes(sizes: Mapping[str, float], settings: Classes) -> dict[str, int]:
    """Sizes of change in up to `MOST_SIZES` classes: by key, 1 for the smallest and so on.

    They are made by the scheme of the settings or, where that one takes no number of classes to
    make or has limits for values, by quantiles.  None of the classes is empty.
    """
    named = settings.scheme.casefold()
    own = named not in {scheme.casefold() for scheme in _WITHOUT_K}
    scheme = settings.scheme if own else Classes().scheme
    found = classify(dict(sizes), Classes(scheme=scheme, k=MOST_SIZES))
    held = {level: at for at, level in enumerate(sorted(set(found.levels.values())), 1)}
    return {key: held[level] for key, level in found.levels.items()}


def _labels(speak: Catalogue, labels: Sequence[str], count: int, order: Sequence[int]) -> list[str]:
    """The settings' names, from the worst class to the best; else names of the values.

    Names of values say nothing of good and bad: where lower is better, the best class is
    that of the lowest values.
    """
    if len(labels) == count:
        return list(labels)
    if count == 1:
        return [speak("All alike")]
    names = [
        speak("Class %(n)s of %(count)s, from low to high", n=at + 1, count=count)
        for at in range(count)
    ]
    names[0], names[-1] = speak("Lowest values"), speak("Highest values")
    return [names[at] for at in order]


def _fit_measures(present: NDArray[np.float64], ids: NDArray[np.int_]) -> tuple[float, float]:
    adcm = sum(
        float(np.abs(members - np.median(members)).sum())
        for members in (present[ids == at] for at in np.unique(ids))
    )
    spread = float(np.abs(present - np.median(present)).sum())
    return adcm, (1 - adcm / spread if spread else 1.0)


def rank_classification(
    ranks: Mapping[str, int | None], of: int, settings: Classes, speak: Catalogue = ENGLISH
) -> Classification:
    """Classes of ranks where the scores are not published.

    All ranks from 1 to `of` are classified, so that a rank gets its class even if
    most ranks are not known; the counts are those of the known ranks.
    """
    every: dict[str, float | None] = {str(rank): float(rank) for rank in range(1, of + 1)}
    whole = classify(every, settings, better="lower", speak=speak)
    levels = {key: whole.levels[str(rank)] for key, rank in ranks.items() if rank is not None}
    known = list(levels.values())
    stated = len(settings.labels) == len(whole.classes)
    classes = tuple(
        Class(
            c.level,
            c.label if stated else _rank_label(speak, c),
            c.colour,
            c.lower,
            c.upper,
            known.count(c.level),
        )
        for c in whole.classes
    )
    return Classification(
        whole.scheme, classes, levels, len(ranks) - len(levels), whole.adcm, whole.gadf
    )


def _rank_label(speak: Catalogue, found: Class) -> str:
    """Ranks are their own names: "Ranks 1 to 65"."""
    first = int(found.lower) + 1 if found.lower > 1 else 1
    return speak("Ranks %(first)s to %(last)s", first=first, last=int(found.upper))
