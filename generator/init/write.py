"""Writes a new folder: the table, and commented settings that say what was guessed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from generator.data.names import slugify
from generator.errors import OutputError
from generator.init.areas import NOUNS
from generator.init.guess import EditionGuess, Guess, IndicatorGuess
from generator.sources.tables.metadata import description_files

_SURE, _LIKELY, _UNSURE = "sure", "likely", "please check"


def write_folder(guess: Guess, folder: Path) -> Path:
    """Write the table and the settings; returns the path of the settings.

    Raises
    ------
    OutputError
        If the folder holds something already, or can't be written.
    """
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise OutputError(
                "this is no folder", where=str(folder), fix="name a folder that is not there yet"
            )
        if folder.is_dir() and any(folder.iterdir()):
            raise OutputError(
                "the folder is not empty",
                where=str(folder),
                fix="name a folder that is not there yet",
            )
        folder.mkdir(parents=True, exist_ok=True)
        for path in (guess.table.path, *description_files(guess.table.path)):
            shutil.copyfile(path, folder / path.name)
        config = folder / "atlas.toml"
        config.write_text(settings_text(guess), encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"the folder can't be written ({error.strerror})",
            where=str(folder),
            fix="name a folder in a place where you may write",
        ) from None
    return config


def settings_text(guess: Guess) -> str:
    """The settings as TOML, each guess with how sure it is."""
    blocks = [
        [f"# Made by init from {guess.table.path.name}.  Every guess says how sure it is."],
        *([["# Taken from the table: " + note] for note in guess.notes]),
        _stages(guess),
        _atlas(guess),
        _geography(guess),
        *(_indicator(one) for one in guess.indicators),
        *(_edition(one, guess) for one in guess.editions),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _stages(guess: Guess) -> list[str]:
    if not guess.stages:
        return []
    return [f"stages = {_list(guess.stages)}  # from the headings over the columns: {_LIKELY}"]


def _atlas(guess: Guess) -> list[str]:
    areas = guess.areas
    one, many = NOUNS.get(areas.geography, ("area", "areas"))
    lines = [
        "[atlas]",
        f"title = {_text(guess.title)}  # from the table's title or name: {_UNSURE}",
        '# subject = "what it is about, in a few words"',
        '# summary = "One or two sentences for the home page and search engines."',
        "",
        "[atlas.words]",
        f"area = {_text(one)}",
        f"areas = {_text(many)}",
        f"path = {_text(slugify(many))}",
    ]
    if areas.country:
        lines.append(f"country = {_text(areas.country)}  # from the codes: {_SURE}")
    return lines


def _geography(guess: Guess) -> list[str]:
    areas = guess.areas
    if not areas.geography:
        return [
            "[geography]",
            f"# {areas.why}.",
            "# Put a boundary file (GeoJSON, GeoPackage, zipped Shapefile) into boundaries/ beside",
            '# this file, or name an ONS geography: geography = "lad", year = 2016.',
        ]
    sure = _SURE if areas.sure else _LIKELY
    lines = [
        "[geography]",
        f"# {areas.why[:1].upper()}{areas.why[1:]}.",
        f"geography = {_text(areas.geography)}  # {_SURE if areas.by == 'code' else _LIKELY}",
        f"year = {areas.year}  # {sure}",
    ]
    if areas.keep:
        lines.append(f"keep = {_list(areas.keep)}  # codes that begin so: {_SURE}")
    return lines


def _indicator(one: IndicatorGuess) -> list[str]:
    why = (
        "from its name or its ranks"
        if one.sure
        else f'say "higher" or "lower" if one end is the better one: {_UNSURE}'
    )
    lines = [
        "[[indicator]]",
        f"id = {_text(one.id)}",
        f"name = {_text(one.name)}",
        f"better = {_text(one.better)}  # {why}",
    ]
    if one.unit:
        lines.append(
            f"unit = {_text(one.unit)}  # from its figures or their description: {_LIKELY}"
        )
    if one.stage:
        lines.append(f"stage = {_text(one.stage)}")
    if one.about:
        lines.append(f"about = {_text(one.about)}")
    return lines


def _edition(one: EditionGuess, guess: Guess) -> list[str]:
    table, areas = guess.table, guess.areas
    lines = ["[[edition]]", f"id = {_text(one.id)}", f"table = {_text(table.path.name)}"]
    if guess.options.decimal:
        lines.append(f"decimal = {_text(guess.options.decimal)}  # {_LIKELY}")
    if areas.column:
        lines.append(f"{areas.by}_column = {_text(areas.column)}  # {_SURE}")
    if one.where:
        lines.append(f"where = {_inline(one.where)}")
    ranks = {indicator.id: indicator.rank for indicator in guess.indicators}
    for id_, (column, wheres) in one.columns.items():
        # A table may hold ranks alone.
        said = {"score": column} if column != ranks.get(id_) else {}
        said |= {"rank": ranks[id_]} if ranks.get(id_) else {}
        parts = [f"{name} = {_text(text)}" for name, text in said.items()]
        parts += [f"where = {_inline(wheres)}"] if wheres else []
        lines.append(f"columns.{_text(id_)} = {{ {', '.join(parts)} }}")
    if guess.source:
        lines.append(f"source = {_text(guess.source)}  # from a note below the table: {_LIKELY}")
    if one is guess.editions[0] and guess.left:
        lines.append(f"# Not taken: {'; '.join(' '.join(text.split()) for text in guess.left)}.")
    return lines


def _inline(said: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_text(k)} = {_text(v)}" for k, v in said.items()) + " }"


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"


def _text(text: str) -> str:
    """A basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
