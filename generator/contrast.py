"""Whether a colour can be read on its ground, as WCAG 2.2 measures it, and the next one that can.

The grounds are those of the style sheet, which a test compares.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

LIGHT_GROUNDS = ("#fcfbf8", "#f3f1eb")
DARK_GROUNDS = ("#151512", "#1f1f1b")
"""``--paper`` and ``--plate`` of the style sheet, by day and on dark screens."""
TEXT_CONTRAST = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3, level AA)."""
_STEPS = 512


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, from 0 (black) to 1 (white)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 6)
    21.0
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_readable(colour: str, grounds: Sequence[str]) -> bool:
    """Whether text of this colour has enough contrast on all `grounds`."""
    return all(contrast(colour, ground) >= TEXT_CONTRAST for ground in grounds)


def nearest_readable(colour: str, grounds: Sequence[str]) -> str:
    """The colour itself if it `is_readable`, else the next shade of its hue that is.

    >>> nearest_readable("#14532f", LIGHT_GROUNDS)
    '#14532f'
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    away = -1 if luminance(grounds[0]) > 0.5 else 1
    for step in range(_STEPS + 1):
        other = min(1.0, max(0.0, lightness + away * step / _STEPS))
        channels = colorsys.hls_to_rgb(hue, other, saturation)
        shade = "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
        if is_readable(colour if step == 0 else shade, grounds):
            return colour if step == 0 else shade
    raise AssertionError("black or white can be read on any of our grounds")


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
