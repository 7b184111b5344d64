"""Checks that every internal link of the site leads to a file, and every fragment to an id."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote, urlsplit

from generator.errors import OutputError

_LINK = re.compile(r"""\s(?:href|src|action|poster|data-search)=["']([^"']*)["']""")
_ID = re.compile(r"""\sid=["']([^"']+)["']""")
_MOST_NAMED = 20
"""Pages that are remembered for each place that they link to."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """What a page links to and can be linked to within: its file, (href, file, fragment), ids."""

    path: str
    targets: tuple[tuple[str, str, str], ...]
    ids: frozenset[str]


def read_links(path: str, html: str, absolute_root: str = "") -> PageLinks:
    """The internal links of a page, each once, and its ids.

    Parameters
    ----------
    path
        Of its file, from the site's root (``data/index.html``).
    absolute_root
        The path at which the site will be served; links that start with a slash are
        looked up below it.
    """
    folder = posixpath.dirname(path)
    targets = []
    for href in dict.fromkeys(_LINK.findall(html)):
        target = _target(folder, path, unescape(href), absolute_root)
        if target is not None:
            targets.append((href, *target))
    return PageLinks(path, tuple(targets), read_ids(html))


def read_ids(html: str) -> frozenset[str]:
    """What can be linked to within a page."""
    return frozenset(map(unescape, _ID.findall(html)))


class LinkCheck:
    """Gathers the links of pages as they are made, and then says which lead nowhere.

    It keeps each place that is linked to with the first pages that do so, and not the
    pages: its size grows with the places.
    """

    def __init__(self) -> None:
        self._asked: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
        self._ids: dict[str, frozenset[str]] = {}
        self._alike: dict[frozenset[str], frozenset[str]] = {}
        self._count = 0

    def add(self, links: PageLinks) -> None:
        """Take note of a page."""
        self._ids[links.path] = self._alike.setdefault(links.ids, links.ids)
        for href, file, fragment in links.targets:
            asking = self._asked.setdefault((file, fragment), [])
            if len(asking) < _MOST_NAMED:
                self._count += 1
                asking.append((self._count, links.path, href))

    @property
    def within(self) -> set[str]:
        """Files of which a place within is linked to."""
        return {file for file, fragment in self._asked if fragment}

    def ids(self, path: str) -> frozenset[str]:
        """What can be linked to within a page that was added."""
        return self._ids[path]

    def broken(self, files: Iterable[str]) -> list[tuple[str, str]]:
        """Page and href of each link that leads to none of the files and pages, in order."""
        known = {*files, *self._ids}
        found = []
        for (file, fragment), asking in self._asked.items():
            ids = self._ids.get(file)
            inside = not fragment or ids is None or fragment in ids
            if file not in known or not inside:
                found += asking
        return [(path, href) for _, path, href in sorted(found)]

    def need_whole(self, files: Iterable[str]) -> None:
        """Raise `OutputError` if a link is broken; names the first few."""
        broken = self.broken(files)
        if broken:
            listed = "\n".join(f"  - {page}: {href}" for page, href in broken[:10])
            more = f"\n  … and {len(broken) - 10} more" if len(broken) > 10 else ""
            raise OutputError(
                f"{len(broken)} internal links lead nowhere:\n{listed}{more}",
                fix="fix the template or the setting that writes them",
            )


def broken_links(
    pages: Mapping[str, str], files: Iterable[str], *, absolute_root: str = ""
) -> list[tuple[str, str]]:
    """Internal links of finished pages that lead nowhere: file path and href, in order.

    Parameters
    ----------
    pages
        HTML by file path from the site's root (``data/index.html``).
    files
        All file paths of the site.
    """
    check = LinkCheck()
    for path, html in pages.items():
        check.add(read_links(path, html, absolute_root))
    return check.broken(files)


def _target(folder: str, page: str, href: str, absolute_root: str) -> tuple[str, str] | None:
    """File path and fragment that a link means; None if it leaves the site."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    if not path:
        return page, parts.fragment
    if path.startswith("/"):
        if absolute_root and not path.startswith(absolute_root):
            return None
        target = path.removeprefix(absolute_root or "/")
        target = posixpath.normpath(target) if target else "."
    else:
        target = posixpath.normpath(posixpath.join(folder, path))
    if target == ".":
        return "index.html", parts.fragment
    if path.endswith("/") or path.rsplit("/", 1)[-1] in {".", ".."}:
        target = f"{target}/index.html"
    return target, parts.fragment
