"""Figures that are out of all proportion: each is refused, or harmless, and at once."""

from __future__ import annotations

import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from built import ROOT, build_site

sys.path.insert(0, str(ROOT / "tests/fuzz"))
from nursery import Nursery, Task
from targets import CLAIMS, lay_out_base, replace

from generator.claims.file import claims_from
from generator.errors import JoinError, SettingsError
from generator.report import BufferReport, ConsoleReport, shown
from generator.settings import settings_from
from generator.sources.choice import choose_boundaries
from generator.sources.gather import read_inputs

HUGE_WIDTH = "{year:>1000000000}"


@pytest.fixture
def atlas(tmp_path: Path) -> Path:
    folder = tmp_path / "atlas"
    lay_out_base(folder)
    return folder


def test_a_width_in_braces_is_text_wherever_it_stands(atlas: Path, tmp_path: Path) -> None:
    """Each text of the settings has it: none is a format."""
    text = (atlas / "atlas.toml").read_text(encoding="utf-8")
    lines = [
        line.replace('"', f'"{HUGE_WIDTH} ', 1)
        if line.startswith(
            ("title", "subject", "summary", "attribution", "unit", "about", "source =", "licence",
             "note", "name =", "scope", "hot", "cold")
        )
        else line
        for line in text.replace('attribution = ["', "attribution = [\n").splitlines()
    ]  # fmt: skip
    fixed = "\n".join(lines).replace("attribution = [\n", f'attribution = ["{HUGE_WIDTH} ')
    (atlas / "atlas.toml").write_text(fixed, encoding="utf-8")
    assert fixed.count(HUGE_WIDTH) > 12
    tomllib.loads(fixed)
    started = time.process_time()
    site = build_site(atlas / "atlas.toml", tmp_path / "site", boundaries=str(atlas / "p.geojson"))
    assert time.process_time() - started < 60
    assert "{year:&gt;1000000000}" in site.text("index.html")
    assert site.published.size < 20_000_000


def claims_with(figure: object) -> dict[str, Any]:
    tree = tomllib.loads(CLAIMS)
    tree["claim"][0]["check"][0]["expect"] = {"equals": figure}
    return tree


@pytest.mark.parametrize(
    "figure",
    [
        "1e100000000",
        "1E+999999999",
        "1e-100000000",
        "1e1_000",
        "1e0000100",
        "9" * 41,
        "1/" + "9" * 99,
    ],
)  # fmt: skip
def test_a_figure_of_a_statement_has_a_size(figure: str) -> None:
    started = time.process_time()
    with pytest.raises(SettingsError, match=r"is no figure such as 17, 0\.6") as caught:
        claims_from(claims_with(figure), Path("claims.toml"))
    assert "claim one" in caught.value.message
    assert time.process_time() - started < 1


@pytest.mark.parametrize("figure", [17, 0.6, "2/3", "1e6", "-1.5e-12", 1e300, 5e-324])
def test_figures_that_sources_print_are_taken(figure: object) -> None:
    if isinstance(figure, float) and not 1e-99 < figure < 1e99:
        with pytest.raises(SettingsError):
            claims_from(claims_with(figure), Path("claims.toml"))
    else:
        assert claims_from(claims_with(figure), Path("claims.toml"))


@pytest.mark.parametrize("claim", [1, "x", {"id": 1}, [1], [{"id": []}], [[]]])
def test_statements_of_another_shape_are_one_message(claim: object) -> None:
    with pytest.raises(SettingsError, match="the claims can't be used"):
        claims_from({"claim": claim}, Path("claims.toml"))


def test_very_many_unknown_rows_are_not_all_looked_into(atlas: Path, tmp_path: Path) -> None:
    rows = "".join(f"Nowhere {k},{k}\n" for k in range(200_000))
    (atlas / "harvest_2020.csv").write_text(f"parish,yield\nMoor,1\n{rows}")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = ["-q", "check", "--config", str(atlas / "atlas.toml")]
    with Nursery() as nursery:
        ended = nursery.run(
            Task([*command, "--boundaries", str(atlas / "p.geojson")], str(scratch))
        )
    assert ended.status == 1
    assert "more than 10,000 rows find no area" in ended.said
    assert "row 3: 'Nowhere 0' is no area" in ended.said
    assert len(ended.said) < 3_000
    assert ended.cpu_s < 30
    assert ended.megabytes < 800


def test_unknown_codes_have_an_end_too(atlas: Path) -> None:
    rows = "".join(f"E08{k:06d},{k}\n" for k in range(20_000))
    (atlas / "harvest_2020.csv").write_text(f"code,yield\nE07000905,1\n{rows}")
    from generator.build import site
    from generator.build.options import Options
    from generator.settings import read_settings

    options = Options(out=atlas / "site", boundaries=str(atlas / "p.geojson"))
    with pytest.raises(JoinError, match="more than 10,000 rows find no area"):
        site.check(read_settings(atlas / "atlas.toml"), options, BufferReport())


@pytest.mark.parametrize("kind", ["standings", "lookup", "dissolve"])
def test_every_table_keeps_to_the_limits(atlas: Path, kind: str) -> None:
    (atlas / "large.csv").write_text("name,b\n" + "x,1\n" * 60)
    if kind == "standings":
        replace(atlas, 'table = "standings.csv"', 'table = "large.csv"')
    elif kind == "lookup":
        replace(atlas, "of = 7", 'of = 7\nlookup = "large.csv"')
    else:
        replace(atlas, "[geography.names_now]",
                '[[geography.dissolve]]\nlookup = "large.csv"\ncode = "b"\n\n'
                "[geography.names_now]")  # fmt: skip
    replace(atlas, "[tiles]", "[limits]\ntable_rows = 50\n\n[tiles]")
    raw = tomllib.loads((atlas / "atlas.toml").read_text(encoding="utf-8"))
    settings, report = settings_from(raw, atlas / "atlas.toml"), BufferReport()
    with pytest.raises(Exception, match="more than 50 rows") as caught:
        read_inputs(settings, choose_boundaries(settings, str(atlas / "p.geojson"), report), report)
    assert "large.csv" in str(caught.value)


# -- What is shown ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["say", "warn", "detail"])
def test_nothing_moves_the_terminal(capsys: pytest.CaptureFixture[str], how: str) -> None:
    report = ConsoleReport(verbose=True)
    getattr(report, how)("Ynys Môn \x1b[2J\x07\r\u202e 1\u00a0234 🙂")
    said = capsys.readouterr().err
    assert "Ynys Môn \\x1b[2J\\x07\\r\\u202e 1\u00a0234 🙂" in said
    assert "\x1b[2J" not in said


def test_a_message_has_an_end() -> None:
    line = shown("a" * 100_000 + "z")
    assert len(line) < 1_000
    assert line.startswith("aaa")
    assert line.endswith("z")
    many = shown("\n".join(f"line {k}" for k in range(5_000)) + "\n  → fix it")
    assert len(many.splitlines()) <= 101
    assert many.endswith("  → fix it")
    assert "lines more" in many
    assert shown("short\n  → fix it") == "short\n  → fix it"
