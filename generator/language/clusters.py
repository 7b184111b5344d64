"""Sentences about local clusters."""

from __future__ import annotations

from generator.catalogue import Catalogue
from generator.data.clusters import Clusters, Quadrant
from generator.language.numbers import number
from generator.language.positions import spoken


def cluster_sentence(speak: Catalogue, clusters: Clusters, code: str, name: str) -> str:
    """One line for an area's page; empty if the area isn't in the analysis, or shows no pattern.

    "Ashfield: a high value among low ones (local Moran's I −0.42, p = 0.012), …"
    """
    found = clusters.local.get(code)
    if found is None or not found.significant:
        return ""
    head = speak(
        "%(name)s: %(pattern)s (local Moran's I %(i)s, p = %(p)s)",
        name=spoken(name), pattern=_pattern(speak, found.quadrant),
        i=number(found.local_i, 2), p=number(found.p, 3),
    )  # fmt: skip
    if found.certain:
        return speak("%(line)s; so clear a pattern is hardly chance.", line=head)
    tested = number(len(clusters.local))
    return speak(
        "%(line)s; with %(count)s areas tested, some such patterns are chance.",
        line=head, count=tested,
    )  # fmt: skip


def _pattern(speak: Catalogue, quadrant: Quadrant) -> str:
    return {
        "high among high": speak("a high value among high ones"),
        "low among low": speak("a low value among low ones"),
        "high among low": speak("a high value among low ones"),
        "low among high": speak("a low value among high ones"),
    }[quadrant]


def count_patterns(speak: Catalogue, clusters: Clusters, *, certain: bool = False) -> list[str]:
    """How many areas show each pattern: "12 high values among high ones"."""

    def n(quadrant: Quadrant) -> str:
        return number(clusters.count(quadrant, certain=certain))

    return [
        speak("%(n)s high values among high ones", n=n("high among high")),
        speak("%(n)s low values among low ones", n=n("low among low")),
        speak("%(n)s high values among low ones", n=n("high among low")),
        speak("%(n)s low values among high ones", n=n("low among high")),
    ]
