"""How a build speaks: stage lines, progress bars, warnings, a closing table of what `cli` hands it.

Stages get a `Report` and never print.  `ConsoleReport` draws with rich,
`BufferReport` keeps everything for tests.  Warnings are counted here, so that
``--strict`` can make them fatal.
"""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")
_LINE_LETTERS = 1_000
_LINES = 100


@dataclass(frozen=True, slots=True)
class StageTime:
    """One finished stage: its name, wall-clock seconds, and what it made in words."""

    name: str
    seconds: float
    result: str


class StageNote:
    """Handed to a running stage; `result` is what the stage's line says of it."""

    def __init__(self) -> None:
        self.result = ""


class Report(Protocol):
    """The ways in which a stage may speak to the user."""

    warnings: list[str]
    stages: list[StageTime]

    def stage(self, name: str) -> AbstractContextManager[StageNote]:
        """Time a stage; its note's `result` goes into its line."""

    def say(self, text: str) -> None:
        """Report one line that matters to every user."""

    def detail(self, text: str) -> None:
        """Report one line that only ``-v`` shows."""

    def warn(self, text: str) -> None:
        """Count and show a problem that doesn't stop the build."""

    def progress(self, items: Iterable[T], *, label: str, total: int) -> Iterator[T]:
        """Pass items through while a bar advances."""


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

    def progress(
        self,
        items: Iterable[T],
        *,
        label: str,  # noqa: ARG002 - nothing is drawn
        total: int,  # noqa: ARG002
    ) -> Iterator[T]:
        yield from items


def shown(text: str) -> str:
    r"""Text as a terminal may have it: nothing that moves its cursor, no line without an end.

    >>> print(shown("a\x1b[2J\u202eb"))
    a\x1b[2J\u202eb
    """
    lines = text.split("\n")
    if len(lines) > _LINES:
        last = f"… and {len(lines) - _LINES} lines more"
        lines = [*lines[: _LINES - 2], last, *lines[-2:]]
    return "\n".join(map(_shown_line, lines))


def _shown_line(line: str) -> str:
    if len(line) > _LINE_LETTERS:
        line = f"{line[: _LINE_LETTERS // 2]} … {line[-_LINE_LETTERS // 4 :]}"
    if line.isprintable():
        return line
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else _escaped(c) for c in line
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


class ConsoleReport(BufferReport):
    """Draws with rich: a line per stage, bars for long work, warnings at once.

    Parameters
    ----------
    quiet
        Show only warnings.
    verbose
        Show details too.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        super().__init__()
        self.quiet = quiet
        self.verbose = verbose

    @cached_property
    def console(self) -> Console:
        """Where colours and bars go; plain lines don't need rich, which takes time to import."""
        from rich.console import Console

        # Paths and names may hold brackets and colons: nothing that is shown is markup.
        return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)

    @contextmanager
    def stage(self, name: str) -> Iterator[StageNote]:
        with super().stage(name) as note:
            yield note
        if not self.quiet:
            from rich.text import Text

            done = self.stages[-1]
            line = Text(f"{done.name:<8}", style="bold").append(
                f" {done.seconds:5.1f} s  {done.result}", style="not bold"
            )
            self.console.print(line)

    def say(self, text: str) -> None:
        super().say(text)
        if not self.quiet:
            print(shown(text), file=sys.stderr)

    def detail(self, text: str) -> None:
        super().detail(text)
        if self.verbose:
            from rich.text import Text

            self.console.print(Text(shown(text), style="dim"))

    def warn(self, text: str) -> None:
        from rich.text import Text

        super().warn(text)
        self.console.print(
            Text("warning: ", style="bold yellow").append(shown(text), style="not bold")
        )

    def progress(self, items: Iterable[T], *, label: str, total: int) -> Iterator[T]:
        if self.quiet or not self.console.is_terminal:
            yield from items
            return
        from rich.progress import track

        yield from track(
            items, description=label, total=total, console=self.console, transient=True
        )

    def closing_table(self, rows: Iterable[tuple[str, str]]) -> None:
        """One table at the end: stages with their seconds, then `rows` (what, how much)."""
        if self.quiet:
            return
        from rich.table import Table

        table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(style="bold")
        table.add_column(justify="right")
        for stage in self.stages:
            table.add_row(stage.name, f"{stage.seconds:.1f} s")
        table.add_row("total", f"{sum(stage.seconds for stage in self.stages):.1f} s")
        for what, how_much in rows:
            table.add_row(what, how_much)
        self.console.print()
        self.console.print(table)
