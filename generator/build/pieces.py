"""What of a site's files takes longest, made side by side while the rest is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any

from generator.build.takeaway import packed_tables, shape_files
from generator.build.workers import Workers
from generator.data.clusters import Clusters, SchemeFit, find_clusters, scheme_table
from generator.data.compare import Comparison, Measure
from generator.exports import explorer
from generator.kept import Kept, News
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

    def names(self, *, explore: bool) -> list[Name]:
        """All pieces, those that take longest first; with or without the explorer's."""
        measures = self.comparison.measures if explore else ()
        return [
            ("workbook", ""),
            *(("shapes", layout.id) for layout in self.layouts),
            ("clusters", ""),
            *(("explored", measure.id) for measure in measures),
            ("schemes", ""),
        ]

    def __call__(self, name: Name) -> tuple[Any, News]:
        what, of = name
        made: Mapping[str, Callable[[str], Any]] = {
            "workbook": self._workbook,
            "shapes": self._shapes,
            "clusters": self._clusters,
            "explored": self._explored,
            "schemes": self._schemes,
        }
        return made[what](of), self.layouts[0].kept.news()

    def _workbook(self, _: str) -> bytes:
        return packed_tables(self.settings, self.comparison)

    def _shapes(self, of: str) -> dict[str, bytes]:
        layout = next(layout for layout in self.layouts if layout.id == of)
        return shape_files(self.settings, self.comparison, layout)

    def _clusters(self, _: str) -> Clusters | None:
        return find_clusters(self.comparison.main, self.comparison.neighbours)

    def _explored(self, of: str) -> tuple[str, list[list[str]]]:
        measure = next(measure for measure in self.comparison.measures if measure.id == of)
        codes = list(self.comparison.areas)
        return explored(self.layouts[0].kept, self.settings, measure, codes)

    def _schemes(self, _: str) -> list[SchemeFit]:
        main, classes = self.comparison.main, self.settings.classes
        scores = {code: position.score for code, position in main.positions.items()}

        def tried() -> list[tuple[object, ...]]:
            found = scheme_table(scores, classes, better=main.indicator.better)
            return [astuple(fit) for fit in found]

        asked = ("schemes", scores, classes, main.indicator.better)
        return [SchemeFit(*row) for row in self.layouts[0].kept.value(asked, tried)]


class Pieces:
    """Pieces of a site's files by name; their making begins at once.

    Parameters
    ----------
    explore
        Whether the site has an explorer.
    """

    def __init__(
        self, work: PieceWork, workers: Workers, report: Report, *, explore: bool = False
    ) -> None:
        self._kept, self._report = work.layouts[0].kept, report
        self._kept.add(self._kept.news(), report)  # else each worker would hand it back
        names = work.names(explore=explore)
        self._made: dict[Name, Any] = {}
        self._coming: Iterator[tuple[Name, tuple[Any, News]]] = zip(
            names, workers.map(work, names), strict=True
        )

    def take(self, what: str, of: str = "") -> Any:
        """One piece, as soon as it is made."""
        while (what, of) not in self._made:
            name, (made, news) = next(self._coming)
            self._kept.add(news, self._report)
            self._made[name] = made
        return self._made[what, of]


def explored(
    kept: Kept, settings: Settings, measure: Measure, codes: Sequence[str]
) -> tuple[str, list[list[str]]]:
    """The file of a measure for the explorer, and the colours of each scheme in it.

    Trying every scheme takes longer than most edits do, so it is kept under what it needs of the
    settings: titles and texts are not among it, and the words of a catalogue are.
    """

    def make() -> list[object]:
        schemes = explorer.measure_schemes(settings, measure)
        text = explorer.measure_file(settings.speak, measure, codes, schemes).decode()
        return [text, [[c.colour for c in scheme.found.classes] for scheme in schemes]]

    own = settings.atlas.catalogue
    words = (settings.atlas.language, settings.path(own).read_bytes() if own else b"")
    text, colours = kept.value(("explorer", settings.classes, words, measure, codes), make)
    return text, colours
