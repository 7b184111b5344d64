"""What pages are made of: the comparison, the layouts, the published files, and their links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from generator import urls
from generator.catalogue import Catalogue
from generator.charts.scatter import MOST_NAMED
from generator.charts.swarm import Swarm, swarm
from generator.data.changes import EditionChange, edition_changes
from generator.data.clusters import Clusters
from generator.data.compare import Comparison, Measure
from generator.data.names import canonical
from generator.data.places import Group
from generator.data.timelines import Timeline, longest_timeline
from generator.language.clusters import cluster_sentence
from generator.language.groups import standing_text
from generator.language.numbers import counted
from generator.language.positions import everywhere, position_text
from generator.maps.inset import dense_part
from generator.maps.layouts import Layout, grouped
from generator.maps.names import NamePlace, name_places
from generator.maps.svg import Drawn
from generator.pages import parts
from generator.settings import GroupKind, Settings
from generator.settings_editions import Edition
from generator.tiles.documents import TileSource


@dataclass(frozen=True)
class Atlas:
    """All that pages are made of.

    Attributes
    ----------
    layouts
        The default layout first.
    assets
        Published path of each asset by logical name (``style.css``,
        ``layouts/hexagons.json``, ``values/2016-overall.json``, ``names.json``).
    boundary_note
        What the shapes are and where they come from, for the reader.
    attribution
        Lines that must stand at each map.
    findings
        Published statements, checked; and the codes or group ids that each concerns.
    """

    settings: Settings
    comparison: Comparison
    layouts: tuple[Layout, ...]
    assets: Mapping[str, str]
    boundary_note: str
    attribution: tuple[str, ...]
    findings: tuple[tuple[parts.Finding, frozenset[str]], ...] = ()
    sections: tuple[tuple[str, str, Markup], ...] = ()
    licences: tuple[str, ...] = ()
    """Of what the site uses but does not offer."""
    downloads: tuple[parts.Download, ...] = ()
    tiles: tuple[TileSource, ...] = ()
    tile_downloads: tuple[parts.Download, ...] = ()
    clusters: Clusters | None = None
    schemes: tuple[parts.SchemeRow, ...] = ()
    explorer: bool = False
    logo: parts.Logo | None = None

    @property
    def speak(self) -> Catalogue:
        """The words of the interface, in the atlas's language."""
        return self.settings.speak

    @cached_property
    def changes(self) -> tuple[EditionChange, ...]:
        """What changed between editions that may be compared."""
        return edition_changes(self.comparison, self.settings.classes)

    @cached_property
    def timelines(self) -> dict[str, Timeline]:
        """By indicator, its figures in the editions that may be compared."""
        every = (i.id for i in self.comparison.indicators)
        found = {id_: longest_timeline(self.changes, id_) for id_ in every}
        return {id_: line for id_, line in found.items() if line}

    @cached_property
    def kinds(self) -> dict[str, GroupKind]:
        return {kind.kind: kind for kind in self.settings.group}

    def per_area(
        self, name: Literal["cards", "code_pages", "embeds", "data_files", "full_pages"]
    ) -> bool:
        """Whether every area has this in the folder of its page, or on it."""
        wanted: bool | None = getattr(self.settings.per_area, name)
        most = self.settings.per_area.most_areas
        return len(self.comparison.areas) <= most if wanted is None else wanted

    @cached_property
    def outlined(self) -> dict[str, Group]:
        """The groups whose borders the maps show, by id."""
        kind = self.settings.outlined_kind
        return {g.id: g for g in self.comparison.groups if kind and g.kind == kind.kind}

    @cached_property
    def group_layout(self) -> Layout:
        """The outlined groups as areas of their own, for maps that would hold too many."""
        return grouped(self.layouts[0])

    @cached_property
    def drawn_groups(self) -> dict[str, Drawn]:
        """What such maps say of every group: its median in the main measure."""
        main, own = self.comparison.main, self.settings.atlas.words
        found = {}
        for id_, group in self.outlined.items():
            said = standing_text(self.speak, self.comparison, group, own, main)
            summary = self.comparison.summaries[main.id][group.kind, id_]
            level = main.level_of(summary.median_rank, summary.median_score)
            found[id_] = Drawn(self.group_href(group), f"{group.name}: {said}", level, group.name)
        return found

    @cached_property
    def region_of(self) -> dict[str, Group]:
        """The group by which tables tell areas apart: of the outlined kind, else the first."""
        kind = self.settings.outlined_kind or next(iter(self.settings.group), None)
        groups = (g for g in self.comparison.groups if kind and g.kind == kind.kind)
        return {code: group for group in groups for code in group.members}

    @cached_property
    def path_kinds(self) -> tuple[str, ...]:
        """Kinds of group that lead to an area, the widest first: region, county.

        Each divides most of the atlas, or has codes, and lies within the one before it.
        """
        groups: dict[str, list[Group]] = {kind: [] for kind in self.kinds}
        for group in self.comparison.groups:
            groups[group.kind].append(group)
        found: list[str] = []
        around: dict[str, str] = {}
        for kind in sorted(filter(groups.get, groups), key=lambda kind: len(groups[kind])):
            held = {code: group.id for group in groups[kind] for code in group.members}
            divides = 2 * len(held) > len(self.comparison.areas)
            within = all(
                len({around[code] for code in group.members if code in around}) < 2
                for group in groups[kind]
            )
            if within and (divides or self.kinds[kind].code_column):
                found.append(kind)
                around = held
        return tuple(found)

    @cached_property
    def drawn(self) -> dict[str, Drawn]:
        """What the maps say of every area in the main measure."""
        return self._drawn(self.comparison.main)

    def drawn_in(self, measure: Measure) -> dict[str, Drawn]:
        """What a map says of every area in a measure."""
        return self.drawn if measure is self.comparison.main else self._drawn(measure)

    def measure_name(self, measure: Measure) -> str:
        """A measure among others: its edition; with several indicators, its indicator first."""
        comparison = self.comparison
        if len(comparison.indicators) == 1:
            return measure.edition.id
        alone = len(comparison.of_indicator(measure.indicator.id)) == 1
        name = measure.indicator.name
        return name if alone else f"{name}, {measure.edition.id}"

    def against(self, measure: Measure) -> Measure | None:
        """What an indicator is drawn against: the main one; the main one against the next."""
        comparison = self.comparison
        main = comparison.main.indicator.id
        ids = [i.id for i in comparison.indicators if i.id != measure.indicator.id]
        other = main if main in ids else next(iter(ids), "")
        return comparison.first_of(other) if other else None

    def indicator_address(self, measure: Measure, code: str) -> str:
        """The page of a measure's indicator, at the area's dot if it has one there."""
        path = urls.indicator_page(measure.indicator.id)
        other = self.against(measure)
        both = [m.positions.get(code) for m in (measure, other) if m]
        drawn = len(both) == 2 and all(p is not None and p.score is not None for p in both)
        return f"{path}#at-{code}" if drawn and len(measure.positions) <= MOST_NAMED else path

    def _drawn(self, measure: Measure) -> dict[str, Drawn]:
        return {
            code: Drawn(
                self.area_href(code),
                f"{area.name}: {position_text(self.speak, measure, code)}",
                p.level if (p := measure.positions.get(code)) else None,
                area.name,
            )
            for code, area in self.comparison.areas.items()
        }

    @cached_property
    def names(self) -> tuple[NamePlace, ...]:
        """Where names may stand in the default layout, the most important first."""
        return name_places(self.comparison, self.layouts[0])

    @cached_property
    def name_points(self) -> NDArray[np.float64]:
        """(n, 2) the places of `names`, metres."""
        return np.array([(place.x_m, place.y_m) for place in self.names]).reshape(-1, 2)

    @cached_property
    def dense(self) -> tuple[str, ...]:
        """Codes of the part of the default layout that needs an inset."""
        return dense_part(self.layouts[0])

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """All codes, by name."""
        areas = self.comparison.areas
        return tuple(sorted(areas, key=lambda code: (canonical(areas[code].name), code)))

    @cached_property
    def cluster_sentences(self) -> dict[str, str]:
        """What is said of every area that stands in a pattern, by code."""
        if self.clusters is None:
            return {}
        areas = self.comparison.areas
        said = (
            (code, cluster_sentence(self.speak, self.clusters, code, areas[code].name))
            for code in self.clusters.local
        )
        return {code: sentence for code, sentence in said if sentence}

    @cached_property
    def next_in_rank(self) -> dict[str, tuple[str, str]]:
        """The codes before and after each in the main ranking; empty at its ends."""
        ranking = tuple(self.comparison.main.positions)
        padded = ("", *ranking, "")
        return {c: (padded[at], padded[at + 2]) for at, c in enumerate(ranking)}

    @cached_property
    def swarm(self) -> Swarm:
        """The dots of the main measure, packed once for all strips."""
        return swarm(self.comparison.main)

    def area_href(self, code: str) -> str:
        return urls.item_page(self.settings.atlas.words.path, self.comparison.areas[code].slug)

    def group_href(self, group: Group) -> str:
        return urls.item_page(self.kinds[group.kind].path, group.slug)

    def area_link(self, code: str) -> parts.Link:
        return parts.Link(self.comparison.areas[code].name, self.area_href(code))

    def group_link(self, group: Group) -> parts.Link:
        return parts.Link(group.name, self.group_href(group))

    @property
    def everywhere(self) -> str:
        """What the national map shows, as a heading: the country, or "All areas"."""
        whole = everywhere(self.speak, self.settings.atlas.words)
        return whole[:1].upper() + whole[1:]

    @property
    def subject(self) -> str:
        """What the atlas is about; without a word of the settings, what its maps show."""
        return self.settings.atlas.subject or self.comparison.main.indicator.name

    @property
    def summary(self) -> str:
        """One sentence for the home page and search engines."""
        main, own = self.comparison.main, self.settings.atlas.words
        count = counted(self.speak, len(main.positions), own.area, own.areas)
        default = self.speak(
            "%(indicator)s, %(edition)s: %(count)s, ranked and mapped.",
            indicator=main.indicator.name, edition=main.edition.title, count=count,
        )  # fmt: skip
        return self.settings.atlas.summary or default

    @cached_property
    def site(self) -> parts.Site:
        """What all templates know."""
        atlas, spots = self.settings.atlas, self.settings.spots
        own = atlas.words
        speak = self.speak
        areas = parts.Link(own.areas[:1].upper() + own.areas[1:], urls.list_page(own.path))
        nav = [parts.Link(speak("Map"), urls.HOME), areas]
        if len(self.comparison.indicators) > 1:
            nav.append(parts.Link(speak("Indicators"), urls.INDICATORS))
        nav += [parts.Link(speak("Explore"), urls.EXPLORE)] if self.explorer else []
        nav += [parts.Link(speak("Method"), urls.METHODOLOGY), parts.Link(speak("Data"), urls.DATA)]
        return parts.Site(
            title=atlas.title,
            summary=self.summary,
            language=speak.language,
            words={
                "area": own.area,
                "areas": own.areas,
                "Area": own.area[:1].upper() + own.area[1:],
                "Areas": areas.text,
                "stages": own.stages,
                "hot": spots.hot if spots else "",
                "cold": spots.cold if spots else "",
                "hot_plural": spots.hot_plural if spots else "",
                "cold_plural": spots.cold_plural if spots else "",
            },
            nav=tuple(nav),
            assets=dict(self.assets),
            sources=self.sources,
            attribution=self.attribution,
            attribution_language=self.attribution_language,
            areas_href=areas.href,
            data_href=urls.DATA,
            methodology_href=urls.METHODOLOGY,
            repository=atlas.repository,
            footer=self.settings.look.footer,
            logo=self.logo,
            group_kinds=tuple(
                parts.Link(k.plural, urls.list_page(k.path))
                for k in self.settings.group
                if any(g.kind == k.kind for g in self.comparison.groups)
            ),
        )

    @property
    def attribution_language(self) -> str:
        """Of the lines at maps, where it isn't the pages': those of ONS are in English."""
        stated = "attribution" in self.settings.geography.model_fields_set
        return "" if stated or self.speak.language.startswith("en") else "en"

    @cached_property
    def sources(self) -> tuple[parts.Source, ...]:
        return tuple(source(self.speak, edition) for edition in self.settings.edition)


def source(speak: Catalogue, edition: Edition) -> parts.Source:
    """Where an edition's figures come from."""
    day = edition.published
    return parts.Source(
        edition.title,
        edition.source,
        speak.date(day) if day else "",
        edition.licence,
        edition.source_url,
        edition.note,
    )
