"""How a new site takes the place of the former one, and what happens when that is cut short.

Where the site's folder can be renamed, the new site is staged beside it and two renames
put it into place.  Where it can't (a mount point, a parent folder that is not ours), it
is staged within, a journal says what goes where, and files are moved one by one.  Both
can be cut short at any point: `recover` then finishes what was decided, or takes back
what was not, before anything else is read.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.build.lock import Lock
from generator.build.manifest import MANIFEST, is_inside
from generator.build.signals import unbroken
from generator.errors import OutputError

_OWN = ".atlas-"
"""What files and folders of ours are called within a site that can't be renamed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a site lies, and where its former and its next version wait meanwhile.

    Attributes
    ----------
    folder
        The site, with every symbolic link followed.
    within
        Whether the next version is staged in the folder itself, as it can't be renamed.
    """

    folder: Path
    within: bool

    def _named(self, what: str) -> Path:
        if self.within:
            return self.folder / f"{_OWN}{what}"
        return self.folder.with_name(f".{self.folder.name}.{what}")

    @property
    def staging(self) -> Path:
        return self._named("staging")

    @property
    def former(self) -> Path:
        return self._named("former")

    @property
    def journal(self) -> Path:
        return self._named("journal.json")

    @property
    def lock(self) -> Path:
        return self._named("lock")

    def leftovers(self) -> list[Path]:
        """What a build that was cut short has left."""
        return [p for p in (self.staging, self.former, self.journal, self.lock) if p.exists()]

    def is_own(self, path: str) -> bool:
        """Whether a path from the site's root belongs to the machinery of publishing."""
        return self.within and path.startswith(_OWN) and path != MANIFEST


def place_of(folder: Path) -> Place:
    """Where a site really lies, and how it can be replaced.

    Raises
    ------
    OutputError
        The path is too long, or leads in a circle of symbolic links.
    """
    try:
        target = folder.resolve()
        return Place(target, target.is_dir() and not _can_be_renamed(target))
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a circle of symbolic links"
        raise OutputError(
            f"can't write here ({reason})",
            where=_shortened(str(folder)),
            fix="choose another folder with --out",
        ) from None


def _can_be_renamed(folder: Path) -> bool:
    return not is_mount(folder) and os.access(folder.parent, os.W_OK)


def is_mount(folder: Path) -> bool:
    """Whether something is mounted on a folder, perhaps a folder of the same disk."""
    if folder.is_mount():
        return True
    try:
        table = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False  # only Linux has it, and mounts folders on folders
    points = {line.split()[4] for line in table.splitlines() if len(line.split()) > 4}
    return str(folder).replace(" ", "\\040") in points


def recover(folder: Path) -> None:
    """Finish or take back what a build that was cut short has begun.

    Raises
    ------
    OutputError
        Another build is at work, or the folder can't be written.
    """
    place = place_of(folder)
    if place.leftovers():
        with unbroken(), writable(place), Lock(place.lock, place.folder):
            put_right(place)


class writable:  # noqa: N801 - reads as a word: with writable(place)
    """A context in which the system's refusals become one message that names the place.

    Parameters
    ----------
    path
        What is written, from the site's root; the system doesn't always say.
    """

    def __init__(self, place: Place, path: str = "") -> None:
        self._where = place.folder / path if path else place.folder.parent

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise OutputError(
                f"can't write here ({error.strerror or error})",
                where=_shortened(str(error.filename or self._where)),
                fix="make room or permission, or choose another folder with --out",
            ) from None


def _shortened(path: str) -> str:
    return path if len(path) < 300 else f"{path[:150]}…{path[-100:]}"


def put_right(place: Place) -> None:
    """`recover`, by who holds the lock."""
    if place.journal.exists():
        _finish(place)
    if place.former.exists():
        if place.folder.exists():
            shutil.rmtree(place.former)
        else:
            place.former.rename(place.folder)
    if place.staging.exists():
        shutil.rmtree(place.staging)


def swap(place: Place, gone: Iterable[str]) -> None:
    """Put the staged site into place.

    Parameters
    ----------
    gone
        Paths of the former site that the new one doesn't have.
    """
    if place.within:
        _publish_within(place, gone)
    elif place.folder.exists():
        place.folder.rename(place.former)
        try:
            place.staging.rename(place.folder)
        except BaseException:
            if not place.folder.exists():
                place.former.rename(place.folder)
            raise
        shutil.rmtree(place.former)
    else:
        place.staging.rename(place.folder)


def _publish_within(place: Place, gone: Iterable[str]) -> None:
    """Write down what is to be done; from then on it will be done, by this build or the next."""
    staged = (p.relative_to(place.staging).as_posix() for p in place.staging.rglob("*"))
    moves = sorted(p for p in staged if (place.staging / p).is_file())
    moves.sort(key=lambda path: path == MANIFEST)  # last: until then the site is the former
    text = json.dumps({"moves": moves, "gone": sorted(gone)})
    draft = place.staging / f"{_OWN}draft"
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(place.journal)
    _finish(place)


def _finish(place: Place) -> None:
    """Do what the journal says, as far as it isn't done."""
    try:
        journal = json.loads(place.journal.read_text(encoding="utf-8"))
        paths = [str(path) for path in (*journal["moves"], *journal["gone"])]
        moves = journal["moves"]
    except (ValueError, KeyError, TypeError, RecursionError):
        paths, moves = [""], []
    if not all(map(is_inside, paths)):
        raise OutputError(
            "this journal of a build that was cut short is damaged",
            where=str(place.journal),
            fix="remove it, and build again",
        )
    for path in journal["gone"]:
        target = place.folder / path
        target.unlink(missing_ok=True)
        _remove_empty(target.parent, place.folder)
    for path in moves:
        source, target = place.staging / path, place.folder / path
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
    shutil.rmtree(place.staging, ignore_errors=True)
    place.journal.unlink()


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder and those above it, below the root, as far as they are empty."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
