"""`atlas.toml`: what it may say, and that all that is wrong in it is reported at once."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generator.errors import SettingsError
from generator.settings import Classes, Settings, read_settings, settings_from

ROOT = Path(__file__).resolve().parents[1]

LEAST = """
[atlas]
title = "Tiny"
[geography]
[[edition]]
id = "2020"
table = "scores.csv"
"""


def settings(text: str) -> Settings:
    return settings_from(tomllib.loads(text), Path("somewhere/atlas.toml"))


def problems(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(text)
    assert caught.value.where.endswith("atlas.toml")
    assert caught.value.fix
    return caught.value.message


def changed(**more: Any) -> str:
    """The least settings, with further TOML by place: "top", "atlas", "geography", "edition"."""
    lines = [more.get("top", "")]
    for line in LEAST.splitlines():
        lines.append(line)
        for name in ("atlas", "geography", "edition"):
            if line.strip("[]") == name:
                lines.append(more.get(name, ""))
    return "\n".join([*lines, more.get("end", "")])


def test_a_title_and_a_table_are_enough() -> None:
    found = settings(LEAST)
    assert found.atlas.title == "Tiny"
    assert found.classes.scheme == "Quantiles"
    assert found.classes.k == 5
    assert found.spots is not None
    assert found.spots.share == 0.2
    assert found.edition[0].title == "2020"
    assert found.folder == Path("somewhere")


def test_the_shipped_settings_are_read() -> None:
    found = read_settings(ROOT / "atlas.toml")
    assert [e.id for e in found.edition] == ["2016", "2017"]
    assert found.edition[1].of == 324
    assert found.edition[1].published == dt.date(2017, 11, 28)
    assert found.geography.keep == ("E",)
    for relative in (found.geography.areas, *(e.table for e in found.edition)):
        assert relative
        assert found.path(relative).is_file()


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "atlas.toml").write_text(LEAST, encoding="utf-8")
    found = read_settings(tmp_path / "atlas.toml")
    assert found.path(found.edition[0].table) == tmp_path / "scores.csv"
    assert found.path(Path("/elsewhere/x.csv")) == Path("/elsewhere/x.csv")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        settings(LEAST).atlas.title = "Other"  # type: ignore[misc]


def test_all_problems_are_told_at_once_with_their_places() -> None:
    message = problems(
        """
colour = "red"
[atlas]
titel = "Slip"
base_url = "example.org/atlas"
[atlas.words]
path = "Two Words"
[geography]
detail = "coarse"
[classes]
k = 12
colours = ["red"]
[spots]
share = 0.7
[[indicator]]
id = "one"
[[edition]]
id = "2020"
table = "a.csv"
columns.one = {}
[[edition]]
table = "b.csv"
"""
    )
    for place in (
        "colour: there is no such setting",
        "atlas.title: is missing",
        "atlas.titel: there is no such setting",
        "atlas.base_url: must be an absolute URL",
        "atlas.words.path:",
        "geography.detail:",
        "classes.k:",
        "classes.colours: 'red' is not a colour",
        "spots.share:",
        "indicator no. 1.name: is missing",
        "edition no. 1.columns.one: name a score column, a rank column, or both",
        "edition no. 2.id: is missing",
    ):
        assert f"  - {place}" in message, place
    assert message.count("\n  - ") == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed(edition='colums = {}\nid = "2020"').replace('\nid = "2020"\ntable', "\ntable"),
         "edition no. 1.colums: there is no such setting"),
        (changed(end='[[edition]]\nid = "2020"\ntable = "b.csv"'),
         "two of edition are called '2020'"),
        (changed(end='[[edition]]\nid = "2021"\ntable = "b.csv"\ncolumns.gone = {score = "s"}'),
         "edition '2021' has columns for 'gone'"),
        (changed(end='[[edition]]\nid = "2021"\ntable = "b.csv"\ncomparable_with = "2019"'),
         "edition '2021': comparable_with names '2019', which no [[edition]] has"),
        (changed(edition='comparable_with = ["2021"]', end='[[edition]]\nid = "2021"\ntable = "b"'),
         "edition '2020': comparable_with names '2021', which isn't earlier in the file"),
        (changed(edition='comparable_with = "2020"'),
         "edition '2020': comparable_with names '2020', which isn't earlier in the file"),
        (changed(edition='published = 2022-01-01', end='[[edition]]\nid = "2021"\ntable = "b.csv"\n'
                 'published = 2021-05-31\ncomparable_with = "2020"'),
         "comparable_with names '2020', which was published later (2022-01-01, this one 2021-05-"),
        (changed(end='[[standings]]\nedition = "1999"\ntable = "s.csv"'),
         "standings name the edition '1999'"),
        (changed(top='main_edition = "1999"'), "main_edition '1999' is no"),
        (changed(end='[[indicator]]\nid = "a"\nname = "A"\n[[indicator]]\nid = "a"\nname = "B"'),
         "two of indicator are called 'a'"),
        (changed(end='[[group]]\nkind="r"\nname="R"\nplural="Rs"\npath="areas"\ncolumn="r"'),
         "two of path of pages are called 'areas'"),
        (changed(end="".join(
            f'[[group]]\nkind="{k}"\nname="R"\nplural="R"\npath="{k}"\ncolumn="r"\noutline=true\n'
            for k in "rs")),
         "only one [[group]] can have outline"),
        (changed(end="[tiles]\nmin_zoom = 9\nmax_zoom = 4"), "tiles.min_zoom is above"),
        (changed(end="[tiles]\nareas_from = 9\nmax_zoom = 8"), "tiles.areas_from is above"),
        ('[atlas]\ntitle = "x"\n[geography]\n', "edition: is missing"),
        ('edition = []\n[atlas]\ntitle = "x"\n[geography]\n', "edition:"),
        (changed(edition='header_row = 0'), "edition no. 1.header_row"),
        (changed(end='[[indicator]]\nid = "A B"\nname = "A"'), "indicator no. 1.id"),
        (changed(end='[[indicator]]\nid = "a"\nname = "A"\nbetter = "bigger"'),
         "indicator no. 1.better"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant(text: str, said: str) -> None:
    assert said in problems(text)


@pytest.mark.parametrize("url", ["example.org", "/atlas/", "ftp://example.org/", "https://", "x"])
def test_a_base_url_must_be_absolute(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(LEAST).with_base_url(url)
    assert caught.value.where == f"--base-url {url}"
    assert "absolute URL" in caught.value.message
    assert "https://" in caught.value.fix


@pytest.mark.parametrize("url", ["https://a.example/x", "https://a.example/x/", "http://a.example"])
def test_a_base_url_ends_in_a_slash(url: str) -> None:
    found = settings(LEAST).with_base_url(url)
    assert found.atlas.base_url == url.rstrip("/") + "/"
    assert found.atlas.title == "Tiny"
    assert settings(LEAST).with_base_url("").atlas.base_url == ""


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such settings file") as caught:
        read_settings(tmp_path / "gone.toml")
    assert caught.value.where.endswith("gone.toml")
    assert "--config" in caught.value.fix


@pytest.mark.parametrize("content", [b"[atlas\n", b"a = \n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "atlas.toml").write_bytes(content)
    with pytest.raises(SettingsError, match="not TOML") as caught:
        read_settings(tmp_path / "atlas.toml")
    assert caught.value.where.endswith("atlas.toml")


@pytest.mark.parametrize("colour", ["#B2182B", "b2182b", "#b2182", "red", "#gggggg", "#b2182b;}"])
def test_a_colour_is_six_lower_case_digits(colour: str) -> None:
    with pytest.raises(ValidationError, match="is not a colour"):
        Classes(colours=(colour,))
