"""Published statements and what the data say of them: for pages, and a page of their own."""

from __future__ import annotations

from collections.abc import Sequence

from generator import urls
from generator.claims.check import Checked
from generator.data.compare import Comparison
from generator.pages import parts, views
from generator.pages.atlas import Atlas
from generator.pages.head import Meta, page
from generator.settings import Settings

VERDICTS = ("holds", "differs", "unknown")


def findings(
    checked: Sequence[Checked], comparison: Comparison, settings: Settings
) -> tuple[tuple[parts.Finding, frozenset[str]], ...]:
    """Statements as pages show them, and what each concerns: codes, ``kind:slug`` of groups."""
    kinds = {kind.kind: kind for kind in settings.group}
    by_key = {(g.kind, g.id): g for g in comparison.groups}
    path = settings.atlas.words.path
    found = []
    for one in checked:
        groups = [by_key[key] for key in one.groups if key in by_key]
        links = [parts.Link(g.name, urls.item_page(kinds[g.kind].path, g.slug)) for g in groups]
        links += [
            parts.Link(comparison.areas[c].name, urls.item_page(path, comparison.areas[c].slug))
            for c in one.codes
        ]
        checks = tuple(parts.FindingCheck(o.edition, o.verdict, o.figure) for o in one.outcomes)
        figure = " ".join(part for part in (one.figure, one.note) if part)
        finding = parts.Finding(
            text=one.text,
            source=one.source,
            verdict=one.verdict,
            figure="" if checks else figure,
            quote=one.quote,
            checks=checks,
            links=tuple(links[:MOST_LINKS]),
            note=one.note if checks else "",
        )
        keys = {*one.codes, *(f"{g.kind}:{g.slug}" for g in groups)}
        found.append((finding, frozenset(keys)))
    return tuple(found)


MOST_LINKS = 6


def claims_page(atlas: Atlas) -> views.ClaimsPage:
    """All statements, in the order of their file."""
    every = tuple(finding for finding, _ in atlas.findings)
    counts = {v: sum(f.verdict == v for f in every) for v in VERDICTS}
    speak = atlas.speak
    said = {
        "holds": speak("%(n)s hold", n=counts["holds"]),
        "differs": speak("%(n)s differ", n=counts["differs"]),
        "unknown": speak("%(n)s can’t be checked with the data here", n=counts["unknown"]),
    }
    intro = speak(
        "%(count)s statements of the sources, checked by this build against the tables that the "
        "site offers for download. For the edition that each was made for: %(verdicts)s.",
        count=len(every), verdicts=", ".join(said[v] for v in VERDICTS if counts[v]),
    )  # fmt: skip
    return views.ClaimsPage(
        page=page(
            atlas,
            urls.CLAIMS,
            speak("What was said, checked"),
            intro,
            Meta(section=urls.METHODOLOGY),
        ),
        intro=intro,
        findings=every,
    )  # fmt: skip
