"""Methodology and downloads: how the figures came about, and what can be taken away."""

from __future__ import annotations

from generator import urls
from generator.data.beside import NEAREST
from generator.data.compare import Measure
from generator.data.composites import MadeIndicator
from generator.exports.figures import LONG_COLUMNS
from generator.language.indicators import definition, direction
from generator.language.numbers import joined, percent
from generator.pages import parts, structured, views
from generator.pages.area import similar_note
from generator.pages.atlas import Atlas
from generator.pages.explore import tile_uses
from generator.pages.head import Meta, page
from generator.pages.legends import legend
from generator.pages.tables import row
from generator.settings import Indicator


def methodology_page(atlas: Atlas) -> views.MethodologyPage:
    """Every rule by which a page's statement is computed."""
    comparison, own = atlas.comparison, atlas.settings.atlas.words
    measures = comparison.headline()
    unranked = [c for c in atlas.alphabet if c not in comparison.main.positions]
    indicators = {m.indicator.id: m.indicator for m in comparison.measures}
    layers = {layer.id: layer for layer in atlas.layers}
    return views.MethodologyPage(
        page=page(
            atlas,
            urls.METHODOLOGY,
            "Methodology",
            "Where the figures come from, how they are ranked and classed, and what is missing.",
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
                f"{len(m.positions)} of {m.of} {own.areas} known here",
                m.edition.note,
            )
            for m in measures
        ),
        legends=tuple(legend(comparison, m, current=m is comparison.main) for m in measures),
        schemes=atlas.schemes,
        spots=_spots(atlas, comparison.main),
        ties=(
            "Where two scores are equal, both get the better rank and the next rank stays free "
            "(standard competition ranking); pages say “joint”. Published ranks are shown as "
            "published, and the build warns where they aren't those of the scores."
        ),
        neighbours=_neighbours(atlas),
        similar=similar_note(comparison),
        boundaries=atlas.boundary_note,
        hexagons=layers["hexagons"].note if len(layers) > 1 and "hexagons" in layers else "",
        missing=tuple(row(atlas, c, measures) for c in unranked),
        notes=atlas.sections,
    )  # fmt: skip


def _about(indicator: Indicator, atlas: Atlas) -> str:
    """What an indicator means, and what a composite is made of."""
    if not isinstance(indicator, MadeIndicator):
        return indicator.about
    made = definition(indicator, atlas.settings.atlas.words.areas, atlas.speak)
    return " ".join(part for part in (indicator.about, made) if part)


def _spots(atlas: Atlas, measure: Measure) -> str:
    spots, areas = atlas.settings.spots, atlas.settings.atlas.words.areas
    if spots is None or measure.hot_from_rank is None or measure.cold_from_rank is None:
        return ""
    share = percent(spots.share)
    cold = measure.of - measure.cold_from_rank + 1
    return (
        f"A {spots.hot} is one of the best {share} of the {measure.of} ranked {areas} (rank 1 to "
        f"{measure.hot_from_rank}: {measure.hot_from_rank} {areas}), a {spots.cold} one of the "
        f"worst {share} (rank {measure.cold_from_rank} to {measure.of}: {cold} {areas}). "
        "The share is rounded up to whole numbers."
    )


def _neighbours(atlas: Atlas) -> str:
    areas = atlas.settings.atlas.words.areas
    if atlas.comparison.borders:
        return f"Neighbours are {areas} that share a stretch of land border; a corner isn't enough."
    return (
        f"This atlas was built without boundaries, so it can't tell which {areas} share a border. "
        f"It lists the {NEAREST} nearest instead, by the distance of a point inside each."
    )


def compare_page(atlas: Atlas) -> views.ComparePage:
    """Two to five areas side by side: the frame that the page's script fills."""
    own, comparison = atlas.settings.atlas.words, atlas.comparison
    ranking = list(comparison.main.positions)
    ends = [ranking[0], ranking[-1]] if len(ranking) > 1 else []
    names = joined(comparison.areas[c].name for c in ends)
    return views.ComparePage(
        page=page(
            atlas,
            urls.COMPARE,
            "Compare",
            f"Two to five {own.areas} side by side: rank, score and class in each edition.",
            Meta(
                section=urls.list_page(own.path),
                scripts=("save.js", "compare.js"),
                styles=("compare.css",),
            ),
        ),
        intro=f"Two to five {own.areas} side by side. The address keeps your choice, so that it "
        "can be sent on.",
        examples=(
            parts.Link(f"{names}, the first and the last", urls.compare_page(ends)),
        ) if ends else (),
    )  # fmt: skip


def data_page(atlas: Atlas) -> views.DataPage:
    """What can be downloaded, what its columns mean, and how to use the tiles."""
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
            "Data",
            "All figures and shapes of this atlas, to take away, with their licences.",
            Meta(
                section=urls.DATA,
                json_ld=structured.dataset(atlas.settings, atlas.comparison, atlas.downloads),
            ),
        ),
        downloads=atlas.downloads,
        columns=LONG_COLUMNS,
        licences=tuple(licences),
        tiles=atlas.tile_downloads,
        tile_uses=tile_uses(atlas),
        whole_urls=bool(atlas.settings.atlas.base_url),
    )  # fmt: skip
