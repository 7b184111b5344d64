"""When two names mean one place, and how a name stands in a URL.

Names are compared in a canonical form: without case, accents, apostrophes, full
stops and "City of", so that "St. Helens" is "St Helens" and "Bristol" is
"Bristol, City of".
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

_TITLES = re.compile(
    r"^(the |city and county of |city of |county of |county (?!of)|london borough of "
    r"|royal borough of |metropolitan borough of |borough of |district of )+"
)
_ENDINGS = re.compile(
    r"( (city of|county of|(metropolitan |london )?(borough|district|city|county|town)( council)?"
    r"|council|unitary authority|ua))+$"
)


_NO_SHORT_FORM = frozenset({"city of london"})
"""The City is one of many parts of London: the name without its title means something else."""


def canonical(name: str) -> str:
    """A name without what varies between lists: case, accents, apostrophes, "&", stops.

    >>> canonical("King’s Lynn & West  Norfolk"), canonical("St. Helens")
    ('kings lynn and west norfolk', 'st helens')
    """
    text = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    text = re.sub(r"['’‘ʼ`´]", "", text.replace("&", " and "))
    text = re.sub(r"\bsaint\b", "st", re.sub(r"[^\w]+", " ", text))
    return " ".join(text.split())


def short_form(name: str) -> str:
    """The canonical form without titles and kinds of council around it.

    >>> short_form("Bristol, City of"), short_form("London Borough of Hackney")
    ('bristol', 'hackney')
    """
    whole = canonical(name)
    if whole in _NO_SHORT_FORM:
        return whole
    bare = _ENDINGS.sub("", _TITLES.sub("", whole))
    return bare or whole


def slugify(name: str) -> str:
    """A name as part of a URL.

    >>> slugify("King's Lynn & West Norfolk")
    'kings-lynn-and-west-norfolk'
    """
    return re.sub(r"[^a-z0-9]+", "-", canonical(name)).strip("-")


def slugs(named: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Slugs by code from ``(code, name)``; where names agree, the code is added to all of them."""
    wanted = {code: slugify(name) or code.lower() for code, name in named}
    often: dict[str, int] = {}
    for slug in wanted.values():
        often[slug] = often.get(slug, 0) + 1
    return {c: s if often[s] == 1 else f"{s}-{c.lower()}" for c, s in wanted.items()}


class NameIndex:
    """Finds the code that a name means."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._names = dict(named)
        self._whole: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        for code, name in self._names.items():
            self._whole.setdefault(canonical(name), []).append(code)
            self._short.setdefault(short_form(name), []).append(code)

    def find(self, name: str) -> tuple[str, ...]:
        """The codes that a name may mean: one if it is clear, several if not, none if unknown."""
        for index, form in ((self._whole, canonical(name)), (self._short, short_form(name))):
            if form in index:
                return tuple(index[form])
        return ()

    def nearest(self, name: str, count: int = 3) -> tuple[str, ...]:
        """The names most like `name`, as ``"Rushcliffe (E07000176)"``."""
        forms = [*self._short, *(form for form in self._whole if form not in self._short)]
        close = difflib.get_close_matches(short_form(name), forms, n=count, cutoff=0.5)
        codes = [c for form in close for c in self._short.get(form) or self._whole[form]]
        return tuple(f"{self._names[c]} ({c})" for c in dict.fromkeys(codes))[:count]
