"""What of a site's files takes longest, made side by side while the rest is made here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from generator.build.takeaway import packed_tables, shape_files
from generator.build.workers import Workers
from generator.data.clusters import find_clusters
from generator.data.compare import Comparison
from generator.kept import News
from generator.maps.layouts import Layout
from generator.report import Report
from generator.settings import Settings

Name = tuple[str, str]
"""What a piece is, and which layout or measure it is of."""


class PieceWork:
    """Makes one piece after the other, each of the data alone."""

    def __init__(
        self, settings: Settings, comparison: Comparison, layouts: Sequence[Layout]
    ) -> None:
        self.settings, self.comparison, self.layouts = settings, comparison, layouts

    def names(self) -> list[Name]:
        """All pieces, those that take longest first.

        None of them makes classes: k-means runs in threads (OpenMP), which a process that is
        forked after them waits for in vain.
        """
        return [
            ("workbook", ""),
            *(("shapes", layout.id) for layout in self.layouts),
            ("clusters", ""),
        ]

    def __call__(self, name: Name) -> tuple[Any, News]:
        return self._made(*name), self.layouts[0].kept.news()

    def _made(self, what: str, of: str) -> Any:
        settings, comparison = self.settings, self.comparison
        if what == "workbook":
            return packed_tables(settings, comparison)
        if what == "shapes":
            layout = next(layout for layout in self.layouts if layout.id == of)
            return shape_files(settings, comparison, layout)
        return find_clusters(comparison.main, comparison.neighbours)


class Pieces:
    """Pieces of a site's files by name; their making begins at once."""

    def __init__(self, work: PieceWork, workers: Workers, report: Report) -> None:
        self._kept, self._report = work.layouts[0].kept, report
        self._kept.add(self._kept.news(), report)  # else each worker would hand it back
        names = work.names()
        self._made: dict[Name, Any] = {}
        self._count = len(names)
        self._coming: Iterator[tuple[Name, tuple[Any, News]]] = zip(
            names, workers.map(work, names), strict=True
        )

    def take(self, what: str, of: str = "") -> Any:
        """One piece, as soon as it is made; with the last one the workers end."""
        while (what, of) not in self._made:
            name, (made, news) = next(self._coming)
            self._kept.add(news, self._report)
            self._made[name] = made
            if len(self._made) == self._count:
                next(self._coming, None)
        return self._made[what, of]
