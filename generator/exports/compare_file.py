"""What the page that puts areas side by side fetches: scales, and every area on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator import urls
from generator.catalogue import Catalogue
from generator.charts import scales
from generator.charts.strip import axis_ticks
from generator.data.compare import Comparison, Measure
from generator.exports.formats import compact_json
from generator.language.numbers import number
from generator.language.positions import no_rank, rank_text
from generator.markdown import markdown_plain
from generator.settings import Settings

AREAS_IN_PART = 200
PAGES_IN_PART = 1000

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class CompareParts:
    """What the comparison of many areas fetches: some areas, found by code or by page.

    Attributes
    ----------
    areas
        Files of areas by code, the codes rising through all files.
    pages
        Files of codes by the last part of a page's address, rising through all files.
    codes, slugs
        The first key of each file.
    common
        What is said of all areas.
    """

    areas: tuple[bytes, ...]
    pages: tuple[bytes, ...]
    codes: tuple[str, ...]
    slugs: tuple[str, ...]
    common: Json

    def head(self, folder: str) -> bytes:
        """The file that is fetched first, which says where the others lie."""
        where = {"folder": folder, "codes": self.codes, "slugs": self.slugs, "areas": {}}
        return compact_json({**self.common, **where})


def compare_file(comparison: Comparison, settings: Settings) -> bytes:
    """What the page that puts areas side by side knows: scales, and every area on them.

    Places along a scale are in thousandths of its width, best to the right.
    """
    common, areas = _common(comparison, settings), _areas(comparison, settings)
    return compact_json({**common, "areas": areas})


def compare_in_parts(comparison: Comparison, settings: Settings) -> CompareParts:
    """The same cut into files, with the places of all areas on each scale to a thousandth."""
    common, areas = _common(comparison, settings), _areas(comparison, settings)
    along = [sorted({round(x) for x in _places(m).values()}) for m in comparison.measures]
    codes = _slices(sorted(areas), AREAS_IN_PART)
    by_slug = {area.slug: code for code, area in comparison.areas.items()}
    slugs = _slices(sorted(by_slug), PAGES_IN_PART)
    return CompareParts(
        tuple(compact_json({code: areas[code] for code in part}) for part in codes),
        tuple(compact_json({slug: by_slug[slug] for slug in part}) for part in slugs),
        tuple(part[0] for part in codes),
        tuple(part[0] for part in slugs),
        {**common, "along": along},
    )


def _slices(keys: Sequence[str], size: int) -> list[Sequence[str]]:
    return [keys[at : at + size] for at in range(0, len(keys), size)]


def _common(comparison: Comparison, settings: Settings) -> Json:
    several = len(comparison.indicators) > 1
    outlined = settings.outlined_kind
    return {
        "path": urls.list_page(settings.atlas.words.path),
        "group": outlined.name if outlined else "",
        "measures": [_scale(settings.speak, measure, several) for measure in comparison.measures],
    }


def _areas(comparison: Comparison, settings: Settings) -> Json:
    """Name, page, group, size, and place in every measure, by code."""
    outlined = settings.outlined_kind
    group_of = {
        code: group.name
        for group in comparison.groups
        if outlined and group.kind == outlined.kind
        for code in group.members
    }
    measures, speak = comparison.measures, settings.speak
    places = [_places(measure) for measure in measures]
    return {
        code: [
            area.name,
            area.slug,
            group_of.get(code, ""),
            "" if area.area_km2 is None else f"{number(area.area_km2, 1)} km²",
            [
                _placed(speak, m, code, along.get(code))
                for m, along in zip(measures, places, strict=True)
            ],
        ]
        for code, area in comparison.areas.items()
    }


def _scale(speak: Catalogue, measure: Measure, several: bool) -> dict[str, object]:
    """One measure's axis: ticks, limits between the classes, and what its figures are."""
    scale = scales.scale_of(measure)
    named = measure.indicator.name if several or measure.has_scores else speak("Rank")
    return {
        "edition": f"{measure.indicator.name}, {measure.edition.id}"
        if several
        else measure.edition.id,
        "title": f"{named}, {measure.edition.id}",
        "note": markdown_plain(measure.edition.note),
        "id": measure.id,
        "indicator": measure.indicator.id,
        "down": scale.reverse,
        "scores": any(p.score is not None for p in measure.positions.values()),
        "ticks": [[round(x, 1), text] for x, text in axis_ticks(speak, measure)],
        "limits": [round(scale.at(b), 1) for b in scales.breaks_of(measure)],
        "labels": [c.label for c in measure.classification.classes],
    }


def _places(measure: Measure) -> dict[str, float]:
    scale = scales.scale_of(measure)
    return {c: round(scale.at(value), 1) for c, value in measure.values.items()}


def _placed(speak: Catalogue, measure: Measure, code: str, along: float | None) -> list[object]:
    """Rank, score, class and place on the scale; or only why there is nothing to show."""
    p = measure.positions.get(code)
    if p is None:
        return [no_rank(speak, measure, code)]
    score = "" if p.score is None else number(p.score, measure.indicator.decimals)
    return [rank_text(speak, p, measure.of), score, p.level, along]
