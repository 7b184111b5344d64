"""What can go wrong, said so that the reader can fix it.

Every problem that a user can cause is an `AtlasError`.  It names the file,
the place in it (row, column, code) and the next action; `cli` prints it as one
message and exits with status 1.
"""

from __future__ import annotations


class AtlasError(Exception):
    """A problem in the input, the settings or the surroundings of a build.

    Parameters
    ----------
    message
        What is wrong, as one sentence without a full stop.
    where
        The file, URL or path concerned, with row or column if there is one
        (``data/scores.csv, row 12, column "score"``).
    fix
        What the user can do next, as one sentence.
    """

    def __init__(self, message: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  → {self.fix}" if self.fix else head

    def __reduce__(self) -> tuple[object, ...]:
        # Workers of a process pool send errors back by pickling them.
        return (_rebuild, (type(self), self.message, self.where, self.fix))


def _rebuild(kind: type[AtlasError], message: str, where: str, fix: str) -> AtlasError:
    return kind(message, where=where, fix=fix)


class SettingsError(AtlasError):
    """`atlas.toml` says something that it can't mean; lists every problem at once."""


class SourceError(AtlasError):
    """A table or boundary file can't be read, or is not what it claims to be."""


class PortalError(SourceError):
    """The ONS Open Geography Portal did not deliver; `reachable` is False without a network."""

    def __init__(
        self, message: str, *, where: str = "", fix: str = "", reachable: bool = True
    ) -> None:
        super().__init__(message, where=where, fix=fix)
        self.reachable = reachable

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_portal, (self.message, self.where, self.fix, self.reachable))


def _rebuild_portal(message: str, where: str, fix: str, reachable: bool) -> PortalError:
    return PortalError(message, where=where, fix=fix, reachable=reachable)


class JoinError(AtlasError):
    """Rows and areas can't be matched one to one."""


class OutputError(AtlasError):
    """The output folder can't be written safely, or two pages claim one path."""
