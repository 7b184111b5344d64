"""Figures and lists in words: ordinals, numbers, shares, counts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from generator.catalogue import Catalogue

MINUS = "\u2212"


THIN = "\u202f"
"""Narrow no-break space: between thousands."""


NBSP = "\u00a0"
"""No-break space: between a figure and its unit."""


def ordinal(speak: Catalogue, n: int) -> str:
    """A rank as a word; languages whose ordinals change with nouns have the bare number.

    >>> from generator.catalogue import ENGLISH
    >>> [ordinal(ENGLISH, n) for n in (1, 2, 3, 11, 12, 13, 21, 111, 1002)]
    ['1st', '2nd', '3rd', '11th', '12th', '13th', '21st', '111th', '1002nd']
    """
    text = number(n)
    last = 0 if 10 <= n % 100 <= 20 else n % 10
    if last == 1:
        return speak.sense("ordinal", "%(n)sst", n=text)
    if last == 2:
        return speak.sense("ordinal", "%(n)snd", n=text)
    if last == 3:
        return speak.sense("ordinal", "%(n)srd", n=text)
    return speak.sense("ordinal", "%(n)sth", n=text)


@lru_cache(maxsize=65_536)  # the same ranks and scores stand on many pages
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


def percent(speak: Catalogue, share: float | Fraction, decimals: int = 0) -> str:
    """A share from 0 to 1 in per cent; only none is "0%" and only all is "100%".

    >>> from generator.catalogue import ENGLISH
    >>> [percent(ENGLISH, Fraction(n, 324)) for n in (0, 1, 65, 323, 324)]
    ['0%', 'under 1%', '20%', 'over 99%', '100%']
    """
    whole = Fraction(repr(share)) if isinstance(share, float) else Fraction(share)
    step = Fraction(1, 10**decimals)
    hundredths = whole * 100
    # Halves go up: 17 of 40 is 43%.
    rounded = Fraction(int(hundredths / step + Fraction(1, 2))) * step
    if rounded == 0 and whole > 0:
        return speak("under %(share)s%%", share=number(float(step), decimals))
    if rounded == 100 and whole < 1:
        return speak("over %(share)s%%", share=number(float(100 - step), decimals))
    return f"{number(float(rounded), decimals)}%"


def out_of(speak: Catalogue, count: int, of: int) -> str:
    """How many of how many: "17 of 40"."""
    return speak("%(count)s of %(of)s", count=number(count), of=number(of))


def share_text(speak: Catalogue, count: int, of: int) -> str:
    """A share as counts and per cent: "17 of 40, 43%"; without a share if `of` is 0."""
    counts = out_of(speak, count, of)
    return f"{counts}, {percent(speak, Fraction(count, of))}" if of else counts


def list_text(speak: Catalogue, parts: Iterable[str]) -> str:
    """A list in words.

    >>> from generator.catalogue import ENGLISH
    >>> list_text(ENGLISH, ["a", "b", "c"]), list_text(ENGLISH, ["a"]), list_text(ENGLISH, [])
    ('a, b and c', 'a', '')
    """
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return speak("%(items)s and %(last)s", items=", ".join(items[:-1]), last=items[-1])


def either(speak: Catalogue, parts: Iterable[str]) -> str:
    """A list in words, of which one is meant: "a, b or c"."""
    items = list(parts)
    if len(items) < 2:
        return "".join(items)
    return speak("%(items)s or %(last)s", items=", ".join(items[:-1]), last=items[-1])


def from_to(speak: Catalogue, low: str, high: str) -> str:
    """Two ends: "28.2 to 117.8"; one figure where they are the same."""
    return low if low == high else speak("%(low)s to %(high)s", low=low, high=high)


def size_words(count: int) -> str:
    """A number of bytes for readers.

    >>> size_words(1_234_567), size_words(31_400), size_words(12)
    ('1.2 MB', '31 KB', '1 KB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1000))} KB"


def counted(speak: Catalogue, count: int, singular: str, plural: str) -> str:
    """A count and a noun of the settings: "1 authority", "17 authorities"."""
    noun = singular if count == 1 else plural
    return speak("%(count)s %(noun)s", count=number(count), noun=noun)
