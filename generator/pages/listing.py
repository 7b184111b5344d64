"""What search engines find pages by: the sitemap, and the file for robots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup


class Listed(NamedTuple):
    """What lists of all pages say of one: its path, and whether search engines may list it."""

    path: str
    indexed: bool


def sitemap(base_url: str, pages: Sequence[Listed]) -> str:
    """``sitemap.xml``: the URL of every page that search engines should know.

    The URLs are absolute only with a base URL, as the protocol wants them.
    """
    lines = [
        f"<url><loc>{Markup.escape(base_url + page.path)}</loc></url>"
        for page in sorted(pages, key=lambda p: p.path)
        if page.indexed
    ]
    hint = "" if base_url else "<!-- made without a base URL, which search engines want -->\n"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{hint}'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "\n".join(lines)
        + "\n</urlset>\n"
    )


def robots(base_url: str) -> str:
    """``robots.txt``: everything may be read."""
    line = f"Sitemap: {base_url}sitemap.xml\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{line}"
