"""Which pages are as they were: what a page is made from, and what the former site says of it.

A page depends on its view, on what all pages share, on its template with all that this one
includes, and on the program.  Where none of these changed, the page of the former site is
taken as it is, but for the names of assets: they change with the content of each asset, so they
are left out of what is compared, and new ones are put in place of the former.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from generator import urls
from generator.build.manifest import Manifest
from generator.kept import digest
from generator.pages.atlas import Atlas
from generator.pages.render import Renderer
from generator.pages.views import View

_BYTES = 9
"""Of a page's own digest: twelve letters in the manifest."""
_NOTHING = "A" * (_BYTES * 4 // 3)
_ASSET = re.compile(r"assets/[\w./-]*?[./]([0-9a-f]{8})(?:(?:\.\w+)+|/)", re.ASCII)
"""A file or a folder of assets; the group is the part of its name that changes."""
_CODE, _SHARED, _VIEWS, _TEMPLATE = "pages program", "pages shared", "pages views", "template "


@dataclass(frozen=True)
class PageKeys:
    """What the pages of a site are made from.

    Attributes
    ----------
    program
        A hash of the code and the packages.
    shared
        A hash of what all pages share, without the names of assets.
    templates
        A hash of the source of each template, by its name.
    views
        A digest of what each page says and shows, by the path of its file.
    """

    program: str = ""
    shared: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)

    def stated(self, files: Iterable[str]) -> dict[str, str]:
        """As entries of a manifest that lists these files."""
        views = "".join(self.views.get(path, _NOTHING) for path in _in_order(files))
        templates = {_TEMPLATE + name: found for name, found in self.templates.items()}
        return {_CODE: self.program, _SHARED: self.shared, _VIEWS: views, **templates}


def former_keys(manifest: Manifest) -> PageKeys:
    """What the pages of the former site were made from; nothing where it doesn't say."""
    order, packed = _in_order(manifest.files), manifest.keys.get(_VIEWS, "")
    size = len(_NOTHING)
    if len(packed) != size * len(order):
        return PageKeys()
    views = {path: packed[at * size : (at + 1) * size] for at, path in enumerate(order)}
    return PageKeys(
        manifest.keys.get(_CODE, ""),
        manifest.keys.get(_SHARED, ""),
        {
            name.removeprefix(_TEMPLATE): found
            for name, found in manifest.keys.items()
            if name.startswith(_TEMPLATE)
        },
        {path: view for path, view in views.items() if view != _NOTHING},
    )


def _in_order(files: Iterable[str]) -> list[str]:
    return sorted(path for path in files if path.endswith(".html"))


class Asked:
    """Says of each page whether it is as before, and else why it is made again.

    Parameters
    ----------
    own
        What this build's pages are made from; their views are not known yet.
    former
        What those of the former site were made from.
    uses
        The templates that each template needs, itself among them.
    """

    def __init__(self, own: PageKeys, former: PageKeys, uses: Mapping[str, Iterable[str]]) -> None:
        self.own, self.former, self.uses = own, former, uses

    def reason(self, path: str, template: str, view: str) -> str:
        """Why a page is made again; empty if it is as before."""
        own, former = self.own, self.former
        if not former.views:
            return "no former site says what its pages were made from"
        if path not in former.views or path.startswith("assets/"):
            return "it is new"
        if own.program != former.program:
            return "the program or one of its packages changed"
        if own.shared != former.shared:
            return "what all pages share changed (title, menu, words, sources)"
        changed = [
            name
            for name in sorted(self.uses[template])
            if own.templates.get(name) != former.templates.get(name)
        ]
        if changed:
            return f"templates changed: {', '.join(changed)}"
        return "" if view == former.views[path] else "what it says or shows changed"


def page_keys(atlas: Atlas, renderer: Renderer, program: str) -> PageKeys:
    """What this build's pages are made from, but for their views."""
    site = atlas.site
    # An asset whose name can't be put in place of another one counts with its content.
    odd = sorted(path for path in site.assets.values() if not _ASSET.fullmatch(path))
    own = atlas.settings.atlas.catalogue
    words = atlas.settings.path(own).read_bytes() if own else b""
    # What a link that starts with a slash leads to depends on where the site lies.
    root = urls.root_of(atlas.settings.atlas.base_url)
    shared = digest(
        neutral(repr(site)), sorted(site.assets), odd, words, atlas.speak.language, root
    )
    return PageKeys(program, shared, renderer.sources())


def view_digest(view: View) -> str:
    """What a page says and shows, in twelve letters, whatever its assets hold."""
    content = f"{type(view).__qualname__} {view.template} {neutral(repr(view))}"
    hashed = hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(hashed[:_BYTES]).decode()


def neutral(text: str) -> str:
    """A text without the part of assets' names that changes with their content.

    >>> neutral('<script src="../assets/map.0a1b2c3d.js">')
    '<script src="../assets/map..js">'
    >>> neutral('assets/values/2023/0a1b2c3d/')
    'assets/values/2023//'
    """
    return _ASSET.sub(lambda found: found[0].replace(found[1], "", 1), text)


class Renaming:
    """Puts the names of this build's assets into a page of the former site.

    Parameters
    ----------
    former
        Files of the former site.
    assets
        Published paths of this build's assets.
    """

    def __init__(self, former: Collection[str], assets: Iterable[str]) -> None:
        own = {neutral(path): path for path in assets}
        folders = {f"{path.rpartition('/')[0]}/": None for path in former}
        known = (path for path in (*former, *folders) if _ASSET.fullmatch(path))
        self.names = {p: own[neutral(p)] for p in known if own.get(neutral(p), p) != p}
        self._gone = [found[1] for path in self.names if (found := _ASSET.fullmatch(path))]
        self._gone_bytes = [mark.encode() for mark in self._gone]

    def reaches(self, content: bytes) -> bool:
        """Whether a page of the former site may hold a name that is another now."""
        return any(mark in content for mark in self._gone_bytes)

    def renamed(self, text: str) -> str | None:
        """The page with the new names; None if a former one is left, in whatever form."""
        if not self.names:
            return text
        found = _ASSET.sub(lambda match: self.names.get(match[0], match[0]), text)
        return None if any(mark in found for mark in self._gone) else found
