"""The shipped atlas's figures, reckoned anew from its tables by none of its own code.

Plain `csv`, `numpy` and `shapely`; the arithmetic is written down here once more, so that
what a page says can be compared with what the tables hold.
"""

from __future__ import annotations

import csv
import json
import math
import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

EDITIONS = ("2016", "2017")
RANKED = 324
LABELS = (
    "Coldspot: worst 20%", "Below the middle", "Middle", "Above the middle", "Hotspot: best 20%",
)  # fmt: skip
GROUPINGS = {"Region": "region", "County": "county", "Group": "lep"}
EARTH_KM = 6371.0


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def nth(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    last = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number // 10 % 10 == 1 else last}"


def decimal(value: float, places: int = 1) -> str:
    """With a true minus sign, and no minus before nought."""
    text = f"{abs(value):.{places}f}"
    return f"−{text}" if value < 0 and float(text) else text


def plain(name: str) -> str:
    """What is left of a name when spelling habits are taken away."""
    name = re.sub(r",? (city|county) of$", "", name.casefold().replace("’", "'"))
    return re.sub(r"[^a-z]+", " ", name.replace("&", "and").replace("'", "")).strip()


@dataclass(frozen=True)
class Recount:
    """Ranks, scores, classes, neighbours and likenesses by code."""

    root: Path
    boundaries: Path | None = None

    @cached_property
    def areas(self) -> dict[str, dict[str, str]]:
        return {row["code"]: row for row in rows(self.root / "boundaries/authorities_2016.csv")}

    @cached_property
    def code_of(self) -> dict[str, str]:
        return {plain(row["name"]): code for code, row in self.areas.items()}

    @cached_property
    def tables(self) -> dict[str, dict[str, dict[str, str]]]:
        """Rows as they are in the tables, by edition and code."""
        return {
            edition: {
                self.code_of[plain(row["name"])]: row
                for row in rows(self.root / f"data/social_mobility_{edition}.csv")
            }
            for edition in EDITIONS
        }

    @cached_property
    def scores(self) -> dict[str, float]:
        return {code: float(row["score"]) for code, row in self.tables["2016"].items()}

    @cached_property
    def ranks(self) -> dict[str, dict[str, int]]:
        """2016 counted from the scores; 2017 as the table has it."""
        best = sorted(self.scores.values(), reverse=True)
        first = {score: place for place, score in reversed(list(enumerate(best, start=1)))}
        known = {code: int(row["rank"]) for code, row in self.tables["2017"].items()}
        return {"2016": {code: first[s] for code, s in self.scores.items()}, "2017": known}

    @cached_property
    def limits(self) -> list[float]:
        return [float(np.quantile(list(self.scores.values()), q)) for q in (0.2, 0.4, 0.6, 0.8)]

    @cached_property
    def levels(self) -> dict[str, dict[str, int]]:
        """0 (worst) to 4, from quintiles of the scores; an edition of ranks takes their places."""
        first = {c: sum(limit < s for limit in self.limits) for c, s in self.scores.items()}
        counts = [list(first.values()).count(level) for level in range(5)]
        ends = np.cumsum(counts[::-1])
        later = {c: 4 - sum(r > end for end in ends) for c, r in self.ranks["2017"].items()}
        return {"2016": first, "2017": later}

    def spot(self, edition: str, code: str) -> str:
        return {0: "coldspot", 4: "hotspot"}.get(self.levels[edition].get(code, -1), "")

    def members(self, kind: str, name: str) -> list[str]:
        return [code for code, row in self.areas.items() if row[GROUPINGS[kind]] == name]

    def groups(self, code: str) -> list[tuple[str, str]]:
        found = [(kind, self.areas[code][column]) for kind, column in GROUPINGS.items()]
        return [(kind, name) for kind, name in found if name]

    def place_within(self, edition: str, code: str, members: list[str]) -> tuple[int, int] | None:
        """Place and number of members; None unless every ranked member's rank is known."""
        ranks = self.ranks[edition]
        ranked = [c for c in members if c in self.ranks["2016"]]
        if code not in ranks or any(c not in ranks for c in ranked):
            return None
        return 1 + sum(ranks[c] < ranks[code] for c in ranked), len(ranked)

    @cached_property
    def median_score(self) -> float:
        return median(self.scores.values())

    # -- Neighbours ----------------------------------------------------------------------

    @cached_property
    def borders(self) -> dict[str, dict[str, float]]:
        """Lengths (m) of the borders that areas share, edge by edge of the file as it is."""
        if self.boundaries is None:
            return {}
        owners: dict[tuple[tuple[float, float], ...], list[str]] = defaultdict(list)
        features = json.loads(self.boundaries.read_text("utf-8"))["features"]
        for feature in features:
            code = feature["properties"]["lad16cd"]
            shape = feature["geometry"]
            polygons = shape["coordinates"]
            if shape["type"] == "Polygon":
                polygons = [polygons]
            for ring in (ring for polygon in polygons for ring in polygon):
                points = [(x, y) for x, y, *_ in ring]
                for edge in pairwise(points):
                    owners[tuple(sorted(edge))].append(code)
        lengths: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for (one, other), codes in owners.items():
            if len(set(codes)) == 2:
                a, b = sorted(set(codes))
                length = 1000 * great_circle_km(*one, *other)
                lengths[a][b] += length
                lengths[b][a] += length
        return lengths

    def neighbours(self, code: str) -> list[str]:
        """By shared border, the longest first; without boundaries the six nearest points."""
        if self.boundaries is not None:
            found = {c: m for c, m in self.borders.get(code, {}).items() if c in self.areas}
            return sorted(found, key=lambda c: -found[c])
        here = self.areas[code]
        away = {
            c: great_circle_km(*(float(r[k]) for r in (here, row) for k in ("lon", "lat")))
            for c, row in self.areas.items()
            if c != code
        }
        return sorted(away, key=lambda c: away[c])[:6]

    # -- Statistics ----------------------------------------------------------------------

    @cached_property
    def _standard(self) -> dict[str, tuple[float, float]]:
        codes = list(self.scores)
        score = np.array([self.scores[c] for c in codes])
        size = np.log([float(self.areas[c]["area_km2"]) for c in codes])
        both = [(v - v.mean()) / v.std() for v in (score, size)]
        return {c: (float(a), float(b)) for c, a, b in zip(codes, *both, strict=True)}

    def likeness(self, code: str) -> dict[str, float]:
        """How far apart in standardised score and logarithm of size: 0 is alike."""
        here = self._standard[code]
        return {c: math.dist(here, there) for c, there in self._standard.items() if c != code}

    def local_moran(self, code: str) -> tuple[float, str]:
        """Local Moran's I with equal weights, and the quadrant in words."""
        linked = {
            c: [n for n in self.neighbours(c) if n in self.scores]
            for c in self.scores
            if any(n in self.scores for n in self.neighbours(c))
        }
        values = np.array([self.scores[c] for c in linked])
        z = dict(zip(linked, values - values.mean(), strict=True))
        lag = float(np.mean([z[c] for c in linked[code]]))
        scale = sum(v * v for v in z.values()) / (len(z) - 1)
        words = ["high" if v > 0 else "low" for v in (z[code], lag)]
        return z[code] * lag / scale, " among ".join(words)

    # -- What is said --------------------------------------------------------------------

    @cached_property
    def settings(self) -> dict[str, Any]:
        return tomllib.loads((self.root / "atlas.toml").read_text("utf-8"))

    @cached_property
    def claims(self) -> dict[str, Any]:
        return tomllib.loads((self.root / "data/claims.toml").read_text("utf-8"))

    @cached_property
    def later(self) -> dict[str, set[tuple[str, str]]]:
        """(code, year) of all that became of an area, and of what it became, by its code."""
        changes = rows(self.root / "boundaries/changes_2016_2025.csv")
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for row in sorted(changes, key=lambda row: row["year"], reverse=True):
            new = row["new_code"]
            found[row["old_code"]] |= {(new, row["year"])} | found.get(new, set())
        return found


def great_circle_km(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """By the haversine formula, on a sphere."""
    a, b = math.radians(lat), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))
