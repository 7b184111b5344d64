"""The register of pages: one line per kind.

A new kind is a context in `views`, a composer, a template, and a line here.  A composer
gets the atlas and one of the kind's keys, and may run in another process; pages come in
the order of this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from generator.pages import (
    about,
    area,
    changes,
    claims,
    compare,
    embed,
    explore,
    groups,
    home,
    indicators,
    scatter,
)
from generator.pages.atlas import Atlas
from generator.pages.overview import too_many
from generator.pages.views import Composed, View


@dataclass(frozen=True, slots=True)
class PageKind:
    """One kind of page.

    Attributes
    ----------
    compose
        The page of a key, alone or with files in its folder.
    keys
        What there is a page of: codes, groups.
    watched
        Whether its pages are known again by what they have read (`pages.watched`).
    """

    compose: Callable[[Atlas, Any], View | Composed]
    keys: Callable[[Atlas], Iterable[Any]]
    watched: bool = False

    def page(self, atlas: Atlas, key: Any) -> Composed:
        """The page of a key with the files in its folder."""
        made = self.compose(atlas, key)
        return made if isinstance(made, Composed) else Composed(made)


def _one(
    compose: Callable[[Atlas], View | Composed], wanted: Callable[[Atlas], bool] = lambda _: True
) -> PageKind:
    """A kind with a single page, if the atlas has it at all."""
    return PageKind(lambda atlas, _: compose(atlas), lambda atlas: [None] if wanted(atlas) else [])


def _codes(atlas: Atlas) -> Iterable[str]:
    return atlas.comparison.areas


def _groups(atlas: Atlas) -> Iterable[Any]:
    return atlas.comparison.groups


def _group_kinds(atlas: Atlas) -> Iterable[str]:
    return dict.fromkeys(group.kind for group in atlas.comparison.groups)


PAGES = (
    PageKind(area.composed_area, _codes, watched=True),
    _one(home.home_page),
    PageKind(groups.composed_group, _groups, watched=True),
    _one(home.areas_page),
    _one(home.not_found_page),
    PageKind(groups.groups_page, _group_kinds),
    PageKind(
        area.code_page,
        lambda atlas: _codes(atlas) if atlas.per_area("code_pages") else (),
        watched=True,
    ),
    PageKind(area.successor_page, area.successors, watched=True),
    PageKind(
        embed.area_embed,
        lambda atlas: _codes(atlas) if atlas.per_area("embeds") else (),
        watched=True,
    ),
    PageKind(embed.group_embed, embed.embedded_groups, watched=True),
    _one(embed.national_embed, lambda atlas: not too_many(atlas, atlas.comparison.areas)),
    PageKind(indicators.indicator_page, indicators.keys),
    _one(indicators.indicators_page, indicators.has_pages),
    _one(scatter.scatter_page, scatter.has_scatter),
    PageKind(changes.change_page, changes.keys),
    _one(compare.compare_page),
    _one(about.methodology_page),
    _one(about.data_page),
    _one(explore.explore_page, lambda atlas: atlas.explorer),
    _one(claims.claims_page, lambda atlas: bool(atlas.findings)),
)
