"""What the page that puts areas side by side fetches: scales, and every area on them."""

from __future__ import annotations

from generator import urls
from generator.catalogue import Catalogue
from generator.charts import swarm
from generator.charts.strip import axis_ticks
from generator.data.compare import Comparison, Measure
from generator.exports.formats import compact_json
from generator.language.numbers import number
from generator.language.positions import no_rank, rank_text
from generator.markdown import markdown_plain
from generator.settings import Settings


def compare_file(comparison: Comparison, settings: Settings) -> bytes:
    """What the page that puts areas side by side knows: scales, and every area on them.

    Places along a scale are in thousandths of its width, best to the right.
    """
    measures, speak = comparison.measures, settings.speak
    several = len(comparison.indicators) > 1
    outlined = next((kind for kind in settings.group if kind.outline), None)
    group_of = {
        code: group.name
        for group in comparison.groups
        if outlined and group.kind == outlined.kind
        for code in group.members
    }
    places = [_places(measure) for measure in measures]
    areas = {
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
    return compact_json(
        {
            "path": urls.list_page(settings.atlas.words.path),
            "group": outlined.name if outlined else "",
            "measures": [_scale(speak, measure, several) for measure in measures],
            "areas": areas,
        }
    )


def _scale(speak: Catalogue, measure: Measure, several: bool) -> dict[str, object]:
    """One measure's axis: ticks, limits between the classes, and what its figures are."""
    scale = swarm.scale_of(measure)
    return {
        "edition": f"{measure.indicator.name}, {measure.edition.id}"
        if several
        else measure.edition.id,
        "title": f"{measure.indicator.name}, {measure.edition.id}"
        if measure.has_scores
        else f"{measure.indicator.name if several else speak('Rank')}, {measure.edition.id}",
        "note": markdown_plain(measure.edition.note),
        "scores": any(p.score is not None for p in measure.positions.values()),
        "ticks": [[round(x, 1), text] for x, text in axis_ticks(speak, measure)],
        "limits": [round(scale.at(b), 1) for b in swarm.breaks_of(measure)],
        "labels": [c.label for c in measure.classification.classes],
    }


def _places(measure: Measure) -> dict[str, float]:
    scale = swarm.scale_of(measure)
    return {c: round(scale.at(value), 1) for c, value in measure.values.items()}


def _placed(speak: Catalogue, measure: Measure, code: str, along: float | None) -> list[object]:
    """Rank, score, class and place on the scale; or only why there is nothing to show."""
    p = measure.positions.get(code)
    if p is None:
        return [no_rank(speak, measure, code)]
    score = "" if p.score is None else number(p.score, measure.indicator.decimals)
    return [rank_text(speak, p, measure.of), score, p.level, along]
