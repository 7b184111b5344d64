"""Any two indicators against each other: the page, with one pair drawn before any script."""

from __future__ import annotations

from generator import urls
from generator.charts.scatter import coefficient, scatter
from generator.data.compare import Measure
from generator.data.relations import relate
from generator.exports.relations_file import related
from generator.language.numbers import number
from generator.pages import parts, views
from generator.pages.atlas import Atlas, source
from generator.pages.head import Meta, page
from generator.pages.overview import too_many


def has_scatter(atlas: Atlas) -> bool:
    """Whether there are two indicators with scores, and areas few enough for one file of them."""
    return urls.RELATIONS in atlas.assets and not too_many(atlas, atlas.comparison.areas)


def scatter_page(atlas: Atlas) -> views.ScatterPage:
    """Two indicators to choose; the main one against another until then."""
    speak, own = atlas.speak, atlas.settings.atlas.words
    measures = related(atlas.comparison)
    across = next((m for m in measures if m is atlas.comparison.main), measures[0])
    up = next(m for m in measures if m is not across)
    relation = relate(across, up)
    title = speak("Two indicators")
    return views.ScatterPage(
        page=page(
            atlas,
            urls.SCATTER,
            title,
            speak("Any two indicators of all %(areas)s against each other.", areas=own.areas),
            Meta(
                section=urls.INDICATORS, scripts=("save.js", "scatter.js"), has_sources=True,
            ),
            crumbs=[parts.Link(speak("Indicators"), urls.INDICATORS)],
        ),
        title=title,
        across=_choices(measures, across),
        up=_choices(measures, up),
        chart=scatter(speak, atlas.comparison, across, up, relation),
        rho=coefficient(speak, relation.rho),
        r=coefficient(speak, relation.r),
        count=number(len(relation.codes)),
        without=number(len(atlas.comparison.areas) - len(relation.codes)),
        sources=tuple(
            {m.edition.id: source(speak, m.edition) for m in measures}.values()
        ),
    )  # fmt: skip


def _choices(measures: tuple[Measure, ...], chosen: Measure) -> tuple[parts.Choice, ...]:
    return tuple(
        parts.Choice(m.indicator.id, m.indicator.name, m is chosen, note=m.id) for m in measures
    )
