"""Makes the tables and outlines of this example: thousands of wards whose names repeat.

    python examples/wards/make_wards.py [HOW_MANY]

Nine thousand by default, as many as the United Kingdom has.  Wards are squares in a
grid, twenty to a district, districts nine to a county; every district has a St Mary's.
"""

from __future__ import annotations

import csv
import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PER_DISTRICT = 20
FIRST = ["St Mary's", "Castle", "Abbey", "Central", "Park", "Riverside", "Hill", "Market"]
BEGINNINGS = ["Ash", "Birch", "Elm", "Hazel", "Oak", "Thorn", "Willow", "Yew", "Lin", "Row"]
ENDINGS = ["by", "ford", "ham", "ley", "ton", "wick", "worth", "field", "stead", "mere"]


def make(count: int, folder: Path) -> None:
    """Write ``boundaries/wards.geojson``, ``areas.csv`` and ``turnout.csv``."""
    chance = random.Random(9_000)
    features, areas, scores = [], [], []
    columns = max(1, round((count * 1.4) ** 0.5 / 5)) * 5
    for at in range(count):
        x, y = at % columns, at // columns
        # A district is a block of five wards by four.
        district = (y // 4) * (columns // 5) + x // 5
        within = (y % 4) * 5 + x % 5
        town = BEGINNINGS[district % 10] + ENDINGS[district // 10 % 10]
        town += f" {district // 100 + 1}" if district >= 100 else ""
        name = FIRST[within] if within < len(FIRST) else f"{town} {within - len(FIRST) + 1}"
        code = f"E05{at + 1:06d}"
        west, south = -4 + x * 0.03, 51 + y * 0.02
        east, north = round(west + 0.03, 4), round(south + 0.02, 4)
        west, south = round(west, 4), round(south, 4)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        features.append(
            {
                "type": "Feature",
                "properties": {"WD25CD": code, "WD25NM": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
        areas.append([code, name, town, f"County {district // 9 + 1}"])
        scores.append([code, f"{chance.gauss(38, 8):.1f}"])
    (folder / "boundaries").mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "boundaries/wards.geojson").write_text(text, encoding="utf-8")
    write(folder / "areas.csv", ["code", "name", "district", "county"], areas)
    write(folder / "turnout.csv", ["code", "turnout"], scores)


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


if __name__ == "__main__":
    make(int(sys.argv[1]) if len(sys.argv) > 1 else 9_000, HERE)
