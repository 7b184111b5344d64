"""Spatial statistics and the comparison of schemes, as the methodology page tells them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from generator.catalogue import Catalogue
from generator.data.clusters import Clusters, SchemeFit
from generator.data.compare import Comparison, Measure
from generator.language.choices import scheme_name
from generator.language.clusters import count_patterns
from generator.language.numbers import list_text, number
from generator.pages import parts

CLUSTERS_ID = "clusters"
"""Of the section on the methodology page, which areas' pages lead to."""


def scheme_rows(speak: Catalogue, fits: Sequence[SchemeFit]) -> tuple[parts.SchemeRow, ...]:
    """The comparison of schemes as rows, the best fit first."""
    return tuple(
        parts.SchemeRow(
            scheme=scheme_name(speak, fit.scheme),
            classes=fit.classes,
            adcm=number(fit.adcm, 0),
            gadf=number(fit.gadf, 3),
            changed=number(fit.changed),
            current=fit.current,
        )
        for fit in fits
    )


def cluster_section(
    speak: Catalogue, clusters: Clusters | None, comparison: Comparison
) -> tuple[tuple[str, str, Markup], ...]:
    """Moran's I and local clusters as a section: its id, a heading and its HTML."""
    if clusters is None:
        return ()
    main = comparison.main
    beside = (
        speak("Areas that share a border count as neighbours, all with the same weight.")
        if comparison.borders
        else speak(
            "Without boundaries, the nearest areas by a point inside each count as neighbours, all "
            "with the same weight, so the figures differ from those made with borders."
        )
    )
    paragraph = Markup("<p>{}</p>").format
    stated = [
        paragraph(f"{_global(speak, clusters, main)} {beside}"),
        paragraph(
            speak(
                "Local Moran's I says where. At p ≤ %(alpha)s it finds: %(found)s. As one test is "
                "made for each area, some are chance; after adjustment (Benjamini and Hochberg) "
                "there remain: %(certain)s. The pages of these areas say so, under “Statistics”.",
                alpha=f"{clusters.alpha:g}",
                found=list_text(speak, count_patterns(speak, clusters)),
                certain=list_text(speak, count_patterns(speak, clusters, certain=True)),
            )
        ),
    ]
    if clusters.isolated:
        names = list_text(speak, (comparison.areas[code].name for code in clusters.isolated))
        stated.append(
            paragraph(speak("Left out, as no neighbour has a value: %(names)s.", names=names))
        )
    title = speak("Do like places lie together?")
    return ((CLUSTERS_ID, title, Markup("\n").join(stated)),)


def _global(speak: Catalogue, clusters: Clusters, main: Measure) -> str:
    return speak(
        "Moran's I of %(indicator)s (%(edition)s) is %(i)s; without any pattern it would be near "
        "%(expected)s (z = %(z)s, p = %(p)s by %(count)s random permutations, seed %(seed)s). The "
        "larger it is, the more like values lie side by side.",
        indicator=main.indicator.name,
        edition=main.edition.id,
        i=number(clusters.i, 3),
        expected=number(clusters.expected, 3),
        z=number(clusters.z, 1),
        p=number(clusters.p, 3),
        count=number(clusters.permutations),
        seed=clusters.seed,
    )
