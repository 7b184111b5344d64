"""Share cards: PNG pictures, 1200 × 630, of an area or a group, for social media.

Two SVG templates are filled and drawn by resvg: `ground.svg` with the map, which is the
same on many cards and drawn once per process, and `words.svg`, the left part with a
card's texts.  Fonts come from a package, never from the system, so that the bytes are
the same on each machine; every text is measured with its font and made to fit.
"""

from __future__ import annotations

import importlib.util
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from string import Template

import resvg_py
from markupsafe import escape
from PIL import Image, ImageFont

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
_NAME_TOP = 118
_LINES_AT = (340, 454)
_RING_PX = 21


@dataclass(frozen=True, slots=True)
class CardMap:
    """The map of a card, in units of its own, y downwards.

    Attributes
    ----------
    width, height
        Extent in units; the map is scaled to fit, whole, into `MAP_BOX`.
    fills
        Colour and path data, drawn in this order: land alone, or every class.
    """

    width: float
    height: float
    fills: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CardLine:
    """One edition's line: ``figure`` "44th" large, ``rest`` "of 324 in 2016" beside it,
    ``label`` "Hotspot: best 20 %" below it with a swatch of ``colour`` (hatched if empty).
    """

    figure: str
    rest: str
    label: str
    colour: str


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
    outline
        Path data to draw around in ink, in the map's units; may be empty.
    marker
        Where to draw a ring, in the map's units; for areas too small to be seen.
    """

    name: str
    kicker: str
    lines: tuple[CardLine, ...]
    source: str
    site: str
    outline: str
    marker: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class CardTemplates:
    """Texts of the two SVG templates: ``ground`` has ``$map``; ``words`` has ``$kicker``,
    ``$name``, ``$lines``, ``$site`` and ``$source``.
    """

    ground: str
    words: str


def read_templates(theme: Path | None = None) -> CardTemplates:
    """The built-in templates, or those in ``cards/`` of a theme where it has them."""
    folders = [*([theme / "cards"] if theme else []), TEMPLATES / "cards"]

    def text(name: str) -> str:
        path = next((f / name for f in folders if (f / name).exists()), TEMPLATES / "cards" / name)
        return path.read_text(encoding="utf-8")

    return CardTemplates(text("ground.svg"), text("words.svg"))


def render_card(card: Card, ground: CardMap, templates: CardTemplates) -> bytes:
    """Draw a card as a PNG with a palette, 1200 × 630."""
    picture = _ground(ground, templates.ground).copy()
    picture.alpha_composite(_raster(words_svg(card, templates.words)))
    marks, at = _marks(card, ground)
    if marks:
        picture.alpha_composite(_raster(marks), at)
    colours = (*(colour for colour, _ in ground.fills), *(line.colour for line in card.lines))
    reduced = picture.convert("RGB").quantize(
        palette=_palette(tuple(dict.fromkeys(c for c in colours if c))),
        dither=Image.Dither.NONE,
    )
    file = io.BytesIO()
    reduced.save(file, format="PNG", compress_level=8)
    return file.getvalue()


def render_cards(cards: Sequence[Card], ground: CardMap, templates: CardTemplates) -> list[bytes]:
    """Draw a batch of cards on one map, for an executor's worker."""
    return [render_card(card, ground, templates) for card in cards]


def words_svg(card: Card, template: str) -> str:
    """The left part of a card, its texts fitted to `TEXT_BOX`."""
    left, right = TEXT_BOX
    room = right - left
    size, name = fit_name(card.name, room)
    return Template(template).substitute(
        kicker=escape(cut(card.kicker, room, 30)),
        name="".join(
            f'<text x="{left}" y="{_NAME_TOP + size * (0.78 + 1.04 * at):.0f}" '
            f'font-size="{size}" font-weight="700">{escape(line)}</text>'
            for at, line in enumerate(name)
        ),
        lines="".join(_line(line, y, room) for line, y in zip(card.lines, _LINES_AT, strict=False)),
        site=escape(cut(card.site, room - 46, 30, bold=True)),
        source=escape(cut(card.source, room, 19)),
    )


def _line(line: CardLine, y: float, room: int) -> str:
    left = TEXT_BOX[0]
    figure = cut(line.figure, room, 60, bold=True)
    after = left + text_width(figure, 60, bold=True) + 14
    rest = cut(line.rest, room - (after - left), 34)
    hatch = f'<path d="M{left} {y + 44}l26-26m-26 12l14-14m12 14l-14 14" stroke="{INK}"/>'
    return (
        f'<text x="{left}" y="{y}" font-size="60" font-weight="700">{escape(figure)}</text>'
        f'<text x="{after:.0f}" y="{y}" font-size="34">{escape(rest)}</text>'
        f'<rect x="{left}" y="{y + 18}" width="26" height="26" fill="{line.colour or PAPER}" '
        f'stroke="{INK}" stroke-width="1"/>{"" if line.colour else hatch}'
        f'<text x="{left + 38}" y="{y + 41}" font-size="30">'
        f"{escape(cut(line.label, room - 38, 30))}</text>"
    )


def _marks(card: Card, ground: CardMap) -> tuple[str, tuple[int, int]]:
    """Outline and ring as an SVG just large enough, and where it lies on the card."""
    x0, y0, scale = _placed(ground)
    boxes = [_extent(card.outline)] if card.outline else []
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
            f'd="{escape(card.outline)}" stroke="{INK}" stroke-width="{2.5 / scale:.3f}" '
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


def _extent(path: str) -> tuple[float, float, float, float]:
    """Bounds of path data made of ``M`` and ``L`` (absolute), ``m`` and ``l`` (relative), ``z``."""
    xs: list[float] = []
    ys: list[float] = []
    x = y = start_x = start_y = 0.0
    for command, numbers in re.findall(r"([MmLlZz])([^MmLlZz]*)", path):
        if command in "Zz":
            x, y = start_x, start_y
            continue
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        for at in range(0, len(values) - 1, 2):
            relative = command in "ml"
            x = values[at] + (x if relative else 0)
            y = values[at + 1] + (y if relative else 0)
            if at == 0 and command in "Mm":
                start_x, start_y = x, y
            xs.append(x)
            ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else (0.0, 0.0, 0.0, 0.0)


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
    paths = "".join(f'<path fill="{c}" d="{escape(d)}"/>' for c, d in ground.fills)
    placed = f'<g transform="translate({x0:.2f} {y0:.2f}) scale({scale:.5f})">{paths}</g>'
    return _raster(Template(template).substitute(map=placed))


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


def cut(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """A text, cut short with an ellipsis if it is wider than `room` pixels."""
    if text_width(text, size, bold=bold) <= room:
        return text
    for end in range(len(text) - 1, 0, -1):
        shorter = text[:end].rstrip(" ,;:") + "…"
        if text_width(shorter, size, bold=bold) <= room:
            return shorter
    return "…"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is in the cards' font, pixels."""
    return float(_measure(bold).getlength(text)) * size / 100


@cache
def _measure(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_fonts()[int(bold)]), 100, layout_engine=ImageFont.Layout.BASIC)


@cache
def _fonts() -> tuple[Path, Path]:
    """The regular and the bold face of Source Sans Pro (SIL Open Font License 1.1)."""
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None or not found.submodule_search_locations:
        raise OutputError(
            "the fonts of the share cards are not installed",
            fix="install the package font-source-sans-pro",
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "files"
    return folder / "SourceSansPro-Regular.ttf", folder / "SourceSansPro-Bold.ttf"
