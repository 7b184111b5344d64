"""How any two indicators go together: what the page with their scatter fetches."""

from __future__ import annotations

from itertools import combinations

from generator.data.compare import Comparison, Measure
from generator.data.relations import relate
from generator.exports.formats import compact_json


def related(comparison: Comparison) -> tuple[Measure, ...]:
    """Every indicator that has scores, in the edition that its page shows first."""
    first = [comparison.first_of(indicator.id) for indicator in comparison.indicators]
    return tuple(measure for measure in first if measure.has_scores)


def relations_file(comparison: Comparison) -> bytes:
    """Ids of measures, and for each two of them their places in that list, how many areas have
    both, Spearman's and Pearson's correlation.
    """
    measures = related(comparison)
    pairs = []
    for (at, one), (other_at, other) in combinations(enumerate(measures), 2):
        found = relate(one, other)
        pairs.append([at, other_at, len(found.codes), found.rho, found.r])
    return compact_json({"measures": [measure.id for measure in measures], "pairs": pairs})
