"""One build: what all its stages share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from generator.build.workers import Workers
from generator.kept import Kept
from generator.report import Report
from generator.settings import Settings


class Memory(Protocol):
    """What a process that goes on remembers of its builds (`build.warm`)."""

    def remember(self, work: Any, written: Any) -> None:
        """Take the work that made the pages, and what it has made."""


@dataclass(frozen=True, slots=True)
class Run:
    """One build: its settings, what the user sees of it, who does its work, what it remembers."""

    settings: Settings
    report: Report
    workers: Workers
    kept: Kept
    program: str
    """A hash of the code and the packages that the site is made with."""
    warm: Memory | None = None
    """What a process that goes on remembers of the build."""
