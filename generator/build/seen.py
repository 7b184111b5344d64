"""Whether a site is as it was when it was last read in full, without reading it again.

Of every file of the site its number, its size and the times of its last changes are compared, as
one hash; they lie beside the prepared boundaries, as other machines have other ones.  The time of
the last change of a file's state can't be set by hand, so whoever changes a file, even to the
same size and with its former time of change, is noticed.  A change within the same tick of the
clock as the one before would not be: so a site counts as seen only if the clock of its file
system had ticked since the last change of any file (as git does for files as young as its index).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from generator.build.manifest import MANIFEST, Manifest

_TURNS = 3
"""How often to wait for the clock of the file system."""
_TICK_S = 0.02


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the file system says of all files of a site.

    Attributes
    ----------
    hash
        Of all numbers, sizes and times.
    size
        Of all files together, without the manifest, in bytes.
    youngest
        Time of the last change of all, in nanoseconds by the clock of the file system.
    """

    hash: str
    size: int
    youngest: int


@dataclass(frozen=True, slots=True)
class Record:
    """Where it is noted what a site looked like, for this machine.

    Attributes
    ----------
    folder
        The site.
    file
        The note.
    """

    folder: Path
    file: Path

    def keys(self) -> Mapping[str, str] | None:
        """The noted keys of the manifest; None if a file is not as it was, or nothing is noted."""
        try:
            noted = json.loads(self.file.read_text(encoding="utf-8"))
            paths, keys = [str(path) for path in noted["paths"]], dict(noted["keys"])
            return keys if stamps(self.folder, paths).hash == noted["stamps"] else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def note(self, manifest: Manifest, found: Stamps, names: Iterable[str]) -> None:
        """Note what a site looks like whose content is known to be that of its manifest.

        Parameters
        ----------
        found
            Taken before the content was read, so that a change since then shows.
        names
            Of the keys that are noted too.
        """
        keys = {name: manifest.keys[name] for name in names if name in manifest.keys}
        noted = {"stamps": found.hash, "keys": keys, "paths": sorted(manifest.files)}
        draft = self.file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # without it, the site is read in full
            self.file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
            draft.replace(self.file)


def record_of(folder: Path, cache: Path) -> Record:
    """The note of a site among what is kept of an atlas: one atlas may fill several sites."""
    site = folder.absolute()
    name = hashlib.sha256(os.fsencode(site)).hexdigest()[:16]
    return Record(site, cache / f"seen-{name}.json")


def settled_stamps(folder: Path, paths: Iterable[str]) -> Stamps | None:
    """What the files look like, once later changes will show; None if that can't be known."""
    if sys.platform == "win32":
        return None  # it has no time of a file's last change that can't be set by hand
    paths = tuple(paths)
    for turn in range(_TURNS):
        time.sleep(_TICK_S * turn)
        with suppress(OSError):
            now = _clock(folder)
            found = stamps(folder, paths)
            if found.youngest < now:
                return found
    return None


def _clock(folder: Path) -> int:
    """The time by which the file system stamps files, in nanoseconds; it comes in ticks."""
    with tempfile.TemporaryFile(dir=folder) as probe:  # it has no name, where that can be
        return os.fstat(probe.fileno()).st_ctime_ns


def stamps(folder: Path, paths: Iterable[str]) -> Stamps:
    """What the file system says of the files of a site, and of its manifest.

    Raises
    ------
    OSError
        One isn't there, or the file system doesn't say.
    """
    total, size, youngest = hashlib.sha256(), 0, 0
    root = os.open(folder, os.O_RDONLY)
    try:
        for path in (MANIFEST, *sorted(paths)):
            # Relative to an open folder, which takes half the time.
            at = os.stat(path, dir_fd=root)
            own = (path, at.st_ino, at.st_mode, at.st_size, at.st_mtime_ns, at.st_ctime_ns)
            total.update(repr(own).encode("utf-8", "surrogatepass"))
            size += at.st_size if path != MANIFEST else 0
            youngest = max(youngest, at.st_ctime_ns)
    finally:
        os.close(root)
    return Stamps(total.hexdigest(), size, youngest)
