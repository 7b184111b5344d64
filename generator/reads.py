"""What a page has read: entries of tables of figures, by which it is known again as it was.

Composing a page costs far more than looking up the figures on it.  So tables that change with
the data are `Watched` while a page is composed, and what was read is kept with a hash of it.
The next build looks at the same entries: if all are as they were, the page would read just these
again, find the same, and say the same.  Whatever a page may know beside such tables must be in a
hash of its own, or be `REFUSED` to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NoReturn, TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")
What = Literal["entry", "place", "order", "count"]
Read = tuple[str, What, Any]
"""Of a table or row: its name, what was read of it, the key of an entry or the value at a place."""

_recorded: dict[Read, None] | None = None
"""What the page that is composed now has read; None while nobody asks."""


@contextmanager
def recording() -> Iterator[dict[Read, None]]:
    """Record what is read of watched tables, each entry once, in the order of reading."""
    global _recorded
    outer, _recorded = _recorded, {}
    try:
        yield _recorded
    finally:
        _recorded = outer


class Recorded:
    """What is read of this is recorded, by its name, and has a hash."""

    __slots__ = ("_hashes", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._hashes: dict[tuple[What, object], bytes] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _note(self, what: What, key: object) -> None:
        if _recorded is not None:
            _recorded[self.name, what, key] = None

    def _found(self, what: What, key: Any) -> str:
        raise NotImplementedError

    def hash_of(self, what: What, key: Any) -> bytes:
        """A hash of what is read so, worked out once."""
        known = self._hashes.get((what, key))
        if known is None:
            found = self._found(what, key).encode("utf-8", "surrogatepass")
            known = self._hashes[what, key] = hashlib.blake2b(found, digest_size=12).digest()
        return known


class Watched(Recorded, Mapping[Key, Value]):
    """A table whose reading is recorded: its entries, the order of its keys, how many there are.

    Parameters
    ----------
    name
        Tells it from others.
    table
        What it holds: values with a complete `repr`.
    """

    __slots__ = ("table",)

    def __init__(self, name: str, table: Mapping[Key, Value]) -> None:
        super().__init__(name)
        self.table = table

    def __reduce__(self) -> tuple[object, ...]:
        return (Watched, (self.name, self.table))

    def __getitem__(self, key: Key) -> Value:
        self._note("entry", key)
        return self.table[key]

    def get(self, key: object, default: Any = None) -> Any:
        """An entry, or else the default; that there is none is recorded as well."""
        self._note("entry", key)
        return self.table.get(key, default)  # type: ignore[arg-type]

    def __contains__(self, key: object) -> bool:
        self._note("entry", key)
        return key in self.table

    def __iter__(self) -> Iterator[Key]:
        self._note("order", None)
        return iter(self.table)

    def __reversed__(self) -> Iterator[Key]:
        self._note("order", None)
        return reversed(list(self.table))

    def __len__(self) -> int:
        self._note("count", None)
        return len(self.table)

    def _found(self, what: What, key: Any) -> str:
        if what == "entry":
            return repr(self.table[key]) if key in self.table else "nothing"
        return repr(list(self.table)) if what == "order" else str(len(self.table))


class WatchedRow(Recorded, Sequence[Value]):
    """A row whose reading is recorded: what stands at a place, where a value stands, how many.

    Parameters
    ----------
    name
        Tells it from others.
    row
        What it holds: values that differ, with a complete `repr`.
    """

    __slots__ = ("_places", "row")

    def __init__(self, name: str, row: Sequence[Value]) -> None:
        super().__init__(name)
        self.row = row
        self._places: dict[Value, int] | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return (WatchedRow, (self.name, self.row))

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | Sequence[Value]:
        self._note(*(("entry", at) if isinstance(at, int) else ("order", None)))
        return self.row[at]

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """Where a value stands, from the beginning of the row."""
        self._note("place", value)
        found = self._place_of(value)
        if found is None or not start <= found < (len(self.row) if stop is None else stop):
            raise ValueError(f"{value!r} is not in the row")
        return found

    def __contains__(self, value: object) -> bool:
        self._note("place", value)
        return self._place_of(value) is not None

    def __iter__(self) -> Iterator[Value]:
        self._note("order", None)
        return iter(self.row)

    def __reversed__(self) -> Iterator[Value]:
        self._note("order", None)
        return reversed(self.row)

    def count(self, value: Any) -> int:
        """How often a value is there, which is once or never."""
        return int(value in self)

    def __len__(self) -> int:
        self._note("count", None)
        return len(self.row)

    def _place_of(self, value: Any) -> int | None:
        if self._places is None:
            self._places = {one: at for at, one in enumerate(self.row)}
        return self._places.get(value)

    def _found(self, what: What, key: Any) -> str:
        if what == "entry":
            return repr(self.row[key]) if -len(self.row) <= key < len(self.row) else "nothing"
        if what == "place":
            return str(self._place_of(key))
        return repr(list(self.row)) if what == "order" else str(len(self.row))


def hash_of(read: Read, tables: Mapping[str, Recorded]) -> bytes:
    """A hash of what was read, as it is now."""
    name, what, key = read
    table = tables.get(name)
    return b"gone" if table is None else table.hash_of(what, key)


def hash_of_all(hashes: Iterable[bytes]) -> str:
    """A hash of all that a page has read."""
    return hashlib.blake2b(b"".join(hashes), digest_size=16).hexdigest()


class Refused:
    """Stands where a page must not look, as it would not be known when that changes."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("a page that is known by what it reads must not read this")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python's own tools look for in any object
            raise AttributeError(name)
        self._refuse()

    __getitem__ = __iter__ = __len__ = __bool__ = __str__ = _refuse
    __call__ = __contains__ = __float__ = __format__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __sub__ = __mul__ = __truediv__ = _refuse

    def __repr__(self) -> str:
        return "REFUSED"

    def __reduce__(self) -> str:
        return "REFUSED"


REFUSED: Any = Refused()
