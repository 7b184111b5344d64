"""Areas side by side: the frame of the page, which its script fills."""

from __future__ import annotations

from generator import urls
from generator.language.numbers import list_text
from generator.pages import parts, views
from generator.pages.atlas import Atlas
from generator.pages.head import Meta, page


def compare_page(atlas: Atlas) -> views.ComparePage:
    """Two to five areas side by side: the frame that the page's script fills."""
    own, comparison, speak = atlas.settings.atlas.words, atlas.comparison, atlas.speak
    ranking = list(comparison.main.positions)
    ends = [ranking[0], ranking[-1]] if len(ranking) > 1 else []
    names = list_text(speak, (comparison.areas[c].name for c in ends))
    return views.ComparePage(
        page=page(
            atlas,
            urls.COMPARE,
            speak("Compare"),
            speak(
                "Two to five %(areas)s side by side: rank, score and class in each edition.",
                areas=own.areas,
            ),
            Meta(
                section=urls.list_page(own.path),
                scripts=("save.js", "compare.js"),
                styles=("compare.css",),
            ),
        ),
        intro=speak(
            "Two to five %(areas)s side by side. The address keeps your choice, so that it can be "
            "sent on.",
            areas=own.areas,
        ),
        examples=(
            parts.Link(
                speak("%(names)s, the first and the last", names=names), urls.compare_page(ends)
            ),
        ) if ends else (),
    )  # fmt: skip
