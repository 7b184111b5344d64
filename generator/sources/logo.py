"""The publisher's logo: a small picture, read and looked at before it goes onto every page."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from generator.errors import SourceError

MOST_BYTES = 100_000
MOST_PIXELS = 4_000
_SVG = "{http://www.w3.org/2000/svg}"
_FORBIDDEN = {"script", "foreignObject", "iframe", "handler", "animate", "set"}
_OTHER_FILE = re.compile(r"url\((?!\s*['\"]?#)|@import|image-set|\\", re.IGNORECASE)
"""What draws from another file in CSS; an escape could hide any of these."""
_LENGTH = re.compile(r"^\s*(\d+(?:\.\d+)?)(?:px)?\s*$")


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A logo: its bytes, the ending of its name, and its size in pixels (or user units)."""

    content: bytes
    ending: str
    width: float
    height: float


def read_logo(path: Path) -> LogoFile:
    """Read a logo.

    Raises
    ------
    SourceError
        It isn't there, is too large, is no SVG, PNG or WebP, or is an SVG that could run
        something or fetch something if somebody opened it by itself.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SourceError(
                f"the logo has {path.stat().st_size:,} bytes, and every page carries it",
                where=str(path),
                fix=f"make it smaller: at most {MOST_BYTES:,} bytes",
            )
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"the logo can't be read ({error.strerror})",
            where=str(path),
            fix="name an SVG, PNG or WebP file as look.logo.file",
        ) from None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return LogoFile(content, "png", *_raster_size(path, content, "PNG"))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return LogoFile(content, "webp", *_raster_size(path, content, "WEBP"))
    return LogoFile(content, "svg", *_svg_size(path, content))


def _raster_size(path: Path, content: bytes, kind: str) -> tuple[float, float]:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            width, height = picture.size
            if max(width, height) <= MOST_PIXELS:
                picture.load()
                return width, height
    except (OSError, ValueError, SyntaxError) as error:
        raise _refusal(path, f"the logo does not open as {kind} ({error})") from None
    raise _refusal(path, f"the logo has {width} × {height} pixels, more than {MOST_PIXELS} a side")


def _svg_size(path: Path, content: bytes) -> tuple[float, float]:
    # Entities can name files and grow without end; no drawing needs them.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in content:
        raise _refusal(path, "the logo is no SVG, PNG or WebP, or is an SVG with a DOCTYPE")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - no entities: see above
    except ElementTree.ParseError as error:
        raise _refusal(path, f"the logo is no SVG, PNG or WebP ({error})") from None
    if root.tag != f"{_SVG}svg":
        raise _refusal(path, "the logo is no SVG, PNG or WebP")
    for element in root.iter():
        _refuse_active(path, element)
    box = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    sizes = [_LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    if sizes[0] and sizes[1]:
        width, height = float(sizes[0][1]), float(sizes[1][1])
    elif len(box) == 4:
        width, height = box[2:]
    else:
        raise _refusal(path, "the logo's size is not known: it has no viewBox")
    if not (width > 0 and height > 0):
        raise _refusal(path, "the logo has no size")
    return width, height


def _refuse_active(path: Path, element: ElementTree.Element) -> None:
    """Refuse what an SVG could do when opened by itself: run scripts, or fetch other files."""
    tag = str(element.tag).rpartition("}")[2]
    if tag in _FORBIDDEN:
        raise _refusal(path, f"the logo has a <{tag}>, and a logo only draws")
    style = (element.text or "") if tag == "style" else ""
    for name, value in [*element.attrib.items(), ("style", style)]:
        plain = name.rpartition("}")[2].casefold()
        if plain.startswith("on"):
            raise _refusal(path, f"the logo has {plain}, which runs a script")
        drawn = value.strip()
        if plain in {"href", "src"} and not re.match(r"#|data:image/(png|jpeg|webp);", drawn):
            raise _refusal(path, f"the logo refers to {drawn[:60]!r}")
        if _OTHER_FILE.search(drawn):
            raise _refusal(path, f"the logo's {plain} refers to another file")


def _refusal(path: Path, message: str) -> SourceError:
    return SourceError(
        message,
        where=str(path),
        fix="save it as a plain SVG (no scripts, no links, no fonts from elsewhere), PNG or WebP",
    )
