"""What search engines find pages by: the sitemap, and the file for robots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from generator import urls


class Listed(NamedTuple):
    """What lists of all pages say of one: its path, and whether search engines may list it."""

    path: str
    indexed: bool


MOST_LISTED = 50_000
"""URLs in one file, by the protocol of sitemaps."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemaps(base_url: str, pages: Sequence[Listed]) -> dict[str, str]:
    """Files by path that list the URL of every page that search engines should know.

    ``sitemap.xml`` lists them, or, if they are more than one such file may list, the files that
    do.  The URLs are absolute only with a base URL, as the protocol wants them.
    """
    listed = sorted(page.path for page in pages if page.indexed)
    slices = [listed[at : at + MOST_LISTED] for at in range(0, len(listed), MOST_LISTED)]
    if len(slices) < 2:
        return {urls.SITEMAP: _entries("urlset", "url", base_url, listed)}
    parts = {urls.sitemap_part(at): some for at, some in enumerate(slices, 1)}
    return {
        urls.SITEMAP: _entries("sitemapindex", "sitemap", base_url, list(parts)),
        **{path: _entries("urlset", "url", base_url, some) for path, some in parts.items()},
    }


def _entries(root: str, entry: str, base_url: str, paths: Sequence[str]) -> str:
    hint = "" if base_url else "<!-- made without a base URL, which search engines want -->\n"
    lines = "\n".join(
        f"<{entry}><loc>{Markup.escape(base_url + path)}</loc></{entry}>" for path in paths
    )
    return f"{_HEAD}{hint}<{root} {_NAMESPACE}>\n{lines}\n</{root}>\n"


def robots(base_url: str) -> str:
    """``robots.txt``: everything may be read."""
    line = f"Sitemap: {base_url}{urls.SITEMAP}\n" if base_url else ""
    return f"User-agent: *\nAllow: /\n{line}"
