"""A build that the process remembers: a changed template is rendered from what is in memory.

For who works on templates with ``serve``.  Where nothing but templates of pages changed, their
pages are rendered from the views of the last build, their links are checked, and they are put
in place one by one, the manifest last.  Cut short in between, the next build finds pages that
are not as recorded, and makes them again.  Everything else is left to the whole build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from generator.build.cluster import workers_for
from generator.build.links import LinkCheck, PageLinks, read_links
from generator.build.manifest import read_manifest
from generator.build.options import Options
from generator.build.outputs import Published, put_in_place
from generator.build.pages import PageWork, Written
from generator.build.staleness import build_key
from generator.pages.register import PAGES
from generator.pages.views import View
from generator.report import Report
from generator.settings import Settings

MOST_PAGES = 8_000
"""With more pages than this, their views would fill the memory; then every build is whole."""
_BATCH = 20


@dataclass
class Warm:
    """What the last build of this process was made of.

    Attributes
    ----------
    inputs
        A hash of everything that it was made from, but templates of pages.
    keys
        Of each page in the register, by the path of its file.
    links, views
        By the path of each page's file.
    """

    work: PageWork | None = None
    inputs: str = ""
    keys: dict[str, tuple[int, Any]] = field(default_factory=dict)
    links: dict[str, PageLinks] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)

    def forget(self) -> None:
        """After a build that failed, or before one that makes everything."""
        if self.work is not None:
            self.work.atlas.layouts[0].kept.close()
        self.work, self.inputs = None, ""
        self.keys, self.links, self.views = {}, {}, {}

    def remember(self, work: PageWork, written: Written) -> None:
        """Take what a build was made of; nothing of it is composed yet."""
        work.asked.own = written.made_from
        self.work, self.keys, self.links = work, written.keys, written.found
        self.views = {}

    def compose(self) -> None:
        """Compose all pages, while nobody waits."""
        if self.work is None or len(self.keys) > MOST_PAGES:
            return
        for path, (kind, key) in self.keys.items():
            if path not in self.views:
                self.views[path] = PAGES[kind].page(self.work.atlas, key).view
        self.work.atlas.layouts[0].kept.close()

    def stale(self, work: PageWork) -> dict[str, str]:
        """Pages whose templates changed, each with the reason."""
        own = work.asked.former.views
        return {
            path: why
            for path, view in self.views.items()
            if (why := work.asked.reason(path, view.template, own[path]))
        }


class _Rendering:
    """Renders views that it has got, in a process of its own or in this one."""

    def __init__(self, work: PageWork, views: dict[str, View]) -> None:
        self.work, self.views = work, views

    def __call__(self, paths: Sequence[str]) -> list[tuple[str, str, PageLinks]]:
        found = []
        for path in paths:
            html = self.work.renderer.render(self.views[path])
            found.append((path, html, read_links(path, html, self.work.root)))
        return found


def render_changed(
    warm: Warm, settings: Settings, options: Options, report: Report
) -> Published | None:
    """Render the pages whose templates changed; None if more has changed than that.

    Raises
    ------
    AtlasError
        A template fails, or its pages link to what isn't there; the site stays as it was.
    """
    base_url = settings.atlas.base_url
    if warm.work is None or len(warm.views) != len(warm.keys):
        return None
    if build_key(settings.file, options, base_url, pages=False) != warm.inputs:
        return None
    manifest = read_manifest(options.out)
    former = warm.work.asked.own
    work = PageWork(warm.work.atlas, former.program, former)
    stale = warm.stale(work)
    with report.stage("pages") as note:
        paths = list(stale)
        batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
        few = replace(options, jobs=options.jobs if len(batches) > 2 else 1)
        with workers_for(few) as workers:
            made = [
                one for batch in workers.map(_Rendering(work, warm.views), batches) for one in batch
            ]
        note.result = f"{len(made)} rendered, {len(warm.keys) - len(made)} as before"
    links = warm.links | {path: own for path, _, own in made}
    check = LinkCheck()
    for one in links.values():
        check.add(one)
    check.need_whole(manifest.files)
    for path, why in stale.items():
        report.detail(f"{path}: {why}")
    work.asked.own = replace(work.asked.own, views=former.views)
    keys = {"build": build_key(settings.file, options, base_url)}
    keys |= work.asked.own.stated(manifest.files)
    pages = {path: html.encode() for path, html, _ in made}
    published = put_in_place(options.out, manifest, pages, keys)
    warm.work, warm.links = work, links
    return published
