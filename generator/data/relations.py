"""How two measures go together: their correlation, of the values and of their ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.data.compare import Measure
from generator.data.statistics import mean_ranks


@dataclass(frozen=True, slots=True)
class Relation:
    """Two measures of the same areas.

    Attributes
    ----------
    codes
        Areas that have a score in both, rising.
    rho
        Spearman's rank correlation of the scores (not of how good they are); None with
        fewer than three areas, or where all scores of one are alike.
    r
        Pearson's correlation of the scores; None where `rho` is.
    """

    codes: tuple[str, ...]
    rho: float | None
    r: float | None = None


def relate(one: Measure, other: Measure) -> Relation:
    """The correlations of two measures, over the areas that both score.

    >>> from types import SimpleNamespace as N
    >>> rise = N(positions={c: N(score=float(at)) for at, c in enumerate("abcd")})
    >>> fall = N(positions={c: N(score=-float(at)) for at, c in enumerate("abcd")})
    >>> relate(rise, fall).rho
    -1.0
    """
    first = {c: p.score for c, p in one.positions.items() if p.score is not None}
    second = {c: p.score for c, p in other.positions.items() if p.score is not None}
    codes = tuple(sorted(first.keys() & second.keys()))
    xs, ys = np.array([first[c] for c in codes]), np.array([second[c] for c in codes])
    if len(codes) < 3 or len(set(xs)) < 2 or len(set(ys)) < 2:
        return Relation(codes, None)
    rho = float(np.corrcoef(mean_ranks(xs), mean_ranks(ys))[0, 1])
    r = float(np.corrcoef(xs, ys)[0, 1])
    return Relation(codes, round(rho, 6), round(r, 6))
