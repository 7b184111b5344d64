"""What the tile explorer fetches of a measure: its classes under every scheme, drawn from at once.

The files are made as bytes; equal data give equal bytes.  Classes are computed here, for
every scheme that the reader may choose, so that the script only paints.  What is said of all
areas together comes first, in a file that doesn't grow with their number; what is said of each
comes in parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from generator.catalogue import Catalogue
from generator.data.classify import Class, Classification, classify, is_worth_trying
from generator.data.compare import Comparison, Measure
from generator.data.places import Group
from generator.errors import SettingsError
from generator.exports.formats import compact_json
from generator.language.choices import scheme_name
from generator.language.groups import standing_text
from generator.language.numbers import from_to, number, ordinal
from generator.language.positions import figure_text, missing_text, no_rank, rank_text
from generator.markdown import markdown_plain
from generator.settings import Classes, Settings

SCHEMES = (
    "Quantiles", "FisherJenks", "NaturalBreaks", "EqualInterval", "StdMean", "HeadTailBreaks",
    "BoxPlot",
)  # fmt: skip
"""Schemes on offer, by mapclassify's name; the atlas's own comes first in any case."""
BINS = 32
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
NONE = "-"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A classification on offer; `own` is the atlas's own, as on all other maps."""

    id: str
    name: str
    own: bool
    found: Classification


def measure_schemes(settings: Settings, measure: Measure) -> tuple[Scheme, ...]:
    """The classifications on offer for a measure, its own first.

    Where only ranks are known every scheme would cut them alike: there is just the own.
    """
    own = settings.classes.scheme
    speak = settings.speak
    schemes = [Scheme(own, _title(speak, own), True, measure.classification)]
    if not measure.has_scores:
        return tuple(schemes)
    scores = {code: p.score for code, p in measure.positions.items()}
    for scheme in SCHEMES:
        if scheme.casefold() == own.casefold() or not is_worth_trying(scheme, len(scores)):
            continue
        tried = Classes(scheme=scheme, k=settings.classes.k, colours=settings.classes.colours)
        found = _classified(speak, scores, tried, measure.indicator.better)
        if found is not None and len(found.classes) <= len(DIGITS):
            schemes.append(Scheme(scheme, _title(speak, scheme), False, found))
    return tuple(schemes)


def _title(speak: Catalogue, scheme: str) -> str:
    name = scheme_name(speak, scheme)
    return name[:1].upper() + name[1:]


def _classified(
    speak: Catalogue, scores: Mapping[str, float | None], tried: Classes, better: str
) -> Classification | None:
    try:
        return classify(scores, tried, better=better, speak=speak)
    except SettingsError:
        return None  # a scheme that these values don't suit isn't offered


@dataclass(frozen=True, slots=True)
class Standing:
    """A group that stands for its areas on the map: what is said of it, and its median value."""

    text: str
    value: float | None


def standings(
    settings: Settings, comparison: Comparison, measure: Measure, groups: Sequence[Group]
) -> list[Standing]:
    """What the explorer says of some groups in a measure."""
    words = settings.atlas.words
    found = []
    for group in groups:
        summary = comparison.summaries[measure.id][group.kind, group.id]
        value = summary.median_score if measure.has_scores else summary.median_rank
        text = standing_text(settings.speak, comparison, group, words, measure)
        found.append(Standing(text, value))
    return found


def measure_files(
    speak: Catalogue,
    measure: Measure,
    parts: Sequence[Sequence[str]],
    schemes: Sequence[Scheme],
    groups: Sequence[Standing] = (),
) -> list[bytes]:
    """One measure: what is said of all areas together, then what is said of each, part by part.

    Parameters
    ----------
    parts
        The codes of the areas in each part.
    groups
        Those that stand for their areas at low zooms.

    Returns
    -------
    list of bytes
        The first file holds of every scheme ``bars`` (for each bin of the histogram, from the
        lowest value, pairs of a class and how many areas of it are there), ``ticks`` (for each
        class, 0 the worst, the places of its areas) and ``groups`` (the classes of their
        medians); and of every group its text and place.  A place is how far a value is on the
        way from the worst to the best (from the lowest to the highest, where neither is
        better), in thousandths, -1 where there is none.  In the other files all lists follow
        the part's codes; ``levels`` (class, by scheme) and ``bins`` have one character for each
        area.  Characters are base 36, ``-`` for none.
    """
    scale = _scale(measure)
    unit = measure.indicator.unit
    if not measure.has_scores:
        unit = speak("rank of %(of)s", of=number(measure.of))
    head = {
        "id": measure.id,
        "title": f"{measure.indicator.name}, {measure.edition.id}",
        "edition": measure.edition.title,
        "note": markdown_plain(measure.edition.note),
        "unit": unit,
        "of": number(measure.of),
        "known": len(measure.positions),
        "ends": [_limit(speak, measure, end) for end in (scale.low, scale.high)],
        "missing": missing_text(speak, measure),
        "schemes": [_scheme(speak, measure, scale, scheme, groups) for scheme in schemes],
        "groups": [[group.text, scale.place(group.value)] for group in groups],
    }
    own = (_part(speak, measure, scale, schemes, codes) for codes in parts)
    return [compact_json(head), *(compact_json(part) for part in own)]


def _part(
    speak: Catalogue,
    measure: Measure,
    scale: _Scale,
    schemes: Sequence[Scheme],
    codes: Sequence[str],
) -> dict[str, object]:
    known = [measure.positions.get(code) for code in codes]
    values = [scale.values.get(code) for code in codes]
    return {
        "scores": [
            "" if p is None or p.score is None else figure_text(speak, measure, p.score)
            for p in known
        ],
        "ranks": [
            rank_text(speak, p, measure.of) if p else no_rank(speak, measure, code)
            for code, p in zip(codes, known, strict=True)
        ],
        "places": [scale.place(value) for value in values],
        "bins": _digits(None if v is None else scale.bin(v) for v in values),
        "levels": {
            scheme.id: _digits(scheme.found.levels.get(code) for code in codes)
            for scheme in schemes
        },
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values by code (ranks where there are no scores), from the lowest to the highest."""

    values: Mapping[str, float]
    low: float
    high: float
    falling: bool
    """Whether the best is the lowest."""

    def bin(self, value: float) -> int:
        """The bar of the histogram that a value is in; the last holds its upper limit, too."""
        width = (self.high - self.low) / BINS or 1.0
        return min(int((value - self.low) / width), BINS - 1)

    def place(self, value: float | None) -> int:
        """How far a value is on the way to the best, in thousandths; in the middle of equals."""
        if value is None:
            return -1
        worst, best = (self.high, self.low) if self.falling else (self.low, self.high)
        return round(1000 * (value - worst) / (best - worst)) if best != worst else 500


def _scale(measure: Measure) -> _Scale:
    values = _values(measure)
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    falling = not measure.has_scores or measure.indicator.better == "lower"
    return _Scale(values, low, high, falling)


def _values(measure: Measure) -> dict[str, float]:
    """Scores, or ranks where there are none."""
    if not measure.has_scores:
        return {code: float(p.rank) for code, p in measure.positions.items()}
    return {code: p.score for code, p in measure.positions.items() if p.score is not None}


def _limit(speak: Catalogue, measure: Measure, value: float) -> str:
    if measure.has_scores:
        return number(value, measure.indicator.decimals)
    return ordinal(speak, int(value))


def _digits(numbers: Iterable[int | None]) -> str:
    return "".join(NONE if n is None else DIGITS[n] for n in numbers)


def _scheme(
    speak: Catalogue,
    measure: Measure,
    scale: _Scale,
    scheme: Scheme,
    groups: Sequence[Standing],
) -> dict[str, object]:
    """One scheme: fit, breaks (upper limits, the last the highest value), classes, and charts."""
    found = scheme.found
    levels = {code: level for code, level in found.levels.items() if code in scale.values}
    members: list[list[str]] = [[] for _ in found.classes]
    for code, level in levels.items():
        members[level].append(code)
    values = [[scale.values[code] for code in own] for own in members]
    bars: list[list[int]] = [[] for _ in range(BINS)]
    counts = Counter((scale.bin(scale.values[code]), level) for code, level in levels.items())
    for (at, level), count in sorted(counts.items()):
        bars[at] += [level, count]
    medians = [None if g.value is None else found.level_at(g.value) for g in groups]
    return {
        "id": scheme.id,
        "name": scheme.name,
        "gadf": number(found.gadf, 2),
        "breaks": sorted(round(c.upper, 6) for c in found.classes),
        "classes": [
            [c.label, _range(speak, measure, c, values[c.level]), c.count] for c in found.classes
        ],
        "bars": bars,
        "ticks": [sorted({scale.place(value) for value in own}) for own in values],
        "groups": _digits(medians),
    }


def _range(speak: Catalogue, measure: Measure, found: Class, values: Sequence[float]) -> str:
    """The lowest and the highest score of a class; of ranks its limits, as most aren't known."""
    if not measure.has_scores:
        first = int(found.lower) + 1 if found.lower > 1 else 1
        values = [float(first), found.upper]
    if not values:
        return ""
    low, high = _limit(speak, measure, min(values)), _limit(speak, measure, max(values))
    return from_to(speak, low, high)
