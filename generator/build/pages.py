"""Composes and renders all pages, side by side in several processes.

The atlas goes to each worker once; areas go in batches.  Parallel and serial output
are the same bytes, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

from generator.exports import scripts as exports
from generator.pages import about, area, claims, embed, explore, groups, home, views
from generator.pages.common import Atlas
from generator.pages.render import AnyPage, Renderer
from generator.report import Report

BATCH = 40


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page: what all pages have, its HTML, and the files beside it (path, content)."""

    page: views.Page
    html: str
    files: tuple[tuple[str, bytes], ...] = ()


def render_all(atlas: Atlas, jobs: int, report: Report) -> Iterator[Rendered]:
    """Every page of the site: areas, then groups and home, then the rest.

    Parameters
    ----------
    jobs
        Processes to use; 1 renders in this one.
    """
    codes = list(atlas.comparison.areas)
    batches = [codes[at : at + BATCH] for at in range(0, len(codes), BATCH)]
    work = AreaWork(atlas)
    with _executor(jobs, len(batches), work) as pool:
        results = pool.map(_render_batch, batches) if pool else map(work, batches)
        for batch in report.progress(results, label="areas", total=len(batches)):
            yield from batch
    yield from _with_maps(work)
    for view in _plain(atlas):
        yield Rendered(view.page, work.renderer.render(view))


class AreaWork:
    """Composes and renders the pages of some areas, with what lies beside them."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas
        theme = atlas.settings.atlas.theme
        self.renderer = Renderer(atlas.site, atlas.settings.path(theme) if theme else None)

    def __call__(self, codes: Sequence[str]) -> list[Rendered]:
        return [self._area(code) for code in codes]

    def __reduce__(self) -> tuple[object, ...]:
        # Compiled templates can't be pickled; a worker that isn't forked makes its own.
        return (AreaWork, (self.atlas,))

    def _area(self, code: str) -> Rendered:
        made = area.area_page(self.atlas, code)
        path = made.view.page.path
        return Rendered(
            made.view.page,
            self.renderer.render(made.view),
            (
                (made.script_path, made.script.encode()),
                (f"{path}data.csv", exports.long_csv(self.atlas.comparison, [code])),
                (f"{path}data.json", exports.area_json(self.atlas.comparison, code)),
            ),
        )


_work: AreaWork | None = None


def _start_worker(work: AreaWork) -> None:
    global _work
    _work = work


def _render_batch(codes: Sequence[str]) -> list[Rendered]:
    assert _work is not None
    return _work(codes)


def _executor(jobs: int, batches: int, work: AreaWork) -> Executor | nullcontext[None]:
    """A pool whose workers get the atlas once (by fork), or None for work in this process."""
    if jobs > 1 and batches > 1:
        return ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(work,))
    return nullcontext()


def _with_maps(work: AreaWork) -> Iterator[Rendered]:
    """The home page and the groups: pages with a map's script beside them."""
    atlas = work.atlas
    front = home.home_page(atlas)
    script = (front.script_path, front.script.encode())
    yield Rendered(front.view.page, work.renderer.render(front.view), (script,))
    for group in atlas.comparison.groups:
        made = groups.group_page(atlas, group)
        path = made.view.page.path
        yield Rendered(
            made.view.page,
            work.renderer.render(made.view),
            (
                (made.script_path, made.script.encode()),
                (f"{path}data.csv", exports.long_csv(atlas.comparison, group.members)),
            ),
        )


def _plain(atlas: Atlas) -> Iterator[AnyPage]:
    yield home.areas_page(atlas)
    yield home.not_found_page(atlas)
    for kind in dict.fromkeys(group.kind for group in atlas.comparison.groups):
        yield groups.groups_page(atlas, kind)
    for code in atlas.comparison.areas:
        yield area.code_page(atlas, code)
        yield embed.area_embed(atlas, code)
    for group in atlas.comparison.groups:
        yield embed.group_embed(atlas, group)
    yield embed.national_embed(atlas)
    yield about.compare_page(atlas)
    yield from area.successor_pages(atlas)
    yield about.methodology_page(atlas)
    yield about.data_page(
        atlas, exports.LONG_COLUMNS, atlas.tile_downloads, explore.tile_uses(atlas)
    )
    if atlas.explorer:
        yield explore.explore_page(atlas)
    if atlas.findings:
        yield claims.claims_page(atlas)
