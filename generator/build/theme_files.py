"""The assets of a site, its publisher's logo, and what a theme adds to them or replaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator.build.modules import in_language, join_modules, minified
from generator.errors import SettingsError
from generator.maps.folium_map import leaflet_files
from generator.pages import parts
from generator.settings import Settings
from generator.sources.logo import LogoFile, read_logo
from generator.theme import TEMPLATES

_COMMENT, _QUOTED = re.compile(r"/\*.*?\*/", re.S), re.compile(r'("(?:[^"\\]|\\.)*")')
BUILT_IN_ACCENT = b"#14532f"
"""As the favicon is drawn in; the style sheet and the cards have the same."""
MOST_LOGO_WIDTH, LOGO_HEIGHT = 240, 40
"""Room for a logo in the header, in CSS pixels."""


def asset_files(settings: Settings) -> dict[str, bytes]:
    """Leaflet, then style sheets, scripts and mark of the site, with those of a theme.

    A theme may replace a whole script by its name, or one module (``map/tip.js``); its style
    sheets are added after the built-in ones of their names unless ``look.styles`` says
    ``replace``.
    """
    whole = {
        name: squeezed(content) if name.endswith(".css") else content
        for name, content in _flat(TEMPLATES).items()
    }
    modules = _modules(TEMPLATES)
    accent, _ = settings.look.accents
    if accent:
        whole["favicon.svg"] = whole["favicon.svg"].replace(BUILT_IN_ACCENT, accent.encode())
    leaflet = dict(leaflet_files())
    theme = settings.atlas.theme
    if theme is not None:
        before = leaflet | whole
        modules |= _modules(settings.path(theme))
        for name, content in _flat(settings.path(theme)).items():
            whole[name] = (
                before[name] + f"\n/* {name} of the theme */\n".encode() + content
                if _is_added(settings, name, name in before)
                else content
            )
    speak = settings.speak
    own = {
        name: minified(in_language(content, speak)) if name.endswith(".js") else content
        for name, content in (join_modules(modules) | whole).items()
    }
    return leaflet | own


def squeezed(styles: bytes) -> bytes:
    r"""A style sheet without what only its writers read: comments, and space around marks.

    It is meant for the built-in ones, which name no address without quotes.

    >>> squeezed(b"/* Ink. */\na > b,\ni { color: red; margin: 0 1px; }\n")
    b'a > b,i{color:red;margin:0 1px}\n'
    """
    found = _QUOTED.split(_COMMENT.sub("", styles.decode()))
    for at in range(0, len(found), 2):
        text = re.sub(r"\s*([{};,]|(?<=:)(?=\s))\s*", r"\1", re.sub(r"\s+", " ", found[at]))
        found[at] = text.replace(";}", "}")
    return f"{''.join(found).strip()}\n".encode()


def theme_words(settings: Settings) -> Iterator[str]:
    """What the theme does, a line for each of its files.

    Raises
    ------
    SettingsError
        There is no such folder.
    """
    theme = settings.atlas.theme
    if theme is None:
        return
    folder = settings.path(theme)
    if not folder.is_dir():
        raise SettingsError(
            "there is no such folder",
            where=str(folder),
            fix="name the folder of your templates as atlas.theme, or leave that out",
        )
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        asset = name.removeprefix("assets/")
        known = (TEMPLATES / name).is_file() or asset in leaflet_files()
        if not known:
            yield f"theme: {name} is new: it shows where a template names it"
        elif asset != name and _is_added(settings, asset, known):
            yield f"theme: {name} is added after the built-in one"
        else:
            yield f"theme: {name} takes the place of the built-in one"


def logo_of(settings: Settings) -> tuple[parts.Logo, bytes] | None:
    """The logo as pages show it, and its bytes; None where there is none.

    Raises
    ------
    SourceError
        It can't be read, or isn't what a logo may be.
    """
    named = settings.look.logo
    if named is None:
        return None
    file = read_logo(settings.path(named.file))
    width, height = _fitted(file)
    return parts.Logo(f"logo.{file.ending}", named.alt, width, height), file.content


def _fitted(file: LogoFile) -> tuple[int, int]:
    scale = min(LOGO_HEIGHT / file.height, MOST_LOGO_WIDTH / file.width)
    return max(1, round(file.width * scale)), max(1, round(file.height * scale))


def _is_added(settings: Settings, name: str, known: bool) -> bool:
    return known and name.endswith(".css") and settings.look.styles == "add"


def _flat(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "assets").glob("*.*"))}


def _modules(folder: Path) -> dict[str, bytes]:
    assets = folder / "assets"
    return {
        path.relative_to(assets).as_posix(): path.read_bytes()
        for path in sorted(assets.glob("*/*.js"))
    }
