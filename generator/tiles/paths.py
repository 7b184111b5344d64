"""Rings and lines as flat arrays, and what is done with many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.tiles.coverage import Bools, Ints, doubled_areas, next_position


@dataclass(frozen=True, slots=True)
class Paths:
    """Rings or lines on a tile grid, each of which belongs to something.

    Attributes
    ----------
    xy
        (m, 2) whole tile units, y to the south; no ring is closed by a repeated point.
        Of 32 bits where there are many of them; reckoned with are 64.
    offsets
        (p + 1,) offsets of points to paths.
    owner
        (p,) what each path is of.
    """

    xy: Ints
    offsets: Ints
    owner: Ints


def offsets_of(counts: Ints | Bools) -> Ints:
    """(n + 1,) offsets, from how many there are of each."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def ranges(first: Ints, count: Ints) -> Ints:
    """``first[0], first[0] + 1, …``, `count` numbers for each."""
    total = np.cumsum(count)
    # Half as long as usual, which is quicker to make and to look up.
    made = np.repeat((first - total + count).astype(np.int32), count)
    made += np.arange(len(made), dtype=np.int32)
    return made


def taken(paths: Paths, which: Ints) -> Paths:
    """Some of the paths, in the order of `which`."""
    count = np.diff(paths.offsets)[which]
    points = ranges(paths.offsets[which], count)
    return Paths(paths.xy[points], offsets_of(count), paths.owner[which])


def combined(some: Sequence[Paths]) -> Paths:
    """All paths in one, in order."""
    if not some:
        return Paths(np.zeros((0, 2), np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64))
    return Paths(
        np.concatenate([one.xy for one in some]),
        offsets_of(np.concatenate([np.diff(one.offsets) for one in some])),
        np.concatenate([one.owner for one in some]),
    )


def turned(rings: Paths, outer: Bools) -> Paths:
    """Reverse rings where needed: outer ones get a positive area, holes a negative one."""
    wrong = (doubled_areas(rings.xy, rings.offsets) > 0) != outer
    ends = rings.offsets[:-1] + rings.offsets[1:] - 1
    points = ranges(rings.offsets[:-1][wrong], np.diff(rings.offsets)[wrong])
    xy = rings.xy.copy()
    xy[points] = rings.xy[np.repeat(ends[wrong], np.diff(rings.offsets)[wrong]) - points]
    return Paths(xy, rings.offsets, rings.owner)


def without_repeats(paths: Paths, *, closed: bool) -> Paths:
    """Leave out points that equal the one before them; a path can be left with none."""
    if closed:
        keep = np.any(paths.xy != paths.xy[next_position(paths.offsets)], axis=1)
    else:
        keep = np.any(np.diff(paths.xy, axis=0, prepend=-1) != 0, axis=1)
        keep[paths.offsets[:-1][np.diff(paths.offsets) > 0]] = True
    offsets = offsets_of(keep)[paths.offsets]
    return Paths(paths.xy[keep], offsets, paths.owner)


def split_at_repeats(rings: Paths, which: Ints) -> tuple[Paths, Ints]:
    """Take some rings apart where they come to a point again.

    Returned with the result: (p,) which of the given rings each is from.
    """
    sources = np.arange(len(rings.owner))
    if not len(which):
        return rings, sources
    pieces = [
        (piece, ring)
        for ring in which.tolist()
        for piece in _loops(rings.xy[rings.offsets[ring] : rings.offsets[ring + 1]].tolist())
    ]
    count = np.array([len(piece) for piece, _ in pieces])
    xy = np.array([point for piece, _ in pieces for point in piece]).reshape(-1, 2)
    source = np.array([ring for _, ring in pieces])
    rest = np.setdiff1d(sources, which)
    split = Paths(xy, offsets_of(count), rings.owner[source])
    return combined([taken(rings, rest), split]), np.concatenate([rest, source])


def _loops(ring: list[list[int]]) -> list[list[tuple[int, int]]]:
    """The simple loops of a ring that meets itself in points."""
    loops, way, seen = [], list[tuple[int, int]](), dict[tuple[int, int], int]()
    for x, y in ring:
        point = (x, y)
        if point in seen:
            at = seen[point]
            loops.append(way[at:])
            for gone in way[at:]:
                del seen[gone]
            del way[at:]
        seen[point] = len(way)
        way.append(point)
    return [*loops, way]


def chained(after: Ints) -> tuple[Ints, Ints]:
    """Put links in the order in which they follow one another.

    Parameters
    ----------
    after
        (n,) the link after each, or -1 where a chain ends; none is after two.

    Returns
    -------
    tuple
        (n,) links, chain by chain from its first one, and (n,) the first link of each
        link's chain; a chain without an end begins at its lowest link.
    """
    links = np.arange(len(after))
    rounds = range(len(after).bit_length())
    lowest, jump = links, np.where(after < 0, links, after)
    for _ in rounds:
        lowest, jump = np.minimum(lowest, lowest[jump]), jump[jump]
    before = np.full(len(after), -1)
    before[after[after >= 0]] = links[after >= 0]
    before[(after[jump] >= 0) & (lowest == links)] = -1
    first, steps = np.where(before < 0, links, before), (before >= 0).astype(np.int64)
    for _ in rounds:
        steps, first = steps + steps[first], first[first]
    return np.lexsort((steps, first)), first
