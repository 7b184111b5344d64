"""The headline of the home page: what the data say first, in one line."""

from __future__ import annotations

from generator.data.compare import Comparison
from generator.data.places import Group
from generator.language.numbers import counted, number
from generator.settings import Spots, Words


def headline(comparison: Comparison, spots: Spots | None, words: Words, kind: str) -> str:
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
        return _first(comparison, words)

    def hot(group: Group) -> int:
        return summaries[group.kind, group.id].hot

    most = max(groups, key=lambda g: (hot(g), g.name))
    alike = sum(hot(g) == hot(most) for g in groups)
    if alike > 1 or hot(most) < 2:
        return _first(comparison, words)
    best = f"{number(total)} {spots.hot_plural} of {main.edition.id}"
    where = most.name if " " not in most.name else f"one {kind.replace('-', ' ')}, {most.name}"
    if hot(most) == total:
        return f"All {best} are in {where}"
    return f"{number(hot(most))} of the {best} are in {where}"


def _first(comparison: Comparison, words: Words) -> str:
    main = comparison.main
    best = [code for code, p in main.positions.items() if p.rank == 1]
    of = counted(main.of, words.area, words.areas)
    if len(best) != 1:
        return f"{main.indicator.name}: {of}, {main.edition.id}"
    return f"{comparison.areas[best[0]].name} ranks first of {of} in {main.edition.id}"
