"""Four small statistics, as scipy.stats has them, which takes a second to import.

Each is tested against scipy's own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def score_at_percentile(values: NDArray[np.float64], percentile: float) -> np.float64:
    """The value below which so many per cent of the values lie, between two of them in proportion.

    To the last bit what `scipy.stats.scoreatpercentile` gives: what lies on the border of two
    classes depends on it.

    Parameters
    ----------
    values
        (n,), at least one.
    percentile
        From 0 to 100.
    """
    rising = np.sort(values)
    place = percentile / 100.0 * (len(rising) - 1)
    below = int(place)
    if below == place:
        return np.float64(rising[below])
    weights = np.array([below + 1 - place, place - below])
    return np.float64((rising[below : below + 2] * weights).sum() / weights.sum())


def mean_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) ranks from 1, the lowest value's; equal values share the mean of theirs.

    >>> mean_ranks(np.array([5.0, 3.0, 5.0])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    means: NDArray[np.float64] = np.cumsum(counts) - (counts - 1) / 2
    return means[at.reshape(-1)]


def adjusted_for_many(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) p-values adjusted for being n tests (Benjamini and Hochberg 1995).

    >>> adjusted_for_many(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    falling = np.argsort(p)[::-1]
    count = len(p)
    scaled = p[falling] * (count / np.arange(count, 0, -1))
    adjusted = np.empty(count)
    adjusted[falling] = np.minimum(np.minimum.accumulate(scaled), 1)
    return adjusted
