"""Writes docs/robustness.md: what was tried, how often, and what came of it.

`python tests/fuzz/robustness.py` counts the tests again; a long run of `fuzzing.py` writes all.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "robustness.md"
COUNTED = {
    "hostile files with a purpose": "tests/test_hostile.py",
    "limits of size, memory and time": "tests/test_bounds.py",
    "inputs that once ended in a traceback, as whole runs": "tests/test_reproductions.py",
    "tables that are refused, cell by cell": "tests/test_tables.py",
    "tables as offices publish them, read right or refused": "tests/test_table_forms.py",
    "cut short at every event of the swap, by SIGKILL and by SIGTERM": "tests/test_swap.py",
    "kills at random moments, two builds at once, a full disk": "tests/test_kills.py",
    "faults planted in a finished site": "tests/test_verify.py",
    "errors of the command line": "tests/test_cli.py",
    "what each reader takes, hypothesis": "tests/fuzz/test_readers.py",
}


def write(outcomes: list[Any], seed: int, seconds: float) -> None:
    """The page, with tables of the run that has just ended, of its tests, and of the corpus."""
    head = (HERE / "robustness_head.md").read_text(encoding="utf-8")
    command = f"`python tests/fuzz/fuzzing.py --cases {len(outcomes)} --seed {seed} --write`"
    about = (
        f"This table: {command}, {seconds / 60:.0f} minutes. The heaviest build took "
        f"{max(o.cpu_s for o in outcomes):.0f} s of a processor; limits are 60 s, and 1,500 MB "
        "beside what Python and its packages hold."
    )
    PAGE.write_text(
        f"{head}\n{about}\n\n{fuzz_table(outcomes)}\n\n## The adversary's table\n\n"
        "A day of attacks on an early version found 52 tracebacks. Tests of each kind, run for "
        "this page:\n\n"
        f"{test_table()}\n\n## What was found by the fuzz, and fixed\n\n{found_table()}\n",
        encoding="utf-8",
    )


def fuzz_table(outcomes: list[Any]) -> str:
    """By input: builds, built and verified, refused, faults."""
    from targets import TARGETS  # the fuzz's own imports, which counting tests does without

    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        kind = "fault" if outcome.fault else "refused" if outcome.status else "built"
        counts.setdefault(outcome.case.target, Counter())[kind] += 1
    counts = {name: counts[name] for name in TARGETS if name in counts}
    total: Counter[str] = sum(counts.values(), Counter())
    rows = [
        f"| {name} | {c.total()} | {c['built']} | {c['refused']} | {c['fault']} |"
        for name, c in [*((f"`{name}`", c) for name, c in counts.items()), ("all", total)]
    ]
    head = "| damaged input | builds | built and verified | refused | faults |"
    return "\n".join([head, "|---|--:|--:|--:|--:|", *rows])


def test_table() -> str:
    """By kind of attack: how many tests there are, and how many of them fail."""
    rows = ["| attack | file | tests | tracebacks or other faults |", "|---|---|--:|--:|"]
    total = [0, 0]
    for what, path in COUNTED.items():
        passed, failed = counts_of(path)
        rows.append(f"| {what} | `{path}` | {passed + failed} | {failed} |")
        total = [total[0] + passed + failed, total[1] + failed]
    return "\n".join([*rows, f"| all | | {total[0]} | {total[1]} |"])


def counts_of(path: str) -> tuple[int, int]:
    """How many tests of a file pass and how many don't."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pytest", "-q", path, f"--junitxml={report}"]
        subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
        return read_counts(report.read_text(encoding="utf-8"))


def read_counts(report: str) -> tuple[int, int]:
    """Passed and failed of a JUnit report; what was skipped counts for neither."""
    stated = {
        name: int(re.search(rf'\b{name}="(\d+)"', report)[1])  # type: ignore[index]
        for name in ("tests", "failures", "errors", "skipped")
    }
    failed = stated["failures"] + stated["errors"]
    return stated["tests"] - failed - stated["skipped"], failed


def found_table() -> str:
    """What was found, by hand; each has a test or a case of the corpus that failed before."""
    rows = json.loads((HERE / "found.json").read_text(encoding="utf-8"))
    head = ["| input | what happened | what happens now | kept as |", "|---|---|---|---|"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])


def renew_tests() -> None:
    """Only the table of tests anew, without a run of the fuzz."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition("| attack | file |")
    after = rest.partition("\n\n## ")[2]
    PAGE.write_text(f"{before}{test_table()}\n\n## {after}", encoding="utf-8")


if __name__ == "__main__":
    renew_tests()
