"""What search fetches: every name that leads to a page, in one file or in many.

Up to `MOST_WHOLE` entries are one list.  More are cut into *shards* by how names begin: an entry
is found under its name from any of its words on, and under its codes.  A shard for "bi" holds all
that begin so; if those are more than `MOST_IN_SHARD`, it holds the first `SHOWN_OF_MANY`, and
shards for "bir", "bis" and so on hold all.  A script fetches one: the longest that what is
typed begins with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.exports.formats import compact_json

MOST_WHOLE = 3000
MOST_IN_SHARD = 200
SHOWN_OF_MANY = 40

Entry = tuple[str, ...]
"""Text, page, note, further keys (codes, other names); what isn't a place has its kind as well."""
INDICATOR = "indicator"
"""The kind of entries that lead to the pages of indicators."""


@dataclass(frozen=True, slots=True)
class SearchFiles:
    """The entries as files.

    Attributes
    ----------
    whole
        All entries; empty if they are in shards.
    shards
        Content by what the names begin with.
    """

    whole: bytes
    shards: dict[str, bytes] = field(default_factory=dict)


def search_files(entries: Iterable[Entry]) -> SearchFiles:
    """All entries in one file, or in shards where they are many."""
    ordered = sorted(entries, key=lambda e: (e[0].casefold(), e[1]))
    if len(ordered) <= MOST_WHOLE:
        return SearchFiles(compact_json(ordered))
    keyed = [(key, at) for at, entry in enumerate(ordered) for key in _keys(entry)]
    shards: dict[str, bytes] = {}
    names = [plain(entry[0]) for entry in ordered]
    _cut(sorted(set(keyed)), 1, (ordered, names), shards)
    return SearchFiles(b"", shards)


def plain(text: str) -> str:
    """Letters and digits of a text, for comparing: as the search script does it.

    >>> plain("King’s Lynn & West Norfolk"), plain("Ynys Môn")
    ('kings lynn and west norfolk', 'ynys mon')
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    bare = bare.replace("'", "").replace("’", "").replace(".", "").lower().replace("&", " and ")
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def shard_file(prefix: str) -> str:
    """The name of a shard: letters of other scripts and spaces by their numbers.

    >>> shard_file("bir"), shard_file("st m")
    ('bir.json', 'st_20m.json')
    """
    safe = "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}" for c in prefix)
    return f"{safe}.json"


def _keys(entry: Entry) -> list[str]:
    words = plain(entry[0]).split(" ")
    # A number within a name ("Rushcliffe 001A") is asked for after the name, not alone.
    own = [" ".join(words[at:]) for at, w in enumerate(words) if at == 0 or not w[0].isdigit()]
    return [*own, *(key for key in plain(entry[3]).split(" ") if key)]


def _cut(
    keyed: Sequence[tuple[str, int]],
    depth: int,
    named: tuple[Sequence[Entry], Sequence[str]],
    shards: dict[str, bytes],
) -> None:
    """Add the shards of sorted keys that have their first ``depth - 1`` letters in common.

    `named` has the entries and their plain names.
    """
    entries, names = named
    start = 0
    while start < len(keyed):
        prefix = keyed[start][0][:depth]
        end = start
        while end < len(keyed) and keyed[end][0][:depth] == prefix:
            end += 1
        some = keyed[start:end]
        found = list(dict.fromkeys(at for _, at in some))
        longer = [one for one in some if len(one[0]) > depth]
        many = len(found) > MOST_IN_SHARD and bool(longer)
        # What begins with the prefix before what only contains it.
        found.sort(key=lambda at: (not names[at].startswith(prefix), at))
        shown = found[:SHOWN_OF_MANY] if many else found
        shards[prefix] = compact_json([entries[at] for at in shown])
        if many:
            _cut(longer, depth + 1, named, shards)
        start = end
