"""The headline of the home page: what the data say first, in one line."""

from __future__ import annotations

from generator.catalogue import Catalogue
from generator.data.compare import Comparison
from generator.data.places import Group
from generator.language.numbers import counted, number
from generator.settings import Spots, Words


def headline(
    speak: Catalogue, comparison: Comparison, spots: Spots | None, words: Words, kind: str
) -> str:
    """Where most of the best are: "30 of the 65 hotspots of 2016 are in London".

    Parameters
    ----------
    kind
        The kind of group that is spoken of (that with outlines); empty if there is none.

    Returns
    -------
    str
        Without hot spots or groups, which area ranks first.
    """
    main = comparison.main
    summaries = comparison.summaries[main.id]
    groups = [g for g in comparison.groups if g.kind == kind]
    total = sum(p.spot == "hot" for p in main.positions.values())
    if spots is None or total < 2 or len(groups) < 2:
        return _first(speak, comparison, words)

    def hot(group: Group) -> int:
        return summaries[group.kind, group.id].hot

    most = max(groups, key=lambda g: (hot(g), g.name))
    alike = sum(hot(g) == hot(most) for g in groups)
    if alike > 1 or hot(most) < 2:
        return _first(speak, comparison, words)
    named = {"spots": spots.hot_plural, "edition": main.edition.id, "total": number(total)}
    named["group"] = _where(speak, most)
    if hot(most) == total:
        return speak("All %(total)s %(spots)s of %(edition)s are in %(group)s", **named)
    return speak(
        "%(n)s of the %(total)s %(spots)s of %(edition)s are in %(group)s",
        n=number(hot(most)), **named,
    )  # fmt: skip


def _where(speak: Catalogue, group: Group) -> str:
    """A group after "in", without an article: data can't tell that it is *the* South East."""
    if " " not in group.name:
        return group.name
    return speak("one %(kind)s, %(name)s", kind=group.kind.replace("-", " "), name=group.name)


def _first(speak: Catalogue, comparison: Comparison, words: Words) -> str:
    main = comparison.main
    best = [code for code, p in main.positions.items() if p.rank == 1]
    of = counted(speak, main.of, words.area, words.areas)
    if len(best) != 1:
        return f"{main.indicator.name}: {of}, {main.edition.id}"
    return speak(
        "%(name)s ranks first of %(of)s in %(edition)s",
        name=comparison.areas[best[0]].name, of=of, edition=main.edition.id,
    )  # fmt: skip
