"""The words of the interface: every text is translated, and an atlas speaks one language."""

from __future__ import annotations

import ast
import doctest
import gettext
import importlib.util
import re
import string
from copy import deepcopy
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from built import ROOT
from making import shipped

from generator import catalogue
from generator.build.modules import in_language
from generator.catalogue import ENGLISH, FOLDER, catalogue_for, languages
from generator.errors import SettingsError
from generator.settings import Settings, settings_from

_spec = importlib.util.spec_from_file_location("catalogues", ROOT / ".ci/catalogues.py")
assert _spec is not None
assert _spec.loader is not None
catalogues = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(catalogues)

WELSH = catalogue_for("cy")
MESSAGES = FOLDER / "messages.pot"
TRANSLATIONS = sorted(FOLDER.glob("*.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]


def texts(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_the_template_lists_the_texts_of_today() -> None:
    if MESSAGES.read_bytes() != catalogues.template():
        pytest.fail("texts have changed: run make catalogues, and translate what is new")


def test_no_text_stands_within_a_formatted_one() -> None:
    """Before Python 3.12 nothing sees a text there, and nobody translates it."""
    found = [
        f"{path.relative_to(ROOT)}, line {call.lineno}"
        for path in sorted((ROOT / "generator").rglob("*.py"))
        for whole in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for call in ast.walk(whole)
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in catalogues.KEYWORDS
    ]
    assert not found


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda p: p.stem)
def test_the_command_leaves_a_whole_translation_as_it_is(path: Path) -> None:
    """Texts of one place keep their order, so that a change shows what has changed alone."""
    assert catalogues.updated(path) == path.read_bytes()


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda p: p.stem)
def test_every_text_is_translated(path: Path) -> None:
    wanted = {(m.id, m.context) for m in texts(MESSAGES)}
    found = texts(path)
    assert {(m.id, m.context) for m in found} == wanted
    assert [m.id for m in found if not all(forms(m.string)) or m.fuzzy] == []


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda p: p.stem)
def test_a_translation_has_the_placeholders_and_marks_of_the_english(path: Path) -> None:
    plurals = read(path).num_plurals
    for message in texts(path):
        wanted = placeholders("".join(forms(message.id)))
        if not isinstance(message.id, str):
            assert len(forms(message.string)) == plurals
        for form in forms(message.string):
            assert placeholders(form) == wanted, message.id
            # Whatever else a percent sign stands for would break the text when it is filled.
            rest = re.sub(r"%\(\w+\)s|%%", "", form)
            assert "%" not in rest, message.id
            assert not set('<>"{}') & set(form) - set("".join(forms(message.id))), message.id
            # What begins or ends a part of a sentence does so in each language.
            assert form.strip() == form or message.id[0] in string.whitespace + ","


def test_the_docstrings_run() -> None:
    assert doctest.testmod(catalogue).failed == 0


def test_languages_and_their_tags() -> None:
    assert languages() == ("cy", "en")
    assert catalogue_for("cy").language == "cy"
    assert catalogue_for("cy-GB").language == "cy-GB"
    assert catalogue_for("en-US").language == "en-US"
    for other in ("de", "fr-CA", "xx", ""):
        english = catalogue_for(other)
        # What is said in English is never marked as another language.
        assert english.language == "en"
        assert english("Map") == "Map"


def test_two_languages_in_one_process_don_t_mix() -> None:
    assert (WELSH("Rank"), ENGLISH("Rank")) == ("Safle", "Rank")
    sent = deepcopy(WELSH)
    assert sent == WELSH != ENGLISH
    assert sent("Rank") == "Safle"
    assert deepcopy(ENGLISH)("Rank") == "Rank"
    assert deepcopy(catalogue_for("de")).language == "en"


def _settings(folder: Path, **atlas: object) -> Settings:
    raw = {
        "atlas": {"title": "X", **atlas},
        "geography": {},
        "edition": [{"id": "y", "table": "x.csv"}],
    }
    return settings_from(raw, folder / "atlas.toml")


def test_what_the_settings_don_t_name_is_called_so_in_their_language(tmp_path: Path) -> None:
    welsh = _settings(tmp_path, language="cy")
    assert (welsh.atlas.words.area, welsh.atlas.words.areas) == ("ardal", "ardaloedd")
    assert welsh.spots is not None
    assert welsh.spots.hot_plural == "ardaloedd uchaf"
    own = _settings(tmp_path, language="cy", words={"area": "awdurdod", "areas": "awdurdodau"})
    assert own.atlas.words.areas == "awdurdodau"
    assert own.spots is not None
    assert own.spots.hot == "awdurdod uchaf"
    assert deepcopy(own).speak("Rank") == "Safle"
    english = _settings(tmp_path, language="de")
    assert english.atlas.words.areas == "areas"


def test_a_catalogue_of_one_s_own(tmp_path: Path) -> None:
    own = tmp_path / "kw.po"
    own.write_text(
        'msgid ""\nmsgstr ""\n"Language: kw\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Map"\nmsgstr "Mappa"\n',
        "utf-8",
    )
    settings = _settings(tmp_path, language="kw", catalogue="kw.po")
    assert settings.speak.language == "kw"
    assert settings.speak("Map") == "Mappa"
    assert settings.speak("Rank") == "Rank"  # not translated yet: English


@pytest.mark.parametrize("content", [b"no catalogue", b"\xff\xfe\x00", None])
def test_a_broken_catalogue_is_one_message(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "own.po"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        _settings(tmp_path, language="kw", catalogue="own.po").speak("Map")
    assert str(path) in str(caught.value)


def test_scripts_get_their_texts_at_build_time() -> None:
    script = (FOLDER.parents[1] / "templates/assets/lib/speak.js").read_bytes() + (
        b'say(speak("Copied"));\n'
        b'say(speak("%(name)s added.", { name: "\xc5\xb4" }));\n'
        b'say(speakCount(\n  "%(n)s suggestion", "%(n)s suggestions", found.length));\n'
    )
    assert in_language(script, ENGLISH) == script
    text = in_language(script, WELSH).decode()
    assert 'say(speak("Wedi’i gopïo"));' in text
    assert 'say(speak("%(name)s: wedi’i hychwanegu.", { name: "Ŵ" }));' in text
    assert 'say(speakCount(["%(n)s o awgrymiadau", "%(n)s awgrym"' in text
    assert "n==2 ? 2" in text
    assert "[one, many]" not in text


def test_every_text_of_a_script_is_translated_by_the_build() -> None:
    """None is left in English because its form is one that the build can read."""
    translated = {forms(m.id)[0]: forms(m.string)[0] for m in texts(TRANSLATIONS[0])}
    listed = texts(MESSAGES)
    for path in (FOLDER.parents[1] / "templates/assets").rglob("*.js"):
        place = path.relative_to(FOLDER.parents[1]).as_posix()
        text = in_language(path.read_bytes(), WELSH).decode()
        own = [forms(m.id)[0] for m in listed if place in {found for found, _ in m.locations}]
        left = [one for one in own if translated[one] != one and f'speak("{one}"' in text]
        assert not left, place


def test_the_shipped_atlas_speaks_english() -> None:
    settings, _ = shipped()
    assert settings.speak.language == "en-GB"
    assert isinstance(settings.speak._of, gettext.NullTranslations)
