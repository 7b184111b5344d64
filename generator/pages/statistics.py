"""Spatial statistics and the comparison of schemes, as the methodology page tells them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from generator.data.clusters import Clusters, SchemeFit
from generator.data.compare import Comparison
from generator.language.numbers import joined, number
from generator.pages import parts

CLUSTERS_ID = "clusters"
"""Of the section on the methodology page, which areas' pages lead to."""
_QUADRANTS = (
    ("high among high", "high values among high ones"),
    ("low among low", "low values among low ones"),
    ("high among low", "high values among low ones"),
    ("low among high", "low values among high ones"),
)


def scheme_rows(fits: Sequence[SchemeFit]) -> tuple[parts.SchemeRow, ...]:
    """The comparison of schemes as rows, the best fit first."""
    return tuple(
        parts.SchemeRow(
            scheme=fit.scheme,
            classes=fit.classes,
            adcm=number(fit.adcm, 0),
            gadf=number(fit.gadf, 3),
            changed=number(fit.changed),
            current=fit.current,
        )
        for fit in fits
    )


def cluster_section(
    clusters: Clusters | None, comparison: Comparison
) -> tuple[tuple[str, str, Markup], ...]:
    """Moran's I and local clusters as a section: its id, a heading and its HTML."""
    if clusters is None:
        return ()
    main = comparison.main
    beside = (
        "areas that share a border count as neighbours"
        if comparison.borders
        else "without boundaries, the nearest areas by a point inside each count as neighbours, "
        "so the figures differ from those made with borders"
    )
    paragraph = Markup("<p>{}</p>").format
    stated = [
        paragraph(
            f"Moran's I of {main.indicator.name} ({main.edition.id}) is "
            f"{number(clusters.i, 3)}; without any pattern it would be near "
            f"{number(clusters.expected, 3)} (z = {number(clusters.z, 1)}, "
            f"p = {number(clusters.p, 3)} by {number(clusters.permutations)} random "
            f"permutations, seed {clusters.seed}). The larger it is, the more like values lie side "
            f"by side; here {beside}, all of an area's with the same weight."
        ),
        paragraph(
            f"Local Moran's I tells where. At p ≤ {clusters.alpha:g} there are "
            + joined(
                f"{clusters.count(quadrant)} {text}"  # type: ignore[arg-type]
                for quadrant, text in _QUADRANTS
            )
            + ". As one test is made for each area, some are chance; after adjustment "
            "(Benjamini and Hochberg) there remain "
            + joined(
                f"{clusters.count(quadrant, certain=True)} {text}"  # type: ignore[arg-type]
                for quadrant, text in _QUADRANTS
            )
            + ". Each area's page has its own line."
        ),
    ]
    if clusters.isolated:
        names = joined(comparison.areas[code].name for code in clusters.isolated)
        stated.append(paragraph(f"Left out, as no neighbour has a value: {names}."))
    return ((CLUSTERS_ID, "Do like places lie together?", Markup("\n").join(stated)),)
