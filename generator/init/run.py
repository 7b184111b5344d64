"""The command init: look, write, say what was guessed, and check that it fits."""

from __future__ import annotations

from pathlib import Path

from generator.build.options import Options
from generator.build.site import check
from generator.init.areas import is_at_hand
from generator.init.guess import Guess, look
from generator.init.write import write_folder
from generator.report import Report
from generator.settings import read_settings


def init(table: Path, folder: Path, report: Report) -> Path:
    """Make a folder with settings for a table; returns the path of the settings.

    Nothing is asked of the user or of a server.  Where the boundaries are at hand, the
    settings are checked against them.

    Raises
    ------
    AtlasError
        If the table can't be read, the folder is taken, or the settings turn out not to fit.
    """
    guess = look(table, report)
    config = write_folder(guess, folder)
    for line in _said(guess):
        report.say(line)
    areas = guess.areas
    if areas.geography and is_at_hand(areas.geography, areas.year, areas.keep):
        comparison = check(read_settings(config), Options(folder / "site", "package"), report)
        known = len(comparison.main.positions)
        report.say(f"checked: {known} of {len(comparison.areas)} areas have a figure")
    return config


def _said(guess: Guess) -> list[str]:
    areas = guess.areas
    if not areas.column:
        lines = [f"areas: {areas.why}: name the column and the geography in the settings"]
    else:
        what = f"{areas.geography} {areas.year}" if areas.geography else "unknown"
        sure = "sure" if areas.sure else "likely"
        lines = [f"areas: {areas.by}s in {areas.column!r}; geography {what} ({sure}: {areas.why})"]
    for one in guess.indicators[:20]:
        unit = f", in {one.unit}" if one.unit else ""
        good = f"{one.better} is better (from its name or its ranks)"
        if not one.sure:
            good = "neither end is called better (please check)"
        lines.append(f"indicator: {one.name!r}{unit}; {good}")
    if len(guess.indicators) > 20:
        lines.append(f"and {len(guess.indicators) - 20} more indicators")
    if guess.stages:
        lines.append(f"stages, from the headings over the columns: {', '.join(guess.stages)}")
    lines.append("editions: " + ", ".join(one.id for one in guess.editions))
    if guess.left:
        lines.append("not taken: " + "; ".join(guess.left))
    return [*lines, *guess.notes]
