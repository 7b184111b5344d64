"""The home page, the A–Z of all areas, and the page for what isn't found."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from generator.pages import claims, structured, views
from generator.pages.cards import card_path
from generator.pages.common import Atlas, page, table
from generator.pages.groups import group_card
from generator.pages.mapping import page_map


@dataclass(frozen=True, slots=True)
class HomeFiles:
    """The home page with its script."""

    view: views.HomePage
    script_path: str
    script: str


def home_page(atlas: Atlas) -> HomeFiles:
    """What this is, the national map, the ends of the ranking, findings, groups."""
    comparison, atlas_settings = atlas.comparison, atlas.settings.atlas
    main = comparison.main
    drawn_map = page_map(
        atlas, "", "", name="nation", kind="nation",
        subject=atlas_settings.words.country,
    )  # fmt: skip
    ranked = list(main.positions)
    hot = [c for c in ranked if main.positions[c].spot == "hot"]
    cold = [c for c in ranked if main.positions[c].spot == "cold"]
    outlined = next((k for k in atlas.settings.group if k.outline), None)
    groups = [g for g in comparison.groups if outlined and g.kind == outlined.kind]
    return HomeFiles(
        views.HomePage(
            page=page(
                atlas, "", atlas.subject, atlas.summary,
                scripts=("leaflet.js", "map.js", "save.js"),
                styles=("leaflet.css",),
                inner_scripts=(drawn_map.script_path,),
                json_ld=structured.dataset(atlas.settings, comparison, atlas.downloads),
                card=card_path(""),
            ),
            intro=atlas_settings.intro,
            map=drawn_map.view,
            ranking=table(atlas, ranked, [main], grouped=False),
            hot=table(atlas, hot, [main]),
            cold=table(atlas, cold[::-1], [main]),
            findings=tuple(finding for finding, _ in atlas.findings[:MAIN_FINDINGS]),
            all_findings=_all_findings(atlas),
            groups_title=outlined.plural if outlined else "",
            groups=tuple(group_card(atlas, group) for group in groups),
        ),
        drawn_map.script_path,
        drawn_map.script,
    )  # fmt: skip


MAIN_FINDINGS = 8


def _all_findings(atlas: Atlas) -> views.Link | None:
    count = len(atlas.findings)
    if count <= MAIN_FINDINGS:
        return None
    return views.Link(f"All {count} statements, checked", claims.PATH)


def areas_page(atlas: Atlas) -> views.AreasPage:
    """Every area in one table, by name."""
    own, comparison = atlas.settings.atlas.words, atlas.comparison
    measures = comparison.headline()
    absent = len(comparison.areas) - comparison.main.of
    intro = f"{len(comparison.areas)} {own.areas}, {comparison.main.of} of them ranked"
    title = f"All {own.areas}"
    return views.AreasPage(
        page=page(
            atlas, f"{own.path}/", title,
            f"{title} from A to Z, with rank, score and class in each edition.",
            section=f"{own.path}/", scripts=("table.js",),
        ),
        intro=f"{intro}." if absent > 0 else f"{len(comparison.areas)} {own.areas}.",
        table=table(atlas, atlas.alphabet, measures),
        groups=tuple(
            atlas.group_link(g)
            for g in comparison.groups
            if any(k.kind == g.kind and k.outline for k in atlas.settings.group)
        ),
        downloads=tuple(views.Link(d.name, d.href) for d in atlas.downloads),
    )  # fmt: skip


def not_found_page(atlas: Atlas) -> views.NotFoundPage:
    """The 404 page: it is served at any depth, so its links start at the site's own root."""
    base = atlas.settings.atlas.base_url
    root = urlsplit(base).path if base else "/"
    meta = page(
        atlas, "404.html", "Page not found", "There is no page here.",
        scripts=("notfound.js",), index=False,
    )  # fmt: skip
    own = atlas.settings.atlas.words
    letters = sorted({atlas.comparison.areas[c].name[:1].upper() for c in atlas.alphabet})
    return views.NotFoundPage(
        page=views.Page(
            path=meta.path, root=root, title=meta.title, description=meta.description,
            scripts=meta.scripts, index=False,
        ),
        letters=tuple(
            views.Link(letter, f"{own.path}/#{letter.lower()}") for letter in letters
        ),
    )  # fmt: skip
