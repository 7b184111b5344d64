"""The site's scripts: ES modules as they are written, joined into one file for each job.

A folder of ``assets/`` that holds ``main.js`` becomes one script named after the folder
(``map/main.js`` → ``map.js``), with all that it imports, in the order of their need.  Joined,
because a module that names its parts by relative paths can't have names that change with the
content, an import map would have to stand in each page, which the Content-Security-Policy
forbids, and each part would be a request of its own.  The result is a plain script, so that it
works from a file as well.

What modules may write is what can be joined by reading lines: ``import { a, b } from "./x.js";``
without renaming, ``export`` before a declaration, and no name twice within one script.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping

import rjsmin

from generator.catalogue import Catalogue
from generator.errors import AtlasError

_IMPORT = re.compile(
    r"^import\s+(?:\{(?P<names>[^{}]*)\}\s+from\s+)?\"(?P<path>\.{1,2}/[^\"]+)\";\n", re.MULTILINE
)
_EXPORT = re.compile(r"^export\s+(?=(?:const|let|class|function|async)\b)", re.MULTILINE)
_NAME = re.compile(r"^(?:const|let|class|(?:async\s+)?function)\s+([\w$]+)", re.MULTILINE)
_LEFT = re.compile(r"^\s*(?:import\b(?!\s*\()|export\b).*$", re.MULTILINE)


_TEXT = r'"(?:[^"\\\n]|\\.)*"'
_SPOKEN = re.compile(rf"(?<![\w$])(speak|speakCount)\(\s*({_TEXT})(?:(,\s*)({_TEXT}))?")
_FORMS = "speak([one, many][formOf(n)]"
_RULE = "const formOf = (n) => Number(n !== 1);"


def in_language(script: bytes, speak: Catalogue) -> bytes:
    """A script with its texts in another language: ``speak("Copied")`` keeps but the text.

    Texts are put in at build time, so that no reader loads a list of them.  ``speakCount`` gets
    all forms that the language has in place of the first of its two texts.
    """
    if not speak.translates:
        return script

    def translated(found: re.Match[str]) -> str:
        one = json.loads(found[2])
        if found[1] == "speak" or found[4] is None:
            text = json.dumps(speak.gettext(one), ensure_ascii=False)
            rest = "".join(part for part in (found[3], found[4]) if part)
            return f"{found[1]}({text}{rest}"
        forms = json.dumps(speak.forms(one), ensure_ascii=False)
        return f"speakCount({forms}, null"

    text = _SPOKEN.sub(translated, script.decode())
    text = text.replace(_RULE, f"const formOf = (n) => Number({speak.plural_rule});")
    return text.replace(_FORMS, "speak(one[formOf(n)]").encode()


_NESTED = re.compile(r"\$\{[^}`]*`")
"""A template literal within one: there rjsmin takes spaces out of texts."""


def minified(script: bytes) -> bytes:
    """A script without what only its writers read, a seventh of what a reader loads.

    One with a template literal within another (a theme's; ours have none) stays as it is.
    """
    text = script.decode()
    return script if _NESTED.search(text) else f"{rjsmin.jsmin(text)}\n".encode()


def join_modules(modules: Mapping[str, bytes]) -> dict[str, bytes]:
    """One script for each folder that holds ``main.js``, by name.

    Parameters
    ----------
    modules
        Source by path below ``assets/``, with ``/`` between folders.

    Raises
    ------
    AtlasError
        For an import of what isn't there or isn't exported, a circle of imports, a name that
        two modules of a script declare, or a form of import or export that can't be joined.
    """
    starts = sorted(path for path in modules if re.fullmatch(r"[^/]+/main\.js", path))
    return {f"{path.split('/')[0]}.js": _joined(path, modules) for path in starts}


def _joined(start: str, modules: Mapping[str, bytes]) -> bytes:
    order: list[str] = []
    _visit(start, modules, order, ())
    owner: dict[str, str] = {}
    parts = []
    for path in order:
        text = _IMPORT.sub("", modules[path].decode())
        text = _EXPORT.sub("", text)
        if found := _LEFT.search(text):
            raise AtlasError(
                f"this can't be joined with other modules: {found[0].strip()}",
                where=f"assets/{path}",
                fix='write import { name } from "./file.js"; or export before a declaration',
            )
        for name in _NAME.findall(text):
            if name in owner:
                raise AtlasError(
                    f"{name} is declared in assets/{owner[name]} too, and both are in one script",
                    where=f"assets/{path}",
                    fix="give one of the two another name",
                )
            owner[name] = path
        parts.append(f"/* {path} */\n{text.strip()}\n")
    return ('(() => {\n"use strict";\n' + "\n".join(parts) + "})();\n").encode()


def _visit(
    path: str, modules: Mapping[str, bytes], order: list[str], within: tuple[str, ...]
) -> None:
    """Puts what a module needs before it, and then the module."""
    if path in within:
        circle = " → ".join([*within[within.index(path) :], path])
        raise AtlasError(f"modules import one another in a circle: {circle}", where="assets/")
    if path in order:
        return
    for found in _IMPORT.finditer(modules[path].decode()):
        needed = posixpath.normpath(posixpath.join(posixpath.dirname(path), found["path"]))
        if needed not in modules:
            raise AtlasError(
                f"{needed} is imported and isn't there", where=f"assets/{path}",
                fix="correct the path after from",
            )  # fmt: skip
        exported = set(_NAME.findall(_EXPORT.sub("", modules[needed].decode())))
        exported &= set(re.findall(r"^export\s+\w+\s+(?:function\s+)?([\w$]+)",
                                   modules[needed].decode(), re.MULTILINE))  # fmt: skip
        for name in filter(None, (n.strip() for n in (found["names"] or "").split(","))):
            if name not in exported:
                raise AtlasError(
                    f"{name} isn't exported by assets/{needed}", where=f"assets/{path}",
                    fix="export it there, or correct its name; renaming (as) can't be joined",
                )  # fmt: skip
        _visit(needed, modules, order, (*within, path))
    order.append(path)
