"""Composes and renders all pages, side by side in several processes.

Pages go in batches of one kind.  Parallel and serial output are the same bytes, in the
same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from generator import urls
from generator.build.links import LinkCheck, PageLinks, read_ids, read_links
from generator.build.outputs import Output
from generator.build.readings import Reading, Readings
from generator.build.reuse import Asked, PageKeys, Renaming, page_keys, view_digest
from generator.build.run import Run
from generator.build.workers import Workers
from generator.kept import News
from generator.pages.atlas import Atlas
from generator.pages.listing import Listed
from generator.pages.register import PAGES
from generator.pages.render import Renderer
from generator.pages.views import Composed
from generator.pages.watched import watch
from generator.reads import recording
from generator.report import Report

MOST = 40
"""Pages in a batch."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One page: what lists say of it, its file, and what it is made from.

    Attributes
    ----------
    html, links
        The page and its links; empty where it is as in the former site.
    reason
        Why it was made again.
    files
        Files that come with it: path, content; None for one that is as in the former site.
    key
        Its kind and key in the register.
    """

    listed: Listed
    path: str
    view: str
    html: str
    links: PageLinks | None
    reason: str
    files: tuple[tuple[str, bytes | None], ...]
    key: tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Keys of some pages of one kind, by its place in the register."""

    kind: int
    keys: tuple[Any, ...]

    def __str__(self) -> str:
        """What it is about, for who reads that it could not be made."""
        return f"{len(self.keys)} pages, the first of {self.keys[0]!s:.60}"


def batches(atlas: Atlas) -> list[Batch]:
    """All pages of the site, in the order of the register."""
    found = []
    for at, kind in enumerate(PAGES):
        keys = tuple(kind.keys(atlas))
        found += [Batch(at, keys[i : i + MOST]) for i in range(0, len(keys), MOST)]
    return found


def render_all(work: PageWork, workers: Workers, report: Report) -> Iterator[Rendered]:
    """Every page of the site, in the order of the register."""
    every = batches(work.atlas)
    kept = work.atlas.layouts[0].kept
    results = workers.map(work, every)
    for made, news in report.progress(results, label="pages", total=len(every)):
        kept.add(news, report)
        yield from made


class PageWork:
    """Composes batches of pages, and renders those that are not as in the former site.

    Parameters
    ----------
    program
        A hash of the code and the packages.
    former
        What the pages of the former site were made from.
    """

    def __init__(self, atlas: Atlas, program: str, former: PageKeys) -> None:
        self.atlas = atlas
        self.root = urls.root_of(atlas.settings.atlas.base_url)
        theme = atlas.settings.atlas.theme
        folder = atlas.settings.path(theme) if theme else None
        self.renderer = Renderer(atlas.site, folder, atlas.speak, program)
        own = page_keys(atlas, self.renderer, program)
        sources = sorted(own.templates.items())
        uses = atlas.layouts[0].kept.value(("templates", sources), self.renderer.uses)
        self.asked = Asked(own, former, uses)
        self.watched = watch(atlas)

    def __call__(self, batch: Batch) -> tuple[list[Rendered], News]:
        kept = self.atlas.layouts[0].kept
        if not PAGES[batch.kind].watched:
            return [self.page(batch.kind, key) for key in batch.keys], kept.news()
        readings = Readings(kept, self.watched, self.asked, (batch.kind, batch.keys))
        made = [self._read_before(batch.kind, key, readings) for key in batch.keys]
        readings.keep()
        return made, kept.news()

    def _read_before(self, kind: int, key: Any, readings: Readings) -> Rendered:
        """A page that may be known as it was by what it read."""
        former = readings.unchanged(key)
        if former is not None:
            files = tuple((name, None) for name in former.files)
            listed, path, view = former.listed, former.path, former.view
            return Rendered(listed, path, view, "", None, "", files, (kind, key))
        with recording() as reads:
            composed = PAGES[kind].page(self.watched.atlas, key)
        made = self._rendered(composed, (kind, key))
        names = tuple(path for path, _ in made.files)
        template = composed.view.template
        readings.add(key, Reading(made.listed, made.path, made.view, template, names), reads)
        return made

    def page(self, kind: int, key: Any, *, again: str = "") -> Rendered:
        """One page; `again` says why it is made even if it is as before."""
        return self._rendered(PAGES[kind].page(self.atlas, key), (kind, key), again)

    def _rendered(self, made: Composed, key: tuple[int, Any], again: str = "") -> Rendered:
        page, path = made.view.page, urls.file_of(made.view.page.path)
        listed, view = Listed(page.path, page.index), view_digest(made.view)
        reason = again or self.asked.reason(path, made.view.template, view)
        if not reason:
            return Rendered(listed, path, view, "", None, "", made.files, key)
        html = self.renderer.render(made.view)
        links = read_links(path, html, self.root)
        return Rendered(listed, path, view, html, links, reason, made.files, key)

    def __reduce__(self) -> tuple[object, ...]:
        # Compiled templates can't be pickled; a worker that isn't forked makes its own.
        return (PageWork, (self.atlas, self.asked.own.program, self.asked.former))


@dataclass
class Written:
    """The pages of a build: what all have, what they were made from, where their links lead.

    ``read`` lists the files of pages whose links were read, ``unread`` those of pages that are
    as before.  A process that goes on has of each page in ``found`` its links, in ``keys`` its
    kind and key.
    """

    pages: list[Listed] = field(default_factory=list)
    made_from: PageKeys = field(default_factory=PageKeys)
    links: LinkCheck = field(default_factory=LinkCheck)
    found: dict[str, PageLinks] = field(default_factory=dict)
    keys: dict[str, tuple[int, Any]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    renaming: Renaming = field(default_factory=lambda: Renaming((), ()))

    def add_links(self, one: Rendered, links: PageLinks, *, warm: bool) -> None:
        """Take note of where the links of a page lead, and keep them for a process that goes on."""
        self.links.add(links)
        self.read.append(one.path)
        if warm:
            self.found[one.path], self.keys[one.path] = links, one.key


def write_pages(work: PageWork, run: Run, output: Output) -> Written:
    """Write every page, rendered or taken from the former site."""
    renaming = Renaming(output.former.files, work.atlas.assets.values())
    written, views = Written(renaming=renaming), {}
    rendered = 0
    with run.report.stage("pages") as note:
        for made in render_all(work, run.workers, run.report):
            one, html = made, made.html
            if not made.reason:
                former = _take_former(made, renaming, output)
                if former is None:
                    again = "its file of the former site is not as it was written"
                    one = work.page(*made.key, again=again)
                html = former or one.html
            if one.reason:
                rendered += 1
                if work.asked.former.views:
                    run.report.detail(f"{one.path}: {one.reason}")
                _write_page(one, html, output)
            written.pages.append(one.listed)
            views[one.path] = one.view
            if one.links is None and run.warm is None:
                written.unread.append(one.path)
            else:
                links = one.links or read_links(one.path, html, work.root)
                written.add_links(one, links, warm=run.warm is not None)
        note.result = f"{rendered} rendered, {len(written.pages) - rendered} as before"
    written.made_from = replace(work.asked.own, views=views)
    return written


def _write_page(one: Rendered, html: str, output: Output) -> None:
    """Write a page and the files that come with it, or keep those that the former site has."""
    output.write(one.path, html)
    for path, content in one.files:
        if content is None:
            output.keep(path)
        else:
            output.write(path, content)


def _take_former(made: Rendered, renaming: Renaming, output: Output) -> str | None:
    """Take a page from the former site, with the names of this one's assets.

    Returns it, or None if nothing was taken: it isn't there, or a file that came with it isn't.
    """
    if not all(output.has_former(path) for path, content in made.files if content is None):
        return None
    content = output.former_content(made.path)
    if content is None:
        return None
    html = content.decode()
    if not renaming.reaches(content):
        output.keep(made.path, whole=True)
    elif (renamed := renaming.renamed(html)) is not None:
        html = renamed
        output.write(made.path, html)
    else:
        return None
    for path, own in made.files:
        if own is None:
            output.keep(path, whole=True)
        else:
            output.write(path, own)
    return html


def check_links(work: PageWork, written: Written, output: Output) -> None:
    """See that all links of a site lead somewhere, once all its files are written.

    Pages that are as before were whole in the former site.  They still are as long as nothing
    that they can link to is gone; else they are read again, all of them.

    Raises
    ------
    OutputError
        Links lead nowhere.
    """
    links, unread = written.links, set(written.unread)
    if unread:
        unread = unread & links.within if _all_is_there_still(written, output) else unread
    for path in sorted(unread):
        links.add(read_links(path, output.read(path).decode(), work.root))
    links.need_whole(output.paths)


def _all_is_there_still(written: Written, output: Output) -> bool:
    """Whether whatever a page of the former site could link to is in this one."""
    paths, renamed = output.paths, written.renaming.renamed
    if not all(renamed(path) in paths for path in output.former.files):
        return False
    for path in output.former.files.keys() & written.read:
        content = output.former_content(path)
        if content is None or not read_ids(content.decode()) <= written.links.ids(path):
            return False
    return True
