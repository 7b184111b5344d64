"""A bounded run of the fuzz, seeded; and everything that ever failed, again."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from fuzzing import Case, cases, fingerprint, judge, make_former, saved_cases, try_case

SECONDS = 90
CASES = 28


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_former(tmp_path_factory.mktemp("former"))


@pytest.mark.slow
@pytest.mark.parametrize("case", saved_cases(), ids=lambda c: f"{c.seed}-{c.target}")
def test_what_failed_once_fails_no_more(case: Case, former: Path) -> None:
    outcome = try_case(case, former)
    assert not outcome.fault, outcome


@pytest.mark.slow
def test_a_damaged_input_is_built_or_refused(former: Path) -> None:
    """As many cases as the time allows, the same ones each time."""
    end = time.monotonic() + SECONDS
    tried = []
    for case in cases(CASES, seed=0):
        if time.monotonic() > end:
            break
        tried.append(try_case(case, former))
    assert len(tried) >= 3
    assert not [outcome for outcome in tried if outcome.fault]


def test_the_oracle_sees_what_must_not_be(former: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(former, out / "site")
    before = fingerprint(out)
    refused = CompletedProcess([], 1, "", "error: a.csv, row 3: no figure\n  → write one")
    assert judge(refused, out, before) == ""
    for status, said in ((2, refused.stderr), (1, "error: without a fix"), (1, "Traceback")):
        assert judge(CompletedProcess([], status, "", said), out, before)
    (out / "left-behind").touch()
    assert "changed" in judge(refused, out, before)
