"""A fault of a finished site: which file, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file, from the site's root, and what is wrong with it in one sentence."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"
