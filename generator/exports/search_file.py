"""What search fetches: every name that leads to a page."""

from __future__ import annotations

from collections.abc import Iterable

from generator.exports.formats import compact_json


def search_file(entries: Iterable[tuple[str, str, str, str]]) -> bytes:
    """What search knows: text, href, note, further keys (codes, other names)."""
    return compact_json(sorted(entries, key=lambda e: (e[0].casefold(), e[1])))
