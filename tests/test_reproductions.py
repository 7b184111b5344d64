"""Inputs that once ended in a traceback or never ended, as whole runs of the command."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.build.manifest import MANIFEST
from generator.cli import main


def replaced(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def built(config: Path, *more: str) -> int:
    site = config.parent.parent / "site"
    return main(["--config", str(config), "--out", str(site), "--jobs", "1", *more])


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "harvest_2021.csv",
            lambda text: text.replace("last", "x" * 140_000),
            "row 4: a cell has more than the 32,767 letters",
        ),
        ("changes.csv", lambda text: text.replace("2023", "202²"), "row 4: 'E07000903'"),
        ("harvest_2020.csv", lambda text: text.replace("9.5", "1e28"), "'1e28' is too large"),
        ("harvest_2020.csv", lambda text: text + "\n" * 1_100_000, "more than 1,048,576 rows"),
    ],
    ids=["letters of a cell", "a raised digit", "a huge figure", "blank lines"],
)
def test_it_is_one_message(
    mini: Path,
    capfd: pytest.CaptureFixture[str],
    name: str,
    change: Callable[[str], str],
    said: str,
) -> None:
    path = mini.parent / name
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    assert built(mini) == 1
    err = capfd.readouterr().err
    assert err.count("error: ") == 1
    assert name in err
    assert said in err
    assert "→" in err
    assert "Traceback" not in err
    assert len(err) < 5000
    assert not (mini.parent.parent / "site").exists()


@pytest.mark.slow
def test_names_of_any_letters_and_length_are_built(
    mini: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A control character (cards are drawn of it), 300 letters, an ampersand beside a bracket."""
    replaced(mini.parent, "areas.csv", "Far End", "Far\x0bEnd" + "d" * 300)
    replaced(mini.parent, "areas.csv", "Dale", "Dale & <i>Sons")
    replaced(mini.parent, "harvest_2020.csv", "Dale", "Dale & <i>Sons")
    replaced(mini.parent, "standings.csv", "Dale", "Dale & <i>Sons")
    site = mini.parent.parent / "site"
    assert built(mini) == 0, capfd.readouterr().err
    assert main(["verify", str(site)]) == 0, capfd.readouterr().err
    longest = max(len(path.name) for path in (site / "parishes").iterdir())
    assert longest <= 80
    assert all(
        (path / "card.png").is_file() for path in (site / "parishes").iterdir() if path.is_dir()
    )


@pytest.mark.slow
def test_a_manifest_that_is_nested_too_deeply_is_one_message(
    mini: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = mini.parent.parent / "site"
    assert built(mini) == 0
    (site / MANIFEST).write_text("[" * 100_000, encoding="utf-8")
    capfd.readouterr()
    code = built(mini)
    err = capfd.readouterr().err
    assert "Traceback" not in err
    assert code == 1
    assert MANIFEST in err
    shutil.rmtree(site)
    assert built(mini) == 0
