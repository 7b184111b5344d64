"""A bounded run of the fuzz, seeded; everything that ever failed, again; and the oracle's test."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from fuzzing import FAULT, ROOT, Case, Fuzz, cases, fingerprint, judge, names_a_place, saved_cases
from nursery import Ended, Task
from targets import TARGETS

SECONDS = 110
ROUNDS = 2
"""Cases of each target, if the time allows."""


@pytest.fixture(scope="module")
def fuzz(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzz]:
    with Fuzz(tmp_path_factory.mktemp("fuzz")) as held:
        yield held


def test_the_corpus_is_not_empty() -> None:
    assert len(saved_cases()) >= 10
    assert {case.target for case in saved_cases()} <= set(TARGETS)


@pytest.mark.parametrize("case", saved_cases(), ids=lambda c: c.file)
def test_what_failed_once_fails_no_more(case: Case, fuzz: Fuzz) -> None:
    outcome = fuzz.attempt(case)
    assert not outcome.fault, outcome


@pytest.mark.slow
def test_a_damaged_input_is_built_or_refused(fuzz: Fuzz) -> None:
    """As many cases as the time allows, the same ones each time."""
    end = time.monotonic() + SECONDS
    tried = []
    for case in cases(ROUNDS * len(TARGETS), seed=0):
        if time.monotonic() > end:
            break
        tried.append(fuzz.attempt(case))
    assert not [outcome for outcome in tried if outcome.fault]
    assert len(tried) >= len(TARGETS)
    assert {outcome.status for outcome in tried} == {0, 1}


# -- The oracle ------------------------------------------------------------------------------

SAME = ("site", "atlas")
REFUSED = Ended(1, "error: /x/a.csv, row 3: no figure\n  → write one\n", 0.1, 200)


@pytest.mark.parametrize(
    ("ended", "fault"),
    [
        (REFUSED, ""),
        (replace(REFUSED, status=0, said=""), ""),
        (replace(REFUSED, status=2), "status 2"),
        (replace(REFUSED, status=-24), "signal 24"),
        (replace(REFUSED, said="error: a.csv: without a fix\n"), "not one message"),
        (replace(REFUSED, said=REFUSED.said * 2), "not one message"),
        (replace(REFUSED, said="error: something\n  → do something\n"), "no place"),
        (replace(REFUSED, said="Traceback (most recent call last)"), "fault of the generator"),
        (replace(REFUSED, said=f"error: X: y\n  → {FAULT}"), "fault of the generator"),
        (replace(REFUSED, said="error: memory is short\n  → x"), "memory"),
        (replace(REFUSED, said=f"{REFUSED.said}{'x' * 4000}"), "3,000 letters"),
        (replace(REFUSED, said="/x/y.py:3: RuntimeWarning: nan\n"), "library's warning"),
    ],
)
def test_the_oracle_sees_what_must_not_be(ended: Ended, fault: str) -> None:
    found = judge(ended, SAME, SAME)
    assert fault in found
    assert bool(found) == bool(fault)


def test_the_oracle_sees_what_has_changed(tmp_path: Path) -> None:
    assert "former site" in judge(REFUSED, SAME, ("other", "atlas"))
    assert "inputs changed" in judge(REFUSED, SAME, ("site", "other"))
    before = fingerprint(tmp_path)
    (tmp_path / "left-behind").touch()
    assert fingerprint(tmp_path) != before


@pytest.mark.parametrize(
    ("place", "is_one"),
    [
        ("/a/b.csv, row 2: x", True),
        ("atlas.toml: x", True),
        ("https://a.b/c: x", True),
        ("x", False),
    ],
)
def test_a_place_is_a_file_or_an_address(place: str, is_one: bool) -> None:
    assert names_a_place(place) == is_one


def test_a_site_that_does_not_pass_is_a_fault(fuzz: Fuzz, monkeypatch: pytest.MonkeyPatch) -> None:
    """The finished site is verified: here it is spoilt between the build and that."""
    run = fuzz._nursery.run
    undamaged = (ROOT / "tests/mini/changes.csv").read_bytes()

    def spoil(task: Task) -> Ended:
        if "verify" in task.arguments:
            (Path(task.arguments[-1]) / "index.html").write_text("spoilt")
        return run(task)

    monkeypatch.setattr(fuzz, "content", lambda _: undamaged)
    assert fuzz.attempt(Case("changes.csv", 0)).fault == ""
    monkeypatch.setattr(fuzz._nursery, "run", spoil)
    assert fuzz.attempt(Case("changes.csv", 0)).fault.startswith("verify: ")


@pytest.mark.parametrize(
    ("greed", "error"),
    [("bytearray(2 * 10**9)", "MemoryError"), ("open('x', 'wb').write(bytes(3 * 10**8))", "OSErr")],
)
def test_a_child_has_limits(tmp_path: Path, greed: str, error: str) -> None:
    code = f"import signal, nursery; nursery._limit(); {greed}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )  # fmt: skip
    assert error in done.stderr, done.stderr
