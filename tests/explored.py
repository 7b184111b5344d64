"""What the tile explorer of a site fetches, with the parts of areas and figures put together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from built import Built


@dataclass(frozen=True)
class Explored:
    """The first file, and of all areas in the order of their parts what is known."""

    head: dict[str, Any]
    codes: list[str]
    names: list[str]
    slugs: list[str]
    part_of: list[int]
    boxes: dict[str, list[list[int]]]
    """By layout: west, south, east, north, thousandths of a degree."""

    def box(self, code: str, layout: str = "") -> tuple[float, ...]:
        """Where an area is in a layout, the first unless named: degrees."""
        boxes = self.boxes[layout] if layout else next(iter(self.boxes.values()))
        return tuple(n / 1000 for n in boxes[self.codes.index(code)])


@dataclass(frozen=True)
class Figures:
    """What is said of a measure: of all areas, and of each in the order of `Explored.codes`."""

    head: dict[str, Any]
    ranks: list[str]
    scores: list[str]
    places: list[int]
    bins: str
    levels: dict[str, str]


def explored(built: Built) -> Explored:
    """The areas and groups of a site's explorer."""
    (path,) = built.folder.glob("assets/explore.*.json")
    head = json.loads(path.read_text(encoding="utf-8"))
    parts = [json.loads(built.text(f"{head['folder']}{at}.json")) for at in range(head["parts"])]

    def together(key: str) -> list[Any]:
        return [item for part in parts for item in part[key]]

    boxes = {
        name: fours([n for part in parts for n in part["layouts"][name]["boxes"]])
        for name in head["layouts"]
    }
    part_of = [at for at, part in enumerate(parts) for _ in part["codes"]]
    return Explored(head, together("codes"), together("names"), together("slugs"), part_of, boxes)


def fours(flat: list[int]) -> list[list[int]]:
    """Boxes of a flat list."""
    return [flat[at : at + 4] for at in range(0, len(flat), 4)]


def figures(built: Built, folder: str, parts: int) -> Figures:
    """What the explorer fetches of a measure.

    Parameters
    ----------
    folder
        As the head of `explored` names it.
    """
    head = json.loads(built.text(f"{folder}all.json"))
    return joined(head, [json.loads(built.text(f"{folder}{at}.json")) for at in range(parts)])


def joined(head: dict[str, Any], parts: list[dict[str, Any]]) -> Figures:
    """A measure's figures of its parts."""
    return Figures(
        head,
        [rank for part in parts for rank in part["ranks"]],
        [score for part in parts for score in part["scores"]],
        [place for part in parts for place in part["places"]],
        "".join(part["bins"] for part in parts),
        {
            scheme["id"]: "".join(part["levels"][scheme["id"]] for part in parts)
            for scheme in head["schemes"]
        },
    )
