"""Cuts rings and lines on the tile grid into what each tile holds of them.

A tile holds what lies in its square and in a buffer around it.  Paths are cut twice:
into the columns of tiles, and each column into its rows.  Both times only the edges
that meet a cutting line are looked at, all at once; so a path costs what its edges
cost, however many tiles it spans.

Where a ring is cut, its pieces are joined along the cutting line, each with the one
that bounds the same stretch of the area (after Weiler and Atherton, 1977, "Hidden
surface removal using polygon area sorting"): an area that a line cuts in two becomes
two rings, not one with a bridge.  A vertex on the line counts as outside, so that
every edge either crosses the line or doesn't.

The place of a cut depends on the two ends of the edge alone, not on its direction: two
areas that share the edge get the same point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.tiles.coverage import EXTENT, Bools, Floats, Ints, doubled_areas, next_position
from generator.tiles.paths import (
    Paths,
    chained,
    combined,
    ranges,
    split_at_repeats,
    taken,
    without_repeats,
)

BUFFER = 80
"""Tile units around a tile in which geometry is kept, so that lines end out of sight."""
_BLOCK = 100_000
"""Points that are cut at a time: enough to be quick, few enough to be small."""


@dataclass(frozen=True, slots=True)
class TilePaths:
    """What is in the tiles, sorted by tile and owner; ``p`` paths.

    `paths` are in units of the world, `tile` (p, 2) is the column and the row of
    the tile that each is in.
    """

    paths: Paths
    tile: Ints


@dataclass(frozen=True, slots=True)
class _Records:
    """The ``n`` points of paths cut into strips, by path, by strip, and along the path.

    `enters` and `leaves` say whether the path crosses into the strip at the point,
    or out of it; `line` which of the strip's two lines it crosses, 0 or 1; `place`
    where on the line, not rounded, and `drift` how that moves as the line moves in.
    """

    xy: Ints
    path: Ints
    strip: Ints
    enters: Bools
    leaves: Bools
    line: Ints
    place: Floats
    drift: Floats


def clip(paths: Paths, zoom: int, *, closed: bool) -> TilePaths:
    """Cut rings (`closed`) or lines into tiles; those of one owner follow one another.

    The outer rings of an owner have a positive area in tile units (`doubled_areas`),
    holes a negative one.  So have the results; what has no area in a tile, or as a
    line no length, is left out.
    """
    cut = [_clip_block(block, closed=closed) for block in _blocks(paths)]
    whole = combined([one.paths for one in cut])
    tile = np.concatenate([one.tile for one in cut]) if cut else np.zeros((0, 2), np.int64)
    order = np.lexsort((whole.owner, tile[:, 1], tile[:, 0]))
    # The buffer of the outermost tiles reaches beyond the world.
    order = order[np.all((tile[order] >= 0) & (tile[order] < 2**zoom), axis=1)]
    return TilePaths(taken(whole, order), tile[order])


def clip_points(xy: Ints, owner: Ints, zoom: int) -> TilePaths:
    """Each point in every tile that has it in its square or its buffer."""
    places = [(column(xy[:, 0]), row(xy[:, 1])) for column in _STRIPS for row in _STRIPS]
    tile = np.concatenate([np.column_stack(place) for place in places])
    rows = np.unique(np.column_stack([tile, np.tile(np.arange(len(xy)), len(places))]), axis=0)
    rows = rows[np.all((rows[:, :2] >= 0) & (rows[:, :2] < 2**zoom), axis=1)]
    at = rows[:, 2]
    return TilePaths(Paths(xy[at], np.arange(len(at) + 1), owner[at]), rows[:, :2])


def _blocks(paths: Paths) -> list[Paths]:
    """Runs of whole owners, each of about `_BLOCK` points."""
    firsts = np.flatnonzero(np.diff(paths.owner, prepend=-1))
    starts = firsts[np.diff(paths.offsets[firsts] // _BLOCK, prepend=-1) > 0]
    ends = np.append(starts[1:], len(paths.owner))[: len(starts)]
    return [
        Paths(
            paths.xy[paths.offsets[a] : paths.offsets[b]].astype(np.int64),
            paths.offsets[a : b + 1] - paths.offsets[a],
            paths.owner[a:b],
        )
        for a, b in zip(starts, ends, strict=True)
    ]


def _clip_block(paths: Paths, *, closed: bool) -> TilePaths:
    columned, column = _strips(paths, 0, closed=closed)
    # What one owner has in one column is cut into rows by itself.
    base = column.min(initial=0)
    width = column.max(initial=0) - base + 1
    apart = Paths(columned.xy, columned.offsets, columned.owner * width + column - base)
    tiled, row = _strips(apart, 1, closed=closed)
    owner, column = np.divmod(tiled.owner, width)
    tile = np.column_stack([column + base, row])
    return TilePaths(Paths(tiled.xy.astype(np.int32), tiled.offsets, owner), tile)


def _strips(paths: Paths, axis: int, *, closed: bool) -> tuple[Paths, Ints]:
    """Cut paths into the columns (`axis` 0) or rows (1) of tiles, and say which."""
    if not len(paths.owner):
        return paths, np.zeros(0, dtype=np.int64)
    at = paths.xy[:, axis]
    first = _first_strip(np.minimum.reduceat(at, paths.offsets[:-1]))
    last = _last_strip(np.maximum.reduceat(at, paths.offsets[:-1]))
    whole = first == last
    uncut = taken(paths, np.flatnonzero(whole))
    if whole.all():
        return uncut, first
    crossing = taken(paths, np.flatnonzero(~whole))
    cut, strip = _cut(crossing, axis, closed=closed)
    return combined([uncut, cut]), np.concatenate([first[whole], strip])


def _first_strip(at: Ints) -> Ints:
    """The lowest strip that has a place in it, or in its buffer."""
    return (at - BUFFER) // EXTENT


def _last_strip(at: Ints) -> Ints:
    """The highest one."""
    return (at + BUFFER - 1) // EXTENT


_STRIPS = (_first_strip, _last_strip)


def _cut(paths: Paths, axis: int, *, closed: bool) -> tuple[Paths, Ints]:
    records = _records(paths, axis, closed=closed)
    # A chain of points begins where the path or the strip does, or where it enters.
    begins = np.any(np.diff([records.path, records.strip], axis=1, prepend=-(2**40)), axis=0)
    first = np.flatnonzero(begins | records.enters)
    count = np.diff(np.append(first, len(begins)))
    order, leader = np.arange(len(first)), np.arange(len(first))
    if closed:
        group = np.append(np.flatnonzero(begins[first]), len(first))
        order, leader = chained(_following(records, first, group, paths.owner))
    leads = np.flatnonzero(np.diff(leader[order], prepend=-1))
    lead = first[leader[order][leads]]
    offsets = np.append(0, np.cumsum(count[order]))[np.append(leads, len(order))]
    points = ranges(first[order], count[order])
    made = Paths(records.xy[points], offsets, paths.owner[records.path[lead]])
    made, strip = without_repeats(made, closed=closed), records.strip[lead]
    if not closed:
        good = np.flatnonzero(np.diff(made.offsets) > 1)
        return taken(made, good), strip[good]
    was_cut = np.logical_or.reduceat(records.enters[points], offsets[:-1])
    joins = np.diff(records.path[points], prepend=-1) != 0
    joins[offsets[:-1]] = False
    several = np.logical_or.reduceat(joins, offsets[:-1])
    made, ring = split_at_repeats(made, _pinched(made, strip, axis, several))
    area = doubled_areas(made.xy, made.offsets)
    # What was cut bounds its area from outside; rounding can turn a sliver over.
    pieces = np.bincount(ring, minlength=len(strip)) > 1
    good = np.flatnonzero((area > 0) | ((area < 0) & (~was_cut | pieces)[ring]))
    return taken(made, good), strip[ring[good]]


def _pinched(rings: Paths, strip: Ints, axis: int, several: Bools) -> Ints:
    """The rings that come to the same point more than once.

    They do so on a cutting line; or elsewhere if they are made of `several`, such as an
    outer ring and a hole that touches it.
    """
    ring = np.repeat(np.arange(len(strip)), np.diff(rings.offsets))
    within = rings.xy[:, axis] - strip[ring] * EXTENT
    at = np.flatnonzero((within == -BUFFER) | (within == EXTENT + BUFFER) | several[ring])
    spots = np.stack([ring[at], within[at], rings.xy[at, 1 - axis]])
    spots = spots[:, np.lexsort(spots[::-1])]
    return np.unique(spots[0, 1:][np.all(np.diff(spots, axis=1) == 0, axis=0)])


def _following(records: _Records, first: Ints, group: Ints, owner: Ints) -> Ints:
    """The chain that comes after each in a ring of the strip.

    `first` are the first records of the chains, `group` offsets of chains to the
    chains of one path in one strip.
    """
    after = next_position(group)
    enters = np.flatnonzero(records.enters[first])
    leaves = np.flatnonzero(records.leaves[np.append(first[1:], len(records.path)) - 1])
    chain = np.concatenate([enters, leaves])
    at = np.concatenate([first[enters], np.append(first[1:], len(records.path))[leaves] - 1])
    whose, strip, line = owner[records.path[at]], records.strip[at], records.line[at]
    order = np.lexsort((records.drift[at], records.place[at], line, strip, whose))
    # From one side to the other of a line's stretches within the area.
    one, two = order[::2], order[1::2]
    out_in = (one >= len(enters)) != (two >= len(enters))
    keys = np.stack([whose[one], strip[one], line[one]])
    stretch = np.cumsum(np.any(np.diff(keys, axis=1, prepend=-(2**40)), axis=0)) - 1
    # Where rounding hides which cut is first, pieces are joined as they follow.
    clear = np.bincount(stretch, ~out_in) == 0
    one, two = one[clear[stretch]], two[clear[stretch]]
    after[chain[np.maximum(one, two)]] = chain[np.minimum(one, two)]
    return after


def _records(paths: Paths, axis: int, *, closed: bool) -> _Records:
    """All points of paths cut into strips: their vertices in each, and the cuts."""
    at = paths.xy[:, axis]
    low, high = _first_strip(at), _last_strip(at)
    # A vertex is in one strip, or where two overlap in both.
    both = np.flatnonzero(high > low)
    vertex = np.concatenate([np.arange(len(at)), both])
    edge, strip, line, enters = _cuts(paths, low, high, closed=closed)
    units = strip * EXTENT - BUFFER + line * (EXTENT + 2 * BUFFER)
    xy, place, drift = _places(
        paths.xy[edge], paths.xy[next_position(paths.offsets)[edge]], units, axis
    )
    strips = np.concatenate([low, high[both], strip])
    position = np.concatenate([vertex, edge])
    path = np.repeat(np.arange(len(paths.owner)), np.diff(paths.offsets))[position]
    # Along an edge: its first vertex, the way in, the way out.
    step = np.concatenate([np.zeros(len(vertex), np.int64), np.where(enters, 1, 2)])
    base = strips.min()
    key = path * (strips.max() - base + 1) + strips - base
    order = np.argsort(key * (3 * len(at)) + 3 * position + step)
    none = np.zeros(len(vertex))
    return _Records(
        xy=np.concatenate([paths.xy[vertex], xy])[order],
        path=path[order],
        strip=strips[order],
        enters=(step == 1)[order],
        leaves=(step == 2)[order],
        line=np.concatenate([none.astype(np.int64), line])[order],
        place=np.concatenate([none, place])[order],
        drift=np.concatenate([none, drift * (1 - 2 * line)])[order],
    )


def _cuts(paths: Paths, low: Ints, high: Ints, *, closed: bool) -> tuple[Ints, Ints, Ints, Bools]:
    """Each crossing of an edge with a line: edge, strip, which line, whether inwards."""
    start, end = np.arange(len(low)), next_position(paths.offsets)
    if not closed:
        start = np.delete(start, paths.offsets[1:] - 1)
        end = end[start]
    found = []
    # The near line of a strip is passed where `high` changes, the far line where `low` does.
    for line, strips in ((0, high), (1, low)):
        there, then = strips[start], strips[end]
        count = np.abs(then - there)
        some = np.flatnonzero(count)
        strip = ranges(np.minimum(there, then)[some] + 1 - line, count[some])
        edge = np.repeat(start[some], count[some])
        inwards = np.repeat((then > there)[some], count[some]) != bool(line)
        found.append((edge, strip, np.full(len(edge), line), inwards))
    edge, strip, which, enters = (np.concatenate(both) for both in zip(*found, strict=True))
    return edge, strip, which, enters


def _places(start: Ints, end: Ints, units: Ints, axis: int) -> tuple[Ints, Floats, Floats]:
    """Where edges cross lines: the nearest grid point, the place on the line, its slope."""
    swap = (start[:, axis] > end[:, axis])[:, None]
    a, b = np.where(swap, end, start), np.where(swap, start, end)
    run, rise = (b - a)[:, axis], (b - a)[:, 1 - axis]
    place = a[:, 1 - axis] + (units - a[:, axis]) / run * rise
    xy = np.empty_like(a)
    xy[:, axis], xy[:, 1 - axis] = units, np.rint(place)
    return xy, place, rise / run
