"""``[look]`` of the settings: logo, accent colour, footer, and how a theme's styles count."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from generator.contrast import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    TEXT_CONTRAST,
    contrast,
    is_readable,
    nearest_readable,
)
from generator.settings_geography import Frozen

HEX_COLOUR = re.compile(r"^#[0-9a-f]{6}$")


def _colour(text: str) -> str:
    if text and not HEX_COLOUR.match(text):
        raise ValueError(f"{text[:40]!r} is not a colour such as #14532f (lower case)")
    return text


def _readable(colour: str, grounds: tuple[str, ...], where: str) -> str:
    if colour and not is_readable(colour, grounds):
        least = min(contrast(colour, ground) for ground in grounds)
        raise ValueError(
            f"{colour} can't be read on {where}: its contrast is {least:.1f}, and text needs "
            f"{TEXT_CONTRAST}; the nearest shade that can is {nearest_readable(colour, grounds)}"
        )
    return colour


Colour = Annotated[str, AfterValidator(_colour)]


class Logo(Frozen):
    """``[look.logo]``: a picture that stands in the header of every page, beside the title."""

    file: Path
    """An SVG, PNG or WebP of 100 KB at most; an SVG without scripts, and without other files."""
    alt: str = Field(min_length=1, max_length=200)
    """What the logo says, for those who can't see it: "Welsh Libraries Board"."""


class Look(Frozen):
    """``[look]``: what makes the site look like its publisher's."""

    logo: Logo | None = None
    accent: Colour = ""
    """The colour of what is chosen; it must be readable on light ground. Dark green unless set."""
    accent_dark: Colour = ""
    """The same for dark screens; the nearest shade of ``accent`` that is readable there."""
    footer: str = Field(default="", max_length=10_000)
    """Text at the end of every page, in Markdown: an address, an imprint."""
    styles: Literal["add", "replace"] = "add"
    """Whether a theme's style sheets are added after the built-in ones or take their place."""

    @field_validator("accent")
    @classmethod
    def _light(cls, colour: str) -> str:
        return _readable(colour, LIGHT_GROUNDS, "light ground")

    @field_validator("accent_dark")
    @classmethod
    def _dark(cls, colour: str) -> str:
        return _readable(colour, DARK_GROUNDS, "dark ground")

    @property
    def accents(self) -> tuple[str, str]:
        """The accent on light and on dark ground; empty where the built-in one stands."""
        dark = self.accent_dark or (
            nearest_readable(self.accent, DARK_GROUNDS) if self.accent else ""
        )
        return self.accent, dark
