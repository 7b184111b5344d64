"""Changes between editions: the table to take away, and what the script of a map fetches."""

from __future__ import annotations

from collections.abc import Sequence

from generator import urls
from generator.catalogue import Catalogue
from generator.data.changes import Change, EditionChange
from generator.data.compare import Comparison
from generator.exports.formats import compact_json
from generator.exports.map_files import cut, legend_data
from generator.exports.tables import Column, TakeAway
from generator.language.changes import class_label, ends_text, missing_change, size_text
from generator.maps.legend import Legend
from generator.settings import Settings


def change_takeaway(settings: Settings, comparison: Comparison, pair: EditionChange) -> TakeAway:
    """All changes between two editions: one row per area and indicator."""
    speak = settings.speak
    editions = {"earlier": pair.earlier, "later": pair.later}
    columns = (
        Column("code", "string", speak("Code of the area"), needed=True),
        Column("name", "string", speak("Name of the area"), needed=True),
        Column(
            "indicator", "string", speak("What is measured"), needed=True,
            values=tuple(c.indicator.id for c in pair.changes),
        ),
        Column("earlier_edition", "string", speak("Edition"), needed=True, values=(pair.earlier,)),
        Column("later_edition", "string", speak("Edition"), needed=True, values=(pair.later,)),
        Column("earlier", "number", speak("Figure of %(earlier)s, as published", **editions)),
        Column("later", "number", speak("Figure of %(later)s, as published", **editions)),
        Column(
            "change", "number",
            speak("The later figure minus the earlier one; empty unless both are known"),
        ),
        Column("earlier_rank", "integer", speak("Rank in %(earlier)s", **editions), least=1),
        Column("later_rank", "integer", speak("Rank in %(later)s", **editions), least=1),
        Column(
            "places_up", "integer",
            speak(
                "How many places up in the ranking, down if below 0; empty unless both editions "
                "rank equally many areas"
            ),
        ),
        Column(
            "class", "integer",
            speak("Class on the map, from the largest falls (1) to the largest rises"),
            least=1, most=max(1, *(len(c.classes) for c in pair.changes)),
        ),
        Column("class_label", "string", speak("Name of the class")),
    )  # fmt: skip
    used = [e for e in settings.edition if e.id in editions.values()]
    return TakeAway(
        urls.change_table(urls.change_pair(pair.earlier, pair.later)),
        speak("Change from %(earlier)s to %(later)s", **editions),
        speak("One row per area and indicator that both editions have."),
        columns,
        ("code", "indicator"),
        tuple(_row(speak, comparison, c, code) for code in comparison.areas for c in pair.changes),
        "; ".join(dict.fromkeys(e.licence for e in used if e.licence)),
        "; ".join(dict.fromkeys(e.source for e in used if e.source)),
    )


def _row(speak: Catalogue, comparison: Comparison, change: Change, code: str) -> tuple[object, ...]:
    d = change.differences[code]
    # The shortest decimal number that is read as a float is the one that was subtracted.
    figures = (None if n is None else float(n) for n in (d.before, d.after, d.value))
    return (
        code, comparison.areas[code].name, change.indicator.id, change.earlier.edition.id,
        change.later.edition.id, *figures,
        d.rank_before, d.rank_after, d.places,
        None if d.level is None else d.level + 1,
        "" if d.level is None else class_label(speak, change, d.level),
    )  # fmt: skip


def change_values(speak: Catalogue, change: Change, legend: Legend) -> bytes:
    """What a map shows of a change, as `map_files.measure_values` says it of a measure."""
    return compact_json(_head(speak, change, legend) | {"values": _values(speak, change)})


def change_values_in_parts(
    speak: Catalogue, change: Change, legend: Legend, parts: Sequence[Sequence[str]]
) -> list[bytes]:
    """The same in files: what is said of all areas first, then a file for each part of them."""
    head = compact_json(_head(speak, change, legend) | {"values": {}})
    return [head, *cut(_values(speak, change), parts)]


def _head(speak: Catalogue, change: Change, legend: Legend) -> dict[str, object]:
    return {
        "id": legend.measure,
        "edition": change.later.edition.id,
        "of": change.later.of,
        "labels": [class_label(speak, change, c.level) for c in change.classes],
        "missing": missing_change(speak),
        "legend": legend_data(legend),
    }


def _values(speak: Catalogue, change: Change) -> dict[str, object]:
    return {
        code: [
            size_text(speak, change, code),
            ends_text(speak, change, code),
            change.differences[code].level,
            "",
        ]
        for code in sorted(change.known)
    }
