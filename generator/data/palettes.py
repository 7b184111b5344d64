"""Colour ramps for any number of classes, on paper and on a dark ground.

All run from the lowest class to the highest and stay apart for readers with a colour
vision deficiency, and in grey: a diverging ramp's two sides differ in lightness too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@dataclass(frozen=True, slots=True)
class Palette:
    """A ramp through `anchors`, CSS colours evenly spaced from the lowest end to the highest.

    A `diverging` one has a neutral middle, which an even number of classes leaves out.
    """

    id: str
    name: str
    anchors: tuple[str, ...]
    diverging: bool = False

    def ramp(self, count: int) -> tuple[str, ...]:
        """`count` colours, interpolated between the anchors in OKLab (Ottosson 2020).

        >>> Palette("grey", "Grey", ("#000000", "#ffffff")).ramp(2)
        ('#000000', '#ffffff')
        """
        if count == 1:
            return (self.anchors[len(self.anchors) // 2],)
        if self.diverging and count > 2 and count % 2 == 0:
            # Without a middle class, none may look like one.
            odd = self.ramp(count + 1)
            return odd[: count // 2] + odd[count // 2 + 1 :]
        known = np.array([_oklab(colour) for colour in self.anchors])
        at = np.linspace(0, len(self.anchors) - 1, count)
        places = np.arange(len(self.anchors))
        mixed = np.column_stack([np.interp(at, places, channel) for channel in known.T])
        return tuple(_css(lab) for lab in mixed)


DIVERGING = Palette(
    "diverging",
    "Blue to red",
    ("#2464a8", "#7cb2d8", "#cdc7b8", "#d8704c", "#890c22"),
    diverging=True,
)
"""What the classes get unless the settings name their colours; the middle is darker than paper,
so that it doesn't look like land without data."""

CHANGE = Palette(
    "change", "Purple to green", ("#4f1d78", "#9c6fc0", "#cbc6bc", "#73a83c", "#1f5108")
)
"""From the largest fall to the largest rise, with no change in the middle: other colours than those
of classes, as a rise isn't a high value, and neither is good or bad by itself."""

PALETTES = (
    Palette(
        "purple-orange",
        "Purple to orange",
        ("#542788", "#b2a5d3", "#e9e6e1", "#f5b161", "#b35806"),
    ),
    Palette("teal", "Light to dark", ("#d8e9e4", "#8ac3b9", "#3b968b", "#0c5a54")),
)


DARKEST, LIGHTEST = 0.39, 0.77
"""Lightness (OKLab) of a dark variant's faintest and strongest class."""


def dark_variant(colours: Sequence[str]) -> tuple[str, ...]:
    """The same hues for a dark ground: what was lightest is darkest, what was dark shines.

    Lightness in OKLab is turned over and stretched between `DARKEST` and `LIGHTEST`;
    classes keep their order of lightness within each side, and their hue.

    >>> dark_variant(("#cdc7b8", "#890c22"))
    ('#4a4538', '#ff8f8f')
    """
    labs = np.array([_oklab(colour) for colour in colours])
    lightness = labs[:, 0]
    span = float(lightness.max() - lightness.min())
    if not span:
        return tuple(_css(np.array([0.6, *lab[1:]])) for lab in labs)
    turned = LIGHTEST - (lightness - lightness.min()) / span * (LIGHTEST - DARKEST)
    return tuple(
        _in_gamut(np.array([new, *lab[1:]])) for new, lab in zip(turned, labs, strict=True)
    )


def _in_gamut(lab: NDArray[np.float64]) -> str:
    """The colour, with no more chroma than sRGB can show at its lightness."""
    for share in np.linspace(1, 0, 41):
        less = lab * (1, share, share)
        linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, less) ** 3)
        if linear.min() > -1e-6 and linear.max() < 1 + 1e-6:
            return _css(less)
    return _css(lab * (1, 0, 0))


def _oklab(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return lab


def _css(lab: NDArray[np.float64]) -> str:
    linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in channels)
