"""Sheets: a layout's fine geometry, cut into files of neighbouring areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from generator.maps.layouts import Layout
from generator.maps.shapes import Shape


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of a layout that is fetched as one file: its areas' paths by code, and their box."""

    box: tuple[int, int, int, int]
    paths: Mapping[str, str]


def sheets(
    layout: Layout, rung: int, *, target_bytes: int = 40_000, most: int | None = None
) -> list[Sheet]:
    """Cut one detail of a layout into sheets of neighbouring areas, each of about `target_bytes`.

    With `most`, no sheet has more areas than that.

    Areas are halved along the longer side of their extent until a part is small
    enough (a k-d tree), so that a sheet is compact; the order is that of the tree.
    """
    detail = layout.detail(rung)
    sizes = {code: len(shape.body) + 24 for code, shape in detail.shapes.items()}
    parts: list[list[str]] = []

    def halve(codes: list[str]) -> None:
        few = most is None or len(codes) <= most
        if len(codes) <= 1 or (few and sum(sizes[c] for c in codes) <= target_bytes):
            parts.append(sorted(codes))
            return
        points = layout.points[[layout.at[c] for c in codes]]
        axis = int(np.argmax(points.max(axis=0) - points.min(axis=0)))
        order = sorted(codes, key=lambda c: (layout.points[layout.at[c]][axis], c))
        middle = len(order) // 2
        halve(order[:middle])
        halve(order[middle:])

    halve(list(layout.codes))
    return [
        Sheet(_box([detail.shapes[c] for c in part]), {c: detail.shapes[c].path() for c in part})
        for part in parts
    ]


def _box(shapes: Sequence[Shape]) -> tuple[int, int, int, int]:
    boxes = np.array([shape.box for shape in shapes])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
