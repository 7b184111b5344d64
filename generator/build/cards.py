"""Draws the share cards that changed, side by side, and keeps those that didn't."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from generator.build.manifest import CARD, fingerprint
from generator.build.outputs import Output
from generator.build.workers import Workers
from generator.cards import draw as cards
from generator.pages.atlas import Atlas
from generator.pages.cards import PlacedCard, all_cards
from generator.report import Report

BATCH = 12


def write_cards(
    atlas: Atlas, workers: Workers, output: Output, report: Report
) -> tuple[dict[str, str], int]:
    """Put a card beside every page.

    Returns
    -------
    tuple
        What each card was made from (for the manifest), and how many had to be drawn.
    """
    theme = atlas.settings.atlas.theme
    template = cards.read_template(atlas.settings.path(theme) if theme else None)
    template = template.replace(cards.GREEN, atlas.settings.look.accent or cards.GREEN)
    common = _digest(
        template,
        Path(cards.__file__).read_text(encoding="utf-8"),
        *(metadata.version(name) for name in ("resvg-py", "pillow")),
    )
    keys: dict[str, str] = {}
    stale: list[PlacedCard] = []
    every = all_cards(atlas)
    grounds = {ground: _digest(repr(ground)) for ground in {placed.ground for placed in every}}
    for placed in every:
        key = CARD + placed.path
        keys[key] = _digest(common, repr(placed.card), grounds[placed.ground])
        if output.former.keys.get(key) != keys[key] or not output.keep(placed.path):
            stale.append(placed)
    stale.sort(key=lambda placed: placed.ground.fills)  # a worker draws a map once
    work = _CardWork(template)
    batches = [stale[at : at + BATCH] for at in range(0, len(stale), BATCH)]
    results = report.progress(workers.map(work, batches), label="cards", total=len(batches))
    drawn = (png for batch in results for png in batch)
    for placed, png in zip(stale, drawn, strict=True):
        output.write(placed.path, png)
    return keys, len(stale)


class _CardWork:
    """Draws batches of cards."""

    def __init__(self, template: str) -> None:
        self.template = template

    def __call__(self, batch: Sequence[PlacedCard]) -> list[bytes]:
        return [cards.render_card(p.card, p.ground, self.template) for p in batch]


def _digest(*texts: str) -> str:
    return fingerprint("\0".join(texts).encode())
