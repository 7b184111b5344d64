"""Ranks, hot and cold, groups, change between editions, neighbours, and who is like whom.

All that pages say in figures is computed here, from joined tables; nothing here
knows a page.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

import geopandas as gpd
import numpy as np

from generator.data.classify import Classification, classify, rank_classification
from generator.data.composites import MadeIndicator
from generator.data.join import AreaChange, EditionData, Joined, Standing, Value, later_changes
from generator.data.neighbours import Similar, neighbours_of, similar_areas
from generator.data.places import Area, Group
from generator.data.vintages import lost_text
from generator.errors import JoinError
from generator.kept import Kept
from generator.report import Report
from generator.settings import Indicator, Settings, Spots
from generator.settings_editions import Edition

Spot = Literal["hot", "cold"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where one area stands in one measure.

    ``rank`` 1 is the best; ``tied`` areas share the rank with others.  ``level`` is the
    class (0 the worst); ``spot`` says whether the rank is in the best or worst share.
    """

    code: str
    score: float | None
    rank: int
    tied: bool
    level: int | None
    spot: Spot | None
    remarks: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True)
class Measure:
    """One indicator of one edition.

    Attributes
    ----------
    of
        How many areas are ranked (not how many are known here).
    hot_from_rank, cold_from_rank
        Ranks 1 to `hot_from_rank` are hot, from `cold_from_rank` to `of` cold; None
        without spots.
    positions
        By code, from the best to the worst; areas that aren't known have none.
    """

    edition: Edition
    indicator: Indicator
    of: int
    hot_from_rank: int | None
    cold_from_rank: int | None
    classification: Classification
    positions: Mapping[str, Position]
    absent: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def id(self) -> str:
        """A name for files and URLs: the edition's, with the indicator's unless it is the first."""
        return f"{self.edition.id}-{self.indicator.id}"

    @property
    def complete(self) -> bool:
        """Whether every ranked area is known here."""
        return len(self.positions) == self.of

    @cached_property
    def has_scores(self) -> bool:
        """Whether every known area has a score; else classes, legends and charts go by rank."""
        return bool(self.positions) and all(p.score is not None for p in self.positions.values())

    # What follows is reckoned once, however many pages ask.
    @cached_property
    def values(self) -> dict[str, float]:
        """Scores by code or, if any is missing, ranks."""
        if self.has_scores:
            return {c: p.score for c, p in self.positions.items() if p.score is not None}
        return {code: float(p.rank) for code, p in self.positions.items()}

    @cached_property
    def median(self) -> float:
        """Of `values`."""
        return float(np.median(list(self.values.values())))

    @cached_property
    def extent(self) -> tuple[float, float]:
        """The lowest and the highest of `values`; not for a measure that knows no area."""
        return min(self.values.values()), max(self.values.values())

    @cached_property
    def ends(self) -> tuple[str, str]:
        """The codes of the best and the worst; not for a measure that knows no area."""
        return next(iter(self.values)), next(reversed(self.values))

    @cached_property
    def any_scores(self) -> bool:
        """Whether any known area has a score."""
        return any(p.score is not None for p in self.positions.values())

    @cached_property
    def sharing(self) -> Counter[int]:
        """How many areas hold each rank."""
        return Counter(p.rank for p in self.positions.values())

    @cached_property
    def spans(self) -> dict[int, tuple[float, float]]:
        """The lowest and the highest score of each class that has any."""
        scores: dict[int, list[float]] = {}
        for p in self.positions.values():
            if p.level is not None and p.score is not None:
                scores.setdefault(p.level, []).append(p.score)
        return {level: (min(some), max(some)) for level, some in scores.items()}

    def follows(self, earlier: Measure) -> bool:
        """Whether its figures may be compared with an earlier edition's, as the settings state."""
        return earlier.edition.id in self.edition.comparable_with

    def level_of(self, rank: float | None, score: float | None) -> int | None:
        """The class that a value between those of the areas, such as a median, falls into."""
        value = score if self.has_scores else rank
        return None if value is None else self.classification.level_at(value)

    def leaves_out(self, code: str) -> bool:
        """Whether the edition leaves an area out (and not merely its figure is unknown here)."""
        return code not in self.positions and (self.complete or bool(self.absent.get(code, "")))

    def lacks(self, code: str) -> bool:
        """Whether the edition ranks an area, but its rank isn't known here."""
        return code not in self.positions and not self.leaves_out(code)


@dataclass(frozen=True, slots=True)
class PlaceInGroup:
    """A rank within a group's known members; ``tied`` members share it with others."""

    rank: int
    tied: bool


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One group in one measure.

    ``ranking`` lists the codes of its known members from the best to the worst, and
    ``places`` their ranks among themselves; ``lacking`` counts members that are ranked
    but whose rank isn't known here; ``hot`` and ``cold`` count them; medians are
    None where nothing is known.
    """

    members: int
    lacking: int
    ranking: tuple[str, ...]
    places: Mapping[str, PlaceInGroup]
    hot: int
    cold: int
    median_rank: float | None
    median_score: float | None

    @property
    def known(self) -> int:
        return len(self.ranking)


@dataclass(frozen=True)
class Comparison:
    """Everything known of the areas, ready for pages.

    Attributes
    ----------
    measures
        Edition by edition, indicators in the order of the settings.
    main
        The measure that maps show first.
    summaries
        ``summaries[measure.id][(group.kind, group.id)]``.
    neighbours
        Codes by code: areas that share a border if ``borders``, else the nearest
        ones by their points.
    similar
        By code, the most similar first; empty where features are missing.
    similar_by
        The features compared, in words.
    changes
        By code, what became of an area since, followed up to today.
    """

    areas: Mapping[str, Area]
    groups: tuple[Group, ...]
    groups_of: Mapping[str, tuple[Group, ...]]
    measures: tuple[Measure, ...]
    main: Measure
    summaries: Mapping[str, Mapping[tuple[str, str], GroupSummary]]
    neighbours: Mapping[str, tuple[str, ...]]
    borders: bool
    similar: Mapping[str, tuple[Similar, ...]]
    similar_by: tuple[str, ...]
    standings: Mapping[str, tuple[Standing, ...]]
    changes: Mapping[str, tuple[AreaChange, ...]]

    @cached_property
    def group_kinds(self) -> list[str]:
        """The kinds of group, each a column of tables."""
        return list(dict.fromkeys(g.kind for g in self.groups))

    def measure(self, edition: str, indicator: str) -> Measure | None:
        """The measure of an edition and indicator, if there is one."""
        for measure in self.measures:
            if (measure.edition.id, measure.indicator.id) == (edition, indicator):
                return measure
        return None

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator of the tables, in the order of the settings."""
        return tuple({m.indicator.id: m.indicator for m in self.measures}.values())

    def of_indicator(self, indicator: str) -> tuple[Measure, ...]:
        """One indicator in every edition that has it, in the order of the settings."""
        return tuple(m for m in self.measures if m.indicator.id == indicator)

    def first_of(self, indicator: str) -> Measure:
        """An indicator in the main edition or, where that has none, in the last that has it."""
        found = self.of_indicator(indicator)
        return next((m for m in found if m.edition.id == self.main.edition.id), found[-1])

    def headline(self) -> tuple[Measure, ...]:
        """The main indicator in every edition that has it, in the order of the settings."""
        return tuple(m for m in self.measures if m.indicator.id == self.main.indicator.id)


def compare(
    settings: Settings,
    joined: Joined,
    boundaries: gpd.GeoDataFrame | None,
    report: Report,
    kept: Kept | None = None,
) -> Comparison:
    """Work out all comparisons.

    Parameters
    ----------
    boundaries
        Columns ``code``, ``geometry`` (any CRS), for neighbours and, where the
        table of areas has none, points; None if there are only points.
    kept
        May know already who shares a border.
    """
    measures = tuple(
        _measure(settings, edition, indicator, joined.areas, report)
        for edition in joined.editions
        for indicator in joined.indicators
        if indicator.id in edition.values
    )
    main = _main(settings, measures)
    groups_of: dict[str, list[Group]] = {area.code: [] for area in joined.areas}
    for group, code in ((one, code) for one in joined.groups for code in one.members):
        groups_of[code].append(group)
    neighbours = neighbours_of(joined.areas, boundaries, kept or Kept())
    standings: dict[str, list[Standing]] = {}
    for standing in joined.standings:
        standings.setdefault(standing.code, []).append(standing)
    similar, similar_by = similar_areas(joined.areas, *_feature(main))
    return Comparison(
        areas={area.code: area for area in joined.areas},
        groups=joined.groups,
        groups_of={code: tuple(groups) for code, groups in groups_of.items()},
        measures=measures,
        main=main,
        summaries={m.id: _summaries(m, joined.groups, groups_of) for m in measures},
        neighbours={a.code: neighbours.get(a.code, ()) for a in joined.areas},
        borders=boundaries is not None,
        similar=similar,
        similar_by=similar_by,
        standings={code: tuple(rows) for code, rows in standings.items()},
        changes=later_changes(joined),
    )


def _summaries(
    measure: Measure, groups: Sequence[Group], groups_of: Mapping[str, Sequence[Group]]
) -> dict[tuple[str, str], GroupSummary]:
    known: dict[tuple[str, str], list[Position]] = {(g.kind, g.id): [] for g in groups}
    for code, position in measure.positions.items():
        for group in groups_of[code]:
            known[group.kind, group.id].append(position)
    return {(g.kind, g.id): summarise(g, measure, known[g.kind, g.id]) for g in groups}


def _main(settings: Settings, measures: Sequence[Measure]) -> Measure:
    wanted = [m for m in measures if m.edition.id == settings.main_edition]
    complete = [m for m in measures if m.complete]
    return (wanted or complete or list(measures))[0]


def _measure(
    settings: Settings,
    edition: EditionData,
    indicator: Indicator,
    areas: Sequence[Area],
    report: Report,
) -> Measure:
    values = edition.values[indicator.id]
    ranks = _ranks(edition, indicator, values, report)
    # A composite ranks the areas that it has a value of, whatever the release ranks.
    of = len(values) if isinstance(indicator, MadeIndicator) else edition.settings.of or len(values)
    if max(ranks.values()) > of:
        code = max(ranks, key=lambda c: ranks[c])
        raise JoinError(
            f"{edition.names[code]!r} has the rank {ranks[code]}, but only {of} areas are ranked",
            where=str(edition.settings.table),
            fix=f"fix the rank, or set 'of' of the edition {edition.settings.id!r}",
        )
    if values and all(value.score is not None for value in values.values()):
        scores = {a.code: values[a.code].score if a.code in values else None for a in areas}
        classification = classify(
            scores, settings.classes, better=indicator.better, speak=settings.speak
        )
    else:
        known = {a.code: ranks.get(a.code) for a in areas}
        classification = rank_classification(known, of, settings.classes, settings.speak)
    hot, cold = spot_limits(of, None if indicator.better == "neutral" else settings.spots)
    often = np.bincount(list(ranks.values()), minlength=of + 1)
    positions = {
        code: Position(
            code,
            values[code].score,
            ranks[code],
            bool(often[ranks[code]] > 1),
            classification.levels.get(code),
            _spot(ranks[code], hot, cold),
            values[code].remarks,
            values[code].source,
        )
        for code in sorted(values, key=lambda c: (ranks[c], c))
    }
    lost = edition.lost.get(indicator.id, {})
    absent = dict(edition.absent) | {c: lost_text(settings.speak, lost[c]) for c in lost}
    return Measure(
        edition.settings, indicator, of, hot, cold, classification, positions, absent,
        edition.names,
    )  # fmt: skip


def _ranks(
    edition: EditionData, indicator: Indicator, values: Mapping[str, Value], report: Report
) -> dict[str, int]:
    """Published ranks where there are any, else competition ranks ("1224") of the scores."""
    scored = {code: v.score for code, v in values.items() if v.score is not None}
    computed = rank_scores(scored, indicator.better)
    ranks: dict[str, int] = {}
    differ = []
    for code, value in values.items():
        if value.rank is None:
            ranks[code] = computed[code]
        else:
            ranks[code] = value.rank
            if len(scored) == len(values) and computed[code] != value.rank:
                differ.append(f"{edition.names[code]} ({value.rank}, by score {computed[code]})")
    if differ:
        report.warn(
            f"{edition.settings.table}: {len(differ)} published ranks are not those of the "
            f"scores: {', '.join(differ[:5])}"
        )
    return ranks


def rank_scores(scores: Mapping[str, float], better: str = "higher") -> dict[str, int]:
    """Standard competition ranks: equal scores share the best rank, the next ranks stay free.

    >>> rank_scores({"a": 3.0, "b": 5.0, "c": 3.0, "d": 1.0})
    {'a': 2, 'b': 1, 'c': 2, 'd': 4}
    """
    ordered = np.sort(np.array([s if better == "lower" else -s for s in scores.values()]))
    signed = {c: s if better == "lower" else -s for c, s in scores.items()}
    return {c: int(np.searchsorted(ordered, s, side="left")) + 1 for c, s in signed.items()}


def spot_limits(of: int, spots: Spots | None) -> tuple[int | None, int | None]:
    """The last hot rank and the first cold rank: the share of `of`, rounded up.

    >>> spot_limits(324, Spots(share=0.2))
    (65, 260)
    """
    if spots is None or of < 5:
        return None, None
    # 7 % of 900 is 63, but 63.00000000000001 in floating point.
    count = math.ceil(round(of * spots.share, 9))
    return (None, None) if 2 * count >= of else (count, of - count + 1)


def _spot(rank: int, hot: int | None, cold: int | None) -> Spot | None:
    if hot is not None and rank <= hot:
        return "hot"
    return "cold" if cold is not None and rank >= cold else None


def summarise(group: Group, measure: Measure, known: Sequence[Position]) -> GroupSummary:
    """Count and rank a group's members in one measure; `known` has those that it knows."""
    scores = [p.score for p in known if p.score is not None]
    all_ranks = [p.rank for p in known]  # rising
    ranks = {p.code: 1 + bisect_left(all_ranks, p.rank) for p in known}
    tied = {one for one, other in pairwise(ranks.values()) if one == other}
    return GroupSummary(
        members=len(group.members),
        lacking=sum(measure.lacks(code) for code in group.members),
        ranking=tuple(p.code for p in known),
        places={code: PlaceInGroup(rank, rank in tied) for code, rank in ranks.items()},
        hot=sum(p.spot == "hot" for p in known),
        cold=sum(p.spot == "cold" for p in known),
        median_rank=float(np.median([p.rank for p in known])) if known else None,
        median_score=float(np.median(scores)) if scores else None,
    )


def _feature(measure: Measure) -> tuple[dict[str, float], str]:
    """What areas are compared by: their scores or, where some have none, their ranks."""
    return measure.values, "score" if measure.has_scores else "rank"
