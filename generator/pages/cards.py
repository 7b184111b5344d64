"""Share cards: what each one says, and where its file stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator import urls
from generator.cards.draw import Card, CardLine, CardMap, Outline
from generator.data.places import Group
from generator.language.positions import short_rank
from generator.maps.framing import Window, window_of
from generator.maps.shapes import Shape
from generator.pages.atlas import Atlas

CARD_UNITS = 560
MOST_LINES = 2
_LAND = "#f1efe9"


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """A card, its path from the site's root, and the map that it is drawn on."""

    path: str
    card: Card
    ground: CardMap


def _ground(atlas: Atlas, coloured: Sequence[str]) -> CardMap:
    """The country: some areas in their classes, the rest as pale land.

    Colour only where a card is about it keeps the picture plain, and half as large.
    """
    layout = atlas.layouts[0]
    window = window_of(layout.box, CARD_UNITS, pad=0.02)
    shapes = layout.shapes(window.rung)
    colours = {c.level: c.colour for c in atlas.comparison.main.classification.classes}
    land = layout.outlines(window.rung) or shapes
    fills = {_LAND: [shape.path(window.left, window.top) for shape in land.values()]}
    for code in coloured:
        about = atlas.drawn.get(code)
        if about is not None and code in layout.at and about.level is not None:
            path = shapes[code].path(window.left, window.top)
            fills.setdefault(colours[about.level], []).append(path)
    return CardMap(
        window.width,
        window.height,
        tuple((colour, "".join(paths)) for colour, paths in fills.items()),
        site=atlas.settings.atlas.title,
        source=". ".join([atlas.comparison.main.edition.title, *atlas.attribution]) + ".",
        key=tuple((c.label, c.colour) for c in atlas.comparison.main.classification.classes),
    )


def all_cards(atlas: Atlas) -> list[PlacedCard]:
    """Every card: areas (with their region in colour), groups, and the site's own.

    Where areas belong to no region, all of them share the map of the site's own card.
    """
    grounds: dict[str, CardMap] = {}
    areas = tuple(atlas.comparison.areas)

    def placed(path: str, card: Card, name: str, coloured: Sequence[str]) -> PlacedCard:
        if name not in grounds:
            grounds[name] = _ground(atlas, sorted(coloured))
        return PlacedCard(urls.card(path), card, grounds[name])

    found = []
    for code in areas if atlas.per_area("cards") else ():
        region = atlas.region_of.get(code)
        card = _area_card(atlas, code)
        path = atlas.area_href(code)
        if region:
            found.append(placed(path, card, f"{region.kind} {region.id}", region.members))
        else:
            found.append(placed(path, card, "", areas))
    for group in atlas.comparison.groups:
        if atlas.kinds[group.kind].cards:
            card = _group_card(atlas, group)
            name = f"{group.kind} {group.id}"
            found.append(placed(atlas.group_href(group), card, name, group.members))
    return [*found, placed("", _site_card(atlas), "", areas)]


def area_card_path(atlas: Atlas, code: str) -> str:
    """The card of an area's page: its own, its smallest group's that has one, or the site's."""
    if atlas.per_area("cards"):
        return urls.card(atlas.area_href(code))
    groups = [g for g in atlas.comparison.groups_of[code] if atlas.kinds[g.kind].cards]
    smallest = min(groups, key=lambda group: len(group.members), default=None)
    return urls.card(atlas.group_href(smallest) if smallest else "")


def _area_card(atlas: Atlas, code: str) -> Card:
    region = atlas.region_of.get(code)
    kind, speak = atlas.settings.atlas.words.area, atlas.speak
    lines = []
    for measure in atlas.comparison.headline():
        position = measure.positions.get(code)
        if position is not None:
            level = position.level
            found = None if level is None else measure.classification.classes[level]
            lines.append(
                CardLine(
                    short_rank(speak, position),
                    speak("of %(of)s in %(edition)s", of=measure.of, edition=measure.edition.id),
                    found.label if found else "",
                    found.colour if found else "",
                )
            )
    if not lines:
        lines = [CardLine(speak("Not ranked"), "", "", "")]
    name = atlas.comparison.areas[code].name
    kicker = f"{kind[:1].upper()}{kind[1:]}"
    if region:
        kicker = speak("%(Area)s in %(group)s", Area=kicker, group=region.name)
    own = atlas.comparison.main.positions.get(code)
    card = _card(atlas, name, kicker, lines, [code])
    return replace(card, level=None if own is None else own.level)


def _group_card(atlas: Atlas, group: Group) -> Card:
    main, spots = atlas.comparison.main, atlas.settings.spots
    summary = atlas.comparison.summaries[main.id][group.kind, group.id]
    colours = [c.colour for c in main.classification.classes]
    lines = []
    if spots is not None and main.hot_from_rank is not None and summary.known and colours:
        share = [(summary.hot, "hot", colours[-1]), (summary.cold, "cold", colours[0])]
        for count, spot, colour in share:
            noun = spots.hot_plural if spot == "hot" else spots.cold_plural
            one = spots.hot if spot == "hot" else spots.cold
            lines.append(
                CardLine(
                    f"{count}",
                    atlas.speak(
                        "%(spots)s among %(known)s",
                        spots=one if count == 1 else noun,
                        known=summary.known,
                    ),
                    f"{main.edition.title}",
                    colour,
                )
            )
    if not lines:
        areas = atlas.settings.atlas.words.areas
        lines = [CardLine(f"{len(group.members)}", areas, main.edition.title, "")]
    return _card(atlas, group.name, atlas.kinds[group.kind].name, lines, group.members)


def _site_card(atlas: Atlas) -> Card:
    main, own, speak = atlas.comparison.main, atlas.settings.atlas, atlas.speak
    words = {"areas": own.words.areas, "edition": main.edition.id}
    ranked = speak("of %(of)s %(areas)s in %(edition)s", of=main.of, **words)
    found = main.classification.classes
    ends = list(dict.fromkeys([found[-1], found[0]])) if found else []
    lines = [CardLine(f"{c.count}", ranked, c.label, c.colour) for c in ends]
    if not lines:
        ranked = speak("%(areas)s ranked in %(edition)s", **words)
        lines = [CardLine(f"{main.of}", ranked, "", "")]
    return _card(atlas, own.title, atlas.subject[:1].upper() + atlas.subject[1:], lines, [])


def _card(
    atlas: Atlas, name: str, kicker: str, lines: Sequence[CardLine], codes: Sequence[str]
) -> Card:
    layout = atlas.layouts[0]
    window = window_of(layout.box, CARD_UNITS, pad=0.02)
    shown = [code for code in codes if code in layout.at]
    outline, marker = None, None
    if len(shown) == 1:
        outline = _outline(layout.shapes(window.rung)[shown[0]], window)
        x, y = layout.points[layout.at[shown[0]]] / window.unit_m
        marker = (round(float(x) - window.left, 1), round(float(-y) - window.top, 1))
    elif shown:
        outline = _outline(layout.outline(shown, window.rung), window)
    return Card(name, kicker, tuple(lines[:MOST_LINES]), outline, marker)


def _outline(shape: Shape, window: Window) -> Outline:
    left, top, right, bottom = shape.box
    box = (left - window.left, top - window.top, right - window.left, bottom - window.top)
    return Outline(shape.path(window.left, window.top), box)
