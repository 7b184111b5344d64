"""Colour ramps that the explorer offers beside the atlas's own, for any number of classes.

All run from the worst class to the best and stay apart for readers with a colour vision
deficiency: purple to orange by hue and lightness, the single hue by lightness alone.
"""

from __future__ import annotations

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
    """A ramp through `anchors`, CSS colours evenly spaced from the worst end to the best."""

    id: str
    name: str
    anchors: tuple[str, ...]

    def ramp(self, count: int) -> tuple[str, ...]:
        """`count` colours, interpolated between the anchors in OKLab (Ottosson 2020).

        >>> Palette("grey", "Grey", ("#000000", "#ffffff")).ramp(2)
        ('#000000', '#ffffff')
        """
        if count == 1:
            return (self.anchors[len(self.anchors) // 2],)
        known = np.array([_oklab(colour) for colour in self.anchors])
        at = np.linspace(0, len(self.anchors) - 1, count)
        places = np.arange(len(self.anchors))
        mixed = np.column_stack([np.interp(at, places, channel) for channel in known.T])
        return tuple(_css(lab) for lab in mixed)


PALETTES = (
    Palette(
        "purple-orange",
        "Purple to orange",
        ("#542788", "#b2a5d3", "#e9e6e1", "#f5b161", "#b35806"),
    ),
    Palette("teal", "Light to dark", ("#d8e9e4", "#8ac3b9", "#3b968b", "#0c5a54")),
)


def _oklab(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    lab: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return lab


def _css(lab: NDArray[np.float64]) -> str:
    linear = np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3).clip(0, 1)
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in channels)
