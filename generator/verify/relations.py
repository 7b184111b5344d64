"""Whether correlations are those of the scores in the table of all values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from generator.build.manifest import Manifest
from generator.verify.downloads import csv_rows
from generator.verify.faults import Fault

ALL = "data/all.csv"
_FILE = re.compile(r"assets/relations\.\w+\.json")
_TOLERANCE = 1e-5


def relation_faults(folder: Path, manifest: Manifest) -> Iterator[Fault]:
    """Correlations that the page with the scatter shows, worked out again."""
    for path in filter(_FILE.fullmatch, manifest.files):
        try:
            stated = json.loads((folder / path).read_bytes())
            scores = _scores(folder)
            for one, other, count, rho, r in stated["pairs"]:
                names = [stated["measures"][at] for at in (one, other)]
                found = _related(*(scores[name] for name in names))
                if not _alike((count, rho, r), found):
                    yield Fault(path, f"{' and '.join(names)}: {ALL} gives {found}")
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            yield Fault(path, f"does not tell its correlations ({error})")


def _scores(folder: Path) -> dict[str, dict[str, float]]:
    """Scores by measure and code."""
    found: dict[str, dict[str, float]] = {}
    for row in csv_rows((folder / ALL).read_bytes()):
        if row["score"]:
            own = found.setdefault(f"{row['edition']}-{row['indicator']}", {})
            own[row["code"]] = float(row["score"])
    return found


def _related(
    one: dict[str, float], other: dict[str, float]
) -> tuple[int, float | None, float | None]:
    """Number of areas with both, Spearman's and Pearson's coefficient."""
    import numpy as np
    from scipy.stats import pearsonr, spearmanr

    codes = sorted(one.keys() & other.keys())
    pair = np.array([[scores[code] for code in codes] for scores in (one, other)])
    if len(codes) < 3 or (np.ptp(pair, axis=1) == 0).any():
        return len(codes), None, None
    rho, r = (float(found(*pair).statistic) for found in (spearmanr, pearsonr))
    return len(codes), round(rho, 6), round(r, 6)


def _alike(
    stated: tuple[int, float | None, float | None], found: tuple[int, float | None, float | None]
) -> bool:
    return all(
        a == b or (a is not None and b is not None and abs(a - b) <= _TOLERANCE)
        for a, b in zip(stated, found, strict=True)
    )
