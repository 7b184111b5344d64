"""Whether vector tiles decode, and whether an archive holds those of the tree."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pmtiles.reader import all_tiles

from generator.build.manifest import Manifest
from generator.verify.faults import Fault

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOVE_TO, _LINE_TO, _CLOSE = 1, 2, 7
_KINDS = {1: "point", 2: "line", 3: "polygon"}
Fields = dict[int, list[Any]]


def tile_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """What is wrong with the tiles of a site, their archives and descriptions."""
    for path in sorted(manifest.files):
        if path.startswith("tiles/") and path.endswith(".pmtiles"):
            yield from _set_faults(folder, path.removesuffix(".pmtiles"), manifest)


def _set_faults(folder: Path, name: str, manifest: Manifest) -> Iterator[Fault]:
    """One tile set: tree, archive and TileJSON say the same."""
    tree: dict[tuple[int, int, int], bytes] = {}
    layers: set[str] = set()
    for path in manifest.files:
        if path.startswith(f"{name}/") and path.endswith(".pbf"):
            try:
                z, x, y = (int(part) for part in path.removesuffix(".pbf").split("/")[-3:])
                tree[z, x, y] = (folder / path).read_bytes()
                layers.update(decode(tree[z, x, y]))
            except (OSError, ValueError, IndexError) as error:
                yield Fault(path, f"does not decode as a vector tile ({error})")
    try:
        described = json.loads((folder / f"{name}.json").read_bytes())
        stated = {layer["id"] for layer in described["vector_layers"]}
        zooms = described["minzoom"], described["maxzoom"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Fault(f"{name}.json", f"is no TileJSON ({error})")
    else:
        if not layers <= stated:
            yield Fault(f"{name}.json", f"does not name the layers {sorted(layers - stated)}")
        if tree and zooms != (min(tree)[0], max(tree)[0]):
            yield Fault(f"{name}.json", f"names the zooms {zooms}, the tree has others")
    yield from _archive_faults(folder, f"{name}.pmtiles", tree)


def _archive_faults(
    folder: Path, path: str, tree: Mapping[tuple[int, int, int], bytes]
) -> Iterator[Fault]:
    try:
        archived = dict(_archived((folder / path).read_bytes()))
    except Exception as error:
        yield Fault(path, f"does not open as a PMTiles archive ({error})")
        return
    filled = {place: tile for place, tile in tree.items() if tile}
    for place in sorted(filled.keys() | archived.keys()):
        if filled.get(place) != archived.get(place):
            yield Fault(path, f"its tile {'/'.join(map(str, place))} is not that of the tree")
            return


def _archived(content: bytes) -> Iterator[tuple[tuple[int, int, int], bytes]]:
    get: Callable[[int, int], bytes] = lambda at, length: content[at : at + length]  # noqa: E731
    for place, tile in all_tiles(get):  # type: ignore[no-untyped-call]
        yield place, gzip.decompress(tile)


def decode(tile: bytes) -> dict[str, int]:
    """Layers of a vector tile, by name, with the number of their features.

    Every message is read, and every command of every geometry.

    Raises
    ------
    ValueError
        It is none: cut short, a wrong kind or version, or numbers out of range.
    """
    layers: dict[str, int] = {}
    for raw in _fields(tile).get(3, []):
        layer = _fields(_bytes(raw))
        name = _bytes(_one(layer, 1)).decode()
        if _one(layer, 15) != 2:
            raise ValueError(f"layer {name} is not of version 2")
        keys, values = len(layer.get(3, [])), len(layer.get(4, []))
        features = layer.get(2, [])
        for feature in features:
            _check_feature(_fields(_bytes(feature)), keys, values)
        layers[name] = len(features)
    return layers


def _check_feature(feature: Fields, keys: int, values: int) -> None:
    if _one(feature, 3) not in _KINDS:
        raise ValueError("a feature of no kind of geometry")
    tags = list(_varints(_bytes(feature.get(2, [b""])[0])))
    if len(tags) % 2:
        raise ValueError("an attribute without a value")
    if any(key >= keys for key in tags[::2]) or any(value >= values for value in tags[1::2]):
        raise ValueError("an attribute that the layer does not have")
    numbers = _varints(_bytes(_one(feature, 4)))
    drawn = 0
    for command in numbers:
        what, count = command & 7, command >> 3
        if what not in {_MOVE_TO, _LINE_TO, _CLOSE} or count == 0:
            raise ValueError("a geometry with a command that does not exist")
        if drawn == 0 and what != _MOVE_TO:
            raise ValueError("a geometry that begins nowhere")
        for _ in range(0 if what == _CLOSE else 2 * count):
            if next(numbers, None) is None:
                raise ValueError("a geometry that is cut short")
        drawn += 1
    if drawn == 0:
        raise ValueError("a feature without geometry")


def _fields(message: bytes) -> Fields:
    """The fields of a protobuf message by number."""
    found: Fields = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        value: int | bytes
        if kind == _VARINT:
            value, at = _varint(message, at)
        else:
            length = {_FIXED64: 8, _FIXED32: 4}.get(kind)
            if kind == _BYTES:
                length, at = _varint(message, at)
            if length is None or at + length > len(message):
                raise ValueError("a message that is cut short")
            value, at = message[at : at + length], at + length
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise ValueError("a number that is cut short")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _varints(packed: bytes) -> Iterator[int]:
    at = 0
    while at < len(packed):
        value, at = _varint(packed, at)
        yield value


def _one(fields: Fields, number: int) -> Any:
    values = fields.get(number, [])
    if len(values) != 1:
        raise ValueError(f"a message with {len(values)} of field {number}")
    return values[0]


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a number where a message was due")
    return value
