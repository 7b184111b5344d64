"""Checks that every internal link of the site leads to a file, and every fragment to an id."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from generator.errors import OutputError

_LINK = re.compile(r"""\s(?:href|src|action|poster|data-search)=["']([^"']*)["']""")
_ID = re.compile(r"""\sid=["']([^"']+)["']""")


def broken_links(
    pages: Mapping[str, str], files: Iterable[str], *, absolute_root: str = ""
) -> list[tuple[str, str]]:
    """Internal links that lead nowhere.

    Parameters
    ----------
    pages
        HTML by file path from the site's root (``data/index.html``).
    files
        All file paths of the site.
    absolute_root
        The path at which the site will be served; links that start with a slash are
        looked up below it.

    Returns
    -------
    list of tuple
        File path and href, in order, each once.
    """
    known = set(files) | set(pages)
    ids: dict[str, frozenset[str]] = {}
    broken: list[tuple[str, str]] = []
    checked: dict[tuple[str, str], bool] = {}
    for path, html in pages.items():
        folder = posixpath.dirname(path)
        for href in dict.fromkeys(_LINK.findall(html)):
            key = (folder, href)
            fragment_of_itself = href.startswith("#")
            if fragment_of_itself or key not in checked:
                target = _target(folder, path, href.replace("&amp;", "&"), absolute_root)
                fine = target is None or _leads(target, known, pages, ids)
                if not fragment_of_itself:
                    checked[key] = fine
            else:
                fine = checked[key]
            if not fine:
                broken.append((path, href))
    return broken


def check_links(
    pages: Mapping[str, str], files: Callable[[], Iterable[str]], *, absolute_root: str = ""
) -> None:
    """Raise `OutputError` if a link is broken; names the first few."""
    broken = broken_links(pages, files(), absolute_root=absolute_root)
    if broken:
        listed = "\n".join(f"  - {page}: {href}" for page, href in broken[:10])
        more = f"\n  … and {len(broken) - 10} more" if len(broken) > 10 else ""
        raise OutputError(
            f"{len(broken)} internal links lead nowhere:\n{listed}{more}",
            fix="mend the template or the setting that writes them",
        )


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
        joined = path.removeprefix(absolute_root or "/")
        joined = posixpath.normpath(joined) if joined else "."
    else:
        joined = posixpath.normpath(posixpath.join(folder, path))
    if joined == ".":
        return "index.html", parts.fragment
    if path.endswith("/") or path.rsplit("/", 1)[-1] in {".", ".."}:
        joined = f"{joined}/index.html"
    return joined, parts.fragment


def _leads(
    target: tuple[str, str],
    known: set[str],
    pages: Mapping[str, str],
    ids: dict[str, frozenset[str]],
) -> bool:
    path, fragment = target
    if path not in known:
        return False
    if not fragment or path not in pages:
        return True
    if path not in ids:
        ids[path] = frozenset(_ID.findall(pages[path]))
    return fragment in ids[path]
