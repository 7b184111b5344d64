"""Areas in measures: cells, rows, columns, tables."""

from __future__ import annotations

from collections.abc import Sequence

from generator.data.compare import Measure
from generator.language.numbers import number
from generator.language.positions import (
    figure_text,
    long_unit,
    no_rank,
    rank_text,
    short_rank,
    spot_noun,
)
from generator.pages import parts
from generator.pages.atlas import Atlas


def cell(atlas: Atlas, measure: Measure, code: str) -> parts.Cell:
    """One area in one measure."""
    speak = atlas.speak
    position = measure.positions.get(code)
    decimals = measure.indicator.decimals
    if position is None:
        reason = no_rank(speak, measure, code)
        return parts.Cell(
            measure=measure.id, edition=measure.edition.id, rank=None, of=measure.of,
            text=reason, score="", sort_score=None,
            level=None, label=reason[:1].upper() + reason[1:],
            spot_word="",
        )  # fmt: skip
    label = (
        measure.classification.classes[position.level].label if position.level is not None else ""
    )
    source = ((speak("Source"), position.source),) if position.source else ()
    return parts.Cell(
        measure=measure.id,
        edition=measure.edition.id,
        rank=position.rank,
        of=measure.of,
        text=rank_text(speak, position, measure.of),
        score="" if position.score is None else number(position.score, decimals),
        sort_score=position.score,
        figure="" if position.score is None else figure_text(speak, measure, position.score),
        unit=long_unit(measure),
        level=position.level,
        label=label,
        spot_word=spot_noun(position.spot, atlas.settings.spots),
        remarks=(*position.remarks, *source),
        short=short_rank(speak, position),
    )


def row(
    atlas: Atlas,
    code: str,
    measures: Sequence[Measure],
    *,
    here: bool = False,
    note: str = "",
    grouped: bool = True,
) -> parts.Row:
    """One area in a table."""
    group = atlas.region_of.get(code) if grouped else None
    return parts.Row(
        code=code,
        name=atlas.comparison.areas[code].name,
        href=atlas.area_href(code),
        group=atlas.group_link(group) if group else None,
        cells=tuple(cell(atlas, measure, code) for measure in measures),
        here=here,
        note=note,
    )


def table(
    atlas: Atlas,
    codes: Sequence[str],
    measures: Sequence[Measure],
    *,
    here: str = "",
    grouped: bool = True,
    gap_after: Sequence[int] = (),
) -> parts.Table:
    """A table of areas, in the order given; measures that know none of them get no column."""
    main = atlas.comparison.main
    measures = [m for m in measures if m is main or any(c in m.positions for c in codes)]
    kind = atlas.settings.outlined_kind
    return parts.Table(
        columns=tuple(column(measure) for measure in measures),
        rows=tuple(row(atlas, c, measures, here=c == here, grouped=grouped) for c in codes),
        group_title=kind.name if kind and grouped and atlas.region_of else "",
        gap_after=tuple(gap_after),
    )


def column(measure: Measure) -> parts.Column:
    """A measure as a column."""
    return parts.Column(
        measure.id,
        measure.edition.id,
        measure.edition.title,
        measure.any_scores,
        measure.indicator.unit,
        measure.of,
    )
