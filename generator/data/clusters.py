"""Hot and cold as statistics: whether like scores lie side by side more often than by chance.

Global and local Moran's I of a measure from lists of neighbours, with permutation tests
(Anselin 1995, Local indicators of spatial association; the tests compare with esda); and a
comparison of classification schemes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.data.classify import SCHEMES, classify, is_worth_trying
from generator.data.compare import Measure
from generator.data.statistics import adjusted_for_many
from generator.errors import SettingsError
from generator.settings import Classes

Quadrant = Literal["high among high", "low among high", "low among low", "high among low"]
# By whether the area, and then whether its neighbours, are above the mean.
_QUADRANTS: dict[tuple[bool, bool], Quadrant] = {
    (True, True): "high among high",
    (False, True): "low among high",
    (False, False): "low among low",
    (True, False): "high among low",
}
PERMUTATIONS = 999
SEED = 2016
ALPHA = 0.05
_LEAST = 8
_NEVER = {"MaxP", "UserDefined", "FisherJenksSampled", "JenksCaspallSampled"}


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
    z = (values - values.mean()) / values.std()
    at = {code: k for k, code in enumerate(codes)}
    linked_rows = [np.array([at[other] for other in linked[code]]) for code in codes]
    i, standard_score, p_whole = _global_moran(z, linked_rows, permutations, seed)
    lags = np.array([z[others].mean() for others in linked_rows])
    p = _local_p(z, lags, linked_rows, permutations, seed)
    adjusted = adjusted_for_many(p)
    return Clusters(
        measure=measure.id,
        i=i,
        expected=-1 / (len(z) - 1),
        z=standard_score,
        p=p_whole,
        permutations=permutations,
        seed=seed,
        alpha=alpha,
        local={
            code: LocalCluster(
                code=code,
                quadrant=_QUADRANTS[bool(z[k] > 0), bool(lags[k] > 0)],
                local_i=float(z[k] * lags[k] * (len(z) - 1) / len(z)),
                p=float(p[k]),
                p_adjusted=float(adjusted[k]),
                significant=bool(p[k] <= alpha),
                certain=bool(adjusted[k] <= alpha),
            )
            for k, code in enumerate(codes)
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


def _global_moran(
    z: NDArray[np.float64], linked_rows: Sequence[NDArray[np.int64]], permutations: int, seed: int
) -> tuple[float, float, float]:
    """Moran's I with row-standardised weights, its standard score and pseudo p-value."""
    count = np.array([len(others) for others in linked_rows])
    start = np.concatenate([[0], count.cumsum()])
    share = np.repeat(1 / count, count)
    from scipy import sparse  # one worker needs it, and it takes a tenth of a second

    weights = sparse.csr_matrix((share, np.concatenate(linked_rows), start), (len(z), len(z)))
    rng = np.random.default_rng(seed)
    drawn = (rng.permutation(z) for _ in range(permutations))
    by_chance = np.array([y @ (weights @ y) / len(z) for y in drawn])
    i = float(z @ (weights @ z) / len(z))
    spread = float(by_chance.std())
    # Where everybody is everybody's neighbour, no order changes anything.
    standard_score = (i - float(by_chance.mean())) / spread if spread > 1e-12 else 0.0
    return i, standard_score, _pseudo_p(i, by_chance)


def _local_p(
    z: NDArray[np.float64],
    lags: NDArray[np.float64],
    linked_rows: Sequence[NDArray[np.int64]],
    permutations: int,
    seed: int,
) -> NDArray[np.float64]:
    """Pseudo p-values: each area stays, and its neighbours are drawn from all others."""
    rng = np.random.default_rng(seed)
    most = max(map(len, linked_rows))
    drawn = np.array([rng.permutation(len(z) - 1)[:most] for _ in range(permutations)])
    p = np.empty(len(z))
    for k, others in enumerate(linked_rows):
        some = drawn[:, : len(others)]
        by_chance = z[some + (some >= k)].mean(axis=1)
        p[k] = _pseudo_p(z[k] * lags[k], z[k] * by_chance)
    return p


def _pseudo_p(value: float, by_chance: NDArray[np.float64]) -> float:
    """The share of draws, with the value itself, that are as extreme on its own side."""
    # The same sum in another order may differ in its last digit; it counts as the same.
    above = int((by_chance >= value - 1e-12).sum())
    return (min(above, len(by_chance) - above) + 1) / (len(by_chance) + 1)


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
    return [
        s
        for s in SCHEMES
        if s.casefold() == current.casefold() or (s not in _NEVER and is_worth_trying(s, count))
    ]
