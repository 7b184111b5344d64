"""Errors say where and what next; reports keep what they were given."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import errors
from generator.errors import AtlasError, JoinError, OutputError, PortalError, SettingsError
from generator.report import BufferReport, ConsoleReport

KINDS = [AtlasError, SettingsError, errors.SourceError, PortalError, JoinError, OutputError]


def test_an_error_reads_as_place_message_and_next_action() -> None:
    error = AtlasError("it is broken", where="a.csv, row 3", fix="fix it")
    assert str(error) == "a.csv, row 3: it is broken\n  → fix it"
    assert str(AtlasError("it is broken")) == "it is broken"


@pytest.mark.parametrize("kind", KINDS)
@given(st.text(), st.text(), st.text())
def test_errors_survive_the_way_back_from_a_worker(
    kind: type[AtlasError], message: str, where: str, fix: str
) -> None:
    back = pickle.loads(pickle.dumps(kind(message, where=where, fix=fix)))  # noqa: S301
    assert type(back) is kind
    assert (back.message, back.where, back.fix) == (message, where, fix)


def test_a_portal_error_keeps_whether_there_was_a_network() -> None:
    back = pickle.loads(pickle.dumps(PortalError("no", reachable=False)))  # noqa: S301
    assert back.reachable is False
    assert PortalError("no").reachable is True


@pytest.mark.parametrize("kind", KINDS)
def test_all_errors_are_caught_as_one(kind: type[AtlasError]) -> None:
    assert issubclass(kind, AtlasError)


def test_a_buffer_report_keeps_everything() -> None:
    report = BufferReport()
    with report.stage("join") as note:
        note.result = "6 areas"
    report.say("one")
    report.detail("two")
    report.warn("three")
    assert list(report.progress([1, 2], label="x", total=2)) == [1, 2]
    assert [(s.name, s.result) for s in report.stages] == [("join", "6 areas")]
    assert report.stages[0].seconds >= 0
    assert report.lines == ["one", "two"]
    assert report.warnings == ["three"]


def test_a_stage_that_fails_does_not_count_as_done() -> None:
    report = BufferReport()
    with pytest.raises(AtlasError), report.stage("join"):
        raise AtlasError("no")
    assert report.stages == []


@pytest.mark.parametrize(
    ("quiet", "verbose", "shown", "hidden"),
    [
        (False, False, ["said", "warned", "join", "6 areas"], ["detail"]),
        (True, False, ["warned"], ["said", "detail", "join"]),
        (False, True, ["said", "warned", "detail", "join"], []),
    ],
)
def test_the_console_shows_what_was_asked_for(
    capsys: pytest.CaptureFixture[str],
    quiet: bool,
    verbose: bool,
    shown: list[str],
    hidden: list[str],
) -> None:
    report = ConsoleReport(quiet=quiet, verbose=verbose)
    with report.stage("join") as note:
        note.result = "6 areas"
    report.say("said")
    report.detail("detail")
    report.warn("warned")
    out, err = capsys.readouterr()
    assert out == "", "standard output is for data"
    assert [word for word in shown if word not in err] == []
    assert [word for word in hidden if word in err] == []


def test_brackets_in_names_and_paths_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConsoleReport(verbose=True)
    text = "my [bold]data[/bold]/a[1].csv: [/] 'x' :smile:"
    report.say(text)
    report.detail(text)
    report.warn(text)
    with report.stage("[red]read") as note:
        note.result = text
    report.closing_table([("[/b]what", "[x] 3")])
    err = capsys.readouterr().err
    assert err.count(text) == 4
    assert "[/b]what" in err
    assert "[x] 3" in err


def test_the_closing_table_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    report = ConsoleReport()
    for name in ("read", "join"):
        with report.stage(name):
            pass
    report.closing_table([("warnings", "0")])
    table = capsys.readouterr().err.split("\n\n")[-1]
    rows = [line.split() for line in table.splitlines() if line.strip()]
    assert [row[0] for row in rows] == ["read", "join", "total", "warnings"]


def test_a_quiet_console_has_no_closing_table(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleReport(quiet=True).closing_table([("warnings", "0")])
    assert capsys.readouterr().err == ""
