"""Whether a site fits where it is likely to go: bytes and files, against GitHub Pages' limits."""

from __future__ import annotations

from collections.abc import Mapping

from generator.report import Report

PAGES_BYTES = 1_000_000_000
"""A published GitHub Pages site may be no larger than 1 GB."""
MANY_FILES = 200_000
"""Beyond so many files, git and uploads take longer than people wait."""
NEAR = 0.9


def folder_sizes(sizes: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Files and bytes of each folder at the top, the largest first.

    Parameters
    ----------
    sizes
        Bytes by path from the site's root.
    """
    found: dict[str, tuple[int, int]] = {}
    for path, size in sizes.items():
        folder = f"{path.partition('/')[0]}/" if "/" in path else "(the root)"
        files, total = found.get(folder, (0, 0))
        found[folder] = (files + 1, total + size)
    return sorted(((f, *counts) for f, counts in found.items()), key=lambda item: -item[2])


def check_budget(sizes: Mapping[str, int], report: Report) -> None:
    """Say what a site's folders weigh, and warn near the limits of GitHub Pages."""
    folders = folder_sizes(sizes)
    for folder, files, total in folders:
        report.detail(f"{folder} {files:,} files, {total / 1e6:,.1f} MB")
    total = sum(sizes.values())
    heavy = ", ".join(f"{folder} {size / 1e6:,.0f} MB" for folder, _, size in folders[:3])
    if total > NEAR * PAGES_BYTES:
        report.warn(
            f"the site has {total / 1e9:.2f} GB, and GitHub Pages takes 1 GB ({heavy}): "
            "leave something out with [per_area] and [tiles], or host it elsewhere"
        )
    if len(sizes) > MANY_FILES:
        report.warn(
            f"the site has {len(sizes):,} files, more than git and GitHub Pages handle well: "
            "leave something out with [per_area]"
        )
