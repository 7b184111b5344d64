"""``[[composite]]`` of the settings: indicators that the atlas makes of others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, field_validator, model_validator

from generator.settings_geography import Frozen, Slug


class Composite(Frozen):
    """``[[composite]]``: an indicator made of others, each with its weight.

    It is the weighted mean of their z-scores or of their ranks, within each edition that has
    all of them; which of their values are better is respected.
    """

    id: Slug
    name: str
    weights: dict[Slug, float] = Field(min_length=1)
    """The weight of each indicator, by its id; only their proportions count."""
    method: Literal["z-scores", "ranks"] = "z-scores"
    """What is averaged: values minus their mean, by their standard deviation; or ranks."""
    most_missing: int = Field(default=0, ge=0)
    """An area that lacks more of the indicators than this has no value."""
    missing: Literal["renormalise", "average"] = "renormalise"
    """One that lacks some: the other weights make up the whole, or the mean stands in."""
    main: bool = False
    """It colours the maps and ranks the areas, in the place of the first indicator."""
    decimals: int = Field(default=2, ge=0, le=6)
    stage: str = ""
    about: str = ""

    @field_validator("weights")
    @classmethod
    def _positive(cls, weights: dict[str, float]) -> dict[str, float]:
        for name, weight in weights.items():
            if not (weight > 0 and math.isfinite(weight)):
                raise ValueError(
                    f"the weight of {name!r} is {weight:g}, but must be above 0: which values "
                    "are better is said by the indicator"
                )
        return weights

    @model_validator(mode="after")
    def _some_known(self) -> Composite:
        if self.most_missing >= len(self.weights):
            raise ValueError(
                f"most_missing is {self.most_missing}, but there are {len(self.weights)} "
                "indicators: at least one must be known"
            )
        return self


def composite_problems(composites: Sequence[Composite], better: Mapping[str, str]) -> list[str]:
    """What is wrong with composites beside the indicators that there are.

    Parameters
    ----------
    better
        Which values are good, by indicator; empty while the tables decide what there is.
    """
    problems = []
    if sum(composite.main for composite in composites) > 1:
        problems.append("only one [[composite]] can have main = true")
    for composite in composites:
        for name in composite.weights if better else ():
            if name not in better:
                problems.append(
                    f"composite {composite.id!r} weighs {name!r}, which is no indicator "
                    f"(there are: {', '.join(better)})"
                )
            elif better[name] == "neutral":
                problems.append(
                    f"composite {composite.id!r} weighs {name!r}, of which neither high nor low "
                    'values are better: state better = "higher" or "lower" of that indicator'
                )
    return problems
