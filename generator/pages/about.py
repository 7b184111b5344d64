"""Methodology and downloads: how the figures came about, and what can be taken away."""

from __future__ import annotations

from itertools import pairwise

from generator import urls
from generator.catalogue import Catalogue
from generator.data.compare import Measure
from generator.data.composites import MadeIndicator
from generator.data.neighbours import NEAREST
from generator.exports.figures import long_columns
from generator.language.changes import not_comparable
from generator.language.indicators import definition, direction
from generator.language.numbers import percent
from generator.pages import structured, views
from generator.pages.atlas import Atlas
from generator.pages.changes import pair_links
from generator.pages.explore import tile_uses
from generator.pages.head import Meta, page
from generator.pages.legends import legend
from generator.pages.tables import row
from generator.settings import Indicator


def methodology_page(atlas: Atlas) -> views.MethodologyPage:
    """Every rule by which a page's statement is computed."""
    comparison, own, speak = atlas.comparison, atlas.settings.atlas.words, atlas.speak
    measures = comparison.headline()
    unranked = [c for c in atlas.alphabet if c not in comparison.main.positions]
    indicators = {m.indicator.id: m.indicator for m in comparison.measures}
    layouts = {layout.id: layout for layout in atlas.layouts}
    return views.MethodologyPage(
        page=page(
            atlas,
            urls.METHODOLOGY,
            speak("Methodology"),
            speak(
                "Where the figures come from, how they are ranked and classed, and what is missing."
            ),
            Meta(section=urls.METHODOLOGY),
        ),
        sources=atlas.site.sources,
        indicators=tuple(
            (i.name, i.unit, _about(i, atlas), direction(i, atlas.speak))
            for i in indicators.values()
        ),
        editions=tuple(
            (
                m.edition.title,
                speak(
                    "%(known)s of %(of)s %(areas)s known here",
                    known=len(m.positions), of=m.of, areas=own.areas,
                ),
                m.edition.note,
            )
            for m in measures
        ),
        not_comparable=_not_comparable(atlas),
        changes=pair_links(atlas),
        legends=tuple(legend(speak, comparison, m, current=m is comparison.main) for m in measures),
        schemes=atlas.schemes,
        spots=_spots(atlas, comparison.main),
        ties=_ties(speak),
        neighbours=_neighbours(atlas),
        similar=_similar(atlas),
        boundaries=atlas.boundary_note,
        hexagons=layouts["hexagons"].note if len(layouts) > 1 and "hexagons" in layouts else "",
        missing=tuple(row(atlas, c, measures) for c in unranked),
        notes=atlas.sections,
    )  # fmt: skip


def _not_comparable(atlas: Atlas) -> tuple[str, ...]:
    steps = pairwise(atlas.comparison.headline())
    return tuple(not_comparable(atlas.speak, a, b) for a, b in steps if not b.follows(a))


def _about(indicator: Indicator, atlas: Atlas) -> str:
    """What an indicator means, and what a composite is made of."""
    if not isinstance(indicator, MadeIndicator):
        return indicator.about
    made = definition(indicator, atlas.settings.atlas.words.areas, atlas.speak)
    return " ".join(part for part in (indicator.about, made) if part)


def _ties(speak: Catalogue) -> str:
    return speak(
        "Where two scores are equal, both get the better rank and the next rank stays free "
        "(standard competition ranking); pages say “joint”. Published ranks are shown as "
        "published, and the build warns where they aren't those of the scores."
    )


def _spots(atlas: Atlas, measure: Measure) -> str:
    spots, areas, speak = atlas.settings.spots, atlas.settings.atlas.words.areas, atlas.speak
    if spots is None or measure.hot_from_rank is None or measure.cold_from_rank is None:
        return ""
    return speak(
        "Of the %(of)s ranked %(areas)s the best %(share)s are %(hots)s (rank 1 to %(hot)s) and "
        "the worst %(share)s are %(colds)s (rank %(cold)s to %(of)s). The share is rounded up to "
        "whole numbers.",
        of=measure.of,
        areas=areas,
        share=percent(speak, spots.share),
        hots=spots.hot_plural,
        colds=spots.cold_plural,
        hot=measure.hot_from_rank,
        cold=measure.cold_from_rank,
    )


def _neighbours(atlas: Atlas) -> str:
    areas, speak = atlas.settings.atlas.words.areas, atlas.speak
    if atlas.comparison.borders:
        return speak(
            "Neighbours are %(areas)s that share a stretch of land border; a corner isn't enough.",
            areas=areas,
        )
    return speak(
        "This atlas was built without boundaries, so it can't tell which %(areas)s share a border. "
        "It lists the %(count)s nearest instead, by the distance of a point inside each.",
        areas=areas, count=NEAREST,
    )  # fmt: skip


def _similar(atlas: Atlas) -> str:
    """How similar areas are found."""
    comparison, speak = atlas.comparison, atlas.speak
    if not comparison.similar_by:
        return ""
    values = {"areas": atlas.settings.atlas.words.areas, "edition": comparison.main.edition.id}
    by_rank, sized = "rank" in comparison.similar_by, "size" in comparison.similar_by
    if by_rank and sized:
        start = speak("Similar %(areas)s have a similar rank (%(edition)s) and size.", **values)
    elif by_rank:
        start = speak("Similar %(areas)s have a similar rank (%(edition)s).", **values)
    elif sized:
        start = speak("Similar %(areas)s have a similar score (%(edition)s) and size.", **values)
    else:
        start = speak("Similar %(areas)s have a similar score (%(edition)s).", **values)
    if not sized:
        return start
    how = speak(
        "The size is the logarithm of the area in km²; both count by their standard deviation."
    )
    return f"{start} {how}"


def data_page(atlas: Atlas) -> views.DataPage:
    """What can be downloaded, what its columns mean, and how to use the tiles."""
    speak = atlas.speak
    licences = dict.fromkeys(
        [
            *(f"{e.title}: {e.source}. {e.licence}." for e in atlas.settings.edition if e.licence),
            *atlas.attribution,
            *atlas.licences,
        ]
    )
    return views.DataPage(
        page=page(
            atlas,
            urls.DATA,
            speak("Data"),
            speak("All figures and shapes of this atlas, to take away, with their licences."),
            Meta(
                section=urls.DATA,
                json_ld=structured.dataset(atlas.settings, atlas.comparison, atlas.downloads),
            ),
        ),
        downloads=atlas.downloads,
        columns=tuple(long_columns(speak).items()),
        licences=tuple(licences),
        tiles=atlas.tile_downloads,
        tile_uses=tile_uses(atlas),
        whole_urls=bool(atlas.settings.atlas.base_url),
    )  # fmt: skip
