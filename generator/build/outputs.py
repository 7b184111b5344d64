"""The only writer of the site: staged, then swapped in as a whole.

A build writes into a folder beside the site.  Files that are as they were before are
hard-linked from the former site, so they keep their time stamps; `publish` renames
the new folder into place.  Until then the former site stands untouched.  A manifest
of fingerprints says which files the generator made: only those are ever removed, and a
folder without one is never cleared.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType

from generator.build.manifest import (
    MANIFEST,
    Manifest,
    fingerprint,
    has_size,
    is_as_recorded,
    read_manifest,
)
from generator.errors import OutputError

_KEPT_EMPTY = frozenset({".gitkeep", ".gitignore"})


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

    Raises
    ------
    OutputError
        If the folder holds files that the generator didn't make, or can't be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        _refuse_foreign(self.folder)
        self.former = read_manifest(self.folder)
        self.staging = self.folder.with_name(f".{self.folder.name}.staging-{os.getpid()}")
        self._files: dict[str, tuple[str, int]] = {}
        self._written = 0

    def __enter__(self) -> Output:
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            _clear_stale(self.folder)
            self.staging.mkdir()
        except OSError as error:
            raise OutputError(
                f"can't write here ({error.strerror})",
                where=str(self.folder.parent),
                fix="choose another folder with --out",
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)

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
        known = self.former.files.get(path) == (digest, len(data))
        if known and self._is_same(path, data) and self._link(path):
            return
        target = self.staging / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
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

    def keep(self, path: str) -> bool:
        """Take one file from the former site as it is; False if it isn't there whole."""
        if not self.has_former(path):
            return False
        self._claim(path)
        self._files[path] = self.former.files[path]
        if not self._link(path):
            target = self.staging / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / path, target)
        return True

    def _files_fit(self, path: str) -> bool:
        return is_as_recorded(self.folder / path, self.former.files[path])

    def scratch(self, name: str) -> Path:
        """A fresh folder beside the staged site, for stages that write trees themselves."""
        folder = self.staging / f".scratch-{name}"
        folder.mkdir()
        return folder

    @property
    def paths(self) -> frozenset[str]:
        """Paths written so far."""
        return frozenset(self._files)

    def read(self, path: str) -> bytes:
        """A file written in this build."""
        return (self.staging / path).read_bytes()

    def publish(self, keys: Mapping[str, str]) -> Published:
        """Swap the new site into place.

        Parameters
        ----------
        keys
            What the site was made from, by name: kept in the manifest, for the next build.
        """
        manifest = {"files": dict(sorted(self._files.items())), "keys": dict(sorted(keys.items()))}
        text = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")) + "\n"
        (self.staging / MANIFEST).write_text(text, encoding="utf-8")
        for left_over in self.staging.glob(".scratch-*"):
            shutil.rmtree(left_over)
        self._carry_foreign()
        removed = len(set(self.former.files) - set(self._files))
        _swap(self.staging, self.folder)
        return Published(
            files=len(self._files),
            written=self._written,
            unchanged=len(self._files) - self._written,
            removed=removed,
            size=sum(size for _, size in self._files.values()),
        )

    def _claim(self, path: str) -> None:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
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
        """Hard-link a file of the former site; False if it isn't there as recorded."""
        source, target = self.folder / path, self.staging / path
        if not has_size(source, self._files[path][1]):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:
            return False
        return True

    def _carry_foreign(self) -> None:
        """Keep files that somebody else put into the site (CNAME, .git, .gitkeep)."""
        for path in _foreign(self.folder, self.former):
            target = self.staging / path
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            source = self.folder / path
            try:
                os.link(source, target, follow_symlinks=False)
            except OSError:
                shutil.copy2(source, target, follow_symlinks=False)


def _foreign(folder: Path, manifest: Manifest) -> Iterator[str]:
    for root, _, names in os.walk(folder):
        for name in names:
            path = (Path(root) / name).relative_to(folder).as_posix()
            if path != MANIFEST and path not in manifest.files:
                yield path


def _refuse_foreign(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            "this is a file, not a folder", where=str(folder), fix="choose another with --out"
        )
    if not folder.is_dir() or (folder / MANIFEST).is_file():
        return
    others = sorted(p.name for p in folder.iterdir() if p.name not in _KEPT_EMPTY)
    if others:
        raise OutputError(
            f"the folder holds files that this generator didn't make ({', '.join(others[:3])}…)",
            where=str(folder),
            fix="choose another folder with --out, or empty this one yourself",
        )


def _clear_stale(folder: Path) -> None:
    """Remove what builds that were killed have left; put back a site lost between two renames."""
    former = folder.with_name(f".{folder.name}.former")
    if former.exists():
        if folder.exists():
            shutil.rmtree(former)
        else:
            former.rename(folder)
    for left_over in folder.parent.glob(f".{folder.name}.staging-*"):
        pid = left_over.name.rpartition("-")[2]
        if not (pid.isdigit() and _is_alive(int(pid))):
            shutil.rmtree(left_over)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return pid != os.getpid()


def _swap(staging: Path, folder: Path) -> None:
    former = folder.with_name(f".{folder.name}.former")
    if former.exists():
        shutil.rmtree(former)
    if not folder.exists():
        staging.rename(folder)
        return
    folder.rename(former)
    try:
        staging.rename(folder)
    except OSError:
        former.rename(folder)
        raise
    shutil.rmtree(former)
