"""One cell as a figure: numbers as people write them, and the signs for "no figure".

Signs follow the Government Statistical Service's symbols ("[x]", "[c]", "[z]", "[low]") and
those that were common before ("..", ":", "*", "SUPP", "<5").
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass

MISSING = frozenset(
    {
        "", "-", "–", "—", "--", "---", ".", "..", "...", "…", ":", "*", "**", "***", "~", "#",
        "n/a", "na", "n.a.", "nan", "null", "none", "#n/a", "<na>", "nd", "n/d",
        "x", "c", "z", "p", "u", "s", "low", "supp", "supp.", "suppressed", "missing", "unknown",
        "confidential", "no data", "not available", "not applicable", "not known",
        "dim ar gael",
    }
)  # fmt: skip
"""Cells that say that there is no figure, without regard to case."""

_PLAIN = re.compile(r"-?\d{1,15}(\.\d+)?")
_BRACKETED = re.compile(r"\[\s*[a-z]{1,4}\s*\]", re.IGNORECASE)
_BOUNDED = re.compile(r"([<>≤≥]=?|(fewer|less|more) than)\s*[£$€]?\s*\d[\d.,]*\s*%?", re.IGNORECASE)
_FLAG = re.compile(
    r"\s*(\[\s*[a-z]{1,4}\s*\]|\[\s*notes? \d+[^\]]*\]|\((r|p|e|b)\)|(?<=[\d%])\s*[rpebuf]"
    r"|[*†‡§#¹²³⁴⁵⁶⁷⁸⁹]+)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_CURRENCY = "£$€"
_SPACES = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-"})
_GROUPS = {
    ".": re.compile(r"[+-]?\d{1,3}((,\d{3})+|([ '’]\d{3})+)(\.\d*)?"),
    ",": re.compile(r"[+-]?\d{1,3}((\.\d{3})+|([ '’]\d{3})+)(,\d*)?"),
}
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}([. ]\d{3})*|\d+),\d+\s*%?")


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says.

    Attributes
    ----------
    value
        The number; None if the cell says that there is none.
    mark
        The sign for "no figure" as it is written, or the flag behind a number ("[r]", "p").
    unit
        ``"%"``, ``"£"``, ``"$"``, ``"€"`` or nothing.
    decimals
        Digits after the decimal sign.
    """

    value: float | None
    mark: str = ""
    unit: str = ""
    decimals: int = 0


def read_figure(cell: str, *, decimal: str = ".", missing: Collection[str] = ()) -> Figure:
    """A cell as a figure.

    Parameters
    ----------
    cell
        The text: "1,234.5", "1 234", "−3", "(3)" for minus three, "12 %", "£1,234", "12.3 [r]".
    decimal
        The decimal sign: "." or ",".  Thousands are then marked by the other one, or by spaces.
    missing
        Further signs for "no figure", in lower case.

    Raises
    ------
    ValueError
        If it is neither a finite number nor a sign for "no figure".
    """
    if decimal == "." and _PLAIN.fullmatch(cell):
        return Figure(float(cell), decimals=len(cell.partition(".")[2]))
    text = cell.strip().translate(_SPACES)
    folded = text.casefold()
    if folded in MISSING or folded in missing or _BRACKETED.fullmatch(text):
        return Figure(None, mark=text)
    if _BOUNDED.fullmatch(text):
        return Figure(None, mark=text)
    mark = ""
    if flag := _FLAG.search(text):
        mark, text = flag[0].strip(), text[: flag.start()].strip()
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1].strip()
    number, unit = _without_unit(text)
    number = _ungrouped(number, decimal)
    if not _NUMBER.fullmatch(number) or (negative and number[0] in "+-"):
        raise ValueError(cell)
    value = float(number) * (-1 if negative else 1)
    if not math.isfinite(value):
        raise ValueError(cell)
    return Figure(value, mark, unit, _decimals(number))


def parse_number(cell: str) -> float | None:
    """A cell's value alone: "1,234.5", "−3" and "12 %" too; None if it says "no figure".

    Raises
    ------
    ValueError
        If it is neither a finite number nor a sign for "no figure".
    """
    return read_figure(cell).value


def has_decimal_comma(cell: str) -> bool:
    """Whether a cell would be a number if the comma were its decimal sign."""
    return bool(_DECIMAL_COMMA.fullmatch(cell.strip().translate(_SPACES)))


def _without_unit(text: str) -> tuple[str, str]:
    if text.endswith("%"):
        return text[:-1].strip(), "%"
    sign = text[:1] if text[:1] in "+-" else ""
    body = text[len(sign) :].strip()
    if body[:1] and body[0] in _CURRENCY:
        rest = body[1:].strip()
        return (sign + rest if not (sign and rest[:1] in "+-") else text), body[0]
    if body[-1:] and body[-1] in _CURRENCY:
        return sign + body[:-1].strip(), body[-1]
    return text, ""


def _ungrouped(number: str, decimal: str) -> str:
    """The number with "." as its decimal sign and without marks between thousands."""
    if _GROUPS[decimal].fullmatch(number):
        number = re.sub(r"[ '’,]" if decimal == "." else r"[ '’.]", "", number)
    elif decimal == "," and "." in number:
        return "?"
    return number.replace(",", ".") if decimal == "," else number


def _decimals(number: str) -> int:
    digits, _, power = number.lower().partition("e")
    return max(0, len(digits.partition(".")[2]) - int(power or 0))
