"""Sentences about local clusters."""

from __future__ import annotations

from generator.data.clusters import Clusters
from generator.language.numbers import number
from generator.language.positions import spoken


def cluster_sentence(clusters: Clusters, code: str, name: str) -> str:
    """One line for an area's page; empty if the area isn't in the analysis, or shows no pattern.

    "Ashfield: a high value among low ones (local Moran's I −0.42, p = 0.012), …"
    """
    if code in clusters.isolated:
        return f"{spoken(name)}: no neighbour has a value, so there is nothing to compare."
    found = clusters.local.get(code)
    if found is None or not found.significant:
        return ""
    own, others = found.quadrant.split(" among ")
    figures = f"local Moran's I {number(found.local_i, 2)}, p = {number(found.p, 3)}"
    head = f"{spoken(name)}: a {own} value among {others} ones"
    if found.certain:
        return f"{head} ({figures}); so clear a pattern is hardly chance."
    return (
        f"{head} ({figures}); with {number(len(clusters.local))} areas tested, "
        "some such patterns are chance."
    )
