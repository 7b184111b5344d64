"""What every page says of itself: title, address, breadcrumbs, structured data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from generator import urls
from generator.pages import parts, structured
from generator.pages.atlas import Atlas


@dataclass(frozen=True, slots=True)
class Meta:
    """What a page may have beside its address, title and description.

    Attributes
    ----------
    section
        The part of the site that it belongs to: the path of an entry of the navigation.
    scripts, styles
        Names of files of the site that it loads, beside those that every page has.
    json_ld
        What it says to machines.
    card
        Path of its share card.
    index
        Whether search engines may list it.
    has_sources
        Whether it ends with sources, to which its foot need not lead.
    """

    section: str = ""
    scripts: Sequence[str] = ()
    styles: Sequence[str] = ()
    json_ld: structured.Node | None = None
    card: str = ""
    index: bool = True
    has_sources: bool = False


_PLAIN = Meta()


def page(
    atlas: Atlas,
    path: str,
    title: str,
    description: str,
    meta: Meta = _PLAIN,
    *,
    crumbs: Sequence[parts.Link] = (),
) -> parts.Page:
    """The part that every page has; `path` ends in a slash or is a file's name."""
    base = atlas.settings.atlas.base_url
    site = atlas.settings.atlas.title
    home = (parts.Link(site, ""),) if path else ()
    canonical = urls.absolute(base, path)
    steps = [*home, *crumbs, parts.Link(title, path)]
    data = [*([meta.json_ld] if meta.json_ld else []), *structured.breadcrumbs(base, steps)]
    return parts.Page(
        path=path,
        root=urls.to_root(path),
        title=f"{title} | {site}" if path else f"{site}: {title}",
        description=description,
        section=meta.section,
        canonical=canonical,
        card_url=urls.absolute(base, meta.card) if meta.card else "",
        breadcrumbs=(*home, *crumbs),
        scripts=tuple(meta.scripts),
        styles=tuple(meta.styles),
        json_ld=json_block(data) if data else Markup(""),
        index=meta.index,
        has_sources=meta.has_sources,
    )


def json_block(data: object) -> Markup:
    """JSON that can stand in a script element: "<", ">" and "&" are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above
