"""Writes MVT layers (Mapbox Vector Tile specification, version 2.1).

A tile is a protobuf message, and nearly all of it is numbers of variable length: not
only coordinates, also the keys and lengths of the messages within.  So the features
of many tiles are laid out as one array of numbers, which is turned into bytes at once
and then cut into layers.  What stands in a layer beside its features, its name and
the texts of its attributes, is put together tile by tile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray

from generator.tiles.clip import TilePaths
from generator.tiles.coverage import EXTENT, Ints, doubled_areas
from generator.tiles.paths import Paths, offsets_of, ranges, taken

Bytes = NDArray[np.uint8]
Columns = Sequence[tuple[str, NDArray[np.object_]]]
"""Attributes by name, each (N,) texts, or None where an owner has none."""

POINT, LINE, POLYGON = 1, 2, 3
"""Kinds of geometry, as the specification numbers them."""
_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 7
# Protobuf: the number of a field, and whether a number (0) or a length (2) follows.
_FEATURE_TAGS, _FEATURE_KIND, _FEATURE_GEOMETRY = 0x12, 0x18, 0x22
_LAYER_NAME, _LAYER_FEATURE, _LAYER_KEY, _LAYER_VALUE = 0x0A, 0x12, 0x1A, 0x22
_LAYER_EXTENT, _LAYER_VERSION, _TILE_LAYER, _VALUE_TEXT = 0x28, 0x78, 0x1A, 0x0A
_BLOCK = 100_000
"""Points that are encoded at a time: enough to be quick, few enough to be small."""


@dataclass(frozen=True, slots=True)
class _Features:
    """Which paths make a feature: those of one owner in one tile; ``f`` features.

    `paths` and `points` are (f + 1,) offsets, `owner` is (f,), and `tile` (f,) says
    in which of the tiles it is.
    """

    paths: Ints
    points: Ints
    owner: Ints
    tile: Ints


@dataclass(frozen=True, slots=True)
class Texts:
    """The attributes of a layer's ``N`` owners, ready to be put into its tiles.

    Equal texts of all columns have one number; the more frequent, the smaller.

    Attributes
    ----------
    names
        Of the columns.
    number
        (N, columns) which text, or -1 where an owner has none.
    data, offsets
        The texts as fields of a layer, one after the other.
    """

    names: tuple[str, ...]
    number: Ints
    data: Bytes
    offsets: Ints


def texts_of(columns: Columns) -> Texts:
    """Number and encode the texts of columns."""
    times = Counter(chain.from_iterable(values.tolist() for _, values in columns))
    times.pop(None, None)
    texts = sorted(times, key=lambda text: (-times[text], text))
    number = {text: at for at, text in enumerate(texts)} | {None: -1}
    rows = [[number[text] for text in values.tolist()] for _, values in columns]
    fields = [field(_LAYER_VALUE, field(_VALUE_TEXT, text.encode())) for text in texts]
    return Texts(
        tuple(name for name, _ in columns),
        np.array(rows, dtype=np.int64).T,
        np.frombuffer(b"".join(fields), dtype=np.uint8),
        offsets_of(np.array([len(field) for field in fields], dtype=np.int64)),
    )


def encode(name: str, kind: int, clipped: TilePaths, texts: Texts) -> dict[tuple[int, int], bytes]:
    """Make one layer of the tiles of one zoom, by column and row.

    Parameters
    ----------
    kind
        `POINT`, `LINE` or `POLYGON`; a point is a path of one point, and the rings
        of a polygon turn as `clip` gives them.
    texts
        The attributes of the owners.
    """
    if not len(clipped.tile):
        return {}
    starts = np.flatnonzero(np.any(np.diff(clipped.tile, axis=0, prepend=-1) != 0, axis=1))
    points = clipped.paths.offsets[starts]
    cuts = starts[np.diff(points // _BLOCK, prepend=-1) > 0]
    made: dict[tuple[int, int], bytes] = {}
    for first, last in zip(cuts, np.append(cuts[1:], len(clipped.tile)), strict=True):
        which = np.arange(first, last)
        block = TilePaths(taken(clipped.paths, which), clipped.tile[which])
        if kind == POLYGON:
            block = _outer_rings_first(block)
        made |= _encode_block(name, kind, block, texts)
    return made


def _encode_block(
    name: str, kind: int, clipped: TilePaths, texts: Texts
) -> dict[tuple[int, int], bytes]:
    features, tiles = _features(clipped)
    values, ends_of_values, tags, tag_counts = _tags(features, texts)
    geometry, geometry_counts = _geometry(kind, clipped, features)
    data, ends = _messages(kind, tags, tag_counts, geometry, geometry_counts)
    last = np.flatnonzero(np.diff(features.tile, append=-1))
    bounds = np.append(0, ends[last]).tolist()
    head = field(_LAYER_NAME, name.encode())
    tail = b"".join(field(_LAYER_KEY, key.encode()) for key in texts.names)
    version = bytes([_LAYER_VERSION, 2])
    extent = bytes([_LAYER_EXTENT]) + varints(np.array([EXTENT]))[0].tobytes()
    made = {}
    for at, (column, row) in enumerate(tiles.tolist()):
        body = data[bounds[at] : bounds[at + 1]]
        own = values[ends_of_values[at] : ends_of_values[at + 1]]
        layer = b"".join([version, head, body, tail, own, extent])
        made[column, row] = field(_TILE_LAYER, layer)
    return made


def _features(clipped: TilePaths) -> tuple[_Features, Ints]:
    """What the features are, and (tiles, 2) the column and row of each tile."""
    owner = clipped.paths.owner
    other_tile = np.any(np.diff(clipped.tile, axis=0, prepend=-1) != 0, axis=1)
    starts = np.flatnonzero(other_tile | (np.diff(owner, prepend=-1) != 0))
    paths = np.append(starts, len(owner))
    tile = np.cumsum(other_tile)[starts] - 1
    features = _Features(paths, clipped.paths.offsets[paths], owner[starts], tile)
    return features, clipped.tile[other_tile]


def _tags(features: _Features, texts: Texts) -> tuple[bytes, list[int], Ints, Ints]:
    """The texts that each tile has, and the tags of all features.

    Returned are the texts as fields, (tiles + 1) offsets of their bytes to tiles, and
    of the tags the numbers and how many each feature has.  A tag is a pair: which key,
    and which of the tile's texts.
    """
    number = texts.number[features.owner]
    feature, key = np.nonzero(number >= 0)
    width = len(texts.offsets)
    wanted = features.tile[feature] * width + number[feature, key]
    found, at = np.unique(wanted, return_inverse=True)
    tile, text = np.divmod(found, width)
    begin = np.searchsorted(tile, np.arange(features.tile[-1] + 2))
    place = at - begin[features.tile[feature]]
    size = np.diff(texts.offsets)[text]
    values = texts.data[ranges(texts.offsets[text], size)].tobytes()
    ends = offsets_of(size)[begin].tolist()
    counts = 2 * np.bincount(feature, minlength=len(number))
    return values, ends, np.column_stack([key, place]).ravel(), counts


def _geometry(kind: int, clipped: TilePaths, features: _Features) -> tuple[Ints, Ints]:
    """The commands of all features: numbers, and how many each feature has."""
    paths = clipped.paths
    size = np.diff(paths.offsets)
    in_tile = paths.xy - np.repeat(clipped.tile, size, axis=0) * EXTENT
    # From the point before in the feature; its first is seen from the tile's corner.
    step = np.diff(in_tile, axis=0, prepend=0)
    step[features.points[:-1]] = in_tile[features.points[:-1]]
    zigzag = (step << 1) ^ (step >> 63)
    # Move to the first, line to the others; a ring is closed at last.
    extra = {POINT: 1, LINE: 2, POLYGON: 3}[kind]
    begin = offsets_of(2 * size + extra)
    numbers = np.empty(begin[-1], dtype=np.int64)
    first = paths.offsets[:-1]
    numbers[begin[:-1]] = _MOVE_TO | 1 << 3
    places = np.repeat(begin[:-1] + 1 - 2 * first, size) + 2 * np.arange(len(step))
    if kind != POINT:
        numbers[begin[:-1] + 3] = _LINE_TO | (size - 1) << 3
        places[np.setdiff1d(np.arange(len(step)), first, assume_unique=True)] += 1
    numbers[places], numbers[places + 1] = zigzag.T
    if kind == POLYGON:
        numbers[begin[1:] - 1] = _CLOSE | 1 << 3
    return numbers, np.diff(begin[features.paths])


def _messages(
    kind: int, tags: Ints, tag_counts: Ints, geometry: Ints, geometry_counts: Ints
) -> tuple[bytes, Ints]:
    """The bytes of features one after the other, and where each ends."""
    tag_bytes = _sums(varint_sizes(tags), tag_counts)
    geometry_bytes = _sums(varint_sizes(geometry), geometry_counts)
    inner = tag_bytes + varint_sizes(tag_bytes) + geometry_bytes + varint_sizes(geometry_bytes) + 4
    heads = np.full((len(inner), 4), _LAYER_FEATURE)
    heads[:, 1], heads[:, 2], heads[:, 3] = inner, _FEATURE_TAGS, tag_bytes
    middles = np.full((len(inner), 4), _FEATURE_KIND)
    middles[:, 1], middles[:, 2], middles[:, 3] = kind, _FEATURE_GEOMETRY, geometry_bytes
    four = np.full(len(inner), 4)
    counts = np.column_stack([four, tag_counts, four, geometry_counts]).ravel()
    begin = offsets_of(counts)
    numbers = np.empty(begin[-1], dtype=np.int64)
    for part, values in enumerate((heads.ravel(), tags, middles.ravel(), geometry)):
        numbers[ranges(begin[part:-1:4], counts[part::4])] = values
    data, offsets = varints(numbers)
    return data.tobytes(), offsets[begin[4::4]]


def _sums(values: Ints, counts: Ints) -> Ints:
    """Sum of the first ``counts[0]`` values, of the ``counts[1]`` next, and so on."""
    total = offsets_of(values)
    return np.asarray(np.diff(total[offsets_of(counts)]))


def varint_sizes(numbers: Ints) -> Ints:
    """How many bytes each number takes; none is negative, nor 2**35 or more."""
    size = np.ones(len(numbers), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        size += numbers >= 1 << bits
    return size


def varints(numbers: Ints) -> tuple[Bytes, Ints]:
    """Numbers as protobuf's varints, and (n + 1,) offsets of bytes to numbers."""
    size = varint_sizes(numbers)
    offsets = offsets_of(size)
    data = np.empty(offsets[-1], dtype=np.uint8)
    data[offsets[:-1]] = (numbers & 127) | (size > 1) << 7
    rest = np.flatnonzero(size > 1)
    for at in range(1, int(size.max(initial=1))):
        rest = rest[size[rest] > at]
        data[offsets[rest] + at] = (numbers[rest] >> 7 * at & 127) | (size[rest] > at + 1) << 7
    return data, offsets


def field(key: int, data: bytes) -> bytes:
    """A field with a length."""
    length, some = len(data), bytearray([key])
    while length > 127:
        some.append(length & 127 | 128)
        length >>= 7
    some.append(length)
    return bytes(some) + data


def _outer_rings_first(clipped: TilePaths) -> TilePaths:
    """Order the rings of each feature: an outer ring, its holes, the next outer ring."""
    rings = clipped.paths
    features, _ = _features(clipped)
    feature = np.repeat(np.arange(len(features.owner)), np.diff(features.paths))
    area = doubled_areas(rings.xy, rings.offsets)
    outer = area > 0
    if outer.all():
        return clipped
    # By default the holes are those of the feature's largest ring.
    order = np.lexsort((-area, feature))
    home = order[features.paths[:-1]][feature]
    home[outer] = np.flatnonzero(outer)
    count = np.bincount(feature[outer], minlength=len(features.owner))
    unclear = np.flatnonzero(~outer & (count[feature] > 1))
    if len(unclear):
        home[unclear] = _homes(rings, unclear, feature, area, home[unclear])
    order = np.lexsort((~outer, home, feature))
    return TilePaths(taken(rings, order), clipped.tile[order])


def _homes(rings: Paths, holes: Ints, feature: Ints, area: Ints, default: Ints) -> Ints:
    """The smallest outer ring of the same feature around each hole."""
    around = np.flatnonzero((area > 0) & np.isin(feature, feature[holes]))
    around = around[np.argsort(area[around], kind="stable")]
    inside = shapely.point_on_surface(_polygons(rings, holes))
    hole, ring = shapely.STRtree(_polygons(rings, around)).query(inside, "intersects")
    # An island in the hole may be around that point, too.
    around_it = area[around[ring]] > -area[holes[hole]]
    fits = around_it & (feature[holes[hole]] == feature[around[ring]])
    smallest = np.full(len(holes), len(around))
    np.minimum.at(smallest, hole[fits], ring[fits])
    return np.where(smallest < len(around), np.append(around, -1)[smallest], default)


def _polygons(rings: Paths, which: Ints) -> NDArray[np.object_]:
    some = taken(rings, which)
    ring = np.repeat(np.arange(len(which)), np.diff(some.offsets))
    return np.asarray(
        shapely.polygons(shapely.linearrings(some.xy.astype(np.float64), indices=ring))
    )
