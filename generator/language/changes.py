"""Sentences about what changed between editions, and about editions that can't be compared."""

from __future__ import annotations

from decimal import Decimal

from generator.catalogue import Catalogue
from generator.data.changes import Change
from generator.data.compare import Measure
from generator.language.numbers import from_to, number, ordinal
from generator.settings import Words


def not_comparable(speak: Catalogue, earlier: Measure, later: Measure) -> str:
    """Why no change is stated from one edition to the next, with what the later one lacks."""
    said = {
        "later": later.edition.title,
        "earlier": earlier.edition.title,
        "known": number(len(later.positions)),
        "of": number(later.of),
    }
    scored = later.any_scores
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


def change_title(speak: Catalogue, change: Change) -> str:
    """What changed, and from when to when: "Visits a head, 2016 to 2019"."""
    return f"{change.indicator.name}, {span(speak, change)}"


def span(speak: Catalogue, change: Change) -> str:
    """From edition to edition: "2016 to 2019"."""
    return from_to(speak, change.earlier.edition.id, change.later.edition.id)


def change_headline(speak: Catalogue, change: Change, words: Words) -> str:
    """What most areas did: "17 of 22 districts rose"."""
    said = {"of": number(len(change.known)), "areas": words.areas}
    rose, fell = change.rose, change.fell
    most = {"count": number(max(rose, fell)), **said}
    if not rose and not fell:
        return speak("No change in any of %(of)s %(areas)s", **said)
    if rose == fell:
        if change.by_rank:
            return speak("%(count)s of %(of)s %(areas)s moved up, and as many moved down", **most)
        return speak("%(count)s of %(of)s %(areas)s rose, and as many fell", **most)
    if change.by_rank:
        if rose > fell:
            return speak("%(count)s of %(of)s %(areas)s moved up", **most)
        return speak("%(count)s of %(of)s %(areas)s moved down", **most)
    if rose > fell:
        return speak("%(count)s of %(of)s %(areas)s rose", **most)
    return speak("%(count)s of %(of)s %(areas)s fell", **most)


def change_counts(speak: Catalogue, change: Change) -> str:
    """How many rose, fell and stayed; and of how many no change can be stated."""
    same = len(change.known) - change.rose - change.fell
    said = {"rose": number(change.rose), "fell": number(change.fell), "same": number(same)}
    if change.by_rank:
        text = speak("Up: %(rose)s. Down: %(fell)s. No change: %(same)s.", **said)
    else:
        text = speak("Rises: %(rose)s. Falls: %(fell)s. No change: %(same)s.", **said)
    unknown = len(change.differences) - len(change.known)
    if not unknown:
        return text
    return f"{text} " + speak("Not known in both editions: %(count)s.", count=number(unknown))


def change_method(speak: Catalogue, change: Change) -> list[str]:
    """What is subtracted from what, and what a reader might take for a fault."""
    if change.by_rank:
        said = [
            speak(
                "A change is the earlier rank minus the later one, because figures of the two "
                "editions can’t be subtracted: there are none, or each edition reckons them by its "
                "own mean."
            )
        ]
    else:
        said = [
            speak("A change is the later figure minus the earlier one, as both were published.")
        ]
        if change.rounded:
            said.append(
                speak("It is worked out before figures are rounded, so a row may not add up.")
            )
        if not change.ranked:
            said.append(
                speak(
                    "Ranks are not compared: %(before)s areas are ranked in %(earlier)s, %(after)s "
                    "in %(later)s.",
                    before=number(change.earlier.of), earlier=change.earlier.edition.id,
                    after=number(change.later.of), later=change.later.edition.id,
                )
            )  # fmt: skip
    said.append(
        speak(
            "Classes are of the size of a change, the same for both directions; exactly none is a "
            "class of its own."
        )
    )
    return said


def change_unit(speak: Catalogue, change: Change) -> str:
    """What a change of value is counted in: percentages change by percentage points."""
    if change.by_rank:
        return speak("places")
    unit = change.indicator.unit
    return speak("percentage points") if unit.startswith("%") else unit


def signed(value: Decimal, decimals: int) -> str:
    """A change with its sign, none for none: "+0.3", "−0.2", "0.0".

    >>> [signed(Decimal(n), 1) for n in ("0.3", "-0.2", "0")]
    ['+0.3', '−0.2', '0.0']
    """
    return ("+" if value > 0 else "") + number(float(value), decimals)


def moved_text(speak: Catalogue, moved: int) -> str:
    """How many places up (or, below 0, down)."""
    n = abs(moved)
    if moved > 0:
        return speak.plural("%(n)s place up", "%(n)s places up", n, n=number(n))
    if moved < 0:
        return speak.plural("%(n)s place down", "%(n)s places down", n, n=number(n))
    return speak("no change")


def short_move(speak: Catalogue, moved: int) -> str:
    """Places up or down, in a column of them: "3 up", "0"."""
    if moved > 0:
        return speak.sense("places in a ranking", "%(n)s up", n=number(moved))
    if moved < 0:
        return speak.sense("places in a ranking", "%(n)s down", n=number(-moved))
    return number(0)


def class_label(speak: Catalogue, change: Change, level: int) -> str:
    """The name of a class: "Large rise", "No change", "Slightly down"."""
    steps = len(change.classes) // 2
    if level == steps:
        return speak("No change")
    up = level > steps
    # Of one size alone none is small; of two, one is small and one large.
    size = {1: (3,), 2: (0, 2), 3: (0, 1, 2)}[steps][abs(level - steps) - 1]
    if change.by_rank:
        names = (
            (speak("A little up"), speak("Clearly up"), speak("Far up"), speak("Up"))
            if up
            else (speak("A little down"), speak("Clearly down"), speak("Far down"), speak("Down"))
        )
    else:
        names = (
            (speak("Small rise"), speak("Medium rise"), speak("Large rise"), speak("Rise"))
            if up
            else (speak("Small fall"), speak("Medium fall"), speak("Large fall"), speak("Fall"))
        )
    return names[size]


def ends_text(speak: Catalogue, change: Change, code: str) -> str:
    """What an area had in both editions: "2.1 to 2.4", "44th to 41st"; empty where not known."""
    d = change.differences[code]
    if change.by_rank:
        if d.rank_before is None or d.rank_after is None:
            return ""
        return from_to(speak, ordinal(speak, d.rank_before), ordinal(speak, d.rank_after))
    if d.before is None or d.after is None:
        return ""
    return from_to(speak, *(number(float(n), change.decimals) for n in (d.before, d.after)))


def size_text(speak: Catalogue, change: Change, code: str) -> str:
    """The change itself: "+0.3", or "3 places up"; empty where not known."""
    if code not in change.known:
        return ""
    value = change.known[code]
    return moved_text(speak, int(value)) if change.by_rank else signed(value, change.decimals)


def missing_change(speak: Catalogue) -> str:
    """What areas are called of which no change can be stated."""
    return speak("not known in both editions")


def area_change(speak: Catalogue, change: Change, code: str) -> str:
    """What a figure did, in a sentence: "Visits a head rose from 2.1 in 2016 to 2.4 in 2019,
    by 0.3."  Empty where figures can't be subtracted.
    """
    d = change.differences[code]
    if change.by_rank or d.value is None or d.before is None or d.after is None:
        return ""
    unit = change.indicator.unit
    said = {
        "indicator": f"{change.indicator.name} ({unit})" if unit else change.indicator.name,
        "before": number(float(d.before), change.decimals),
        "after": number(float(d.after), change.decimals),
        "earlier": change.earlier.edition.id,
        "later": change.later.edition.id,
        "size": number(float(abs(d.value)), change.decimals),
    }
    if d.value > 0:
        return speak(
            "%(indicator)s: from %(before)s in %(earlier)s to %(after)s in %(later)s, a rise of "
            "%(size)s.", **said,
        )  # fmt: skip
    if d.value < 0:
        return speak(
            "%(indicator)s: from %(before)s in %(earlier)s to %(after)s in %(later)s, a fall of "
            "%(size)s.", **said,
        )  # fmt: skip
    return speak("%(indicator)s: %(after)s in %(earlier)s and in %(later)s, no change.", **said)
