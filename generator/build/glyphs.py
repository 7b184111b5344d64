"""The letters of names on vector maps, which styles ask the site for; made anew if they change."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from generator import urls
from generator.build.outputs import Output
from generator.cards.draw import font_folder
from generator.tiles import glyphs

KEY = "glyphs"
FACE, LICENCE = "SourceSansPro-Semibold.ttf", "LICENSE.txt"


def write_glyphs(names: Iterable[str], output: Output) -> dict[str, str]:
    """Put glyphs for all letters of some names, and the font's licence, below ``tiles/glyphs/``.

    Returned is what they were made from, for the manifest.
    """
    letters = "".join(sorted(set("".join(names))))
    code = Path(glyphs.__file__).read_bytes()
    versions = [metadata.version(name) for name in ("font-source-sans-pro", "pillow", "scipy")]
    key = hashlib.sha256(code + repr((letters, versions)).encode()).hexdigest()
    if output.former.keys.get(KEY) == key and output.reuse(urls.glyphs("")):
        return {KEY: key}
    folder = font_folder()
    output.write(urls.glyphs(LICENCE), (folder / LICENCE).read_bytes())
    for path, content in glyphs.glyph_files([letters], folder / FACE).items():
        output.write(urls.glyphs(path), content)
    return {KEY: key}
