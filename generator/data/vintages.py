"""Carries figures of one vintage of a geography to another, by a table of what became of codes.

Counts are summed.  Rates are averaged by a weight, and without one they are refused, because the
mean of two rates is no rate.  An area whose code alone changed keeps its figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from generator.catalogue import Catalogue
from generator.errors import JoinError
from generator.sources.tables import Table

_WHOLE = 0.001
"""Shares of one area add up to 1 within this."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A share (0 to 1) of a former area that belongs to an area of the atlas."""

    old_code: str
    new_code: str
    share: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Why an area has no figure: what isn't known of some of its former areas (by code)."""

    what: Literal["figure", "weight"]
    old_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carried:
    """A table with the codes of the other vintage, how many of its rows were carried, and by new
    code why a figure could not be.
    """

    table: Table
    rows: int
    lost: Mapping[str, Lost]


def read_pieces(table: Table) -> tuple[Piece, ...]:
    """The pieces of a lookup: ``old_code``, ``new_code`` and, where areas were split, ``share``.

    Raises
    ------
    JoinError
        If an area was split and its shares are missing, or don't add up to 1.
    """
    shares: tuple[float | None, ...] = (None,) * len(table.rows)
    if "share" in table.columns:
        shares = table.numbers("share")
    rows = list(zip(table.column("old_code"), table.column("new_code"), shares, strict=True))
    by_old: dict[str, list[float | None]] = {}
    for old, _, share in rows:
        by_old.setdefault(old, []).append(share)
    for old, said in by_old.items():
        if len(said) == 1 and said[0] is None:
            continue
        known = [share for share in said if share is not None]
        if len(known) < len(said) or abs(sum(known) - 1) > _WHOLE:
            raise JoinError(
                f"{old} became {len(said)} areas, and its shares do not add up to 1",
                where=str(table.path),
                fix="give a column share: how much of the old area belongs to each new one, 0 to 1",
            )
    return tuple(Piece(old, new, 1.0 if share is None else share) for old, new, share in rows)


def carry(
    table: Table,
    code_column: str,
    columns: Sequence[str],
    pieces: Sequence[Piece],
    *,
    kind: Literal["count", "rate"],
    weight: str = "",
) -> Carried:
    """A table with the codes of the other vintage.

    Parameters
    ----------
    code_column
        The column of codes; those that no piece names stay as they are.
    columns
        The columns of figures to carry; other cells are those of the first piece.
    kind
        Whether figures add up.
    weight
        The column by which rates are averaged, such as a population.

    Raises
    ------
    JoinError
        If rates of several areas meet without a weight.
    """
    at = {code: place for place, code in enumerate(table.column(code_column))}
    made_of: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.old_code in at:
            made_of.setdefault(piece.new_code, []).append(piece)
    gone = {piece.old_code for parts in made_of.values() for piece in parts}
    figures = {name: table.numbers(name) for name in columns}
    weights = table.numbers(weight) if weight else None
    rows, numbers, lost = [], [], {}
    for code, place in at.items():
        if code not in gone:
            rows.append(table.rows[place])
            numbers.append(table.row_numbers[place])
    for new, parts in sorted(made_of.items()):
        if new in at and new not in gone:
            raise JoinError(
                f"{new} has a row of its own, and {parts[0].old_code} would become part of it",
                where=str(table.path),
                fix="give each row the code of one vintage, or correct the lookup",
            )
        first = at[parts[0].old_code]
        cells = dict(zip(table.columns, table.rows[first], strict=True))
        cells[code_column] = new
        for name in columns:
            value = _together(
                new, [(p, at[p.old_code]) for p in parts], figures[name], weights, kind, table
            )
            if isinstance(value, Lost):
                lost[new] = value
            cells[name] = "" if isinstance(value, Lost) else _text(value, table.decimal)
        rows.append(tuple(cells[name] for name in table.columns))
        numbers.append(table.row_numbers[first])
    table = replace(table, rows=tuple(rows), row_numbers=tuple(numbers))
    return Carried(table, len(gone), lost)


def _together(
    new: str,
    parts: Sequence[tuple[Piece, int]],
    figures: Sequence[float | None],
    weights: Sequence[float | None] | None,
    kind: Literal["count", "rate"],
    table: Table,
) -> float | Lost:
    """The figure of one area from those of its pieces, or why it has none."""
    values = [figures[place] for _, place in parts]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return _lost("figure", parts, values)
    shares = [piece.share for piece, _ in parts]
    if kind == "count":
        return sum(value * share for value, share in zip(known, shares, strict=True))
    if len(known) == 1:
        return known[0]
    if weights is None:
        raise JoinError(
            f"rates of {len(known)} areas meet in {new}, and nothing says how to weigh them",
            where=f"{table.path}, row {table.row_numbers[parts[0][1]]}",
            fix="name a column such as the population as weight of the edition, or say "
            'kind = "count" of the indicator if its figures add up',
        )
    heavy = [weights[place] for _, place in parts]
    usable = [None if weight is None or weight < 0 else weight for weight in heavy]
    if None in usable or not any(usable):
        return _lost("weight", parts, usable if any(usable) else [None] * len(usable))
    scaled = [float(w or 0) * share for w, share in zip(heavy, shares, strict=True)]
    return sum(v * w for v, w in zip(known, scaled, strict=True)) / sum(scaled)


def _lost(
    what: Literal["figure", "weight"],
    parts: Sequence[tuple[Piece, int]],
    values: Sequence[float | None],
) -> Lost:
    missing = (p.old_code for (p, _), value in zip(parts, values, strict=True) if value is None)
    return Lost(what, tuple(missing))


def lost_text(speak: Catalogue, lost: Lost) -> str:
    """Why an area has no figure, for the reader."""
    codes = ", ".join(lost.old_codes)
    if lost.what == "figure":
        return speak(
            "The figure can’t be carried over from former areas: that of %(codes)s is not known.",
            codes=codes,
        )
    return speak(
        "The figure can’t be averaged from those of former areas: the weight of %(codes)s is not "
        "known.",
        codes=codes,
    )


def _text(value: float, decimal: str) -> str:
    text = f"{value:.12g}"
    return text.replace(".", ",") if decimal == "," else text


def by_edition(lookups: Mapping[str, Table]) -> dict[str, tuple[Piece, ...]]:
    """The pieces of each edition's lookup."""
    return {edition: read_pieces(table) for edition, table in lookups.items()}
