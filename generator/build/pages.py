"""Composes and renders all pages, side by side in several processes.

Pages go in batches of one kind.  Parallel and serial output are the same bytes, in the
same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator import urls
from generator.build.links import PageLinks, read_links
from generator.build.workers import Workers
from generator.kept import News
from generator.pages.atlas import Atlas
from generator.pages.parts import Page
from generator.pages.register import PAGES
from generator.pages.render import Renderer
from generator.pages.views import Composed
from generator.report import Report

MOST = 40
"""Pages in a batch."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page: what all pages have, its links, and files (path, content), its own the first."""

    page: Page
    links: PageLinks
    files: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Keys of some pages of one kind, by its place in the register."""

    kind: int
    keys: tuple[Any, ...]


def batches(atlas: Atlas) -> list[Batch]:
    """All pages of the site, in the order of the register."""
    found = []
    for at, kind in enumerate(PAGES):
        keys = tuple(kind.keys(atlas))
        found += [Batch(at, keys[i : i + MOST]) for i in range(0, len(keys), MOST)]
    return found


def render_all(atlas: Atlas, workers: Workers, report: Report) -> Iterator[Rendered]:
    """Every page of the site, in the order of the register."""
    every = batches(atlas)
    kept = atlas.layers[0].kept
    results = workers.map(PageWork(atlas), every)
    for made, news in report.progress(results, label="pages", total=len(every)):
        kept.add(news, report)
        yield from made


class PageWork:
    """Composes and renders batches of pages, with what lies beside them."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        self.root = urls.root_of(atlas.settings.atlas.base_url)
        theme = atlas.settings.atlas.theme
        folder = atlas.settings.path(theme) if theme else None
        self.renderer = Renderer(atlas.site, folder, atlas.speak)

    def __call__(self, batch: Batch) -> tuple[list[Rendered], News]:
        kind = PAGES[batch.kind]
        made = [self._rendered(kind.page(self.atlas, key)) for key in batch.keys]
        return made, self.atlas.layers[0].kept.news()

    def _rendered(self, made: Composed) -> Rendered:
        html = self.renderer.render(made.view)
        path = urls.file_of(made.view.page.path)
        links = read_links(path, html, self.root)
        return Rendered(made.view.page, links, ((path, html.encode()), *made.files))

    def __reduce__(self) -> tuple[object, ...]:
        # Compiled templates can't be pickled; a worker that isn't forked makes its own.
        return (PageWork, (self.atlas,))
