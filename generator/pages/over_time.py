"""What became of an area or of all, from edition to edition: charts, sentences, a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markupsafe import Markup

from generator import urls
from generator.charts.parts import Series
from generator.charts.slope import slope
from generator.charts.timeline import timeline
from generator.data.changes import Change, EditionChange
from generator.data.timelines import timeline_through
from generator.language.areas import change_sentence
from generator.language.changes import area_change, ends_text, size_text, span
from generator.language.timelines import timeline_title
from generator.pages.atlas import Atlas
from generator.pages.change_parts import ChangedFigure, OverTime, TitledChart
from generator.pages.parts import Link


def change_path(pair: EditionChange, change: Change) -> str:
    """The page of one indicator in two editions; that of the first indicator has no name."""
    first = change is pair.changes[0]
    name = urls.change_pair(pair.earlier, pair.later)
    return urls.change_page(name, "" if first else change.indicator.id)


def over_time(atlas: Atlas, code: str) -> OverTime | None:
    """What became of an area; None where there is one edition alone, and nothing to be said."""
    comparison, speak = atlas.comparison, atlas.speak
    main, several = comparison.main.indicator.id, len(comparison.headline()) > 1
    found = OverTime(
        _line(atlas, code),
        _slope(atlas, code),
        tuple(_figures(atlas, code, main)),
        change_sentence(speak, comparison, code) if several else "",
        tuple(_others(atlas, code, main)),
    )
    return found if any((found.line, found.slope, found.ranks, found.others)) else None


def line_of_all(atlas: Atlas, pair: EditionChange, change: Change) -> TitledChart:
    """Every area from edition to edition.

    The areas that rose and fell most between the two editions are marked, in the colours that
    these changes have on the map.
    """
    speak, areas, line = (
        atlas.speak,
        atlas.comparison.areas,
        timeline_through(atlas.changes, change),
    )
    if change.by_rank:
        ways = (speak("Furthest up"), speak("Furthest down"))
    else:
        ways = (speak("Largest rise"), speak("Largest fall"))
    most = [
        Series(f"{way}, {span(speak, change)}: {areas[code].name}", (code,))
        for way, sign, code in zip(ways, (1, -1), (change.order[0], change.order[-1]), strict=True)
        if sign * change.known[code] > 0
    ]
    chart = timeline(
        speak, atlas.comparison, atlas.settings.atlas.words, line, marked=most,
        levels={code: found.level for code, found in change.differences.items()},
        href=_links_from(atlas, change_path(pair, change)),
    )  # fmt: skip
    return TitledChart(timeline_title(speak, line), chart)


def _line(atlas: Atlas, code: str) -> TitledChart | None:
    """The main figure of an area; ranks alone are lines of the other chart."""
    line = atlas.timelines.get(atlas.comparison.main.indicator.id)
    if line is None or line.by_rank or not line.joins(code):
        return None
    chart = timeline(atlas.speak, atlas.comparison, atlas.settings.atlas.words, line, code)
    return TitledChart(timeline_title(atlas.speak, line), chart)


def _slope(atlas: Atlas, code: str) -> Markup:
    known = [m for m in atlas.comparison.headline() if code in m.positions]
    if len(known) < 2:
        return Markup("")
    near = atlas.speak("Neighbours") if atlas.comparison.borders else atlas.speak("Nearest")
    marked = [Series(near, atlas.comparison.neighbours[code])]
    href = _links_from(atlas, atlas.area_href(code))
    return slope(atlas.speak, atlas.comparison, code, marked=marked, href=href)


def _links_from(atlas: Atlas, path: str) -> Callable[[str], str]:
    return lambda code: urls.relative(path, atlas.area_href(code))


def _figures(atlas: Atlas, code: str, indicator: str) -> Iterator[tuple[str, Link]]:
    """What the main figure did up to its last edition, with the pages of all areas."""
    speak, areas = atlas.speak, atlas.settings.atlas.words.areas
    for pair, change in _latest(atlas, indicator):
        if said := area_change(speak, change, code):
            text = speak(
                "What changed in all %(areas)s, %(span)s", areas=areas, span=span(speak, change)
            )
            yield said, Link(text, change_path(pair, change))


def _others(atlas: Atlas, code: str, main: str) -> Iterator[ChangedFigure]:
    """Every further indicator: what changed from the earliest to the last of its editions."""
    speak = atlas.speak
    for indicator in atlas.comparison.indicators:
        for pair, change in _latest(atlas, indicator.id)[:1]:
            if indicator.id != main and code in change.known:
                yield ChangedFigure(
                    Link(indicator.name, change_path(pair, change)),
                    "" if change.by_rank else indicator.unit,
                    span(speak, change),
                    ends_text(speak, change, code),
                    size_text(speak, change, code),
                    urls.change_table(urls.change_pair(pair.earlier, pair.later)),
                    indicator.id,
                )


def _latest(atlas: Atlas, indicator: str) -> list[tuple[EditionChange, Change]]:
    """The changes of an indicator up to the last of its comparable editions, the longest first."""
    every = [(p, c) for p in atlas.changes for c in p.changes if c.indicator.id == indicator]
    return [(p, c) for p, c in every if p.later == every[-1][0].later]
