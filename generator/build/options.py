"""What the command line asks of a build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MOST_JOBS = 256
"""More processes than any machine has use for, and few enough not to bring one down."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks of a build.

    Attributes
    ----------
    out
        The folder of the site.
    boundaries
        ``auto``, ``hex``, ``package``, ``ons``, or the path of a file.
    jobs
        How many processes work side by side.
    strict
        Whether warnings are errors.
    force
        Make everything anew, whatever the former site has.
    scheduler
        The address of a Dask scheduler whose workers do the work; empty for `jobs` here.
    """

    out: Path
    boundaries: str = "auto"
    jobs: int = 1
    strict: bool = False
    force: bool = False
    scheduler: str = ""
