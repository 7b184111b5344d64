"""The only writer of the site: staged, then swapped in as a whole.

A build writes into a folder beside the site.  Files that are as they were before are
hard-linked from the former site, so they keep their time stamps; `publish` puts the
new folder into place (see `swap`).  Until then the former site stands untouched.  A
manifest of fingerprints says which files the generator made: only those are ever
removed, and a folder without one is never cleared.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from types import TracebackType

from generator.build.lock import Lock
from generator.build.manifest import (
    MANIFEST,
    Manifest,
    fingerprint,
    is_as_recorded,
    is_inside,
    manifest_text,
    read_manifest,
    recorded_content,
    sound_manifest,
)
from generator.build.signals import unbroken
from generator.build.swap import Place, place_of, put_right, swap, writable
from generator.errors import OutputError

_KEPT_EMPTY = frozenset({".gitkeep", ".gitignore", "lost+found"})


@dataclass(frozen=True, slots=True)
class Published:
    """What a build changed: counts of files, and the size of the whole site in bytes."""

    files: int
    written: int
    unchanged: int
    removed: int
    size: int


def hashed_name(name: str, content: bytes) -> str:
    """A file name that changes with the content: ``style.css`` → ``style.1a2b3c4d.css``."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{fingerprint(content)[:8]}{path.suffix}"))


class Output:
    """A site being written.

    Use it as a context: leaving it without `publish` discards all that was written.

    Parameters
    ----------
    folder
        The site's final place.  It must be missing, empty, or made by the generator.
    force
        Forget what the former site was made from: nothing is kept because its key is as before.

    Raises
    ------
    OutputError
        If the folder holds files that the generator didn't make, or can't be written.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self._force = force
        self.place = place_of(folder)
        self.folder = self.place.folder
        self.staging = self.place.staging
        self._lock = Lock(self.place.lock, self.folder)
        self._files: dict[str, tuple[str, int]] = {}
        self._written = 0
        self._rooms: set[str] = set()
        """Folders of the staged site; it may have tens of thousands, so paths are strings here."""
        self.reasons: dict[str, str] = {}
        """Why each file is written, where it isn't taken from the former site; by path."""
        with writable(self.place):
            _refuse_foreign(self.place)
        self.former = self._read_former()

    def _read_former(self) -> Manifest:
        found = read_manifest(self.folder)
        return replace(found, keys={}) if self._force else found

    def __enter__(self) -> Output:
        try:
            with unbroken(), writable(self.place):
                self._begin()
        except KeyboardInterrupt:
            # It waited until all was begun, and nobody calls `__exit__` for who never entered.
            self._end()
            raise
        return self

    def _begin(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        self._lock.__enter__()
        try:
            put_right(self.place)
            self.former = self._read_former()
            self.staging.mkdir()
        except BaseException:
            self._lock.release()
            raise

    def _end(self) -> None:
        if not self._lock.held:
            return  # then what is staged there is somebody else's
        # A journal says that what is staged will be published, by the next build if not by this.
        if not self.place.journal.exists():
            shutil.rmtree(self.staging, ignore_errors=True)
        self._lock.release()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with unbroken():
            self._end()

    def write(self, path: str, content: bytes | str) -> None:
        """Put a file at a path from the site's root.

        Raises
        ------
        OutputError
            If the path was written before in this build, or leads out of the site.
        """
        data = content.encode() if isinstance(content, str) else content
        self._claim(path)
        digest = fingerprint(data)
        self._files[path] = (digest, len(data))
        former = self.former.files.get(path)
        known = former == (digest, len(data))
        if known and self._is_same(path, data) and self._link(path):
            return
        made = "it is new" if former is None else "its content changed"
        self.reasons[path] = "it was not there as it was written" if known else made
        with writable(self.place, path), open(self._staged(path), "wb") as file:
            file.write(data)
        self._written += 1

    def adopt(self, tree: Path, at: str) -> None:
        """Move all files of a folder (on the same file system) below the path `at`."""
        for file in sorted(p for p in tree.rglob("*") if p.is_file()):
            path = str(PurePosixPath(at) / file.relative_to(tree).as_posix())
            self.write(path, file.read_bytes())
        shutil.rmtree(tree)

    def reuse(self, prefix: str) -> int:
        """Take all files below `prefix` from the former site; returns how many there are.

        Nothing is taken (and 0 returned) if one of them is missing.
        """
        paths = [path for path in self.former.files if path.startswith(prefix)]
        if not all(self._files_fit(path) for path in paths):
            return 0
        return sum(self.keep(path) for path in paths)

    def has_former(self, path: str) -> bool:
        """Whether the former site holds a file, whole as it was written."""
        return path in self.former.files and self._files_fit(path)

    def keep(self, path: str, *, whole: bool = False) -> bool:
        """Take one file from the former site as it is; False if it isn't there whole.

        Parameters
        ----------
        whole
            It was looked at just now, and is.
        """
        if not (whole or self.has_former(path)):
            return False
        self._claim(path)
        self._files[path] = self.former.files[path]
        if not self._link(path):
            shutil.copy2(self.folder / path, self._staged(path))
        return True

    def former_content(self, path: str) -> bytes | None:
        """A file of the former site, if it is there as it was written."""
        if path not in self.former.files:
            return None
        return recorded_content(f"{self.folder}/{path}", self.former.files[path])

    def _files_fit(self, path: str) -> bool:
        return is_as_recorded(f"{self.folder}/{path}", self.former.files[path])

    def _staged(self, path: str) -> str:
        """Where a path is staged; its folder is there."""
        room = path.rpartition("/")[0]
        if room not in self._rooms:
            (self.staging / room).mkdir(parents=True, exist_ok=True)
            self._rooms.add(room)
        return f"{self.staging}/{path}"

    def scratch(self, name: str) -> Path:
        """A fresh folder beside the staged site, for stages that write trees themselves."""
        folder = self.staging / f".scratch-{name}"
        folder.mkdir()
        return folder

    @property
    def paths(self) -> frozenset[str]:
        """Paths written so far."""
        return frozenset(self._files)

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file written so far, by path."""
        return {path: size for path, (_, size) in self._files.items()}

    def read(self, path: str) -> bytes:
        """A file written in this build."""
        staged = self.staging / path
        return (staged if staged.exists() else self.folder / path).read_bytes()

    def publish(self, keys: Mapping[str, str]) -> Published:
        """Swap the new site into place.

        Parameters
        ----------
        keys
            What the site was made from, by name: kept in the manifest, for the next build.
        """
        text = manifest_text(self._files, keys)
        gone = set(self.former.files) - set(self._files)
        with writable(self.place):
            (self.staging / MANIFEST).write_text(text, encoding="utf-8")
            for left_over in self.staging.glob(".scratch-*"):
                shutil.rmtree(left_over)
            self._make_way()
            with unbroken(too_late=True):
                swap(self.place, gone)
        return Published(
            files=len(self._files),
            written=self._written,
            unchanged=len(self._files) - self._written,
            removed=len(gone),
            size=sum(size for _, size in self._files.values()),
        )

    def _claim(self, path: str) -> None:
        if not is_inside(path):
            raise OutputError(f"{path!r} is no path within the site", where=str(self.folder))
        if path in self._files:
            raise OutputError(
                "two pages or files want the same place",
                where=path,
                fix="give them different names or paths in the settings",
            )

    def _is_same(self, path: str, data: bytes) -> bool:
        try:
            return (self.folder / path).read_bytes() == data
        except OSError:
            return False

    def _link(self, path: str) -> bool:
        """Hard-link a file of the former site, which is as it should be; False if it can't be."""
        if self.place.within:
            return True  # it stays where it is
        try:
            os.link(f"{self.folder}/{path}", self._staged(path))
        except OSError:
            return False
        return True

    def _make_way(self) -> None:
        """See to files that somebody else put into the site (CNAME, .git, .gitkeep).

        They stay; one where a page or a folder of pages goes stops the build.
        """
        folders = {above for path in self._files for above in _folders_of(path)}
        for path in _foreign(self.place, self.former):
            if path in folders or any(above in self._files for above in _folders_of(path)):
                raise OutputError(
                    "this stands where a page of the site goes, and the generator did not make it",
                    where=str(self.folder / path),
                    fix="move it away, and build again",
                )
            if path not in self._files and not self.place.within:
                self._carry(path)

    def _carry(self, path: str) -> None:
        source, target = f"{self.folder}/{path}", self._staged(path)
        try:
            os.link(source, target, follow_symlinks=False)
        except OSError:
            shutil.copy2(source, target, follow_symlinks=False)


def _foreign(place: Place, manifest: Manifest) -> Iterator[str]:
    """Files that the generator did not make; links to folders are files."""
    waiting = [""] if place.folder.is_dir() else []
    while waiting:
        within = waiting.pop()
        with os.scandir(f"{place.folder}/{within}") as entries:
            for entry in entries:
                path = within + entry.name
                if place.is_own(path):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif path != MANIFEST and path not in manifest.files:
                    yield path


def _folders_of(path: str) -> Iterator[str]:
    """The folders that a path lies in, the lowest first."""
    while folder := path.rpartition("/")[0]:
        yield folder
        path = folder


def _refuse_foreign(place: Place) -> None:
    folder = place.folder
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            "this is a file, not a folder", where=str(folder), fix="choose another with --out"
        )
    if not folder.is_dir():
        return
    if (folder / MANIFEST).is_file():
        if sound_manifest(folder) is None:
            raise OutputError(
                "this list of the generator's files is damaged, so that they can't be known from "
                "yours",
                where=str(folder / MANIFEST),
                fix="move what is yours out of the folder, delete the folder, and build again",
            )
        return
    names = (p.name for p in folder.iterdir())
    others = sorted(n for n in names if n not in _KEPT_EMPTY and not place.is_own(n))
    if others:
        raise OutputError(
            f"the folder holds files that this generator didn't make ({', '.join(others[:3])}…)",
            where=str(folder),
            fix="choose another folder with --out, or empty this one yourself",
        )


def put_in_place(
    folder: Path, manifest: Manifest, pages: Mapping[str, bytes], keys: Mapping[str, str]
) -> Published:
    """Write a few pages over those of a site, each whole, and then its manifest.

    Cut short in between, the next build finds pages that are not as the manifest records, and
    makes them again.

    Parameters
    ----------
    manifest
        Of the site as it is.
    pages
        By path; all others stay.
    keys
        Entries of the manifest that change, or come; those of templates are all given.
    """
    place = place_of(folder)
    files, written = dict(manifest.files), 0
    former = {name: key for name, key in manifest.keys.items() if not name.startswith("template ")}
    with Lock(place.lock, place.folder), writable(place):
        for path, content in pages.items():
            entry = (fingerprint(content), len(content))
            if files.get(path) != entry:
                files[path] = entry
                _replace(place.folder / path, content)
                written += 1
        _replace(place.folder / MANIFEST, manifest_text(files, {**former, **keys}).encode())
    size = sum(size for _, size in files.values())
    return Published(len(files), written, len(files) - written, 0, size)


def _replace(path: Path, content: bytes) -> None:
    """A whole file in the place of another one."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)
