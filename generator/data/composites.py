"""Composites: indicators that are weighted means of others, by z-scores or by ranks.

A z-score is a value minus the mean of all known ones, divided by their standard deviation (of
the population); a rank is that among the known areas, equal values sharing the mean of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.data.join import EditionData, Joined, Value
from generator.data.statistics import mean_ranks
from generator.errors import JoinError
from generator.report import Report
from generator.settings import Indicator, Settings
from generator.settings_composites import Composite, composite_problems

DECIMALS = 9
"""Digits that count: what differs in later ones only is equal, so that the order of a sum
doesn't decide a rank."""


class MadeIndicator(Indicator):
    """An indicator that the atlas makes of others."""

    composite: Composite
    parts: tuple[Indicator, ...]
    """What it is made of, in the order of its weights."""


@dataclass(frozen=True, slots=True)
class Standard:
    """Indicators of one edition on a common scale.

    Attributes
    ----------
    codes
        Areas that have any of them, rising.
    values
        (areas, indicators) z-scores, higher is better, or ranks, 1 is the best; NaN where
        missing.
    neutral
        (indicators,) the mean of each column.
    """

    codes: tuple[str, ...]
    values: NDArray[np.float64]
    neutral: NDArray[np.float64]

    def weigh(
        self, weights: Sequence[float], missing: Literal["renormalise", "average"]
    ) -> NDArray[np.float64]:
        """(areas,) weighted means, rounded to `DECIMALS`; NaN where nothing with a weight is known.

        >>> two = Standard(("a", "b"), np.array([[1.0, 3.0], [5.0, np.nan]]), np.array([3.0, 3.0]))
        >>> two.weigh([3, 1], "renormalise").tolist(), two.weigh([3, 1], "average").tolist()
        ([1.5, 5.0], [1.5, 4.5])
        """
        known = ~np.isnan(self.values)
        shares = np.asarray(weights, dtype=np.float64) / float(sum(weights))
        some = (known * shares).sum(axis=1)
        stand_in = self.neutral if missing == "average" else np.zeros(len(shares))
        sums = (np.where(known, self.values, stand_in) * shares).sum(axis=1)
        whole = np.ones(len(sums)) if missing == "average" else np.where(some > 0, some, 1.0)
        means: NDArray[np.float64] = np.where(some > 0, np.round(sums / whole, DECIMALS), np.nan)
        return means


def standardise(
    columns: Sequence[Mapping[str, float]],
    lower: Sequence[bool],
    method: Literal["z-scores", "ranks"],
) -> Standard:
    """Indicators on a common scale.

    Parameters
    ----------
    columns
        Values by code, of each indicator.
    lower
        Whether low values are the better ones, of each indicator.

    Raises
    ------
    ValueError
        With the number of a column whose values are all alike, which have no z-scores.
    """
    codes = sorted(set().union(*columns))
    values = np.array([[column.get(code, np.nan) for column in columns] for code in codes])
    values[:, list(lower)] *= -1
    for at in range(len(columns)):
        known = ~np.isnan(values[:, at])
        own = values[known, at]
        if method == "ranks":
            values[known, at] = mean_ranks(-own)
            continue
        if own.min() == own.max():
            raise ValueError(at)
        values[known, at] = (own - own.mean()) / own.std()
    return Standard(tuple(codes), values, np.nanmean(values, axis=0))


def with_composites(joined: Joined, settings: Settings, report: Report) -> Joined:
    """The same with the composites of the settings, in every edition that has all their parts.

    Raises
    ------
    JoinError
        If a composite weighs what is no indicator, or no edition has all that it weighs.
    """
    if not settings.composite:
        return joined
    known = {indicator.id: indicator for indicator in joined.indicators}
    problems = composite_problems(settings.composite, {i.id: i.better for i in known.values()})
    if problems:
        raise JoinError(
            "; ".join(problems),
            where=f"{settings.file}, [[composite]]",
            fix="correct the ids under weights",
        )
    editions = list(joined.editions)
    made = []
    for composite in settings.composite:
        parts = tuple(known[name] for name in composite.weights)
        found = [_computed(edition, composite, parts, settings, report) for edition in editions]
        if found == editions:
            raise JoinError(
                f"no edition has all that {composite.id!r} weighs",
                where=f"{settings.file}, [[composite]]",
                fix="weigh indicators that one edition has, or drop the composite",
            )
        editions = found
        made.append(_indicator(composite, parts))
    main = [one for one in made if one.composite.main]
    others = [one for one in made if not one.composite.main]
    return replace(
        joined, indicators=(*main, *joined.indicators, *others), editions=tuple(editions)
    )


def _indicator(composite: Composite, parts: tuple[Indicator, ...]) -> MadeIndicator:
    ranks = composite.method == "ranks"
    return MadeIndicator(
        id=composite.id,
        name=composite.name,
        unit="weighted mean of ranks" if ranks else "weighted mean of z-scores",
        better="lower" if ranks else "higher",
        decimals=composite.decimals,
        stage=composite.stage,
        about=composite.about,
        composite=composite,
        parts=parts,
    )


def _computed(
    edition: EditionData,
    composite: Composite,
    parts: Sequence[Indicator],
    settings: Settings,
    report: Report,
) -> EditionData:
    """The edition with the composite, or as it is where it can't be made."""
    lacking = [part.id for part in parts if part.id not in edition.values]
    reason = f"it has no {', '.join(lacking)}" if lacking else ""
    of = edition.settings.of
    if not lacking and of:
        most = max(len(edition.values[part.id]) for part in parts)
        if most < of:
            reason = f"only {most} of {of} areas are known"
    if reason:
        report.say(f"edition {edition.settings.id}: {composite.id!r} is not computed, {reason}")
        return edition
    where = f"{settings.path(edition.settings.table)}"
    columns = [_column(edition.values[p.id], p, composite, where) for p in parts]
    lower = [_runs_down(edition.values[part.id], part) for part in parts]
    try:
        table = standardise(columns, lower, composite.method)
    except ValueError as error:
        alike = parts[int(error.args[0])].id
        raise JoinError(
            f"all values of {alike!r} are alike, so they have no z-scores for {composite.id!r}",
            where=where,
            fix=f'take {alike!r} out of the weights, or set method = "ranks"',
        ) from None
    scores = table.weigh(list(composite.weights.values()), composite.missing)
    enough = np.isnan(table.values).sum(axis=1) <= composite.most_missing
    values = {
        code: Value(float(score), None)
        for code, score, has in zip(table.codes, scores, enough, strict=True)
        if has
    }
    if not values:
        raise JoinError(
            f"every area lacks more than {composite.most_missing} of what {composite.id!r} weighs",
            where=where,
            fix="raise most_missing, or weigh fewer indicators",
        )
    if len(values) < len(table.codes):
        report.say(
            f"edition {edition.settings.id}: {composite.id!r} leaves out "
            f"{len(table.codes) - len(values)} of {len(table.codes)} areas, which lack more than "
            f"{composite.most_missing} of its indicators"
        )
    return replace(edition, values={**edition.values, composite.id: values})


def _column(
    values: Mapping[str, Value], part: Indicator, composite: Composite, where: str
) -> dict[str, float]:
    """Scores by code; for ranks, an indicator without scores has its published ranks."""
    scores = {code: v.score for code, v in values.items() if v.score is not None}
    if len(scores) == len(values):
        return scores
    ranks = {code: float(v.rank) for code, v in values.items() if v.rank is not None}
    if composite.method == "ranks" and len(ranks) == len(values):
        return ranks
    raise JoinError(
        f"{part.id!r} has ranks without scores, and {composite.id!r} needs its scores",
        where=where,
        fix='set method = "ranks" of the composite, or take the indicator out of its weights',
    )


def _runs_down(values: Mapping[str, Value], part: Indicator) -> bool:
    """Whether low figures are the good ones: of scores that run so, and of all ranks."""
    return part.better == "lower" or any(v.score is None for v in values.values())
