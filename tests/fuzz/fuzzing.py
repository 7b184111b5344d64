"""Damages the inputs of the mini atlas and builds it: what may come out is one of two things.

Either the build succeeds, and the finished site passes ``verify``; or it ends with status 1
and one message, with a fix, and the site that was there is there, byte for byte, and nothing
beside it.  A long run: ``python tests/fuzz/fuzzing.py --cases 1000 --seed 7``; with
``--write`` it puts what it found into docs/robustness.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

ROOT = Path(__file__).resolve().parents[2]
MINI = ROOT / "tests" / "mini"
CORPUS = Path(__file__).with_name("corpus")
SECONDS = 120
FAULT = "this is a fault of the generator"

TOKENS = (
    "", " ", "NaN", "-inf", "1e999", "1e28", "-0", "²", "٣", "\x00", "\x07", "\u202e", "=1+1", "@x",
    "{foo}", "<script>", "&amp;", '"', "'", ",", ";", "\r", "..", "/", "aux", "javascript:alert(1)",
    "a" * 5000, "[x]", "10000000000000000000000", "true", "[[", "]]", "\\", "🙂", "1,234",
    "12 %", "2020-13-45",
)  # fmt: skip
TARGETS = (
    "atlas.toml", "areas.csv", "changes.csv", "harvest_2020.csv", "harvest_2021.csv",
    "standings.csv", "claims.toml", "table.xlsx", "p.geojson", "p.gpkg", "p.shp", "p.dbf", "p.zip",
)  # fmt: skip
CLAIMS = """
[[claim]]
text = "Aldermoor is in the best fifth."
page = 1
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged input: which file, and the seed of the damage."""

    target: str
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build of a case did; `fault` is empty where that is allowed."""

    case: Case
    status: int
    message: str
    fault: str


def damage(content: bytes, rng: random.Random) -> bytes:
    """One to three damages: of bytes, of lines, of cells."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice((_flip, _cut, _insert, _lines, _cell, _cell, _cell))(content, rng)
    return content


def _flip(content: bytes, rng: random.Random) -> bytes:
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, rng: random.Random) -> bytes:
    start, end = sorted(rng.randint(0, len(content)) for _ in range(2))
    return content[:start] if rng.random() < 0.3 else content[:start] + content[end:]


def _insert(content: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(content))
    return content[:at] + rng.choice(TOKENS).encode() + content[at:]


def _lines(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    if rng.random() < 0.5:
        lines.insert(one, lines[other])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _cell(content: bytes, rng: random.Random) -> bytes:
    """Another word in the place of one between separators."""
    lines = content.split(b"\n")
    at = rng.randrange(len(lines))
    sign = b"," if b"," in lines[at] else b"=" if b"=" in lines[at] else b":"
    cells = lines[at].split(sign)
    cells[rng.randrange(len(cells))] = rng.choice(TOKENS).encode()
    lines[at] = sign.join(cells)
    return b"\n".join(lines)


def prepare(folder: Path, case: Case) -> list[str]:
    """An atlas with one damaged input; what the command line must say to have it read."""
    shutil.copytree(MINI, folder, ignore=shutil.ignore_patterns("golden"))
    suffix = Path(case.target).suffix
    drawn = suffix in {".geojson", ".gpkg", ".shp", ".dbf", ".zip"}
    more = ["--boundaries", str(_boundaries(folder, suffix if drawn else ".geojson"))]
    if case.target == "claims.toml":
        (folder / "claims.toml").write_text(CLAIMS)
        _resettle(folder, "", 'claims = "claims.toml"\n')
    elif suffix == ".xlsx":
        pd.read_csv(folder / "harvest_2020.csv").to_excel(folder / "table.xlsx", index=False)
        _resettle(folder, '"harvest_2020.csv"', '"table.xlsx"')
    path = folder / case.target
    saved = CORPUS / f"{case.seed}-{case.target}"
    path.write_bytes(
        saved.read_bytes()
        if saved.exists()
        else damage(path.read_bytes(), random.Random(f"{case.target} {case.seed}"))
    )
    return more


def _resettle(folder: Path, old: str, new: str) -> None:
    path = folder / "atlas.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new) if old else new + text, encoding="utf-8")


def _boundaries(folder: Path, suffix: str) -> Path:
    """The squares of the areas, as a file of some kind."""
    squares = pd.read_csv(folder / "squares.csv")
    boxes = shapely.box(squares.west, squares.south, squares.east, squares.north)
    frame = gpd.GeoDataFrame(squares[["code", "name"]], geometry=boxes, crs="EPSG:4326")
    frame = frame.dissolve(["code", "name"]).reset_index()
    if suffix == ".zip":
        shapes = folder / "shapes"
        shapes.mkdir()
        frame.to_file(shapes / "p.shp")
        return Path(shutil.make_archive(str(folder / "p"), "zip", shapes))
    path = folder / ("p.shp" if suffix == ".dbf" else f"p{suffix}")
    frame.to_file(path)
    return path


def build(folder: Path, site: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "build.py"), "--quiet", "--jobs", "1"]
    command += ["--config", str(folder / "atlas.toml"), "--out", str(site), *more]
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
    )


def fingerprint(folder: Path) -> str:
    """A hash of all names and bytes below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def try_case(case: Case, former: Path) -> Outcome:
    """Build a case over a copy of a former site, and judge what came out."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "atlas", Path(scratch) / "out"
        out.mkdir()
        shutil.copytree(former, out / "site", copy_function=shutil.copy2)
        before = fingerprint(out)
        more = prepare(folder, case)
        try:
            done = build(folder, out / "site", *more)
        except subprocess.TimeoutExpired:
            return Outcome(case, -1, "", f"took more than {SECONDS} s")
        fault = judge(done, out, before)
        return Outcome(case, done.returncode, done.stderr.strip()[-600:], fault)


def judge(done: subprocess.CompletedProcess[str], out: Path, before: str) -> str:
    """What is wrong with how a build ended; nothing, if it may end so."""
    said = done.stderr
    if "Traceback" in said or FAULT in said:
        return "a fault of the generator"
    if done.returncode == 0:
        command = [sys.executable, str(ROOT / "build.py"), "--quiet", "verify", str(out / "site")]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        return "" if checked.returncode == 0 else f"verify: {checked.stderr.strip()[-300:]}"
    if done.returncode != 1:
        return f"ended with status {done.returncode}"
    if said.count("error: ") != 1 or "→" not in said:
        return "not one message with a fix"
    return "" if fingerprint(out) == before else "the former site, or what lies beside it, changed"


def make_former(folder: Path) -> Path:
    """The site of the undamaged atlas."""
    whole = folder / "whole"
    shutil.copytree(MINI, whole, ignore=shutil.ignore_patterns("golden"))
    done = build(whole, folder / "site", "--boundaries", str(_boundaries(whole, ".geojson")))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return folder / "site"


def cases(count: int, seed: int) -> list[Case]:
    """Cases that take turns with the targets."""
    return [Case(TARGETS[k % len(TARGETS)], seed * 100_000 + k) for k in range(count)]


def saved_cases() -> list[Case]:
    """Every case that ever failed."""
    names = sorted(path.name for path in CORPUS.glob("*-*"))
    return [Case(name.partition("-")[2], int(name.partition("-")[0])) for name in names]


def main() -> int:
    """Run many cases; keep what fails as a new case of the corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write docs/robustness.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        former = make_former(Path(scratch))
        found = [try_case(case, former) for case in cases(options.cases, options.seed)]
        for outcome in (o for o in found if o.fault):
            kept = Path(scratch) / f"kept-{outcome.case.seed}"
            prepare(kept, outcome.case)
            name = f"{outcome.case.seed}-{outcome.case.target}"
            shutil.copy(kept / outcome.case.target, CORPUS / name)
            print(json.dumps([name, outcome.fault, outcome.message], ensure_ascii=False))
    if options.write:
        (ROOT / "docs" / "robustness.md").write_text(_table(found, options), encoding="utf-8")
    return int(any(outcome.fault for outcome in found))


def _table(found: list[Outcome], options: argparse.Namespace) -> str:
    built = Counter(o.case.target for o in found if o.status == 0)
    refused = Counter(o.case.target for o in found if o.status == 1)
    faults = Counter(o.case.target for o in found if o.fault)
    rows = [
        f"| `{t}` | {built[t] + refused[t]} | {built[t]} | {refused[t]} | {faults[t]} |"
        for t in TARGETS
    ]
    head = (ROOT / "tests/fuzz/robustness_head.md").read_text(encoding="utf-8")
    said = f"`python tests/fuzz/fuzzing.py --cases {options.cases} --seed {options.seed} --write`"
    columns = (
        "| damaged input | builds | built and verified | refused | faults |\n|---|--:|--:|--:|--:|"
    )
    total = f"| all | {len(found)} | {built.total()} | {refused.total()} | {faults.total()} |"
    return f"{head}\nThis table: {said}.\n\n{columns}\n" + "\n".join([*rows, total]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
