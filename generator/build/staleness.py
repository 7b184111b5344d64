"""Whether a site is up to date: a hash of all that it was made from, taken before all else.

This imports nothing of weight: a build with nothing to do ends here.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.build.manifest import Manifest, is_whole, read_manifest
from generator.build.options import Options
from generator.build.seen import Record, record_of, settled_stamps
from generator.build.versions import installed, versions
from generator.sources.folders import BOUNDARIES, PREPARED_CACHE
from generator.sources.tables.metadata import description_files
from generator.theme import TEMPLATES

_CODE = Path(__file__).resolve().parents[1]
LOOK_AGAIN = "boundaries wanted"
"""In a manifest: the build found no boundaries, and the next one may."""
_ASKED = ("build", "warnings", LOOK_AGAIN)
"""Keys of a manifest that say whether there is anything to do."""


def is_up_to_date(config: Path, options: Options, base_url: str | None) -> bool:
    """Whether a build would make the very site that is there.

    Parameters
    ----------
    config
        The settings file.
    base_url
        What the command line says of it; None leaves it to the settings.
    """
    if options.force:
        return False
    record = _record(config, options)
    noted = record.keys()
    manifest = Manifest() if noted else read_manifest(options.out)
    keys = noted or manifest.keys
    if LOOK_AGAIN in keys or not is_answer(keys, options):
        return False
    if keys.get("build") != build_key(config, options, base_url):
        return False
    if noted:
        return True
    found = settled_stamps(options.out, manifest.files)
    whole = is_whole(options.out, manifest)
    if whole and found:
        record.note(manifest, found, _ASKED)
    return whole


def note_published(config: Path, options: Options) -> None:
    """Note what the site looks like that was put in place just now."""
    manifest = read_manifest(options.out)
    found = settled_stamps(options.out, manifest.files)
    if found and found.size == sum(size for _, size in manifest.files.values()):
        _record(config, options).note(manifest, found, _ASKED)


def _record(config: Path, options: Options) -> Record:
    return record_of(options.out, config.parent / BOUNDARIES / PREPARED_CACHE)


def is_answer(keys: Mapping[str, str], options: Options) -> bool:
    """Whether a site answers what is asked: one built with warnings is none to ``--strict``.

    Parameters
    ----------
    keys
        Those of its manifest.
    """
    return bool(keys) and not (options.strict and keys.get("warnings") != "0")


def build_key(config: Path, options: Options, base_url: str | None, *, pages: bool = True) -> str:
    """A hash of all that a site is made from: inputs, options, code, templates, packages.

    Without `pages` the templates of pages are left out, ours and those of a theme.
    """
    raw = _parsed(config)
    digest = hashlib.sha256()
    theme = _of_atlas(raw, "theme")
    folders = [TEMPLATES, *([config.parent / theme] if theme else [])]
    for path in [*_tree(_CODE), *_tree(TEMPLATES), *_inputs(config, raw, options)]:
        if not pages and path.suffix == ".html" and _is_template(path, folders):
            continue
        digest.update(f"{path.name}\0".encode())
        digest.update(_file_digest(path))
    package = _named_package(raw)
    made_with = {**versions(), **installed([package] if package else [])}
    published_at = _of_atlas(raw, "base_url") if base_url is None else base_url
    digest.update(repr((made_with, options.boundaries, published_at.rstrip("/"))).encode())
    return digest.hexdigest()


def _is_template(path: Path, folders: Sequence[Path]) -> bool:
    """Whether a file is a template of pages: assets may be HTML files too."""
    return any(
        path.is_relative_to(folder) and not path.is_relative_to(folder / "assets")
        for folder in folders
    )


def code_key() -> str:
    """A hash of this program's code and of the packages that a site is made with."""
    digest = hashlib.sha256(repr(versions()).encode())
    for path in _tree(_CODE):
        digest.update(f"{path.name}\0".encode())
        digest.update(_file_digest(path))
    return digest.hexdigest()


def _parsed(config: Path) -> dict[str, Any]:
    """The settings, unchecked: what is wrong with them is reported by who reads them."""
    try:
        return tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}


def _inputs(config: Path, raw: dict[str, Any], options: Options) -> Iterator[Path]:
    """Every file that a build may read: the settings, what they name, and boundaries.

    Whatever text in the settings is the path of a file counts as one, so that no list of
    settings has to be kept here.
    """
    folder = config.parent
    yield config
    named = {folder / text for text in _texts(raw) if text}
    files = sorted(path for path in named if _is_file(path))
    yield from files
    # A table's description beside it decides how it is read.
    yield from sorted({file for path in files for file in description_files(path)})
    theme = _of_atlas(raw, "theme")
    if theme:
        yield from _tree(folder / theme)
    if options.boundaries in {"auto", "ons"}:
        # What is prepared is made from what is hashed anyway.
        yield from (p for p in _tree(folder / BOUNDARIES) if PREPARED_CACHE not in p.parts)
    elif options.boundaries not in {"hex", "package"}:
        chosen = Path(options.boundaries)
        # A Shapefile is several files of one name.
        beside = chosen.parent.glob(f"{chosen.stem}.*") if _is_file(chosen) else _tree(chosen)
        yield from sorted(beside)


def _texts(value: object) -> Iterator[str]:
    """Every text in parsed TOML."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _of_atlas(raw: dict[str, Any], name: str) -> str:
    atlas = raw.get("atlas")
    value = atlas.get(name) if isinstance(atlas, dict) else None
    return value if isinstance(value, str) else ""


def _named_package(raw: dict[str, Any]) -> str:
    """A package that the settings take boundaries from, and the project may not require."""
    geography = raw.get("geography")
    package = geography.get("package") if isinstance(geography, dict) else None
    name = package.get("name") if isinstance(package, dict) else None
    return name if isinstance(name, str) else ""


def _tree(folder: Path) -> list[Path]:
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    return [p for p in paths if "__pycache__" not in p.parts]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # no path, but a long text or one with a null in it


def _file_digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b"(unreadable)"
