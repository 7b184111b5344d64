"""Share cards: PNG pictures, 1200 × 630, of an area or a group, for social media.

What many cards have in common, paper, map, source and the site's name, is an SVG template
that resvg draws once per process; on top go a card's own texts, set by Pillow, and its
marks.  Fonts come from a package, never from the system, so that the bytes are the same on
each machine; every text is measured with the very font that sets it, and made to fit.
"""

from __future__ import annotations

import importlib.util
import io
import itertools
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Template

import resvg_py
from markupsafe import escape
from PIL import Image, ImageDraw, ImageFont

from generator.errors import OutputError
from generator.theme import TEMPLATES

WIDTH, HEIGHT = 1200, 630
PAPER, INK, GREY, GREEN = "#fcfbf8", "#191814", "#4d4b44", "#14532f"
TEXT_BOX = (64, 676)
"""Left and right end of the texts, pixels."""
MAP_BOX = (700, 40, 1168, 600)
"""Left, top, right and bottom of the map, pixels."""
_ONE_LINE = (92, 84, 76)
_TWO_LINES = (72, 66, 60, 54, 48, 42)
_KICKER_AT, _NAME_TOP = 98, 118
_LINES_AT = (322, 430)
"""Baselines of the two lines of figures."""
_SOURCE_AT, _SOURCE_SIZES, _SOURCE_LINES = 607, (15, 14, 13, 12), 2
"""The lowest baseline of the source, the sizes to try, the most lines."""
_KEY_AT, _KEY_PX, _KEY_SIZE = 491, 12, 15
"""The top of the key's bar, its height, the size of the names below its ends."""
_SWATCH_PX, _RING_PX = 26, 21

Extent = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CardMap:
    """The map of a card and what stands below the words, the same on many cards.

    Attributes
    ----------
    width, height
        Extent in units of its own, y downwards; the map is scaled to fit, whole, into
        `MAP_BOX`.
    fills
        Colour and path data, drawn in this order: land alone, or every class.
    site, source
        The foot of the card: the site's name, and below it, on up to two lines, where the
        figures and the outlines come from.
    key
        Label and colour of every class of the map, the worst first; the first and the last
        label are written.
    """

    width: float
    height: float
    fills: tuple[tuple[str, str], ...]
    site: str = ""
    source: str = ""
    key: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CardLine:
    """One edition's line: ``figure`` "44th" large, ``rest`` "of 324 in 2016" beside it,
    ``label`` "Hotspot: best 20%" below it with a swatch of ``colour`` (hatched if empty).
    """

    figure: str
    rest: str
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class Outline:
    """What to draw around in ink: path data and its extent, in the map's units."""

    path: str
    box: Extent


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says and marks.

    Attributes
    ----------
    name
        Set as large as it can be, on up to two lines.
    kicker
        Above the name: "Authority in East Midlands".
    lines
        One or two; more don't fit.
    marker
        Where to draw a ring, in the map's units; for areas too small to be seen.
    level
        Which class of the map's key to mark as its own, from 0.
    """

    name: str
    kicker: str
    lines: tuple[CardLine, ...]
    outline: Outline | None = None
    marker: tuple[float, float] | None = None
    level: int | None = None


def read_template(theme: Path | None = None) -> str:
    """The SVG below the words (``$map``, ``$site``, ``$source``): a theme's, or the built-in."""
    folders = [*([theme / "cards"] if theme else []), TEMPLATES / "cards"]
    path = next(f / "ground.svg" for f in folders if (f / "ground.svg").exists())
    return path.read_text(encoding="utf-8")


def render_card(card: Card, ground: CardMap, template: str) -> bytes:
    """Draw a card as a PNG with a palette, 1200 × 630."""
    picture = _ground(ground, template).copy()
    pen = ImageDraw.Draw(picture)
    _set_words(pen, card)
    if card.level is not None and card.level < len(ground.key):
        left, right = _key_ends(len(ground.key))[card.level]
        box = (left - 3, _KEY_AT - 4, right + 2, _KEY_AT + _KEY_PX + 3)
        pen.rectangle(box, outline=INK, width=3)
    marks, at = _marks(card, ground)
    if marks:
        drawn = _raster(marks)
        picture.paste(drawn, at, drawn)
    own = {PAPER, INK, GREY, GREEN}
    colours = (
        *(colour for colour, _ in ground.fills),
        *(colour for _, colour in ground.key),
        *(line.colour for line in card.lines),
        *(colour for colour in re.findall(r"#[0-9a-f]{6}\b", template) if colour not in own),
    )
    reduced = picture.quantize(
        palette=_palette(tuple(dict.fromkeys(c for c in colours if c))),
        dither=Image.Dither.NONE,
    )
    file = io.BytesIO()
    # Filtered (1): better than the usual way for flat colours and small letters.  Level 9 would
    # take more than twice the time, for a fiftieth of the bytes.
    reduced.save(file, format="PNG", compress_level=8, compress_type=1)
    return file.getvalue()


def _set_words(pen: ImageDraw.ImageDraw, card: Card) -> None:
    """The texts of one card, each within `TEXT_BOX`."""
    left, right = TEXT_BOX
    _set(pen, (left, _KICKER_AT), cut(card.kicker, right - left, 30), 30, GREY)
    size, lines = fit_name(card.name, right - left)
    for at, line in enumerate(lines):
        _set(pen, (left, round(_NAME_TOP + size * (0.78 + 1.04 * at))), line, size, bold=True)
    for one, y in zip(card.lines, _LINES_AT, strict=False):
        _set_line(pen, one, y)


def _set(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    colour: str = INK,
    *,
    bold: bool = False,
) -> None:
    """A text from its left end on its baseline."""
    pen.text(at, text, fill=colour, font=_font(size, bold), anchor="ls")


def _set_line(pen: ImageDraw.ImageDraw, line: CardLine, y: int) -> None:
    left, right = TEXT_BOX
    room = right - left
    figure = cut(line.figure, room, 60, bold=True)
    after = round(left + text_width(figure, 60, bold=True) + 14)
    _set(pen, (left, y), figure, 60, bold=True)
    _set(pen, (after, y), cut(line.rest, right - after, 34), 34)
    top, side = y + 18, _SWATCH_PX
    box = (left, top, left + side, top + side)
    pen.rectangle(box, fill=line.colour or PAPER, outline=INK)
    if not line.colour:
        for reach in (side // 2, side):
            pen.line((left, top + reach, left + reach, top), fill=INK)
        pen.line((left + side // 2, top + side, left + side, top + side // 2), fill=INK)
    _set(pen, (left + 38, y + 41), cut(line.label, room - 38, 30), 30)


def _marks(card: Card, ground: CardMap) -> tuple[str, tuple[int, int]]:
    """Outline and ring as an SVG just large enough, and where it lies on the card."""
    x0, y0, scale = _placed(ground)
    boxes = [card.outline.box] if card.outline else []
    if card.marker is not None:
        reach = (_RING_PX + 6) / scale
        x, y = card.marker
        boxes.append((x - reach, y - reach, x + reach, y + reach))
    if not boxes:
        return "", (0, 0)
    left = max(0, int(x0 + min(b[0] for b in boxes) * scale) - 3)
    top = max(0, int(y0 + min(b[1] for b in boxes) * scale) - 3)
    right = min(WIDTH, int(x0 + max(b[2] for b in boxes) * scale) + 4)
    bottom = min(HEIGHT, int(y0 + max(b[3] for b in boxes) * scale) + 4)
    parts = []
    if card.outline:
        parts.append(
            f'<path transform="translate({x0:.2f} {y0:.2f}) scale({scale:.5f})" fill="none" '
            f'd="{escape(card.outline.path)}" stroke="{INK}" stroke-width="{2.5 / scale:.3f}" '
            'stroke-linejoin="round"/>'
        )
    if card.marker is not None:
        at = f'cx="{x0 + card.marker[0] * scale:.1f}" cy="{y0 + card.marker[1] * scale:.1f}"'
        parts.append(
            f'<circle {at} r="{_RING_PX}" fill="none" stroke="{PAPER}" stroke-width="10"/>'
            f'<circle {at} r="{_RING_PX}" fill="none" stroke="{INK}" stroke-width="5"/>'
        )
    width, height = right - left, bottom - top
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    ), (left, top)


def _placed(ground: CardMap) -> tuple[float, float, float]:
    """Where the map's origin lies on the card, and pixels per unit."""
    left, top, right, bottom = MAP_BOX
    scale = min((right - left) / ground.width, (bottom - top) / ground.height)
    x0 = right - ground.width * scale
    return x0, top + (bottom - top - ground.height * scale) / 2, scale


@lru_cache(maxsize=4)
def _ground(ground: CardMap, template: str) -> Image.Image:
    """What is below the words and the marks of every card."""
    x0, y0, scale = _placed(ground)
    room = TEXT_BOX[1] - TEXT_BOX[0]
    paths = "".join(f'<path fill="{c}" d="{escape(d)}"/>' for c, d in ground.fills)
    placed = f'<g transform="translate({x0:.2f} {y0:.2f}) scale({scale:.5f})">{paths}</g>'
    svg = Template(template).substitute(
        map=placed + _key(ground.key),
        site=escape(cut(ground.site, room - 46, 30, bold=True)),
        source=_source_lines(ground.source, room),
    )
    return _raster(svg).convert("RGB")


def _key_ends(count: int) -> list[tuple[int, int]]:
    """Left and right end of each class on the key's bar, pixels."""
    left, right = TEXT_BOX
    ends = [round(left + (right - left) * at / count) for at in range(count + 1)]
    return list(itertools.pairwise(ends))


def _key(classes: tuple[tuple[str, str], ...]) -> str:
    """The key as SVG: a bar of every class of the map, named at its ends."""
    if not classes:
        return ""
    left, right = TEXT_BOX
    bar = "".join(
        f'<path fill="{colour}" d="M{start} {_KEY_AT}H{end}V{_KEY_AT + _KEY_PX}H{start}z"/>'
        for (_, colour), (start, end) in zip(classes, _key_ends(len(classes)), strict=True)
    )
    ends = [(left, "start", classes[0][0]), (right, "end", classes[-1][0])][: len(classes)]
    names = "".join(
        f'<text x="{x}" y="{_KEY_AT + _KEY_PX + _KEY_SIZE + 1}" text-anchor="{anchor}" '
        f'font-family="Source Sans Pro" font-size="{_KEY_SIZE}" shape-rendering="auto" '
        f'fill="{GREY}">{escape(cut(label, (right - left) / 2 - 8, _KEY_SIZE))}</text>'
        for x, anchor, label in ends
    )
    return bar + names


def _source_lines(source: str, room: float) -> str:
    """The source as lines of SVG, as large as it can be, the last line at `_SOURCE_AT`."""
    room -= 4  # Letters this small are set a little wider than they are measured.
    for size in _SOURCE_SIZES:
        lines = _wrapped(source, room, size)
        if len(lines) <= _SOURCE_LINES:
            break
    else:
        rest = " ".join(lines[_SOURCE_LINES - 1 :])
        lines = [*lines[: _SOURCE_LINES - 1], cut(rest, room, size)]
    step = round(size * 1.3)
    return "".join(
        f'<tspan x="{TEXT_BOX[0]}" y="{_SOURCE_AT - step * (len(lines) - 1 - at)}" '
        f'font-size="{size}">{escape(line)}</tspan>'
        for at, line in enumerate(lines)
    )


def _wrapped(text: str, room: float, size: int) -> list[str]:
    """A text broken between words; a word too wide for a line is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, room, size))
    return lines


@lru_cache(maxsize=16)
def _palette(colours: tuple[str, ...]) -> Image.Image:
    """All colours of a card as they are, and steps between those that touch one another."""
    solid = [_rgb(c) for c in dict.fromkeys((PAPER, INK, GREY, GREEN, *colours))]
    paper, ink, grey = solid[:3]
    steps = [(paper, ink, part / 4) for part in (1, 2, 3)] + [(paper, grey, 1 / 2)]
    steps += [(paper, _rgb(colour), 1 / 2) for colour in colours]
    mixed = [
        tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
        for one, other, part in steps
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in [*solid, *mixed][:256] for part in colour])
    return palette


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _raster(svg: str) -> Image.Image:
    png = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=[str(path) for path in _fonts()]
    )
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def fit_name(name: str, room: float) -> tuple[int, list[str]]:
    """The largest size at which a name fits on one line or, broken between words, on two.

    A name that fits at no size is cut short.
    """
    for size in _ONE_LINE:
        if text_width(name, size, bold=True) <= room:
            return size, [name]
    words = name.split()
    for size in _TWO_LINES:
        for at in _middle_out(len(words)):
            halves = [" ".join(words[:at]), " ".join(words[at:])]
            if all(text_width(half, size, bold=True) <= room for half in halves):
                return size, halves
        if text_width(name, size, bold=True) <= room:
            return size, [name]
    return _TWO_LINES[-1], [cut(name, room, _TWO_LINES[-1], bold=True)]


def _middle_out(count: int) -> list[int]:
    """Places to break `count` words in two, the most even ones first."""
    return sorted(range(1, count), key=lambda at: (abs(count - 2 * at), at))


def cut(text: str, room: float, size: int, *, bold: bool = False) -> str:
    """A text, cut short with an ellipsis if it is wider than `room` pixels."""
    if text_width(text, size, bold=bold) <= room:
        return text
    for end in range(len(text) - 1, 0, -1):
        shorter = text[:end].rstrip(" ,;:") + "…"
        if text_width(shorter, size, bold=bold) <= room:
            return shorter
    return "…"


def text_width(text: str, size: int, *, bold: bool = False) -> float:
    """How wide a text is in the cards' font, pixels."""
    return float(_font(size, bold).getlength(text))


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    # Pillow's own layout, because the other one is not in every build of it.
    return ImageFont.truetype(str(_fonts()[int(bold)]), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _fonts() -> tuple[Path, Path]:
    """The regular and the bold face of Source Sans Pro."""
    folder = font_folder()
    return folder / "SourceSansPro-Regular.ttf", folder / "SourceSansPro-Bold.ttf"


def font_folder() -> Path:
    """Where the faces of Source Sans Pro are (SIL Open Font License 1.1), and its licence.

    Raises
    ------
    OutputError
        If the package isn't installed.
    """
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None or not found.submodule_search_locations:
        raise OutputError(
            "the fonts of share cards and of names on vector maps are not installed",
            fix="install the package font-source-sans-pro",
        )
    return Path(next(iter(found.submodule_search_locations))) / "files"
