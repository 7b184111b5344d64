"""What several kinds of page share: paths, cells, tables, legends, maps."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin

from markupsafe import Markup

from generator.charts import slope as charts
from generator.data.clusters import Clusters
from generator.data.compare import Comparison, Measure
from generator.data.names import canonical
from generator.data.places import Group
from generator.language import words
from generator.maps.layers import Layer
from generator.maps.svg import Drawn
from generator.pages import structured, views
from generator.settings import Edition, GroupKind, Settings
from generator.tiles.documents import TileSource


@dataclass(frozen=True)
class Atlas:
    """All that pages are made of.

    Attributes
    ----------
    layers
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
    layers: tuple[Layer, ...]
    assets: Mapping[str, str]
    boundary_note: str
    attribution: tuple[str, ...]
    findings: tuple[tuple[views.Finding, frozenset[str]], ...] = ()
    sections: tuple[tuple[str, str, Markup], ...] = ()
    downloads: tuple[views.Download, ...] = ()
    tiles: tuple[TileSource, ...] = ()
    tile_downloads: tuple[views.Download, ...] = ()
    clusters: Clusters | None = None
    schemes: tuple[views.SchemeRow, ...] = ()
    explorer: bool = False

    @cached_property
    def kinds(self) -> dict[str, GroupKind]:
        return {kind.kind: kind for kind in self.settings.group}

    @cached_property
    def group_by_key(self) -> dict[tuple[str, str], Group]:
        return {(g.kind, g.id): g for g in self.comparison.groups}

    @cached_property
    def region_of(self) -> dict[str, Group]:
        """The group by which tables tell areas apart: of the outlined kind, else the first."""
        kinds = self.settings.group
        main = next((k.kind for k in kinds if k.outline), kinds[0].kind if kinds else "")
        return {c: g for g in self.comparison.groups if g.kind == main for c in g.members}

    @cached_property
    def drawn(self) -> dict[str, Drawn]:
        """What the maps say of every area in the main measure."""
        measure = self.comparison.main
        return {
            code: Drawn(
                self.area_href(code),
                f"{area.name}: {words.position_text(measure, code)}",
                p.level if (p := measure.positions.get(code)) else None,
                area.name,
            )
            for code, area in self.comparison.areas.items()
        }

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """All codes, by name."""
        areas = self.comparison.areas
        return tuple(sorted(areas, key=lambda code: (canonical(areas[code].name), code)))

    @cached_property
    def beside(self) -> dict[str, tuple[str, str]]:
        """The codes before and after each in the main ranking; empty at its ends."""
        ranking = tuple(self.comparison.main.positions)
        padded = ("", *ranking, "")
        return {c: (padded[at], padded[at + 2]) for at, c in enumerate(ranking)}

    @cached_property
    def swarm(self) -> charts.Swarm:
        """The dots of the main measure, packed once for all strips."""
        return charts.swarm(self.comparison.main)

    def area_href(self, code: str) -> str:
        return f"{self.settings.atlas.words.path}/{self.comparison.areas[code].slug}/"

    def group_href(self, group: Group) -> str:
        return f"{self.kinds[group.kind].path}/{group.slug}/"

    def area_link(self, code: str) -> views.Link:
        return views.Link(self.comparison.areas[code].name, self.area_href(code))

    def group_link(self, group: Group) -> views.Link:
        return views.Link(group.name, self.group_href(group))

    @property
    def subject(self) -> str:
        """What the atlas is about; without a word of the settings, what its maps show."""
        return self.settings.atlas.subject or self.comparison.main.indicator.name

    @property
    def summary(self) -> str:
        """One sentence for the home page and search engines."""
        main, own = self.comparison.main, self.settings.atlas.words
        count = words.counted(len(main.positions), own.area, own.areas)
        default = f"{main.indicator.name}, {main.edition.title}: {count}, ranked and mapped."
        return self.settings.atlas.summary or default

    @cached_property
    def site(self) -> views.Site:
        """What all templates know."""
        atlas, spots = self.settings.atlas, self.settings.spots
        own = atlas.words
        areas = views.Link(own.areas[:1].upper() + own.areas[1:], f"{own.path}/")
        nav = [views.Link("Map", ""), areas]
        nav += [views.Link("Explore", "explore/")] if self.explorer else []
        nav += [views.Link("Method", "methodology/"), views.Link("Data", "data/")]
        return views.Site(
            title=atlas.title,
            subject=self.subject,
            summary=self.summary,
            language=atlas.language,
            words={
                "area": own.area,
                "areas": own.areas,
                "Area": own.area[:1].upper() + own.area[1:],
                "Areas": areas.text,
                "country": own.country,
                "hot": spots.hot if spots else "",
                "cold": spots.cold if spots else "",
                "hot_plural": spots.hot_plural if spots else "",
                "cold_plural": spots.cold_plural if spots else "",
            },
            nav=tuple(nav),
            assets=dict(self.assets),
            sources=self.sources,
            attribution=self.attribution,
            areas_href=areas.href,
            data_href="data/",
            methodology_href="methodology/",
            repository=atlas.repository,
            group_kinds=tuple(
                views.Link(k.plural, f"{k.path}/")
                for k in self.settings.group
                if any(g.kind == k.kind for g in self.comparison.groups)
            ),
        )

    @cached_property
    def sources(self) -> tuple[views.Source, ...]:
        return tuple(source(edition) for edition in self.settings.edition)


def source(edition: Edition) -> views.Source:
    """Where an edition's figures come from."""
    day = edition.published
    return views.Source(
        edition.title,
        edition.source,
        f"{day.day} {day:%B %Y}" if day else "",
        edition.licence,
        edition.source_url,
        edition.note,
    )


def page(
    atlas: Atlas,
    path: str,
    title: str,
    description: str,
    *,
    section: str = "",
    crumbs: Sequence[views.Link] = (),
    scripts: Sequence[str] = (),
    styles: Sequence[str] = (),
    inner_scripts: Sequence[str] = (),
    json_ld: structured.Node | None = None,
    card: str = "",
    index: bool = True,
    has_sources: bool = False,
) -> views.Page:
    """The part that every page has; `path` ends in a slash or is a file's name."""
    base = atlas.settings.atlas.base_url
    site = atlas.settings.atlas.title
    home = (views.Link(site, ""),) if path else ()
    canonical = urljoin(base, path) if base else ""
    steps = [*home, *crumbs, views.Link(title, path)]
    data = [*([json_ld] if json_ld else []), *structured.breadcrumbs(base, steps)]
    return views.Page(
        path=path,
        root="../" * path.count("/") or "./",
        title=f"{title} | {site}" if path else f"{site}: {title}",
        description=description,
        section=section,
        canonical=canonical,
        card_url=urljoin(base, card) if base and card else "",
        breadcrumbs=(*home, *crumbs),
        scripts=tuple(scripts),
        styles=tuple(styles),
        inner_scripts=tuple(inner_scripts),
        json_ld=json_block(data) if data else Markup(""),
        index=index,
        has_sources=has_sources,
    )


def json_block(data: object) -> Markup:
    """JSON that can stand in a script element: "<", ">" and "&" are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def cell(atlas: Atlas, measure: Measure, code: str) -> views.Cell:
    """One area in one measure."""
    position = measure.positions.get(code)
    decimals = measure.indicator.decimals
    if position is None:
        left_out = words.unranked(measure, code)
        return views.Cell(
            measure=measure.id, edition=measure.edition.id, rank=None, of=measure.of,
            text="not in the index" if left_out else "not known", score="", sort_score=None,
            level=None, label="Not in the index" if left_out else "Not known",
            spot_word="",
        )  # fmt: skip
    label = (
        measure.classification.classes[position.level].label if position.level is not None else ""
    )
    told = (*position.remarks, *((("Source", position.source),) if position.source else ()))
    return views.Cell(
        measure=measure.id,
        edition=measure.edition.id,
        rank=position.rank,
        of=measure.of,
        text=words.rank_text(position, measure.of),
        score="" if position.score is None else words.number(position.score, decimals),
        sort_score=position.score,
        level=position.level,
        label=label,
        spot_word=words.spot_noun(position.spot, atlas.settings.spots),
        remarks=told,
        short=words.rank_text(position, measure.of).removesuffix(f" of {words.number(measure.of)}"),
    )


def row(
    atlas: Atlas,
    code: str,
    measures: Sequence[Measure],
    *,
    here: bool = False,
    note: str = "",
    grouped: bool = True,
) -> views.Row:
    """One area in a table."""
    group = atlas.region_of.get(code) if grouped else None
    return views.Row(
        code=code,
        name=atlas.comparison.areas[code].name,
        href=atlas.area_href(code),
        group=atlas.group_link(group) if group else None,
        cells=tuple(cell(atlas, measure, code) for measure in measures),
        here=here,
        note=note,
    )


def table(
    atlas: Atlas,
    codes: Sequence[str],
    measures: Sequence[Measure],
    *,
    here: str = "",
    notes: Mapping[str, str] | None = None,
    grouped: bool = True,
    gap_after: Sequence[int] = (),
) -> views.Table:
    """A table of areas, in the order given; measures that know none of them get no column."""
    shown = set(codes)
    main = atlas.comparison.main
    measures = [m for m in measures if m is main or not shown.isdisjoint(m.positions)]
    kind = next((k.name for k in atlas.settings.group if k.outline), "")
    return views.Table(
        columns=tuple(column(measure) for measure in measures),
        rows=tuple(
            row(atlas, c, measures, here=c == here, note=(notes or {}).get(c, ""), grouped=grouped)
            for c in codes
        ),
        group_title=kind if grouped and atlas.region_of else "",
        gap_after=tuple(gap_after),
    )


def column(measure: Measure) -> views.Column:
    """A measure as a column."""
    return views.Column(
        measure.id,
        measure.edition.id,
        measure.edition.title,
        measure.has_scores,
        measure.indicator.unit,
        measure.of,
    )


def legend(
    comparison: Comparison, measure: Measure, *, code: str = "", current: bool = True
) -> views.Legend:
    """The legend of one measure; marks the class of `code`."""
    classes = measure.classification.classes
    position = measure.positions.get(code)
    level = position.level if position else None
    missing = len(comparison.areas) - len(measure.positions)
    unit = measure.indicator.unit if measure.has_scores else f"rank of {measure.of}"
    return views.Legend(
        measure=measure.id,
        title=f"{measure.indicator.name}, {measure.edition.id}",
        unit=unit,
        rows=tuple(
            views.LegendRow(c.level, c.label, _range(measure, c.level), c.count, c.level == level)
            for c in reversed(classes)
        ),
        missing=missing,
        missing_label="Not in the index" if measure.complete else "Not known or not in the index",
        missing_marked=bool(code) and position is None,
        current=current,
    )


def _range(measure: Measure, level: int) -> str:
    """The lowest and highest value that fall into a class: exact, and without a gap to explain."""
    if measure.has_scores:
        values = [p.score for p in measure.positions.values() if p.level == level]
        numbers = [v for v in values if v is not None]
        if not numbers:
            return ""
        low, high = (
            words.number(v, measure.indicator.decimals) for v in (min(numbers), max(numbers))
        )
        return low if low == high else f"{low} to {high}"
    found = measure.classification.classes[level]
    lowest = int(found.lower) + 1 if found.lower > 1 else 1
    first, last = words.ordinal(lowest), words.ordinal(int(found.upper))
    return first if first == last else f"{first} to {last}"
