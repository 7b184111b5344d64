"""Pages of groups: one each (a region, a county, a partnership), and one per kind."""

from __future__ import annotations

from markupsafe import Markup

from generator import urls
from generator.catalogue import Catalogue
from generator.charts.parts import Series
from generator.charts.strip import strip
from generator.data.compare import Measure
from generator.data.places import Group
from generator.exports.figures import long_csv
from generator.language.groups import group_sentence
from generator.language.numbers import counted, list_text, number, ordinal, share_text
from generator.maps.svg import mini
from generator.pages import parts, structured, views
from generator.pages.area import caution
from generator.pages.atlas import Atlas, source
from generator.pages.head import Meta, page
from generator.pages.mapping import SCRIPTS, STYLES, page_map
from generator.pages.overview import group_table, groups_among, too_many
from generator.pages.tables import table


def composed_group(atlas: Atlas, group: Group) -> views.Composed:
    """The page of one group, with its figures."""
    path = atlas.group_href(group)
    drawn_map = page_map(
        atlas, path, name="group", here=_shown(atlas, group), kind="group", subject=group.name
    )
    table = long_csv(atlas.comparison, atlas.settings.spots, group.members)
    return views.Composed(
        group_page(atlas, group, drawn_map),
        ((urls.in_folder(path, "data.csv"), table),),
    )


def _shown(atlas: Atlas, group: Group) -> list[str]:
    return [c for c in group.members if c in atlas.layouts[0].at]


def group_page(atlas: Atlas, group: Group, drawn_map: parts.MapView) -> views.GroupPage:
    """Everything that one group's page says."""
    comparison, own = atlas.comparison, atlas.settings.atlas.words
    kind = atlas.kinds[group.kind]
    path = atlas.group_href(group)
    measures = comparison.headline()
    sentences = [
        group_sentence(atlas.speak, comparison, group, own, atlas.settings.spots, measure)
        for measure in measures
        if comparison.summaries[measure.id][group.kind, group.id].known
    ]
    standings = _standings(atlas, group)
    many = too_many(atlas, group.members)
    return views.GroupPage(
            page=_head(atlas, group, " ".join(sentences)),
            name=group.name,
            kind=kind.name,
            about=kind.about.get(group.id, ""),
            sentence=" ".join(sentences),
            figures=tuple(figures(atlas, group, measure) for measure in measures),
            map=drawn_map,
            strip=strip(
                atlas.speak, comparison, comparison.main,
                marked=[Series(group.name, group.members, f"{group.kind}-{group.slug}")],
                href=lambda code: urls.relative(path, atlas.area_href(code)),
                packed=atlas.swarm,
                shared=urls.relative(path, atlas.assets[urls.STRIP]),
            ),
            table=group_table(atlas, groups_among(atlas, group.members))
            if many
            else table(atlas, _ranked(atlas, group), measures, grouped=False),
            stages=atlas.settings.stages if standings else (),
            standings=standings,
            standings_source=_standings_source(atlas, group) if standings else "",
            remarks=_remarks(atlas, group, measures),
            findings=tuple(f for f, keys in atlas.findings if f"{group.kind}:{group.slug}" in keys),
            caution=caution(measures),
            downloads=(parts.Link("CSV", urls.in_folder(path, "data.csv")),),
            sources=tuple(source(atlas.speak, m.edition) for m in measures),
    )  # fmt: skip


def _head(atlas: Atlas, group: Group, description: str) -> parts.Page:
    kind, path = atlas.kinds[group.kind], atlas.group_href(group)
    meta = Meta(
        section=urls.list_page(atlas.settings.atlas.words.path),
        scripts=(*SCRIPTS, "save.js", "table.js"),
        styles=STYLES,
        json_ld=structured.group(atlas.settings, atlas.comparison, group, path),
        card=urls.card(path if kind.cards else urls.HOME),
        has_sources=True,
    )
    crumbs = [parts.Link(kind.plural, f"{kind.path}/")]
    return page(atlas, path, _title(atlas, group), description, meta, crumbs=crumbs)


def _title(atlas: Atlas, group: Group) -> str:
    """The name; with its kind where a group of another kind has the same (West Midlands)."""
    alike = sum(other.name == group.name for other in atlas.comparison.groups)
    return group.name if alike == 1 else f"{group.name}, {atlas.kinds[group.kind].name.lower()}"


def _ranked(atlas: Atlas, group: Group) -> list[str]:
    """The members from best to worst in the main measure, then those without a rank."""
    main = atlas.comparison.main
    ranking = atlas.comparison.summaries[main.id][group.kind, group.id].ranking
    rest = set(group.members) - set(ranking)
    return [*ranking, *(c for c in atlas.alphabet if c in rest)] if rest else list(ranking)


def figures(atlas: Atlas, group: Group, measure: Measure) -> parts.GroupFigures:
    """A group's counts and shares in one measure."""
    summary = atlas.comparison.summaries[measure.id][group.kind, group.id]
    levels = [
        measure.positions[code].level if code in measure.positions else None
        for code in group.members
    ]
    count = len(measure.classification.classes)
    median = summary.median_rank
    ranked = [code for code in group.members if not measure.leaves_out(code)]
    whole = summary.known == len(ranked)
    spotted = measure.hot_from_rank is not None
    return parts.GroupFigures(
        measure=measure.id,
        edition=measure.edition.id,
        known=summary.known,
        members=summary.members,
        hot=_share(atlas.speak, summary.hot, summary.known, whole) if spotted else "",
        cold=_share(atlas.speak, summary.cold, summary.known, whole) if spotted else "",
        median_rank="" if median is None else number(median, int(median % 1 != 0)),
        counts=(*(levels.count(level) for level in range(count)), levels.count(None)),
    )


def _share(speak: Catalogue, count: int, known: int, whole: bool) -> str:
    """A share of the members; of those known, a count alone: a percentage would mislead."""
    if whole:
        return share_text(speak, count, known)
    return speak("%(count)s of %(known)s known", count=count, known=known)


def _standings(
    atlas: Atlas, group: Group
) -> tuple[tuple[parts.Link, tuple[parts.StageStanding, ...]], ...]:
    """Life-stage standings of the members, if the statement was made for this very group."""
    scopes = {s.scope.casefold() for s in atlas.settings.standings}
    if group.name.casefold() not in scopes:
        return ()
    rows = []
    for code in _ranked(atlas, group):
        said = {s.stage: s for s in atlas.comparison.standings.get(code, ())}
        cells = tuple(
            parts.StageStanding(stage, said[stage].standing, said[stage].stated)
            if stage in said
            else parts.StageStanding(stage, "", "")
            for stage in atlas.settings.stages
        )
        rows.append((atlas.area_link(code), cells))
    return tuple(rows)


def _standings_source(atlas: Atlas, group: Group) -> str:
    return "; ".join(
        f"{s.source} ({s.edition})"
        for s in atlas.settings.standings
        if s.scope.casefold() == group.name.casefold()
    )


def _remarks(
    atlas: Atlas, group: Group, measures: tuple[Measure, ...]
) -> tuple[tuple[parts.Link, str], ...]:
    """What is odd about single figures: misprints and the like."""
    found: list[tuple[parts.Link, str]] = []
    if too_many(atlas, group.members):
        return ()
    for code in _ranked(atlas, group):
        for measure in measures:
            position = measure.positions.get(code)
            if position and position.remarks:
                remarks = "; ".join(f"{label.lower()}: {text}" for label, text in position.remarks)
                text = atlas.speak(
                    "%(edition)s, %(rank)s here; %(remarks)s", edition=measure.edition.id,
                    rank=ordinal(atlas.speak, position.rank), remarks=remarks,
                )  # fmt: skip
                found.append((atlas.area_link(code), text))
    return tuple(found)


MOST_NAMED = 12
MOST_PICTURES = 120
"""With more groups of a kind than this, its list goes without small maps."""


def groups_page(atlas: Atlas, kind: str) -> views.GroupsPage:
    """All groups of one kind beside each other."""
    about, own = atlas.kinds[kind], atlas.settings.atlas.words
    groups = [g for g in atlas.comparison.groups if g.kind == kind]
    speak = atlas.speak
    names = list_text(speak, (g.name for g in groups))
    count = counted(speak, len(groups), about.name.lower(), about.plural.lower())
    listed = f"{count}."
    if len(groups) <= MOST_NAMED:
        listed = speak("%(count)s: %(names)s.", count=count, names=names)
    intro = listed if len(groups) > 1 else ""
    return views.GroupsPage(
        page=page(
            atlas,
            urls.list_page(about.path),
            about.plural,
            f"{atlas.settings.atlas.title}: {about.plural}. {intro}".strip(),
            Meta(section=urls.list_page(own.path), scripts=("table.js",)),
        ),
        title=about.plural,
        intro=intro,
        groups=tuple(group_card(atlas, group) for group in groups),
    )  # fmt: skip


def group_card(atlas: Atlas, group: Group) -> parts.GroupCard:
    """A group with its figures and where it lies."""
    shown = _shown(atlas, group)
    main = atlas.comparison.main
    label = f"{group.name}: {main.indicator.name}, {main.edition.id}"
    if len([g for g in atlas.comparison.groups if g.kind == group.kind]) > MOST_PICTURES:
        svg = Markup("")
    elif too_many(atlas, shown):
        ids = [g.id for g in groups_among(atlas, shown)]
        svg = mini(atlas.group_layout, ids, atlas.drawn_groups, label)
    else:
        svg = mini(atlas.layouts[0], shown, atlas.drawn, label) if shown else Markup("")
    measures = atlas.comparison.headline()
    return parts.GroupCard(
        atlas.group_link(group),
        atlas.kinds[group.kind].name,
        tuple(figures(atlas, group, m) for m in measures),
        svg,
    )
