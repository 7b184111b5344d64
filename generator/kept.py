"""What was computed before and still holds: small contents by a key of what they come from.

Drawing a map from outlines takes far longer than filling in its classes, and outlines seldom
change.  Whatever depends on them alone goes through here: the key is a hash of the outlines, of
what was asked, of this program's code and of its libraries, so that nothing stale is ever found.
The contents lie in one SQLite file beside the prepared boundaries.  It is a convenience: without
it, or when it is damaged, everything is made again.

Only the main process writes.  Workers read, and hand back what they have made (`Kept.news`).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.report import Report

MOST_BYTES = 256_000_000
"""Of all contents together; those that were not used for longest go first."""
FILE = "kept.sqlite"
_FLUSH_BYTES = 16_000_000
_TOUCH_TURNS = 10
"""How exactly the last use is known, in builds that wrote; more would write at every build."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept "
    "(key TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class News:
    """What a process has made, and which old contents it has used."""

    made: tuple[tuple[str, bytes], ...]
    used: tuple[str, ...]
    damaged: bool


def digest(*parts: object) -> str:
    """A hash of values that have a complete `repr`."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()[:32]


class Kept:
    """Contents by key.

    Parameters
    ----------
    file
        Where they lie; None keeps nothing between builds.
    made_with
        Stands for the code and the libraries: other ones find nothing.
    forget
        Make everything again, whatever is there.
    """

    def __init__(self, file: Path | None = None, made_with: str = "", forget: bool = False) -> None:
        self._file, self._made_with, self._forget = file, made_with, forget
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._here: dict[str, bytes] = {}
        self._made: dict[str, bytes] = {}
        self._used: set[str] = set()
        self._damaged = False

    def __reduce__(self) -> tuple[object, ...]:
        # A worker opens the file itself; on another machine it finds none.
        return (Kept, (self._file, self._made_with, self._forget))

    def value(self, made_from: Iterable[object], make: Callable[[], Any]) -> Any:
        """What `make` returns (JSON), or what it returned before for the same.

        Parameters
        ----------
        made_from
            Everything that the value depends on, beside the code: values with a complete `repr`.
        """
        found = self.find(made_from := tuple(made_from))
        if found is not None:
            return found
        # As it comes back from the file, so that nothing depends on where it comes from.
        return json.loads(self.put(made_from, make()))

    def find(self, made_from: Iterable[object]) -> Any:
        """What was kept under a key; None if nothing is, or nothing that can be read."""
        found = self._get(digest(self._made_with, *made_from))
        if found is not None:
            with suppress(zlib.error, ValueError):
                return json.loads(zlib.decompress(found))
            self._damaged = True
        return None

    def put(self, made_from: Iterable[object], made: Any) -> str:
        """Keep a value (JSON) under a key, in place of a former one; returns it as a text."""
        text = json.dumps(made, ensure_ascii=False)
        key = digest(self._made_with, *made_from)
        self._made[key] = zlib.compress(text.encode(), 1)
        return text

    def news(self) -> News:
        """What was made and used since this was asked last."""
        news = News(tuple(self._made.items()), tuple(self._used), self._damaged)
        self._made, self._used, self._damaged = {}, set(), False
        return news

    def add(self, news: News, report: Report) -> None:
        """Take what a worker, or this process, has made; writes when it is much."""
        self._here.update(news.made)
        self._used.update(news.used)
        self._damaged |= news.damaged
        if sum(map(len, self._here.values())) > _FLUSH_BYTES:
            self.save(report)

    def save(self, report: Report) -> None:
        """Write what was made, and let go of what is too much."""
        self._here.update(self._made)
        self._made = {}
        if self._file is None or not (self._here or self._used or self._damaged):
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._write()
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and not self._damaged:
                    raise  # locked, full, read-only: nothing wrong with what is there
                self._throw_away()
                self._write()
        except (OSError, sqlite3.Error) as error:
            report.detail(f"{self._file} can't keep what was drawn ({error})")
        if self._damaged:
            report.say(f"{self._file} was damaged; what it should have held was made again")
        self._here, self._used, self._damaged = {}, set(), False

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None and self._owner == os.getpid():
            self._connection.close()
        self._connection = None

    def _get(self, key: str) -> bytes | None:
        found = self._made.get(key) or self._here.get(key)
        if found is not None or self._file is None or self._forget:
            return found
        try:
            if self._connection is None or self._owner != os.getpid():
                if not self._file.is_file():
                    return None
                # A connection must not be used by a process that was forked from its owner.
                self._connection, self._owner = sqlite3.connect(self._file, timeout=1), os.getpid()
            row = self._connection.execute(
                "SELECT content FROM kept WHERE key = ?", (key,)
            ).fetchone()
        except sqlite3.OperationalError as error:
            self._damaged |= "no such table" in str(error) or "malformed" in str(error)
            return None
        except sqlite3.DatabaseError:
            self._damaged = True
            return None
        if row is None or not isinstance(row[0], bytes):
            return None
        self._used.add(key)
        return row[0]

    def _write(self) -> None:
        assert self._file is not None
        self.close()
        with closing(sqlite3.connect(self._file, timeout=10)) as file, file:
            file.execute("PRAGMA synchronous = OFF")  # a cut-off write is found, and made again
            file.execute(_SCHEMA)
            (turn,) = file.execute("SELECT COALESCE(MAX(used), 0) + 1 FROM kept").fetchone()
            rows = [(key, turn, len(content), content) for key, content in self._here.items()]
            file.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", rows)
            file.executemany(
                "UPDATE kept SET used = ? WHERE key = ? AND used < ?",
                [(turn, key, turn - _TOUCH_TURNS) for key in self._used],
            )
            self._make_room(file)

    @staticmethod
    def _make_room(file: sqlite3.Connection) -> None:
        (total,) = file.execute("SELECT COALESCE(SUM(size), 0) FROM kept").fetchone()
        if total <= MOST_BYTES:
            return
        for key, size in file.execute("SELECT key, size FROM kept ORDER BY used, key").fetchall():
            file.execute("DELETE FROM kept WHERE key = ?", (key,))
            total -= size
            if total <= MOST_BYTES * 0.9:
                return

    def _throw_away(self) -> None:
        assert self._file is not None
        self.close()
        self._damaged = True
        for ending in ("", "-journal"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
