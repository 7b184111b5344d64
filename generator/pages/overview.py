"""Groups that stand for their areas where a page would hold too many of them.

A page is for people: beyond some thousand areas it lists and draws the groups that the maps
outline, each in the class of its median, and leads on to their pages.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from generator.data.places import Group
from generator.language.numbers import number
from generator.pages import parts
from generator.pages.atlas import Atlas
from generator.pages.tables import column

MOST_ON_A_PAGE = 1_500
"""More areas than this are not listed and drawn one by one on one page."""


def too_many(atlas: Atlas, codes: Collection[str]) -> bool:
    """Whether groups stand for these areas; only where the maps outline groups at all."""
    return len(codes) > MOST_ON_A_PAGE and bool(atlas.layouts[0].group_of)


def groups_among(atlas: Atlas, codes: Collection[str]) -> list[Group]:
    """The outlined groups that some areas are in, from the best median to the worst."""
    group_of = atlas.layouts[0].group_of
    ids = {group_of[code] for code in codes if code in group_of}
    summaries = atlas.comparison.summaries[atlas.comparison.main.id]

    def place(group: Group) -> tuple[float, str]:
        median = summaries[group.kind, group.id].median_rank
        return (float("inf") if median is None else median, group.name)

    return sorted((g for g in atlas.outlined.values() if g.id in ids), key=place)


def group_table(atlas: Atlas, groups: Sequence[Group]) -> parts.Table:
    """A row for each group, with its medians."""
    measures = atlas.comparison.headline()
    kind = atlas.kinds[groups[0].kind].name if groups else ""
    return parts.Table(
        columns=tuple(column(measure) for measure in measures),
        rows=tuple(
            parts.Row(
                group.id,
                group.name,
                atlas.group_href(group),
                None,
                tuple(_cell(atlas, group, at) for at in range(len(measures))),
            )
            for group in groups
        ),
        row_title=kind,
    )


def _cell(atlas: Atlas, group: Group, at: int) -> parts.Cell:
    measure = atlas.comparison.headline()[at]
    summary = atlas.comparison.summaries[measure.id][group.kind, group.id]
    rank, score = summary.median_rank, summary.median_score
    level = measure.level_of(rank, score)
    classes = measure.classification.classes
    speak = atlas.speak
    text = speak("not known")
    if rank is not None:
        text = speak("median %(value)s", value=number(rank, int(rank % 1 != 0)))
    return parts.Cell(
        measure=measure.id,
        edition=measure.edition.id,
        rank=None,
        of=measure.of,
        text=text,
        score="" if score is None else number(score, measure.indicator.decimals),
        sort_score=score,
        level=level,
        label=speak("Not known") if level is None else classes[level].label,
        spot_word="",
    )
