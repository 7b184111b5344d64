"""The words of the interface in the atlas's language: gettext catalogues that translators edit.

English is the language of the source: what stands in code, templates and scripts is the key
by which a catalogue (``catalogues/cy.po``) knows a text.  A catalogue is handed along to
whoever says something, so that two atlases in one process may speak two languages.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from generator.errors import SettingsError

FOLDER = Path(__file__).resolve().parent / "catalogues"
ENGLISH_PLURAL = "n != 1"


class Catalogue:
    """The interface in one language.

    Placeholders are named (``%(name)s``); a percent sign of a text is written ``%%``.

    Parameters
    ----------
    language
        The tag that pages are marked with (``cy``, ``en-GB``).
    translations
        English texts and what they are in this language; none for English itself.
    plural_rule
        Which form a number takes, as a C expression in ``n`` (gettext's ``Plural-Forms``).
    source
        The file that they were read from.
    forms
        All forms of each text that depends on a number, by its English singular.
    """

    def __init__(
        self,
        language: str = "en-GB",
        translations: gettext.NullTranslations | None = None,
        plural_rule: str = ENGLISH_PLURAL,
        source: Path | None = None,
        forms: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.language = language
        self.plural_rule = plural_rule
        self._source, self._forms = source, forms
        self._of = translations or gettext.NullTranslations()
        # As templates take them: without values, which jinja2 fills in and escapes.
        self.gettext, self.ngettext = self._of.gettext, self._of.ngettext
        self.pgettext, self.npgettext = self._of.pgettext, self._of.npgettext

    def __call__(self, text: str, /, **values: object) -> str:
        """A text with its values.

        >>> ENGLISH("%(count)s of %(of)s, 20%%", count=3, of=4)
        '3 of 4, 20%'
        """
        return self.gettext(text) % values

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A text in the form that a number takes.

        >>> [ENGLISH.plural("%(n)s map", "%(n)s maps", n, n=n) for n in (1, 2)]
        ['1 map', '2 maps']
        """
        return self.ngettext(one, many, count) % values

    def sense(self, sense: str, text: str, /, **values: object) -> str:
        """A text that means several things in English, in one of its senses."""
        return self.pgettext(sense, text) % values

    @property
    def translates(self) -> bool:
        """Whether it is another language than the source's."""
        return self._source is not None

    def forms(self, one: str) -> list[str]:
        """All forms of a text that depends on a number, in the order of the plural rule."""
        return list(self._forms.get(one, (one,)))

    def date(self, day: dt.date) -> str:
        """A day in words, by the Unicode Common Locale Data Repository.

        >>> ENGLISH.date(dt.date(2017, 11, 28))
        '28 November 2017'
        """
        # Imported here: it takes a tenth of a second, which a build with nothing to do hasn't.
        from babel import Locale, UnknownLocaleError
        from babel.dates import format_date

        try:
            locale = Locale.parse(self.language, sep="-")
        except (UnknownLocaleError, ValueError):
            locale = Locale("en", "GB")
        return format_date(day, "d MMMM y", locale=locale)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Catalogue):
            return NotImplemented
        return (self.language, self._source) == (other.language, other._source)

    def __hash__(self) -> int:
        return hash((self.language, self._source))

    def __reduce__(self) -> tuple[object, ...]:
        # A plural rule is a function made at run time, which can't be sent to a worker.
        return (_read if self._source else Catalogue, (self.language, *self._sources()))

    def _sources(self) -> tuple[Path, ...]:
        return (self._source,) if self._source else ()


ENGLISH = Catalogue()


def catalogue_for(language: str, own: Path | None = None) -> Catalogue:
    """The interface in a language; in English where there is no catalogue for it.

    Parameters
    ----------
    language
        A tag such as ``cy`` or ``en-GB``; what stands behind its first part is kept for the
        pages and does not choose another catalogue.
    own
        A catalogue (``.po``) to take instead of those that come with the generator.

    Raises
    ------
    SettingsError
        If `own` can't be read as a catalogue.
    """
    tag = language.replace("_", "-")
    base = tag.partition("-")[0].casefold()
    path = own or FOLDER / f"{base}.po"
    if own is not None or (path.is_file() and base != "en"):
        return _read(tag, path)
    return Catalogue(tag if base == "en" else "en")


def languages() -> tuple[str, ...]:
    """The languages that come with the generator."""
    return tuple(sorted(["en", *(path.stem for path in FOLDER.glob("*.po"))]))


def read_again() -> None:
    """Forget catalogues that were read: their files may have changed."""
    _read.cache_clear()


@cache
def _read(language: str, path: Path) -> Catalogue:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as file:
            read = read_po(file, ignore_obsolete=True, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
    except (OSError, ValueError, PoFileError) as error:
        raise SettingsError(
            f"this is no catalogue: {error}",
            where=str(path),
            fix="write it as docs/howto/translate.md says, beginning with catalogues/messages.pot",
        ) from error
    forms = {m.id[0]: tuple(m.string) for m in read if m.id and m.pluralizable and m.string}
    return Catalogue(language, translations, read.plural_expr, path, forms)
