"""What a finished site says of itself: its files with fingerprints, and what they came from."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MANIFEST = ".atlas-manifest.json"


CARD = "card "
"""Begins the name of a key that says what the file at a path was made from."""
_DIGITS = 24


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the generator made: fingerprints and sizes by path, and keys of what they came from."""

    files: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


def fingerprint(content: bytes) -> str:
    """96 bits of the SHA-256, in hexadecimal: they tell a million files apart."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def manifest_text(files: Mapping[str, tuple[str, int]], keys: Mapping[str, str]) -> str:
    """A manifest as JSON: files by folder, each with fingerprint and size.

    The fingerprint is in base 64; where a card was made from something, that key follows.  So
    it is little more than half as long as a list of paths would be.
    """
    folders: dict[str, dict[str, str]] = {}
    others = dict(sorted(keys.items()))
    for path, (digest, size) in sorted(files.items()):
        folder, _, name = path.rpartition("/")
        words = [_packed(digest), str(size)]
        if CARD + path in others:
            words.append(_packed(others.pop(CARD + path)))
        folders.setdefault(folder, {})[name] = " ".join(words)
    raw = {"folders": folders, "keys": others}
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")) + "\n"


def _packed(digest: str) -> str:
    return base64.b64encode(bytes.fromhex(digest)).decode()


def _unpacked(digest: str) -> str:
    return base64.b64decode(digest, validate=True).hex()


def is_inside(path: str) -> bool:
    """Whether a path from a site's root stays within the site."""
    if path[:1] not in ("", "/", ".") and ".." not in path:
        return True  # as nearly all are
    parts = set(path.split("/"))
    return not path.startswith("/") and ".." not in parts and not parts <= {"", "."}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a site; an empty one if there is none that can be read."""
    return sound_manifest(folder) or Manifest()


def sound_manifest(folder: Path) -> Manifest | None:
    """The manifest of a site, or None if there is none, or it is damaged."""
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        keys = {str(name): str(key) for name, key in raw["keys"].items()}
        files = _former_files(raw["files"]) if "files" in raw else _files(raw["folders"], keys)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Manifest(files, keys) if all(map(is_inside, files)) else None


def _files(
    folders: Mapping[str, Mapping[str, str]], keys: dict[str, str]
) -> dict[str, tuple[str, int]]:
    """Fingerprints and sizes by path; what cards were made from goes to the keys."""
    files = {}
    for folder, own in folders.items():
        for name, words in own.items():
            path = f"{folder}/{name}" if folder else name
            digest, size, *made_from = words.split(" ")
            files[path] = (_unpacked(digest), int(size))
            if made_from:
                keys[CARD + path] = _unpacked(made_from[0])
    return files


def _former_files(files: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Of a manifest of version 0.1: a list of paths, with longer fingerprints."""
    return {path: (str(digest)[:_DIGITS], int(size)) for path, (digest, size) in files.items()}


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether every file of a manifest is there with its very content."""
    return bool(manifest.files) and all(
        is_as_recorded(folder / path, recorded) for path, recorded in manifest.files.items()
    )


def is_as_recorded(path: Path | str, recorded: tuple[str, int]) -> bool:
    return recorded_content(path, recorded) is not None


def recorded_content(path: Path | str, recorded: tuple[str, int]) -> bytes | None:
    """What is in a file, if that is what a manifest records of it."""
    digest, size = recorded
    try:
        with open(path, "rb") as file:
            content = file.read(size + 1)
    except OSError:
        return None
    return content if len(content) == size and fingerprint(content) == digest else None
