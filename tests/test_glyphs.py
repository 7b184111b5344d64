"""Letters for vector maps: what clients decode, and that they are the font's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import ImageFont

from generator.cards.draw import font_folder
from generator.tiles.glyphs import BORDER_PX, FONT_STACK, SIZE_PX, glyph_files

FONT = font_folder() / "SourceSansPro-Semibold.ttf"
EDGE = 191


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protobuf message: numbers, or bytes with a length."""
    at = 0

    def varint() -> int:
        nonlocal at
        number = shift = 0
        while True:
            byte, at = message[at], at + 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while at < len(message):
        key = varint()
        number = varint()
        if key & 7 == 2:
            yield key >> 3, message[at : at + number]
            at += number
        else:
            yield key >> 3, number


def decoded(content: bytes) -> tuple[str, str, dict[str, dict[str, object]]]:
    """Name, range and glyphs by letter, as clients read them."""
    ((tag, stack),) = fields(content)
    assert tag == 1
    assert isinstance(stack, bytes)
    parts = list(fields(stack))
    name, range_ = (next(v for t, v in parts if t == tag) for tag in (1, 2))
    found: dict[str, dict[str, object]] = {}
    for tag, value in parts:
        if tag != 3:
            continue
        assert isinstance(value, bytes)
        glyph = dict(fields(value))
        left, top = ((n >> 1) ^ -(n & 1) for n in (glyph[5], glyph[6]))  # type: ignore[operator]
        shape = (glyph[4] + 2 * BORDER_PX, glyph[3] + 2 * BORDER_PX)  # type: ignore[operator]
        bitmap = glyph.get(2, b"")
        assert isinstance(bitmap, bytes)
        pixels = np.frombuffer(bitmap, dtype=np.uint8)
        found[chr(glyph[1])] = {  # type: ignore[arg-type]
            "pixels": pixels.reshape(shape) if len(pixels) else pixels,
            "left": left, "top": top, "advance": glyph[7],
        }  # fmt: skip
    assert isinstance(name, bytes)
    assert isinstance(range_, bytes)
    return name.decode(), range_.decode(), found


def test_only_the_letters_in_use_are_there_in_their_ranges() -> None:
    files = glyph_files(["Ynys Môn", "Tŷ Gŵyr"], FONT)
    assert set(files) == {f"{FONT_STACK}/0-255.pbf", f"{FONT_STACK}/256-511.pbf"}
    found = {}
    for path, content in files.items():
        name, range_, glyphs = decoded(content)
        assert path == f"{name}/{range_}.pbf"
        first, last = map(int, range_.split("-"))
        assert all(first <= ord(letter) <= last for letter in glyphs)
        found |= glyphs
    assert set(found) == set("Ynys MônTŷGŵr")


@pytest.mark.parametrize("letter", list("AHgjWi&’-"))
def test_a_letter_is_as_the_font_draws_it(letter: str) -> None:
    files = glyph_files([letter, "H"], FONT)
    glyph = {k: v for content in files.values() for k, v in decoded(content)[2].items()}[letter]
    font = ImageFont.truetype(str(FONT), SIZE_PX, layout_engine=ImageFont.Layout.BASIC)
    assert glyph["advance"] == pytest.approx(font.getlength(letter), abs=1)
    mask, (x, y) = font.getmask2(letter, mode="L", anchor="ls")
    wanted = np.asarray(mask, dtype=np.uint8).reshape(mask.size[::-1]) > 127
    pixels = glyph["pixels"]
    assert isinstance(pixels, np.ndarray)
    ink = pixels >= EDGE
    assert not ink[:BORDER_PX].any()
    assert not ink[-BORDER_PX:].any()
    # Where the ink begins and ends, from the pen and the baseline, to a pixel.
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    rows_wanted = np.flatnonzero(wanted.any(axis=1)) + y
    columns_wanted = np.flatnonzero(wanted.any(axis=0)) + x
    left = glyph["left"] - BORDER_PX  # type: ignore[operator]
    assert left + columns[0] == pytest.approx(columns_wanted[0], abs=1)
    assert left + columns[-1] == pytest.approx(columns_wanted[-1], abs=1)
    baseline = 25  # the top of a line is 17 above its middle, a capital is 16 high
    top = -glyph["top"] - baseline - BORDER_PX  # type: ignore[operator]
    assert top + rows[0] == pytest.approx(rows_wanted[0], abs=1)
    assert top + rows[-1] == pytest.approx(rows_wanted[-1], abs=1)
    assert ink.sum() == pytest.approx(wanted.sum(), rel=0.25, abs=6)


def test_distances_fall_evenly_from_the_edge() -> None:
    (content,) = glyph_files(["H"], FONT).values()
    pixels = decoded(content)[2]["H"]["pixels"]
    assert isinstance(pixels, np.ndarray)
    row = pixels[BORDER_PX + 2].astype(int)  # through both stems, above the bar
    outside = row[: BORDER_PX + 1]
    assert (np.diff(outside) > 0).all()
    assert np.diff(outside[:-1]) == pytest.approx(255 / 8, abs=2)


def test_a_letter_that_the_font_lacks_is_left_out_and_equal_texts_give_equal_bytes() -> None:
    files = glyph_files(["A\U0001f600"], FONT)
    assert list(files) == [f"{FONT_STACK}/0-255.pbf"]
    assert files == glyph_files(["\U0001f600A", "A"], FONT)
    spaced = decoded(files[f"{FONT_STACK}/0-255.pbf"])[2][" "]
    assert spaced["advance"] == 5
    assert len(spaced["pixels"]) == 0  # type: ignore[arg-type]
