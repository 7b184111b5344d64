"""Composes and renders all pages, side by side in several processes.

The atlas goes to each worker once; pages go in batches of one kind.  Parallel and serial
output are the same bytes, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from generator.pages.atlas import Atlas
from generator.pages.parts import Page
from generator.pages.register import PAGES
from generator.pages.render import Renderer
from generator.report import Report

MOST = 40
"""Pages in a batch."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page: what all pages have, its HTML, and the files beside it (path, content)."""

    page: Page
    html: str
    files: tuple[tuple[str, bytes], ...] = ()


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


def render_all(atlas: Atlas, jobs: int, report: Report) -> Iterator[Rendered]:
    """Every page of the site, in the order of the register.

    Parameters
    ----------
    jobs
        Processes to use; 1 renders in this one.
    """
    every = batches(atlas)
    work = PageWork(atlas)
    with _executor(jobs, len(every), work) as pool:
        results = pool.map(_render_batch, every) if pool else map(work, every)
        for batch in report.progress(results, label="pages", total=len(every)):
            yield from batch


class PageWork:
    """Composes and renders batches of pages, with what lies beside them."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        theme = atlas.settings.atlas.theme
        self.renderer = Renderer(atlas.site, atlas.settings.path(theme) if theme else None)

    def __call__(self, batch: Batch) -> list[Rendered]:
        kind = PAGES[batch.kind]
        made = (kind.page(self.atlas, key) for key in batch.keys)
        return [Rendered(m.view.page, self.renderer.render(m.view), m.files) for m in made]

    def __reduce__(self) -> tuple[object, ...]:
        # Compiled templates can't be pickled; a worker that isn't forked makes its own.
        return (PageWork, (self.atlas,))


_work: PageWork | None = None


def _start_worker(work: PageWork) -> None:
    global _work
    _work = work


def _render_batch(batch: Batch) -> Sequence[Rendered]:
    assert _work is not None
    return _work(batch)


def _executor(jobs: int, batches: int, work: PageWork) -> Executor | nullcontext[None]:
    """A pool whose workers get the atlas once (by fork), or None for work in this process."""
    if jobs > 1 and batches > 1:
        return ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(work,))
    return nullcontext()
