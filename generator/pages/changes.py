"""Pages of change: one for each indicator of two editions that may be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from generator import urls
from generator.data.changes import Change, Difference, EditionChange
from generator.data.places import Group
from generator.language.changes import (
    change_counts,
    change_headline,
    change_method,
    change_title,
    change_unit,
    class_label,
    ends_text,
    missing_change,
    short_move,
    signed,
    size_text,
    span,
)
from generator.language.indicators import direction
from generator.language.numbers import counted, number, ordinal
from generator.maps.svg import Drawn
from generator.pages import mapping, parts, views
from generator.pages.atlas import Atlas, source
from generator.pages.change_parts import ChangeCell, ChangeColumn, ChangeRow
from generator.pages.head import Meta, page
from generator.pages.legends import change_legend
from generator.pages.over_time import change_path, line_of_all
from generator.pages.overview import MOST_ON_A_PAGE
from generator.settings import Indicator

ENDS = 5
"""How many of the largest rises and falls stand apart."""

Key = tuple[str, str, str]
"""Earlier and later edition, indicator."""


def keys(atlas: Atlas) -> Iterable[Key]:
    """What there is a page of."""
    return [(p.earlier, p.later, c.indicator.id) for p in atlas.changes for c in p.changes]


def change_page(atlas: Atlas, key: Key) -> views.ChangePage:
    """Map, largest changes and table of one indicator in two editions."""
    earlier, later, indicator = key
    pair = next(p for p in atlas.changes if (p.earlier, p.later) == (earlier, later))
    change = next(c for c in pair.changes if c.indicator.id == indicator)
    speak, words, path = atlas.speak, atlas.settings.atlas.words, change_path(pair, change)
    table = urls.change_table(urls.change_pair(earlier, later))
    many = len(atlas.comparison.areas) > MOST_ON_A_PAGE
    rises = [c for c in change.order if change.known[c] > 0][:ENDS]
    falls = [c for c in reversed(change.order) if change.known[c] < 0][:ENDS]
    headline = change_headline(speak, change, words)
    title = change_title(speak, change)
    return views.ChangePage(
        page=page(
            atlas, path, title, f"{title}: {headline}.",
            Meta(
                section=urls.INDICATORS if len(atlas.comparison.indicators) > 1 else urls.HOME,
                scripts=(*mapping.SCRIPTS, "save.js", "table.js"),
                styles=(*mapping.STYLES, urls.CHANGE_COLOURS),
                card=urls.card(urls.HOME),
                has_sources=True,
            ),
        ),
        title=title,
        headline=headline,
        counts=change_counts(speak, change),
        about=change.indicator.about,
        direction=direction(change.indicator, speak),
        classes=len(change.classes),
        map=_map(atlas, path, change),
        line=line_of_all(atlas, pair, change),
        others=_others(atlas, pair, change),
        columns=_columns(atlas, change),
        rises=tuple(_row(atlas, change, c) for c in rises),
        falls=tuple(_row(atlas, change, c) for c in falls),
        rises_title=speak("Furthest up") if change.by_rank else speak("Largest rises"),
        falls_title=speak("Furthest down") if change.by_rank else speak("Largest falls"),
        rows=() if many else tuple(_row(atlas, change, c) for c in atlas.alphabet),
        table=table,
        indicator=indicator,
        method=tuple(change_method(speak, change)),
        caution=" ".join(
            dict.fromkeys(m.edition.note for m in (change.earlier, change.later) if m.edition.note)
        ),
        downloads=(parts.Link("CSV", urls.download(f"{table}.csv")),),
        sources=tuple(source(speak, m.edition) for m in (change.earlier, change.later)),
    )  # fmt: skip


def change_links(atlas: Atlas, indicator: Indicator | None = None) -> tuple[parts.Link, ...]:
    """The pages of changes between any two editions; of one indicator, or of what comes first."""
    found = []
    for pair in atlas.changes:
        for change in pair.changes if indicator else pair.changes[:1]:
            if indicator is None or change.indicator.id == indicator.id:
                text = atlas.speak("Change, %(span)s", span=span(atlas.speak, change))
                found.append(parts.Link(text, change_path(pair, change)))
    return tuple(found)


def pair_links(atlas: Atlas) -> tuple[parts.Link, ...]:
    """The same pages, called after their editions alone: "2016 to 2019"."""
    return tuple(
        parts.Link(span(atlas.speak, pair.changes[0]), change_path(pair, pair.changes[0]))
        for pair in atlas.changes
    )


def _others(
    atlas: Atlas, pair: EditionChange, change: Change
) -> tuple[tuple[str, tuple[parts.Link, ...]], ...]:
    """Other indicators of these editions, and this one in other pairs of them."""
    own = [
        parts.Link(c.indicator.name, "" if c is change else change_path(pair, c))
        for c in pair.changes
    ]
    pairs = [
        parts.Link(span(atlas.speak, c), "" if c is change else change_path(p, c))
        for p in atlas.changes
        for c in p.changes
        if c.indicator.id == change.indicator.id
    ]
    named = ((atlas.speak("Indicator"), own), (atlas.speak("Editions"), pairs))
    return tuple((title, tuple(links)) for title, links in named if len(links) > 1)


# -- The table --------------------------------------------------------------------------------


def _columns(atlas: Atlas, change: Change) -> tuple[ChangeColumn, ...]:
    speak, unit = atlas.speak, change.indicator.unit
    ends = [(change.earlier, "earlier"), (change.later, "later")]
    places = ChangeColumn("places_up", speak("Change of rank"))
    if change.by_rank:
        ranks = (
            ChangeColumn(
                f"{which}_rank", speak("Rank, %(edition)s", edition=m.edition.id),
                speak("of %(count)s", count=number(m.of)),
            )
            for m, which in ends
        )  # fmt: skip
        return (*ranks, places)
    return (
        *(ChangeColumn(which, m.edition.id, unit) for m, which in ends),
        ChangeColumn("change", speak("Change"), change_unit(speak, change)),
        *([places] if change.ranked else []),
    )


def _row(atlas: Atlas, change: Change, code: str) -> ChangeRow:
    speak, found = atlas.speak, change.differences[code]
    label = (
        missing_change(speak) if found.level is None else class_label(speak, change, found.level)
    )
    lost = [m.absent.get(code, "") for m in (change.earlier, change.later)]
    link = atlas.area_link(code)
    return ChangeRow(
        code,
        link.text,
        link.href,
        tuple(_cell(atlas, change, found, column.id) for column in _columns(atlas, change)),
        size_text(speak, change, code),
        found.level,
        label[:1].upper() + label[1:],
        " ".join(dict.fromkeys(text for text in lost if text)) if found.level is None else "",
    )


def _cell(atlas: Atlas, change: Change, found: Difference, column: str) -> ChangeCell:
    if column == "places_up":
        return _counted(found.places, lambda n: short_move(atlas.speak, n))
    if column.endswith("_rank"):
        rank = found.rank_before if column == "earlier_rank" else found.rank_after
        return _counted(rank, lambda n: ordinal(atlas.speak, n))
    value = {"earlier": found.before, "later": found.after, "change": found.value}[column]
    if value is None:
        return ChangeCell("", "")
    digits = change.decimals
    text = signed(value, digits) if column == "change" else number(float(value), digits)
    return ChangeCell(text, f"{value:f}")


def _counted(value: int | None, said: Callable[[int], str]) -> ChangeCell:
    return ChangeCell("", "") if value is None else ChangeCell(said(value), str(value))


# -- The map ----------------------------------------------------------------------------------


def _map(atlas: Atlas, path: str, change: Change) -> parts.MapView:
    legend = change_legend(atlas.speak, change)
    drawn = {code: _drawn(atlas, change, code) for code in atlas.comparison.areas}
    groups = {id_: _drawn_group(atlas, change, g) for id_, g in atlas.outlined.items()}
    return mapping.national_map(
        atlas,
        path,
        mapping.Shown(
            id=legend.measure,
            values=atlas.assets[urls.change_values_asset(legend.measure)],
            caption=f"{atlas.everywhere}: {change_title(atlas.speak, change)}",
            drawn=drawn,
            groups=groups,
            legend=legend,
        ),
    )


def _drawn(atlas: Atlas, change: Change, code: str) -> Drawn:
    speak, link, level = atlas.speak, atlas.area_link(code), change.differences[code].level
    said = [missing_change(speak)]
    if level is not None:
        label = class_label(speak, change, level)
        said = [size_text(speak, change, code), ends_text(speak, change, code), label]
    return Drawn(link.href, f"{link.text}: {', '.join(said)}", level, link.text)


def _drawn_group(atlas: Atlas, change: Change, group: Group) -> Drawn:
    """A group that stands for its areas: in the class of the median of their changes."""
    own, speak = atlas.settings.atlas.words, atlas.speak
    known = sorted(change.known[code] for code in group.members if code in change.known)
    said = [counted(speak, len(group.members), own.area, own.areas)]
    level = None
    if known:
        median = _median(known)
        level = next((c.level for c in change.classes if median <= c.high), None)
        value = signed(median, max(change.decimals, int(change.by_rank and median % 1 != 0)))
        said.append(speak("median %(value)s", value=value))
    text = f"{group.name}: {', '.join(said)}"
    return Drawn(atlas.group_href(group), text, level, group.name)


def _median(rising: Sequence[Decimal]) -> Decimal:
    half = len(rising) // 2
    return rising[half] if len(rising) % 2 else (rising[half - 1] + rising[half]) / 2
