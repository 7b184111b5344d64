"""One build at a time writes a site: a lock that the system drops when its holder ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType

from generator.errors import OutputError

_held: set[int] = set()


def _let_go() -> None:
    """In a process that was forked: a worker that outlives its parent must not hold on."""
    while _held:
        os.close(_held.pop())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)


class Lock:
    """Held as a context; the file goes with it.

    Raises
    ------
    OutputError
        Somebody else holds it.
    """

    def __init__(self, path: Path, site: Path) -> None:
        self._path = path
        self._site = site
        self._file = -1

    def __enter__(self) -> Lock:
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
            if not _taken(file):
                os.close(file)
                raise OutputError(
                    "another build is writing this site",
                    where=str(self._site),
                    fix="wait until it has ended, or choose another folder with --out",
                )
            # The holder before may have removed the very file that this waited for.
            if self._path.exists() and os.path.samestat(os.fstat(file), self._path.stat()):
                self._file = file
                _held.add(file)
                return self
            os.close(file)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    @property
    def held(self) -> bool:
        """Whether this is its holder."""
        return self._file >= 0

    def release(self) -> None:
        """Let go of it, if it is held."""
        if self._file < 0:
            return
        file, self._file = self._file, -1
        _held.discard(file)
        if sys.platform == "win32":
            os.close(file)
            self._path.unlink(missing_ok=True)
        else:
            self._path.unlink(missing_ok=True)
            os.close(file)


def _taken(file: int) -> bool:
    """Lock an open file for this process, or say that another one has."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
