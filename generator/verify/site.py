"""All checks of a finished site, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from generator import urls
from generator.build.links import broken_links
from generator.build.manifest import MANIFEST, Manifest, is_as_recorded, read_manifest
from generator.errors import OutputError
from generator.report import Report
from generator.verify.changes import change_faults
from generator.verify.downloads import download_faults
from generator.verify.faults import Fault
from generator.verify.figures import figure_faults
from generator.verify.relations import relation_faults
from generator.verify.tiles import tile_faults


def verify(folder: Path, report: Report) -> list[Fault]:
    """Everything that is wrong with a site, in order; an empty list if nothing is.

    Parameters
    ----------
    folder
        A site that this generator made.

    Raises
    ------
    OutputError
        The folder holds no such site.
    """
    manifest = read_manifest(folder)
    if not manifest.files:
        raise OutputError(
            f"there is no site here, or its {MANIFEST} can't be read",
            where=str(folder),
            fix="build it first, or name the folder of a site",
        )
    faults: list[Fault] = []
    for name, unit, found in (
        ("files", f"{len(manifest.files)} files as they were written", _files),
        ("links", "all internal links lead somewhere", _links),
        ("tiles", "all tiles decode", tile_faults),
        ("data", "all downloads open, and say the same", download_faults),
        ("relations", "correlations are those of the tables", relation_faults),
        ("changes", "changes between editions are those of the tables", change_faults),
        ("figures", "the figures on pages are those of the tables", figure_faults),
    ):
        with report.stage(name) as note:
            own = sorted(found(folder, manifest))
            note.result = f"{len(own)} faults" if own else unit
        faults += own
    return faults


def _files(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    for path, recorded in manifest.files.items():
        if not (folder / path).is_file():
            yield Fault(path, "is missing")
        elif not is_as_recorded(folder / path, recorded):
            yield Fault(path, "is not as it was written")
    for page in folder.rglob("*.html"):
        path = page.relative_to(folder).as_posix()
        if path not in manifest.files:
            yield Fault(path, "is a page that the generator did not make")


def _links(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    there = [path for path in manifest.files if (folder / path).is_file()]
    pages = {
        path: (folder / path).read_text(encoding="utf-8", errors="replace")
        for path in there
        if path.endswith(".html")
    }
    root = _absolute_root(folder)
    for path, href in broken_links(pages, there, absolute_root=root):
        yield Fault(path, f"the link {href!r} leads nowhere")


def _absolute_root(folder: Path) -> str:
    """The path that the site is published at, from the address of its map of pages."""
    try:
        line = (folder / urls.ROBOTS).read_text(encoding="utf-8").partition("Sitemap: ")[2]
    except OSError:
        return "/"
    return urlsplit(line.strip()).path.removesuffix(urls.SITEMAP) or "/"
