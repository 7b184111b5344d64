"""Pages of indicators: one each, and their index by stage."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fractions import Fraction

from markupsafe import Markup

from generator import urls
from generator.charts.scatter import rho_text, scatter
from generator.charts.strip import strip
from generator.data.compare import Measure
from generator.data.composites import MadeIndicator
from generator.data.relations import relate
from generator.data.weights import FACTORS, WeightMove, weight_moves
from generator.exports.figures import measure_csv
from generator.language.indicators import (
    better_word,
    definition,
    direction,
    factor_text,
    move_text,
    shares,
)
from generator.language.numbers import number, out_of, percent
from generator.pages import mapping, parts, views
from generator.pages.atlas import Atlas, source
from generator.pages.changes import change_links
from generator.pages.groups import figures
from generator.pages.head import Meta, page
from generator.pages.scatter import has_scatter
from generator.pages.tables import table
from generator.settings import Indicator

ENDS = 10
"""How many areas stand at either end of the ranking."""


def has_pages(atlas: Atlas) -> bool:
    """Whether indicators have pages: a single one is what the whole atlas is about."""
    return len(atlas.comparison.indicators) > 1


def keys(atlas: Atlas) -> Iterable[Indicator]:
    """The indicators that have a page."""
    return atlas.comparison.indicators if has_pages(atlas) else ()


def indicator_page(atlas: Atlas, indicator: Indicator) -> views.Composed:
    """One indicator: map, legend, distribution, both ends, groups, others beside it."""
    path = urls.indicator_page(indicator.id)
    measures = atlas.comparison.of_indicator(indicator.id)
    first = atlas.comparison.first_of(indicator.id)
    drawn_map = mapping.page_map(
        atlas, path, name="indicator", kind="nation", subject=atlas.everywhere, measure=first
    )
    top, bottom = _ends(atlas, first)
    view = views.IndicatorPage(
        page=page(
            atlas,
            path,
            indicator.name,
            _description(atlas, indicator, first),
            Meta(
                section=urls.INDICATORS,
                scripts=(*mapping.SCRIPTS, "save.js", "table.js"),
                styles=mapping.STYLES,
                card=urls.card(urls.HOME),
                has_sources=True,
            ),
            crumbs=[parts.Link(atlas.speak("Indicators"), urls.INDICATORS)],
        ),
        name=indicator.name,
        stage=indicator.stage,
        about=indicator.about,
        unit=indicator.unit,
        direction=direction(indicator, atlas.speak),
        map=drawn_map,
        strip=strip(atlas.speak, atlas.comparison, first),
        top=top,
        bottom=bottom,
        group_kind=_group_kind(atlas),
        groups=_groups(atlas, first),
        scatter=_scatter(atlas, first),
        others=_others(atlas, first),
        downloads=(parts.Link("CSV", urls.in_folder(path, "data.csv")),),
        sources=tuple(source(atlas.speak, m.edition) for m in measures),
        making=_making(atlas, first),
        any_pair=urls.scatter_page(indicator.id) if has_scatter(atlas) and first.has_scores else "",
        changes=change_links(atlas, indicator),
    )  # fmt: skip
    content = measure_csv(atlas.comparison, atlas.settings.spots, measures)
    return views.Composed(view, ((urls.in_folder(path, "data.csv"), content),))


def _description(atlas: Atlas, indicator: Indicator, measure: Measure) -> str:
    own = atlas.settings.atlas.words
    unit = f" ({indicator.unit})" if indicator.unit else ""
    count = number(len(measure.positions))
    return atlas.speak(
        "%(indicator)s of %(count)s %(areas)s: map, ranking, distribution, download.",
        indicator=f"{indicator.name}{unit}", count=count, areas=own.areas,
    )  # fmt: skip


def _ends(atlas: Atlas, measure: Measure) -> tuple[parts.Table, parts.Table]:
    """The first and the last of the ranking, as many as are there without standing twice."""
    ranking = list(measure.positions)
    count = min(ENDS, len(ranking) // 2 or 1)
    return (
        table(atlas, ranking[:count], [measure]),
        table(atlas, ranking[-count:] if len(ranking) > count else [], [measure]),
    )


def _group_kind(atlas: Atlas) -> str:
    kind = atlas.settings.outlined_kind
    return kind.plural if kind else ""


def _groups(atlas: Atlas, measure: Measure) -> tuple[tuple[parts.Link, parts.GroupFigures], ...]:
    found = [
        (atlas.group_link(group), figures(atlas, group, measure))
        for group in atlas.outlined.values()
    ]
    return tuple(item for item in found if item[1].known)


def _scatter(atlas: Atlas, measure: Measure) -> Markup:
    other = atlas.against(measure)
    if other is None:
        return Markup("")
    return scatter(atlas.speak, atlas.comparison, measure, other, relate(measure, other))


def _others(atlas: Atlas, measure: Measure) -> tuple[tuple[parts.Link, str, str], ...]:
    """Every other indicator: its page, the rank correlation, over how many areas."""
    found = []
    for indicator in atlas.comparison.indicators:
        if indicator.id == measure.indicator.id:
            continue
        relation = relate(measure, atlas.comparison.first_of(indicator.id))
        link = parts.Link(indicator.name, urls.indicator_page(indicator.id))
        found.append((relation, link))
    found.sort(key=lambda item: (-abs(item[0].rho or 0), item[1].text))
    return tuple((link, rho_text(atlas.speak, r), number(len(r.codes))) for r, link in found)


def _making(atlas: Atlas, measure: Measure) -> parts.Making | None:
    """What a composite is made of; None for an indicator of a table."""
    made = measure.indicator
    if not isinstance(made, MadeIndicator):
        return None
    moves = weight_moves(atlas.comparison, measure, atlas.settings.classes)
    cells = {(move.indicator, move.factor): _weight_cell(atlas, move) for move in moves}
    return parts.Making(
        definition=definition(made, atlas.settings.atlas.words.areas, atlas.speak),
        parts=tuple(
            (
                parts.Link(part.name, urls.indicator_page(part.id)),
                share,
                better_word(part, atlas.speak),
            )
            for part, share in zip(made.parts, shares(made, atlas.speak), strict=True)
        ),
        changes=tuple(factor_text(factor, atlas.speak) for factor in FACTORS),
        moves=tuple(
            (part.name, tuple(cells[part.id, factor] for factor in FACTORS))
            for part in (made.parts if moves else ())
        ),
        equal=cells.get(("", 1.0)),
    )


def _weight_cell(atlas: Atlas, move: WeightMove) -> parts.WeightCell:
    share = percent(atlas.speak, Fraction(move.changed, move.of))
    mover = atlas.area_link(move.code) if move.code else None
    return parts.WeightCell(share, mover, move_text(move, atlas.speak))


def indicators_page(atlas: Atlas) -> views.IndicatorsPage:
    """All indicators by stage, each with its unit, its direction and how many are known."""
    comparison, own = atlas.comparison, atlas.settings.atlas.words
    speak = atlas.speak
    by_stage: dict[str, list[parts.IndicatorRow]] = {}
    for indicator in comparison.indicators:
        measure = comparison.first_of(indicator.id)
        by_stage.setdefault(indicator.stage, []).append(
            parts.IndicatorRow(
                parts.Link(indicator.name, urls.indicator_page(indicator.id)),
                indicator.unit,
                indicator.about,
                better_word(indicator, atlas.speak),
                out_of(speak, len(measure.positions), measure.of),
                ", ".join(m.edition.id for m in comparison.of_indicator(indicator.id)),
            )
        )
    stages = stage_order(atlas, by_stage)
    count = len(comparison.indicators)
    return views.IndicatorsPage(
        page=page(
            atlas,
            urls.INDICATORS,
            speak("Indicators"),
            speak(
                "%(count)s indicators of %(total)s %(areas)s, each with its map.",
                count=count, total=len(comparison.areas), areas=own.areas,
            ),
            Meta(section=urls.INDICATORS),
        ),
        intro=speak(
            "%(count)s indicators, each with its map, its ranking and its distribution.",
            count=count,
        ),
        stages=tuple((stage, tuple(by_stage[stage])) for stage in stages),
        any_pair=urls.SCATTER if has_scatter(atlas) else "",
        changes=change_links(atlas),
    )  # fmt: skip


def stage_order(atlas: Atlas, found: Collection[str]) -> list[str]:
    """Those without a stage first, then the stages of the settings, then others."""
    stated = [stage for stage in atlas.settings.stages if stage in found]
    stages = ([""] if "" in found else []) + stated
    return stages + [stage for stage in found if stage not in stages]


def column_choices(atlas: Atlas) -> tuple[tuple[str, tuple[parts.Choice, ...]], ...]:
    """Indicators beside the main one, by stage, that the table of all areas can show."""
    if not has_scatter(atlas):
        return ()
    by_stage: dict[str, list[parts.Choice]] = {}
    for indicator in atlas.comparison.indicators:
        if indicator.id != atlas.comparison.main.indicator.id:
            measure = atlas.comparison.first_of(indicator.id)
            choice = parts.Choice(indicator.id, indicator.name, False, note=measure.id)
            by_stage.setdefault(indicator.stage, []).append(choice)
    return tuple((stage, tuple(by_stage[stage])) for stage in stage_order(atlas, by_stage))
