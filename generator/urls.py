"""Every path and address of the site, spelled once."""

from __future__ import annotations

import posixpath
from functools import lru_cache


@lru_cache(maxsize=4096)
def relative(path: str, href: str) -> str:
    """The shortest way from a page's path to another path, both from the site's root.

    >>> relative("areas/ashfield/", "areas/bolsover/"), relative("", "data/"), relative("data/", "")
    ('../bolsover/', 'data/', '../')
    """
    target, hash_, fragment = href.partition("#")
    way = posixpath.relpath(target or ".", posixpath.dirname(path) or ".")
    if not target or target.endswith("/"):
        way += "/"
    return way + hash_ + fragment
