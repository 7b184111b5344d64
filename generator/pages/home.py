"""The home page, the A–Z of all areas, and the page for what isn't found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from generator import urls
from generator.data.names import canonical
from generator.language.headline import headline
from generator.language.numbers import counted
from generator.pages import mapping, parts, structured, views
from generator.pages.atlas import Atlas
from generator.pages.changes import change_links
from generator.pages.groups import group_card
from generator.pages.head import Meta, page
from generator.pages.indicators import column_choices
from generator.pages.overview import group_table, groups_among, too_many
from generator.pages.tables import table


def home_page(atlas: Atlas) -> views.HomePage:
    """What this is, the national map, the ends of the ranking, findings, groups."""
    comparison, atlas_settings = atlas.comparison, atlas.settings.atlas
    main = comparison.main
    drawn_map = mapping.page_map(
        atlas, urls.HOME, name="nation", kind="nation", subject=atlas.everywhere
    )
    ranked = list(main.positions)
    many = too_many(atlas, comparison.areas)
    ranking = (
        group_table(atlas, groups_among(atlas, comparison.areas))
        if many
        else _told_apart(atlas, table(atlas, ranked, [main]))
    )
    # Where the ranking lists all areas, its filter shows the ends.
    hot = [c for c in ranked if many and main.positions[c].spot == "hot"]
    cold = [c for c in ranked if many and main.positions[c].spot == "cold"]
    outlined = atlas.settings.outlined_kind
    groups = [g for g in comparison.groups if outlined and g.kind == outlined.kind]
    return views.HomePage(
            page=page(
                atlas,
                urls.HOME,
                atlas.subject,
                atlas.summary,
                Meta(
                    scripts=(*mapping.SCRIPTS, "save.js"),
                    styles=mapping.STYLES,
                    json_ld=structured.dataset(atlas.settings, comparison, atlas.downloads),
                    card=urls.card(urls.HOME),
                ),
            ),
            headline=_headline(atlas, outlined.kind if outlined else ""),
            intro=atlas_settings.intro,
            map=drawn_map,
            ranking=ranking,
            hot=_told_apart(atlas, table(atlas, hot[:FIRST], [main])),
            cold=_told_apart(atlas, table(atlas, cold[::-1][:FIRST], [main])),
            findings=tuple(finding for finding, _ in atlas.findings[:MAIN_FINDINGS]),
            all_findings=_all_findings(atlas),
            changes=change_links(atlas),
            groups_title=outlined.plural if outlined else "",
            # Where they stand for their areas, the ranking lists them.
            groups=() if many else tuple(group_card(atlas, group) for group in groups),
    )  # fmt: skip


def _headline(atlas: Atlas, kind: str) -> str:
    words = atlas.settings.atlas.words
    return headline(atlas.speak, atlas.comparison, atlas.settings.spots, words, kind)


def _told_apart(atlas: Atlas, listed: parts.Table) -> parts.Table:
    """The same, each area whose name others have too with its group beside it."""
    named = Counter(area.name for area in atlas.comparison.areas.values())
    rows = tuple(
        replace(row, note=row.group.text) if row.group and named[row.name] > 1 else row
        for row in listed.rows
    )
    return replace(listed, rows=rows)


MAIN_FINDINGS = 4
FIRST = 10
"""Areas at either end, where there are thousands between."""


def _all_findings(atlas: Atlas) -> parts.Link | None:
    count = len(atlas.findings)
    if count <= MAIN_FINDINGS:
        return None
    return parts.Link(atlas.speak("All %(count)s statements, checked", count=count), urls.CLAIMS)


def areas_page(atlas: Atlas) -> views.AreasPage:
    """Every area in one table, by name."""
    own, comparison = atlas.settings.atlas.words, atlas.comparison
    measures = comparison.headline()
    absent = len(comparison.areas) - comparison.main.of
    speak = atlas.speak
    count, ranked = len(comparison.areas), comparison.main.of
    intro = f"{counted(speak, count, own.area, own.areas)}."
    if absent > 0:
        intro = speak(
            "%(count)s %(areas)s, %(ranked)s of them ranked.",
            count=count, areas=own.areas, ranked=ranked,
        )  # fmt: skip
    title = speak("All %(areas)s", areas=own.areas)
    columns = column_choices(atlas)
    if too_many(atlas, comparison.areas):
        groups = groups_among(atlas, comparison.areas)
        listed = group_table(atlas, sorted(groups, key=lambda g: canonical(g.name)))
    else:
        listed = table(atlas, atlas.alphabet, measures)
    return views.AreasPage(
        page=page(
            atlas,
            urls.list_page(own.path),
            title,
            speak(
                "All %(areas)s from A to Z, with rank, score and class in each edition.",
                areas=own.areas,
            ),
            Meta(
                section=urls.list_page(own.path),
                scripts=("table.js", "columns.js") if columns else ("table.js",),
            ),
        ),
        intro=intro,
        table=listed,
        groups=tuple(atlas.group_link(group) for group in atlas.outlined.values()),
        downloads=tuple(parts.Link(d.name, d.href) for d in atlas.downloads),
        columns=columns,
    )  # fmt: skip


def not_found_page(atlas: Atlas) -> views.NotFoundPage:
    """The 404 page: it is served at any depth, so its links start at the site's own root."""
    base = atlas.settings.atlas.base_url
    root = urls.root_of(base)
    meta = page(
        atlas,
        urls.NOT_FOUND,
        atlas.speak("Page not found"),
        atlas.speak("There is no page here."),
        Meta(scripts=("notfound.js",), index=False),
    )  # fmt: skip
    own = atlas.settings.atlas.words
    areas = atlas.comparison.areas
    names = [area.name for area in areas.values()]
    if too_many(atlas, areas):
        names = [group.name for group in groups_among(atlas, areas)]
    letters = sorted({name[:1].upper() for name in names})
    return views.NotFoundPage(
        page=parts.Page(
            path=meta.path, root=root, title=meta.title, description=meta.description,
            scripts=meta.scripts, index=False,
        ),
        letters=tuple(
            parts.Link(letter, urls.letter(own.path, letter)) for letter in letters
        ),
    )  # fmt: skip
