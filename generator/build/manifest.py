"""What a finished site says of itself: its files with fingerprints, and what they came from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

MANIFEST = ".atlas-manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the generator made: fingerprints and sizes by path, and keys of what they came from."""

    files: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


def fingerprint(content: bytes) -> str:
    """The first half of the SHA-256, in hexadecimal: 128 bits tell thousands of files apart."""
    return hashlib.sha256(content).hexdigest()[:32]


def is_inside(path: str) -> bool:
    """Whether a path from a site's root stays within the site."""
    parts = set(path.split("/"))
    return not path.startswith("/") and ".." not in parts and not parts <= {"", "."}


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a site; an empty one if there is none that can be read."""
    return sound_manifest(folder) or Manifest()


def sound_manifest(folder: Path) -> Manifest | None:
    """The manifest of a site, or None if there is none, or it is damaged."""
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {path: (str(digest), int(size)) for path, (digest, size) in raw["files"].items()}
        keys = {str(name): str(key) for name, key in raw["keys"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Manifest(files, keys) if all(map(is_inside, files)) else None


def is_whole(folder: Path, manifest: Manifest) -> bool:
    """Whether every file of a manifest is there with its very content."""
    return bool(manifest.files) and all(
        is_as_recorded(folder / path, recorded) for path, recorded in manifest.files.items()
    )


def is_as_recorded(path: Path, recorded: tuple[str, int]) -> bool:
    digest, size = recorded
    try:
        return has_size(path, size) and fingerprint(path.read_bytes()) == digest
    except OSError:
        return False


def has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
