"""Scales of charts: where a value lies along the width, round ticks, limits between classes.

Positions along a scale are in thousandths of the chart's width, so that one chart
serves every width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from generator.data.compare import Measure

MARGIN = 20
"""Thousandths of the width that stay free at either end."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to thousandths of the width; the best end is on the right."""

    low: float
    high: float
    reverse: bool

    def at(self, value: float) -> float:
        """Position of a value, from `MARGIN` to 1000 − `MARGIN`."""
        part = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return MARGIN + (1000 - 2 * MARGIN) * (1 - part if self.reverse else part)


def scale_of(measure: Measure) -> Scale:
    """The scale of a measure: over all its scores, or over all ranks given out."""
    if measure.has_scores:
        return Scale(*measure.extent, measure.indicator.better == "lower")
    return Scale(1.0, float(measure.of), True)


def round_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten within ``[low, high]``, `about` so many.

    >>> round_ticks(-89.4, 117.8)
    [-50.0, 0.0, 50.0, 100.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step)))
    return [round(n * step, digits) + 0.0 for n in range(first, last + 1)]


def rank_ticks(of: int) -> list[float]:
    """The first rank, the last one, and round ones between that don't crowd them."""
    inner = [t for t in round_ticks(1, of, 4) if 1 + of * 0.08 < t < of - of * 0.08]
    return [1.0, *inner, float(of)] if of > 1 else [1.0]


def breaks_of(measure: Measure) -> list[float]:
    """The limits between classes, from the worst to the best."""
    classes = measure.classification.classes
    if len(classes) < 2:
        return []
    rising = classes[0].upper <= classes[-1].upper
    return [c.upper if rising else c.lower for c in classes[:-1]]
