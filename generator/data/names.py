"""When two names mean one place, and how a name stands in a URL.

Names are compared in a canonical form: without case, accents, apostrophes, full
stops and "City of", so that "St. Helens" is "St Helens" and "Bristol" is
"Bristol, City of".
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache

_TITLES = re.compile(
    r"^(the |city and county of |city of |county of |county (?!of)|london borough of "
    r"|royal borough of |metropolitan borough of |borough of |district of )+"
)
_ENDINGS = re.compile(
    r"( (city of|county of|(metropolitan |london )?(borough|district|city|county|town)( council)?"
    r"|council|unitary authority|ua))+$"
)


MOST_LETTERS = 80
"""Of a folder's name in an address; encodings and suffixes come on top."""
_DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
"""Windows has no files of these names."""
_NO_SHORT_FORM = frozenset({"city of london"})
"""The City is one of many parts of London: the name without its title means something else."""


@lru_cache(maxsize=2**17)
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


def is_island(name: str) -> bool:
    """Whether a name says that the place is an island.

    >>> is_island("Isle of Wight"), is_island("Isles of Scilly"), is_island("Islington")
    (True, True, False)
    """
    return name.startswith(("Isle of ", "Isles of "))


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


def slugs(
    named: Sequence[tuple[str, str]], parents: Sequence[Mapping[str, str]] = ()
) -> dict[str, str]:
    """Slugs by code.

    Where names agree, all that bear one get their parent's name added, of the first kind of
    parent that tells them apart; where none does, their code.

    Parameters
    ----------
    named
        ``(code, name)`` of each area.
    parents
        Names of the areas' parents by code, one mapping for each kind of parent.

    >>> slugs([("W1", "St Mary's"), ("W2", "St Mary's")], [{"W1": "Ely", "W2": "Bath"}])
    {'W1': 'st-marys-ely', 'W2': 'st-marys-bath'}
    """
    wanted = {code: _as_folder(slugify(name)) or _code_slug(code) for code, name in named}
    bearers: dict[str, list[str]] = {}
    for code, slug in wanted.items():
        bearers.setdefault(slug, []).append(code)
    found = {codes[0]: slug for slug, codes in bearers.items() if len(codes) == 1}
    taken = set(bearers)
    for slug, codes in bearers.items():
        if len(codes) > 1:
            told_apart = _told_apart(slug, codes, parents, taken)
            found.update(told_apart)
            taken.update(told_apart.values())
    folders = {code: _as_folder(found[code]) for code in wanted}
    often = Counter(folders.values())
    return {
        code: slug if often[slug] == 1 else _as_folder(f"{slug}-{_fingerprint(code)}")
        for code, slug in folders.items()
    }


def _as_folder(slug: str) -> str:
    """A slug that every file system takes as a folder's name.

    >>> _as_folder("aux"), len(_as_folder("x" * 300))
    ('aux-page', 80)
    """
    if len(slug) > MOST_LETTERS:
        slug = f"{slug[: MOST_LETTERS - 9].rstrip('-')}-{_fingerprint(slug)}"
    return f"{slug}-page" if _DEVICES.fullmatch(slug) else slug


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _told_apart(
    slug: str, codes: Sequence[str], parents: Sequence[Mapping[str, str]], taken: Set[str]
) -> dict[str, str]:
    for kind in parents:
        tried = {code: f"{slug}-{slugify(kind.get(code, ''))}" for code in codes}
        whole = all(slugify(kind.get(code, "")) for code in codes)
        if whole and len(set(tried.values())) == len(codes) and not taken & set(tried.values()):
            return tried
    return {code: f"{slug}-{_code_slug(code)}" for code in codes}


def _code_slug(code: str) -> str:
    """A code as part of a URL; one of other letters than a to z gets a fingerprint."""
    slug = slugify(code)
    if slug and slug == code.lower():
        return slug
    return f"{slug}-{_fingerprint(code)}".lstrip("-")


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
