"""Style sheets that are made of colours: classes, classes of change, the accent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.contrast import TEXT_CONTRAST, contrast
from generator.data.palettes import dark_variant


def accent_css(light: str, dark: str) -> bytes:
    """The rules of an accent colour; nothing where the style sheet's own stands."""
    if not light:
        return b""
    return (
        f":root{{--accent:{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{:root{{--accent:{dark}}}}}\n"
    ).encode()


def classes_css(colours: Sequence[str], dark: Sequence[str] = ()) -> bytes:
    """The style sheet of the classes' colours, from the worst class to the best.

    ``on-N`` is for text that stands on class N: ink or paper, whichever contrasts more.
    `dark` serves readers whose screen is dark; without it, variants of `colours` do.
    Paper is light whatever the screen is: print keeps `colours`.
    """
    other = dark if len(dark) == len(colours) else dark_variant(colours)
    rules = [*_class_rules(colours), "@media screen and (prefers-color-scheme: dark) {"]
    return ("\n".join([*rules, *_class_rules(other), "}"]) + "\n").encode()


def changes_css(ramps: Sequence[Sequence[str]]) -> bytes:
    """The style sheet of classes of change: within ``changes-N``, the colours of N classes."""
    scopes = [(f".changes-{len(colours)} ", colours) for colours in ramps]
    rules = [rule for scope, colours in scopes for rule in _class_rules(colours, scope)]
    rules.append("@media screen and (prefers-color-scheme: dark) {")
    for scope, colours in scopes:
        rules += _class_rules(dark_variant(colours), scope)
    return ("\n".join([*rules, "}"]) + "\n").encode()


def _class_rules(colours: Sequence[str], scope: str = "") -> Iterator[str]:
    for level, colour in enumerate(colours):
        inks = ("#14181c", "#ffffff")
        ink = next((i for i in inks if contrast(colour, i) >= TEXT_CONTRAST), "#000000")
        yield f"{scope}.level-{level}{{--level:{colour}}}{scope}.on-{level}{{--on-level:{ink}}}"
