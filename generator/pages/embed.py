"""Pages that other sites show in a frame: a map, its title, its source, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from generator import urls
from generator.data.places import Group
from generator.language.numbers import counted
from generator.language.positions import no_rank, rank_text
from generator.pages import parts, views
from generator.pages.atlas import Atlas
from generator.pages.head import Meta, page
from generator.pages.mapping import embed_path, page_map
from generator.pages.overview import too_many


def area_embed(atlas: Atlas, code: str) -> views.EmbedPage:
    """The map of one area and its surroundings."""
    main = atlas.comparison.main
    position = main.positions.get(code)
    name = atlas.comparison.areas[code].name
    speak = atlas.speak
    line = rank_text(speak, position, main.of) if position else no_rank(speak, main, code)
    return _embed(atlas, name, atlas.area_href(code), line, "area", [code])


def group_embed(atlas: Atlas, group: Group) -> views.EmbedPage:
    """The map of a group of areas."""
    main = atlas.comparison.main
    summary = atlas.comparison.summaries[main.id][group.kind, group.id]
    spots = atlas.settings.spots
    stated = (
        f"{counted(atlas.speak, summary.hot, spots.hot, spots.hot_plural)}, "
        f"{counted(atlas.speak, summary.cold, spots.cold, spots.cold_plural)}"
        if spots and main.hot_from_rank is not None
        else counted(atlas.speak, summary.members, *_words(atlas))
    )
    shown = [c for c in group.members if c in atlas.layouts[0].at]
    return _embed(atlas, group.name, atlas.group_href(group), stated, "group", shown)


def embedded_groups(atlas: Atlas) -> list[Group]:
    """Groups whose areas can be drawn one by one."""
    return [g for g in atlas.comparison.groups if not too_many(atlas, g.members)]


def national_embed(atlas: Atlas) -> views.EmbedPage:
    """The map of the whole country."""
    stated = counted(atlas.speak, atlas.comparison.main.of, *_words(atlas))
    title = atlas.everywhere
    return _embed(atlas, title, "", stated, "nation", [])


def _words(atlas: Atlas) -> tuple[str, str]:
    own = atlas.settings.atlas.words
    return own.area, own.areas


def _embed(
    atlas: Atlas, name: str, href: str, line: str, kind: str, here: Sequence[str]
) -> views.EmbedPage:
    main = atlas.comparison.main
    path = embed_path(atlas, href)
    label = f"{name}: {main.indicator.name}, {main.edition.id}"
    return views.EmbedPage(
        page=page(atlas, path, name, label, Meta(index=False)),
        name=name,
        line=f"{line}, {main.edition.id}",
        target=parts.Link(name, href),
        canonical=urls.absolute(atlas.settings.atlas.base_url, href),
        map=page_map(atlas, path, name="embed", subject=name, here=here, kind=kind, coarse=True),
        source=main.edition.source,
        home=parts.Link(atlas.speak("See the whole atlas"), ""),
    )
