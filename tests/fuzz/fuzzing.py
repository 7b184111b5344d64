"""Damages the inputs of a small atlas and builds it: what may come out is one of two things.

Either the build succeeds, and the finished site passes ``verify``; or it ends with status 1
and one message that names the place and a fix, the site that was there is there, byte for byte,
and nothing is left beside it.  Both within limits of time and memory.  A long run:
``python tests/fuzz/fuzzing.py --cases 1000 --seed 7``; with ``--write`` it puts what it found
into docs/robustness.md.  What fails is kept in ``corpus/``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "tests"), str(ROOT)]

from nursery import Ended, Nursery, Task  # noqa: E402
from portal import on_a_bad_day  # noqa: E402
from targets import TARGETS, content_of, undamaged  # noqa: E402

CORPUS = Path(__file__).with_name("corpus")
FAULT = "this is a fault of the generator"
LONGEST_LINE = 3_000
MANIFEST = ".atlas-manifest.json"
CACHES = ("prepared-cache", "ons-cache")


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged input: which one, and a number that stands for the damage.

    ``file`` names one that is kept in the corpus, instead of the number.
    """

    target: str
    seed: int
    file: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build of a case did; `fault` is empty where that is allowed."""

    case: Case
    status: int
    message: str
    fault: str
    cpu_s: float = 0.0
    megabytes: float = 0.0


class Fuzz:
    """Tries cases; held as a context.

    Parameters
    ----------
    scratch
        An empty folder.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._laid_out = scratch / "laid-out"
        self._laid_out.mkdir()
        self._nursery = Nursery()

    def __enter__(self) -> Fuzz:
        self._nursery.__enter__()
        folder = self._scratch / "former"
        atlas = undamaged("atlas.toml", self._laid_out)
        ended = self._run("atlas.toml", atlas, folder / "site", self._folder("first"), {})
        if ended.status:
            self._nursery.__exit__(None, None, None)
            raise RuntimeError(ended.said)
        self.former = folder
        self._before = fingerprint(folder)
        return self

    def __exit__(self, *error: object) -> None:
        self._nursery.__exit__(None, None, None)

    def _folder(self, name: str) -> Path:
        folder = self._scratch / name
        folder.mkdir()
        return folder

    def content(self, case: Case) -> bytes:
        """The damaged file of a case."""
        if case.file:
            return (CORPUS / case.file).read_bytes()
        atlas = undamaged(case.target, self._laid_out)
        path = TARGETS[case.target].path
        base = self.former / "site" / path if case.target == "manifest" else atlas / path
        return content_of(case.target, case.seed, base.read_bytes())

    def attempt(self, case: Case) -> Outcome:
        """Build a case over a copy of a former site, and judge what came out."""
        with tempfile.TemporaryDirectory(dir=self._scratch) as name:
            folder = Path(name)
            atlas, out, scratch = folder / "atlas", folder / "out", folder / "tmp"
            scratch.mkdir()
            shutil.copytree(undamaged(case.target, self._laid_out), atlas)
            shutil.copytree(self.former, out)
            content = self.content(case)
            inside = out / "site" if case.target == "manifest" else atlas
            (inside / TARGETS[case.target].path).write_bytes(content)
            before = fingerprint(out), fingerprint(atlas)
            with _portal(case, content) as environment:
                ended = self._run(case.target, atlas, out / "site", scratch, environment)
            fault = self._judge(ended, out, atlas, scratch, before)
            return Outcome(
                case, ended.status, ended.said.strip()[-600:], fault, ended.cpu_s, ended.megabytes
            )

    def _run(
        self, target: str, atlas: Path, out: Path, scratch: Path, environment: dict[str, str]
    ) -> Ended:
        boundaries = TARGETS[target].boundaries
        wanted = str(atlas / boundaries) if "." in boundaries else boundaries
        arguments = ["--quiet", "--jobs", "1", "--config", str(atlas / "atlas.toml")]
        arguments += ["--out", str(out), "--boundaries", wanted]
        paths = [str(atlas / "installed")]
        return self._nursery.run(Task(arguments, str(scratch), environment, paths))

    def _judge(
        self, ended: Ended, out: Path, atlas: Path, scratch: Path, before: tuple[str, str]
    ) -> str:
        (scratch / "said.txt").unlink()
        fault = judge(ended, before, (fingerprint(out), fingerprint(atlas)))
        if not fault and any(scratch.iterdir()):
            fault = f"left behind: {sorted(p.name for p in scratch.iterdir())[:3]}"
        if fault or ended.status:
            return fault
        task = Task(["--quiet", "verify", str(out / "site")], str(scratch))
        checked = self._nursery.run(task)
        return f"verify: {checked.said.strip()[-300:]}" if checked.status else ""


@contextmanager
def _portal(case: Case, content: bytes) -> Iterator[dict[str, str]]:
    if case.target != "portal":
        yield {}
        return
    with on_a_bad_day(content) as base:
        yield {"ATLAS_ONS_BASE": base}


def judge(ended: Ended, before: tuple[str, str], after: tuple[str, str]) -> str:
    """What is wrong with how a build ended; nothing, if it may end so.

    `before` and `after` are the fingerprints of the site's surroundings, and of the atlas.
    """
    said = ended.said
    errors = re.findall(r"^error: (.*)$", said, flags=re.MULTILINE)
    if "Traceback" in said or FAULT in said:
        return "a fault of the generator"
    if re.search(r"^\S+:\d+: \w*Warning: ", said, flags=re.MULTILINE):
        return "a library's warning is shown"
    if "memory is short" in said:
        return "took more memory than is allowed"
    if ended.status < 0:
        return f"ended by signal {-ended.status}"
    if max(map(len, said.splitlines()), default=0) > LONGEST_LINE:
        return "a line of more than 3,000 letters"
    if after[1] != before[1]:
        return "the folder of the inputs changed"
    if ended.status == 0:
        return ""
    if ended.status != 1:
        return f"ended with status {ended.status}"
    if len(errors) != 1 or "\n  → " not in said:
        return "not one message with a fix"
    if not names_a_place(errors[0]):
        return "the message names no place"
    return "" if after[0] == before[0] else "the former site, or what lies beside it, changed"


def names_a_place(message: str) -> bool:
    """Whether a message begins with a file, a setting, or an address."""
    place = message.partition(": ")[0]
    return bool(re.search(r"[\w>\])]\.[a-z]{2,8}\b|[/\\]\w|^edition ", place))


def fingerprint(folder: Path) -> str:
    """A hash of all names and bytes below a folder, caches left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if any(part in CACHES for part in path.parts) or path.name == "boundaries":
            if ".partial-" in path.name:
                digest.update(b"a cache was left half made")
            continue
        digest.update(str(path.relative_to(folder)).encode("utf-8", "surrogateescape") + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cases(count: int, seed: int, targets: list[str] | None = None) -> list[Case]:
    """Cases that take turns with the targets, mutated and made up by turns."""
    named = targets or list(TARGETS)
    return [Case(named[k % len(named)], seed * 100_000 + k // len(named)) for k in range(count)]


def saved_cases() -> list[Case]:
    """Every case that ever failed."""
    found = []
    for path in sorted(CORPUS.glob("*.*")):
        target, _, seed = path.stem.rpartition(".")
        if target in TARGETS:
            found.append(Case(target, int(seed), path.name))
    return found


def keep(case: Case, content: bytes) -> Path:
    """Keep a case that failed: ``atlas.toml.12.case``."""
    path = CORPUS / f"{case.target}.{case.seed}.case"
    path.write_bytes(content)
    return path


def attempt_all(wanted: list[Case]) -> list[Outcome]:
    """Try cases one after the other, and keep what fails in the corpus."""
    found = []
    with tempfile.TemporaryDirectory() as scratch, Fuzz(Path(scratch)) as fuzz:
        for case in wanted:
            outcome = fuzz.attempt(case)
            found.append(outcome)
            if outcome.fault:
                path = CORPUS / case.file if case.file else keep(case, fuzz.content(case))
                said = [path.name, outcome.fault, outcome.message]
                print(json.dumps(said, ensure_ascii=False), flush=True)
    return found


def main() -> int:
    """Run many cases; keep what fails as a new case of the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--target", action="append", choices=list(TARGETS))
    parser.add_argument("--corpus", action="store_true", help="only what failed once")
    parser.add_argument("--write", action="store_true", help="write docs/robustness.md")
    options = parser.parse_args()
    wanted = cases(options.cases, options.seed, options.target)
    if options.corpus:
        wanted = saved_cases()
    started = time.monotonic()
    parts = [wanted[at :: options.jobs] for at in range(options.jobs)]
    with ProcessPoolExecutor(options.jobs) as pool:
        found = [outcome for part in pool.map(attempt_all, parts) for outcome in part]
    seconds = time.monotonic() - started
    print(f"{len(found)} cases, {sum(bool(o.fault) for o in found)} faults, {seconds:.0f} s")
    if options.write:
        from robustness import write

        write(found, options.seed, seconds)
    return int(any(outcome.fault for outcome in found))


if __name__ == "__main__":
    raise SystemExit(main())
