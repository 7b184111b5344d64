"""Tables as offices publish them: each is read right, or refused with one message.

The files lie in `tables/files`; `tables/make_tables.py` says how each came about.  Every one is
joined twice: as it is, with no settings but what its form needs, and by way of `init`.
"""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from generator.build.options import Options
from generator.build.staleness import build_key
from generator.cli import main
from generator.data.join import Joined, join
from generator.errors import AtlasError
from generator.init.guess import look
from generator.init.write import write_folder
from generator.report import BufferReport
from generator.settings import Settings, read_settings, settings_from
from generator.sources.gather import edition_tables

TABLES = Path(__file__).resolve().parent / "tables"
sys.path.insert(0, str(TABLES))

from make_tables import COUNCILS, FILES, LARGE, MARKED, SIGNS, VALUES  # noqa: E402

NAMES = {code: name for code, name, _ in COUNCILS}
CODES = list(NAMES)
FLINTSHIRE = CODES[MARKED]


@dataclass(frozen=True)
class Read:
    """What must come out: figures in the order of the councils, and what must be said."""

    values: list[float] = field(default_factory=lambda: list(VALUES))
    missing: tuple[str, ...] = ()
    edition: dict[str, Any] = field(default_factory=dict)
    said: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Refused:
    """What the one message must say; ``by_init`` are forms that init can read all the same."""

    message: str
    edition: dict[str, Any] = field(default_factory=dict)
    by_init: Read | None = None


def plain(**more: Any) -> Read:
    return Read(**more)


LARGE_VALUES = [float(value) for value in LARGE]
SIGNED = [-v if at % 2 else v for at, v in enumerate(VALUES)]
FORMS: dict[str, Read | Refused] = {
    "utf8.csv": plain(),
    "utf8_bom.csv": plain(),
    "utf16_bom_tabs.txt": plain(),
    "utf16_without_bom.csv": plain(),
    "windows1252.csv": plain(said="read as Windows-1252"),
    "semicolons.csv": plain(),
    "tabs.tsv": plain(),
    "bars.txt": plain(),
    "sep_line.csv": plain(),
    "all_quoted.csv": plain(),
    "old_mac_ends.csv": plain(),
    "thousands_commas.csv": Read(LARGE_VALUES),
    "thousands_spaces.csv": Read(LARGE_VALUES),
    "thousands_narrow_spaces.csv": Read(LARGE_VALUES),
    "percent_signs.csv": plain(unit="%"),
    "pounds.csv": Read(LARGE_VALUES, unit="£"),
    "decimal_commas.csv": Refused('write decimal = ","', by_init=plain(said="the comma is taken")),
    "brackets_as_minus.csv": Read(SIGNED),
    "true_minus.csv": Read(SIGNED),
    "mixed_percent.csv": Refused("different units: no sign (row 2) and % (row 3)"),
    "small.csv": Read([float(f"0.00{1 + at % 9}") for at in range(22)]),
    "unreadable_cell.csv": Refused("'about 48' is not a number"),
    "too_large.csv": Refused("'1e28' is too large a figure"),
    "excel_error.csv": Refused("'#REF!' is not a number"),
    **{
        f"sign_{name}.csv": Read(
            missing=(FLINTSHIRE,), said=f"read as no figure: {sign!r} in row {MARKED + 2}"
        )
        for name, sign in SIGNS.items()
    },
    "revised_figures.csv": plain(said="a flag behind the figure: '[r]' in row 6"),
    "provisional_figures.csv": plain(said="a flag behind the figure: 'p' in rows 2, 3"),
    "title_above.csv": plain(said="the header is in row 2; the row 1 above it is left out"),
    "titles_and_blank_rows.csv": plain(said="the header is in row 4"),
    "pairs_above.csv": plain(said="the header is in row 5"),
    "two_row_header.csv": plain(said="'Fuel poverty: Rate' is taken as the subject"),
    "header_in_line_three.csv": Read(edition={"header_row": 3}),
    "footnotes_below.csv": plain(said="notes below the table are left out: rows 25 to 27"),
    "key_of_signs_below.csv": Read(missing=(FLINTSHIRE,), said="rows 25 to 26"),
    "blank_rows.csv": plain(),
    "total_below.csv": plain(said="row 24, Wales"),
    "totals_above.csv": plain(said="row 2, United Kingdom (K02000001); row 3, England"),
    "total_without_code.csv": plain(said="row 24, 'Total'"),
    "rows_of_another_country.csv": plain(
        edition={"keep": ["W"]}, said="2 rows are of no area of the atlas and left out"
    ),
    "doubled_rows.csv": plain(said="row 24 (as row 5), row 25 (as row 9)"),
    "area_twice.csv": Refused("rows 5 and 24 are both W06000004"),
    "column_name_twice.csv": plain(said="'Fuel poverty rate' stands twice in row 1"),
    "empty_column_names.csv": plain(),
    "line_breaks_in_header.csv": plain(said="'Fuel poverty rate' is taken"),
    "header_missing.csv": Refused("no row of column names is found: this one holds '41.2'"),
    "header_only.csv": Refused("the table has no rows"),
    "open_quotation_mark.csv": Refused("a quotation mark is out of place"),
    "unquoted_commas.csv": Refused("the row has 4 cells, the header 3"),
    "control_characters.csv": plain(said="control characters are left out in row 4"),
    "codes_with_spaces.csv": plain(said="read without spaces and in upper case"),
    "codes_in_lower_case.csv": plain(said="read without spaces and in upper case"),
    "one_mistyped_code.csv": Refused("row 6: 'W0600005' is no GSS code; nearest: W060000"),
    "code_of_another_country.csv": Refused("row 6: 'W06000099' is no area of the atlas"),
    "english_names.csv": plain(),
    "council_names.csv": plain(),
    "welsh_names.csv": plain(),
    "misspelt_name.csv": Refused("row 6: 'Flintshyre' is no area; nearest: Flintshire"),
    "long_by_year.csv": Refused(
        'where = { "year" = "2023" }', by_init=Read([round(v + 1.5, 1) for v in VALUES])
    ),
    "long_by_measure.csv": Refused("rows 2 and 24 are both W06000001", by_init=plain()),
    "years_as_columns.csv": Refused(
        "'2022', '2023' are years", by_init=Read([round(v + 1.5, 1) for v in VALUES])
    ),
    "id_year_population_first.csv": plain(
        said="not taken: 'OBJECTID' (row numbers or keys), 'Year' (years), 'Population' (a count"
    ),
    "percent_formats.xlsx": plain(unit="%", said="the sheet 'Table 1' is read"),
    "pound_formats.xlsx": Read(LARGE_VALUES, unit="£"),
    "formulas_without_results.xlsx": Refused("holds a formula, but not its result"),
    "several_tables.xlsx": plain(said="several sheets hold tables; '2022' is read, '2023' not"),
    "official_workbook.xlsx": plain(
        said="'Overall score' is taken as the subject, the first of 17"
    ),
    "percentages.ods": plain(unit="%", said="the sheet 'Data' is read"),
    "plain.ods": plain(),
    "plain.parquet": plain(),
    "not_a_workbook.xlsx": Refused("the workbook can't be read"),
    "old_workbook.xls": Refused("a table can't be read from a .xls file"),
    "package/scores.csv": Read(missing=(FLINTSHIRE,), unit="%", said="those of datapackage.json"),
    "csvw/scores.csv": plain(unit="%", said="those of scores.csv-metadata.json"),
}
ALSO_REFUSED = {"header_in_line_three.csv": {"header_row": 5}}


def settings_for(file: Path, edition: dict[str, Any]) -> Settings:
    own = dict(edition)
    raw = {
        "atlas": {"title": "T"},
        "geography": {"keep": own.pop("keep", [])},
        "edition": [{"id": "e", "table": str(file), **own}],
    }
    return settings_from(raw, Path("atlas.toml"))


def joined(settings: Settings, report: BufferReport) -> Joined:
    return join(
        settings,
        area_table=None,
        boundary_names=NAMES,
        tables=edition_tables(settings, report),
        standing_tables=[],
        report=report,
    )


def compare(found: Joined, expected: Read, report: BufferReport) -> None:
    indicator = found.indicators[0]
    values = {c: v.score for c, v in found.editions[0].values[indicator.id].items()}
    wanted = dict(zip(CODES, expected.values, strict=True))
    assert values == pytest.approx({c: v for c, v in wanted.items() if c not in expected.missing})
    assert indicator.unit == expected.unit
    said = "\n".join([*report.lines, *report.warnings])
    assert expected.said in said


def one_message(error: AtlasError) -> str:
    text = str(error)
    assert error.fix
    assert "Traceback" not in text
    return text


def test_every_file_is_a_form_and_the_forms_are_counted() -> None:
    files = {
        path.relative_to(FILES).as_posix() for path in FILES.rglob("*") if path.suffix != ".json"
    } - {"package", "csvw"}
    assert files == set(FORMS)
    read = [form for form in FORMS.values() if isinstance(form, Read)]
    by_init = [form for form in FORMS.values() if isinstance(form, Refused) and form.by_init]
    refused = len(FORMS) - len(read) - len(by_init)
    said = (TABLES.parents[1] / "docs/robustness.md").read_text(encoding="utf-8")
    assert (
        f"{len(FORMS)} forms, of which {len(read)} are read right as they are, {len(by_init)} more "
        f"by way of `init`, and {refused} are refused"
    ) in said


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_read_right_or_refused_with_one_message(name: str) -> None:
    form, report = FORMS[name], BufferReport()
    settings = settings_for(FILES / name, form.edition)
    if isinstance(form, Read):
        compare(joined(settings, report), form, report)
        return
    with pytest.raises(AtlasError) as caught:
        joined(settings, report)
    text = one_message(caught.value)
    assert form.message in text
    assert Path(name).name in text


@pytest.mark.parametrize("name", FORMS)
def test_init_writes_settings_that_read_a_form_right_or_refuses_it(
    name: str, tmp_path: Path
) -> None:
    form, report = FORMS[name], BufferReport()
    expected = form if isinstance(form, Read) else form.by_init

    def through_init() -> Joined:
        guess = look(FILES / name, report)
        for note in guess.notes:
            report.say(note)
        settings = read_settings(write_folder(guess, tmp_path / "atlas"))
        assert settings.geography.geography == "lad"
        assert settings.geography.year == 2018
        assert settings.atlas.words.country in {"Wales", "England and Wales"}
        return joined(settings, report)

    if expected is None:
        with pytest.raises(AtlasError) as caught:
            through_init()
        one_message(caught.value)
        return
    found = through_init()
    # That a column is the subject is said in the settings now, and not by the join.
    said = "" if "is taken as the subject" in expected.said else expected.said
    said = "" if "not taken" in said or "'Fuel poverty rate' is taken" in said else said
    compare(found, Read(expected.values, expected.missing, {}, said, expected.unit), report)


@pytest.mark.parametrize("name", ALSO_REFUSED)
def test_a_wrong_header_row_is_refused(name: str) -> None:
    with pytest.raises(AtlasError, match="this row is no header: it holds 'W06000002'"):
        joined(settings_for(FILES / name, ALSO_REFUSED[name]), BufferReport())


def test_the_official_workbook_joins_whole_with_its_sixteen_indicators() -> None:
    report = BufferReport()
    found = joined(settings_for(FILES / "official_workbook.xlsx", {}), report)
    assert len(found.indicators) == 17
    assert found.indicators[1].name == "Early years measure 1"
    assert not found.editions[0].absent
    assert all(len(values) == 22 for values in found.editions[0].values.values())


def test_small_figures_have_the_decimals_that_they_need() -> None:
    found = joined(settings_for(FILES / "small.csv", {}), BufferReport())
    assert found.indicators[0].decimals == 3


@pytest.mark.slow
def test_init_and_build_make_a_site_from_a_spreadsheet(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The commands of the README, without a network; boundaries come from an installed package."""
    folder = tmp_path / "atlas"
    table = FILES / "percent_formats.xlsx"
    assert main(["init", str(folder), "--table", str(table)]) == 0
    said = capfd.readouterr().err
    assert "geography lad 2018" in said
    assert "lower is better (from its name or its ranks)" in said
    assert "checked: 22 of 22 areas have a figure" in said
    site = folder / "site"
    built = ["--config", str(folder / "atlas.toml"), "--out", str(site), "--jobs", "1", "-q"]
    assert main(built) == 0
    page = (site / "local-authorities/flintshire/index.html").read_text(encoding="utf-8")
    assert "47.9" in page
    assert main(["verify", str(site)]) == 0


def test_init_leaves_a_folder_alone_that_holds_something(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert main(["init", str(tmp_path), "--table", str(FILES / "utf8.csv")]) == 1
    assert "the folder is not empty" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("arguments", [["init"], ["init", "x"], ["build", "--table", "t.csv"]])
def test_init_without_its_arguments_is_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2


def test_a_cell_in_the_first_row_that_cannot_be_read_does_not_make_it_the_header(
    tmp_path: Path,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,score\nCardiff,about 2\nNewport,3\nPowys,4\n", encoding="utf-8")
    with pytest.raises(AtlasError, match="'about 2' is not a number") as caught:
        joined(settings_for(path, {}), BufferReport())
    assert caught.value.where.endswith('row 2, column "score"')


def test_init_takes_a_table_of_ranks_alone(tmp_path: Path) -> None:
    path = tmp_path / "ranks_2017.csv"
    rows = "".join(f"{name},{at}\n" for at, name in enumerate(NAMES.values(), start=1))
    path.write_text(f"name,rank\n{rows}", encoding="utf-8")
    settings = read_settings(write_folder(look(path, BufferReport()), tmp_path / "atlas"))
    assert settings.edition[0].id == "2017"
    assert settings.edition[0].columns["rank"].rank == "rank"
    found = joined(settings, BufferReport())
    assert found.editions[0].values["rank"]["W06000001"].rank == 1


def test_the_example_of_the_readme_is_there_and_guessed_whole(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[1]
    readme = (root / "README.md").read_text(encoding="utf-8")
    (named,) = re.findall(r"^python build.py init my-atlas --table (\S+)$", readme, re.MULTILINE)
    guess = look(root / named, BufferReport())
    assert (guess.areas.geography, guess.areas.year, guess.areas.keep) == ("lad", 2018, ("W",))
    assert [one.name for one in guess.indicators] == ["Visits per head"]
    settings = read_settings(write_folder(guess, tmp_path / "atlas"))
    assert len(joined(settings, BufferReport()).editions[0].names) == 22


def test_a_changed_description_beside_a_table_makes_the_site_stale(tmp_path: Path) -> None:
    shutil.copytree(FILES / "package", tmp_path / "package")
    config = tmp_path / "atlas.toml"
    config.write_text(
        '[atlas]\ntitle = "T"\n[geography]\n[[edition]]\nid = "e"\ntable = "package/scores.csv"\n',
        encoding="utf-8",
    )
    options = Options(tmp_path / "site", "hex")
    before = build_key(config, options, "")
    beside = tmp_path / "package/datapackage.json"
    beside.write_text(beside.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert build_key(config, options, "") != before


@pytest.mark.parametrize(
    ("name", "ranks", "better"),
    [
        ("Visits", None, "neutral"),
        ("Unemployment rate", None, "lower"),
        ("Life expectancy", None, "higher"),
        ("Visits", [1, 2, 3], "higher"),
        ("Visits", [3, 2, 1], "lower"),
        ("Visits", [2, 1, 3], "neutral"),
    ],
)
def test_init_calls_an_end_better_only_if_the_name_or_the_ranks_do(
    tmp_path: Path, name: str, ranks: list[int] | None, better: str
) -> None:
    path = tmp_path / "t.csv"
    lines = [f"code,{name},rank"] if ranks else [f"code,{name}"]
    for at, code in enumerate(CODES[:3]):
        lines.append(",".join([code, f"{9 - at}.5", *([str(ranks[at])] if ranks else [])]))
    path.write_text("\n".join(lines), encoding="utf-8")
    assert look(path, BufferReport()).indicators[0].better == better
