"""Which versions of which packages a site is made with: the project's own requirements.

Nothing is listed here by hand: what the project requires stands in its metadata (in a
clone in ``pyproject.toml``), and what those packages require in theirs.
"""

from __future__ import annotations

import re
import sys
import tomllib
import zlib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

PROJECT = "mobility-atlas"
_PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
_NOT_IN_A_BUILD = frozenset({"benchmarks", "dev", "docs"})
"""Extras with which the project is worked on, not a site made."""
_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']*)["']""")


def versions() -> dict[str, str]:
    """Versions of Python, zlib and of every package that a site may be made with, by name.

    What is required for another system, and not installed, has no entry.
    """
    python = ".".join(str(part) for part in sys.version_info[:3])
    found = {"python": f"{sys.implementation.name} {python}", "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return {**found, **installed(own_requirements())}


def own_requirements() -> list[str]:
    """Names of the packages that this project requires itself, with those of its extras."""
    if _PYPROJECT.is_file():
        project = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))["project"]
        extras: Mapping[str, list[str]] = project.get("optional-dependencies", {})
        lines = list(project["dependencies"])
        lines += [r for e, some in extras.items() if e not in _NOT_IN_A_BUILD for r in some]
        return _names(lines)
    lines = metadata.requires(PROJECT) or []
    return _names(r for r in lines if not _NOT_IN_A_BUILD & set(_EXTRA.findall(r)))


def installed(names: Iterable[str]) -> dict[str, str]:
    """Versions of packages and, recursively, of what they require, as far as installed."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        version, required = _described(distribution)
        found[name] = version
        waiting += _names(line for line in required if not _EXTRA.search(line))
    return dict(sorted(found.items()))


def _described(distribution: metadata.Distribution) -> tuple[str, list[str]]:
    """Version and requirements of a package.

    Read from the head of its metadata: parsing all of it, as `metadata.requires` does, takes
    ten times as long, and this stands before everything else that a build does.
    """
    try:
        text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    except UnicodeDecodeError:
        text = ""  # a damaged file: who needs the package will say so
    head = text.partition("\n\n")[0].splitlines()
    version = next((line[8:].strip() for line in head if line.startswith("Version:")), "")
    return version, [line[14:] for line in head if line.startswith("Requires-Dist:")]


def _names(requirements: Iterable[str]) -> list[str]:
    found = [_NAME.match(requirement) for requirement in requirements]
    return [re.sub(r"[-_.]+", "-", match[1]).lower() for match in found if match]
