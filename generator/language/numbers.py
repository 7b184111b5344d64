"""Figures and lists in words: ordinals, numbers, shares, counts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

MINUS = "\u2212"


THIN = "\u202f"
"""Narrow no-break space: between thousands."""


NBSP = "\u00a0"
"""No-break space: before a per cent sign."""


def ordinal(n: int) -> str:
    """A rank as a word.

    >>> [ordinal(n) for n in (1, 2, 3, 11, 12, 13, 21, 111, 1002)]
    ['1st', '2nd', '3rd', '11th', '12th', '13th', '21st', '111th', '1002nd']
    """
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{number(n)}{ending}"


def number(value: float, decimals: int = 0) -> str:
    r"""A number with a true minus and, from 10,000 on, narrow spaces between thousands.

    Halves are rounded away from zero, as by hand; zero has no sign.

    >>> number(42.25, 1), number(1234), number(12345), number(-0.04, 1)
    ('42.3', '1234', '12\u202f345', '0.0')
    """
    unit = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(value)).quantize(unit, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}" if abs(rounded) >= 10_000 else f"{abs(rounded):f}"
    return (MINUS if rounded < 0 else "") + text.replace(",", THIN)


def percent(share: float | Fraction, decimals: int = 0) -> str:
    r"""A share from 0 to 1 in per cent; only none is "0 %" and only all is "100 %".

    >>> [percent(Fraction(n, 324)) for n in (0, 1, 65, 323, 324)]
    ['0\xa0%', 'under 1\xa0%', '20\xa0%', 'over 99\xa0%', '100\xa0%']
    """
    whole = Fraction(repr(share)) if isinstance(share, float) else Fraction(share)
    step = Fraction(1, 10**decimals)
    hundredths = whole * 100
    # Halves go up: 17 of 40 is 43 %.
    rounded = Fraction(int(hundredths / step + Fraction(1, 2))) * step
    if rounded == 0 and whole > 0:
        return f"under {number(float(step), decimals)}{NBSP}%"
    if rounded == 100 and whole < 1:
        return f"over {number(float(100 - step), decimals)}{NBSP}%"
    return f"{number(float(rounded), decimals)}{NBSP}%"


def share_text(count: int, of: int) -> str:
    """A share as counts and per cent: "17 of 40, 43 %"; without a share if `of` is 0."""
    counts = f"{number(count)} of {number(of)}"
    return f"{counts}, {percent(Fraction(count, of))}" if of else counts


def joined(parts: Iterable[str], last: str = "and") -> str:
    """A list in words.

    >>> joined(["a", "b", "c"]), joined(["a", "b"], "or"), joined(["a"]), joined([])
    ('a, b and c', 'a or b', 'a', '')
    """
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def size_words(count: int) -> str:
    """A number of bytes for readers.

    >>> size_words(1_234_567), size_words(31_400), size_words(12)
    ('1.2 MB', '31 KB', '1 KB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1000))} KB"


def with_article(noun: str) -> str:
    """A noun with its indefinite article: "a hotspot", "an area"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def counted(count: int, singular: str, plural: str) -> str:
    """A count and its noun: "1 authority", "17 authorities"."""
    return f"{number(count)} {singular if count == 1 else plural}"
