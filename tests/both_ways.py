"""An atlas whose indicators are of every direction and of both signs, with the tables as given."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

WIDE, HIGH = 6, 4
REGIONS = ("Uplands", "Midlands", "Lowlands")
EDITIONS = ("2020", "2021")
INDICATORS = {
    f"{better}-{sign}": (better, sign)
    for better in ("lower", "higher", "neutral")
    for sign in ("plus", "minus", "mixed")
}
"""By id: which end is better, and of which sign the values are."""
SHARE = 0.2
AREAS = {f"E0700{1000 + at}": f"Place {chr(65 + at)}" for at in range(WIDE * HIGH)}
REGION = {code: REGIONS[at % len(REGIONS)] for at, code in enumerate(AREAS)}
NEIGHBOURS = {
    code: [
        other
        for there, other in enumerate(AREAS)
        if abs(at % WIDE - there % WIDE) + abs(at // WIDE - there // WIDE) == 1
    ]
    for at, code in enumerate(AREAS)
}
_RANGE = {"plus": (1, 999), "minus": (-999, -1), "mixed": (-499, 499)}

Tables = dict[str, dict[str, dict[str, float]]]
"""Values by edition, indicator and code; who has none is absent."""


def draw(seed: int) -> Tables:
    """Values by lot; a few are the same, and each column lacks one."""
    chance = random.Random(seed)
    tables: Tables = {}
    for edition in EDITIONS:
        for id_, (_, sign) in INDICATORS.items():
            low, high = _RANGE[sign]
            codes = sorted(AREAS)
            codes.remove(chance.choice(codes))
            values = {code: chance.randint(low, high) / 10 for code in codes}
            twin, other = chance.sample(codes, 2)
            values[twin] = values[other]
            tables.setdefault(edition, {})[id_] = values
    return tables


def _squares() -> Iterator[dict[str, object]]:
    for at, (code, name) in enumerate(AREAS.items()):
        west, south = -3 + 0.2 * (at % WIDE), 52 + 0.15 * (at // WIDE)
        east, north = west + 0.2, south + 0.15
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        yield {
            "type": "Feature",
            "properties": {"lad20cd": code, "lad20nm": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }


def _write(path: Path, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def settings_file(folder: Path, tables: Tables, main: str) -> Path:
    """Write the atlas into a folder; ``main`` is the indicator that stands first."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = [main, *(id_ for id_ in INDICATORS if id_ != main)]
    _write(folder / "areas.csv", [["code", "name", "region"],
                                  *([c, n, REGION[c]] for c, n in AREAS.items())])  # fmt: skip
    for edition, columns in tables.items():
        body = [[c, *(columns[id_].get(c, "..") for id_ in ids)] for c in AREAS]
        _write(folder / f"{edition}.csv", [["code", *ids], *body])
    (folder / "boundaries").mkdir(exist_ok=True)
    (folder / "boundaries/squares.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": list(_squares())}), encoding="utf-8"
    )
    lines = [
        'main_edition = "2020"\n[atlas]\ntitle = "Both ways"\n',
        '[geography]\nareas = "areas.csv"\npostcodes = false',
        f'[spots]\nshare = {SHARE}\nhot = "hotspot"\nhot_plural = "hotspots"',
        'cold = "coldspot"\ncold_plural = "coldspots"',
        "[tiles]\nenabled = false\n[per_area]\ncards = false",
        '[[group]]\nkind = "region"\nname = "Region"\nplural = "Regions"\npath = "regions"',
        'column = "region"\noutline = true',
    ]
    for id_ in ids:
        lines.append(
            f'[[indicator]]\nid = "{id_}"\nname = "{id_.title()}"\nunit = "min"\ndecimals = 1\n'
            f'better = "{INDICATORS[id_][0]}"'
        )
    for edition in tables:
        lines.append(f'[[edition]]\nid = "{edition}"\ntable = "{edition}.csv"')
        lines.append('comparable_with = "2020"' if edition != "2020" else "")
        lines += ["[edition.columns]", *(f'{id_} = {{ score = "{id_}" }}' for id_ in ids)]
    config = folder / "atlas.toml"
    config.write_text("\n".join(lines), encoding="utf-8")
    return config
