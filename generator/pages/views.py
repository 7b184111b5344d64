"""What each template gets: one frozen dataclass per kind of page, which names its template.

Templates compute nothing.  What pages share is in `parts`; `register` lists the kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from markupsafe import Markup

from generator.maps.legend import Legend
from generator.pages.change_parts import ChangeColumn, ChangeRow, OverTime, TitledChart
from generator.pages.parts import (
    Cell,
    Choice,
    Download,
    Finding,
    GroupCard,
    GroupFigures,
    IndicatorRow,
    Link,
    Making,
    MapView,
    Page,
    ProfileStage,
    Rank,
    Row,
    SchemeRow,
    Source,
    StageStanding,
    Successor,
    Table,
    Turn,
)


class View(Protocol):
    """What every kind of page has: what all pages say of themselves, and its template."""

    template: ClassVar[str]

    @property
    def page(self) -> Page: ...


@dataclass(frozen=True, slots=True)
class Composed:
    """A page and the files in its folder: path from the site's root, content."""

    view: View
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class HomePage:
    """``index.html``."""

    template: ClassVar[str] = "home.html"

    page: Page
    headline: str
    intro: tuple[str, ...]
    map: MapView
    ranking: Table
    hot: Table
    cold: Table
    findings: tuple[Finding, ...]
    groups_title: str
    groups: tuple[GroupCard, ...]
    all_findings: Link | None = None
    changes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class AreasPage:
    """``<areas>/index.html``: every area, sortable and filterable; ``letters`` start the A–Z."""

    template: ClassVar[str] = "areas.html"

    page: Page
    intro: str
    table: Table
    groups: tuple[Link, ...]
    downloads: tuple[Link, ...]
    columns: tuple[tuple[str, tuple[Choice, ...]], ...] = ()
    """Further indicators by stage, which a script shows as columns."""


@dataclass(frozen=True, slots=True)
class AreaPage:
    """``<areas>/<slug>/index.html``.

    ``headlines`` has one cell per edition; ``sentence`` says it in plain words;
    ``locator`` is the small map of the country.  Tables may be empty (no rows).
    """

    template: ClassVar[str] = "area.html"

    page: Page
    code: str
    name: str
    headlines: tuple[Cell, ...]
    sentence: str
    places: tuple[Link, ...]
    map: MapView
    locator: Markup
    strip: Markup
    ranks: tuple[Rank, ...]
    neighbours_title: str
    neighbours_note: str
    neighbours: Table
    region_title: str
    region: Table
    similar_note: str
    similar: Table
    over_time: OverTime | None
    caution: str
    standings: tuple[StageStanding, ...]
    standings_source: str
    findings: tuple[Finding, ...]
    changes: tuple[Successor, ...]
    absent: str
    downloads: tuple[Link, ...]
    sources: tuple[Source, ...]
    boundary_note: str
    cluster: str = ""
    """One line of spatial statistics."""
    profile: tuple[ProfileStage, ...] = ()
    """Indicators beyond the main one, by life stage; empty if the tables have none."""
    previous: Turn | None = None
    next: Turn | None = None
    """What its figure did between editions that may be compared, and the page of all areas."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """``code/<code>/index.html``: leads on to ``target`` at once.

    A later code with several predecessors (``others``) lists them instead.
    """

    template: ClassVar[str] = "code.html"

    page: Page
    code: str
    name: str
    target: Link
    others: tuple[Link, ...] = ()
    text: str = ""
    target_url: str = ""


@dataclass(frozen=True, slots=True)
class GroupPage:
    """``<kind>/<slug>/index.html``: a region, a county, a partnership."""

    template: ClassVar[str] = "group.html"

    page: Page
    name: str
    kind: str
    about: str
    sentence: str
    figures: tuple[GroupFigures, ...]
    map: MapView
    strip: Markup
    table: Table
    stages: tuple[str, ...]
    standings: tuple[tuple[Link, tuple[StageStanding, ...]], ...]
    standings_source: str
    remarks: tuple[tuple[Link, str], ...]
    findings: tuple[Finding, ...]
    caution: str
    downloads: tuple[Link, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """``<kind>/index.html``: all groups of a kind beside each other."""

    template: ClassVar[str] = "groups.html"

    page: Page
    title: str
    intro: str
    groups: tuple[GroupCard, ...]


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """``indicators/<id>/index.html``.

    ``groups`` has the figures of each outlined group; ``others`` each other indicator's
    page, the rank correlation with it, and over how many areas.
    """

    template: ClassVar[str] = "indicator.html"

    page: Page
    name: str
    stage: str
    about: str
    unit: str
    direction: str
    map: MapView
    strip: Markup
    top: Table
    bottom: Table
    group_kind: str
    groups: tuple[tuple[Link, GroupFigures], ...]
    scatter: Markup
    others: tuple[tuple[Link, str, str], ...]
    downloads: tuple[Link, ...]
    sources: tuple[Source, ...]
    making: Making | None = None
    any_pair: str = ""
    """Where it can be drawn against any other; empty if nowhere."""
    changes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorsPage:
    """``indicators/index.html``: all indicators, by stage."""

    template: ClassVar[str] = "indicators.html"

    page: Page
    intro: str
    stages: tuple[tuple[str, tuple[IndicatorRow, ...]], ...]
    any_pair: str = ""
    """Where any two can be drawn against each other; empty if nowhere."""
    changes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ScatterPage:
    """``scatter/index.html``: two indicators against each other; a script lets choose which.

    ``rho`` and ``r`` are Spearman's and Pearson's correlation over ``count`` areas, in words;
    ``without`` is how many lack one of the two.
    """

    template: ClassVar[str] = "scatter.html"

    page: Page
    title: str
    across: tuple[Choice, ...]
    up: tuple[Choice, ...]
    chart: Markup
    rho: str
    r: str
    count: str
    without: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """``change/2019-2024/index.html``: what changed between two editions, of one indicator.

    Attributes
    ----------
    classes
        How many there are: which colours stand for them.
    counts
        How many rose and fell, in words.
    direction
        Which values are better; a rise says nothing of that.
    others
        Other indicators and pairs of editions: a heading, and links of which the page's own has
        no address.
    rises, falls, rows
        The largest of each, and all areas by name; empty where they are too many for a page.
    table
        The name of the table to take away, which the rows are from.
    """

    template: ClassVar[str] = "change.html"

    page: Page
    title: str
    headline: str
    counts: str
    about: str
    direction: str
    classes: int
    map: MapView
    line: TitledChart
    others: tuple[tuple[str, tuple[Link, ...]], ...]
    columns: tuple[ChangeColumn, ...]
    rises: tuple[ChangeRow, ...]
    falls: tuple[ChangeRow, ...]
    rises_title: str
    falls_title: str
    rows: tuple[ChangeRow, ...]
    table: str
    indicator: str
    method: tuple[str, ...]
    caution: str
    downloads: tuple[Link, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class MethodologyPage:
    """``methodology/index.html``."""

    template: ClassVar[str] = "methodology.html"

    page: Page
    sources: tuple[Source, ...]
    indicators: tuple[tuple[str, str, str, str], ...]
    """Name, unit, what it means and is made of, which values are better."""
    editions: tuple[tuple[str, str, str], ...]
    """Name, how many of how many known, note."""
    not_comparable: tuple[str, ...]
    """Which editions stand side by side without a change between them, and why; `changes` has the
    pages of the others."""
    legends: tuple[Legend, ...]
    schemes: tuple[SchemeRow, ...]
    spots: str
    ties: str
    neighbours: str
    similar: str
    boundaries: str
    hexagons: str
    missing: tuple[Row, ...]
    notes: tuple[tuple[str, str, Markup], ...] = ()
    """Further sections: an id, a heading and the paragraphs."""
    changes: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    """``claims/index.html``: every published statement and what the data say of it."""

    template: ClassVar[str] = "claims.html"

    page: Page
    intro: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class TileUse:
    """How one kind of tool takes the tiles: its name, what to do, what to type."""

    title: str
    text: str
    code: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """``data/index.html``; ``columns`` explains each column of the CSV: name and meaning.

    ``tile_uses`` says how to use the tiles elsewhere; ``whole_urls`` whether its addresses
    are absolute, or start at the site's root if there is no base URL.
    """

    template: ClassVar[str] = "data.html"

    page: Page
    downloads: tuple[Download, ...]
    columns: tuple[tuple[str, str], ...]
    licences: tuple[str, ...]
    tiles: tuple[Download, ...] = ()
    tile_uses: tuple[TileUse, ...] = ()
    whole_urls: bool = True


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """``explore/index.html``: the tile explorer; a script fills it.

    Attributes
    ----------
    map
        The national map that stands there without the script.
    editions, indicators, palettes, layouts
        The choices; those of classification schemes come with each measure's file.
    outlines
        What the outlines are of ("region"); empty without any.
    """

    template: ClassVar[str] = "explore.html"

    page: Page
    map: MapView
    editions: tuple[Choice, ...]
    indicators: tuple[Choice, ...]
    palettes: tuple[Choice, ...]
    layouts: tuple[Choice, ...]
    outlines: str = ""


@dataclass(frozen=True, slots=True)
class ComparePage:
    """``compare/index.html``: two to five areas side by side; a script fills the table.

    ``examples`` lead to the page itself with areas already chosen.
    """

    template: ClassVar[str] = "compare.html"

    page: Page
    intro: str
    examples: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class EmbedPage:
    """``embed/…/index.html``: a map for a frame of another site, without header and footer.

    Attributes
    ----------
    line
        What stands beside the name: the rank, or counts of a group.
    target, canonical
        The whole page that the title leads to, and its absolute URL (empty without a base).
    map
        The map with its drawing: scripts come when the reader turns to it.
    source
        Where the figures come from.
    """

    template: ClassVar[str] = "embed.html"

    page: Page
    name: str
    line: str
    target: Link
    canonical: str
    map: MapView
    source: str
    home: Link


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """``404.html``: finds the nearest names by a script, else leads to the A–Z."""

    template: ClassVar[str] = "404.html"

    page: Page
    letters: tuple[Link, ...] = field(default=())
