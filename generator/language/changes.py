"""Sentences about what changed between editions, and about editions that can't be compared."""

from __future__ import annotations

from generator.catalogue import Catalogue
from generator.data.compare import Measure
from generator.language.numbers import number


def not_comparable(speak: Catalogue, earlier: Measure, later: Measure) -> str:
    """Why no change is stated from one edition to the next, with what the later one lacks."""
    said = {
        "later": later.edition.title,
        "earlier": earlier.edition.title,
        "known": number(len(later.positions)),
        "of": number(later.of),
    }
    scored = any(p.score is not None for p in later.positions.values())
    if not later.complete and not scored:
        first = speak(
            "%(later)s is not stated to be comparable with %(earlier)s, and only %(known)s of "
            "its %(of)s ranks and no scores are known here.", **said,
        )  # fmt: skip
    elif not later.complete:
        first = speak(
            "%(later)s is not stated to be comparable with %(earlier)s, and only %(known)s of "
            "its %(of)s ranks are known here.", **said,
        )  # fmt: skip
    else:
        first = speak("%(later)s is not stated to be comparable with %(earlier)s.", **said)
    return " ".join([first, speak("Pages put their ranks side by side and state no change.")])
