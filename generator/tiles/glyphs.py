"""Letters for the names on vector maps: signed distance fields, from an installed font.

MapLibre and other clients of vector tiles draw no text of their own: a style names a place
where glyphs lie in ranges of 256 code points, each glyph as a picture of how far every pixel is
from the letter's edge.  Here they are made of one font, for the letters that a map's names use
and no others, so that they weigh some ten kilobytes and no foreign host is asked.

The format is the one that MapLibre's clients read, a protobuf message (``glyphs`` holds
``fontstack``, which holds ``glyph``); sizes are those of its first maker, node-fontnik.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from generator.tiles.mvt import field, varints

FONT_STACK = "names-semibold"
"""What styles call these letters.  The font's licence keeps its own name for the font itself."""
RANGE = 256
SIZE_PX = 24
BORDER_PX = 3
"""Free pixels around each letter; the client takes them off again."""
RADIUS_PX, CUTOFF = 8.0, 0.25
"""How far from the edge a distance still counts, and which share of the scale lies inside."""
SHARPER = 8
"""Letters are drawn so many times as large, to measure distances finer than a pixel."""
BASELINE_PX = 17
"""Clients put the top of a line so far above the middle, and the baseline below it."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter at `SIZE_PX`.

    Attributes
    ----------
    code
        Its code point.
    distances
        (height + 2 borders, width + 2 borders): 191 on the letter's edge, more within;
        empty for a letter without ink.
    left
        From the pen to the left edge of its ink, pixels.
    rise
        From the baseline up to the top of its ink, pixels.
    advance
        How far the pen goes on, pixels.
    """

    code: int
    distances: NDArray[np.uint8]
    left: int
    rise: int
    advance: int


def glyph_files(texts: Iterable[str], font: Path) -> dict[str, bytes]:
    """Glyphs for all letters of some texts, by ``<font stack>/<first>-<last>.pbf``.

    `font` is a TrueType or OpenType file.  A letter that it lacks is left out: clients leave a
    gap for it.  Ranges in which the texts have no letter get no file.
    """
    sharp = ImageFont.truetype(str(font), SIZE_PX * SHARPER, layout_engine=ImageFont.Layout.BASIC)
    absent = _mask(sharp, "\uffff")[0]
    by_range: dict[int, list[Glyph]] = {}
    # The first range is always there: clients ask for it.
    for code in sorted({ord(letter) for text in texts for letter in text} | {ord(" ")}):
        ink, left, rise = _mask(sharp, chr(code))
        if ink.size and np.array_equal(ink, absent):
            continue
        by_range.setdefault(code // RANGE, []).append(_glyph(code, sharp, ink, left, rise))
    lift = round(BASELINE_PX + _cap_height(sharp) / 2)
    return {
        f"{FONT_STACK}/{_range(at)}.pbf": encode(_range(at), found, lift)
        for at, found in by_range.items()
    }


def _range(at: int) -> str:
    return f"{at * RANGE}-{at * RANGE + RANGE - 1}"


def _cap_height(sharp: ImageFont.FreeTypeFont) -> float:
    """How high a capital is at `SIZE_PX`, pixels."""
    _, top, _, _ = sharp.getbbox("H", anchor="ls")
    return -top / SHARPER


def _mask(sharp: ImageFont.FreeTypeFont, letter: str) -> tuple[NDArray[np.bool_], int, int]:
    """A letter's ink, large, and where its left and top edges lie from the pen, large pixels."""
    left, top, right, bottom = (int(edge) for edge in sharp.getbbox(letter, anchor="ls"))
    if right <= left or bottom <= top:
        return np.zeros((0, 0), dtype=bool), 0, 0
    image = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(image).text((-left, -top), letter, fill=255, font=sharp, anchor="ls")
    return np.asarray(image) > 127, left, top


def _glyph(
    code: int, sharp: ImageFont.FreeTypeFont, ink: NDArray[np.bool_], left: int, top: int
) -> Glyph:
    advance = round(sharp.getlength(chr(code)) / SHARPER)
    if not ink.any():
        return Glyph(code, np.zeros((0, 0), dtype=np.uint8), 0, 0, advance)
    # The letter's place on the grid of whole pixels, with a border on all sides.
    first_x, first_y = left // SHARPER, top // SHARPER
    width = -(-(left + ink.shape[1]) // SHARPER) - first_x
    height = -(-(top + ink.shape[0]) // SHARPER) - first_y
    room = np.zeros(
        ((height + 2 * BORDER_PX) * SHARPER, (width + 2 * BORDER_PX) * SHARPER), dtype=bool
    )
    y, x = top - (first_y - BORDER_PX) * SHARPER, left - (first_x - BORDER_PX) * SHARPER
    room[y : y + ink.shape[0], x : x + ink.shape[1]] = ink
    from scipy.ndimage import distance_transform_edt  # its import takes longer than all else here

    outside_px = (distance_transform_edt(~room) - distance_transform_edt(room)) / SHARPER
    middle = outside_px.reshape(height + 2 * BORDER_PX, SHARPER, width + 2 * BORDER_PX, SHARPER)
    scale = 255 - 255 * (middle.mean(axis=(1, 3)) / RADIUS_PX + CUTOFF)
    distances = np.clip(np.rint(scale), 0, 255).astype(np.uint8)
    return Glyph(code, distances, first_x, -first_y, advance)


def encode(named: str, glyphs: Iterable[Glyph], lift: int) -> bytes:
    """One range of a font as the message that clients fetch.

    `lift` is how far the baseline lies below the top of a line: tops count from there.
    """
    body = field(0x0A, FONT_STACK.encode()) + field(0x12, named.encode())
    for glyph in glyphs:
        height, width = (max(0, side - 2 * BORDER_PX) for side in glyph.distances.shape)
        numbers = [(0x18, width), (0x20, height)]
        numbers += [(0x28, _zigzag(glyph.left)), (0x30, _zigzag(glyph.rise - lift))]
        numbers += [(0x38, glyph.advance)]
        bitmap = field(0x12, glyph.distances.tobytes()) if glyph.distances.size else b""
        message = _numbers([(0x08, glyph.code)]) + bitmap + _numbers(numbers)
        body += field(0x1A, message)
    return field(0x0A, body)


def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


def _numbers(pairs: Iterable[tuple[int, int]]) -> bytes:
    flat = [part for pair in pairs for part in pair]
    return varints(np.array(flat, dtype=np.int64))[0].tobytes()
