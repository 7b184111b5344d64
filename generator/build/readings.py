"""What the pages of a batch have read, kept from build to build, so that they needn't be composed.

A page is as it was if what it read then still says the same, and so does the hash of all that it
may know besides (`pages.watched`); and if the former site has it, made of just that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from generator.build.reuse import Asked
from generator.kept import Kept, digest
from generator.pages.listing import Listed
from generator.pages.watched import WatchedAtlas
from generator.reads import Read, hash_of, hash_of_all


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was composed: its file, what it says and shows, and the files that came with it.

    ``view`` is a digest, ``template`` a name.
    """

    listed: Listed
    path: str
    view: str
    template: str
    files: tuple[str, ...]


class Readings:
    """The pages of one batch.

    Parameters
    ----------
    asked
        Says whether a page of the former site holds.
    batch
        Kind of the pages and their keys.  Another site of the same batch keeps its own in this
        one's place, and then finds that they are of no page of its.
    """

    def __init__(
        self, kept: Kept, watched: WatchedAtlas, asked: Asked, batch: tuple[int, tuple[Any, ...]]
    ) -> None:
        self._kept, self._watched, self._asked = kept, watched, asked
        self._name = ("what pages have read", *batch)
        self._own: dict[str, tuple[Reading, list[Read], str]] = {}
        self._new = False
        found = kept.find(self._name) if asked.former.views else None
        self._former = found if found and found["rest"] == watched.rest else None
        self._reads = [_read_of(row) for row in self._former["reads"]] if self._former else []
        self._hashes = [self._hash_of(read) for read in self._reads]

    def unchanged(self, key: Any) -> Reading | None:
        """The page of a key, if it would be composed just as it was for the former site."""
        row = self._former["pages"].get(digest(key)) if self._former else None
        if row is None:
            return None
        (path, index), file, view, template, files, at, known = row
        reading = Reading(Listed(path, index), file, view, template, tuple(files))
        now = hash_of_all(self._hashes[n] for n in at)
        if known != now or self._asked.reason(file, template, view):
            return None
        self._own[digest(key)] = reading, [self._reads[n] for n in at], now
        return reading

    def add(self, key: Any, reading: Reading, reads: Iterable[Read]) -> None:
        """Take note of a page that was composed."""
        found = list(reads)
        self._own[digest(key)] = reading, found, hash_of_all(map(self._hash_of, found))
        self._new = True

    def keep(self) -> None:
        """Keep what is known now for the next build, if anything was composed."""
        if not self._new:
            return
        every = {read: None for _, reads, _ in self._own.values() for read in reads}
        at = {read: n for n, read in enumerate(every)}
        pages = {
            key: (
                one.listed, one.path, one.view, one.template, one.files,
                [at[read] for read in reads], now,
            )
            for key, (one, reads, now) in self._own.items()
        }  # fmt: skip
        made = {"rest": self._watched.rest, "reads": list(every), "pages": pages}
        self._kept.put(self._name, made)

    def _hash_of(self, read: Read) -> bytes:
        return hash_of(read, self._watched.tables)


def _read_of(row: list[Any]) -> Read:
    """As it was before JSON made lists of its tuples."""
    name, what, key = row
    return name, what, tuple(key) if isinstance(key, list) else key
