"""Hot and cold as statistics: whether like scores lie side by side more often than by chance.

Global and local Moran's I of a measure, by esda with libpysal, from lists of
neighbours; and a comparison of classification schemes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import false_discovery_control

from generator.data.classify import SCHEMES, classify
from generator.data.compare import Measure
from generator.errors import SettingsError
from generator.settings import Classes

Quadrant = Literal["high among high", "low among high", "low among low", "high among low"]
# esda numbers the quadrants of Moran's scatter plot anticlockwise from the upper right.
_QUADRANTS: tuple[Quadrant, ...] = (
    "high among high",
    "low among high",
    "low among low",
    "high among low",
)
PERMUTATIONS = 999
SEED = 2016
ALPHA = 0.05
_LEAST = 8
_NEVER = {"MaxP", "UserDefined", "FisherJenksSampled", "JenksCaspallSampled"}
_SMALL_ONLY = {"FisherJenks", "JenksCaspallForced"}
_SMALL = 1500


@dataclass(frozen=True, slots=True)
class LocalCluster:
    """An area and its neighbours.

    Attributes
    ----------
    quadrant
        The area's value, then the mean of its neighbours', each against the mean of
        all; *high* is high, whether that is good or bad.
    local_i
        Local Moran's I (Anselin 1995); above 0 among its like, below 0 unlike them.
    p
        Pseudo p-value: the share of conditional permutations at least as extreme on the
        same side, from 1 / (permutations + 1) on.
    p_adjusted
        `p` adjusted for as many tests as there are areas (Benjamini and Hochberg 1995).
    significant, certain
        Whether `p` and `p_adjusted` are at most alpha.
    """

    code: str
    quadrant: Quadrant
    local_i: float
    p: float
    p_adjusted: float
    significant: bool
    certain: bool


@dataclass(frozen=True, slots=True)
class Clusters:
    """Spatial autocorrelation of one measure.

    Attributes
    ----------
    i, expected
        Global Moran's I with row-standardised weights, and its expectation without
        autocorrelation, −1 / (n − 1).
    z, p
        Standard score and one-sided pseudo p-value by `permutations` permutations.
    local
        By code, in the order of codes.
    isolated
        Areas that have a value but no neighbour that has one; they are left out.
    missing
        Areas that have neighbours but no value.
    """

    measure: str
    i: float
    expected: float
    z: float
    p: float
    permutations: int
    seed: int
    alpha: float
    local: Mapping[str, LocalCluster]
    isolated: tuple[str, ...]
    missing: tuple[str, ...]

    def count(self, quadrant: Quadrant, *, certain: bool = False) -> int:
        """How many areas are significantly in a quadrant (``certain``: after adjustment)."""
        return sum(
            c.quadrant == quadrant and (c.certain if certain else c.significant)
            for c in self.local.values()
        )


def find_clusters(
    measure: Measure,
    neighbours: Mapping[str, tuple[str, ...]],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
) -> Clusters | None:
    """Moran's I and local Moran's I of a measure's scores.

    Parameters
    ----------
    neighbours
        Codes by code; from shared borders, or the nearest points (not symmetric then).

    Returns
    -------
    Clusters or None
        None where the measure is not complete, has no scores or all alike, or fewer
        than eight areas have a neighbour with a score.
    """
    scores = {c: p.score for c, p in measure.positions.items() if p.score is not None}
    if not measure.complete or len(scores) < len(measure.positions):
        return None
    linked = _linked(scores, neighbours)
    if len(linked) < _LEAST or len({scores[c] for c in linked}) < 2:
        return None
    codes = sorted(linked)
    values = np.array([scores[code] for code in codes])
    # esda takes more than a second to import; a build that needs no clusters is spared it.
    with _quiet(seed):
        from esda.moran import Moran, Moran_Local
        from libpysal.weights import W

        weights = W({c: list(linked[c]) for c in codes}, id_order=codes, silence_warnings=True)
        whole = Moran(values, weights, transformation="r", permutations=permutations)
        parts = Moran_Local(
            values, weights, transformation="r", permutations=permutations, seed=seed, n_jobs=1,
            keep_simulations=False,
        )  # fmt: skip
    adjusted = false_discovery_control(parts.p_sim, method="bh")
    return Clusters(
        measure=measure.id,
        i=float(whole.I),
        expected=float(whole.EI),
        z=float(whole.z_sim),
        p=float(whole.p_sim),
        permutations=permutations,
        seed=seed,
        alpha=alpha,
        local={
            code: LocalCluster(
                code=code,
                quadrant=_QUADRANTS[int(parts.q[at]) - 1],
                local_i=float(parts.Is[at]),
                p=float(parts.p_sim[at]),
                p_adjusted=float(adjusted[at]),
                significant=bool(parts.p_sim[at] <= alpha),
                certain=bool(adjusted[at] <= alpha),
            )
            for at, code in enumerate(codes)
        },
        isolated=tuple(sorted(set(scores) - set(linked))),
        missing=tuple(sorted(c for c in neighbours if c not in scores)),
    )


def _linked(
    scores: Mapping[str, float], neighbours: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Neighbours that have a score, of areas that have one; areas left alone are dropped.

    Nearest points aren't mutual, so that dropping one area may leave another alone.
    """
    linked = {code: neighbours.get(code, ()) for code in scores}
    while True:
        kept = {
            code: tuple(sorted(c for c in others if c in linked)) for code, others in linked.items()
        }
        linked = {code: others for code, others in kept.items() if others}
        if len(linked) == len(kept):
            return linked


@contextmanager
def _quiet(seed: int) -> Iterator[None]:
    """Without warnings (that numba is missing, that areas fall into parts), seeded, and undone."""
    state = np.random.get_state()
    np.random.seed(seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)


@dataclass(frozen=True, slots=True)
class SchemeFit:
    """One classification scheme on the same values.

    Attributes
    ----------
    adcm, gadf
        Absolute deviation around class medians (lower fits better; compare schemes of
        as many classes only), goodness of absolute deviation fit, 0 to 1.
    worst, best
        How many areas are in the lowest and the highest class.
    changed
        How many areas would have another colour than with the current scheme.
    """

    scheme: str
    classes: int
    adcm: float
    gadf: float
    worst: int
    best: int
    changed: int
    current: bool


def scheme_table(
    values: Mapping[str, float | None], settings: Classes, *, better: str = "higher"
) -> tuple[SchemeFit, ...]:
    """Schemes of mapclassify on the same values, the best fit (GADF) first.

    Schemes that draw samples, take minutes or can't serve these values are left out.
    """
    present = sum(value is not None for value in values.values())
    if not present:
        return ()
    current = classify(values, settings, better=better)
    colours = {code: current.classes[at].colour for code, at in current.levels.items()}
    fits = []
    for scheme in _schemes(settings.scheme, present):
        own = scheme.casefold() == settings.scheme.casefold()
        tried = settings if own else Classes(scheme=scheme, k=settings.k, colours=settings.colours)
        try:
            found = classify(values, tried, better=better)
        except SettingsError:
            continue
        changed = sum(found.classes[at].colour != colours[c] for c, at in found.levels.items())
        fits.append(
            SchemeFit(
                scheme, len(found.classes), found.adcm, found.gadf, found.classes[0].count,
                found.classes[-1].count, changed, own,
            )
        )  # fmt: skip
    return tuple(sorted(fits, key=lambda fit: (-fit.gadf, fit.scheme)))


def _schemes(current: str, count: int) -> Sequence[str]:
    left_out = _NEVER | (_SMALL_ONLY if count > _SMALL else set())
    return [s for s in SCHEMES if s not in left_out or s.casefold() == current.casefold()]
