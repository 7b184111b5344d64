"""What the user sees of a build: stage lines, progress bars, warnings, a closing table.

Stages get a `Report` and never print.  `ConsoleReport` draws with rich,
`BufferReport` keeps everything for tests.  Warnings are counted here, so that
``--strict`` can make them fatal.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StageTime:
    """One finished stage: its name, wall-clock seconds, and what it made in words."""

    name: str
    seconds: float
    result: str


class StageNote:
    """Handed to a running stage; `result` is what the closing table says of it."""

    def __init__(self) -> None:
        self.result = ""


class Report(Protocol):
    """The ways in which a stage may speak to the user."""

    warnings: list[str]
    stages: list[StageTime]

    def stage(self, name: str) -> _StageContext: ...

    def say(self, text: str) -> None:
        """Tell one line that matters to every user."""

    def detail(self, text: str) -> None:
        """Tell one line that only ``-v`` shows."""

    def warn(self, text: str) -> None:
        """Count and show a problem that doesn't stop the build."""

    def progress(self, items: Iterable[T], *, label: str, total: int) -> Iterator[T]:
        """Pass items through while a bar advances."""


class _StageContext(Protocol):
    def __enter__(self) -> StageNote: ...

    def __exit__(self, *exc: object) -> bool | None: ...


@dataclass
class BufferReport:
    """A silent report that remembers; the base of the console's."""

    warnings: list[str] = field(default_factory=list)
    stages: list[StageTime] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[StageNote]:
        note = StageNote()
        start = time.perf_counter()
        yield note
        self.stages.append(StageTime(name, time.perf_counter() - start, note.result))

    def say(self, text: str) -> None:
        self.lines.append(text)

    def detail(self, text: str) -> None:
        self.lines.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    def progress(self, items: Iterable[T], *, label: str, total: int) -> Iterator[T]:
        yield from items
