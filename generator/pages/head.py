"""What every page says of itself: title, address, breadcrumbs, structured data."""

from __future__ import annotations

import json
from collections.abc import Sequence

from markupsafe import Markup

from generator import urls
from generator.pages import parts, structured
from generator.pages.atlas import Atlas


def page(
    atlas: Atlas,
    path: str,
    title: str,
    description: str,
    *,
    section: str = "",
    crumbs: Sequence[parts.Link] = (),
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    json_ld: structured.Node | None = None,
    card: str = "",
    index: bool = True,
    has_sources: bool = False,
) -> parts.Page:
    """The part that every page has; `path` ends in a slash or is a file's name."""
    base = atlas.settings.atlas.base_url
    site = atlas.settings.atlas.title
    home = (parts.Link(site, ""),) if path else ()
    canonical = urls.absolute(base, path)
    steps = [*home, *crumbs, parts.Link(title, path)]
    data = [*([json_ld] if json_ld else []), *structured.breadcrumbs(base, steps)]
    return parts.Page(
        path=path,
        root=urls.to_root(path),
        title=f"{title} | {site}" if path else f"{site}: {title}",
        description=description,
        section=section,
        canonical=canonical,
        card_url=urls.absolute(base, card) if card else "",
        breadcrumbs=(*home, *crumbs),
        scripts=tuple(scripts),
        styles=tuple(styles),
        json_ld=json_block(data) if data else Markup(""),
        index=index,
        has_sources=has_sources,
    )


def json_block(data: object) -> Markup:
    """JSON that can stand in a script element: "<", ">" and "&" are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above
