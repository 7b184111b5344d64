"""Sentences about figures from edition to edition, and what their charts are called."""

from __future__ import annotations

from generator.catalogue import Catalogue
from generator.data.compare import Comparison
from generator.data.timelines import Timeline
from generator.language.numbers import from_to, list_text, number, ordinal
from generator.settings import Words


def timeline_title(speak: Catalogue, line: Timeline) -> str:
    """What is shown, from when to when: "Visits a head (visits a year), 2016 to 2022"."""
    name, unit = line.indicator.name, line.indicator.unit
    if line.by_rank:
        name = speak("Ranks: %(indicator)s", indicator=name)
    elif unit:
        name = f"{name} ({unit})"
    ends = from_to(speak, line.measures[0].edition.id, line.measures[-1].edition.id)
    return f"{name}, {ends}"


def middle_texts(speak: Catalogue, line: Timeline, words: Words) -> tuple[str, ...]:
    """What the line of the median and the area around it are called in a key; none of ranks."""
    if not line.middle:
        return ()
    return (
        speak(
            "Median of the %(count)s %(areas)s known in all editions",
            count=number(len(line.throughout)), areas=words.areas,
        ),
        speak("The middle half of them"),
    )  # fmt: skip


def known_values(speak: Catalogue, comparison: Comparison, line: Timeline, code: str | None) -> str:
    """The figures of an area, edition by edition; without one, how many are known and the median.

    "Conwy: 6.3 in 2016, 7.0 in 2019, 6.1 in 2022."
    """
    editions = [m.edition.id for m in line.measures]
    if code is not None:
        said = zip(line.values(code), editions, strict=True)
        known = [(value, edition) for value, edition in said if value is not None]
        return f"{comparison.areas[code].name}: {_listed(speak, line, known)}."
    every = (sum(v is not None for v in line.values(one)) for one in comparison.areas)
    count = sum(editions > 1 for editions in every)
    text = speak.plural(
        "%(n)s area is known in two editions.", "%(n)s areas are known in two editions.",
        count, n=number(count),
    )  # fmt: skip
    if not line.middle:
        return text
    medians = [(one.median, edition) for one, edition in zip(line.middle, editions, strict=True)]
    return f"{text} " + speak("Median: %(values)s.", values=_listed(speak, line, medians))


def _listed(speak: Catalogue, line: Timeline, known: list[tuple[float, str]]) -> str:
    return list_text(
        speak,
        (
            speak(
                "%(rank)s in %(edition)s",
                rank=ordinal(speak, int(v)) if line.by_rank else number(v, line.decimals),
                edition=edition,
            )
            for v, edition in known
        ),
    )
