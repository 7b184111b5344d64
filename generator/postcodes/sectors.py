"""Postcodes packed by sector: which units exist, and the place of each.

A sector is a postcode without its last two letters ("NG12 4"), which tell its units apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.postcodes.assign import Assignment, Counts, Ints

LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""What units are written with. C, I, K, M, O and V are not used, but for a single old mistake."""
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORDER = sorted(
    (a + b for a in ALPHABET for b in ALPHABET),
    key=lambda unit: (not set(unit) <= set(LETTERS), unit),
)
"""All possible units, the regular ones first: so those that exist make long runs."""
UNITS = len(ORDER)


@dataclass(frozen=True, slots=True)
class Sectors:
    """All sectors, and the units of those that touch the atlas.

    Attributes
    ----------
    names
        Five bytes each, rising: ``b"NG124"``, ``b"M1  1"``; shape (n,).
    exists
        Which units there are, in `ORDER`; none for a sector that lies wholly elsewhere;
        shape (n, 676).
    place
        Index into `places` of every unit that exists, sector by sector, in `ORDER`; shape (m,).
    whole
        The place of most postcodes of each sector (index into `places`); shape (n,).
    places, areas, counts
        As in the assignment.
    per_area
        Postcodes of each area, in the order of `places`; shape (areas,).
    """

    names: npt.NDArray[np.bytes_]
    exists: npt.NDArray[np.bool_]
    place: Ints
    whole: Ints
    places: tuple[str, ...]
    areas: int
    counts: Counts
    per_area: npt.NDArray[np.int64]


def pack(assignment: Assignment) -> Sectors:
    """Sectors of an assignment."""
    codes = assignment.codes.view(np.uint8).reshape(-1, 7)
    pair = (codes[:, 5:].astype(np.int32) - ord("A")) @ [len(ALPHABET), 1]
    rank = np.empty(UNITS, dtype=np.int32)
    rank[[ALPHABET.index(u[0]) * len(ALPHABET) + ALPHABET.index(u[1]) for u in ORDER]] = range(
        UNITS
    )
    unit = rank[pair]
    prefix = np.ascontiguousarray(codes[:, :5]).view("S5").ravel()
    # The codes rise, so each sector is one stretch of them.
    starts = np.flatnonzero(np.r_[True, prefix[1:] != prefix[:-1]])
    sector = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(prefix)]))
    known = np.bincount(sector, weights=assignment.place < _within(assignment)) > 0
    kept = known[sector]
    exists = np.zeros((len(starts), UNITS), dtype=bool)
    exists[sector[kept], unit[kept]] = True
    # Within a sector from the alphabet's order into ours, which is the same but for odd ones.
    order = np.argsort(sector[kept] * UNITS + unit[kept], kind="stable")
    return Sectors(
        names=prefix[starts],
        exists=exists,
        place=assignment.place[kept][order],
        whole=_majority(sector, assignment.place, len(assignment.places)),
        places=assignment.places,
        areas=assignment.areas,
        counts=assignment.counts,
        per_area=np.bincount(assignment.place, minlength=assignment.areas)[: assignment.areas],
    )


def _within(assignment: Assignment) -> int:
    """Places below this are areas of the atlas, or districts that stand for several."""
    return next(at for at, name in enumerate(assignment.places) if name == "E")


def _majority(sector: npt.NDArray[np.intp], place: Ints, places: int) -> Ints:
    """The most frequent place of each sector; of equally frequent ones the first."""
    pair, count = np.unique(sector.astype(np.int64) * places + place, return_counts=True)
    of, which = np.divmod(pair, places)
    order = np.lexsort((which, -count, of))
    first = order[np.r_[True, of[order][1:] != of[order][:-1]]]
    most: Ints = which[first].astype(np.int32)
    return most
