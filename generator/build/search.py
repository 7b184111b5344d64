"""What search finds, and the files that it fetches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from generator import urls
from generator.build.files import SiteFiles
from generator.build.manifest import fingerprint
from generator.data.compare import Comparison
from generator.exports.formats import compact_json
from generator.exports.search_file import INDICATOR, Entry, search_files, shard_file
from generator.pages import views
from generator.settings import Settings


def add_search(files: SiteFiles, entries: Sequence[Entry]) -> None:
    """Add what search fetches: a list, or an index of shards."""
    found = search_files(entries)
    if found.whole:
        files.asset(urls.SEARCH, found.whole)
        return
    folder = urls.asset_folder("search", fingerprint(b"".join(found.shards.values()))[:8])
    for prefix, content in found.shards.items():
        files.contents[folder + shard_file(prefix)] = content
    index = {"folder": folder, "shards": list(found.shards)}
    files.asset(urls.SEARCH, compact_json(index))


def search_entries(
    settings: Settings,
    comparison: Comparison,
    group_hrefs: Mapping[tuple[str, str], str],
    later: Sequence[views.CodePage],
) -> list[Entry]:
    """What search finds: areas, groups, the areas that came later, indicators with a page.

    Parameters
    ----------
    group_hrefs
        The page of each group, by kind and id.
    later
        Pages of codes that have come since.
    """
    entries = _area_entries(settings, comparison)
    kinds = {kind.kind: kind for kind in settings.group}
    for group in comparison.groups:
        note = kinds[group.kind].name.lower()
        href = group_hrefs[group.kind, group.id]
        entries.append((group.name, href, note, group.id.lower()))
    for page in later:
        before = ", ".join(link.text for link in page.others)
        entries.append(
            (
                page.name,
                urls.code_page(page.code),
                settings.speak("before: %(names)s", names=before),
                page.code.lower(),
            )
        )
    return entries + _indicator_entries(comparison)


def _indicator_entries(comparison: Comparison) -> list[Entry]:
    """A single indicator has no page: it is what the whole atlas is about."""
    several = len(comparison.indicators) > 1
    return [
        (
            i.name,
            urls.indicator_page(i.id),
            f"indicator{i.stage and ', '}{i.stage}",
            i.id,
            INDICATOR,
        )
        for i in (comparison.indicators if several else ())
    ]


def _area_entries(settings: Settings, comparison: Comparison) -> list[Entry]:
    """Every area with what tells it from others of its name: its groups, or else its code."""
    words = settings.atlas.words
    kind = settings.outlined_kind or next(iter(settings.group), None)
    main = kind.kind if kind else ""

    def note(code: str) -> str:
        group = next((g.name for g in comparison.groups_of[code] if g.kind == main), "")
        if not group:
            return words.area
        return settings.speak("%(area)s in %(group)s", area=words.area, group=group)

    notes = {code: note(code) for code in comparison.areas}
    seen = Counter((found.name, notes[code]) for code, found in comparison.areas.items())
    for code, found in comparison.areas.items():
        if seen[found.name, notes[code]] > 1:
            others = [g.name for g in comparison.groups_of[code] if g.kind != main]
            notes[code] += "".join(f", {name}" for name in others) + f" ({code})"
    return [
        (found.name, urls.item_page(words.path, found.slug), notes[code], code.lower())
        for code, found in comparison.areas.items()
    ]
