"""Every way to make classes, tried on a measure: kept, as that takes longer than most edits do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

from generator.data.clusters import SchemeFit, scheme_table
from generator.data.compare import Measure
from generator.exports import explorer_measures
from generator.exports.explorer_measures import Standing
from generator.kept import Kept
from generator.settings import Settings


def schemes_tried(kept: Kept, settings: Settings, measure: Measure) -> list[SchemeFit]:
    """How well each scheme fits a measure, the best first."""
    scores = {code: position.score for code, position in measure.positions.items()}

    def tried() -> list[tuple[object, ...]]:
        found = scheme_table(scores, settings.classes, better=measure.indicator.better)
        return [astuple(fit) for fit in found]

    asked = ("schemes", scores, settings.classes, measure.indicator.better)
    return [SchemeFit(*row) for row in kept.value(asked, tried)]


def explored(
    kept: Kept,
    settings: Settings,
    measure: Measure,
    parts: Sequence[Sequence[str]],
    groups: Sequence[Standing],
) -> tuple[list[bytes], list[list[str]]]:
    """The files of a measure for the explorer, and the colours of each scheme in them.

    Trying every scheme takes longer than most edits do, so it is kept under what it needs of the
    settings: titles and texts are not among it, and the words of a catalogue are.
    """

    def make() -> list[object]:
        schemes = explorer_measures.measure_schemes(settings, measure)
        files = explorer_measures.measure_files(settings.speak, measure, parts, schemes, groups)
        texts = [content.decode() for content in files]
        return [texts, [[c.colour for c in scheme.found.classes] for scheme in schemes]]

    own = settings.atlas.catalogue
    words = (settings.atlas.language, settings.path(own).read_bytes() if own else b"")
    asked = ("explorer", settings.classes, words, measure, parts, groups)
    texts, colours = kept.value(asked, make)
    return [text.encode() for text in texts], colours
