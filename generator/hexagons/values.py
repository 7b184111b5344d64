"""What a hexagon layout should keep, and what each part of that is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.hexagons.guess import Guess
from generator.hexagons.lattice import Floats, Ints

# The unit is one certain pair of neighbours that touch.  All else is a means to that end,
# or to a map that is recognised; `strict` multiplies it.
FALSE_TOUCH = 0.025  # loss where two touch that are no neighbours
SAME_COUNTY = 0.06  # gain where two of one county touch
SAME_REGION = 0.12  # the same for a region
INLAND_SEA = 0.1  # loss for each side that is sea and should not be
SEA_SIDE = 0.075  # gain for each side that is sea and should be
COAST_SIZE = (0.5, 5.0)  # bounds of an area's radius over the median, as a factor on that gain
SPRING = 0.012  # loss for each cell width by which a pair is out of distance or direction
HOME = 0.007  # loss for each squared cell width from the spread place
TIED = 0.5  # pairs less likely than this have no spring,
LEAST_TIES = 3  # but every area keeps its likeliest ones: fewer would not tell its place
LARGE = 2.0  # springs are stronger with the size of the larger area, up to this factor
TIES = 3.0  # areas whose chances of neighbours add up to less get stronger springs
GRAIN = 2.0**-14  # everything counted is a multiple of this, so that sums are exact


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the layout should keep.

    Attributes
    ----------
    home
        Places of the areas after spreading, in cell widths, shape (n, 2).
    hold
        Loss for each squared cell width from there.
    touch
        Gain where two areas touch, shape (n, n), symmetric.
    sea
        Gain by an empty cell at each of the six sides, from the east counter-clockwise, (n, 6).
    pairs, wanted, strength
        Springs: two areas (m, 2), wanted offset from first to second in cell widths (m, 2),
        and loss for each cell width out of it (m,).
    """

    home: Floats
    hold: float
    touch: Floats
    sea: Floats
    pairs: Ints
    wanted: Floats
    strength: Floats


def springs(xy: Floats, guess: Guess) -> tuple[Ints, Floats, Floats]:
    """What every likely pair wants: to be one cell apart in its true direction.

    An area on a peninsula may have no likely neighbour at all; without a spring it would
    drift across the country.

    Returns
    -------
    Pairs (m, 2), wanted offset from first to second (m, 2), strength (m,).
    """
    tied = (guess.chance > TIED) | _among_the_likeliest(guess)
    pairs, strength = guess.pairs[tied], guess.chance[tied]
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    wanted = step / np.hypot(*step.T)[:, None]
    # An area with few ties holds on to them all the more.
    total = np.bincount(pairs.ravel(), np.repeat(strength, 2), len(xy))
    strength = strength * np.maximum(TIES / total[pairs].min(axis=1), 1)
    # A large area out of its place is seen at once.
    size = np.clip(guess.radius / np.median(guess.radius), 1, LARGE)
    return pairs, wanted, strength * size[pairs].max(axis=1)


def _among_the_likeliest(guess: Guess) -> npt.NDArray[np.bool_]:
    """(m,) which pairs are among the `LEAST_TIES` likeliest of either of their areas."""
    end, pair = guess.pairs.T.ravel(), np.tile(np.arange(len(guess.pairs)), 2)
    order = np.lexsort((pair, -guess.chance[pair], end))
    first = np.searchsorted(end[order], end[order])
    among = np.zeros(len(guess.pairs), dtype=bool)
    among[pair[order[np.arange(len(end)) - first < LEAST_TIES]]] = True
    return among


def wishes(
    guess: Guess,
    home: Floats,
    tied: tuple[Ints, Floats, Floats],
    regions: Ints,
    counties: Ints,
    *,
    strict: float = 1.0,
) -> Wishes:
    """Weigh everything; `strict` multiplies all but the gain by likely neighbours."""
    n = len(home)
    false, county, region = (round(strict * w, 6) for w in (FALSE_TOUCH, SAME_COUNTY, SAME_REGION))
    touch = np.full((n, n), -false)
    a, b = guess.pairs.T
    touch[a, b] = touch[b, a] = guess.chance - (1 - guess.chance) * false
    for group, gain in ((counties, county), (regions, region)):
        touch += gain * ((group[:, None] == group) & (group >= 0))
    np.fill_diagonal(touch, 0)
    # Long coasts make the outline: what an area gains grows with its size.
    size = np.clip(guess.radius / np.median(guess.radius), *COAST_SIZE)[:, None]
    sea = strict * (SEA_SIDE * size * guess.sea - INLAND_SEA * (1 - guess.sea))
    pairs, wanted, strength = tied
    return Wishes(
        home=home,
        hold=strict * HOME,
        touch=np.rint(touch / GRAIN) * GRAIN,
        sea=np.rint(sea / GRAIN) * GRAIN,
        pairs=pairs,
        wanted=wanted,
        strength=strict * SPRING * strength,
    )
